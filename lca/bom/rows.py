"""From records to the parts of an inventory: processes, lines and legs, each problem with its cell."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lca.bom import measures
from lca.bom.cells import Cell, Choice, Findings, choice, number, text
from lca.bom.columns import sheets
from lca.bom.tables import Record, Table
from lca.bom.words import nearest
from lca.findings import Place
from lca.inventory import ElectricitySource, Leg, Line, LineKind, Output, Stage

HIGH_LOSS = Decimal(100)
SMALL_LOSS = Decimal(1)
"""A smaller loss without a percent sign may be a fraction: 0.02 for 2 %."""


@dataclass(slots=True)
class Row:
    """One record being read, typed; ``missing`` turns True when a needed value is absent or refused."""

    record: Record
    sheet: str
    found: Findings
    line: str = ""
    missing: bool = False

    def text(self, key: str) -> str:
        """Text of a cell, "" when empty or refused."""
        cell = self.record.cells.get(key)
        if cell is None:
            self._required(key)
            return ""
        value = text(cell, self.found, self.line)
        self.missing |= value is None
        return value or ""

    def identifier(self, key: str) -> str:
        """Text of a cell that others refer to: full-width letters and digits are the same as plain ones."""
        return unicodedata.normalize("NFKC", self.text(key)).strip()

    def number(self, key: str) -> Decimal | None:
        """Number of a cell, None when empty or refused."""
        cell = self.record.cells.get(key)
        if cell is None:
            self._required(key)
            return None
        value = number(cell, self.found, self.line)
        self.missing |= value is None
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """Member of ``kind``, None when empty or refused."""
        cell = self.record.cells.get(key)
        if cell is None:
            self._required(key)
            return None
        value = choice(cell, kind, self.found, self.line)
        self.missing |= value is None
        return value

    def unit(self, key: str = "unit") -> str:
        """Canonical unit code, "" when empty or refused."""
        cell = self.record.cells.get(key)
        if cell is None:
            self._required(key)
            return ""
        value = measures.unit(cell, self.found, self.line)
        self.missing |= value is None
        return value or ""

    def place(self, key: str = "") -> Place:
        """Place of a cell, or of the row where the cell is empty."""
        cell = self.record.cells.get(key)
        return cell.place(self.line) if cell else self.record.place(self.line)

    def refuse(self, code: str, key: str, **details: object) -> None:
        """An ERROR at a cell; the row gives nothing."""
        self.missing = True
        self.found.error(code, self.place(key), **details)

    def _required(self, key: str) -> None:
        column = sheets()[self.sheet].by_key()[key]
        if column.required:
            self.refuse("value-missing", key, header=column.header)


@dataclass(slots=True)
class Processes:
    """Processes by id, and every id that was written, also of refused rows."""

    outputs: dict[str, Output] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def is_unknown(self, process: str) -> bool:
        """True when the sheet was read and does not name ``process``."""
        return bool(self.written) and process not in self.written

    def known(self) -> str:
        """The ids, for a sentence."""
        return ", ".join(sorted(self.written)[:20])


def read_outputs(table: Table, found: Findings) -> Processes:
    """Processes by id, in the file's order. Two processes with one id are refused."""
    processes = Processes()
    for record in table.records:
        row = Row(record, "processes", found)
        process, name = row.identifier("process"), row.text("name")
        amount, unit = row.number("amount"), row.unit()
        if amount is not None and amount == 0:
            row.refuse("output-zero", "amount", process=process)
        if process in processes.written:
            row.refuse("process-twice", "process", process=process)
        if process:
            processes.written.add(process)
        if not row.missing and amount is not None:
            place = row.place("name")
            processes.outputs[process] = Output(
                process=process, name=name, amount=amount, unit=unit, place=place
            )
    if not table.records:
        found.error("no-processes", Place(table.sheet))
    return processes


def read_legs(table: Table, numbers: set[str], found: Findings) -> dict[str, tuple[Leg, ...]]:
    """Legs by line number, ordered by leg number. Unknown lines and repeated leg numbers are refused."""
    legs: dict[str, dict[int, Leg]] = defaultdict(dict)
    for record in table.records:
        row = Row(record, "transport", found)
        row.line = row.identifier("line")
        count, distance = row.number("number"), row.number("distance_km")
        mode, origin, destination = row.text("mode"), row.text("origin"), row.text("destination")
        dataset = row.identifier("dataset")
        if row.line and row.line not in numbers:
            row.refuse("leg-line-unknown", "line", line=row.line, near=nearest(row.line, numbers) or "-")
        if count is not None and (count != int(count) or not 1 <= count <= 99):
            row.refuse("leg-number-wrong", "number", text=count)
        elif count is not None and int(count) in legs[row.line]:
            row.refuse("leg-twice", "number", leg=int(count), line=row.line)
        if not row.missing and count is not None and distance is not None:
            legs[row.line][int(count)] = Leg(
                number=int(count),
                mode=mode,
                distance_km=distance,
                origin=origin,
                destination=destination,
                dataset=dataset,
                place=row.place("mode"),
            )
    return {line: tuple(by_number[key] for key in sorted(by_number)) for line, by_number in legs.items()}


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before its legs are known."""

    values: Mapping[str, object]

    def finish(self, legs: tuple[Leg, ...]) -> Line:
        """The line with its legs."""
        return Line(**self.values, legs=legs)  # type: ignore[arg-type]


def read_lines(table: Table, processes: Processes, found: Findings) -> tuple[dict[str, Draft], set[str]]:
    """Drafts by line number, and every line number that was written, also of refused lines."""
    drafts: dict[str, Draft] = {}
    numbers: set[str] = set()
    for record in table.records:
        row = Row(record, "inventory", found)
        line = row.identifier("number")
        row.line = line
        if line in numbers:
            row.refuse("line-twice", "number", line=line)
        if "/" in line:
            row.refuse("line-number-slash", "number", line=line)
        if line:
            numbers.add(line)
        draft = _line(row, processes)
        if draft is not None:
            drafts[line] = draft
    if not table.records:
        found.error("no-lines", Place(table.sheet))
    return drafts, numbers


def _line(row: Row, processes: Processes) -> Draft | None:
    stage, kind = row.choice("stage", Stage), row.choice("kind", LineKind)
    amount, unit = row.number("amount"), row.unit()
    loss, share = row.number("loss_percent"), row.number("cutoff_share")
    values: dict[str, object] = {
        "number": row.line,
        "process": row.identifier("process"),
        "name": row.text("name"),
        "stage": stage,
        "kind": kind,
        "amount": amount,
        "unit": unit,
        "loss_percent": loss or Decimal(0),
        "electricity_source": row.choice("electricity_source", ElectricitySource),
        "cutoff_share": share,
        "place": row.place("name"),
    }
    for key in ("supplier", "origin", "cutoff_reason", "evidence"):
        values[key] = row.text(key)
    for key in ("from_process", "dataset"):
        values[key] = row.identifier(key)
    if kind is not None:
        _check_unit(row, kind, unit, str(values["from_process"]), processes)
    _check_processes(row, kind, str(values["process"]), str(values["from_process"]), processes)
    _check_electricity(row, kind)
    if amount is not None and amount == 0:
        row.found.warning("amount-zero", row.place("amount"))
    if loss is not None and loss > HIGH_LOSS:
        row.found.warning("loss-high", row.place("loss_percent"), text=f"{loss:f}")
    if loss is not None and 0 < loss < SMALL_LOSS and not _says_percent(row.record.cells["loss_percent"]):
        details = {"text": f"{loss:f}", "percent": f"{(loss * 100).normalize():f}"}
        row.found.warning("loss-small", row.place("loss_percent"), **details)
    if share is not None and share > 100:
        row.refuse("share-over-hundred", "cutoff_share", text=f"{share:f}")
    return None if row.missing else Draft(values)


def _says_percent(cell: Cell) -> bool:
    return cell.percent or "%" in unicodedata.normalize("NFKC", str(cell.value))


def _check_unit(row: Row, kind: LineKind, unit: str, source: str, processes: Processes) -> None:
    if not unit:
        return
    dimension = measures.dimension(unit)
    if kind is LineKind.INTERMEDIATE:
        given = processes.outputs.get(source)
        if given is not None and measures.dimension(given.unit) != dimension:
            row.refuse("intermediate-unit", "unit", unit=unit, process=source, wanted=given.unit)
    elif dimension not in measures.DIMENSIONS[kind]:
        wanted = measures.examples(measures.DIMENSIONS[kind])
        cell = row.record.cells["kind"]
        row.refuse("unit-not-of-kind", "unit", unit=unit, kind=cell.shown, wanted=wanted)


def _check_processes(row: Row, kind: StrEnum | None, process: str, source: str, processes: Processes) -> None:
    for key, name in (("process", process), ("from_process", source)):
        if name and processes.is_unknown(name):
            row.refuse("process-unknown", key, process=name, known=processes.known())
    if kind is LineKind.INTERMEDIATE and not source:
        row.refuse("intermediate-source-missing", "from_process")
    if kind is not None and kind is not LineKind.INTERMEDIATE and source:
        row.refuse("source-not-expected", "from_process")


def _check_electricity(row: Row, kind: StrEnum | None) -> None:
    given = "electricity_source" in row.record.cells
    if kind is LineKind.ELECTRICITY and not given:
        row.refuse("electricity-source-missing", "electricity_source")
    if kind is not None and kind is not LineKind.ELECTRICITY and given:
        row.found.warning("electricity-source-unused", row.place("electricity_source"))
