"""Rows of a registry's file as texts: CSV, or every visible sheet of an .xlsx workbook.

Rules
1. A workbook is inspected as any other upload before it is parsed (``databases.workbooks``): zip bombs, macros,
   external references and embedded objects refuse it. Formulas come as their text, so that nothing takes them for
   values; hidden sheets are not read, and told.
2. CSV is UTF-8, UTF-16 with its mark, or GB18030. GB18030 reads almost any bytes: it is believed only where what comes
   out is common Chinese.
3. Commas, semicolons or tabs stand between the cells of a CSV file. A quotation mark that is not closed refuses the
   file: what follows would be read as something else.
4. At most :data:`MOST_BYTES`, :data:`MOST_ROWS` rows in all, :data:`MOST_COLUMNS` columns. Empty lines are counted, and
   so are the signs between cells before a row is made of them: no file takes more memory than its size allows.

Example: ``[row for sheet in sheets("vcus.csv", data) for row in sheet.rows]``.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from certificates.ledger.problems import Problem
from lca.findings import Finding, Place

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_LINES = 10 * MOST_ROWS
"""Lines of a CSV file, empty ones and those within quotation marks too."""
MOST_BETWEEN = 10_000
"""Signs between cells in a row of a CSV file, those within quotation marks too."""
MOST_UNPACKED = 1_000_000_000
MOST_ELEMENTS = 16_000_000
"""Elements of a workbook: 200,000 rows of 30 cells hold 12,000,000."""
CSV_NAME = "CSV"
_HEAD = 100_000
"""Characters in which the sign between cells is looked for."""
_COMMON_SHARE = 0.8
"""Share of the signs beyond ASCII that are among the common ones of GB 2312, in a text that is GB18030 (rule 2)."""

Row = tuple[int, tuple[str, ...]]
"""Number of a row, from 1, and its texts."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something told of a file or a row: its code, the cell or place, and the sentence in Chinese and English."""

    code: str
    where: str
    zh: str
    en: str

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``, with its place."""
        sentence = self.zh if language.startswith("zh") else self.en
        return f"{self.where}: {sentence}" if self.where else sentence


def told(problem: Problem, where: str = "") -> Told:
    """A problem of the ledger as it is told."""
    return Told(problem.code, where or problem.where, problem.sentence("zh"), problem.sentence("en"))


class Unfit(ValueError):
    """The file as a whole is none; ``problems`` say why."""

    def __init__(self, *problems: Told) -> None:
        self.problems = problems
        super().__init__("; ".join(one.en for one in problems))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by name with its rows, read once and in order; a CSV file is one sheet."""

    name: str
    rows: Iterable[Row]
    hidden: bool = False


def sheets(filename: str, data: bytes) -> Iterator[Sheet]:
    """Sheets of a file; rows without any text are passed over. Raises Unfit, also while rows are read."""
    if not 0 < len(data) <= MOST_BYTES:
        raise Unfit(_wrong("table-size", limit=MOST_BYTES // 1_000_000))
    found = _workbook(filename, data) if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0" else _csv(data)
    count = 0
    for sheet in found:
        rows: list[Row] = []
        for row in sheet.rows:
            count += 1
            if count > MOST_ROWS:
                raise Unfit(_wrong("table-rows", f"{sheet.name}!{row[0]}", limit=MOST_ROWS))
            rows.append(row)
        yield Sheet(sheet.name, rows, sheet.hidden)


def _csv(data: bytes) -> Iterator[Sheet]:
    text = _decoded(data)
    if "\x00" in text:
        raise Unfit(_wrong("table-text"))
    head = "\n".join(text[:_HEAD].splitlines()[:30])
    delimiter = max(",;\t", key=head.count)
    yield Sheet(CSV_NAME, _csv_rows(text, delimiter))


def _decoded(data: bytes) -> str:
    """Rule 2."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encodings = (marks[data[:2]],) if data[:2] in marks else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _is_chinese(text):
            return text
    raise Unfit(_wrong("table-text"))


def _is_chinese(text: str) -> bool:
    beyond = [sign for sign in text[:100_000] if not sign.isascii()]
    common = sum(bool(sign.encode("gb2312", "ignore")) for sign in beyond)
    return bool(beyond) and common >= _COMMON_SHARE * len(beyond)


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    between = [0]
    reader = csv.reader(_lines(text, delimiter, between), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(row):
                if len(row) > MOST_COLUMNS:
                    raise Unfit(_wrong("table-wide", str(line), limit=MOST_COLUMNS))
                yield line, tuple(row)
            line = reader.line_num + 1
            between[0] = 0
    except csv.Error as error:
        raise Unfit(_wrong("table-quotes", str(line))) from error


def _lines(text: str, delimiter: str, between: list[int]) -> Iterator[str]:
    """Rule 4: the lines of a text; ``between`` is set back to nothing where a row is complete."""
    for number, line in enumerate(StringIO(text, newline=""), 1):
        between[0] += line.count(delimiter)
        if number > MOST_LINES:
            raise Unfit(_wrong("table-rows", str(number), limit=MOST_ROWS))
        if between[0] > MOST_BETWEEN:
            raise Unfit(_wrong("table-wide", str(number), limit=MOST_COLUMNS))
        yield line


def _workbook(filename: str, data: bytes) -> Iterator[Sheet]:
    from databases.workbooks import UNREADABLE, Limits, inspect
    from service.usecases.ledger.workbook_rows import sheets_of

    limits = Limits(file=MOST_BYTES, unpacked=MOST_UNPACKED, elements=MOST_ELEMENTS)
    found = inspect(data, filename, limits)
    if found.problems:
        raise Unfit(*(_finding(one, filename) for one in found.problems))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
            for name, rows in sheets_of(data, MOST_ROWS + 100, MOST_COLUMNS):
                hidden = name in found.hidden_sheets
                yield Sheet(name, () if hidden else _read_rows(rows, filename), hidden)
    except Unfit:
        raise
    except UNREADABLE as error:
        raise _unreadable(error, filename) from error


def _read_rows(rows: Iterator[Row], filename: str) -> Iterator[Row]:
    """Rows are parsed while they are read: what is wrong with them is wrong with the file."""
    from databases.workbooks import UNREADABLE

    try:
        yield from rows
    except UNREADABLE as error:
        raise _unreadable(error, filename) from error


def _unreadable(error: Exception, filename: str) -> Unfit:
    return Unfit(_as_told(Finding.error("file-unreadable", file=filename, why=type(error).__name__)))


def _finding(problem: Any, filename: str) -> Told:
    if problem.code == "not-workbook":
        return _wrong("table-not-workbook", file=filename)
    code = "number-cell-damaged" if problem.code == "bad-number" else f"file-{problem.code}"
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return _as_told(Finding.error(code, place, **problem.details))


def _as_told(finding: Finding) -> Told:
    return Told(finding.code, finding.place.describe(), finding.message("zh"), finding.message("en"))


def _wrong(code: str, where: str = "", **values: object) -> Told:
    return told(Problem(code, {name: str(value) for name, value in values.items()}), where)
