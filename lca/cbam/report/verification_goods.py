"""Sections of the verification file on the goods: results, materiality, sensitivity, free allocation."""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.report import electricity, figures, goods, identity, sensitivity
from lca.cbam.report.blocks import number, plain, table, text
from lca.cbam.report.document import Block, Cell, same
from lca.cbam.report.facts import Facts
from lca.cbam.report.identity import cn
from lca.cbam.report.sensitivity import MATERIALITY, Sensitivity
from lca.cbam.report.words import say
from lca.cbam.results import GoodResult


def subject(known: Facts) -> Iterator[Block]:
    """What is verified: operator, installation, processes, the goods' values."""
    yield from identity.operator(known)
    yield from identity.installation(known)
    yield identity.plan(known)
    yield identity.processes(known)
    rows = [
        (
            cn(one.cn),
            same(one.name),
            figures.amount(one.functional_units),
            figures.specific(one.see_direct),
            figures.specific(one.see_indirect) if one.counts_indirect else say("not-counted"),
            figures.specific(one.see_total),
            same(electricity.unit(one.unit)),
        )
        for one in known.done.goods
    ]
    heads = ("quantity", "see-direct", "see-indirect", "see-total")
    columns = (text("cn", 1.1), text("good"), *(number(head) for head in heads), text("per", 1.0))
    yield table(columns, rows, say("cap-values"), "not-goods")


def materiality(known: Facts) -> Iterator[Block]:
    """The level of each CN code, per tonne of the good."""
    yield plain("materiality-rule")
    rows = [
        (
            cn(one.cn),
            same(one.name),
            figures.specific(one.see_per_tonne),
            figures.specific(MATERIALITY * one.see_per_tonne),
            figures.DASH if one.sefa_per_tonne is None else figures.specific(one.sefa_per_tonne),
            figures.DASH
            if one.sefa_per_tonne is None
            else figures.specific(MATERIALITY * one.sefa_per_tonne),
        )
        for one in known.done.goods
    ]
    heads = ("see-tonne", "see-margin", "sefa-tonne", "sefa-margin")
    columns = (text("cn", 1.1), text("good"), *(number(head, "tCO2e/t") for head in heads))
    yield table(columns, rows, None, "not-goods")


def sensitivities(known: Facts) -> Iterator[Block]:
    """Records that could reach the level alone, of SEE and of free allocation."""
    yield plain("sensitivity-rule")
    see: list[tuple[Cell, ...]] = []
    sefa: list[tuple[Cell, ...]] = []
    small_see, small_sefa = 0, 0
    for one in known.done.goods:
        found = sensitivity.emissions(known.data, known.done, known.tables, one)
        see += _rows(one, found, one.see_per_tonne)
        small_see += sum(abs(record.share) < MATERIALITY for record in found)
        found = sensitivity.free_allocation(known.done, one)
        sefa += _rows(one, found, one.sefa_per_tonne or 0.0)
        small_sefa += sum(abs(record.share) < MATERIALITY for record in found)
    heads = (number("contribution", "tCO2e/t"), number("share", "%"), number("error", "%"))
    columns = (text("cn", 1.1), text("record-kind", 1.3), text("record", 2.4), *heads)
    yield table(columns, see, say("cap-sensitivity-see"), "not-see")
    if small_see:
        yield plain("below-level", count=small_see)
    yield table(columns, sefa, say("cap-sensitivity-sefa"), "not-sefa")
    if small_sefa:
        yield plain("below-level", count=small_sefa)


def allocation(known: Facts) -> Iterator[Block]:
    """Benchmarks and free allocation."""
    yield goods.benchmarks(known)
    yield goods.benchmark_confirmation(known)


def _rows(good: GoodResult, found: tuple[Sensitivity, ...], per_tonne: float) -> Iterator[tuple[Cell, ...]]:
    for one in found:
        if abs(one.share) >= MATERIALITY:
            yield (
                cn(good.cn),
                say(f"record-{one.kind}"),
                same(one.name),
                figures.specific(one.share * per_tonne),
                figures.share(one.share),
                figures.share(one.error),
            )
