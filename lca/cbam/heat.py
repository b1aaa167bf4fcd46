"""Boilers, cogeneration, power plants, and the emissions that move with heat (Annex III A.2.2; eq. 38, 44 to 52).

Rules
1. A unit's emissions are those of the sources shared to it. A waste gas in its mix counts at most with the factor of
   natural gas; what it emits above that stays where the waste gas came from (A.2.2, D.4.1).
2. Heat of a boiler: emissions over heat delivered, which is ``EF_mix x Q / efficiency`` (eq. 44, 45) with the losses of
   distribution spread over all consumers, so that nothing is omitted or counted twice.
3. Cogeneration: efficiencies from the amounts (eq. 47, 48); else as stated; else 0.55 and 0.25. Shares by the reference
   efficiencies of Annex III C (eq. 49, 50); where condensate return is not counted, that of steam is 5 points higher.
4. Electricity of a power plant or of cogeneration: its emissions over net electricity (eq. 38, 52).
5. Heat from outside: the supplier's factor if its monitoring is verified; else the standard factor of the fuel most
   used by the country's industry over a boiler efficiency of 0.90. The same standard serves heat a process gives
   away whose fuel is unknown. The act names no fuel: ours are in :data:`COMMON_FUEL`.
6. Heat of exothermic chemistry, of electricity-driven processes and of nitric acid counts as zero, both ways.
7. On the transitional basis a stated factor is used as stated.

Example: a boiler that emits 212.8 t and delivers 3.42 TJ has 62.2 tCO2/TJ, whatever its efficiency.

Annexes and equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lca.cbam.monitoring import OUTSIDE, Basis, ElectricityKind, HeatFlow, Monitoring, TechnicalUnit, UnitKind
from lca.cbam.results import SourceEmission, Term
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

TJ_PER_MWH = 0.0036
STANDARD_BOILER = 0.90
CHP_HEAT, CHP_ELECTRICITY = 0.55, 0.25
CONDENSATE_POINTS = 0.05
COMMON_FUEL = {"CN": "other-bituminous-coal", "IN": "other-bituminous-coal"}
"""Fuel most used in a country's industry (rule 5), by our own knowledge: the act publishes no such list."""
_CLOSE = 0.05
_LEAST_TJ = 1e-9
"""Less fuel than this says nothing about an efficiency."""
_HIGHEST_EFFICIENCY = 1.1
"""Condensing boilers reach 1.1 of the net calorific value; more is an error of data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFactors:
    """What a unit's heat and electricity carry: tCO2/TJ and tCO2/MWh, None where it gives none.

    ``emissions_t`` is split into ``heat_t`` and ``electricity_t``; ``heat_tj`` is what its consumers received (or, when
    no flow is recorded, its net heat). ``above_natural_gas_t`` is what rule 1 leaves with the waste gas.
    """

    id: str
    heat: float | None
    electricity: float | None
    emissions_t: float
    heat_t: float
    electricity_t: float
    heat_tj: float
    waste_gas_t: float
    above_natural_gas_t: float
    terms: tuple[Term, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatEmission:
    """A heat flow and the emissions that move with it."""

    flow: HeatFlow
    factor: float
    emissions_t: float
    term: Term


@dataclass(frozen=True, slots=True)
class _Input:
    """What went into a unit: emissions in t, energy in TJ."""

    emissions: float
    energy: float
    waste_gas: float
    above: float


def natural_gas(tables: Tables) -> float:
    """Standard emission factor of natural gas, tCO2/TJ (Annex II G table 1)."""
    return float(tables.fuel("natural-gas").emission_factor)


def by_sink(
    data: Monitoring, sources: Sequence[SourceEmission]
) -> dict[str, list[tuple[SourceEmission, float]]]:
    """Every sink's sources with the fraction it takes."""
    groups = (data.streams, data.measured, data.pfc, data.other, data.transfers)
    shares = {record.id: record.shares for group in groups for record in group}
    found: dict[str, list[tuple[SourceEmission, float]]] = defaultdict(list)
    for source in sources:
        for share in shares.get(source.id, ()):
            found[share.sink].append((source, share.fraction))
    return dict(found)


def unit_factors(
    data: Monitoring, sources: Sequence[SourceEmission], tables: Tables
) -> dict[str, UnitFactors]:
    """Factors of every technical unit, by its identifier; what is doubtful stands in their ``findings``.

    Raises ``databases.cbam.values.UnknownKey`` for a fuel category without reference efficiency, which
    ``lca.cbam.checks`` tells beforehand.
    """
    sinks = by_sink(data, sources)
    delivered = _sums((flow.origin, flow.heat_tj) for flow in data.heat)
    generated = _sums(
        (source.unit, source.amount_mwh or 0.0)
        for source in data.electricity
        if source.kind is ElectricityKind.OWN_GENERATION
    )
    made = {}
    for unit in data.units:
        taken = _input(unit, data, sinks.get(unit.id, []), natural_gas(tables))
        heat_tj = delivered.get(unit.id, 0.0) or unit.net_heat_tj or 0.0
        mwh = unit.net_electricity_mwh or generated.get(unit.id, 0.0)
        made[unit.id] = _factors(unit, taken, heat_tj, mwh, tables)
    return made


def heat_emissions(
    data: Monitoring, units: Mapping[str, UnitFactors], tables: Tables
) -> tuple[tuple[HeatEmission, ...], tuple[Finding, ...]]:
    """Every heat flow with its emissions (rules 5 to 7), and what is wrong or doubtful with their factors."""
    found: list[HeatEmission] = []
    findings: list[Finding] = []
    for flow in data.heat:
        factor, source, told = _flow_factor(flow, data, units, tables)
        findings.extend(told)
        term = Term(key="heat-factor", value=factor, unit="tCO2/TJ", record=flow.id, source=source)
        found.append(HeatEmission(flow=flow, factor=factor, emissions_t=flow.heat_tj * factor, term=term))
    return tuple(found), tuple(findings)


def standard_heat_factor(country: str, tables: Tables) -> float | None:
    """Rule 5's standard value in tCO2/TJ; None for a country whose common fuel we do not know."""
    fuel = COMMON_FUEL.get(country)
    return float(tables.fuel(fuel).emission_factor) / STANDARD_BOILER if fuel else None


def _input(
    unit: TechnicalUnit, data: Monitoring, taken: Sequence[tuple[SourceEmission, float]], gas: float
) -> _Input:
    """Emissions and energy of a unit; waste gas by stream capped, waste gas by flow at natural gas (rule 1)."""
    waste = {stream.id for stream in data.streams if stream.waste_gas} if taken else set()
    emissions = energy = above = 0.0
    for source, fraction in taken:
        fuel = (source.energy_tj + source.biomass_energy_tj) * fraction
        emitted = source.emissions_t * fraction
        capped = min(emitted, gas * fuel) if source.id in waste else emitted
        emissions, energy, above = emissions + capped, energy + fuel, above + emitted - capped
    flowing = math.fsum(flow.energy_tj for flow in data.waste_gas if flow.destination == unit.id)
    return _Input(emissions + gas * flowing, energy + flowing, gas * flowing, above)


def _factors(unit: TechnicalUnit, taken: _Input, heat_tj: float, mwh: float, tables: Tables) -> UnitFactors:
    start: tuple[Term, ...] = (
        Term(key="unit-emissions", value=taken.emissions, unit="tCO2", record=unit.id),
        Term(key="unit-energy", value=taken.energy, unit="TJ", record=unit.id),
    )
    share, terms = 1.0, start
    if unit.kind is UnitKind.POWER_PLANT:
        share = 0.0
    elif unit.kind is UnitKind.CHP:
        share, more = _heat_share(unit, taken.energy, heat_tj, mwh, tables)
        terms = (*start, *more)
    heat_t, power_t = taken.emissions * share, taken.emissions * (1.0 - share)
    heat = heat_t / heat_tj if heat_tj > 0 and unit.kind is not UnitKind.POWER_PLANT else None
    power = power_t / mwh if mwh > 0 and unit.kind is not UnitKind.BOILER else None
    made = UnitFactors(
        id=unit.id,
        heat=heat,
        electricity=power,
        emissions_t=taken.emissions,
        heat_t=heat_t,
        electricity_t=power_t,
        heat_tj=heat_tj,
        waste_gas_t=taken.waste_gas,
        above_natural_gas_t=taken.above,
        terms=terms,
        findings=_doubts(unit, taken, heat_tj),
    )
    delivered = (
        Term(key="heat-delivered", value=heat_tj, unit="TJ", record=unit.id),
        Term(key="electricity-delivered", value=mwh, unit="MWh", record=unit.id),
    )
    return replace(made, terms=(*terms, *(one for one in delivered if one.value)))


def _heat_share(
    unit: TechnicalUnit, energy: float, heat_tj: float, mwh: float, tables: Tables
) -> tuple[float, tuple[Term, ...]]:
    """The share of a cogeneration unit's emissions that its heat takes (eq. 47 to 50, rule 3)."""
    by_heat, by_power, source = _efficiencies(unit, energy, unit.net_heat_tj or heat_tj, mwh)
    category, built = unit.fuel_category, unit.built
    reference_heat = float(tables.reference_efficiency("heat", category, built, unit.heat_medium))
    reference_power = float(tables.reference_efficiency("electricity", category, built))
    if unit.heat_medium == "steam" and not unit.condensate_counted:
        reference_heat += CONDENSATE_POINTS
    heat, power = by_heat / reference_heat, by_power / reference_power
    share = heat / (heat + power) if heat + power > 0 else 1.0
    values = {
        "efficiency-heat": (by_heat, source),
        "efficiency-electricity": (by_power, source),
        "reference-efficiency-heat": (reference_heat, "Annex III C"),
        "reference-efficiency-electricity": (reference_power, "Annex III C"),
        "share-heat": (share, "eq. 49"),
    }
    terms = tuple(
        Term(key=key, value=value, unit="1", record=unit.id, source=source)
        for key, (value, source) in values.items()
    )
    return share, terms


def _efficiencies(unit: TechnicalUnit, energy: float, heat_tj: float, mwh: float) -> tuple[float, float, str]:
    """Efficiencies of cogeneration and where they come from (rule 3)."""
    if energy > _LEAST_TJ and (heat_tj > 0 or mwh > 0):
        return heat_tj / energy, mwh * TJ_PER_MWH / energy, "eq. 47, 48"
    if unit.heat_efficiency is not None and unit.electricity_efficiency is not None:
        return unit.heat_efficiency, unit.electricity_efficiency, "design values"
    return CHP_HEAT, CHP_ELECTRICITY, "Annex III A.2.2 standard values"


def _doubts(unit: TechnicalUnit, taken: _Input, heat_tj: float) -> tuple[Finding, ...]:
    """Heat that is more than the unit made, efficiencies that do not fit the amounts, waste gas without an origin."""
    place, told = Place(line=unit.id), []
    if unit.net_heat_tj is not None and heat_tj > unit.net_heat_tj * (1 + _CLOSE):
        values = {"delivered": f"{heat_tj:.6g}", "net": f"{unit.net_heat_tj:.6g}"}
        told.append(Finding.warning("cbam-heat-more-than-made", place, name=unit.name, **values))
    net = (unit.net_heat_tj or heat_tj) if taken.energy > _LEAST_TJ else 0.0
    if net > 0:
        measured = net / taken.energy
        if measured + (unit.net_electricity_mwh or 0.0) * TJ_PER_MWH / taken.energy > _HIGHEST_EFFICIENCY:
            values = {"fuel": f"{taken.energy:.6g}", "heat": f"{net:.6g}"}
            told.append(Finding.warning("cbam-efficiency-impossible", place, name=unit.name, **values))
        elif unit.heat_efficiency and abs(measured - unit.heat_efficiency) > _CLOSE * unit.heat_efficiency:
            values = {"stated": f"{unit.heat_efficiency:.3g}", "measured": f"{measured:.3g}"}
            told.append(Finding.note("cbam-efficiency-differs", place, name=unit.name, **values))
    if taken.above > 0:
        told.append(
            Finding.warning("cbam-waste-gas-in-unit", place, name=unit.name, tonnes=f"{taken.above:.6g}")
        )
    return tuple(told)


def _flow_factor(
    flow: HeatFlow, data: Monitoring, units: Mapping[str, UnitFactors], tables: Tables
) -> tuple[float, str, tuple[Finding, ...]]:
    """Factor in tCO2/TJ, its source, findings."""
    if flow.zero_emission:
        return 0.0, "Annex III A.2.2: zero", ()
    unit = units.get(flow.origin)
    if unit is not None:
        if unit.heat is None:
            return (
                0.0,
                "",
                (Finding.error("cbam-heat-without-source", Place(line=flow.id), unit=flow.origin),),
            )
        return unit.heat, flow.origin, ()
    stated = flow.factor
    trusted = flow.origin != OUTSIDE or flow.verified_by_supplier or data.basis is Basis.TRANSITIONAL
    if stated is not None and trusted:
        return stated.value, stated.reference or stated.source.value, ()
    standard = standard_heat_factor(data.installation.country, tables)
    if standard is None:
        return 0.0, "", (Finding.error("cbam-heat-factor-missing", Place(line=flow.id), flow=flow.id),)
    told = Finding.warning(
        "cbam-heat-unverified" if stated is not None else "cbam-heat-standard",
        Place(line=flow.id),
        flow=flow.id,
        value=f"{standard:.6g}",
        fuel=COMMON_FUEL[data.installation.country],
    )
    return standard, "Annex III A.2.2 (2) [M]", (told,)


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    made: dict[str, float] = defaultdict(float)
    for key, amount in pairs:
        made[key] += amount
    return dict(made)
