"""The officers' desk in and out: bulk checks with their rows, packs, requests for sealed evidence."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from service.schemas.cbam import QuerySchema, day_field
from service.schemas.commands import ERROR_CODES, CommandSchema, text_field
from service.schemas.plain import plain
from service.usecases.desk.requests import DUTY, GRANTED, LONGEST_TEXT, REFUSED, Answer, Ask

PAGE = 500


class CheckFieldsSchema(QuerySchema):
    """Beside the file: the day or moment asked about, empty for now."""

    at = text_field(40, required=False)


class RowsQuerySchema(QuerySchema):
    """A page of rows, from 1, of one verdict where it is named."""

    page = fields.Integer(
        load_default=1, validate=validate.Range(1, 1_000_000, error="invalid"), error_messages=ERROR_CODES
    )
    verdict = text_field(40, required=False)


class DaysQuerySchema(QuerySchema):
    """For how many days a pack counts."""

    days = fields.Integer(load_default=None, allow_none=True, error_messages=ERROR_CODES)


class SearchQuerySchema(QuerySchema):
    """A number, a company's name or code, or a part of one."""

    q = text_field(200)


class CheckSchema(Schema):
    """A bulk check: ``counts`` are rows by verdict, ``at`` the moment it answers for, ``hidden`` sheets not read."""

    id = fields.String()
    filename = fields.String()
    moment = fields.DateTime(allow_none=True)
    asked_at = fields.DateTime()
    done_at = fields.DateTime(allow_none=True)
    done = fields.Boolean()
    person_id = fields.String()
    at = fields.String()
    total = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    hidden = fields.List(fields.String())


class AskedCheckSchema(Schema):
    """A check that was taken, and the job that does it."""

    check = fields.Nested(CheckSchema)
    job_id = fields.String()


class CheckRowsSchema(Schema):
    """A page of rows; a row holds the fields that are not empty, texts by language."""

    page = fields.Integer()
    pages = fields.Integer()
    total = fields.Integer()
    items = fields.List(fields.Dict())


class TakenPackSchema(Schema):
    """A pack that was taken; ``sha256`` is the fingerprint of the file."""

    at = fields.DateTime()
    expires_at = fields.DateTime()
    person_id = fields.String()
    sha256 = fields.String()


class FoundLabelSchema(Schema):
    """A label that a search found."""

    number = fields.String()
    product = fields.Function(lambda one: one.statement["product"]["name"])
    exporter = fields.Function(lambda one: one.statement["exporter"]["name"])
    status = fields.String()
    issued_at = fields.DateTime()
    valid_until = fields.DateTime()


class OverviewSchema(Schema):
    """What waits at the desk, and labels that ceased to be accepted in the last 30 days."""

    running = fields.List(fields.Nested(CheckSchema))
    finished = fields.List(fields.Nested(CheckSchema))
    waiting = fields.Function(lambda one: plain(one.waiting))
    open = fields.Function(lambda one: plain(one.open))
    changes = fields.Function(lambda one: plain(one.changes))


class EvidenceAskSchema(CommandSchema):
    """A request to see the evidence of a label; without a legal basis it asks for consent."""

    number = text_field(32)
    purpose = text_field(LONGEST_TEXT)
    legal_basis = text_field(LONGEST_TEXT, required=False)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Ask:
        """The command of the use case."""
        return Ask(**data)


class EvidenceAnswerSchema(CommandSchema):
    """An answer: granted or duty until a day (included), refused with a reason."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf((GRANTED, REFUSED, DUTY), error="invalid"),
        error_messages=ERROR_CODES,
    )
    reason = text_field(LONGEST_TEXT, required=False)
    until = day_field(required=False)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Answer:
        """The command of the use case."""
        return Answer(**data)


class EvidenceRequestSchema(Schema):
    """A request with its answer (null while it waits), its state, and every part that was seen under it."""

    state = fields.String()
    product = fields.Dict()
    exporter = fields.Dict()
    authority = fields.Dict()
    request = fields.Function(lambda one: plain(one.request))
    answer = fields.Function(lambda one: plain(one.answer))
    accesses = fields.Function(lambda one: plain(one.accesses))
