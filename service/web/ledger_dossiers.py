"""What the forms of purchases and power balances share: what is wrong, by field, and the version that was looked at."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from service.usecases.ledger.refusals import FieldsRefused
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web.i18n import language

Wrong = tuple[Mapping[str, str], Mapping[str, str]]
"""Sentences and labels by field; a sentence that is about no field stands under the empty name."""


def errors_of(refusal: Refusal) -> Wrong:
    """What is wrong, by field, in the reader's language; what is no form's to correct is raised again."""
    if isinstance(refusal, NotAllowed | NotFound):
        raise refusal
    if not isinstance(refusal, FieldsRefused):
        return {"": refusal.message(language())}, {}
    errors: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for one in refusal.problems:
        errors.setdefault(one.where, []).append(one.sentence(language()))
        labels[one.where] = one.label(language())
    return {field: " ".join(dict.fromkeys(found)) for field, found in errors.items()}, labels


def posted_version() -> int | None:
    """The version that the person looked at, as the form posts it."""
    return request.form.get("version", type=int)
