"""Claims that pass, one a rule set, with their facts; and ways to change one thing of them.

product: 100,000 units of 12.345 kg = 1234.5 t; 1235 t are retired in two lots: nothing remains.
event: 49.2 t; 50 CCER.
company: 2000 t market-based; 300 t retired = 15.0 %, 1700 t remain; 12 certificates used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from certificates import chain, labelnumber
from certificates.ledger import serials
from certificates.ledger.claims import statement as statements
from certificates.ledger.claims.model import (
    Assurance,
    Audience,
    Both,
    Claim,
    Claimant,
    Decision,
    Evidence,
    Facts,
    Footprint,
    FootprintFact,
    FootprintKind,
    Opinion,
    Parts,
    People,
    Period,
    Person,
    PowerUse,
    Reductions,
    Standing,
    StoredFile,
    Subject,
    SubjectType,
    Uncovered,
    Units,
    Verifier,
)
from certificates.ledger.entries import Beneficiary, Purpose, Retire
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Position, State

D = Decimal
NAME, CODE, ACCOUNT = "演示铝业（无锡）有限公司", "91320200MA1DEMO001", "org-1"
PLANT = "A1B2C3D4E5F6G7H8I"
UPLOADER = StoredFile("e" * 64, "person-9", "演示上传人")


@dataclass(frozen=True)
class World:
    """A claim, its facts, and the day on which it is judged."""

    claim: Claim
    facts: Facts
    on: date


def put(record: Any, path: str, value: Any) -> Any:
    """A copy with the field at ``a.b.c`` set anew; a field of ``units`` or any mapping by its key in brackets."""
    name, _, rest = path.partition(".")
    if name.startswith("["):
        key = name[1:-1].replace(":", ".")
        return {**record, key: put(record[key], rest, value) if rest else value}
    return replace(record, **{name: put(getattr(record, name), rest, value) if rest else value})


def changed(world: World, *changes: tuple[str, Any]) -> World:
    """Several changes; paths begin with ``claim``, ``facts`` or ``on``. ``[1:0]`` is the position with key 1.0."""
    for path, value in changes:
        world = put(world, path, value)
    return world


def units(entry: int, kind: Kind, serial: str, lot: dict[str, Any], retire: dict[str, Any]) -> Units:
    count = lot.pop("count")
    span = serials.span_of(kind, serial, count)
    assert span is not None
    given = {
        "beneficiary": Beneficiary(NAME, CODE),
        "purpose": Purpose.NEUTRALISATION,
        "evidence": (UPLOADER.sha256,),
    } | retire
    made = Lot(kind, serial, span, **lot)
    position = Position(entry, 0, span, ACCOUNT, State.RETIRED, entry - 1, 0, given["on"])
    fact = Retire(account=ACCOUNT, span=span, **given)
    return Units(position, made, fact, entry, f"{entry:064x}")


def vcs(entry: int, first: int, count: int, on: date, period: Period, **more: Any) -> Units:
    serial = f"19380-{first}-{first + count - 1}-VCS-VCU-1310-VER-CN-13-3005-01012024-31122024-0"
    lot = {"project": "3005", "country": "CN", "count": count} | vintage(2024) | more
    return units(entry, Kind.VCS, serial, lot, days(on, period))


def vintage(year: int) -> dict[str, date]:
    return {"vintage_start": date(year, 1, 1), "vintage_end": date(year, 12, 31)}


def days(on: date, period: Period) -> dict[str, Any]:
    return {"on": on, "period_start": period.start, "period_end": period.end}


def gec(entry: int, period: Period) -> Units:
    """12 certificates of June 2025."""
    lot = {
        "count": 12,
        "project": "风电场",
        "electricity": PLANT,
        "country": "CN",
        "vintage_start": date(2025, 6, 1),
        "vintage_end": date(2025, 6, 30),
    }
    retire = days(date(2026, 2, 3), period) | {"purpose": Purpose.ELECTRICITY_USE}
    return units(entry, Kind.GEC, f"{PLANT}202506000000001", lot, retire)


YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
PEOPLE = People(
    Person("p1", "演示编制人"),
    Person("p2", "演示复核人"),
    Person("outside:p3", "演示核查人"),
    Person("p4", "演示出具人"),
)
VERIFIER = Verifier("演示核查机构", "CNAS V000", "演示核查人", Opinion.UNMODIFIED, date(2027, 12, 31))
PARTS = Parts(D("1230.5"), D(5), D(-2), D(1), D("0.5"))


def _claim(
    subject: Subject, footprint: Footprint, reductions: Reductions, period: Period, **more: Any
) -> Claim:
    whats = ("verification", "baseline", "reductions", "residual", *more.pop("proofs"))
    proofs = [Evidence(what, UPLOADER.sha256, UPLOADER.person) for what in whats]
    proofs.append(Evidence("plan", reductions.plan_sha256, UPLOADER.person))
    return Claim(
        subject=subject,
        claimant=Claimant(NAME, CODE, ("演示铝业有限公司",)),
        period=period,
        audience=Audience.BUSINESS,
        markets=("CN",),
        footprint=footprint,
        reductions=reductions,
        evidence=tuple(proofs),
        people=PEOPLE,
        **more,
    )


def _facts(claim: Claim, *known: Units) -> Facts:
    footprint, verifier = claim.footprint, claim.footprint.verifier
    fact = FootprintFact(
        footprint.kind,
        footprint.number,
        footprint.version,
        footprint.sha256,
        footprint.total_t,
        footprint.parts,
        claim.period.start,
        claim.period.end,
        locked=True,
        standing=Standing.IN_FORCE,
        assurance=footprint.assurance,
        conclusion=verifier.conclusion,
        verified_until=verifier.valid_until,
        accredited=True,
        independent=True,
    )
    files = tuple(
        StoredFile(sha256, UPLOADER.person, UPLOADER.name)
        for sha256 in sorted({UPLOADER.sha256} | {one.sha256 for one in claim.evidence})
    )
    by_key = {one.position.key: one for one in known}
    return Facts(fact, by_key, (), files, D("0.6096"), upstream_known=True)


def product() -> World:
    subject = Subject(
        SubjectType.PRODUCT_BATCH,
        Both("铝型材散热器 2025 年批次", "Aluminium heat sinks, batch of 2025"),
        Both("从摇篮到大门", "cradle to gate"),
        Both("1 件", "1 piece"),
        ("演示无锡工厂",),
    )
    footprint = Footprint(
        FootprintKind.LABEL,
        labelnumber.make(2026, 1),
        "1",
        "a" * 64,
        D("1234.5"),
        PARTS,
        per_unit=D("12.345"),
        units=D(100000),
        assurance=Assurance.REASONABLE,
        verifier=VERIFIER,
    )
    claim = _claim(
        subject,
        footprint,
        Reductions(2022, D(1500), "b" * 64, D("265.5"), D(0), D(2), ("厂区造林",)),
        YEAR,
        rule_set="iso-14068-1-2023",
        residual_t=D(900),
        retirements=("41.0", "42.0"),
        next_update=date(2026, 12, 31),
        valid_until=date(2026, 12, 31),
        proofs=("batch", "removals"),
    )
    retired = date(2026, 3, 1)
    gold = units(
        42,
        Kind.GOLD_STANDARD,
        "GS1-1-CN-GS11236-16-2024-30307-1-235",
        {"project": "GS11236", "country": "CN", "count": 235} | vintage(2024),
        days(retired, YEAR),
    )
    return World(claim, _facts(claim, vcs(41, 941_382_555, 1000, retired, YEAR), gold), date(2026, 11, 22))


def event() -> World:
    period = Period(date(2025, 10, 1), date(2025, 10, 3))
    subject = Subject(
        SubjectType.EVENT,
        Both("演示马拉松", "Demo Marathon"),
        Both("赛事全部活动", "everything at the event"),
        sites=("无锡市滨湖区",),
    )
    footprint = Footprint(
        FootprintKind.REPORT,
        "VR-2025-7",
        "1",
        "c" * 64,
        D("49.2"),
        Parts(D("49.2"), D(0), D(0), D(0), D("30.0")),
        assurance=Assurance.LIMITED,
        verifier=VERIFIER,
    )
    claim = _claim(
        subject,
        footprint,
        Reductions(2025, D(60), "b" * 64, D("10.8"), D(0), D(0)),
        period,
        rule_set="event-guideline-2019",
        residual_t=D("49.2"),
        retirements=("51.0",),
        next_update=date(2026, 10, 3),
        valid_until=date(2026, 10, 3),
        proofs=(),
    )
    claim = put(claim, "evidence", (*claim.evidence, Evidence("footprint", "c" * 64, UPLOADER.person)))
    claim = put(claim, "decisions", (Decision("N03", claim.people.reviewer, "与核查报告逐项一致。"),))
    ccer = units(
        51,
        Kind.CCER,
        "CCER-2024-14-001-77",
        {"project": "演示造林", "methodology": "CCER-14-001-V01", "country": "CN", "count": 50}
        | vintage(2024),
        days(date(2025, 12, 1), period) | {"reference": "注销凭证 2025-001"},
    )
    return World(claim, _facts(claim, ccer), date(2026, 1, 15))


def company(tier: str = "silver", tonnes: int = 300) -> World:
    subject = Subject(
        SubjectType.ORGANISATION,
        Both("演示铝业", "Demo Aluminium"),
        Both("运营控制权之内", "operational control"),
        sites=("演示无锡工厂",),
    )
    footprint = Footprint(
        FootprintKind.REPORT,
        "VR-2026-8",
        "2",
        "c" * 64,
        D(2000),
        Parts(D(1990), D(10), D(-5), D(5), D(40)),
        location_based_t=D(2300),
        market_based_t=D(2000),
        assurance=Assurance.LIMITED,
        verifier=VERIFIER,
    )
    criteria = ("public-inventory", "near-term-target", "progress", "advocacy")
    claim = _claim(
        subject,
        footprint,
        Reductions(2020, D(2600), "b" * 64, D(600), D(0), D(5), ("厂区造林",)),
        YEAR,
        rule_set=f"vcmi-{tier}",
        residual_t=D(1200),
        retirements=("61.0",),
        electricity=(PowerUse("62.0", D("11500.5"), "演示无锡工厂", date(2025, 6, 1), date(2025, 6, 30)),),
        uncovered=Uncovered(D(100_000), D("0.6096")),
        next_update=date(2026, 12, 31),
        valid_until=date(2026, 12, 31),
        proofs=("removals", "electricity", *(f"foundation.{name}" for name in criteria)),
    )
    claim = put(claim, "evidence", (*claim.evidence, Evidence("footprint", "c" * 64, UPLOADER.person)))
    claim = put(claim, "decisions", (Decision("N03", claim.people.reviewer, "与核查报告逐项一致。"),))
    credits = vcs(61, 941_382_555, tonnes, date(2026, 3, 1), YEAR, labels=("CCP-labelled",))
    return World(claim, _facts(claim, credits, gec(62, YEAR)), date(2026, 11, 22))


def issue(world: World) -> statements.Issue:
    evidence: list[dict[str, str]] = []
    for position, kind in enumerate(statements.REQUIRED_KINDS):
        evidence = chain.extend(evidence, kind, f"{position:064x}")
    on = world.on
    return statements.Issue(
        labelnumber.make(on.year, 1, labelnumber.CLAIM),
        "did:web:labels.example.org",
        Both("演示零碳服务机构", "Demo Zero-Carbon Institution"),
        on,
        datetime(on.year, on.month, on.day, 2, 0, tzinfo=UTC),
        evidence,
    )


def statement(world: World) -> dict[str, Any]:
    return statements.build(world.claim, world.facts, issue(world))
