"""The ledger out: results of the use cases as JSON. Amounts are exact, so decimal strings; units are whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from certificates.ledger import entries, portfolio
from certificates.ledger.holdings import By, Held, totals
from certificates.ledger.instruments import Kind, instrument
from service.schemas.plain import plain

if TYPE_CHECKING:
    from service.store.ledger_records import Holding
    from service.usecases.ledger.looking import Event, History, Portfolio


class RecordedSchema(Schema):
    """Numbers of the first and the last entry recorded, and the link of the last."""

    first = fields.Integer()
    last = fields.Integer()
    link = fields.String()


class EntrySchema(Schema):
    """An entry in its stored form; ``own`` is false, and evidence and note are left out, where somebody else recorded
    it. ``link`` where one entry or one lot is asked for.
    """

    number = fields.Integer()
    at = fields.DateTime()
    person_id = fields.String()
    own = fields.Boolean()
    reversed_by = fields.Integer(allow_none=True)
    link = fields.String()
    entry = fields.Dict()


class LotSchema(Schema):
    """What lists show of a lot; ``sequence`` is the Acquire entry that brought it."""

    sequence = fields.Integer()
    kind = fields.String()
    serial = fields.String()
    project = fields.String()
    name = fields.String()
    country = fields.String()
    technology = fields.String()
    electricity = fields.String()
    vintage_start = fields.Date()
    vintage_end = fields.Date()
    expires_on = fields.Date(allow_none=True)


class PositionSchema(Schema):
    """Units with one holder and one state: ``first`` to ``last`` of the numbering ``space``, ``amount`` in ``unit``;
    ``used_by`` is the dossier that uses them, ``closed_by`` the entry that ended the position.
    """

    key = fields.String()
    state = fields.String()
    space = fields.String()
    first = fields.Integer()
    last = fields.Integer()
    units = fields.Integer()
    amount = fields.String()
    unit = fields.String()
    transfers = fields.Integer()
    opened_on = fields.Date()
    used_by = fields.String()
    closed_by = fields.Integer(allow_none=True)
    closed_on = fields.Date(allow_none=True)
    lot = fields.Nested(LotSchema)


class HoldingsSchema(Schema):
    """A part of the positions of an account at the end of a day; ``total`` is how many there are."""

    on = fields.Date()
    total = fields.Integer()
    offset = fields.Integer()
    holdings = fields.List(fields.Nested(PositionSchema))


class TotalSchema(Schema):
    """How much of a kind is in a state: whole units, and their amount in MWh or tCO2e."""

    kind = fields.String()
    state = fields.String()
    units = fields.Integer()
    amount = fields.String()
    unit = fields.String()


class VintageSchema(Schema):
    """How much of a kind and a year of vintage is in a state."""

    kind = fields.String()
    state = fields.String()
    year = fields.Integer()
    amount = fields.String()
    unit = fields.String()


class ExpirySchema(Schema):
    """A position whose last day of validity is past (``days`` is negative) or comes within 90 days."""

    position = fields.String()
    kind = fields.String()
    last = fields.Date()
    days = fields.Integer()
    amount = fields.String()
    unit = fields.String()


class PortfolioSchema(Schema):
    """What an account had at the end of a day."""

    account = fields.String()
    on = fields.Date()
    totals = fields.List(fields.Nested(TotalSchema))
    vintages = fields.List(fields.Nested(VintageSchema))
    expiring = fields.List(fields.Nested(ExpirySchema))


class HistorySchema(Schema):
    """A lot, what happened to its units in order, and the account's positions of it, closed ones too."""

    lot = fields.Nested(LotSchema)
    events = fields.List(fields.Nested(EntrySchema))
    positions = fields.List(fields.Nested(PositionSchema))


class AccountSchema(Schema):
    """The account that keeps units under a registration code."""

    account = fields.String()


class FileSchema(Schema):
    """Evidence, named by its hash."""

    sha256 = fields.String()
    filename = fields.String()
    media_type = fields.String()
    person_id = fields.String()
    at = fields.DateTime()


class RegistrySchema(Schema):
    """A registry whose tables are read: its key, its name in both languages."""

    key = fields.String()
    name = fields.Function(lambda one: {language: one.name(language) for language in ("zh", "en")})


class LedgerImportSchema(Schema):
    """An import: ``reading`` (a job reads the file), ``refused`` (``problems`` say why), ``ready`` or ``recorded``.
    ``counts`` are rows by status: new, known, conflict, rejected.
    """

    id = fields.String()
    registry = fields.String()
    filename = fields.String()
    sha256 = fields.String()
    state = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    result = fields.Dict(allow_none=True)
    problems = fields.Function(lambda one: plain(one.problems))
    person_id = fields.String()
    at = fields.DateTime()


class ImportConfirmedSchema(Schema):
    """The import, and the job that records its rows; ``job_id`` is empty where they are recorded already."""

    job_id = fields.String()
    taken = fields.Nested(LedgerImportSchema, data_key="import")


class ImportReportSchema(Schema):
    """A page of a dry run's report: what every row stands for, and what is told of it (code, where, zh, en)."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    units = fields.Dict(keys=fields.String(), values=fields.Integer())
    sheets = fields.Function(lambda report: plain(report.sheets))
    notices = fields.Function(lambda report: plain(report.notices))
    rows = fields.Function(lambda report: plain(report.rows))
    page = fields.Integer()
    pages = fields.Integer()
    total = fields.Integer()


class DossierSchema(Schema):
    """A purchase, a power balance or a claim as it stands."""

    id = fields.String()
    organisation_id = fields.String()
    institution_id = fields.String(allow_none=True)
    status = fields.String()
    title = fields.String()
    version = fields.Integer()
    created_by = fields.String()
    created_at = fields.DateTime()


class PurchaseSchema(Schema):
    """A purchase, what came under it, how far it is; amounts of money and quantities are decimal strings."""

    dossier = fields.Nested(DossierSchema)
    purchase = fields.Function(lambda view: plain(view.purchase))
    deliveries = fields.Function(lambda view: plain(view.deliveries))
    progress = fields.Function(lambda view: plain(view.progress))


class BalanceSchema(Schema):
    """A power balance with its units; ``cover`` is in kWh, ``problems`` say why units do not count, ``label`` is the
    one that rests on it.
    """

    dossier = fields.Nested(DossierSchema)
    balance = fields.Function(lambda view: plain(view.balance))
    units = fields.Function(lambda view: [_retired(one) for one in view.units])
    cover = fields.Function(lambda view: plain(view.cover))
    problems = fields.Function(lambda view: told(view.problems))
    label = fields.String()


class PowerCandidateSchema(Schema):
    """A retired position that nothing uses, and why it would not count."""

    serial = fields.String()
    unit = fields.Function(lambda one: _retired(one.unit))
    problems = fields.Function(lambda one: told(one.problems))


class CoverageSchema(Schema):
    """The lines of a study that need cover, in kWh."""

    study_id = fields.String()
    complete = fields.Boolean()
    lines = fields.Function(lambda found: [line_cover(one) for one in found.lines])


# ---------- from the results of the use cases ----------


def event(found: Event, links: Mapping[int, str] | None = None) -> dict[str, Any]:
    """An entry as :class:`EntrySchema` writes it."""
    made = {
        "number": found.number,
        "at": found.at,
        "person_id": found.person_id,
        "own": found.own,
        "reversed_by": found.reversed_by,
        "entry": entries.plain(found.entry),
    }
    if links is not None:
        made["link"] = links.get(found.number, "")
    return made


def position(found: Holding) -> dict[str, Any]:
    """A position as :class:`PositionSchema` writes it."""
    one = found.position
    quantity = instrument(Kind(found.lot.kind)).quantity(one.span.count)
    return {
        "key": one.key,
        "state": one.state.value,
        "space": one.span.space,
        "first": one.span.first,
        "last": one.span.last,
        "units": one.span.count,
        **_amount(quantity),
        "transfers": one.transfers,
        "opened_on": one.opened_on,
        "used_by": found.used_by,
        "closed_by": found.closed_by,
        "closed_on": found.closed_on,
        "lot": found.lot,
    }


def holdings(on: date, found: tuple[Holding, ...], part: Mapping[str, int]) -> dict[str, Any]:
    """A part of a list as :class:`HoldingsSchema` writes it; ``part`` is ``offset`` and ``limit``."""
    start = part["offset"]
    shown = found[start : start + part["limit"]]
    return {"on": on, "total": len(found), "offset": start, "holdings": [position(one) for one in shown]}


def of_account(account: str, found: Portfolio) -> dict[str, Any]:
    """What an account has as :class:`PortfolioSchema` writes it."""
    held = [_held(one) for one in found.holdings]
    calendar = portfolio.calendar(held, found.on)
    return {
        "account": account,
        "on": found.on,
        "totals": [
            {"kind": one.kind, "state": one.state, "units": one.units, **_amount(one.quantity)}
            for one in found.totals
        ],
        "vintages": [
            {"kind": one.kind.value, "state": one.key[0], "year": int(one.key[1]), **_amount(one.quantity)}
            for one in totals(held, By.STATE, By.YEAR)
        ],
        "expiring": [
            {
                "position": one.held.position.key,
                "kind": one.held.kind.value,
                "last": one.last,
                "days": one.days,
                **_amount(one.held.quantity),
            }
            for one in (*calendar.expired, *calendar.warnings)
        ],
    }


def history(found: History, links: Mapping[int, str]) -> dict[str, Any]:
    """A lot as :class:`HistorySchema` writes it."""
    return {
        "lot": found.lot,
        "events": [event(one, links) for one in found.events],
        "positions": [position(one) for one in found.positions],
    }


def told(problems: Iterable[Any]) -> list[dict[str, str]]:
    """Problems as code, where, and the sentence in both languages."""
    return [
        {"code": one.code, "where": one.where, "zh": one.sentence("zh"), "en": one.sentence("en")}
        for one in problems
    ]


def line_cover(found: Any) -> dict[str, Any]:
    """A line that needs cover: what it needs, kWh covered and missing, and why units do not count."""
    return {
        "need": plain(found.need),
        "covered": plain(found.covered),
        "missing": plain(found.missing),
        "problems": told(found.problems),
        "dossiers": list(found.dossiers),
    }


def _retired(one: Any) -> dict[str, Any]:
    """A unit of a balance, with its kWh; the entry that retired it in its stored form."""
    entry = one.retirement
    return {
        "position": one.position,
        "kind": one.kind.value,
        "units": one.count,
        "kwh": plain(one.kwh),
        "state": one.state.value,
        "country": one.country,
        "technology": one.technology,
        "vintage_start": plain(one.vintage_start),
        "vintage_end": plain(one.vintage_end),
        "expires_on": plain(one.expires_on),
        "used_by": one.used_by,
        "retirement": entries.plain(entry) if entry else None,
    }


def _held(one: Holding) -> Held:
    lot = one.lot
    return Held(
        one.position,
        Kind(lot.kind),
        lot.project,
        lot.technology,
        lot.vintage_start,
        lot.vintage_end,
        lot.expires_on,
    )


def _amount(quantity: Any) -> dict[str, str]:
    return {"amount": f"{quantity.amount:f}", "unit": quantity.unit.value}
