"""Step 16: how the label stands at the time asked about: active, suspended, revoked, superseded, or not known.

Rules
1. Two things tell: the register that the verifier holds (``certificates.knowledge``), and the three signed status
   lists, in the file or in the verifier's hands. Each counts only inside its window: a register until its end, lists
   from validFrom to validUntil. Nothing else tells: no proof of the log does.
2. Lists count when the issuer's status key signed them, their addresses are those that the credential names, the
   three bits make a state (``certificates.status``), and, in a file, each is in the log by its proof. Of a
   compromised status key only what a witness saw before.
3. The newest that counts decides. But revoked and superseded are final: whatever says so counts, in its window or not.
4. Lists that come along and are not what the issuer gave out (damaged, changed, of another place, not in the log) fail
   the step whatever else tells, and the file is altered (``NOT_ISSUED``). Lists that are signed by no key the verifier
   knows fail it too. Lists whose time or key is over do not: they are passed over when something else tells.
5. The register tells of a number only to whoever brings a credential that a key of the issuer signed: how a number
   stands is nothing for people who guess numbers.
6. When nothing counts the standing is not known, and the label is stale: not revoked yesterday is not "not revoked".

Example: a file with lists of 1 to 8 December, asked about on 9 December, is stale; with ``--pack`` of 9 December it
is valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from certificates import status
from certificates.encoding import moment_text
from certificates.envelope import Envelope
from certificates.keys.trust import TrustedIssuer
from certificates.knowledge import ACTIVE, FINAL, Event, Knowledge, Register, state_at
from certificates.log import checkpoint as checkpoints
from certificates.log import merkle
from certificates.same import Same
from certificates.status import (
    NotAStatusList,
    StatusChanged,
    StatusKeyCompromised,
    StatusList,
    StatusNotSigned,
)
from certificates.steps.logs import Leaf, Logs, included, read_proof
from certificates.steps.outcome import Outcome
from certificates.steps.presented import Presented
from certificates.texts import Problem


class Examined(Protocol):
    """What this step looks at of a file under verification (``certificates.steps.case.Case``)."""

    presented: Presented
    known: Knowledge
    at: datetime
    statement: Any
    form: list[Problem]
    issuer: TrustedIssuer | None
    envelope: Envelope | None

    @property
    def logs(self) -> Logs | None:
        """What is known of the issuer's log."""
        ...

    @property
    def authentic(self) -> bool:
        """Whether the issuer's key signed the credential."""
        ...

    @property
    def register(self) -> Register | None:
        """What the verifier holds of changes of standing."""
        ...

    @property
    def standing(self) -> Found:
        """What :func:`standing_of` found."""
        ...


GRAVEST = ("revoked", "superseded", "suspended", "active")
NOT_ISSUED = ("status-damaged", "status-changed", "status-other", "status-unlogged")
"""What is wrong with lists that the issuer never gave out for this label (rule 4)."""
_NEVER_PASSED_OVER = (*NOT_ISSUED, "status-unsigned", "status-contradicts")


@dataclass(frozen=True, slots=True)
class Told:
    """What one source tells: the state as of a moment, until when it may be relied on, since when and why it is so.

    ``later`` is what the same source knows of the time after the moment asked about.
    """

    state: str
    as_of: datetime
    until: datetime
    since: datetime | None = None
    event: Event | None = None
    later: Event | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What is known together: ``told`` is None when nothing counts, and then ``problem`` says why. With ``told`` a
    problem is one of the lists that came along (rule 4)."""

    told: Told | None = None
    problem: str = ""
    values: tuple[tuple[str, str], ...] = field(default=())


def standing_of(case: Examined) -> Found:
    """Rules 1 to 6."""
    listed = _from_lists(case)
    wrong = listed.problem if listed.problem in _NEVER_PASSED_OVER else ""
    found = [one for one in (_from_register(case), listed.told) if one is not None]
    final = [one for one in found if one.state in FINAL]
    if final:
        return Found(min(final, key=lambda one: (GRAVEST.index(one.state), one.event is None)), wrong)
    usable = [one for one in found if case.at < one.until]
    if usable:
        return Found(max(usable, key=lambda one: one.as_of), wrong)
    if wrong:
        return Found(None, wrong)
    if found:
        newest = max(found, key=lambda one: one.until)
        return Found(None, "status-old", (("until", moment_text(newest.until)),))
    return listed


def stands(case: Examined) -> Outcome:
    """Step 16: active, as of a moment that is always said."""
    if case.issuer is None:
        return Outcome(None, "no-key")
    told = case.standing.told
    if told is None or case.standing.problem:
        return Outcome(False, case.standing.problem, (("at", moment_text(case.at)), *case.standing.values))
    values = [("as_of", moment_text(told.as_of)), ("until", moment_text(told.until))]
    if told.later is not None:
        values.append(("since", moment_text(told.later.since)))
    elif told.since is not None:
        values.append(("since", moment_text(told.since)))
    if told.state == ACTIVE:
        return Outcome(True, "status-active-then" if told.later else "status-active", tuple(values))
    reason = f"status-{told.state}" if told.since is not None else f"status-{told.state}-undated"
    return Outcome(False, reason, tuple(values))


def _from_register(case: Examined) -> Told | None:
    """What the register says. A change after the moment asked about is told besides, never instead."""
    register = case.register
    if register is None or case.form or case.issuer is None or not case.authentic:
        return None
    events = register.events(case.statement["number"])
    current = state_at(events, case.at)
    after = [event for event in events if event.since > case.at and event.state != ACTIVE]
    return Told(
        state=current.state if current else ACTIVE,
        as_of=min(register.as_of, case.at),
        until=register.until,
        since=current.since if current else None,
        event=current,
        later=after[-1] if after else None,
    )


def _from_lists(case: Examined) -> Found:
    """What the newest lists say that begin by the moment asked about."""
    envelope, logs = case.envelope, case.logs
    if envelope is None or logs is None:
        return Found(None, "status-none")
    wanted = {envelope.list_address(purpose): purpose for purpose in status.PURPOSES}
    brought = _brought(case, logs, set(wanted))
    lists = [one for one in brought.lists if one.address in wanted]
    lists.sort(key=lambda one: (one.valid_from <= case.at, one.valid_from))
    newest = {wanted[one.address]: one for one in lists}
    if len(newest) < len(status.PURPOSES):
        return Found(None, brought.problem or ("status-other" if brought.lists else "status-none"))
    told = _together(newest, lists, envelope.place.index, case.at)
    return replace(told, problem=brought.problem or told.problem)


@dataclass(frozen=True, slots=True)
class _Brought:
    lists: tuple[StatusList, ...]
    problem: str


def _brought(case: Examined, logs: Logs, wanted: set[str]) -> _Brought:
    """The lists of the file that count by rule 2 and those the verifier holds, with the gravest of what is wrong with
    the others. The file's are of the three addresses ``wanted``, one of each."""
    lists: list[StatusList] = []
    problems, left = [], set(wanted)
    bundle = case.presented.bundle
    for logged in bundle.statuses if bundle else ():
        one, wrong = _usable(logged.credential, logs)
        if one is not None:
            wrong = _unlogged(one, logged.proof, logs) if one.address in left else "status-other"
            left.discard(one.address)
            lists.extend([] if wrong else [one])
        problems.append(wrong)
    for compact in case.known.lists.get(logs.issuer.id, ()):
        one, wrong = _usable(compact, logs)
        lists.extend([one] if one is not None else [])
        problems.append("status-unsigned" if wrong in NOT_ISSUED else wrong)
    order = (*_NEVER_PASSED_OVER, *filter(None, problems))
    return _Brought(tuple(lists), min(filter(None, problems), key=order.index, default=""))


def _usable(compact: str, logs: Logs) -> tuple[StatusList | None, str]:
    """A list that is signed, or why it is not one."""
    try:
        return _read(compact, Same(logs.issuer)), ""
    except NotAStatusList:
        return None, "status-damaged"
    except StatusChanged:
        return None, "status-changed"
    except StatusKeyCompromised:
        return None, "status-key-compromised"
    except StatusNotSigned:
        return None, "status-unsigned"


def _unlogged(one: StatusList, text: str, logs: Logs) -> str:
    """Why a list of a file does not count although it is signed; empty when it does."""
    proof, digest = read_proof(text).proof, merkle.leaf_hash(one.leaf_bytes)
    leaf = Leaf(digest, proof, one.valid_from)
    if proof is None or not included(proof, digest):
        return "status-unlogged"
    try:
        untrusted = logs.trusted(proof.checkpoint, leaf)
        if untrusted or logs.split(proof.checkpoint):
            return "status-log-key" if untrusted == "log-key-compromised" else "status-unlogged"
    except checkpoints.NotACheckpoint:
        return "status-unlogged"
    if logs.tree is not None and proof.index < logs.tree.size and logs.tree.index(digest) is None:
        return "status-unlogged"
    if all(key.compromised_since is None for key in logs.issuer.of_use("status")):
        return ""
    key = logs.issuer.key(status.kid_of(one.compact), "status")
    since = key.compromised_since if key else None
    return "status-key-compromised" if since and not logs.seen_before(since, leaf) else ""


def _together(newest: dict[str, StatusList], lists: Sequence[StatusList], index: int, at: datetime) -> Found:
    """The newest list of each purpose as one answer; what is final is so once any of all the lists says it, in its
    window or not (rule 3)."""
    found = newest
    begun = [one for one in lists if one.valid_from <= at]
    try:
        flags = {purpose: one.flag(index) for purpose, one in newest.items()}
        ever = {one.purpose for one in begun if one.flag(index)}
    except NotAStatusList:  # no list has such an index
        return Found(None, "status-contradicts")
    if ever & {"revocation", "refresh"}:
        flags = {purpose: flag or purpose in ever for purpose, flag in flags.items()}
    state = status.state_of(flags)
    if state is None:
        return Found(None, "status-contradicts")
    start = max(one.valid_from for one in found.values())
    until = min(one.valid_until for one in found.values())
    told = Told(state, min(one.valid_from for one in found.values()), until)
    if start > at:
        return Found(None, "status-later", (("from", moment_text(start)),))
    return Found(told)


@lru_cache(maxsize=64)
def _read(compact: str, issuer: Same[TrustedIssuer]) -> StatusList:
    """A list as read; signed lists alone are kept, and a text has always the same answer for the same issuer."""
    return status.read(compact, issuer.value)
