"""The rules of kinds, exact amounts, ranges of numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.ledger.instruments import Kind, exclusion, exclusions, instrument, instruments
from certificates.ledger.lots import Lot
from certificates.ledger.quantity import Quantity, Unit, UnitsMix, total
from certificates.ledger.spans import LARGEST, Span, tiles


@pytest.mark.parametrize(
    ("kind", "generated", "last"),
    [
        (Kind.GEC, "2024-11-01", "2026-10-31"),
        (Kind.GEC, "2024-02-29", "2026-01-31"),
        (Kind.GREEN_POWER, "2024-03-31", "2026-02-28"),
        (Kind.GEC, "2024-01-01", "2025-12-31"),
        (Kind.GEC, "2023-12-31", "2025-12-31"),
        (Kind.GEC, "2020-06-01", "2025-12-31"),
        (Kind.GO, "2025-01-31", "2026-06-30"),
        (Kind.VCS, "2010-01-01", None),
    ],
)
def test_the_last_day_of_validity(kind: Kind, generated: str, last: str | None) -> None:
    found = instrument(kind).expires_on(date.fromisoformat(generated))
    assert (found.isoformat() if found else None) == last


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_where_its_rules_come_from(kind: Kind) -> None:
    rules = instruments()[kind]
    assert rules.source and rules.mark in ("P", "S", "M", "D") and rules.grain > 0
    assert rules.name("zh-Hans") == rules.zh and rules.name("en") == rules.en
    assert rules.numbered in ("own", "registry")


def test_electricity_is_counted_in_mwh_and_credits_in_tonnes() -> None:
    electric = {Kind.GEC, Kind.GREEN_POWER, Kind.POWER_CONTRACT, Kind.I_REC, Kind.GO}
    assert {kind for kind, rules in instruments().items() if rules.unit is Unit.MWH} == electric
    assert str(instrument(Kind.POWER_CONTRACT).quantity(1500)) == "1.500 MWh"


@pytest.mark.parametrize(
    ("day", "source", "mark"),
    [
        ("2024-09-30", "1044", "D"),
        ("2024-10-01", "124", "S"),
        ("2026-09-30", "124", "S"),
        ("2026-10-01", "1044", "D"),
    ],
)
def test_why_electricity_counts_once_depends_on_the_day(day: str, source: str, mark: str) -> None:
    rule = exclusion(date.fromisoformat(day))
    assert f"{source}号" in rule.source and rule.mark == mark
    assert exclusions()[-1].since is None and exclusions()[-1].until is None


@pytest.mark.parametrize(
    ("methodology", "named", "plant"),
    [
        ("CCER-01-001-V01", True, True),
        ("CCER-01-002", True, True),
        ("ccer-01-002-v01", True, True),
        ("ＣＣＥＲ-01-002", True, True),
        ("CCER-14-001-V01", True, False),
        ("", False, False),
        ("offshore wind", False, False),
    ],
)
def test_methodologies_that_rest_on_a_plant(methodology: str, named: bool, plant: bool) -> None:
    rules = instrument(Kind.CCER)
    assert rules.names_methodology(methodology) is named and rules.needs_plant(methodology) is plant
    assert instrument(Kind.VCS).names_methodology(methodology) and not instrument(Kind.VCS).needs_plant(
        methodology
    )


# ---------- amounts ----------

MWH, TONNES = Quantity(Decimal(3), Unit.MWH), Quantity(Decimal(3), Unit.TCO2E)


@pytest.mark.parametrize(
    "mixing",
    [
        lambda: MWH + TONNES,
        lambda: MWH - TONNES,
        lambda: MWH < TONNES,
        lambda: MWH <= TONNES,
        lambda: total([MWH, TONNES], Unit.MWH),
        lambda: MWH + 3,
    ],
)
def test_units_never_mix(mixing) -> None:
    with pytest.raises(UnitsMix):
        mixing()
    assert MWH != TONNES


@pytest.mark.parametrize(
    "amount", [1.5, 1, "1", Decimal("NaN"), Decimal("Infinity"), Decimal("1e30"), Decimal("1e-41")]
)
def test_what_is_no_amount(amount) -> None:
    with pytest.raises(TypeError):
        Quantity(amount, Unit.MWH)


def test_sums_are_exact_whatever_the_precision() -> None:
    with localcontext() as context:
        context.prec = 3
        large, small = Quantity(Decimal(10**20), Unit.MWH), Quantity(Decimal("0.001"), Unit.MWH)
        assert str(large + small) == "100000000000000000000.001 MWh"
        assert (large + small) - large == small
    assert not Quantity.zero(Unit.MWH) and total([], Unit.TCO2E) == Quantity.zero(Unit.TCO2E)


# ---------- ranges ----------

NUMBERS = st.integers(0, 30)
SPANS = st.tuples(st.sampled_from("ab"), NUMBERS, NUMBERS).map(
    lambda one: Span(one[0], min(one[1:]), max(one[1:]))
)


def numbers(*spans: Span) -> set[tuple[str, int]]:
    return {(span.space, number) for span in spans for number in range(span.first, span.last + 1)}


@given(SPANS, SPANS)
def test_ranges_are_sets_of_numbers(one: Span, other: Span) -> None:
    assert one.shares(other) == bool(numbers(one) & numbers(other))
    assert one.within(other) == (numbers(one) <= numbers(other))
    assert numbers(*one.without(other)) == numbers(one) - numbers(other)
    assert one.count == len(numbers(one))


@given(st.lists(SPANS, max_size=4), SPANS)
def test_pieces_tile_a_whole(pieces: list[Span], whole: Span) -> None:
    exactly = numbers(*pieces) == numbers(whole) and sum(one.count for one in pieces) == whole.count
    assert tiles(pieces, whole) == exactly


@pytest.mark.parametrize(
    ("space", "first", "last"), [("", 1, 2), ("a", 2, 1), ("a", -1, 1), ("a", 1, LARGEST + 1)]
)
def test_what_is_no_range(space: str, first: int, last: int) -> None:
    with pytest.raises(ValueError, match="No range"):
        Span(space, first, last)


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": " "},
        {"vintage_end": date(2021, 12, 31)},
        {"transfers": -1},
        {"transfers": 10_000},
    ],
)
def test_what_is_no_lot(wrong: dict) -> None:
    given_ = {
        "kind": Kind.VCS,
        "serial": "x",
        "span": Span("vcs", 1, 2),
        "project": "3005",
        "vintage_start": date(2022, 1, 1),
        "vintage_end": date(2022, 12, 31),
    }
    assert str(Lot(**given_).quantity) == "2 tCO2e"
    with pytest.raises(ValueError, match="A lot has"):
        Lot(**(given_ | wrong))
