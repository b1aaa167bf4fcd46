"""CBAM out: results of the use cases as JSON, the same for the API and for the twins of the pages.

What is owed or published is a decimal string; figures of a calculation are JSON numbers, unrounded.
"""

from __future__ import annotations

from marshmallow import Schema, fields

from service.schemas.plain import plain
from service.schemas.results import FindingSchema


class CbamInstallationSchema(Schema):
    """An installation; ``version`` is the number of its newest data."""

    id = fields.String()
    exporter_id = fields.String()
    institution_id = fields.String(allow_none=True)
    name_zh = fields.String()
    name_en = fields.String()
    country = fields.String()
    created_at = fields.DateTime()
    version = fields.Integer()


class CbamVersionSchema(Schema):
    """A version of an installation's data; ``link`` chains it to ``previous``."""

    number = fields.Integer()
    year = fields.Integer()
    basis = fields.String()
    digest = fields.String()
    previous = fields.String()
    link = fields.String()
    source = fields.String()
    filename = fields.String()
    upload_sha256 = fields.String()
    note = fields.String()
    created_by = fields.String()
    created_at = fields.DateTime()


class InstallationViewSchema(Schema):
    """An installation with the data of one version, as it may be handed in again."""

    installation = fields.Nested(CbamInstallationSchema)
    version = fields.Nested(CbamVersionSchema)
    data = fields.Function(lambda view: view.version.content)


class KeptSchema(Schema):
    """``installation_id`` is null, and nothing was stored, where something was refused."""

    installation_id = fields.String(allow_none=True)
    number = fields.Integer(allow_none=True)
    kind = fields.String()
    findings = fields.Function(lambda kept: plain(kept.findings))


class EditedSchema(Schema):
    """The version that was stored, the record it is about, and what the checks say."""

    number = fields.Integer()
    record = fields.String()
    findings = fields.Function(lambda edited: plain(edited.findings))


class CbamChangeSchema(Schema):
    """A record that was added or removed, or a field that was changed, with a sentence in both languages."""

    kind = fields.String()
    sheet = fields.String()
    record = fields.String()
    field = fields.String()
    before = fields.Function(lambda change: plain(change.before))
    after = fields.Function(lambda change: plain(change.after))
    sentence = fields.Function(lambda change: {key: change.sentence(key) for key in ("zh", "en")})


class FindingsSchema(Schema):
    """Everything the reader and the checks have to say."""

    findings = fields.List(fields.Nested(FindingSchema))


class CalculationSchema(Schema):
    """A calculation: ``stored`` tells whether it is kept as evidence; ``done`` is all of it."""

    version = fields.Function(lambda view: view.view.version.number)
    digest = fields.String()
    tables_digest = fields.String()
    stored = fields.Function(lambda view: view.stored is not None)
    done = fields.Function(lambda view: plain(view.done))


class CalculationRecordSchema(Schema):
    """A stored calculation, without its content."""

    id = fields.String()
    version_id = fields.String()
    path = fields.String()
    tables_digest = fields.String()
    engine = fields.String()
    digest = fields.String()
    created_by = fields.String()
    created_at = fields.DateTime()


class RecomputedSchema(Schema):
    """A stored calculation computed anew: ``equal``, ``near``, ``different``, ``other-engine``, ``tables-gone``,
    ``damaged``; ``holds`` for the first two.
    """

    id = fields.String()
    number = fields.Integer()
    path = fields.String()
    digest = fields.String()
    created_at = fields.DateTime()
    outcome = fields.Function(lambda one: one.outcome.value)
    holds = fields.Boolean()
    differences = fields.Function(lambda one: plain(one.differences))


class TablesChangeSchema(Schema):
    """What newer tables change in the goods."""

    changed = fields.Boolean()
    goods = fields.Function(lambda change: plain(change.goods))


class CbamDocumentSchema(Schema):
    """A document that was handed out."""

    id = fields.String()
    version_id = fields.String()
    calculation_digest = fields.String()
    kind = fields.String()
    language = fields.String()
    format = fields.String()
    filename = fields.String()
    sha256 = fields.String()
    length = fields.Integer()
    created_by = fields.String()
    created_at = fields.DateTime()


class CbamShipmentSchema(Schema):
    """A shipment; masses are decimal strings, kilograms."""

    id = fields.String()
    importer = fields.String()
    eori = fields.String()
    cn = fields.String()
    origin = fields.String()
    net_mass_kg = fields.Function(lambda one: plain(one.net_mass_kg))
    imported_on = fields.Date()
    installation_id = fields.String(allow_none=True)
    note = fields.String()
    changed_at = fields.DateTime()
    version = fields.Integer()


class ImportedSchema(Schema):
    """How many shipments were added; none where a finding is an error."""

    count = fields.Integer()
    findings = fields.Function(lambda done: plain(done.findings))


class PlainSchema(Schema):
    """Whatever the domain gives, by its own names (see the documentation of the use case)."""

    result = fields.Function(lambda found: plain(found["result"]))
