"""Technical units, heat, waste gases and electricity: amounts and what is needed to attribute them.

Rules
1. Heat, waste gas and electricity are net amounts, never negative (Annex II C.1, D.3).
2. A boiler needs its net heat; cogeneration its net heat, net electricity and a fuel category (the reference
   efficiencies of Annex III C); a power plant its net electricity. Efficiencies run from 0 to 1, and a cogeneration
   unit's two together too.
3. A unit no fuel is shared to, and no waste gas flows to, gives heat and electricity without emissions: that is
   asked about.
4. The installation names its country: standard values and default values depend on it. A country that is stated is
   a country. Factors and evidence of electricity are checked where factors are chosen (``lca.cbam.electricity``).
5. What a process gives away lowers its goods' emissions (equation 55): a factor that no standard fuel reaches, at a
   boiler efficiency of 0.90 or a power plant's of 0.25, is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

from databases.cbam.tables import Tables
from databases.cbam.values import StandardFactor, UnknownKey
from lca.cbam.checks.common import at, figure, fractions, label, not_negative
from lca.cbam.checks.precursors import country
from lca.cbam.checks.structure import all_sources
from lca.cbam.heat import CHP_ELECTRICITY, STANDARD_BOILER, TJ_PER_MWH
from lca.cbam.monitoring import Basis, Factor, Monitoring, TechnicalUnit, UnitKind
from lca.findings import Finding

_NEEDED = {
    UnitKind.BOILER: ("net_heat_tj",),
    UnitKind.CHP: ("net_heat_tj", "net_electricity_mwh", "fuel_category"),
    UnitKind.POWER_PLANT: ("net_electricity_mwh",),
}


def energy(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on units and energy flows."""
    installation = data.installation
    yield from country("", installation.country, tables)
    if not installation.country and data.basis is Basis.DEFINITIVE:
        yield Finding.error("cbam-country-missing", name=installation.name or installation.name_en)
    fed = {share.sink for source in all_sources(data) for share in source.shares if share.fraction > 0}
    fed |= {flow.destination for flow in data.waste_gas if flow.energy_tj > 0}
    for unit in data.units:
        yield from _unit(unit, tables)
        if unit.id not in fed:
            yield Finding.warning("cbam-unit-no-fuel", at(unit.id), name=unit.name)
    for heat in data.heat:
        yield from not_negative(heat.id, heat_tj=heat.heat_tj)
        if heat.factor is not None:
            yield from not_negative(heat.id, factor=heat.factor.value)
            yield from _unit_is("tCO2/TJ", heat.id, heat.factor)
    if data.basis is Basis.DEFINITIVE:
        yield from _credits(data, tables)
    for gas in data.waste_gas:
        yield from not_negative(gas.id, energy_tj=gas.energy_tj)
    for process in data.processes:
        yield from not_negative(process.id, direct_emissions_t=process.direct_emissions_t)
    yield from _electricity(data, tables)


def _unit(unit: TechnicalUnit, tables: Tables) -> Iterator[Finding]:
    yield from not_negative(
        unit.id, net_heat_tj=unit.net_heat_tj, net_electricity_mwh=unit.net_electricity_mwh
    )
    heat, electricity = unit.heat_efficiency, unit.electricity_efficiency
    yield from fractions(unit.id, heat_efficiency=heat, electricity_efficiency=electricity)
    if heat is not None and electricity is not None and heat + electricity > 1.0:
        yield from fractions(unit.id, efficiencies=heat + electricity)
    missing = [name for name in _NEEDED[unit.kind] if getattr(unit, name) in (None, "")]
    if missing:
        details = {"kind": unit.kind.value, "fields": ", ".join(map(label, missing))}
        yield Finding.error("cbam-unit-data", at(unit.id), name=unit.name, **details)
    elif unit.kind is UnitKind.CHP:
        try:
            tables.reference_efficiency("electricity", unit.fuel_category, unit.built, unit.heat_medium)
            tables.reference_efficiency("heat", unit.fuel_category, unit.built, unit.heat_medium)
        except UnknownKey:
            details = {"category": unit.fuel_category, "medium": unit.heat_medium}
            yield Finding.error("cbam-unit-reference", at(unit.id), name=unit.name, **details)


def _credits(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Rule 5: heat and electricity a process gives away at a factor no fuel reaches."""
    names = {process.id: process.name for process in data.processes}
    worst = max(
        float(fuel.emission_factor) for fuel in tables.fuels() if fuel.kind == "fossil" and not _gas(fuel)
    )
    given = [
        (one.origin, "heat", one.factor, worst / STANDARD_BOILER)
        for one in data.heat
        if one.factor is not None and one.origin in names
    ]
    given += [
        (one.process, "electricity", one.factor, worst * TJ_PER_MWH / CHP_ELECTRICITY)
        for one in data.electricity_exports
    ]
    for process, field, factor, highest in given:
        if factor.value > highest:
            details = {"field": field, "value": figure(factor.value), "highest": figure(highest)}
            name = names.get(process, process)
            yield Finding.warning("cbam-credit-high", at(process), name=name, unit=factor.unit, **details)


def _gas(fuel: StandardFactor) -> bool:
    """Waste gases count as natural gas, whatever their own factor (Annex III A.2.2)."""
    return "furnace" in fuel.key or "coke-oven-gas" in fuel.key


def _electricity(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    for source in data.electricity:
        yield from not_negative(source.id, amount_mwh=source.amount_mwh)
        if source.factor is not None:
            yield from not_negative(source.id, factor=source.factor.value)
            yield from _unit_is("tCO2/MWh", source.id, source.factor)
        yield from country(source.id, source.country, tables)
    for use in data.electricity_uses:
        yield from not_negative(use.process, amount_mwh=use.amount_mwh)
    for export in data.electricity_exports:
        yield from not_negative(export.process, amount_mwh=export.amount_mwh, factor=export.factor.value)
        yield from _unit_is("tCO2/MWh", export.process, export.factor)


def _unit_is(expected: str, record: str, factor: Factor) -> Iterator[Finding]:
    if factor.unit != expected:
        yield Finding.error("cbam-energy-unit", at(record), unit=factor.unit or "“”", expected=expected)
