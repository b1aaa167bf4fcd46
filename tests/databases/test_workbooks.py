"""Screening of .xlsx files: sound ones pass, every broken rule is told, sources may be larger than forms."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import workbooks
from databases.notices import SourceRefused
from databases.workbooks import FOR_SOURCES, Limits, screen

SHARED = Path(__file__).parents[3] / "shared" / "data"


def small() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Factors"
    book.active.append(["name", "amount"])
    book.active.append(["steel", 2.5])
    book.active.column_dimensions["A"].hidden = True
    hidden = book.create_sheet("About")
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


BOOK = small()
SHEET = "xl/worksheets/sheet1.xml"


def with_parts(change: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            how = change.get(name)
            new.writestr(name, how(old.read(name)) if callable(how) else old.read(name))
        for name, how in change.items():
            if not callable(how):
                new.writestr(name, how)
    return stream.getvalue()


def refusals(data: bytes, limits: Limits = FOR_SOURCES) -> list[tuple[str, str]]:
    with pytest.raises(SourceRefused) as caught:
        screen(data, "source.xlsx", limits)
    assert caught.value.notice is caught.value.notices[0]
    assert all(notice.message("zh") and notice.message("en") for notice in caught.value.notices)
    return [(notice.code, notice.where) for notice in caught.value.notices]


def test_a_sound_workbook_passes_and_what_is_hidden_is_noted() -> None:
    found = screen(BOOK, "factors.xlsx")
    assert list(found.sheets) == ["Factors", "About"]
    assert found.hidden_sheets == ["About"]
    assert found.sheets["Factors"].hidden_columns == [(1, 1)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook-empty"),
        (b"name,amount\n", "workbook-not-workbook"),
        (workbooks.OLE_MAGIC + b"\0" * 600, "workbook-old-format"),
        (workbooks.OLE_MAGIC + workbooks.ENCRYPTED_MARK, "workbook-encrypted"),
        (with_parts({"xl/vbaProject.bin": b"x"}), "workbook-macros"),
        (with_parts({"xl/externalLinks/externalLink1.xml": b"<x/>"}), "workbook-external"),
        (with_parts({"xl/embeddings/one.bin": b"x"}), "workbook-objects"),
        (with_parts({"../one.xml": b"<x/>"}), "workbook-unsafe-name"),
        (with_parts({"xl/more.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "workbook-unsafe-xml"),
        (with_parts({"xl/more.xml": b"<x>"}), "workbook-unsafe-xml"),
        (with_parts({"xl/media/one.bin": b"\0" * 3_000_000}), "workbook-bomb"),
        (with_parts({"xl/_rels/workbook.xml.rels": lambda _: b"<Relationships"}), "workbook-unsafe-xml"),
        (BOOK[:-200], "workbook-not-workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(data: bytes, code: str) -> None:
    assert refusals(data) == [(code, "source.xlsx")]


def test_a_damaged_number_is_told_by_its_cell() -> None:
    data = with_parts({SHEET: lambda part: part.replace(b"<v>2.5</v>", b"<v>NaN</v>")})
    assert refusals(data) == [("workbook-bad-number", "Factors!B2")]


def test_every_broken_rule_is_told() -> None:
    data = with_parts({"xl/vbaProject.bin": b"x", "xl/activeX/one.xml": b"<x/>"})
    assert [code for code, _ in refusals(data)] == ["workbook-macros", "workbook-objects"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(file=len(BOOK) - 1), "workbook-too-large"),
        (Limits(unpacked=5000), "workbook-bomb"),
        (Limits(elements=20), "workbook-unsafe-xml"),
    ],
)
def test_each_size_is_limited(limits: Limits, code: str) -> None:
    assert {found for found, _ in refusals(BOOK, limits)} == {code}


def test_sources_may_be_larger_than_forms_in_every_size() -> None:
    form = Limits()
    assert FOR_SOURCES.file > form.file
    assert FOR_SOURCES.unpacked > form.unpacked
    assert FOR_SOURCES.elements > form.elements


@pytest.mark.skipif(not SHARED.is_dir(), reason="reference data folder is not beside this checkout")
@pytest.mark.parametrize("pattern", ["desnz/*.xlsx", "usepa/*.xlsx", "cbam/*.xlsx"])
def test_workbooks_of_public_bodies_pass(pattern: str) -> None:
    paths = sorted(SHARED.glob(pattern))
    assert paths
    for path in paths:
        assert screen(path.read_bytes(), path.name).sheets


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_no_damage_raises_anything_else(position: int, damage: bytes) -> None:
    data = bytearray(BOOK)
    at = position % len(data)
    data[at : at + len(damage)] = damage
    found = workbooks.inspect(bytes(data), "x.xlsx")
    assert all(problem.code for problem in found.problems)
