"""The operator's emissions report: the 35 items of Annex IV point 1.1 of Implementing Regulation (EU) 2025/2547.

Rules
1. Items stand in the order of the Annex under its numbers; a part such as 15(c) stands in a caption.
2. An item that does not apply says why; what only the operator knows is a marked blank. None is missing.
3. It is made of the data and the calculation alone, and carries the digests of both.
4. English is the version to submit (Article 10(4)); the Chinese one is for reading and says so.
5. It stays with operator and verifier: it holds activity data, suppliers and amounts. The importer gets the summary.

Example: ``operator_report(data, done, tables, Details(made_on=today)).sections[6].number == "7"``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Monitoring
from lca.cbam.report import electricity, emissions, energy, goods, heads, identity, parameters, precursors
from lca.cbam.report.details import Details
from lca.cbam.report.document import Block, Document, Section
from lca.cbam.report.facts import Facts, facts
from lca.cbam.report.words import say
from lca.cbam.results import Calculation

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

Item = Callable[[Facts], tuple[Block, ...]]


def operator_report(data: Monitoring, done: Calculation, tables: Tables, details: Details) -> Document:
    """The report of a reporting period. Raises ReportNotPossible (see :func:`lca.cbam.report.facts.facts`)."""
    known = facts(data, done, tables, details)
    sections = [
        Section(str(number), say(f"item-{number}"), item(known), say(f"group-{group}"))
        for number, (group, item) in enumerate(ITEMS, start=1)
    ]
    return heads.document("operator-report", data, details, sections, done)


def _plan_summary(known: Facts) -> tuple[Block, ...]:
    """Item 2, (a) to (h)."""
    return (
        identity.plan(known),
        identity.processes(known),
        identity.non_cbam(known, say("cap-non-cbam")),
        identity.top_goods(known),
        identity.top_fuels(known),
        identity.top_materials(known),
        identity.measured(known),
        identity.zero_rated(known, streams=True),
        *energy.heat_crossing(known, named=True),
    )


def _goods(known: Facts) -> tuple[Block, ...]:
    """Item 15, (a) to (f)."""
    return (
        goods.direct(known),
        goods.compositions(known),
        *goods.quality(known),
        goods.default_shares(known),
        electricity.shares(known, caption=say("cap-15e")),
        electricity.criteria(known, evidence=True),
        electricity.imported_electricity(known, caption=say("cap-15f")),
    )


def _one(block: Callable[[Facts], Block]) -> Item:
    return lambda known: (block(known),)


ITEMS: tuple[tuple[str, Item], ...] = (
    ("identity", lambda known: (*identity.operator(known), *identity.installation(known))),
    ("identity", _plan_summary),
    ("energy", _one(electricity.sources)),
    ("energy", electricity.own_generation),
    ("energy", lambda known: energy.waste_gas_crossing(known, named=True)),
    ("emissions", _one(energy.transfers)),
    ("emissions", _one(emissions.total_direct)),
    ("emissions", _one(identity.months)),
    ("energy", _one(electricity.total_consumed)),
    ("energy", _one(electricity.consumed_for_goods)),
    ("energy", _one(electricity.obtained_from)),
    ("energy", electricity.factors_by_source),
    ("goods", goods.produced),
    ("goods", _one(identity.non_cbam)),
    ("goods", _goods),
    ("emissions", emissions.installation),
    ("energy", energy.balances),
    ("precursors", lambda known: (precursors.own_by_installation(known), *precursors.joint(known))),
    ("precursors", _one(precursors.own_by_process)),
    ("precursors", _one(precursors.bought_by_installation)),
    ("precursors", _one(precursors.bought_by_process)),
    ("precursors", _one(precursors.on_defaults)),
    ("precursors", _one(precursors.on_actuals)),
    ("precursors", _one(precursors.several_periods)),
    ("precursors", _one(precursors.several_installations)),
    ("energy", _one(electricity.by_process)),
    ("precursors", _one(precursors.own_by_process)),
    ("precursors", _one(precursors.origins)),
    ("emissions", emissions.attribution),
    ("emissions", _one(goods.levels)),
    ("goods", goods.functional_units),
    ("energy", _one(electricity.actual_factors)),
    ("energy", _one(electricity.ppa_factors)),
    ("goods", goods.by_route),
    ("goods", parameters.sector_parameters),
)
"""Items 1 to 35: group of sections, and what they show."""
