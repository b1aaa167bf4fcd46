"""The credential of a label: one payload in three signed forms, all of it following from statement and envelope."""

import copy
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey
from joserfc.registry import HeaderParameter
from labelmaking import BASE, CODE, ENVELOPE, ISSUED, NUMBER, changed, keyset, statement

from certificates import credential
from certificates.canonical import canonical_bytes, parse
from certificates.credential import CredentialUnreadable, Envelope, EnvelopeInvalid, Place, decode
from certificates.encoding import base64url, from_base64url
from certificates.keys.keyset import NoActiveKey, generate_keyset
from certificates.keys.signer import verify
from certificates.keys.trust import public_jwk
from certificates.statement import StatementInvalid

ADDRESS = f"{BASE}/v/{NUMBER}?c={CODE}"
ISSUER = "did:web:labels.example.org"


def issue(made=None, envelope=ENVELOPE, keys=None):
    return credential.issue(made or statement(), keys or keyset(), envelope)


@pytest.fixture(scope="module")
def es256():
    name = {"zh": "演示零碳服务机构", "en": "Demo Zero-Carbon Institution"}
    start, end = ISSUED - timedelta(days=1), ISSUED + timedelta(days=1)
    return generate_keyset(ISSUER, name, start, end, label_algorithm="ES256")


@pytest.fixture(scope="module")
def forms():
    """The three forms of one label, decoded."""
    made = statement()
    documents = (
        credential.issue_document(made, keyset(), ENVELOPE),
        credential.issue_untp(made, keyset(), ENVELOPE),
    )
    return [decode(issue(made)), *(decode(document) for document in documents)]


def test_what_a_label_says_in_the_words_of_others():
    made = decode(issue()).payload
    assert made["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://vocabulary.uncefact.org/untp/0.7.0/context/",
        f"{BASE}/contexts/tanbiao-2.jsonld",
    ]
    assert made["type"] == ["DigitalConformityCredential", "VerifiableCredential", "CarbonFootprintLabel"]
    assert made["id"] == ADDRESS == credential.address(statement(), ENVELOPE)
    assert made["issuer"]["id"] == ISSUER
    assert (made["validFrom"], made["validUntil"]) == ("2026-11-22T08:00:00Z", "2028-11-21T08:00:00Z")
    assert made["credentialSubject"]["statement"] == statement()
    assert [entry["statusPurpose"] for entry in made["credentialStatus"]] == [
        *("suspension", "revocation", "refresh")
    ]
    assert made["credentialStatus"][1] == {
        "id": f"{BASE}/status/1/revocation#77",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "77",
        "statusListCredential": f"{BASE}/status/1/revocation",
    }


def test_another_implementation_verifies_the_jwt_and_its_payload_is_canonical(es256):
    registry = jws.JWSRegistry({"iss": HeaderParameter("Issuer", "str")}, algorithms=["Ed25519", "ES256"])
    for keys, kind in ((keyset(), OKPKey), (es256, ECKey)):
        key = keys.active("label", ISSUED)
        text = issue(keys=keys)
        result = jws.deserialize_compact(text, kind.import_key(public_jwk(key.public)), registry=registry)
        assert result.headers() == {"alg": key.algorithm, "typ": "vc+jwt", "kid": key.kid, "iss": ISSUER}
        assert result.payload == credential.payload_bytes(statement(), ENVELOPE)
        assert canonical_bytes(parse(result.payload, numbers=True), numbers=True) == result.payload


def test_the_three_forms_hold_one_payload_and_each_is_signed(forms):
    assert [one.form for one in forms] == ["jwt", "data-integrity", "untp"]
    assert len({one.leaf_bytes for one in forms}) == 1
    assert len({one.signed for one in forms}) == 3
    public = keyset().active("label", ISSUED).public
    for one in forms:
        assert one.statement == statement() and one.envelope == ENVELOPE
        assert one.leaf_bytes == credential.payload_bytes(statement(), ENVELOPE)
        assert credential.envelope_problem(one) == ""
        assert (one.kid, one.algorithm) == (f"{ISSUER}#label-1", "Ed25519")
        assert verify(public, one.signature, one.signed)
        assert not verify(public, one.signature, one.signed + b" ")


def test_issuing_is_deterministic_with_ed25519():
    assert issue() == issue()
    documents = [credential.issue_untp(statement(), keyset(), ENVELOPE) for _ in range(2)]
    assert documents[0] == documents[1]


def test_an_es256_key_makes_no_data_integrity_form(es256):
    for make in (credential.issue_document, credential.issue_untp):
        with pytest.raises(credential.NotForDataIntegrity):
            make(statement(), es256, ENVELOPE)


def test_the_accreditation_of_the_keys_is_said_where_it_was_in_force():
    from dataclasses import replace

    from certificates.keys.trust import Accreditation

    scope = (("en", "carbon footprints"), ("zh", "碳足迹"))
    for days, said in ((1, ("CNAS", "CNAS V000")), (-1, None)):
        until = ISSUED + timedelta(days=days)
        given_ = Accreditation("CNAS", "CNAS V000", scope, ISSUED - timedelta(days=9), until)
        keys = replace(keyset(), accreditation=given_)
        decoded = decode(issue(keys=keys))
        assert decoded.envelope is not None and decoded.envelope.accreditation == said
        assert credential.envelope_problem(decoded) == ""
        subject = decoded.payload["credentialSubject"]
        assert subject["assessmentLevel"] == ("authority-benchmark" if said else "no-endorsement")
        again = decode(credential.issue_untp(statement(), keyset(), decoded.envelope))
        assert again.leaf_bytes == decoded.leaf_bytes


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: issue(changed(("footprint", "total"), "1")), StatementInvalid),
        (lambda: issue(changed(("issuer", "id"), "did:web:other.example.org")), credential.WrongIssuer),
        (lambda: issue(changed(("issuedAt",), "2027-12-01T00:00:00Z")), NoActiveKey),
        (lambda: issue(envelope=Envelope(BASE, "", Place(1, 77))), EnvelopeInvalid),
        (lambda: issue(changed(("product", "gtin"), "06901234567893")), StatementInvalid),
    ],
    ids=["sums", "issuer", "no key then", "no check code", "check digit of the GTIN"],
)
def test_not_issued(call, error):
    with pytest.raises(error):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: Place(0, 1),
        lambda: Place(1, -1),
        lambda: Place(1, 131_072),
        lambda: Envelope("labels.example.org", CODE, Place(1, 1)),
        lambda: Envelope("javascript:alert(1)", CODE, Place(1, 1)),
        lambda: Envelope("https://labels.example.org/", CODE, Place(1, 1)),
        lambda: Envelope("https://labels.example.org?x=1", CODE, Place(1, 1)),
        lambda: Envelope("https://labels.example.org/../v", CODE, Place(1, 1)),
        lambda: Envelope("https://user@labels.example.org", CODE, Place(1, 1)),
        lambda: Envelope("https://标签.example.org", CODE, Place(1, 1)),
        lambda: Envelope(BASE, "7k2m9qxa", Place(1, 1)),
        lambda: Envelope(BASE, "7K2M9QXU", Place(1, 1)),
        lambda: Envelope(BASE, "7K2M", Place(1, 1)),
        lambda: Envelope(BASE, CODE, Place(1, 1), ("CNAS", "")),
    ],
)
def test_no_envelope(call):
    with pytest.raises(EnvelopeInvalid):
        call()


@settings(max_examples=60, deadline=None)
@given(
    host=st.sampled_from(["https://labels.example.org", "http://127.0.0.1:8000", "https://[::1]/a", BASE]),
    code=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8),
    list_=st.integers(1, 10**9 - 1),
    index=st.integers(0, 131_071),
    accreditation=st.none() | st.tuples(st.text("CNAS碳 /", min_size=1), st.text("V0 /:", min_size=1)),
)
def test_every_envelope_is_read_back_out_of_its_credential(host, code, list_, index, accreditation):
    envelope = Envelope(host, code, Place(list_, index), accreditation)
    document = credential.issue_document(statement(), keyset(), envelope)
    decoded = decode(document)
    assert decoded.envelope == envelope and credential.envelope_problem(decoded) == ""


def rewritten(change):
    """The payload with one change, as a jwt nobody verified."""
    made = copy.deepcopy(decode(issue()).payload)
    change(made)
    head = issue().split(".")[0]
    return decode(f"{head}.{base64url(canonical_bytes(made, numbers=True))}.AA")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda made: made["@context"].append("https://example.org/more"), "@context"),
        (lambda made: made["@context"].__setitem__(2, "https://evil.example/contexts/tanbiao-2.jsonld"), "@context"),
        (lambda made: made["type"].pop(), "type"),
        (lambda made: made.__setitem__("id", f"{BASE}/v/TB-2026-0000002-J?c={CODE}"), "id"),
        (lambda made: made.__setitem__("name", "Best in class"), "name"),
        (lambda made: made["issuer"].__setitem__("name", "Other"), "issuer"),
        (lambda made: made.__setitem__("validUntil", "2099-01-01T00:00:00Z"), "validUntil"),
        (lambda made: made["credentialStatus"].pop(), "credentialStatus"),
        (lambda made: made["credentialStatus"][2].__setitem__("statusListIndex", "78"), "credentialStatus"),
        (lambda made: made["credentialSubject"].__setitem__("attestationType", "certification"), "credentialSubject"),
        (lambda made: made["credentialSubject"]["conformityAssessment"][0]["assessedPerformance"][0]["measure"]
            .__setitem__("value", 1.2), "credentialSubject"),
        (lambda made: made.__setitem__("evidence", []), "evidence"),
        (lambda made: made.pop("name"), "name"),
        (lambda made: made.pop("credentialStatus"), "credential"),
        (lambda made: made.__setitem__("id", f"{BASE}/v/{NUMBER}"), "id"),
        (lambda made: made.__setitem__("id", f"{BASE}/v/{NUMBER}?c=7k2m9qxa"), "credential"),
        (lambda made: made["credentialSubject"].pop("statement"), "credential"),
        (lambda made: made.__setitem__("credentialSubject", []), "credential"),
        (lambda made: made["credentialStatus"].__setitem__(0, 5), "credential"),
        (lambda made: made["credentialStatus"][0].__setitem__("statusListIndex", "131072"), "credential"),
    ],
)  # fmt: skip
def test_whatever_does_not_follow_from_the_statement_is_found(change, where):
    assert credential.envelope_problem(rewritten(change)) == where


def jwt(payload, head=None):
    return f"{head or issue().split('.')[0]}.{base64url(payload)}.AA"


@pytest.mark.parametrize(
    "compact",
    [
        "",
        "a.b",
        "a.b.c.d",
        "e30.e30.=",
        jwt(b'{"a": 1}'),
        jwt(b'{"b":1,"a":1}'),
        jwt(b'{"a":1,"a":1}'),
        jwt(b'{"a":1.0}'),
        jwt(b'{"a":1e400}'),
        jwt(b"[]"),
        jwt(b"{}", base64url(b"[]")),
        jwt(b"{}", base64url(b'{"a": 1}')),
        jwt(b"{}", base64url(b'{"typ":"vc+jwt","alg":"Ed25519"}')),
        jwt(b'{"credentialStatus":{}}'),
        jwt(b'{"proof":{}}'),
        "e30.e30." + "A" * 170_000,
        "é.e30.AA",
    ],
)
def test_no_jwt_of_ours(compact):
    with pytest.raises(CredentialUnreadable):
        decode(compact)


def without(name):
    return lambda made: made["proof"].pop(name)


def with_(name, value):
    return lambda made: made["proof"].__setitem__(name, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.pop("proof"),
        lambda made: made.__setitem__("proof", []),
        lambda made: made.__setitem__("proof", [made["proof"]]),
        without("created"),
        without("@context"),
        with_("id", "urn:uuid:1"),
        with_("expires", "2030-01-01T00:00:00Z"),
        with_("type", "Ed25519Signature2020"),
        with_("cryptosuite", "eddsa-rdfc-2022"),
        with_("proofPurpose", "authentication"),
        with_("created", "2026-11-23T08:00:00Z"),
        with_("created", "yesterday"),
        with_("verificationMethod", 5),
        with_("verificationMethod", f"{ISSUER}#label-1"),
        with_("proofValue", "uAAAA"),
        with_("proofValue", "z0"),
        with_("proofValue", "z" + "1" * 63),
        with_("proofValue", None),
        with_("@context", ["https://www.w3.org/ns/credentials/v2"]),
        lambda made: made["credentialSubject"].__setitem__("more", float("inf")),
    ],
)
def test_no_data_integrity_form_of_ours(change):
    for make in (credential.issue_document, credential.issue_untp):
        made = copy.deepcopy(make(statement(), keyset(), ENVELOPE))
        change(made)
        with pytest.raises(CredentialUnreadable):
            decode(made)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.__setitem__("statusListIndex", "77"),
        lambda entry: entry.__setitem__("statusListIndex", True),
        lambda entry: entry.__setitem__("statusListIndex", -1),
        lambda entry: entry.__setitem__("statusListIndex", 77.5),
        lambda entry: entry.__setitem__("statusPurpose", "revocation"),
        lambda entry: entry.__setitem__("statusListCredential", f"{BASE}/status/1/revocation"),
        lambda entry: entry.__setitem__("id", f"{BASE}/status/1/suspension#78"),
        lambda entry: entry.__setitem__("more", 1),
        lambda entry: entry.pop("id"),
    ],
)
def test_no_status_entry_of_the_untp_profile(change):
    made = copy.deepcopy(credential.issue_untp(statement(), keyset(), ENVELOPE))
    change(made["credentialStatus"])
    with pytest.raises(CredentialUnreadable):
        decode(made)


def test_a_changed_word_breaks_the_signature_of_every_form(forms):
    public = keyset().active("label", ISSUED).public
    for make in (credential.issue_document, credential.issue_untp):
        made = copy.deepcopy(make(statement(), keyset(), ENVELOPE))
        made["credentialSubject"]["statement"]["footprint"]["total"] = "1.23"
        decoded = decode(made)
        assert not verify(public, decoded.signature, decoded.signed)


def test_the_only_numbers_are_the_measures_of_untp():
    payload = parse(from_base64url(issue().split(".")[1]), numbers=True)

    def numbers(value, path=()):
        if isinstance(value, dict):
            return [found for name, item in value.items() for found in numbers(item, (*path, name))]
        if isinstance(value, list):
            return [found for item in value for found in numbers(item, path)]
        return [path] if isinstance(value, (int, float)) and not isinstance(value, bool) else []

    found = numbers(payload)
    assert found and {path[-2:] for path in found} == {("measure", "value")}


def test_others_verify_our_forms_with_nothing_but_the_did_document():
    """vc-di-eddsa 1.0, 2.1: what a proof names is a Multikey; a JWT names the JsonWebKey of the same key."""
    from certificates import vc

    document = keyset().did_document()
    forms = {method["id"]: method["type"] for method in document["verificationMethod"]}
    for make in (credential.issue_document, credential.issue_untp):
        made = make(statement(), keyset(), ENVELOPE)
        assert forms[made["proof"]["verificationMethod"]] == "Multikey"
        method = vc.resolver(document)(made["proof"]["verificationMethod"])
        data = vc.dataintegrity.signed_bytes(made, made["proof"])
        assert vc.dataintegrity.holds(method.public, vc.dataintegrity.signature_of(made["proof"]), data)
    made = credential.issue_document(statement(), keyset(), ENVELOPE)
    for one in (made, credential.issue(statement(), keyset(), ENVELOPE)):
        assert vc.verify_credential(one, resolve=vc.resolver(document), at=ISSUED) == []


def test_a_label_of_version_2_stays_readable_for_ever(vectors):
    """Frozen from its first day: statement and envelope give these bytes, and these signatures are over them."""
    from certificates.canonical import sha256_hex
    from certificates.untp import profile
    from certificates.vc import dataintegrity

    vector = vectors("label-2.json")
    where = vector["envelope"]
    envelope = Envelope(where["base"], where["code"], Place(where["list"], where["index"]))
    payload = credential.payload(vector["statement"], envelope)
    assert sha256_hex(payload, numbers=True) == vector["leaf_sha256"]
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["secret"])).public_key()
    proof = {
        "type": dataintegrity.TYPE,
        "cryptosuite": dataintegrity.CRYPTOSUITE,
        "created": vector["statement"]["issuedAt"],
        "verificationMethod": f"{vector['kid']}-multikey",
        "proofPurpose": "assertionMethod",
        "@context": payload["@context"],
    }
    documents = [
        document | {"proof": proof | {"proofValue": vector[value]}}
        for document, value in (
            (payload, "data_integrity_proof_value"),
            (profile.profiled(payload), "untp_proof_value"),
        )
    ]
    for one in (vector["compact"], *documents):
        decoded = decode(one)
        assert (decoded.statement, decoded.envelope, decoded.kid) == (
            vector["statement"],
            envelope,
            vector["kid"],
        )
        assert credential.envelope_problem(decoded) == ""
        assert verify(public, decoded.signature, decoded.signed)
