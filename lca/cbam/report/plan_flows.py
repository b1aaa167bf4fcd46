"""Items 13 to 22 of the monitoring plan (Annex II A.5): flows between processes and installations, controls."""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.electricity import missing_elements
from lca.cbam.monitoring import OUTSIDE, ElectricityKind, UnitKind
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, fields, nothing, table, text, to_state
from lca.cbam.report.document import Block, Cell, same
from lca.cbam.report.facts import zero_ratings
from lca.cbam.report.plan_items import Draft
from lca.cbam.report.words import say

CONTROLS = "abcdefgh"
"""Parts of item 22."""


def diagram(draft: Draft) -> Iterator[Block]:
    """Item 13: the operator's diagram, and the flows the data know."""
    yield to_state("plan-diagram")
    flows = [
        (draft.name(one.origin), draft.name(one.destination), say("flow-precursor"))
        for one in draft.data.own_uses
    ]
    flows += [
        (draft.name(one.origin), draft.name(one.destination), say("flow-heat")) for one in draft.data.heat
    ]
    flows += [
        (draft.name(one.origin), draft.name(one.destination), say("flow-waste-gas"))
        for one in draft.data.waste_gas
    ]
    if flows:
        yield table((text("origin"), text("destination"), text("flow")), flows, say("plan-flows"))


def precursors(draft: Draft) -> Iterator[Block]:
    """Item 14."""
    rows: list[tuple[Cell, ...]] = []
    for use in draft.data.own_uses:
        rows.append(
            (draft.name(use.destination), draft.name(use.origin), say("this-installation"), figures.DASH)
        )
    for one in draft.data.precursors:
        for bought in one.uses:
            supplier = figures.stated(one.supplier, "hint-operator")
            rows.append((draft.name(bought.process), same(one.name), supplier, figures.country(one.country)))
    columns = (text("process"), text("precursor"), text("supplier"), text("country"))
    yield table(columns, rows, None, "not-precursors")


def zero_rated(draft: Draft) -> Iterator[Block]:
    """Item 15."""
    rows = [
        (same(name), same(rating.scheme), same(rating.document))
        for name, rating, _ in zero_ratings(draft.data)
    ]
    yield table((text("source"), text("scheme"), text("document")), rows, None, "not-zero-rated")


def heat(draft: Draft) -> Iterator[Block]:
    """Item 16."""
    rows: list[tuple[Cell, ...]] = [
        (
            draft.name(one.origin),
            draft.name(one.destination),
            _partner(draft, one.id) if OUTSIDE in (one.origin, one.destination) else figures.DASH,
            blank("hint-heat-method"),
        )
        for one in draft.data.heat
    ]
    columns = (text("origin"), text("destination"), text("partner"), text("determination", 2.0))
    yield table(columns, rows, None, "not-heat")


def generation(draft: Draft) -> Iterator[Block]:
    """Item 17."""
    own = [one for one in draft.data.electricity if one.kind is ElectricityKind.OWN_GENERATION]
    kinds = {one.kind for one in draft.data.units}
    if not (own or kinds & {UnitKind.CHP, UnitKind.POWER_PLANT} or draft.data.electricity_exports):
        yield nothing("not-own-generation")
        return
    yield fields(
        ("by-chp", figures.yes(UnitKind.CHP in kinds)),
        ("by-separate", figures.yes(UnitKind.POWER_PLANT in kinds or any(not one.unit for one in own))),
        ("fuel-kind", blank()),
        ("exported-electricity", figures.yes(bool(draft.data.electricity_exports))),
    )


def electricity_evidence(draft: Draft) -> Iterator[Block]:
    """Item 18: the elements of D.4.3 at hand."""
    rows: list[tuple[Cell, ...]] = []
    for one in draft.data.electricity:
        lacking = missing_elements(one.kind, one.proof)
        for element in missing_elements(one.kind, None):
            key = f"proof-{element.replace('_', '-')}"
            rows.append((same(one.name), say(key), figures.yes(element not in lacking)))
    columns = (text("source"), text("element", 2.4), text("at-hand", 0.8))
    yield table(columns, rows, None, "not-actual-electricity")


def electricity_good(draft: Draft) -> Iterator[Block]:
    """Item 19."""
    codes = [good.cn.replace(" ", "") for process in draft.data.processes for good in process.goods]
    if any(code.startswith("2716") for code in codes):
        yield to_state("plan-d24")
    else:
        yield nothing("not-electricity-good")


def waste_gas(draft: Draft) -> Iterator[Block]:
    """Item 20."""
    rows: list[tuple[Cell, ...]] = [
        (
            draft.name(one.origin),
            draft.name(one.destination),
            _partner(draft, one.id) if OUTSIDE in (one.origin, one.destination) else figures.DASH,
        )
        for one in draft.data.waste_gas
    ]
    yield table((text("origin"), text("destination"), text("partner")), rows, None, "not-waste-gas")


def transfers(draft: Draft) -> Iterator[Block]:
    """Item 21."""
    rows: list[tuple[Cell, ...]] = [
        (
            say(f"transfer-{one.kind.value}"),
            figures.stated(one.partner, "hint-partner"),
            figures.stated(one.partner_contact, "hint-contact"),
            blank("hint-b83"),
        )
        for one in draft.data.transfers
    ]
    columns = (text("transfer"), text("partner"), text("contact"), text("determination", 2.0))
    yield table(columns, rows, None, "not-transfers")


def controls(draft: Draft) -> Iterator[Block]:
    """Item 22, (a) to (h)."""
    stated = draft.data.quality
    if stated.assurance:
        yield fields(("assurance", same(stated.assurance)))
    yield fields(*((f"control-{letter}", blank("hint-control")) for letter in CONTROLS))


def _partner(draft: Draft, id: str) -> Cell:
    named = dict(draft.details.partners)
    return same(named[id]) if id in named else blank("hint-partner")
