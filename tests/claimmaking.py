"""A claim's statement for tests, with any number of retirements; everything in it is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from certificates import chain, labelnumber
from certificates.ledger.claims.rules import CODES

ISSUED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
UNTIL = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
NOW = ISSUED + timedelta(days=20)
NUMBER = labelnumber.make(2026, 1, labelnumber.CLAIM)
ISSUER = "did:web:labels.example.org"
ADDRESS = f"https://labels.example.org/c/{NUMBER}"
TONNES = 1200


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def evidence() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    for position, kind in enumerate(("footprint", "ledger", "claim")):
        entries = chain.extend(entries, kind, f"{position + 7:064x}")
    return entries


def retirement(position: int, tonnes: int) -> dict[str, Any]:
    """A range of VCS units, one after the other."""
    first = 941_382_555 + 10_000 * position
    last = first + tonnes - 1
    return {
        "program": both("核证碳标准（VCS）", "Verified Carbon Standard (VCS)"),
        "kind": "vcs",
        "project": str(3005 + position),
        "country": "CN",
        "vintageStart": "2024-01-01",
        "vintageEnd": "2024-12-31",
        "serial": f"{19380 + position}-{first}-{last}-VCS-VCU-1310-VER-CN-13-{3005 + position}-01012024-31122024-0",
        "first": str(first),
        "last": str(last),
        "quantity": str(tonnes),
        "retiredOn": "2026-10-15",
        "reference": f"https://registry.example/retirement/{1000 + position}",
        "beneficiary": "演示铝业（无锡）有限公司",
        "entry": str(41 + position),
        "link": f"{position:064x}",
    }


def electricity() -> dict[str, Any]:
    return {
        "kind": "gec",
        "serial": "A1B2C3D4E5F6G7H8I202506012345678",
        "first": "1",
        "last": "12",
        "quantity": "12",
        "kwh": "11500.5",
        "site": "演示无锡工厂",
        "retiredOn": "2026-02-03",
        "entry": "99",
        "link": "f" * 64,
    }


def statement(retirements: int = 2) -> dict[str, Any]:
    """A claim for 100,000 heat sinks whose unabated 1,200 t are offset by so many retirements."""
    share, rest = divmod(TONNES, retirements)
    rows = [retirement(n, share + (rest if n == 0 else 0)) for n in range(retirements)]
    people = {
        name: {"id": f"person-{name}", "name": f"演示{name}"}
        for name in ("preparer", "reviewer", "verifier", "signatory")
    }
    return {
        "type": "tanbiao-claim/1",
        "number": NUMBER,
        "issuer": {"id": ISSUER, "name": both("演示零碳服务机构", "Demo Zero-Carbon Institution")},
        "claimant": {"name": "演示铝业（无锡）有限公司", "code": "91320200MA1DEMO001"},
        "subject": {
            "type": "product-batch",
            "name": both("铝型材散热器 2025 年批次", "Aluminium heat-sink profiles, batch of 2025"),
            "boundary": both("从摇篮到大门", "Cradle to gate"),
            "unit": both("1 kg 型材，出厂", "1 kg of profile at the gate"),
            "sites": ["演示无锡工厂"],
        },
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "audience": "business",
        "markets": ["CN", "US"],
        "ruleSet": {"key": "iso-14068-1-2023", "standards": both("ISO 14068-1:2023", "ISO 14068-1:2023")},
        "footprint": {
            "kind": "label",
            "number": labelnumber.make(2026, 1),
            "version": "1",
            "sha256": "a" * 64,
            "unit": "tCO2e",
            "total": "1235",
            "parts": {
                "fossil": "1231",
                "biogenicEmissions": "5",
                "biogenicRemovals": "-2",
                "landUseChange": "1",
                "aircraft": "0",
            },
            "batch": {"perUnit": "12.35", "units": "100000"},
            "assurance": "reasonable",
            "verifier": {
                "body": "演示核查机构",
                "accreditation": "CNAS V000",
                "person": "演示核查员",
                "conclusion": "unmodified",
                "validUntil": "2027-12-31",
            },
        },
        "reductions": {
            "baselineYear": "2022",
            "baselineTotal": "1500",
            "reduced": "120",
            "deducted": "35",
            "removalsInside": "2",
            "planSha256": "b" * 64,
        },
        "unabated": "1200",
        "residual": "900",
        "toOffset": "1200",
        "offset": str(TONNES),
        "share": "100.0",
        "remainder": "0",
        "retirements": rows,
        "electricity": [],
        "checks": [
            {
                "code": code,
                "outcome": "not-applicable" if code == "N13" else "pass",
                "rule": both(f"检查 {code} 的规则", f"Rule of check {code}"),
                "validFrom": "2023-11-30",
            }
            for code in CODES
        ],
        "people": people,
        "evidence": [
            {"what": "footprint", "sha256": "c" * 64, "by": "演示编制人"},
            {"what": "plan", "sha256": "d" * 64, "by": "演示编制人"},
        ],
        "chain": evidence(),
        "nextUpdate": "2026-12-31",
        "wording": both(
            "演示铝业声明：2025 年批次的 1,235 吨足迹中，减排 35 吨，以注销的碳信用抵消 1,200 吨。",
            "Demo Aluminium states: of 1,235 t, 35 t were reduced and 1,200 t offset by retired credits.",
        ),
        "issuedAt": "2026-11-22T08:00:00Z",
        "validUntil": "2026-12-31T23:59:59Z",
    }
