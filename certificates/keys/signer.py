"""A private key that signs, wherever it lies, and the one function that checks what it signed.

Rules
1. A signer is a file key (here) or a token key (``certificates.keys.pkcs11``); nobody who signs sees which.
2. Ed25519 signatures are the 64 bytes of RFC 8032; ES256 signatures are r || s, 64 bytes (RFC 7518, 3.4), never DER.
3. Checking never raises: another length, another kind of key, damaged bytes are all False.

Example: ``verify(signer.public, signer.sign(b"x"), b"x")``.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from certificates.keys.sm2 import Sm2PublicKey
from certificates.keys.trust import PublicKey, algorithm_of

__all__ = ["ES256", "FileSigner", "KeyUnreachable", "Signer", "algorithm_of", "raw_signature", "verify"]

ES256 = ec.ECDSA(hashes.SHA256())


class KeyUnreachable(ValueError):
    """The token that holds this key does not answer, does not know it, or refuses its PIN. Look at the token and at
    the settings TANBIAO_PKCS11_MODULE and TANBIAO_PKCS11_PIN."""


class Signer(Protocol):
    """A private key, in a file or in a token."""

    @property
    def algorithm(self) -> str:
        """``Ed25519``, ``ES256`` or ``SM2``."""
        ...

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """64 bytes (rule 2). Raises KeyUnreachable when a token cannot be used."""
        ...


class FileSigner:
    """A signer whose private key this process holds: Ed25519 or EC P-256."""

    def __init__(self, private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public: PublicKey = private.public_key()
        self.algorithm = algorithm_of(self.public)

    def sign(self, data: bytes) -> bytes:
        """Rule 2."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(data)
        return raw_signature(self._private.sign(data, ES256))


def verify(public: PublicKey, signature: bytes, data: bytes) -> bool:
    """True when ``signature`` is by ``public`` over ``data`` (rules 2 and 3). SM2 needs its library: without it,
    False."""
    try:
        if isinstance(public, Sm2PublicKey):
            from certificates.keys import sm2

            return sm2.holds(public, signature, data)
        if len(signature) != 64:
            return False
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, data)
        else:
            public.verify(der_signature(signature), data, ES256)
    except (InvalidSignature, ValueError, TypeError, AttributeError):
        return False
    return True


def raw_signature(der: bytes) -> bytes:
    """r || s of an ECDSA signature in DER, 32 bytes each."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


def der_signature(raw: bytes) -> bytes:
    """DER (RFC 3279, 2.2.3) of r || s: what PDF and X.509 ask for."""
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
