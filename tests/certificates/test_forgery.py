"""The forgery table: every row a way to cheat, the step that catches it, and the verdict. Here: the credential itself.

The log is in ``test_forged_proofs.py``, keys over time in ``test_forged_keys.py``, the status lists in
``test_forged_status.py``, the PDF in ``test_forged_documents.py``, packs in ``test_pack.py``.
"""

import hmac
import json

import pytest
from labelmaking import (
    CODE,
    ISSUED,
    ISSUER,
    NOW,
    NUMBER,
    OTHER_NUMBER,
    changed,
    failing,
    forge,
    genuine,
    keyset,
    kid,
    label,
    label_of,
    leaves,
    report,
    sign,
    statement,
    world,
)

from certificates import credential
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url
from certificates.envelope import Envelope, Place
from certificates.keys.keyset import generate_keyset
from certificates.verify import verify


def test_the_genuine_label_is_valid():
    result = report(label().bundle, number=NUMBER, code=CODE)
    assert result.verdict == "valid" and result.valid and not result.failed
    assert [step.number for step in result.steps] == list(range(1, 18))
    assert result.statement == statement()
    assert {step.number for step in result.steps if step.ok is None} == {14, 15}
    assert result.standing is not None and result.standing.state == "active"
    assert "2026-12-21T08:00:00Z" in result.headline("en") and "2026-12-21T08:00:00Z" in result.headline("zh")


def test_a_bare_credential_is_incomplete_without_its_proof():
    result = report(label().compact.encode() + b"\n")
    assert result.verdict == "incomplete" and failing(result) == {16}
    assert {step.number for step in result.steps if step.ok is None} == {11, 12, 14, 15}


@pytest.mark.parametrize("made", [credential.issue_document, credential.issue_untp])
def test_the_other_forms_of_a_label_are_as_good(made):
    """Data Integrity and the UNTP profile: another signature over the same facts, the same entry of the log."""
    envelope = credential.decode(genuine()).envelope
    document = made(statement(), keyset(), envelope)
    assert report(label().packed(credential=document)).valid
    document["credentialSubject"]["statement"]["footprint"]["total"] = "12.34"
    result = report(label().packed(credential=document))
    assert result.verdict == "altered" and {5, 9, 11} <= failing(result)


def test_a_label_key_for_es256():
    keys = generate_keyset(ISSUER, keyset().name, ISSUED, NOW, label_algorithm="ES256")
    made = world(credential.issue(statement(), keys, credential.decode(genuine()).envelope), keys)
    assert report(made.bundle, trust=keys.trust()).valid


def with_payload(edit):
    head, body, tail = label().compact.split(".")
    payload = edit(json.loads(from_base64url(body)))
    return ".".join([head, base64url(canonical_bytes(payload, numbers=True)), tail])


def other_text(value):
    """The same text with its first digit, else its first character, changed; something where there was nothing."""
    if not value:
        return "x"
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
        subject = payload["credentialSubject"]
        subject["statement"] = changed(path, new, subject["statement"])
        return payload

    result = report(label().packed(credential=with_payload(edit)))
    assert result.verdict == "altered" and {5, 11} <= failing(result)
    if path == ("issuer", "id"):
        assert 7 in failing(result)


PAYLOAD = leaves(credential.payload(statement(), credential.decode(genuine()).envelope))


@pytest.mark.parametrize(
    "path",
    [path for path, value in PAYLOAD if "statement" not in path and isinstance(value, str) and value],
    ids=lambda path: ".".join(map(str, path)),
)
def test_no_word_around_the_statement_can_say_something_else(path):
    """Even signed by the right key: the whole credential follows from the statement, or it is refused."""
    whole = json.loads(from_base64url(genuine().split(".")[1]))
    other = changed(path, other_text(dict(PAYLOAD)[path]), whole)
    result = report(label_of(forge(statement(), keyset(), payload=other)).bundle)
    assert result.verdict in ("altered", "unknown-issuer", "stale") and failing(result) & {3, 7, 16}
    if path[0] != "credentialStatus":
        assert 7 in failing(result) or 3 in failing(result)


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
        (("type",), "tanbiao-label/1", 7),
        (("product", "gtin"), "09506000134353", 7),
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
        payload["credentialSubject"]["statement"]["product"]["declaredUnit"]["amount"] = "1.0"
        return payload

    result = report(label().packed(credential=with_payload(edit)))
    assert result.verdict == "altered" and failing(result) == {5, 7, 11}
    head, body, tail = label().compact.split(".")
    text = from_base64url(body).replace(b'"value":12.35', b'"value":12.350')
    assert b"12.350" in text
    spelled = report(label().packed(credential=".".join([head, base64url(text), tail])))
    assert spelled.verdict == "unreadable" and failing(spelled) == {2}


def reheaded(header, sign):
    body = label().compact.split(".")[1]
    signed = f"{base64url(canonical_bytes(header))}.{body}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


HEADER = {"alg": "Ed25519", "iss": ISSUER, "kid": kid("label"), "typ": "vc+jwt"}
PUBLIC = keyset().active("label", ISSUED).public.public_bytes_raw()


def sign_label(data):
    return sign("label", data)


def sign_log(data):
    return sign("log", data)


@pytest.mark.parametrize(
    ("header", "sign", "steps"),
    [
        (HEADER | {"alg": "none"}, lambda _: b"", {5, 6}),
        (HEADER | {"alg": "HS256"}, lambda data: hmac.digest(PUBLIC, data, "sha256"), {5, 6}),
        (HEADER | {"alg": "EdDSA"}, sign_label, {6}),
        (HEADER | {"alg": "ES256"}, sign_label, {6}),
        (HEADER | {"alg": "ES256", "kid": f"{ISSUER}#document-1"}, lambda data: sign("document", data), {3}),
        (HEADER | {"alg": "ed25519"}, sign_label, {6}),
        (HEADER | {"typ": "JWT"}, sign_label, {6}),
        (HEADER | {"crit": ["b64"], "b64": False}, sign_label, {6}),
        (HEADER | {"jwk": keyset().trust()["issuers"][0]["keys"][0]["jwk"]}, sign_label, {6}),
        ({"alg": "Ed25519", "iss": ISSUER, "kid": f"{ISSUER}#label-1"}, sign_label, {6}),
        (HEADER, sign_log, {5}),
    ],
    ids=[
        *(
            "none",
            "hs256",
            "eddsa",
            "es256-on-ed25519",
            "es256-by-the-document-key",
            "lower-case",
            "typ",
            "crit",
        ),
        *("jwk", "no-typ", "log-key"),
    ],
)
def test_headers_and_keys(header, sign, steps):
    result = report(label_of(reheaded(header, sign)).bundle)
    assert result.verdict == ("unknown-issuer" if 3 in steps else "altered") and failing(result) == steps


@pytest.mark.parametrize("kid", [f"{ISSUER}#log-1", f"{ISSUER}#label-2", "", 5, None])
def test_another_key_identifier_is_not_trusted(kid):
    result = report(label_of(reheaded(HEADER | {"kid": kid}, sign_log)).bundle)
    assert result.verdict == "unknown-issuer" and failing(result) == {3}


def test_a_right_signature_from_a_wrong_issuer():
    stranger = keyset("did:web:labels.example.net")
    made = label_of(forge(changed(("issuer", "id"), stranger.issuer_id), stranger), stranger)
    result = report(made.bundle)
    assert result.verdict == "unknown-issuer" and failing(result) == {3}
    assert report(made.bundle, trust=stranger.trust()).valid


def test_a_stranger_who_claims_to_be_the_issuer():
    stranger = keyset("did:web:labels.example.net")
    compact = forge(statement(), stranger, {"iss": ISSUER, "kid": f"{ISSUER}#label-1"})
    result = report(label_of(compact).bundle)
    assert result.verdict == "altered" and failing(result) == {5}


def test_without_a_trust_file_nothing_is_valid():
    result = verify(label().bundle, None, at=NOW)
    assert result.verdict == "unknown-issuer" and failing(result) == {3}
    assert "no key inside" in result.steps[2].detail["en"]
    assert {step.number for step in result.steps if step.ok is None} == {4, 5, 6, 12, 13, 14, 15, 16}


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
        assert result.verdict == "altered" and failing(result) - {16} == {7}, more


def test_a_label_of_another_number():
    other = label_of(forge(changed(("number",), OTHER_NUMBER), keyset()))
    result = report(other.bundle, number=NUMBER, code=CODE)
    assert result.verdict == "other-number" and failing(result) == {8}
    assert report(other.bundle, number=OTHER_NUMBER.lower()).valid


@pytest.mark.parametrize("code", ["7K2M9QXB", "", "7K2M", "7k2m-9qxa-7k2m-9qxa", "\ud800", "0" * 200])
def test_a_wrong_check_code(code):
    result = report(label().bundle, number=NUMBER, code=code)
    assert result.verdict == "other-number" and failing(result) == {8}
    assert CODE not in json.dumps(result.as_dict()["steps"])


@pytest.mark.parametrize("code", ["7k2m-9qxa", " ７Ｋ２Ｍ 9qxa", "7K2M9QXA"])
def test_the_check_code_as_people_type_it(code):
    assert report(label().bundle, number=NUMBER, code=code).valid


def test_the_place_of_another_label_in_the_status_lists():
    """A credential whose status entries were swapped for another's: its signature no longer holds."""

    def edit(payload):
        other = Envelope("https://labels.example.org", CODE, Place(1, 78))
        payload["credentialStatus"] = other.entries()
        return payload

    result = report(label().packed(credential=with_payload(edit)))
    assert result.verdict == "altered" and failing(result) == {5, 11}
    mixed = [*Envelope("https://labels.example.org", CODE, Place(1, 78)).entries()[:1], *entries()[1:]]
    result = report(label_of(forge(statement(), keyset(), payload={"credentialStatus": mixed})).bundle)
    assert result.verdict == "altered" and failing(result) == {7}


def entries():
    return credential.decode(genuine()).envelope.entries()


def test_a_did_document_that_contradicts_the_trust_file():
    stranger = keyset("did:web:labels.example.net").did_document()
    document = keyset().did_document()
    for place, method in enumerate(document["verificationMethod"]):
        for name in ("publicKeyJwk", "publicKeyMultibase"):
            if name not in method:
                continue
            other = json.loads(json.dumps(document))
            other["verificationMethod"][place][name] = stranger["verificationMethod"][place][name]
            result = report(label().packed(issuer=other))
            assert result.verdict == "unknown-issuer" and failing(result) == {3}
            assert result.steps[2].reason == "document-contradicts"
    for other in (
        stranger,
        {},
        document | {"verificationMethod": [5]},
        document | {"verificationMethod": None},
    ):
        assert failing(report(label().packed(issuer=other))) == {3}
    later = json.loads(json.dumps(document))
    later["verificationMethod"].append({"id": f"{ISSUER}#label-2", "publicKeyJwk": {"kty": "OKP"}})
    assert report(label().packed(issuer=later)).valid


def test_duplicate_names_and_unknown_fields_in_the_bundle():
    text = label().bundle
    twice = text[:-1] + b',"type":"tanbiao-bundle/2"}'
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
    other = f"{signed}.{base64url(sign('label', signed.encode()))}"
    text = json.dumps(json.loads(label().bundle) | {"credential": other})
    assert report(text.encode()).verdict in ("unreadable", "altered")


def test_an_accreditation_that_contradicts_the_trust_file():
    held = {
        "body": "CNAS",
        "number": "CNAS V001",
        "scope": {"zh": "产品碳足迹", "en": "product footprints"},
        "validFrom": "2025-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
    }
    trust = json.loads(json.dumps(keyset().trust()))
    trust["issuers"][0]["accreditation"] = held
    result = report(label().packed(accreditation=held), trust=trust)
    assert result.valid and "CNAS V001" in result.steps[2].detail["en"]
    for stated in (
        held | {"body": "Another"},
        held | {"validUntil": "2029-01-01T00:00:00Z"},
        {},
        {"body": "x"},
    ):
        other = report(label().packed(accreditation=stated), trust=trust)
        assert other.verdict == "unknown-issuer" and failing(other) == {3}
    assert report(label().packed(accreditation=held | {"number": "CNAS V002"}), trust=trust).valid
