"""Steps 1 and 2: what was presented: a label PDF, a bundle, or a bare credential. Nothing is believed yet.

Rules
1. The kind of a file follows from its first bytes: ``%PDF-``, ``{``, or a compact JWT; its name plays no
   part.
2. In a PDF only the attachments ``credential.jwt`` and ``proof.json`` of the signed revision count.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from certificates import bundle, limits
from certificates.canonical import NotJson, parse
from certificates.credential import CredentialUnreadable, Decoded, decode
from certificates.pdf.document import Document
from certificates.pdf.objects import PdfUnreadable
from certificates.pdf.signature import Signed, open_signed


class FileUnreadable(ValueError):
    """The file is not one of the three kinds, or damaged; ``step`` is 1 or 2, ``reason`` the code of the
    sentence."""

    def __init__(self, step: int, reason: str, kind: str = "", signed: Signed | None = None) -> None:
        super().__init__(reason)
        self.step, self.reason, self.kind, self.signed = step, reason, kind, signed


@dataclass(frozen=True, slots=True)
class Presented:
    """A file taken apart: ``kind`` is pdf, bundle or credential; ``signed`` is there for a PDF only."""

    kind: str
    credential: Decoded
    proof: bundle.Proof | None
    signed: Signed | None = field(default=None)


def read(data: bytes) -> Presented:
    """Take a file apart; raises FileUnreadable."""
    if not data or len(data) > limits.FILE_BYTES:
        raise FileUnreadable(1, "too-large" if data else "empty")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.lstrip(b" \t\r\n").startswith(b"{"):
        return _bundle(data)
    return _bare(data)


def _pdf(data: bytes) -> Presented:
    try:
        signed = open_signed(data)
    except PdfUnreadable as problem:
        raise FileUnreadable(1, "pdf-unreadable", "pdf") from problem
    try:
        credential, proof = _attached(signed.revision)
    except (PdfUnreadable, NotJson, bundle.NotABundle, UnicodeDecodeError, CredentialUnreadable) as problem:
        raise FileUnreadable(2, "attachment-unreadable", "pdf", signed) from problem
    if credential is None:
        raise FileUnreadable(2, "no-credential", "pdf", signed)
    return Presented("pdf", credential, proof, signed)


def _attached(document: Document) -> tuple[Decoded | None, bundle.Proof | None]:
    files = document.attachments()
    credential, proof = files.get(bundle.CREDENTIAL_FILE), files.get(bundle.PROOF_FILE)
    return (
        decode(document.content(credential).decode("ascii")) if credential else None,
        bundle.read_proof(parse(document.content(proof))) if proof else None,
    )


def _bundle(data: bytes) -> Presented:
    try:
        compact, proof = bundle.unpack(parse(data))
        return Presented("bundle", decode(compact), proof)
    except NotJson as problem:
        raise FileUnreadable(1, "json-unreadable", "bundle") from problem
    except bundle.NotABundle as problem:
        raise FileUnreadable(2, "not-a-bundle", "bundle") from problem
    except CredentialUnreadable as problem:
        raise FileUnreadable(2, "not-a-credential", "bundle") from problem


def _bare(data: bytes) -> Presented:
    """A credential as text; one line feed at its end is a text editor's, not the credential's."""
    text = data[: limits.CREDENTIAL_BYTES + 2].decode("latin-1").removesuffix("\n").removesuffix("\r")
    if len(data) > limits.CREDENTIAL_BYTES + 2 or not bundle.looks_compact(text):
        raise FileUnreadable(1, "unknown-kind")
    try:
        return Presented("credential", decode(text), None)
    except CredentialUnreadable as problem:
        raise FileUnreadable(2, "not-a-credential", "credential") from problem
