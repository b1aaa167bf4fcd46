"""What differs between two versions of monitoring data, row by row and cell by cell, in the words of the workbook.

A record is found again by its id; a row without one by what it names (the process and source of a use, the record and
sink of a share) and, where several name the same, by its order among these.

Example: ``changes(before, after)[0].sentence("en")``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lca.cbam.monitoring import Monitoring
from lca.cbam.workbook.encode import encode
from lca.cbam.workbook.layout import Kind, Sheet, sheets
from lca.cbam.workbook.records import Row, rows

_WORDS = {
    "added": ("新增", "added"),
    "removed": ("删除", "removed"),
    "changed": ("修改", "changed"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``kind`` is ``added``, ``removed`` (whole records, ``field`` empty) or ``changed``.

    ``sheet`` and ``field`` are keys of the workbook's layout; ``record`` the id, or what the row names; ``before`` and
    ``after`` are values of the model, None where a cell is empty.
    """

    kind: str
    sheet: str
    record: str
    field: str = ""
    before: Any = None
    after: Any = None

    def where(self, language: str) -> str:
        """Sheet and record."""
        return " ".join(part for part in (sheets()[self.sheet].name(language), self.record) if part)

    def header(self, language: str) -> str:
        """The changed column; empty for whole records."""
        return sheets()[self.sheet].column(self.field).header(language) if self.field else ""

    def shown(self, value: Any, language: str) -> str:
        """A value as its cell shows it; a dash for an empty one."""
        if value is None:
            return "—"
        column = sheets()[self.sheet].column(self.field)
        if column.kind in (Kind.REF, Kind.REFS):
            return value if isinstance(value, str) else "; ".join(value)
        shown = encode(value, column, language)
        return f"{shown:.15g}" if isinstance(shown, float) else str(shown)

    def sentence(self, language: str) -> str:
        """Such as ``源流 F1：活动数据 由 560 改为 580``."""
        kind = _WORDS[self.kind][language == "en"]
        if not self.field:
            return (
                f"{self.where(language)}：{kind}" if language == "zh" else f"{self.where(language)}: {kind}"
            )
        before, after = self.shown(self.before, language), self.shown(self.after, language)
        if language == "zh":
            return f"{self.where(language)}：{self.header(language)} 由 {before} 改为 {after}"
        return f"{self.where(language)}: {self.header(language)} from {before} to {after}"


def changes(before: Monitoring, after: Monitoring) -> tuple[Change, ...]:
    """Every difference, in the order of the workbook; empty exactly when both are equal up to the order of rows."""
    old, new = rows(before), rows(after)
    return tuple(one for key, sheet in sheets().items() for one in _sheet(sheet, old[key], new[key]))


def _sheet(sheet: Sheet, old: Iterable[Row], new: Iterable[Row]) -> list[Change]:
    before, after = _named(sheet, old), _named(sheet, new)
    made = [Change("removed", sheet.key, name) for name in before if name not in after]
    for name, row in after.items():
        if name not in before:
            made.append(Change("added", sheet.key, name))
        else:
            made += _cells(sheet, name, before[name], row)
    return made


def _cells(sheet: Sheet, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [
        Change("changed", sheet.key, name, key, old.get(key), new.get(key))
        for key in sheet.by_key
        if old.get(key) != new.get(key)
    ]


def _named(sheet: Sheet, records: Iterable[Row]) -> dict[str, Row]:
    named: dict[str, Row] = {}
    met: Counter[str] = Counter()
    for row in records:
        name = _name(sheet, row)
        met[name] += 1
        named[name if met[name] == 1 else f"{name} #{met[name]}"] = row
    return named


def _name(sheet: Sheet, row: Row) -> str:
    if sheet.has_ids:
        return str(row["id"])
    names = [row.get(column.key, "") for column in sheet.columns if column.kind is Kind.REF]
    first = (
        ""
        if sheet.key in ("shares", "own_uses", "electricity_uses", "precursor_uses")
        else _second(sheet, row)
    )
    return " → ".join(str(name) for name in (*names, first) if name)


def _second(sheet: Sheet, row: Row) -> str:
    """What tells the rows of one parent apart: a route's letter, a composition's name, a parameter, an instrument."""
    keys = {"routes": "route", "compositions": "name", "parameters": "key", "carbon_prices": "instrument"}
    return str(row.get(keys.get(sheet.key, ""), ""))
