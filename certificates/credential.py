"""The credential: a statement as a W3C Verifiable Credential 2.0 in the words of UNTP, in three signed forms.

Rules
1. The forms are ``vc+jwt`` (``certificates.vc.jose``), the canonical one; the same payload with a Data Integrity proof
   (``certificates.vc.dataintegrity``); and the UNTP profile of that (``certificates.untp.profile``). All three hold one
   payload, and its canonical bytes are what the log holds.
2. Everything but the statement follows from the statement and the envelope: who verifies builds it anew and compares
   every byte, so that no word of the credential can say what the statement does not.
3. issuer, validFrom and validUntil are the statement's. The signing key is the label key that was active when the label
   was issued, also for a form made later: it is the same act in another spelling.
4. Contexts are compared, never fetched. The last one is our own and gives ``statement`` the type JSON.
5. A proof is one object with exactly the members that ``issue_document`` writes. It names the label key as Multikey,
   the one form that its cryptosuite allows, where a JWT names the kid itself (``certificates.keys.diddocument``).

Example: ``decode(issue(statement, keys, envelope)).statement == statement``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from certificates import envelope as envelopes
from certificates import kinds, limits
from certificates.bundle import looks_compact
from certificates.canonical import NotCanonical, canonical_bytes, same, writes
from certificates.encoding import from_moment_text
from certificates.envelope import Envelope, EnvelopeInvalid, Place
from certificates.keys.trust import kid_of, multikey_id
from certificates.statement import StatementInvalid
from certificates.statementkind import both
from certificates.untp import profile
from certificates.vc import dataintegrity, jose
from certificates.vc.dataintegrity import NotForDataIntegrity

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet

__all__ = [
    "CredentialUnreadable",
    "Decoded",
    "Envelope",
    "EnvelopeInvalid",
    "NotForDataIntegrity",
    "Place",
    "WrongIssuer",
    "address",
    "decode",
    "envelope_problem",
    "issue",
    "issue_document",
    "issue_untp",
    "payload",
    "payload_bytes",
]

ALGORITHM = "Ed25519"
"""The one algorithm of the Data Integrity forms; a ``vc+jwt`` is Ed25519 or ES256 by its key."""
_PROOF_MEMBERS = {
    *("@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")
}


class CredentialUnreadable(ValueError):
    """This is not a credential: neither a compact JWT nor JSON with one Data Integrity proof in its exact form."""


class WrongIssuer(ValueError):
    """The statement names another issuer than that of the keys."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A credential taken apart, nothing verified.

    ``form`` is jwt, data-integrity or untp; ``payload`` is canonical: statuses as text, no proof; ``leaf_bytes`` are
    its bytes, the same in all forms; ``signed`` is what ``signature`` is over; ``algorithm`` is what the file says, for
    comparison with the pinned key only; ``compact`` and ``header`` are those of a jwt.
    """

    form: str
    header: dict[str, Any]
    payload: dict[str, Any]
    leaf_bytes: bytes
    signed: bytes
    signature: bytes
    kid: str
    algorithm: str
    compact: str | None = None

    @property
    def statement(self) -> Any:
        """The statement inside the subject, unchecked; None where there is none."""
        subject = self.payload.get("credentialSubject")
        return subject.get("statement") if isinstance(subject, dict) else None

    @property
    def envelope(self) -> Envelope | None:
        """The envelope that the credential names, unchecked; None where it names none."""
        return envelopes.read(self.payload)


def address(statement: dict[str, Any], envelope: Envelope) -> str:
    """The credential's id: BASE/v/NUMBER?c=CODE of a label, BASE/c/NUMBER of a claim."""
    return kinds.of(statement).address(statement, envelope)


def payload(statement: dict[str, Any], envelope: Envelope) -> dict[str, Any]:
    """The whole credential without proof (rule 2). Raises EnvelopeInvalid where a label has no check code, or a claim
    has one."""
    kind = kinds.of(statement)
    if kind.has_code != bool(envelope.code):
        raise EnvelopeInvalid(f"The check code of a {kind.noun} is missing or too much.")
    where, issuer = kind.address(statement, envelope), statement["issuer"]
    types = {"type": list(kind.issuer_types)} if kind.issuer_types else {}
    return {
        "@context": kind.context(envelope.base),
        "type": list(kind.credential_types),
        "id": where,
        "name": kind.name(statement),
        "issuer": types | {"id": issuer["id"], "name": both(issuer["name"])},
        "validFrom": statement["issuedAt"],
        "validUntil": statement["validUntil"],
        "credentialStatus": envelope.entries(),
        "credentialSubject": kind.subject(statement, envelope, where),
    }


def payload_bytes(statement: dict[str, Any], envelope: Envelope) -> bytes:
    """The canonical bytes of :func:`payload`: what is signed and what the log holds."""
    return canonical_bytes(payload(statement, envelope), numbers=True)


def issue(statement: dict[str, Any], keys: KeySet, envelope: Envelope) -> str:
    """The signed vc+jwt, as of the statement's own dates.

    An envelope without accreditation gets that of ``keys``, if one was in force at the issue; the other forms of the
    same label take ``decode(…).envelope`` of this one. Raises StatementInvalid, WrongIssuer, EnvelopeInvalid,
    NoActiveKey, KeyUnreachable.
    """
    _require_issuer(statement, keys)
    issued_at = from_moment_text(statement["issuedAt"])
    accreditation = keys.accreditation
    if accreditation is not None and accreditation.valid_from <= issued_at < accreditation.valid_until:
        envelope = replace(envelope, accreditation=(accreditation.body, accreditation.number))
    key = keys.active("label", issued_at)
    signer = keys.signer("label", issued_at)
    made = jose.compact(payload_bytes(statement, envelope), signer, issuer=keys.issuer_id, kid=key.kid)
    if not looks_compact(made):
        raise StatementInvalid([f"The credential is longer than {limits.CREDENTIAL_BYTES} characters."])
    return made


def issue_document(statement: dict[str, Any], keys: KeySet, envelope: Envelope) -> dict[str, Any]:
    """The same payload as JSON with a Data Integrity proof ``eddsa-jcs-2022``, created when the label was issued.

    Raises what :func:`issue` raises, and NotForDataIntegrity.
    """
    _require_issuer(statement, keys)
    return _with_proof(payload(statement, envelope), statement, keys)


def issue_untp(statement: dict[str, Any], keys: KeySet, envelope: Envelope) -> dict[str, Any]:
    """The UNTP profile: one status entry with a whole number as index, and a proof of its own.

    Raises what :func:`issue_document` raises.
    """
    _require_issuer(statement, keys)
    return _with_proof(profile.profiled(payload(statement, envelope)), statement, keys)


def decode(data: str | dict[str, Any]) -> Decoded:
    """Take a credential apart, compact text or parsed JSON (``canonical.parse(…, numbers=True)``), without verifying
    anything. Raises CredentialUnreadable."""
    try:
        return _decode_document(data) if isinstance(data, dict) else _decode_compact(data)
    except (jose.NotAJws, dataintegrity.ProofInvalid, profile.NotAProfile, NotCanonical) as problem:
        raise CredentialUnreadable(str(problem)) from problem


def envelope_problem(decoded: Decoded, envelope: Envelope | None = None) -> str:
    """Empty when statement and envelope give this very payload (rule 2); else the field that does not follow from
    them. The statement is checked before: this reads its fields. ``envelope`` is the decoded one, for whoever has it
    already."""
    envelope = envelope or decoded.envelope
    if envelope is None or not isinstance(decoded.statement, dict):
        return "credential"
    try:
        built = payload(decoded.statement, envelope)
    except EnvelopeInvalid:
        return "id"
    if same(built, decoded.payload) or writes(built, decoded.leaf_bytes):
        return ""
    return next(
        (name for name in (*built, *decoded.payload) if not _same(built, decoded.payload, name)), "credential"
    )


def _same(built: dict[str, Any], found: dict[str, Any], name: str) -> bool:
    if name not in built or name not in found:
        return False
    return canonical_bytes(built[name], numbers=True) == canonical_bytes(found[name], numbers=True)


def _require_issuer(statement: dict[str, Any], keys: KeySet) -> None:
    found = kinds.of(statement).problems(statement)
    if found:
        raise StatementInvalid([problem.sentence("en") for problem in found])
    if statement["issuer"]["id"] != keys.issuer_id:
        raise WrongIssuer("The statement's issuer is not that of the keys.")


def _with_proof(document: dict[str, Any], statement: dict[str, Any], keys: KeySet) -> dict[str, Any]:
    issued_at = from_moment_text(statement["issuedAt"])
    key, signer = keys.active("label", issued_at), keys.signer("label", issued_at)
    options = {
        "created": statement["issuedAt"],
        "verificationMethod": multikey_id(key.kid),
        "proofPurpose": "assertionMethod",
    }
    return dataintegrity.add_proof(document, signer, options)


def _decode_compact(text: str) -> Decoded:
    jws = jose.read(text)
    if profile.is_profile(jws.payload) or "proof" in jws.payload:
        raise CredentialUnreadable("A vc+jwt holds the canonical form and no second proof.")
    kid, algorithm = str(jws.header.get("kid", "")), str(jws.header.get("alg", ""))
    return Decoded(
        "jwt", jws.header, jws.payload, jws.payload_bytes, jws.signed, jws.signature, kid, algorithm, text
    )


def _decode_document(document: dict[str, Any]) -> Decoded:
    """Rules 5 and 6."""
    types = document.get("type")
    if isinstance(types, list) and "DigitalProductPassport" in types:
        raise CredentialUnreadable("A product passport points to a label and is none.")
    proof = document.get("proof")
    if not isinstance(proof, dict) or set(proof) != _PROOF_MEMBERS:
        raise CredentialUnreadable("There is no proof, or it has other members than ours.")
    signed, signature = dataintegrity.signed_bytes(document, proof), dataintegrity.signature_of(proof)
    if proof["proofPurpose"] != "assertionMethod" or proof["created"] != document.get("validFrom"):
        raise CredentialUnreadable("The proof is for another purpose, or not of the day of issue.")
    method, kid = proof["verificationMethod"], kid_of(proof["verificationMethod"])
    if method != multikey_id(kid):
        raise CredentialUnreadable("The proof names its key in another form than as Multikey.")
    if not _same(document, proof, "@context"):
        raise CredentialUnreadable("The proof has other contexts than the credential.")
    bare = {name: value for name, value in document.items() if name != "proof"}
    form = "untp" if profile.is_profile(bare) else "data-integrity"
    found = profile.normalised(bare) if form == "untp" else bare
    leaf_bytes = canonical_bytes(found, numbers=True)
    return Decoded(form, {}, found, leaf_bytes, signed, signature, kid, ALGORITHM)
