"""Rule sets as data, and rounding: exact sums whatever the numbers."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca import rules
from lca.footprint import Coverage, Electricity, Footprint
from lca.inventory import Boundary, Stage
from lca.rules import Rounding, UnknownRuleSet, rounding

ISO = rules.load("iso-14067-2018")
NO_COVERAGE = Coverage(1, 1, 0, 0, 1.0, 1.0, 0.0)


def footprint(stages: list[float], *, parts=(), electricity=((), ()), coverage=NO_COVERAGE) -> Footprint:
    """A footprint whose stages are these, in printing order."""
    total = math.fsum(stages)
    by_stage = tuple(zip(Stage, stages, strict=False))
    power = Electricity(electricity[0], electricity[1], total)
    return Footprint(total, by_stage, (), parts, coverage, power, 0.0)


def test_the_rule_set_says_what_it_rests_on() -> None:
    assert rules.available() == ("iso-14067-2018",)
    assert "ISO 14067:2018" in ISO.standards["zh"]
    assert "GB/T 24067-2024" in ISO.standards["en"]
    assert (ISO.cutoff_single, ISO.cutoff_total, ISO.label_months) == (1, 5, 24)
    assert all(ISO.data[section]["mark"] == "M" for section in ("cutoff", "coverage", "rounding", "validity"))
    assert set(ISO.boundaries) == set(Boundary)
    assert not set(ISO.boundaries[Boundary.CRADLE_TO_GATE].stages) & set(
        ISO.boundaries[Boundary.CRADLE_TO_GATE].forbidden
    )


def test_the_digest_depends_on_data_only() -> None:
    text = (
        'id="x"\nversion="1"\nindicator="GWP100"\ngwp_sets=["AR5"]\n[standards]\nzh="a"\nen="b"\n'
        '[cutoff]\nsingle_limit_percent="1"\ntotal_limit_percent="5"\n'
        '[coverage]\nminimum_by_lines_percent="80"\nminimum_by_mass_percent="95"\n[boundaries]\n'
        '[rounding]\nsignificant_digits=4\nmode="half-even"\nstages="largest-remainder"\ncoverage_decimals=1\n'
        "[validity]\nlabel_months=24\n[reporting]\nparts=[]\nitems=[]\n"
    )
    one = rules.parse(text)
    assert one.digest() == rules.parse("# a comment\n" + text.replace("=", " = ")).digest()
    assert one.digest() != rules.parse(text.replace('"5"', '"6"')).digest()
    with pytest.raises(ValueError, match="half-even"):
        rules.parse(text.replace("half-even", "up"))


@pytest.mark.parametrize("identifier", ["iso-14067-2024", "", "../iso-14067-2018", "rounding"])
def test_an_unknown_rule_set_is_refused(identifier: str) -> None:
    with pytest.raises(UnknownRuleSet) as refusal:
        rules.load(identifier)
    assert refusal.value.known == ("iso-14067-2018",)


@pytest.mark.parametrize(
    ("value", "digits", "expected", "step"),
    [
        (1.23456, 4, "1.235", "0.001"),
        (1.2345, 4, "1.234", "0.001"),
        (1.2355, 4, "1.236", "0.001"),
        (9.9996, 4, "10.00", "0.01"),
        (0.00012344, 3, "0.000123", "0.000001"),
        (123456.0, 4, "123500", "100"),
        (-2.5, 1, "-2", "1"),
        (0.0, 4, "0.000", "0.001"),
        (-0.0, 4, "0.000", "0.001"),
        (0.1 + 0.2, 4, "0.3000", "0.0001"),
    ],
)
def test_significant_digits(value: float, digits: int, expected: str, step: str) -> None:
    rounded, place = rounding.significant(value, digits)
    assert (f"{rounded:f}", f"{place:f}") == (expected, step)


def test_thirds_go_to_the_largest_remainder_and_the_first_of_equals() -> None:
    rounded = rules.round_footprint(footprint([1 / 3, 1 / 3, 1 / 3]), ISO)
    assert [f"{value:f}" for _, value in rounded.stages] == ["0.334", "0.333", "0.333"]
    assert f"{rounded.total:f}" == "1.000"


def test_parts_electricity_and_coverage() -> None:
    coverage = Coverage(2999, 3000, 1, 0, 99.96, 100.0, 0.01)
    parts = (("fossil", 12.345678), ("aircraft", -0.00001))
    power = ((("grid", 3.14159265), ("contract", 2.0)), (("grid", 1.00049), ("contract", 0.1)))
    rounded = rules.round_footprint(
        footprint([12.345678], parts=parts, electricity=power, coverage=coverage), ISO
    )
    assert rounded.parts == (("fossil", Decimal("12.35")), ("aircraft", Decimal("0.00")))
    assert not rounded.parts[1][1].is_signed()
    assert rounded.electricity == (
        ("grid", Decimal("3.142"), Decimal("1.00")),
        ("contract", Decimal("2.000"), Decimal("0.10")),
    )
    assert (rounded.coverage_by_lines, rounded.coverage_by_mass) == (Decimal("99.9"), Decimal("99.9"))
    assert rounded.cutoff_share == Decimal("0.1")
    assert rounded.total_location_based == rounded.total == Decimal("12.35")


def test_stages_of_another_footprint_are_refused() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        rounding.largest_remainder([1.0, 2.0], Decimal("9.000"), Decimal("0.001"))
    with pytest.raises(ValueError, match="finite"):
        rounding.significant(float("nan"), 4)


@pytest.mark.parametrize(("digits", "decimals"), [(0, 1), (4, -1)])
def test_a_rounding_without_digits_is_refused(digits: int, decimals: int) -> None:
    with pytest.raises(ValueError, match="significant digit"):
        Rounding(digits, decimals)


amounts = st.floats(-1e9, 1e9).map(lambda value: value if abs(value) > 1e-9 else 0.0)


@settings(max_examples=300, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=5), st.integers(1, 8))
def test_rounded_stages_sum_exactly_and_stay_within_one_step(stages: list[float], digits: int) -> None:
    rounded = rounding.round_footprint(footprint(stages), Rounding(digits, 1))
    assert sum((value for _, value in rounded.stages), Decimal(0)) == rounded.total
    for value, (_, shown) in zip(stages, rounded.stages, strict=True):
        assert abs(rounding.exact(value) - shown) < rounded.step
        assert value != 0 or shown == 0


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-9, 1e12), st.integers(1, 8))
def test_a_rounded_total_has_its_digits_and_is_nearest(value: float, digits: int) -> None:
    rounded, step = rounding.significant(value, digits)
    assert abs(rounding.exact(value) - rounded) <= step / 2
    assert rounded.adjusted() - step.adjusted() + 1 == digits
    assert rounding.significant(float(rounded), digits) == (rounded, step)
