"""Checkpoints: the log's size and root, signed (C2SP tlog-checkpoint on C2SP signed-note).

Rules
1. The text is three lines, origin, size in decimal, root in base64, then an empty line, then signature lines
   ``— <key name> base64(key hash (4) || Ed25519 signature)``; every line ends with a line feed.
2. The key hash is the first four bytes of SHA-256(key name || 0x0A || 0x01 || public key).
3. The key name and the origin are the host of the issuer's DID, so that one issuer has one log.
4. Lines of other keys (witnesses) are passed over; one line of the log's own key must be there and hold.
5. A checkpoint of an empty tree proves nothing and is refused by the reader.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates import limits
from certificates.encoding import NotEncoded, base64_standard, from_base64_standard

if TYPE_CHECKING:
    from certificates.keys import KeySet

_ED25519 = b"\x01"
_SIZE = re.compile(r"[1-9][0-9]{0,15}\Z")
_SIGNATURE = re.compile("\u2014 ([^ \\n+]+) ([A-Za-z0-9+/=]+)\\Z")
_NAME = re.compile(r"[^\s+]{1,255}\Z")


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


def sign(origin: str, size: int, root: bytes, keys: KeySet) -> str:
    """The signed text for a log of ``size`` entries, by the log key of ``keys`` under its log name. Raises
    ValueError."""
    if not _NAME.match(origin) or size < 1 or len(root) != 32:
        raise ValueError(
            "A checkpoint has an origin without spaces, at least one entry, and a root of 32 bytes."
        )
    return sign_note(f"{origin}\n{size}\n{base64_standard(root)}\n", keys.log_name, keys.log_key)


def verify(text: str, origin: str, name: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint, when it is of ``origin`` and signed by ``key`` under ``name``.

    Raises NotACheckpoint for another form or another origin, CheckpointNotSigned when no signature holds.
    """
    checkpoint = read(text)
    if checkpoint.origin != origin:
        raise NotACheckpoint(f"The checkpoint is of another log: {checkpoint.origin!r}.")
    if not note_signed(text, name, key):
        raise CheckpointNotSigned(f"No signature of {name} holds.")
    return checkpoint


def read(text: str) -> Checkpoint:
    """What the text says, its signature not yet checked. Raises NotACheckpoint (rules 1 and 5)."""
    body, _ = _parts(text)
    lines = body.split("\n")
    if len(lines) != 4 or not _NAME.match(lines[0]) or not _SIZE.match(lines[1]):
        raise NotACheckpoint("A checkpoint has the lines origin, size and root.")
    try:
        digest = from_base64_standard(lines[2])
    except NotEncoded as problem:
        raise NotACheckpoint("The root is not base64.") from problem
    if len(digest) != 32:
        raise NotACheckpoint("A root has 32 bytes.")
    return Checkpoint(lines[0], int(lines[1]), digest)


def sign_note(body: str, name: str, key: Ed25519PrivateKey) -> str:
    """A C2SP signed note of ``body`` (ends with a line feed) by ``key`` under ``name``."""
    if not body.endswith("\n") or not _NAME.match(name):
        raise ValueError("A note ends with a line feed and a key name has neither space nor plus.")
    signature = key_hash(name, key.public_key()) + key.sign(body.encode("utf-8"))
    return f"{body}\n\u2014 {name} {base64_standard(signature)}\n"


def note_signed(text: str, name: str, key: Ed25519PublicKey) -> bool:
    """True when one signature line is of ``name`` and ``key`` and holds; raises NotACheckpoint for another
    form."""
    body, signatures = _parts(text)
    own = key_hash(name, key)
    for signer, value in signatures:
        if signer == name and value[:4] == own:
            try:
                key.verify(value[4:], body.encode("utf-8"))
            except InvalidSignature:
                return False
            return True
    return False


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes that tell keys of one name apart (rule 2)."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _parts(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    body, gap, tail = text.rpartition("\n\n")
    if len(text) > limits.CHECKPOINT_BYTES or not gap or not body or not tail.endswith("\n"):
        raise NotACheckpoint("A signed note is text, an empty line, and signature lines.")
    signatures: list[tuple[str, bytes]] = []
    for line in tail[:-1].split("\n"):
        match = _SIGNATURE.match(line)
        if match is None:
            raise NotACheckpoint("A signature line has a dash, a name and base64.")
        try:
            signatures.append((match[1], from_base64_standard(match[2])))
        except NotEncoded as problem:
            raise NotACheckpoint("A signature is not base64.") from problem
    return body + "\n", signatures
