"""Verifier keys: a public key with its name and what it signs, as one line to copy (C2SP signed-note, vkey).

Rules
1. ``name+key id in hexadecimal+base64(type || public key)``; the type is 0x01 for a log's own signature, 0x04 for a
   witness's cosignature (C2SP tlog-cosignature). There is one text for one key.
2. The key id is the first four bytes of SHA-256(name || 0x0A || type || public key). One that does not follow from
   name, type and key is refused.
3. A log's key never stands for a witness's, nor the other way round: the reader says which it expects.
4. A name is what a signature line can hold: neither space nor plus nor control character, at most 255 characters.

Example: ``read("witness.example.gov/w1+1a2b3c4d+BA…", WITNESS).public``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.encoding import NotEncoded, base64_standard, from_base64_standard

LOG = 0x01
"""Signature type of a log's own signature."""

WITNESS = 0x04
"""Signature type of a timestamped Ed25519 cosignature."""

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,255}\Z")


class NotAVerifierKey(ValueError):
    """This text is not such a verifier key: copy it anew from its owner, whole and in one line."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The name and the public key of a log or a witness; ``kind`` is the type of its signatures."""

    name: str
    public: Ed25519PublicKey
    kind: int

    @property
    def text(self) -> str:
        """As one line (rule 1)."""
        raw = bytes([self.kind]) + self.public.public_bytes_raw()
        return f"{self.name}+{key_hash(self.name, self.public, self.kind).hex()}+{base64_standard(raw)}"


def of_log(origin: str, public: object) -> VerifierKey:
    """The verifier key of a log. Raises NotAVerifierKey where the key is not Ed25519."""
    if not isinstance(public, Ed25519PublicKey):
        raise NotAVerifierKey("A log signs with Ed25519.")
    return VerifierKey(origin, public, LOG)


def read(text: object, kind: int) -> VerifierKey:
    """The inverse of :attr:`VerifierKey.text`, for signatures of type ``kind``. Raises NotAVerifierKey."""
    name, _, rest = text.partition("+") if isinstance(text, str) else ("", "", "")
    _, _, encoded = rest.partition("+")
    try:
        raw = from_base64_standard(encoded)
    except NotEncoded as problem:
        raise NotAVerifierKey("The key of a verifier key is not base64.") from problem
    if not is_name(name) or len(raw) != 33 or raw[0] != kind:
        raise NotAVerifierKey(f"A verifier key has a name, an id, and an Ed25519 key, here of type {kind}.")
    key = VerifierKey(name, Ed25519PublicKey.from_public_bytes(raw[1:]), kind)
    if key.text != text:
        raise NotAVerifierKey("The id of the verifier key does not follow from its name and key.")
    return key


def key_hash(name: str, key: Ed25519PublicKey, kind: int = LOG) -> bytes:
    """The key id: four bytes that tell keys of one name, and what they sign, apart (rule 2)."""
    return hashlib.sha256(name.encode("utf-8") + bytes([0x0A, kind]) + key.public_bytes_raw()).digest()[:4]


def is_name(text: str) -> bool:
    """True for what may name a key or a log (rule 4)."""
    return _NAME.match(text) is not None
