"""Whether the numbers of a statement fit each other. The statement has passed ``certificates.schema`` before.

Rules (the step is the place value of the last digit that the rounding rule keeps of the total)
1. The stages sum to the total exactly, and each stands once.
2. fossil + biogenicEmissions + biogenicRemovals + landUseChange equal the total within half a step for each
   of the five rounded figures; aircraft emissions are part of fossil (ISO 14067:2018, 7.2).
3. Each source of electricity stands once; no kWh, no emissions. Where nothing is removed or credited,
   electricity causes no more than the total.
4. Lines linked, cut off and linked automatically are no more than lines in total; the coverage by lines is
   100 x linked / total, rounded down to one decimal.
5. The two ways of computing differ by no more than the tolerance.
6. The period ends no earlier than it starts, the review is no later than the issue (a day's grace for time
   zones), and the label ends after it was issued.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from certificates.encoding import from_moment_text
from certificates.texts import Problem


def problems(statement: dict[str, Any]) -> list[Problem]:
    """Every rule that is broken, by field; empty when all hold."""
    with localcontext() as context:
        context.prec = 120
        return [
            *_stages(statement["footprint"]),
            *_parts(statement),
            *_electricity(statement),
            *_coverage(statement["coverage"]),
            *_agreement(statement["agreement"]),
            *_dates(statement),
        ]


def percentage(part: int, whole: int) -> str:
    """100 x part / whole with one decimal, rounded down, so that only the whole is 100.0; ``0.0`` of
    nothing."""
    if not whole:
        return "0.0"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}"


def step(statement: dict[str, Any]) -> Decimal:
    """The place value of the last digit kept of the total, in kgCO2e."""
    total = Decimal(statement["footprint"]["total"])
    digits = int(statement["method"]["rounding"].rpartition(":")[2])
    written = Decimal(1).scaleb(int(total.as_tuple().exponent))
    return max(written, Decimal(1).scaleb(total.adjusted() - digits + 1)) if total else written


def _stages(footprint: dict[str, Any]) -> Iterator[Problem]:
    names = [entry["stage"] for entry in footprint["stages"]]
    if len(set(names)) != len(names):
        yield Problem("stands-twice", "footprint.stages")
    if sum(Decimal(entry["value"]) for entry in footprint["stages"]) != Decimal(footprint["total"]):
        yield Problem("stages-do-not-sum", "footprint.stages")


def _parts(statement: dict[str, Any]) -> Iterator[Problem]:
    parts = {name: Decimal(text) for name, text in statement["footprint"]["parts"].items()}
    one = step(statement)
    aircraft = parts.pop("aircraft")
    if abs(sum(parts.values()) - Decimal(statement["footprint"]["total"])) > one * 5 / 2:
        yield Problem("parts-do-not-sum", "footprint.parts")
    if aircraft > parts["fossil"] + one and parts["fossil"] >= 0:
        yield Problem("aircraft-beyond-fossil", "footprint.parts.aircraft")


def _electricity(statement: dict[str, Any]) -> Iterator[Problem]:
    rows = statement["electricity"]
    sources = [row["source"] for row in rows]
    if len(set(sources)) != len(sources):
        yield Problem("stands-twice", "electricity")
    for position, row in enumerate(rows):
        if not Decimal(row["kWh"]) and Decimal(row["value"]):
            yield Problem("electricity-from-nothing", f"electricity[{position}]")
    footprint = statement["footprint"]
    credited = any(Decimal(entry["value"]) < 0 for entry in (*footprint["stages"], *rows)) or any(
        Decimal(text) < 0 for text in footprint["parts"].values()
    )
    allowed = Decimal(footprint["total"]) + step(statement) * (len(rows) + 1) / 2
    if not credited and sum(Decimal(row["value"]) for row in rows) > allowed:
        yield Problem("electricity-beyond-total", "electricity")


def _coverage(coverage: dict[str, str]) -> Iterator[Problem]:
    counts = {name: int(text) for name, text in coverage.items() if name.startswith("lines")}
    total = counts["linesTotal"]
    if not total:
        yield Problem("no-lines", "coverage.linesTotal")
    for name in ("linesLinked", "linesCutOff"):
        if counts[name] > total:
            yield Problem("more-lines-than-all", f"coverage.{name}")
    if counts["linesAutoLinked"] > counts["linesLinked"]:
        yield Problem("more-lines-than-all", "coverage.linesAutoLinked")
    if counts["linesLinked"] + counts["linesCutOff"] > total:
        yield Problem("more-lines-than-all", "coverage.linesTotal")
    if coverage["byLines"] != percentage(counts["linesLinked"], total):
        yield Problem("coverage-not-quotient", "coverage.byLines")


def _agreement(agreement: dict[str, str]) -> Iterator[Problem]:
    if Decimal(agreement["relativeDifference"]) > Decimal(agreement["tolerance"]):
        yield Problem("roads-disagree", "agreement.relativeDifference")


def _dates(statement: dict[str, Any]) -> Iterator[Problem]:
    start, end = (date.fromisoformat(statement["period"][name]) for name in ("start", "end"))
    issued, until = (from_moment_text(statement[name]) for name in ("issuedAt", "validUntil"))
    grace = timedelta(days=1)
    if end < start:
        yield Problem("ends-before-start", "period.end")
    if end - issued.date() > grace:
        yield Problem("after-issue", "period.end")
    if date.fromisoformat(statement["review"]["reviewedOn"]) - issued.date() > grace:
        yield Problem("after-issue", "review.reviewedOn")
    if until <= issued:
        yield Problem("ends-before-start", "validUntil")
