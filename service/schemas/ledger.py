"""The ledger in: JSON bodies and query strings become commands of the use cases; rules as in
``service.schemas.commands``.

Rules
1. Entries come in their stored form (``docs/formats.md``), whole: one that cannot be read names its place in the list.
   ``account`` may be left out, it is the caller's.
2. Forms of purchases and power balances are handed on as they are: the use case tells everything that is wrong with
   them, field by field, in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from certificates.ledger.entries import Beneficiary, Entry, EntryUnreadable, Purpose, from_plain
from certificates.ledger.positions import State
from service.schemas.cbam import CbamSchema, QuerySchema, day_field, number_field
from service.schemas.commands import ERROR_CODES, one_of, text_field
from service.usecases.ledger.recording import MOST, RetireUnits, TransferUnits

MOST_SHOWN = 1000
"""Rows on a page, at most."""
UNREADABLE = "unreadable"


def _page_field(default: int, most: int) -> fields.Integer:
    return fields.Integer(
        load_default=default, validate=validate.Range(0, most, error="invalid"), error_messages=ERROR_CODES
    )


def _list(of: fields.Field, most: int, *, least: int = 0) -> fields.List:
    """A list of at most ``most``; required where it must hold something."""
    return fields.List(
        of,
        validate=validate.Length(least, most, error="invalid"),
        error_messages=ERROR_CODES,
        **({"required": True} if least else {"load_default": list}),
    )


class OnSchema(QuerySchema):
    """The end of which day; today when left out."""

    on = day_field(required=False)


class HoldingsQuerySchema(OnSchema):
    """Which positions, and which part of the list."""

    kind = text_field(40, required=False)
    state = fields.String(
        load_default="",
        validate=validate.OneOf([one.value for one in State], error="invalid"),
        error_messages=ERROR_CODES,
    )
    offset = _page_field(0, 10_000_000)
    limit = _page_field(100, MOST_SHOWN)


class EntriesQuerySchema(QuerySchema):
    """From which number on, and how many."""

    first = _page_field(1, 2**53 - 1)
    limit = _page_field(100, MOST_SHOWN)


class EntriesSchema(CbamSchema):
    """Entries in the order in which they are to be recorded: all of them, or none (rule 1)."""

    entries = _list(fields.Dict(), MOST, least=1)

    def command(self, account: str, data: dict[str, Any]) -> tuple[Entry, ...]:
        """The entries, of ``account`` where they name none. Raises ValidationError for those that are none."""
        read: list[Entry] = []
        wrong: dict[int, list[str]] = {}
        for place, given in enumerate(data["entries"]):
            try:
                read.append(from_plain({"account": account} | given))
            except EntryUnreadable as error:
                wrong[place] = [UNREADABLE, str(error)]
        if wrong:
            raise ValidationError({"entries": wrong})
        return tuple(read)


class _ActSchema(CbamSchema):
    """What is recorded of a position: ``count`` units of it, the first ones; all of them when left out."""

    count = number_field()
    on = day_field()
    evidence = _list(text_field(64), 100)
    note = text_field(2000, required=False)


class RetireSchema(_ActSchema):
    """What was retired in the registry: in whose name, for what, for which days (both included)."""

    beneficiary = text_field(200)
    beneficiary_code = text_field(200, required=False)
    purpose = one_of(*(one.value for one in Purpose))
    period_start = day_field()
    period_end = day_field()
    reference = text_field(500, required=False)

    def command(self, position: str, data: dict[str, Any]) -> RetireUnits:
        """The use case's command."""
        given = data | {"evidence": tuple(data["evidence"]), "purpose": Purpose(data["purpose"])}
        named = Beneficiary(given.pop("beneficiary"), given.pop("beneficiary_code"))
        return RetireUnits(position=position, beneficiary=named, **given)


class TransferSchema(_ActSchema):
    """What was handed on in the registry: ``to`` an account here or ``outside:NAME``."""

    to = text_field(210)

    def command(self, position: str, data: dict[str, Any]) -> TransferUnits:
        """The use case's command."""
        return TransferUnits(position=position, **(data | {"evidence": tuple(data["evidence"])}))


class AccountQuerySchema(QuerySchema):
    """The exact registration code of an organisation."""

    code = text_field(200)


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a registry's file beside the file."""

    registry: str
    acquired_on: date | None
    beneficiary: Beneficiary | None


class ImportFieldsSchema(QuerySchema):
    """The fields beside the file: the registry's key (recognised by the header when left out); the day the units came
    in and in whose name they were retired, for rows that do not say.
    """

    registry = text_field(40, required=False)
    acquired_on = day_field(required=False)
    beneficiary = text_field(200, required=False)
    beneficiary_code = text_field(200, required=False)

    @post_load
    def about(self, data: dict[str, Any], **_: Any) -> About:
        """What the use case's upload holds beside the file."""
        name, code = data["beneficiary"], data["beneficiary_code"]
        return About(data["registry"], data["acquired_on"], Beneficiary(name, code) if name else None)


class ReportQuerySchema(QuerySchema):
    """A page of a dry run's report, from 1, of one status where it is named."""

    page = fields.Integer(
        load_default=1, validate=validate.Range(1, 1_000_000, error="invalid"), error_messages=ERROR_CODES
    )
    status = text_field(20, required=False)


class FormSchema(CbamSchema):
    """A form (rule 2), the version that was looked at, a note to the next one."""

    form = fields.Dict(required=True, error_messages=ERROR_CODES)
    version = number_field()
    note = text_field(2000, required=False)


class OpenFormSchema(CbamSchema):
    """A form (rule 2)."""

    form = fields.Dict(required=True, error_messages=ERROR_CODES)


class CancelSchema(CbamSchema):
    """Since when the rest of a purchase does not come, and why (rule 2: ``on`` and ``reason``)."""

    form = fields.Dict(required=True, error_messages=ERROR_CODES)
    version = number_field()


class PlanSchema(CancelSchema):
    """The budget of a ``year``, ``kind`` and ``currency``: its ``amount`` (rule 2)."""


class LotsSchema(CbamSchema):
    """Numbers of the Acquire entries that came under a purchase, and of those that are taken back from it."""

    add = _list(fields.Integer(strict=True), MOST_SHOWN)
    remove = _list(fields.Integer(strict=True), MOST_SHOWN)
    version = number_field()


class PositionsSchema(CbamSchema):
    """Keys of positions, and the version that was looked at."""

    positions = _list(text_field(40), MOST_SHOWN)
    version = number_field()


class VersionSchema(CbamSchema):
    """The version that was looked at."""

    version = number_field()


class YearQuerySchema(QuerySchema):
    """A calendar year; for a budget all years when left out."""

    year = number_field()


class AccountYearSchema(QuerySchema):
    """A calendar year."""

    year = number_field(required=True)


class StudyQuerySchema(QuerySchema):
    """Whose lines."""

    study = text_field(64)
