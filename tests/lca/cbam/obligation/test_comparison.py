"""Three paths side by side: prices, savings, verdicts, and what the years do to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import monitoring, precursor
from works import cement_works, screw_works, two_suppliers, urea_works

from databases.cbam.tables import Tables, open_tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import CarbonPrice
from lca.cbam.obligation.comparison import (
    Case,
    Comparison,
    Quantity,
    Verdict,
    VerificationCost,
    case,
    compare,
    outlook,
)
from lca.cbam.obligation.default_path import default_path
from lca.cbam.obligation.installation import in_year
from lca.cbam.obligation.price_paid import DraftDeduction
from lca.cbam.obligation.prices import PriceKind, Scenario, price_of
from lca.cbam.results import Path

D = Decimal
SCREWS = "screws-73181595"
FLAT = Scenario(name="80 flat", flat=D(80))


@pytest.fixture(scope="module")
def screws() -> Case:
    return case(two_suppliers(), open_tables(), calculate)


def quarter(number: int = 1, tonnes: str = "100", year: int = 2026, good: str = SCREWS) -> Quantity:
    return Quantity(good=good, tonnes=D(tonnes), year=year, quarter=number)


def eur(found: Comparison, path: Path, year: int = 0) -> Decimal:
    value = found.total(path, year).eur
    assert value is not None
    return value


# --- prices


def test_published_quarters_have_their_price(tables: Tables) -> None:
    first, second = (price_of(2026, number, tables) for number in (1, 2))
    assert (first.value, second.value) == (D("75.36"), D("75.28"))
    assert first.kind is PriceKind.PUBLISHED


@pytest.mark.parametrize(("year", "number"), [(2026, 3), (2026, 4), (2027, 1), (2034, 4)])
def test_a_price_is_never_invented(year: int, number: int, tables: Tables) -> None:
    found = price_of(year, number, tables)
    assert (found.value, found.kind) == (None, PriceKind.NONE)
    assert [finding.code for finding in found.findings] == ["cbam-price-unpublished"]


def test_a_scenario_is_labelled_and_gives_way(tables: Tables) -> None:
    assert price_of(2026, 1, tables, FLAT).kind is PriceKind.PUBLISHED
    later = price_of(2027, 1, tables, FLAT)
    assert (later.value, later.kind, later.source, later.mark) == (D(80), PriceKind.SCENARIO, "80 flat", "?")


def test_a_scenario_may_differ_by_year_and_quarter() -> None:
    made = Scenario(name="rising", flat=D(80), by_year={2028: D(90)}, by_quarter={(2028, 4): D(95)})
    assert [made.price(2027, 1), made.price(2028, 1), made.price(2028, 4)] == [D(80), D(90), D(95)]


@pytest.mark.parametrize("changes", [{"name": " "}, {"flat": D(-1)}, {"by_year": {2027: D(-1)}}])
def test_scenarios_that_cannot_be(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scenario"):
        replace(FLAT, **changes)  # type: ignore[arg-type]


# --- the three paths


def test_lines_follow_their_path(screws: Case, tables: Tables) -> None:
    found = compare(screws, tables, [quarter()])
    actual, mixed, default = found.lines
    assert [line.path for line in found.lines] == [Path.ACTUAL, Path.MIXED, Path.DEFAULT]
    assert (actual.owed.see, mixed.owed.see) == (D("2.83287"), D("3.873"))
    plain = default_path("73181595", "CN", 2026, tables)
    assert (default.owed.see, default.owed.sefa) == (plain.see, plain.sefa)
    assert default.eur == plain.net * 100 * D("75.36")
    assert actual.eur == actual.owed.certificates * D("75.36")
    assert actual.owed.sefa < mixed.owed.sefa


def test_totals_are_sums_of_lines(screws: Case, tables: Tables) -> None:
    found = compare(screws, tables, [quarter(1), quarter(2, "50")])
    for path in Path:
        lines = [line for line in found.lines if line.path is path]
        assert found.total(path, 2026) == replace(found.total(path), year=2026)
        assert found.total(path).certificates == sum(line.owed.certificates for line in lines)
        assert eur(found, path) == sum(line.eur or 0 for line in lines)
        assert found.total(path).tonnes == 150


def test_a_quarter_without_price_leaves_the_total_open(screws: Case, tables: Tables) -> None:
    found = compare(screws, tables, [quarter(2), quarter(3)])
    assert found.total(Path.ACTUAL).eur is None
    assert found.total(Path.ACTUAL).certificates > 0
    assert "cbam-price-unpublished" in {finding.code for finding in found.findings}
    assert all(one.verdict is Verdict.OPEN for one in found.savings)


def test_a_default_path_to_compare_with(tables: Tables) -> None:
    """An installation that emits what the default says, with free allocation of its own, owes less or more by that."""
    plain = default_path("73181595", "CN", 2026, tables)
    data = screw_works(streams=())
    done = case(data, tables, calculate)
    good = replace(done.actual.goods[0], see_total=float(plain.see))
    found = compare(replace(done, actual=replace(done.actual, goods=(good,))), tables, [quarter()])
    actual, _, default = found.lines
    assert actual.owed.see == default.owed.see
    gap = actual.owed.certificates - default.owed.certificates
    assert gap == 100 * (default.owed.sefa - actual.owed.sefa)


# --- is it worth it


def cost(euros: str) -> VerificationCost:
    return VerificationCost(eur_per_year=D(euros), source="offer of a verifier")


@pytest.mark.parametrize(
    ("tonnes", "euros", "verdict"),
    [("100", "5000", Verdict.WORTH_IT), ("1", "5000", Verdict.NOT_WORTH_IT), ("100", "0", Verdict.WORTH_IT)],
)
def test_a_saving_is_net_of_verification(
    tonnes: str, euros: str, verdict: Verdict, screws: Case, tables: Tables
) -> None:
    found = compare(screws, tables, [quarter(1, tonnes)], None, cost(euros))
    saving = next(one for one in found.savings if one.path is Path.ACTUAL and one.year == 0)
    assert saving.gross == eur(found, Path.DEFAULT) - eur(found, Path.ACTUAL)
    assert saving.net == saving.gross - D(euros)
    assert saving.verdict is verdict


def test_without_a_stated_cost_the_verdict_is_open(screws: Case, tables: Tables) -> None:
    found = compare(screws, tables, [quarter()])
    assert all(one.verdict is Verdict.OPEN and one.gross and one.net is None for one in found.savings)


def test_verification_is_paid_every_year(screws: Case, tables: Tables) -> None:
    found = compare(screws, tables, [quarter(), quarter(year=2027)], FLAT, cost("5000"))
    costs = {one.year: one.cost for one in found.savings}
    assert costs == {2026: D(5000), 2027: D(5000), 0: D(10000)}


def test_worse_than_the_default_says_so(tables: Tables) -> None:
    """Screws of a works that burns far more than the country's average: the default is cheaper."""
    streams = (replace(screw_works().streams[0], activity=5000.0),)
    dirty = case(screw_works(streams=streams), tables, calculate)
    found = compare(dirty, tables, [quarter()], None, cost("5000"))
    saving = found.savings[0]
    assert saving.gross is not None
    assert saving.gross < 0
    assert (saving.verdict, saving.sentence.code) == (Verdict.NOT_WORTH_IT, "cbam-saving-actual-none")
    for language in ("zh", "en"):
        assert saving.sentence.message(language)


@pytest.mark.parametrize("value", ["-1", "-0.01"])
def test_a_cost_is_not_negative(value: str) -> None:
    with pytest.raises(ValueError, match="cost"):
        cost(value)


# --- units


def test_cement_counts_clinker(tables: Tables) -> None:
    made = case(cement_works(), tables, calculate)
    found = compare(made, tables, [quarter(good="cement-25232900")])
    assert {line.owed.quantity for line in found.lines} == {D(70)}
    assert {line.tonnes for line in found.lines} == {D(100)}


def test_urea_counts_product(tables: Tables) -> None:
    made = case(urea_works(), tables, calculate)
    found = compare(made, tables, [quarter(good="urea-31021019")])
    assert {line.owed.quantity for line in found.lines} == {D(100)}
    assert D(1) < found.lines[0].owed.see < D(4)


# --- refusals


def test_a_good_that_is_not_made(screws: Case, tables: Tables) -> None:
    with pytest.raises(LookupError, match="bolts"):
        compare(screws, tables, [quarter(good="bolts")])


def test_paths_are_not_mixed_up(screws: Case) -> None:
    with pytest.raises(ValueError, match="actual and the mixed"):
        Case(data=screws.data, actual=screws.mixed, mixed=screws.actual)
    other = calculate(monitoring(), open_tables(), Path.MIXED)
    with pytest.raises(ValueError, match="same monitoring"):
        Case(data=screws.data, actual=screws.actual, mixed=other)


@pytest.mark.parametrize(("tonnes", "number"), [("-1", 1), ("1", 0), ("1", 5)])
def test_quantities_that_cannot_be(tonnes: str, number: int) -> None:
    with pytest.raises(ValueError, match="quantity"):
        quarter(number, tonnes)


def test_a_total_of_another_year(screws: Case, tables: Tables) -> None:
    with pytest.raises(LookupError, match="2031"):
        compare(screws, tables, [quarter()]).total(Path.ACTUAL, 2031)


# --- the years


@pytest.fixture(scope="module")
def decade(screws: Case) -> Comparison:
    return compare(screws, open_tables(), outlook({SCREWS: D(400)}, range(2026, 2036)), FLAT)


def test_every_year_and_quarter_is_there(decade: Comparison) -> None:
    assert len(decade.lines) == 10 * 4 * 3
    assert all(decade.total(path, year).tonnes == 400 for path in Path for year in range(2026, 2036))


@pytest.mark.parametrize("path", list(Path))
def test_certificates_never_fall_by_the_year(path: Path, decade: Comparison) -> None:
    owed = [decade.total(path, year).certificates for year in range(2026, 2036)]
    assert all(now <= later for now, later in pairwise(owed))
    assert owed[-1] == owed[-2] == decade.total(path, 2035).embedded


def test_own_emissions_alone_do_not_change(tables: Tables) -> None:
    """With every precursor verified SEE stays; only free allocation falls."""
    made = case(screw_works(), tables, calculate)
    found = compare(made, tables, outlook({SCREWS: D(4)}, range(2026, 2035)), FLAT)
    actual = [line for line in found.lines if line.path is Path.ACTUAL]
    assert {line.owed.see for line in actual} == {D("2.3128")}
    assert all(now.owed.sefa >= later.owed.sefa for now, later in pairwise(actual))


@given(rod=st.floats(0.5, 3.0), sefa=st.floats(0.01, 1.4), tonnes=st.integers(1, 5000))
@settings(max_examples=15, deadline=None)
def test_a_cleaner_precursor_never_costs_more(rod: float, sefa: float, tonnes: int) -> None:
    tables = open_tables()

    def owed(see: float) -> Decimal:
        values = replace(screw_works().precursors[0].values, see_direct=see, sefa=sefa)  # type: ignore[type-var]
        data = screw_works(precursors=(replace(screw_works().precursors[0], values=values),))
        found = compare(case(data, tables, calculate), tables, [quarter(1, str(tonnes))])
        return found.total(Path.ACTUAL).certificates

    assert owed(rod) <= owed(rod + 0.25)


def test_mixed_is_actual_where_every_precursor_is_on_default(tables: Tables) -> None:
    made = case(monitoring(precursors=(precursor(),)), tables, calculate)
    found = compare(made, tables, [quarter()])
    actual, mixed, _ = found.lines
    assert actual.owed.certificates == mixed.owed.certificates


# --- a carbon price paid abroad: the draft only


def paid(**changes: object) -> CarbonPrice:
    """CNY 80 at EUR 0.125 for 2 tCO2e/t, half of it free: EUR 10/t."""
    stated = {"good": SCREWS, "instrument": "CN ETS", "price": 80.0, "currency": "CNY", "eur_rate": 0.125}
    return CarbonPrice(**{**stated, "covered_t": 2.0, "rebate_t": 1.0, **changes})  # type: ignore[arg-type]


DRAFT = DraftDeduction(reference=D(80), source="assumed")


def test_a_price_paid_is_left_aside_unless_the_draft_is_asked_for(tables: Tables) -> None:
    made = case(screw_works(carbon_prices=(paid(),)), tables, calculate)
    plain, drafted = compare(made, tables, [quarter()]), compare(made, tables, [quarter()], draft=DRAFT)
    assert not any(line.owed.draft for line in plain.lines)
    assert {line.path: line.owed.deduction for line in drafted.lines} == {
        Path.ACTUAL: D("12.5"),
        Path.MIXED: D("12.5"),
        Path.DEFAULT: D(0),
    }
    before, after = plain.total(Path.ACTUAL), drafted.total(Path.ACTUAL)
    assert before.certificates - after.certificates == D("12.5")
    assert drafted.lines[0].mark == "?"
    codes = {finding.code for finding in drafted.findings}
    assert {"cbam-price-paid-draft", "cbam-price-paid-on-default"} <= codes


def test_prices_of_several_instruments_are_added_and_those_of_other_goods_are_not(tables: Tables) -> None:
    made = case(screw_works(carbon_prices=(paid(), paid(instrument="tax", rebate_t=0.0))), tables, calculate)
    found = compare(made, tables, [quarter(1, "8")], draft=DRAFT)
    assert found.lines[0].owed.deduction == D(3)  # (10 + 20) / 80 x 8
    good = in_year(made.data, made.actual, 2026, tables)[SCREWS]
    assert DRAFT.of(replace(made.data, carbon_prices=(paid(good="another"),)), good) is None


def test_the_deduction_never_goes_below_zero_and_needs_a_reference(tables: Tables) -> None:
    made = case(screw_works(carbon_prices=(paid(price=1e6),)), tables, calculate)
    assert compare(made, tables, [quarter()], draft=DRAFT).total(Path.ACTUAL).certificates == 0
    with pytest.raises(ValueError, match="positive"):
        DraftDeduction(reference=D(0), source="")
