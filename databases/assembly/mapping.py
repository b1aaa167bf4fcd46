"""The mapping file: what an import left open goes out as a workbook, is filled in by people, and comes back as repairs.

Rules
1. What is read is what is written: sheets and columns come from :data:`SHEETS`; a header counts in both languages, and
   columns may stand in any order. A row without anything filled in repairs nothing.
2. Every problem of a file is told at once, by sheet and cell, and a file with a problem repairs nothing.
3. A formula, an error value or a number written as words is no answer.
4. Repairs kept with a release are written into the next mapping file again, so that mending is never done twice.
5. The same repairs give the same JSON, whatever the order of the rows.

Example: ``read_mapping(Path("mapping.xlsx")).links["steel", "kg", "RNA"].dataset``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from databases.assembly.mapping_sheets import FORMAT, GUIDE, SHEETS
from databases.assembly.providers import LinkRepair
from databases.assembly.report import Allocated, ImportReport, Uncharacterised, Unlinked
from databases.assembly.sheets import Cell, workbook
from databases.assembly.words import word
from databases.notices import refused

if TYPE_CHECKING:
    from databases.release import Release

Key = tuple[str, str, str]
MAPPING_JSON = "mapping.json"
_KEYS = ("name", "unit", "place")


@dataclass(frozen=True, slots=True)
class Repairs:
    """What people filled in.

    ``links`` by (name, unit, place) of the exchange as the source writes them, with ``comments``; ``allocation``
    shares by process code and product; ``flows`` our climate flow, or ``none``, by code of the source's flow.
    ``release`` and ``source_sha256`` say what the file was written for.
    """

    links: Mapping[Key, LinkRepair] = field(default_factory=dict)
    allocation: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[Key, str] = field(default_factory=dict)
    release: str = ""
    source_sha256: str = ""

    def __bool__(self) -> bool:
        return bool(self.links or self.allocation or self.flows)

    def to_json(self) -> str:
        """JSON text, the same for the same repairs."""
        links = [
            {**dict(zip(_KEYS, key, strict=True)), **asdict(repair), "comment": self.comments.get(key, "")}
            for key, repair in sorted(self.links.items())
        ]
        data = {
            "format": FORMAT,
            "release": self.release,
            "source_sha256": self.source_sha256,
            "links": links,
            "allocation": {process: dict(shares) for process, shares in self.allocation.items()},
            "flows": dict(self.flows),
        }
        return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Repairs:
        """The inverse of :meth:`to_json`; raises SourceRefused for anything else."""
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise ValueError(data["format"])
            return cls(
                links={_key(row): _link(row) for row in data["links"]},
                allocation={
                    str(process): {str(product): float(share) for product, share in shares.items()}
                    for process, shares in data["allocation"].items()
                },
                comments={_key(row): str(row["comment"]) for row in data["links"] if row["comment"]},
                flows={str(flow): str(target) for flow, target in data["flows"].items()},
                release=str(data["release"]),
                source_sha256=str(data["source_sha256"]),
            )
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise refused("mapping-json", MAPPING_JSON, why=type(error).__name__) from error


def read_mapping(path: Path | None) -> Repairs:
    """The repairs of a mapping file, a workbook or kept JSON; none for None. Raises SourceRefused (rule 2)."""
    if path is None:
        return Repairs()
    data = path.read_bytes()
    return Repairs.from_json(data) if data.lstrip()[:1] == b"{" else read(data, path.name)


def read(data: bytes, name: str = "mapping.xlsx") -> Repairs:
    """The repairs of a mapping workbook. Raises SourceRefused with every problem in ``notices`` (rule 2)."""
    from databases.assembly.mapping_reader import read_workbook

    found = read_workbook(data, name)
    return Repairs(
        found.links, found.allocation, found.flows, found.comments, found.release, found.source_sha256
    )


def write_for(release: Release, target: BinaryIO | Path, language: str) -> None:
    """Write the mapping file of a release, with the repairs it was built with (rule 4).

    Raises ValueError for a release without an import report, and for a language other than ``zh`` and ``en``.
    """
    told = release.report()
    if not told:
        raise ValueError(f"{release.identifier} has no import report.")
    kept = release.path / MAPPING_JSON
    repairs = Repairs.from_json(kept.read_bytes()) if kept.exists() else Repairs()
    write(ImportReport.from_dict(told), target, language, repairs)


def write(report: ImportReport, target: BinaryIO | Path, language: str, kept: Repairs = Repairs()) -> None:
    """Write what is left to repair in ``zh`` or ``en``; raises ValueError for another language."""
    with workbook(target, language, f"{report.release} · mapping") as book:
        guide = GUIDE[language]
        book.page("说明 Guide", guide[0], guide[1:])
        rows = {
            "Links": _links(report, kept, language),
            "Allocation": _allocation(report.allocations, kept, language),
            "Flows": _flows(report.uncharacterised, kept),
            "Codes": _codes(language),
            "about": _about(report),
        }
        for name, columns in SHEETS.items():
            book.table(name, columns, rows[name])


def _links(report: ImportReport, kept: Repairs, language: str) -> Iterable[list[Cell]]:
    seen: set[Key] = set()
    for row in (*report.unlinked, *report.cut_off):
        key = (row.name, row.unit, row.place)
        if key not in seen:
            seen.add(key)
            yield [*_asked(row, language), *_filled(kept, key)]
    for key in sorted(kept.links):
        if key not in seen:
            yield [*key, word("linked", language), *[""] * (3 + 4 * 3), *_filled(kept, key)]


def _asked(row: Unlinked, language: str) -> list[Cell]:
    cells: list[Cell] = [row.name, row.unit, row.place, word(row.reason, language), row.exchanges]
    cells += [row.amount, row.first_taker]
    for index in range(3):
        near = row.candidates[index] if index < len(row.candidates) else None
        cells += [near.code, near.name, near.place, near.score] if near else [""] * 4
    return cells


def _filled(kept: Repairs, key: Key) -> list[Cell]:
    repair = kept.links.get(key)
    if repair is None:
        return ["", "", "", ""]
    factor = "" if repair.factor is None else repair.factor
    return [repair.dataset, factor, kept.comments.get(key, ""), repair.cut_off]


def _allocation(rows: Iterable[Allocated], kept: Repairs, language: str) -> Iterable[list[Cell]]:
    for row in rows:
        mended = kept.allocation.get(row.process, {})
        for product, code, share in row.shares:
            filled = mended.get(code, mended.get(product, ""))
            yield [row.process, row.name, product, code, word(row.rule, language), share, filled]


def _flows(rows: Iterable[Uncharacterised], kept: Repairs) -> Iterable[list[Cell]]:
    seen = set()
    for row in rows:
        seen.add(row.code)
        filled = kept.flows.get(row.code, "")
        yield [row.code, row.name, row.compartment, row.cas, row.unit, row.amount, filled]
    for code, filled in sorted(kept.flows.items()):
        if code not in seen:
            yield [code, "", "", "", "", "", filled]


def _codes(language: str) -> Iterable[list[Cell]]:
    from databases.assembly.climate_tables import targets

    for target in targets():
        yield [target.code, target.name_zh if language == "zh" else target.name_en]


def _about(report: ImportReport) -> list[list[Cell]]:
    return [
        ["format", FORMAT],
        ["release", report.release],
        ["source", report.source],
        ["source sha256", report.source_sha256],
    ]


def _key(row: Mapping[str, Any]) -> Key:
    name, unit, place = (str(row[key]) for key in _KEYS)
    return name, unit, place


def _link(row: Mapping[str, Any]) -> LinkRepair:
    factor = row["factor"]
    return LinkRepair(str(row["dataset"]), None if factor is None else float(factor), str(row["cut_off"]))
