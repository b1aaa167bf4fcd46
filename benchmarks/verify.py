"""Verification against a bare Ed25519 check: ``python benchmarks/verify.py [labels]`` (100,000; a few minutes).

What is measured, always on real signatures, proofs and status lists
1. ``ratio``: the full verification of one bundle in process on one core, every step of it, over one bare Ed25519
   verification of the same credential in the same run. Every file is another one. The trust file is read once, and what
   is the very same text in all of them (checkpoint, status lists) was verified with the first. ``ratio_cold`` forgets
   all of that before each file: what a program pays that verifies one.
2. A store with that many labels, each with its credential, place and leaf in the log, then two web workers: ``rps``
   requests for the verdict on a number with its check code (JSON, kept connections, each from an address of its own as
   behind a proxy), and ``p99_ms`` of them.
3. ``bulk_s``: 10,000 numbers from an officer's CSV, checked at once in one process.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ != "__mp_main__":  # the process that asks begins with this file too, and needs none of it
    import sqlalchemy as sa

    from certificates import bundle, chain, credential, labelnumber, status, verify
    from certificates.bundle import Logged
    from certificates.encoding import base64url
    from certificates.keys.keyset import KeySet, generate_keyset
    from certificates.keys.trust import read as read_trust
    from certificates.log import checkpoint, merkle, proof
    from certificates.statement import build_statement
    from service.app import build_services, prepare_store
    from service.settings import Settings
    from service.store import tables, trust_tables
    from service.usecases import accounts
    from service.usecases.access import Actor, OrganisationKind, Role, administrator
    from service.usecases.services import Services

LABELS, BULK, FILES, COLD = 100_000, 10_000, 300, 100
REQUESTS, CLIENTS, WORKERS = 6_000, 8, 2
NOW = datetime.now(UTC).replace(microsecond=0)
ISSUED, UNTIL = NOW - timedelta(days=3), NOW + timedelta(days=700)
BASE = "https://labels.benchmark.invalid"
ISSUER = "did:web:labels.benchmark.invalid"
NAME = {"zh": "基准机构", "en": "Benchmark Institution"}
CHUNK = 2_000
BEHIND = {"X-Forwarded-Proto": "https", "Host": BASE.removeprefix("https://")}
"""What a proxy in front of the service tells it."""


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


def _part(compact: str, which: int) -> bytes:
    from certificates.encoding import from_base64url

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


def in_process(keys: KeySet) -> tuple[float, float]:
    """Figure 1: warm and cold."""
    log, made = Log(), list(labels(keys, FILES))
    for one in made:
        log.append(one.leaf)
    lists = [
        status.issue(
            keys,
            status.address(BASE, 1, purpose),
            status.set_bits(()),
            valid_from=NOW,
            valid_until=NOW + timedelta(days=7),
        )
        for purpose in status.PURPOSES
    ]
    places = [log.size + place for place in range(len(lists))]
    for text in lists:
        log.append(merkle.leaf_hash(_part(text, 1)))
    note = log.checkpoint(keys)
    listed = tuple(Logged(text, log.proof(place, note)) for text, place in zip(lists, places, strict=True))
    did = keys.did_document()
    files = [
        bundle.pack(bundle.Bundle(one.compact, log.proof(place, note), listed, did, None))
        for place, one in enumerate(made)
    ]
    trust = read_trust(keys.trust())
    report = verify.verify(files[0], trust, at=NOW + timedelta(hours=1))
    assert report.valid, report.text("en")
    public = keys.active("label", ISSUED).public
    bare = [one.compact.rpartition(".") for one in made]
    signed = [(text.encode(), _part(f"x.{tail}", 1)) for text, _, tail in bare]

    def all_files() -> None:
        for data in files:
            if not verify.verify(data, trust, at=NOW + timedelta(hours=1)).valid:
                raise AssertionError("a label of the benchmark is not valid")

    def all_bare() -> None:
        for text, signature in signed:
            public.verify(signature, text)  # type: ignore[call-arg]

    remembered = caches()

    def cold() -> float:
        """Seconds of the verifications alone, everything forgotten before each."""
        spent = 0.0
        for data in files[:COLD]:
            for one in remembered:
                one.cache_clear()
            start = time.perf_counter()
            valid = verify.verify(data, trust, at=NOW + timedelta(hours=1)).valid
            spent += time.perf_counter() - start
            assert valid
        return spent

    best_files, best_bare = best(all_files) / FILES, best(all_bare) / FILES
    best_cold = min(cold() for _ in range(7)) / COLD
    print(
        f"in process: {best_files * 1e3:.2f} ms a bundle of {len(files[0]):,} bytes, {best_cold * 1e3:.2f} ms with"
        f" nothing remembered; bare Ed25519 {best_bare * 1e6:.0f} µs"
    )
    return best_files / best_bare, best_cold / best_bare


def caches() -> list[Any]:
    """Everything that the verifier remembers of files it saw; its own texts and forms stay read."""
    found = {
        id(value): value
        for name, module in list(sys.modules.items())
        if name.startswith("certificates.")
        for value in vars(module).values()
        if callable(getattr(value, "cache_clear", None)) and value.cache_parameters()["maxsize"] is not None
    }
    return list(found.values())


def best(work: Callable[[], None], times: int = 7) -> float:
    """Seconds of the fastest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


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


def served(home: Path, codes: list[tuple[str, str]]) -> tuple[float, float]:
    """Figure 2: requests a second and the 99th percentile in ms."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "TANBIAO_HOME": str(home),
        "TANBIAO_PORT": str(port),
        "TANBIAO_WORKERS": str(WORKERS),
        "TANBIAO_PROXIES": "1",
        "TANBIAO_BASE_URL": BASE,
    }
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        ask(port, codes[: REQUESTS // 10])  # warm
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:  # the asking has a process of its own
            spent, each = pool.apply(ask, (port, random.Random(2).choices(codes, k=REQUESTS)))
    finally:
        server.terminate()
        server.wait(30)
    return REQUESTS / spent, statistics.quantiles(each, n=100)[98] * 1e3


def wait_for(port: int) -> None:
    """Until the server answers; raises TimeoutError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/trust.json", headers=BEHIND)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server does not answer")


def ask(port: int, codes: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """Ask for every number over kept connections; the whole time and each request's, in seconds."""
    shares = [codes[number::CLIENTS] for number in range(CLIENTS)]
    found: list[float] = []
    threads = [threading.Thread(target=_client, args=(port, share, found)) for share in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    if len(found) != len(codes):
        raise AssertionError(f"{len(codes) - len(found)} requests were not answered as valid")
    return spent, found


def _client(port: int, share: list[tuple[str, str]], found: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    chance = random.Random(id(share))
    for number, code in share:
        address = ".".join(str(chance.randrange(1, 250)) for _ in range(4))
        start = time.perf_counter()
        connection.request(
            "GET", f"/api/v1/verify/{number}?code={code}", headers=BEHIND | {"X-Forwarded-For": address}
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'"valid"' not in body:
            raise AssertionError(f"{answer.status}: {body[:300]!r}")
        found.append(time.perf_counter() - start)


def bulk(services: Services, codes: list[tuple[str, str]]) -> float:
    """Figure 3, in seconds."""
    from service.usecases.desk.bulk import Upload, check_now

    admin = administrator("benchmark")
    authority = accounts.register_organisation(
        admin,
        accounts.RegisterOrganisation(OrganisationKind.REGULATOR, "海关", "Customs", "C-0001"),
        services,
    )
    officer = Actor(f"{1:032x}", authority, OrganisationKind.REGULATOR, frozenset({Role.REGULATOR}))
    numbers = [number for number, _ in random.Random(3).sample(codes, min(BULK, len(codes)))]
    data = "\n".join(["number", *numbers]).encode()
    start = time.perf_counter()
    found = check_now(officer, Upload("numbers.csv", data), services)
    taken = time.perf_counter() - start
    assert found.counts == {"valid": len(numbers)}, found.counts
    return taken


def main(count: int) -> None:
    """Print the figures."""
    keys = generate_keyset(ISSUER, NAME, ISSUED - timedelta(days=1), UNTIL + timedelta(days=365))
    ratio, cold = in_process(keys)
    print(f"ratio={ratio:.1f} ratio_cold={cold:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, secret_key="benchmark", base_url=BASE)
        prepare_store(settings)
        keys.save(settings.keys)
        services = build_services(settings)
        start = time.perf_counter()
        codes = fill(services, keys, count)
        print(f"{count:,} labels made and stored in {time.perf_counter() - start:.0f} s", flush=True)
        bulk_s = bulk(services, codes)
        print(f"bulk check of {min(BULK, count):,} numbers: bulk_s={bulk_s:.2f}", flush=True)
        services.uow.close()
        rps, p99 = served(home, codes)
    print(f"ratio={ratio:.1f} ratio_cold={cold:.1f} rps={rps:.0f} p99_ms={p99:.1f} bulk_s={bulk_s:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LABELS)
