"""Heat, waste gas and CO2 that cross boundaries (items 2(h), 5, 6, 16(d), 17; items 7, 9, 10 of the summary)."""

from __future__ import annotations

from collections.abc import Iterable

from lca.cbam.monitoring import OUTSIDE, HeatFlow, TransferKind, WasteGasFlow
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, fields, nothing, number, table, text
from lca.cbam.report.document import Block, Cell, Words, same
from lca.cbam.report.facts import Facts
from lca.cbam.report.words import say

Flow = HeatFlow | WasteGasFlow


def heat_crossing(facts: Facts, *, named: bool) -> tuple[Block, ...]:
    """Whether measurable heat comes from or goes to other installations; with the installations where ``named``."""
    return _crossing(facts, facts.data.heat, named=named, caption=say("cap-heat-crossing") if named else None)


def waste_gas_crossing(facts: Facts, *, named: bool) -> tuple[Block, ...]:
    """Whether waste gases are produced and used on site, imported or exported."""
    flows = facts.data.waste_gas
    if not flows:
        return (nothing("not-waste-gas"),)
    inside = any(OUTSIDE not in (flow.origin, flow.destination) for flow in flows)
    used = fields(("waste-gas-inside", figures.yes(inside)))
    return (used, *_crossing(facts, flows, named=named, caption=None))


def transfers(facts: Facts) -> Block:
    """CO2 handed over or received, with a responsible person of the other side (item 6)."""
    rows = [
        (
            say(f"transfer-{one.kind.value}"),
            figures.stated(one.partner, "hint-partner"),
            figures.stated(one.partner_contact, "hint-contact"),
            figures.amount(one.fossil_t),
        )
        for one in facts.data.transfers
    ]
    columns = (text("transfer"), text("partner"), text("contact"), number("co2", "t CO2"))
    return table(columns, rows, None, "not-transfers")


def transfer_amounts(facts: Facts) -> Block:
    """Amounts of CO2 for storage or bound in products (item 16(d)), and what of it is deducted or added."""
    rows = [
        (
            same(one.name),
            say(f"transfer-{one.kind.value}"),
            figures.amount(one.fossil_t),
            figures.tonnes(facts.emissions[one.id].emissions_t)
            if one.id in facts.emissions
            else figures.DASH,
        )
        for one in facts.data.transfers
    ]
    columns = (text("source"), text("transfer"), number("co2", "t CO2"), number("counted", "tCO2e"))
    return table(columns, rows, say("cap-16d"), "not-transfers")


def capture(facts: Facts) -> Block:
    """Summary item 10: whether CO2 is captured, and who takes it."""
    rows = [
        (say(f"transfer-{one.kind.value}"), figures.stated(one.partner, "hint-partner"))
        for one in facts.data.transfers
        if one.kind is not TransferKind.RECEIVED
    ]
    return table((text("transfer"), text("partner")), rows, None, "not-capture")


def balances(facts: Facts) -> tuple[Block, ...]:
    """Item 17: heat, waste gas and electricity of every process: received, given off, by which border."""
    data = facts.data
    return (
        _balance(facts, data.heat, "cap-heat-balance", "not-heat"),
        _balance(facts, data.waste_gas, "cap-gas-balance", "not-waste-gas"),
        electricity_balance(facts),
    )


def electricity_balance(facts: Facts) -> Block:
    """Electricity consumed by, generated in and given off by every process."""
    used: dict[str, float] = {}
    given: dict[str, float] = {}
    for use in facts.data.electricity_uses:
        used[use.process] = used.get(use.process, 0.0) + use.amount_mwh
    for export in facts.data.electricity_exports:
        given[export.process] = given.get(export.process, 0.0) + export.amount_mwh
    rows: list[tuple[Cell, ...]] = [
        (facts.name(one), figures.amount(used.get(one, 0.0)), figures.amount(given.get(one, 0.0)))
        for one in dict.fromkeys((*used, *given))
    ]
    columns = (text("process", 3.0), number("consumed", "MWh"), number("given-off", "MWh"))
    return table(columns, rows, say("cap-electricity-balance"), "not-electricity")


def _tj(flow: Flow) -> float:
    return flow.heat_tj if isinstance(flow, HeatFlow) else flow.energy_tj


def _crossing(
    facts: Facts, flows: Iterable[Flow], *, named: bool, caption: Words | None
) -> tuple[Block, ...]:
    crossing = [flow for flow in flows if OUTSIDE in (flow.origin, flow.destination)]
    imported = any(flow.origin == OUTSIDE for flow in crossing)
    exported = any(flow.destination == OUTSIDE for flow in crossing)
    said = fields(("imported", figures.yes(imported)), ("exported", figures.yes(exported)), caption=caption)
    if not named or not crossing:
        return (said,)
    rows = [
        (
            say("way-imported" if flow.origin == OUTSIDE else "way-exported"),
            facts.name(flow.destination if flow.origin == OUTSIDE else flow.origin),
            same(facts.partners[flow.id]) if flow.id in facts.partners else blank("hint-partner"),
            figures.amount(_tj(flow)),
        )
        for flow in crossing
    ]
    return (said, table((text("way", 1.0), text("process"), text("partner"), number("energy", "TJ")), rows))


def _balance(facts: Facts, flows: Iterable[Flow], caption: str, empty: str) -> Block:
    """Per process or unit: from and to other installations, from and to the rest of this one."""
    sums: dict[str, list[float]] = {}
    for flow in flows:
        if flow.origin != OUTSIDE:
            sums.setdefault(flow.origin, [0.0] * 4)[3 if flow.destination == OUTSIDE else 2] += _tj(flow)
        if flow.destination != OUTSIDE:
            sums.setdefault(flow.destination, [0.0] * 4)[1 if flow.origin == OUTSIDE else 0] += _tj(flow)
    rows: list[tuple[Cell, ...]] = [
        (facts.name(id), *(figures.amount(value) for value in values)) for id, values in sums.items()
    ]
    heads = ("from-inside", "from-outside", "to-inside", "to-outside")
    columns = (text("process", 2.0), *(number(head, "TJ") for head in heads))
    return table(columns, rows, say(caption), empty)
