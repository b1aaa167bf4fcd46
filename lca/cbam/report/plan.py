"""A first draft of the monitoring plan: the 22 items of Annex II A.5, filled from the monitoring data.

Rules
1. What the data say stands there; everything else is a marked blank for the operator. A draft is no plan.
2. It needs no calculation: a plan is written before the period ends.
3. Benchmarks (item 6) are those of the tables for the goods' codes and routes; the operator confirms them.
4. English is the version to submit (Article 5(6)).

Example: ``len(monitoring_plan(data, tables, details).sections) == 22``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Basis, Monitoring
from lca.cbam.report import heads, plan_flows, plan_items
from lca.cbam.report.details import Details, ReportNotPossible
from lca.cbam.report.document import Block, Document, Section
from lca.cbam.report.plan_items import Draft
from lca.cbam.report.words import say
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


def monitoring_plan(data: Monitoring, tables: Tables, details: Details) -> Document:
    """The draft. Raises ReportNotPossible for data of the transitional basis."""
    if data.basis is Basis.TRANSITIONAL:
        raise ReportNotPossible(Finding.error("cbam-report-transitional"))
    draft = Draft(data, tables, details)
    sections = [
        Section(str(number), say(f"plan-{number}"), tuple(item(draft)), say(f"group-{group}"))
        for number, (group, item) in enumerate(ITEMS, start=1)
    ]
    return heads.document("monitoring-plan", data, details, sections)


ITEMS: tuple[tuple[str, Callable[[Draft], Iterator[Block]]], ...] = (
    ("identity", plan_items.version),
    ("identity", plan_items.description),
    ("goods", plan_items.goods),
    ("identity", plan_items.processes),
    ("goods", plan_items.non_cbam),
    ("goods", plan_items.benchmarks),
    ("methods", plan_items.methods),
    ("methods", plan_items.factors),
    ("methods", plan_items.sources),
    ("methods", plan_items.calculated),
    ("methods", plan_items.measured),
    ("methods", plan_items.pfc),
    ("flows", plan_flows.diagram),
    ("flows", plan_flows.precursors),
    ("methods", plan_flows.zero_rated),
    ("flows", plan_flows.heat),
    ("flows", plan_flows.generation),
    ("flows", plan_flows.electricity_evidence),
    ("flows", plan_flows.electricity_good),
    ("flows", plan_flows.waste_gas),
    ("flows", plan_flows.transfers),
    ("control", plan_flows.controls),
)
"""Items 1 to 22: group of sections, and what they show."""
