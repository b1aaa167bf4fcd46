"""Data Integrity proofs with the cryptosuite ``eddsa-jcs-2022`` (W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3).

Rules
1. What is signed is SHA-256 of the canonical proof options followed by SHA-256 of the canonical document without its
   proof (3.3.4); both by RFC 8785. No context is processed, none is fetched.
2. The options are the proof without ``proofValue``; they carry the document's ``@context`` (3.3.1). On verifying, the
   document's contexts must begin with those of the proof, in order, and it is hashed with the proof's (3.3.2).
3. ``type`` is DataIntegrityProof, ``cryptosuite`` eddsa-jcs-2022; ``created`` and ``expires`` are moments where they
   stand; the signature is 64 bytes in base58btc with the prefix ``z``.
4. A document has at most 32 proofs: each means to write and hash the whole document anew.
5. A proof with ``previousProof`` is over the document with those proofs in it (W3C Data Integrity 1.0, 4.3 and 4.5).

Example: ``add_proof({"@context": [...]}, signer, {"verificationMethod": method, "proofPurpose": "assertionMethod"})``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.canonical import NotCanonical, canonical_bytes
from certificates.encoding import NotEncoded, base58btc, from_base58btc
from certificates.keys.signer import verify
from certificates.keys.trust import PublicKey
from certificates.vc import moments

if TYPE_CHECKING:
    from certificates.keys.signer import Signer

TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-jcs-2022"
MOST_PROOFS = 32


class ProofInvalid(ValueError):
    """The proof is not in the form of this cryptosuite; the text says what is not."""


class NotForDataIntegrity(ProofInvalid):
    """The key is not Ed25519: what it signs exists as vc+jwt only."""


def add_proof(document: dict[str, Any], signer: Signer, options: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``document`` with one more proof by an Ed25519 signer.

    ``options`` are members of the proof besides type, cryptosuite, @context and proofValue: verificationMethod and
    proofPurpose at least. Beside proofs that are there already it joins them in a list (rule 5). Raises ProofInvalid,
    NotForDataIntegrity.
    """
    if signer.algorithm != "Ed25519":
        raise NotForDataIntegrity(f"{CRYPTOSUITE} signs with Ed25519, not with {signer.algorithm}.")
    missing = {"verificationMethod", "proofPurpose"} - set(options)
    if missing:
        raise ProofInvalid(f"A proof has {' and '.join(sorted(missing))}.")
    bare = {name: value for name, value in document.items() if name != "proof"}
    earlier = proofs_of(document) if "proof" in document else []
    if len(earlier) == MOST_PROOFS:
        raise ProofInvalid(f"A document has at most {MOST_PROOFS} proofs.")
    proof = {"type": TYPE, "cryptosuite": CRYPTOSUITE} | options
    if "@context" in bare:
        proof["@context"] = bare["@context"]
    data = signed_bytes(bare, proof, previous(proof, earlier))
    proof["proofValue"] = "z" + base58btc(signer.sign(data))
    return bare | {"proof": [*earlier, proof] if earlier else proof}


def proofs_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The proofs of a document, one or several. Raises ProofInvalid for none, more than rule 4 allows, or for something
    else."""
    found = document.get("proof")
    listed: list[Any] = found if isinstance(found, list) else [found]
    if not 0 < len(listed) <= MOST_PROOFS or not all(isinstance(proof, dict) for proof in listed):
        raise ProofInvalid("A proof is an object, several are a list of them.")
    return listed


def previous(proof: dict[str, Any], proofs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of ``proofs`` that ``previousProof`` of ``proof`` names, in their order (rule 5); none where it names none.
    Raises ProofInvalid for a name that is not there or stands twice."""
    named = proof.get("previousProof", [])
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ProofInvalid("previousProof is an id, or a list of them.")
    found = [one for one in proofs if one is not proof and one.get("id") in names]
    if sorted(str(one["id"]) for one in found) != sorted(set(names)) or (
        "previousProof" in proof and not found
    ):
        raise ProofInvalid("previousProof names a proof that is not there, or there twice.")
    return found


def signed_bytes(
    document: dict[str, Any], proof: dict[str, Any], earlier: Sequence[dict[str, Any]] = ()
) -> bytes:
    """The 64 bytes that ``proof`` signs (rules 1 and 2) over the document and the ``earlier`` proofs that it names.
    Raises ProofInvalid (rule 3)."""
    require_form(proof)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    if earlier:
        bare["proof"] = list(earlier)
    if "@context" in options:
        if not _begins_with(bare.get("@context"), options["@context"]):
            raise ProofInvalid("The document's contexts do not begin with those of the proof.")
        bare["@context"] = options["@context"]
    try:
        parts = [canonical_bytes(part, numbers=True) for part in (options, bare)]
    except NotCanonical as problem:
        raise ProofInvalid(f"The document has no canonical form: {problem}") from problem
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def signature_of(proof: dict[str, Any]) -> bytes:
    """The 64 bytes of ``proofValue`` (rule 3). Raises ProofInvalid."""
    value = proof.get("proofValue")
    try:
        signature = from_base58btc(value[1:]) if isinstance(value, str) and value[:1] == "z" else b""
    except NotEncoded as problem:
        raise ProofInvalid("proofValue is not base58btc.") from problem
    if len(signature) != 64:
        raise ProofInvalid("proofValue is not 64 bytes in base58btc with the prefix z.")
    return signature


def holds(public: PublicKey, signature: bytes, data: bytes) -> bool:
    """True for an Ed25519 signature over ``data`` (3.3.7); never for a key of another kind."""
    return isinstance(public, Ed25519PublicKey) and verify(public, signature, data)


def require_form(proof: dict[str, Any]) -> None:
    """Rule 3 but for the signature. Raises ProofInvalid."""
    if proof.get("type") != TYPE or proof.get("cryptosuite") != CRYPTOSUITE:
        raise ProofInvalid(f"Not a {TYPE} of {CRYPTOSUITE}.")
    for name in ("verificationMethod", "proofPurpose"):
        if not isinstance(proof.get(name), str):
            raise ProofInvalid(f"{name} is missing or no text.")
    try:
        found = {
            name: moments.read(proof[name], offset=False) for name in ("created", "expires") if name in proof
        }
    except moments.NotAMoment as problem:
        raise ProofInvalid("created or expires is not a moment.") from problem
    if len(found) == 2 and found["expires"] <= found["created"]:
        raise ProofInvalid("The proof expires before it was created.")


def _begins_with(contexts: Any, start: Any) -> bool:
    """True where ``contexts`` begins with every one of ``start``, in order."""
    whole, first = (value if isinstance(value, list) else [value] for value in (contexts, start))
    try:
        return canonical_bytes(whole[: len(first)], numbers=True) == canonical_bytes(first, numbers=True)
    except NotCanonical:
        return False
