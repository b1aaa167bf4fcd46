"""Evidence: a figure without a document, and a document nobody entered.

Rules
1. Every stream, source, flow, good, own use and precursor names what its figure rests on (Annex II A.2.3, A.2.4).
2. Evidence named is there, and a document it names is not empty.
3. A period of evidence that does not touch the reporting period is asked about.
The transitional basis reads older workbooks, which have no such references: nothing is said about them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.checks.common import at, flow
from lca.cbam.checks.structure import all_sources
from lca.cbam.monitoring import Basis, Factor, Monitoring, SourceStream
from lca.findings import Finding


def evidence(data: Monitoring) -> Iterator[Finding]:
    """Findings on evidence."""
    if data.basis is Basis.TRANSITIONAL:
        return
    known = {one.id for one in data.evidence}
    for record, name, cited in _cited(data):
        if not cited:
            yield Finding.warning("cbam-evidence-missing", at(record), name=name)
    for record, reference in _all_references(data):
        if reference not in known:
            yield Finding.warning("cbam-evidence-unknown", at(record), evidence=reference)
    for one in data.evidence:
        if not one.document.strip():
            yield Finding.warning("cbam-evidence-document", at(one.id))
        if one.period is not None and (
            one.period.end < data.period.start or one.period.start > data.period.end
        ):
            yield Finding.warning("cbam-evidence-period", at(one.id), document=one.document)


def _cited(data: Monitoring) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every record with a figure: (record, name, evidence named)."""
    for group in (all_sources(data), data.electricity, data.precursors, data.units):
        yield from ((one.id, one.name, one.evidence) for one in group)
    for flows in (data.heat, data.waste_gas):
        yield from ((one.id, one.id, one.evidence) for one in flows)
    for process in data.processes:
        yield from ((good.id, good.name, good.evidence) for good in process.goods)
    for own in data.own_uses:
        record = flow(own.origin, own.destination)
        yield record, record, own.evidence
    for use in data.electricity_uses:
        yield use.process, use.process, use.evidence
    for export in data.electricity_exports:
        yield export.process, export.process, export.evidence


def _all_references(data: Monitoring) -> Iterator[tuple[str, str]]:
    """Every reference to evidence: (record, identifier)."""
    for record, _, cited in _cited(data):
        yield from ((record, one) for one in cited)
    for stream in data.streams:
        for factor in _factors(stream):
            yield from ((stream.id, one) for one in factor.evidence)
        if stream.zero_rating is not None:
            yield from ((stream.id, one) for one in stream.zero_rating.evidence)


def _factors(stream: SourceStream) -> Iterator[Factor]:
    return (one for one in (stream.ncv, stream.emission_factor, stream.carbon_content) if one is not None)
