"""Where the objects of a PDF stand (ISO 32000-1, 7.5): cross-reference tables and streams, newest first.

Rules
1. The file begins with its header and ends, after ``%%EOF``, with nothing but white space.
2. Sections are followed from the last startxref through Prev; a place visited twice is refused, so is a
   hybrid file.
3. The newest entry of an object counts, and so does the newest trailer; older ones are counted against the
   limit all the same.
4. A stream is unpacked as its dictionary says, or refused: parameters that are not understood are not passed
   over.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from certificates import limits
from certificates.pdf.objects import Budget, Lexer, Name, PdfUnreadable

_END = re.compile(rb"startxref[\r\n ]+([0-9]{1,10})[\r\n ]+%%EOF[\r\n\x00\t\x0c ]*\Z")
_ENTRY = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])(?: \r| \n|\r\n)")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")


@dataclass(slots=True)
class Index:
    """``places``: object number to ``("at", offset, generation)``, ``("in", stream number, position)`` or
    ``("free", 0, 0)``."""

    places: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    trailer: dict[str, Any] = field(default_factory=dict)
    entries: int = 0

    def add(self, number: int, place: tuple[str, int, int]) -> None:
        """Rule 3; raises PdfUnreadable beyond the limit."""
        self.places.setdefault(number, place)
        self.entries += 1
        if self.entries > limits.PDF_ENTRIES:
            raise PdfUnreadable("The PDF has too many objects.")


def read_index(data: bytes, budget: Budget) -> Index:
    """The index of a whole file; raises PdfUnreadable."""
    end = _END.search(data, max(0, len(data) - 1024))
    if not data.startswith(b"%PDF-") or end is None:
        raise PdfUnreadable("The file does not begin and end as a PDF.")
    index, seen, place = Index(), set[int](), int(end[1])
    while True:
        if place in seen or len(seen) >= limits.PDF_REVISIONS or not 0 < place < len(data):
            raise PdfUnreadable("The cross-reference leads nowhere.")
        seen.add(place)
        trailer = _section(data, place, index, budget)
        index.trailer = index.trailer or trailer
        if "Prev" not in trailer:
            return index
        if type(trailer["Prev"]) is not int:
            raise PdfUnreadable("The cross-reference leads nowhere.")
        place = trailer["Prev"]


def stream_bytes(data: bytes, lexer: Lexer, dictionary: dict[str, Any], length: Any, budget: Budget) -> bytes:
    """The decoded bytes of the stream whose dictionary the lexer has just read; raises PdfUnreadable."""
    lexer.skip()
    match = _STREAM.match(data, lexer.position)
    if match is None or type(length) is not int or not 0 <= length <= len(data):
        raise PdfUnreadable("A stream has no clear length.")
    budget.passed(length)
    raw = data[match.end() : match.end() + length]
    lexer.position = match.end() + length
    if not lexer.keyword(b"endstream"):
        raise PdfUnreadable("A stream does not end where it says.")
    if "F" in dictionary:  # the data of a stream would stand in another file (7.3.8.2)
        raise PdfUnreadable("A stream is kept outside the file.")
    filters = dictionary.get("Filter")
    if filters in (None, []):
        return raw
    if filters not in (Name("FlateDecode"), [Name("FlateDecode")]):
        raise PdfUnreadable("A stream is packed in a way that labels do not use.")
    return _predicted(_inflated(raw, budget), dictionary.get("DecodeParms"), budget)


def _section(data: bytes, place: int, index: Index, budget: Budget) -> dict[str, Any]:
    lexer = Lexer(data, place, budget)
    trailer = _table(lexer, index) if lexer.keyword(b"xref") else _stream(lexer, index, budget)
    if "XRefStm" in trailer or "Encrypt" in trailer:
        raise PdfUnreadable("The PDF is encrypted or a hybrid.")
    return trailer


def _table(lexer: Lexer, index: Index) -> dict[str, Any]:
    while not lexer.keyword(b"trailer"):
        first, count = lexer.integer(), lexer.integer()
        lexer.skip()
        for number in range(first, first + count):
            lexer.budget.token()
            match = _ENTRY.match(lexer.data, lexer.position)
            if match is None:
                raise PdfUnreadable("The cross-reference table is damaged.")
            lexer.position = match.end()
            used = match[3] == b"n"
            index.add(number, ("at", int(match[1]), int(match[2])) if used else ("free", 0, 0))
    trailer = lexer.read()
    if not isinstance(trailer, dict):
        raise PdfUnreadable("The trailer is missing.")
    return trailer


def _stream(lexer: Lexer, index: Index, budget: Budget) -> dict[str, Any]:
    lexer.integer(), lexer.integer()
    if not lexer.keyword(b"obj"):
        raise PdfUnreadable("The cross-reference is missing.")
    trailer = lexer.read()
    if not isinstance(trailer, dict) or trailer.get("Type") != "XRef":
        raise PdfUnreadable("The cross-reference is missing.")
    rows = stream_bytes(lexer.data, lexer, trailer, trailer.get("Length"), budget)
    widths = _whole(trailer.get("W"))
    ranges = _whole(trailer.get("Index", [0, trailer.get("Size")]))
    width = sum(widths)
    if len(widths) != 3 or max(widths) > 8 or not width or not ranges or len(ranges) % 2:
        raise PdfUnreadable("The cross-reference stream is damaged.")
    if sum(ranges[1::2]) * width != len(rows) or len(rows) > width * limits.PDF_ENTRIES:
        raise PdfUnreadable("The cross-reference stream has another length.")
    _rows(rows, widths, ranges, index)
    return trailer


def _rows(rows: bytes, widths: list[int], ranges: list[int], index: Index) -> None:
    position = 0
    for first, count in zip(ranges[::2], ranges[1::2], strict=True):
        for number in range(first, first + count):
            fields = []
            for width in widths:
                fields.append(int.from_bytes(rows[position : position + width], "big"))
                position += width
            kind = fields[0] if widths[0] else 1
            if kind not in (0, 1, 2):
                raise PdfUnreadable("The cross-reference stream names an unknown kind.")
            index.add(number, (("free", "at", "in")[kind], fields[1], fields[2]))


def _whole(values: Any) -> list[int]:
    if not isinstance(values, list) or not all(type(value) is int and 0 <= value < 2**40 for value in values):
        raise PdfUnreadable("The cross-reference stream is damaged.")
    return values


def _inflated(raw: bytes, budget: Budget) -> bytes:
    machine = zlib.decompressobj()
    try:
        data = machine.decompress(raw, budget.inflated + 1)
    except zlib.error as problem:
        raise PdfUnreadable("A packed stream is damaged.") from problem
    budget.inflated -= len(data)
    if budget.inflated < 0:
        raise PdfUnreadable("The PDF unpacks to too much.")
    if not machine.eof:
        raise PdfUnreadable("A packed stream is cut short.")
    return data


def _predicted(data: bytes, parameters: Any, budget: Budget) -> bytes:
    """Undo the PNG predictor (ISO 32000-1, 7.4.4.4) with filters None, Sub and Up on one-byte pixels."""
    if isinstance(parameters, list) and len(parameters) == 1:
        parameters = parameters[0]
    if parameters is None:
        return data
    if not isinstance(parameters, dict):
        raise PdfUnreadable("A stream is packed in a way that labels do not use.")
    if parameters.get("Predictor", 1) == 1:
        return data
    width = parameters.get("Columns", 1)
    plain = parameters.get("Colors", 1) == 1 and parameters.get("BitsPerComponent", 8) == 8
    if (
        parameters["Predictor"] not in range(10, 16)
        or type(width) is not int
        or not 0 < width < 65536
        or not plain
    ):
        raise PdfUnreadable("A stream uses a predictor that labels do not use.")
    if len(data) % (width + 1):
        raise PdfUnreadable("A predicted stream has another length.")
    budget.unpredict(len(data))
    above, made = bytes(width), bytearray()
    for start in range(0, len(data), width + 1):
        above = _row(data[start], data[start + 1 : start + 1 + width], above)
        made += above
    return bytes(made)


def _row(kind: int, row: bytes, above: bytes) -> bytes:
    if kind == 0:
        return row
    if kind == 2:
        return bytes((value + over) & 0xFF for value, over in zip(row, above, strict=True))
    if kind != 1:
        raise PdfUnreadable("A stream uses a predictor that labels do not use.")
    made, left = bytearray(), 0
    for value in row:
        left = (value + left) & 0xFF
        made.append(left)
    return bytes(made)
