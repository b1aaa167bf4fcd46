"""Our own form of a table: a workbook (or CSV file) whose first row is the table's columns, to add to or correct.

Rules
1. The template holds the table as it is now; prices and the schedule of yearly values are added to row by row, every
   other table is replaced as a whole. Which table a sheet is shows from its header; carbonates and oxides have the same
   one and are told apart by the sheet's name.
2. A cell is checked by its column; all that is wrong is told with sheet and cell.
3. Every row names its source and a mark of certainty where the table has these columns.

Example: ``template("prices")`` with a row ``2026, 3, , 76.10, 2026-10-05, ec-price, P`` added.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from databases import places
from databases.cbam import rows
from databases.cbam.goods import FunctionalUnit, Sector, digits
from databases.cbam.uploads import Problems, Sheet, address, text
from databases.cbam.values import OTHER

FACTORS = (
    *("fuels", "carbonates", "oxides", "process_materials", "national_fuels"),
    *("gwp", "pfc", "reference_efficiencies"),
)
"""Tables of standard factors (Annex II B.7, G; Annex III C)."""
FORMS = ("goods", "defaults", "highest_defaults", "benchmarks", "prices", "schedule", *FACTORS)
"""Tables that have a form."""

_MARKS = ("P", "T", "D", "M", "?")
_GASES = ("CO2", "N2O", "PFC")

Check = tuple[Callable[[str], bool], str, str]
"""Whether a cell will do, and what it must be in Chinese and English."""


def _decimal(least: str, most: str) -> Check:
    low, high = Decimal(least), Decimal(most)

    def fits(cell: str) -> bool:
        return (
            re.fullmatch(r"\d{1,9}(\.\d{1,20})?", cell, re.ASCII) is not None and low <= Decimal(cell) <= high
        )

    return fits, f"{least} 到 {most} 之间的数", f"a number from {least} to {most}"


def _one_of(*words: str, empty: bool = False) -> Check:
    known = {*words, ""} if empty else set(words)
    return known.__contains__, f"{'、'.join(words)} 之一", f"one of {', '.join(words)}"


def _or(word: str, check: Check) -> Check:
    fits, zh, en = check
    said = f"“{word}”" if word else ""
    return (
        lambda cell: cell == word or fits(cell),
        f"{zh}，或{said or '空'}",
        f"{en}, or {said or 'empty'}",
    )


def _like(pattern: str, zh: str, en: str) -> Check:
    return (lambda cell: re.fullmatch(pattern, cell, re.ASCII) is not None, zh, en)


def _country(cell: str) -> bool:
    return cell == OTHER or (len(cell) == 2 and cell.isupper() and bool(places.find(cell)))


def _date(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


_YEAR = _like(r"20[2-9]\d", "年份，如 2026", "a year such as 2026")
_TEXT = _like(r".{1,300}", "不为空的文字", "some text")
_MARK = _one_of(*_MARKS)
_ROUTE = _like(r"[A-L]?", "工艺路线字母 A 至 L，或空", "a route's letter, A to L, or empty")
_CN8 = _like(r"\d{8}", "8 位 CN 编码", "a CN code of 8 digits")

_KEY = _like(
    r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "字母、数字和连字符组成的代码", "a code of letters, digits and hyphens"
)
_NUMBER = _decimal("0", "100000")
_NAMED: Mapping[str, Check] = {"key": _KEY, "name_zh": _TEXT, "name_en": _TEXT}
_SOURCED: Mapping[str, Check] = {"locator": _TEXT, "source": _TEXT, "mark": _MARK}

CHECKS: Mapping[str, Mapping[str, Check]] = {
    "goods": {
        "cn": _CN8,
        "sector": _one_of(*(item.value for item in Sector)),
        "category": _like(r"[a-z]+(-[a-z]+)*", "类别代码", "a category's code"),
        "unit": _one_of(*(item.value for item in FunctionalUnit)),
        "gases": (lambda cell: bool(cell) and set(cell.split()) <= set(_GASES), "CO2 N2O PFC", "CO2 N2O PFC"),
        "direct_only": _one_of("0", "1"),
        "taric": _like(r"(\d{10}( \d{10})*)?", "10 位 TARIC 编码或空", "TARIC codes of 10 digits, or empty"),
        "name_en": _TEXT,
        "mark": _MARK,
    },
    "defaults": {
        "country": (_country, "ISO 国家代码或 other", "an ISO country code, or other"),
        "cn": _like(r"\d{4}|\d{6}|\d{8}", "4、6 或 8 位 CN 编码", "a CN code of 4, 6 or 8 digits"),
        "variant": _one_of("white", "grey", empty=True),
        "total": _or("-", _decimal("0", "200")),
        "direct": _or("", _or("=", _decimal("0", "200"))),
        "indirect": _or("", _decimal("0", "200")),
        "routes": _like(
            r"([A-L]( [A-L])*)?", "工艺路线字母，以空格分隔", "routes' letters with blanks between"
        ),
    },
    "highest_defaults": {
        "cn": _like(r"\d{4}|\d{6}|\d{8}", "4、6 或 8 位 CN 编码", "a CN code of 4, 6 or 8 digits"),
        "variant": _one_of("white", "grey", empty=True),
        "total": _decimal("0", "200"),
        "routes": _like(
            r"([A-L]( [A-L])*)?", "生产路线字母，以空格分隔", "routes' letters with blanks between"
        ),
        "mark": _MARK,
    },
    "benchmarks": {
        "cn": _CN8,
        "column": _one_of("A", "B"),
        "route": _ROUTE,
        "value": _decimal("0", "200"),
        "from_year": _YEAR,
        "to_year": _YEAR,
    },
    "prices": {
        "year": _YEAR,
        "quarter": _like(r"[1-4]?", "1 至 4，或空", "1 to 4, or empty"),
        "week": _like(r"([1-9]|[1-4]\d|5[0-3])?", "1 至 53，或空", "1 to 53, or empty"),
        "price": _decimal("0.01", "10000"),
        "published": (_date, "日期，如 2026-10-05", "a date such as 2026-10-05"),
        "source": _TEXT,
        "mark": _MARK,
    },
    "schedule": {
        "item": _one_of("cbam-factor", "cscf", "markup"),
        "sector": _one_of(*(item.value for item in Sector), empty=True),
        "from_year": _YEAR,
        "to_year": _or("", _YEAR),
        "value": _decimal("0", "1"),
        "source": _TEXT,
        "mark": _MARK,
    },
    "fuels": {
        **_NAMED,
        "kind": _one_of("fossil", "biomass"),
        "ncv": _or("", _NUMBER),
        "emission_factor": _NUMBER,
        **_SOURCED,
    },
    "carbonates": {**_NAMED, "emission_factor": _NUMBER, **_SOURCED},
    "oxides": {**_NAMED, "emission_factor": _NUMBER, **_SOURCED},
    "process_materials": {**_NAMED, "carbon_content": _NUMBER, "emission_factor": _NUMBER, **_SOURCED},
    "national_fuels": {
        "country": (_country, "ISO 国家代码", "an ISO country code"),
        **_NAMED,
        "ncv": _NUMBER,
        "ncv_unit": _one_of("GJ/t", "GJ/1000Nm3"),
        "carbon_t_per_tj": _NUMBER,
        "emission_factor": _NUMBER,
        "oxidation_factor": _decimal("0", "1"),
        **_SOURCED,
    },
    "gwp": {"gas": _KEY, "value": _like(r"[1-9]\d{0,4}", "正整数", "a whole number above 0"), **_SOURCED},
    "pfc": {
        "method": _one_of("slope", "overvoltage"),
        **_NAMED,
        "cf4_factor": _or("", _NUMBER),
        "c2f6_fraction": _or("", _NUMBER),
        **_SOURCED,
    },
    "reference_efficiencies": {
        "kind": _one_of("electricity", "heat"),
        "category": _like(r"[SLGO]\d{1,2}", "S1 至 O14", "S1 to O14"),
        "name_zh": _TEXT,
        "name_en": _TEXT,
        "medium": _one_of("steam", "hot-water", "exhaust", empty=True),
        "built_from": _or("", _like(r"(19|20)\d\d", "年份", "a year")),
        "built_to": _or("", _like(r"(19|20)\d\d", "年份", "a year")),
        "percent": _decimal("1", "100"),
        **_SOURCED,
    },
}


def form_of(sheet: Sheet) -> str:
    """The table a sheet is the form of, by its header; empty where it is none."""
    if not sheet.rows:
        return ""
    heads = {text(cell) for cell in sheet.rows[0]} - {""}
    columns = {table: rows.COLUMNS[table].split(",") for table in FORMS}
    like = [
        table
        for table, names in columns.items()
        if names[0] in heads and len(heads & set(names)) >= len(names) - 1
    ]
    exact = [table for table in like if heads == set(columns[table])]
    if sheet.name in (exact or like):
        return sheet.name
    if exact:
        return exact[0] if len(exact) == 1 else ""
    return max(like, key=lambda table: len(heads & set(columns[table])), default="")


def read(table: str, sheet: Sheet, problems: Problems) -> str:
    """The text of a table from its form; what is wrong goes to ``problems`` (rule 2)."""
    heads = [text(cell) for cell in sheet.rows[0]]
    columns = rows.COLUMNS[table].split(",")
    for column in columns:
        if column not in heads:
            problems.error("cbam-tables-column-missing", sheet.name, table=table, column=column)
    found: dict[tuple[str, ...], tuple[rows.Row, str]] = {}
    for number, cells in enumerate(sheet.rows[1:], 2):
        row = {head: text(cell) for head, cell in zip(heads, cells, strict=False) if head in columns}
        if any(row.values()):
            _row(table, sheet.name, number, heads, row, problems)
            _keep(table, address(sheet.name, number, 0), row, found, problems)
    if not found:
        problems.error("cbam-tables-empty", sheet.name, table=table)
    full = [[row.get(column, "") for column in columns] for row, _ in found.values()]
    return rows.write(table, full)


def template(table: str, current: str, language: str = "en") -> bytes:
    """The form of a table as an ``.xlsx`` file with the rows of ``current``, the table's text (rule 1)."""
    import xlsxwriter  # type: ignore[import-untyped]

    if table not in FORMS or language not in ("zh", "en"):
        raise ValueError(f"No form {table!r} in {language!r}; there are {', '.join(FORMS)} in zh and en.")
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#CFE5D6", "border": 1}),
        "cell": book.add_format({"num_format": "@"}),
    }
    _page(book.add_worksheet(table), table, current, language, styles)
    book.close()
    return target.getvalue()


def _page(page: Any, table: str, current: str, language: str, styles: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 1)
    for column, name in enumerate(rows.COLUMNS[table].split(",")):
        _, zh, en = CHECKS[table][name]
        page.set_column(column, column, 44 if name in ("source", "name_en") else 16, styles["cell"])
        page.write_string(0, column, name, styles["head"])
        page.write_comment(0, column, zh if language == "zh" else en)
    for row, cells in enumerate(rows.read(table, current), 1):
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell, styles["cell"])


def _row(table: str, sheet: str, number: int, heads: list[str], row: rows.Row, problems: Problems) -> None:
    """Check the cells of a row by their columns, after putting codes into the tables' form."""
    if "cn" in row:
        row["cn"] = digits(row["cn"])
    for column, cell in row.items():
        fits, zh, en = CHECKS[table][column]
        if not fits(cell):
            where = address(sheet, number, heads.index(column))
            problems.error(
                "cbam-tables-cell", where, column=column, value=cell[:40], wanted_zh=zh, wanted_en=en
            )
    if table == "prices" and bool(row.get("quarter")) == bool(row.get("week")):
        where = address(sheet, number, heads.index("quarter"))
        wanted = {"wanted_zh": "季度和周二者只填其一", "wanted_en": "a quarter or a week, one of the two"}
        problems.error("cbam-tables-cell", where, column="quarter", value=row.get("quarter", ""), **wanted)


def _keep(
    table: str,
    where: str,
    row: rows.Row,
    found: dict[tuple[str, ...], tuple[rows.Row, str]],
    problems: Problems,
) -> None:
    key = tuple(row.get(column, "") for column in rows.KEYS[table])
    if key in found and found[key][0] != row:
        problems.error("cbam-tables-duplicate", where, key=" ".join(filter(None, key)), other=found[key][1])
    found.setdefault(key, (row, where))
