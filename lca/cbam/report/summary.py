"""The operator's summary emissions report: the 16 items of Annex IV point 1.2. It alone goes to the importer.

Rules
1. Nothing but the 16 items: no activity data, source streams, meters, evidence, electricity suppliers or amounts of
   precursors bought. Supplier names stand in item 16 only, because the Annex asks for them there.
2. What an item asks is answered in full, or says why it does not apply.
3. English is the version that counts (Article 10(4)).
4. Goods that count no indirect emissions say so in items 4(c) and 6.

Example: ``[section.number for section in summary_report(...).sections] == ["1", ..., "16"]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.cbam.monitoring import Monitoring
from lca.cbam.report import electricity, emissions, energy, goods, heads, identity, precursors
from lca.cbam.report.details import Details
from lca.cbam.report.document import Block, Document, Section
from lca.cbam.report.facts import Facts, facts
from lca.cbam.report.operator import Item
from lca.cbam.report.words import say
from lca.cbam.results import Calculation

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


def summary_report(data: Monitoring, done: Calculation, tables: Tables, details: Details) -> Document:
    """The summary of a reporting period. Raises ReportNotPossible (see :func:`lca.cbam.report.facts.facts`)."""
    known = facts(data, done, tables, details)
    sections = [
        Section(f"({number})", say(f"summary-{number}"), item(known), say(f"group-{group}"))
        for number, (group, item) in enumerate(ITEMS, start=1)
    ]
    return heads.document("summary-report", data, details, sections, done)


def _goods(known: Facts) -> tuple[Block, ...]:
    """Item 4, (a) to (f)."""
    return (
        goods.direct(known, caption=say("cap-4a")),
        goods.default_shares(known, caption=say("cap-4b")),
        electricity.shares(known, caption=say("cap-4c")),
        electricity.criteria(known, evidence=False),
        electricity.imported_electricity(known, caption=say("cap-4d")),
        *goods.free_allocation(known),
    )


ITEMS: tuple[tuple[str, Item], ...] = (
    ("identity", identity.operator),
    ("identity", identity.installation),
    ("identity", lambda known: (identity.process_goods(known),)),
    ("goods", _goods),
    ("emissions", lambda known: (emissions.total_direct(known), goods.process_direct(known))),
    ("emissions", lambda known: (electricity.installation_indirect(known),)),
    ("energy", lambda known: energy.heat_crossing(known, named=False)),
    ("energy", lambda known: (identity.zero_rated(known, streams=False),)),
    ("energy", lambda known: energy.waste_gas_crossing(known, named=False)),
    ("energy", lambda known: (energy.capture(known),)),
    ("energy", electricity.own_generation),
    ("precursors", lambda known: (precursors.on_defaults(known),)),
    ("precursors", lambda known: (precursors.on_actuals(known),)),
    ("precursors", lambda known: (precursors.several_periods(known),)),
    ("precursors", lambda known: (precursors.several_installations(known),)),
    ("precursors", lambda known: (precursors.origins(known),)),
)
"""Items 1 to 16: group of sections, and what they show."""
