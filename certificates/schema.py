"""The form of a statement ``tanbiao-label/2``: every field, what it may hold, and that there is no other.

Rules
1. Fields of a signed statement only grow: a new field is a new version number in ``type``, and an unknown
   field is refused, because a reader that skips what it does not know may skip what matters.
2. What quantities, texts, days and moments look like is ``certificates.forms``.
3. Nothing here computes: whether the numbers fit each other is ``certificates.arithmetic``.
"""

from __future__ import annotations

from typing import Any

from certificates import gtin
from certificates.forms import (
    AMOUNT,
    BOTH,
    COUNT,
    DAY,
    DIGEST,
    MOMENT,
    PERCENT,
    array,
    decimal,
    matching,
    object_,
    one_of,
    text,
    when,
)
from certificates.keys.trust import is_did
from certificates.texts import Problem

TYPE = "tanbiao-label/2"
STAGES = ("raw-materials", "production", "distribution", "use", "end-of-life")
BOUNDARIES = ("cradle-to-gate", "cradle-to-grave")
ELECTRICITY_SOURCES = ("grid", "own-generation", "direct-line", "contract")
PARTS = ("fossil", "biogenicEmissions", "biogenicRemovals", "landUseChange", "aircraft")


def problems(statement: Any) -> list[Problem]:
    """Everything that keeps ``statement`` from being a ``tanbiao-label/2``; empty when it is one."""
    return list(_STATEMENT(statement, ""))


_FOOTPRINT = object_(
    {
        "unit": one_of("kgCO2e"),
        "total": decimal(),
        "stages": array(object_({"stage": one_of(*STAGES), "value": decimal()}), least=1, most=len(STAGES)),
        "parts": object_(
            {name: decimal(most="0") if name == "biogenicRemovals" else decimal() for name in PARTS}
        ),
        "totalLocationBased": decimal(),
    },
    {"notCovered": array(BOTH, least=1, most=50)},
)
_METHOD = object_(
    {
        "ruleSet": text(100),
        "ruleSetVersion": text(50),
        "standards": BOTH,
        "gwpSet": one_of("AR5", "AR6"),
        "indicator": one_of("GWP100"),
        "engine": text(100),
        "release": text(100),
        "rounding": matching(r"significant-digits:([1-9]|1[0-5])"),
    }
)
_COVERAGE = object_(
    {
        "byLines": PERCENT,
        "byMass": PERCENT,
        "linesLinked": COUNT,
        "linesTotal": COUNT,
        "linesAutoLinked": COUNT,
        "linesCutOff": COUNT,
        "cutOffShare": PERCENT,
    }
)
_STATEMENT = object_(
    {
        "type": one_of(TYPE),
        "number": matching(r"TB-[0-9]{4}-[0-9]{7}-[0-9A-Z]"),
        "issuer": object_({"id": when("not-a-did", is_did), "name": BOTH}),
        "exporter": object_({"id": text(100), "name": BOTH}),
        "product": object_(
            {
                "name": BOTH,
                "model": text(200),
                "cnCode": text(20, empty=True),
                "gtin": when("not-a-gtin", gtin.stated),
                "declaredUnit": AMOUNT,
                "massPerDeclaredUnit": AMOUNT,
            }
        ),
        "site": object_({"name": text(), "place": matching(r"[A-Z0-9]{2,6}(-[A-Z0-9]{1,6})?")}),
        "period": object_({"start": DAY, "end": DAY}),
        "boundary": one_of(*BOUNDARIES),
        "footprint": _FOOTPRINT,
        "method": _METHOD,
        "coverage": _COVERAGE,
        "electricity": array(
            object_({"source": one_of(*ELECTRICITY_SOURCES), "kWh": decimal("0"), "value": decimal()}),
            least=0,
            most=len(ELECTRICITY_SOURCES),
        ),
        "review": object_(
            {
                "conclusion": one_of("approved"),
                "reviewedOn": DAY,
                "reviewer": text(),
                "independent": when("not-independent", lambda value: value is True),
            }
        ),
        "agreement": object_(
            {"tolerance": decimal(above="0", most="0.000000001"), "relativeDifference": decimal("0")}
        ),
        "chain": array(
            object_({"kind": matching(r"[a-z][a-z0-9-]{0,39}"), "sha256": DIGEST, "link": DIGEST}),
            least=1,
            most=40,
        ),
        "issuedAt": MOMENT,
        "validUntil": MOMENT,
    }
)
