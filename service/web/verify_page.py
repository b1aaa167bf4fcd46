"""The pages of a verification: what the reader asked for, the verdict in words, how it stands, what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from certificates.labelnumber import CLAIM
from service.store.trust_records import OfficialMark
from service.usecases import lookup, marks, verification
from service.usecases.lookup import Asked, Found
from service.web import verify_asked, verify_standing, words
from service.web.context import services
from service.web.i18n import language
from service.web.verify_asked import Day
from service.web.verify_standing import Panel
from service.web.verify_words import Verdict, verdict

if TYPE_CHECKING:
    from certificates.report import Report

CONFIRMED = frozenset({"valid", "suspended", "revoked", "superseded", "expired", "not-yet-valid", "stale"})
"""Verdicts under which the statement is what the issuer signed."""
SAID_ALREADY = frozenset({"suspended", "revoked", "superseded", "expired", "not-yet-valid"})
"""Verdicts that are the sentence of the one check that failed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the templates of a report need; ``day`` only where a number was asked for, ``found`` likewise."""

    report: Report
    said: Verdict
    number: str
    standing: Panel | None
    marks: tuple[OfficialMark, ...] = ()
    found: Found | None = None
    day: Day | None = None
    filename: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the statement is what the issuer signed."""
        return self.report.verdict in CONFIRMED

    @property
    def told_by_verdict(self) -> bool:
        """Whether the verdict says already what the check that failed says."""
        return self.report.verdict in SAID_ALREADY and len(self.report.failed) == 1

    @property
    def newer(self) -> str:
        """The number of the label that took the place of this one; empty where none did."""
        history = self.standing.history if self.standing and self.report.verdict == "superseded" else ()
        return history[0].other if history else ""

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(step.ok is True for step in self.report.steps)

    @property
    def unneeded(self) -> int:
        """How many checks were not needed or not reached."""
        return sum(step.ok is None for step in self.report.steps)

    @property
    def chain_names(self) -> list[str]:
        """What each hash of the evidence stands for."""
        statement = self.report.statement or {}
        return [words.word(words.CHAIN, entry["kind"]) for entry in statement.get("chain", ())]

    def mark_address(self, mark: OfficialMark) -> str:
        """Where the picture of an official mark is."""
        return self.address("mark", key=mark.id)

    def address(self, endpoint: str, **more: Any) -> str:
        """An address of this label with its check code."""
        code = self.found.code if self.found else ""
        return url_for(f"verification.{endpoint}", number=self.number, c=code or None, **more)


def of_number(report: Report, found: Found, day: Day) -> str:
    """The page behind the QR code."""
    told = Told(
        report,
        verdict(report.verdict, report.noun),
        found.number,
        verify_standing.panel(report, lookup.history(found, services(), day.at)),
        marks.of(found.number, services()),
        found,
        day,
    )
    return _page(told)


def of_file(report: Report, filename: str) -> str:
    """The report on a file; its name is a stranger's text."""
    from certificates.texts import harmless

    number = (report.statement or {}).get("number", "")
    panel = verify_standing.panel(report)
    shown = harmless(filename)
    return _page(Told(report, verdict(report.verdict, report.noun), number, panel, filename=shown))


def question(wanted: Asked) -> tuple[str, int]:
    """The question for number and check code. It is 404 once a code was given, and for a claim, which needs none; what
    it says hangs on nothing but what was typed."""
    if wanted.number.startswith(f"{CLAIM}-"):
        return render_template("verify_ask.html", wanted=wanted, said=verdict("unknown-claim", "claim")), 404
    said = verdict("unknown-number", "label") if wanted.code else None
    wrong = bool(wanted.number) and verify_asked.mistyped(wanted.number)
    page = render_template("verify_ask.html", wanted=wanted, said=said, mistyped=wrong)
    return page, 404 if wanted.code else 200


def _page(told: Told) -> str:
    """The report of a label or of what cannot be told, or that of a claim."""
    if told.report.noun != "claim":
        return render_template("verify_label.html", told=told)
    page = verification.public_page(told.report, services())
    return render_template(
        "verify_claim.html", told=told, shown=_claim(told.report.statement), public_page=page
    )


def _claim(statement: Mapping[str, Any] | None) -> Any:
    """What a claim's statement says, as its document says it; None where it cannot be shown."""
    from service.render.claim_content import content
    from service.render.figures import StatementUnfit

    try:
        return content(statement, language()) if statement else None
    except StatementUnfit:
        return None
