"""Cosignatures: a witness says when it saw a checkpoint, and that the log had only grown until then (C2SP
tlog-cosignature, ``cosignature/v1``, Ed25519).

Rules
1. The witness signs the lines ``cosignature/v1`` and ``time <seconds since 1970, decimal>``, then the whole body of the
   checkpoint. Its line in the note holds key id (4), the time as 8 bytes (big-endian), the signature (64).
2. The key id is of type 0x04, so that a witness's line is never taken for a log's own.
3. What a cosignature means: at that time this was the largest tree the witness knew, and it had only grown. It says
   nothing of a label's standing.
4. Of several lines of one witness all must hold, and the newest time counts.

Example: ``seen_at(proof.checkpoint, "witness.example.gov/w1", key)`` is the time, or None.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.keys.vkey import WITNESS
from certificates.log import checkpoint as checkpoints
from certificates.log.checkpoint import NotACheckpoint

if TYPE_CHECKING:
    from certificates.keys.signer import Signer

TYPE = WITNESS
"""Signature type of a timestamped Ed25519 cosignature (C2SP signed-note)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = int((datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH).total_seconds())
_KEY_ID, _TIME, _SIGNATURE = 4, 8, 64


def sign(text: str, name: str, signer: Signer, at: datetime) -> str:
    """The line by which the witness ``name`` signs the checkpoint ``text`` at the moment ``at``, with its line feed.

    Raises NotACheckpoint, and ValueError for another kind of key.
    """
    public = signer.public
    if not isinstance(public, Ed25519PublicKey) or not checkpoints.is_name(name):
        raise ValueError("A witness signs with an Ed25519 key under a name without space and plus.")
    seconds = (at - _EPOCH) // timedelta(seconds=1)
    if not 0 <= seconds <= _LATEST:
        raise ValueError("A cosignature has a time between 1970 and 9999.")
    checkpoints.read(text)
    body, _ = checkpoints.parts(text)
    key_id = checkpoints.key_hash(name, public, TYPE)
    value = key_id + seconds.to_bytes(_TIME, "big") + signer.sign(_message(body, seconds))
    return checkpoints.signature_line(name, value)


def seen_at(text: str, name: str, key: Ed25519PublicKey) -> datetime | None:
    """When that witness signed the checkpoint in ``text`` (rule 4), or None when no line of it is there or one does not
    hold. Raises NotACheckpoint for another form."""
    body, signatures = checkpoints.parts(text)
    own = (name, checkpoints.key_hash(name, key, TYPE))
    times = [_time(body, one.value, key) for one in signatures if (one.name, one.key_id) == own]
    held = [time for time in times if time is not None]
    return max(held) if held and len(held) == len(times) else None


def stated_time(line: str) -> datetime:
    """The time a cosignature's line states, its signature not checked. Raises NotACheckpoint for another line."""
    value = checkpoints.read_signature(line.removesuffix("\n")).value
    seconds = int.from_bytes(value[:_TIME], "big")
    if len(value) != _TIME + _SIGNATURE or seconds > _LATEST:
        raise NotACheckpoint("A cosignature has a time and 64 bytes.")
    return _EPOCH + timedelta(seconds=seconds)


def _time(body: str, value: bytes, key: Ed25519PublicKey) -> datetime | None:
    seconds = int.from_bytes(value[:_TIME], "big")
    if len(value) != _TIME + _SIGNATURE or seconds > _LATEST:
        return None
    try:
        key.verify(value[_TIME:], _message(body, seconds))
    except InvalidSignature:
        return None
    return _EPOCH + timedelta(seconds=seconds)


def _message(body: str, seconds: int) -> bytes:
    """Rule 1."""
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()
