"""Goods in the reports: quantities, specific embedded emissions, free allocation (items 13, 15, 31, 34; summary 4)."""

from __future__ import annotations

from lca.cbam.report import figures
from lca.cbam.report.blocks import confirmed, number, own_words, plain, table, text, to_state
from lca.cbam.report.document import Block, Cell, Words, same
from lca.cbam.report.electricity import unit
from lca.cbam.report.facts import Facts
from lca.cbam.report.identity import cn
from lca.cbam.report.words import joined, say
from lca.cbam.results import GoodResult

TONNE = "t"


def produced(facts: Facts) -> tuple[Block, ...]:
    """Item 13: what was produced, in the installation and by process."""
    rows: list[tuple[Cell, ...]] = [
        (same(process.name), cn(good.cn), same(good.name), figures.amount(good.produced_t))
        for process in facts.done.processes
        for good in facts.done.goods
        if good.process == process.id
    ]
    columns = (text("process"), text("cn"), text("good"), number("quantity", "t"))
    totals = [(same(one.name), figures.amount(one.produced_t)) for one in facts.done.processes]
    whole = sum(one.produced_t for one in facts.done.processes)
    totals.append((say("total"), figures.amount(whole)))
    return (
        table(columns, rows, say("cap-goods"), "not-goods"),
        table((text("process", 3.0), number("quantity", "t")), totals, say("cap-process-totals")),
    )


def direct(facts: Facts, *, caption: Words | None = None) -> Block:
    """Item 15(a), summary 4(a): specific direct embedded emissions of each good."""
    rows = [
        (cn(one.cn), same(one.name), figures.specific(one.see_direct), same(unit(one.unit)))
        for one in facts.done.goods
    ]
    columns = (text("cn", 1.2), text("good", 2.4), number("see-direct"), text("per", 1.0))
    return table(columns, rows, caption or say("cap-15a"), "not-goods")


def compositions(facts: Facts) -> Block:
    """Item 15(b): values of compositions by clinker or nitrogen content (eq. 64 to 66)."""
    rows = [
        (same(good.name), same(name), figures.amount(content), figures.specific(see))
        for good in facts.done.goods
        for name, content, see in good.compositions
    ]
    columns = (text("good"), text("composition"), number("content"), number("see-tonne", "tCO2e/t"))
    return table(columns, rows, say("cap-15b"), "not-compositions")


def quality(facts: Facts) -> tuple[Block, ...]:
    """Item 15(c): data quality, methods, and whether default values were used."""
    caption = say("cap-15c")
    defaults = any(
        one.default_share > 0.0 or (one.counts_indirect and one.indirect_default_share > 0.0)
        for one in facts.done.goods
    )
    found: list[Block] = [plain("quality-defaults" if defaults else "quality-monitored", caption)]
    words = facts.data.quality
    found += [own_words(same(text)) for text in (words.general, words.assurance, words.notes) if text]
    if defaults and words.default_justification:
        found.append(own_words(same(words.default_justification)))
    if not (words.general or words.assurance):
        found.append(to_state("state-quality"))
    return tuple(found)


def default_shares(facts: Facts, *, caption: Words | None = None) -> Block:
    """Item 15(d), summary 4(b): share of embedded emissions that rests on default values."""
    rows = [(cn(one.cn), same(one.name), figures.share(one.default_share)) for one in facts.done.goods]
    columns = (text("cn", 1.2), text("good", 2.4), number("default-share", "%"))
    return table(columns, rows, caption or say("cap-15d"), "not-goods")


def free_allocation(facts: Facts) -> tuple[Block, ...]:
    """Summary 4(e) and (f): specific embedded free allocation, and how it was determined."""
    rows = [
        (
            cn(one.cn),
            same(one.name),
            figures.DASH if one.sefa is None else figures.specific(one.sefa),
            same(unit(one.unit)),
            figures.DASH if one.sefa_per_tonne is None else figures.specific(one.sefa_per_tonne),
        )
        for one in facts.done.goods
    ]
    columns = (
        text("cn", 1.2),
        text("good", 2.0),
        number("sefa"),
        text("per", 1.0),
        number("sefa-tonne", "tCO2e/t"),
    )
    values = table(columns, rows, say("cap-4e"), "not-goods")
    return (values, benchmark_confirmation(facts, caption=say("cap-4f")))


def benchmark_confirmation(facts: Facts, *, caption: Words | None = None) -> Block:
    """Summary 4(f): confirmed only where every process has its benchmark."""
    lacking = [one.name for one in facts.done.processes if one.benchmark_a is None or one.sefa is None]
    if lacking:
        return to_state("state-benchmark", caption, processes=joined([same(name) for name in lacking]))
    return confirmed("benchmark-confirmed", caption, year=facts.done.period.end.year)


def benchmarks(facts: Facts) -> Block:
    """The benchmark of each process, its routes, and the free allocation that follows (verification, plan item 6)."""
    rows = [
        (
            same(one.name),
            facts.routes(one),
            figures.DASH if one.benchmark_a is None else figures.amount(one.benchmark_a),
            figures.DASH if one.sefa is None else figures.specific(one.sefa),
            same(unit(one.unit)),
        )
        for one in facts.done.processes
    ]
    columns = (text("process"), text("routes"), number("benchmark"), number("sefa"), text("per", 1.0))
    return table(columns, rows, None, "not-processes")


def functional_units(facts: Facts) -> tuple[Block, ...]:
    """Item 31: goods in their functional unit, and precursors covered jointly."""
    rows = [
        (cn(one.cn), same(one.name), figures.amount(one.functional_units), same(one.unit))
        for one in facts.done.goods
    ]
    columns = (text("cn", 1.2), text("good", 2.4), number("quantity"), text("unit", 1.0))
    joint = [
        (same(process.name), joined([facts.category_name(slug) for slug in process.included]))
        for process in facts.data.processes
        if process.included
    ]
    return (
        table(columns, rows, None, "not-goods"),
        table((text("process"), text("included")), joint, say("cap-included"), "not-included"),
    )


def by_route(facts: Facts) -> tuple[Block, ...]:
    """Item 34: quantities by route, and by process where the functional unit is not the tonne."""
    rows: list[tuple[Cell, ...]] = []
    for one in facts.done.goods:
        routes = facts.monitored_goods[one.id].routes if one.id in facts.monitored_goods else ()
        if routes:
            rows += [_route_row(facts, one, route.route, route.produced_t) for route in routes]
        else:
            process = facts.results[one.process]
            named = facts.routes(process)
            rows.append(_quantity_row(one, named, one.functional_units))
    other = [
        (same(one.name), figures.amount(one.activity_level), same(one.unit))
        for one in facts.done.processes
        if one.unit != TONNE
    ]
    columns = (text("cn", 1.2), text("good"), text("route"), number("quantity"), text("unit", 1.0))
    return (
        table(columns, rows, say("cap-34a"), "not-goods"),
        table(
            (text("process"), number("quantity"), text("unit", 1.0)), other, say("cap-34b"), "not-other-unit"
        ),
    )


def _route_row(facts: Facts, one: GoodResult, letter: str, tonnes: float) -> tuple[Cell, ...]:
    named = facts.route(facts.results[one.process].category, letter)
    return _quantity_row(one, named, tonnes * one.content)


def _quantity_row(one: GoodResult, route: Words, quantity: float) -> tuple[Cell, ...]:
    return (cn(one.cn), same(one.name), route, figures.amount(quantity), same(one.unit))


def levels(facts: Facts) -> Block:
    """Item 30: activity level and attributed emissions of each process."""
    rows = [
        (
            same(one.name),
            figures.amount(one.activity_level),
            same(one.unit),
            figures.tonnes(one.attributed_direct_t),
            figures.tonnes(one.attributed_indirect_t) if one.counts_indirect else say("not-counted"),
        )
        for one in facts.done.processes
    ]
    columns = (
        text("process", 2.0),
        number("activity-level"),
        text("unit", 1.0),
        number("attributed-direct", "tCO2e"),
        number("attributed-indirect", "tCO2e"),
    )
    return table(columns, rows, None, "not-processes")


def process_direct(facts: Facts) -> Block:
    """Summary item 5: direct emissions of each process."""
    rows = [(same(one.name), figures.tonnes(one.attributed_direct_t)) for one in facts.done.processes]
    columns = (text("process", 3.0), number("attributed-direct", "tCO2e"))
    return table(columns, rows, None, "not-processes")
