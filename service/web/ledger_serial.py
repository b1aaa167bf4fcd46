"""A serial number taken apart for reading: every piece of the registry's text with what it means.

Rules
1. The pieces joined are the serial exactly as the registry wrote it.
2. Where a grammar is not public, the text is one piece and the page says so; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from certificates.ledger.instruments import Kind
from certificates.ledger.serials import said


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a serial; ``meaning`` is empty for a separator."""

    text: str
    meaning: Any = ""


_BATCH, _FIRST, _LAST = _l("Batch"), _l("First unit"), _l("Last unit")
_COUNTRY, _PROJECT, _YEAR = _l("Country"), _l("Project"), _l("Year of vintage")
_VCS = (
    _BATCH,
    _FIRST,
    _LAST,
    _l("Programme"),
    _l("Unit: verified carbon unit"),
    _l("Account that received the issue"),
    _l("Verified"),
    _COUNTRY,
    _l("Sectoral scope"),
    _PROJECT,
    _l("Vintage begins (day, month, year)"),
    _l("Vintage ends (day, month, year)"),
    _l("Whether further labels belong to it (1) or not (0)"),
)
_GOLD_STANDARD = (
    _l("Programme"),
    _l("Numbering"),
    _COUNTRY,
    _PROJECT,
    _l("Type of project"),
    _YEAR,
    _BATCH,
    _FIRST,
    _LAST,
)
_GEC = (
    _l("Filing code of the power plant, 17 characters"),
    _l("This certificate among the plant's, 15 characters"),
)
_BLOCK = re.compile(r"(.+)-(\d+)( to )(\d+)", re.ASCII)


def pieces(kind: Kind, serial: str) -> tuple[Piece, ...]:
    """The pieces of a serial in order; a single one without meaning where its grammar is not known (rule 2)."""
    if said(kind, serial) is None:
        return (Piece(serial),)
    if kind is Kind.VCS:
        return _dashed(serial, _VCS)
    if kind is Kind.GOLD_STANDARD:
        return _dashed(serial, _GOLD_STANDARD)
    if kind in (Kind.GEC, Kind.GREEN_POWER) and len(serial) == 32:
        return (Piece(serial[:17], _GEC[0]), Piece(serial[17:], _GEC[1]))
    return _block(serial) or (Piece(serial),)


def grammar_known(parts: tuple[Piece, ...]) -> bool:
    """Whether the pieces say anything."""
    return any(str(part.meaning) for part in parts)


def _dashed(serial: str, meanings: tuple[Any, ...]) -> tuple[Piece, ...]:
    texts = serial.split("-")
    if len(texts) != len(meanings):
        return (Piece(serial),)
    made = []
    for text, meaning in zip(texts, meanings, strict=True):
        made += [Piece(text, meaning), Piece("-")]
    return tuple(made[:-1])


def _block(serial: str) -> tuple[Piece, ...]:
    match = _BLOCK.fullmatch(serial)
    if match is None:
        return ()
    head, first, to, last = match.groups()
    return (
        Piece(head, _l("Programme, project, vintage and block")),
        Piece("-"),
        Piece(first, _FIRST),
        Piece(to),
        Piece(last, _LAST),
    )
