"""Labels made for tests: keys, a statement, status lists, a log, and every kind of file, all through the public
functions.

``world(...)`` is a label as the issuer's service leaves it: logged with its three status lists, in one tree, cosigned
where asked. ``label()`` is the plain one.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from certificates import bundle, chain, credential, documents, status
from certificates.canonical import canonical_bytes
from certificates.credential import Envelope, Place
from certificates.encoding import base64url
from certificates.keys.keyset import KeySet, generate_keyset
from certificates.keys.signer import FileSigner
from certificates.keys.trust import Trust, Witness
from certificates.knowledge import Knowledge
from certificates.log import checkpoint, cosignature, merkle, proof
from certificates.report import Report
from certificates.statement import build_statement
from certificates.verify import verify

ISSUED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
UNTIL = ISSUED + timedelta(days=730)
NOW = ISSUED + timedelta(days=30)
LISTED = NOW - timedelta(days=1)
"""When the status lists of most tests begin; they last a week, as the service's do."""
WEEK = timedelta(days=7)
NUMBER = "TB-2026-0000001-L"
OTHER_NUMBER = "TB-2026-0000002-J"
CODE = "7K2M9QXA"
BASE = "https://labels.example.org"
ADDRESS = f"{BASE}/v/{NUMBER}?c={CODE}"
ISSUER = "did:web:labels.example.org"
PLACE = Place(1, 77)
ENVELOPE = Envelope(BASE, CODE, PLACE)
WITNESS = "witness.example.gov/w1"


@cache
def keyset(issuer: str = ISSUER) -> KeySet:
    name = {"zh": "演示零碳服务机构", "en": "Demo Zero-Carbon Institution"}
    return generate_keyset(issuer, name, ISSUED - timedelta(days=10), ISSUED + timedelta(days=365))


@cache
def witness_key(name: str = WITNESS) -> FileSigner:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return FileSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def witness(name: str = WITNESS) -> Witness:
    return Witness((("en", name), ("zh", name)), name, witness_key(name).public)


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
            "gtin": "",
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
    signed: Any,
    keys: KeySet,
    header: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
    envelope: Envelope = ENVELOPE,
) -> str:
    """A credential signed without any check: what a thief of the key, or a careless issuer, could make."""
    try:
        body = credential.payload(signed, envelope)
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):  # no credential follows from such a statement
        body = credential.payload(statement(), envelope)
        body["credentialSubject"]["statement"] = signed
    head = {"alg": "Ed25519", "iss": keys.issuer_id, "kid": kid("label", keys), "typ": "vc+jwt"} | (
        header or {}
    )
    body = body | (payload or {})
    text = f"{base64url(canonical_bytes(head))}.{base64url(canonical_bytes(body, numbers=True))}"
    return f"{text}.{base64url(sign('label', text.encode(), keys))}"


def kid(use: str, keys: KeySet | None = None) -> str:
    return (keys or keyset()).active(use, ISSUED).kid


def sign(use: str, data: bytes, keys: KeySet | None = None) -> bytes:
    return (keys or keyset()).signer(use, ISSUED).sign(data)


class Log:
    """A log in memory: complete subtrees only, as the store keeps them."""

    def __init__(self, *entries: bytes) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.leaves: list[bytes] = []
        for entry in entries:
            self.append(entry)

    @property
    def size(self) -> int:
        return len(self.leaves)

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, entry: bytes) -> int:
        leaf = merkle.leaf_hash(entry)
        for level, index, digest in merkle.append(self.size, self.get, leaf):
            assert (level, index) not in self.nodes
            self.nodes[level, index] = digest
        self.leaves.append(leaf)
        return self.size - 1

    def checkpoint(self, keys: KeySet, size: int = 0, witnesses: Mapping[str, datetime] | None = None) -> str:
        size = size or self.size
        note = checkpoint.sign(keys.log_name, size, merkle.root(size, self.get), keys.signer("log", ISSUED))
        lines = [
            cosignature.sign(note, name, witness_key(name), at) for name, at in (witnesses or {}).items()
        ]
        return note + "".join(lines)

    def proof(self, index: int, note: str) -> str:
        size = checkpoint.read(note).size
        return proof.text(
            proof.Proof(index, size, tuple(merkle.inclusion_proof(index, size, self.get)), note)
        )


def lists(
    keys: KeySet,
    state: str = "active",
    start: datetime = LISTED,
    until: datetime | None = None,
    place: Place = PLACE,
) -> list[str]:
    """The three status lists in which ``place`` has that state."""
    return [
        status.issue(
            keys,
            status.address(BASE, place.list, purpose),
            status.set_bits({place.index} if purpose in status.purposes_of(state) else ()),
            valid_from=start,
            valid_until=until or start + WEEK,
        )
        for purpose in status.PURPOSES
    ]


@dataclass(frozen=True)
class Label:
    """A label with all that belongs to it; ``statuses`` are pairs of list and proof."""

    compact: str
    proof: str
    statuses: tuple[tuple[str, str], ...]
    keys: KeySet
    log: Log

    def packed(self, **other: Any) -> bytes:
        """The bundle, with some of its parts changed."""
        parts = {
            "credential": self.compact,
            "proof": self.proof,
            "statuses": tuple(bundle.Logged(*pair) for pair in self.statuses),
            "issuer": self.keys.did_document(),
            "accreditation": None,
        }
        return bundle.pack(bundle.Bundle(**(parts | other)))

    @property
    def bundle(self) -> bytes:
        return self.packed()

    @property
    def pdf(self) -> bytes:
        return label_pdf(self)


def world(
    compact: str | None = None,
    keys: KeySet | None = None,
    *,
    listed: Sequence[str] | None = None,
    witnesses: Mapping[str, datetime] | None = None,
    others: int = 6,
) -> Label:
    """A label in a log of some others before and after it, with its status lists, under one checkpoint."""
    keys = keys or keyset()
    compact = compact or genuine()
    listed = lists(keys) if listed is None else listed
    log = Log(*(b"before %d" % number for number in range(others)))
    places = [log.append(leaf_bytes(text)) for text in (compact, *listed)]
    for number in range(others):
        log.append(b"after %d" % number)
    note = log.checkpoint(keys, witnesses=witnesses)
    proofs = [log.proof(place, note) for place in places]
    return Label(compact, proofs[0], tuple(zip(listed, proofs[1:], strict=True)), keys, log)


def leaf_bytes(compact: str) -> bytes:
    """What the log holds of a credential or a status list; the very text for what is none."""
    from certificates.encoding import from_base64url

    try:
        return from_base64url(compact.split(".")[1])
    except (ValueError, IndexError):
        return compact.encode()


@cache
def genuine() -> str:
    return credential.issue(statement(), keyset(), ENVELOPE)


def label_of(compact: str, keys: KeySet | None = None) -> Label:
    return world(compact, keys)


@cache
def label() -> Label:
    return world()


@cache
def cosigned() -> Label:
    """The plain label, its tree seen by one witness an hour after the issue."""
    return world(witnesses={WITNESS: ISSUED + timedelta(hours=1)})


def label_pdf(made: Label, packed: bytes | None = None, printed: dict[str, Any] | None = None) -> bytes:
    """The PDF of a label as the service draws and signs it; ``printed`` is the statement drawn, where it is another."""
    return documents.sign_pdf(drawn(made, packed, printed), made.keys, ISSUED)


def drawn(made: Label, packed: bytes | None = None, printed: dict[str, Any] | None = None) -> bytes:
    """The PDF before it is signed."""
    from service.render.label import render_label
    from service.render.sealed import Evidence

    stated = printed or credential.decode(made.compact).statement
    return render_label(stated, Evidence(made.compact, packed or made.bundle, ADDRESS, CODE))


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
    return {bundle.CREDENTIAL_FILE: made.compact.encode(), bundle.BUNDLE_FILE: made.bundle}


@cache
def unsigned_pdf() -> bytes:
    return drawn(label())


@cache
def signed_pdf() -> bytes:
    return documents.sign_pdf(unsigned_pdf(), keyset(), ISSUED)


def rewritten(pdf: bytes, edit: Any) -> bytes:
    """The PDF opened with pikepdf, edited, and saved whole: what an editing program leaves."""
    import pikepdf

    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        edit(document)
        document.save(output)
    return output.getvalue()


def trust_with(use: str = "", **changes: Any) -> dict[str, Any]:
    """The issuer's trust file with changed dates of the keys of one use, or of every key."""
    data = json.loads(json.dumps(keyset().trust()))
    for key in data["issuers"][0]["keys"]:
        if use in ("", key["use"]):
            key.update(changes)
    return data


def watched(data: dict[str, Any] | None = None, quorum: int = 1, *names: str) -> dict[str, Any]:
    """A trust file that names witnesses and asks for some of them."""
    found = [witness(name).as_dict() for name in names or (WITNESS,)]
    return (data or keyset().trust()) | {"witnesses": found, "policy": {"witnesses": quorum}}


def report(
    data: bytes,
    *,
    trust: dict[str, Any] | Trust | None = None,
    at: datetime = NOW,
    number: str | None = None,
    code: str | None = None,
    known: Knowledge | None = None,
) -> Report:
    """The verdict on a file by somebody who trusts the issuer."""
    return verify(data, trust or keyset().trust(), at=at, number=number, code=code, known=known)


def failing(result: Report) -> set[int]:
    """The numbers of the failed steps."""
    return {step.number for step in result.failed}
