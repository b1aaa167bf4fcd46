"""Labels for benchmarks: real signatures, proofs and status lists, in memory or in a store, as many as one likes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from certificates import chain, credential, labelnumber, status
from certificates.encoding import base64url, from_base64url
from certificates.keys.keyset import KeySet
from certificates.log import checkpoint, merkle, proof
from certificates.statement import build_statement
from service.store import tables, trust_tables
from service.usecases import accounts
from service.usecases.access import OrganisationKind, administrator
from service.usecases.services import Services

NOW = datetime.now(UTC).replace(microsecond=0)
ISSUED, UNTIL = NOW - timedelta(days=3), NOW + timedelta(days=700)
BASE = "https://labels.benchmark.invalid"
ISSUER = "did:web:labels.benchmark.invalid"
NAME = {"zh": "基准机构", "en": "Benchmark Institution"}
CHUNK = 2_000


def facts(number: str) -> dict[str, Any]:
    """A statement of usual size for that number."""
    evidence: list[dict[str, str]] = []
    for place, kind in enumerate(("workbook", "inventory", "release", "rules", "engine")):
        evidence = chain.extend(evidence, kind, f"{place:064x}")
    product = {
        "name": {"zh": "铝型材散热器", "en": "Aluminium heat-sink profile"},
        "model": "HS-60",
        "cnCode": "76042100",
        "gtin": "",
        "declaredUnit": {"amount": "1", "unit": "kg"},
        "massPerDeclaredUnit": {"amount": "1", "unit": "kg"},
    }
    parts = dict.fromkeys(("biogenicEmissions", "biogenicRemovals", "landUseChange", "aircraft"), "0.00")
    return {
        "number": number,
        "issuer": {"id": ISSUER, "name": NAME},
        "exporter": {"id": "B-0001", "name": {"zh": "基准铝业", "en": "Benchmark Aluminium"}},
        "product": product,
        "site": {"name": "无锡工厂", "place": "CN-JS"},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "boundary": "cradle-to-gate",
        "footprint": {
            "unit": "kgCO2e",
            "total": "12.35",
            "stages": [
                {"stage": "raw-materials", "value": "10.20"},
                {"stage": "production", "value": "2.15"},
            ],
            "parts": {"fossil": "12.35", **parts},
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
        "electricity": [{"source": "grid", "kWh": "2.500", "value": "1.45"}],
        "review": {
            "conclusion": "approved",
            "reviewedOn": f"{ISSUED:%Y-%m-%d}",
            "reviewer": "核查人",
            "independent": True,
        },
        "agreement": {"tolerance": "0.000000001", "relativeDifference": "0.0000000000000003"},
        "chain": evidence,
        "issuedAt": ISSUED,
        "validUntil": UNTIL,
    }


@dataclass
class Made:
    """A label before it is stored."""

    number: str
    code: str
    place: credential.Place
    statement: dict[str, Any]
    compact: str
    leaf: bytes


def labels(keys: KeySet, count: int) -> Iterator[Made]:
    """Real labels, one after the other; the form of the first stands for all, every signature is its own."""
    template = build_statement(facts(labelnumber.make(ISSUED.year, 1)))
    signer = keys.signer("label", ISSUED)
    head, _, _ = credential.issue(template, keys, envelope("0" * 8, 0)).split(".")
    indexes = random.Random(1).sample(range(status.ENTRIES), min(count, status.ENTRIES // 2))
    for serial in range(1, count + 1):
        number, code = labelnumber.make(ISSUED.year, serial), labelnumber.new_code()
        list_, index = divmod(serial - 1, len(indexes))
        placed = credential.Place(list_ + 1, indexes[index])
        stated = template | {"number": number}
        payload = credential.payload_bytes(stated, credential.Envelope(BASE, code, placed))
        signed = f"{head}.{base64url(payload)}"
        compact = f"{signed}.{base64url(signer.sign(signed.encode()))}"
        yield Made(number, code, placed, stated, compact, merkle.leaf_hash(payload))


def envelope(code: str, index: int) -> credential.Envelope:
    """The envelope of a label of this benchmark."""
    return credential.Envelope(BASE, code, credential.Place(1, index))


def part(compact: str, which: int) -> bytes:
    """The bytes of one part of a compact credential."""
    return from_base64url(compact.split(".")[which])


class Log:
    """The log in memory while it is filled."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """The nodes that one more leaf makes."""
        made = merkle.append(self.size, lambda level, index: self.nodes[level, index], leaf)
        self.nodes.update({(level, index): digest for level, index, digest in made})
        self.size += 1
        return made

    def proof(self, index: int, note: str) -> str:
        """The proof of a leaf under a checkpoint of the present size."""
        path = merkle.inclusion_proof(index, self.size, lambda level, at: self.nodes[level, at])
        return proof.text(proof.Proof(index, self.size, tuple(path), note))

    def checkpoint(self, keys: KeySet) -> str:
        """The signed checkpoint of the present size."""
        root = merkle.root(self.size, lambda level, at: self.nodes[level, at])
        return checkpoint.sign(keys.log_name, self.size, root, keys.signer("log", NOW))


def fill(services: Services, keys: KeySet, count: int) -> list[tuple[str, str]]:
    """A store with that many labels; the numbers with their codes."""
    from service.usecases import standing

    admin = administrator("benchmark")
    exporter, institution = (
        accounts.register_organisation(
            admin, accounts.RegisterOrganisation(kind, "基准", "Benchmark", code), services
        )
        for kind, code in ((OrganisationKind.EXPORTER, "B-0001"), (OrganisationKind.INSTITUTION, "B-0002"))
    )
    engine = sa.create_engine(services.settings.database_url)
    log, codes, person, inventory = Log(), [], f"{1:032x}", f"{2:032x}"
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.people).values(_person(person, institution)))
        connection.execute(
            sa.insert(tables.inventories).values(_inventory(inventory, exporter, institution, person))
        )
    held: list[Made] = []
    for one in labels(keys, count):
        held.append(one)
        if len(held) == CHUNK or one.number == labelnumber.make(ISSUED.year, count):
            with engine.begin() as connection:
                store(connection, held, log, keys, (exporter, institution, person, inventory))
            codes.extend((made.number, made.code) for made in held)
            held.clear()
    engine.dispose()
    standing.publish(admin, services)
    return codes


def store(
    connection: sa.Connection, held: list[Made], log: Log, keys: KeySet, ids: tuple[str, str, str, str]
) -> None:
    """One chunk of labels with all that belongs to them."""
    exporter, institution, person, _ = ids
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        table: []
        for table in (
            tables.studies,
            tables.labels,
            tables.label_events,
            trust_tables.status_places,
            tables.log_nodes,
            trust_tables.log_leaves,
            tables.log_checkpoints,
        )
    }
    for one in held:
        index, study = log.size, f"{10 + log.size:032x}"
        rows[tables.studies].append(_study(study, ids))
        for level, place, digest in log.append(one.leaf):
            rows[tables.log_nodes].append({"level": level, "index": place, "hash": digest})
        note = log.checkpoint(keys)
        rows[tables.log_checkpoints].append({"size": log.size, "checkpoint": note, "at": ISSUED})
        what = {"index": index, "hash": one.leaf, "what": f"label:{one.number}", "at": ISSUED}
        rows[trust_tables.log_leaves].append(what)
        rows[trust_tables.status_places].append(
            {"number": one.number, "list": one.place.list, "index": one.place.index}
        )
        event = {"number": one.number, "sequence": 1, "status": "active", "reason": ""}
        rows[tables.label_events].append(event | {"person_id": person, "at": ISSUED})
        rows[tables.labels].append(
            {
                "number": one.number,
                "code": one.code,
                "study_id": study,
                "exporter_id": exporter,
                "institution_id": institution,
                "statement": one.statement,
                "credential": one.compact,
                "proof": log.proof(index, note),
                "pdf": b"",
                "issued_by": person,
                "issued_at": ISSUED,
                "valid_until": UNTIL,
            }
        )
    for table, values in rows.items():
        connection.execute(sa.insert(table), values)


def _person(key: str, organisation: str) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: "" for column in tables.people.c}
    given = {"id": key, "organisation_id": organisation, "email": "b@benchmark.invalid", "roles": []}
    dates = {column.name: ISSUED for column in tables.people.c if isinstance(column.type, tables.UtcDateTime)}
    return values | dates | given | {"active": True}


def _inventory(key: str, exporter: str, institution: str, person: str) -> dict[str, Any]:
    return {
        "id": key,
        "organisation_id": exporter,
        "institution_id": institution,
        "filename": "bom.xlsx",
        "workbook": b"",
        "workbook_sha256": "",
        "content": {},
        "digest": "",
        "findings": [],
        "handed_in_by": person,
        "handed_in_at": ISSUED,
    }


def _study(key: str, ids: tuple[str, str, str, str]) -> dict[str, Any]:
    exporter, institution, person, inventory = ids
    texts = dict.fromkeys(("release", "release_digest", "gwp_set", "rule_set"), "")
    names = {"product_name_zh": "铝型材散热器", "product_name_en": "Aluminium heat-sink profile"}
    return {
        "id": key,
        "inventory_id": inventory,
        "exporter_id": exporter,
        "institution_id": institution,
        "status": "issued",
        "opened_by": person,
        "opened_at": ISSUED,
        "version": 1,
        **texts,
        **names,
    }
