"""Ledgers as text, and what is held then."""

from __future__ import annotations

from datetime import date

import pytest
from ledgermaking import TODAY, entries, ledger, open_positions, told

from certificates.ledger.book import Book, Known, fold
from certificates.ledger.entries import Reverse
from certificates.ledger.instruments import Kind
from certificates.ledger.problems import EntryRefused
from certificates.ledger.quantity import Quantity, Unit

STORY = """
    2026-01-05 acquire works       ; bought from the wind park itself
      $gec
      units: 10

    2026-01-06 split works
      units: 1-10 of $G
      into: 1-4
      into: 5-10

    2026-02-01 transfer works
      units: 5-10 of $G
      to: other

    2026-03-01 retire works
      units: 1-4 of $G
      $name

    2026-03-02 freeze other
      units: 5-10 of $G
      cause: objection
      authority: council
"""


@pytest.mark.parametrize(
    ("day", "works", "other"),
    [
        ("2026-01-04", [], []),
        ("2026-01-05", ["works held 1-10"], []),
        ("2026-01-06", ["works held 1-4", "works held 5-10"], []),
        ("2026-02-01", ["works held 1-4"], ["other held 5-10"]),
        ("2026-03-01", ["works retired 1-4"], ["other held 5-10"]),
        ("2026-03-02", ["works retired 1-4"], ["other frozen 5-10"]),
        ("2026-11-22", ["works retired 1-4"], ["other frozen 5-10"]),
    ],
)
def test_holdings_on_any_day(day: str, works: list[str], other: list[str]) -> None:
    book, on = ledger(STORY), date.fromisoformat(day)
    assert told(book.holdings("works", on)) == works
    assert told(book.holdings("other", on)) == other


@pytest.mark.parametrize(
    ("more", "holdings"),
    [
        pytest.param(
            "2026-03-03 reverse other\n  entry: 5\n  reason: settled",
            ["works retired 1-4", "other held 5-10"],
            id="a freeze ends",
        ),
        pytest.param(
            """
    2026-03-03 reverse other
      entry: 5
      reason: settled
    2026-03-04 reverse other
      entry: 3
      reason: "wrong receiver"
    2026-03-05 reverse works
      entry: 4
      reason: "not in the registry"
    2026-03-06 reverse works
      entry: 2
      reason: unneeded
    2026-03-07 reverse works
      entry: 1
      reason: "never bought"
    2026-03-08 acquire other
      $gec
      units: 4
            """,
            ["other held 1-4", "outside: held 5-10"],
            id="everything is reversed, and a part acquired by another",
        ),
    ],
)
def test_reversing(more: str, holdings: list[str]) -> None:
    from textwrap import dedent

    assert open_positions(fold(entries(dedent(STORY) + dedent(more)), TODAY)) == holdings


def test_units_come_back_from_outside_in_part() -> None:
    book = ledger("""
        2026-01-05 acquire works
          $vcs
        2026-01-06 transfer works
          units: 1001-1100 of vcs
          to: outside:buyer
        2026-01-07 acquire other
          lot: vcs 19381-1041-1060-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0
          project: VCS3005
          vintage: 2022-01-01 2022-10-31
          counterparty: buyer
        """)
    assert open_positions(book) == [
        "outside:buyer held 1001-1040",
        "other held 1041-1060",
        "outside:buyer held 1061-1100",
    ]
    book.record(Reverse(on=date(2026, 1, 8), account="other", entry=3, reason="mistake"), TODAY)
    assert open_positions(book) == ["outside:buyer held 1001-1100"]


def test_a_purchase_that_bridges_new_and_returned_units_is_reversed_into_both() -> None:
    book = ledger("""
        2026-01-05 acquire works
          lot: vcs 1-1-10-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0
          project: 3005
          vintage: 2022-01-01 2022-10-31
        2026-01-06 transfer works
          units: 1-10 of vcs
          to: outside:buyer
        2026-01-07 acquire other
          lot: vcs 2-6-15-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0
          project: 3005
          vintage: 2022-01-01 2022-10-31
        2026-01-08 reverse other
          entry: 3
          reason: mistake
        """)
    assert open_positions(book) == ["outside:buyer held 1-10", "outside: held 11-15"]


def test_a_credit_is_free_when_the_certificate_was_never_bought() -> None:
    book = ledger("""
        2026-01-05 acquire works
          $gec
          units: 10
        2026-01-06 reverse works
          entry: 1
          reason: "the certificate was cancelled for the credit"
        2026-01-07 acquire works
          $ccer
          units: 5
        """)
    assert open_positions(book) == ["works held 1-5", "outside: held 1-10"]


def test_electricity_of_other_months_is_free() -> None:
    book = ledger("""
        2026-01-05 acquire works
          lot: ccer CCER-2024-1
          units: 5
          vintage: 2024-01-01 2024-12-31
          methodology: CCER-01-002-V01
          electricity: $PLANT
          evidence: $PROOF
        2026-01-05 acquire works
          $gec
          units: 10
        """)
    assert len(open_positions(book)) == 2


def test_the_registry_agrees() -> None:
    book = ledger(STORY + "\n    2026-03-03 assert other\n      balance: gec 6 MWh\n")
    assert book.balance("works", Kind.GEC, date(2026, 2, 1)) == Quantity.zero(Unit.MWH) + book.balance(
        "works", Kind.GEC, date(2026, 2, 28)
    )
    assert str(book.balance("works", Kind.GEC, date(2026, 3, 1))) == "0 MWh"


def test_a_part_of_a_ledger_answers_for_what_it_knows() -> None:
    whole, part = ledger(STORY), Book(5)
    for known in whole.known():
        if known.position.account == "other":
            part.know(Known(known.position, known.closed_by, known.closed_on))
    part.know_lot(1, whole.lot(1))
    part.know_entry(5, whole.entry(5), whole.change(5), None)
    part.record(Reverse(on=date(2026, 4, 1), account="other", entry=5, reason="settled"), TODAY)
    assert open_positions(part) == ["other held 5-10"] and part.sequence == 6


def test_folding_stops_at_the_first_contradiction() -> None:
    with pytest.raises(EntryRefused) as refusal:
        ledger(STORY + "\n    2026-03-03 retire works\n      units: 5-10 of $G\n      $name\n")
    assert [one.code for one in refusal.value.problems] == ["not-held"]
