"""Calculation factors: what the operator stated, and standard values where nothing was stated (Annex II B.5, G).

Rules
1. What the operator stated is used as stated. Only a factor left out is filled in, only where the method needs it, and
   a note says with what.
2. A standard value of type I is admissible only where no type II value is available for the same parameter and the
   same fuel or material (B.5.2). So a gap takes the national value first, then table G; and a type I value stated
   although there is a national one gets a warning that names it. Analyses, proxies and correlations are neither.
3. A value fits where its unit goes with the activity's: ``GJ/t`` with ``t``, ``GJ/1000Nm3`` with ``1000Nm3``. No
   density is assumed: the national value of natural gas, per 1000 Nm3, fills no gap of a stream in tonnes.
4. Where a value comes from must be told: a source that is not stated, or an analysis without its report, gets a
   warning; a stated table G value that is not table G's, too.
5. Oxidation factors are never filled in: 1 is always allowed (B.3.1.1).

Example: gas in China in 1000 Nm3 without factors takes 38.931 GJ/1000Nm3 and 56.0592 tCO2/TJ of the national guide.

Annexes are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from databases.cbam.tables import Tables
from databases.cbam.values import PfcFactor, StandardFactor, UnknownKey
from databases.places import UnknownPlace
from lca.cbam.monitoring import Factor, FactorSource, Method, PfcMethod, PfcSource, SourceStream
from lca.findings import Finding, Place

CARBON_TO_CO2 = 3.664
"""Ratio of the molar masses of CO2 and C, t CO2/t C (B.3.1.1)."""
PER_TJ = "tCO2/TJ"
ACTIVITY_UNITS = ("t", "1000Nm3")

_SAME_FUEL = {
    "other-bituminous-coal": "bituminous-coal",
    "coke-oven-coke": "coke",
    "residual-fuel-oil": "fuel-oil",
    "motor-gasoline": "gasoline",
    "patent-fuel": "briquettes",
}
"""Keys of table G and the keys of the same fuels in national tables."""
_NO_REFERENCE_NEEDED = frozenset({FactorSource.TABLE_G, FactorSource.UNSTATED})
_PARAMETERS = ("ncv", "emission_factor", "carbon_content")
SYMBOLS = {
    "ncv": "低位热值 NCV / net calorific value (NCV)",
    "emission_factor": "排放因子 EF / emission factor (EF)",
    "carbon_content": "含碳量 CC / carbon content (CC)",
    "oxidation_factor": "氧化率 OF / oxidation factor (OF)",
    "conversion_factor": "转化率 CF / conversion factor (CF)",
    "biomass_fraction": "生物质比例 BF / biomass fraction (BF)",
}
"""Words and the regulation's symbols for findings, which say the half that is in their language."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The factors a stream is calculated with; None where neither stated nor filled in. ``findings`` say how."""

    ncv: Factor | None
    emission_factor: Factor | None
    carbon_content: Factor | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A factor of perfluorocarbons with its unit and where it comes from."""

    value: float
    unit: str
    source: str


def resolve(stream: SourceStream, tables: Tables, country: str) -> Resolved:
    """The stream's factors in the installation's ``country`` (ISO code), with everything to say about them."""
    standards = _standards(stream, tables, country)
    found: dict[str, Factor | None] = {name: getattr(stream, name) for name in _PARAMETERS}
    findings = [*_about_stated(stream, standards), *_unknown_material(stream, standards)]
    for name in _wanted(stream, found, standards):
        if (filled := _fill(name, stream, standards)) is not None:
            found[name], note = filled
            findings.append(note)
    findings.extend(_missing(stream, found))
    return Resolved(found["ncv"], found["emission_factor"], found["carbon_content"], tuple(findings))


def stated_as(factor: Factor) -> str:
    """Where a factor comes from, in one line: its kind of source and its reference."""
    return f"{factor.source.value}: {factor.reference}" if factor.reference else factor.source.value


def pfc_factor(source: PfcSource, tables: Tables) -> Filled | None:
    """The slope or overvoltage factor: stated, or the technology's (B.7, tables 2 and 3); None where there is none."""
    if source.method is PfcMethod.SLOPE:
        unit, stated = "(kg CF4/t Al)/(AE-min/cell-day)", source.slope_factor
    else:
        unit, stated = "(kg CF4/t Al)/mV", source.overvoltage_factor
    if stated is not None:
        return Filled(stated, unit, "stated")
    standard = technology(source, tables)
    return None if standard is None else Filled(float(standard.cf4_factor), unit, _origin(standard))


def c2f6_fraction(source: PfcSource, tables: Tables) -> Filled | None:
    """The weight fraction of C2F6: stated, or the technology's; None where there is none."""
    if source.c2f6_fraction is not None:
        return Filled(source.c2f6_fraction, "tC2F6/tCF4", "stated")
    standard = technology(source, tables)
    return (
        None if standard is None else Filled(float(standard.c2f6_fraction), "tC2F6/tCF4", _origin(standard))
    )


def technology(source: PfcSource, tables: Tables) -> PfcFactor | None:
    """The row of table 2 or 3 for the technology; None where it has none."""
    table = tables.pfc_slope if source.method is PfcMethod.SLOPE else tables.pfc_overvoltage
    try:
        return table(source.technology)
    except UnknownKey:
        return None


# --- which standard values there are


def _standards(stream: SourceStream, tables: Tables, country: str) -> tuple[StandardFactor, ...]:
    """Standard values for the stream's material, type II before type I, the method's own table first."""
    if not stream.material:
        return ()
    own: tuple[Callable[[str], StandardFactor], ...]
    if stream.method is Method.COMBUSTION:
        own = (tables.fuel,)
    elif stream.method is Method.PROCESS:
        own = (tables.carbonate, tables.oxide, tables.process_material, tables.fuel)
    else:
        own = (tables.process_material, tables.fuel, tables.carbonate)
    found = [*_national(stream.material, tables, country)]
    for table in own:
        for key in _keys(stream.material):
            try:
                found.append(table(key))
            except UnknownKey:
                continue
    return tuple(found)


def _national(material: str, tables: Tables, country: str) -> Iterator[StandardFactor]:
    keys = _keys(material)
    try:
        return (one for one in tables.national_fuels(country) if one.key in keys)
    except UnknownPlace:  # a finding of lca.cbam.checks
        return iter(())


def _keys(material: str) -> tuple[str, ...]:
    """The key itself and the key the same fuel has in the other kind of table."""
    pairs = _SAME_FUEL.items()
    return (material, *(b for a, b in pairs if a == material), *(a for a, b in pairs if b == material))


def _value(one: StandardFactor, name: str, stream: SourceStream) -> tuple[Decimal, str] | None:
    """The parameter's value and unit, where it is published in a unit that fits the activity."""
    values = {
        "ncv": (one.ncv, one.ncv_unit),
        "emission_factor": (one.emission_factor, one.emission_factor_unit),
        "carbon_content": (one.carbon_content, one.carbon_unit),
    }
    value, unit = values[name]
    return None if value is None or not fits(name, unit, stream) else (value, unit)


def fits(name: str, unit: str, stream: SourceStream) -> bool:
    """True when a parameter in this unit goes with the stream's activity (rule 3)."""
    numerator = {"ncv": "GJ", "emission_factor": "tCO2", "carbon_content": "tC"}[name]
    return unit == f"{numerator}/{stream.activity_unit}" or (name == "emission_factor" and unit == PER_TJ)


# --- filling in


def _wanted(
    stream: SourceStream, stated: dict[str, Factor | None], standards: tuple[StandardFactor, ...]
) -> Iterator[str]:
    """The parameters to fill in, one after the other: ``stated`` is looked at again after each."""
    if stated["emission_factor"] is None and stated["carbon_content"] is None:
        has_carbon = any(_value(one, "carbon_content", stream) for one in standards)
        yield "carbon_content" if stream.method is Method.MASS_BALANCE and has_carbon else "emission_factor"
    factor = stated["emission_factor"]
    needs_energy = factor is not None and factor.unit == PER_TJ
    if stated["ncv"] is None and (needs_energy or stream.method is Method.COMBUSTION):
        yield "ncv"


def _fill(
    name: str, stream: SourceStream, standards: tuple[StandardFactor, ...]
) -> tuple[Factor, Finding] | None:
    for one in standards:
        if (published := _value(one, name, stream)) is None:
            continue
        value, unit = published
        source = FactorSource.PUBLIC_AUTHORITY if one.country else FactorSource.TABLE_G
        filled = Factor(value=float(value), unit=unit, source=source, reference=_origin(one))
        code = "cbam-factor-national" if one.country else "cbam-factor-standard"
        details = {
            "field": SYMBOLS[name],
            "value": value,
            "unit": unit,
            "reference": _origin(one),
            "mark": one.mark,
        }
        return filled, Finding.note(code, Place(line=stream.id), **details)
    return None


def _missing(stream: SourceStream, found: dict[str, Factor | None]) -> Iterator[Finding]:
    """An error where the method still lacks a factor that fits."""
    place = Place(line=stream.id)
    usable = {name: factor for name, factor in found.items() if factor and fits(name, factor.unit, stream)}
    for name, factor in found.items():
        if factor is not None and name not in usable:
            unit = stream.activity_unit
            yield Finding.error(
                "cbam-factor-unit", place, field=SYMBOLS[name], unit=factor.unit, activity_unit=unit
            )
    if all(found[name] is None for name in ("emission_factor", "carbon_content")):
        yield Finding.error("cbam-factor-missing", place, name=stream.name, method=stream.method.value)
    elif "ncv" not in usable and _needs_ncv(stream, found) and found["ncv"] is None:
        yield Finding.error("cbam-ncv-missing", place, name=stream.name, activity_unit=stream.activity_unit)


def _needs_ncv(stream: SourceStream, found: dict[str, Factor | None]) -> bool:
    factor = found["emission_factor"]
    per_energy = factor is not None and factor.unit == PER_TJ
    return per_energy and not (stream.method is Method.MASS_BALANCE and found["carbon_content"] is not None)


# --- what to say about values stated


def _about_stated(stream: SourceStream, standards: tuple[StandardFactor, ...]) -> Iterator[Finding]:
    place = Place(line=stream.id)
    for name in _PARAMETERS:
        factor: Factor | None = getattr(stream, name)
        if factor is None:
            continue
        if factor.value < 0:
            yield Finding.error(
                "cbam-amount-negative", place, field=SYMBOLS[name], value=f"{factor.value:.6g}"
            )
        if factor.source is FactorSource.UNSTATED:
            yield Finding.warning("cbam-factor-unstated", place, name=stream.name, field=SYMBOLS[name])
        elif factor.source not in _NO_REFERENCE_NEEDED and not factor.reference.strip():
            yield Finding.warning(
                "cbam-factor-reference", place, field=SYMBOLS[name], source=factor.source.value
            )
        yield from _against_standards(name, factor, stream, standards)


def _against_standards(
    name: str, factor: Factor, stream: SourceStream, standards: tuple[StandardFactor, ...]
) -> Iterator[Finding]:
    """Rule 2: type I stated although type II is there. Rule 4: table G stated with another value than table G's."""
    place = Place(line=stream.id)
    published = [(one, *found) for one in standards if (found := _value(one, name, stream)) is not None]
    national = next(((one, value, unit) for one, value, unit in published if one.country), None)
    if factor.source.type == 1 and national is not None:
        one, value, unit = national
        details = {
            "field": SYMBOLS[name],
            "value": value,
            "unit": unit,
            "reference": _origin(one),
            "mark": one.mark,
        }
        yield Finding.warning("cbam-type-two-available", place, name=stream.name, **details)
    own = [value for one, value, unit in published if not one.country and unit == factor.unit]
    if factor.source is FactorSource.TABLE_G and own and all(float(value) != factor.value for value in own):
        stated = f"{factor.value:.6g}"
        yield Finding.warning(
            "cbam-table-g-differs", place, field=SYMBOLS[name], stated=stated, value=own[0], unit=factor.unit
        )


def _unknown_material(stream: SourceStream, standards: tuple[StandardFactor, ...]) -> Iterator[Finding]:
    if stream.material and not standards:
        yield Finding.warning("cbam-material-unknown", Place(line=stream.id), material=stream.material)


def _origin(one: StandardFactor | PfcFactor) -> str:
    return f"{one.source}, {one.locator}"
