"""Signing label documents: PAdES baseline B over the whole PDF, with the issuer's document key.

Rules
1. The signature is invisible, ECDSA P-256 with SHA-256, and the last thing written: attachments are embedded
   before.
2. A PDF that is signed already is refused: a label has exactly one signature.
3. The key may lie in a file or in a token: pyHanko asks our signer and never sees a private key.
4. What is signed is read back by our own verifier's reader before it is handed out.

Example: ``sign_pdf(pdf, keys, now)``.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from certificates.keys.signer import Signer, der_signature
from certificates.pdf.objects import PdfUnreadable
from certificates.pdf.signature import open_signed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from certificates.keys.keyset import KeySet

FIELD = "TanbiaoIssuer"
_RESERVED_BYTES = 4096
_LONGEST_SIGNATURE = 72
"""Bytes of an ECDSA P-256 signature in DER, at most."""


class DocumentUnsignable(ValueError):
    """This PDF cannot be signed as a label: it is damaged, encrypted, or signed already."""


def sign_pdf(pdf: bytes, keys: KeySet, at: datetime) -> bytes:
    """The PDF with an incremental update that holds the signature, by the document key that is active at ``at``.

    Raises DocumentUnsignable; keys.NoActiveKey and signer.KeyUnreachable, both before anything is written.
    """
    key, signer = keys.active("document", at), keys.signer("document", at)
    try:
        if open_signed(pdf).problem != "no-signature":
            raise DocumentUnsignable("The PDF is signed already.")
        signed = _signed(pdf, keys.certificate(key.kid), signer, at)
        check = open_signed(signed)
    except PdfUnreadable as problem:
        raise DocumentUnsignable("The PDF cannot be read.") from problem
    assert isinstance(key.public, ec.EllipticCurvePublicKey)  # noqa: S101 - what the use asks for, by certificates.keys.key
    if check.problem or not check.by_any([key.public]):
        raise DocumentUnsignable(f"The signature made does not hold: {check.problem}.")
    return signed


def _signed(pdf: bytes, certificate: Certificate, signer: Signer, at: datetime) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError

    class Dated(signers.PdfSigner):  # type: ignore[misc]
        """Writes the moment it was given, not one of its own."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    output = BytesIO()
    try:
        Dated(metadata, _asking(signer, certificate)).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), output=output, bytes_reserved=_RESERVED_BYTES
        )
    except (PdfError, SigningError, LookupError, TypeError, AttributeError) as problem:
        # pyHanko walks the document as it stands: a missing page tree is a LookupError to it.
        raise DocumentUnsignable(f"The PDF is not built as a document: {problem!r}.") from problem
    return output.getvalue()


def _asking(signer: Signer, certificate: Certificate) -> Any:
    """A signer of pyHanko's kind that asks ours (rule 3)."""
    from asn1crypto.x509 import Certificate as Loaded
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Asking(signers.Signer):  # type: ignore[misc]
        """ECDSA P-256 with SHA-256, wherever the key lies."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if dry_run:
                return bytes(_LONGEST_SIGNATURE)
            if digest_algorithm != "sha256":
                raise ValueError(f"Documents are signed over SHA-256, not {digest_algorithm}.")
            return der_signature(signer.sign(data))

    return Asking(
        signing_cert=Loaded.load(certificate.public_bytes(Encoding.DER)),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
