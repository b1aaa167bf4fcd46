"""The forgery table: every row a way to cheat, the step that catches it, and the verdict."""

import hashlib
import hmac
import json
from datetime import timedelta
from io import BytesIO

import pytest
from labelmaking import (
    ISSUED,
    ISSUER,
    NOW,
    NUMBER,
    OTHER_NUMBER,
    UNTIL,
    Label,
    Log,
    attachments,
    changed,
    forge,
    keyset,
    label,
    label_of,
    leaves,
    logged,
    plain_pdf,
    rewritten,
    signed_pdf,
    statement,
    trust_with,
    unsigned_pdf,
)

from certificates import bundle, documents
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url
from certificates.log import checkpoint, merkle
from certificates.pdf.document import Document
from certificates.verify import verify


def report(data, *, trust=None, at=NOW, number=None):
    return verify(data, trust or keyset().trust(), at=at, number=number)


def failing(result):
    return {step.number for step in result.failed}


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
        {"issuer": {"id": ISSUER, "name": {"zh": "x", "en": "x"}}},
    ):
        result = report(label_of(forge(statement(), keyset(), payload=more)).bundle)
        assert result.verdict == "altered" and failing(result) == {7}, more


def test_a_label_of_another_number():
    other = label_of(forge(changed(("number",), OTHER_NUMBER), keyset()))
    result = report(other.bundle, number=NUMBER)
    assert result.verdict == "other-number" and failing(result) == {8}
    assert report(other.bundle, number=OTHER_NUMBER.lower()).valid


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (ISSUED - timedelta(seconds=1), "not-yet-valid"),
        (ISSUED, "valid"),
        (UNTIL - timedelta(seconds=1), "valid"),
        (UNTIL, "expired"),
    ],
)
def test_dates(at, verdict):
    for data in (label().bundle, signed_pdf()):
        assert report(data, at=at).verdict == verdict


@pytest.mark.parametrize(
    "dates",
    [
        {"validUntil": "2026-11-22T08:00:00Z"},
        {"validFrom": "2026-11-22T08:00:01Z", "validUntil": "2030-01-01T00:00:00Z"},
    ],
    ids=["retired", "not-yet"],
)
def test_a_key_used_outside_its_time(dates):
    result = report(label().bundle, trust=trust_with(**dates))
    assert result.verdict in ("unknown-issuer", "altered") and 4 in failing(result)
    assert result.steps[4].ok is True
    trust = trust_with()
    trust["issuers"][0]["keys"][0].update(dates)
    result = report(label().bundle, trust=trust)
    assert result.verdict == "unknown-issuer" and failing(result) == {4}
    trust = trust_with()
    trust["issuers"][0]["keys"][2].update(dates)
    assert failing(report(signed_pdf(), trust=trust)) == {13}


def proof_with(**more):
    return bundle.pack(label().compact, label().proof | more)


def test_a_label_absent_from_the_log():
    log = Log()
    for number in range(13):
        log.append(b"%d" % number)
    result = report(bundle.pack(label().compact, log.proof(6, keyset())))
    assert result.verdict == "altered" and failing(result) == {11}


@pytest.mark.parametrize(
    ("data", "steps"),
    [
        (proof_with(hashes=label().proof["hashes"][:-1]), {11}),
        (proof_with(hashes=[]), {11}),
        (proof_with(hashes=[*label().proof["hashes"], label().proof["hashes"][0]]), {11}),
        (proof_with(leaf_index=7), {11}),
        (proof_with(tree_size=14), {11}),
        (proof_with(checkpoint=logged("another", keyset(), 9)["checkpoint"]), {11}),
        (proof_with(checkpoint=""), {12}),
        (proof_with(checkpoint=label().proof["checkpoint"].replace("\n13\n", "\n14\n")), {11, 12}),
        (proof_with(checkpoint=label().proof["checkpoint"].partition("\n\n")[0] + "\n\n— x AAAA\n"), {12}),
    ],
    ids=[
        "truncated",
        "none",
        "longer",
        "index",
        "size",
        "other-checkpoint",
        "no-checkpoint",
        "size-changed",
        "unsigned",
    ],
)
def test_proofs(data, steps):
    result = report(data)
    assert result.verdict == "altered" and failing(result) == steps


def test_a_checkpoint_of_another_log_or_key():
    leaf = merkle.leaf_hash(label().compact.encode())
    stranger = keyset("did:web:labels.example.net")
    for note, reason in (
        (checkpoint.sign(stranger.log_name, 1, leaf, stranger), "other-log"),
        (checkpoint.sign(keyset().log_name, 1, leaf, stranger), "checkpoint-broken"),
        (
            checkpoint.sign_note(
                f"{keyset().log_name}\n1\n{note_root(leaf)}\n", keyset().log_name, keyset().label_key
            ),
            "checkpoint-broken",
        ),
    ):
        result = report(bundle.pack(label().compact, bundle.make_proof(0, 1, [], note)))
        assert result.verdict == "altered" and failing(result) == {12}
        assert result.steps[11].reason == reason


def note_root(digest):
    import base64

    return base64.b64encode(digest).decode()


def test_duplicate_names_and_unknown_fields_in_the_bundle():
    text = label().bundle
    twice = text[:-1] + b',"type":"tanbiao-bundle/1"}'
    assert report(twice).verdict == "unreadable" and failing(report(twice)) == {1}
    more = text[:-1] + b',"zzz":"1"}'
    assert report(more).verdict == "unreadable" and failing(report(more)) == {2}


def changed_page(pdf):
    """One byte of the page's content stream changed, the signature left."""
    place = pdf.index(b"stream\n", pdf.index(b"/Length")) + 20
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def stripped(pdf):
    def edit(document):
        del document.Root.AcroForm
        del document.pages[0].Annots

    return rewritten(pdf, edit)


def appended(pdf):
    from pyhanko.pdf_utils.generic import NameObject, NullObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root[NameObject("/TanbiaoNote")] = NullObject()
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def swapped(pdf):
    import pikepdf

    other = forge(changed(("exporter", "name", "en"), "Another Company"), keyset())

    def edit(document):
        files = attachments(label_of(other))
        for name, content in files.items():
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content)

    return rewritten(pdf, edit)


def signed_twice(pdf):
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives import serialization
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    keys = keyset("did:web:labels.example.net")
    private = keys.document_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(keys.certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Second", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    return signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=signer).getvalue()


@pytest.mark.parametrize(
    ("forgery", "reason"),
    [
        (changed_page, "bytes-changed"),
        (stripped, "no-signature"),
        (appended, "added-after"),
        (lambda pdf: pdf + b"\n", "added-after"),
        (swapped, "not-whole"),
        (signed_twice, "several-signatures"),
        (lambda _: unsigned_pdf(), "no-signature"),
        (
            lambda _: documents.sign_pdf(unsigned_pdf(), keyset("did:web:labels.example.net")),
            "document-other-key",
        ),
    ],
    ids=[
        "page-byte",
        "stripped",
        "revision",
        "line-feed",
        "attachment",
        "second-signature",
        "unsigned",
        "stranger",
    ],
)
def test_documents(forgery, reason):
    result = report(forgery(signed_pdf()))
    assert result.verdict == "altered" and failing(result) == {13}
    assert result.steps[12].reason == reason


def test_an_appended_revision_cannot_put_another_credential_in_the_place_of_the_signed_one():
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    other = forge(changed(("exporter", "name", "en"), "Another Company"), keyset())
    replaced = attachments(label_of(other))
    reference = Document(signed_pdf()).attachments()
    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf()))
    for name, place in reference.items():
        stream = StreamObject(stream_data=replaced[name])
        writer.objects[place.generation, place.number] = stream
    output = BytesIO()
    writer.write(output)
    newest = Document(output.getvalue())
    assert newest.content(newest.attachments()[bundle.CREDENTIAL_FILE]) == other.encode()
    result = report(output.getvalue())
    assert result.verdict == "altered" and failing(result) == {13}
    assert result.statement == statement()


def test_attachments_and_document_must_be_of_one_issue():
    """A signed PDF whose credential is genuine but whose proof is of another label."""
    other = forge(changed(("number",), OTHER_NUMBER), keyset())
    mixed = Label(label().compact, logged(other, keyset()))
    result = report(documents.sign_pdf(plain_pdf(attachments(mixed)), keyset()))
    assert result.verdict == "altered" and failing(result) == {11}


def test_digest_of_the_leaf_is_of_the_presented_bytes():
    leaf = hashlib.sha256(b"\x00" + label().compact.encode()).digest()
    note = checkpoint.sign(keyset().log_name, 1, leaf, keyset())
    assert report(bundle.pack(label().compact, bundle.make_proof(0, 1, [], note))).valid
