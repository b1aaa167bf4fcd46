"""Monitoring data and its calculation as cells of the template: installation, sources, totals.

Rules
1. Factors are those the calculation used, so that values filled in from tables are written too.
2. What has no row (annual tonnes of a measured source, transfers, other methods, rows beyond the last) enters the total
   of its gas in row 26 of sheet C, which the template lets override its sum; and is told.
3. Biomass is written where it was zero-rated; other biogenic carbon counts as fossil and is not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lca.cbam.communication import cells, lists
from lca.cbam.communication.header import ISO
from lca.cbam.communication.lists import Cell, Lists, plain
from lca.cbam.communication.sheetxml import Value, Write
from lca.cbam.factors import CARBON_TO_CO2
from lca.cbam.monitoring import (
    MeasuredSource,
    Method,
    Monitoring,
    OtherSource,
    PfcMethod,
    PfcSource,
    SourceStream,
    Transfer,
)
from lca.cbam.results import Calculation, SourceEmission
from lca.findings import Finding, Place

Source = SourceStream | MeasuredSource | PfcSource | OtherSource | Transfer
One = TypeVar("One", SourceStream, PfcSource, MeasuredSource)


@dataclass(slots=True)
class Plan:
    """What is to be written, and what is told about it. Names of processes and precursors are those of the workbook."""

    data: Monitoring
    done: Calculation
    lists: Lists
    codes: dict[str, Cell]
    writes: list[Write] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def put(self, sheet: str, cell: str, value: Value | None) -> None:
        """One cell; nothing for None and for an empty text."""
        if value is not None and value != "":
            self.writes.append(Write(sheet, cell, value))

    def tell(self, severity: str, code: str, record: str = "", **details: object) -> None:
        """A finding about a record of the data."""
        say = {"warning": Finding.warning, "note": Finding.note}[severity]
        self.findings.append(say(code, Place(line=record), **details))


def installation(plan: Plan) -> None:
    """Period, identity, verifier, data quality."""
    data, sheet = plan.data, cells.INSTALLATION
    plan.put(sheet, cells.PERIOD_START, data.period.start)
    plan.put(sheet, cells.PERIOD_END, data.period.end)
    for name, cell in cells.IDENTITY.items():
        value = getattr(data.installation, name)
        if name == "country":
            value = country_name(plan, value)
        plan.put(sheet, cell, repr(value) if isinstance(value, float) else value)
    plan.put(sheet, cells.VERIFIER[0], data.verifier)
    _quality(plan)


def country_name(plan: Plan, code: str) -> str:
    """The name the workbook's list has for an ISO code; "" where it has none."""
    wanted = country_word(plan, code)
    for row in range(11, 278):
        if plan.codes.get(f"F{row}") == wanted:
            return str(plan.codes.get(f"G{row}") or "")
    return ""


def country_word(plan: Plan, code: str) -> str:
    """The template's code of a country; the ISO code itself where its list has it or has none."""
    listed = {value for cell, value in plan.codes.items() if cell.startswith("F")}
    own = (word for word, iso in ISO.items() if iso == code and word in listed)
    return code if code in listed else next(own, code)


def _quality(plan: Plan) -> None:
    """Words on quality go where the list has them; free words go to the notes for the declarant."""
    quality, notes = plan.data.quality, []
    choices = {
        "general": ("B42", "C42", "D42", "E42", "F42"),
        "default_justification": ("B44", "C44", "D44"),
        "assurance": ("B43", "C43", "D43", "E43"),
    }
    for name, cell in cells.QUALITY.items():
        said = getattr(quality, name)
        words = {plain(word): word for word in (plan.lists.word(one, "") for one in choices[name])}
        chosen = words.get(plain(said), "")
        plan.put(cells.BALANCE, cell, chosen)
        if said and not chosen:
            notes.append(said)
    notes += [text for text in (quality.gaps, quality.notes) if text]
    plan.put(cells.SUMMARY, cells.NOTES["notes"], "; ".join(notes))


def sources(plan: Plan) -> None:
    """Sheets B and C (rules 1 to 3)."""
    emitted = {source.id: source for source in plan.done.sources}
    apart: list[Source] = []
    for row, stream in _rows(cells.STREAMS, plan.data.streams, apart):
        _stream(plan, row, stream, emitted[stream.id])
    for row, pfc in _rows(cells.PFC, plan.data.pfc, apart):
        _pfc(plan, row, pfc, emitted[pfc.id])
    averaged = [one for one in plan.data.measured if one.annual_tonnes is None]
    for row, measured in _rows(cells.MEASURED, averaged, apart):
        _measured(plan, row, measured, emitted[measured.id])
    apart += [one for one in plan.data.measured if one.annual_tonnes is not None]
    apart += [*plan.data.other, *plan.data.transfers]
    for record in apart:
        gas = emitted[record.id].gas
        plan.tell("warning", "cbam-communication-in-total", record.id, name=record.name, gas=gas)
    _totals(plan, {emitted[record.id].gas for record in apart})


def _rows(block: cells.Block, records: Sequence[One], apart: list[Source]) -> Iterator[tuple[int, One]]:
    """Rows for the records that fit; the others are added to ``apart``."""
    apart.extend(records[block.count :])  # type: ignore[arg-type]
    yield from zip(block.rows, records, strict=False)


def _totals(plan: Plan, apart: set[str]) -> None:
    totals, sheet, row = plan.done.totals, cells.BALANCE, cells.MANUAL_ROW
    for gas, column, total in (
        ("CO2", "H", totals.co2_t),
        ("N2O", "J", totals.n2o_t),
        ("PFC", "K", totals.pfc_t),
    ):
        if gas in apart:
            plan.put(sheet, f"{column}{row}", total)
    plan.put(sheet, f"M{row}", totals.indirect_t)
    balance = plan.data.fuel_balance
    for column, value in (("I", balance.cbam_tj), ("J", balance.electricity_tj), ("K", balance.non_cbam_tj)):
        plan.put(sheet, f"{column}{cells.FUEL_ROW}", value)


def _stream(plan: Plan, row: int, stream: SourceStream, source: SourceEmission) -> None:
    """One source stream; the factors are those of the calculation (rule 1)."""
    sheet, used = cells.EMISSIONS, {term.key: term for term in source.terms}
    word = plan.lists.word(*_METHOD_WORDS[stream.method])
    writes: list[tuple[str, Value | None]] = [
        ("D", word),
        ("E", stream.name),
        ("F", stream.activity),
        ("G", stream.activity_unit),
        ("H", used["ncv"].value if "ncv" in used else stream.ncv.value if stream.ncv else None),
    ]
    if stream.method is Method.MASS_BALANCE:
        writes.append(("L", _carbon(source)))
    else:
        factor = used.get("emission_factor")
        carbon = used.get("carbon_content")
        if factor is not None:
            writes += [("J", factor.value), ("K", factor.unit)]
        elif carbon is not None:
            writes += [("J", carbon.value * CARBON_TO_CO2), ("K", f"tCO2/{stream.activity_unit}")]
    column, share = (
        ("N", stream.oxidation_factor)
        if stream.method is Method.COMBUSTION
        else ("P", stream.conversion_factor)
    )
    if stream.method is not Method.MASS_BALANCE and share != 1.0:
        writes.append((column, share * 100))
    if "fossil_fraction" in used:
        writes.append(("R", stream.biomass_fraction * 100))
    for letter, value in writes:
        plan.put(sheet, f"{letter}{row}", value)
    if stream.other_biomass_fraction:
        plan.tell("note", "cbam-communication-other-biomass", stream.id, name=stream.name)


_METHOD_WORDS = {
    Method.COMBUSTION: ("B56", "Combustion"),
    Method.PROCESS: ("C56", "Process emissions"),
    Method.MASS_BALANCE: ("D56", "Mass balance"),
}


def _carbon(source: SourceEmission) -> float:
    """The carbon content of a mass balance, also where it followed from an emission factor (eq. 13, 14)."""
    used = {term.key: term.value for term in source.terms}
    if "carbon_content" in used:
        return used["carbon_content"]
    per_unit = used["emission_factor"] * (used["ncv"] / 1000 if "ncv" in used else 1.0)
    return per_unit / CARBON_TO_CO2


def _pfc(plan: Plan, row: int, pfc: PfcSource, source: SourceEmission) -> None:
    sheet, used = cells.EMISSIONS, {term.key: term.value for term in source.terms}
    slope = pfc.method is PfcMethod.SLOPE
    plan.put(
        sheet,
        f"D{row}",
        plan.lists.word(*(("B57", "Slope method") if slope else ("C57", "Overvoltage method"))),
    )
    for column, value in (
        ("E", pfc.name),
        ("F", pfc.aluminium_t),
        ("AG", pfc.frequency if slope else None),
        ("AH", pfc.duration if slope else None),
        ("AI", used.get("slope_factor")),
        ("AJ", None if slope else pfc.overvoltage_mv),
        ("AK", None if slope else pfc.current_efficiency),
        ("AL", used.get("overvoltage_factor")),
        ("AM", used["c2f6_fraction"]),
        ("AT", pfc.collection_efficiency),
    ):
        plan.put(sheet, f"{column}{row}", value)
    if not slope and (pfc.current_efficiency or 0) > 1:
        plan.tell("note", "cbam-communication-percent-shown", pfc.id, name=pfc.name, row=row)


def _measured(plan: Plan, row: int, measured: MeasuredSource, source: SourceEmission) -> None:
    sheet, used = cells.EMISSIONS, {term.key for term in source.terms}
    flow = measured.flow_nm3_per_hour
    for column, value in (
        ("D", measured.name),
        ("E", measured.gas),
        ("V", measured.concentration_g_per_nm3),
        ("X", measured.hours),
        ("Z", None if flow is None else flow / 1000),
        ("R", measured.biomass_fraction * 100 if "fossil_fraction" in used else None),
    ):
        plan.put(sheet, f"{column}{row}", value)


def beyond(plan: Plan, records: int, most: int, kind: str) -> Iterator[int]:
    """Positions that fit, 1 to ``most``; what is beyond is told."""
    if records > most:
        plan.tell(
            "warning", "cbam-communication-too-many", kind=kind, count=records, most=most, left=records - most
        )
    yield from range(1, min(records, most) + 1)


__all__ = ["Plan", "beyond", "country_name", "country_word", "installation", "lists", "sources"]
