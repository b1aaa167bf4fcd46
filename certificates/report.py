"""What a verification answers: numbered steps, one verdict, in Chinese and English, for people and for
programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.encoding import moment_text
from certificates.texts import entry, filled, harmless, told

VERDICTS = (
    "unreadable",
    "altered",
    "unknown-issuer",
    "other-number",
    "incomplete",
    "revoked",
    "expired",
    "not-yet-valid",
    "suspended",
    "superseded",
    "stale",
    "valid",
)
"""Gravest first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the label stands: ``state`` is active, suspended, revoked or superseded, as of the moment ``as_of``.

    ``until`` is when that knowledge ends, ``since`` and ``reason`` (zh, en; empty where not told) those of the state.
    """

    state: str
    as_of: datetime
    until: datetime
    since: datetime | None
    reason: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "state": self.state,
            "asOf": moment_text(self.as_of),
            "until": moment_text(self.until),
            "since": moment_text(self.since) if self.since else None,
            "reason": dict(self.reason),
        }

    def line(self, language: str) -> str:
        """One line for people: the state, as of when, since when, and why."""
        texts = entry("word", f"state-{self.state}"), entry("word", "as-of"), entry("word", "since")
        state, as_of, since = (text[language] for text in texts)
        line = f"{state} {as_of} {moment_text(self.as_of)}"
        if self.since is not None:
            line += f" ({since} {moment_text(self.since)})"
        reason = self.reason.get(language, "")
        return f"{line}: {harmless(reason)}" if reason else line


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. ``ok`` is True, False, or None where it could not or need not be done.

    ``code`` names the step, ``reason`` the sentence, ``values`` what is set into it; ``noun`` is what is verified, as
    in the report. Sentences are made when they are asked for: whoever wants the verdict alone does not pay for them.
    """

    number: int
    code: str
    ok: bool | None
    reason: str
    values: tuple[tuple[str, str], ...] = ()
    noun: str = "either"

    @property
    def detail(self) -> dict[str, str]:
        """What was found, by language (zh, en); what is wrong with a field follows its name."""
        values = dict(self.values)
        detail = filled("detail", self.reason, values, self.noun)
        if "code" in values:
            problem = filled("problem", values["code"], {})
            return {language: f"{text} {problem[language]}" for language, text in detail.items()}
        return detail

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
            "detail": self.detail,
            "meaning": {language: self.meaning(language) for language in ("zh", "en")},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. ``kind`` is pdf, bundle, credential or empty; ``noun`` is label or claim, either where the file could
    not be read that far; ``statement`` is there only when its form is right; ``standing`` where something tells how the
    label stands.

    A statement in a report whose verdict is not ``valid`` shows what the file claims, nothing more. A valid report
    always has a standing: it is valid as of a moment, and of no other.
    """

    verdict: str
    steps: tuple[Step, ...]
    statement: dict[str, Any] | None
    kind: str
    at: datetime
    noun: str = "either"
    standing: Standing | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or not self.steps:
            raise ValueError("A report has a known verdict and at least one step.")
        if self.verdict == "valid" and (self.standing is None or self.standing.state != "active"):
            raise ValueError("A valid label is active as of a moment.")

    @property
    def valid(self) -> bool:
        """True for the verdict ``valid`` alone."""
        return self.verdict == "valid"

    @property
    def failed(self) -> tuple[Step, ...]:
        """The steps that failed, in order."""
        return tuple(step for step in self.steps if step.ok is False)

    def headline(self, language: str) -> str:
        """The verdict as a sentence; that of a valid label says as of when."""
        as_of = moment_text(self.standing.as_of) if self.standing else "–"
        return told("verdict", self.verdict, self.noun)[language].replace("{as_of}", as_of)

    def next_thing(self, language: str) -> str:
        """What to do now."""
        return told("verdict", self.verdict, self.noun)[f"next_{language}"]

    def as_dict(self) -> dict[str, Any]:
        """JSON form: verdict, sentences, steps, standing, statement and the time it holds for."""
        return {
            "verdict": self.verdict,
            "at": moment_text(self.at),
            "kind": self.kind,
            "noun": self.noun,
            "headline": {language: self.headline(language) for language in ("zh", "en")},
            "next": {language: self.next_thing(language) for language in ("zh", "en")},
            "steps": [step.as_dict() for step in self.steps],
            "standing": self.standing.as_dict() if self.standing else None,
            "statement": self.statement,
        }

    def text(self, language: str) -> str:
        """The report for a terminal, in ``zh`` or ``en``; ends with a line feed."""
        mark = {True: "[ok]", False: "[!!]", None: "[--]"}
        lines = [self.headline(language), f"{entry('word', 'at')[language]} {moment_text(self.at)}"]
        if self.standing is not None:
            lines.append(f"{entry('word', 'standing')[language]}: {self.standing.line(language)}")
        lines.append("")
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
