"""Text files of sources: decoded, split into rows, and made into codes.

Rules
1. UTF-8 is tried first, then Windows-1252, then Latin-1, which reads any bytes; the encoding is told to the caller.
2. A NUL byte means that it is no text: the file is refused.
3. A row of a delimited file has at most 50 MB in a cell; damaged quoting refuses the file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from decimal import Decimal, InvalidOperation

from databases.notices import refused

_LONGEST_CELL = 50_000_000
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")


def decode(data: bytes, name: str) -> tuple[str, str]:
    """(text without byte order mark, encoding). Raises SourceRefused for a file that is no text (rule 2)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise refused("text-not-text", name) from error
    if b"\0" in data:
        raise refused("text-not-text", name)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def rows(text: str, delimiter: str, name: str) -> list[list[str]]:
    """Rows of a delimited text, cells stripped; an empty line is ``[]``. Raises SourceRefused (rule 3)."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise refused("text-rows-damaged", name, problem=error) from error
    finally:
        csv.field_size_limit(before)


def head(data: bytes, size: int = 20_000) -> str:
    """The beginning of a file as text, to recognise a format by; ``""`` for a file that is no text."""
    start = data[:size]
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return start.decode(encoding, errors="replace")


def number(text: str, decimal_mark: str = ".") -> float | None:
    """A finite number as a text file writes it, else None. A mark between thousands is not read."""
    plain = text.strip()
    if decimal_mark != ".":
        if "." in plain:
            return None
        plain = plain.replace(decimal_mark, ".")
    if not _PLAIN.fullmatch(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def exact(value: object) -> Decimal | None:
    """The finite decimal that a cell shows (``0.1``, never 0.1000000000000000055), else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(value.strip() if isinstance(value, str) else repr(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 300 else None


def made_code(*parts: object) -> str:
    """A code from what a thing says of itself: equal parts give an equal code."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
