"""A comparison of two releases as a workbook: one sheet of facts, one of rows. Every text is written as text."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from service.store.records import ImpactRecord, ImpactRow

HEADS = {
    "zh": (
        *("类别", "编号", "名称", "英文名称", "单位", "GWP 取值"),
        *("更新前 kgCO2e", "更新后 kgCO2e", "变化", "超过阈值", "新版本中没有的数据集"),
    ),
    "en": (
        *("kind", "code", "name (zh)", "name (en)", "unit", "GWP set"),
        *("before kgCO2e", "after kgCO2e", "change", "beyond threshold", "datasets not in the new release"),
    ),
}
FACTS = {
    "zh": ("原版本", "原版本 sha256", "新版本", "新版本 sha256", "阈值", "计算时间（UTC）"),
    "en": ("old release", "old sha256", "new release", "new sha256", "threshold", "computed (UTC)"),
}
KINDS = {
    "zh": {"dataset": "数据集", "study": "研究", "label": "标签"},
    "en": {"dataset": "dataset", "study": "study", "label": "label"},
}
SHEETS = {"zh": ("说明", "变化"), "en": ("About", "Changes")}


def impact_workbook(impact: ImpactRecord, rows: Sequence[ImpactRow], language: str) -> bytes:
    """The xlsx, with headers in ``zh`` or ``en``."""
    import xlsxwriter  # type: ignore[import-untyped]

    target = BytesIO()
    about, changes = SHEETS[language]
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet(about)
        facts = (impact.old, impact.old_digest, impact.new, impact.new_digest)
        for at, (name, value) in enumerate(zip(FACTS[language], facts, strict=False)):
            sheet.write_string(at, 0, name, bold)
            sheet.write_string(at, 1, value)
        sheet.write_string(4, 0, FACTS[language][4], bold)
        sheet.write_number(4, 1, impact.threshold, share)
        sheet.write_string(5, 0, FACTS[language][5], bold)
        sheet.write_string(5, 1, impact.at.isoformat(timespec="seconds"))
        sheet.set_column(0, 1, 30)
        table = book.add_worksheet(changes)
        for column, head in enumerate(HEADS[language]):
            table.write_string(0, column, head, bold)
        for at, row in enumerate(rows, start=1):
            texts = (KINDS[language][row.kind], row.object, row.name_zh, row.name_en, row.unit, row.gwp_set)
            for column, text in enumerate(texts):
                table.write_string(at, column, text)
            for column, number in enumerate((row.before, row.after, row.change), start=6):
                if number is not None:
                    table.write_number(at, column, number, share if column == 8 else None)
            table.write_boolean(at, 9, row.beyond)
            table.write_string(at, 10, ", ".join(row.missing))
        table.autofilter(0, 0, max(len(rows), 1), len(HEADS[language]) - 1)
        table.freeze_panes(1, 3)
        table.set_column(0, 10, 18)
        table.set_column(2, 3, 48)
    return target.getvalue()
