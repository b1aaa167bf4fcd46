"""What a verification answers: numbered steps, one verdict, in Chinese and English, for people and for
programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.encoding import moment_text
from certificates.texts import entry, harmless

VERDICTS = (
    "valid",
    "altered",
    "unknown-issuer",
    "expired",
    "not-yet-valid",
    "incomplete",
    "unreadable",
    "other-number",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. ``ok`` is True, False, or None where it could not or need not be done.

    ``code`` names the step, ``reason`` the sentence, ``detail`` is that sentence by language (zh, en).
    """

    number: int
    code: str
    ok: bool | None
    reason: str
    detail: dict[str, str]

    def title(self, language: str) -> str:
        """What the step is called."""
        return entry("step", self.code)[f"title_{language}"]

    def meaning(self, language: str) -> str:
        """What it shows, in plain words."""
        return entry("step", self.code)[f"meaning_{language}"]

    def as_dict(self) -> dict[str, Any]:
        """JSON form with both languages."""
        return {
            "number": self.number,
            "code": self.code,
            "ok": self.ok,
            "reason": self.reason,
            "title": {language: self.title(language) for language in ("zh", "en")},
            "detail": dict(self.detail),
            "meaning": {language: self.meaning(language) for language in ("zh", "en")},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. ``kind`` is pdf, bundle, credential or empty; ``statement`` is there only when its form is
    right.

    A statement in a report whose verdict is not ``valid`` shows what the file claims, nothing more.
    """

    verdict: str
    steps: tuple[Step, ...]
    statement: dict[str, Any] | None
    kind: str
    at: datetime

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or not self.steps:
            raise ValueError("A report has a known verdict and at least one step.")

    @property
    def valid(self) -> bool:
        """True for the verdict ``valid`` alone."""
        return self.verdict == "valid"

    @property
    def failed(self) -> tuple[Step, ...]:
        """The steps that failed, in order."""
        return tuple(step for step in self.steps if step.ok is False)

    def headline(self, language: str) -> str:
        """The verdict as a sentence."""
        return entry("verdict", self.verdict)[language]

    def next_thing(self, language: str) -> str:
        """What to do now."""
        return entry("verdict", self.verdict)[f"next_{language}"]

    def as_dict(self) -> dict[str, Any]:
        """JSON form: verdict, sentences, steps, statement and the time it holds for."""
        return {
            "verdict": self.verdict,
            "at": moment_text(self.at),
            "kind": self.kind,
            "headline": {language: self.headline(language) for language in ("zh", "en")},
            "next": {language: self.next_thing(language) for language in ("zh", "en")},
            "steps": [step.as_dict() for step in self.steps],
            "statement": self.statement,
        }

    def text(self, language: str) -> str:
        """The report for a terminal, in ``zh`` or ``en``; ends with a line feed."""
        mark = {True: "[ok]", False: "[!!]", None: "[--]"}
        lines = [self.headline(language), f"{entry('word', 'at')[language]} {moment_text(self.at)}", ""]
        lines.extend(_facts(self.statement, language))
        for step in self.steps:
            lines.append(f"{step.number:>2} {mark[step.ok]} {step.title(language)}: {step.detail[language]}")
            if step.ok is False:
                lines.append(f"        {step.meaning(language)}")
        return "\n".join([*lines, "", self.next_thing(language), ""])


def _facts(statement: dict[str, Any] | None, language: str) -> list[str]:
    if statement is None:
        return []
    product, footprint = statement["product"], statement["footprint"]
    unit = product["declaredUnit"]
    rows = {
        "number": statement["number"],
        "issuer": f"{statement['issuer']['name'][language]} ({statement['issuer']['id']})",
        "exporter": statement["exporter"]["name"][language],
        "product": f"{product['name'][language]} · {product['model']}",
        "footprint": f"{footprint['total']} {footprint['unit']} / {unit['amount']} {unit['unit']}",
        "validity": f"{statement['issuedAt']} – {statement['validUntil']}",
    }
    return [f"{entry('word', name)[language]}: {harmless(value)}" for name, value in rows.items()] + [""]
