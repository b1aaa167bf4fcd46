"""The issuer's did:web document (W3C DID Core; Controlled Identifiers 1.0): every key it ever had, with its dates.

Rules
1. Every key stays for ever, so that old labels stay verifiable: ``expires`` is its validUntil, ``revoked`` the moment
   since which it is compromised.
2. Each key is a JsonWebKey under its kid; an Ed25519 key of the uses label and status is a Multikey too, under
   ``<kid>-multikey``, because Data Integrity (eddsa-jcs-2022) asks for one, and one method may hold one key only.
3. Keys of the uses label and status assert (assertionMethod); log and document keys are listed, no more. SM2 keys are
   left out: no context names them.
4. The DID document informs. A verifier pins the trust file.

Example: ``of(keyset.issuer_id, keyset.keys)["assertionMethod"]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.encoding import base58btc, moment_text
from certificates.keys.key import Key
from certificates.keys.trust import multikey_id, public_jwk

CONTEXT = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/jwk/v1",
    "https://w3id.org/security/multikey/v1",
)
_MULTICODEC = b"\xed\x01"
ASSERTING = ("label", "status")


def of(issuer_id: str, keys: Iterable[Key]) -> dict[str, Any]:
    """The document for ``/.well-known/did.json``."""
    methods: list[dict[str, Any]] = []
    asserting: list[str] = []
    for key in keys:
        made = list(_methods(issuer_id, key))
        methods += made
        if key.use in ASSERTING:
            asserting += [method["id"] for method in made]
    return {
        "@context": list(CONTEXT),
        "id": issuer_id,
        "verificationMethod": methods,
        "assertionMethod": asserting,
    }


def _methods(issuer_id: str, key: Key) -> Iterable[dict[str, Any]]:
    if key.use == "sm2":
        return
    dates = {"expires": moment_text(key.valid_until)}
    if key.compromised_since is not None:
        dates["revoked"] = moment_text(key.compromised_since)
    base = {"controller": issuer_id, **dates}
    yield {"id": key.kid, "type": "JsonWebKey", **base, "publicKeyJwk": public_jwk(key.public)}
    if isinstance(key.public, Ed25519PublicKey) and key.use in ASSERTING:
        encoded = "z" + base58btc(_MULTICODEC + key.public.public_bytes_raw())
        yield {"id": multikey_id(key.kid), "type": "Multikey", **base, "publicKeyMultibase": encoded}
