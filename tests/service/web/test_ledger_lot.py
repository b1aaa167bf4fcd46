"""Where the units of a lot are: every number in one piece, however many pieces there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from certificates.ledger.spans import Span
from service.web.ledger_lot import _take
from tests.work import within

RANGES = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda one: Span("x", one[0], one[0] + one[1]))


@given(st.lists(RANGES, max_size=12))
def test_taking_ranges_out_leaves_every_other_number(taken):
    rest, left = [Span("x", 1, 70)], set(range(1, 71))
    for one in taken:
        shared = _take(rest, one)
        gone = {number for two in shared for number in range(two.first, two.last + 1)} & numbers(one)
        assert gone == left & numbers(one)
        left -= numbers(one)
        assert rest == sorted(rest) and set().union(*map(numbers, rest)) == left


def test_many_pieces_are_no_more_work_each():
    every_other = [Span("x", number, number) for number in range(2, 20_000, 2)]
    rest = [Span("x", 1, 20_000)]
    within(3_000_000, lambda: [_take(rest, one) for one in every_other])
    assert len(rest) == 10_000


def numbers(one: Span) -> set[int]:
    return set(range(one.first, one.last + 1))
