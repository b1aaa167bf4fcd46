"""The verification file: materiality per CN code, what moves a value, terms, meters, evidence, digests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import making as m
import pytest
import report_world as world
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam.tables import Tables
from lca.cbam import rounding
from lca.cbam.monitoring import Monitoring
from lca.cbam.report import sensitivity
from lca.cbam.report.document import Document, Number, Table, as_dict
from lca.cbam.report.verification import verification_file
from lca.cbam.results import Calculation, GoodResult


@pytest.fixture(scope="module")
def made(works: Monitoring, done: Calculation, tables: Tables) -> Document:
    return verification_file(works, done, tables, world.DETAILS)


def text(made: Document, number: str, language: str = "en") -> str:
    found = next(one for one in as_dict(made, language)["sections"] if one["number"] == number)
    return json.dumps(found, ensure_ascii=False)


def test_the_level_is_5_percent_of_each_value_per_tonne(made: Document, done: Calculation) -> None:
    """Implementing Regulation (EU) 2025/2546 Article 5(1)."""
    table = next(one for one in made.sections[1].blocks if isinstance(one, Table))
    for row, good in zip(table.rows, done.goods, strict=True):
        assert good.sefa_per_tonne is not None
        assert row[3] == Number(rounding.see(0.05 * good.see_per_tonne))
        assert row[5] == Number(rounding.see(0.05 * good.sefa_per_tonne))


def _see(done: Calculation, good: str) -> GoodResult:
    return next(one for one in done.goods if one.id == good)


def _stream(id: str, by: float) -> Callable[[Monitoring], Monitoring]:
    return lambda data: replace(
        data,
        streams=tuple(
            replace(one, activity=one.activity * by) if one.id == id else one for one in data.streams
        ),
    )


def _bought(id: str, by: float) -> Callable[[Monitoring], Monitoring]:
    def change(data: Monitoring) -> Monitoring:
        found = []
        for one in data.precursors:
            uses = tuple(replace(use, amount=use.amount * by) for use in one.uses)
            found.append(replace(one, uses=uses) if one.id == id else one)
        return replace(data, precursors=tuple(found))

    return change


@settings(max_examples=20, deadline=None)
@given(
    by=st.floats(min_value=0.8, max_value=1.2),
    record=st.sampled_from(["s1", "s2", "s4"]),
    good=st.sampled_from(["screws-73181595", "bolts-73181542"]),
)
def test_a_share_is_what_the_record_moves(
    by: float, record: str, good: str, works: Monitoring, done: Calculation, tables: Tables
) -> None:
    """Against a full new calculation: fuel shared by meters, fuel through the boiler's heat, limestone."""
    data = replace(works, transfers=())
    before = world.done(data, tables)
    shares = {
        one.record: one.share for one in sensitivity.emissions(data, before, tables, _see(before, good))
    }
    after = _see(world.done(_stream(record, by)(data), tables), good).see_total
    moved = after / _see(before, good).see_total - 1.0
    assert moved == pytest.approx(shares.get(record, 0.0) * (by - 1.0), abs=1e-9)


def test_a_precursors_share_is_what_it_moves(works: Monitoring, done: Calculation, tables: Tables) -> None:
    good = _see(done, "bolts-73181542")
    shares = {one.record: one.share for one in sensitivity.emissions(works, done, tables, good)}
    after = _see(world.done(_bought("bars", 1.1)(works), tables), good.id).see_total
    assert after / good.see_total - 1.0 == pytest.approx(0.1 * shares["bars"], abs=1e-9)


def test_own_precursors_carry_their_streams(tables: Tables) -> None:
    """The kiln's coal moves the cement through the clinker."""
    data = world.cement()
    before = world.done(data, tables)
    cement = _see(before, "cement")
    shares = {one.record: one.share for one in sensitivity.emissions(data, before, tables, cement)}
    after = _see(world.done(_stream("coal", 1.01)(data), tables), "cement").see_total
    assert after / cement.see_total - 1.0 == pytest.approx(0.01 * shares["coal"], rel=1e-6)


def test_the_error_reaches_the_level(works: Monitoring, done: Calculation, tables: Tables) -> None:
    for one in sensitivity.emissions(works, done, tables, done.goods[0]):
        assert one.error * abs(one.share) == pytest.approx(sensitivity.MATERIALITY)


def test_free_allocation_splits_into_benchmark_and_precursors(done: Calculation) -> None:
    found = sensitivity.free_allocation(done, done.goods[0])
    parts = [one.share for one in found if one.kind != "activity-level"]
    assert sum(parts) == pytest.approx(1.0)
    assert {one.kind for one in found} >= {"benchmark", "precursor", "activity-level"}


def test_only_records_that_could_reach_the_level_are_listed(made: Document) -> None:
    tables = [one for one in made.sections[2].blocks if isinstance(one, Table)]
    shares = [row[4].value for one in tables for row in one.rows if isinstance(row[4], Number)]
    assert shares and all(abs(share) >= 5 for share in shares)
    assert "further records have less than 5 %" in text(made, "3")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("4", "Hidden-FQ-102"),
        ("4", "Laboratory report 2026-07"),
        ("5", "by hours run"),
        ("6", "eq. 5, 6"),
        ("7", "Difference of the balance"),
        ("8", "heat received"),
        ("10", "DE-V-001"),
        ("13", "Hidden clerk"),
    ],
)
def test_figures_stand_with_their_source(number: str, shown: str, made: Document) -> None:
    assert shown in text(made, number)


def test_every_finding_stands_as_it_is(made: Document, done: Calculation) -> None:
    for language in ("zh", "en"):
        shown = text(made, "12", language)
        for one in done.findings:
            assert json.dumps(one.message(language), ensure_ascii=False).strip('"') in shown


def test_data_tables_and_engine_are_named(made: Document, done: Calculation, tables: Tables) -> None:
    shown = text(made, "14")
    assert done.monitoring_digest in shown and done.tables_digest in shown and done.engine in shown
    assert all(one.sha256 in shown for one in tables.infos)


def test_a_stream_without_evidence_says_so(works: Monitoring, tables: Tables) -> None:
    bare: Any = replace(works.streams[0], evidence=())
    data = replace(works, streams=(bare, *works.streams[1:]))
    made = verification_file(data, world.done(data, tables), tables, world.DETAILS)
    assert "no evidence registered" in text(made, "4")


def test_every_term_of_the_engine_has_words(works: Monitoring, tables: Tables) -> None:
    """Keys of terms come from the engine; a new one without words would stand there raw."""
    from lca.cbam.report.words import words

    measured = world.without(works, measured=(m.measured(),), other=(m.other(),))
    done = [world.done(data, tables) for data in (works, measured, world.cement())]
    keys = {term.key for one in done for source in one.sources for term in source.terms}
    keys |= {term.key for one in done for term in one.balance.entries}
    keys |= {term.key for one in done for process in one.processes for term in process.terms}
    assert not [key for key in keys if f"term-{key.replace('_', '-')}" not in words()]
