"""A CSV file or an .xlsx workbook -> the numbers of labels and claims in it, each with the cell it stands in.

Rules
1. The column is found by its heading, in Chinese or English, among the first :data:`HEADER_ROWS` rows of a sheet;
   where there is none, the first column counts, and a first row without any digit is taken for a heading.
2. A check code may stand in a column of its own, or behind the number in the same cell; the address of a QR code is a
   number too. Officers need no check code; where one is given it must be the label's.
3. What is no number stays a row: told with sheet, row and cell, and never dropped. A row without any text is none.
4. Hidden sheets are not read, and told. At most :data:`MOST_NUMBERS` rows in all.
5. The limits of ``service.usecases.ledger.sheets`` hold before anything is parsed.

Example: ``read("list.csv", "编号,验证码\\nTB-2026-0000001-L,ABCD-EFGH\\n".encode()).rows[0].number``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from certificates import labelnumber
from service.usecases.desk.refusals import ListNotRead
from service.usecases.ledger.sheets import Row, Sheet, Told, Unfit, sheets

HEADER_ROWS = 30
MOST_NUMBERS = 50_000
LONGEST_GIVEN = 500
"""Characters of a cell that are kept with the row; addresses of QR codes are shorter."""
NUMBER_HEADINGS = frozenset(
    (
        *("编号", "标签编号", "碳标编号", "声明编号", "证书编号", "标识编号"),
        *("number", "no", "label", "labelno", "labelnumber", "claimnumber", "certificatenumber"),
    )
)
"""Without case, spaces and signs."""
CODE_HEADINGS = frozenset(("验证码", "校验码", "核验码", "checkcode", "code", "verificationcode"))
_NUMBER = re.compile(r"(?<![A-Z0-9])(T[BC]-[0-9]{4}-[0-9]{7}-[0-9A-Z])(?![A-Z0-9])")
_CODE = re.compile(r"(?:[?&]C=)([0-9A-Z -]{8,12})|\A[\s,;]*([0-9A-Z]{4}-?[0-9A-Z]{4})\s*\Z")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One row: the sheet and the cell, what stands there, the number read from it (empty where it is none), the check
    code that was given with it (empty where none was), and why it is no number (``no-number``, ``no-label-number``,
    ``check-character``).
    """

    sheet: str
    row: int
    cell: str
    given: str
    number: str
    code: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NumberList:
    """What was read: the rows in their order, and the sheets that were passed over because they are hidden."""

    rows: tuple[NumberRow, ...]
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    number: int
    code: int | None
    first: int
    """Number of the first row below the heading."""


def read(filename: str, data: bytes) -> NumberList:
    """Numbers of a file (rules 1 to 5). Raises ListNotRead."""
    found: list[NumberRow] = []
    hidden: list[str] = []
    try:
        for sheet in sheets(filename, data):
            if sheet.hidden:
                hidden.append(sheet.name)
                continue
            found.extend(_rows(sheet))
            if len(found) > MOST_NUMBERS:
                raise ListNotRead((_too_many(),))
    except Unfit as unfit:
        raise ListNotRead(unfit.problems) from unfit
    if not found:
        raise ListNotRead((_empty(),))
    return NumberList(tuple(found), tuple(hidden))


def number_and_code(text: str) -> tuple[str, str, str]:
    """(number, check code, problem) of what stands in a cell; the code is empty where none was given (rule 2)."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper()
    if not plain:
        return "", "", "no-number"
    found = _NUMBER.search(plain)
    if found is None:
        return "", "", "no-label-number"
    number = found[1]
    if not any(labelnumber.valid(number, prefix) for prefix in (labelnumber.LABEL, labelnumber.CLAIM)):
        return "", "", "check-character"
    behind = _CODE.search(plain[found.end() :])
    return number, ((behind[1] or behind[2]).strip() if behind else ""), ""


def _rows(sheet: Sheet) -> Iterator[NumberRow]:
    rows = list(sheet.rows)
    columns = _columns(rows)
    for number, texts in rows:
        if number >= columns.first and any(text.strip() for text in texts):
            yield _row(sheet.name, number, texts, columns)


def _row(sheet: str, row: int, texts: Sequence[str], columns: _Columns) -> NumberRow:
    from certificates.ledger.registries.heading import letters

    given = texts[columns.number] if columns.number < len(texts) else ""
    number, code, problem = number_and_code(given)
    if columns.code is not None and columns.code < len(texts) and texts[columns.code].strip():
        code = texts[columns.code].strip()
    cell = f"{letters(columns.number)}{row}"
    return NumberRow(sheet, row, cell, given.strip()[:LONGEST_GIVEN], number, code[:40], problem)


def _columns(rows: Sequence[Row]) -> _Columns:
    """Rule 1."""
    for number, texts in rows[:HEADER_ROWS]:
        names = [_plain(text) for text in texts]
        place = _place(names, NUMBER_HEADINGS)
        if place is not None:
            return _Columns(place, _place(names, CODE_HEADINGS), number + 1)
    if rows and not any(sign.isdigit() for text in rows[0][1] for sign in text):
        return _Columns(0, None, rows[0][0] + 1)
    return _Columns(0, None, 0)


def _place(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in wanted), None)


def _plain(text: str) -> str:
    """A heading without case, spaces and signs: ``Check code *`` is ``checkcode``."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _too_many() -> Told:
    return Told(
        "list-too-long",
        "",
        f"其中有超过 {MOST_NUMBERS} 行编号。请拆分成多个文件。",
        f"It holds more than {MOST_NUMBERS} rows of numbers. Split it into several files.",
    )


def _empty() -> Told:
    return Told(
        "list-empty",
        "",
        "其中没有任何编号。请把编号放在标题为“编号”的列，或放在第一列。",
        "There is no number in it. Put the numbers into a column headed number, or into the first column.",
    )
