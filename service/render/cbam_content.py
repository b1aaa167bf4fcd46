"""A CBAM document -> what the template draws: strings of one language, widths of columns.

Rules
1. Numbers keep every digit; they gain grouping commas, a true minus sign and their unit, nothing else.
2. Every text passes ``fonts.printable``; Typst receives it as data, never as markup.
3. A run without blanks may break: after a slash, and every eighth sign of a long one.
4. Widths follow the content: a column is never narrower than its longest unbreakable run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lca.cbam.report.document import (
    Blank,
    Block,
    Cell,
    Column,
    Day,
    Document,
    Fields,
    Number,
    Statement,
    Table,
)
from service.render.figures import grouped
from service.render.fonts import MISSING, printable

BREAK = "\N{ZERO WIDTH SPACE}"
JOINT = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""
TALL = 400
"""Signs from which a row may break across pages."""
ROOM = 112
"""Half-width signs that fit a line of a table at its usual size."""
HEAD = 18.0
"""Signs a head may ask for."""
GAP = 2.4
"""Signs between two columns."""
_LONG = re.compile(r"[!-~]{17,}")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff]"
)


def content(document: Document, language: str) -> dict[str, Any]:
    """Everything the template draws, JSON-ready. Raises ValueError for a language that is not zh or en."""
    drawn: dict[str, Any] = {
        "language": language,
        "layout": document.layout.value,
        "title": breakable(document.title.of(language)),
        "clause": breakable(document.clause.of(language)),
        "notice": breakable(document.notice.of(language)),
        "running": [breakable(words.of(language)) for words in document.running],
        "facts": [
            [breakable(fact.label.of(language)), *cell(fact.value, language)] for fact in document.facts
        ],
        "date": [document.made_on.year, document.made_on.month, document.made_on.day],
        "sections": [
            {
                "number": printable(section.number),
                "title": breakable(section.title.of(language)),
                "blocks": [_block(block, language) for block in section.blocks],
            }
            for section in document.sections
        ],
    }
    return drawn | {"missing_glyphs": MISSING in repr(drawn)}


def cell(value: Cell, language: str) -> list[str]:
    """Text and kind (text, number, blank) of a cell."""
    if isinstance(value, Number):
        return [number(value), "number"]
    if isinstance(value, Day):
        return [value.value.isoformat(), "text"]
    if isinstance(value, Blank):
        return [breakable(value.hint.of(language)), "blank"]
    return [breakable(value.of(language)), "text"]


def number(value: Number) -> str:
    """``1,234.5 t``."""
    digits = grouped(f"{value.value:f}")
    return f"{digits}{JOINT}{breakable(value.unit)}" if value.unit else digits


def breakable(text: str) -> str:
    """Printable text whose long runs may break (rules 2 and 3)."""
    whole = printable(text)
    return _LONG.sub(lambda run: _broken(run[0]), whole) if len(whole) > 16 else whole


def _broken(run: str) -> str:
    parts = run.replace("/", f"/{BREAK}").replace("_", f"_{BREAK}").split(BREAK)
    return BREAK.join(BREAK.join(part[at : at + 8] for at in range(0, len(part), 8)) for part in parts)


def _block(block: Block, language: str) -> dict[str, Any]:
    caption = breakable(block.caption.of(language)) if block.caption else ""
    if isinstance(block, Statement):
        words = breakable(block.words.of(language))
        return {"is": "statement", "caption": caption, "kind": block.kind.value, "text": words}
    if isinstance(block, Fields):
        rows = [[breakable(row.label.of(language)), *cell(row.value, language)] for row in block.rows]
        return {"is": "fields", "caption": caption, "rows": rows}
    return {"is": "table", "caption": caption} | _table(block, language)


def _table(block: Table, language: str) -> dict[str, Any]:
    heads = [[breakable(one.title.of(language)), breakable(one.unit)] for one in block.columns]
    rows = [
        [cell(in_column(value, one), language) for value, one in zip(row, block.columns, strict=True)]
        for row in block.rows
    ]
    needs = [_need([head[0], head[1]], [row[at][0] for row in rows]) for at, head in enumerate(heads)]
    widths, share = _widths(needs, [column.weight for column in block.columns])
    return {
        "heads": heads,
        "numeric": [column.numeric for column in block.columns],
        "widths": widths,
        "share": share,
        "rows": [{"cells": row, "tall": sum(len(one[0]) for one in row) >= TALL} for row in rows],
        "tight": sum(hard for hard, _ in needs) > ROOM,
    }


def in_column(value: Cell, column: Column) -> Cell:
    """A cell as it stands in a column: a number does not repeat the column's unit."""
    return Number(value.value) if isinstance(value, Number) and value.unit == column.unit else value


def _widths(needs: Sequence[tuple[float, float]], weights: Sequence[float]) -> tuple[list[float], float]:
    """Widths in signs, and the share of the line the table takes: each column has its need, the rest goes by wish."""
    wishes = [
        max(hard, min(longest, 10.0 + 12.0 * weight))
        for (hard, longest), weight in zip(needs, weights, strict=True)
    ]
    least, most = sum(hard for hard, _ in needs), sum(wishes)
    part = 1.0 if most <= ROOM else max(0.0, (ROOM - least) / (most - least)) if most > least else 0.0
    made = [round(hard + (wish - hard) * part, 2) for (hard, _), wish in zip(needs, wishes, strict=True)]
    return made, round(min(1.0, max(0.45, 1.25 * sum(made) / ROOM)), 3)


def _need(heads: Sequence[str], texts: Sequence[str]) -> tuple[float, float]:
    """Longest unbreakable run and longest text of a column, in half-width signs."""
    hard = max(_run(text) for text in (*heads, *texts)) + GAP
    named = max(min(_width(text), HEAD) for text in heads)
    longest = max([named, *(_width(text) for text in texts)])
    return hard, max(longest + GAP, hard)


def _run(text: str) -> float:
    if text.isascii() and " " not in text:
        return float(len(text))
    spaced = _WIDE.sub(lambda sign: f" {sign[0]}x ", text)
    return float(max((len(run) for run in re.split(r"[ \u200b]+", spaced)), default=0))


def _width(text: str) -> float:
    return float(len(text)) if text.isascii() else len(text) + len(_WIDE.findall(text)) - text.count(BREAK)
