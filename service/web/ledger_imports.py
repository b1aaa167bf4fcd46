"""What the pages of imports show: their history, the picture of a dry run, its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.registries.tables import registries
from service.usecases.ledger.import_reports import STATUSES
from service.web import words
from service.web.formats import moment
from service.web.i18n import language
from service.web.ledger_rows import amount_text
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.words import Status

if TYPE_CHECKING:
    from service.usecases.ledger.import_reports import Report
    from service.usecases.ledger.importing import Import

WIDTH = 1000.0
OUTCOMES = {
    "new": Status(_l("New to the ledger"), "good"),
    "known": Status(_l("Known already"), "info"),
    "conflict": Status(_l("In conflict"), "warn"),
    "rejected": Status(_l("Rejected"), "bad"),
}
MEANINGS = {
    "new": _l("will be recorded"),
    "known": _l("is in the ledger already and changes nothing"),
    "conflict": _l("some of its units are somewhere else"),
    "rejected": _l("breaks a rule; the cell and the reason are told"),
}
FILLS = {"new": "1", "known": "4", "conflict": "warn", "rejected": "bad"}
STATES = {
    "reading": Status(_l("Being read"), "info"),
    "refused": Status(_l("Not read"), "bad"),
    "ready": Status(_l("Waiting for you"), "warn"),
    "recorded": Status(_l("Recorded"), "good"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one outcome: thousandths of the bar, and where they are listed."""

    outcome: str
    fill: str
    count: int
    start: float
    length: float
    href: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that ended otherwise than the dry run had said."""

    sheet: str
    row: int
    before: str
    after: str


def picture(counts: Mapping[str, int], key: str) -> tuple[Share, ...]:
    """The rows by outcome, side by side."""
    whole, at, made = sum(counts.values()) or 1, 0.0, []
    for outcome in STATUSES:
        length = counts.get(outcome, 0) / whole * WIDTH
        href = url_for("ledger_imports.show", key=key, status=outcome, _anchor="rows")
        share = Share(outcome, FILLS[outcome], counts.get(outcome, 0), round(at, 2), round(length, 2), href)
        made.append(share)
        at += length
    return tuple(made)


def amounts(units: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """(kind, amount) of what the new rows are about."""
    made = []
    for kind, count in units.items():
        rules = instrument(Kind(kind))
        quantity = rules.quantity(count)
        made.append((rules.name(language()), amount_text(quantity.amount, quantity.unit.value)))
    return tuple(made)


def differing(result: Mapping[str, Any] | None) -> tuple[Differing, ...]:
    """Rows of a result that ended otherwise."""
    return tuple(Differing(*one) for one in (result or {}).get("differs", ()))


def registry_name(key: str) -> str:
    """A registry's name in the reader's language; a dash where the file names several or none."""
    found = registries().get(key)
    return found.name(language()) if found else "—"


def list_spec(people: Mapping[str, str]) -> ListSpec:
    """The history of imports, newest first."""
    return ListSpec(
        endpoint="ledger_imports.list_",
        order="-at",
        filename="ledger-imports",
        filters=(Filter("state", _l("State"), tuple((key, one.name) for key, one in STATES.items())),),
        columns=(
            Column(
                "filename",
                _l("File"),
                lambda r: r.filename,
                lambda r: Cell(r.filename, href=url_for("ledger_imports.show", key=r.id)),
            ),
            Column(
                "registry", _l("Registry"), lambda r: r.registry, lambda r: Cell(registry_name(r.registry))
            ),
            Column(
                "state",
                _l("State"),
                lambda r: r.state,
                lambda r: Cell(STATES[r.state].name, tone=STATES[r.state].tone),
            ),
            *_count_columns(),
            Column("person", _l("By"), lambda r: people.get(r.person_id, "")),
            Column("at", _l("At"), lambda r: r.at, lambda r: Cell(moment(r.at))),
        ),
    )


def as_json(found: Import, report: Report) -> dict[str, Any]:
    """A page of the report for programs."""
    return {
        "state": found.state,
        "counts": dict(report.counts),
        "page": report.page,
        "pages": report.pages,
        "total": report.total,
        "items": [
            {
                "outcome": row.status,
                "sheet": row.sheet,
                "row": row.row,
                "serial": row.serial,
                "problems": [
                    {"code": one.code, "cell": one.where, "zh": one.zh, "en": one.en} for one in row.told
                ],
            }
            for row in report.rows
        ],
    }


def outcome_word(outcome: str) -> Any:
    """The word for an outcome."""
    return OUTCOMES[outcome].name if outcome in OUTCOMES else words.word({}, outcome)


def _count_columns() -> Iterable[Column]:
    return (
        Column(outcome, OUTCOMES[outcome].name, partial(_count_of, outcome), numeric=True)
        for outcome in STATUSES
    )


def _count_of(outcome: str, row: Import) -> int:
    """Rows of an outcome: as recorded, else as the dry run said."""
    counts: Mapping[str, int] = (row.result or {}).get("counts", row.counts)
    return counts.get(outcome, 0)
