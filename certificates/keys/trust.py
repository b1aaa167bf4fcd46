"""The trust file: whose labels a verifier accepts, pinned by hand, never taken from a label.

Rules
1. ``{"type": "tanbiao-trust/2", "issuers": [{id, name{zh,en}, accreditation, keys: [{kid, use, jwk, validFrom,
   validUntil, compromisedSince}]}], "witnesses": [{name{zh,en}, vkey}], "policy": {"witnesses": n}}``; other fields,
   anything standing twice, a key of an unknown use, and an empty list of issuers or keys are refused: an empty
   trust file would accept nothing and hide that it is empty.
2. A key serves one use: ``label`` and ``status`` are Ed25519 (RFC 8037) or EC P-256 (RFC 7518, 6.2), ``log`` is
   Ed25519, ``document`` is EC P-256, ``sm2`` is SM2 (``keys.sm2``). The same key standing twice, for another
   use, another issuer or a witness, is refused: a signature would not say whose it is or what for.
3. A key counts from validFrom until just before validUntil.
4. A retired key stays in the file with its dates, so that old labels stay verifiable.
5. A compromised key stays too, with ``compromisedSince``. Whoever stole it can write any date, so from then on
   nothing it signed counts by its own dates; only what an independent party saw before that moment does.
6. Witnesses are named by their verifier key (``certificates.keys.vkey``). ``policy.witnesses`` is how many of them must
   have cosigned; never more than there are. 0 asks for none.
7. Accreditation is what the file says, never what a label says: body, number, scope and dates, or null.

Example: ``read(parse(data)).issuer("did:web:labels.example.org").of_use("label")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.encoding import (
    NotEncoded,
    base64url,
    from_base64url,
    from_moment_text,
    moment_text,
)
from certificates.keys.sm2 import Sm2PublicKey as Sm2PublicKey
from certificates.keys.sm2 import on_curve
from certificates.keys.vkey import WITNESS, NotAVerifierKey, VerifierKey
from certificates.keys.vkey import read as read_verifier_key

TYPE = "tanbiao-trust/2"

_DID = re.compile(r"did:web:[A-Za-z0-9.-]+(%3A[0-9]{1,5})?(:[A-Za-z0-9._-]+)*\Z")
_LARGEST_LIST = 1000
_MULTIKEY = "-multikey"


PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey | Sm2PublicKey

ALGORITHMS = {
    "label": ("Ed25519", "ES256"),
    "status": ("Ed25519", "ES256"),
    "log": ("Ed25519",),
    "document": ("ES256",),
    "sm2": ("SM2",),
}
"""The uses of keys, and the algorithms each may have (rule 2)."""

USES = tuple(ALGORITHMS)


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
    compromised_since: datetime | None = None

    @property
    def algorithm(self) -> str:
        """``Ed25519``, ``ES256`` or ``SM2``."""
        return algorithm_of(self.public)

    def valid_at(self, moment: datetime) -> bool:
        """Rule 3 alone: within its dates. Ask ``compromised_since`` too (rule 5)."""
        return self.valid_from <= moment < self.valid_until


@dataclass(frozen=True, slots=True)
class Accreditation:
    """Who accredited an issuer (``body``), under which number, for what (``scope``: zh and en), and when."""

    body: str
    number: str
    scope: tuple[tuple[str, str], ...]
    valid_from: datetime
    valid_until: datetime

    def as_dict(self) -> dict[str, Any]:
        """The member ``accreditation`` of a trust file."""
        return {
            "body": self.body,
            "number": self.number,
            "scope": dict(self.scope),
            "validFrom": moment_text(self.valid_from),
            "validUntil": moment_text(self.valid_until),
        }


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer by its DID, with a name for people and every key it ever used."""

    id: str
    name: tuple[tuple[str, str], ...]
    keys: tuple[TrustedKey, ...]
    accreditation: Accreditation | None = None

    def key(self, kid: str, use: str) -> TrustedKey | None:
        """The key of that id, for that use only."""
        return next((key for key in self.keys if key.kid == kid and key.use == use), None)

    def of_use(self, use: str) -> tuple[TrustedKey, ...]:
        """Every key for ``use``."""
        return tuple(key for key in self.keys if key.use == use)


@dataclass(frozen=True, slots=True)
class Witness:
    """An independent party that cosigns checkpoints: name for people (zh and en), name and key of its vkey."""

    name: tuple[tuple[str, str], ...]
    key_name: str
    public: Ed25519PublicKey

    @property
    def vkey(self) -> str:
        """Its verifier key (rule 6)."""
        return VerifierKey(self.key_name, self.public, WITNESS).text

    def as_dict(self) -> dict[str, Any]:
        """An entry of ``witnesses`` of a trust file."""
        return {"name": dict(self.name), "vkey": self.vkey}


@dataclass(frozen=True, slots=True)
class Trust:
    """The issuers a verifier accepts, the witnesses it knows, and how many of them it asks for (``quorum``)."""

    issuers: tuple[TrustedIssuer, ...]
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0

    def issuer(self, identifier: str) -> TrustedIssuer | None:
        """The issuer of that DID."""
        return next((issuer for issuer in self.issuers if issuer.id == identifier), None)


def read(data: Any) -> Trust:
    """The trust file as parsed JSON; raises TrustFileInvalid naming what is wrong."""
    entry = _fields(data, {"type", "issuers", "witnesses", "policy"})
    if entry["type"] != TYPE:
        raise TrustFileInvalid(f"The type is not {TYPE}.")
    issuers = tuple(_issuer(one) for one in _list(entry["issuers"]))
    witnesses = tuple(_witness(one) for one in _list(entry["witnesses"], empty=True))
    quorum = _fields(entry["policy"], {"witnesses"})["witnesses"]
    if type(quorum) is not int or not 0 <= quorum <= len(witnesses):
        raise TrustFileInvalid("The policy asks for more witnesses than there are, or for no whole number.")
    for what, listed in (
        ("An issuer", [issuer.id for issuer in issuers]),
        ("A witness", [witness.key_name for witness in witnesses]),
        ("The same key", list(_key_texts(issuers, witnesses))),
    ):
        if len(set(listed)) != len(listed):
            raise TrustFileInvalid(f"{what} stands twice.")
    return Trust(issuers, witnesses, quorum)


def algorithm_of(public: PublicKey) -> str:
    """``Ed25519``, ``ES256`` (EC P-256 with SHA-256) or ``SM2``."""
    if isinstance(public, Ed25519PublicKey):
        return "Ed25519"
    return "SM2" if isinstance(public, Sm2PublicKey) else "ES256"


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


def is_name(name: Any) -> bool:
    """True for an object with texts in zh and en, neither empty."""
    texts = list(name.values()) if isinstance(name, dict) else []
    return bool(texts) and set(name) == {"zh", "en"} and all(isinstance(t, str) and t for t in texts)


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The public JWK: OKP (RFC 8037, 2) or EC (RFC 7518, 6.2.1), required members only. ``SM2`` as the name of a
    curve is ours: no registry of JOSE has it."""
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_bytes_raw())}
    if isinstance(key, Sm2PublicKey):
        curve, halves = "SM2", (key.point[:32], key.point[32:])
    else:
        numbers = key.public_numbers()
        curve, halves = "P-256", (numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big"))
    return {"kty": "EC", "crv": curve, "x": base64url(halves[0]), "y": base64url(halves[1])}


def key_from_jwk(jwk: Any) -> PublicKey:
    """The inverse; raises TrustFileInvalid for other curves, private members, or a point off the curve."""
    try:
        if isinstance(jwk, dict) and jwk.get("kty") == "OKP":
            _fields(jwk, {"kty", "crv", "x"})
            if jwk["crv"] == "Ed25519":
                return Ed25519PublicKey.from_public_bytes(from_base64url(jwk["x"]))
        else:
            _fields(jwk, {"kty", "crv", "x", "y"})
            x, y = (_coordinate(jwk[name]) for name in ("x", "y"))
            if (jwk["kty"], jwk["crv"]) == ("EC", "P-256"):
                return ec.EllipticCurvePublicNumbers(_number(x), _number(y), ec.SECP256R1()).public_key()
            if (jwk["kty"], jwk["crv"]) == ("EC", "SM2"):
                return _sm2_key(x + y)
    except (ValueError, TypeError) as problem:
        raise TrustFileInvalid("A key's JWK is damaged.") from problem
    raise TrustFileInvalid("A key is neither Ed25519 nor EC P-256 nor SM2.")


def multikey_id(kid: str) -> str:
    """The verification method under which the DID document has a key as Multikey: what a Data Integrity proof names,
    where a JWT names the kid itself. One method holds a key in one form only."""
    return f"{kid}{_MULTIKEY}"


def kid_of(method: str) -> str:
    """The inverse: the kid behind a verification method in either form."""
    return method.removesuffix(_MULTIKEY)


def thumbprint(key: PublicKey) -> str:
    """RFC 7638: SHA-256 of the JWK's required members in canonical form, 64 hexadecimal digits."""
    from certificates.canonical import sha256_hex

    return sha256_hex(public_jwk(key))


def read_witness(vkey: str, name: dict[str, str] | None = None) -> Witness:
    """A witness by its vkey; without a name for people its key name serves. Raises TrustFileInvalid (rule 6)."""
    try:
        key = read_verifier_key(vkey, WITNESS)
    except NotAVerifierKey as problem:
        raise TrustFileInvalid("A witness is named by its verifier key, whole and in one line.") from problem
    spoken = name or {"zh": key.name, "en": key.name}
    return Witness(tuple(sorted(spoken.items())), key.name, key.public)


def read_accreditation(data: Any) -> Accreditation | None:
    """The member ``accreditation``; raises TrustFileInvalid (rule 7)."""
    if data is None:
        return None
    entry = _fields(data, {"body", "number", "scope", "validFrom", "validUntil"})
    texts = (entry["body"], entry["number"])
    if not all(isinstance(text, str) and text for text in texts) or not is_name(entry["scope"]):
        raise TrustFileInvalid("An accreditation has a body, a number, and a scope in zh and en.")
    start, end = _period(entry, "The accreditation")
    return Accreditation(entry["body"], entry["number"], tuple(sorted(entry["scope"].items())), start, end)


def _key_texts(issuers: tuple[TrustedIssuer, ...], witnesses: tuple[Witness, ...]) -> Iterator[str]:
    yield from (thumbprint(key.public) for issuer in issuers for key in issuer.keys)
    yield from (thumbprint(witness.public) for witness in witnesses)


def _sm2_key(point: bytes) -> Sm2PublicKey:
    if not on_curve(point):
        raise NotEncoded("The point is not on the SM2 curve.")
    return Sm2PublicKey(point)


def _coordinate(text: str) -> bytes:
    """RFC 7518, 6.2.1.2: exactly the 32 bytes of the curve's field."""
    data = from_base64url(text)
    if len(data) != 32:
        raise NotEncoded("A coordinate has 32 bytes.")
    return data


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _issuer(data: Any) -> TrustedIssuer:
    entry = _fields(data, {"id", "name", "accreditation", "keys"})
    if not is_did(entry["id"]) or not is_name(entry["name"]):
        raise TrustFileInvalid("An issuer has a did:web identifier and a name in zh and en.")
    keys = tuple(_key(item, entry["id"]) for item in _list(entry["keys"]))
    if len({key.kid for key in keys}) != len(keys):
        raise TrustFileInvalid(f"A key of {entry['id']} stands twice.")
    name = tuple(sorted(entry["name"].items()))
    return TrustedIssuer(entry["id"], name, keys, read_accreditation(entry["accreditation"]))


def _key(data: Any, issuer: str) -> TrustedKey:
    entry = _fields(data, {"kid", "use", "jwk", "validFrom", "validUntil", "compromisedSince"})
    kid, use = entry["kid"], entry["use"]
    if not isinstance(kid, str) or not kid.startswith(f"{issuer}#") or use not in USES:
        raise TrustFileInvalid(f"A key of {issuer} has a kid of another issuer or an unknown use.")
    public = key_from_jwk(entry["jwk"])
    if algorithm_of(public) not in ALGORITHMS[use]:
        raise TrustFileInvalid(f"Key {kid} is not of the kind its use asks for.")
    start, end = _period(entry, f"Key {kid}")
    since = entry["compromisedSince"]
    return TrustedKey(kid, use, public, start, end, None if since is None else _moment(since, f"Key {kid}"))


def _witness(data: Any) -> Witness:
    entry = _fields(data, {"name", "vkey"})
    if not is_name(entry["name"]):
        raise TrustFileInvalid("A witness has a name in zh and en.")
    return read_witness(entry["vkey"], entry["name"])


def _period(entry: dict[str, Any], what: str) -> tuple[datetime, datetime]:
    start, end = _moment(entry["validFrom"], what), _moment(entry["validUntil"], what)
    if end <= start:
        raise TrustFileInvalid(f"{what} ends before it starts.")
    return start, end


def _moment(text: Any, what: str) -> datetime:
    try:
        return from_moment_text(text)
    except (NotEncoded, TypeError) as problem:
        raise TrustFileInvalid(f"{what} has no valid dates.") from problem


def _fields(data: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != names:
        raise TrustFileInvalid(f"Expected an object with exactly {', '.join(sorted(names))}.")
    return data


def _list(data: Any, *, empty: bool = False) -> list[Any]:
    if not isinstance(data, list) or len(data) > _LARGEST_LIST or not (data or empty):
        raise TrustFileInvalid(f"Expected a list of at most {_LARGEST_LIST} that is not empty.")
    return data
