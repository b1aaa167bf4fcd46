"""Precursors in the reports (items 18 to 25, 27, 28; items 12 to 16 of the summary).

Quantities stand in items 18 to 21 and 27 only, and the summary has none of these: what a supplier sold stays here.
"""

from __future__ import annotations

from databases.cbam.goods import digits
from lca.cbam.monitoring import NON_CBAM, Precursor
from lca.cbam.precursors import Purchased
from lca.cbam.report import figures
from lca.cbam.report.blocks import number, plain, table, text
from lca.cbam.report.document import Block, Cell, Words, same
from lca.cbam.report.electricity import unit
from lca.cbam.report.facts import Facts
from lca.cbam.report.identity import cn
from lca.cbam.report.words import say

OWN = "own"
DEFAULTS = ("default", "highest-default")


def own_by_installation(facts: Facts) -> Block:
    """Item 18: precursors made here and used here."""
    sums: dict[tuple[str, str], float] = {}
    for use in facts.data.own_uses:
        if use.destination != NON_CBAM:
            key = (use.origin, use.good)
            sums[key] = sums.get(key, 0.0) + use.amount
    rows = [
        (
            _own_name(facts, *key),
            _own_category(facts, key[0]),
            figures.amount(value),
            _own_unit(facts, key[0]),
        )
        for key, value in sums.items()
    ]
    columns = (text("precursor", 2.0), text("category"), number("quantity"), text("unit", 0.8))
    return table(columns, rows, None, "not-own-precursors")


def own_by_process(facts: Facts) -> Block:
    """Items 19 and 27: precursors made here, by the process that used them."""
    rows = [
        (
            facts.name(use.destination),
            _own_name(facts, use.origin, use.good),
            figures.amount(use.amount),
            _own_unit(facts, use.origin),
        )
        for use in facts.data.own_uses
        if use.destination != NON_CBAM
    ]
    columns = (text("process"), text("precursor", 2.0), number("quantity"), text("unit", 0.8))
    return table(columns, rows, None, "not-own-precursors")


def bought_by_installation(facts: Facts) -> Block:
    """Item 20: precursors from outside, used by the installation."""
    rows = [
        (
            cn(one.cn),
            same(one.name),
            figures.country(one.country),
            figures.amount(sum(use.amount for use in one.uses)),
            same(_unit(facts, one)),
        )
        for one in facts.data.precursors
    ]
    columns = (
        text("cn", 1.2),
        text("precursor", 2.0),
        text("country"),
        number("quantity"),
        text("unit", 0.8),
    )
    return table(columns, rows, None, "not-precursors")


def bought_by_process(facts: Facts) -> Block:
    """Item 21: precursors from outside, by the process that used them."""
    rows = [
        (
            facts.name(use.process),
            cn(one.cn),
            same(one.name),
            figures.amount(use.amount),
            same(_unit(facts, one)),
        )
        for one in facts.data.precursors
        for use in one.uses
    ]
    columns = (
        text("process"),
        text("cn", 1.2),
        text("precursor", 2.0),
        number("quantity"),
        text("unit", 0.8),
    )
    return table(columns, rows, None, "not-precursors")


def on_defaults(facts: Facts) -> Block:
    """Item 22, summary 12: precursors on default values: CN code, name, country, the value that applies."""
    rows = [
        (
            cn(one.precursor.cn),
            same(one.precursor.name),
            figures.country(one.precursor.country),
            figures.specific(one.see_direct + one.counted_indirect),
            same(unit(_unit(facts, one.precursor))),
            say(f"basis-{one.basis}"),
        )
        for one in facts.purchased.values()
        if one.basis in DEFAULTS
    ]
    columns = (
        text("cn", 1.2),
        text("precursor", 2.0),
        text("country"),
        number("default-value"),
        text("per", 0.9),
        text("which-default"),
    )
    return table(columns, rows, None, "not-defaults")


def on_actuals(facts: Facts) -> Block:
    """Item 23, summary 13: precursors on actual values, own ones too, with period and specific embedded emissions."""
    rows: list[tuple[Cell, ...]] = [
        (
            cn(one.precursor.cn),
            same(one.precursor.name),
            figures.country(one.precursor.country),
            _period(facts, one),
            figures.specific(one.see_direct),
            say("not-counted") if one.listed else figures.specific(one.see_indirect),
            same(unit(_unit(facts, one.precursor))),
        )
        for one in facts.purchased.values()
        if one.basis not in DEFAULTS
    ]
    rows += _own_actuals(facts)
    columns = (
        text("cn", 1.1),
        text("precursor", 1.6),
        text("country", 1.4),
        text("period", 2.4),
        number("see-direct"),
        number("see-indirect"),
        text("per", 0.9),
    )
    return table(columns, rows, None, "not-actuals")


def _own_actuals(facts: Facts) -> list[tuple[Cell, ...]]:
    """Each own precursor once, however many processes use it."""
    found = {part.id: part for _, part in facts.parts if part.origin == OWN}
    return [
        (
            cn(part.cn) if part.cn else figures.DASH,
            same(part.name),
            say("this-installation"),
            say(
                "period-default",
                period=figures.period(part.period or facts.done.period),
                year=facts.done.period.start.year,
            ),
            figures.specific(part.see_direct),
            figures.specific(part.see_indirect) if part.counted_indirect else say("not-counted"),
            same(unit(facts.results[part.id].unit)) if part.id in facts.results else figures.DASH,
        )
        for part in found.values()
    ]


def several_periods(facts: Facts) -> Block:
    """Item 24, summary 14: one installation's precursor of several periods takes the weighted average (14(1))."""
    groups: dict[tuple[str, str, str], list[Precursor]] = {}
    for one in facts.data.precursors:
        groups.setdefault((digits(one.cn), one.supplier, one.installation), []).append(one)
    several = {
        one.id
        for group in groups.values()
        if len({one.values.period for one in group if one.values}) > 1
        for one in group
    }
    return _averages(facts, several, "not-several-periods", "method-14-1")


def several_installations(facts: Facts) -> Block:
    """Item 25, summary 15: one CN code from several installations, averaged (14(2)) or told apart (14(3))."""
    groups: dict[tuple[str, str], list[Precursor]] = {}
    for one in facts.data.precursors:
        groups.setdefault((digits(one.cn), one.variant), []).append(one)
    several = {
        one.id
        for group in groups.values()
        if len({(one.supplier, one.installation, one.country) for one in group}) > 1
        for one in group
    }
    return _averages(facts, several, "not-several-installations", "method-14-2")


def origins(facts: Facts) -> Block:
    """Item 28, summary 16: operator, installation, registry identifier and period of the precursors."""
    rows: list[tuple[Cell, ...]] = [
        (
            cn(one.cn),
            figures.stated(one.supplier, "hint-operator"),
            figures.stated(one.installation, "hint-installation"),
            same(one.installation_id) if one.installation_id else figures.DASH,
            figures.period(one.values.period if one.values and one.values.period else facts.done.period),
        )
        for one in facts.data.precursors
    ]
    columns = (
        text("cn", 1.1),
        text("operator", 1.8),
        text("installation", 1.8),
        text("registry-id", 1.2),
        text("period", 2.2),
    )
    return table(columns, rows, None, "not-precursors")


def joint(facts: Facts) -> tuple[Block, ...]:
    """A remark where precursors are covered jointly (Article 4(9)) and therefore stand in no list."""
    return (plain("joint-processes"),) if any(one.included for one in facts.data.processes) else ()


def _averages(facts: Facts, ids: set[str], empty: str, method: str) -> Block:
    sums: dict[tuple[str, str, str], list[float]] = {}
    counted: dict[tuple[str, str, str], bool] = {}
    for process, part in facts.parts:
        if part.id in ids:
            key = (process.id, digits(part.cn), part.id if facts.precursors[part.id].separate else "")
            row = sums.setdefault(key, [0.0, 0.0, 0.0])
            row[0] += part.amount
            row[1] += part.embedded_direct_t
            row[2] += part.embedded_indirect_t
            counted[key] = part.counted_indirect
    rows = [
        (
            facts.name(process),
            cn(code),
            figures.specific(direct / used) if used else figures.DASH,
            (figures.specific(indirect / used) if used else figures.DASH)
            if counted[process, code, alone]
            else say("not-counted"),
            say("method-14-3", name=facts.precursors[alone].name) if alone else say(method),
        )
        for (process, code, alone), (used, direct, indirect) in sums.items()
    ]
    columns = (
        text("process"),
        text("cn", 1.2),
        number("see-direct", "tCO2e"),
        number("see-indirect", "tCO2e"),
        text("how", 2.2),
    )
    return table(columns, rows, None, empty)


def _period(facts: Facts, one: Purchased) -> Words:
    values = one.precursor.values
    how = "period-shown" if values and values.produced_in_period_shown else "period-default"
    period = figures.period(one.period or facts.done.period)
    return say(how, period=period, year=facts.done.period.start.year)


def _unit(facts: Facts, bought: Precursor) -> str:
    return str(facts.tables.good(bought.cn).unit.value)


def _own_unit(facts: Facts, origin: str) -> Words:
    return same(facts.results[origin].unit) if origin in facts.results else figures.DASH


def _own_category(facts: Facts, origin: str) -> Words:
    return facts.category_name(facts.results[origin].category) if origin in facts.results else figures.DASH


def _own_name(facts: Facts, origin: str, good: str) -> Words:
    if good in facts.goods:
        return same(facts.goods[good].name)
    return facts.name(origin)
