"""The tables as text: what is packaged is canonical, keys name one row, the digest sees everything but the order."""

from __future__ import annotations

import random
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam import rows
from databases.cbam.rows import TableDamaged
from databases.cbam.shelf import packaged
from databases.cbam.tables import Tables, open_tables


@pytest.mark.parametrize("table", sorted(rows.COLUMNS))
def test_packaged_tables_are_sound(table: str) -> None:
    text = packaged()[table].text
    found = rows.read_dicts(table, text)
    keys = [rows.key_of(table, row) for row in found]
    assert found and len(set(keys)) == len(keys)
    assert text.endswith("\n") and "\r" not in text
    assert rows.digest(rows.write(table, rows.read(table, text))) == rows.digest(text)


def test_they_stay_small() -> None:
    folder = resources.files("databases").joinpath("data", "cbam")
    sizes = {item.name: len(item.read_bytes()) for item in folder.iterdir()}
    assert sizes["defaults.csv"] < 700_000 and sum(sizes.values()) < 700_000
    assert set(sizes) == {f"{table}.csv" for table in (*rows.COLUMNS, "tables")}


def test_the_digest_sees_everything_but_the_order(tables: Tables) -> None:
    text = packaged()["prices"].text
    head, *lines = text.splitlines()
    random.Random(5).shuffle(lines)
    assert rows.digest("\n".join([head, *lines])) == rows.digest(text)
    assert rows.digest(text.replace("75.36", "75.37")) != rows.digest(text)
    assert tables.digest == Tables(dict(tables.files)).digest and len(tables.digest) == 64


def test_the_same_tables_are_opened_once() -> None:
    assert open_tables() is open_tables()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "year,quarter\n",
        "year,quarter,week,price,published,source,mark\n2026,1\n",
        packaged()["prices"].text.replace("week,", ""),
    ],
)
def test_a_damaged_table_is_refused(text: str) -> None:
    with pytest.raises(TableDamaged):
        rows.read("prices", text)


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=6))
def test_what_is_written_is_read_back(cells: list[list[str]]) -> None:
    text = rows.write("prices", cells)
    assert rows.read("prices", text) == sorted([" ".join(cell.split()) for cell in row] for row in cells)
    assert rows.digest(text) == rows.digest(rows.write("prices", cells[::-1]))


def test_rows_of_an_edition_join_those_below() -> None:
    below = packaged()["prices"].text
    above = rows.write(
        "prices", [["2026", "3", "", "76.1", "2026-10-05", "x", "P"], ["2026", "2", "", "75", "", "x", "P"]]
    )
    merged = {
        (row["quarter"], row["price"])
        for row in rows.read_dicts("prices", rows.joined("prices", below, above))
    }
    assert merged == {("1", "75.36"), ("2", "75"), ("3", "76.1")}
