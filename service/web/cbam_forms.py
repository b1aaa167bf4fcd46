"""Forms of the CBAM pages: days, figures and files out of what was posted, and refusals as sentences at their fields.

Rules
1. What a person types is refused at its field in the person's language; a figure is never guessed.
2. A field without a sentence of its own shows the refusal's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from service.usecases.refusals import InvalidInput, Refusal
from service.web.i18n import language

SENTENCES = {
    "accreditation": _l("Give the accreditation number of the verifier."),
    "accredited_until": _l("Give the day on which the accreditation ends, such as 2028-12-31."),
    "cn": _l("Give the 8 digits of the CN code, or 10 of TARIC."),
    "content": _l(
        "This precursor is counted by its content of clinker or nitrogen: enter the content first."
    ),
    "cost": _l("Give EUR a year, 0 or more, such as 9000."),
    "end": _l("Give the last day of the period; it is not before the first."),
    "importer": _l("Give the importer's name, or the EORI number."),
    "imported_on": _l("Give the day of import, such as 2026-03-31."),
    "issued": _l("Give the day of the report, such as 2027-03-15."),
    "net_mass_kg": _l("Give kilograms above 0 with at most 6 decimals, such as 24000.5."),
    "number": _l("Give the number of the report."),
    "paid_price": _l("Give EUR per certificate above 0, such as 75.5."),
    "plan_date": _l("Give the day of the plan, such as 2026-01-15, or leave it empty."),
    "price": _l("Give EUR per certificate, 0 or more, such as 80."),
    "published": _l("Give the day of publication; it is not in the future."),
    "reply_by": _l("Give the day by which you need the answer, or leave it empty."),
    "sha256": _l("A SHA-256 has 64 digits from 0 to 9 and a to f."),
    "start": _l("Give the first day of the period, such as 2026-01-01."),
    "tonnes": _l("Give tonnes a year, 0 or more, such as 1200."),
    "valid_from": _l("Give the day from which the values apply, 2026-01-01 or later."),
    "verifier": _l("Give the name of the verifier."),
}
"""What is wrong with a field and what to do, by the name of the field."""


class Wrong(ValueError):
    """A field does not hold what it must; ``errors`` are sentences by field."""

    def __init__(self, **errors: Any) -> None:
        self.errors: dict[str, Any] = errors
        super().__init__(", ".join(errors))


def text(values: Mapping[str, str], name: str) -> str:
    """A field without blanks around it."""
    return values.get(name, "").strip()


def day(values: Mapping[str, str], name: str, *, optional: bool = False) -> date | None:
    """A day as browsers send it. Raises Wrong."""
    given = text(values, name)
    if not given and optional:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Wrong(**{name: SENTENCES[name]}) from error


def needed_day(values: Mapping[str, str], name: str) -> date:
    """A day that must be there. Raises Wrong."""
    found = day(values, name)
    assert found is not None  # noqa: S101 - only an optional day is None
    return found


def figure(values: Mapping[str, str], name: str, kind: str = "", least: str = "0") -> Decimal | None:
    """A finite decimal of at least ``least``, or None for an empty field; ``kind`` names the sentence. Raises Wrong."""
    given = text(values, name)
    if not given:
        return None
    try:
        found = Decimal(given)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < Decimal(least) or found >= Decimal(10) ** 12:
        raise Wrong(**{name: SENTENCES[kind or name]})
    return found


def upload(name: str) -> tuple[str, bytes]:
    """Name and bytes of a posted file. Raises Wrong where none was chosen."""
    given = request.files.get(name)
    if given is None or not given.filename:
        raise Wrong(**{name: _l("Choose the file.")})
    return given.filename, given.stream.read()


def errors_of(error: Exception) -> dict[str, Any]:
    """Sentences by field of a refusal or a :class:`Wrong`; ``""`` is what belongs to no field."""
    if isinstance(error, Wrong):
        return error.errors
    if isinstance(error, InvalidInput):
        name = error.details.get("field", "")
        return {name: SENTENCES[name]} if name in SENTENCES else {"": said(error)}
    return {"": said(error)}


def said(error: Exception) -> Any:
    """One sentence for a refusal, in the reader's language."""
    if isinstance(error, InvalidInput) and error.details.get("field", "") in SENTENCES:
        return SENTENCES[error.details["field"]]
    return error.message(language()) if isinstance(error, Refusal) else str(error)


def status_of(error: Exception) -> int:
    """The status a form is answered with."""
    return error.status if isinstance(error, Refusal) else 422
