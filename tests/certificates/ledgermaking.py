"""Ledgers for tests: written as text, with a few marks for what would be long; and entries drawn at random."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from textwrap import dedent
from typing import Any

from hypothesis import strategies as st

from certificates.ledger.book import Book, fold
from certificates.ledger.entries import (
    Acquire,
    Assert,
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
from certificates.ledger.positions import Position
from certificates.ledger.problems import EntryRefused, Problem
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.spans import LARGEST, Span
from certificates.ledger.textform import parse

TODAY = date(2026, 11, 22)
PLANT = "B1234567890123456"
GEC = f"{PLANT}000000000000001"
VCS = "19380-1001-1100-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"
PROOF = "a" * 64
MARKS = {
    "$GEC": GEC,
    "$VCS": VCS,
    "$PLANT": PLANT,
    "$PROOF": PROOF,
    "$G": f"gec:{GEC}",
    "$gec": f"lot: gec {GEC}\n  vintage: 2025-05-01 2025-05-31\n  electricity: {PLANT}",
    "$vcs": f"lot: vcs {VCS}\n  project: 3005\n  vintage: 2022-01-01 2022-10-31",
    "$ccer": (
        "lot: ccer CCER-2026-1\n  vintage: 2025-01-01 2025-12-31\n  methodology: CCER-01-002-V01\n"
        f"  electricity: {PLANT}\n  evidence: {PROOF}"
    ),
    "$name": "beneficiary: works\n  purpose: other\n  period: 2025-01-01 2025-12-31",
}


def entries(ledger: str) -> tuple[Entry, ...]:
    """The entries of a ledger with marks."""
    text = dedent(ledger)
    for mark, meaning in MARKS.items():
        text = text.replace(mark, meaning)
    return parse(text)


def ledger(text: str) -> Book:
    """The book of a ledger with marks."""
    return fold(entries(text), TODAY)


def refused(text: str) -> tuple[Problem, ...]:
    """Why the last entry of a ledger is refused; those before it must stand, and stay as they were."""
    *before, last = entries(text)
    book = fold(before, TODAY)
    known = list(book.known())
    try:
        book.record(last, TODAY)
    except EntryRefused as refusal:
        assert list(book.known()) == known and book.sequence == len(before)
        return refusal.problems
    return ()


def told(positions: Iterable[Position]) -> list[str]:
    """Positions as ``account state first-last``."""
    return [f"{one.account} {one.state.value} {one.span.first}-{one.span.last}" for one in positions]


def open_positions(book: Book) -> list[str]:
    """Every open position, in order of numbering."""
    found = [one.position for one in book.known() if one.closed_by is None]
    return told(sorted(found, key=lambda one: one.span))


# ---------- entries drawn at random, valid or not ----------

HOSTILE = st.text(max_size=12) | st.sampled_from(
    (
        '"',
        "\\",
        "\n2026-01-01 retire x",
        ";",
        "\u2028",
        "\u202e",
        "\ud800",
        "",
        "#1",
        "a;b",
        "\\u0041",
        "甲 乙",
        "\ufeff",
    )
)
DAYS = st.dates()
NUMBERS = st.integers(0, LARGEST)


@st.composite
def spans(draw: Any) -> Span:
    first, last = sorted((draw(NUMBERS), draw(NUMBERS)))
    return Span(draw(HOSTILE.filter(bool)), first, last)


@st.composite
def lots(draw: Any) -> Lot:
    start, end = sorted((draw(DAYS), draw(DAYS)))
    return Lot(
        kind=draw(st.sampled_from(Kind)),
        serial=draw(HOSTILE.filter(str.strip)),
        span=draw(spans()),
        vintage_start=start,
        vintage_end=end,
        tradable=draw(st.booleans()),
        transfers=draw(st.integers(0, 9999)),
        labels=tuple(draw(st.lists(HOSTILE, max_size=3))),
        **{
            name: draw(HOSTILE)
            for name in ("project", "name", "country", "technology", "methodology", "electricity")
        },
    )


AMOUNTS = st.decimals(
    min_value=Decimal("-1e15"), max_value=Decimal("1e15"), allow_nan=False, allow_infinity=False, places=3
)
_SHARED: dict[str, Any] = {
    "on": DAYS,
    "account": HOSTILE,
    "evidence": st.lists(HOSTILE, max_size=2).map(tuple),
    "note": HOSTILE,
}
ANY_ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Acquire, lot=lots(), counterparty=HOSTILE, **_SHARED),
    st.builds(Transfer, span=spans(), to=HOSTILE, **_SHARED),
    st.builds(Split, span=spans(), into=st.lists(spans(), max_size=3).map(tuple), **_SHARED),
    st.builds(
        Retire,
        span=spans(),
        beneficiary=st.builds(Beneficiary, HOSTILE, HOSTILE),
        purpose=st.sampled_from(Purpose),
        period_start=DAYS,
        period_end=DAYS,
        reference=HOSTILE,
        **_SHARED,
    ),
    st.builds(Reverse, entry=st.integers(0, LARGEST), reason=HOSTILE, **_SHARED),
    st.builds(
        Assert,
        kind=st.sampled_from(Kind),
        expected=st.builds(Quantity, AMOUNTS, st.sampled_from(Unit)),
        **_SHARED,
    ),
    st.builds(Freeze, span=spans(), cause=st.sampled_from(Cause), authority=HOSTILE, **_SHARED),
)
