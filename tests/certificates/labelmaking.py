"""Labels made for tests: keys, a statement, a log, and the three kinds of file, all through the public functions."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from certificates import bundle, chain, credential, documents
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url
from certificates.keys import KeySet, generate_keyset
from certificates.log import checkpoint, merkle
from certificates.report import Report
from certificates.statement import build_statement
from certificates.verify import verify

ISSUED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
UNTIL = ISSUED + timedelta(days=730)
NOW = ISSUED + timedelta(days=30)
NUMBER = "TB-2026-0000001-L"
OTHER_NUMBER = "TB-2026-0000002-J"
ADDRESS = f"https://labels.example.org/v/{NUMBER}"
ISSUER = "did:web:labels.example.org"


@cache
def keyset(issuer: str = ISSUER) -> KeySet:
    name = {"zh": "演示零碳服务机构", "en": "Demo Zero-Carbon Institution"}
    return generate_keyset(issuer, name, ISSUED - timedelta(days=10), ISSUED + timedelta(days=365))


def evidence() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    for position, kind in enumerate(("workbook", "inventory", "release", "rules", "engine")):
        entries = chain.extend(entries, kind, f"{position:064x}")
    return entries


def facts() -> dict[str, Any]:
    return {
        "number": NUMBER,
        "issuer": {"id": ISSUER, "name": {"zh": "演示零碳服务机构", "en": "Demo Zero-Carbon Institution"}},
        "exporter": {"id": "DEMO-0001", "name": {"zh": "演示铝业", "en": "Demo Aluminium"}},
        "product": {
            "name": {"zh": "铝型材散热器", "en": "Aluminium heat-sink profile"},
            "model": "HS-60",
            "cnCode": "76042100",
            "declaredUnit": {"amount": "1", "unit": "kg"},
            "massPerDeclaredUnit": {"amount": "1", "unit": "kg"},
        },
        "site": {"name": "演示无锡工厂", "place": "CN-JS"},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "boundary": "cradle-to-gate",
        "footprint": {
            "unit": "kgCO2e",
            "total": "12.35",
            "stages": [
                {"stage": "raw-materials", "value": "10.20"},
                {"stage": "production", "value": "2.15"},
            ],
            "parts": {
                "fossil": "12.31",
                "biogenicEmissions": "0.05",
                "biogenicRemovals": "-0.02",
                "landUseChange": "0.01",
                "aircraft": "0.00",
            },
            "totalLocationBased": "12.40",
        },
        "method": {
            "ruleSet": "iso-14067-2018",
            "ruleSetVersion": "2026.1",
            "standards": {"zh": "ISO 14067:2018；GB/T 24067-2024", "en": "ISO 14067:2018; GB/T 24067-2024"},
            "gwpSet": "AR6",
            "indicator": "GWP100",
            "engine": "0.1.0",
            "release": "open-cn-2026.2",
            "rounding": "significant-digits:4",
        },
        "coverage": {
            "byLines": "96.6",
            "byMass": "99.1",
            "linesLinked": "29",
            "linesTotal": "30",
            "linesAutoLinked": "3",
            "linesCutOff": "1",
            "cutOffShare": "0.5",
        },
        "electricity": [
            {"source": "grid", "kWh": "2.500", "value": "1.45"},
            {"source": "own-generation", "kWh": "0.800", "value": "0.03"},
        ],
        "review": {
            "conclusion": "approved",
            "reviewedOn": "2026-11-20",
            "reviewer": "演示核查人",
            "independent": True,
        },
        "agreement": {"tolerance": "0.000000001", "relativeDifference": "0.0000000000000003"},
        "chain": evidence(),
        "issuedAt": ISSUED,
        "validUntil": UNTIL,
    }


def statement() -> dict[str, Any]:
    return build_statement(facts())


def changed(path: tuple[Any, ...], value: Any, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """A copy of a statement with one place set anew."""
    made = copy.deepcopy(base if base is not None else statement())
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every leaf of a statement with its path."""
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in leaves(item, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, (*path, index))]
    return [(path, value)]


def forge(
    facts_signed: Any,
    keys: KeySet,
    header: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
) -> str:
    """A credential signed without any check: what a thief of the key, or a careless issuer, could make."""
    head = {"alg": "Ed25519", "iss": keys.issuer_id, "kid": keys.kid("label"), "typ": "vc+jwt"} | (
        header or {}
    )
    body = {
        "@context": credential.CONTEXT,
        "id": ADDRESS,
        "type": credential.TYPES,
        "issuer": facts_signed.get("issuer"),
        "validFrom": facts_signed.get("issuedAt"),
        "validUntil": facts_signed.get("validUntil"),
        "credentialSubject": facts_signed,
    } | (payload or {})
    signed = f"{base64url(canonical_bytes(head))}.{base64url(canonical_bytes(body))}"
    return f"{signed}.{base64url(keys.label_key.sign(signed.encode()))}"


class Log:
    """A log in memory: complete subtrees only, as the store keeps them."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, entry: bytes) -> int:
        for level, index, digest in merkle.append(self.size, self.get, merkle.leaf_hash(entry)):
            assert (level, index) not in self.nodes
            self.nodes[level, index] = digest
        self.size += 1
        return self.size - 1

    def proof(self, index: int, keys: KeySet) -> dict[str, Any]:
        root = merkle.root(self.size, self.get)
        note = checkpoint.sign(keys.log_name, self.size, root, keys)
        return bundle.make_proof(index, self.size, merkle.inclusion_proof(index, self.size, self.get), note)


def logged(compact: str, keys: KeySet, others: int = 6) -> dict[str, Any]:
    """The proof for a credential in a log of some others before and after it."""
    log = Log()
    for number in range(others):
        log.append(b"before %d" % number)
    index = log.append(compact.encode())
    for number in range(others):
        log.append(b"after %d" % number)
    return log.proof(index, keys)


@dataclass(frozen=True)
class Label:
    compact: str
    proof: dict[str, Any]

    @property
    def bundle(self) -> bytes:
        return bundle.pack(self.compact, self.proof)


def label_of(compact: str, keys: KeySet | None = None) -> Label:
    return Label(compact, logged(compact, keys or keyset()))


@cache
def label() -> Label:
    return label_of(credential.issue(statement(), keyset(), ISSUED, UNTIL, identifier=ADDRESS))


def plain_pdf(files: dict[str, bytes], text: str = "12.35 kgCO2e") -> bytes:
    """An unsigned PDF/A-3 by Typst with attachments."""
    import tempfile
    from pathlib import Path

    import typst

    with tempfile.TemporaryDirectory() as folder:
        lines = ['#set document(title: "label", date: datetime(year: 2026, month: 11, day: 22))']
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
            kind = "application/json" if name.endswith(".json") else "application/vc+jwt"
            lines.append(
                f'#pdf.attach("{name}", relationship: "data", mime-type: "{kind}", description: "{name}")'
            )
        main = Path(folder) / "main.typ"
        main.write_text("\n".join([*lines, text, ""]), encoding="utf-8")
        return bytes(typst.compile(str(main), format="pdf", pdf_standards=["a-3b"]))


def attachments(made: Label) -> dict[str, bytes]:
    return {
        bundle.CREDENTIAL_FILE: made.compact.encode(),
        bundle.PROOF_FILE: canonical_bytes(made.proof),
    }


@cache
def unsigned_pdf() -> bytes:
    return plain_pdf(attachments(label()))


@cache
def signed_pdf() -> bytes:
    return documents.sign_pdf(unsigned_pdf(), keyset())


def rewritten(pdf: bytes, edit: Any) -> bytes:
    """The PDF opened with pikepdf, edited, and saved whole: what an editing program leaves."""
    import pikepdf

    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        edit(document)
        document.save(output)
    return output.getvalue()


def trust_with(**changes: str) -> dict[str, Any]:
    """The issuer's trust file with changed dates of every key."""
    data = json.loads(json.dumps(keyset().trust()))
    for key in data["issuers"][0]["keys"]:
        key.update(changes)
    return data


def report(
    data: bytes, *, trust: dict[str, Any] | None = None, at: datetime = NOW, number: str | None = None
) -> Report:
    """The verdict on a file by somebody who trusts the issuer."""
    return verify(data, trust or keyset().trust(), at=at, number=number)


def failing(result: Report) -> set[int]:
    """The numbers of the failed steps."""
    return {step.number for step in result.failed}
