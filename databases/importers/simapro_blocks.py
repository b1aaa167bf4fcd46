"""SimaPro CSV text -> blocks and raw processes, with the keys that ``bw2io``'s extractor gives them.

Rules
1. The head lines in braces say how to read the rest: CSV separator and decimal separator.
2. A block begins with its name and ends with ``End``; in a process block a section is its name, its rows
   and an empty line.
3. A number is read by the file's decimal separator; anything else where a number belongs is a formula.
4. Formulas see the parameters of their process first, then those of the project and the database. One that cannot be
   evaluated gives an amount that is not a number, and an ERROR notice; the exchange stays.

Format: SimaPro "CSV export" 7 to 9 (processes), rows as in its manual:
products ``name;unit;amount;allocation %;waste type;category;comment``, waste treatment without the allocation, inputs
``name;unit;amount;distribution;p1;p2;p3;comment``, flows with the sub-compartment after the name.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from databases.importers import texts
from databases.importers.formulas import FormulaUnreadable, Values, evaluate, resolve
from databases.importers.shape import cas_number
from databases.notices import Notice, refused

PRODUCTS = ("Products", "Waste treatment", "Waste scenario")
INPUTS = ("Avoided products", "Materials/fuels", "Electricity/heat", "Waste to treatment")
COMPARTMENTS = {
    "Resources": "natural resource",
    "Emissions to air": "air",
    "Emissions to water": "water",
    "Emissions to soil": "soil",
    "Non material emissions": "non-material",
    "Social issues": "social",
    "Economic issues": "economic",
    "Final waste flows": "Final waste flows",
}
SPLIT = ("Separated waste", "Remaining waste")
PARAMETERS = ("Input parameters", "Calculated parameters")
GLOBAL = (
    "Database Input parameters",
    "Database Calculated parameters",
    "Project Input parameters",
    "Project Calculated parameters",
)
FLOW_LISTS = (
    "Raw materials",
    "Airborne emissions",
    "Waterborne emissions",
    "Emissions to soil",
    "Final waste flows",
    "Non material emissions",
    "Social issues",
    "Economic issues",
)
QUIET = ("Quantities", "Units", "Literature reference", "System description")
SECTIONS = frozenset((*PRODUCTS, *INPUTS, *COMPARTMENTS, *SPLIT, *PARAMETERS))

_SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t", ";": ";", ",": ",", "\t": "\t", "": ";"}
_UNKNOWN = math.nan
_LOGNORMAL, _NORMAL, _UNIFORM, _TRIANGULAR = 2, 3, 4, 5
_COMMA_NUMBER = re.compile(r"(?<=\d),(?=\d)")

Raw = dict[str, Any]
Rows = list[tuple[int, list[str]]]


@dataclass(slots=True)
class Export:
    """One file: head lines, blocks by kind, and the encoding and separators it was read with."""

    name: str
    head: dict[str, str]
    encoding: str
    separator: str
    decimal: str
    processes: list[Rows] = field(default_factory=list)
    globals: list[tuple[str, list[str]]] = field(default_factory=list)
    cas: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    unended: int = 0


def split(data: bytes, name: str) -> Export:
    """The blocks of a file (rules 1 and 2). Raises SourceRefused for a file that is no SimaPro export."""
    text, encoding = texts.decode(data, name)
    head = _head(text)
    if head is None:
        raise refused("simapro-not", name)
    separator = _SEPARATORS.get(head.get("csv separator", "").casefold())
    decimal = head.get("decimal separator", ".") or "."
    if separator is None or decimal not in (".", ",") or separator == decimal:
        raise refused("simapro-separators", name, separator=head.get("csv separator", ""), decimal=decimal)
    export = Export(name, head, encoding, separator, decimal)
    rows = texts.rows(text.replace("\x7f", " "), separator, name)
    block: str | None = None
    kept: Rows = []
    for number, row in enumerate(rows, 1):
        first = row[0] if row else ""
        if block is None:
            if first and not first.startswith("{"):
                block, kept = first, []
        elif first == "End" and not any(row[1:]):
            _close(export, block, kept)
            block = None
        else:
            kept.append((number, row if any(row) else []))
    if block is not None:
        export.unended += 1
        _close(export, block, kept)
    return export


def looks_like(text: str) -> bool:
    """True for the first lines of a SimaPro export."""
    start = text.lstrip("\ufeff \r\n\t\"'")
    return start.startswith("{") and bool(re.search(r"\{\s*(SimaPro|CSV separator:)", start[:4000]))


def processes(export: Export, notices: list[Notice]) -> list[Raw]:
    """The raw processes of a file (rules 3 and 4)."""
    reader = _Reader(export, notices)
    return [reader.process(rows) for rows in export.processes]


def _head(text: str) -> dict[str, str] | None:
    if not looks_like(text):
        return None
    found = {}
    for line in text.lstrip("\ufeff").splitlines()[:60]:
        plain = line.strip().strip("\"';,\t")
        if not plain.startswith("{"):
            if plain:
                break
            continue
        key, _, value = plain.strip("{}").partition(":")
        # the value of a separator may itself be a blank or a mark, so only blanks around words go
        found[key.strip().casefold()] = value.strip(" ")
    return found


def _close(export: Export, block: str, rows: Rows) -> None:
    if block == "Process":
        export.processes.append(rows)
    elif block in GLOBAL:
        export.globals += [(block, row) for _, row in rows if row]
    elif block in FLOW_LISTS:
        for _, row in rows:
            if len(row) > 2 and (cas := cas_number(row[2])):
                export.cas[row[0].casefold()] = cas
    elif block not in QUIET:
        export.skipped[block] = export.skipped.get(block, 0) + 1


class _Reader:
    def __init__(self, export: Export, notices: list[Notice]) -> None:
        self.export = export
        self.notices = notices
        self.globals: Values = {}
        for scope in ("Database", "Project"):
            mine = [(block, row) for block, row in export.globals if block.startswith(scope)]
            self.globals = self._parameters(mine, self.globals, export.name)

    def process(self, rows: Rows) -> Raw:
        found = sections(rows)
        metadata: dict[str, str] = {}
        parameters: list[tuple[str, list[str]]] = []
        for label, lines in found:
            if label not in SECTIONS:
                metadata.setdefault(label, self._text(lines))
            elif label in PARAMETERS:
                parameters += [(label, row) for _, row in lines]
        where = f"{self.export.name}: row {rows[0][0] if rows else 0}"
        values = self._parameters(parameters, self.globals, where)
        raw: Raw = {
            "simapro metadata": metadata,
            "code": metadata.get("Process identifier", ""),
            "row": rows[0][0] if rows else 0,
            "exchanges": [],
        }
        for label, lines in found:
            for number, row in lines:
                if label in SECTIONS and label not in PARAMETERS:
                    raw["exchanges"].append(self._exchange(label, number, row, values))
        return raw

    def _text(self, lines: Rows) -> str:
        """Lines of a field as they stand: a separator in them is a mark of the text."""
        return "\n".join(
            f"{self.export.separator} ".join(row).strip(f"{self.export.separator} ") for _, row in lines
        )

    def _parameters(self, rows: list[tuple[str, list[str]]], known: Values, where: str) -> Values:
        formulas = {}
        for _, row in rows:
            if row and row[0]:
                formulas[row[0].casefold()] = self._formula(row[1] if len(row) > 1 else "")
        values, reasons = resolve(formulas, known)
        for name, reason in sorted(reasons.items()):
            self.notices.append(
                Notice.error(
                    "simapro-parameter", where, name=name, formula=formulas[name][:200], problem=reason
                )
            )
        return values

    def _formula(self, text: str) -> str:
        return _COMMA_NUMBER.sub(".", text) if self.export.decimal == "," else text

    def _exchange(self, label: str, number: int, row: list[str], values: Values) -> Raw:
        cells = [*row, *[""] * (10 - len(row))]
        if label in SPLIT:
            return self._split(label, number, cells, values)
        flow = label in COMPARTMENTS
        at = 2 if flow else 1
        unit, written = cells[at], cells[at + 1]
        if (
            texts.number(unit, self.export.decimal) is not None
            and texts.number(written, self.export.decimal) is None
        ):
            unit, written = written, unit  # some versions write the amount before the unit
        raw: Raw = {"name": cells[0], "unit": unit, "row": number, "section": label, "written": written}
        raw["amount"] = self._number(written, values, number, cells[0])
        rest = cells[at + 2 :]
        if label in PRODUCTS:
            raw["type"] = "production"
            if label == "Products":
                raw["allocation"] = self._share(rest[0], values, number, cells[0])
                rest = rest[1:]
            raw["categories"] = tuple(part for part in rest[1].split("\\") if part)
            raw["comment"] = _joined(rest[2:])
            return raw
        raw["type"] = (
            "biosphere" if flow else "substitution" if label == "Avoided products" else "technosphere"
        )
        raw["categories"] = (COMPARTMENTS[label], cells[1]) if flow else (label,)
        raw["comment"] = _joined(rest[4:])
        if texts.number(written, self.export.decimal) is not None:
            raw |= self._spread(raw["amount"], rest)
        return raw

    def _split(self, label: str, number: int, cells: list[str], values: Values) -> Raw:
        """``treatment;waste type;percentage;comment`` of a waste scenario: a share of what is treated."""
        share = self._number(cells[2].rstrip("% "), values, number, cells[0]) / 100
        return {
            "name": cells[0],
            "unit": "",
            "row": number,
            "section": label,
            "written": cells[2],
            "amount": share,
            "type": "technosphere",
            "categories": (label, cells[1]),
            "comment": _joined(cells[3:]),
        }

    def _number(self, written: str, values: Values, number: int, name: str) -> float:
        plain = texts.number(written, self.export.decimal)
        if plain is not None:
            return plain
        try:
            return evaluate(self._formula(written), values)
        except FormulaUnreadable as error:
            where = f"{self.export.name}: row {number}"
            self.notices.append(
                Notice.error("simapro-formula", where, name=name, formula=written[:200], problem=error)
            )
            return _UNKNOWN

    def _share(self, written: str, values: Values, number: int, name: str) -> float | None:
        plain = written.rstrip("% ")
        if not plain or plain.casefold() in ("not defined", "undefined", "n/a"):
            return None
        return self._number(plain, values, number, name) / 100

    def _spread(self, amount: float, rest: list[str]) -> Raw:
        """Uncertainty by the keys of ``stats_arrays``: SimaPro gives the squared geometric standard deviation."""
        kind = rest[0].casefold()
        first, low, high = (texts.number(text, self.export.decimal) for text in rest[1:4])
        if kind == "lognormal" and first is not None and first > 0 and first != 1 and amount:
            scale = math.log(math.sqrt(first))
            return {
                "uncertainty type": _LOGNORMAL,
                "loc": math.log(abs(amount)),
                "scale": scale,
                "negative": amount < 0,
            }
        if kind == "normal" and first is not None and first > 0:
            return {"uncertainty type": _NORMAL, "loc": amount, "scale": math.sqrt(first)}
        if kind in ("triangle", "uniform") and low is not None and high is not None and low < high:
            number = _TRIANGULAR if kind == "triangle" else _UNIFORM
            return {"uncertainty type": number, "loc": amount, "minimum": low, "maximum": high}
        return {}


def sections(rows: Rows) -> list[tuple[str, Rows]]:
    """The sections of a process block, (label, its rows).

    A label is what stands first after an empty line, or the name of a section.
    """
    found: list[tuple[str, Rows]] = []
    fresh = True
    for number, row in rows:
        if not row:
            fresh = True
        elif fresh or (row[0] in SECTIONS and not any(row[1:])):
            found.append((row[0], []))
            fresh = False
        else:
            found[-1][1].append((number, row))
    return found


def _joined(cells: list[str]) -> str:
    return "; ".join(cell for cell in cells if cell)
