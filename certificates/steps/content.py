"""Steps 7 to 10 and 17: what the statement says: its form, its number, its sums, its chain of evidence, its dates."""

from __future__ import annotations

import hmac

from certificates import chain, labelnumber
from certificates.encoding import moment_text
from certificates.steps.case import Case, moment
from certificates.steps.outcome import Outcome, listed


def form_right(case: Case) -> Outcome:
    """Step 7: every field of the statement's version and no other; and everything around it, the UNTP body too, is what
    follows from it (``credential.envelope_problem``)."""
    return listed([*case.form, *case.around], "form-right", "form-wrong")


def number_right(case: Case) -> Outcome:
    """Step 8: the check character fits, and number and check code are those that were asked for."""
    if case.form:
        return Outcome(None, "no-statement")
    number = case.statement["number"]
    if not labelnumber.valid(number, case.statement_kind.prefix):
        return Outcome(False, "check-character", (("number", number),))
    if case.asked.number is not None and labelnumber.typed(case.asked.number) != number:
        return Outcome(False, "other-number", (("number", number), ("asked", case.asked.number)))
    if case.asked.code is not None and not _same_code(case):
        return Outcome(False, "other-code", (("number", number),))
    return Outcome(True, "number-right", (("number", number),))


def sums_right(case: Case) -> Outcome:
    """Step 9: the numbers fit each other (``certificates.arithmetic``, ``certificates.ledger.claims``)."""
    if case.form:
        return Outcome(None, "no-statement")
    return listed(case.statement_kind.sums(case.statement), "sums-right", "sums-wrong")


def chain_right(case: Case) -> Outcome:
    """Step 10: every link of the evidence chain holds (``certificates.chain``)."""
    if case.form:
        return Outcome(None, "no-statement")
    broken = chain.broken_at(case.statement["chain"], case.statement_kind.evidence)
    values = (("kind", broken), ("count", str(len(case.statement["chain"]))))
    return Outcome(not broken, "chain-broken" if broken else "chain-right", values)


def in_force(case: Case) -> Outcome:
    """Step 17: the time asked about lies between validFrom and validUntil."""
    until = moment(case.presented.credential.payload.get("validUntil"))
    if case.issued_at is None or until is None:
        return Outcome(None, "no-statement")
    values = (
        ("from", moment_text(case.issued_at)),
        ("until", moment_text(until)),
        ("at", moment_text(case.at)),
    )
    if case.at < case.issued_at:
        return Outcome(False, "not-yet-valid", values)
    return Outcome(False, "expired", values) if case.at >= until else Outcome(True, "in-force", values)


def _same_code(case: Case) -> bool:
    """Compared in constant time: whoever tries codes learns nothing of the right one. A claim has none and needs
    none."""
    own = case.envelope.code if case.envelope is not None else ""
    asked = labelnumber.typed_code(case.asked.code or "")
    return not own or hmac.compare_digest(own.encode("utf-8"), asked.encode("utf-8", "replace"))
