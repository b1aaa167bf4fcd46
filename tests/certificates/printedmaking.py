"""Documents drawn as the service draws them, and the same with something painted on, under or over them, signed by the
right key: only their pages tell the difference."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from labelmaking import ISSUED, drawn, keyset, label, rewritten
from pdfmaking import CMAP, DESCENDANT

from certificates import documents
from certificates.pdf.document import Document
from certificates.pdf.text import Printed, read

FONT = "/HostileFont"
_TEXTS = re.compile(rb"<([0-9a-f]+)>")


@cache
def genuine() -> bytes:
    """The plain label before it is signed."""
    return drawn(label())


@cache
def shown() -> Printed:
    """What its pages show."""
    return read(Document(genuine()))


def signed(pdf: bytes) -> bytes:
    return documents.sign_pdf(pdf, keyset(), ISSUED)


def edited(edit: Callable[[Any], None]) -> bytes:
    """The genuine label, changed before it was signed: by a careless or dishonest issuer."""
    return signed(rewritten(genuine(), edit))


def painted(content: bytes, page: int = 0, *, first: bool = False) -> bytes:
    """More instructions on a page, with a font of ASCII and Chinese letters at hand."""
    return edited(lambda document: paint(document, content, page, first=first))


def paint(document: Any, content: bytes, page: int = 0, *, first: bool = False) -> None:
    font(document, page, content)
    document.pages[page].contents_add(b"q\n" + content + b"\nQ\n", prepend=first)


def font(document: Any, page: int, content: bytes) -> None:
    """A font whose codes are those of Unicode, for ASCII and whatever else stands in ``content``."""
    import pikepdf

    codes = {text[at : at + 4].upper() for text in _TEXTS.findall(content) for at in range(0, len(text), 4)}
    more = [b"<%s> <%s> <%s>\n" % (code, code, code) for code in sorted(codes) if code > b"007E"]
    cmap = CMAP.replace(b"1 beginbfrange", b"%d beginbfrange" % (1 + len(more)))
    cmap = cmap.replace(b"endbfrange", b"".join(more) + b"endbfrange")
    parts = pikepdf.Object.parse(DESCENDANT.replace(b" 8 0 R", b" null"))
    parts.FontDescriptor.FontFile2 = document.make_stream(b"a font's program")
    made = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name.Made,
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=pikepdf.Array([document.make_indirect(parts)]),
        ToUnicode=document.make_stream(cmap),
    )
    resources = document.pages[page].Resources
    if "/Font" not in resources:
        resources.Font = pikepdf.Dictionary()
    resources.Font[FONT] = document.make_indirect(made)


def line(text: str, at: tuple[float, float] = (60, 22), size: float = 8, more: str = "") -> bytes:
    """The instructions that set a text in that font; below the foot there is room."""
    codes = text.encode("utf-16-be").hex()
    return f"BT {more} {FONT} {size} Tf 1 0 0 1 {at[0]} {at[1]} Tm <{codes}> Tj ET\n".encode()


def saved(document: Any) -> bytes:
    output = BytesIO()
    document.save(output)
    return output.getvalue()
