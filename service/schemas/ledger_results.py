"""The ledger out: results of the use cases as JSON. Amounts are exact, so decimal strings; units are whole."""

from __future__ import annotations

from marshmallow import Schema, fields

from service.schemas.ledger_plain import line_cover, retired, told
from service.schemas.plain import plain


class RecordedSchema(Schema):
    """Numbers of the first and the last entry recorded, and the link of the last."""

    first = fields.Integer()
    last = fields.Integer()
    link = fields.String()


class EntrySchema(Schema):
    """An entry in its stored form; ``own`` is false, and evidence and note are left out, where somebody else recorded
    it. ``link`` is its link of the chain.
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
    units = fields.Function(lambda view: [retired(one) for one in view.units])
    cover = fields.Function(lambda view: plain(view.cover))
    problems = fields.Function(lambda view: told(view.problems))
    label = fields.String()


class PowerCandidateSchema(Schema):
    """A retired position that nothing uses, and why it would not count."""

    serial = fields.String()
    unit = fields.Function(lambda one: retired(one.unit))
    problems = fields.Function(lambda one: told(one.problems))


class CoverageSchema(Schema):
    """The lines of a study that need cover, in kWh."""

    study_id = fields.String()
    complete = fields.Boolean()
    lines = fields.Function(lambda found: [line_cover(one) for one in found.lines])
