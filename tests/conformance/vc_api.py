"""``certificates.vc`` behind the VC-API, so that W3C's official suites can be run against it. For tests alone.

The suites (VC Data Model 2.0, Data Integrity EdDSA, Bitstring Status List) speak HTTP to an implementation's endpoints:

    POST /credentials/issue       {"credential": …, "options": …}              201 {"verifiableCredential": …}
    POST /credentials/issue-jwt   the same, as EnvelopedVerifiableCredential
    POST /credentials/verify      {"verifiableCredential": …, "options": …}    200, or 400 with "errors"
    POST /presentations/prove     {"presentation": …, "options": …}            201 {"verifiablePresentation": …}
    POST /presentations/verify    {"verifiablePresentation": …, "options": …}  200, or 400 with "errors"

``python -m tests.conformance.vc_api --port 40443`` serves them on this machine with a key that is thrown away at the
end, and prints the did:key that is its issuer. In a suite's ``localConfig.cjs`` that did:key is the ``id`` of the
issuer; the tags are ``vc2.0`` and ``eddsa-jcs-2022``, and ``EnvelopingProof`` for issue-jwt.

What it does not do: proofs of other cryptosuites than eddsa-jcs-2022. Where a suite signs with eddsa-rdfc-2022 itself,
as that of the data model does for its presentations, the proof is refused: RDF canonicalisation asks for contexts to be
processed, and this verifier processes none.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, Response, jsonify, request

from certificates import vc
from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse
from certificates.keys.signer import FileSigner
from certificates.statementkind import W3C
from certificates.vc import jose, model, multikey

_Answer = tuple[Response, int]


class Issuer:
    """A did:key issuer whose key nobody keeps."""

    def __init__(self) -> None:
        self.signer = FileSigner(Ed25519PrivateKey.generate())
        self.id = multikey.did_key(self.signer.public)
        self.method = multikey.method_of(self.id)

    def signed(self, document: dict[str, Any], purpose: str, options: dict[str, Any]) -> dict[str, Any]:
        named = {name: options[name] for name in ("domain", "challenge", "expires") if name in options}
        created = options.get("created") or _text(datetime.now(UTC))
        about = {"created": created, "verificationMethod": self.method, "proofPurpose": purpose}
        return vc.add_proof(document, self.signer, about | named)


def create_app(issuer: Issuer | None = None) -> Flask:
    """The application; without ``issuer`` it makes one."""
    app, issuer = Flask(__name__), issuer or Issuer()
    app.config["ISSUER"] = issuer.id
    resolve = vc.resolver()

    @app.errorhandler(NotJson)
    @app.errorhandler(NotCanonical)
    @app.errorhandler(vc.ProofInvalid)
    def unreadable(problem: Exception) -> _Answer:
        return _refused([str(problem)])

    @app.post("/credentials/issue")
    def issue() -> _Answer:
        credential, options = _body("credential")
        found = _issuable(credential, issuer.id)
        if found:
            return _refused(found)
        return _answer({"verifiableCredential": issuer.signed(credential, "assertionMethod", options)}, 201)

    @app.post("/credentials/issue-jwt")
    def issue_jwt() -> _Answer:
        credential, _ = _body("credential")
        found = _issuable(credential, issuer.id)
        if found:
            return _refused(found)
        payload = canonical_bytes(credential, numbers=True)
        text = jose.compact(payload, issuer.signer, issuer=issuer.id, kid=issuer.method)
        made = {"@context": W3C, "type": model.ENVELOPED_CREDENTIAL, "id": f"data:application/vc+jwt,{text}"}
        return _answer({"verifiableCredential": made}, 201)

    @app.post("/credentials/verify")
    def verify_credential() -> _Answer:
        credential, options = _body("verifiableCredential")
        asked = {"resolve": resolve, "at": datetime.now(UTC), "expected": _expected(options)}
        return _verdict(vc.verify_credential(credential, **asked))

    @app.post("/presentations/prove")
    def prove() -> _Answer:
        presentation, options = _body("presentation")
        found = [one.sentence("en") for one in model.presentation(presentation)]
        if found:
            return _refused(found)
        return _answer(
            {"verifiablePresentation": issuer.signed(presentation, "authentication", options)}, 201
        )

    @app.post("/presentations/verify")
    def verify_presentation() -> _Answer:
        presentation, options = _body("verifiablePresentation")
        asked = {"resolve": resolve, "at": datetime.now(UTC), "expected": _expected(options)}
        return _verdict(vc.verify_presentation(presentation, **asked))

    return app


def _body(name: str) -> tuple[Any, dict[str, Any]]:
    """The document and the options of a request, by our own reader: no name twice, no lone surrogate."""
    body = parse(request.get_data(), numbers=True)
    if not isinstance(body, dict) or not isinstance(body.get(name), dict):
        raise NotJson(f"Expected an object with {name}.")
    options = body.get("options")
    return body[name], options if isinstance(options, dict) else {}


def _expected(options: dict[str, Any]) -> vc.Expected:
    return vc.Expected(domain=options.get("domain"), challenge=options.get("challenge"))


def _issuable(credential: dict[str, Any], issuer: str) -> list[str]:
    """Why this credential is not signed here."""
    found = [one.sentence("en") for one in model.credential(credential)]
    named = credential.get("issuer")
    if not found and (named.get("id") if isinstance(named, dict) else named) != issuer:
        found.append(f"issuer: only {issuer} issues here.")
    return found


def _verdict(found: list[vc.Finding]) -> _Answer:
    errors = [{"type": one.kind, "detail": one.sentence("en")} for one in found if not one.warning]
    warnings = [one.sentence("en") for one in found if one.warning]
    return _answer({"verified": not errors, "errors": errors, "warnings": warnings}, 400 if errors else 200)


def _refused(found: list[str]) -> _Answer:
    return _answer({"errors": found}, 400)


def _answer(content: dict[str, Any], status: int) -> _Answer:
    return jsonify(content), status


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description="VC-API over certificates.vc, with a key that is thrown away."
    )
    parser.add_argument("--port", type=int, default=40443)
    port = parser.parse_args().port
    app = create_app()
    print(f"issuer {app.config['ISSUER']} at http://127.0.0.1:{port}")
    app.run(host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
