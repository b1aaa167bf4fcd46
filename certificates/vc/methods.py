"""Verification methods: which key a proof names, whose it is, and what it may sign (W3C Controlled Identifiers 1.0).

Rules
1. ``did:key`` is its own document; other DIDs are looked up in the documents at hand. Nothing is fetched.
2. A method counts when its document lists it, its ``controller`` is the document's ``id``, and its id begins with that:
   a document never lends another's key.
3. The key is a Multikey or a JsonWebKey, Ed25519 or P-256.
4. It may do what the document's relationships say: ``assertionMethod``, ``authentication`` and so on, by reference or
   embedded there.

Example: ``resolver(did_document)("did:web:labels.example.org#label-1").public``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.keys.trust import PublicKey, Sm2PublicKey, TrustFileInvalid, key_from_jwk
from certificates.vc import moments, multikey

RELATIONSHIPS = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")
Resolve = Callable[[str], "Method | None"]


@dataclass(frozen=True, slots=True)
class Method:
    """A key, its controller, the purposes it may serve, and from when on it no longer counts, if ever."""

    id: str
    controller: str
    public: PublicKey
    purposes: frozenset[str]
    expires: datetime | None = None
    revoked: datetime | None = None

    def counted_at(self, made: datetime, now: datetime) -> bool:
        """True where a proof made then still counts now: a key that expired later does, a revoked one never."""
        return (self.expires is None or made < self.expires) and (self.revoked is None or now < self.revoked)


def resolver(*documents: dict[str, Any]) -> Resolve:
    """A function from a verification method's id to the method; None for one that is not known (rules 1 and 2)."""
    listed = {method.id: method for document in documents for method in of_document(document)}

    def resolve(identifier: str) -> Method | None:
        return listed.get(identifier) or _did_key(identifier)

    return resolve


def of_document(document: Any) -> list[Method]:
    """The methods of a DID document by rules 2 to 4; what is not in its form is left out."""
    if not isinstance(document, dict) or not isinstance(document.get("id"), str):
        return []
    entries = [entry for entry in _list(document.get("verificationMethod")) if isinstance(entry, dict)]
    purposes: dict[str, set[str]] = {}
    for name in RELATIONSHIPS:
        for one in _list(document.get(name)):
            embedded = one if isinstance(one, dict) else {"id": one}
            purposes.setdefault(str(embedded.get("id")), set()).add(name)
            if len(embedded) > 1:
                entries.append(embedded)
    return list(_methods(document["id"], entries, purposes))


def _methods(
    controller: str, entries: list[dict[str, Any]], purposes: dict[str, set[str]]
) -> Iterator[Method]:
    for entry in entries:
        identifier = entry.get("id")
        if not isinstance(identifier, str) or not identifier.startswith(f"{controller}#"):
            continue
        try:
            public, until = _key(entry), {name: _moment(entry, name) for name in ("expires", "revoked")}
        except (multikey.NotAMultikey, TrustFileInvalid, moments.NotAMoment):
            continue
        if entry.get("controller") == controller and not isinstance(public, Sm2PublicKey):
            yield Method(identifier, controller, public, frozenset(purposes.get(identifier, ())), **until)


def _key(entry: dict[str, Any]) -> PublicKey:
    if "publicKeyMultibase" in entry:
        return multikey.decode(str(entry["publicKeyMultibase"]))
    jwk = entry.get("publicKeyJwk")
    if not isinstance(jwk, dict) or "d" in jwk:  # a private key in public is nobody's any more
        raise TrustFileInvalid("No public key.")
    return key_from_jwk({name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk})


def _moment(entry: dict[str, Any], name: str) -> datetime | None:
    return moments.read(entry[name]) if name in entry else None


def _did_key(identifier: str) -> Method | None:
    try:
        public = multikey.from_did_key(identifier)
    except multikey.NotAMultikey:
        return None
    return Method(identifier, identifier.partition("#")[0], public, frozenset(RELATIONSHIPS))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
