"""The data model of credentials 2.0, one row a rule: what is right, and what is found in what is not."""

import hashlib
from base64 import b64encode

import pytest

from certificates.encoding import base64url
from certificates.vc import model
from certificates.vc.findings import Finding, _texts

W3C = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
RESOURCE = "https://example.org/image.png"


def credential(**changes):
    made = {
        "@context": [W3C],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
    }
    return {name: value for name, value in (made | changes).items() if value is not ...}


def mapped(name, url="https://example.org/#X"):
    return {"@context": [W3C, {name: url}]}


def found(**changes):
    return [(one.where, one.code) for one in model.credential(credential(**changes))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"@context": [W3C, EXAMPLES], "type": ["VerifiableCredential", "AlumniCredential"]},
        {
            "@context": [W3C, "https://vocabulary.uncefact.org/untp/0.7.0/context/"],
            "issuer": {"id": "did:x:1", "type": "CredentialIssuer"},
        },
        mapped("X") | {"type": ["X", "VerifiableCredential"]},
        {"@context": [W3C, {"X": {"@id": "https://example.org/#X"}, "y": "X", "z": None, "w": "@type"}]},
        {
            "@context": [W3C, {"@vocab": "https://example.org/#"}],
            "type": ["VerifiableCredential", "Anything"],
        },
        {"@context": [W3C, {"name": None}][:1]},
        {"type": "VerifiableCredential"},
        {"type": ["https://example.org/#A", "VerifiableCredential"]},
        {"id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008"},
        {
            "name": "An example",
            "description": {"@value": "Ein Beispiel", "@language": "de-CH", "@direction": "ltr"},
        },
        {"name": [{"@value": "Dog", "@language": "en"}, {"@value": "狗", "@language": "zh-Hans"}]},
        {"issuer": {"id": "did:example:issuer", "name": "Issuer", "description": [{"@value": "x"}]}},
        {"credentialSubject": [{"id": "did:example:a"}, {"claim": 1}]},
        {"validFrom": "2010-01-01T19:23:24Z", "validUntil": "2010-01-01T19:23:24.000Z"},
        {"validFrom": "2023-02-25T19:21:29-06:00"},
        {"credentialStatus": {"type": "https://example.org/#S"}},
        {
            "credentialStatus": [
                {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": "94567",
                    "statusListCredential": "https://example.com/credentials/status/3",
                }
            ]
        },
        {"credentialSchema": [{"id": "https://example.org/schema.json", "type": "JsonSchema"}]},
        mapped("X")
        | {
            "refreshService": {"type": "X"},
            "termsOfUse": [{"type": "X"}, {"type": "X", "id": "did:x:1"}],
            "evidence": {"type": ["X"]},
        },
        {"relatedResource": {"id": RESOURCE, "digestSRI": "sha256-" + b64encode(bytes(32)).decode()}},
        {"relatedResource": {"id": W3C, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"}},
        {
            "credentialSubject": {
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
            }
        },
    ],
)
def test_credentials(changes):
    assert found(**changes) == []


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"@context": ...}, "@context", "context-first"),
        ({"@context": W3C}, "@context", "context-first"),
        ({"@context": []}, "@context", "context-first"),
        ({"@context": [EXAMPLES, W3C]}, "@context", "context-first"),
        ({"@context": [W3C, "https ://not-a-url/v1"]}, "@context[1]", "context-form"),
        ({"@context": [W3C, 123192875]}, "@context[1]", "context-form"),
        ({"@context": [W3C, None]}, "@context[1]", "context-form"),
        ({"@context": [W3C, "https://example.com"]}, "@context[1]", "context-unknown"),
        (
            {"@context": [W3C, {"VerifiableCredential": "https://example.org/#Bad"}]},
            "@context[1].VerifiableCredential",
            "context-redefines",
        ),
        (
            {
                "@context": [
                    W3C,
                    {"@protected": True, "X": "https://example.org/#X"},
                    {"X": "https://example.org/#Y"},
                ]
            },
            "@context[2].X",
            "context-redefines",
        ),
        ({"@context": [W3C, {"X": "https ://not-a-url#X"}]}, "@context[1].X", "term-not-a-url"),
        ({"@context": [W3C, {"X": {"@id": 5}}]}, "@context[1].X", "term-not-a-url"),
        ({"id": None}, "id", "not-a-url"),
        ({"id": ["https://example.org/1", "https://example.org/2"]}, "id", "not-a-url"),
        ({"id": "https ://not-a-url"}, "id", "not-a-url"),
        ({"id": "relative"}, "id", "not-a-url"),
        ({"type": ...}, "type", "type-missing"),
        ({"type": []}, "type", "type-missing"),
        ({"type": ["https://example.org/#A"]}, "type", "type-missing"),
        ({"type": ["VerifiableCredential", "Unmapped"]}, "type", "type-unmapped"),
        ({"type": ["VerifiableCredential", 2]}, "type", "type-unmapped"),
        (
            {"@context": [W3C, EXAMPLES, {"@vocab": None}], "type": ["VerifiableCredential", "X"]},
            "type",
            "type-unmapped",
        ),
        ({"name": {"@value": "x", "@language": "en", "url": "did:x:1"}}, "name", "not-a-language-text"),
        ({"name": 5}, "name", "not-a-language-text"),
        ({"description": {"@language": "en"}}, "description", "not-a-language-text"),
        ({"description": [{"@value": "x", "@language": "not a tag"}]}, "description", "not-a-language-text"),
        ({"description": {"@value": "x", "@direction": "up"}}, "description", "not-a-language-text"),
        ({"issuer": ...}, "issuer", "issuer-missing"),
        ({"issuer": None}, "issuer", "issuer-missing"),
        ({"issuer": "fake-issuer"}, "issuer", "not-a-url"),
        ({"issuer": {"name": "nobody"}}, "issuer.id", "not-a-url"),
        ({"issuer": {"id": None}}, "issuer.id", "not-a-url"),
        ({"issuer": ["did:x:1"]}, "issuer", "not-a-url"),
        ({"issuer": {"id": "did:x:1", "name": {"@value": 5}}}, "issuer.name", "not-a-language-text"),
        ({"credentialSubject": ...}, "credentialSubject", "subject-missing"),
        ({"credentialSubject": {}}, "credentialSubject", "subject-missing"),
        ({"credentialSubject": []}, "credentialSubject", "subject-missing"),
        ({"credentialSubject": [{"id": "did:x:1"}, {}]}, "credentialSubject", "subject-missing"),
        ({"credentialSubject": "did:x:1"}, "credentialSubject", "subject-missing"),
        ({"credentialSubject": {"id": ["did:x:1", "did:x:2"]}}, "credentialSubject.id", "not-a-url"),
        (
            {"credentialSubject": {"id": "did:x:1", "type": "Unmapped"}},
            "credentialSubject.type",
            "type-unmapped",
        ),
        (
            {
                "credentialSubject": {
                    "type": "BitstringStatusList",
                    "statusPurpose": "revocation",
                    "encodedList": "uAA",
                }
            },
            "credentialSubject",
            "status-list",
        ),
        ({"validFrom": "2026-11-22"}, "validFrom", "not-a-moment"),
        ({"validUntil": "Sun, 26 Feb 2023 01:22:14 +0000"}, "validUntil", "not-a-moment"),
        (
            {"validFrom": "2027-01-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
            "validUntil",
            "ends-before-start",
        ),
        ({"credentialStatus": {"id": "did:x:1"}}, "credentialStatus.type", "type-missing"),
        ({"credentialStatus": {"type": 2}}, "credentialStatus.type", "type-unmapped"),
        (
            {"credentialStatus": {"type": "https://x.example/#S", "id": ["did:x:1", "did:x:2"]}},
            "credentialStatus.id",
            "not-a-url",
        ),
        ({"credentialStatus": "did:x:1"}, "credentialStatus", "not-an-object"),
        (
            {
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": 94567,
                    "statusListCredential": "https://example.com/3",
                }
            },
            "credentialStatus",
            "status-entry",
        ),
        (
            {
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": "-1",
                    "statusListCredential": "https://example.com/3",
                }
            },
            "credentialStatus",
            "status-entry",
        ),
        (
            {
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusListIndex": "1",
                    "statusListCredential": "https://example.com/3",
                }
            },
            "credentialStatus",
            "status-entry",
        ),
        ({"credentialSchema": {"type": "JsonSchema"}}, "credentialSchema", "schema-without-id"),
        ({"credentialSchema": {"id": "did:x:1"}}, "credentialSchema.type", "type-missing"),
        ({"refreshService": {"id": "did:x:1"}}, "refreshService.type", "type-missing"),
        ({"termsOfUse": {}}, "termsOfUse.type", "type-missing"),
        ({"evidence": {}}, "evidence.type", "type-missing"),
        ({"evidence": ["text"]}, "evidence", "not-an-object"),
        ({"proof": {}}, "proof.type", "type-missing"),
        ({"relatedResource": [RESOURCE]}, "relatedResource", "resource-form"),
        ({"relatedResource": {"digestSRI": "sha256-AA=="}}, "relatedResource", "resource-form"),
        ({"relatedResource": {"id": RESOURCE}}, "relatedResource", "resource-form"),
        ({"relatedResource": {"id": RESOURCE, "digestSRI": 5}}, "relatedResource", "resource-digest"),
        (
            {"relatedResource": [{"id": RESOURCE, "digestSRI": "x"}, {"id": RESOURCE, "digestSRI": "x"}]},
            "relatedResource",
            "resource-form",
        ),
        (
            {
                "relatedResource": {
                    "id": W3C,
                    "digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0",
                }
            },
            "relatedResource",
            "resource-digest",
        ),
        (
            {"relatedResource": {"id": W3C, "digestSRI": "sha384-" + b64encode(bytes(48)).decode()}},
            "relatedResource",
            "resource-digest",
        ),
        ({"relatedResource": {"id": W3C, "digestSRI": "md5-AA=="}}, "relatedResource", "resource-digest"),
    ],
)
def test_what_keeps_it_from_being_a_credential(changes, where, code):
    assert (where, code) in found(**changes)


def test_a_resource_at_hand_is_compared():
    data = b"the resource"
    digest = hashlib.sha256(data).digest()
    right = {
        "digestSRI": "sha256-" + b64encode(digest).decode(),
        "digestMultibase": "u" + base64url(b"\x12\x20" + digest),
    }
    for stated, wrong in (
        (right, 0),
        (right | {"digestMultibase": "uAAAA"}, 1),
        ({"digestSRI": "sha512-AAAA"}, 1),
    ):
        made = credential(relatedResource={"id": RESOURCE} | stated)
        codes = [one.code for one in model.credential(made, at_hand={RESOURCE: data})]
        assert codes == ["resource-digest"] * wrong


def test_a_context_that_the_caller_knows_defines_any_word():
    made = credential(
        **{"@context": [W3C, "https://example.com/own"], "type": ["VerifiableCredential", "Own"]}
    )
    assert [one.code for one in model.credential(made)] == ["context-unknown", "type-unmapped"]
    assert model.credential(made, known=["https://example.com/own"]) == []


def presentation(**changes):
    made = {"@context": [W3C], "type": ["VerifiablePresentation"]} | changes
    return [(one.where, one.code) for one in model.presentation(made)]


def test_presentations():
    assert presentation() == presentation(holder="did:x:1") == presentation(holder={"id": "did:x:1"}) == []
    assert presentation(id="urn:uuid:1", termsOfUse={"type": "https://x.example/#T"}) == []


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"type": ["VerifiableCredential"]}, "type", "type-missing"),
        ({"@context": [{"X": "https://example.org/#X"}, W3C]}, "@context", "context-first"),
        ({"holder": "z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"}, "holder", "not-a-url"),
        ({"holder": {"name": "Acme"}}, "holder.id", "not-a-url"),
        ({"holder": None}, "holder", "issuer-missing"),
        ({"id": 5}, "id", "not-a-url"),
        ({"termsOfUse": {}}, "termsOfUse.type", "type-missing"),
    ],
)
def test_what_keeps_it_from_being_a_presentation(changes, where, code):
    assert (where, code) in presentation(**changes)


def test_every_finding_has_sentences_and_an_error_type():
    for code in _texts():
        one = Finding(code, "a\u202eb")
        assert one.kind.isupper() and one.sentence("zh") != one.sentence("en")
        assert "\u202e" not in one.sentence("en")
