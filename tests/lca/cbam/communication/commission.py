"""The Commission's files (not shipped), LibreOffice, and cells typed by hand, for the tests of this package."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from lca.cbam.communication import Reading, read
from lca.cbam.communication.book import MAIN, Book, Held
from lca.cbam.communication.lists import lists
from lca.cbam.communication.values import Cells

SHARED = Path(__file__).parents[5] / "shared" / "data" / "cbam"
TEMPLATE = SHARED / "CBAM_Communication_template_for_installations_en_20241213.xlsx"
EXAMPLES = tuple(sorted((SHARED / "examples").glob("*.xlsx"))) if SHARED.exists() else ()
SOFFICE = shutil.which("soffice")

needs_files = pytest.mark.skipif(not TEMPLATE.exists(), reason="the Commission's template is not shipped")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


@cache
def template() -> bytes:
    """The blank template, version 2.1.1."""
    return TEMPLATE.read_bytes()


@cache
def example(name: str) -> bytes:
    """A filled example of version 2.1, by a word in its name."""
    return next(path for path in EXAMPLES if name in path.name).read_bytes()


@cache
def reading(name: str) -> Reading:
    """A filled example as our reader has it."""
    return read(example(name), f"{name}.xlsx")


def recalculated(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """The workbooks opened, calculated and saved by LibreOffice, in one run with a profile of its own."""
    source, target = folder / "in", folder / "out"
    source.mkdir()
    for name, data in files.items():
        (source / f"{name}.xlsx").write_bytes(data)
    profile = (folder / "profile").as_uri()
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
    ]
    paths = [str(source / f"{name}.xlsx") for name in files]
    subprocess.run([*command, str(target), *paths], check=True, capture_output=True, timeout=240)
    return {name: (target / f"{name}.xlsx").read_bytes() for name in files}


class Sheets:
    """Cells typed by hand in place of a workbook: ``Sheets({"B_EmInst": {"D17": "Combustion"}})``."""

    calculated = True
    from_1904 = False

    def __init__(self, cells: dict[str, dict[str, Any]], formulas: frozenset[str] = frozenset()) -> None:
        self._cells = cells
        self._formulas = formulas

    def at(self, sheet: str, cell: str) -> Held:
        value = self._cells.get(sheet, {}).get(cell)
        number = isinstance(value, int) and not isinstance(value, bool)
        return Held(float(value) if number else value, cell in self._formulas, 0)

    def values(self, sheet: str) -> dict[str, Any]:
        return dict(self._cells.get(sheet, {}))


def typed(cells: dict[str, dict[str, Any]], formulas: frozenset[str] = frozenset()) -> Cells:
    """A reader's view of cells typed by hand, with the English lists."""
    return Cells(Sheets(cells, formulas), lists({}))  # type: ignore[arg-type]


def changed(data: bytes, sheet: str, cells: dict[str, Any]) -> bytes:
    """A workbook with cells overwritten, results kept: what a user might have typed."""
    part = Book(data).parts[sheet]
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, _overwritten(content, cells) if entry.filename == part else content)
    return target.getvalue()


@cache
def book() -> Book:
    """The blank template, opened."""
    return Book(template())


def overwritten(book: Book, sheet: str, cells: dict[str, Any]) -> Book:
    """An opened workbook with values in place of what some cells hold: ``changed`` without a file."""
    made = copy(book)
    new = {cell: Held(value, False, book.at(sheet, cell).style) for cell, value in cells.items()}
    made._sheets = {**book._sheets, sheet: {**book.sheet(sheet), **new}}
    return made


def _overwritten(xml: bytes, cells: dict[str, Any]) -> bytes:
    root = etree.fromstring(xml)
    found = {cell.get("r"): cell for cell in root.iter(f"{MAIN}c")}
    for name, value in cells.items():
        cell = found[name]
        for child in list(cell):
            cell.remove(child)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t").text = value
        else:
            cell.attrib.pop("t", None)
            etree.SubElement(cell, f"{MAIN}v").text = repr(value)
    return etree.tostring(root)


def codes(findings: Any) -> list[str]:
    """The codes of findings, in order."""
    return [finding.code for finding in findings]
