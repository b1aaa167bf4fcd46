"""UK Government GHG conversion factors for company reporting (DESNZ): the flat file, as .xlsx or as .csv.

Rules
1. Rows that share scope, four levels, column text and unit are one dataset; every row of the file is either used
   by one or left with a reason.
2. Rows ``kg CO2e of CO2/CH4/N2O per unit`` become kilograms of the gas: over 1, 28, 265, the AR5 values that the
   document itself uses. Where only the total is given, it stays CO2e on the AR5 basis.
3. The total is then used only to be compared: where it differs from the sum of its gases by more than the rounding
   of the printed digits, that is told.
4. Factors with radiative forcing are not masses of gases: their total is taken, their gas rows are left.
5. Boundaries are those of the starter release: burning and driving ``combustion-only``, WTT ``upstream-only``,
   landfill ``life-cycle``, other waste routes ``collection-only``, materials ``cradle-to-gate``. CO2 ``outside of
   scopes`` is biogenic.

Format: columns ID, Scope, Level 1 to 4, Column Text, UOM, GHG/Unit and the factor of the year (workbook: sheet
"Factors by Category"; the technical column heads of the .csv are those of the open-data copy).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from databases.importers import texts, workbooks
from databases.importers.desnz_levels import Meaning, meaning
from databases.importers.factors import GWP_AR5, MILE_KM, emission, flows_of, product, words
from databases.importers.shape import Extract, Process, Row
from databases.importers.sources import SourceFiles
from databases.notices import Notice, refused

_HEADS = ("id", "scope", "level1", "level2", "level3", "level4", "columntext", "uom", "ghgunit")
_FACTOR = re.compile(r"(?:ghgconversionfactor|factor)(20\d\d)")
_GAS = re.compile(r"kg CO2e of (CO2|CH4|N2O) per unit")
_TOTAL = "kg CO2e"

UNITS: dict[str, tuple[str, Fraction, str]] = {
    "tonnes": ("kg", Fraction(1, 1000), "per t to per kg"),
    "kg": ("kg", Fraction(1), ""),
    "litres": ("L", Fraction(1), ""),
    "cubic metres": ("m3", Fraction(1), ""),
    "million litres": ("m3", Fraction(1, 1000), "per million L to per m3"),
    "kWh": ("kWh", Fraction(1), ""),
    "kWh (Net CV)": ("kWh", Fraction(1), "net calorific value"),
    "kWh (Gross CV)": ("kWh", Fraction(1), "gross calorific value"),
    "GJ": ("GJ", Fraction(1), ""),
    "km": ("vkm", Fraction(1), ""),
    "miles": ("vkm", 1 / MILE_KM, "per mile to per km: 1 mile = 1.609344 km"),
    "tonne.km": ("tkm", Fraction(1), ""),
    "passenger.km": ("pkm", Fraction(1), ""),
    "Room per night": ("piece", Fraction(1), "one room for one night"),
    "per FTE Working Hour": ("h", Fraction(1), "one full-time working hour"),
}
"""Unit of the document -> our unit, ratio of the factor, and how."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: where it stands, and its cells as text (``factor`` None where there is none)."""

    where: str
    id: str
    key: tuple[str, ...]
    ghg: str
    factor: Decimal | None
    written: str

    @property
    def uom(self) -> str:
        """The unit the factor is for."""
        return self.key[6]


@dataclass(slots=True)
class _Table:
    year: int
    lines: list[Line]
    other: list[Row]


def detects(files: SourceFiles) -> bool:
    """True for the flat file, by its column heads; never by its name."""
    found = workbooks.glance(files)
    if found is None:
        return False
    data = found[1]
    if workbooks.is_workbook(data):
        return workbooks.mentions(data, "GHG/Unit", "GHG Conversion Factor", "Column Text")
    first = texts.head(data).split("\n", 1)[0]
    return _year([_plain(cell) for cell in first.split(",")]) is not None


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - the signature of every reader
    """Every dataset of the flat file, and what became of every row. Raises SourceRefused."""
    found = workbooks.single(files)
    if found is None:
        raise refused("table-one-file", files.title)
    name, data = found
    table = _from_workbook(data, name) if workbooks.is_workbook(data) else _from_text(data, name)
    extract = Extract("desnz", "tanbiao", head=_head(table.year), rows=list(table.other))
    extract.notices.append(Notice.note("desnz-gwp", name))
    groups: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in table.lines:
        groups[line.key].append(line)
    unknown: set[str] = set()
    for key, lines in groups.items():
        _group(extract, table.year, key, lines, unknown)
    if not extract.processes:
        raise refused("table-nothing", name)
    extract.flows = flows_of(extract.processes)
    return extract


def _from_workbook(data: bytes, name: str) -> _Table:
    table: _Table | None = None
    other: list[Row] = []
    for sheet in workbooks.sheets(data, name):
        columns: list[int] | None = None
        year = 0
        for number, values in sheet.rows:
            where = f"{sheet.name}!{number}"
            cells = ["" if value is None else str(value) for value in values]
            if columns is None:
                plain = [_plain(cell) for cell in cells]
                if (heads := _year(plain)) is not None:
                    if table is not None:
                        raise refused("table-several", name, what="GHG/Unit")
                    year, columns = heads
                    table = _Table(year, [], [])
                other.append(Row(where, left="row-heading" if columns is not None else "row-text"))
            elif table is not None:
                _take(table, other, where, cells, columns)
    if table is None:
        raise refused("desnz-no-table", name)
    table.other = other
    return table


def _from_text(data: bytes, name: str) -> _Table:
    text, _ = texts.decode(data, name)
    rows = texts.rows(text, ",", name)
    heads = _year([_plain(cell) for cell in rows[0]]) if rows else None
    if heads is None:
        raise refused("desnz-no-table", name)
    table = _Table(heads[0], [], [Row(f"{name}:1", left="row-heading")])
    for number, cells in enumerate(rows[1:], 2):
        _take(table, table.other, f"{name}:{number}", cells, heads[1])
    return table


def _take(table: _Table, other: list[Row], where: str, cells: list[str], columns: list[int]) -> None:
    taken = [cells[column] if column < len(cells) else "" for column in columns]
    if not any(taken):
        other.append(Row(where, left="row-blank"))
    elif not (taken[0] and taken[1] and taken[2] and taken[8]):
        other.append(Row(where, left="row-text"))
    else:
        table.lines.append(
            Line(where, taken[0], tuple(taken[1:8]), taken[8], texts.exact(taken[9]), taken[9])
        )


def _year(plain: list[str]) -> tuple[int, list[int]] | None:
    """(year of the factors, positions of the columns in the order of ``_HEADS`` and the factor)."""
    factor = next((found for cell in plain if (found := _FACTOR.fullmatch(cell))), None)
    if factor is None or any(head not in plain for head in _HEADS):
        return None
    return int(factor[1]), [*(plain.index(head) for head in _HEADS), plain.index(factor[0])]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _group(extract: Extract, year: int, key: tuple[str, ...], lines: list[Line], unknown: set[str]) -> None:
    """One dataset of the lines that share ``key``, or the reasons why there is none."""
    uom = key[6]
    if uom not in UNITS or not meaning(key).known:
        word = uom if uom not in UNITS else key[1]
        if word not in unknown:
            unknown.add(word)
            code = "desnz-unit-unknown" if uom not in UNITS else "desnz-category-unknown"
            tell = Notice.error if uom not in UNITS else Notice.warning
            extract.notices.append(tell(code, lines[0].where, word=word))
    usable: dict[str, Line] = {}
    for line in lines:
        if left := _reason(line, usable):
            extract.rows.append(Row(line.where, left=left))
        else:
            usable[line.ghg] = line
    if not usable:
        return
    process = _process(year, key, usable, extract)
    extract.processes.append(process)


def _reason(line: Line, usable: dict[str, Line]) -> str:
    """Why a line cannot be used, as a message code; empty where it can."""
    if line.uom not in UNITS:
        return "desnz-unit-unknown"
    if line.ghg != _TOTAL and not _GAS.fullmatch(line.ghg):
        return "row-not-gas"
    if not line.written:
        return "row-no-factor"
    if line.factor is None:
        return "row-not-a-number"
    if line.ghg in usable:
        return "row-repeated"
    return ""


def _process(year: int, key: tuple[str, ...], usable: dict[str, Line], extract: Extract) -> Process:
    what = meaning(key)
    unit, ratio, how = UNITS[key[6]]
    first = next(iter(usable.values()))
    code = f"desnz-{year}-{first.id.rsplit('_', 1)[0]}".replace("_", "-").lower()
    path = " > ".join(part for part in key[1:6] if part and part != key[6])
    locator = f"{path}, {key[6]}"
    label = _name(key)
    process: Process = {
        "code": code,
        "name": f"{label}, UK, {year}",
        "name zh": f"{what.zh}：{label}，英国，{year}",
        "reference product": label,
        "unit": unit,
        "location": "UK",
        "type": "process",
        "filename": first.where,
        "year": year,
        "kind": what.kind,
        "group": what.group,
        "boundary": what.boundary,
        "classifications": [part for part in key[1:4] if part],
        "technology": ", ".join(part for part in key[4:6] if part and part != key[6]),
        "certainty": "P",
        "locator": locator,
        "source": _head(year)["title"],
        "comment": words(f"{key[0]} > {path}", f"unit in the document: {key[6]}", what.note),
        "exchanges": [product(label, unit)],
    }
    gases, total = _split(usable, what)
    for line in gases or ([] if total is None else [total]):
        process["exchanges"].append(_exchange(line, what, ratio, how, locator))
    if gases and total is not None:
        _compare(total, gases, extract)
    if not gases:
        process["gwp_set"] = "" if what.flow == "co2-biogenic" else "AR5"
    for line in usable.values():
        taken = not (what.radiative and line is not total)
        extract.rows.append(
            Row(line.where, used=code) if taken else Row(line.where, left="row-radiative-gases")
        )
    return process


def _name(key: tuple[str, ...]) -> str:
    """Such as ``Butane (Fuels > Gaseous fuels), tonnes``: what it is first, as people look for it."""
    parts = [part for part in (key[3], key[4], key[5]) if part and part != key[6]]
    return f"{', '.join(parts) or key[2]} ({key[1]} > {key[2]}), {key[6]}"


def _split(usable: dict[str, Line], what: Meaning) -> tuple[list[Line], Line | None]:
    """(lines of single gases, the total), rules 2 and 4."""
    total = usable.get(_TOTAL)
    gases = [line for ghg, line in usable.items() if ghg != _TOTAL]
    if what.radiative and total is not None:
        return [], total
    return gases, total


def _exchange(line: Line, what: Meaning, ratio: Fraction, how: str, locator: str) -> dict[str, Any]:
    assert line.factor is not None  # noqa: S101 - for the type checker; _reason has left out the others
    place = f"{locator}, row {line.id}"
    if (gas := _GAS.fullmatch(line.ghg)) is None:
        return emission(
            what.flow, line.factor, f"kgCO2e/{line.uom}", ratio, words("CO2e only, AR5", how), place
        )
    name = gas[1]
    rule = "kgCO2e of CO2 = kg CO2" if name == "CO2" else f"kgCO2e of {name} / GWP AR5 {GWP_AR5[name]}"
    return emission(
        what.gas(name),
        line.factor,
        f"kgCO2e of {name}/{line.uom}",
        ratio / GWP_AR5[name],
        words(rule, how),
        place,
    )


def _compare(total: Line, gases: list[Line], extract: Extract) -> None:
    """Rule 3: half a unit of the last printed digit (five decimals) for each number."""
    if total.factor is None:
        return
    numbers = [line.factor for line in gases if line.factor is not None]
    rounding = Decimal("0.000005") * (len(numbers) + 1)
    difference = total.factor - sum(numbers, Decimal(0))
    if abs(difference) > rounding:
        extract.notices.append(
            Notice.warning(
                "desnz-sum-differs", total.where, total=total.written, difference=f"{difference:f}"
            )
        )


def _head(year: int) -> dict[str, str]:
    return {
        "name": f"desnz-{year}",
        "version": str(year),
        "title": f"UK Government GHG conversion factors for company reporting {year}",
        "issuer": "Department for Energy Security and Net Zero",
        "licence": "Open Government Licence v3.0",
        "published": str(year),
        "url": "https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting",
    }
