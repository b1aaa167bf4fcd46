"""A row of texts -> the entries it stands for, or why it stands for none.

Rules
1. A row without a retirement date is units held: one Acquire. A row with one is an Acquire and a Retire, both or none.
2. Units are acquired on the day somebody stated for the whole file, else on the day the row says, else on the day of
   issue, else on the day of retirement; never after the retirement.
3. A retirement is in somebody's name: the row's beneficiary, or the one that was stated for the whole file, and then
   the entry says so. Its period is what the row says, else the year of the retirement.
4. A row whose status contradicts its dates, whose units went to another programme, or that says nothing we know is
   refused. A formula is no value.
5. All problems of a row are told at once, each with its cell.

Example: ``draft(line, heading, choices).entries``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certificates.ledger.entries import Acquire, Beneficiary, Purpose, Retire
from certificates.ledger.instruments import instrument
from certificates.ledger.lots import Lot
from certificates.ledger.problems import Problem
from certificates.ledger.quantity import Unit
from certificates.ledger.registries.cells import Cells
from certificates.ledger.registries.heading import Heading
from certificates.ledger.registries.tables import words
from certificates.ledger.registries.units import lot_of


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its sheet, its number in it (from 1) and its texts."""

    sheet: str
    number: int
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What is stated for a whole file: account and evidence of its entries; a day and a beneficiary where rows have
    none.
    """

    account: str
    evidence: tuple[str, ...] = ()
    acquired_on: date | None = None
    beneficiary: Beneficiary | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row stands for. ``acquire`` is None exactly when there are problems."""

    sheet: str
    number: int
    serial: str
    acquire: Acquire | None
    retire: Retire | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def entries(self) -> tuple[Acquire | Retire, ...]:
        """In order."""
        return tuple(one for one in (self.acquire, self.retire) if one is not None)


def draft(line: Line, heading: Heading, choices: Choices) -> Draft:
    """What a row stands for (rules 1 to 5). Never raises on any texts."""
    cells = Cells(line.texts, line.number, heading)
    serial = cells.name("serial", needed=True)
    retired_on = cells.day("retired_on")
    _status(cells, retired_on)
    issued = cells.day("issued_on")
    stated = choices.acquired_on or cells.day("acquired_on") or issued or retired_on
    if stated is None:
        cells.problem("row-date-missing", "acquired_on")
    lot = lot_of(cells, serial, issued or stated)
    if lot is None or stated is None:
        return Draft(line.sheet, line.number, serial, None, None, tuple(cells.problems))
    on = stated if retired_on is None else min(stated, retired_on)
    retire = _retire(cells, lot, retired_on, choices) if retired_on is not None else None
    if cells.problems:
        return Draft(line.sheet, line.number, serial, None, None, tuple(cells.problems))
    acquire = Acquire(
        on=on,
        account=choices.account,
        evidence=choices.evidence,
        lot=lot,
        counterparty=cells.text("counterparty"),
    )
    return Draft(line.sheet, line.number, serial, acquire, retire)


def _status(cells: Cells, retired_on: date | None) -> None:
    """Rule 4."""
    text = cells.word("status")
    groups = words().groups
    if not text:
        return
    values = {"status": cells.text("status")}
    if text in groups["retired"]:
        if retired_on is None and cells.sound("retired_on"):
            cells.problem("row-retired-when", "retired_on", **values)
    elif text not in groups["held"]:
        cells.problem("row-status-unknown", "status", **values)
    elif retired_on is not None:
        cells.problem("row-status-contradicts", "status", on=retired_on.isoformat(), **values)


def _retire(cells: Cells, lot: Lot, on: date, choices: Choices) -> Retire | None:
    """Rules 1 and 3."""
    reason, details = cells.text("reason"), cells.text("details")
    if words().converted.search(cells.plain(reason)):
        cells.problem("row-converted", "reason", reason=reason)
    stated = Beneficiary(cells.name("beneficiary"), cells.name("beneficiary_code"))
    note = "; ".join(filter(None, (reason, details)))
    if not stated.name and choices.beneficiary is not None:
        stated = choices.beneficiary
        note = "; ".join(filter(None, ("beneficiary stated by the account holder", note)))
    if not stated.name:
        cells.problem("row-beneficiary-missing", "beneficiary")
    period = _use_period(cells, on)
    if period is None or cells.problems:
        return None
    return Retire(
        on=on,
        account=choices.account,
        evidence=choices.evidence,
        note=note,
        span=lot.span,
        beneficiary=stated,
        purpose=_purpose(cells.plain(f"{reason} {details}"), lot),
        period_start=period[0],
        period_end=period[1],
        reference=cells.text("reference"),
    )


def _use_period(cells: Cells, on: date) -> tuple[date, date] | None:
    start, end = cells.day("period_start"), cells.day("period_end")
    if start and end:
        if start <= end:
            return start, end
        cells.problem("row-period-backwards", "period_end")
        return None
    return cells.period("period") or (date(on.year, 1, 1), date(on.year, 12, 31))


def _purpose(text: str, lot: Lot) -> Purpose:
    """What the reason says; electricity nobody says more of was retired for its use."""
    for purpose, pattern in words().purposes.items():
        if pattern.search(text):
            if purpose is Purpose.ELECTRICITY_USE and instrument(lot.kind).unit is Unit.TCO2E:
                continue
            return purpose
    return Purpose.ELECTRICITY_USE if instrument(lot.kind).unit is Unit.MWH else Purpose.OTHER
