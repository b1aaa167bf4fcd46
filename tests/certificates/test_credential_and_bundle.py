import json

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from joserfc.registry import HeaderParameter
from labelmaking import ADDRESS, ISSUED, UNTIL, changed, keyset, label, logged, statement

from certificates import bundle, credential
from certificates.canonical import canonical_bytes, parse
from certificates.encoding import base64url, from_base64url
from certificates.statement import StatementInvalid


def issue(made=None, issued=ISSUED, until=UNTIL, **more):
    return credential.issue(made or statement(), keyset(), issued, until, identifier=ADDRESS, **more)


def test_joserfc_verifies_it_and_the_payload_is_canonical():
    registry = jws.JWSRegistry({"iss": HeaderParameter("Issuer", "str")}, algorithms=["Ed25519"])
    key = OKPKey.import_key(keyset().trust()["issuers"][0]["keys"][0]["jwk"])
    result = jws.deserialize_compact(issue(), key, registry=registry)
    assert result.headers() == {
        "alg": "Ed25519",
        "typ": "vc+jwt",
        "kid": "did:web:labels.example.org#label-1",
        "iss": "did:web:labels.example.org",
    }
    payload = parse(result.payload)
    assert canonical_bytes(payload) == result.payload
    assert payload["@context"] == ["https://www.w3.org/ns/credentials/v2", {"@vocab": "urn:tanbiao:label:1#"}]
    assert payload["type"] == ["VerifiableCredential", "CarbonFootprintLabel"]
    assert payload["id"] == ADDRESS and payload["issuer"] == statement()["issuer"]
    assert payload["credentialSubject"] == statement()


def test_issuing_is_deterministic():
    assert issue() == issue()


def test_subject_id_is_beside_the_statement():
    decoded = credential.decode(issue(subject="urn:uuid:8f1f2f3e-0000-4000-8000-000000000000"))
    assert decoded.statement == statement()
    assert decoded.payload["credentialSubject"]["id"].startswith("urn:uuid:")
    assert credential.envelope_problem(decoded.payload) == ""


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: issue(changed(("footprint", "total"), "1")), StatementInvalid),
        (lambda: issue(changed(("issuer", "id"), "did:web:other.example.org")), credential.WrongIssuer),
        (lambda: issue(issued=UNTIL), credential.WrongIssuer),
        (lambda: issue(until=ISSUED), credential.WrongIssuer),
        (lambda: issue(subject="javascript:alert(1)"), ValueError),
        (
            lambda: issue(
                changed(("issuedAt",), "2028-01-01T00:00:00Z"),
                issued=UNTIL.replace(year=2028, month=1, day=1, hour=0),
            ),
            credential.WrongIssuer,
        ),
    ],
)
def test_not_issued(call, error):
    with pytest.raises(error):
        call()


def parts(compact):
    return compact.split(".")


@pytest.mark.parametrize(
    "compact",
    [
        "",
        "a.b",
        "a.b.c.d",
        ".".join(["e30", "e30", ""]) + "=",
        parts(label().compact)[0] + "." + base64url(b'{"a": 1}') + ".AA",
        parts(label().compact)[0] + "." + base64url(b'{"b":1,"a":1}') + ".AA",
        parts(label().compact)[0] + "." + base64url(b'{"a":1,"a":1}') + ".AA",
        parts(label().compact)[0] + "." + base64url(b"[]") + ".AA",
        base64url(b"[]") + "." + base64url(b"{}") + ".AA",
        base64url(b"{}") + "." + base64url(b"{}") + ".AB",
        "e30.e30." + "A" * 170_000,
        "é.e30.AA",
    ],
)
def test_not_decoded(compact):
    with pytest.raises(credential.CredentialUnreadable):
        credential.decode(compact)


def test_bundle_round_trip():
    compact, proof = bundle.unpack(parse(label().bundle))
    assert compact == label().compact and proof.as_dict() == label().proof
    assert bundle.pack(compact, proof.as_dict()) == label().bundle
    assert set(json.loads(label().bundle)) == {"type", "credential", "proof"}


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("", "type", "tanbiao-bundle/2"),
        ("", "more", 1),
        ("", "credential", 5),
        ("", "credential", "a.b"),
        ("", "proof", None),
        ("", "proof", []),
        ("proof", "more", 1),
        ("proof", "leaf_index", "6"),
        ("proof", "leaf_index", True),
        ("proof", "leaf_index", 13),
        ("proof", "leaf_index", -1),
        ("proof", "tree_size", 0),
        ("proof", "hashes", "x"),
        ("proof", "hashes", ["AA=="]),
        ("proof", "hashes", [5]),
        ("proof", "hashes", ["é"]),
        ("proof", "hashes", [label().proof["hashes"][0]] * 65),
        ("proof", "checkpoint", 5),
    ],
)
def test_bundles_refused(where, name, value):
    data = json.loads(label().bundle)
    (data[where] if where else data)[name] = value
    with pytest.raises(bundle.NotABundle):
        bundle.unpack(data)


def test_only_good_parts_are_packed():
    with pytest.raises(bundle.NotABundle):
        bundle.pack("no", logged("no", keyset()))
    with pytest.raises(bundle.NotABundle):
        bundle.pack(label().compact, {})


def test_payload_has_no_number_that_could_be_rounded():
    assert b"." in from_base64url(parts(label().compact)[1])
    json.loads(from_base64url(parts(label().compact)[1]), parse_float=pytest.fail, parse_int=pytest.fail)
