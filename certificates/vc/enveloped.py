"""Credentials and presentations inside a JWT: ``vc+jwt`` and ``vp+jwt`` (W3C Securing VCs using JOSE and COSE, 3.1).

Rules
1. The JWT is compact text, or the ``data:`` URL in the id of an EnvelopedVerifiableCredential or -Presentation, whose
   ``@context`` names W3C's (VC Data Model 2.0, 4.13.2 and 4.13.3).
2. Its payload is the credential itself; it need not be canonical, as ours is. ``typ``, where it stands, is the media
   type, with or without ``application/``; ``crit`` asks for what nobody here knows, and is refused.
3. ``alg`` must be the one algorithm of the key that ``kid`` names, ``EdDSA`` being the old name of Ed25519 (RFC 9864);
   so that neither ``none`` nor HS256 ever verifies.
4. ``kid`` is a verification method, or a fragment of the issuer's. Its controller is the issuer or holder, and so is
   ``iss`` where it stands. It may assert for a credential, authenticate for a presentation.
5. A JWT has no time of its own that a verifier could rely on: as made counts ``validFrom`` of the document, where it
   stands, so that credentials outlive the key that signed them; without it, the time asked about.

Example: ``opened(compact, "EnvelopedVerifiableCredential").document["type"]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.keys.signer import algorithm_of, verify
from certificates.statementkind import W3C
from certificates.vc import jose, model, moments
from certificates.vc.findings import Finding
from certificates.vc.methods import Method, Resolve

_TYPES = {model.ENVELOPED_CREDENTIAL: "vc+jwt", model.ENVELOPED_PRESENTATION: "vp+jwt"}
_PURPOSES = {"vc+jwt": "assertionMethod", "vp+jwt": "authentication"}
_NAMES = {"Ed25519": ("Ed25519", "EdDSA"), "ES256": ("ES256",)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A document, with the JWT that it came in and the media type that this should have, if any."""

    document: dict[str, Any]
    jws: jose.Jws | None = None
    media_type: str = ""

    def findings(self, resolve: Resolve, at: datetime, controller: Any, where: str) -> list[Finding]:
        """What is wrong with the JWT (rules 2 to 4); its document apart."""
        if self.jws is None:
            return []
        header = self.jws.header
        kid = header.get("kid", header.get("iss", controller))
        name = f"{controller}{kid}" if isinstance(kid, str) and kid.startswith("#") else kid
        method = resolve(name) if isinstance(name, str) else None
        if method is None:
            return [Finding("method-unknown", f"{where}kid")]
        return [Finding(code, f"{where}jwt") for code in self._codes(self.jws, method, controller, at)]

    def _codes(self, jws: jose.Jws, method: Method, controller: Any, at: datetime) -> list[str]:
        header, codes = jws.header, []
        algorithm = header.get("alg")
        if algorithm not in _NAMES.get(algorithm_of(method.public), ()) or "crit" in header:
            codes.append("jwt-header")
        if "typ" in header and header["typ"] not in (self.media_type, f"application/{self.media_type}"):
            codes.append("jwt-header")
        owner = method.controller if controller is None else controller
        if any(part.get("iss", owner) != owner for part in (header, jws.payload)):
            codes.append("jwt-issuer")
        if method.controller != owner:
            codes.append("method-not-issuers")
        if _PURPOSES[self.media_type] not in method.purposes:
            codes.append("proof-purpose")
        if not method.counted_at(_made(jws.payload, at), at):
            codes.append("method-revoked")
        if not verify(method.public, jws.signature, jws.signed):
            codes.append("signature")
        return codes


def _made(payload: dict[str, Any], at: datetime) -> datetime:
    """Rule 5."""
    try:
        return min(moments.read(payload.get("validFrom")), at)
    except moments.NotAMoment:
        return at


def opened(document: Any, envelope: str) -> Opened | Finding:
    """The document inside compact text or an envelope (rule 1), nothing verified; or what keeps it closed."""
    media_type = _TYPES[envelope]
    text = document
    if isinstance(document, dict):
        head, _, text = str(document.get("id", "")).partition(",")
        if W3C not in model.listed(document.get("@context")):
            return Finding("context-first", "@context")
        if head.partition(";")[0] != f"data:application/{media_type}" or model.types(document) != [envelope]:
            return Finding("envelope-form", "id")
    try:
        jws = jose.read(text, canonical=False)
    except jose.NotAJws:
        return Finding("jwt-form", "jwt")
    return Opened(jws.payload, jws, media_type)
