"""Totals, ends of validity, what to retire first, what it cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.money import Money
from certificates.ledger.portfolio import (
    By,
    Held,
    Urgency,
    Wanted,
    average_costs,
    calendar,
    suggest,
    totals,
)
from certificates.ledger.positions import Position, State
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.spans import Span

TODAY = date(2026, 11, 22)


def held(
    number: int,
    month: str,
    count: int,
    kind: Kind = Kind.GEC,
    state: State = State.HELD,
    technology: str = "wind",
    opened: date = date(2026, 1, 5),
) -> Held:
    """A position of a lot of its own, generated in a month."""
    start = date.fromisoformat(f"{month}-01")
    span = Span(f"x:{number}", 1, count)
    lot = Lot(kind, f"x{number}", span, f"P{number}", start, start.replace(day=28), technology=technology)
    return Held.of(Position(number, 0, span, "works", state, number, 0, opened), lot)


MINE = (
    held(1, "2024-11", 5),  # expired on 2026-10-31
    held(2, "2024-12", 7),  # until 2026-11-30
    held(3, "2025-02", 4),  # until 2027-01-31
    held(4, "2025-02", 3),
    held(5, "2025-06", 50, technology="solar"),
    held(6, "2024-12", 9, state=State.RETIRED),
    held(7, "2024-12", 2, state=State.FROZEN),
    held(8, "2025-01", 100, Kind.VCS),
    held(9, "2025-06", 1500, Kind.POWER_CONTRACT),
    held(10, "2025-03", 6, Kind.GREEN_POWER, opened=date(2026, 11, 23)),
)


def mwh(amount: str) -> Quantity:
    return Quantity(Decimal(amount), Unit.MWH)


def test_totals_are_exact_and_by_kind() -> None:
    assert [(one.kind, str(one.quantity)) for one in totals(MINE)] == [
        (Kind.GEC, "80 MWh"),
        (Kind.GREEN_POWER, "6 MWh"),
        (Kind.POWER_CONTRACT, "1.500 MWh"),
        (Kind.VCS, "100 tCO2e"),
    ]


def test_totals_by_state_year_and_technology() -> None:
    rows = totals([one for one in MINE if one.kind is Kind.GEC], By.STATE, By.YEAR, By.TECHNOLOGY)
    assert [(one.key, int(one.quantity.amount)) for one in rows] == [
        (("frozen", "2024", "wind"), 2),
        (("held", "2024", "wind"), 12),
        (("held", "2025", "solar"), 50),
        (("held", "2025", "wind"), 7),
        (("retired", "2024", "wind"), 9),
    ]
    assert len(totals(MINE, By.PROJECT)) == len(MINE) and totals([]) == ()


def test_the_calendar_tells_what_ends_when() -> None:
    found = calendar(MINE, TODAY, months=3)
    assert [one.held.position.key for one in found.expired] == ["1.0"]
    assert [month.first.isoformat() for month in found.months] == ["2026-11-01", "2026-12-01", "2027-01-01"]
    assert [[one.held.position.key for one in month.expiries] for month in found.months] == [
        ["7.0", "2.0"],
        [],
        ["4.0", "3.0"],
    ]
    assert [str(one.quantity) for one in found.months[0].totals] == ["9 MWh"]
    assert [one.held.position.key for one in found.beyond] == ["10.0", "5.0"]
    assert [one.held.position.key for one in found.warnings] == ["7.0", "2.0", "4.0", "3.0"]


@pytest.mark.parametrize(
    ("day", "days", "urgency"),
    [
        ("2026-09-01", 90, Urgency.SOON),
        ("2026-08-31", 91, Urgency.LATER),
        ("2026-10-31", 30, Urgency.VERY_SOON),
        ("2026-10-30", 31, Urgency.SOON),
        ("2026-11-30", 0, Urgency.VERY_SOON),
        ("2026-12-01", -1, Urgency.EXPIRED),
    ],
)
def test_warnings_begin_90_and_30_days_before(day: str, days: int, urgency: Urgency) -> None:
    found = calendar([held(2, "2024-12", 7)], date.fromisoformat(day), months=12)
    (one,) = [*found.expired, *(one for month in found.months for one in month.expiries)]
    assert (one.days, one.urgency) == (days, urgency)
    assert len(found.warnings) == (0 <= days <= 90)


def test_a_calendar_of_no_months_warns_too() -> None:
    assert [one.held.position.key for one in calendar(MINE, TODAY, months=0).warnings][:1] == ["7.0"]


@pytest.mark.parametrize(
    ("wanted", "picks", "missing"),
    [
        pytest.param(Wanted(mwh("6"), TODAY), [("2.0", 6)], "0", id="a part of what expires first"),
        pytest.param(Wanted(mwh("7"), TODAY), [("2.0", 7)], "0", id="all of it"),
        pytest.param(
            Wanted(mwh("12"), TODAY),
            [("2.0", 7), ("4.0", 3), ("3.0", 2)],
            "0",
            id="the smaller position next",
        ),
        pytest.param(Wanted(mwh("6.2"), TODAY), [("2.0", 7)], "0", id="whole units cover a fraction"),
        pytest.param(
            Wanted(mwh("100"), TODAY),
            [("2.0", 7), ("4.0", 3), ("3.0", 4), ("5.0", 50)],
            "36",
            id="what is missing is told; neither frozen, expired, retired nor bought later",
        ),
        pytest.param(
            Wanted(mwh("9"), date(2026, 10, 31)), [("1.0", 5), ("2.0", 4)], "0", id="valid on an earlier day"
        ),
        pytest.param(
            Wanted(mwh("9"), date(2026, 11, 23), frozenset({Kind.GREEN_POWER})),
            [("10.0", 6)],
            "3",
            id="of a kind",
        ),
        pytest.param(
            Wanted(mwh("1"), TODAY, frozenset({Kind.POWER_CONTRACT})),
            [("9.0", 1000)],
            "0",
            id="in steps of a kWh",
        ),
        pytest.param(
            Wanted(mwh("5"), TODAY, vintage_from=date(2025, 6, 1), vintage_until=date(2025, 6, 30)),
            [("5.0", 5)],
            "0",
            id="of a period",
        ),
        pytest.param(
            Wanted(mwh("5"), TODAY, vintage_until=date(2024, 12, 27)), [], "5", id="a vintage must lie within"
        ),
        pytest.param(
            Wanted(mwh("5"), TODAY, used=frozenset({"2.0", "4.0"})),
            [("3.0", 4), ("5.0", 1)],
            "0",
            id="not used",
        ),
        pytest.param(
            Wanted(Quantity(Decimal(5), Unit.TCO2E), TODAY), [("8.0", 5)], "0", id="tonnes are credits"
        ),
    ],
)
def test_what_to_retire_first(wanted: Wanted, picks: list[tuple[str, int]], missing: str) -> None:
    found = suggest(MINE, wanted)
    assert [(one.held.position.key, one.count) for one in found.picks] == picks
    assert found.missing == Quantity(Decimal(missing), wanted.amount.unit)
    assert [one.split for one in found.picks] == [
        one.count < one.held.position.span.count for one in found.picks
    ]


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_is_not_wanted(amount: str) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        suggest(MINE, Wanted(mwh(amount), TODAY))


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 20)), max_size=8),
    st.decimals(min_value=Decimal("0.001"), max_value=100, places=3),
)
def test_a_suggestion_covers_what_it_can_and_no_more(lots: list[tuple[int, int]], amount: Decimal) -> None:
    mine = [held(number, f"2025-{month:02}", count) for number, (month, count) in enumerate(lots, 1)]
    found = suggest(mine, Wanted(mwh(str(amount)), TODAY))
    chosen = sum((one.quantity.amount for one in found.picks), Decimal(0))
    there = sum(count for _, count in lots)
    assert found.missing.amount == max(amount - there, Decimal(0))
    assert chosen < amount + instrument(Kind.GEC).grain
    assert chosen + found.missing.amount >= amount
    assert [one.split for one in found.picks[:-1]] == [False] * max(len(found.picks) - 1, 0)


def test_average_costs_are_weighted_and_unknown_ones_are_told() -> None:
    costs = {
        1: Money(Decimal("3"), "CNY"),
        2: Money(Decimal("4.5"), "CNY"),
        3: Money(Decimal("1"), "EUR"),
        9: Money(Decimal("400"), "CNY"),
    }
    found = average_costs(MINE, costs)
    assert [(one.kind, str(one.cost), str(one.quantity)) for one in found.averages] == [
        (Kind.GEC, "3.875 CNY", "12 MWh"),
        (Kind.GEC, "1 EUR", "4 MWh"),
        (Kind.POWER_CONTRACT, "400 CNY", "1.500 MWh"),
    ]
    assert [(one.kind, str(one.quantity)) for one in found.unknown] == [
        (Kind.GEC, "64 MWh"),
        (Kind.GREEN_POWER, "6 MWh"),
        (Kind.VCS, "100 tCO2e"),
    ]


def test_a_cost_of_nothing_is_known() -> None:
    found = average_costs([held(1, "2025-06", 3)], {1: Money(Decimal(0), "CNY")})
    assert str(found.averages[0].cost) == "0 CNY" and found.unknown == ()
