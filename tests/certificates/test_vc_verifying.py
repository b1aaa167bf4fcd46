"""Credentials and presentations as a whole: right ones, and one row for each way to be wrong."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import ENVELOPE, ISSUED, keyset, statement

from certificates import credential as labels
from certificates import vc
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url
from certificates.keys.signer import FileSigner
from certificates.vc import jose, multikey

W3C = "https://www.w3.org/ns/credentials/v2"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ALICE, BOB = (FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (1, 2))
CAROL = FileSigner(ec.derive_private_key(7, ec.SECP256R1()))


def did(signer):
    return multikey.did_key(signer.public)


def options(signer=ALICE, **more):
    base = {"created": "2026-11-22T07:00:00Z", "proofPurpose": "assertionMethod"}
    return base | {"verificationMethod": multikey.method_of(did(signer))} | more


def unsigned(signer=ALICE, **changes):
    made = {"@context": [W3C], "type": ["VerifiableCredential"], "issuer": did(signer)}
    return made | {"credentialSubject": {"id": "urn:example:1", "value": 1.5}} | changes


def credential(signer=ALICE, *, proof=None, **changes):
    return vc.add_proof(unsigned(signer, **changes), signer, options(signer, **(proof or {})))


def presentation(*inside, signer=ALICE, holder=..., proof=None):
    made = {"@context": [W3C], "type": ["VerifiablePresentation"], "verifiableCredential": list(inside)}
    if holder is not None:
        made["holder"] = did(signer) if holder is ... else holder
    return vc.add_proof(made, signer, options(signer, **({"proofPurpose": "authentication"} | (proof or {}))))


def codes(document, at=NOW, resolve=None, **expected):
    found = vc.verify_credential(
        document, resolve=resolve or vc.resolver(), at=at, expected=vc.Expected(**expected)
    )
    return [one.code for one in found]


def shown(document, **expected):
    found = vc.verify_presentation(document, resolve=vc.resolver(), at=NOW, expected=vc.Expected(**expected))
    return [(one.where, one.code) for one in found]


def jwt(signer=ALICE, *, payload=None, header=None):
    text = canonical_bytes(unsigned(signer) if payload is None else payload, numbers=True)
    head = {"alg": signer.algorithm, "typ": "vc+jwt", "kid": multikey.method_of(did(signer))} | (header or {})
    signed = f"{base64url(json.dumps(head).encode())}.{base64url(text)}"
    return f"{signed}.{base64url(signer.sign(signed.encode()))}"


def enveloped(text, kind="Credential", **changes):
    media_type = "vc+jwt" if kind == "Credential" else "vp+jwt"
    made = {
        "@context": W3C,
        "type": f"EnvelopedVerifiable{kind}",
        "id": f"data:application/{media_type},{text}",
    }
    return made | changes


def test_a_credential_holds():
    assert codes(credential()) == []
    assert codes(credential(issuer={"id": did(ALICE), "name": "Alice"})) == []
    assert codes(credential(proof={"created": "2026-11-22T07:00:00"})) == []


def test_the_forms_of_a_label_hold_for_anybody_but_for_the_index_of_untp():
    resolve = vc.resolver(keyset().did_document())
    made = statement()
    assert codes(labels.issue(made, keyset(), ENVELOPE), ISSUED, resolve) == []
    assert codes(labels.issue_document(made, keyset(), ENVELOPE), ISSUED, resolve) == []
    assert codes(labels.issue_untp(made, keyset(), ENVELOPE), ISSUED, resolve) == ["status-entry"]
    late, early = ISSUED + timedelta(days=1000), ISSUED - timedelta(minutes=1)
    assert codes(labels.issue(made, keyset(), ENVELOPE), late, resolve)[-1] == "expired"
    assert codes(labels.issue_document(made, keyset(), ENVELOPE), early, resolve) == ["not-yet-valid"]


def test_warnings_are_about_the_time_asked_about():
    made = credential(validFrom="2027-01-01T00:00:00Z", validUntil="2028-01-01T00:00:00Z")
    for at, code in ((NOW, "not-yet-valid"), (NOW + timedelta(days=900), "expired")):
        found = vc.verify_credential(made, resolve=vc.resolver(), at=at)
        assert [(one.code, one.warning) for one in found] == [(code, True)]
    assert codes(made, datetime(2027, 6, 1, tzinfo=UTC)) == []


def proven(change):
    made = copy.deepcopy(credential())
    change(made["proof"])
    return made


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (5, ["not-an-object"]),
        (None, ["not-an-object"]),
        ([credential()], ["not-an-object"]),
        ({"a": float("nan")}, ["too-deep"]),
        (unsigned(), ["proof-missing"]),
        (unsigned(proof=None), ["not-an-object", "proof-form"]),
        (unsigned(proof=[]), ["proof-form"]),
        (credential(issuer=did(BOB)), ["method-not-issuers"]),
        (credential(proof={"proofPurpose": "authentication"}), ["proof-purpose"]),
        (credential(proof={"proofPurpose": "keyAgreement"}), ["proof-purpose"]),
        (credential(proof={"expires": "2026-11-22T08:00:00Z"}), ["proof-expired"]),
        (credential(proof={"created": "2026-11-22T08:06:00Z"}), ["proof-in-future"]),
        (credential(proof={"verificationMethod": "did:web:x.example#1"}), ["method-unknown"]),
        (
            credential(proof={"verificationMethod": multikey.method_of(did(BOB))}),
            ["method-not-issuers", "signature"],
        ),
        (
            credential(proof={"verificationMethod": multikey.method_of(did(CAROL))}),
            ["method-not-issuers", "signature"],
        ),
        (credential() | {"name": "added"}, ["signature"]),
        (credential() | {"@context": [W3C, {"x": "https://x.example/#x"}]}, []),
        (proven(lambda proof: proof.pop("proofValue")), ["proof-form"]),
        (proven(lambda proof: proof.pop("verificationMethod")), ["proof-form"]),
        (proven(lambda proof: proof.pop("proofPurpose")), ["proof-form"]),
        (proven(lambda proof: proof.pop("created")), ["signature"]),
        (proven(lambda proof: proof.pop("@context")), ["signature"]),
        (proven(lambda proof: proof.__setitem__("created", "2026-11-22T07:00:01Z")), ["signature"]),
        (proven(lambda proof: proof.__setitem__("proofValue", "z" + "2" * 86)), ["proof-form"]),
        (proven(lambda proof: proof.__setitem__("previousProof", "urn:x:1")), ["proof-chain"]),
        (proven(lambda proof: proof.__setitem__("cryptosuite", "eddsa-rdfc-2022")), ["proof-form"]),
        (proven(lambda proof: proof.update(type="UnknownProofType")), ["type-unmapped", "proof-form"]),
    ],
)
def test_one_row_a_way_to_be_wrong(document, found):
    assert codes(document) == found


def test_domain_and_challenge_are_compared_where_they_are_asked_for():
    made = credential(proof={"domain": ["a.example", "b.example"], "challenge": "1"})
    assert codes(made) == codes(made, domain=["b.example", "a.example"], challenge="1") == []
    assert codes(made, domain="a.example") == ["proof-domain"]
    assert codes(made, challenge="2") == ["proof-challenge"]
    assert codes(credential(), domain="a.example", challenge="1") == ["proof-domain", "proof-challenge"]
    assert codes(credential(proof={"domain": 5}), domain="5") == ["proof-domain"]


def test_sets_and_chains():
    first = credential(proof={"id": "urn:x:1"})
    pair = vc.add_proof(first, ALICE, options(id="urn:x:2"))
    chain = vc.add_proof(pair, ALICE, options(previousProof=["urn:x:1", "urn:x:2"], id="urn:x:3"))
    longer = vc.add_proof(chain, ALICE, options(previousProof="urn:x:3"))
    for made in (first, pair, chain, longer):
        assert codes(made) == []
    broken = copy.deepcopy(longer)
    broken["proof"][0]["proofValue"] = broken["proof"][1]["proofValue"]
    assert codes(broken) == ["signature", "signature"]  # its own, and that of the proof that names it
    for missing in (0, 2):
        shorter = copy.deepcopy(longer)
        shorter["proof"].pop(missing)
        assert "proof-chain" in codes(shorter)


def test_a_chain_that_leads_back_to_itself_is_refused():
    proof = credential()["proof"]
    circle = [proof | {"id": f"urn:x:{n}", "previousProof": f"urn:x:{(n + 1) % 3}"} for n in range(3)]
    assert codes(unsigned(proof=circle)) == ["proof-chain"]
    assert codes(unsigned(proof=[proof | {"id": "urn:x:1", "previousProof": "urn:x:1"}])) == ["proof-chain"]


def test_jwts_of_others():
    assert codes(jwt()) == codes(jwt(CAROL)) == codes(enveloped(jwt())) == []
    assert codes(jwt(header={"alg": "EdDSA"})) == []  # its name before RFC 9864
    assert codes(jwt(header={"kid": f"#{multikey.encode(ALICE.public)}", "iss": did(ALICE)})) == []
    spelled = json.dumps(unsigned(), indent=1).encode()
    head = base64url(json.dumps({"alg": "Ed25519", "kid": multikey.method_of(did(ALICE))}).encode())
    signed = f"{head}.{base64url(spelled)}"
    assert codes(f"{signed}.{base64url(ALICE.sign(signed.encode()))}") == []


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("no.jwt", ["jwt-form"]),
        (jwt(header={"alg": "none"}), ["jwt-header"]),
        (jwt(header={"alg": "HS256"}), ["jwt-header"]),
        (jwt(header={"alg": "ES256"}), ["jwt-header"]),
        (jwt(header={"typ": "JWT"}), ["jwt-header"]),
        (jwt(header={"crit": ["b64"]}), ["jwt-header"]),
        (jwt(header={"iss": did(BOB)}), ["jwt-issuer"]),
        (jwt(payload=unsigned() | {"iss": "did:x:1"}), ["jwt-issuer"]),
        (jwt(payload=unsigned(BOB)), ["method-not-issuers"]),
        (jwt(header={"kid": "did:web:x.example#1"}), ["method-unknown"]),
        (jwt(header={"kid": 5}), ["method-unknown"]),
        (jwt(header={"kid": multikey.method_of(did(BOB))}), ["method-not-issuers", "signature"]),
        (jwt()[:-8] + "AAAAAAAA", ["signature"]),
        (enveloped(jwt(), **{"@context": []}), ["context-first"]),
        (
            enveloped(jwt(), **{"@context": "https://www.w3.org/ns/credentials/examples/v2"}),
            ["context-first"],
        ),
        (enveloped(jwt(), id=jwt()), ["envelope-form"]),
        (enveloped(jwt(), id=f"data:application/vp+jwt,{jwt()}"), ["envelope-form"]),
        (
            enveloped(jwt(), type="VerifiableCredential"),
            ["context-first", "issuer-missing", "subject-missing", "proof-missing"],
        ),
        (enveloped(jwt(), type=["EnvelopedVerifiableCredential", "Other"]), ["envelope-form"]),
    ],
)
def test_jwts_refused(document, found):
    assert codes(document) == found


def test_presentations_and_all_in_them():
    assert (
        shown(presentation())
        == shown(presentation(credential(), enveloped(jwt(CAROL)), credential(BOB)))
        == []
    )
    assert shown(presentation(holder=None)) == []
    inside = presentation(credential() | {"name": "added"}, "text", unsigned())
    assert shown(inside) == [
        ("verifiableCredential[0].proof", "signature"),
        ("verifiableCredential[1]", "credentials-form"),
    ]


def test_what_the_holder_says_of_itself_is_signed_by_the_presentation():
    """VC Data Model 2.0, 4.13.3: a credential without proof counts where its issuer is the holder."""
    assert shown(presentation(unsigned())) == []
    for made in (presentation(unsigned(BOB)), presentation(unsigned(), holder=None)):
        assert shown(made) == [("verifiableCredential[0].proof", "proof-missing")]
    assert ("proof", "method-not-issuers") in shown(presentation(unsigned(BOB), holder=did(BOB)))


def test_a_presentation_is_for_authentication_domain_and_challenge():
    made = presentation(credential(), proof={"domain": "a.example", "challenge": "1"})
    assert shown(made, domain="a.example", challenge="1") == []
    assert shown(made, domain="b.example", challenge="1") == [("proof", "proof-domain")]
    assert shown(presentation(proof={"proofPurpose": "assertionMethod"})) == [("proof", "proof-purpose")]
    assert shown({"@context": [W3C], "type": ["VerifiablePresentation"]}) == [("proof", "proof-missing")]
    assert shown({"type": ["NonconformingDocument"]})
    text = jwt(
        payload={"@context": [W3C], "type": "VerifiablePresentation", "holder": did(ALICE)},
        header={"typ": "vp+jwt"},
    )
    assert shown(enveloped(text, "Presentation")) == []
    assert shown(enveloped(text)) != []


def test_revoked_and_expired_methods():
    entry = {
        "id": "did:web:x.example#1",
        "type": "Multikey",
        "controller": "did:web:x.example",
        "publicKeyMultibase": multikey.encode(ALICE.public),
    }
    made = vc.add_proof(
        unsigned(issuer="did:web:x.example"), ALICE, options(verificationMethod="did:web:x.example#1")
    )
    for dates, right in (
        ({}, True),
        ({"expires": "2026-11-22T07:30:00Z"}, True),
        ({"expires": "2026-11-22T06:30:00Z"}, False),
        ({"revoked": "2026-11-22T07:30:00Z"}, False),
        ({"revoked": "2026-11-23T00:00:00Z"}, True),
    ):
        document = {"id": "did:web:x.example", "verificationMethod": [entry | dates]}
        document["assertionMethod"] = ["did:web:x.example#1"]
        assert codes(made, resolve=vc.resolver(document)) == ([] if right else ["method-revoked"])
    document["assertionMethod"] = []
    assert codes(made, resolve=vc.resolver(document)) == ["proof-purpose"]


def test_a_jwt_outlives_its_key_and_not_its_revocation():
    entry = {"id": "did:web:x.example#1", "controller": "did:web:x.example"}
    entry["publicKeyMultibase"] = multikey.encode(ALICE.public)
    for begins, dates, right in (
        ({"validFrom": "2026-11-01T00:00:00Z"}, {"expires": "2026-11-10T00:00:00Z"}, True),
        ({"validFrom": "2026-11-15T00:00:00Z"}, {"expires": "2026-11-10T00:00:00Z"}, False),
        ({}, {"expires": "2026-11-10T00:00:00Z"}, False),
        ({"validFrom": "2026-11-01T00:00:00Z"}, {"revoked": "2026-11-10T00:00:00Z"}, False),
    ):
        payload = unsigned(issuer="did:web:x.example", **begins)
        text = jwt(payload=payload, header={"kid": "did:web:x.example#1"})
        document = {"id": "did:web:x.example", "verificationMethod": [entry | dates]}
        document["assertionMethod"] = ["did:web:x.example#1"]
        assert codes(text, resolve=vc.resolver(document)) == ([] if right else ["method-revoked"])
    del document["assertionMethod"]
    assert "proof-purpose" in codes(text, resolve=vc.resolver(document))


def test_a_moment_needs_a_time_zone():
    for verify in (vc.verify_credential, vc.verify_presentation):
        with pytest.raises(ValueError, match="time zone"):
            verify({}, resolve=vc.resolver(), at=NOW.replace(tzinfo=None))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from([W3C, "did:x:1", "z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "@context", "proof", "previousProof", "@id", "x"]), inner
        )
    ),
    max_leaves=8,
)
PLACES = [
    "@context",
    "type",
    "id",
    "issuer",
    "credentialSubject",
    "validFrom",
    "credentialStatus",
    "relatedResource",
]
PLACES += ["proof", "name", "evidence", "holder", "verifiableCredential", "credentialSchema"]
MEMBERS = ["@context", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose"]
MEMBERS += ["proofValue", "previousProof", "domain", "challenge", "id"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(MEMBERS), JSON, JSON)
def test_whatever_stands_there_is_an_answer_never_an_exception(place, member, value, other):
    for verify, made in (
        (vc.verify_credential, credential()),
        (vc.verify_presentation, presentation(credential())),
        (vc.verify_credential, enveloped(jwt())),
    ):
        wrong = copy.deepcopy(made) | {place: value}
        if isinstance(wrong.get("proof"), dict):
            wrong["proof"] = wrong["proof"] | {member: other}
        for document in (wrong, value):
            for one in verify(document, resolve=vc.resolver(), at=NOW, expected=vc.Expected(domain="x")):
                assert one.sentence("zh") and one.sentence("en") and one.kind


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), JSON, JSON)
def test_whatever_a_jwt_holds_is_an_answer(text, header, payload):
    try:
        parts = [base64url(json.dumps(part).encode()) for part in (header, payload)]
    except ValueError:
        parts = ["e30", "e30"]
    for document in (text, ".".join([*parts, "AA"]), f"{jose.MEDIA_TYPE}.{text}"):
        assert vc.verify_credential(document, resolve=vc.resolver(), at=NOW)
