"""Steps 3 to 6: who signed, with which key, whether it was theirs at that time, and whether the signature holds."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from certificates.credential import Decoded
from certificates.encoding import moment_text
from certificates.keys.trust import (
    Accreditation,
    Sm2PublicKey,
    TrustedIssuer,
    TrustFileInvalid,
    public_jwk,
    read_accreditation,
)
from certificates.same import Same
from certificates.steps.case import Case
from certificates.steps.outcome import Outcome
from certificates.vc import multikey
from certificates.vc.jose import MEDIA_TYPE


def issuer_trusted(case: Case) -> Outcome:
    """Step 3: the issuer is in the trust file, the credential names one of its label keys, and the DID document that
    comes with the file does not contradict the trust file.

    The answer shows the name and the accreditation pinned in the trust file: what the label says is its own claim.
    """
    if case.trust is None:
        return Outcome(False, "no-trust")
    decoded = case.presented.credential
    if case.issuer is None:
        return Outcome(False, "issuer-unknown", (("issuer", case.issuer_id or "–"),))
    named = decoded.form != "jwt" or decoded.header.get("iss") == case.issuer_id
    if not named or case.key is None:
        return Outcome(False, "key-unknown", (("issuer", case.issuer_id), ("kid", decoded.kid)))
    bundle = case.presented.bundle
    wrong = _contradiction(bundle.issuer, case.issuer) if bundle else ""
    if bundle is not None and not wrong and _other_accreditation(bundle.accreditation, case.issuer):
        wrong = "accreditation"
    if wrong:
        return Outcome(False, "document-contradicts", (("issuer", case.issuer_id), ("kid", wrong)))
    name = " / ".join(text for _, text in case.issuer.name)
    values = (("issuer", case.issuer_id), ("name", name))
    accreditation = case.issuer.accreditation
    if accreditation is None:
        return Outcome(True, "issuer-trusted", values)
    return Outcome(True, "issuer-accredited", (*values, *_accredited(accreditation)))


def key_in_time(case: Case) -> Outcome:
    """Step 4: the label key was valid when the label was issued; of a compromised key only what was seen before counts.

    Seen means: by enough trusted witnesses (``certificates.steps.logs``, rule 4), or in the tree that the verifier
    itself holds as of an earlier moment. The date in the label is no evidence: who stole the key writes it.
    """
    if case.key is None or case.issued_at is None:
        return Outcome(None, "no-key")
    since = case.key.compromised_since
    values = (
        ("kid", case.key.kid),
        ("from", moment_text(case.key.valid_from)),
        ("until", moment_text(case.key.valid_until)),
        ("issued", moment_text(case.issued_at)),
        ("since", moment_text(since) if since else ""),
    )
    if not case.key.valid_at(case.issued_at):
        return Outcome(False, "key-out-of-time", values)
    if since is None:
        return Outcome(True, "key-in-time", values)
    if case.issued_at < since and _seen_before(since, case):
        return Outcome(True, "key-compromised-later", values)
    return Outcome(False, "key-compromised", values)


def signature_holds(case: Case) -> Outcome:
    """Step 5: over the very bytes presented, by the pinned key, whatever the credential says of algorithms."""
    if case.key is None:
        return Outcome(None, "no-key")
    return Outcome(case.authentic, "signature-holds" if case.authentic else "signature-broken")


def header_exact(case: Case) -> Outcome:
    """Step 6: the kind of signature is the one of the pinned key, Ed25519 (RFC 9864) or ES256 (RFC 7518, 3.4) as
    vc+jwt, or a proof eddsa-jcs-2022; a vc+jwt has alg, iss, kid and typ and no other parameter."""
    decoded = case.presented.credential
    if case.key is None:
        return Outcome(None, "no-key")
    values = (("alg", str(decoded.algorithm)), ("expected", case.key.algorithm), ("typ", _typ(decoded)))
    exact = decoded.algorithm == case.key.algorithm
    if decoded.form == "jwt":
        header = decoded.header
        exact = exact and set(header) == {"alg", "typ", "iss", "kid"} and header["typ"] == MEDIA_TYPE
    return Outcome(exact, "header-exact" if exact else "header-other", values)


def _typ(decoded: Decoded) -> str:
    return str(decoded.header.get("typ")) if decoded.form == "jwt" else "eddsa-jcs-2022"


def _seen_before(since: datetime, case: Case) -> bool:
    logs, register = case.logs, case.register
    if logs is None:
        return False
    if logs.seen_before(since, case.leaf):
        return True
    held = logs.tree is not None and logs.tree.index(case.leaf.hash) is not None
    return held and register is not None and register.as_of < since


def _accredited(accreditation: Accreditation) -> tuple[tuple[str, str], ...]:
    return (
        ("body", accreditation.body),
        ("accreditation", accreditation.number),
        ("accredited_until", moment_text(accreditation.valid_until)),
    )


def _other_accreditation(stated: dict[str, Any] | None, issuer: TrustedIssuer) -> bool:
    """True where the file tells an accreditation in no form of one, or tells otherwise of the one in the trust file.
    One of another number is no contradiction: it was renewed before or after the trust file was made."""
    try:
        found = read_accreditation(stated)
    except TrustFileInvalid:
        return True
    pinned = issuer.accreditation
    return found is not None and pinned is not None and found.number == pinned.number and found != pinned


def _contradiction(document: dict[str, Any], issuer: TrustedIssuer) -> str:
    """The first key of the file's DID document that is another key than the trust file's of that name; the document's
    id when it is another issuer's; empty when nothing contradicts."""
    if document.get("id") != issuer.id:
        return str(document.get("id", "–"))
    methods = document.get("verificationMethod")
    for method in methods if isinstance(methods, list) else [None]:
        if not isinstance(method, dict) or _other_key(method, issuer):
            return str(method.get("id", "–")) if isinstance(method, dict) else "–"
    return ""


def _other_key(method: dict[str, Any], issuer: TrustedIssuer) -> bool:
    """True for a method, JsonWebKey or Multikey, under the name of a pinned key that is another key. A key that the
    trust file does not have is no contradiction: it came later, and nothing is verified with it."""
    pinned = _texts(Same(issuer)).get(str(method.get("id")).removesuffix("-multikey"))
    if pinned is None:
        return False
    expected, multibase = pinned
    if "publicKeyMultibase" in method:
        return not multibase or method["publicKeyMultibase"] != multibase
    jwk = method.get("publicKeyJwk")
    return not isinstance(jwk, dict) or any(jwk.get(name) != value for name, value in expected.items())


@lru_cache(maxsize=16)
def _texts(issuer: Same[TrustedIssuer]) -> dict[str, tuple[dict[str, str], str]]:
    """The pinned keys by their name: as JWK, and as Multikey where they have one."""
    return {
        key.kid: (
            public_jwk(key.public),
            "" if isinstance(key.public, Sm2PublicKey) else multikey.encode(key.public),
        )
        for key in issuer.value.keys
    }
