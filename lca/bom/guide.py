"""The guide sheet of the workbook: how to fill it in, what every column means, which choices there are."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from lca.bom.columns import sheets
from lca.bom.measures import DIMENSIONS, examples
from lca.bom.words import LABELS, label


def write_guide(page: Any, styles: dict[str, Any], language: str) -> None:
    """Write the guide in ``zh`` or ``en`` on an xlsxwriter worksheet."""
    text = resources.files("lca.bom").joinpath("guide.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)[language]
    chinese = language == "zh"
    page.hide_gridlines(2)
    page.set_column(0, 0, 36)
    page.set_column(1, 1, 96)
    page.set_row(0, 30)
    page.write_string(0, 0, words["title"], styles["title"])
    row = _section(page, styles, 2, words["how"])
    for number, step in enumerate(words["steps"], 1):
        page.set_row(row, 34)
        page.write_string(row, 0, f"{number}.", styles["plain"])
        page.write_string(row, 1, step, styles["plain"])
        row += 1
    row = _section(page, styles, row + 1, words["columns"])
    for sheet in sheets().values():
        for column in sheet.columns:
            name = f"{sheet.zh} · {column.zh}" if chinese else f"{sheet.en} · {column.en}"
            page.write_string(row, 0, f"{name} *" if column.required else name, styles["plain"])
            page.write_string(row, 1, column.hint[0 if chinese else 1], styles["plain"])
            row += 1
    row = _section(page, styles, row + 1, words["choices"])
    for column in (column for sheet in sheets().values() for column in sheet.columns if column.choices):
        page.write_string(row, 0, column.header, styles["plain"])
        page.write_string(row, 1, "；".join(map(label, column.choices or ())), styles["plain"])
        page.set_row(row, 34)
        row += 1
    row = _section(page, styles, row + 1, words["units"])
    for member, dimensions in DIMENSIONS.items():
        page.write_string(row, 0, " / ".join(LABELS[member]), styles["plain"])
        page.write_string(row, 1, examples(dimensions), styles["plain"])
        row += 1


def _section(page: Any, styles: dict[str, Any], row: int, text: str) -> int:
    page.write_string(row, 0, text, styles["section"])
    page.write_blank(row, 1, None, styles["section"])
    return row + 1
