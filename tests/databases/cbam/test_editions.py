"""Editions: installed once, checked by hash, applied by date; two sets of tables compared row by row."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from commissionmaking import benchmark_workbook, cell_of, default_workbook
from openpyxl import Workbook

from databases.cbam import rows
from databases.cbam.editions import EditionDamaged, compare, counts, editions, import_workbook
from databases.cbam.shelf import packaged
from databases.cbam.tables import open_tables
from databases.cbam.values import Price
from databases.notices import SourceRefused

AUGUST = date(2026, 8, 6)
BEGIN = date(2026, 1, 1)
PRICES = b"year,quarter,week,price,published,source,mark\n2026,3,,76.1,2026-10-05,ec-price,P\n"


def corrected(book: Workbook) -> None:
    """An act corrects one value of China and gives sheet piling another route."""
    cell_of(book["China"], "731815", "E").value = 6.5
    cell_of(book["China"], "7301", "I").value = "(E)"


def test_an_edition_replaces_the_table(tmp_path: Path) -> None:
    data = default_workbook(change=corrected)
    edition = import_workbook(tmp_path, data, "dv.xlsx", published=AUGUST, valid_from=BEGIN)
    assert (edition.kind, edition.published, edition.valid_from) == ("default-workbook", AUGUST, BEGIN)
    assert edition.tables == (("defaults", 756),) and len(edition.notices) == 2
    opened = open_tables(tmp_path, date(2026, 9, 1))
    assert opened.default("73181595", "CN").total == Decimal("6.5")
    assert opened.default("73181595", "US").fallback == "other-countries"
    assert opened.default("73181595", "CN").source == "dv.xlsx"
    assert open_tables().default("73181595", "CN").total == Decimal("6.375")
    assert opened.digest != open_tables().digest
    info = next(info for info in opened.infos if info.table == "defaults")
    assert (info.edition, info.source, info.published, info.rows) == (
        edition.name,
        "dv.xlsx",
        "2026-08-06",
        756,
    )
    assert editions(tmp_path) == (edition,)
    assert open_tables(tmp_path, date(2026, 9, 1)) is opened


def test_the_same_file_again_is_the_same_edition(tmp_path: Path) -> None:
    first, again = (
        import_workbook(tmp_path, PRICES, "p.csv", published=date(2026, 10, 5), valid_from=BEGIN)
        for _ in range(2)
    )
    assert first == again and len(editions(tmp_path)) == 1
    assert sorted(path.name for path in (tmp_path / first.name).iterdir()) == ["manifest.json", "prices.csv"]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [first.name]


def test_prices_join_the_others_and_a_later_one_corrects(tmp_path: Path) -> None:
    import_workbook(tmp_path, PRICES, "p.csv", published=date(2026, 10, 5), valid_from=BEGIN)
    later = PRICES.replace(b"76.1", b"76.2")
    import_workbook(tmp_path, later, "q.csv", published=date(2026, 10, 9), valid_from=BEGIN)
    found = open_tables(tmp_path).prices()
    assert [(price.quarter, str(price.value)) for price in found] == [(1, "75.36"), (2, "75.28"), (3, "76.2")]
    assert isinstance(open_tables(tmp_path).price(2026, 3), Price)


def test_the_schedule_takes_a_correction_factor(tmp_path: Path) -> None:
    data = (
        b"item,sector,from_year,to_year,value,source,mark\n"
        b"cscf,,2027,2027,0.98,Decision on the uniform factor,P\n"
    )
    import_workbook(tmp_path, data, "cscf.csv", published=date(2026, 11, 1), valid_from=BEGIN)
    opened = open_tables(tmp_path)
    assert (opened.cscf(2027).value, opened.cscf(2027).mark) == (Decimal("0.98"), "P")
    assert (opened.cscf(2026).mark, opened.cscf(2028).mark) == ("?", "?")
    assert opened.cbam_factor(2027) == Decimal("0.95")


def price_edition(root: Path, price: str, published: date, valid_from: date) -> None:
    data = PRICES.replace(b"76.1", price.encode())
    import_workbook(root, data, f"{price}.csv", published=published, valid_from=valid_from)


def test_which_edition_applies_on_a_date(tmp_path: Path) -> None:
    """Of those in force the one published last, however late an older one was installed."""
    price_edition(tmp_path, "80", date(2026, 12, 1), date(2027, 1, 1))
    price_edition(tmp_path, "70", date(2026, 10, 5), BEGIN)
    price_edition(tmp_path, "60", date(2026, 9, 1), date(2026, 9, 1))
    for on, value in ((BEGIN, "70"), (date(2026, 12, 31), "70"), (date(2027, 1, 1), "80"), (None, "80")):
        assert open_tables(tmp_path, on).price(2026, 3).value == Decimal(value)
    assert [edition.filename for edition in editions(tmp_path)] == ["60.csv", "70.csv", "80.csv"]


def test_benchmarks_of_2027_are_no_longer_provisional(tmp_path: Path) -> None:
    import_workbook(
        tmp_path, benchmark_workbook(), "bm.xlsx", published=date(2026, 12, 1), valid_from=date(2027, 1, 1)
    )
    assert open_tables(tmp_path, date(2026, 12, 31)).benchmark("72081000", "B", "C", 2027).provisional
    assert not open_tables(tmp_path, date(2027, 1, 1)).benchmark("72081000", "B", "C", 2027).provisional


def test_a_folder_that_is_not_there_has_no_editions(tmp_path: Path) -> None:
    assert editions(tmp_path / "none") == ()
    assert open_tables(tmp_path / "none").digest == open_tables().digest


def test_nothing_is_installed_from_a_bad_file(tmp_path: Path) -> None:
    root = tmp_path / "editions"
    for data, valid_from in ((PRICES.replace(b"76.1", b"x"), BEGIN), (PRICES, date(2025, 12, 31))):
        with pytest.raises(SourceRefused):
            import_workbook(root, data, "p.csv", published=AUGUST, valid_from=valid_from)
    assert not root.exists()


def test_an_edition_that_was_changed_is_refused(tmp_path: Path) -> None:
    edition = import_workbook(tmp_path / "a", PRICES, "p.csv", published=AUGUST, valid_from=BEGIN)

    def spoiled(number: int) -> Path:
        root = tmp_path / str(number)
        shutil.copytree(tmp_path / "a", root)
        return root

    table = spoiled(1)
    (table / edition.name / "prices.csv").write_bytes(PRICES.replace(b"76.1", b"67.1"))
    gone = spoiled(2)
    (gone / edition.name / "prices.csv").unlink()
    manifest = spoiled(3)
    path = manifest / edition.name / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"published": "2030-01-01"}))
    without = spoiled(4)
    (without / edition.name / "manifest.json").unlink()
    renamed = spoiled(5)
    (renamed / edition.name).rename(renamed / "0123456789ab")
    for root in (table, gone, manifest, without, renamed):
        with pytest.raises(EditionDamaged) as told:
            open_tables(root)
        assert "import again" in str(told.value)


def test_what_a_kill_left_behind_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".building-x").mkdir()
    assert editions(tmp_path) == ()
    import_workbook(tmp_path, PRICES, "p.csv", published=AUGUST, valid_from=BEGIN)
    assert not (tmp_path / ".building-x").exists()


def test_row_by_row(tmp_path: Path) -> None:
    import_workbook(
        tmp_path, default_workbook(change=corrected), "dv.xlsx", published=AUGUST, valid_from=BEGIN
    )
    import_workbook(tmp_path, PRICES, "p.csv", published=AUGUST, valid_from=BEGIN)
    changes = compare(open_tables(), open_tables(tmp_path))
    by_key = {(change.table, change.key): change for change in changes}
    screws = by_key["defaults", ("CN", "731815", "")]
    assert screws.before is not None and screws.after is not None
    assert (screws.kind, screws.before["total"], screws.after["total"]) == ("changed", "6.375", "6.5")
    assert screws.relative == (Decimal("6.5") - Decimal("6.375")) / Decimal("6.375")
    piling = by_key["defaults", ("CN", "7301", "")]
    assert piling.relative == 0 and piling.after is not None and piling.after["routes"] == "E"
    added = by_key["prices", ("2026", "3", "")]
    assert (added.kind, added.before, added.relative) == ("added", None, None)
    counted = counts(changes)
    assert counted["prices"] == {"added": 1, "removed": 0, "changed": 0}
    kept = sum(
        row["country"] in ("CN", "MM", "other")
        for row in rows.read_dicts("defaults", packaged()["defaults"].text)
    )
    assert counted["defaults"] == {"added": 0, "removed": 11658 - kept, "changed": 2}


def test_there_and_back_and_nothing_against_itself(tmp_path: Path) -> None:
    import_workbook(tmp_path, PRICES, "p.csv", published=AUGUST, valid_from=BEGIN)
    old, new = open_tables(), open_tables(tmp_path)
    assert compare(old, old) == ()
    assert [(c.key, c.before, c.after) for c in compare(new, old)] == [
        (c.key, c.after, c.before) for c in compare(old, new)
    ]
