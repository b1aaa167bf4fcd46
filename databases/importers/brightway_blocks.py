"""Rows of Brightway's tables -> databases, activities, parameters: as ``bw2io``'s Excel importer reads them.

Rules are those of :mod:`databases.importers.brightway`. A row ends at its last filled cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Raw = dict[str, Any]
_TEXTS = ("name", "reference product", "unit", "location", "code", "database", "type", "comment", "formula")
_END = ("activity", "database", "project parameters", "database parameters")


@dataclass(slots=True)
class Block:
    """One sheet or file: (row number, cells) of its rows."""

    name: str
    rows: list[tuple[int, list[Any]]]

    def counted(self) -> list[list[Any]]:
        """The cells of rows that count (rule 2): a leading ``cutoff`` limits the columns, ``skip`` leaves all."""
        rows = [cells for _, cells in self.rows]
        first = rows[0][0] if rows and rows[0] else None
        if not isinstance(first, str) or first.casefold() == "skip":
            return []
        if first.casefold() == "cutoff" and len(rows[0]) > 1:
            try:
                most = int(float(rows[0][1]))
            except (TypeError, ValueError, OverflowError):
                return rows
            return [cells[:most] for cells in rows]
        return rows


def database(blocks: list[Block]) -> tuple[str, Raw]:
    """Name and fields of the first ``Database`` block; empty where there is none."""
    for block in blocks:
        rows = block.counted()
        for index, cells in enumerate(rows):
            if _word(cells) == "database" and len(cells) > 1 and cells[1]:
                return str(cells[1]).strip(), _fields(rows[index + 1 :])
    return "", {}


def activities(blocks: list[Block]) -> list[Raw]:
    """Every activity with its fields, parameters and exchanges, in order."""
    found = []
    for block in blocks:
        current: list[list[Any]] | None = None
        for cells in block.counted():
            word = _word(cells)
            if word == "activity" and len(cells) > 1 and isinstance(cells[1], str) and cells[1]:
                current = [cells]
                found.append((block.name, current))
            elif word in _END and (word != "database" or len(cells) > 1):
                current = None
            elif current is not None and not _blank(cells):
                current.append(cells)
    return [_activity(name, rows) for name, rows in found]


def parameters(blocks: list[Block], title: str) -> dict[str, Raw]:
    """Parameters of every section of this title, by name."""
    found: dict[str, Raw] = {}
    for block in blocks:
        section: list[list[Any]] | None = None
        for cells in (*block.counted(), []):  # an empty row ends a section, and so does the end
            if section is not None and _blank(cells):
                found |= _named(_labelled(section))
                section = None
            elif section is not None:
                section.append(cells)
            elif _word(cells) == title:
                section = []
    return found


def _activity(sheet: str, rows: list[list[Any]]) -> Raw:
    sections: dict[str, list[list[Any]]] = {"": []}
    section = ""
    for cells in rows[1:]:
        if (word := _word(cells)) in ("exchanges", "parameters"):
            section = word
            sections.setdefault(section, [])
        else:
            sections[section].append(cells)
    found: Raw = {key: value for key, value in _fields(sections[""]).items() if value is not None}
    found |= {"name": str(rows[0][1]).strip(), "worksheet name": sheet}
    found["exchanges"] = _labelled(sections.get("exchanges", []))
    if named := _named(_labelled(sections.get("parameters", []))):
        found["parameters"] = named
    return found


def _fields(rows: list[list[Any]]) -> Raw:
    found: Raw = {}
    for cells in rows:
        if _blank(cells) or _word(cells) in _END:
            break
        if isinstance(cells[0], str) and cells[0]:
            value = _restored(cells[0], cells[1] if len(cells) > 1 else None)
            found[cells[0]] = (value,) if cells[0] == "categories" and isinstance(value, str) else value
    return found


def _labelled(rows: list[list[Any]]) -> list[Raw]:
    """Rows under a row of column heads, as dictionaries; empty cells are left out."""
    if not rows:
        return []
    heads = [str(cell).strip() if cell is not None else "" for cell in rows[0]]
    found = []
    for cells in rows[1:]:
        item: Raw = {}
        for head, cell in zip(heads, cells, strict=False):
            value = _restored(head, cell)
            if head and value is not None and value != "":
                item[head] = (value,) if head == "categories" and isinstance(value, str) else value
        if item:
            found.append(item)
    return found


def _named(items: list[Raw]) -> dict[str, Raw]:
    return {str(item["name"]): item for item in items if item.get("name") is not None}


def _restored(key: str, cell: Any) -> Any:
    """Rule 3: paths, truth values, numbers, nothing. What names a thing stays the text it is."""
    if not isinstance(cell, str):
        return cell
    plain = cell.strip()
    if plain == "(Unknown)":
        return None
    if "::" in plain:
        return tuple(plain.split("::"))
    if key in _TEXTS:
        return plain
    if plain.casefold() in ("true", "false"):
        return plain.casefold() == "true"
    try:
        value = float(plain)
    except ValueError:
        return plain
    return value if math.isfinite(value) else plain


def _word(cells: list[Any]) -> str:
    return cells[0].strip().casefold() if cells and isinstance(cells[0], str) else ""


def _blank(cells: list[Any]) -> bool:
    return not any(cell is not None and cell != "" for cell in cells)
