"""Source streams: amounts, factors, biomass, cement clinker, and the fuel balance.

Rules
1. Activity is in ``t`` or ``1000Nm3`` and not negative, save for an output of a mass balance.
2. Oxidation, conversion and biomass fractions run from 0 to 1, both biomass fractions together too.
3. Factors: what :func:`lca.cbam.factors.resolve` says; in the TRANSITIONAL basis only what leaves no figure.
4. Biomass without evidence of B.3.3, or known not to meet it, counts as fossil carbon and is told.
5. Zero-rated carbon that goes into a mass balance leaves it as much in the outputs, unless traced (B.3.2).
6. The standard value of clinker and of kiln dust is 0.525 t CO2/t (B.9.2.2, B.9.2.3); a lower factor needs analyses.
7. The operator's split of fuel energy meets the sum over the streams within 1 %.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from databases.cbam.tables import Tables
from lca.cbam.checks.common import at, differ, figure, fractions
from lca.cbam.factors import ACTIVITY_UNITS, CARBON_TO_CO2, Resolved, resolve
from lca.cbam.monitoring import Basis, FactorSource, Method, Monitoring, SourceStream
from lca.cbam.streams import FactorMissing, stream_emission, zero_rated
from lca.findings import Finding, Severity

CLINKER_STANDARD = 0.525
_BALANCE_TOLERANCE = 0.01
_CLINKER = re.compile(r"clinker|熟料|\bCKD\b|kiln dust|bypass dust|窑灰|旁路灰", re.IGNORECASE)
_RAW_MEAL = re.compile(r"raw|meal|生料|fuel|燃料", re.IGNORECASE)
_ANALYSED = frozenset(
    {
        FactorSource.LABORATORY,
        FactorSource.LABORATORY_TWO_YEARS,
        FactorSource.LABORATORY_FIVE_YEARS,
        FactorSource.PROXY,
        FactorSource.PROCESS_CALCULATION,
    }
)


def streams(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on the source streams."""
    resolved = {id(one): resolve(one, tables, data.installation.country) for one in data.streams}
    for stream in data.streams:
        yield from _amounts(stream)
        yield from _factors(resolved[id(stream)], data.basis)
        yield from _biomass(stream, data.basis)
        yield from _clinker(stream, resolved[id(stream)], data.basis)
    if data.basis is Basis.DEFINITIVE:
        yield from _biogenic_balance(data, resolved)
    yield from _fuel_balance(data, resolved)


def _amounts(stream: SourceStream) -> Iterator[Finding]:
    if stream.activity_unit not in ACTIVITY_UNITS:
        yield Finding.error("cbam-activity-unit", at(stream.id), unit=stream.activity_unit or "“”")
    if stream.activity < 0 and stream.method is not Method.MASS_BALANCE:
        details = {"name": stream.name, "value": figure(stream.activity)}
        yield Finding.error("cbam-activity-negative", at(stream.id), **details)
    yield from fractions(
        stream.id,
        oxidation_factor=stream.oxidation_factor,
        conversion_factor=stream.conversion_factor,
        biomass_fraction=stream.biomass_fraction,
        other_biomass_fraction=stream.other_biomass_fraction,
    )
    both = stream.biomass_fraction + stream.other_biomass_fraction
    if both > 1.0 + 1e-9:
        yield Finding.error("cbam-biomass-sum", at(stream.id), name=stream.name, value=figure(both))


def _factors(resolved: Resolved, basis: Basis) -> Iterator[Finding]:
    told = resolved.findings
    return (one for one in told if basis is Basis.DEFINITIVE or one.severity is Severity.ERROR)


def _biomass(stream: SourceStream, basis: Basis) -> Iterator[Finding]:
    if stream.biomass_fraction > 0 and not zero_rated(stream.biomass_fraction, stream.zero_rating, basis):
        percent = figure(stream.biomass_fraction * 100)
        yield Finding.warning("cbam-biomass-unproven", at(stream.id), name=stream.name, percent=percent)
    if stream.other_biomass_fraction > 0:
        percent = figure(stream.other_biomass_fraction * 100)
        yield Finding.note("cbam-biomass-counted", at(stream.id), name=stream.name, percent=percent)
    if (rating := stream.zero_rating) is not None and not (rating.scheme.strip() and rating.document.strip()):
        yield Finding.warning("cbam-biomass-document", at(stream.id), name=stream.name)


def _clinker(stream: SourceStream, resolved: Resolved, basis: Basis) -> Iterator[Finding]:
    factor = resolved.emission_factor
    named = f"{stream.name} {stream.material}"
    if basis is not Basis.DEFINITIVE or stream.method is not Method.PROCESS or factor is None:
        return
    if not _CLINKER.search(named) or _RAW_MEAL.search(named):
        return
    if factor.unit == "tCO2/t" and factor.value < CLINKER_STANDARD and factor.source not in _ANALYSED:
        details = {"name": stream.name, "value": figure(factor.value), "standard": CLINKER_STANDARD}
        yield Finding.warning("cbam-clinker-standard", at(stream.id), **details)


def _biogenic_balance(data: Monitoring, resolved: dict[int, Resolved]) -> Iterator[Finding]:
    """Rule 5, over all streams of the mass balance; a balance without outputs has nothing to compare."""
    balance = [one for one in data.streams if one.method is Method.MASS_BALANCE]
    if not any(one.activity < 0 for one in balance):
        return
    carbon = {id(one): _zero_rated_carbon(one, resolved[id(one)], data.basis) for one in balance}
    entering = math.fsum(carbon[id(one)] for one in balance if one.activity > 0)
    leaving = -math.fsum(carbon[id(one)] for one in balance if one.activity < 0)
    if entering > 0 and leaving < entering and differ(entering, leaving):
        yield Finding.warning("cbam-biomass-balance", entering=figure(entering), leaving=figure(leaving))


def _zero_rated_carbon(stream: SourceStream, resolved: Resolved, basis: Basis) -> float:
    try:
        return stream_emission(stream, resolved, basis).biomass_t / CARBON_TO_CO2
    except FactorMissing:
        return 0.0  # told by the factor's own finding


def _fuel_balance(data: Monitoring, resolved: dict[int, Resolved]) -> Iterator[Finding]:
    split = data.fuel_balance
    parts = [part for part in (split.cbam_tj, split.electricity_tj, split.non_cbam_tj) if part is not None]
    if any(part < 0 for part in parts):
        yield Finding.error("cbam-amount-negative", field="fuel_balance", value=figure(min(parts)))
    if not parts:
        return
    total = 0.0
    for stream in data.streams:
        try:
            made = stream_emission(stream, resolved[id(stream)], data.basis)
        except FactorMissing:
            return  # the sum is not known before the factor is
        total += made.energy_tj + made.biomass_energy_tj
    if differ(total, math.fsum(parts), _BALANCE_TOLERANCE):
        yield Finding.warning("cbam-fuel-balance", stated=figure(math.fsum(parts)), streams=figure(total))
