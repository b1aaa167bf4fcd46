"""Background data in and out: the import form, comparisons, licences, notices; releases with their reports."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from databases.assembly.options import ALLOCATIONS, METHODS, PROVIDERS
from service.schemas.commands import ERROR_CODES, CommandSchema, text_field
from service.usecases.release_imports import LONGEST_TEXT, Choices
from service.usecases.release_licences import LONGEST_EVIDENCE
from service.usecases.release_updates import Compare


class _Word(fields.String):
    def __init__(self, choices: tuple[str, ...]) -> None:
        check = validate.OneOf(choices, error="invalid")
        super().__init__(load_default=choices[0], validate=check, error_messages=ERROR_CODES)


class ImportSchema(CommandSchema):
    """The fields beside the file. Empty optional fields take their defaults."""

    class Meta:
        """The CSRF token comes with the form, the files are read apart."""

        unknown = EXCLUDE

    name = text_field(60)
    version = text_field(39)
    licence = text_field(LONGEST_TEXT)
    restricted = fields.Boolean(load_default=False, error_messages=ERROR_CODES)
    evidence = text_field(LONGEST_EVIDENCE, required=False)
    title = text_field(LONGEST_TEXT, required=False)
    issuer = text_field(LONGEST_TEXT, required=False)
    url = text_field(LONGEST_TEXT, required=False)
    attribution = text_field(LONGEST_TEXT, required=False)
    published = text_field(20, required=False)
    allocation = _Word(ALLOCATIONS)
    providers = _Word(PROVIDERS)
    methods = _Word(METHODS)
    format = text_field(20, required=False)
    default_place = fields.String(
        load_default="GLO", validate=validate.Length(1, 20, error="too-long"), error_messages=ERROR_CODES
    )

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Text without white space around it; what is empty is absent."""
        pairs = ((name, value.strip() if isinstance(value, str) else value) for name, value in data.items())
        return {name: value for name, value in pairs if value != ""}

    @post_load
    def choices(self, data: dict[str, Any], **_: Any) -> Choices:
        """The choices of the use case."""
        return Choices(**data)


class CompareSchema(CommandSchema):
    """Two releases, and the change worth telling in percent."""

    class Meta:
        """The CSRF token comes with the form."""

        unknown = EXCLUDE

    old = text_field(100)
    new = text_field(100)
    threshold_percent = fields.Float(
        load_default=5.0, validate=validate.Range(0, 1000, error="invalid"), error_messages=ERROR_CODES
    )

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Compare:
        """The use case's command: a share."""
        return Compare(data["old"], data["new"], data["threshold_percent"] / 100.0)


class ReopenSchema(CommandSchema):
    """The release of the new study."""

    class Meta:
        """The CSRF token comes with the form."""

        unknown = EXCLUDE

    release = text_field(100)


class ReleaseViewSchema(Schema):
    """An installed release; ``values_hidden`` where the caller's organisation holds no licence for it."""

    identifier = fields.String(attribute="release.identifier")
    name = fields.String(attribute="release.name")
    version = fields.String(attribute="release.version")
    digest = fields.String(attribute="release.digest")
    licence = fields.String(attribute="release.licence")
    restricted = fields.Boolean(attribute="release.restricted")
    values_hidden = fields.Boolean()
    datasets = fields.Integer()
    has_report = fields.Boolean()
    methods = fields.Function(lambda view: sorted(view.release.methods))
    origin = fields.Function(lambda view: dict(view.release.origin))


class QueuedSchema(Schema):
    """The job that does it; follow ``/api/v1/jobs/<job_id>``."""

    job_id = fields.String()


class ImpactSchema(Schema):
    """A comparison of two releases; ``threshold`` is a share, 0.05 is 5 %."""

    id = fields.String()
    old = fields.String()
    old_digest = fields.String()
    new = fields.String()
    new_digest = fields.String()
    threshold = fields.Float()
    at = fields.DateTime()


class ImpactRowSchema(Schema):
    """One dataset, study or label before and after, kgCO2e; ``change`` is relative."""

    kind = fields.String()
    object = fields.String()
    study_id = fields.String(allow_none=True)
    name_zh = fields.String()
    name_en = fields.String()
    unit = fields.String()
    gwp_set = fields.String()
    before = fields.Float(allow_none=True)
    after = fields.Float(allow_none=True)
    change = fields.Float(allow_none=True)
    beyond = fields.Boolean()
    missing = fields.List(fields.String())


class ImpactViewSchema(Schema):
    """A comparison with the caller's rows."""

    impact = fields.Nested(ImpactSchema)
    datasets = fields.Function(lambda view: view.impact.summary["datasets"])
    values_hidden = fields.Boolean()
    rows = fields.List(fields.Nested(ImpactRowSchema))


class NoticeSchema(Schema):
    """Something the caller's organisation is told."""

    id = fields.String()
    kind = fields.String()
    object = fields.String()
    details = fields.Dict()
    at = fields.DateTime()
    read_at = fields.DateTime(allow_none=True)


class ReopenedSchema(Schema):
    """The new study, the choices that carried over and those that did not."""

    study_id = fields.String()
    copied = fields.List(fields.String())
    left = fields.Function(lambda found: [{"key": key, "dataset": code} for key, code in found.left])
