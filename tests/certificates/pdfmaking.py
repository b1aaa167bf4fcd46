"""Small PDFs with pages, written byte by byte: what the reader of pages accepts, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping

FONT = 5
"""The number of the font object; its codes are those of ASCII."""
CMAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange\n<0000> <FFFF>\n"
    b"endcodespacerange\n1 beginbfrange\n<0020> <007E> <0020>\nendbfrange\nendcmap end end"
)
DESCENDANT = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Made/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
    b"/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/Made/FontFile2 8 0 R>>/CIDToGIDMap/Identity"
    b"/DW 600>>"
)
COMPOSITE = (
    b"<</Type/Font/Subtype/Type0/BaseFont/Made/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>"
)
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>"


def stream(data: bytes, dictionary: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def codes(text: str) -> bytes:
    """A text in the codes of the font, as a hexadecimal string."""
    return b"<" + text.encode("utf-16-be").hex().encode() + b">"


def shown(text: str, at: tuple[float, float] = (50, 700), size: float = 10) -> bytes:
    """The instructions that show a text."""
    return b"BT /F %f Tf 1 0 0 1 %f %f Tm %s Tj ET\n" % (size, *at, codes(text))


def written(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects with a plain table."""
    text, places = b"%PDF-1.7\n", dict[int, int]()
    for number, content in objects.items():
        places[number] = len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(text)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
    return text + b"xref\n%strailer\n<</Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (rows, trailer, start)


def paged(content: bytes, **other: bytes) -> bytes:
    """A PDF of one page with these instructions. ``other``: ``catalogue``, ``pages``, ``page``, ``font``,
    ``descendant``, ``cmap``, and further objects as ``o10``, ``o11`` …"""
    objects = {
        1: other.pop("catalogue", CATALOGUE),
        2: other.pop("pages", PAGES),
        3: other.pop("page", PAGE),
        4: stream(content),
        FONT: other.pop("font", COMPOSITE),
        6: other.pop("descendant", DESCENDANT),
        7: stream(other.pop("cmap", CMAP)),
        8: stream(b"a font's program"),
    }
    return written(objects | {int(name[1:]): content for name, content in other.items()})
