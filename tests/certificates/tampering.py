"""What attackers do to a signed PDF without its key: the attacks of the literature, on a signed label.

Names: incremental saving, signature wrapping and universal signature forgery after Mladenov et al. (1 Trillion Dollar
Refund, 2019), shadow attacks (hide, replace, hide-and-replace) after Mainka et al. (Shadow Attacks, 2021), evil
annotations after Rohlmann et al. (Breaking the Specification, 2021).
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import Any

from labelmaking import ISSUED, keyset, signed_pdf
from pdfmaking import stream
from printedmaking import genuine, rewritten, signed

from certificates.pdf.document import Document
from certificates.pdf.objects import Reference

_RANGE = re.compile(rb"/ByteRange ?\[([0-9 ]+)\]")


def updated(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """The PDF with an incremental update of these objects, written by hand."""
    document = Document(pdf)
    start = int(re.findall(rb"startxref\s+([0-9]+)", pdf)[-1])
    root = document.index.trailer["Root"].number
    size = max(*document.index.places, *objects) + 1
    text, rows = pdf if pdf.endswith(b"\n") else pdf + b"\n", b""
    for number, content in sorted(objects.items()):
        rows += b"%d 1\n%010d 00000 n \n" % (number, len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    place = len(text)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>" % (size, root, start)
    return text + b"xref\n" + rows + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % place


def pages_of(pdf: bytes) -> list[Reference]:
    document = Document(pdf)
    return list(document.dictionary(document.catalogue["Pages"])["Kids"])


def first_page(pdf: bytes) -> tuple[int, dict[str, Any]]:
    """Number and dictionary of the first page."""
    document = Document(pdf)
    reference = pages_of(pdf)[0]
    return reference.number, document.dictionary(reference)


def page_with(pdf: bytes, contents: int, more: bytes = b"") -> dict[int, bytes]:
    """The first page anew, with other instructions."""
    number, page = first_page(pdf)
    resources, parent = page["Resources"].number, page["Parent"].number
    body = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources %d 0 R/Contents %d 0 R%s>>"
    return {number: body % (parent, resources, contents, more)}


SHADOW = stream(b"0 g 50 600 200 50 re f")
HIDDEN = 9000


@cache
def prepared() -> bytes:
    """A label into which somebody slipped an object that nothing shows, before the issuer signed it."""
    return signed(updated(genuine(), {HIDDEN: SHADOW}))


def shadow_hide() -> bytes:
    """The page that hides the signed one's value is the prepared one."""
    return updated(prepared(), page_with(prepared(), HIDDEN))


def shadow_replace() -> bytes:
    """A font is replaced, and with it what the letters look like."""
    document = Document(prepared())
    _, page = first_page(prepared())
    fonts = document.dictionary(document.dictionary(page["Resources"])["Font"])
    font = next(value for value in fonts.values())
    return updated(prepared(), {font.number: b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"})


def shadow_hide_and_replace() -> bytes:
    """Other pages were prepared; the catalogue of the update leads to them and is otherwise the signed one."""
    pages = b"<</Type/Pages/Kids[9003 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 9002 0 R/MediaBox[0 0 595 842]/Contents 9000 0 R/Resources<<>>>>"
    made = signed(updated(genuine(), {HIDDEN: SHADOW, 9002: pages, 9003: page}))
    document = Document(made)
    root = document.index.trailer["Root"].number
    body = object_of(made, root).replace(
        b"/Pages %d 0 R" % document.catalogue["Pages"].number, b"/Pages 9002 0 R"
    )
    return updated(made, {root: body})


def object_of(pdf: bytes, number: int) -> bytes:
    """What stands between ``obj`` and ``endobj``."""
    _, place, _ = Document(pdf).index.places[number]
    return pdf[place : pdf.index(b"endobj", place)].split(b"obj", 1)[1].strip()


def annotated(pdf: bytes) -> bytes:
    """An update that adds nothing but an annotation."""
    _, page = first_page(pdf)
    note = b"<</Type/Annot/Subtype/FreeText/Rect[50 600 300 660]/Contents(1.27 kgCO2e)/DA(/Helv 40 Tf)>>"
    annots = b" ".join(
        b"%d 0 R" % one.number for one in Document(pdf).resolve(page["Annots"]) if isinstance(one, Reference)
    )
    return updated(
        pdf, {9005: note} | page_with(pdf, page["Contents"].number, b"/Annots[%s 9005 0 R]" % annots)
    )


def same_again(pdf: bytes) -> bytes:
    """An update that repeats an object as it was."""
    number = pages_of(pdf)[0].number
    return updated(pdf, {number: object_of(pdf, number)})


def ranged(first: int = 0, *, by: tuple[int, ...] = (0, 0, 0, 0), numbers: list[int] | None = None) -> bytes:
    """The ByteRange changed in place: its four numbers ``by`` so much, or other ``numbers`` for them."""
    data = signed_pdf()
    found = _RANGE.search(data)
    assert found is not None
    old = [int(one) for one in found[1].split()]
    new = numbers if numbers is not None else [one + more for one, more in zip(old, by, strict=True)]
    new[0] += first
    text = b" ".join(b"%d" % one for one in new)
    assert len(text) <= len(found[1])
    return data[: found.start(1)] + text.ljust(len(found[1])) + data[found.end(1) :]


def parts() -> list[int]:
    """The numbers of the ByteRange."""
    found = _RANGE.search(signed_pdf())
    assert found is not None
    return [int(one) for one in found[1].split()]


def wrapped() -> bytes:
    """Signature wrapping: the signed second part moves to the end, and other bytes stand where it was."""
    data, (_, _, second, length) = signed_pdf(), parts()
    moved = ranged(by=(0, 0, length, 0))
    return moved[:second] + data[second:].replace(b"/Prev", b"/Prex") + data[second : second + length]


def unsigned_with(value: bytes, field: bytes = b"") -> bytes:
    """A label that was never signed, with a signature field that has this value."""
    import pikepdf

    def edit(document: Any) -> None:
        parts = pikepdf.Object.parse(b"<</FT/Sig/T(TanbiaoIssuer)/V %s%s>>" % (value, field))
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([document.make_indirect(parts)]), SigFlags=3
        )

    return rewritten(genuine(), edit)


def certified(pdf: bytes) -> bytes:
    """Signed by the issuer's document key as a certification that permits annotations (DocMDP, P 3)."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    metadata = signers.PdfSignatureMetadata(
        field_name="TanbiaoIssuer", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES,
        certify=True, docmdp_permissions=fields.MDPPerm.ANNOTATE,
    )  # fmt: skip
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    return bytes(signers.sign_pdf(writer, metadata, signer=pyhanko_signer()).getvalue())


def signed_again(pdf: bytes, issuer: str | None = None) -> bytes:
    """A second signature behind the first."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    metadata = signers.PdfSignatureMetadata(
        field_name="Second", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    return bytes(signers.sign_pdf(writer, metadata, signer=pyhanko_signer(issuer)).getvalue())


def pyhanko_signer(issuer: str | None = None) -> Any:
    """pyHanko's signer with the document key of an issuer."""
    from certificates import documents

    keys = keyset(issuer) if issuer else keyset()
    key = keys.active("document", ISSUED)
    return documents._asking(keys.signer("document", ISSUED), keys.certificate(key.kid))
