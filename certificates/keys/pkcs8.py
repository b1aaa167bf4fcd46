"""Private keys as text: PKCS #8 in PEM, encrypted with a passphrase or in clear.

Rules
1. In clear: ``PRIVATE KEY`` (RFC 5958). Encrypted: ``ENCRYPTED PRIVATE KEY`` by PBES2 (RFC 8018, 6.2) with AES-256-CBC
   and PBKDF2-HMAC-SHA-256, 600,000 rounds, which OpenSSL and most tools open as well.
2. The keys of one file share a salt, so that opening all of them derives once; every key has its own random IV.
3. An empty passphrase encrypts nothing and is refused.
4. What a wrong passphrase makes of a key is refused, either by its padding or because it is no key; the caller
   compares the public half, too.

Example: ``Passphrase("words").open(Passphrase("words").lock(private))``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from certificates.keys import sm2
from certificates.keys.sm2 import Sm2PrivateKey

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | Sm2PrivateKey

ROUNDS = 600_000
_MOST_ROUNDS = 5_000_000
_PEM = re.compile(r"-----BEGIN ((?:ENCRYPTED )?PRIVATE KEY)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n\Z")
_ENCRYPTED = "ENCRYPTED PRIVATE KEY"


class WrongPassphrase(ValueError):
    """The key is encrypted and this is not its passphrase."""


class NotAPrivateKey(ValueError):
    """This text is not a private key that we use."""


class Passphrase:
    """A passphrase, or None for keys in clear, with what was derived from it so far (rule 2)."""

    def __init__(self, text: str | None) -> None:
        if text == "":
            raise ValueError("An empty passphrase encrypts nothing.")
        self._text = text
        self._salt = os.urandom(16)
        self._derived: dict[tuple[bytes, int], bytes] = {}

    def lock(self, private: PrivateKey) -> str:
        """The key as PEM by rule 1."""
        plain = _plain(private)
        if self._text is None:
            return _pem("PRIVATE KEY", plain)
        from asn1crypto.keys import EncryptedPrivateKeyInfo

        vector, padder = os.urandom(16), padding.PKCS7(128).padder()
        cipher = Cipher(algorithms.AES256(self._key(self._salt, ROUNDS)), modes.CBC(vector)).encryptor()
        sealed = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
        derivation = {
            "salt": {"specified": self._salt},
            "iteration_count": ROUNDS,
            "prf": {"algorithm": "sha256"},
        }
        scheme = {
            "key_derivation_func": {"algorithm": "pbkdf2", "parameters": derivation},
            "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": vector},
        }
        algorithm = {"algorithm": "pbes2", "parameters": scheme}
        info = EncryptedPrivateKeyInfo({"encryption_algorithm": algorithm, "encrypted_data": sealed})
        return _pem(_ENCRYPTED, info.dump())

    def open(self, pem: str) -> PrivateKey:
        """The key of a PEM text. Raises WrongPassphrase, NotAPrivateKey."""
        match = _PEM.match(pem)
        if match is None:
            raise NotAPrivateKey("This is no private key in PEM.")
        try:
            data = base64.b64decode(match[2].replace("\n", ""), validate=True)
        except binascii.Error as problem:
            raise NotAPrivateKey("This is no private key in PEM.") from problem
        return self._opened(data) if match[1] == _ENCRYPTED else _private(data)

    def _opened(self, data: bytes) -> PrivateKey:
        if self._text is None:
            raise WrongPassphrase("The keys are encrypted; give their passphrase.")
        salt, rounds, vector, sealed = _parameters(data)
        cipher = Cipher(algorithms.AES256(self._key(salt, rounds)), modes.CBC(vector)).decryptor()
        remover = padding.PKCS7(128).unpadder()
        try:
            padded = cipher.update(sealed) + cipher.finalize()
            return _private(remover.update(padded) + remover.finalize())
        except ValueError as problem:
            raise WrongPassphrase("This is not the passphrase of the keys.") from problem

    def _key(self, salt: bytes, rounds: int) -> bytes:
        """PBKDF2 (RFC 8018, 5.2), 32 bytes; what a terminal of another encoding handed over passes as it came
        (PEP 383)."""
        if (salt, rounds) not in self._derived:
            secret = (self._text or "").encode("utf-8", "surrogateescape")
            self._derived[salt, rounds] = hashlib.pbkdf2_hmac("sha256", secret, salt, rounds)
        return self._derived[salt, rounds]


def is_encrypted(pem: str) -> bool:
    """True for a PEM text of an encrypted key."""
    return pem.startswith(f"-----BEGIN {_ENCRYPTED}-----\n")


def _parameters(data: bytes) -> tuple[bytes, int, bytes, bytes]:
    """Salt, rounds, IV and content of an encrypted key of rule 1's kind; raises NotAPrivateKey for another."""
    from asn1crypto.keys import EncryptedPrivateKeyInfo

    try:
        info: Any = EncryptedPrivateKeyInfo.load(data, strict=True).native
        scheme = info["encryption_algorithm"]["parameters"]
        derivation, cipher = scheme["key_derivation_func"], scheme["encryption_scheme"]
        named = derivation["algorithm"], derivation["parameters"]["prf"]["algorithm"], cipher["algorithm"]
        salt, rounds = derivation["parameters"]["salt"], derivation["parameters"]["iteration_count"]
        vector, sealed = cipher["parameters"], info["encrypted_data"]
    except (ValueError, TypeError, KeyError) as problem:
        raise NotAPrivateKey("The encryption of a key is damaged.") from problem
    if named != ("pbkdf2", "sha256", "aes256_cbc") or len(vector) != 16 or not 0 < rounds <= _MOST_ROUNDS:
        raise NotAPrivateKey("A key is encrypted in a way that we do not use.")
    return salt, rounds, vector, sealed


def _plain(private: PrivateKey) -> bytes:
    if isinstance(private, Sm2PrivateKey):
        return sm2.to_pkcs8(private)
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())


def _private(der: bytes) -> PrivateKey:
    if (found := sm2.from_pkcs8(der)) is not None:
        return found
    try:
        private = serialization.load_der_private_key(der, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise NotAPrivateKey("A private key cannot be read.") from problem
    if isinstance(private, Ed25519PrivateKey):
        return private
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
        return private
    raise NotAPrivateKey("A private key is of a kind that we do not use.")


def _pem(kind: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[place : place + 64] for place in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"
