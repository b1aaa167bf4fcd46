"""The demonstration's ledger: bought credits and green certificates come in as registries export them, some are
retired, and a claim of the exporter about its last calendar year is reviewed, signed and left as a PDF.

Registry, projects and serial numbers are made up and in the registries' form; days follow the clock, so that nothing
is ever too old for the rules.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

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
from certificates.ledger.entries import Beneficiary, Purpose
from service.usecases.access import Actor
from service.usecases.claims import checking, drafting, issuing, published, reviewing, submitting
from service.usecases.ledger import files, importing, looking, purchasing, recording
from service.usecases.services import Services

TONNES = Decimal("120.4")
"""The demonstration company's footprint of a year."""
CREDITS = 200
NAME = ("演示铝业有限公司", "Demo Aluminium Co.")
CODE = "DEMO-EXPORTER"


@dataclass(frozen=True, slots=True)
class Actors:
    """Who claims, who reviews, who signs; ``institution_id`` is the reviewing institution."""

    exporter: Actor
    reviewer: Actor
    signatory: Actor
    institution_id: str


def leave_claim(services: Services, who: Actors, folder: Path) -> dict[str, str]:
    """credits.csv, certificates.csv, ledger.txt and claim.pdf; the claim is made at the first run. Number and share."""
    year = services.clock().year - 1
    there = drafting.list_(who.exporter, services)
    number = there[-1].number if there else _claim(services, who, folder, year)
    (folder / "claim.pdf").write_bytes(published.document(number, services))
    (folder / "ledger.txt").write_text(looking.export_text(who.exporter, services), encoding="utf-8")
    statement = published.public(number, services).statement
    return {"claim": number, "share": statement["share"], "offset": statement["offset"]}


def _claim(services: Services, who: Actors, folder: Path, year: int) -> str:
    for name, rows in (("credits.csv", _credits(year)), ("certificates.csv", _certificates(services))):
        data = _csv(rows)
        (folder / name).write_bytes(data)
        importing.import_now(who.exporter, importing.Upload(name, data), services)
    _bought(services, who.exporter, year)
    position = _retire(services, who.exporter, year)
    claim = _proved(services, who.exporter, _draft(year, position))
    opened = drafting.OpenClaim(f"{year} 年度中和声明", plain(claim), who.institution_id)
    dossier = drafting.open_(who.exporter, opened, services)
    submitting.submit(who.exporter, submitting.Submit(dossier.id), services)
    open_points = checking.checklist(who.reviewer, dossier.id, services).to_decide
    reasons = {one.result.code: "演示：已查阅依据，认可。" for one in open_points}
    reviewing.decide(
        who.reviewer, reviewing.Decide(dossier.id, True, "演示核查：依据齐全。", reasons), services
    )
    return issuing.issue(who.signatory, dossier.id, services).number


def _credits(year: int) -> list[dict[str, str]]:
    """As Verra's search of units exports them: two blocks of an invented project, generated the year before."""
    rows = []
    for first, count in ((910_000_001, CREDITS), (910_000_501, 80)):
        serial = f"77001-{first}-{first + count - 1}-VCS-VCU-1310-VER-CN-13-990001-"
        rows.append(
            {
                "Issuance Date": f"{year}-11-20",
                "Vintage Start": f"{year - 1}-01-01",
                "Vintage End": f"{year - 1}-12-31",
                "ID": "990001",
                "Name": "Demonstration biogas project (invented)",
                "Country/Area": "China",
                "Project Type": "Waste handling and disposal",
                "Methodology": "AMS-III.D.",
                "Total Vintage Quantity": str(count),
                "Quantity Issued": str(count),
                "Serial Number": f"{serial}0101{year - 1}-3112{year - 1}-0",
            }
        )
    return rows


def _certificates(services: Services) -> list[dict[str, str]]:
    """As the system of green certificates names things: three months of an invented wind farm, one near its end."""
    today = services.clock().date()
    rows = []
    for number, months_ago in enumerate((21, 8, 3), 1):
        month = today.replace(day=1)
        for _ in range(months_ago):
            month = (month - timedelta(days=1)).replace(day=1)
        rows.append(
            {
                "绿证编码": f"WF3206232023000{number:02d}{month:%Y%m}00000001{number}",
                "项目名称": "演示风电场（虚构）",
                "电量生产年月": f"{month:%Y-%m}",
                "绿证成交日期": f"{month + timedelta(days=45):%Y-%m-%d}",
                "绿证数量": "1",
                "绿证类型": "可交易",
                "能源类型": "风电",
            }
        )
    return rows


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _bought(services: Services, exporter: Actor, year: int) -> None:
    """The purchase under which the credits came, so that they have a price."""
    lots = {
        one.lot.sequence for one in looking.holdings(exporter, services.clock().date(), services, kind="vcs")
    }
    contract = files.keep(exporter, "contract.txt", "演示：采购合同。".encode(), services)
    form = {
        "title": f"碳信用 {year}",
        "kind": "vcs",
        "seller": "演示项目业主",
        "year": str(year + 1),
        "expected": str(CREDITS + 80),
        "currency": "CNY",
        "unit_price": "42.50",
        "papers": [{"kind": "contract", "number": f"DEMO-{year}-7", "on": f"{year}-10-08"}],
        "due": [{"on": f"{year}-11-30", "quantity": str(CREDITS + 80)}],
        "evidence": [contract],
    }
    purchase = purchasing.open_(exporter, form, services)
    purchasing.deliver(exporter, purchasing.Deliver(purchase.id, tuple(sorted(lots))), services)


def _retire(services: Services, exporter: Actor, year: int) -> str:
    """Retire what the footprint needs, rounded up, of the older block; the key of the retired position."""
    today = services.clock().date()
    needed = int(TONNES.to_integral_value(rounding="ROUND_CEILING"))
    held = (one for one in looking.holdings(exporter, today, services, kind="vcs", state="held"))
    source = next(one for one in held if one.position.span.count == CREDITS)
    proof = files.keep(exporter, "retirement.txt", "演示：登记处注销凭证。".encode(), services)
    command = recording.RetireUnits(
        position=source.position.key,
        count=needed,
        on=today,
        beneficiary=Beneficiary(NAME[0], CODE),
        purpose=Purpose.NEUTRALISATION,
        period_start=date(year, 1, 1),
        period_end=date(year, 12, 31),
        reference="DEMO-RETIREMENT-1",
        evidence=(proof,),
    )
    return f"{recording.retire(exporter, command, services).last}.0"


def _draft(year: int, position: str) -> Claim:
    """The exporter's organisation in a year: 120.4 t by a verified report, 30 t less than in its base year."""
    return Claim(
        subject=Subject(
            SubjectType.ORGANISATION,
            Both(*NAME),
            Both("运营控制权，范围一与范围二", "operational control, scopes 1 and 2"),
            sites=("无锡工厂（演示）",),
        ),
        period=Period(date(year, 1, 1), date(year, 12, 31)),
        audience=Audience.BUSINESS,
        markets=("CN",),
        rule_set="iso-14068-1-2023",
        footprint=Footprint(
            kind=FootprintKind.REPORT,
            number=f"DEMO-{year}-1",
            version="1",
            total_t=TONNES,
            parts=Parts(TONNES, Decimal(0), Decimal(0), Decimal(0), Decimal(0)),
            assurance=Assurance.REASONABLE,
            verifier=Verifier(
                "演示核查机构", "DEMO V 001", "演示外部核查员", Opinion.UNMODIFIED, date(year + 2, 12, 31)
            ),
        ),
        reductions=Reductions(
            baseline_year=year - 3,
            baseline_total_t=TONNES + 30,
            reduced_t=Decimal(30),
            deducted_t=Decimal(0),
            removals_inside_t=Decimal(0),
        ),
        residual_t=Decimal(40),
        retirements=(position,),
        next_update=date(year + 1, 12, 31),
        valid_until=date(year + 1, 12, 31),
    )


def _proved(services: Services, exporter: Actor, claim: Claim) -> Claim:
    """The claim with a stored file behind each number that people state."""
    proofs = {
        what: files.keep(exporter, f"{what}.txt", f"演示依据：{name}。".encode(), services)
        for what, name in {
            "footprint": "核查过的温室气体清单",
            "verification": "核查陈述",
            "baseline": "基准年清单",
            "plan": "碳中和管理计划",
            "reductions": "减排量计算",
            "residual": "剩余排放说明",
        }.items()
    }
    return replace(
        claim,
        footprint=replace(claim.footprint, sha256=proofs["footprint"]),
        reductions=replace(claim.reductions, plan_sha256=proofs["plan"]),
        evidence=tuple(Evidence(what, sha256) for what, sha256 in proofs.items()),
    )
