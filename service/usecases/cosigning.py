"""Cosignatures: the witnesses are shown the newest checkpoint, and what they sign of it is kept.

Rules
1. After the commit only: as a job that whoever issues queues in the same transaction, or by ``tanbiao log cosign``. No
   transaction is open while a witness is asked, and a witness that is away delays nothing.
2. A witness is shown that the newest tree begins with the one it signed last. If it names another size than we
   remember, it is shown the way from there, once.
3. Its cosignature is verified with the key of the settings before it is stored. Its time is neither in the future nor
   before the checkpoint was signed: with an earlier one it would vouch for what a stolen key made later.
4. A witness that refuses because the log does not begin with what it signed, or that has signed a larger tree than
   there is, is told in words: the store was changed or put back, and nothing is to be issued until that is explained.
5. One witness never keeps another from being asked.

Example: ``[outcome.state for outcome in gather(services)] == ["kept"]``.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service.store.trust_records import Cosignature
from service.usecases import translog, witness_client
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.common import waiting_job
from service.usecases.refusals import WitnessesUnusable, WitnessRefused
from service.usecases.services import Services
from service.usecases.witness_client import Reply, WitnessAway

if TYPE_CHECKING:
    from certificates.keys.trust import Witness
    from service.settings import Settings
    from service.store.uow import UnitOfWork

COSIGN_JOB = "log.cosign"
CLOCKS_DIFFER = timedelta(minutes=10)
"""How far a witness's clock may be off ours."""

GOOD = ("kept", "known")
GRAVE = ("split", "ahead")
"""Outcomes by which the log is not what the witness saw (rule 4)."""

PROBLEMS = {
    "ahead": "it signed a tree of {} entries, this log has {}",
    "split": "the log no longer begins with the tree of {} entries that it signed",
    "refusing": "it answered {}: it does not watch this log, or knows another key of it",
    "away": "it answered {}",
    "wrong": "its cosignature does not hold, or its clock is wrong",
}
"""What is wrong, in English; ``usecases.problems`` has the Chinese."""

_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\n\Z")
log = logging.getLogger("tanbiao.log")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking one witness for the checkpoint of ``size``.

    ``state``: ``kept``, ``known`` (it had signed that one), ``away``, ``refusing`` (it does not watch this log, or not
    with this key), ``wrong`` (its answer does not hold), ``split``, ``ahead``.
    """

    witness: str
    size: int
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One witness, where it is asked, the checkpoint (size, text, when it was signed), and the size that the witness
    signed last by our account."""

    witness: Witness
    address: str
    size: int
    text: str
    signed_at: datetime
    last: int


def configured(settings: Settings) -> tuple[tuple[Witness, str], ...]:
    """The witnesses of the settings and where they are asked. Raises WitnessesUnusable."""
    from certificates.keys.trust import TrustFileInvalid, read_witness

    try:
        return tuple((read_witness(vkey), address) for vkey, address in settings.witness_entries)
    except TrustFileInvalid as error:
        raise WitnessesUnusable(problem=str(error).rstrip(".")) from error


def request(actor: Actor, unit: UnitOfWork, services: Services, now: datetime) -> None:
    """Queue the asking in the transaction that appended to the log (rule 1); nothing without witnesses, and nothing
    for the administrator, who has no jobs and asks by the command."""
    if not services.settings.witness_entries or actor.organisation_kind is OrganisationKind.INSTALLATION:
        return
    already = unit.jobs.open_for(COSIGN_JOB, {})
    if already is None or already.state != "waiting":  # a running one may have read the log before this entry
        unit.jobs.add(waiting_job(actor, COSIGN_JOB, {}, now))


def cosign(actor: Actor, services: Services) -> tuple[Outcome, ...]:
    """Ask every witness now. Raises NotAllowed, WitnessesUnusable."""
    allow(actor, Permission.LOG_COSIGN)
    return gather(services)


def run(services: Services) -> dict[str, int]:
    """The job: how many cosignatures were kept. Raises WitnessRefused (rule 4), after all were asked."""
    outcomes = gather(services)
    for outcome in outcomes:
        if outcome.state in GRAVE:
            raise refusal(outcome)
    return {"cosignatures": sum(outcome.state == "kept" for outcome in outcomes), "asked": len(outcomes)}


def refusal(outcome: Outcome) -> WitnessRefused:
    """A grave outcome in words."""
    return WitnessRefused(witness=outcome.witness, size=outcome.size, problem=outcome.problem)


def gather(services: Services) -> tuple[Outcome, ...]:
    """Ask every witness of the settings for the newest checkpoint. Raises WitnessesUnusable."""
    witnesses = configured(services.settings)
    with services.uow() as unit:
        newest = unit.log.latest_checkpoint()
        if newest is None:
            return ()
        signed_at = unit.log.signed_at(newest[0]) or services.clock()
        asked = [_Asked(one, address, *newest, signed_at, _last(unit, one)) for one, address in witnesses]
    outcomes = tuple(_asking(one, services) for one in asked)
    for outcome in outcomes:
        if outcome.state not in GOOD:
            log.warning(
                "witness %s, size %d: %s %s", outcome.witness, outcome.size, outcome.state, outcome.problem
            )
    return outcomes


def _last(unit: UnitOfWork, witness: Witness) -> int:
    found = unit.log.cosigned_by(witness.key_name)
    return found.size if found else 0


def _asking(asked: _Asked, services: Services) -> Outcome:
    if asked.last == asked.size:
        return Outcome(asked.witness.key_name, asked.size, "known")
    try:
        sent, reply = asked.last, _sent(asked, asked.last, services)
        named = _size(reply)
        if named is not None and named != sent and named <= asked.size:  # rule 2
            sent, reply = named, _sent(asked, named, services)
            named = _size(reply)
    except WitnessAway as error:
        return Outcome(asked.witness.key_name, asked.size, "away", str(error))
    if reply.status == 200:
        return _kept(asked, reply.body, services)
    state, problem = _why(asked, reply.status, sent, named)
    return Outcome(asked.witness.key_name, asked.size, state, problem)


def _why(asked: _Asked, status: int, sent: int, named: int | None) -> tuple[str, str]:
    """What a refusal means: the state, and the sentence for the operator."""
    if named is not None and named > asked.size:
        return "ahead", PROBLEMS["ahead"].format(named, asked.size)
    if status == 422 or (status == 409 and named == sent):
        return "split", PROBLEMS["split"].format(sent)
    if status in (400, 403, 404):
        return "refusing", PROBLEMS["refusing"].format(status)
    return "away", PROBLEMS["away"].format(status)


def _sent(asked: _Asked, old: int, services: Services) -> Reply:
    """One request; the consistency proof is read in a transaction of its own, closed before anything is sent."""
    from certificates.log.witness import Request, request_text

    with services.uow() as unit:
        proof = translog.tree(unit).consistency(old, asked.size) if old else ()
    return witness_client.ask(asked.address, request_text(Request(old, proof, asked.text)).encode("utf-8"))


def _size(reply: Reply) -> int | None:
    match = _SIZE.match(reply.body) if reply.status == 409 else None
    return int(match[1]) if match else None


def _kept(asked: _Asked, answer: str, services: Services) -> Outcome:
    """Rule 3, then stored."""
    from certificates.log import cosignature

    now, name = services.clock(), asked.witness.key_name
    line = _own_line(asked, answer)
    at = cosignature.stated_time(line) if line else None
    if at is None or not asked.signed_at - CLOCKS_DIFFER <= at <= now + CLOCKS_DIFFER:
        return Outcome(name, asked.size, "wrong", PROBLEMS["wrong"])
    with services.uow(write=True) as unit:
        if any(one.witness == name for one in unit.log.cosignatures(asked.size)):
            return Outcome(name, asked.size, "known")
        unit.log.add_cosignature(Cosignature(asked.size, name, line, at))
        unit.commit()
    return Outcome(name, asked.size, "kept")


def _own_line(asked: _Asked, answer: str) -> str:
    """The newest line of the answer that is the witness's and holds; empty when there is none."""
    from certificates.log import checkpoint, cosignature

    found: list[tuple[datetime, str]] = []
    for text in (f"{line}\n" for line in answer.split("\n") if line):
        try:
            at = cosignature.seen_at(asked.text + text, asked.witness.key_name, asked.witness.public)
        except checkpoint.NotACheckpoint:
            continue
        if at is not None:
            found.append((at, text))
    return max(found)[1] if found else ""
