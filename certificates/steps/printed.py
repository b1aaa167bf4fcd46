"""Step 15, PDF only: the pages show a person what the credential says, and nothing else.

Rules
1. The pages are those of the signed revision. Their text is read only when nothing in the document could show a person
   something else than that text (``certificates.pdf.text``).
2. Every value of the statement that a document of its kind prints stands in the text, beside its name in both languages
   (``printedlabel``, ``printedclaim``), in the language of the document first.
3. Nothing in the text contradicts: ``foreign``.
4. Pages are not more than the text needs, each carries number, issuer and page count, and links lead to the page of the
   very document.
5. The files attached are the credential and the bundle.

What this cannot see is said in docs/decisions/0015-printed-values.md: above all, letters whose drawn shapes are not
what their font says they are.

Example: ``judge(document, statement, "7K2M9QXA", addresses).reason == "printed-right"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from certificates import bundle, kinds
from certificates.ledger.claims.rules import rule_sets
from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain
from certificates.pdf.objects import PdfUnreadable
from certificates.pdf.text import Printed, read
from certificates.steps import foreign, printedclaim, printedlabel
from certificates.steps.case import Case
from certificates.steps.outcome import Outcome
from certificates.steps.sheet import Figure, Phrase, Sheet
from certificates.steps.wording import Words

_PAGES = {"label": (2, 1700), "claim": (3, 1000)}
"""Pages of a document of each kind, and how many characters of its statement may take one more."""
_FILES = {bundle.CREDENTIAL_FILE, bundle.BUNDLE_FILE}


def printed(case: Case) -> Outcome:
    """Step 15."""
    signed = case.presented.signed
    if signed is None:
        return Outcome(None, "not-a-pdf")
    if case.form or case.envelope is None:
        return Outcome(None, "no-statement")
    code = case.envelope.code
    return judge(signed.revision, case.statement, code, _addresses(case.statement, case.envelope.base, code))


def judge(document: Document, statement: dict[str, Any], code: str, addresses: Sequence[str]) -> Outcome:
    """Whether the pages of ``document`` print ``statement`` with its check code (rules 1 to 5); ``addresses`` are those
    at which it may be looked up."""
    try:
        shown = read(document)
        attached = set(document.attachments())
    except NotPlain as problem:
        return Outcome(False, problem.reason, (("page", str(problem.page or "–")),))
    except PdfUnreadable:
        return Outcome(False, "pages-unreadable")
    if not attached <= _FILES:
        return Outcome(False, "attached-other")
    if any(link not in addresses for link in shown.links):
        return Outcome(False, "link-other")
    pages, characters = _PAGES[kinds.of(statement).noun]
    if shown.pages > pages + _length(statement) // characters:
        return Outcome(False, "pages-many", (("page", str(shown.pages)),))
    return _compared(shown, statement, code, addresses)


def _compared(shown: Printed, statement: dict[str, Any], code: str, addresses: Sequence[str]) -> Outcome:
    sheet, phrases = Sheet(shown), list(_phrases(statement, code, shown.language))
    for phrase in phrases:
        if not sheet.found(phrase):
            return Outcome(False, "printed-missing", (("field", phrase.field),))
    for page, missing in _feet(shown, statement):
        return Outcome(False, "printed-missing", (("field", f"{missing} ({page})"),))
    other = foreign.first(sheet, foreign.Stated(statement, phrases, addresses))
    return Outcome(False, "printed-other", (("shown", other),)) if other else Outcome(True, "printed-right")


def _phrases(statement: dict[str, Any], code: str, language: str) -> Iterator[Phrase]:
    main = "zh" if language.startswith("zh") else "en"
    if kinds.of(statement) is kinds.CLAIM:
        rules = rule_sets()[statement["ruleSet"]["key"]]
        own = ("word-of-claim",) if rules.neutral else ("word-of-claim", "word-of-tier")
        return printedclaim.phrases(statement, Words(main, *own))
    return printedlabel.phrases(statement, code, Words(main))


def _feet(shown: Printed, statement: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Pages whose foot lacks the number of the document, the issuer, or the number of the page and of all pages."""
    for page, lines in groupby(shown.lines, key=lambda line: line.page):
        sheet = Sheet(Printed(tuple(lines), (), 1, ""))
        if not sheet.found(Phrase("number", "", (Figure(statement["number"]), "·"))):
            yield page, "number"
        if not sheet.found(Phrase("issuer.id", "", ("·", statement["issuer"]["id"]))):
            yield page, "issuer.id"
        if not sheet.found(Phrase("", "", (Figure(str(page)), "/", Figure(str(shown.pages))))):
            yield page, "page"


def _addresses(statement: dict[str, Any], base: str, code: str) -> tuple[str, ...]:
    """Where a document may be looked up: its credential's address, and a GS1 Digital Link where there is a GTIN."""
    number = statement["number"]
    if kinds.of(statement) is kinds.CLAIM:
        return (f"{base}/c/{number}",)
    gtin = statement["product"]["gtin"]
    link = (f"{base}/01/{gtin}?n={number}&c={code}",) if gtin else ()
    return (f"{base}/v/{number}?c={code}", *link)


def _length(value: Any) -> int:
    """Characters of all texts."""
    if isinstance(value, dict | list):
        return sum(map(_length, value.values() if isinstance(value, dict) else value))
    return len(value) if isinstance(value, str) else 0
