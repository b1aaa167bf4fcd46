"""The signature over a whole label PDF.

Rules
1. There is exactly one signature dictionary, PAdES (SubFilter ETSI.CAdES.detached), and nothing was added
   after it.
2. Its ByteRange is four whole numbers, begins at 0, ends with the file, and leaves out exactly the
   hexadecimal string that is its Contents, delimiters included: no byte of the file but the signature itself
   is outside the signature. A dictionary in an object stream has its Contents nowhere in the file.
3. SHA-256 of the covered bytes is the signed message digest, and a key of the caller's made the signature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from certificates.pdf import cms
from certificates.pdf.der import NotDer
from certificates.pdf.document import Document
from certificates.pdf.objects import PdfUnreadable, String

_CONTENTS = re.compile(rb"<[0-9A-Fa-f]+>")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed PDF: the document as it was when signed, and what is wrong with its signature (a detail code,
    or empty)."""

    revision: Document
    problem: str
    signature: cms.Signature | None

    def by_any(self, keys: Iterable[ec.EllipticCurvePublicKey]) -> bool:
        """True when one of ``keys`` made the signature."""
        return self.signature is not None and any(self.signature.by(key) for key in keys)


def open_signed(data: bytes) -> Signed:
    """Find the signature of a PDF and the revision it covers. Raises PdfUnreadable only when the PDF cannot
    be read.

    Problems: ``no-signature``, ``several-signatures``, ``added-after``, ``not-whole``, ``container``,
    ``bytes-changed``.
    """
    document = Document(data)
    found = document.signatures()
    if not found:
        return Signed(document, "no-signature", None)
    signed = _covered(data, found[0])
    if len(found) > 1:
        return Signed(document, "several-signatures", None)
    if signed is None:
        return Signed(document, "not-whole", None)
    first, second, end = signed
    if end != len(data):
        return Signed(_earlier(document, end), "added-after", None)
    covered, view = hashlib.sha256(), memoryview(data)
    for part in (view[:first], view[second:]):  # no copy of a file of 20 MB
        covered.update(part)
    return _checked(document, found[0], covered.digest())


def _checked(document: Document, dictionary: dict[str, Any], digest: bytes) -> Signed:
    try:
        signature = cms.read(dictionary["Contents"].value)
    except NotDer:
        return Signed(document, "container", None)
    if dictionary.get("SubFilter") != "ETSI.CAdES.detached":
        return Signed(document, "container", None)
    return Signed(document, "" if signature.message_digest == digest else "bytes-changed", signature)


def _covered(data: bytes, dictionary: dict[str, Any]) -> tuple[int, int, int] | None:
    """End of the first range, start of the second, end of the second; None when rule 2 is broken within the
    revision."""
    numbers, contents = dictionary.get("ByteRange"), dictionary.get("Contents")
    if (
        not isinstance(numbers, list)
        or len(numbers) != 4
        or any(type(number) is not int for number in numbers)
    ):
        return None
    start, first, second, length = numbers
    if not isinstance(contents, String) or (contents.start, contents.end) != (first, second):
        return None
    if (
        start != 0
        or length < 1
        or second + length > len(data)
        or not _CONTENTS.fullmatch(data, first, second)
    ):
        return None
    return first, second, second + length


def _earlier(document: Document, end: int) -> Document:
    try:
        return Document(document.data[:end], document.budget)
    except PdfUnreadable:
        return document
