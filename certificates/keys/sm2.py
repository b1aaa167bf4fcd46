"""SM2 keys and signatures with SM3 (GB/T 32918.2, GB/T 32905), by the library ``gmssl`` (extra ``sm``).

Rules
1. The signature is r || s, 64 bytes, with the signer's identity of GB/T 32918.2, 5.1.4 left at its usual value
   ``1234567812345678``. What it signs, and what hangs on it, says ``certificates.keys.second``.
2. ``gmssl`` computes on the curve and nothing else; what it leaves open we close ourselves: its nonce comes from a
   random generator that is not made for secrets, so ours is from ``secrets``; it checks neither ranges nor points,
   so we do; it strips leading digits off a public key, so the key is set past that; SM3 is OpenSSL's.
3. Its arithmetic is Python's and takes time that depends on the key: sign where nobody can measure that, or leave SM2
   off (docs/decisions/0012-keys.md).
4. Without the library nothing here signs or holds; points are checked all the same.

Example: ``holds(private.public_key(), Sm2Signer(private).sign(b"x"), b"x")``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

USER_ID = b"1234567812345678"
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_A = _PRIME - 3
_GENERATOR = (
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
_HEAD = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_MIDDLE = bytes.fromhex("a144034200" + "04")
_ATTEMPTS = 8


class Sm2Unavailable(ValueError):
    """The library for SM2 is not installed; install the extra ``sm``, or leave SM2 off."""


@dataclass(frozen=True, slots=True)
class Sm2PublicKey:
    """A point of the SM2 curve (GB/T 32918.5), ``point`` = x || y, 64 bytes."""

    point: bytes


@dataclass(frozen=True, slots=True)
class Sm2PrivateKey:
    """A private key of the SM2 curve with its public point (x || y, 64 bytes)."""

    secret: int = field(repr=False)
    point: bytes

    def public_key(self) -> Sm2PublicKey:
        """Its public half."""
        return Sm2PublicKey(self.point)


class Sm2Signer:
    """A signer (``certificates.keys.signer.Signer``) with an SM2 key of a file."""

    algorithm = "SM2"

    def __init__(self, private: Sm2PrivateKey) -> None:
        self._private = private
        self.public = private.public_key()

    def sign(self, data: bytes) -> bytes:
        """r || s. Raises Sm2Unavailable."""
        crypt = _crypt(self.public)
        crypt.private_key = f"{self._private.secret:064x}"
        digest = _digest(self.public, data)
        for _ in range(_ATTEMPTS):
            made = crypt.sign(digest, f"{1 + secrets.randbelow(ORDER - 1):064x}")
            if made and holds(self.public, bytes.fromhex(made), data):
                return bytes.fromhex(made)
        raise Sm2Unavailable("The SM2 key does not fit its public half.")


def available() -> bool:
    """True when the library is installed."""
    from importlib.util import find_spec

    return find_spec("gmssl") is not None


def generate() -> Sm2PrivateKey:
    """A new key. Raises Sm2Unavailable."""
    return _with_point(1 + secrets.randbelow(ORDER - 2))


def holds(public: Sm2PublicKey, signature: bytes, data: bytes) -> bool:
    """True when r || s is by ``public`` over ``data``; False without the library."""
    if not available() or len(signature) != 64 or not on_curve(public.point):
        return False
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    if not all(0 < half < ORDER for half in halves):
        return False
    try:
        return bool(_crypt(public).verify(signature.hex(), _digest(public, data)))
    except TypeError:  # the library's word for the point at infinity
        return False


def on_curve(point: bytes) -> bool:
    """True for x || y with both below p and y² = x³ + ax + b (GB/T 32918.5)."""
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    return len(point) == 64 and x < _PRIME and y < _PRIME and (y * y - x**3 - _A * x - _B) % _PRIME == 0


def to_pkcs8(private: Sm2PrivateKey) -> bytes:
    """PKCS #8 (RFC 5958) as OpenSSL writes it: id-ecPublicKey on the curve 1.2.156.10197.1.301."""
    return _HEAD + private.secret.to_bytes(32, "big") + _MIDDLE + private.point


def from_pkcs8(der: bytes) -> Sm2PrivateKey | None:
    """The inverse; None for any other key."""
    place = len(_HEAD) + 32
    if len(der) != place + len(_MIDDLE) + 64 or not der.startswith(_HEAD):
        return None
    secret, point = int.from_bytes(der[len(_HEAD) : place], "big"), der[place + len(_MIDDLE) :]
    right = der[place : place + len(_MIDDLE)] == _MIDDLE and 0 < secret < ORDER - 1 and on_curve(point)
    return Sm2PrivateKey(secret, point) if right else None


def _digest(public: Sm2PublicKey, data: bytes) -> bytes:
    """e of GB/T 32918.2, 6.1: SM3 over Z (identity, curve, public point) and the data."""
    from cryptography.hazmat.primitives import hashes

    curve = b"".join(number.to_bytes(32, "big") for number in (_A, _B)) + bytes.fromhex(_GENERATOR)
    identity = hashes.Hash(hashes.SM3())
    identity.update((len(USER_ID) * 8).to_bytes(2, "big") + USER_ID + curve + public.point)
    digest = hashes.Hash(hashes.SM3())
    digest.update(identity.finalize() + data)
    return digest.finalize()


def _with_point(secret: int) -> Sm2PrivateKey:
    crypt = _crypt(Sm2PublicKey(bytes(64)))
    return Sm2PrivateKey(secret, bytes.fromhex(crypt._kg(secret, _GENERATOR)))


def _crypt(public: Sm2PublicKey) -> Any:
    if not available():
        raise Sm2Unavailable("SM2 needs the library gmssl: install tanbiao with the extra sm.")
    from gmssl.sm2 import CryptSM2

    crypt = CryptSM2(private_key="", public_key="")
    crypt.public_key = public.point.hex()  # past the constructor, which strips leading digits
    return crypt
