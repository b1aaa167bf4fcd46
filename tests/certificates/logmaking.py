"""Logs and witnesses for tests: keys that are always the same, a log in memory, a witness's memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys.signer import FileSigner
from certificates.log import checkpoint, merkle, proof
from certificates.log.witness import Seen

ORIGIN = "labels.example.org"
WITNESS = "witness.example.gov/w1"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def signer(number: int) -> FileSigner:
    """A key that depends on the number alone."""
    return FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


LOG_KEY = signer(1)
WITNESS_KEY = signer(2)


class MemoryLog:
    """A log of the entries given."""

    def __init__(self, *entries: bytes, key: FileSigner = LOG_KEY) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.size, self.key = 0, key
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        for level, index, digest in merkle.append(self.size, self.get, merkle.leaf_hash(entry)):
            self.nodes[level, index] = digest
        self.size += 1

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def root(self, size: int) -> bytes:
        return merkle.root(size, self.get)

    def checkpoint(self, size: int = 0) -> str:
        return checkpoint.sign(ORIGIN, size or self.size, self.root(size or self.size), self.key)

    def proof(self, index: int, size: int = 0) -> proof.Proof:
        hashes = merkle.inclusion_proof(index, size or self.size, self.get)
        return proof.Proof(index, size or self.size, tuple(hashes), self.checkpoint(size))

    def consistency(self, old: int, size: int = 0) -> list[bytes]:
        return merkle.consistency_proof(old, size or self.size, self.get)


def log_of(number: int) -> MemoryLog:
    return MemoryLog(*(b"entry %d" % one for one in range(number)))


class Memory:
    """What a witness remembers, in a dict; ``events`` says what happened in which order."""

    def __init__(self) -> None:
        self.known: dict[str, Seen] = {}
        self.evidence: list[str] = []
        self.forks = 0
        self.events: list[str] = []

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.events.append("lock")
        yield
        self.events.append("unlock")

    def seen(self, origin: str) -> Seen | None:
        return self.known.get(origin)

    def keep(self, origin: str, seen: Seen) -> None:
        self.events.append("keep")
        self.known[origin] = seen

    def refused(self, stated: checkpoint.Checkpoint, request: str, at: datetime, *, fork: bool) -> None:
        self.evidence.append(request)
        self.forks += fork
