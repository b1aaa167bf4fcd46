"""What a witness decides: whether a log has only grown since it was last seen, and then its cosignature (C2SP
tlog-witness, ``add-checkpoint``).

Rules
1. A request is the line ``old <size>``, at most 63 lines with the hashes of a consistency proof (RFC 6962, 2.1.2), an
   empty line, and the checkpoint. Another form is 400, and so is an old size above the checkpoint's.
2. A log that is not known by its origin is 404; one whose own signature does not hold is 403. Only the keys that the
   witness was given count.
3. The old size is the one the witness signed last for that log, 0 before the first; another is 409 with the size in the
   body (``text/x.tlog.size``).
4. Of one size the witness signs one root for ever: another is 409. A larger tree that is not shown to begin with the
   one it knows is 422. From an old size of 0 there is no proof.
5. Reading what it knows, deciding, and keeping what it signed happen under one lock, and what it signed is kept before
   the answer leaves: the witness never goes back. Nor does its time: with a clock behind its last signature for that
   log it signs nothing (503), because an earlier time would vouch for what a stolen key made later.
6. A checkpoint refused by 4 carries the log's own signature and is kept as evidence. Two roots of one size prove that
   the log was rewritten (a fork). A larger tree that was not shown to continue proves nothing by itself: anybody can
   send the log's newest checkpoint with a wrong proof.

Example: ``Witness(name, signer, logs, state).add_checkpoint(body, now).status == 200``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates import limits
from certificates.encoding import NotEncoded, base64_standard, from_base64_standard
from certificates.log import checkpoint as checkpoints
from certificates.log import cosignature, merkle
from certificates.log.checkpoint import Checkpoint

if TYPE_CHECKING:
    from certificates.keys.signer import Signer

MOST_HASHES = 63
REQUEST_BYTES = limits.CHECKPOINT_BYTES + (MOST_HASHES + 1) * 45
"""The longest request, in bytes."""

SIZE_TYPE = "text/x.tlog.size"
PLAIN = "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})\Z")


class NotARequest(ValueError):
    """This is not a request to add a checkpoint."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that a witness signed of a log: its text with the witness's own line, and when."""

    checkpoint: str
    at: datetime

    @property
    def stated(self) -> Checkpoint:
        """Origin, size and root."""
        return checkpoints.read(self.checkpoint)


class State(Protocol):
    """What a witness remembers. :meth:`keep` and :meth:`refused` return when it is durable."""

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else reads or writes while this is entered."""
        ...

    def seen(self, origin: str) -> Seen | None:
        """The newest checkpoint signed of that log; None before the first."""
        ...

    def keep(self, origin: str, seen: Seen) -> None:
        """From now on this is the newest."""
        ...

    def refused(self, stated: Checkpoint, request: str, at: datetime, *, fork: bool) -> None:
        """Evidence (rule 6)."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP status, the body, and its content type."""

    status: int
    body: str
    content_type: str = PLAIN


@dataclass(frozen=True, slots=True)
class Request:
    """A request taken apart (rule 1)."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str


class Witness:
    """A witness by its name and key; ``logs`` are the keys of every log it watches, by origin."""

    def __init__(
        self, name: str, signer: Signer, logs: Mapping[str, Iterable[Ed25519PublicKey]], state: State
    ) -> None:
        self.name = name
        self._signer = signer
        self._logs = {origin: tuple(keys) for origin, keys in logs.items()}
        self._state = state

    def add_checkpoint(self, body: bytes, now: datetime) -> Answer:
        """Answer a request. Whatever the bytes are, there is an answer."""
        try:
            request = read_request(body)
            stated = checkpoints.read(request.checkpoint)
        except (NotARequest, checkpoints.NotACheckpoint) as problem:
            return Answer(400, f"{problem}\n")
        keys = self._logs.get(stated.origin)
        if keys is None:
            return Answer(404, "This witness does not watch that log.\n")
        if not any(checkpoints.note_signed(request.checkpoint, stated.origin, key) for key in keys):
            return Answer(403, "No signature of that log holds.\n")
        if request.old > stated.size:
            return Answer(400, "The old size is above the checkpoint's.\n")
        own = _own_lines(request.checkpoint, stated.origin, keys)
        if len(own) > limits.CHECKPOINT_BYTES // 2:
            return Answer(400, "The checkpoint is too long.\n")
        with self._state.locked():
            return self._decide(replace(request, checkpoint=own), stated, now)

    def _decide(self, request: Request, stated: Checkpoint, now: datetime) -> Answer:
        seen = self._state.seen(stated.origin)
        known = seen.stated if seen else None
        answer = refusal(request, stated, known)
        if answer is None:
            if seen is not None and now < seen.at:
                return Answer(503, "The clock of this witness is behind its last signature.\n")
            line = cosignature.sign(request.checkpoint, self.name, self._signer, now)
            self._state.keep(stated.origin, Seen(request.checkpoint + line, now))
            return Answer(200, line)
        if known is not None and request.old == known.size:  # rule 4 refused it, not rule 3
            fork = stated.size == known.size
            self._state.refused(stated, request_text(request), now, fork=fork)
        return answer


def refusal(request: Request, stated: Checkpoint, known: Checkpoint | None) -> Answer | None:
    """Rules 3 and 4: why a checkpoint is not signed, or None when it may be."""
    size = known.size if known else 0
    if request.old != size:
        return Answer(409, f"{size}\n", SIZE_TYPE)
    if known is None:
        return Answer(422, "There is no proof from an empty tree.\n") if request.proof else None
    if stated.size == known.size and stated.root != known.root:
        return Answer(409, f"{size}\n", SIZE_TYPE)
    if not merkle.verify_consistency(known.size, stated.size, request.proof, known.root, stated.root):
        return Answer(422, f"The tree of {stated.size} is not shown to begin with that of {size}.\n")
    return None


def read_request(body: bytes) -> Request:
    """Rule 1; the checkpoint's own form is not looked at. Raises NotARequest."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotARequest("A request is UTF-8.") from problem
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.match(first)
    if len(body) > REQUEST_BYTES or not gap or old is None or len(lines) > MOST_HASHES:
        raise NotARequest("A request has an old size, at most 63 hashes, an empty line and a checkpoint.")
    return Request(int(old[1]), tuple(_hash(line) for line in lines), checkpoint)


def request_text(request: Request) -> str:
    """The inverse of :func:`read_request`, as text."""
    return "\n".join([f"old {request.old}", *map(base64_standard, request.proof), "", request.checkpoint])


def _own_lines(text: str, origin: str, keys: Iterable[Ed25519PublicKey]) -> str:
    """The checkpoint with the log's own signatures only: what strangers add is not kept."""
    body, signatures = checkpoints.parts(text)
    ids = {checkpoints.key_hash(origin, key) for key in keys}
    own = [one for one in signatures if one.name == origin and one.key_id in ids]
    lines = "".join(checkpoints.signature_line(one.name, one.key_id + one.value) for one in own)
    return f"{body}\n{lines}"


def _hash(line: str) -> bytes:
    try:
        digest = from_base64_standard(line)
    except NotEncoded as problem:
        raise NotARequest("A hash is base64.") from problem
    if len(digest) != 32:
        raise NotARequest("A hash has 32 bytes.")
    return digest
