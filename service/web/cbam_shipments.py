"""What the pages of shipments show: the list, where each importer stands and is heading, and the dates to keep.

Rules
1. Only the exporter's own shipments are counted, and the page says so.
2. The pace is a plain extrapolation of what was imported so far this year, named as such; it enters nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.web.formats import day, exact
from service.web.listing import Cell, Column, ListSpec

if TYPE_CHECKING:
    from lca.cbam.obligation.calendar import Deadline
    from lca.cbam.obligation.threshold import Standing

FIRST_DAYS = 28
"""Days of a year that must have passed before a pace says anything."""


@dataclass(frozen=True, slots=True)
class Meter:
    """An importer: ``percent`` of the limit, its state as a word and tone, and the day it is heading over the limit."""

    standing: Standing
    percent: float
    word: Any
    tone: str
    to_come: Decimal
    heading: date | None

    @property
    def name(self) -> str:
        """The importer's name as written, else its number."""
        return ", ".join(self.standing.names) or self.standing.importer


@dataclass(frozen=True, slots=True)
class Date:
    """One date of the calendar; ``days`` until then, negative when it is past."""

    deadline: Deadline
    days: int


def spec(year: int) -> ListSpec:
    """The list of a year's shipments."""
    return ListSpec(
        endpoint="cbam_shipments.list_",
        values={"year": year},
        order="-imported_on",
        filename=f"shipments-{year}",
        columns=(
            Column("imported_on", _l("Imported on"), lambda s: s.imported_on, _day_cell),
            Column("importer", _l("Importer"), lambda s: s.importer, lambda s: Cell(s.importer or "—")),
            Column("eori", "EORI", lambda s: s.eori, lambda s: Cell(s.eori or "—")),
            Column("cn", _l("CN code"), lambda s: s.cn),
            Column("origin", _l("Origin"), lambda s: s.origin, lambda s: Cell(s.origin or "—")),
            Column(
                "net_mass_kg",
                _l("Net mass, kg"),
                lambda s: float(s.net_mass_kg),
                lambda s: Cell(exact(s.net_mass_kg)),
                numeric=True,
            ),
            Column("note", _l("Remark"), lambda s: s.note),
        ),
    )


def meters(standings: Iterable[Standing], today: date) -> tuple[Meter, ...]:
    """Importers, those over or nearest to the limit first."""
    made = [_meter(one, today) for one in standings]
    return tuple(sorted(made, key=lambda one: -one.standing.tonnes))


def dates(deadlines: Iterable[Deadline], today: date) -> tuple[Date, ...]:
    """The calendar of a year's imports, in order of time."""
    return tuple(Date(one, (one.on - today).days) for one in deadlines)


def _meter(one: Standing, today: date) -> Meter:
    tone, word = "good", _l("exempt so far")
    if one.exceeded:
        tone, word = "bad", _l("over: everything of the year is in")
    elif one.always_in:
        tone, word = "warn", _l("hydrogen or electricity: always in")
    elif not one.complete:
        tone, word = "warn", _l("some rows lack figures")
    to_come = sum((s.tonnes() or Decimal(0) for s in one.counted if s.on and s.on > today), Decimal(0))
    share = min(100.0, float(one.tonnes / one.limit * 100))
    return Meter(one, share, word, tone, to_come, _heading(one, to_come, today))


def _heading(one: Standing, to_come: Decimal, today: date) -> date | None:
    """Rule 2: the day on which the limit is passed at the pace of the year so far; None where it is not."""
    passed = (today - date(one.year, 1, 1)).days + 1
    so_far = one.tonnes - to_come
    if one.exceeded or today.year != one.year or passed < FIRST_DAYS or so_far <= 0:
        return None
    left = one.limit - so_far
    found = today + timedelta(days=int(left / (so_far / passed)) + 1)
    return found if found.year == one.year else None


def _day_cell(shipment: Any) -> Cell:
    return Cell(day(shipment.imported_on), href=url_for("cbam_shipments.edit", key=shipment.id))
