"""One key of a key set: its public facts, and its form in ``keyset.json``.

Rules
1. A key has one use for its whole life; its kid is ``<issuer>#<use>-<n>``, n counting up, never used again.
2. Its private half lies in the file (PKCS #8, ``pkcs8``) or in a token behind a ``pkcs11:`` URI; one of the two, never
   both.
3. Dates, once past, stay. A compromised key is never used to sign again, whatever its dates say.
4. A document key carries a certificate of its own public half, because readers of PDF ask for one.

Example: ``key.usable_at(now)`` is asked before every signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certificates.encoding import from_moment_text, moment_text
from certificates.keys import pkcs11
from certificates.keys.pkcs8 import NotAPrivateKey, Passphrase, PrivateKey
from certificates.keys.trust import ALGORITHMS, PublicKey, algorithm_of, key_from_jwk, public_jwk

_FIELDS = {
    "kid",
    "use",
    "jwk",
    "validFrom",
    "validUntil",
    "compromisedSince",
    "private",
    "uri",
    "certificate",
}


@dataclass(frozen=True, slots=True)
class Key:
    """The public facts of one key; ``uri`` names the token that holds its private half, "" for a file key."""

    kid: str
    use: str
    public: PublicKey
    valid_from: datetime
    valid_until: datetime
    compromised_since: datetime | None = None
    uri: str = ""
    certificate: x509.Certificate | None = None

    def __post_init__(self) -> None:
        if self.use not in ALGORITHMS or self.algorithm not in ALGORITHMS[self.use]:
            raise ValueError(f"Key {self.kid} is not of the kind its use asks for.")
        if self.valid_until <= self.valid_from:
            raise ValueError(f"Key {self.kid} would end before it starts.")
        document, held = self.use == "document", self.certificate
        if document != (held is not None) or (held is not None and held.public_key() != self.public):
            raise ValueError(
                f"Key {self.kid} has no certificate of its own, or one that its use does not ask for."
            )

    @property
    def algorithm(self) -> str:
        """``Ed25519``, ``ES256`` or ``SM2``."""
        return algorithm_of(self.public)

    @property
    def number(self) -> int:
        """The n of its kid."""
        return int(self.kid.rpartition("-")[2])

    def valid_at(self, moment: datetime) -> bool:
        """From validFrom until just before validUntil."""
        return self.valid_from <= moment < self.valid_until

    def usable_at(self, moment: datetime) -> bool:
        """May sign then: valid, and not known to be compromised (rule 3)."""
        return self.valid_at(moment) and self.compromised_since is None

    def trusted(self) -> dict[str, Any]:
        """Its entry of a trust file."""
        since = self.compromised_since
        return {
            "kid": self.kid,
            "use": self.use,
            "jwk": public_jwk(self.public),
            "validFrom": moment_text(self.valid_from),
            "validUntil": moment_text(self.valid_until),
            "compromisedSince": None if since is None else moment_text(since),
        }

    def stored(self, private: PrivateKey | None, passphrase: Passphrase) -> dict[str, Any]:
        """Its entry of ``keyset.json``."""
        pem = serialization.Encoding.PEM
        certificate = self.certificate
        return self.trusted() | {
            "private": None if private is None else passphrase.lock(private),
            "uri": self.uri or None,
            "certificate": None if certificate is None else certificate.public_bytes(pem).decode("ascii"),
        }


def read_stored(data: Any, passphrase: Passphrase) -> tuple[Key, PrivateKey | None]:
    """The inverse of :meth:`Key.stored`. Raises ValueError, TypeError or KeyError for a damaged entry,
    pkcs8.WrongPassphrase for an encrypted one."""
    if not isinstance(data, dict) or set(data) != _FIELDS:
        raise NotAPrivateKey("A key of the file has other fields.")
    since, certificate = data["compromisedSince"], data["certificate"]
    if data["uri"] is not None:
        pkcs11.parse(data["uri"])
    key = Key(
        data["kid"],
        data["use"],
        key_from_jwk(data["jwk"]),
        from_moment_text(data["validFrom"]),
        from_moment_text(data["validUntil"]),
        None if since is None else from_moment_text(since),
        data["uri"] or "",
        None if certificate is None else x509.load_pem_x509_certificate(certificate.encode("ascii")),
    )
    private = None if data["private"] is None else passphrase.open(data["private"])
    if private is not None and private.public_key() != key.public:
        raise NotAPrivateKey(f"The private half of {key.kid} is of another key.")
    return key, private
