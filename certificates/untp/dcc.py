"""The subject of a Digital Conformity Credential (UNTP 0.7.0): a label's statement said in UNTP's words.

Rules
1. Everything here follows from the statement and the envelope; nothing is added that they do not hold.
2. Who assessed: ``assessorLevel`` is 3rdParty because the form of a statement demands an independent review; a
   statement without one has no form here.
3. What it is: ``attestationType`` is verification, the confirmation of a stated quantity by evidence (ISO/IEC 17029,
   ISO 14065). It is no certification, for nothing is measured against a limit, and no declaration, which is a party's
   own.
4. By whose authority: ``assessmentLevel`` is no-endorsement, unless an accreditation was in force on the day of issue.
   Then ``authorisation`` names body and number, and the level is authority-benchmark: that a body stands behind it,
   without saying that it signed a mutual recognition arrangement, which we do not know.
5. The quantity: UN/CEFACT Recommendation 20 has KGM and P1 (percent) and no code for CO2 equivalents. The measure is in
   KGM; the metric says of what, within which boundary, and per how much of the product, in its name and identifier.
6. Identifiers: the product by its GTIN where it has one, the exporter under the issuer's DID, standards by the URN of
   RFC 5141, rule sets and metrics by ours. Identities were not examined, so ``idVerifiedByCAB`` is not said.
7. The evidence lies sealed with the exporter and has no address: its hashes stand in the statement, not as links.

Example: ``attestation(statement, envelope, address)["assessorLevel"] == "3rdParty"``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from certificates import gtin
from certificates.envelope import Envelope
from certificates.statementkind import both

PATH = "v"
"""Of a label's address, before its number."""
CONTEXT = "https://vocabulary.uncefact.org/untp/0.7.0/context/"
TYPES = ("DigitalConformityCredential", "VerifiableCredential", "CarbonFootprintLabel")
TOPIC = {
    "type": ["ConformityTopic"],
    "id": "https://vocabulary.uncefact.org/conformity-topic/greenhouse-gas-emissions",
    "name": "Greenhouse Gas Emissions",
}
"""The conformity topic, as UNTP's own sample of 0.7.0 writes it."""
KILOGRAM, PERCENT = "KGM", "P1"
_LARGEST = 2**53
_ISO = re.compile(r"ISO (?P<number>[0-9]{4,5})(?:-(?P<part>[0-9]+))?:(?P<year>[0-9]{4})\Z")
_ISO_EDITIONS = {("14067", "2018"): "1"}
"""Editions of the standards that our rule sets name, as their URNs count them."""


def name(statement: dict[str, Any]) -> str:
    """What the credential is called, in both languages."""
    product = both(statement["product"]["name"])
    return f"Carbon footprint label {statement['number']}: {product} (碳足迹标签)"


def attestation(statement: dict[str, Any], envelope: Envelope, address: str) -> dict[str, Any]:
    """The ConformityAttestation of a label, with the statement itself under ``statement``."""
    accredited = envelope.accreditation
    subject = {
        "type": ["ConformityAttestation"],
        "id": f"{address}#attestation",
        "name": name(statement),
        "description": _description(statement),
        "assessorLevel": "3rdParty",
        "assessmentLevel": "authority-benchmark" if accredited else "no-endorsement",
        "attestationType": "verification",
        "issuedToParty": party(statement),
        "referenceScheme": {
            "type": ["ConformityScheme"],
            "id": _rules(statement, version=False),
            "name": both(statement["method"]["standards"]),
        },
        "referenceProfile": {
            "type": ["ConformityProfile"],
            "id": _rules(statement),
            "name": f"{statement['method']['ruleSet']} {statement['method']['ruleSetVersion']}",
        },
        "conformityCertificate": {
            "linkURL": address,
            "linkName": f"Label {statement['number']} / 标签 {statement['number']}",
            "mediaType": "text/html",
        },
        "conformityAssessment": [_assessment(statement, address)],
        "statement": statement,
    }
    if accredited:
        subject["authorisation"] = [_endorsement(*accredited)]
    return subject


def party(statement: dict[str, Any]) -> dict[str, Any]:
    """The exporter: known to the issuer under its code, and only there (rule 6)."""
    code = statement["exporter"]["id"]
    return {
        "type": ["Party"],
        "id": f"{statement['issuer']['id']}/exporters/{_quoted(code)}",
        "name": both(statement["exporter"]["name"]),
        "registeredId": code,
    }


def product(statement: dict[str, Any], address: str) -> dict[str, Any]:
    """The product: by its GTIN, else as the subject of this very label."""
    number = statement["product"]["gtin"]
    return {
        "type": ["Product"],
        "id": f"{gtin.LINK}{number}" if number else f"{address}#product",
        "name": both(statement["product"]["name"]),
        "modelNumber": statement["product"]["model"],
    }


def facility(statement: dict[str, Any], address: str) -> dict[str, Any]:
    """The site, which no register names."""
    return {"type": ["Facility"], "id": f"{address}#site", "name": statement["site"]["name"]}


def standards(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The standards that the rule set names, one by one; by URN where it is an ISO standard whose edition is known."""
    texts = re.split(r"[;；]\s*", statement["method"]["standards"]["en"])
    return [{"type": ["Standard"], "id": _standard(text), "name": text} for text in texts if text.strip()]


def performances(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The footprint, its stages, the footprint with electricity by location, and how much of the lines is covered."""
    footprint, per = statement["footprint"], _declared(statement)
    boundary = statement["boundary"].replace("-", " ")
    found = [_footprint(statement, "", f"Carbon footprint, {boundary}, kg CO2e {per}", footprint["total"])]
    for stage in footprint["stages"]:
        title = f"Carbon footprint of {stage['stage'].replace('-', ' ')}, kg CO2e {per}"
        found.append(_footprint(statement, f":{stage['stage']}", title, stage["value"]))
    located = f"Carbon footprint, {boundary}, with electricity by location, kg CO2e {per}"
    found.append(_footprint(statement, ":location-based", located, footprint["totalLocationBased"]))
    covered = statement["coverage"]["byLines"]
    return [*found, _performance("coverage:lines", "Share of inventory lines covered", covered, PERCENT)]


def criteria(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """What is assessed against: the version of the rule set."""
    method = statement["method"]
    return [
        {
            "type": ["Criterion"],
            "id": f"{_rules(statement)}:quantification",
            "name": f"Quantification by {method['standards']['en']}, {method['indicator']} of {method['gwpSet']}",
        }
    ]


def _assessment(statement: dict[str, Any], address: str) -> dict[str, Any]:
    period = statement["period"]
    return {
        "type": ["ConformityAssessment"],
        "id": f"{address}#assessment",
        "name": "Product carbon footprint / 产品碳足迹",
        "assessmentCriteria": criteria(statement),
        "assessmentDate": statement["review"]["reviewedOn"],
        "assessedPerformance": performances(statement),
        "assessedProduct": [{"product": product(statement, address)}],
        "assessedFacility": [{"facility": facility(statement, address)}],
        "referenceStandard": standards(statement),
        "specifiedCondition": [
            f"Period {period['start']} to {period['end']}",
            f"System boundary {statement['boundary']}",
            f"Data release {statement['method']['release']}",
        ],
        "conformityTopic": [TOPIC],
        "conformance": True,
    }


def _description(statement: dict[str, Any]) -> str:
    return (
        f"Product carbon footprint {statement['footprint']['total']} kg CO2e {_declared(statement)}, computed by two"
        f" independent ways and reviewed by somebody who did not compute it. / 产品碳足迹，经两条独立路径计算，"
        f"并由未参与计算的人员复核。"
    )


def _declared(statement: dict[str, Any]) -> str:
    unit = statement["product"]["declaredUnit"]
    return f"per {unit['amount']} {unit['unit']}"


def _footprint(statement: dict[str, Any], part: str, title: str, value: str) -> dict[str, Any]:
    """One metric for one boundary and one declared unit: figures under different ones are not compared."""
    unit = statement["product"]["declaredUnit"]
    per = _quoted(f"{unit['amount']} {unit['unit']}")
    return _performance(f"carbon-footprint:{statement['boundary']}:{per}{part}", title, value)


def _performance(metric: str, title: str, value: str, unit: str = KILOGRAM) -> dict[str, Any]:
    return {
        "metric": {"type": ["PerformanceMetric"], "id": f"urn:tanbiao:metric:{metric}", "name": title},
        "measure": {"value": number(value), "unit": unit},
    }


def number(text: str) -> int | float:
    """A decimal text as the JSON number that UNTP asks for: whole where it is (RFC 8785 writes both the same).

    A double holds every text of up to 15 significant digits exactly, and a label rounds to no more."""
    value = Decimal(text)
    whole = int(value)
    return whole if whole == value and abs(whole) < _LARGEST else float(value)


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    """A text as one part of an identifier; most stand in many labels."""
    return quote(text, safe="")


def _rules(statement: dict[str, Any], *, version: bool = True) -> str:
    method = statement["method"]
    found = f"urn:tanbiao:rules:{_quoted(method['ruleSet'])}"
    return f"{found}:{_quoted(method['ruleSetVersion'])}" if version else found


def _standard(text: str) -> str:
    found = _ISO.match(text)
    edition = _ISO_EDITIONS.get((found["number"], found["year"])) if found and not found["part"] else None
    if found and edition:
        return f"urn:iso:std:iso:{found['number']}:ed-{edition}"
    return f"urn:tanbiao:standard:{_quoted(text)}"


def _endorsement(body: str, number: str) -> dict[str, Any]:
    """The accreditation, and nothing besides: ``certificates.envelope`` reads body and number back."""
    return {
        "name": number,
        "issuingAuthority": {
            "type": ["Party"],
            "id": f"urn:tanbiao:accreditation-body:{_quoted(body)}",
            "name": body,
        },
    }
