"""The form of a statement ``tanbiao-claim/1``: every field, what it may hold, and that there is no other.

Rules
1. Fields of a signed statement only grow: a new field is a new version number in ``type``, an unknown field is refused.
2. Amounts of greenhouse gases are decimal strings in tCO2e, electricity in kWh, certificates in MWh.
3. What quantities, texts, days and moments look like is ``certificates.forms``; whether they fit each other is
   :mod:`certificates.ledger.claims.sums`.
4. A retirement names the entry of the ledger that retired it and that entry's link, so that it can be found again.
"""

from __future__ import annotations

from typing import Any

from certificates.forms import (
    BOTH,
    COUNT,
    DAY,
    DIGEST,
    MOMENT,
    PERCENT,
    Check,
    array,
    decimal,
    matching,
    object_,
    one_of,
    text,
    when,
)
from certificates.keys.trust import is_did
from certificates.ledger.claims import limits
from certificates.ledger.claims.model import Assurance, Audience, FootprintKind, Opinion, SubjectType
from certificates.ledger.claims.rules import CODES, rule_sets
from certificates.ledger.instruments import instruments
from certificates.ledger.quantity import Unit
from certificates.schema import PARTS
from certificates.texts import Problem

TYPE = "tanbiao-claim/1"


def problems(statement: Any) -> list[Problem]:
    """Everything that keeps ``statement`` from being a ``tanbiao-claim/1``; empty when it is one."""
    return list(_STATEMENT(statement, ""))


def _kinds(unit: Unit) -> Check:
    return one_of(*(kind.value for kind, rules in instruments().items() if rules.unit is unit))


_NUMBER = matching(r"0|[1-9][0-9]{0,17}")
_YEAR = matching(r"[12][0-9]{3}")
_PLACE = matching(r"[A-Z]{2}")
_LONG = object_({"zh": text(limits.WORDING), "en": text(limits.WORDING)})
_PERSON = object_({"id": text(limits.KEY), "name": text(limits.NAME)})

_UNITS = {
    "serial": text(),
    "first": _NUMBER,
    "last": _NUMBER,
    "quantity": decimal(above="0"),
    "retiredOn": DAY,
    "entry": _NUMBER,
    "link": DIGEST,
}
_RETIREMENT = object_(
    _UNITS
    | {
        "program": BOTH,
        "kind": _kinds(Unit.TCO2E),
        "project": text(limits.NAME),
        "country": text(20, empty=True),
        "vintageStart": DAY,
        "vintageEnd": DAY,
        "reference": text(empty=True),
        "beneficiary": text(),
    }
)
_ELECTRICITY = object_(
    _UNITS | {"kind": _kinds(Unit.MWH), "kwh": decimal(above="0"), "site": text(limits.NAME)}
)
_FOOTPRINT = object_(
    {
        "kind": one_of(*FootprintKind),
        "number": text(limits.KEY),
        "version": text(limits.KEY),
        "sha256": DIGEST,
        "unit": one_of(Unit.TCO2E.value),
        "total": decimal(above="0"),
        "parts": object_(
            {name: decimal(most="0") if name == "biogenicRemovals" else decimal() for name in PARTS}
        ),
        "assurance": one_of(*Assurance),
        "verifier": object_(
            {
                "body": text(limits.NAME),
                "accreditation": text(limits.NAME),
                "person": text(limits.NAME),
                "conclusion": one_of(Opinion.UNMODIFIED, Opinion.MODIFIED),
                "validUntil": DAY,
            }
        ),
    },
    {
        "batch": object_({"perUnit": decimal(above="0"), "units": decimal(above="0")}),
        "locationBased": decimal(),
        "marketBased": decimal(),
    },
)
_CHECK = object_(
    {
        "code": one_of(*CODES),
        "outcome": one_of("pass", "not-applicable", "review"),
        "rule": BOTH,
        "validFrom": DAY,
    },
    {"decision": object_({"person": _PERSON, "reason": text(limits.REASON)})},
)
_STATEMENT = object_(
    {
        "type": one_of(TYPE),
        "number": matching(r"TC-[0-9]{4}-[0-9]{7}-[0-9A-Z]"),
        "issuer": object_({"id": when("not-a-did", is_did), "name": BOTH}),
        "claimant": object_({"name": text(limits.NAME), "code": text(limits.CODE, empty=True)}),
        "subject": object_(
            {
                "type": one_of(*SubjectType),
                "name": BOTH,
                "boundary": BOTH,
                "sites": array(text(limits.NAME), least=1, most=limits.UNITS),
            },
            {"unit": BOTH},
        ),
        "period": object_({"start": DAY, "end": DAY}),
        "audience": one_of(*Audience),
        "markets": array(_PLACE, least=1, most=limits.UNITS),
        "ruleSet": object_({"key": one_of(*rule_sets()), "standards": BOTH}),
        "footprint": _FOOTPRINT,
        "reductions": object_(
            {
                "baselineYear": _YEAR,
                "baselineTotal": decimal(above="0"),
                "reduced": decimal("0"),
                "deducted": decimal("0"),
                "removalsInside": decimal("0"),
                "planSha256": DIGEST,
            }
        ),
        "unabated": decimal(above="0"),
        "residual": decimal("0"),
        "toOffset": COUNT,
        "offset": decimal(above="0"),
        "share": PERCENT,
        "remainder": decimal("0"),
        "retirements": array(_RETIREMENT, least=1, most=limits.UNITS),
        "electricity": array(_ELECTRICITY, least=0, most=limits.UNITS),
        "checks": array(_CHECK, least=len(CODES), most=len(CODES)),
        "people": object_(dict.fromkeys(("preparer", "reviewer", "verifier", "signatory"), _PERSON)),
        "evidence": array(
            object_({"what": matching(limits.WHAT), "sha256": DIGEST, "by": text(limits.NAME)}),
            least=1,
            most=limits.EVIDENCE,
        ),
        "chain": array(
            object_({"kind": matching(r"[a-z][a-z0-9-]{0,39}"), "sha256": DIGEST, "link": DIGEST}),
            least=1,
            most=40,
        ),
        "nextUpdate": DAY,
        "wording": _LONG,
        "issuedAt": MOMENT,
        "validUntil": MOMENT,
    }
)
