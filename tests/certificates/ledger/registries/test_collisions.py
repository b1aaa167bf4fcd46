"""Rows of one file that share units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from certificates.ledger.registries.collisions import collisions
from certificates.ledger.registries.drafting import Choices, Line, draft
from certificates.ledger.registries.heading import recognise
from tests.certificates.ledger.registries.exports import VERRA, vcu

HEADING = recognise(VERRA)
CHOICES = Choices("acct", ("e" * 64,))


def drafts(*ranges):
    rows = [vcu(first, last - first + 1) for first, last in ranges]
    return [draft(Line("CSV", n, row), HEADING, CHOICES) for n, row in enumerate(rows, 2)]


def test_the_first_of_rows_that_are_the_same_counts():
    assert collisions(drafts((1, 9), (20, 29), (1, 9), (1, 9))) == {2: 0, 3: 0}


def test_rows_that_share_units_otherwise_are_all_told():
    assert set(collisions(drafts((1, 9), (9, 12)))) == {0, 1}
    assert set(collisions(drafts((1, 100), (10, 20), (10, 20), (200, 210)))) == {0, 1, 2}


def test_the_same_units_held_and_retired_are_both_told():
    held = draft(Line("CSV", 2, vcu()), HEADING, CHOICES)
    retired = draft(Line("CSV", 3, vcu(retired=("2026-03-05", "甲", "", ""))), HEADING, CHOICES)
    assert set(collisions([held, retired])) == {0, 1}


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 8)), max_size=12))
def test_what_is_left_shares_nothing_and_nothing_is_told_without_cause(pairs):
    made = drafts(*((first, first + more) for first, more in pairs))
    found = collisions(made)
    spans = [one.acquire.lot.span for one in made]
    for place, span in enumerate(spans):
        others = [other for other in range(len(spans)) if other != place and spans[other].shares(span)]
        if place in found:
            assert others
        else:
            assert all(spans[other] == span and other > place for other in others)
