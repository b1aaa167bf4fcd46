"""Forms: what was posted, and errors as sentences at their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import ValidationError

from service.web import words


def form_data(*names: str) -> dict[str, str]:
    """The named fields of the posted form that are present; everything else (the CSRF token) is left out."""
    return {name: request.form[name] for name in names if name in request.form}


def field_errors(error: ValidationError) -> dict[str, str]:
    """The first error of every field as a sentence in the reader's language."""
    found: dict[str, str] = {}
    messages: Mapping[str, Any] = error.messages if isinstance(error.messages, dict) else {"": error.messages}
    for name, codes in messages.items():
        first = codes[0] if isinstance(codes, list) and codes else "invalid"
        found[name] = words.word(
            words.FIELD_ERRORS, str(first) if str(first) in words.FIELD_ERRORS else "invalid"
        )
    return found
