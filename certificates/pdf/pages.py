"""The pages of a document (ISO 32000-1, 7.7.3): what may be on them, named; all else is refused.

Rules
1. A page has the entries that the typesetter writes, is upright, and its crop box, where it has one, is its media box.
2. Annotations are links that show nothing of their own, and the signature's field, which has no extent.
3. A page stands once in the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from certificates import limits
from certificates.pdf.document import Document
from certificates.pdf.marks import Box, NotPlain
from certificates.pdf.objects import PdfUnreadable, Reference, String, text_of

_PAGE = {
    "Type", "Parent", "MediaBox", "CropBox", "TrimBox", "BleedBox", "ArtBox", "Resources", "Contents", "Annots",
    "StructParents", "Tabs", "Rotate",
}  # fmt: skip
_BRANCH = {"Type", "Parent", "Kids", "Count", "MediaBox", "CropBox", "Resources", "Rotate"}
_INHERITED = ("MediaBox", "CropBox", "Resources", "Rotate")
_RESOURCES = {"ProcSet", "Font", "ColorSpace", "ExtGState", "XObject", "Properties"}
_LINK = {
    "Type", "Subtype", "Rect", "Border", "A", "Dest", "F", "Contents", "StructParent", "QuadPoints", "NM", "P", "H",
    "M",
}  # fmt: skip
_FIELD = {
    "Type", "Subtype", "Rect", "F", "P", "FT", "T", "TU", "V", "Ff", "Lock", "SV",
}  # fmt: skip
_LARGEST = 2000.0
"""The side of a page, in points, at most: a label is A4."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what can be seen of it, its resources, its instructions, and the addresses of its links."""

    box: Box
    resources: dict[str, Any]
    content: bytes
    links: tuple[str, ...]


def pages(document: Document) -> Iterator[Page]:
    """The pages in order. Raises NotPlain (rules 1 to 3), PdfUnreadable."""
    seen: list[Reference] = []
    root = document.catalogue.get("Pages")
    for node in _leaves(document, root, {}, seen, 0):
        try:
            yield _page(document, node)
        except NotPlain as problem:
            raise NotPlain(problem.reason, len(seen)) from problem


def _leaves(
    document: Document, node: Any, above: dict[str, Any], seen: list[Reference], depth: int
) -> Iterator[dict[str, Any]]:
    """The page dictionaries with what they inherit (7.7.3.4)."""
    if depth > limits.PDF_DEPTH or not isinstance(node, Reference):
        raise PdfUnreadable("The pages are damaged.")
    document.budget.token()
    entry = document.dictionary(node)
    known = above | {key: entry[key] for key in _INHERITED if key in entry}
    if document.resolve(entry.get("Type")) == "Page":
        if node in seen or len(seen) >= limits.PDF_PAGES:
            raise NotPlain("pages-many")
        seen.append(node)
        yield known | entry
        return
    kids = document.resolve(entry.get("Kids"))
    if not isinstance(kids, list) or not set(entry) <= _BRANCH:
        raise NotPlain("page-unusual", len(seen) + 1)
    for kid in kids:
        yield from _leaves(document, kid, known, seen, depth + 1)


def _page(document: Document, entry: dict[str, Any]) -> Page:
    if "AA" in entry:
        raise NotPlain("page-active")
    if not set(entry) <= _PAGE or document.resolve(entry.get("Rotate", 0)) != 0:
        raise NotPlain("page-unusual")
    box = _box(document, entry.get("MediaBox"))
    if _box(document, entry.get("CropBox", entry.get("MediaBox"))) != box:
        raise NotPlain("page-hidden")
    resources = document.dictionary(entry.get("Resources"), {})
    if not set(resources) <= _RESOURCES:
        raise NotPlain("page-picture")
    content = document.resolve(entry.get("Contents"))
    parts = content if isinstance(content, list) else [entry.get("Contents")]
    streams = [part for part in parts if isinstance(part, Reference)]
    if len(streams) != len(parts):
        raise NotPlain("page-unusual")
    data = b"\n".join(document.content(stream) for stream in streams)
    annotations = document.resolve(entry.get("Annots", []))
    if not isinstance(annotations, list):
        raise NotPlain("page-unusual")
    links = [_link(document, document.dictionary(one)) for one in annotations]
    return Page(box, resources, data, tuple(link for link in links if link))


def _link(document: Document, annotation: dict[str, Any]) -> str:
    """The address of a link; empty for one within the document, and for the signature's field (rule 2)."""
    document.budget.token()
    kind = document.resolve(annotation.get("Subtype"))
    if kind == "Widget" and document.resolve(annotation.get("FT")) == "Sig" and set(annotation) <= _FIELD:
        left, bottom, right, top = _numbers(document, annotation.get("Rect"))
        if left != right or bottom != top:
            raise NotPlain("page-active")
        return ""
    if (
        kind != "Link"
        or not set(annotation) <= _LINK
        or _numbers(document, annotation.get("Border"), 3) != [0, 0, 0]
    ):
        raise NotPlain("page-active")
    action = document.dictionary(annotation.get("A"), {})
    if not action:
        return ""
    address = document.resolve(action.get("URI"))
    if document.resolve(action.get("S")) != "URI" or not set(action) <= {"Type", "S", "URI"}:
        raise NotPlain("page-active")
    if not isinstance(address, String):
        raise NotPlain("page-active")
    return text_of(address)


def _box(document: Document, value: Any) -> Box:
    left, bottom, right, top = _numbers(document, value)
    if not (0 < right - left <= _LARGEST and 0 < top - bottom <= _LARGEST):
        raise NotPlain("page-unusual")
    return left, bottom, right, top


def _numbers(document: Document, value: Any, count: int = 4) -> list[float]:
    found = document.resolve(value)
    values = [document.resolve(one) for one in found] if isinstance(found, list) else []
    if len(values) != count or not all(type(one) in (int, float) for one in values):
        raise NotPlain("page-unusual")
    return [float(one) for one in values]
