"""One row of a bulk check's answer: what was given, the verdict, how the number stands, what its label says.

Rules
1. A row is there for everything that was handed in: what is no number, or was never issued, is a verdict too.
2. What a label says is shown only where its statement could be read; beside any verdict but ``valid`` it is what the
   file claims, nothing more.
3. A row is kept as plain JSON, by the names of its fields, without those that are empty but ``given``.

Example: ``from_plain(plain(row)) == row``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certificates.report import Report
    from service.usecases.desk.numbers import NumberRow

UNKNOWN = "unknown-number"
NO_NUMBER = "not-a-number"
VERDICTS = (
    "valid",
    "suspended",
    "revoked",
    "superseded",
    "expired",
    "not-yet-valid",
    "stale",
    "incomplete",
    "other-number",
    "altered",
    "unknown-issuer",
    "unreadable",
    UNKNOWN,
    NO_NUMBER,
)
"""Verdicts of a verification, and the two of a number for which there is nothing to verify."""
Words = Mapping[str, str]
"""A text by language, ``zh`` and ``en``."""
PROBLEMS: dict[str, Words] = {
    "no-number": {"zh": "单元格为空，没有编号。", "en": "The cell is empty: there is no number."},
    "no-label-number": {
        "zh": "不是标签或声明的编号（形如 TB-2026-0000001-L）。",
        "en": "Not the number of a label or a claim (such as TB-2026-0000001-L).",
    },
    "check-character": {
        "zh": "编号的校验字符不符，可能有误录。请与标签核对。",
        "en": "The check character does not fit: a digit may be wrong. Compare with the label.",
    },
    UNKNOWN: {
        "zh": "本平台从未签发此编号。",
        "en": "No label or claim with this number was issued here.",
    },
}


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """``sheet``, ``row`` and ``cell`` say where a number stood, ``given`` what stood there or the name of the file.

    ``state`` is active, suspended, revoked, superseded or empty, with ``since`` (ISO 8601, UTC) and ``reason``.
    ``total`` is a decimal string in ``unit``, ``per`` the declared unit as ``1 piece``; ``by_lines`` and ``by_mass``
    are the coverage in percent. ``step`` is the number of the first failed step, 0 where none failed, ``explanation``
    its sentence.
    """

    given: str
    verdict: str
    sheet: str = ""
    row: int = 0
    cell: str = ""
    number: str = ""
    noun: str = ""
    state: str = ""
    since: str = ""
    reason: Words = field(default_factory=dict)
    product: Words = field(default_factory=dict)
    exporter: Words = field(default_factory=dict)
    total: str = ""
    unit: str = ""
    per: str = ""
    by_lines: str = ""
    by_mass: str = ""
    valid_until: str = ""
    step: int = 0
    step_code: str = ""
    explanation: Words = field(default_factory=dict)

    @property
    def where(self) -> str:
        """``Sheet1!B7``, or empty for a file."""
        return f"{self.sheet}!{self.cell}" if self.cell else ""


def unread(one: NumberRow) -> CheckedRow:
    """The row of something that is no number."""
    return CheckedRow(one.given, NO_NUMBER, one.sheet, one.row, one.cell, explanation=PROBLEMS[one.problem])


def unknown(one: NumberRow) -> CheckedRow:
    """The row of a number that was never issued here."""
    return CheckedRow(
        one.given, UNKNOWN, one.sheet, one.row, one.cell, one.number, explanation=PROBLEMS[UNKNOWN]
    )


def of_report(report: Report, given: str, place: tuple[str, int, str] = ("", 0, "")) -> CheckedRow:
    """The row of a verification; ``place`` is sheet, row and cell of a number."""
    failed = next(iter(report.failed), None)
    return CheckedRow(
        given,
        report.verdict,
        sheet=place[0],
        row=place[1],
        cell=place[2],
        **_standing(report),
        **(_statement(report.statement, report.noun) if report.statement is not None else {}),
        step=failed.number if failed else 0,
        step_code=failed.code if failed else "",
        explanation=dict(failed.detail) if failed else {},
    )


def plain(row: CheckedRow) -> dict[str, Any]:
    """As it is kept (rule 3)."""
    found = {one.name: getattr(row, one.name) for one in fields(CheckedRow)}
    kept = {name: value for name, value in found.items() if value or name == "given"}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in kept.items()}


def from_plain(kept: Mapping[str, Any]) -> CheckedRow:
    """A row as it was kept."""
    return CheckedRow(**kept)


def counts(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many kept rows of each verdict, in the order of :data:`VERDICTS`, those that occur."""
    found = Counter(str(row["verdict"]) for row in rows)
    return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}


def _standing(report: Report) -> dict[str, Any]:
    from certificates.encoding import moment_text

    standing = report.standing
    if standing is None or not standing.state:
        return {}
    return {
        "state": standing.state,
        "since": moment_text(standing.since) if standing.since else "",
        "reason": dict(standing.reason) if any(standing.reason.values()) else {},
    }


def _statement(statement: Mapping[str, Any], noun: str) -> dict[str, Any]:
    said = _claim(statement) if noun == "claim" else _label(statement)
    return {"number": statement["number"], "noun": noun, "valid_until": statement["validUntil"], **said}


def _label(statement: Mapping[str, Any]) -> dict[str, Any]:
    product, footprint, coverage = (statement[name] for name in ("product", "footprint", "coverage"))
    return {
        "product": dict(product["name"]),
        "exporter": dict(statement["exporter"]["name"]),
        "total": footprint["total"],
        "unit": footprint["unit"],
        "per": f"{product['declaredUnit']['amount']} {product['declaredUnit']['unit']}",
        "by_lines": coverage["byLines"],
        "by_mass": coverage["byMass"],
    }


def _claim(statement: Mapping[str, Any]) -> dict[str, Any]:
    claimant = statement["claimant"]["name"]
    return {
        "product": dict(statement["subject"]["name"]),
        "exporter": {"zh": claimant, "en": claimant},
        "total": statement["footprint"]["total"],
        "unit": statement["footprint"]["unit"],
    }
