"""Public keys as text: Multikey (W3C Controlled Identifiers 1.0, 2.2.2) and did:key.

Rules
1. A Multikey is ``z`` and the base58btc of a two-byte prefix and the key: 0xed01 and 32 bytes of Ed25519, 0x8024 and 33
   bytes of a compressed point on P-256 (multicodec, varint). Other prefixes and lengths are refused.
2. ``did:key:MULTIKEY`` is its own document: the one method ``#MULTIKEY`` may assert and authenticate.
3. Base58 takes quadratic time, so that a text is measured before it is read.

Example: ``encode(public)`` begins with ``z6Mk`` for every Ed25519 key.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certificates.encoding import NotEncoded, base58btc, from_base58btc
from certificates.keys.trust import PublicKey

_ED25519, _P256 = b"\xed\x01", b"\x80\x24"
_DID_KEY = "did:key:"


class NotAMultikey(ValueError):
    """This is not the Multikey of an Ed25519 or P-256 public key."""


def encode(public: PublicKey) -> str:
    """The Multikey of a public key (rule 1). Raises NotAMultikey for SM2, which has no prefix."""
    if isinstance(public, Ed25519PublicKey):
        return "z" + base58btc(_ED25519 + public.public_bytes_raw())
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise NotAMultikey("Neither Ed25519 nor P-256.")
    return "z" + base58btc(_P256 + public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def decode(text: str) -> PublicKey:
    """The inverse; raises NotAMultikey."""
    try:
        data = from_base58btc(text[1:]) if text[:1] == "z" else b""
        if data[:2] == _ED25519 and len(data) == 34:
            return Ed25519PublicKey.from_public_bytes(data[2:])
        if data[:2] == _P256 and len(data) == 35:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
    except (NotEncoded, ValueError) as problem:
        raise NotAMultikey("The text is not the Multikey of a point on its curve.") from problem
    raise NotAMultikey("Neither Ed25519 nor P-256.")


def did_key(public: PublicKey) -> str:
    """The did:key identifier of a public key."""
    return _DID_KEY + encode(public)


def method_of(did: str) -> str:
    """The one verification method of a did:key identifier (rule 2)."""
    return f"{did}#{did.removeprefix(_DID_KEY)}"


def from_did_key(method: str) -> PublicKey:
    """The key of a did:key verification method ``did:key:MULTIKEY#MULTIKEY``; raises NotAMultikey."""
    did, _, fragment = method.partition("#")
    if not did.startswith(_DID_KEY) or did != _DID_KEY + fragment:
        raise NotAMultikey("Not the verification method of a did:key.")
    return decode(fragment)
