"""The forgery table: every row a way to cheat, the step that catches it, and the verdict. Here: the credential itself.

The log is in ``test_forged_proofs.py``, the PDF in ``test_forged_documents.py``.
"""

import hmac
import json

import pytest
from labelmaking import (
    ISSUER,
    NOW,
    NUMBER,
    OTHER_NUMBER,
    attachments,
    changed,
    failing,
    forge,
    keyset,
    label,
    label_of,
    leaves,
    logged,
    plain_pdf,
    report,
    signed_pdf,
    statement,
)

from certificates import bundle, documents
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url
from certificates.verify import verify


@pytest.mark.parametrize("data", [label().bundle, signed_pdf()], ids=["bundle", "pdf"])
def test_the_genuine_label_is_valid(data):
    result = report(data, number=NUMBER)
    assert result.verdict == "valid" and result.valid and not result.failed
    assert [step.number for step in result.steps] == list(range(1, 15))
    assert result.statement == statement()
    assert {step.number for step in result.steps if step.ok is None} <= {13}


def test_a_bare_credential_is_incomplete_without_its_proof():
    result = report(label().compact.encode() + b"\n")
    assert result.verdict == "incomplete" and not result.failed
    assert {step.number for step in result.steps if step.ok is None} == {11, 12, 13}


def with_payload(edit):
    head, body, tail = label().compact.split(".")
    payload = edit(json.loads(from_base64url(body)))
    return ".".join([head, base64url(canonical_bytes(payload)), tail])


def other_text(value):
    """The same text with its first digit, else its first character, changed."""
    place = next((index for index, c in enumerate(value) if c.isdigit()), 0)
    wrong = str((int(value[place]) + 1) % 10) if value[place].isdigit() else "x"
    return value[:place] + wrong + value[place + 1 :]


@pytest.mark.parametrize(
    "path", [path for path, _ in leaves(statement())], ids=lambda path: ".".join(map(str, path))
)
def test_any_changed_leaf_breaks_signature_and_inclusion(path):
    old = dict(leaves(statement()))[path]
    new = False if old is True else other_text(old)

    def edit(payload):
        payload["credentialSubject"] = changed(path, new, payload["credentialSubject"])
        return payload

    result = report(bundle.pack(with_payload(edit), label().proof))
    assert not result.valid
    if path == ("issuer", "id"):
        assert result.verdict == "altered" and {5, 7, 11} <= failing(result)
    else:
        assert result.verdict == "altered" and {5, 11} <= failing(result)


@pytest.mark.parametrize(
    ("path", "value", "step"),
    [
        (("footprint", "total"), "12.34", 9),
        (("footprint", "stages", 0, "value"), "10.19", 9),
        (("footprint", "parts", "fossil"), "11.31", 9),
        (("coverage", "byLines"), "99.9", 9),
        (("coverage", "linesLinked"), "30", 9),
        (("agreement", "relativeDifference"), "0.1", 9),
        (("review", "independent"), False, 7),
        (("review", "conclusion"), "rejected", 7),
        (("footprint", "total"), "1e1", 7),
        (("footprint", "total"), 12, 7),
        (("footprint", "extra"), "1", 7),
        (("type",), "tanbiao-label/2", 7),
        (("number",), "TB-2026-0000001-A", 8),
        (("chain", 1, "sha256"), "a" * 64, 10),
        (("chain", 3, "kind"), "study", 10),
    ],
)
def test_a_wrong_statement_is_caught_even_when_the_right_key_signed_it(path, value, step):
    made = label_of(forge(changed(path, value), keyset()))
    result = report(made.bundle)
    assert result.verdict == "altered" and failing(result) == {step}
    assert result.steps[4].ok is True


def test_one_point_nought_is_not_one():
    def edit(payload):
        payload["credentialSubject"]["product"]["declaredUnit"]["amount"] = "1.0"
        return payload

    assert failing(report(bundle.pack(with_payload(edit), label().proof))) == {5, 11}


def reheaded(header, sign):
    body = label().compact.split(".")[1]
    signed = f"{base64url(canonical_bytes(header))}.{body}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


HEADER = {"alg": "Ed25519", "iss": ISSUER, "kid": f"{ISSUER}#label-1", "typ": "vc+jwt"}
PUBLIC = keyset().label_key.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    ("header", "sign", "steps"),
    [
        (HEADER | {"alg": "none"}, lambda _: b"", {5, 6}),
        (HEADER | {"alg": "HS256"}, lambda data: hmac.digest(PUBLIC, data, "sha256"), {5, 6}),
        (HEADER | {"alg": "EdDSA"}, keyset().label_key.sign, {6}),
        (HEADER | {"alg": "ed25519"}, keyset().label_key.sign, {6}),
        (HEADER | {"typ": "JWT"}, keyset().label_key.sign, {6}),
        (HEADER | {"crit": ["b64"], "b64": False}, keyset().label_key.sign, {6}),
        (HEADER | {"jwk": keyset().trust()["issuers"][0]["keys"][0]["jwk"]}, keyset().label_key.sign, {6}),
        ({"alg": "Ed25519", "iss": ISSUER, "kid": f"{ISSUER}#label-1"}, keyset().label_key.sign, {6}),
        (HEADER, keyset().log_key.sign, {5}),
    ],
    ids=["none", "hs256", "eddsa", "lower-case", "typ", "crit", "jwk", "no-typ", "log-key"],
)
def test_headers_and_keys(header, sign, steps):
    result = report(label_of(reheaded(header, sign)).bundle)
    assert result.verdict == "altered" and failing(result) == steps


@pytest.mark.parametrize("kid", [f"{ISSUER}#log-1", f"{ISSUER}#label-2", "", 5, None])
def test_another_key_identifier_is_not_trusted(kid):
    result = report(label_of(reheaded(HEADER | {"kid": kid}, keyset().log_key.sign)).bundle)
    assert result.verdict == "unknown-issuer" and failing(result) == {3}


def test_a_right_signature_from_a_wrong_issuer():
    stranger = keyset("did:web:labels.example.net")
    made = label_of(forge(changed(("issuer", "id"), stranger.issuer_id), stranger), stranger)
    result = report(made.bundle)
    assert result.verdict == "unknown-issuer" and failing(result) == {3}
    pdf = documents.sign_pdf(plain_pdf(attachments(made)), stranger)
    assert report(pdf).verdict == "unknown-issuer"
    assert report(made.bundle, trust=stranger.trust()).valid and report(pdf, trust=stranger.trust()).valid


def test_a_stranger_who_claims_to_be_the_issuer():
    stranger = keyset("did:web:labels.example.net")
    compact = forge(statement(), stranger, {"iss": ISSUER, "kid": f"{ISSUER}#label-1"})
    result = report(label_of(compact).bundle)
    assert result.verdict == "altered" and failing(result) == {5}


def test_without_a_trust_file_nothing_is_valid():
    for data in (label().bundle, signed_pdf()):
        result = verify(data, None, at=NOW)
        assert result.verdict == "unknown-issuer" and failing(result) == {3}
        assert "no key inside" in result.steps[2].detail["en"]
        assert result.steps[4].ok is None


def test_the_envelope_says_what_the_statement_says():
    for more in (
        {"validUntil": "2040-01-01T00:00:00Z"},
        {"@context": []},
        {"type": ["VerifiableCredential"]},
        {"more": 1},
        {"id": "javascript:x"},
        {"id": "https://labels.example.org/v/x\u202e/gro.elpmaxe"},
        {"id": "https://labels.example.org/ v"},
        {"id": "https://labels.example.org/\n"},
        {"id": "https://l\u0430bels.example.org/v"},
        {"id": "https://"},
        {"id": "urn:" + "x" * 497},
        {"issuer": {"id": ISSUER, "name": {"zh": "x", "en": "x"}}},
    ):
        result = report(label_of(forge(statement(), keyset(), payload=more)).bundle)
        assert result.verdict == "altered" and failing(result) == {7}, more


def test_a_label_of_another_number():
    other = label_of(forge(changed(("number",), OTHER_NUMBER), keyset()))
    result = report(other.bundle, number=NUMBER)
    assert result.verdict == "other-number" and failing(result) == {8}
    assert report(other.bundle, number=OTHER_NUMBER.lower()).valid


def test_duplicate_names_and_unknown_fields_in_the_bundle():
    text = label().bundle
    twice = text[:-1] + b',"type":"tanbiao-bundle/1"}'
    assert report(twice).verdict == "unreadable" and failing(report(twice)) == {1}
    more = text[:-1] + b',"zzz":"1"}'
    assert report(more).verdict == "unreadable" and failing(report(more)) == {2}


ORDER = 2**252 + 27742317777372353535851937790883648493


def with_larger_scalar(signature):
    """The same Ed25519 signature with S + L for S: an equation that still holds, refused by RFC 8032, 5.1.7."""
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + scalar.to_bytes(32, "little")


def test_a_signature_has_one_form():
    head, body, tail = label().compact.split(".")
    other = f"{head}.{body}.{base64url(with_larger_scalar(from_base64url(tail)))}"
    assert failing(report(label_of(other).bundle)) == {5}
    neighbour = tail[:-1] + chr(ord(tail[-1]) + 1)  # the same bytes, but for bits that base64url leaves over
    text = label().bundle.replace(tail.encode(), neighbour.encode())
    assert report(text).steps[1].reason == "not-a-credential"


@pytest.mark.parametrize(
    "edit",
    [
        lambda head: head[:-1] + b',"alg":"Ed25519"}',
        lambda head: head[:-1] + b',"x5u":"https://labels.example.net/"}',
        lambda head: head.replace(b"Ed25519", "Ed25519\u200b".encode()),
        lambda head: head.replace(b"vc+jwt", "ｖc+jwt".encode()),
        lambda head: b"\xef\xbb\xbf" + head,
        lambda head: head.replace(b"vc+jwt", b"vc+jwt\\ud800"),
    ],
    ids=["twice", "x5u", "zero-width", "full-width", "mark", "surrogate"],
)
def test_headers_that_two_readers_read_differently(edit):
    body = label().compact.split(".")[1]
    signed = f"{base64url(edit(from_base64url(label().compact.split('.')[0])))}.{body}"
    other = f"{signed}.{base64url(keyset().label_key.sign(signed.encode()))}"
    text = json.dumps({"type": bundle.TYPE, "credential": other, "proof": logged(other, keyset())})
    assert report(text.encode()).verdict in ("unreadable", "altered")
