"""What a reader asks for on the verification pages: number and code as people type, paste or scan them, and the day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from flask import request
from flask_login import current_user

from certificates.labelnumber import CLAIM, LABEL, typed, valid
from service import digitallink
from service.guards import guard_codes
from service.usecases import lookup
from service.usecases.access import Actor
from service.usecases.lookup import CHINA, Asked, Found
from service.usecases.refusals import InvalidInput
from service.web.context import services


@dataclass(frozen=True, slots=True)
class Day:
    """The moment asked about: None for now, with the text for the field, and whether it could not be understood."""

    at: datetime | None
    text: str
    latest: str
    refused: InvalidInput | None = None

    @property
    def day(self) -> date | None:
        """The day in China of a moment that is past."""
        return self.at.astimezone(CHINA).date() if self.at else None


def asked(number: str, code: str = "", gtin: str = "") -> Asked:
    """Number and code as they were typed, or the whole address of a QR code in the field of the number."""
    plain = unicodedata.normalize("NFKC", number).strip()
    there = digitallink.read(plain) if "/" in plain else None
    if there is not None:
        return Asked(_number(there.number), there.code or code, there.gtin or gtin)
    return Asked(_number(plain), code, gtin)


def mistyped(number: str) -> bool:
    """True for a text that cannot be a number of anything: its form or its check character does not fit. Anybody can
    work that out, so saying it tells nothing of what was issued."""
    return not any(valid(typed(number), prefix) for prefix in (LABEL, CLAIM))


def found(wanted: Asked) -> Found:
    """What was asked for, if this reader may see it. Raises lookup.NumberUnknown, TooManyRequests."""
    with guard_codes(wanted.code):
        return lookup.find(wanted, services(), reader())


def reader() -> Actor | None:
    """Who reads: a signed-in person, or nobody in particular."""
    return current_user.actor if current_user.is_authenticated else None


def day() -> Day:
    """The moment in the query, ``at``."""
    now = services().clock()
    text, latest = request.args.get("at", "").strip(), now.astimezone(CHINA).date().isoformat()
    try:
        at = lookup.moment(text, now)
    except InvalidInput as refusal:
        return Day(None, text, latest, refusal)
    return Day(at, text, latest)


def _number(text: str) -> str:
    return re.sub(r"[\s\u2010-\u2015\u2212-]+", "-", text).strip("-/").upper()
