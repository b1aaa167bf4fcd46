"""Words and picture of a claim's public page: how it stands, what happened, its QR code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from certificates.ledger.claims.model import Standing


@dataclass(frozen=True, slots=True)
class Banner:
    """How a claim stands: title, name of the state, what it means, what to do now, tone and sign of the page's head."""

    title: Any
    name: Any
    meaning: Any
    next: Any
    tone: str
    sign: str


BANNERS = {
    Standing.IN_FORCE: Banner(
        _l("This claim is in force"),
        _l("In force"),
        _l("What it rests on was looked up just now and stands: retirements, footprint, verification."),
        _l("Compare subject, period and amounts with what is advertised."),
        "good",
        "check",
    ),
    Standing.FROZEN: Banner(
        _l("This claim is frozen"),
        _l("Frozen"),
        _l("Something it rests on no longer stands, or somebody objects."),
        _l("Do not rely on it until this is lifted."),
        "bad",
        "pause",
    ),
    Standing.WITHDRAWN: Banner(
        _l("This claim was withdrawn"),
        _l("Withdrawn"),
        _l("It counts for nothing any more, and does not come back."),
        _l("Ask the claimant for a claim that is in force."),
        "bad",
        "cross",
    ),
    Standing.EXPIRED: Banner(
        _l("This claim has expired"),
        _l("Expired"),
        _l("It was valid until the day below."),
        _l("Ask the claimant for a claim that is in force."),
        "warn",
        "clock",
    ),
    Standing.NOT_YET: Banner(
        _l("This claim is not valid yet"),
        _l("Not valid yet"),
        _l("It begins on the day of its issue."),
        _l("Check the date you asked about."),
        "warn",
        "clock",
    ),
}
HAPPENED = {
    "frozen": _l("Frozen"),
    "in-force": _l("In force again"),
    "expired": _l("Expired"),
    "withdrawn": _l("Withdrawn"),
}
GROUNDS = {
    "facts": _l("found by the service"),
    "objection": _l("objection"),
    "verification-withdrawn": _l("verification withdrawn"),
    "certificate-disputed": _l("certificate disputed"),
    "lifted": _l("lifted by a signatory"),
    "withdrawn": _l("by claimant or signatory"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as rectangles on a grid: (x, y, length), with its quiet zone in ``size``."""

    size: int
    runs: tuple[tuple[int, int, int], ...]


def code(url: str) -> Code:
    """The QR code of an address. Raises UnfitAddress."""
    from service.render.qr import QUIET_ZONE, modules

    rows = modules(url)
    runs = tuple(
        (start + QUIET_ZONE, line + QUIET_ZONE, length)
        for line, row in enumerate(rows)
        for start, length in row
    )
    return Code(len(rows) + 2 * QUIET_ZONE, runs)
