"""What both EcoSpold readers share: years, CAS numbers, distributions, tallies."""

from __future__ import annotations

import pytest

from databases.importers.ecospold import Tally, cas_number, through_bw2io, uncertainty, year_of
from databases.notices import Severity

YEARS = [
    (("2019-01-01", "2022-12-31", "", "2024-05-01T12:00:00"), 2022),
    (("2009-12-31-07:00", "2009-12-31-07:00", "2010", "2021-01-24T02:23:14.973-07:00"), 2010),
    (("2013-12-31-07:00", "2014-11-30-07:00", "", "2021-01-24T02:23:14-07:00"), 2014),
    (("2009-12-31+08:00", "2009-12-31+08:00", "", "2021-01-24"), 2009),
    (("2009-12-31-07:00", "2100-12-30-07:00", "2010 and after", "2021-01-24"), 2010),
    (("9998-12-31-07:00", "9998-12-31-07:00", "data of 1998 and 2004", "2021-01-24"), 2004),
    (("1899-12-31-07:00", "1899-12-31-07:00", "", "2021-01-24"), None),
    (("2010", "2012", "", ""), 2012),
    (("", "2049-01-01", "", ""), 2049),
    (("", "2049-01-01", "", "2021-01-24"), None),
    (("", "", "", ""), None),
    (("so", "and so", "long ago", "then"), None),
]


@pytest.mark.parametrize(("dates", "year"), YEARS)
def test_the_year_that_data_stand_for(dates: tuple[str, str, str, str], year: int | None) -> None:
    assert year_of(*dates) == year


@pytest.mark.parametrize(
    ("written", "cas"),
    [
        ("124-38-9", "124-38-9"),
        ("000124-38-9", "124-38-9"),
        ("0000050-00-0", "50-00-0"),
        ("CAS 8030-30-6", "8030-30-6"),
        ("7732185", "7732-18-5"),
        ("7732190", ""),
        ("124-38-8", ""),
        ("129874-8-4", ""),
        ("NaN", ""),
        ("", ""),
    ],
)
def test_a_cas_number_counts_with_its_check_digit(written: str, cas: str) -> None:
    assert cas_number(written) == cas


@pytest.mark.parametrize(
    "raw",
    [
        {"uncertainty type": 2, "scale": 0.0},
        {"uncertainty type": 2, "scale": float("nan")},
        {"uncertainty type": 2},
        {"uncertainty type": 3, "scale": -1.0},
        {"uncertainty type": 4, "minimum": 2.0, "maximum": 1.0},
        {"uncertainty type": 4, "minimum": 1.0},
        {"uncertainty type": 5, "minimum": 0.0, "maximum": 1.0, "loc": 2.0},
        {"uncertainty type": 5, "minimum": 0.0, "maximum": float("inf"), "loc": 2.0},
        {"uncertainty type": 99, "scale": 1.0},
    ],
)
def test_a_distribution_that_cannot_be_is_none(raw: dict[str, float]) -> None:
    assert uncertainty(raw, 1.0) == {"uncertainty type": 0, "loc": 1.0}


def test_a_lognormal_of_nothing_is_none() -> None:
    assert uncertainty({"uncertainty type": 2, "scale": 0.1}, 0.0) == {"uncertainty type": 0, "loc": 0.0}


def test_a_tally_tells_each_trouble_once_with_its_count() -> None:
    tally = Tally()
    for name in ("first", "second"):
        tally.add(Severity.WARNING, "ecospold-no-reference", f"{name}.xml", name=name)
    (notice,) = tally.notices()
    assert (notice.severity, notice.where) == (Severity.WARNING, "first.xml")
    assert "2 process(es)" in notice.message("en")
    assert "first" in notice.message("zh")


def test_a_library_that_fails_or_loses_something_has_refused() -> None:
    def fails() -> list[dict[str, object]]:
        raise KeyError("person\n 7")

    assert through_bw2io(fails, [1]) == ([], "KeyError: 'person\\n 7'")
    found, reason = through_bw2io(lambda: [{"exchanges": [1]}], [2])
    assert found == []
    assert "another number" in reason
    assert through_bw2io(lambda: [{"exchanges": [1]}], [1]) == ([{"exchanges": [1]}], "")


def test_running_out_of_memory_is_no_refusal() -> None:
    def fails() -> list[dict[str, object]]:
        raise MemoryError

    with pytest.raises(MemoryError):
        through_bw2io(fails, [1])
