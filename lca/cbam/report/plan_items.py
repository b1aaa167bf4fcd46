"""Items 1 to 12 of the monitoring plan (Annex II A.5): installation, goods, methods, factors, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Factor, Method, Monitoring, Share
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, fields, nothing, number, plain, table, text, to_state
from lca.cbam.report.details import Details
from lca.cbam.report.document import Block, Cell, Day, Words, same
from lca.cbam.report.facts import called
from lca.cbam.report.identity import cn
from lca.cbam.report.words import joined, say

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


@dataclass(frozen=True)
class Draft:
    """What the items are drawn from."""

    data: Monitoring
    tables: Tables
    details: Details

    def name(self, id: str) -> Words:
        """What people call a process or unit."""
        return called(self.data).get(id, same(id))

    def sinks(self, shares: tuple[Share, ...]) -> Words:
        """Names of the sinks."""
        found = [self.name(share.sink) for share in shares]
        return joined(found) if found else figures.DASH


def version(draft: Draft) -> Iterator[Block]:
    """Item 1."""
    day: Cell = Day(draft.details.plan_date) if draft.details.plan_date else blank()
    yield fields(("plan-date", day), ("plan-version", figures.stated(draft.details.plan_version)))


def description(draft: Draft) -> Iterator[Block]:
    """Item 2."""
    where = draft.data.installation
    yield fields(
        ("installation", Words(where.name or where.name_en, where.name_en or where.name)),
        ("activity", figures.stated(where.economic_activity)),
        ("country", figures.country(where.country)),
    )
    yield to_state("plan-describe")


def goods(draft: Draft) -> Iterator[Block]:
    """Item 3."""
    rows = []
    for process in draft.data.processes:
        for good in process.goods:
            found = [one.name for one in good.compositions]
            unit = draft.tables.good(good.cn).unit.value
            ranges = same("; ".join(found)) if found else figures.DASH
            rows.append((cn(good.cn), same(good.name), same(unit), ranges))
    yield table(
        (text("cn"), text("good", 2.4), text("unit"), text("composition", 2.0)), rows, None, "not-goods"
    )
    joint = [slug for process in draft.data.processes for slug in process.included]
    if joint:
        yield plain("plan-joint", categories=joined([_category(draft, slug) for slug in joint]))


def processes(draft: Draft) -> Iterator[Block]:
    """Item 4."""
    rows = [
        (
            same(one.name),
            _category(draft, one.category),
            same(one.route) if one.route else blank("hint-route"),
            joined([same(good.name) for good in one.goods]) if one.goods else blank(),
        )
        for one in draft.data.processes
    ]
    yield table(
        (text("process"), text("category"), text("routes"), text("goods")), rows, None, "not-processes"
    )


def non_cbam(draft: Draft) -> Iterator[Block]:
    """Item 5."""
    stated = draft.details.non_cbam_goods
    if stated:
        rows = [(draft.name(one.process), same(one.name), figures.amount(one.quantity_t)) for one in stated]
        yield table((text("process"), text("good"), number("quantity", "t")), rows)
    elif draft.details.no_non_cbam_goods:
        yield nothing("not-non-cbam")
    else:
        yield to_state("state-non-cbam")


def benchmarks(draft: Draft) -> Iterator[Block]:
    """Item 6: benchmarks of column A for the goods' codes."""
    year = draft.data.period.end.year
    rows: list[tuple[Cell, ...]] = []
    for process in draft.data.processes:
        for good in process.goods:
            found = draft.tables.benchmarks(draft.tables.good(good.cn).cn, "A", year)
            rows += [
                (
                    cn(good.cn),
                    same(one.route) if one.route else figures.DASH,
                    figures.amount(one.value),
                    _act(draft, one.source),
                )
                for one in found
            ] or [(cn(good.cn), figures.DASH, blank("hint-benchmark"), figures.DASH)]
    yield plain("plan-benchmarks", year=year)
    yield table(
        (text("cn"), text("route"), number("benchmark", "tCO2e/t"), text("reference", 2.4)),
        rows,
        None,
        "not-goods",
    )


def methods(draft: Draft) -> Iterator[Block]:
    """Item 7, (a) and (b)."""
    rows = []
    for process in draft.data.processes:
        streams = [one for one in draft.data.streams if any(share.sink == process.id for share in one.shares)]
        kinds = dict.fromkeys(one.method for one in streams)
        named = joined([say(f"method-{kind.value}") for kind in kinds]) if kinds else figures.DASH
        rows.append((same(process.name), named, _formulae(tuple(kinds)), blank("hint-method")))
    yield table(
        (text("process"), text("method"), text("equation"), text("inputs", 2.0)),
        rows,
        say("plan-7a"),
        "not-processes",
    )
    meters = [
        (same(one.name), figures.stated(one.meter, "hint-meter"), blank("hint-location"))
        for one in draft.data.streams
    ]
    yield table((text("stream"), text("meter"), text("location", 2.0)), meters, say("plan-7b"), "not-streams")


def factors(draft: Draft) -> Iterator[Block]:
    """Item 8: where each factor comes from, and the sampling plan to fill in."""
    rows: list[tuple[Cell, ...]] = []
    for one in draft.data.streams:
        for key, factor in (
            ("ncv", one.ncv),
            ("emission-factor", one.emission_factor),
            ("carbon-content", one.carbon_content),
        ):
            if factor is not None:
                rows.append((same(one.name), say(f"col-{key}"), *_source(factor), blank("hint-sampling")))
        if one.ncv is None and one.emission_factor is None and one.carbon_content is None:
            rows.append(
                (same(one.name), say("all-factors"), say("source-standard"), same(one.material), blank())
            )
    columns = (
        text("stream"),
        text("factor", 1.4),
        text("factor-source", 2.0),
        text("reference", 1.8),
        text("sampling"),
    )
    yield table(columns, rows, None, "not-streams")


def sources(draft: Draft) -> Iterator[Block]:
    """Item 9."""
    data = draft.data
    rows = [
        (same(one.name), say(f"method-{one.method.value}"), draft.sinks(one.shares)) for one in data.streams
    ]
    rows += [(same(one.name), say("method-measured"), draft.sinks(one.shares)) for one in data.measured]
    rows += [(same(one.name), say("method-pfc"), draft.sinks(one.shares)) for one in data.pfc]
    rows += [(same(one.name), say("method-other"), draft.sinks(one.shares)) for one in data.other]
    yield table((text("source"), text("method"), text("process", 2.0)), rows, None, "not-streams")


def calculated(draft: Draft) -> Iterator[Block]:
    """Item 10."""
    rows: list[tuple[Cell, ...]] = [
        (
            same(one.name),
            say("mass-balance-method" if one.method is Method.MASS_BALANCE else "standard-method"),
            same(one.activity_unit),
            same(one.meter) if one.meter else blank("hint-meter"),
            blank("hint-parameters"),
        )
        for one in draft.data.streams
    ]
    columns = (text("stream"), text("method"), text("unit", 0.8), text("meter"), text("determination", 2.0))
    yield table(columns, rows, None, "not-streams")


def measured(draft: Draft) -> Iterator[Block]:
    """Item 11."""
    rows = [(same(one.name), same(one.gas), blank("hint-cems")) for one in draft.data.measured]
    yield table((text("source"), text("gas", 0.8), text("determination", 2.4)), rows, None, "not-measured")


def pfc(draft: Draft) -> Iterator[Block]:
    """Item 12."""
    rows = [
        (same(one.name), say(f"pfc-{one.method.value}"), figures.stated(one.technology, "hint-technology"))
        for one in draft.data.pfc
    ]
    yield table((text("source"), text("method"), text("technology")), rows, None, "not-pfc")


def _source(factor: Factor) -> tuple[Cell, Cell]:
    return say(f"source-{factor.source.value}"), same(factor.reference) if factor.reference else blank()


def _act(draft: Draft, code: str) -> Words:
    """Number of the act behind a figure of the tables; its title where it has none."""
    found = draft.tables.source(code)
    return same(found.number or found.title)


def _formulae(kinds: tuple[Method, ...]) -> Words:
    found = {Method.COMBUSTION: "5\u201310", Method.PROCESS: "11", Method.MASS_BALANCE: "12\u201315"}
    return same(", ".join(found[kind] for kind in kinds)) if kinds else figures.DASH


def _category(draft: Draft, slug: str) -> Words:
    found = draft.tables.category(slug)
    return Words(found.name_zh, found.name_en)
