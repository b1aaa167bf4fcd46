"""What holds for every ledger: any sequence of entries is tried, those that are refused leave nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgermaking import PROOF, TODAY, entries, told

from certificates.ledger.book import Book, fold
from certificates.ledger.entries import (
    OUTSIDE,
    Acquire,
    Beneficiary,
    Cause,
    Entry,
    Freeze,
    Purpose,
    Retire,
    Reverse,
    Split,
    Transfer,
)
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Position, compose
from certificates.ledger.problems import EntryRefused
from certificates.ledger.serials import said, span_of
from certificates.ledger.spans import Span
from certificates.ledger.textform import parse, write

ACCOUNTS = ("works", "other", "third")
FIRST = date(2026, 1, 1)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "acquire",
                "acquire",
                "transfer",
                "sell",
                "split",
                "split",
                "retire",
                "freeze",
                "reverse",
                "reverse",
            )
        ),
        st.integers(0, 2),
        st.integers(0, 30),
        st.integers(1, 12),
        st.integers(-1, 3),
    ),
    min_size=6,
    max_size=24,
)
Move = tuple[str, int, int, int, int]


def acquire(account: str, first: int, count: int, on: date) -> Acquire:
    serial = f"7-{first}-{first + count - 1}-VCS-VCU-1-VER-CN-13-3005-01012022-31102022-0"
    span = span_of(Kind.VCS, serial, count)
    assert span is not None
    return Acquire(
        on=on,
        account=account,
        lot=Lot(Kind.VCS, serial, span, "3005", date(2022, 1, 1), date(2022, 10, 31)),
    )


def attempt(book: Book, move: Move, on: date) -> Entry | None:
    """The entry that a move means in a book, valid or not; None where there is nothing to move."""
    what, who, place, count, _ = move
    account = ACCOUNTS[who]
    if what == "acquire":
        return acquire(account, place + 1, count, on)
    if what == "reverse":
        number = place if count == 1 or not book.sequence else max(book.sequence - place % 4, 1)
        return Reverse(on=on, account=_holder(book, number, account, count), entry=number, reason="mistake")
    there = sorted((one.position for one in book.known() if one.closed_by is None), key=lambda one: one.span)
    if not there:
        return None
    chosen = there[place % len(there)]
    span = chosen.span
    if count > 1 and not chosen.account.startswith(OUTSIDE):
        account = chosen.account
    if what in ("transfer", "sell"):
        to = "outside:buyer" if what == "sell" else ACCOUNTS[(who + 1) % 3]
        return Transfer(on=on, account=account, span=span, to=to)
    if what == "split":
        cut = min(span.first + count, span.last)
        into = (Span(span.space, span.first, max(cut - 1, span.first)), Span(span.space, cut, span.last))
        return Split(on=on, account=account, span=span, into=into)
    if what == "freeze":
        return Freeze(on=on, account=account, span=span, cause=Cause.DISPUTE, authority="court")
    return Retire(
        on=on,
        account=account,
        span=span,
        beneficiary=Beneficiary("works"),
        purpose=Purpose.OTHER,
        period_start=FIRST,
        period_end=FIRST,
    )


def _holder(book: Book, number: int, account: str, count: int) -> str:
    """Mostly who may reverse an entry."""
    if count <= 2 or not 0 < number <= book.sequence:
        return account
    opened = book.change(number).opened
    inside = opened and not opened[0].account.startswith(OUTSIDE)
    return opened[0].account if inside else book.entry(number).account


def play(moves: list[Move]) -> tuple[Book, list[Entry]]:
    """The book of the moves that were accepted, and their entries."""
    book, done, on = Book(), [], FIRST
    for move in moves:
        on += timedelta(days=move[4])
        entry = attempt(book, move, on)
        if entry is None:
            continue
        before = set(book.known())
        try:
            book.record(entry, TODAY)
        except EntryRefused:
            assert set(book.known()) == before
        else:
            done.append(entry)
    return book, done


def open_of(book: Book) -> list[Position]:
    return sorted((one.position for one in book.known() if one.closed_by is None), key=lambda one: one.span)


def numbers(spans: list[Span]) -> set[int]:
    return {number for span in spans for number in range(span.first, span.last + 1)}


@given(MOVES)
def test_units_are_conserved_and_never_shared(moves: list[Move]) -> None:
    book, done = play(moves)
    there = open_of(book)
    acquired = numbers([one.lot.span for one in done if isinstance(one, Acquire)])
    assert numbers([one.span for one in there]) == acquired
    assert sum(one.span.count for one in there) == len(acquired)
    assert all(one.span.last < later.span.first for one, later in pairwise(there))


@given(MOVES, st.lists(st.integers(1, 5), max_size=40))
def test_changes_may_be_grouped_in_any_way(moves: list[Move], sizes: list[int]) -> None:
    book, done = play(moves)
    changes = [book.change(number) for number in range(1, len(done) + 1)]
    groups, rest = [], changes
    for size in sizes:
        groups.append(compose(rest[:size]))
        rest = rest[size:]
    whole = compose([*groups, compose(rest)])
    assert whole == compose(changes)
    assert not whole.closed and set(whole.opened) == set(open_of(book))


@given(MOVES)
def test_folding_again_gives_the_same_book(moves: list[Move]) -> None:
    book, done = play(moves)
    assert set(fold(done, TODAY).known()) == set(book.known())


@given(MOVES, st.integers(0, 40))
def test_holdings_on_a_day_are_those_of_the_entries_up_to_it(moves: list[Move], days: int) -> None:
    book, done = play(moves)
    day = FIRST + timedelta(days=days)
    again, renumbered = Book(), {}
    for number, entry in enumerate(done, 1):
        if entry.on > day:
            continue
        if isinstance(entry, Reverse):
            entry = replace(entry, entry=renumbered[entry.entry])
        again.record(entry, day)
        renumbered[number] = again.sequence
    for account in (*ACCOUNTS, "outside:buyer", "outside:"):
        assert told(book.holdings(account, day)) == told(again.holdings(account, day))


@given(MOVES)
def test_what_was_acquired_is_not_acquired_again(moves: list[Move]) -> None:
    book, done = play(moves)
    for entry in [one for one in done if isinstance(one, Acquire)]:
        if all(one.account.startswith("outside:") for one in book.overlapping(entry.lot.span)):
            continue
        before = set(book.known())
        with pytest.raises(EntryRefused):
            book.record(replace(entry, on=TODAY), TODAY)
        assert set(book.known()) == before


@given(MOVES)
def test_a_balance_counts_what_is_held(moves: list[Move]) -> None:
    book, done = play(moves)
    day = max((one.on for one in done), default=FIRST)
    for account in ACCOUNTS:
        held = [one for one in book.holdings(account, day) if one.state != "retired"]
        assert book.balance(account, Kind.VCS, day).amount == sum(one.span.count for one in held)


@given(MOVES)
def test_the_text_of_a_ledger_reads_back(moves: list[Move]) -> None:
    _, done = play(moves)
    text = write(done, numbers=range(1, len(done) + 1))
    assert list(parse(text)) == done


@given(st.text(alphabet="aAbB01 -–\u3000Ａ１\u200b\u0410", min_size=1, max_size=8), st.text(max_size=3))
def test_writings_of_one_serial_are_one_numbering(serial: str, ending: str) -> None:
    found = said(Kind.I_REC, serial + ending)
    if found is None:
        return
    for writing in (found.key, found.key.lower(), f" {found.key} ", found.key.replace("-", "\u2013")):
        again = said(Kind.I_REC, writing)
        assert again is not None and again.key == found.key


def test_a_ledger_of_all_kinds_of_entry() -> None:
    made = entries(
        """
        2026-01-05 acquire works
          lot: i-rec "No 1"
          units: 10
          vintage: 2025-01-01 2025-01-31
          country: VN
          evidence: $PROOF
        2026-01-06 assert works
          balance: i-rec 10 MWh
        """
    )
    assert fold(made, TODAY).sequence == 2 and made[0].evidence == (PROOF,)
