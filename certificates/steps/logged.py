"""Steps 11 to 13: the log holds these very bytes, its own key says so, and independent witnesses saw it.

What is shown is publication. That a label was not revoked since is another step's (16), and no proof of the log shows
it.
"""

from __future__ import annotations

from certificates.encoding import moment_text
from certificates.steps import logs as views
from certificates.steps.case import Case
from certificates.steps.outcome import Outcome


def included(case: Case) -> Outcome:
    """Step 11: the leaf is the hash of the credential's canonical payload, and the proof leads to the checkpoint's
    root; a tree in the verifier's hands must have it too. Without a proof that tree alone shows it."""
    if case.proof.damaged:
        return Outcome(False, "proof-damaged")
    proof, tree = case.proof.proof, case.logs.tree if case.logs else None
    place = tree.index(case.leaf.hash) if tree else None
    if proof is None:
        return _held_place(case, place)
    values = (("index", str(proof.index)), ("size", str(proof.size)))
    if not views.included(proof, case.leaf.hash):
        return Outcome(False, "not-included", values)
    if tree is not None and place is None and proof.index < tree.size:
        return Outcome(False, "not-in-held-tree", (("size", str(tree.size)),))
    return Outcome(True, "included", values)


def checkpoint_signed(case: Case) -> Outcome:
    """Step 12: the checkpoint is of the issuer's own log, signed by a log key not ended before the issue, and no second
    view of the log contradicts it (``certificates.steps.logs``)."""
    logs, note = case.logs, _note(case)
    if logs is None or case.issued_at is None:
        return Outcome(None, "no-key")
    if not note:
        held = logs.tree is not None and logs.tree.index(case.leaf.hash) is not None
        return (
            Outcome(True, "checkpoint-held", (("size", str(logs.tree.size)),))
            if held and logs.tree
            else Outcome(None, "no-proof")
        )
    signed = logs.signed(note)
    values = (
        ("origin", signed.stated.origin),
        ("expected", signed.expected),
        ("size", str(signed.stated.size)),
    )
    problem = logs.trusted(note, case.leaf)
    if not problem and logs.split(note):
        problem = "split-view"
    return Outcome(not problem, problem or "checkpoint-signed", values)


def witnessed(case: Case) -> Outcome:
    """Step 13: as many trusted witnesses as the trust file asks for cosigned a tree that holds the credential."""
    logs = case.logs
    if logs is None:
        return Outcome(None, "no-key")
    note = case.proof.proof.checkpoint if case.proof.proof else ""
    broken = logs.broken(note) if note else ()
    if broken:
        return Outcome(False, "witness-broken", (("witness", ", ".join(broken)),))
    seen = logs.seen(case.leaf)
    quorum = logs.trust.quorum
    values = (
        ("count", str(len(seen))),
        ("quorum", str(quorum)),
        ("witness", ", ".join(sorted(seen)) or "–"),
        ("first", moment_text(min(seen.values())) if seen else "–"),
    )
    if len(seen) < quorum:
        return Outcome(False, "witness-short", values)
    return Outcome(True, "witnessed" if seen else "witness-not-asked", values)


def _held_place(case: Case, place: int | None) -> Outcome:
    """Without a proof: where the tree in the verifier's hands has the leaf, or that it lacks it, though it reaches to a
    moment after the issue."""
    tree = case.logs.tree if case.logs else None
    if tree is None:
        return Outcome(None, "no-proof")
    values = (("index", str(place)), ("size", str(tree.size)))
    if place is not None:
        return Outcome(True, "included-held", values)
    register = case.register
    if register is not None and case.issued_at is not None and case.issued_at <= register.as_of:
        return Outcome(False, "not-in-held-tree", values)
    return Outcome(None, "no-proof")


def _note(case: Case) -> str:
    """The checkpoint to judge: the file's, else the newest that the verifier holds and that covers the credential."""
    if case.proof.proof is not None:
        return case.proof.proof.checkpoint
    covering = case.logs.covering(case.leaf) if case.logs else ()
    return max(covering, key=lambda note: views.stated(note).size, default="")
