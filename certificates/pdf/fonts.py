"""What the codes in a page's strings mean: Type 0 fonts with Identity-H and a ToUnicode map (ISO 32000-1, 9.7, 9.10.3).

Rules
1. Only embedded composite fonts whose codes are two bytes and whose glyphs are those codes are read; a label uses no
   others. Simple fonts, Type 3 fonts, fonts of the viewer and other encodings are refused.
2. A code has one text. A map that gives it two is refused, and so is a code without one when a page uses it.
3. Widths are those of the descendant font: they are what a viewer sets letters by, so they tell where each one stands.

What a glyph looks like is not read: see docs/decisions/0015-printed-values.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from certificates import limits
from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain
from certificates.pdf.objects import PdfUnreadable, Reference

_SECTION = re.compile(rb"\bbegin(bfchar|bfrange|codespacerange)\b(.*?)\bend\1\b", re.DOTALL)
_HEX = rb"<([0-9A-Fa-f]{4})>\s*"
_CHARACTERS = re.compile(rb"\s*" + _HEX + rb"<((?:[0-9A-Fa-f]{4}){1,32})>")
_RANGES = re.compile(
    rb"\s*" + _HEX + _HEX + rb"(?:<((?:[0-9A-Fa-f]{4}){1,32})>|\[((?:\s*<(?:[0-9A-Fa-f]{4}){1,32}>)*)\s*\])"
)
_TEXTS = re.compile(rb"<([0-9A-Fa-f]+)>")
_CODESPACE = re.compile(rb"\s*<0000>\s*<FFFF>\s*\Z", re.IGNORECASE)
_CODES = 0x10000
_WIDEST = 5000
"""No letter is wider than five times its size."""


@dataclass(frozen=True, slots=True)
class Font:
    """Text and width (in thousandths of the size) of every code that has a text."""

    glyphs: dict[int, tuple[str, float]]


def read_font(document: Document, value: Any) -> Font:
    """The font that a resource names. Raises NotPlain (rules 1 and 2), PdfUnreadable."""
    font = document.dictionary(value)
    descendants = document.resolve(font.get("DescendantFonts"))
    if font.get("Subtype") != "Type0" or document.resolve(font.get("Encoding")) != "Identity-H":
        raise NotPlain("page-letters")
    if not isinstance(descendants, list) or len(descendants) != 1:
        raise NotPlain("page-letters")
    descendant = document.dictionary(descendants[0])
    descriptor = document.dictionary(descendant.get("FontDescriptor"), {})
    embedded = {"FontFile2", "FontFile3"} & set(descriptor)
    glyphs = document.resolve(descendant.get("CIDToGIDMap"))
    if not embedded or descendant.get("Subtype") not in ("CIDFontType0", "CIDFontType2"):
        raise NotPlain("page-letters")
    if glyphs not in (None, "Identity") or not isinstance(font.get("ToUnicode"), Reference):
        raise NotPlain("page-letters")
    texts = _texts(document, document.content(font["ToUnicode"]))
    default = document.resolve(descendant.get("DW", 1000))
    widths = _widths(document, document.resolve(descendant.get("W", [])))
    if type(default) not in (int, float) or not 0 <= default <= _WIDEST:
        raise NotPlain("page-letters")
    return Font({code: (text, widths.get(code, float(default))) for code, text in texts.items()})


def _texts(document: Document, data: bytes) -> dict[int, str]:
    """The map of a CMap file (Adobe Technical Note 5014); raises NotPlain for another map, or a contradiction."""
    if len(data) > limits.PDF_CMAP_BYTES or b"usecmap" in data:
        raise NotPlain("page-letters")
    made: dict[int, str] = {}
    spaces = 0
    for section in _SECTION.finditer(data):
        kind, body = section[1], section[2]
        if kind == b"codespacerange":
            spaces += 1
            if not _CODESPACE.match(body):
                raise NotPlain("page-letters")
            continue
        pairs = _characters(body) if kind == b"bfchar" else _ranges(body, document)
        for code, text in pairs:
            document.budget.work(1)
            if made.setdefault(code, text) != text:
                raise NotPlain("page-letters")
    if spaces != 1:
        raise NotPlain("page-letters")
    return made


def _characters(body: bytes) -> list[tuple[int, str]]:
    return [(int(found[1], 16), _text(found[2])) for found in _all(_CHARACTERS, body)]


def _ranges(body: bytes, document: Document) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    for found in _all(_RANGES, body):
        first, last = int(found[1], 16), int(found[2], 16)
        if last < first:
            raise NotPlain("page-letters")
        document.budget.work(last - first + 1)
        if found[3] is not None:  # the last unit counts up
            head, unit = found[3][:-4], int(found[3][-4:], 16)
            if unit + last - first > 0xFFFF:
                raise NotPlain("page-letters")
            texts = [_text(head + b"%04X" % (unit + step)) for step in range(last - first + 1)]
        else:
            texts = [_text(one) for one in _TEXTS.findall(found[4])]
        if len(texts) != last - first + 1:
            raise NotPlain("page-letters")
        pairs.extend(zip(range(first, last + 1), texts, strict=True))
    return pairs


def _all(pattern: re.Pattern[bytes], body: bytes) -> list[re.Match[bytes]]:
    """Every entry, with nothing between and after them."""
    found, position = [], 0
    while match := pattern.match(body, position):
        found.append(match)
        position = match.end()
    if body[position:].strip():
        raise NotPlain("page-letters")
    return found


def _text(digits: bytes) -> str:
    try:
        return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be")
    except ValueError as problem:
        raise NotPlain("page-letters") from problem


def _widths(document: Document, entries: Any) -> dict[int, float]:
    """``c [w1 w2 …]`` and ``first last w`` (ISO 32000-1, 9.7.4.3); raises PdfUnreadable."""
    if not isinstance(entries, list):
        raise PdfUnreadable("The widths of a font are damaged.")
    made: dict[int, float] = {}
    place = 0
    while place < len(entries):
        first, second = (
            entries[place],
            document.resolve(entries[place + 1] if place + 1 < len(entries) else None),
        )
        if type(first) is not int or not 0 <= first < _CODES:
            raise PdfUnreadable("The widths of a font are damaged.")
        if isinstance(second, list):
            widths, place = second, place + 2
        elif type(second) is int and first <= second < _CODES and place + 2 < len(entries):
            document.budget.work(second - first)
            widths, place = [entries[place + 2]] * (second + 1 - first), place + 3
        else:
            raise PdfUnreadable("The widths of a font are damaged.")
        for code, width in enumerate(widths, first):
            if type(width) not in (int, float) or not 0 <= width <= _WIDEST:
                raise PdfUnreadable("The widths of a font are damaged.")
            made[code] = float(width)
    return made
