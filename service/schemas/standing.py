"""How a label stands, coming in as a change and going out as its history."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from service.schemas.commands import CommandSchema, one_of, text_field
from service.usecases.standing.rules import LONGEST_REASON, PERMISSIONS, Change


class ChangeStandingSchema(CommandSchema):
    """Bring a label to a state; ``other`` is the newer label where it is superseded. The reason is published."""

    state = one_of(*PERMISSIONS)
    reason = text_field(LONGEST_REASON)
    other = text_field(32, required=False)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Change:
        """The use case's command."""
        return Change(**data)


class StandingSchema(Schema):
    """From ``since`` on: the state, why, and by whom (kind and names of the organisation). ``other`` is the newer
    label of a superseded one."""

    state = fields.String()
    since = fields.DateTime()
    reason = fields.Function(lambda one: {language: one.reason_in(language) for language in ("zh", "en")})
    by_kind = fields.String(data_key="byKind")
    by = fields.Dict(keys=fields.String(), values=fields.String())
    other = fields.String()


class LabelHistorySchema(Schema):
    """How a label stands now, and everything that happened to it, its issue first."""

    number = fields.String()
    standing = fields.Nested(StandingSchema)
    history = fields.List(fields.Nested(StandingSchema))
