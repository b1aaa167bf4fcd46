"""What a verification answers: numbered steps, one verdict, in Chinese and English, for people and for
programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.encoding import moment_text
from certificates.texts import entry, harmless, told

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

    ``code`` names the step, ``reason`` the sentence, ``detail`` is that sentence by language (zh, en); ``noun`` is what
    is verified, as in the report.
    """

    number: int
    code: str
    ok: bool | None
    reason: str
    detail: dict[str, str]
    noun: str = "either"

    def title(self, language: str) -> str:
        """What the step is called."""
        return told("step", self.code, self.noun)[f"title_{language}"]

    def meaning(self, language: str) -> str:
        """What it shows, in plain words."""
        return told("step", self.code, self.noun)[f"meaning_{language}"]

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
    """The answer. ``kind`` is pdf, bundle, credential or empty; ``noun`` is label or claim, either where the file could
    not be read that far; ``statement`` is there only when its form is right.

    A statement in a report whose verdict is not ``valid`` shows what the file claims, nothing more.
    """

    verdict: str
    steps: tuple[Step, ...]
    statement: dict[str, Any] | None
    kind: str
    at: datetime
    noun: str = "either"

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
        return told("verdict", self.verdict, self.noun)[language]

    def next_thing(self, language: str) -> str:
        """What to do now."""
        return told("verdict", self.verdict, self.noun)[f"next_{language}"]

    def as_dict(self) -> dict[str, Any]:
        """JSON form: verdict, sentences, steps, statement and the time it holds for."""
        return {
            "verdict": self.verdict,
            "at": moment_text(self.at),
            "kind": self.kind,
            "noun": self.noun,
            "headline": {language: self.headline(language) for language in ("zh", "en")},
            "next": {language: self.next_thing(language) for language in ("zh", "en")},
            "steps": [step.as_dict() for step in self.steps],
            "statement": self.statement,
        }

    def text(self, language: str) -> str:
        """The report for a terminal, in ``zh`` or ``en``; ends with a line feed."""
        mark = {True: "[ok]", False: "[!!]", None: "[--]"}
        lines = [self.headline(language), f"{entry('word', 'at')[language]} {moment_text(self.at)}", ""]
        lines.extend(_facts(self.noun, self.statement, language))
        for step in self.steps:
            lines.append(f"{step.number:>2} {mark[step.ok]} {step.title(language)}: {step.detail[language]}")
            if step.ok is False:
                lines.append(f"        {step.meaning(language)}")
        return "\n".join([*lines, "", self.next_thing(language), ""])


def _facts(noun: str, statement: dict[str, Any] | None, language: str) -> list[str]:
    if statement is None:
        return []
    rows = {
        "number": statement["number"],
        "issuer": f"{statement['issuer']['name'][language]} ({statement['issuer']['id']})",
        **(_claim_facts if noun == "claim" else _label_facts)(statement, language),
        "validity": f"{statement['issuedAt']} – {statement['validUntil']}",
    }
    lines = [f"{told('word', name, noun)[language]}: {harmless(value)}" for name, value in rows.items()]
    return [*lines, ""]


def _label_facts(statement: dict[str, Any], language: str) -> dict[str, str]:
    product, footprint = statement["product"], statement["footprint"]
    unit = product["declaredUnit"]
    return {
        "exporter": statement["exporter"]["name"][language],
        "product": f"{product['name'][language]} · {product['model']}",
        "footprint": f"{footprint['total']} {footprint['unit']} / {unit['amount']} {unit['unit']}",
    }


def _claim_facts(statement: dict[str, Any], language: str) -> dict[str, str]:
    period, footprint, reductions = (statement[name] for name in ("period", "footprint", "reductions"))
    unit = footprint["unit"]
    return {
        "claimant": " ".join(statement["claimant"][part] for part in ("name", "code")).strip(),
        "subject": f"{statement['subject']['name'][language]} · {statement['subject']['boundary'][language]}",
        "period": f"{period['start']} – {period['end']}",
        "standard": statement["ruleSet"]["standards"][language],
        "verified": f"{footprint['verifier']['body']} · {footprint['verifier']['person']}",
        "footprint": f"{footprint['total']} {unit}",
        "deducted": f"{reductions['deducted']} {unit}",
        "unabated": f"{statement['unabated']} {unit}",
        "residual": f"{statement['residual']} {unit}",
        "offset": f"{statement['offset']} {unit} ({statement['share']} %, {len(statement['retirements'])})",
        "remainder": f"{statement['remainder']} {unit}",
        "next-update": statement["nextUpdate"],
    }
