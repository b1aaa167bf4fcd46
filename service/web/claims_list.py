"""Claims in a list: how each stands, and which wait for the reader on the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.ledger.claims.model import Standing
from service.usecases.access import Actor, Permission, Role, allowed
from service.usecases.claims import drafting, reviewing, standings
from service.usecases.claims.dossier import APPROVED, DRAFT, ISSUED, RETURNED
from service.usecases.claims.drafting import ClaimRow
from service.usecases.services import Services
from service.web.claims_words import STATES, SUBJECTS, both
from service.web.formats import day
from service.web.ledger_rows import amount_text, day_text, number_of
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from certificates.ledger.claims.model import Claim


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as the list shows it; ``state`` is a key of ``claims_words.STATES``."""

    id: str
    title: str
    number: str
    state: str
    claim: Claim
    at: Any

    @property
    def year(self) -> int | None:
        """The year in which its period ends."""
        return self.claim.period.end.year if self.claim.period.end else None


@dataclass(frozen=True, slots=True)
class Tasks:
    """What waits for the reader: to finish, to review, to sign, and claims that froze."""

    drafting: tuple[Row, ...] = ()
    reviewing: tuple[Row, ...] = ()
    signing: tuple[Row, ...] = ()
    frozen: tuple[Row, ...] = ()


def rows(actor: Actor, services: Services) -> tuple[Row, ...]:
    """Claims the reader may see, newest first. Raises NotAllowed, EvidenceChanged."""
    today = standings.today(services.clock())
    return tuple(_row(one, today) for one in drafting.list_(actor, services))


def tasks(actor: Actor, services: Services) -> Tasks:
    """For the home page; nothing for whoever may not read claims."""
    if not allowed(actor, Permission.CLAIM_READ):
        return Tasks()
    seen = rows(actor, services)
    waiting = reviewing.waiting(actor, services) if Role.REVIEWER in actor.roles else ()
    ids = {one.id for one in waiting}
    draws = allowed(actor, Permission.CLAIM_DRAFT)
    signs = Role.SIGNATORY in actor.roles
    return Tasks(
        drafting=tuple(one for one in seen if draws and one.state in (DRAFT, RETURNED)),
        reviewing=tuple(one for one in seen if one.id in ids),
        signing=tuple(one for one in seen if signs and one.state == APPROVED),
        frozen=tuple(one for one in seen if one.state == Standing.FROZEN),
    )


def list_spec(found: Sequence[Row]) -> ListSpec:
    """The list of claims."""
    years = sorted({one.year for one in found if one.year}, reverse=True)
    return ListSpec(
        endpoint="claims.list_",
        filename="claims",
        filters=(
            Filter("state", _l("State"), tuple((key, one.name) for key, one in STATES.items())),
            Filter("type", _l("Subject"), tuple(SUBJECTS.items())),
            Filter("year", _l("Period covered"), tuple((str(year), str(year)) for year in years)),
        ),
        columns=(
            Column("title", _l("Claim"), lambda r: r.title, _title_cell),
            Column("number", _l("Number"), lambda r: r.number, shown=False),
            Column("state", _l("State"), lambda r: r.state, _state_cell),
            Column("type", _l("Subject"), _type_of, _subject_cell),
            Column("start", _l("Period covered"), lambda r: r.claim.period.start, _period_cell),
            Column("end", _l("Last day of the period"), lambda r: r.claim.period.end, shown=False),
            Column("year", _l("Year"), lambda r: r.year, shown=False),
            Column("total", _l("Footprint"), _total_of, _total_cell, numeric=True),
            Column("opened", _l("Opened"), lambda r: r.at, lambda r: Cell(day_text(r.at.date()))),
        ),
    )


def state_of(found: ClaimRow, today: date) -> str:
    """How a claim stands: its dossier's state, once issued its last event, and whether it has ended."""
    if found.record.status != ISSUED:
        return found.record.status
    stood = found.event.status if found.event else Standing.IN_FORCE.value
    until = found.claim.valid_until
    if stood == Standing.IN_FORCE and until is not None and until < today:
        return Standing.EXPIRED.value
    return stood


def _row(found: ClaimRow, today: date) -> Row:
    record = found.record
    state = state_of(found, today)
    return Row(record.id, record.title, found.number, state, found.claim, record.created_at)


def _title_cell(row: Row) -> Cell:
    return Cell(row.title, sub=row.number or both(row.claim.subject.name), href=_address(row))


def _address(row: Row) -> str:
    return url_for("claims.show", key=row.id)


def _state_cell(row: Row) -> Cell:
    state = STATES[row.state]
    return Cell(state.name, tone=state.tone or "neutral")


def _type_of(row: Row) -> str:
    return row.claim.subject.type.value if row.claim.subject.type else ""


def _subject_cell(row: Row) -> Cell:
    kind = _type_of(row)
    return Cell(SUBJECTS[kind] if kind else "—", sub=both(row.claim.subject.name) if row.number else "")


def _period_cell(row: Row) -> Cell:
    start, end = row.claim.period.start, row.claim.period.end
    if start is None or end is None:
        return Cell("—")
    return Cell(day_text(start), sub=_("to %(day)s", day=day(end)))


def _total_of(row: Row) -> int | float | None:
    total = row.claim.footprint.total_t
    return None if total is None else number_of(total)


def _total_cell(row: Row) -> Cell:
    total = row.claim.footprint.total_t
    return Cell("—" if total is None else amount_text(total, "tCO2e"))
