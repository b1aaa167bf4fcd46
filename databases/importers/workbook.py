"""Our own factor workbook: read all or nothing, with every bad cell told at once.

Rules
1. The sheets of datasets and of exchanges are known by their heads, in Chinese, English or both, in any order.
2. Every cell is checked, and each problem is an ERROR notice with sheet and cell, the rule, and what to do. With any
   ERROR the workbook is refused as a whole: the first notice counts them, ``SourceRefused.notices`` holds them all.
3. A formula counts by its saved result; one without a saved result is a problem, and so is an error value.
4. An amount is the decimal that the cell shows, converted exactly to kilograms of a gas or to the unit of the dataset
   taken; amount, unit and rule as written are kept.
5. A dataset needs at least one exchange; it may take other datasets of the workbook, never itself.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from databases import places, units
from databases.importers import texts, workbooks
from databases.importers.factors import emission, flows_of, our_flows, product
from databases.importers.shape import Extract, Process
from databases.importers.sources import SourceFiles
from databases.importers.workbook_sheets import GASES, SHEETS, Column
from databases.importers.workbook_template import write_template
from databases.notices import Notice, SourceRefused, refused

__all__ = ["detects", "read", "write_template"]

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_LARGEST = Decimal("1e15")
_LONGEST = 2_000
_FIRST = 20
_LOGNORMAL = 2


@dataclass(slots=True)
class _Record:
    """One row: values by column key, and where each cell is."""

    sheet: str
    row: int
    values: dict[str, Any]
    columns: dict[str, int]

    def cell(self, key: str) -> str:
        column = self.columns.get(key)
        return f"{self.sheet}!{workbooks.address(self.row, column if column is not None else 0)}"

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return "" if value is None else _shown(value)


def detects(files: SourceFiles) -> bool:
    """True for a workbook with the heads of both of our sheets."""
    found = workbooks.glance(files)
    if found is None or not workbooks.is_workbook(found[1]):
        return False
    data = found[1]
    return all(
        any(workbooks.mentions(data, *words) for words in (both, english, chinese))
        for both, english, chinese in (
            (
                ("编号 code", "边界 boundary"),
                (">name zh<", ">name en<", ">boundary<", ">certainty<"),
                (">中文名称<", ">英文名称<", ">边界<", ">可信度<"),
            ),
            (
                ("数据集编号 dataset code", "数量 amount"),
                (">dataset code<", ">input<", ">amount<"),
                (">数据集编号<", ">投入<", ">数量<"),
            ),
        )
    )


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - the signature of every reader
    """Every dataset of the workbook. Raises SourceRefused, with every problem in ``notices`` (rule 2)."""
    found = workbooks.single(files)
    if found is None:
        raise refused("table-one-file", files.title)
    name, data = found
    reader = _Reader(name)
    reader.take(workbooks.sheets(data, name, formulas=True))
    if reader.problems:
        first = "; ".join(f"{notice.where}: {notice.message('en')}" for notice in reader.problems[:_FIRST])
        first_zh = "；".join(f"{notice.where}：{notice.message('zh')}" for notice in reader.problems[:_FIRST])
        summary = Notice.error(
            "workbook-problems", name, count=len(reader.problems), first=first, first_zh=first_zh
        )
        raise SourceRefused(summary, *reader.problems)
    extract = Extract("factor-workbook", "tanbiao", processes=reader.processes)
    extract.flows = flows_of(extract.processes)
    extract.head = {"title": name}
    return extract


@dataclass(slots=True)
class _Reader:
    file: str
    problems: list[Notice] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    datasets: dict[str, Process] = field(default_factory=dict)
    seen: dict[tuple[str, ...], str] = field(default_factory=dict)

    def take(self, sheets: list[workbooks.Sheet]) -> None:
        tables = {key: self._table(sheets, key) for key in SHEETS}
        for record in tables["datasets"] or ():
            self._dataset(record)
        waiting = [item for record in tables["exchanges"] or () if (item := self._exchange(record))]
        for process, exchange in waiting:
            process["exchanges"].append(exchange)
        for code, process in self.datasets.items():
            if len(process["exchanges"]) == 1 and not self._named(code):
                self._problem("factor-no-exchange", process["filename"], item=code)
        self.processes = list(self.datasets.values())
        if not self.processes and not self.problems:
            self._problem("factor-empty", self.file)

    def _named(self, code: str) -> bool:
        """True where an exchange of the dataset was there and is itself a problem already."""
        return ("tried", code) in self.seen

    def _problem(self, code: str, where: str, **details: object) -> None:
        self.problems.append(Notice.error(code, where, **details))

    def _table(self, sheets: list[workbooks.Sheet], key: str) -> list[_Record] | None:
        title, columns = SHEETS[key]
        found = [(sheet, at) for sheet in sheets if (at := _head_row(sheet, columns)) is not None]
        if len(found) != 1:
            self._problem("factor-sheet-twice" if found else "factor-sheet-missing", self.file, sheet=title)
            return None
        sheet, at = found[0]
        _, head = sheet.rows[at]
        places_of: dict[str, int] = {}
        for index, value in enumerate(head):
            column = _column(columns, value)
            if column is not None and column.key in places_of:
                self._problem(
                    "factor-column-twice", f"{sheet.name}!{workbooks.address(sheet.rows[at][0], index)}"
                )
            elif column is not None:
                places_of[column.key] = index
        missing = [column.header for column in columns if column.needed and column.key not in places_of]
        if missing:
            self._problem("factor-column-missing", sheet.name, columns=", ".join(missing))
            return None
        return list(self._records(sheet, at, columns, places_of))

    def _records(
        self, sheet: workbooks.Sheet, at: int, columns: tuple[Column, ...], places_of: dict[str, int]
    ) -> Iterator[_Record]:
        for number, values in sheet.rows[at + 1 :]:
            cells = {
                key: values[index]
                for key, index in places_of.items()
                if index < len(values) and values[index] not in (None, "")
            }
            record = _Record(sheet.name, number, cells, places_of)
            unsaved = [key for key in places_of if record.cell(key).split("!")[-1] in sheet.unsaved]
            if not cells and not unsaved:
                continue
            for key in unsaved:
                self._problem("factor-formula", record.cell(key))
            for column in columns:
                self._check(record, column, column.key in unsaved)
            yield record

    def _check(self, record: _Record, column: Column, told: bool) -> None:
        """What holds for every cell: there, no error value, not too long, one of its words."""
        value = record.values.get(column.key)
        if value is None:
            if column.needed and not told:
                self._problem("factor-missing", record.cell(column.key), column=column.header)
        elif isinstance(value, workbooks.ErrorValue):
            self._problem("factor-error-value", record.cell(column.key), value=value)
        elif isinstance(value, str) and len(value) > _LONGEST:
            self._problem("factor-too-long", record.cell(column.key), most=_LONGEST)
        elif column.choices and _shown(value) not in column.choices:
            known = ", ".join(column.choices)
            self._problem("factor-choice", record.cell(column.key), value=_shown(value)[:60], known=known)

    def _dataset(self, record: _Record) -> None:
        code = record.text("code")
        if code and not _CODE.fullmatch(code):
            self._problem("factor-code", record.cell("code"), item=code[:60])
        elif code in self.datasets:
            first = self.datasets[code]["filename"]
            self._problem("factor-code-twice", record.cell("code"), item=code, first=first)
            return
        unit = self._unit(record)
        process: Process = {
            "code": code,
            "name": record.text("name_en"),
            "name zh": record.text("name_zh"),
            "reference product": record.text("name_en"),
            "unit": unit,
            "location": self._place(record),
            "type": "process",
            "filename": record.cell("code"),
            "year": self._year(record),
            "exchanges": [product(record.text("name_en"), unit)],
            "comment": record.text("note"),
            "source": self._source(record),
        }
        for key in ("kind", "group", "boundary", "technology", "certainty", "locator", "synonyms"):
            if text := record.text(key):
                process[key] = text
        if code:
            self.datasets[code] = process

    def _unit(self, record: _Record) -> str:
        """The canonical unit of a row; empty, with a problem, where it is not known."""
        text = record.text("unit")
        if not text or isinstance(record.values.get("unit"), workbooks.ErrorValue):
            return ""
        try:
            return units.parse(text)
        except units.UnknownUnit:
            self._problem("factor-unit", record.cell("unit"), unit=text[:40])
            return ""

    def _place(self, record: _Record) -> str:
        text = record.text("place")
        if text and not isinstance(record.values.get("place"), workbooks.ErrorValue):
            try:
                return places.parse(text)
            except places.UnknownPlace:
                self._problem("factor-place", record.cell("place"), place=text[:40])
        return ""

    def _year(self, record: _Record) -> int:
        value = record.values.get("year")
        text = _shown(value) if value is not None else ""
        if re.fullmatch(r"(19|20)\d\d", text):
            return int(text)
        if value is not None and not isinstance(value, workbooks.ErrorValue):
            self._problem("factor-year", record.cell("year"), value=text[:40])
        return 0

    def _source(self, record: _Record) -> str:
        published = record.text("published")
        if published and not _DATE.fullmatch(published):
            self._problem("factor-date", record.cell("published"), value=published[:40])
        url = record.text("url")
        if url and not re.fullmatch(r"https?://[^\s<>\"']{3,500}", url):
            self._problem("factor-url", record.cell("url"), value=url[:80])
        parts = (record.text(key) for key in ("issuer", "source_title", "document_number"))
        return ", ".join(part for part in (*parts, published, record.text("licence"), url) if part)

    def _exchange(self, record: _Record) -> tuple[Process, dict[str, Any]] | None:
        code, wanted = record.text("dataset"), record.text("input")
        self.seen[("tried", code)] = record.cell("dataset")
        process = self.datasets.get(code)
        if code and process is None:
            self._problem("factor-dataset-unknown", record.cell("dataset"), item=code[:60])
        amount = self._amount(record)
        flow = _gas(wanted)
        taken = self.datasets.get(wanted)
        if wanted and flow is None and taken is None:
            self._problem("factor-input-unknown", record.cell("input"), input=wanted[:60])
        if taken is not None and wanted == code:
            self._problem("factor-self", record.cell("input"), item=code)
        ratio = self._ratio(record, "kg" if flow else str((taken or {}).get("unit", "")))
        spread = self._uncertainty(record, amount)
        key = (code, flow or wanted, record.text("locator"), record.text("amount"))
        if code and wanted and key in self.seen:
            self._problem("factor-exchange-twice", record.cell("dataset"), first=self.seen[key])
        self.seen.setdefault(key, record.cell("dataset"))
        if process is None or amount is None or ratio is None or not (flow or taken):
            return None
        locator = record.text("locator") or str(process.get("locator", ""))
        rule = (
            ""
            if ratio == 1
            else f"{record.text('unit')} to {'kg' if flow or taken is None else taken['unit']}"
        )
        printed = emission(flow or "co2-fossil", amount, record.text("unit"), ratio, rule, locator)
        if taken is not None and not flow:
            for gone in ("flow", "categories"):
                del printed[gone]
            printed |= {
                "type": "technosphere",
                "name": taken["name"],
                "unit": taken["unit"],
                "activity": wanted,
            }
        return process, printed | spread

    def _amount(self, record: _Record) -> Decimal | None:
        value = record.values.get("amount")
        if value is None or isinstance(value, workbooks.ErrorValue):
            return None
        found = texts.exact(value)
        if found is None:
            self._problem("factor-number", record.cell("amount"), value=_shown(value)[:60])
        elif abs(found) > _LARGEST:
            self._problem("factor-too-large", record.cell("amount"), value=_shown(value)[:60])
            return None
        return found

    def _ratio(self, record: _Record, target: str) -> Fraction | None:
        """Units of ``target`` in one of the unit as written; None, with a problem, where they do not convert."""
        unit = self._unit(record)
        if not unit or not target:
            return None
        try:
            return Fraction(units.convert(Decimal(1), unit, target))
        except units.UnitMismatch:
            self._problem(
                "factor-unit-conflict", record.cell("unit"), unit=record.text("unit")[:40], target=target
            )
            return None

    def _uncertainty(self, record: _Record, amount: Decimal | None) -> dict[str, Any]:
        value = record.values.get("uncertainty")
        if value is None or isinstance(value, workbooks.ErrorValue):
            return {}
        spread = texts.exact(value)
        if spread is None or not 1 <= spread <= 100:
            self._problem("factor-uncertainty", record.cell("uncertainty"), value=_shown(value)[:60])
            return {}
        if not amount or spread == 1:
            return {}
        loc = math.log(abs(float(amount)))
        return {
            "uncertainty type": _LOGNORMAL,
            "loc": loc,
            "scale": math.log(float(spread)),
            "negative": amount < 0,
        }


def _head_row(sheet: workbooks.Sheet, columns: tuple[Column, ...]) -> int | None:
    """Index of the row, among the first ten, that has most of the needed heads; None where none has half."""
    needed = [column for column in columns if column.needed]
    best, at = 0, None
    for index, (_, values) in enumerate(sheet.rows[:10]):
        heads = {column.key for value in values if (column := _column(columns, value)) is not None}
        count = sum(column.key in heads for column in needed)
        if count > best:
            best, at = count, index
    return at if best * 2 > len(needed) else None


def _column(columns: tuple[Column, ...], value: object) -> Column | None:
    if not isinstance(value, str):
        return None
    plain = _folded(value)
    return next(
        (
            one
            for one in columns
            if plain in (_folded(one.header), _folded(one.zh), _folded(one.en), _folded(one.key))
        ),
        None,
    )


def _folded(text: str) -> str:
    return re.sub(r"[\s*_]+", "", text.casefold())


def _gas(text: str) -> str | None:
    """Code of one of our flows by code, name, formula or short word; None for anything else."""
    plain = _folded(text)
    for code, words in GASES.items():
        if plain in map(_folded, words):
            return code
    for code, row in our_flows().items():
        if plain in (_folded(code), _folded(row["name_en"]), _folded(row["name_zh"])):
            return code
    return next(
        (code for code, row in our_flows().items() if row["formula"] and plain == _folded(row["formula"])),
        None,
    )


def _shown(value: object) -> str:
    """A cell as a person sees it: dates as ISO dates, whole numbers without a point."""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
