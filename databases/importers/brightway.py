"""Brightway's own tables: .xlsx and .csv in the layout of ``bw2io``'s Excel importer.

Rules
1. A workbook is screened before anything opens it. ``bw2io``'s extractors and the sections and strategies of its Excel
   importer read it where they accept it; else our own reader does, which gives the same dictionaries.
2. A sheet counts when its first cell is text and not "skip". Blocks are ``Database``, ``Activity`` with its fields,
   ``Parameters`` and ``Exchanges`` with a row of column heads; ``cutoff`` limits the columns.
3. ``a::b`` is a path, ``(Unknown)`` is nothing, text that is a number is a number.
4. An exchange without an amount is evaluated from its formula by a grammar, never by ``eval``; where that fails the
   amount is not a number, and an ERROR notice tells.
5. An activity without a production exchange makes one unit of its own product (``production amount`` where given).

Format: documentation of ``bw2io.importers.excel.ExcelImporter``.
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections import ChainMap
from pathlib import Path
from typing import Any

from databases.importers import texts, workbooks
from databases.importers.brightway_blocks import Block, activities, database, parameters
from databases.importers.formulas import FormulaUnreadable, Values, evaluate, resolve
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.importers.sources import SourceFiles
from databases.notices import Notice, refused

TYPES = {
    "production": "production",
    "generic production": "production",
    "technosphere": "technosphere",
    "generic consumption": "technosphere",
    "substitution": "substitution",
    "biosphere": "biosphere",
}
_SPREAD = ("uncertainty type", "loc", "scale", "shape", "minimum", "maximum")
_COMPARED = ("name", "unit", "type", "amount", "formula", "code", "database", "input", "location")
_MOST_COPIED = 500_000_000
"""Rows times sections: for each section, ``bw2io`` copies the list of all rows below it."""

Raw = dict[str, Any]


def detects(files: SourceFiles) -> bool:
    """True for a workbook or table with Brightway's blocks, by their words."""
    found = workbooks.glance(files)
    if found is None:
        return False
    data = found[1]
    if workbooks.is_workbook(data):
        return all(
            workbooks.mentions(data, word) or workbooks.mentions(data, word.casefold())
            for word in ("Database<", "Activity<", "Exchanges<")
        )
    lines = [line.strip().casefold() for line in texts.head(data, 200_000).splitlines()]
    return any(line.startswith(("database,", '"database",')) for line in lines[:50]) and any(
        line.startswith(("activity,", '"activity",')) for line in lines
    )


def read(files: SourceFiles, work: Path) -> Extract:
    """Every activity of the file. Raises SourceRefused."""
    found = workbooks.single(files)
    if found is None:
        raise refused("table-one-file", files.title)
    name, data = found
    sheets, raw = _tolerant(data, name)
    reader = "tanbiao"
    rows = sum(len(sheet.rows) for sheet in sheets)
    if rows * (len(raw) + _headings(sheets)) <= _MOST_COPIED:
        theirs = _through_bw2io(data, name, work)
        if theirs is not None and _agree(raw, theirs[1]):
            sheets, raw = theirs
            reader = "bw2io"
    if not raw:
        raise refused("brightway-nothing", name)
    title, about = database(sheets)
    extract = Extract("brightway", reader, head={"name": title, "title": title or name})
    extract.head |= {key: _text(about[key]) for key in ("version", "licence", "url") if about.get(key)}
    _Shaper(extract, name, title, sheets).shape(raw)
    return extract


def _headings(sheets: list[Block]) -> int:
    """How many rows begin a section of parameters."""
    return sum(
        bool(cells) and isinstance(cells[0], str) and "parameters" in cells[0].casefold()
        for sheet in sheets
        for _, cells in sheet.rows
    )


def _tolerant(data: bytes, name: str) -> tuple[list[Block], list[Raw]]:
    if workbooks.is_workbook(data):
        blocks = [
            Block(sheet.name, [(row, [_cell(value) for value in values]) for row, values in sheet.rows])
            for sheet in workbooks.sheets(data, name)
        ]
    else:
        text, _ = texts.decode(data, name)
        blocks = [
            Block(name, [(row, list(cells)) for row, cells in enumerate(texts.rows(text, ",", name), 1)])
        ]
    return blocks, activities(blocks)


def _cell(value: Any) -> Any:
    """As ``bw2io`` sees it: an error value is an empty cell."""
    return None if isinstance(value, workbooks.ErrorValue) else value


def _through_bw2io(data: bytes, name: str, work: Path) -> tuple[list[Block], list[Raw]] | None:
    """Blocks and activities by ``bw2io``, or None where it does not read the file (rule 1)."""
    book = workbooks.is_workbook(data)
    if book and workbooks.is_padded(data):
        return None
    path = work / ("brightway.xlsx" if book else "brightway.csv")
    path.write_bytes(data)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return _extracted(path, name, book)
    except Exception:  # whatever the library makes of a file of the world, our own reading stands
        return None
    finally:
        path.unlink(missing_ok=True)


def _extracted(path: Path, name: str, book: bool) -> tuple[list[Block], list[Raw]]:
    from bw2io.extractors import CSVExtractor, ExcelExtractor
    from bw2io.importers.excel import ExcelImporter, valid_first_cell
    from bw2io.strategies import (
        csv_add_missing_exchanges_section,
        csv_drop_unknown,
        csv_numerize,
        csv_restore_booleans,
        csv_restore_tuples,
    )

    if book:
        extracted = [pair for pair in ExcelExtractor.extract(path) if valid_first_cell(*pair)]
    else:
        extracted = [(name, CSVExtractor.extract(path)[1])]
    # Its constructor wants a project with a biosphere database to link to; only its reading is wanted here.
    importer = ExcelImporter.__new__(ExcelImporter)
    importer.db_name, importer.metadata = importer.get_database(extracted)
    found = importer.process_activities(extracted)
    for strategy in (
        csv_restore_tuples,
        csv_restore_booleans,
        csv_numerize,
        csv_drop_unknown,
        csv_add_missing_exchanges_section,
    ):
        found = strategy(found)
    blocks = [
        Block(sheet, [(row, list(cells)) for row, cells in enumerate(rows, 1)]) for sheet, rows in extracted
    ]
    return blocks, found


def _agree(ours: list[Raw], theirs: list[Raw]) -> bool:
    """True when names, units, types and amounts are the same one by one; a reading that lost rows is not taken."""
    if len(ours) != len(theirs):
        return False
    for one, other in zip(ours, theirs, strict=True):
        if any(one.get(key) != other.get(key) for key in ("name", "code", "unit", "location")):
            return False
        if len(one["exchanges"]) != len(other.get("exchanges", ())):
            return False
        for mine, item in zip(one["exchanges"], other["exchanges"], strict=True):
            if any(mine.get(key) != item.get(key) for key in _COMPARED):
                return False
    return True


class _Shaper:
    """Activities as read -> processes of the shape that every reader gives."""

    def __init__(self, extract: Extract, file: str, title: str, sheets: list[Block]) -> None:
        self.extract, self.file, self.title = extract, file, title
        self.flows: dict[str, ElementaryFlow] = {}
        self.named: dict[tuple[str, ...], set[str]] = {}
        self.known = self._values(parameters(sheets, "project parameters"), {}, file)
        self.known = self._values(parameters(sheets, "database parameters"), self.known, file)

    def shape(self, raw: list[Raw]) -> None:
        """The processes of these activities, and the flows they emit, into the extract."""
        for activity in raw:
            code = self._code(activity)
            for key in {_wanted(activity), _wanted({**activity, "reference product": ""})}:
                self.named.setdefault(key, set()).add(code)
        for activity in raw:
            self.extract.processes.append(self._process(activity))
        self.extract.flows = [self.flows[code] for code in sorted(self.flows)]

    def _code(self, activity: Raw) -> str:
        parts = (_text(activity.get(key)) for key in ("name", "reference product", "location", "unit"))
        return _text(activity.get("code")) or texts.made_code("brightway", *parts)

    def _process(self, activity: Raw) -> Process:
        name = _text(activity.get("name"))
        product = _text(activity.get("reference product"))
        unit, location = _text(activity.get("unit")), _text(activity.get("location"))
        where = f"{activity.get('worksheet name', self.file)}: {name}"
        values = self._values(activity.get("parameters") or {}, self.known, where)
        exchanges = [
            shaped
            for item in activity["exchanges"]
            if (shaped := self._exchange(item, activity, values, where)) is not None
        ]
        if not any(item["type"] == "production" for item in exchanges):
            amount = activity.get("production amount")
            made = float(amount) if isinstance(amount, int | float) and not isinstance(amount, bool) else 1.0
            exchanges.insert(0, {"type": "production", "name": product or name, "unit": unit, "amount": made})
        _mark_reference(exchanges, product)
        process: Process = {
            "code": self._code(activity),
            "name": name,
            "reference product": product or next(i["name"] for i in exchanges if i["type"] == "production"),
            "unit": unit or next(i["unit"] for i in exchanges if i["type"] == "production"),
            "location": location,
            "type": "process",
            "filename": where,
            "exchanges": exchanges,
            "comment": _text(activity.get("comment")),
        }
        for key in ("technology", "source", "name zh"):
            if text := _text(activity.get(key)):
                process[key] = text
        if isinstance(year := activity.get("year"), int | float) and 1900 <= year < 2100:
            process["year"] = int(year)
        return process

    def _exchange(self, item: Raw, activity: Raw, values: Values, where: str) -> dict[str, Any] | None:
        kind = TYPES.get(_text(item.get("type")).casefold())
        name = _text(item.get("name"))
        if kind is None:
            self.extract.notices.append(
                Notice.error("brightway-type", where, name=name, type=_text(item.get("type"))[:60])
            )
            return None
        found: dict[str, Any] = {
            "type": kind,
            "name": _text(item.get("reference product")) or name if kind != "biosphere" else name,
            "unit": _text(item.get("unit")),
            "amount": self._amount(item, values, where, name),
        }
        for key in ("location", "comment"):
            if text := _text(item.get(key)):
                found[key] = text
        spread = {key: item[key] for key in _SPREAD if isinstance(item.get(key), int | float)}
        if int(spread.get("uncertainty type", 0)) >= 2 and all(
            math.isfinite(value) for value in spread.values()
        ):
            found |= spread | {"uncertainty type": int(spread["uncertainty type"])}
        given = item.get("input")
        target = (str(given[0]), str(given[1])) if isinstance(given, tuple) and len(given) == 2 else None
        target = target or ((_text(item.get("database")), _text(item["code"])) if item.get("code") else None)
        if kind == "biosphere":
            return found | self._flow(item, found, target)
        if kind == "production":
            if found["name"] == _text(activity.get("name")) and activity.get("reference product"):
                found["name"] = _text(activity["reference product"])
        elif target and target[0] in ("", self.title):
            found["activity"] = target[1]
        elif target is None and len(codes := self.named.get(_wanted(item), set())) == 1:
            # by the fields bw2io links by; several activities of one name stay to be chosen among
            found["activity"] = next(iter(codes))
        return found

    def _flow(self, item: Raw, found: dict[str, Any], target: tuple[str, str] | None) -> dict[str, Any]:
        categories = item.get("categories") or ()
        categories = tuple(map(str, categories)) if isinstance(categories, tuple) else (str(categories),)
        code = (
            target[1]
            if target
            else texts.made_code("brightway-flow", found["name"], *categories, found["unit"])
        )
        cas = _text(item.get("CAS number"))
        if code not in self.flows:
            self.flows[code] = {
                "code": code,
                "name": found["name"],
                "unit": found["unit"],
                "categories": categories,
            } | ({"CAS number": cas} if cas else {})
        return {"flow": code, "categories": categories} | ({"CAS number": cas} if cas else {})

    def _amount(self, item: Raw, values: Values, where: str, name: str) -> float:
        amount = item.get("amount")
        if isinstance(amount, int | float) and not isinstance(amount, bool) and math.isfinite(amount):
            return float(amount)
        formula = _text(item.get("formula"))
        try:
            if amount is None and formula:
                return evaluate(formula, values)
            problem = "not a number" if amount is not None else "no amount and no formula"
        except FormulaUnreadable as error:
            problem = str(error)
        written = formula or _text(amount)
        self.extract.notices.append(
            Notice.error("brightway-amount", where, name=name, written=written[:200], problem=problem)
        )
        return math.nan

    def _values(self, given: dict[str, Raw], known: Values, where: str) -> Values:
        """Values of parameters: the amount, else the formula."""
        fixed: dict[str, float | None] = {}
        formulas = {}
        for name, item in given.items():
            amount = item.get("amount")
            if item.get("formula") and not isinstance(amount, int | float):
                formulas[name.casefold()] = _text(item["formula"])
            elif isinstance(amount, int | float) and math.isfinite(amount):
                fixed[name.casefold()] = float(amount)
        above = ChainMap[str, float | None](fixed, known) if fixed else known  # type: ignore[arg-type]
        values, reasons = resolve(formulas, above)
        for name, problem in sorted(reasons.items()):
            self.extract.notices.append(
                Notice.error(
                    "brightway-parameter", where, name=name, formula=formulas[name][:200], problem=problem
                )
            )
        return values


def _wanted(item: Raw) -> tuple[str, ...]:
    """What an exchange means an activity by: its name, unit and place, and its product where that is given."""
    fields = ["name", "unit", "location"] + (["reference product"] if item.get("reference product") else [])
    return tuple(_text(item.get(key)) for key in fields)


def _mark_reference(exchanges: list[dict[str, Any]], product: str) -> None:
    """The output named like the reference product, else the first one."""
    made = [item for item in exchanges if item["type"] == "production"]
    chosen = next((item for item in made if item["name"] == product), made[0])
    for item in made:
        item["reference"] = item is chosen


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "::".join(map(str, value)) if isinstance(value, tuple) else str(value).strip()
