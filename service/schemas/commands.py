"""What comes in: forms and JSON bodies become commands of the use cases.

Rules
1. A schema checks shape only; whether a dataset exists or a person may act is the use case's business.
2. Errors are codes (``required``, ``too-long`` …) and the pages hold a sentence for each in both languages.
3. Unknown fields are refused in JSON and ignored in forms (the CSRF token is one).
4. Text is text: half a character (a lone surrogate, which JSON can spell) and control characters but line breaks and
   tabs are refused before a store or a hash meets them.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from service.usecases.datasets import VIEWS, SearchDatasets
from service.usecases.reviews import Decide
from service.usecases.studies import ChooseDataset, ConfirmLinks, OpenStudy

ERROR_CODES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "required",
    "null": "required",
    "invalid": "invalid",
    "validator_failed": "invalid",
}

_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*\Z")


def text_field(longest: int, *, required: bool = True) -> fields.String:
    """A string field of 1 (or 0) to ``longest`` characters with error codes for messages."""
    checks: list[validate.Validator] = [
        validate.Length(max=longest, error="too-long"),
        validate.Regexp(_TEXT, error="invalid"),
    ]
    if required:
        checks.append(validate.Length(min=1, error="required"))
        return fields.String(required=True, validate=checks, error_messages=ERROR_CODES)
    return fields.String(load_default="", validate=checks, error_messages=ERROR_CODES)


def one_of(*choices: str) -> fields.String:
    """A required string out of ``choices``."""
    return fields.String(
        required=True, validate=validate.OneOf(choices, error="invalid"), error_messages=ERROR_CODES
    )


def version_field() -> fields.Integer:
    """The study version that the person looked at; absent skips the check."""
    return fields.Integer(load_default=None, allow_none=True, strict=False, error_messages=ERROR_CODES)


class CommandSchema(Schema):
    """Strips white space around text before anything is checked."""

    error_messages = {"unknown": "unknown", "type": "invalid"}  # noqa: RUF012 - marshmallow's own attribute

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """``" a "`` is ``"a"``; an empty version is none; a password keeps its spaces."""
        if not hasattr(data, "items"):
            return data
        cleaned = {
            name: value.strip() if isinstance(value, str) and name != "password" else value
            for name, value in data.items()
        }
        if cleaned.get("version") == "":
            cleaned["version"] = None
        return cleaned


class SignInSchema(CommandSchema):
    """The sign-in form."""

    email = text_field(254)
    password = fields.String(
        required=True, validate=validate.Length(min=1, max=1024, error="required"), error_messages=ERROR_CODES
    )


class HandInSchema(CommandSchema):
    """The fields beside the workbook."""

    institution_id = text_field(64)
    leave_unmatched = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Leave lines that match no dataset to the institution instead of refusing them."
        },
    )


class OpenStudySchema(CommandSchema):
    """Open a study of an inventory."""

    inventory_id = text_field(64)
    release = text_field(100)
    gwp_set = one_of("AR5", "AR6")
    rule_set = fields.String(
        load_default="iso-14067-2018",
        validate=validate.Length(max=100, error="too-long"),
        error_messages=ERROR_CODES,
    )

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> OpenStudy:
        """The use case's command."""
        return OpenStudy(**data)


class ChooseDatasetSchema(CommandSchema):
    """Link a line (``M1``) or a leg (``M1/2``) to a dataset; an empty dataset withdraws the choice."""

    key = text_field(64)
    dataset = text_field(200, required=False)
    reason = text_field(1000, required=False)
    version = version_field()

    @validates_schema(skip_on_field_errors=True)
    def reasoned(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever chooses a dataset says why: the reviewer reads it."""
        if data["dataset"] and not data["reason"]:
            _refuse("reason", "required")

    def command(self, study_id: str, data: dict[str, Any]) -> ChooseDataset:
        """The use case's command for a study."""
        return ChooseDataset(study_id=study_id, **data)


class ConfirmLinksSchema(CommandSchema):
    """Accept what is suggested for lines (``M1``) and legs (``M1/2``); ``shown`` are the datasets as seen, by key."""

    keys = fields.List(
        text_field(64), required=True, validate=validate.Length(1, 10_000), error_messages=ERROR_CODES
    )
    shown = fields.Dict(keys=fields.String(), values=text_field(200), load_default=dict)
    reason = text_field(1000, required=False)
    version = version_field()

    def command(self, study_id: str, data: dict[str, Any]) -> ConfirmLinks:
        """The use case's command for a study."""
        values = data | {"keys": tuple(data["keys"]), "shown": tuple(data["shown"].items())}
        return ConfirmLinks(study_id=study_id, **values)


class SubmitSchema(CommandSchema):
    """Hand a study to review."""

    version = version_field()


class IssueSchema(CommandSchema):
    """Issue a label; ``supersedes`` is the number of the label whose place it takes, empty for none."""

    supersedes = text_field(32, required=False)


class DecideSchema(CommandSchema):
    """A review decision; returning a study needs a comment that says what to change."""

    decision = one_of("approve", "return")
    comment = text_field(4000, required=False)
    version = version_field()

    @validates_schema(skip_on_field_errors=True)
    def explained(self, data: dict[str, Any], **_: Any) -> None:
        """A study comes back with words."""
        if data["decision"] == "return" and not data["comment"]:
            _refuse("comment", "required")

    def command(self, study_id: str, data: dict[str, Any]) -> Decide:
        """The use case's command for a study."""
        return Decide(study_id, data["decision"] == "approve", data["comment"], data["version"])


class SearchDatasetsSchema(CommandSchema):
    """Search text and filters of the catalogue, from a query string."""

    class Meta:
        """Query strings carry other things too (language, sort order)."""

        unknown = EXCLUDE

    release = text_field(100, required=False)
    text = text_field(200, required=False)
    kind = text_field(40, required=False)
    unit = text_field(20, required=False)
    place = text_field(20, required=False)
    year = fields.Integer(load_default=None, allow_none=True, error_messages=ERROR_CODES)
    source = text_field(100, required=False)
    group = text_field(200, required=False)
    sort = text_field(20, required=False)
    offset = fields.Integer(
        load_default=0, validate=validate.Range(0, 10_000_000, error="invalid"), error_messages=ERROR_CODES
    )
    complete_only = fields.Boolean(load_default=False, error_messages=ERROR_CODES)
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, 200, error="invalid"), error_messages=ERROR_CODES
    )

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Empty filters do not filter."""
        return {name: value for name, value in data.items() if value != ""}

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> SearchDatasets:
        """The use case's command."""
        return SearchDatasets(**data)


class ContributionsSchema(CommandSchema):
    """How a score is split, from a query string."""

    class Meta:
        """Query strings carry other things too."""

        unknown = EXCLUDE

    method = text_field(200, required=False)
    view = fields.String(
        load_default="first-tier", validate=validate.OneOf(VIEWS, error="invalid"), error_messages=ERROR_CODES
    )
    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 1000, error="invalid"), error_messages=ERROR_CODES
    )


def _refuse(field: str, code: str) -> NoReturn:
    raise ValidationError(code, field)
