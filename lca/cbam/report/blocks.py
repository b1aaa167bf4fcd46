"""Small makers of blocks, so that the items read as what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lca.cbam.report.document import Blank, Cell, Column, Field, Fields, Kind, Statement, Table, Words
from lca.cbam.report.words import say


def fields(*rows: tuple[str, Cell], caption: Words | None = None) -> Fields:
    """Label keys (``label-…`` of the words) with their values."""
    return Fields(tuple(Field(say(f"label-{key}"), value) for key, value in rows), caption)


def text(key: str, weight: float = 1.6) -> Column:
    """A column of words under the head ``col-<key>``."""
    return Column(say(f"col-{key}"), "", weight)


def number(key: str, unit: str = "", weight: float = 1.0) -> Column:
    """A column of numbers, to the right."""
    return Column(say(f"col-{key}"), unit, weight, numeric=True)


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], caption: Words | None = None, empty: str = ""
) -> Table | Statement:
    """A table, or the statement ``empty`` (not applicable) where it would have no row."""
    listed = tuple(tuple(row) for row in rows)
    if not listed and empty:
        return Statement(say(empty), Kind.NOT_APPLICABLE, caption)
    return Table(tuple(columns), listed, caption)


def nothing(key: str, caption: Words | None = None, **details: object) -> Statement:
    """Why an item does not apply."""
    return Statement(say(key, **details), Kind.NOT_APPLICABLE, caption)


def confirmed(key: str, caption: Words | None = None, **details: object) -> Statement:
    """A confirmation the data bear out."""
    return Statement(say(key, **details), Kind.CONFIRMED, caption)


def to_state(key: str, caption: Words | None = None, **details: object) -> Statement:
    """Something the operator has still to state."""
    return Statement(say(key, **details), Kind.TO_STATE, caption)


def plain(key: str, caption: Words | None = None, **details: object) -> Statement:
    """A sentence."""
    return Statement(say(key, **details), Kind.TEXT, caption)


def own_words(words: Words, caption: Words | None = None) -> Statement:
    """A sentence of the operator's own."""
    return Statement(words, Kind.TEXT, caption)


def blank(key: str = "hint-state") -> Blank:
    """A space for the operator."""
    return Blank(say(key))
