"""Measured sources, perfluorocarbons, other methods, transfers of CO2, and the N2O of nitric acid.

Rules
1. A measured source states its tonnes, or concentration, hours and flow; where both are there, they agree within 0.1 %.
2. Perfluorocarbons: figures of the method, a factor of their own or a technology of tables 2 and 3, current efficiency
   in percent, a collection efficiency that was measured (1 leaves out what escapes the hood).
3. Another method is described. N2O has no other method: it is measured, and mandatorily so for nitric acid (B.6.1,
   B.9.3.1).
4. A transfer of CO2 that lacks a condition of B.8.2 or B.8.3 is not deducted, and it is told which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from databases.cbam.tables import Tables
from lca.cbam.checks.common import at, differ, figure, fractions, label, not_negative
from lca.cbam.factors import c2f6_fraction, pfc_factor, technology
from lca.cbam.monitoring import (
    Basis,
    MeasuredSource,
    Monitoring,
    OtherSource,
    PfcMethod,
    PfcSource,
    Transfer,
    TransferKind,
)
from lca.cbam.point_sources import GRAMS_PER_TONNE, conditions_missing
from lca.findings import Finding

NITRIC_ACID = "nitric-acid"
_GASES = ("CO2", "N2O")
_N2O = re.compile(r"N2O|N₂O|nitrous oxide|氧化亚氮|一氧化二氮", re.IGNORECASE)
_BOTH_TOLERANCE = 0.001


def sources(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on everything that emits and is no stream."""
    for measured in data.measured:
        yield from _measured(measured, data.basis)
    for pfc in data.pfc:
        yield from _pfc(pfc, tables)
    for other in data.other:
        yield from _other(other)
    for transfer in data.transfers:
        yield from _transfer(transfer)
    if data.basis is Basis.DEFINITIVE:
        yield from _nitric_acid(data)


def _measured(source: MeasuredSource, basis: Basis) -> Iterator[Finding]:
    place = at(source.id)
    if source.gas not in _GASES:
        yield Finding.error("cbam-measured-gas", place, gas=source.gas or "“”")
    yield from not_negative(
        source.id,
        concentration_g_per_nm3=source.concentration_g_per_nm3,
        hours=source.hours,
        flow_nm3_per_hour=source.flow_nm3_per_hour,
    )
    if basis is Basis.DEFINITIVE:
        yield from not_negative(source.id, annual_tonnes=source.annual_tonnes)
    yield from fractions(source.id, biomass_fraction=source.biomass_fraction)
    averages = (source.concentration_g_per_nm3, source.hours, source.flow_nm3_per_hour)
    known = [one for one in averages if one is not None]
    if source.annual_tonnes is None and len(known) < 3:
        yield Finding.error("cbam-measured-amount", place, name=source.name)
    elif source.annual_tonnes is not None and len(known) == 3:
        product = known[0] * known[1] * known[2] / GRAMS_PER_TONNE
        if differ(product, source.annual_tonnes, _BOTH_TOLERANCE):
            stated = figure(source.annual_tonnes)
            yield Finding.warning("cbam-measured-both", place, stated=stated, product=figure(product))
    if source.biomass_fraction > 0 and basis is Basis.DEFINITIVE:
        percent = figure(source.biomass_fraction * 100)
        if source.gas == "N2O":
            yield Finding.warning("cbam-biomass-n2o", place, name=source.name, percent=percent)
        elif source.zero_rating is None:
            yield Finding.warning("cbam-biomass-unproven", place, name=source.name, percent=percent)


def _pfc(source: PfcSource, tables: Tables) -> Iterator[Finding]:
    place = at(source.id)
    slope = source.method is PfcMethod.SLOPE
    needed = {"frequency": source.frequency, "duration": source.duration}
    if not slope:
        needed = {"overvoltage_mv": source.overvoltage_mv, "current_efficiency": source.current_efficiency}
    if missing := [name for name, value in needed.items() if value is None]:
        yield Finding.error(
            "cbam-pfc-missing", place, name=source.name, fields=", ".join(map(label, missing))
        )
    if pfc_factor(source, tables) is None or c2f6_fraction(source, tables) is None:
        technologies = "PFPB-L, PFPB-M, PFPB-MW, CWPB, SWPB, VSS, HSS" if slope else "CWPB, SWPB"
        details = {"technology": source.technology or "—", "known": technologies}
        yield Finding.error("cbam-pfc-factor", place, name=source.name, **details)
    elif (row := technology(source, tables)) is not None and row.own_measurement and _from_table(source):
        yield Finding.warning(
            "cbam-pfc-own-measurement", place, name=source.name, technology=source.technology
        )
    yield from not_negative(
        source.id,
        aluminium_t=source.aluminium_t,
        frequency=source.frequency,
        duration=source.duration,
        slope_factor=source.slope_factor,
        overvoltage_mv=source.overvoltage_mv,
        overvoltage_factor=source.overvoltage_factor,
        c2f6_fraction=source.c2f6_fraction,
    )
    efficiency = source.current_efficiency
    if not slope and efficiency is not None and not 1.0 < efficiency <= 100.0:
        yield Finding.error("cbam-current-efficiency", place, name=source.name, value=figure(efficiency))
    if not 0.0 < source.collection_efficiency <= 1.0:
        yield Finding.error("cbam-collection-efficiency", place, value=figure(source.collection_efficiency))
    elif source.collection_efficiency == 1.0:
        yield Finding.warning("cbam-collection-assumed", place, name=source.name)


def _from_table(source: PfcSource) -> bool:
    stated = source.slope_factor if source.method is PfcMethod.SLOPE else source.overvoltage_factor
    return stated is None or source.c2f6_fraction is None


def _other(source: OtherSource) -> Iterator[Finding]:
    if not source.method.strip():
        yield Finding.error("cbam-other-method", at(source.id), name=source.name)
    if _N2O.search(f"{source.name} {source.method}"):
        yield Finding.error("cbam-n2o-calculated", at(source.id), name=source.name)
    yield from not_negative(source.id, emissions_t=source.emissions_t)


def _transfer(transfer: Transfer) -> Iterator[Finding]:
    place = at(transfer.id)
    yield from not_negative(transfer.id, fossil_t=transfer.fossil_t)
    yield from fractions(transfer.id, stored_fraction=transfer.stored_fraction)
    if transfer.kind is not TransferKind.RECEIVED and (missing := conditions_missing(transfer)):
        yield Finding.warning(
            "cbam-transfer-not-deducted", place, name=transfer.name, missing=", ".join(missing)
        )
    if transfer.kind is TransferKind.RECEIVED and not transfer.measured:
        yield Finding.warning("cbam-transfer-unmeasured", place, name=transfer.name)
    if transfer.partner and not transfer.partner_contact.strip():
        yield Finding.warning("cbam-transfer-contact", place, name=transfer.name, partner=transfer.partner)


def _nitric_acid(data: Monitoring) -> Iterator[Finding]:
    """Every process that makes nitric acid takes a share of a measured N2O source, or all N2O is unshared."""
    measured = [one for one in data.measured if one.gas == "N2O"]
    for process in data.processes:
        if process.category != NITRIC_ACID and NITRIC_ACID not in process.included:
            continue
        served = any(
            not one.shares or any(share.sink == process.id for share in one.shares) for one in measured
        )
        if not served:
            yield Finding.error("cbam-n2o-not-measured", at(process.id), name=process.name)
