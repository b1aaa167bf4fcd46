"""The import report as a workbook: totals first, then every list on a sheet of its own.

Example: ``write(ImportReport.from_dict(release.report()), stream, "zh")``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from databases.assembly.report import ImportReport, Unlinked
from databases.assembly.sheets import Cell, Column, workbook
from databases.assembly.words import WORDS, word
from databases.notices import messages

_NAME = Column("name", "名称", "name", 44)
_CODE = Column("code", "数据集代码", "dataset code", 30)
_UNIT = Column("unit", "单位", "unit", 10)
_PLACE = Column("place", "地域", "place", 10)
_EXCHANGES = Column("exchanges", "交换条数", "exchanges", 12)
_AMOUNT = Column("amount", "绝对量合计", "sum of amounts", 16)
_RULE = Column("rule", "规则", "rule", 22)
_MISSING = (
    Column("name", "产品", "product", 44),
    _UNIT,
    _PLACE,
    Column("reason", "原因", "reason", 30),
    _EXCHANGES,
    Column("takers", "使用者数", "takers", 10),
    _AMOUNT,
    Column("first", "首个使用者", "first taker", 30),
    *(
        column
        for number in (1, 2, 3)
        for column in (
            Column(f"code{number}", f"候选 {number} 代码", f"candidate {number} code", 30),
            Column(f"name{number}", f"候选 {number} 名称", f"candidate {number} name", 40),
            Column(f"score{number}", f"候选 {number} 相似度", f"candidate {number} score", 10),
        )
    ),
)
_TABLES: Mapping[str, tuple[tuple[str, str], Sequence[Column]]] = {
    "unlinked": (("未关联", "Unlinked"), _MISSING),
    "cut_off": (("取舍", "Cut off"), _MISSING),
    "choices": (
        ("供应数据集选择", "Provider choices"),
        (
            Column("name", "产品", "product", 44),
            _UNIT,
            _PLACE,
            _RULE,
            _EXCHANGES,
            Column("chosen", "选用", "chosen", 40, wrap=True),
            Column("among", "备选", "among", 60, wrap=True),
        ),
    ),
    "allocations": (
        ("分配", "Allocation"),
        (
            Column("process", "过程代码", "process code", 30),
            _NAME,
            Column("asked", "要求的规则", "rule asked for", 18),
            _RULE,
            Column("product", "产品", "product", 40),
            _CODE,
            Column("share", "份额", "share", 12),
        ),
    ),
    "uncharacterised": (
        ("无因子的基本流", "Uncharacterised flows"),
        (
            Column("code", "基本流代码", "flow code", 30),
            _NAME,
            Column("compartment", "环境介质", "compartment", 30),
            Column("cas", "CAS", "CAS", 14),
            _UNIT,
            _AMOUNT,
            Column("datasets", "数据集数", "datasets", 10),
            Column("likely", "可能是温室气体", "greenhouse gas likely", 14),
        ),
    ),
    "loops": (
        ("近奇异循环", "Loops"),
        (Column("gain", "增益", "gain", 12), Column("members", "成员", "members", 100, wrap=True)),
    ),
    "troubles": (
        ("数据集问题", "Troubles"),
        (
            Column("kind", "问题", "trouble", 26),
            _CODE,
            _NAME,
            Column("detail", "详情", "detail", 40),
            Column("done", "处理", "what was done", 24),
        ),
    ),
    "left_rows": (
        ("未采用的行", "Rows left out"),
        (Column("where", "位置", "where", 40), Column("left", "原因", "reason", 40)),
    ),
    "notices": (
        ("其他说明", "Notices"),
        (
            Column("severity", "程度", "severity", 10),
            Column("where", "位置", "where", 40, wrap=True),
            Column("message", "内容", "message", 110, wrap=True),
        ),
    ),
}
"""Sheet names and columns of every list, in the order of the sheets."""


def write(report: ImportReport | Mapping[str, Any], target: BinaryIO | Path, language: str) -> None:
    """Write the report, or its JSON form, in ``zh`` or ``en``; raises ValueError for another language."""
    if not isinstance(report, ImportReport):
        report = ImportReport.from_dict(report)
    at = 0 if language == "zh" else 1
    with workbook(target, language, f"{report.release} · import report") as book:
        book.table(("合计", "Totals")[at], _totals_columns(), _totals(report, language))
        for key, (names, columns) in _TABLES.items():
            book.table(names[at], columns, _rows(key, report, language))


def _totals_columns() -> tuple[Column, ...]:
    return (Column("what", "项目", "item", 44), Column("value", "值", "value", 60))


def _totals(report: ImportReport, language: str) -> Iterable[tuple[Cell, Cell]]:
    chinese = language == "zh"
    yield ("数据版本" if chinese else "release"), report.release
    yield ("数据源" if chinese else "source"), report.source
    yield "SHA-256", report.source_sha256
    yield ("格式" if chinese else "format"), report.format
    yield ("读取程序" if chinese else "reader"), report.reader
    for name, choice in sorted(report.options.items()):
        if choice:
            yield word(name, language), word(choice, language)
    for name, count in _ordered(report.counts):
        yield word(name, language), count
    for name, count in _ordered(report.matches):
        yield f"{word('flows', language)}: {word(name, language)}", count
    for problem in report.check():
        yield ("计数不符" if chinese else "counts do not add up"), problem


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts in the order of the words, "of which" after what it is a part of; a report keeps them by name."""
    order = {code: index for index, code in enumerate(WORDS)}
    return sorted(counts.items(), key=lambda one: (order.get(one[0], len(order)), one[0]))


def _rows(key: str, report: ImportReport, language: str) -> Iterable[Sequence[Cell]]:
    def said(code: str) -> str:
        return word(code, language)

    if key in ("unlinked", "cut_off"):
        return (_missing(row, language) for row in getattr(report, key))
    rows: dict[str, Iterable[Sequence[Cell]]] = {
        "choices": (
            (r.name, r.unit, r.place, said(r.rule), r.exchanges, ", ".join(r.chosen), ", ".join(r.among))
            for r in report.choices
        ),
        "allocations": (
            (r.process, r.name, said(r.asked), said(r.rule), product, code, share)
            for r in report.allocations
            for product, code, share in r.shares
        ),
        "uncharacterised": (
            (
                *(r.code, r.name, r.compartment, r.cas, r.unit, r.amount, r.datasets),
                _yes(r.greenhouse_gas_likely, language),
            )
            for r in report.uncharacterised
        ),
        "loops": ((r.gain, " → ".join(r.members)) for r in report.loops),
        "troubles": ((said(r.kind), r.dataset, r.name, r.detail, said(r.done)) for r in report.troubles),
        "left_rows": ((where, _reason(left, language)) for where, left in report.left_rows),
        "notices": (
            (said(notice.severity.value), notice.where, notice.message(language)) for notice in report.notices
        ),
    }
    return rows[key]


def _reason(code: str, language: str) -> str:
    """Why a row was left: the sentence of its code where that needs no details."""
    sentence = messages().get(code, {}).get(language, "")
    return sentence if sentence and "{" not in sentence else word(code, language)


def _yes(value: bool, language: str) -> str:
    if language == "zh":
        return "是" if value else "否"
    return "yes" if value else "no"


def _missing(row: Unlinked, language: str) -> list[Cell]:
    cells: list[Cell] = [row.name, row.unit, row.place, word(row.reason, language), row.exchanges]
    cells += [row.takers, row.amount, row.first_taker]
    for index in range(3):
        near = row.candidates[index] if index < len(row.candidates) else None
        cells += [near.code, near.name, near.score] if near else ["", "", ""]
    return cells
