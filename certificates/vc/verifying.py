"""A credential or presentation of the world, verified as a whole: form, proofs, keys, times. All findings, none raised.

Rules
1. A credential is JSON with Data Integrity proofs, an EnvelopedVerifiableCredential whose id is a ``data:`` URL, or a
   compact JWT. Without proof it is not verified.
2. Every proof must hold, those that it names before it (``previousProof``) included; a chain ends.
3. A proof is for the purpose asked about (a credential's: assertionMethod, a presentation's: authentication), its key
   may serve it, and its key is the issuer's, or the holder's where one is named. Of an enveloped one the JWT's
   signature is the proof.
4. ``expires`` and revocation are looked at as of ``at``; ``created`` may be five minutes ahead, for clocks differ.
5. ``domain`` and ``challenge`` are compared where the caller names them (Data Integrity 1.0, 4.4).
6. Not yet valid and no longer valid are warnings: they say something about ``at``, not about the document.
7. Every credential in a presentation is verified by the same rules. One without proof counts where its issuer is the
   holder, who signs the presentation (VC Data Model 2.0, 4.13.3).

Example: ``verify_credential(document, resolve=resolver(), at=now) == []``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from certificates.canonical import NotCanonical, canonical_bytes
from certificates.vc import dataintegrity, enveloped, model, moments
from certificates.vc.dataintegrity import ProofInvalid
from certificates.vc.findings import Finding
from certificates.vc.methods import Method, Resolve

ASSERTION, AUTHENTICATION = "assertionMethod", "authentication"
_CLOCKS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller expects of a document: ``domain`` and ``challenge`` of its proofs (rule 5), where named; URLs of
    further ``contexts`` that the caller knows, and the bytes of related ``resources`` by their URL."""

    domain: str | list[str] | None = None
    challenge: str | None = None
    contexts: tuple[str, ...] = ()
    resources: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    resolve: Resolve
    at: datetime
    expected: Expected
    purpose: str = ASSERTION


def verify_credential(
    document: Any, *, resolve: Resolve, at: datetime, expected: Expected | None = None
) -> list[Finding]:
    """Everything wrong with a credential, parsed JSON (``canonical.parse(…, numbers=True)``) or compact text; empty
    when it holds. ``at`` has a time zone, else ValueError."""
    return _credential(document, _Asked(resolve, _zoned(at), expected or Expected()), "", None)


def verify_presentation(
    document: Any, *, resolve: Resolve, at: datetime, expected: Expected | None = None
) -> list[Finding]:
    """Everything wrong with a presentation and the credentials in it; empty when all hold. ``at`` has a time zone, else
    ValueError."""
    asked = _Asked(resolve, _zoned(at), expected or Expected(), AUTHENTICATION)
    taken = _opened(document, model.ENVELOPED_PRESENTATION)
    if isinstance(taken, Finding):
        return [taken]
    found = model.presentation(taken.document, asked.expected.contexts)
    found += _secured(taken, asked, "holder", "")
    inside = _Asked(resolve, at, replace(asked.expected, domain=None, challenge=None))
    holder = _named(taken.document.get("holder"))
    for position, one in enumerate(model.listed(taken.document.get("verifiableCredential", []))):
        place = f"verifiableCredential[{position}]"
        if isinstance(one, dict):
            found += _credential(one, inside, f"{place}.", holder)
        else:
            found.append(Finding("credentials-form", place))
    return found


def _credential(document: Any, asked: _Asked, where: str, holder: Any) -> list[Finding]:
    """``holder`` signs the presentation around it, if there is one (rule 7)."""
    taken = _opened(document, model.ENVELOPED_CREDENTIAL)
    if isinstance(taken, Finding):
        return [replace(taken, where=f"{where}{taken.where}")]
    inside = taken.document
    found = model.credential(inside, where, asked.expected.contexts, asked.expected.resources)
    own = holder is not None and _named(inside.get("issuer")) == holder
    if taken.jws or "proof" in inside or not own:
        found += _secured(taken, asked, "issuer", where)
    return found + _in_force(inside, asked.at, where)


def _opened(document: Any, envelope: str) -> enveloped.Opened | Finding:
    """Rule 1: the document inside, with the JWT around it, if any."""
    if isinstance(document, str) or envelope in model.types(document):
        return enveloped.opened(document, envelope)
    if not isinstance(document, dict):
        return Finding("not-an-object", "")
    try:
        canonical_bytes(document, numbers=True)
    except NotCanonical:
        return Finding("too-deep", "")
    return enveloped.Opened(document)


def _secured(taken: enveloped.Opened, asked: _Asked, owner: str, where: str) -> list[Finding]:
    """Rules 2 to 5."""
    document = taken.document
    controller = _named(document.get(owner))
    found = taken.findings(asked.resolve, asked.at, controller, where) if taken.jws else []
    if "proof" not in document:
        return found if taken.jws else [Finding("proof-missing", f"{where}proof")]
    try:
        proofs = dataintegrity.proofs_of(document)
    except ProofInvalid:
        return [*found, Finding("proof-form", f"{where}proof")]
    if _circular(proofs):
        return [*found, Finding("proof-chain", f"{where}proof")]
    for proof in proofs:
        found += [
            Finding(code, f"{where}proof") for code in _proof(document, proof, proofs, asked, controller)
        ]
    return found


def _proof(
    document: dict[str, Any],
    proof: dict[str, Any],
    proofs: list[dict[str, Any]],
    asked: _Asked,
    controller: Any,
) -> list[str]:
    """The codes of what is wrong with one proof."""
    try:
        earlier = dataintegrity.previous(proof, proofs)
    except ProofInvalid:
        return ["proof-chain"]
    try:
        data = dataintegrity.signed_bytes(document, proof, earlier)
        signature = dataintegrity.signature_of(proof)
    except ProofInvalid:
        return ["proof-form"]
    method = asked.resolve(proof["verificationMethod"])
    if method is None:
        return ["method-unknown"]
    codes = [*_purpose(proof, asked, method), *_times(proof, asked.at, method)]
    if controller is not None and method.controller != controller:
        codes.append("method-not-issuers")
    if not dataintegrity.holds(method.public, signature, data):
        codes.append("signature")
    return codes


def _purpose(proof: dict[str, Any], asked: _Asked, method: Method) -> list[str]:
    """Rules 3 and 5."""
    codes = []
    if proof["proofPurpose"] != asked.purpose or asked.purpose not in method.purposes:
        codes.append("proof-purpose")
    domain, challenge = asked.expected.domain, asked.expected.challenge
    if domain is not None and not _same_domain(proof.get("domain"), domain):
        codes.append("proof-domain")
    if challenge is not None and proof.get("challenge") != challenge:
        codes.append("proof-challenge")
    return codes


def _times(proof: dict[str, Any], at: datetime, method: Method) -> list[str]:
    """Rule 4."""
    created = moments.read(proof["created"], offset=False) if "created" in proof else at
    codes = ["proof-in-future"] if created > at + _CLOCKS else []
    if "expires" in proof and moments.read(proof["expires"], offset=False) <= at:
        codes.append("proof-expired")
    return codes if method.counted_at(created, at) else [*codes, "method-revoked"]


def _circular(proofs: list[dict[str, Any]]) -> bool:
    """Rule 2: True where a proof leads back to itself."""
    follows = {id(proof): set(map(str, model.listed(proof.get("previousProof", [])))) for proof in proofs}
    names = {id(proof): str(proof.get("id")) for proof in proofs}
    left = set(follows)
    while left:
        free = {one for one in left if not follows[one] & {names[other] for other in left}}
        if not free:
            return True
        left -= free
    return False


def _in_force(document: dict[str, Any], at: datetime, where: str) -> list[Finding]:
    """Rule 6; a moment that is none is the model's finding."""
    found = []
    for name, code in (("validFrom", "not-yet-valid"), ("validUntil", "expired")):
        try:
            moment = moments.read(document[name]) if name in document else None
        except moments.NotAMoment:
            continue
        if moment is not None and (at < moment) == (name == "validFrom"):
            found.append(Finding(code, f"{where}{name}", warning=True))
    return found


def _same_domain(stated: Any, expected: str | list[str]) -> bool:
    """True for the same set of texts; one text stands for a set of one."""
    found = model.listed(stated)
    return all(isinstance(one, str) for one in found) and set(found) == set(model.listed(expected))


def _named(value: Any) -> Any:
    """The URL of an issuer or holder, which may be an object."""
    return value.get("id") if isinstance(value, dict) else value


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at
