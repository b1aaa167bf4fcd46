"""From answers to monitoring data: one process with its goods, gas, electricity and the materials it used up.

Rules
1. Inside the boundary of iron or steel products: re-heating, rolling, forging, annealing, coating, hot-dip galvanising,
   wire drawing, pickling; outside: plating, cutting, welding, finishing (Annex I 3.16.2). Of aluminium products: all
   combustion but that of cutting, welding, finishing (3.18.2). What was said to be outside goes to :data:`NON_CBAM`.
2. CN codes of one subject come from one multifunctional process (Article 4(8); mandatory where they differ in size or
   shape only, Annex II A.4). Scrap remelted and wholly used here makes it a joint process (Article 4(9)).
3. Gas metered at 20 °C is converted to Nm3 (0 °C) by 273.15/293.15, and its calorific value the other way.
4. Materials take default values. What a supplier states is kept beside, and counts only with its verifier's report.
5. Units: kg to t, m3 to 1000 Nm3, kWh to MWh, each by 1000.
6. Names are in both languages: the Chinese of the question, the English of the Combined Nomenclature.

Annexes and articles are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from databases.cbam.tables import Tables
from lca.cbam.monitoring import (
    NON_CBAM,
    Basis,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Factor,
    FactorSource,
    Good,
    Installation,
    Method,
    Monitoring,
    Period,
    Precursor,
    PrecursorUse,
    PrecursorValues,
    Process,
    Quality,
    Share,
    SourceStream,
)
from lca.cbam.starters.questions import Subject
from lca.findings import Finding, Place

FIRST_YEAR, LAST_YEAR = 2026, 2099
COUNTRY = "CN"
NM3_PER_M3_AT_20C = 273.15 / 293.15
"""Rule 3: the same gas at 0 °C and 20 °C, equal pressure."""
HEAVIER = 1.15
"""Goods and scrap may outweigh the material by coatings and parts of other stuff, not by more than this."""
GAS = "natural-gas"
PROCESS = "P1"
MATERIALS = (
    ("rod_cn", "rod_kg"),
    ("billet_cn", "billet_kg"),
    ("plate_cn", "plate_kg"),
    ("section_cn", "section_kg"),
)
_OUTSIDE = (
    "电镀、切割、焊接、精加工及非 CBAM 产品用气，按企业回答的比例 / "
    "plating, cutting, welding, finishing and other goods, by the share stated"
)
_STATED = "供应商自报，核查报告待补 / stated by the supplier, verifier's report to be added"
_KEPT = {
    (
        "heat_treatment",
        "gas",
    ): "热处理在本厂（燃气炉），在边界内 / heat treatment here, gas, inside the boundary",
    (
        "heat_treatment",
        "electric",
    ): "热处理在本厂（电炉），在边界内 / heat treatment here, electric, inside the boundary",
    ("coating", "hot-dip"): "热镀锌在本厂，在边界内 / hot-dip galvanising here, inside the boundary",
    ("coating", "plating"): "电镀在本厂，在边界外 / electroplating here, outside the boundary",
    (
        "remelting",
        "yes",
    ): "边角料回炉并全部自用，合为一个工序 / scrap remelted and wholly used here, one joint process",
}
_GAPS = {
    (
        "heat_treatment",
        "outsourced",
    ): "外协热处理的排放不在本装置，须向外协厂取得 / heat treatment elsewhere: its data are to be obtained",
    (
        "coating",
        "outsourced",
    ): "外协镀锌的排放不在本装置，须向外协厂取得 / galvanising elsewhere: its data are to be obtained",
}


def year_of(given: Any) -> tuple[int | None, list[Finding]]:
    """The calendar year, or what is wrong with it."""
    text = str(given).strip() if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text), []
    return None, [
        Finding.error("cbam-starter-year", Place(line="year"), text=str(given)[:20], first=FIRST_YEAR)
    ]


def problems(about: Subject, values: Mapping[str, Any]) -> list[Finding]:
    """Answers that are each right and do not go together."""
    found = []
    material = sum(values.get(weight) or 0.0 for _, weight in MATERIALS)
    made = sum(kilograms for _, kilograms in values.get("goods") or ())
    weights = [values.get(key, 0.0) for _, key in MATERIALS if any(key == one.key for one in about.questions)]
    if material == 0 and None not in weights:
        found.append(Finding.error("cbam-starter-no-material", Place(line=_first_weight(about))))
    out = made + (0.0 if values.get("remelting") == "yes" else values.get("scrap_kg") or 0.0)
    if material and out > material * HEAVIER:
        place = Place(line=_first_weight(about))
        found.append(
            Finding.error("cbam-starter-mass", place, material=f"{material:,.0f}", out=f"{out:,.0f}")
        )
    total, outside = values.get("electricity_kwh"), values.get("outside_kwh") or 0.0
    if total is not None and outside > total:
        place = Place(line="outside_kwh")
        found.append(
            Finding.error("cbam-starter-outside", place, part=f"{outside:,.0f}", total=f"{total:,.0f}")
        )
    if values.get("coating") == "plating" and not outside and not values.get("outside_gas"):
        found.append(Finding.error("cbam-starter-plating", Place(line="outside_kwh")))
    if values.get("heat_treatment") == "gas" and values.get("gas_m3") == 0:
        found.append(Finding.error("cbam-starter-no-gas", Place(line="gas_m3")))
    return found


def _first_weight(about: Subject) -> str:
    keys = {weight for _, weight in MATERIALS}
    return next(one.key for one in about.questions if one.key in keys)


def draft(about: Subject, values: Mapping[str, Any], year: int, tables: Tables) -> Monitoring:
    """The monitoring data of checked answers."""
    included = ("unwrought-aluminium",) if values.get("remelting") == "yes" else ()
    process = Process(
        id=PROCESS,
        name=about.process,
        category=about.category,
        goods=_goods(about, values, tables),
        included=included,
    )
    electricity, uses = _electricity(values)
    return Monitoring(
        basis=Basis.DEFINITIVE,
        period=Period(date(year, 1, 1), date(year, 12, 31)),
        installation=Installation(
            name=values["name"], name_en=values["name_en"], country=COUNTRY, operator=values["name_en"]
        ),
        streams=_streams(values, tables),
        electricity=electricity,
        electricity_uses=uses,
        processes=(process,),
        precursors=_precursors(about, values, tables),
        quality=Quality(
            gaps="; ".join(text for (key, value), text in _GAPS.items() if values.get(key) == value),
            notes="; ".join(text for (key, value), text in _KEPT.items() if values.get(key) == value),
        ),
    )


def _goods(about: Subject, values: Mapping[str, Any], tables: Tables) -> tuple[Good, ...]:
    return tuple(
        Good(id=f"G{number}", cn=cn, name=_name(cn, about, tables), produced_t=kilograms / 1000)
        for number, (cn, kilograms) in enumerate(values["goods"], 1)
    )


def _name(cn: str, about: Subject, tables: Tables) -> str:
    """A good in both languages (rule 6)."""
    listed = (one for question in about.questions for one in question.choices if one.value == cn)
    offered = next(listed, None)
    good = tables.good(cn)
    chinese = offered.zh if offered else good.name_zh
    digits = f"{cn[:4]} {cn[4:6]} {cn[6:]} "
    return f"{chinese.removeprefix(digits)} / {good.name_en}"


def _streams(values: Mapping[str, Any], tables: Tables) -> tuple[SourceStream, ...]:
    """The gas, shared between the process and what is outside the boundary (rules 1 and 3)."""
    if not values["gas_m3"]:
        return ()
    to_nm3 = NM3_PER_M3_AT_20C if values["gas_state"] == "20c" else 1.0
    thousands = values["gas_m3"] * to_nm3 / 1000
    ncv, emission_factor, activity, unit = _gas_factors(values, tables, thousands, to_nm3)
    outside = (values.get("outside_gas") or 0.0) / 100
    if outside in (0.0, 1.0):
        shares: tuple[Share, ...] = (Share(sink=NON_CBAM if outside else PROCESS, fraction=1.0),)
    else:
        shares = (
            Share(sink=PROCESS, fraction=1.0 - outside, reason=_OUTSIDE),
            Share(sink=NON_CBAM, fraction=outside, reason=_OUTSIDE),
        )
    gas = SourceStream(
        id="F1",
        name="天然气 / Natural gas",
        method=Method.COMBUSTION,
        activity=activity,
        activity_unit=unit,
        material=GAS,
        ncv=ncv,
        emission_factor=emission_factor,
        shares=shares,
    )
    return (gas,)


def _gas_factors(
    values: Mapping[str, Any], tables: Tables, thousands: float, to_nm3: float
) -> tuple[Factor, Factor | None, float, str]:
    """Calorific value and emission factor as chosen, with the amount in the unit they go with."""
    if values["gas_ncv"] == "table-g":
        standard = tables.fuel(GAS)
        ncv = _factor(standard.ncv, "GJ/t", FactorSource.TABLE_G, standard.locator)
        per_tj = _factor(standard.emission_factor, "tCO2/TJ", FactorSource.TABLE_G, standard.locator)
        return ncv, per_tj, thousands * values["gas_density"], "t"
    if values["gas_ncv"] == "bill":
        stated = values["gas_mj"] / to_nm3
        return (
            _factor(stated, "GJ/1000Nm3", FactorSource.SUPPLIER_GUARANTEED, "供气商 / gas supplier"),
            None,
            thousands,
            "1000Nm3",
        )
    national = tables.national_fuel(COUNTRY, GAS)
    origin = f"{national.source}, {national.locator}"
    ncv = _factor(national.ncv, "GJ/1000Nm3", FactorSource.NATIONAL_INVENTORY, origin)
    per_tj = _factor(national.emission_factor, "tCO2/TJ", FactorSource.NATIONAL_INVENTORY, origin)
    return ncv, per_tj, thousands, "1000Nm3"


def _factor(value: Any, unit: str, source: FactorSource, reference: str) -> Factor:
    return Factor(value=float(value), unit=unit, source=source, reference=reference)


def _electricity(
    values: Mapping[str, Any],
) -> tuple[tuple[ElectricitySource, ...], tuple[ElectricityUse, ...]]:
    total, outside = values["electricity_kwh"] / 1000, (values.get("outside_kwh") or 0.0) / 1000
    if not total:
        return (), ()
    grid = ElectricitySource(
        id="E1", name="电网 / Grid", kind=ElectricityKind.GRID, amount_mwh=total, country=COUNTRY
    )
    uses = [ElectricityUse(process=PROCESS, amount_mwh=total - outside)]
    if outside:
        uses.append(ElectricityUse(process=NON_CBAM, amount_mwh=outside))
    return (grid,), tuple(uses)


def _precursors(about: Subject, values: Mapping[str, Any], tables: Tables) -> tuple[Precursor, ...]:
    """Rule 4: one for each material that was used."""
    used = [(values[code], values[weight] / 1000) for code, weight in MATERIALS if values.get(weight)]
    stated = values.get("material_see")
    return tuple(
        Precursor(
            id=f"R{number}",
            name=_name(cn, about, tables),
            cn=cn,
            category=tables.good(cn).category,
            country=values.get("material_country") or "",
            values=PrecursorValues(see_direct=stated, reference=_STATED) if stated is not None else None,
            uses=(PrecursorUse(process=PROCESS, amount=tonnes),),
            purchased=tonnes,
        )
        for number, (cn, tonnes) in enumerate(used, 1)
    )
