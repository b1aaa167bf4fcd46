"""Identifiers, names that must lead somewhere, shares, the reporting period and the basis.

Rules
1. An identifier names one record in the whole data, and is neither empty nor a reserved word.
2. Every sink, origin, destination, unit, source and good named is there, and of a kind that fits.
3. The shares of a source sum to 1 (within 1e-9), each within 0 to 1, no sink twice; where a meter serves more than
   one sink, each share says why. A source without shares is only possible where every process states its DirEm*.
4. The reporting period is one calendar year (Article 1(5)), 2026 or later (Article 7). A new installation may start
   later in the year: then it ends on 31 December and states the months monitored.
5. The transitional basis is told: its figures are for no report of the definitive period.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date

from lca.cbam.checks.common import RESERVED, SHARE_TOLERANCE, at, figure, flow, process_ids, unit_ids
from lca.cbam.monitoring import (
    NON_CBAM,
    OUTSIDE,
    Basis,
    ElectricityKind,
    MeasuredSource,
    Monitoring,
    OtherSource,
    PfcSource,
    Share,
    SourceStream,
    Transfer,
)
from lca.findings import Finding

FIRST_YEAR = 2026

Source = SourceStream | MeasuredSource | PfcSource | OtherSource | Transfer


def structure(data: Monitoring) -> Iterator[Finding]:
    """Findings on the frame of the data."""
    yield from _identifiers(data)
    yield from _references(data)
    for source in all_sources(data):
        yield from _shares(source, data)
    yield from _period(data)
    if data.basis is Basis.TRANSITIONAL:
        yield Finding.warning("cbam-basis-transitional")
    if not data.processes:
        yield Finding.error("cbam-no-process")


def all_sources(data: Monitoring) -> tuple[Source, ...]:
    """Streams, measured sources, PFC, other sources, transfers."""
    return (*data.streams, *data.measured, *data.pfc, *data.other, *data.transfers)


def identifiers(data: Monitoring) -> tuple[str, ...]:
    """The identifier of every record that has one, in order, repetitions included."""
    groups = (
        all_sources(data),
        data.units,
        data.heat,
        data.waste_gas,
        data.electricity,
        data.processes,
        tuple(good for process in data.processes for good in process.goods),
        data.precursors,
        data.evidence,
    )
    return tuple(record.id for group in groups for record in group)


def _identifiers(data: Monitoring) -> Iterator[Finding]:
    for name, times in Counter(identifiers(data)).items():
        if not name.strip():
            yield Finding.error("cbam-id-empty", times=times)
        elif name in RESERVED:
            yield Finding.error("cbam-id-reserved", at(name), name=name)
        elif times > 1:
            yield Finding.error("cbam-id-repeated", at(name), name=name, times=times)


def _references(data: Monitoring) -> Iterator[Finding]:
    for record, field, name, allowed in _names(data):
        if name not in allowed:
            yield Finding.error("cbam-name-unknown", at(record), field=field, name=name or "“”")


def _names(data: Monitoring) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Each name used: (record, field, name, what may stand there)."""
    processes, units = process_ids(data), unit_ids(data)
    sinks = processes | units | {NON_CBAM}
    for source in all_sources(data):
        for share in source.shares:
            yield source.id, "shares", share.sink, sinks
    for heat in data.heat:
        yield heat.id, "origin", heat.origin, processes | units | {OUTSIDE}
        yield heat.id, "destination", heat.destination, processes | RESERVED
    for gas in data.waste_gas:
        yield gas.id, "origin", gas.origin, processes | units | RESERVED
        yield gas.id, "destination", gas.destination, processes | units | RESERVED
    for own in data.own_uses:
        record = flow(own.origin, own.destination)
        yield record, "origin", own.origin, processes
        yield record, "destination", own.destination, processes | {NON_CBAM}
        if own.good:
            yield record, "good", own.good, _goods_of(data, own.origin)
    for precursor in data.precursors:
        for use in precursor.uses:
            yield precursor.id, "uses", use.process, processes
    yield from _electricity_names(data)
    all_goods = frozenset(good.id for process in data.processes for good in process.goods)
    for price in data.carbon_prices:
        yield price.good, "carbon_prices", price.good, all_goods


def _electricity_names(data: Monitoring) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    processes, units = process_ids(data), unit_ids(data)
    sources = frozenset(one.id for one in data.electricity)
    for source in data.electricity:
        if source.unit or (source.kind is ElectricityKind.OWN_GENERATION and source.factor is None):
            yield source.id, "unit", source.unit, units
    for use in data.electricity_uses:
        yield use.process, "electricity_uses", use.process, processes | {NON_CBAM}
        for name in use.sources:
            yield use.process, "sources", name, sources
    for export in data.electricity_exports:
        yield export.process, "electricity_exports", export.process, processes


def _goods_of(data: Monitoring, process: str) -> frozenset[str]:
    return frozenset(good.id for one in data.processes if one.id == process for good in one.goods)


def _shares(source: Source, data: Monitoring) -> Iterator[Finding]:
    shares: tuple[Share, ...] = source.shares
    if not shares:
        if any(process.direct_emissions_t is None for process in data.processes):
            yield Finding.error("cbam-shares-missing", at(source.id), name=source.name)
        return
    for share in shares:
        if not 0.0 <= share.fraction <= 1.0:
            yield Finding.error(
                "cbam-fraction-range", at(source.id), field="shares", value=figure(share.fraction)
            )
    total = math.fsum(share.fraction for share in shares)
    if abs(total - 1.0) > SHARE_TOLERANCE:
        yield Finding.error("cbam-shares-sum", at(source.id), name=source.name, total=f"{total:.12g}")
    for sink, times in Counter(share.sink for share in shares).items():
        if times > 1:
            yield Finding.error("cbam-share-repeated", at(source.id), name=source.name, sink=sink)
    if len(shares) > 1 and not all(share.reason.strip() for share in shares):
        yield Finding.warning(
            "cbam-share-reason", at(source.id), name=source.name, meter=source_meter(source)
        )


def source_meter(source: Source) -> str:
    """The meter of a stream, for a sentence; a dash where none is named."""
    return (source.meter if isinstance(source, SourceStream) else "") or "—"


def _period(data: Monitoring) -> Iterator[Finding]:
    period = data.period
    start, end = period.start.isoformat(), period.end.isoformat()
    if period.end < period.start:
        yield Finding.error("cbam-period-reversed", start=start, end=end)
    elif data.basis is Basis.TRANSITIONAL:
        return
    elif period.start.year < FIRST_YEAR:
        yield Finding.error("cbam-period-early", start=start, end=end, first=FIRST_YEAR)
    elif period.calendar_year is None and _started_late(data):
        months = data.installation.months_monitored
        yield Finding.warning("cbam-period-short", start=start, end=end, months=months)
    elif period.calendar_year is None:
        yield Finding.error("cbam-period-year", start=start, end=end)


def _started_late(data: Monitoring) -> bool:
    """A new installation: from a later day of the year to its end, with the months that makes."""
    start, end = data.period.start, data.period.end
    months = data.installation.months_monitored
    return (
        end == date(start.year, 12, 31)
        and months is not None
        and 12 - start.month <= months <= 13 - start.month
    )
