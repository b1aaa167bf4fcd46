"""One installation, one period: monitoring data and reference tables in, a calculation out.

Rules
1. Everything wrong with the data is told at once; an error anywhere stops the calculation (:class:`NotCalculable`).
2. ``Path.ACTUAL`` takes verified values of precursors where they may be used; ``Path.MIXED`` takes default values for
   every purchased precursor. Default values for the goods themselves need no calculation of an installation:
   ``lca.cbam.obligation.default_path``.
3. The result names its data, its tables and these rules by digest and version; nothing in it is rounded.

Example: ``calculate(data, open_tables()).goods[0].see_total``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lca.cbam import attribution, chain, checks, electricity, emissions, heat, precursors
from lca.cbam.monitoring import Basis, Monitoring
from lca.cbam.results import Calculation, Path
from lca.cbam.storage import monitoring_digest
from lca.findings import Finding, has_errors

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

VERSION = "1.0.0"
"""The version of the rules: part of every calculation, raised whenever the same data gives another figure."""


class NotCalculable(ValueError):
    """The data has errors; correct what ``findings`` say."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(sorted({finding.code for finding in self.findings})))


def calculate(data: Monitoring, tables: Tables, path: Path = Path.ACTUAL) -> Calculation:
    """Specific embedded emissions of everything the installation made.

    Raises NotCalculable with all findings where one is an error, and ValueError for ``Path.DEFAULT`` (rule 2).
    """
    if path is Path.DEFAULT:
        raise ValueError(
            "Default values of goods need no monitoring data: use lca.cbam.obligation.default_path."
        )
    findings = list(checks.check(data, tables))
    _stop_at_errors(findings)

    sources = emissions.source_emissions(data, tables)
    units = heat.unit_factors(data, sources, tables)
    heats, told = heat.heat_emissions(data, units, tables)
    findings += (*told, *(one for unit in units.values() for one in unit.findings))

    power = electricity.consumption(data, units, _counting(data, tables))
    flows = attribution.Flows(units=units, heat=heats, power=power)
    attributed = attribution.attribute(data, sources, flows, tables)
    purchased, refused = precursors.values(data, tables, path)
    findings += (*power.findings, *attributed.findings, *refused)
    _stop_at_errors(findings)

    solved = chain.solve(attributed.processes, purchased, data, tables)
    findings += solved.findings
    _stop_at_errors(findings)

    indirect = data.indirect_stated_t if data.basis is Basis.TRANSITIONAL else None
    return Calculation(
        basis=data.basis,
        period=data.period,
        path=path,
        engine=VERSION,
        monitoring_digest=monitoring_digest(data),
        tables_digest=tables.digest,
        totals=emissions.totals(
            data, sources, power.consumed_mwh, indirect if indirect is not None else power.indirect_t
        ),
        sources=sources,
        processes=solved.processes,
        goods=solved.goods,
        balance=attributed.balance,
        reconciliation=attributed.reconciliation,
        findings=tuple(dict.fromkeys(findings)),
    )


def _counting(data: Monitoring, tables: Tables) -> frozenset[str]:
    """Processes whose indirect emissions count."""
    return frozenset(
        process.id
        for process in data.processes
        if not attribution.kind_of(process, data.basis, tables).direct_only
    )


def _stop_at_errors(findings: Iterable[Finding]) -> None:
    found = tuple(dict.fromkeys(findings))
    if has_errors(found):
        raise NotCalculable(found)
