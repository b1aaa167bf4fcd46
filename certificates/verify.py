"""Verify a label or a claim: numbered steps, one report. A bad file is an answer, never an exception.

The steps
 1. readable: the file is within the limits and is a PDF, a bundle or a credential
 2. format: inside is a vc+jwt with canonical JSON, and a proof in its form
 3. issuer: it is in the trust file (pinned by the verifier), and so is the key that the credential names
 4. key-time: that key was valid when the credential was issued
 5. signature: the credential's bytes are those the key signed
 6. header: alg is exactly Ed25519, typ exactly vc+jwt, no other parameter
 7. schema: the statement has every field of its kind and version and no other
 8. number: the check character fits, and it is the number that was asked for
 9. arithmetic: what the statement counts and dates fits together, by the rules of its kind
10. chain: the links of the evidence hashes hold
11. inclusion: the log's tree holds the hash of these very bytes
12. checkpoint: the log's own key signed that tree, and it is the issuer's log
13. document (PDF only): one signature by the issuer's document key covers every byte of the file
14. dates: the statement is in force at the time asked about

What the steps ask of a statement is the matter of its kind (``certificates.kinds``).

Rules
1. All steps are run and shown, so that one failure does not hide another; a step that could not be run is no
   pass.
2. The verdict is the gravest finding: unreadable, altered (a failure of 5 to 13), unknown-issuer (3, 4),
   other-number, incomplete (a step is missing), not-yet-valid or expired, and valid only when every step
   that applies is passed.
3. There is no key inside a file. Without a trust file nobody's signature is checked, and the verdict says
   so.
4. Nothing is fetched, no clock is read: the caller says at what time.
5. A claim may be frozen after its issue. No file can show that it was not; the report of a claim says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from certificates.report import Report, Step
from certificates.steps.checks import CHECKS, Case, Outcome
from certificates.steps.presented import FileUnreadable, Presented, read
from certificates.texts import filled
from certificates.trust import Trust
from certificates.trust import read as read_trust

_READING = ((1, "readable"), (2, "format"))
_ALTERED = (5, 6, 7, 8, 9, 10, 11, 12, 13)
_UNKNOWN = (3, 4)
_DOCUMENT = 13


def verify(
    data: bytes, trust: dict[str, Any] | Trust | None, *, at: datetime, number: str | None = None
) -> Report:
    """The report on a file's bytes at the moment ``at`` (with time zone); ``number`` is the label or claim asked for,
    if any.

    Whatever ``data`` is, a report comes back. Raises TrustFileInvalid for a bad trust file and ValueError
    for a moment without a time zone: these are the caller's, not the file's.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    trusted = read_trust(trust) if isinstance(trust, dict) else trust
    try:
        presented = read(data)
    except FileUnreadable as problem:
        return _unreadable(problem, at)
    return _examine(Case(presented, trusted, at, number))


def _examine(case: Case) -> Report:
    """Steps 1 and 2 are behind us; run 3 to 14 and weigh them."""
    kind, noun = case.presented.kind, case.statement_kind.noun
    steps = [_step(number, code, Outcome(True, f"{code}-{kind}"), noun) for number, code in _READING]
    steps.extend(_step(number, code, check(case), noun) for number, code, check in CHECKS)
    return Report(
        verdict=_verdict(steps, case.presented),
        steps=tuple(steps),
        statement=None if case.form else case.statement,
        kind=kind,
        at=case.at,
        noun=noun,
    )


def _verdict(steps: list[Step], presented: Presented) -> str:
    """Rule 2."""
    failed = {step.number: step.reason for step in steps if step.ok is False}
    if any(number in _ALTERED and reason != "other-number" for number, reason in failed.items()):
        return "altered"
    if any(number in _UNKNOWN for number in failed):
        return "unknown-issuer"
    if "other-number" in failed.values():
        return "other-number"
    needless = (_DOCUMENT,) if presented.kind != "pdf" else ()
    if any(step.ok is None and step.number not in needless for step in steps):
        return "incomplete"
    return next(iter(failed.values()), "valid")


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
        if number == _DOCUMENT and changed and problem.signed is not None:
            outcome = Outcome(False, problem.signed.problem)
        steps.append(_step(number, code, outcome))
    return Report("altered" if changed else "unreadable", tuple(steps), None, problem.kind, at)


def _step(number: int, code: str, outcome: Outcome, noun: str = "either") -> Step:
    values = dict(outcome.values)
    detail = filled("detail", outcome.reason, values, noun)
    if "code" in values:
        problem = filled("problem", values["code"], {})
        detail = {language: f"{text} {problem[language]}" for language, text in detail.items()}
    return Step(number, code, outcome.ok, outcome.reason, detail, noun)
