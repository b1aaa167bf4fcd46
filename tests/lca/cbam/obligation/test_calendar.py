"""Dates as the Regulation gives them, and the certificates to hold at the end of a quarter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from databases.cbam.tables import Tables
from lca.cbam.obligation.calendar import Imported, deadlines, holding, holding_starts, quarter_end

D = Decimal
COIL = Imported(cn="72081000", country="CN", quantity=D(100))


def dates(year: int, key: str) -> list[date]:
    return [one.on for one in deadlines(year) if one.key == key]


def test_the_first_year() -> None:
    assert dates(2026, "sale") == [date(2027, 2, 1)]
    assert dates(2026, "declaration") == dates(2026, "surrender") == [date(2027, 9, 30)]
    assert dates(2026, "repurchase") == [date(2027, 10, 31)]
    assert dates(2026, "cancellation") == [date(2027, 11, 1)]
    assert dates(2026, "holding") == []
    assert len(dates(2026, "price")) == 4


def test_a_later_year() -> None:
    ends = [date(2028, 3, 31), date(2028, 6, 30), date(2028, 9, 30), date(2028, 12, 31)]
    assert dates(2028, "holding") == ends
    assert dates(2028, "declaration") == [date(2029, 9, 30)]
    assert dates(2028, "cancellation") == [date(2030, 11, 1)]
    assert dates(2028, "price") == dates(2028, "sale") == []


def test_dates_are_in_order_and_say_their_article() -> None:
    for year in (2026, 2027, 2030):
        found = deadlines(year)
        assert [one.on for one in found] == sorted(one.on for one in found)
        assert all(one.article.startswith("Article") and one.mark == "P" for one in found)
        for one in found:
            assert one.on.isoformat() in one.sentence.message("en")
            assert one.on.isoformat() in one.sentence.message("zh")


def test_opencbam_has_the_same_dates() -> None:
    theirs = pytest.importorskip("opencbam.engine.deadlines")
    for year in (2026, 2027, 2030):
        assert dates(year, "surrender") == [theirs.surrender_deadline(year)]
        assert dates(year, "repurchase") == [theirs.repurchase_deadline(year + 1)]
        assert dates(year, "cancellation") == [theirs.cancellation_date(year, emission_year=year)]
    assert dates(2026, "sale") == [theirs.CERTIFICATE_SALE_START]


@pytest.mark.parametrize("quarter", [0, 5])
def test_there_are_four_quarters(quarter: int) -> None:
    with pytest.raises(ValueError, match="quarter"):
        quarter_end(2027, quarter)


def test_nothing_is_owed_for_2025() -> None:
    with pytest.raises(ValueError, match="2026"):
        deadlines(2025)


def test_half_without_mark_up_less_free_allocation(tables: Tables) -> None:
    """0.5 x 100 x (3.187 - 0.95 x 1.370) = 94.275."""
    found = holding([COIL], 2027, 1, tables)
    assert (found.emissions, found.by_defaults, found.enough) == (D("94.275"), 95, 95)
    assert (found.on, found.by_last_year, found.mark) == (date(2027, 3, 31), None, "?")


def test_last_year_may_be_referred_to_instead(tables: Tables) -> None:
    found = holding([COIL], 2027, 2, tables, last_year=D(101))
    assert (found.by_last_year, found.enough) == (51, 51)
    assert holding([COIL], 2027, 2, tables, last_year=D(1000)).enough == 95


def test_goods_of_a_holding_add_up(tables: Tables) -> None:
    other = Imported(cn="76041010", country="CN", quantity=D(10))
    both = holding([COIL, other], 2027, 1, tables)
    apart = [holding([one], 2027, 1, tables).emissions for one in (COIL, other)]
    assert both.emissions == sum(apart)
    assert holding([], 2027, 1, tables).by_defaults == 0


def test_an_unknown_country_holds_the_highest(tables: Tables) -> None:
    unknown = Imported(cn="72081000", country="", quantity=D(100))
    assert holding([unknown], 2027, 1, tables).emissions > holding([COIL], 2027, 1, tables).emissions


def test_no_holding_in_2026_or_of_electricity(tables: Tables) -> None:
    with pytest.raises(ValueError, match="2027"):
        holding([COIL], 2026, 4, tables)
    with pytest.raises(ValueError, match="Electricity"):
        holding([Imported(cn="27160000", country="UA", quantity=D(1))], 2027, 1, tables)


@pytest.mark.parametrize(
    ("exceeded", "first"),
    [
        (date(2027, 1, 1), date(2027, 6, 30)),
        (date(2027, 6, 30), date(2027, 9, 30)),
        (date(2027, 12, 31), date(2028, 3, 31)),
    ],
)
def test_who_exceeds_the_threshold_starts_a_quarter_later(exceeded: date, first: date) -> None:
    assert holding_starts(exceeded) == first
    with pytest.raises(ValueError, match="2027"):
        holding_starts(date(2026, 12, 31))


def test_opencbam_holds_the_same(tables: Tables) -> None:
    theirs = pytest.importorskip("opencbam.engine.financial")
    found = holding([COIL], 2027, 1, tables)
    (held,) = found.goods
    ytd = theirs.holding_requirement_tonnes(held.default * COIL.quantity, held.sefa * COIL.quantity)
    assert abs(ytd - found.emissions) <= D("0.0005")
