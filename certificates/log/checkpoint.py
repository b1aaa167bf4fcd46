"""Checkpoints: the log's size and root, signed (C2SP tlog-checkpoint on C2SP signed-note).

Rules
1. The text is the lines origin, size in decimal, root in base64, and whatever lines the log adds (we add none), then
   an empty line, then signature lines ``— <key name> base64(key id (4) || signature)``; every line ends with a line
   feed, and there is no other control character and nothing that UTF-8 does not hold.
2. Key names and key ids are those of ``certificates.keys.vkey``; the type of a log's own Ed25519 signature is 0x01.
3. The key name and the origin are the host of the issuer's DID, so that one issuer has one log.
4. Lines of other keys (witnesses) are passed over; one line of the log's own key must be there and hold. A line that
   claims to be of that key and does not hold spoils the whole text.
5. A checkpoint of an empty tree proves nothing and is refused by the reader.

Example: ``sign("labels.example.org", 3, root, keys.signer("log", now))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates import limits
from certificates.encoding import NotEncoded, base64_standard, from_base64_standard
from certificates.keys.vkey import is_name as is_name
from certificates.keys.vkey import key_hash as key_hash

if TYPE_CHECKING:
    from certificates.keys.signer import Signer
    from certificates.keys.trust import PublicKey

_SIZE = re.compile(r"[1-9][0-9]{0,15}\Z")
_SIGNATURE = re.compile("\u2014 (\\S+) ([A-Za-z0-9+/=]+)\\Z")
_WRONG = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class NotACheckpoint(ValueError):
    """This text is not a signed checkpoint of a log with at least one entry."""


class CheckpointNotSigned(ValueError):
    """No signature of the log's own key holds for this checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: ``origin`` names the log, ``size`` its leaves, ``root`` 32 bytes."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line of a note: the key's name, its id (4 bytes), and the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes


def sign(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """The signed text for a log of ``size`` entries, by the log's key under the log's name (rule 3). Raises
    ValueError."""
    if not is_name(origin) or size < 1 or len(root) != 32:
        raise ValueError(
            "A checkpoint has an origin without spaces, at least one entry, and a root of 32 bytes."
        )
    return sign_note(f"{origin}\n{size}\n{base64_standard(root)}\n", origin, signer)


def verify(text: str, origin: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint, when it is of ``origin`` and one of the log's ``keys`` signed it under that name.

    Raises NotACheckpoint for another form or another origin, CheckpointNotSigned when no signature holds.
    """
    checkpoint = read(text)
    if checkpoint.origin != origin:
        raise NotACheckpoint(f"The checkpoint is of another log: {checkpoint.origin!r}.")
    if not any(isinstance(key, Ed25519PublicKey) and note_signed(text, origin, key) for key in keys):
        raise CheckpointNotSigned(f"No signature of {origin} holds.")
    return checkpoint


def read(text: str) -> Checkpoint:
    """What the text says, its signature not yet checked. Raises NotACheckpoint (rules 1 and 5)."""
    body, _ = parts(text)
    lines = body[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or not is_name(lines[0]) or not _SIZE.match(lines[1]):
        raise NotACheckpoint("A checkpoint has the lines origin, size and root.")
    try:
        digest = from_base64_standard(lines[2])
    except NotEncoded as problem:
        raise NotACheckpoint("The root is not base64.") from problem
    if len(digest) != 32:
        raise NotACheckpoint("A root has 32 bytes.")
    return Checkpoint(lines[0], int(lines[1]), digest)


def sign_note(body: str, name: str, signer: Signer) -> str:
    """A C2SP signed note of ``body`` (ends with a line feed) by an Ed25519 key under ``name``. Raises ValueError."""
    public = signer.public
    if not body.endswith("\n") or not is_name(name) or not isinstance(public, Ed25519PublicKey):
        raise ValueError(
            "A note ends with a line feed; its key is Ed25519 under a name without space and plus."
        )
    key_id = key_hash(name, public)
    return f"{body}\n{signature_line(name, key_id + signer.sign(body.encode('utf-8')))}"


def note_signed(text: str, name: str, key: Ed25519PublicKey) -> bool:
    """True when a signature line is of ``name`` and ``key`` and every such line holds (rule 4); raises NotACheckpoint
    for another form."""
    body, signatures = parts(text)
    own = [one for one in signatures if (one.name, one.key_id) == (name, key_hash(name, key))]
    try:
        for one in own:
            key.verify(one.value, body.encode("utf-8"))
    except InvalidSignature:
        return False
    return bool(own)


def signature_line(name: str, value: bytes) -> str:
    """One signature line, with its line feed; ``value`` is key id and signature."""
    return f"\u2014 {name} {base64_standard(value)}\n"


def read_signature(line: str) -> Signature:
    """One signature line without its line feed. Raises NotACheckpoint."""
    match = _SIGNATURE.match(line)
    if match is None or not is_name(match[1]):
        raise NotACheckpoint("A signature line has a dash, a name and base64.")
    try:
        value = from_base64_standard(match[2])
    except NotEncoded as problem:
        raise NotACheckpoint("A signature is not base64.") from problem
    if len(value) < 5:
        raise NotACheckpoint("A signature has four bytes of key id and more.")
    return Signature(match[1], value[:4], value[4:])


def parts(text: str) -> tuple[str, tuple[Signature, ...]]:
    """The body of a signed note, with its last line feed, and its signatures. Raises NotACheckpoint (rule 1)."""
    body, gap, tail = text.rpartition("\n\n")
    if (
        len(text) > limits.CHECKPOINT_BYTES
        or not gap
        or not body
        or not tail.endswith("\n")
        or _WRONG.search(text)
    ):
        raise NotACheckpoint("A signed note is text, an empty line, and signature lines.")
    return body + "\n", tuple(read_signature(line) for line in tail[:-1].split("\n"))
