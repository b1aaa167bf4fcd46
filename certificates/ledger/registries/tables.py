"""Registries whose tables are read, and the names of their columns.

Rules
1. A registry's file names its own columns, their source and how sure it is (P measured, S, M, D our own choice);
   ``common.toml`` holds names that any table may use and the words in cells.
2. Names are compared without regard to case, width and repeated spaces.
3. ``days`` is the order of a date with the year last (``dmy``, ``mdy``); where it is not given, such a date counts
   only when it can mean one day. ``numbers`` is ``comma`` (1,234), ``point`` (the point is always decimal) or
   ``plain`` (no separator that could mean two).

Example: ``registry("verra").columns["serial"]``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from certificates.ledger.entries import Purpose
from certificates.ledger.instruments import Kind

COMMON = "common.toml"
FOLDER = "certificates.ledger.registries"


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry's table: its columns by field, own names first; ``needed`` lists fields, with ``|`` for either.

    ``form`` is a pattern its serials must have beyond their grammar; ``transfers`` the trades behind every row.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    source: str
    mark: str
    needed: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]] = field(repr=False)
    days: str = ""
    numbers: str = "comma"
    form: str = ""
    country: str = ""
    project_prefix: str = ""
    transfers: int = 0

    def name(self, language: str) -> str:
        """Its name in ``zh`` or ``en``."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Words:
    """Words in cells, by what they mean, and what units may be retired for."""

    groups: Mapping[str, frozenset[str]]
    purposes: Mapping[Purpose, re.Pattern[str]]
    converted: re.Pattern[str]


def plain_name(text: str) -> str:
    """A column's name as it is compared (rule 2)."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


@cache
def registries() -> Mapping[str, Registry]:
    """All of them by key; read once."""
    return {name.removesuffix(".toml"): _read(name) for name in _files() if name != COMMON}


def registry(key: str) -> Registry:
    """One of them. Raises KeyError."""
    return registries()[key]


@cache
def common() -> Mapping[str, tuple[str, ...]]:
    """Names that a column may have in any table, by field."""
    return {name: tuple(titles) for name, titles in _load(COMMON)["columns"].items()}


@cache
def words() -> Words:
    """The words in cells; read once."""
    found = _load(COMMON)
    groups = {name: frozenset(plain_name(word) for word in many) for name, many in found["words"].items()}
    purposes = {Purpose(name): _any_of(many) for name, many in found["purposes"].items()}
    return Words(groups, purposes, _any_of(found["words"]["converted"]))


def _any_of(many: list[str]) -> re.Pattern[str]:
    """Any of the words, whole where they are Latin."""
    return re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" for word in many))


def _files() -> Iterator[str]:
    for one in sorted(resources.files(FOLDER).iterdir(), key=lambda one: one.name):
        if one.name.endswith(".toml"):
            yield one.name


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(FOLDER).joinpath(name).read_text(encoding="utf-8"))


def _read(name: str) -> Registry:
    table = _load(name)
    columns = {field_: tuple(titles) for field_, titles in table.pop("columns").items()}
    needed = tuple(tuple(part.strip() for part in one.split("|")) for one in table.pop("needed"))
    return Registry(
        key=name.removesuffix(".toml"), kind=Kind(table.pop("kind")), needed=needed, columns=columns, **table
    )
