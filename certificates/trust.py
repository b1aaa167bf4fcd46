"""The trust file: whose labels a verifier accepts, pinned by hand, never taken from a label.

Rules
1. ``{"type": "tanbiao-trust/1", "issuers": [{id, name{zh,en}, keys: [{kid, use, jwk, validFrom,
   validUntil}]}]}``; other fields, an issuer or key standing twice, a key of an unknown use, and an empty
   list are refused: an empty trust file would accept nothing and hide that it is empty.
2. A key serves one use: ``label`` and ``log`` are Ed25519 (RFC 8037), ``document`` is EC P-256 (RFC 7518,
   6.2). The same key standing twice, for another use or another issuer, is refused: a signature would not
   say whose it is or what for.
3. A key counts from validFrom until just before validUntil.
4. A retired key stays in the file with its dates, so that old labels stay verifiable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.encoding import NotEncoded, base64url, from_base64url, from_moment_text

TYPE = "tanbiao-trust/1"
USES = ("label", "log", "document")
PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey

_DID = re.compile(r"did:web:[A-Za-z0-9.-]+(%3A[0-9]{1,5})?(:[A-Za-z0-9._-]+)*\Z")


class TrustFileInvalid(ValueError):
    """This is not a trust file: get trust.json from the issuer or your authority anew and compare its
    fingerprint."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key with the one use and the time for which it is trusted."""

    kid: str
    use: str
    public: PublicKey
    valid_from: datetime
    valid_until: datetime

    def valid_at(self, moment: datetime) -> bool:
        """Rule 3."""
        return self.valid_from <= moment < self.valid_until


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer by its DID, with a name for people and every key it ever used."""

    id: str
    name: tuple[tuple[str, str], ...]
    keys: tuple[TrustedKey, ...]

    def key(self, kid: str, use: str) -> TrustedKey | None:
        """The key of that id, for that use only."""
        return next((key for key in self.keys if key.kid == kid and key.use == use), None)

    def of_use(self, use: str) -> tuple[TrustedKey, ...]:
        """Every key for ``use``."""
        return tuple(key for key in self.keys if key.use == use)


@dataclass(frozen=True, slots=True)
class Trust:
    """The issuers a verifier accepts."""

    issuers: tuple[TrustedIssuer, ...]

    def issuer(self, identifier: str) -> TrustedIssuer | None:
        """The issuer of that DID."""
        return next((issuer for issuer in self.issuers if issuer.id == identifier), None)


def read(data: Any) -> Trust:
    """The trust file as parsed JSON; raises TrustFileInvalid naming what is wrong."""
    issuers = tuple(_issuer(entry) for entry in _list(_fields(data, {"type", "issuers"})["issuers"]))
    if data["type"] != TYPE:
        raise TrustFileInvalid(f"The type is not {TYPE}.")
    if len({issuer.id for issuer in issuers}) != len(issuers):
        raise TrustFileInvalid("An issuer stands twice.")
    keys = [tuple(public_jwk(key.public).values()) for issuer in issuers for key in issuer.keys]
    if len(set(keys)) != len(keys):
        raise TrustFileInvalid("The same key stands twice, under two names.")
    return Trust(issuers)


def log_name(issuer: str) -> str:
    """Host of a did:web identifier (with path), such as ``labels.example.org``: origin and key name of its
    log.

    Raises ValueError for another kind of identifier.
    """
    if not is_did(issuer):
        raise ValueError(f"{issuer!r} is not a did:web identifier.")
    host, *path = issuer.removeprefix("did:web:").split(":")
    return "/".join([unquote(host), *path])


def is_did(text: Any) -> bool:
    """True for a did:web identifier without fragment."""
    return isinstance(text, str) and len(text) <= 255 and _DID.match(text) is not None


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The public JWK: OKP (RFC 8037, 2) or EC (RFC 7518, 6.2.1), required members only."""
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_bytes_raw())}
    numbers = key.public_numbers()
    x, y = (base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def key_from_jwk(jwk: Any) -> PublicKey:
    """The inverse; raises TrustFileInvalid for other curves, private members, or a point off the curve."""
    try:
        if isinstance(jwk, dict) and jwk.get("kty") == "OKP":
            _fields(jwk, {"kty", "crv", "x"})
            if jwk["crv"] == "Ed25519":
                return Ed25519PublicKey.from_public_bytes(from_base64url(jwk["x"]))
        else:
            _fields(jwk, {"kty", "crv", "x", "y"})
            if (jwk["kty"], jwk["crv"]) == ("EC", "P-256"):
                x, y = (_coordinate(jwk[name]) for name in ("x", "y"))
                return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (ValueError, TypeError) as problem:
        raise TrustFileInvalid("A key's JWK is damaged.") from problem
    raise TrustFileInvalid("A key is neither Ed25519 nor EC P-256.")


def _coordinate(text: str) -> int:
    """RFC 7518, 6.2.1.2: exactly the 32 bytes of the curve's field."""
    data = from_base64url(text)
    if len(data) != 32:
        raise NotEncoded("A coordinate has 32 bytes.")
    return int.from_bytes(data, "big")


def _issuer(data: Any) -> TrustedIssuer:
    entry = _fields(data, {"id", "name", "keys"})
    name = _fields(entry["name"], {"zh", "en"})
    if not is_did(entry["id"]) or not all(isinstance(text, str) for text in name.values()):
        raise TrustFileInvalid("An issuer has a did:web identifier and a name in zh and en.")
    keys = tuple(_key(item, entry["id"]) for item in _list(entry["keys"]))
    if len({key.kid for key in keys}) != len(keys):
        raise TrustFileInvalid(f"A key of {entry['id']} stands twice.")
    return TrustedIssuer(entry["id"], tuple(sorted(name.items())), keys)


def _key(data: Any, issuer: str) -> TrustedKey:
    entry = _fields(data, {"kid", "use", "jwk", "validFrom", "validUntil"})
    kid, use = entry["kid"], entry["use"]
    if not isinstance(kid, str) or not kid.startswith(f"{issuer}#") or use not in USES:
        raise TrustFileInvalid(f"A key of {issuer} has a kid of another issuer or an unknown use.")
    public = key_from_jwk(entry["jwk"])
    if isinstance(public, Ed25519PublicKey) == (use == "document"):
        raise TrustFileInvalid(f"Key {kid} is not of the kind its use asks for.")
    try:
        start, end = from_moment_text(entry["validFrom"]), from_moment_text(entry["validUntil"])
    except (NotEncoded, TypeError) as problem:
        raise TrustFileInvalid(f"Key {kid} has no valid dates.") from problem
    if end <= start:
        raise TrustFileInvalid(f"Key {kid} ends before it starts.")
    return TrustedKey(kid, use, public, start, end)


def _fields(data: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != names:
        raise TrustFileInvalid(f"Expected an object with exactly {', '.join(sorted(names))}.")
    return data


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list) or not data:
        raise TrustFileInvalid("Expected a list that is not empty.")
    return data
