"""Words of verification: verdicts, standings and what to do now, for people who hold goods or a file in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict in plain words: title, what it means, what to do now; its tone (good, warn, bad) and its sign, a shape
    of its own, so that nothing hangs on colour alone."""

    title: Any
    meaning: Any
    next: Any
    tone: str
    sign: str


VERDICTS: Mapping[str, Verdict] = {
    "valid": Verdict(
        _l("This label is valid"),
        _l("It comes from a trusted issuer, stands in the public log, was not changed and is in force."),
        _l("Compare product, model and number with the goods in hand."),
        "good",
        "check",
    ),
    "suspended": Verdict(
        _l("This label is suspended"),
        _l("It is genuine, but it must not be relied on until the suspension is lifted."),
        _l("Do not accept it now. Ask the seller or the issuer, and look again later."),
        "bad",
        "pause",
    ),
    "revoked": Verdict(
        _l("This label was revoked"),
        _l("It was genuine and was withdrawn for good. Its figures no longer count."),
        _l("Do not accept it. Ask the seller for a label that is in force."),
        "bad",
        "cross",
    ),
    "superseded": Verdict(
        _l("A newer label has replaced this one"),
        _l("It is genuine, but the issuer has put a newer label in its place."),
        _l("Ask the seller for the newer label and verify that one."),
        "warn",
        "newer",
    ),
    "expired": Verdict(
        _l("This label has expired"),
        _l("It is genuine, but its period of validity is over."),
        _l("Ask the seller for a label that is in force."),
        "warn",
        "clock",
    ),
    "not-yet-valid": Verdict(
        _l("This label is not valid yet"),
        _l("It is genuine, but its period of validity has not begun."),
        _l("Check the date you asked about."),
        "warn",
        "clock",
    ),
    "stale": Verdict(
        _l("Whether this label still stands is not known"),
        _l("It is genuine, but what came with it about its standing is too old or missing."),
        _l("Verify it by number and check code here, where its standing is up to date."),
        "warn",
        "question",
    ),
    "incomplete": Verdict(
        _l("This file is not complete"),
        _l("What could be checked holds, but a proof is missing, so nothing is confirmed."),
        _l("Use the original PDF or the bundle, or verify by number and check code."),
        "warn",
        "question",
    ),
    "altered": Verdict(
        _l("This label was altered"),
        _l("Something in it was changed after it was signed. Its figures cannot be trusted."),
        _l("Do not accept it. Ask the issuer for the original by its number."),
        "bad",
        "cross",
    ),
    "unknown-issuer": Verdict(
        _l("Unknown issuer"),
        _l("No key of an issuer that this service trusts has signed it. Its figures cannot be trusted here."),
        _l("Do not accept it. Ask the seller who issued it, and verify it there."),
        "bad",
        "cross",
    ),
    "other-number": Verdict(
        _l("This file belongs to another label"),
        _l("The file is about a different number than the one asked for."),
        _l("Compare the number you typed with the printed one."),
        "bad",
        "cross",
    ),
    "unreadable": Verdict(
        _l("This file is neither a label nor a claim"),
        _l("It holds nothing that this service can verify."),
        _l("Use the PDF, the bundle or the credential. If it came by mail, ask for the original file."),
        "bad",
        "question",
    ),
    "unknown-number": Verdict(
        _l("Nothing found under this number and code"),
        _l("No label with this number and this check code was issued here."),
        _l("Compare both with the print beside the QR code, character by character."),
        "bad",
        "question",
    ),
    "unknown-claim": Verdict(
        _l("No such claim"),
        _l("No claim with this number was issued here."),
        _l("Compare it with the printed number, character by character."),
        "bad",
        "question",
    ),
}
_MATCH_CLAIM = _l("Compare subject, period and amounts with what is advertised.")
_CLAIM_IN_FORCE = _l("Ask the claimant for a claim that is in force.")
_CLAIMS: Mapping[str, tuple[Any, Any]] = {
    "valid": (_l("This claim is valid"), _MATCH_CLAIM),
    "suspended": (
        _l("This claim is frozen"),
        _l("Do not rely on it. Its public page tells why and whether that is lifted."),
    ),
    "revoked": (_l("This claim was withdrawn"), _CLAIM_IN_FORCE),
    "superseded": (_l("A newer claim has replaced this one"), _CLAIM_IN_FORCE),
    "expired": (_l("This claim has expired"), _CLAIM_IN_FORCE),
    "not-yet-valid": (_l("This claim is not valid yet"), None),
    "stale": (
        _l("Whether this claim still stands is not known"),
        _l("Open its public page, where its standing is up to date."),
    ),
    "altered": (_l("This claim was altered"), None),
    "other-number": (_l("This file belongs to another claim"), None),
}


def verdict(code: str, noun: str) -> Verdict:
    """The words for a verdict on a ``label``, a ``claim`` or ``either``."""
    said = VERDICTS[code]
    if noun != "claim" or code not in _CLAIMS:
        return said
    title, next_ = _CLAIMS[code]
    return replace(said, title=title, next=next_ or said.next)


@dataclass(frozen=True, slots=True)
class StandingWords:
    """A standing: its name, what it means, tone and sign."""

    name: Any
    meaning: Any
    tone: str
    sign: str


STANDINGS: Mapping[str, StandingWords] = {
    "active": StandingWords(
        _l("Active"), _l("Neither suspended nor revoked nor superseded."), "good", "check"
    ),
    "suspended": StandingWords(
        _l("Suspended"), _l("Not to be relied on until it is lifted."), "bad", "pause"
    ),
    "revoked": StandingWords(_l("Revoked"), _l("Withdrawn for good."), "bad", "cross"),
    "superseded": StandingWords(_l("Superseded"), _l("A newer one is in its place."), "warn", "newer"),
    "expired": StandingWords(_l("Expired"), _l("Its period of validity is over."), "warn", "clock"),
}
SIDES = {
    "institution": _l("by the issuing institution"),
    "regulator": _l("by market regulation"),
    "exporter": _l("by the exporter"),
    "programme": _l("by the programme"),
}
ACTS: Mapping[str, tuple[Any, Any, Any]] = {
    "suspended": (
        _l("Suspend"),
        _l("Suspend this label"),
        _l(
            "From now on everybody who verifies it is told not to accept it, and why. It can be lifted by the side "
            "that suspended it."
        ),
    ),
    "active": (
        _l("Lift the suspension"),
        _l("Lift the suspension of this label"),
        _l("From now on it is in force again. The suspension stays in its history."),
    ),
    "revoked": (
        _l("Revoke"),
        _l("Revoke this label"),
        _l("It is withdrawn for good, publicly, with your reason. This cannot be undone."),
    ),
    "superseded": (
        _l("Replace by a newer label"),
        _l("Replace this label by a newer one"),
        _l(
            "From now on everybody who verifies it is told that the newer label is in its place. This cannot be undone."
        ),
    ),
}
"""By the state that the act leads to: the button, the title of its page, what it does."""
