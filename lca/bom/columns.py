"""The sheets and columns of the inventory workbook, read from ``columns.toml``.

One table serves the writer, the reader and the guide. Headers are bilingual (``物料名称 / Name``); the reader
accepts either half, the whole and the aliases, in any order.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from lca.bom.words import normalise
from lca.inventory import Boundary, ElectricitySource, LineKind, Stage

MAX_ROWS = 20_000
"""Rows read from one table sheet; more is a finding."""

CHOICES: dict[str, type[StrEnum]] = {
    "boundary": Boundary,
    "stage": Stage,
    "kind": LineKind,
    "electricity-source": ElectricitySource,
}


class Form(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a row of the product form. ``hint`` is (Chinese, English)."""

    key: str
    zh: str
    en: str
    form: Form
    required: bool
    width: int
    hint: tuple[str, str]
    choices: type[StrEnum] | None
    aliases: tuple[str, ...]

    @property
    def header(self) -> str:
        """``物料名称 / Name``."""
        return f"{self.zh} / {self.en}"

    def spellings(self) -> frozenset[str]:
        """Normalised headers that mean this column."""
        return _normalised(self.header, self.zh, self.en, self.key, *self.aliases)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its names and its columns (for the product sheet, its form rows)."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """``清单 Inventory``: the name in the workbook we ship."""
        return f"{self.zh} {self.en}"

    def spellings(self) -> frozenset[str]:
        """Normalised sheet names that mean this sheet."""
        return _normalised(self.name, self.zh, self.en)

    def by_key(self) -> dict[str, Column]:
        """Columns by key, in their order."""
        return {column.key: column for column in self.columns}

    def by_spelling(self) -> dict[str, Column]:
        """Columns by normalised header."""
        return {spelling: column for column in self.columns for spelling in column.spellings()}


@cache
def _normalised(*texts: str) -> frozenset[str]:
    return frozenset(map(normalise, texts))


@cache
def sheets() -> dict[str, Sheet]:
    """The sheets that are read: product, processes, inventory, transport; by key, in their order."""
    text = resources.files("lca.bom").joinpath("columns.toml").read_text(encoding="utf-8")
    return {
        key: Sheet(key, table["zh"], table["en"], tuple(_column(row) for row in table["columns"]))
        for key, table in tomllib.loads(text).items()
    }


def _column(row: dict[str, Any]) -> Column:
    return Column(
        row["key"],
        row["zh"],
        row["en"],
        Form(row["form"]),
        row["required"],
        row["width"],
        (row["hint"]["zh"], row["hint"]["en"]),
        CHOICES[row["choices"]] if "choices" in row else None,
        tuple(row.get("also", ())),
    )
