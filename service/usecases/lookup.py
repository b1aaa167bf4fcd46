"""Look up a label or a claim by its number: who may see the answer, and as of which moment.

Rules
1. A label is shown to whoever holds its number and its check code, both printed on it, and to signed-in people who may
   see it anyway. Numbers count up and could be guessed; the code is drawn by lot.
2. An unknown number, a missing or wrong code and a GTIN of another product get one and the same refusal, after the same
   work: one row is looked for, and the code is compared in constant time, with a stand-in where there is no label.
3. Claims are public: their number is enough.
4. A day asked about means its end in China, today means now; a moment is taken as it is. Nothing is told of the future.

Example: ``find(Asked("TB-2026-0000001-L", "7KQ2-M9XD"), services).number``.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from certificates.gtin import NotAGtin, padded
from certificates.labelnumber import CLAIM, typed, typed_code
from service.usecases import standing, verification
from service.usecases.access import Actor, Permission, allowed, may_see
from service.usecases.refusals import InvalidInput, Refusal
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.report import Report
    from service.store.uow import UnitOfWork
    from service.usecases.standing import Standing

CHINA = timezone(timedelta(hours=8))
STAND_IN = "\0" * 8
"""What a given code is compared with where there is no label; nobody can type it."""


class NumberUnknown(Refusal):
    """No label with this number and check code, or no claim with this number, was issued here."""

    code = "unknown-number"
    status = 404
    zh = "没有签发过与此编号和验证码相符的标签或声明。请逐字核对印在二维码旁的编号与验证码。"
    en = (
        "Nothing with this number and check code was issued here. Compare both, character by character, with those "
        "printed beside the QR code."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody knows of a label or a claim, as people type it; ``gtin`` where the address names a product."""

    number: str
    code: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for is here and may be shown: the number as printed, and the check code."""

    number: str
    code: str


def find(asked: Asked, services: Services, actor: Actor | None = None) -> Found:
    """Rules 1 to 3. Raises NumberUnknown."""
    number = typed(asked.number) if asked.number.isprintable() else ""
    with services.uow() as unit:
        if number.startswith(f"{CLAIM}-") and not asked.gtin:
            if unit.claims.get(number) is None:
                raise NumberUnknown
            return Found(number, "")
        lock = unit.labels.lock(number)
        known = _known(lock[0] if lock else "", typed_code(asked.code))
        allowed_anyway = lock is not None and _may_see(actor, lock[1], lock[2])
        if lock is None or not (known or allowed_anyway) or not _of_product(unit, number, asked.gtin):
            raise NumberUnknown
    return Found(number, lock[0])


def report(found: Found, services: Services, at: datetime | None = None) -> Report:
    """The verdict on what was found, at a moment (now where none is given). Raises NumberUnknown."""
    made = verification.by_number(found.number, services, at=at)
    if made is None:
        raise NumberUnknown
    return made


def history(found: Found, services: Services, at: datetime | None = None) -> tuple[Standing, ...]:
    """What happened to it since its issue, the issue first, up to a moment; as public as the answer itself."""
    until = at or services.clock()
    with services.uow() as unit:
        return tuple(one for one in standing.history(found.number, unit) if one.since <= until)


def moment(text: str, now: datetime) -> datetime | None:
    """The moment that a text means (rule 4); None for the present. Raises InvalidInput."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            today = now.astimezone(CHINA).date()
            asked = datetime.combine(day, time(23, 59, 59), CHINA).astimezone(UTC) if day != today else now
        else:
            asked = datetime.fromisoformat(text)
            asked = (asked if asked.tzinfo else asked.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            field="at", problem="a day or a moment such as 2026-01-31 or 2026-01-31T08:00:00Z"
        ) from error
    if asked > now:
        raise InvalidInput(field="at", problem="a moment that is not in the future")
    return None if asked == now else asked.replace(microsecond=0)


def _known(kept: str, given: str) -> bool:
    """Rule 2: the code is the label's own. A label without a code opens to none."""
    same = hmac.compare_digest(given.encode("utf-8", "replace"), (kept or STAND_IN).encode())
    return same and bool(kept)


def _may_see(actor: Actor | None, exporter_id: str, institution_id: str) -> bool:
    if actor is None or not allowed(actor, Permission.LABEL_READ):
        return False
    return may_see(actor, exporter_id, institution_id)


def _of_product(unit: UnitOfWork, number: str, gtin: str) -> bool:
    """A GTIN in the address is that of the label's product."""
    if not gtin:
        return True
    label = unit.labels.get(number)
    try:
        return label is not None and label.statement["product"]["gtin"] == padded(gtin)
    except (NotAGtin, KeyError):
        return False
