"""Signing label documents: PAdES baseline B over the whole PDF, with the issuer's document key.

Rules
1. The signature is invisible, ECDSA P-256 with SHA-256, and the last thing written: attachments are embedded
   before.
2. A PDF that is signed already is refused: a label has exactly one signature.
3. What is signed is read back by our own verifier's reader before it is handed out.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from certificates.pdf.objects import PdfUnreadable
from certificates.pdf.signature import open_signed

if TYPE_CHECKING:
    from certificates.keys import KeySet

FIELD = "TanbiaoIssuer"
_RESERVED_BYTES = 4096


class DocumentUnsignable(ValueError):
    """This PDF cannot be signed as a label: it is damaged, encrypted, or signed already."""


def sign_pdf(pdf: bytes, keys: KeySet) -> bytes:
    """The PDF with an incremental update that holds the signature; raises DocumentUnsignable."""
    try:
        if open_signed(pdf).problem != "no-signature":
            raise DocumentUnsignable("The PDF is signed already.")
        signed = _signed(pdf, keys)
        check = open_signed(signed)
    except PdfUnreadable as problem:
        raise DocumentUnsignable("The PDF cannot be read.") from problem
    if check.problem or not check.by_any([keys.document_key.public_key()]):
        raise DocumentUnsignable(f"The signature made does not hold: {check.problem}.")
    return signed


def _signed(pdf: bytes, keys: KeySet) -> bytes:
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives import serialization
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    der = serialization.Encoding.DER
    private = keys.document_key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(keys.certificate.public_bytes(der)),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    output = BytesIO()
    try:
        signers.PdfSigner(metadata, signer).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), output=output, bytes_reserved=_RESERVED_BYTES
        )
    except (PdfError, SigningError, LookupError, TypeError, AttributeError) as problem:
        # pyHanko walks the document as it stands: a missing page tree is a LookupError to it.
        raise DocumentUnsignable(f"The PDF is not built as a document: {problem!r}.") from problem
    return output.getvalue()
