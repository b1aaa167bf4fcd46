"""Verification against a bare Ed25519 check: ``python benchmarks/verify.py [labels]`` (100,000; a few minutes).

What is measured, always on real signatures, proofs and status lists
1. ``ratio``: the full verification of one bundle in process on one core, every step of it, over one bare Ed25519
   verification of the same credential in the same run. Every file is another one. The trust file is read once, and what
   is the very same text in all of them (checkpoint, status lists) was verified with the first. ``ratio_cold`` forgets
   all of that before each file: what a program pays that verifies one.
2. A store with that many labels, each with its credential, place and leaf in the log, then two web workers: ``rps``
   requests for the verdict on a number with its check code (JSON, kept connections, each from an address of its own as
   behind a proxy), and ``p99_ms`` of them.
3. ``bulk_s``: 10,000 numbers from an officer's CSV, checked while the caller waits, shared between as many processes as
   there are processors.
"""

from __future__ import annotations

import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import clients
from benchmarks.labelstore import BASE, ISSUED, ISSUER, NAME, NOW, UNTIL, Log, fill, labels, part
from certificates import bundle, status, verify
from certificates.bundle import Logged
from certificates.keys.keyset import KeySet, generate_keyset
from certificates.keys.trust import read as read_trust
from certificates.log import merkle
from service.app import build_services, prepare_store
from service.settings import Settings
from service.usecases import accounts
from service.usecases.access import Actor, OrganisationKind, Role, administrator
from service.usecases.services import Services

LABELS, BULK, FILES, COLD = 100_000, 10_000, 300, 100
REQUESTS, WORKERS = 6_000, 2
HOST = BASE.removeprefix("https://")


HOUR_LATER = NOW + timedelta(hours=1)


def made_files(keys: KeySet) -> tuple[list[bytes], list[tuple[bytes, bytes]]]:
    """Bundles of :data:`FILES` labels, and of each credential what is signed, with its signature."""
    log, made = Log(), list(labels(keys, FILES))
    for one in made:
        log.append(one.leaf)
    week = {"valid_from": NOW, "valid_until": NOW + timedelta(days=7)}
    lists = [
        status.issue(keys, status.address(BASE, 1, purpose), status.set_bits(()), **week)
        for purpose in status.PURPOSES
    ]
    places = [log.size + place for place in range(len(lists))]
    for text in lists:
        log.append(merkle.leaf_hash(part(text, 1)))
    note = log.checkpoint(keys)
    listed = tuple(Logged(text, log.proof(place, note)) for text, place in zip(lists, places, strict=True))
    did = keys.did_document()
    files = [
        bundle.pack(bundle.Bundle(one.compact, log.proof(place, note), listed, did, None))
        for place, one in enumerate(made)
    ]
    bare = [one.compact.rpartition(".") for one in made]
    return files, [(text.encode(), part(f"x.{tail}", 1)) for text, _, tail in bare]


def in_process(keys: KeySet) -> tuple[float, float]:
    """Figure 1: warm and cold."""
    files, signed = made_files(keys)
    trust, public = read_trust(keys.trust()), keys.active("label", ISSUED).public
    remembered = caches()

    def verified(data: bytes) -> None:
        report = verify.verify(data, trust, at=HOUR_LATER)
        if not report.valid:
            raise AssertionError(report.text("en"))

    def cold() -> float:
        """Seconds of the verifications alone, everything forgotten before each."""
        spent = 0.0
        for data in files[:COLD]:
            for one in remembered:
                one.cache_clear()
            start = time.perf_counter()
            verified(data)
            spent += time.perf_counter() - start
        return spent

    best_files = best(lambda: [verified(data) for data in files]) / FILES
    best_bare = best(lambda: [public.verify(signature, text) for text, signature in signed]) / FILES  # type: ignore[call-arg]
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


def best(work: Callable[[], object], times: int = 7) -> float:
    """Seconds of the fastest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


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
        clients.wait_for(port, HOST)
        clients.ask(port, HOST, codes[: REQUESTS // 10])  # warm
        spent, each = clients.asked(port, HOST, random.Random(2).choices(codes, k=REQUESTS))
    finally:
        server.terminate()
        server.wait(30)
    return REQUESTS / spent, statistics.quantiles(each, n=100)[98] * 1e3


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
