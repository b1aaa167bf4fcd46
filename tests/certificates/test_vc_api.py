"""The adapter by which W3C's official suites are run against ``certificates.vc``, through Flask's test client."""

import pytest

from tests.conformance.vc_api import create_app

W3C = "https://www.w3.org/ns/credentials/v2"


@pytest.fixture(scope="module")
def app():
    return create_app()


@pytest.fixture
def post(app):
    client = app.test_client()

    def send(path, **body):
        answer = client.post(path, json=body)
        return answer.status_code, answer.get_json()

    return send


def credential(app, **changes):
    made = {"@context": [W3C], "type": ["VerifiableCredential"], "issuer": app.config["ISSUER"]}
    return made | {"credentialSubject": {"id": "did:example:subject"}} | changes


def test_what_it_issues_it_verifies(app, post):
    for path in ("/credentials/issue", "/credentials/issue-jwt"):
        status, answer = post(path, credential=credential(app), options={})
        made = answer["verifiableCredential"]
        assert status == 201
        assert post("/credentials/verify", verifiableCredential=made, options={"checks": ["proof"]}) == (
            200,
            {"verified": True, "errors": [], "warnings": []},
        )


def test_the_proof_is_as_the_suite_of_the_cryptosuite_wants_it(app, post):
    _, answer = post("/credentials/issue", credential=credential(app))
    proof = answer["verifiableCredential"]["proof"]
    assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", "eddsa-jcs-2022")
    assert proof["proofPurpose"] == "assertionMethod" and proof["proofValue"].startswith("z")
    assert proof["verificationMethod"].startswith(app.config["ISSUER"] + "#z6Mk")


def test_a_changed_credential_is_refused_with_an_error_type(app, post):
    _, answer = post("/credentials/issue", credential=credential(app))
    made = answer["verifiableCredential"] | {"name": "added"}
    status, answer = post("/credentials/verify", verifiableCredential=made)
    assert status == 400 and not answer["verified"]
    assert [one["type"] for one in answer["errors"]] == ["CRYPTOGRAPHIC_SECURITY_ERROR"]


def test_an_expired_credential_verifies_with_a_warning(app, post):
    dated = credential(app, validFrom="2020-01-01T00:00:00Z", validUntil="2021-01-01T00:00:00Z")
    _, answer = post("/credentials/issue", credential=dated)
    status, answer = post("/credentials/verify", verifiableCredential=answer["verifiableCredential"])
    assert status == 200 and len(answer["warnings"]) == 1


@pytest.mark.parametrize(
    "changes",
    [{"type": []}, {"issuer": None}, {"issuer": "did:example:other"}, {"credentialSubject": {}}, {"@context": []},
     {"proof": 5}],
)  # fmt: skip
def test_what_is_no_credential_is_not_issued(app, post, changes):
    for path in ("/credentials/issue", "/credentials/issue-jwt"):
        status, answer = post(path, credential=credential(app, **changes))
        assert status == 400 and answer["errors"]


def test_presentations(app, post):
    _, answer = post("/credentials/issue", credential=credential(app))
    made = {"@context": [W3C], "type": ["VerifiablePresentation"], "holder": app.config["ISSUER"]}
    made["verifiableCredential"] = [answer["verifiableCredential"], credential(app)]
    options = {"domain": "verifier.example", "challenge": "99612b24"}
    status, answer = post("/presentations/prove", presentation=made, options=options)
    assert status == 201
    signed = answer["verifiablePresentation"]
    assert post("/presentations/verify", verifiablePresentation=signed, options=options)[0] == 200
    other = options | {"challenge": "other"}
    status, answer = post("/presentations/verify", verifiablePresentation=signed, options=other)
    assert status == 400 and answer["errors"][0]["type"] == "INVALID_CHALLENGE_ERROR"
    assert post("/presentations/verify", verifiablePresentation=made)[0] == 400
    assert post("/presentations/prove", presentation={"type": ["VerifiableCredential"]})[0] == 400


@pytest.mark.parametrize(
    "data", [b"", b"no json", b"[]", b'{"credential": 5}', b'{"credential": {}, "credential": {}}']
)
def test_requests_that_are_none(app, data):
    for path in ("/credentials/issue", "/credentials/verify", "/presentations/verify"):
        assert app.test_client().post(path, data=data).status_code == 400
