"""Tables as registries export them, made up: headers as they are, plants, projects and companies invented."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

VERRA = (
    "Issuance Date",
    "Sustainable Development Goals",
    "Vintage Start",
    "Vintage End",
    "ID",
    "Name",
    "Country/Area",
    "Project Type",
    "Methodology",
    "Total Vintage Quantity",
    "Quantity Issued",
    "Serial Number",
    "Additional Certifications",
    "Retirement/Cancellation Date",
    "Retirement Beneficiary",
    "Retirement Reason",
    "Retirement Details",
)
GEC = (
    "绿证编码",
    "项目建档立卡编码",
    "项目名称",
    "电量生产年月",
    "绿证成交日期",
    "绿证数量",
    "绿证状态",
    "绿证类型",
)
PLANT = "WF320623202300017"
"""A filing code that is nobody's."""
NOBODY_STATED = ("", "", "", "")


def vcu(
    first: int = 1000,
    count: int = 100,
    *,
    retired: Sequence[str] = NOBODY_STATED,
    quantity: str = "",
    project: str = "3005",
    **changed: str,
) -> list[str]:
    """A row of Verra's VCU search; ``retired`` is date, beneficiary, reason, details."""
    serial = f"77-{first}-{first + count - 1}-VCS-VCU-1310-VER-CN-13-{project}-01012022-31102022-0"
    row = dict.fromkeys(VERRA, "") | {
        "Issuance Date": "2023-04-03",
        "Vintage Start": "2022-01-01",
        "Vintage End": "2022-10-31",
        "ID": project,
        "Name": "虚构沼气项目",
        "Country/Area": "China",
        "Project Type": "Waste handling and disposal",
        "Methodology": "AMS-III.D.",
        "Total Vintage Quantity": "1,454,054",
        "Quantity Issued": quantity or f"{count:,}",
        "Serial Number": serial,
    }
    names = (
        "Retirement/Cancellation Date",
        "Retirement Beneficiary",
        "Retirement Reason",
        "Retirement Details",
    )
    row |= dict(zip(names, retired, strict=True)) | changed
    return [row[name] for name in VERRA]


def gec(number: int = 1, **changed: str) -> list[str]:
    """A row of the green certificates' system: one certificate of July 2026."""
    row = dict(zip(GEC, (f"{PLANT}202607{number:09d}", PLANT, "虚构海上风电", "2026-07"), strict=False))
    row |= {"绿证成交日期": "2026-09-01", "绿证数量": "1", "绿证状态": "已交易", "绿证类型": "可交易"}
    return [(row | changed)[name] for name in GEC]


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    from io import BytesIO

    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()
