"""The forgery table, continued: the PDF."""

from io import BytesIO

import pytest
from labelmaking import (
    OTHER_NUMBER,
    Label,
    attachments,
    changed,
    failing,
    forge,
    keyset,
    label,
    label_of,
    logged,
    plain_pdf,
    report,
    rewritten,
    signed_pdf,
    statement,
    unsigned_pdf,
)

from certificates import bundle, documents
from certificates.pdf.document import Document


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
