"""A filled communication workbook as monitoring data on the transitional basis.

Rules
1. The file is screened, recognised and only then read: sheets, fixed cells (``cells.ANCHORS``)
   and the date of the version. Version 1 and files with other cells are refused; an unknown date is told.
2. Everything typed is read; what the template counts is counted, as the template counts it; what it does not count or
   what has no place here is told with sheet and cell.
3. Figures are not reconciled and shares are not made up: streams belong to the installation, DirEm* is the process's.
4. A supplier may send ``Summary_Communication`` alone: its products are read, and there is no monitoring data.
5. Problems are collected; only a file that cannot be one of these workbooks leaves nothing but findings.

Example: ``read(path.read_bytes(), path.name).monitoring.processes[0].name == "Cement Bubble"``.
"""

from __future__ import annotations

from dataclasses import replace

from lca.cbam.communication import cells, emissions, header, lists, production, products, summary
from lca.cbam.communication.book import CORRUPT, Book, NotABook, open_book, unreadable
from lca.cbam.communication.model import ProductRow, Reading, Stated
from lca.cbam.communication.stated import stated
from lca.cbam.communication.values import Cells, as_day
from lca.cbam.monitoring import Basis, Monitoring, Period, Process
from lca.findings import Finding, Place, has_errors

NEEDED = tuple(
    dict.fromkeys((*(sheet for sheet, _, _ in cells.ANCHORS), cells.BALANCE, cells.CODES, cells.SUMMARY))
)


def read(data: bytes, filename: str) -> Reading:
    """Read a workbook handed in. Never raises on any input; ``monitoring`` is None where an ERROR leaves no data."""
    try:
        book = open_book(data, filename)
        try:
            return _recognised(book)
        except CORRUPT as error:
            raise unreadable(filename, error) from error
    except NotABook as refused:
        return _nothing("", refused.findings)


def _recognised(book: Book) -> Reading:
    version, findings = recognise(book)
    if has_errors(findings):
        communicated, told = summary.communicated(book)
        return replace(_nothing(version, told or findings), communicated=communicated)
    at = Cells(book, lists.lists(book.values(cells.CONSTANTS)), list(findings))
    return _read(at, version)


def recognise(book: Book) -> tuple[str, tuple[Finding, ...]]:
    """The version, "" where unknown, and what speaks against reading it (rule 1)."""
    missing = [name for name in NEEDED if name not in book]
    if missing:
        return "", (Finding.error("cbam-communication-not-template", missing=", ".join(missing)),)
    for sheet, cell, expected in cells.ANCHORS:
        if book.at(sheet, cell).value != expected:
            place = Place(sheet, None, cell)
            return "", (Finding.error("cbam-communication-other-cells", place, expected=f"{expected}"),)
    day = as_day(book.at(cells.VERSION, "B3").value, book.from_1904)
    known = cells.VERSIONS.get(day) if day is not None else None
    place = Place(cells.VERSION, None, "B3")
    if known is None:
        return "", (
            Finding.warning("cbam-communication-version", place, date=day or "—", known=known_versions()),
        )
    if not known.checked:
        return known.number, (Finding.note("cbam-communication-unchecked", place, version=known.number),)
    return known.number, ()


def known_versions() -> str:
    """Numbers and dates of the versions, for a sentence."""
    return ", ".join(f"{version.number} ({day.isoformat()})" for day, version in cells.VERSIONS.items())


def _read(at: Cells, version: str) -> Reading:
    period = header.period(at)
    made = production.processes(at)
    if not made:
        at.tell("error", "cbam-communication-no-process", cells.INSTALLATION, "E83")
    rows = products.rows(at, made)
    if period is None or not made:
        return Reading(
            version=version,
            monitoring=None,
            stated=Stated(calculated=False),
            products=rows,
            findings=tuple(dict.fromkeys(at.findings)),
        )
    data = _monitoring(at, period, made, rows)
    said = stated(at, data)
    if not said.calculated:
        at.findings.append(Finding.warning("cbam-communication-uncalculated"))
    findings = tuple(dict.fromkeys(at.findings))
    return Reading(
        version=version,
        monitoring=None if has_errors(findings) else data,
        stated=said,
        products=rows,
        findings=findings,
    )


def _monitoring(
    at: Cells, period: Period, bare: tuple[Process, ...], rows: tuple[ProductRow, ...]
) -> Monitoring:
    sources, uses, exports = production.electricity(at, bare)
    return Monitoring(
        basis=Basis.TRANSITIONAL,
        period=period,
        installation=header.installation(at),
        streams=emissions.streams(at),
        measured=emissions.measured(at),
        pfc=emissions.pfc(at),
        other=emissions.other(at),
        heat=production.heat(at, bare),
        waste_gas=production.waste_gas(at, bare),
        electricity=sources,
        electricity_uses=uses,
        electricity_exports=exports,
        processes=products.with_goods(at, bare, rows),
        own_uses=production.own_uses(at, bare),
        precursors=production.precursors(at, bare),
        fuel_balance=emissions.fuel_balance(at),
        quality=header.quality(at),
        verifier=header.verifier(at),
        meters_reconciled=False,
        indirect_stated_t=emissions.indirect(at),
    )


def _nothing(version: str, findings: tuple[Finding, ...]) -> Reading:
    return Reading(
        version=version,
        monitoring=None,
        stated=Stated(calculated=False),
        products=(),
        findings=tuple(findings),
    )
