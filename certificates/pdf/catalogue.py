"""What surrounds the pages of a document (ISO 32000-1, 7.7.2): what may be there, named; all else is refused.

Rules
1. The catalogue has the entries that the typesetter and the signature write. Scripts, actions, layers, portfolios, XFA
   and whatever is not known here could show a person something else, or another thing tomorrow.
2. The form holds one field, the signature's.
3. The files attached are those that the catalogue's AF names, too.
"""

from __future__ import annotations

from typing import Any

from certificates import limits
from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain
from certificates.pdf.objects import Reference, String, text_of

_CATALOGUE = {
    "Type", "Version", "Extensions", "Pages", "PageLabels", "Names", "Dests", "ViewerPreferences", "PageLayout",
    "PageMode", "Outlines", "AcroForm", "Metadata", "StructTreeRoot", "MarkInfo", "Lang", "OutputIntents", "AF",
    "Perms",
}  # fmt: skip
_NAMES = {"EmbeddedFiles", "Dests"}
_FORM = {"Fields", "SigFlags", "DR", "DA", "NeedAppearances"}
_MODES = (None, "UseNone", "UseOutlines", "UseAttachments")


def language(document: Document) -> str:
    """The language of the document as its catalogue says, as ``zh-CN``; empty where it says none."""
    found = document.resolve(document.catalogue.get("Lang"))
    return text_of(found) if isinstance(found, String) else ""


def check(document: Document) -> None:
    """Raises NotPlain (rules 1 to 3), PdfUnreadable."""
    _catalogue(document)
    _form(document)
    _attached(document)


def _catalogue(document: Document) -> None:
    catalogue = document.catalogue
    if "OCProperties" in catalogue:
        raise NotPlain("page-layer")
    if {"OpenAction", "AA", "URI", "NeedsRendering"} & set(catalogue):
        raise NotPlain("page-active")
    if not set(catalogue) <= _CATALOGUE or document.resolve(catalogue.get("PageMode")) not in _MODES:
        raise NotPlain("page-unusual")
    viewing = document.dictionary(catalogue.get("ViewerPreferences"), {})
    if not set(viewing) <= {"Direction", "DisplayDocTitle"}:
        raise NotPlain("page-unusual")
    names = document.dictionary(catalogue.get("Names"), {})
    if "JavaScript" in names:
        raise NotPlain("page-active")
    if not set(names) <= _NAMES or set(document.dictionary(catalogue.get("Perms"), {})) - {"DocMDP"}:
        raise NotPlain("page-unusual")
    _outlines(document, document.dictionary(catalogue.get("Outlines"), {}))


def _attached(document: Document) -> None:
    attached = document.resolve(document.catalogue.get("AF", []))
    if not isinstance(attached, list) or len(attached) > limits.PDF_ATTACHMENTS:
        raise NotPlain("attached-other")
    named = [_stream(document, document.dictionary(one)) for one in attached]
    if sorted(named) != sorted(reference.number for reference in document.attachments().values()):
        raise NotPlain("attached-other")


def _stream(document: Document, specification: dict[str, Any]) -> int:
    """The number of the stream that a file specification holds."""
    stream = document.dictionary(specification.get("EF"), {}).get("F")
    if not isinstance(stream, Reference):
        raise NotPlain("attached-other")
    return stream.number


def _outlines(document: Document, top: dict[str, Any]) -> None:
    """No item of the outline does anything but show a place of the document."""
    waiting = [top.get("First")]
    while waiting:
        reference = waiting.pop()
        if reference is None:
            continue
        document.budget.token()
        item = document.dictionary(reference)
        if "A" in item or "AA" in item:
            raise NotPlain("page-active")
        waiting += [item.get("First"), item.get("Next")]


def _form(document: Document) -> None:
    """Rule 2: no field but the signature's, no XFA, nothing that is computed."""
    form = document.dictionary(document.catalogue.get("AcroForm"), {})
    fields = document.resolve(form.get("Fields", []))
    if not set(form) <= _FORM or not isinstance(fields, list) or len(fields) > 1:
        raise NotPlain("page-active")
    for field in fields:
        if document.dictionary(field).get("FT") != "Sig":
            raise NotPlain("page-active")
