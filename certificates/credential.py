"""The credential: a statement as a W3C Verifiable Credential 2.0, secured as ``vc+jwt`` with Ed25519.

Rules
1. Header, exactly: ``alg`` Ed25519 (RFC 9864), ``iss`` the issuer's DID, ``kid`` its label key, ``typ``
   vc+jwt (W3C Securing VCs using JOSE and COSE, 3.1). No other parameter: none is needed, each could change
   the meaning.
2. The payload's bytes are the canonical JSON of the credential; another spelling of the same facts is
   refused.
3. The first context is W3C's; the second gives our own words a vocabulary, that of the statement's kind
   (``certificates.kinds``), as the type does. Contexts are compared, never fetched.
4. issuer, validFrom and validUntil repeat what the statement says and must equal it.
5. An address is a URI (RFC 3986: printable ASCII, no spaces) of at most 500 characters, so that nothing in
   it reads as another address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certificates import kinds
from certificates.bundle import looks_compact
from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse
from certificates.encoding import NotEncoded, from_base64url, moment_text
from certificates.statement import StatementInvalid

if TYPE_CHECKING:
    from certificates.keys import KeySet

CONTEXT, TYPES = kinds.LABEL.context, kinds.LABEL.types
"""Of a label's credential."""
ALGORITHM = "Ed25519"
MEDIA_TYPE = "vc+jwt"
_ADDRESS = re.compile(r"(?=.{1,500}\Z)(https?://|urn:)[!-~]+\Z")
_FIELDS = {"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject"}


class CredentialUnreadable(ValueError):
    """This is not a credential in the form of a compact JWT with canonical JSON inside."""


class WrongIssuer(ValueError):
    """The statement names another issuer, or other dates, than those of the keys and of this call."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A credential taken apart, nothing verified: ``signed`` is what the signature is over."""

    compact: str
    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def statement(self) -> Any:
        """The credential's subject without its optional id: the statement, unchecked."""
        subject = self.payload.get("credentialSubject")
        if not isinstance(subject, dict):
            return subject
        return {name: value for name, value in subject.items() if name != "id"}


def issue(
    statement: dict[str, Any],
    keys: KeySet,
    issued_at: datetime,
    valid_until: datetime,
    *,
    identifier: str,
    subject: str | None = None,
) -> str:
    """The signed vc+jwt. ``identifier`` is the credential's address (where it is verified), ``subject`` that
    of the product or other subject, if any.

    Raises StatementInvalid for a statement that is not right, WrongIssuer when it disagrees with keys or
    dates.
    """
    from joserfc import jws
    from joserfc.jwk import OKPKey
    from joserfc.registry import HeaderParameter

    found = kinds.of(statement).problems(statement)
    if found:
        raise StatementInvalid([problem.sentence("en") for problem in found])
    dates = (moment_text(issued_at), moment_text(valid_until))
    if (
        statement["issuer"]["id"] != keys.issuer_id
        or (statement["issuedAt"], statement["validUntil"]) != dates
    ):
        raise WrongIssuer("Issuer or dates of the statement are not those of the credential.")
    if not keys.valid_from <= issued_at < keys.valid_until:
        raise WrongIssuer("The label key is not valid at the time of issue.")
    payload = canonical_bytes(_payload(statement, identifier, subject))
    header = {"alg": ALGORITHM, "iss": keys.issuer_id, "kid": keys.kid("label"), "typ": MEDIA_TYPE}
    registry = jws.JWSRegistry(
        header_registry={"iss": HeaderParameter("Issuer", "str")}, algorithms=[ALGORITHM]
    )
    key = OKPKey.import_key(keys.label_key)
    return jws.serialize_compact(header, payload, key, registry=registry)


def decode(compact: str) -> Decoded:
    """Take a credential apart without verifying anything. Raises CredentialUnreadable for another form (rule
    2)."""
    if not looks_compact(compact):
        raise CredentialUnreadable("Not a compact JWT.")
    head, body, tail = compact.split(".")
    try:
        header_bytes, payload_bytes, signature = (from_base64url(part) for part in (head, body, tail))
        header, payload = parse(header_bytes), parse(payload_bytes)
        canonical = isinstance(payload, dict) and canonical_bytes(payload) == payload_bytes
    except (NotEncoded, NotJson, NotCanonical) as problem:
        raise CredentialUnreadable("The parts of the JWT are not base64url of JSON.") from problem
    if not canonical or not isinstance(header, dict):
        raise CredentialUnreadable("The payload is not canonical JSON.")
    return Decoded(compact, header, payload, f"{head}.{body}".encode("ascii"), signature)


def envelope_problem(payload: dict[str, Any]) -> str:
    """Empty when all but the subject is as rules 3 to 5 say; else the field that is not. The statement is
    checked before."""
    subject = payload.get("credentialSubject")
    if set(payload) != _FIELDS or not isinstance(subject, dict):
        return "credential"
    kind = kinds.of(subject)
    if payload["@context"] != kind.context:
        return "@context"
    if payload["type"] != kind.types:
        return "type"
    for name, where in ((payload["id"], "id"), (subject.get("id", "urn:none"), "credentialSubject.id")):
        if not isinstance(name, str) or not _ADDRESS.match(name):
            return where
    if payload["issuer"] != subject.get("issuer"):
        return "issuer"
    dates = ("validFrom", "issuedAt"), ("validUntil", "validUntil")
    return next((outer for outer, inner in dates if payload[outer] != subject.get(inner)), "")


def _payload(statement: dict[str, Any], identifier: str, subject: str | None) -> dict[str, Any]:
    kind = kinds.of(statement)
    payload = {
        "@context": kind.context,
        "id": identifier,
        "type": kind.types,
        "issuer": statement["issuer"],
        "validFrom": statement["issuedAt"],
        "validUntil": statement["validUntil"],
        "credentialSubject": ({"id": subject} if subject else {}) | statement,
    }
    wrong = envelope_problem(payload)
    if wrong:
        raise ValueError(f"The credential's {wrong} is not an address of at most 500 characters.")
    return payload
