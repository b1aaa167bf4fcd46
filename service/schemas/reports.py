"""What a verification answers, as the API gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields


class StepSchema(Schema):
    """One numbered step of a verification; ``ok`` is null when it was not reached."""

    number = fields.Integer()
    code = fields.String()
    ok = fields.Boolean(allow_none=True)
    reason = fields.String()
    title = fields.Function(lambda step: _both(step.title))
    meaning = fields.Function(lambda step: _both(step.meaning))
    detail = fields.Dict(keys=fields.String(), values=fields.String())


class StepsField(fields.List):
    """The steps of a report, as they say themselves: seventeen times seven fields need not be looked up one by one."""

    def __init__(self) -> None:
        super().__init__(fields.Nested(StepSchema))

    def _serialize(self, value: Any, *_where: Any, **_how: Any) -> list[dict[str, Any]]:
        return [step.as_dict() for step in value]


class ReportStandingSchema(Schema):
    """How a label or a claim stands as of a moment, until when that may be relied on, since when, and why."""

    state = fields.String()
    as_of = fields.DateTime(data_key="asOf")
    until = fields.DateTime()
    since = fields.DateTime(allow_none=True)
    reason = fields.Dict(keys=fields.String(), values=fields.String())


class ReportSchema(Schema):
    """A verification report at a moment; ``noun`` is ``label``, ``claim``, or ``either`` where the file does not tell;
    ``standing`` is null where nothing tells how it stands."""

    verdict = fields.String()
    at = fields.DateTime()
    noun = fields.String()
    kind = fields.String()
    headline = fields.Function(lambda report: _both(report.headline))
    next_ = fields.Function(lambda report: _both(report.next_thing), data_key="next")
    steps = StepsField()
    standing = fields.Nested(ReportStandingSchema, allow_none=True)
    statement = fields.Dict(allow_none=True)


def _both(sentence: Callable[[str], str]) -> dict[str, str]:
    return {language: sentence(language) for language in ("zh", "en")}
