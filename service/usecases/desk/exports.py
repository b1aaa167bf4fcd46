"""The rows of a bulk check as CSV, as a workbook, and as JSON.

Rules
1. Headings and words are in the language asked for; codes stand beside them, so that programs need no words.
2. A text that a spreadsheet would take for a formula goes into the CSV file with an apostrophe before it (OWASP, CSV
   injection; the full-width signs too, which spreadsheets of East Asian locales read as the others). In the workbook
   every text is a text cell.
3. CSV begins with a byte-order mark, so that spreadsheets read Chinese.
4. Totals stay the decimal strings that were signed: nothing is rounded on its way.

Example: ``as_csv(rows, "zh")[:3] == b"\\xef\\xbb\\xbf"``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from typing import Any

from service.usecases.desk.rows import CheckedRow, plain

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SPACES = " \u3000\xa0\ufeff"
_TITLES: dict[str, tuple[str, str]] = {
    "given": ("所交内容", "given"),
    "place": ("位置", "place"),
    "number": ("编号", "number"),
    "verdict": ("结论代码", "verdict code"),
    "verdict_text": ("结论", "verdict"),
    "state": ("状态代码", "standing code"),
    "state_text": ("状态", "standing"),
    "since": ("状态自（UTC）", "standing since (UTC)"),
    "reason": ("状态原因", "reason"),
    "product": ("产品或对象", "product or subject"),
    "exporter": ("出口企业或声明方", "exporter or claimant"),
    "total": ("总量", "total"),
    "unit": ("单位", "unit"),
    "per": ("声明单位", "declared unit"),
    "by_lines": ("覆盖率（按条目，%）", "coverage by lines (%)"),
    "by_mass": ("覆盖率（按质量，%）", "coverage by mass (%)"),
    "valid_until": ("有效期至", "valid until"),
    "step": ("未通过步骤", "failed step"),
    "step_code": ("步骤代码", "step code"),
    "explanation": ("说明", "explanation"),
}
STATES = {
    "active": ("有效", "active"),
    "suspended": ("已暂停", "suspended"),
    "revoked": ("已撤销", "revoked"),
    "superseded": ("已被取代", "superseded"),
}
VERDICTS = {
    "valid": ("有效", "valid"),
    "suspended": ("已暂停", "suspended"),
    "revoked": ("已撤销", "revoked"),
    "superseded": ("已被取代", "superseded"),
    "expired": ("已过期", "expired"),
    "not-yet-valid": ("尚未生效", "not valid yet"),
    "stale": ("状态过时", "standing out of date"),
    "incomplete": ("不完整", "incomplete"),
    "other-number": ("编号不符", "other number"),
    "altered": ("已被改动", "altered"),
    "unknown-issuer": ("签发方未知", "unknown issuer"),
    "unreadable": ("无法读取", "unreadable"),
    "unknown-number": ("无此编号", "no such number"),
    "not-a-number": ("不是编号", "not a number"),
}


def exported(rows: Iterable[CheckedRow], form: str, language: str, about: Mapping[str, Any]) -> bytes:
    """The rows as ``csv``, ``xlsx`` or ``json``; ``about`` are facts of the check that workbook and JSON state too.

    Raises KeyError for another form.
    """
    makers = {
        "csv": lambda: as_csv(rows, language),
        "xlsx": lambda: as_workbook(rows, language, about),
        "json": lambda: as_json(rows, about),
    }
    return makers[form]()


def as_csv(rows: Iterable[CheckedRow], language: str) -> bytes:
    """Rules 1 to 4."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow(heads(language))
    for row in rows:
        writer.writerow([harmless(text) for text in texts(row, language)])
    return ("\ufeff" + target.getvalue()).encode("utf-8")


def as_workbook(rows: Iterable[CheckedRow], language: str, about: Mapping[str, Any]) -> bytes:
    """One sheet with the rows, one with the facts of the check; every cell is a text (rule 2)."""
    import xlsxwriter  # type: ignore[import-untyped]

    chinese = language.startswith("zh")
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("结果" if chinese else "Results")
        for column, head in enumerate(heads(language)):
            sheet.write_string(0, column, head, bold)
        for at, row in enumerate(rows, start=1):
            for column, text in enumerate(texts(row, language)):
                sheet.write_string(at, column, text)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(_TITLES) - 1, 20)
        facts = book.add_worksheet("说明" if chinese else "About")
        for at, (name, value) in enumerate(about.items()):
            facts.write_string(at, 0, name, bold)
            facts.write_string(at, 1, _text(value))
        facts.set_column(0, 1, 30)
    return target.getvalue()


def as_json(rows: Iterable[CheckedRow], about: Mapping[str, Any]) -> bytes:
    """The facts of the check and its rows, with both languages, as they are kept."""
    whole = {**about, "items": [plain(row) for row in rows]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8")


def heads(language: str) -> list[str]:
    """The headings of the columns."""
    return [title[_place(language)] for title in _TITLES.values()]


def texts(row: CheckedRow, language: str) -> list[str]:
    """The cells of a row, in the order of :func:`heads`."""
    place, word = _place(language), "zh" if language.startswith("zh") else "en"
    special = {
        "place": row.where,
        "verdict_text": VERDICTS.get(row.verdict, (row.verdict, row.verdict))[place],
        "state_text": STATES.get(row.state, (row.state, row.state))[place],
        "step": str(row.step or ""),
    }
    return [special[name] if name in special else _in(getattr(row, name), word) for name in _TITLES]


def harmless(text: str) -> str:
    """Rule 2."""
    return f"'{text}" if text.lstrip(_SPACES).startswith(_FORMULA_STARTS) else text


def _in(value: Any, word: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(word) or next(iter(value.values()), ""))
    return str(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def _place(language: str) -> int:
    return 0 if language.startswith("zh") else 1
