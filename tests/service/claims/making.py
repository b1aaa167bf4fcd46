"""Claims of the tests' exporter, with everything they rest on: lots acquired and retired, a label, reports, evidence.

``batch``   100,000 units of the labelled product; Verra credits and, if wanted, others are retired for it
``company`` an organisation with a report of 2,000 t, under VCMI Silver
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from certificates.ledger.claims.amounts import batch_total
from certificates.ledger.claims.model import (
    Assurance,
    Audience,
    Both,
    Claim,
    Evidence,
    Footprint,
    FootprintKind,
    Opinion,
    Parts,
    Period,
    Reductions,
    Subject,
    SubjectType,
    Verifier,
    plain,
)
from certificates.ledger.entries import Acquire, Beneficiary, Purpose, Retire, Reverse
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Position
from certificates.ledger.spans import Span
from service.usecases.claims import checking, drafting, issuing, reviewing, submitting
from service.usecases.ledger import dossiers, files
from tests.service.ledger.making import account, record
from tests.service.world import World

D = Decimal
RETIRED_ON = date(2026, 3, 1)
DECISIONS = {
    "N03": "逐项对照了核查报告",
    "N04": "足迹未包含这部分减排",
    "N14": "查阅供应商声明，未见重复计入",
}
"""What is for a person to decide: whether a report says what was entered, whether a footprint contains a reduction
that is taken off (``to_decide``), and whether suppliers counted the electricity that certificates are for."""
SECOND = "second-reviewer"


def kept(world: World, what: str, who: str = "exporter") -> str:
    """A file of evidence, its hash."""
    return files.keep(world[who], f"{what}.pdf", f"%PDF {what}".encode(), world.services)


def credits(world: World, first: int = 800_001, count: int = 500, **changes: Any) -> Lot:
    """Verra credits acquired by the exporter."""
    last = first + count - 1
    given: dict[str, Any] = {
        "kind": Kind.VCS,
        "serial": f"19380-{first}-{last}-VCS-VCU-1310-VER-CN-13-3005-01012024-31122024-0",
        "span": Span("vcs", first, last),
        "project": "3005",
        "vintage_start": date(2024, 1, 1),
        "vintage_end": date(2024, 12, 31),
        "country": "CN",
        "labels": ("CCP-labelled",),
    }
    lot = Lot(**given | changes)
    record(world, Acquire(on=date(2026, 2, 1), account=account(world, "exporter"), lot=lot))
    return lot


def retired(world: World, lot: Lot | Position, period: Period, **changes: Any) -> str:
    """All of it retired for the period in the exporter's name; the key of its position."""
    given: dict[str, Any] = {
        "on": RETIRED_ON,
        "account": account(world, "exporter"),
        "span": lot.span,
        "beneficiary": Beneficiary("演示铝业", "X-1"),
        "purpose": Purpose.NEUTRALISATION,
        "period_start": period.start,
        "period_end": period.end,
        "evidence": (kept(world, "retirement"),),
    }
    done = record(world, Retire(**given | changes))
    return f"{done.last}.0"


def proofs(world: World, claim: Claim, *whats: str) -> Claim:
    """The claim with a file behind each number."""
    named = ("verification", "baseline", "reductions", "residual", *whats)
    evidence = [Evidence(what, kept(world, what)) for what in named]
    evidence.append(Evidence("plan", claim.reductions.plan_sha256))
    return replace(claim, evidence=tuple(evidence))


def batch(world: World, *positions: str, units: int = 100, **changes: Any) -> Claim:
    """So many units of the labelled product, neutral by the positions."""
    label = label_of(world)
    period = period_of(world)
    total = batch_total(D(label["footprint"]["total"]), D(units))
    claim = Claim(
        subject=Subject(
            SubjectType.PRODUCT_BATCH,
            Both("铝型材散热器 2025 年批次", "Aluminium heat sinks, batch of 2025"),
            Both("从摇篮到大门", "cradle to gate"),
            Both("1 件", "1 piece"),
            ("演示无锡工厂",),
        ),
        period=period,
        audience=Audience.BUSINESS,
        markets=("CN",),
        rule_set="iso-14068-1-2023",
        footprint=Footprint(
            kind=FootprintKind.LABEL,
            number=world.number,
            units=D(units),
            verifier=Verifier(accreditation="CNAS V000"),
        ),
        reductions=_reductions(world, total * 2),
        residual_t=D(0),
        retirements=positions,
        next_update=date(2026, 12, 1),
        valid_until=date(2026, 12, 1),
    )
    return proofs(world, replace(claim, **changes), "batch")


def company(world: World, *positions: str, **changes: Any) -> Claim:
    """The exporter in a year, 2,000 t by a verified report."""
    report = kept(world, "report")
    claim = Claim(
        subject=Subject(
            SubjectType.ORGANISATION,
            Both("演示铝业", "Demo Aluminium"),
            Both("运营控制权之内", "operational control"),
            sites=("演示无锡工厂",),
        ),
        period=Period(date(2025, 1, 1), date(2025, 12, 31)),
        audience=Audience.BUSINESS,
        markets=("CN",),
        rule_set="vcmi-silver",
        footprint=Footprint(
            kind=FootprintKind.REPORT,
            number="VR-2026-8",
            version="2",
            sha256=report,
            total_t=D(2000),
            parts=Parts(D(1995), D(10), D(-5), D(0), D(40)),
            assurance=Assurance.LIMITED,
            verifier=Verifier(
                "演示核查机构", "CNAS V000", "演示核查人", Opinion.UNMODIFIED, date(2027, 12, 31)
            ),
        ),
        reductions=replace(
            _reductions(world, D(2600)),
            reduced_t=D(600),
            removals_inside_t=D(5),
            removal_projects=("厂区造林",),
        ),
        residual_t=D(1200),
        retirements=positions,
        next_update=date(2026, 12, 31),
        valid_until=date(2026, 12, 31),
    )
    foundations = ("public-inventory", "near-term-target", "progress", "advocacy")
    made = proofs(
        world, replace(claim, **changes), "removals", *(f"foundation.{name}" for name in foundations)
    )
    return replace(made, evidence=(*made.evidence, Evidence("footprint", report)))


def to_decide(world: World, *positions: str) -> Claim:
    """Another batch, from whose footprint a reduction is taken off."""
    claim = batch(world, *positions)
    subject = replace(claim.subject, name=Both("另一批", "Another batch"))
    return replace(claim, subject=subject, reductions=replace(claim.reductions, deducted_t=D("0.1")))


def _reductions(world: World, baseline: Decimal) -> Reductions:
    return Reductions(2022, baseline, kept(world, "plan"), baseline / 2, D(0), D(0))


def label_of(world: World) -> dict[str, Any]:
    with world.services.uow() as unit:
        found = unit.labels.get(world.number)
    assert found is not None
    return found.statement


def period_of(world: World) -> Period:
    """The labelled product's."""
    stated = label_of(world)["period"]
    return Period(date.fromisoformat(stated["start"]), date.fromisoformat(stated["end"]))


# ---------- the way of a claim ----------


def draft(world: World, claim: Claim, who: str = "exporter", title: str = "2025 年声明") -> str:
    command = drafting.OpenClaim(title, plain(claim), world.organisations["institution"])
    return drafting.open_(world[who], command, world.services).id


def submit(world: World, claim_id: str, who: str = "exporter") -> None:
    submitting.submit(world[who], submitting.Submit(claim_id), world.services)


def approve(world: World, claim_id: str, who: str = "all-hands") -> None:
    command = reviewing.Decide(claim_id, True, "checked", DECISIONS)
    reviewing.decide(world[who], command, world.services)


def issue(world: World, claim_id: str, who: str = "signatory") -> str:
    return issuing.issue(world[who], claim_id, world.services).number


def problems(world: World, claim_id: str, who: str = "exporter") -> dict[str, list[str]]:
    """What keeps a claim from being submitted: codes of problems by check."""
    made = checking.checklist(world[who], claim_id, world.services)
    return {one.result.code: [problem.code for problem in one.result.problems] for one in made.blocking}


def held(world: World, first: int) -> Position:
    """The held position whose units begin with a number."""
    with world.services.uow() as unit:
        there = unit.ledger.holdings(account(world, "exporter"), world.clock().date(), state="held")
    (found,) = (one.position for one in there if one.position.span.first == first)
    return found


def reverse(world: World, position: str) -> None:
    """The retirement did not hold."""
    entry = int(position.partition(".")[0])
    on = world.clock().date()
    record(world, Reverse(on=on, account=account(world, "exporter"), entry=entry, reason="登记处更正"))


def claims_of(world: World) -> list[str]:
    """Ids of the exporter's claims, oldest first."""
    with world.services.uow() as unit:
        found = unit.dossiers.list_(dossiers.CLAIM, organisation_id=world.organisations["own"])
    return [one.id for one in found][::-1]


Stages = dict[str, Path]


def save(world: World, home: Path, name: str, saved: Stages) -> None:
    world.close()
    saved[name] = home / f"{name}.sqlite"
    shutil.copy(world.database, saved[name])


def stages(world: World, home: Path) -> Stages:
    """Database files by how far a claim on a batch is: drafted, submitted, approved, issued."""
    saved: Stages = {}
    position = retired(world, credits(world, count=needed(world)), period_of(world))
    claim_id = draft(world, batch(world, position))
    save(world, home, "drafted", saved)
    submit(world, claim_id)
    save(world, home, "submitted", saved)
    approve(world, claim_id)
    save(world, home, "approved", saved)
    issue(world, claim_id)
    save(world, home, "issued", saved)
    return saved


def needed(world: World, units: int = 100) -> int:
    """Whole tonnes for a batch."""
    total = batch_total(D(label_of(world)["footprint"]["total"]), D(units))
    return int(total.to_integral_value(rounding="ROUND_CEILING"))
