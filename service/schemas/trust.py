"""The issuer's DID document (W3C DID Core, did:web) out of the public trust file: same keys, another form."""

from __future__ import annotations

from typing import Any

CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"]


def did_document(trust: dict[str, Any]) -> dict[str, Any]:
    """``https://<host>/.well-known/did.json`` of the first issuer, which is this installation; label keys alone assert.

    Raises IndexError for a trust file without issuer, which ``certificates.trust`` refuses already.
    """
    issuer = trust["issuers"][0]
    methods = [
        {"id": key["kid"], "type": "JsonWebKey", "controller": issuer["id"], "publicKeyJwk": key["jwk"]}
        for key in issuer["keys"]
    ]
    return {
        "@context": CONTEXT,
        "id": issuer["id"],
        "verificationMethod": methods,
        "assertionMethod": [key["kid"] for key in issuer["keys"] if key["use"] == "label"],
    }
