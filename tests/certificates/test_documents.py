import zlib
from io import BytesIO

import pytest
from hostilepdf import packed_pdf
from labelmaking import (
    ISSUED,
    NOW,
    attachments,
    keyset,
    label,
    plain_pdf,
    report,
    rewritten,
    signed_pdf,
    unsigned_pdf,
)

from certificates import documents
from certificates.bundle import BUNDLE_FILE, CREDENTIAL_FILE
from certificates.pdf import cms, der
from certificates.pdf.document import Document
from certificates.pdf.objects import Budget, Lexer, Name, PdfUnreadable, Reference
from certificates.pdf.signature import open_signed
from certificates.verify import verify


def signed(pdf):
    return documents.sign_pdf(pdf, keyset(), ISSUED)


def document_key(issuer=None):
    return (keyset(issuer) if issuer else keyset()).active("document", ISSUED)


def pyhanko_status(pdf: bytes):
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    (embedded,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    root = Certificate.load(keyset().certificate(document_key().kid).public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    return validate_pdf_signature(embedded, context)


def test_pyhanko_agrees_on_the_genuine_document():
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    status = pyhanko_status(signed_pdf())
    assert status.intact and status.valid
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE


def test_pyhanko_agrees_on_a_changed_document():
    pdf = signed_pdf()
    place = pdf.index(b"stream\n", pdf.index(b"/Length")) + 20
    damaged = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert not pyhanko_status(damaged).intact
    assert open_signed(damaged).problem == "bytes-changed"


def test_signing_is_an_incremental_update_and_attachments_stay():
    pdf = signed_pdf()
    assert pdf.startswith(unsigned_pdf())
    document = open_signed(pdf).revision
    found = {name: document.content(reference) for name, reference in document.attachments().items()}
    assert found == attachments(label())


@pytest.mark.parametrize("mode", ["generate", "disable", "preserve"])
def test_files_written_by_another_program_are_read_and_signed(mode):
    """Object streams with predictors (generate) and plain tables (disable), as QPDF writes them."""
    import pikepdf

    output = BytesIO()
    with pikepdf.open(BytesIO(unsigned_pdf())) as document:
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode[mode])
    assert report(signed(output.getvalue())).valid


@pytest.mark.parametrize(
    "made",
    [
        lambda: b"",
        lambda: b"%PDF-1.7\n",
        lambda: b"not a pdf",
        signed_pdf,
        lambda: unsigned_pdf()[:-20],
        lambda: packed_pdf({1: b"<</Type/Catalog>>"}),
    ],
    ids=["empty", "head", "text", "signed", "cut", "no-pages"],
)
def test_not_signable(made):
    data = made()
    with pytest.raises(documents.DocumentUnsignable):
        signed(data)


def test_without_attachments_there_is_nothing_to_verify():
    result = report(signed(plain_pdf({})))
    assert result.verdict == "unreadable" and result.steps[1].reason == "no-credential"


def test_without_a_bundle_nothing_shows_that_it_was_logged():
    import pikepdf

    def edit(document):
        del document.attachments[BUNDLE_FILE]
        document.Root.AF = pikepdf.Array([document.Root.Names.EmbeddedFiles.Names[1]])

    result = report(signed(rewritten(unsigned_pdf(), edit)))
    assert result.verdict == "incomplete" and {step.number for step in result.failed} <= {16}


def test_damaged_attachments_name_step_two():
    pdf = plain_pdf({CREDENTIAL_FILE: label().compact.encode(), BUNDLE_FILE: b'{"a":1,"a":2}'})
    result = report(signed(pdf))
    assert result.verdict == "unreadable" and [step.number for step in result.failed] == [2]


def test_bytes_that_look_like_an_attachment_are_not_one():
    fake = b"\n99 0 obj\n<</Type/EmbeddedFile/Length 3>>\nstream\nabc\nendstream\nendobj\n"
    pdf = plain_pdf({"notes.json": fake})
    assert set(Document(pdf).attachments()) == {"notes.json"}
    result = report(signed(pdf))
    assert result.steps[1].reason == "no-credential"


def test_encrypted_is_refused():
    import pikepdf

    output = BytesIO()
    with pikepdf.open(BytesIO(unsigned_pdf())) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(PdfUnreadable):
        Document(output.getvalue())


def test_two_attachments_of_one_name_are_refused():
    import pikepdf

    def edit(document):
        names = document.Root.Names.EmbeddedFiles.Names
        names.append(pikepdf.String("zzz"))
        names.append(names[1])

    with pytest.raises(PdfUnreadable):
        Document(rewritten(unsigned_pdf(), edit)).attachments()


def tiny(*objects: bytes, trailer: bytes = b"<</Root 1 0 R>>", prev: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a plain table."""
    text, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    text += b"".join(b"%010d 00000 n \n" % place for place in places)
    return text + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start


DEEP = b"[" * 40 + b"]" * 40
HOSTILE = {
    "deep": tiny(b"<</Names " + DEEP + b">>"),
    "circle": tiny(b"<</Names 2 0 R>>", b"3 0 R", b"2 0 R"),
    "tree-circle": tiny(b"<</Names<</EmbeddedFiles 2 0 R>>>>", b"<</Kids[2 0 R]>>"),
    "tree-wide": tiny(
        b"<</Names<</EmbeddedFiles 2 0 R>>>>",
        b"<</Kids[" + b"3 0 R " * 50 + b"]>>",
        b"<</Kids[" + b"4 0 R " * 500 + b"]>>",
        b"<</Kids[" + b"5 0 R " * 500 + b"]>>",
        b"<<>>",
    ),
    "field-circle": tiny(b"<</AcroForm<</Fields[2 0 R]>>>>", b"<</Kids[2 0 R 2 0 R]>>"),
    "prev-circle": tiny(b"<<>>", trailer=b"<</Root 1 0 R/Prev 1>>"),
    "prev-self": tiny(b"<<>>", trailer=b"<</Root 1 0 R/Prev 30>>"),
    "prev-text": tiny(b"<<>>", trailer=b"<</Root 1 0 R/Prev/x>>"),
    "root-missing": tiny(b"<<>>", trailer=b"<<>>"),
    "root-number": tiny(b"5"),
    "name-twice": tiny(b"<</A 1/A 2>>"),
    "string-open": tiny(b"<</A (open >>"),
    "hex-open": tiny(b"<</A <41 >>"),
    "spec-no-name": tiny(b"<</Names<</EmbeddedFiles<</Names[(a)<</EF<</F 2 0 R>>>>]>>>>>>"),
    "lzw": tiny(
        b"<</Names<</EmbeddedFiles<</Names[(credential.jwt)<</F(credential.jwt)/EF<</F 2 0 R>>>>]>>>>>>",
        b"<</Filter/LZWDecode/Length 3>>\nstream\nabc\nendstream",
    ),
    "length-lies": tiny(
        b"<</Names<</EmbeddedFiles<</Names[(credential.jwt)<</F(credential.jwt)/EF<</F 2 0 R>>>>]>>>>>>",
        b"<</Length 300>>\nstream\nabc\nendstream",
    ),
    "length-circle": tiny(
        b"<</Names<</EmbeddedFiles<</Names[(credential.jwt)<</F(credential.jwt)/EF<</F 2 0 R>>>>]>>>>>>",
        b"<</Length 2 0 R>>\nstream\nabc\nendstream",
    ),
    "long-string": tiny(b"<</A(" + b"a" * 140_000 + b")>>"),
    "long-hex": tiny(b"<</A<" + b"41" * 70_000 + b">>>"),
    "many-escapes": tiny(b"<</A[" + (b"(" + b"\\a" * 60_000 + b")") * 3 + b"]>>"),
    "many-tokens": tiny(b"<</A[" + b"0 " * 450_000 + b"]>>"),
    "many-entries": b"%PDF-1.7\nxref\n0 70000\n"
    + b"0000000000 65535 f \n" * 70_000
    + b"trailer<<>>\nstartxref\n9\n%%EOF\n",
    "comments": b"%PDF-1.7\n" + b"%" * 1_000_000,
    "sig-not-dictionary": tiny(b"<</AcroForm<</Fields[<</FT/Sig/V 5>>]>>>>"),
    "byte-range-huge": tiny(
        b"<</AcroForm<</Fields[<</FT/Sig/V<</ByteRange[0 99999999999999 1 1]/Contents<41>>>>>]>>>>"
    ),
    "byte-range-text": tiny(
        b"<</AcroForm<</Fields[<</FT/Sig/V<</ByteRange[0 (a) 1.5 1]/Contents<41>>>>>]>>>>"
    ),
}


def bomb() -> bytes:
    packed = zlib.compress(bytes(30_000_000))
    return tiny(
        b"<</Names<</EmbeddedFiles<</Names[(credential.jwt)<</F(credential.jwt)/EF<</F 2 0 R>>>>]>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed),
    )


@pytest.mark.parametrize("name", [*HOSTILE, "bomb"])
def test_hostile_files_are_unreadable_and_nothing_else(name):
    result = verify(bomb() if name == "bomb" else HOSTILE[name], keyset().trust(), at=NOW)
    assert result.verdict in ("unreadable", "altered") and result.statement is None
    assert result.failed


def test_a_comment_read_again_and_again_is_stopped():
    """Every object begins inside the same long comment: cheap to write, dear to read without a budget."""
    count, filler = 400, b"%" * 1_000_000
    heads = b"".join(b" %d 0 obj " % number for number in range(10, 10 + count))
    body = (
        b"%PDF-1.7\n1 0 obj\n<</AcroForm<</Fields["
        + b"".join(b"%d 0 R " % n for n in range(10, 10 + count))
        + b"]>>>>\nendobj\n%"
    )
    starts = {n: len(body) + heads.index(b" %d 0 obj " % n) + 1 for n in range(10, 10 + count)}
    text = body + heads.replace(b"obj ", b"obj%") + filler + b"\n<<>>\n"
    start = len(text)
    text += b"xref\n1 1\n0000000009 00000 n \n10 %d\n" % count
    text += b"".join(b"%010d 00000 n \n" % starts[n] for n in range(10, 10 + count))
    text += b"trailer\n<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    with pytest.raises(PdfUnreadable, match="complex"):
        open_signed(text)


def read(text: bytes):
    return Lexer(text, 0, Budget()).read()


def test_objects():
    assert read(b" % comment\n<</A#42 [1 -2.5 true null /N 3 0 R]>>") == {
        "AB": [1, -2.5, True, None, Name("N"), Reference(3, 0)]
    }
    assert (
        read(
            rb"(a\(b\)(c)\n\101\
d)"
        ).value
        == b"a(b)(c)\nAd"
    )
    assert read(b"<4 1 4>").value == b"A@"


@pytest.mark.parametrize(
    "text",
    [b"", b"<<", b"[", b"(", b"<", b"]", b"1e5", b"--1", b"<</A>>", b"<<1 2>>", b"/" + b"a" * 600, b"9" * 20],
)
def test_objects_refused(text):
    with pytest.raises(PdfUnreadable):
        read(text)


@pytest.mark.parametrize(
    "data",
    ["", "30", "3080", "308000", "30810100", "3082000100", "1f8101", "3005020101", "30850000000001ff"],
)
def test_der_refused(data):
    with pytest.raises(der.NotDer):
        der.children(der.read_one(bytes.fromhex(data))[0])


@pytest.mark.parametrize("data", ["06", "0600", "060180", "06028001", "060181"])
def test_identifiers_refused(data):
    with pytest.raises(der.NotDer):
        der.oid(der.read_one(bytes.fromhex(data))[0])


def test_identifier():
    assert der.oid(der.read_one(bytes.fromhex("06092a864886f70d010702"))[0]) == "1.2.840.113549.1.7.2"


def container() -> bytes:
    (dictionary,) = Document(signed_pdf()).signatures()
    return dictionary["Contents"].value


def test_the_container_is_read_and_every_byte_of_it_counts():
    signature = cms.read(container())
    key = document_key().public
    assert signature.by(key) and not signature.by(document_key("did:web:labels.example.net").public)
    whole, _ = der.read_one(container())
    for place in range(len(whole.whole)):
        changed = bytearray(container())
        changed[place] ^= 1
        try:
            again = cms.read(bytes(changed))
        except der.NotDer:
            continue
        assert not again.by(key) or again.message_digest != signature.message_digest, place


def test_nothing_but_zeros_follows_the_container():
    with pytest.raises(der.NotDer):
        cms.read(container()[:-1] + b"\x01")
    with pytest.raises(der.NotDer):
        cms.read(container() + b"\0" * 70_000)
