"""Steps 1 and 2: what was presented: a label PDF, a bundle, or a bare credential. Nothing is believed yet.

Rules
1. The kind of a file follows from its first bytes: ``%PDF-``, ``{``, or a compact JWT; its name plays no
   part. A JSON object with a credentialSubject is a credential with a Data Integrity proof, any other a bundle.
2. In a PDF only the attachments ``credential.jwt`` and ``bundle.json`` of the signed revision count, and the bundle
   must hold the very text of the credential.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    """A file taken apart: ``kind`` is pdf, bundle or credential; ``signed`` is there for a PDF only. ``agreeing`` is
    False for a PDF whose bundle is of another credential."""

    kind: str
    credential: Decoded
    bundle: bundle.Bundle | None
    signed: Signed | None = field(default=None)
    agreeing: bool = True


def read(data: bytes) -> Presented:
    """Take a file apart; raises FileUnreadable."""
    if not data or len(data) > limits.FILE_BYTES:
        raise FileUnreadable(1, "too-large" if data else "empty")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.lstrip(b" \t\r\n").startswith(b"{"):
        return _json(data)
    return _bare(data)


def taken_apart(packed: bundle.Bundle) -> Presented:
    """A bundle that is in hand as such; as the file it packs to would be. Raises FileUnreadable."""
    return Presented("bundle", _decoded(packed.credential, "bundle"), packed)


def _pdf(data: bytes) -> Presented:
    try:
        signed = open_signed(data)
    except PdfUnreadable as problem:
        raise FileUnreadable(1, "pdf-unreadable", "pdf") from problem
    try:
        compact, packed = _attached(signed.revision)
        credential = None if compact is None else decode(compact)
    except (PdfUnreadable, NotJson, bundle.NotABundle, UnicodeDecodeError, CredentialUnreadable) as problem:
        raise FileUnreadable(2, "attachment-unreadable", "pdf", signed) from problem
    if credential is None:
        raise FileUnreadable(2, "no-credential", "pdf", signed)
    agreeing = packed is None or packed.credential == compact
    return Presented("pdf", credential, packed, signed, agreeing)


def _attached(document: Document) -> tuple[str | None, bundle.Bundle | None]:
    files = document.attachments()
    credential, packed = files.get(bundle.CREDENTIAL_FILE), files.get(bundle.BUNDLE_FILE)
    return (
        document.content(credential).decode("ascii") if credential else None,
        bundle.unpack(parse(document.content(packed), numbers=True)) if packed else None,
    )


def _json(data: bytes) -> Presented:
    try:
        value = parse(data, numbers=True)
    except NotJson as problem:
        raise FileUnreadable(1, "json-unreadable", "bundle") from problem
    if isinstance(value, dict) and "credentialSubject" in value:
        return Presented("credential", _decoded(value, "credential"), None)
    try:
        packed = bundle.unpack(value)
    except bundle.NotABundle as problem:
        raise FileUnreadable(2, "not-a-bundle", "bundle") from problem
    return taken_apart(packed)


def _bare(data: bytes) -> Presented:
    """A credential as text; one line feed at its end is a text editor's, not the credential's."""
    text = data[: limits.CREDENTIAL_BYTES + 2].decode("latin-1").removesuffix("\n").removesuffix("\r")
    if len(data) > limits.CREDENTIAL_BYTES + 2 or not bundle.looks_compact(text):
        raise FileUnreadable(1, "unknown-kind")
    return Presented("credential", _decoded(text, "credential"), None)


def _decoded(credential: str | dict[str, Any], kind: str) -> Decoded:
    try:
        return decode(credential)
    except CredentialUnreadable as problem:
        raise FileUnreadable(2, "not-a-credential", kind) from problem
