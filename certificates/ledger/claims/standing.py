"""How an issued claim stands on a day: from its statement and what is so now (N18). It freezes by itself.

Rules
1. Withdrawn before all; then frozen, while any ground stands; then expired, or not yet begun; else in force.
2. Grounds to freeze: the footprint was computed anew, or no longer stands; its verification was withdrawn; a
   retirement or certificate is no longer retired, is another entry than the one that was signed, or was made void by
   its registry; an objection is open; a market now forbids what the claim says.
3. What is not known to stand has fallen: an entry that the caller does not name is a ground.
4. All grounds are told. When none stands any more, the claim is in force again, without anybody's doing.

Example: ``standing(statement, now, date(2026, 12, 1)).standing is Standing.FROZEN``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from certificates.encoding import from_moment_text
from certificates.ledger.claims.model import Audience, Standing, SubjectType
from certificates.ledger.claims.rules import markets, told
from certificates.ledger.days import day_of
from certificates.ledger.problems import Problem


@dataclass(frozen=True, slots=True)
class EntryNow:
    """An entry that retired units, as the ledger has it now: its link, and whether they are still retired by it.

    ``void``: the registry or an authority made the units void, or a certificate is disputed.
    """

    link: str
    retired: bool
    void: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """What is so now. ``footprint``: how it stands, with its hash; None where it is gone. ``verification``: how the
    opinion on it stands. ``entries`` by number, as the statement writes it. ``objections``: open ones, in words."""

    footprint: Standing | None
    footprint_sha256: str
    verification: Standing | None
    entries: Mapping[str, EntryNow] = field(default_factory=dict)
    objections: tuple[str, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """How the claim stands, and why, where it is frozen."""

    standing: Standing
    grounds: tuple[Problem, ...]


def standing(statement: Mapping[str, Any], present: Present, on: date) -> Live:
    """The standing on the day ``on`` (in China) of a claim whose statement is in good form."""
    grounds = tuple(_grounds(statement, present, on))
    if present.withdrawn:
        return Live(Standing.WITHDRAWN, grounds)
    if grounds:
        return Live(Standing.FROZEN, grounds)
    if on < _day(statement["issuedAt"]):
        return Live(Standing.NOT_YET, ())
    if on > _day(statement["validUntil"]):
        return Live(Standing.EXPIRED, ())
    return Live(Standing.IN_FORCE, ())


def _grounds(statement: Mapping[str, Any], present: Present, on: date) -> Iterator[Problem]:
    """Rules 2 and 3."""
    if present.footprint is None or present.footprint_sha256 != statement["footprint"]["sha256"]:
        yield Problem("N18-footprint-anew")
    elif present.footprint not in (Standing.IN_FORCE, Standing.EXPIRED):
        yield Problem("N18-footprint-fallen", told("standing", present.footprint))
    if present.verification not in (Standing.IN_FORCE, Standing.EXPIRED):
        yield Problem("N18-verification-fallen", told("standing", present.verification or "gone"))
    for name in ("retirements", "electricity"):
        for row in statement[name]:
            yield from _fallen(row, present.entries.get(row["entry"]))
    for objection in present.objections:
        yield Problem("N18-objection", {"objection": objection})
    yield from _forbidden(statement, on)


def _fallen(row: Mapping[str, str], now: EntryNow | None) -> Iterator[Problem]:
    said = {"serial": row["serial"], "entry": row["entry"]}
    if now is None or now.link != row["link"]:
        yield Problem("N18-entry-unknown", said)
    elif not now.retired:
        yield Problem("N18-retirement-reversed", said)
    elif now.void:
        yield Problem("N18-units-void", said)


def _forbidden(statement: Mapping[str, Any], on: date) -> Iterator[Problem]:
    subject, audience = SubjectType(statement["subject"]["type"]), Audience(statement["audience"])
    for rule in markets():
        where = sorted(rule.countries & set(statement["markets"]))
        if rule.holds_on(on) and where and subject in rule.subjects and audience is rule.audience:
            said = {"markets": ", ".join(where), "rule": rule.name.en, "rule_zh": rule.name.zh}
            yield Problem("N18-market-forbids", said)


def _day(moment: str) -> date:
    return day_of(from_moment_text(moment))
