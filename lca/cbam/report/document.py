"""A document as data: sections of fields, tables and statements, every text in Chinese and English side by side.

Rules
1. A cell is typed: words, a number with its unit, a day, or a blank that the operator fills in. Nothing is formatted
   here; whoever draws the document (PDF, workbook, text file) groups digits and writes dates.
2. Numbers are exact decimals, already rounded by the rules of the report; drawing never rounds.
3. A section is never empty: where an item does not apply, a statement says why.

Example: ``Section("7", same("Total"), (Fields((Field(same("Direct"), Number(Decimal(12), "tCO2e")),)),))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lca.findings import in_language

LANGUAGES = ("zh", "en")


class EmptySection(ValueError):
    """A section has nothing in it: an item that does not apply says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in ``zh`` or ``en``; raises ValueError for another language."""
        if language not in LANGUAGES:
            raise ValueError(f"Language {language!r} is not zh or en.")
        return self.zh if language == "zh" else self.en


def same(text: str) -> Words:
    """A name or code that is written alike in both languages; one given in both is each language's own."""
    return Words(in_language(text, "zh"), in_language(text, "en"))


@dataclass(frozen=True, slots=True)
class Number:
    """An exact figure and its unit; ``unit`` is empty where the column names it."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    value: date


@dataclass(frozen=True, slots=True)
class Blank:
    """Something only the operator can state; drawn as a marked space with the hint."""

    hint: Words


Cell = Words | Number | Day | Blank


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value."""

    label: Words
    value: Cell


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels and values, one below the other."""

    rows: tuple[Field, ...]
    caption: Words | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a column; ``unit`` of all its numbers; ``weight`` is its share of the width."""

    title: Words
    unit: str = ""
    weight: float = 1.0
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns; every row has as many cells as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: Words | None = None

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("A row has another number of cells than the table has columns.")


class Kind(StrEnum):
    """What a statement is: plain text, why an item does not apply, a confirmation, or something still to do."""

    TEXT = "text"
    NOT_APPLICABLE = "not-applicable"
    CONFIRMED = "confirmed"
    TO_STATE = "to-state"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence."""

    words: Words
    kind: Kind = Kind.TEXT
    caption: Words | None = None


Block = Fields | Table | Statement


@dataclass(frozen=True, slots=True)
class Section:
    """An item: its number as in the Annex, heading, content. ``group`` gathers sections on one sheet of a workbook."""

    number: str
    title: Words
    blocks: tuple[Block, ...]
    group: Words = Words("内容", "Content")

    def __post_init__(self) -> None:
        if not self.blocks:
            raise EmptySection(f"{self.number}: {EmptySection.__doc__}")


class Layout(StrEnum):
    """A report with numbered items, or a letter."""

    REPORT = "report"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document. ``facts`` stand under the title; ``running`` in the head of every page; ``notice`` says which
    language version counts; ``clause`` is the act and annex the items' numbers belong to. ``made_on`` dates the file.
    """

    kind: str
    title: Words
    clause: Words
    facts: tuple[Field, ...]
    running: tuple[Words, ...]
    notice: Words
    sections: tuple[Section, ...]
    made_on: date
    layout: Layout = Layout.REPORT


def cells(document: Document) -> Iterator[Cell]:
    """Every cell of the document: facts, fields and tables, in order."""
    yield from (fact.value for fact in document.facts)
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Fields):
                yield from (row.value for row in block.rows)
            elif isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)


def texts(document: Document, language: str) -> Iterator[str]:
    """Every text as drawn in one language: titles, captions, labels, words, statements, hints; no numbers."""
    yield from (words.of(language) for words in _words(document))


def blanks(document: Document) -> tuple[tuple[str, Words], ...]:
    """What the operator still has to state: (section number, hint)."""
    found: list[tuple[str, Words]] = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Statement):
                found += [(section.number, block.words)] if block.kind is Kind.TO_STATE else []
                continue
            values = (
                [row.value for row in block.rows]
                if isinstance(block, Fields)
                else [cell for row in block.rows for cell in row]
            )
            found += [(section.number, value.hint) for value in values if isinstance(value, Blank)]
    return tuple(found)


def as_dict(document: Document, language: str) -> dict[str, Any]:
    """JSON in one language, for the API and the pages: numbers as decimal strings, days as ISO dates."""
    return {
        "kind": document.kind,
        "title": document.title.of(language),
        "clause": document.clause.of(language),
        "notice": document.notice.of(language),
        "layout": document.layout.value,
        "running": [words.of(language) for words in document.running],
        "made_on": document.made_on.isoformat(),
        "facts": [_field(fact, language) for fact in document.facts],
        "sections": [
            {
                "number": section.number,
                "title": section.title.of(language),
                "group": section.group.of(language),
                "blocks": [_block(block, language) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _block(block: Block, language: str) -> dict[str, Any]:
    caption = block.caption.of(language) if block.caption else ""
    if isinstance(block, Statement):
        return {
            "is": "statement",
            "caption": caption,
            "kind": block.kind.value,
            "text": block.words.of(language),
        }
    if isinstance(block, Fields):
        return {"is": "fields", "caption": caption, "rows": [_field(row, language) for row in block.rows]}
    columns = [
        {"title": one.title.of(language), "unit": one.unit, "weight": one.weight, "numeric": one.numeric}
        for one in block.columns
    ]
    rows = [[_cell(cell, language) for cell in row] for row in block.rows]
    return {"is": "table", "caption": caption, "columns": columns, "rows": rows}


def _field(field: Field, language: str) -> dict[str, Any]:
    return {"label": field.label.of(language), "value": _cell(field.value, language)}


def _cell(cell: Cell, language: str) -> dict[str, str]:
    if isinstance(cell, Words):
        return {"is": "text", "text": cell.of(language)}
    if isinstance(cell, Number):
        return {"is": "number", "text": f"{cell.value:f}", "unit": cell.unit}
    if isinstance(cell, Day):
        return {"is": "day", "text": cell.value.isoformat()}
    return {"is": "blank", "text": cell.hint.of(language)}


def _words(document: Document) -> Iterator[Words]:
    yield from (document.title, document.clause, document.notice, *document.running)
    for fact in document.facts:
        yield fact.label
    for section in document.sections:
        yield from (section.title, section.group)
        for block in section.blocks:
            if block.caption:
                yield block.caption
            if isinstance(block, Statement):
                yield block.words
            elif isinstance(block, Fields):
                yield from (row.label for row in block.rows)
            else:
                yield from (column.title for column in block.columns)
    for cell in cells(document):
        if isinstance(cell, Words):
            yield cell
        elif isinstance(cell, Blank):
            yield cell.hint
