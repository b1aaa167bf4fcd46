"""Neutralisation claims in and out; rules as in ``service.schemas.commands``.

``content`` is the stored form of a claim (``docs/formats.md``), whole; it may be unfinished. Amounts are
decimal strings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from certificates.ledger.claims.model import plain as stored_form
from service.schemas.cbam import CbamSchema, QuerySchema, day_field, number_field
from service.schemas.commands import ERROR_CODES, one_of, text_field
from service.schemas.ledger_plain import position, told
from service.schemas.ledger_results import DossierSchema, PositionSchema
from service.schemas.plain import plain
from service.usecases import claim_events as events
from service.usecases.claims.drafting import ChangeClaim, OpenClaim
from service.usecases.claims.reviewing import Decide

if TYPE_CHECKING:
    from service.store.ledger_records import ClaimEvent
    from service.usecases.claims.checking import Checklist, Row, Step
    from service.usecases.claims.drafting import ClaimRow, ClaimView
    from service.usecases.claims.suggesting import Suggested


class OpenClaimSchema(CbamSchema):
    """A new claim: its title in lists, its content so far, the institution that is to review and sign it."""

    title = text_field(200)
    content = fields.Dict(load_default=dict, error_messages=ERROR_CODES)
    institution_id = text_field(64, required=False)

    def command(self, data: dict[str, Any]) -> OpenClaim:
        """The use case's command."""
        return OpenClaim(data["title"], data["content"], data["institution_id"] or None)


class ChangeClaimSchema(CbamSchema):
    """The whole content anew, and the version that was looked at; title and institution stay when left out."""

    content = fields.Dict(required=True, error_messages=ERROR_CODES)
    version = number_field()
    title = text_field(200, required=False)
    institution_id = text_field(64, required=False)
    note = text_field(1000, required=False)

    def command(self, claim_id: str, data: dict[str, Any]) -> ChangeClaim:
        """The use case's command."""
        kept = {name: data[name] or None for name in ("title", "institution_id")}
        return ChangeClaim(claim_id=claim_id, **(data | kept))


class DecideClaimSchema(CbamSchema):
    """Approve, or return with a comment; ``decisions`` are reasons by the code of the check a person has to decide."""

    decision = one_of("approve", "return")
    comment = text_field(1000, required=False)
    decisions = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"N\d\d\Z", error="invalid")),
        values=text_field(1000),
        load_default=dict,
        error_messages=ERROR_CODES,
    )
    version = number_field()

    @validates_schema(skip_on_field_errors=True)
    def explained(self, data: dict[str, Any], **_: Any) -> None:
        """A claim comes back with words."""
        if data["decision"] == "return" and not data["comment"]:
            raise ValidationError("required", "comment")

    def command(self, claim_id: str, data: dict[str, Any]) -> Decide:
        """The use case's command."""
        approve = data["decision"] == "approve"
        return Decide(claim_id, approve, data["comment"], data["decisions"], data["version"])


class ReasonSchema(CbamSchema):
    """Why; it is published with an issued claim."""

    reason = text_field(1000)


class WithdrawSchema(ReasonSchema):
    """Why, and the version that was looked at."""

    version = number_field()


class ObjectSchema(ReasonSchema):
    """On which ground an issued claim is frozen, and why."""

    ground = one_of(*events.GROUNDS)


class ClaimDaySchema(QuerySchema):
    """A day in China; today when left out."""

    on = day_field(required=False)


# ---------- out ----------


class ClaimEventSchema(Schema):
    """What happened to an issued claim: how it stands since, on which ground, and why, in both languages where the
    service found it.
    """

    at = fields.DateTime()
    status = fields.String()
    ground = fields.String()
    reasons = fields.List(fields.Dict())


class ClaimSummarySchema(Schema):
    """A claim in a list: its number and how it stands once it is issued."""

    dossier = fields.Nested(DossierSchema)
    number = fields.String()
    event = fields.Nested(ClaimEventSchema, allow_none=True)


class ClaimVersionSchema(Schema):
    """A version of a claim: stored once, linked to the one before."""

    number = fields.Integer()
    status = fields.String()
    note = fields.String()
    digest = fields.String()
    link = fields.String()
    person_id = fields.String()
    at = fields.DateTime()


class IssuedSchema(Schema):
    """An issued claim: number, statement, when and until when."""

    number = fields.String()
    issued_at = fields.DateTime()
    valid_until = fields.DateTime()
    statement = fields.Dict()


class ClaimSchema(Schema):
    """A claim with its versions, newest first, and once it is issued its statement and what happened since."""

    dossier = fields.Nested(DossierSchema)
    content = fields.Dict()
    versions = fields.List(fields.Nested(ClaimVersionSchema))
    issued = fields.Nested(IssuedSchema, allow_none=True)
    events = fields.List(fields.Nested(ClaimEventSchema))


class ClaimContentSchema(Schema):
    """A claim as one of its versions had it."""

    number = fields.Integer()
    content = fields.Dict()


class ChecklistSchema(Schema):
    """All twenty checks on a day. ``blocking`` keeps the claim from being submitted, ``to_decide`` waits for its
    reviewer; ``later``: only people who come later are missing. Amounts in tCO2e.
    """

    on = fields.Date()
    version = fields.Integer()
    checks = fields.List(fields.Dict())
    blocking = fields.List(fields.String())
    to_decide = fields.List(fields.String())
    amounts = fields.Dict()
    waterfall = fields.List(fields.Dict())
    evidence = fields.List(fields.String())


class SuggestedSchema(Schema):
    """``ready``: retired, may be named in the claim. ``to_retire``: positions and units to retire for the rest, in
    order; null where nothing is missing or the amount is not known yet.
    """

    ready = fields.List(fields.Nested(PositionSchema))
    to_retire = fields.Dict(allow_none=True)


class PublicClaimSchema(Schema):
    """An issued claim for everybody: its statement, how it stands on a day and why, what happened, its trace."""

    number = fields.String()
    url = fields.String()
    on = fields.String()
    standing = fields.String()
    grounds = fields.List(fields.Dict())
    events = fields.List(fields.Dict())
    waterfall = fields.List(fields.Dict())
    trace = fields.List(fields.Dict())
    statement = fields.Dict()


# ---------- from the results of the use cases ----------


def event(found: ClaimEvent) -> dict[str, Any]:
    """An event as :class:`ClaimEventSchema` writes it."""
    said = zip(events.told(found, "zh"), events.told(found, "en"), strict=True)
    return {
        "at": found.at,
        "status": found.status,
        "ground": found.ground,
        "reasons": [{"zh": zh, "en": en} for zh, en in said],
    }


def row(found: ClaimRow) -> dict[str, Any]:
    """A claim in a list."""
    last = event(found.event) if found.event else None
    return {"dossier": found.record, "number": found.number, "event": last}


def claim(found: ClaimView) -> dict[str, Any]:
    """A claim with all that belongs to it."""
    return {
        "dossier": found.record,
        "content": stored_form(found.claim),
        "versions": found.versions,
        "issued": found.statement,
        "events": [event(one) for one in found.events],
    }


def checklist(found: Checklist) -> dict[str, Any]:
    """The checks as :class:`ChecklistSchema` writes them."""
    return {
        "on": found.on,
        "version": found.record.version,
        "checks": [_check(one) for one in found.rows],
        "blocking": [one.result.code for one in found.blocking],
        "to_decide": [one.result.code for one in found.to_decide],
        "amounts": plain(found.amounts),
        "waterfall": waterfall(found.waterfall),
        "evidence": found.evidence,
    }


def waterfall(steps: Iterable[Step]) -> list[dict[str, str]]:
    """From footprint to remainder, tCO2e; ``serial`` is that of a retirement."""
    return [
        {"step": one.key, "amount": plain(one.amount), "left": plain(one.left), "serial": one.label}
        for one in steps
    ]


def suggested(found: Suggested) -> dict[str, Any]:
    """Suggestions as :class:`SuggestedSchema` writes them."""
    rest = found.to_retire
    return {
        "ready": [position(one) for one in found.ready],
        "to_retire": rest
        and {
            "picks": [
                {"position": one.held.position.key, "kind": one.held.kind.value, "units": one.count}
                | plain(one.quantity)
                for one in rest.picks
            ],
            "missing": plain(rest.missing),
        },
    }


def _check(found: Row) -> dict[str, Any]:
    result = found.result
    rule = result.rule
    return {
        "code": result.code,
        "outcome": result.outcome.value,
        "later": found.later,
        "name": plain(rule.name),
        "rule": plain(rule.rule),
        "valid_from": plain(rule.valid_from),
        "valid_until": plain(rule.valid_until),
        "source": rule.source,
        "mark": rule.mark,
        "problems": told(result.problems),
        "decision": found.decision and {"by": found.decision.person.name, "reason": found.decision.reason},
    }
