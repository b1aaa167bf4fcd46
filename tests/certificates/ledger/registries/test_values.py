"""Days, periods and numbers; what can mean two things is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.ledger.registries.values import Unreadable, day, is_rounded, number, period

MARCH_5 = date(2025, 3, 5)
DAYS = [
    ("2025-03-05", ""),
    ("2025/3/5", ""),
    ("2025.03.05", ""),
    ("20250305", ""),
    ("2025年3月5日", ""),
    ("２０２５年３月５日", ""),
    ("2025-03-05T12:35:58.842275", ""),
    ("2025-03-05T18:33:46.000Z", ""),
    ("2025-03-05 20:20:59", ""),
    ("5 March 2025", ""),
    ("05-Mar-2025", ""),
    ("March 5, 2025", ""),
    ("05/03/2025", "dmy"),
    ("3/5/2025 7:10:41 PM", "mdy"),
    ("03/05/2025", "mdy"),
]


@pytest.mark.parametrize(("text", "order"), DAYS)
def test_days(text, order):
    assert day(text, order) == MARCH_5


def test_a_day_that_can_mean_only_one_needs_no_order():
    assert day("13/03/2025") == day("03/13/2025") == date(2025, 3, 13)
    assert day("04/04/2025") == date(2025, 4, 4)


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("03/05/2025", "", "cell-day-ambiguous"),
        ("03/13/2025", "dmy", "cell-no-day"),
        ("13/03/2025", "mdy", "cell-no-day"),
        ("2025-02-30", "", "cell-no-day"),
        ("5 Mai 2025", "", "cell-no-day"),
        ("05/03/25", "dmy", "cell-no-day"),
        ("45721", "", "cell-no-day"),
        ("", "", "cell-no-day"),
    ],
)
def test_days_that_are_refused(text, order, code):
    with pytest.raises(Unreadable) as caught:
        day(text, order)
    assert caught.value.code == code


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_survives_every_way_of_writing_it(one):
    written = [
        (one.isoformat(), ""),
        (f"{one:%Y%m%d}", ""),
        (f"{one.year}年{one.month}月{one.day}日", ""),
        (f"{one:%d/%m/%Y}", "dmy"),
        (f"{one:%m/%d/%Y}", "mdy"),
    ]
    assert {day(text, order) for text, order in written} == {one}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024.0", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024年度", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("202402", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024年2月", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2010-01-01 / 2018-09-30", date(2010, 1, 1), date(2018, 9, 30)),
        ("2024年1月至2024年3月", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-01 ~ 2024-03", date(2024, 1, 1), date(2024, 3, 31)),
    ],
)
def test_periods(text, start, end):
    assert period(text) == (start, end)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-03-01 / 2024-01-01", "spring 2024"])
def test_periods_that_are_refused(text):
    with pytest.raises(Unreadable):
        period(text)


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("1454054", "comma", "1454054"),
        ("1,454,054", "comma", "1454054"),
        ("1，454，054", "comma", "1454054"),
        ("531.0", "comma", "531.0"),
        ("1 454 054", "plain", "1454054"),
        ("1'454'054", "plain", "1454054"),
        ("531.125", "point", "531.125"),
        ("2710.062", "comma", "2710.062"),
    ],
)
def test_numbers(text, style, value):
    assert number(text, style) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style", "code"),
    [
        ("24.000", "comma", "cell-number-ambiguous"),
        ("1,234", "plain", "cell-number-ambiguous"),
        ("1.234.567", "comma", "cell-no-number"),
        ("12,34", "comma", "cell-no-number"),
        ("-5", "comma", "cell-no-number"),
        ("1e5", "comma", "cell-no-number"),
        ("NaN", "comma", "cell-no-number"),
        ("٣", "comma", "cell-no-number"),
        ("9" * 19, "comma", "cell-no-number"),
        ("", "comma", "cell-no-number"),
    ],
)
def test_numbers_that_are_refused(text, style, code):
    with pytest.raises(Unreadable) as caught:
        number(text, style)
    assert caught.value.code == code


@given(
    st.text(max_size=30), st.sampled_from(["", "dmy", "mdy"]), st.sampled_from(["comma", "point", "plain"])
)
def test_any_text_is_read_or_refused(text, order, style):
    for read, how in ((day, order), (period, order), (number, style)):
        with suppress(Unreadable):
            read(text, how)


def test_rounded_codes():
    assert is_rounded("1.23457E+31") and is_rounded("3e31")
    assert not is_rounded("WF320623202300017202607000000001")
