"""Verifiable Credentials of the world: W3C data model 2.0, secured by Data Integrity or as a JWT, checked offline.

contexts       which contexts are known here, and what a type means under them
dataintegrity  the cryptosuite eddsa-jcs-2022: one proof, several, chains
enveloped      credentials and presentations inside a JWT
findings       what is wrong with a document, as values with sentences in both languages
jose           a credential as vc+jwt
methods        verification methods: did:key, and DID documents at hand
model          the data model: what a credential or presentation must and may hold
moments        xsd:dateTimeStamp
multikey       public keys as text
resources      files that a credential rests on, by digest
verifying      credentials and presentations as a whole

What a program needs stands here:

- ``verify_credential(document, *, resolve, at)``: everything wrong with a credential, parsed JSON or compact text.
- ``verify_presentation(document, *, resolve, at)``: the same for a presentation and all in it.
- ``Expected(domain, challenge, contexts, resources)``: what the caller expects of either, beyond the form.
- ``add_proof(document, signer, options)``: a copy of a document with one more proof.
- ``resolver(*documents)``: verification methods by did:key and of these DID documents; nothing is ever fetched.

No finding means: the form is right, the signature holds, and the key is its issuer's. Whether the issuer deserves trust
is nobody's to say here; our own labels are verified by ``certificates.verify`` against a pinned trust file instead.
"""

from certificates.vc.dataintegrity import ProofInvalid, add_proof
from certificates.vc.findings import Finding
from certificates.vc.methods import Method, resolver
from certificates.vc.verifying import Expected, verify_credential, verify_presentation

__all__ = [
    "Expected",
    "Finding",
    "Method",
    "ProofInvalid",
    "add_proof",
    "resolver",
    "verify_credential",
    "verify_presentation",
]
