"""A statement that ``certificates`` accepts, and evidence in the right form."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from certificates import chain, labelnumber, statement
from service.render.sealed import Evidence


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _facts() -> dict[str, Any]:
    links: list[dict[str, str]] = []
    for kind in ("workbook", "inventory", "links", "release", "rules", "footprint", "review"):
        links = chain.extend(links, kind, hashlib.sha256(kind.encode()).hexdigest())
    return {
        "number": labelnumber.make(2026, 1),
        "issuer": {"id": "did:web:labels.example", "name": _both("演示零碳服务机构", "Demo Institution")},
        "exporter": {"id": "DEMO-001", "name": _both("演示铝业（无锡）有限公司", "Demo Aluminium Co., Ltd.")},
        "product": {
            "name": _both("铝合金散热器型材", "Aluminium heat-sink profile"),
            "model": "HS-6063-T5",
            "gtin": "06901234567892",
            "cnCode": "76042990",
            "declaredUnit": {"amount": "1", "unit": "kg"},
            "massPerDeclaredUnit": {"amount": "1", "unit": "kg"},
        },
        "site": {"name": "演示工厂", "place": "CN-JS"},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "boundary": "cradle-to-gate",
        "footprint": {
            "unit": "kgCO2e",
            "total": "12.7",
            "stages": [
                {"stage": "raw-materials", "value": "10.9"},
                {"stage": "production", "value": "1.7"},
                {"stage": "distribution", "value": "0.1"},
            ],
            "parts": {
                "fossil": "12.6",
                "biogenicEmissions": "0.06",
                "biogenicRemovals": "-0.01",
                "landUseChange": "0.05",
                "aircraft": "0.0000000000042",
            },
            "totalLocationBased": "13.1",
        },
        "method": {
            "ruleSet": "iso-14067-2018",
            "ruleSetVersion": "1",
            "standards": _both("ISO 14067:2018；GB/T 24067—2024", "ISO 14067:2018; GB/T 24067-2024"),
            "gwpSet": "AR6",
            "indicator": "GWP100",
            "engine": "0.1.0",
            "release": "open-cn-2026.2",
            "rounding": "significant-digits:3",
        },
        "coverage": {
            "byLines": "93.3",
            "byMass": "99.6",
            "linesLinked": "14",
            "linesTotal": "15",
            "linesAutoLinked": "3",
            "linesCutOff": "1",
            "cutOffShare": "0.4",
        },
        "electricity": [
            {"source": "grid", "kWh": "1.42", "value": "0.83"},
            {"source": "own-generation", "kWh": "0.38", "value": "0.02"},
        ],
        "review": {
            "conclusion": "approved",
            "reviewedOn": "2026-11-20",
            "reviewer": "演示核查人",
            "independent": True,
        },
        "agreement": {"tolerance": "0.000000001", "relativeDifference": "0.0000000000000031"},
        "chain": links,
        "issuedAt": "2026-11-22T06:30:15Z",
        "validUntil": "2028-11-21T16:00:00Z",
    }


@pytest.fixture
def stated() -> dict[str, Any]:
    """A fresh statement that passes ``certificates.statement.check``."""
    return copy.deepcopy(statement.build_statement(_facts()))


@pytest.fixture
def evidence() -> Evidence:
    """What a label is drawn with beside its statement."""
    return Evidence(
        "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl",
        json.dumps({"type": "tanbiao-bundle/2", "name": "demo — 碳标\n"}, ensure_ascii=False).encode(),
        "https://labels.example/v/TB-2026-0000001-L?c=7K2M9QXA",
        "7K2M9QXA",
    )
