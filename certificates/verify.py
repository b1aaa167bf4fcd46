"""Verify a label or a claim: numbered steps, one report. A bad file is an answer, never an exception.

The steps
 1. readable: the file is within the limits and is a PDF, a bundle or a credential
 2. format: inside is a credential with canonical JSON; in a PDF, the bundle's own credential is the very same
 3. issuer: it is in the trust file (pinned by the verifier), and so is the key that the credential names; the DID
    document that comes with it does not contradict the trust file
 4. key-time: that key was valid when the credential was issued; of a compromised key only what was seen before counts
 5. signature: the credential's bytes are those the key signed
 6. header: the kind of signature is exactly that of the pinned key, with no other parameter
 7. schema: the statement has every field of its kind and version and no other, and the rest follows from it
 8. number: the check character fits, and number and check code are those that were asked for
 9. arithmetic: what the statement counts and dates fits together, by the rules of its kind
10. chain: the links of the evidence hashes hold
11. inclusion: the log's tree holds the hash of this very credential
12. checkpoint: the log's own key signed that tree, it is the issuer's log, and there is no second view of it
13. witness: as many trusted witnesses saw that tree as the trust file asks for
14. document (PDF only): one signature by the issuer's document key covers every byte of the file
15. printed (PDF only): the pages show what the credential says, and nothing else
16. status: as of a moment that is told, the label is active: not suspended, revoked or superseded
17. dates: the statement is in force at the time asked about

What the steps ask of a statement is the matter of its kind (``certificates.kinds``).

Rules
1. All steps are run and shown, so that one failure does not hide another; a step that could not be run is no
   pass.
2. The verdict is the gravest finding: unreadable; altered (a failure of 2 and 5 to 15, or status lists in the file that
   were never given out for it); unknown-issuer (3, 4, and what rests on a compromised key); other-number; incomplete (a
   step could not be run, or too few witnesses); revoked; expired, not-yet-valid; suspended; superseded; stale (nothing
   tells how it stands, or lists are signed by no known key); and valid only when every step that applies is passed.
3. There is no key inside a file that counts. Without a trust file nobody's signature is checked, and the verdict says
   so.
4. Nothing is fetched, no clock is read: the caller says at what time, and hands in what it knows itself
   (``certificates.knowledge``).
5. A proof of the log never shows that a label was not revoked since. Step 16 alone tells, and its moment ("as of")
   stands beside every verdict that rests on it.

Example: ``verify(data, trust, at=now, number="TB-2026-0000001-L", code="7K2M-9QXA").verdict == "valid"``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from certificates.bundle import Bundle
from certificates.keys.trust import Trust
from certificates.keys.trust import read as read_trust
from certificates.knowledge import ACTIVE, Knowledge
from certificates.report import Report, Standing, Step
from certificates.steps.case import Asked, Case
from certificates.steps.checks import CHECKS, DOCUMENT, PRINTED, STATUS
from certificates.steps.outcome import Outcome
from certificates.steps.presented import FileUnreadable, Presented, read, taken_apart
from certificates.steps.standing import NOT_ISSUED, Found

_READING = ((1, "readable"), (2, "format"))
_ALTERED = (2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
_UNKNOWN = (3, 4)
_OTHER = ("other-number", "other-code")
_COMPROMISED = ("log-key-compromised", "document-key-compromised")
_SHORT = "witness-short"
_STATES = ("revoked", "expired", "not-yet-valid", "suspended", "superseded", "stale")


def verify(
    data: bytes | Bundle,
    trust: dict[str, Any] | Trust | None,
    *,
    at: datetime,
    number: str | None = None,
    code: str | None = None,
    known: Knowledge | None = None,
) -> Report:
    """The report on a file's bytes, or on a bundle in hand as on the file it packs to, at the moment ``at`` (with time
    zone); ``number`` and ``code`` are those asked for, if any; ``known`` is what the verifier holds besides.

    Whatever ``data`` is, a report comes back. Raises TrustFileInvalid for a bad trust file and ValueError
    for a moment without a time zone: these are the caller's, not the file's.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    trusted = read_trust(trust) if isinstance(trust, dict) else trust
    try:
        presented = taken_apart(data) if isinstance(data, Bundle) else read(data)
    except FileUnreadable as problem:
        return _unreadable(problem, at)
    return _examine(Case(presented, trusted, Asked(at, number, code), known or Knowledge()))


def _examine(case: Case) -> Report:
    """Step 1 is behind us; run 2 to 17 and weigh them."""
    kind, noun = case.presented.kind, case.statement_kind.noun
    agreeing = "format-" + kind if case.presented.agreeing else "attachments-differ"
    steps = [
        _step(1, "readable", Outcome(True, f"readable-{kind}"), noun),
        _step(2, "format", Outcome(case.presented.agreeing, agreeing), noun),
    ]
    for number, code, check in CHECKS:
        steps.append(_step(number, code, check(case), noun))
    return Report(
        verdict=_verdict(steps, case),
        steps=tuple(steps),
        statement=None if case.form or case.around else case.statement,
        kind=kind,
        at=case.at,
        noun=noun,
        standing=_told(case.standing),
    )


def _verdict(steps: list[Step], case: Case) -> str:
    """Rule 2."""
    failed = {step.number: step.reason for step in steps if step.ok is False}
    weighed = {n: reason for n, reason in failed.items() if reason not in (*_OTHER, *_COMPROMISED, _SHORT)}
    if any(number in _ALTERED for number in weighed) or weighed.get(STATUS) in NOT_ISSUED:
        return "altered"
    if any(number in _UNKNOWN for number in weighed) or any(one in _COMPROMISED for one in failed.values()):
        return "unknown-issuer"
    if any(one in _OTHER for one in failed.values()):
        return "other-number"
    if _SHORT in failed.values() or _lacking(steps, case.presented):
        return "incomplete"
    told = case.standing.told
    if STATUS in failed:
        weighed[STATUS] = told.state if told and told.state != ACTIVE else "stale"
    return next((state for state in _STATES if state in weighed.values()), "valid")


def _lacking(steps: list[Step], presented: Presented) -> bool:
    needless = (DOCUMENT, PRINTED) if presented.kind != "pdf" else ()
    return any(step.ok is None and step.number not in needless for step in steps)


def _told(found: Found) -> Standing | None:
    if found.told is None:
        return None
    told = found.told
    reason = {name: told.event.reason_in(name) if told.event else "" for name in ("zh", "en")}
    return Standing(told.state, told.as_of, told.until, told.since, reason)


def _unreadable(problem: FileUnreadable, at: datetime) -> Report:
    """Steps 1 or 2 failed. A PDF whose signature shows that its bytes were changed is altered, not merely
    unreadable."""
    steps = []
    for number, code in _READING:
        passed = (
            Outcome(True, f"{code}-{problem.kind}") if number < problem.step else Outcome(None, "not-reached")
        )
        steps.append(
            _step(number, code, Outcome(False, problem.reason) if number == problem.step else passed)
        )
    changed = problem.signed is not None and problem.signed.problem not in ("", "no-signature")
    for number, code, _ in CHECKS:
        outcome = Outcome(None, "not-reached")
        if number == DOCUMENT and changed and problem.signed is not None:
            outcome = Outcome(False, problem.signed.problem)
        steps.append(_step(number, code, outcome))
    return Report("altered" if changed else "unreadable", tuple(steps), None, problem.kind, at)


def _step(number: int, code: str, outcome: Outcome, noun: str = "either") -> Step:
    return Step(number, code, outcome.ok, outcome.reason, outcome.values, noun)
