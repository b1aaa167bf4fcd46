"""The folder of a witness: its name and key, the logs it watches, and what it has signed.

Rules
1. ``witness.json`` holds the name and the verifier keys of the logs (of a log that changed its key, both), made once
   and edited by hand when a log is added. ``key.pem`` is an Ed25519 key, PKCS #8, encrypted unless asked in clear.
2. ``state.json`` holds, for each log, the newest checkpoint with the log's and the witness's own signature, and when.
   It is written whole, synchronised, and put in place in one step, before an answer leaves.
3. Reading the state checks it: both signatures hold and the origin is right. A state that was changed by hand, or that
   is gone, stops the witness; it never starts again from nothing under its name.
4. One change at a time, over all processes of the machine (``fcntl.flock``).
5. What a log signed and the witness refused is kept in ``refused/``, each checkpoint once: the first hundred forks, and
   the newest hundred that were not shown to continue (``certificates.log.witness``, rule 6). Whoever sends wrong proofs
   pushes no fork out. While the witness has not signed as large a tree since, one of the latter is pending.
6. Folder 0700, files 0600.

Example: ``WitnessHome.create(Path("witness"), "witness.example.gov/w1", [log_vkey], passphrase)``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.encoding import NotEncoded, from_moment_text, moment_text
from certificates.keys import vkey
from certificates.keys.pkcs8 import NotAPrivateKey, Passphrase, WrongPassphrase
from certificates.keys.signer import FileSigner
from certificates.log import checkpoint as checkpoints
from certificates.log import cosignature
from certificates.log.checkpoint import Checkpoint
from certificates.log.witness import Seen, Witness

TYPE = "tanbiao-witness/1"
STATE_TYPE = "tanbiao-witness-state/1"
REFUSED_KEPT = 100
_FORK, _UNSHOWN = "fork", "unshown"
_LARGEST = 4_000_000


class WitnessExists(FileExistsError):
    """There is a witness in this folder already; it is never overwritten. Choose another folder."""


class WitnessUnusable(ValueError):
    """The folder does not hold a whole witness: it is not started. Never put an older state back; if the state is lost,
    make a new witness with a new name and key, and tell those who trusted the old one."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A log that a witness watches: its origin, the keys it may sign with, and the newest checkpoint it signed."""

    origin: str
    keys: tuple[Ed25519PublicKey, ...]
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many refused checkpoints are kept (rule 5): all, the forks among them, and those that are pending."""

    kept: int
    forks: int
    pending: int


class WitnessHome:
    """The folder; it is the ``certificates.log.witness.State`` of its witness."""

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        """Open what :meth:`create` made. Raises WitnessUnusable."""
        self._folder = folder
        described = _object(_text(folder / "witness.json"), {"type", "name", "logs"}, TYPE)
        self.signer = _signer(_text(folder / "key.pem"), passphrase)
        self.key = vkey.VerifierKey(described["name"], _ed25519(self.signer), vkey.WITNESS)
        self._logs = _logs(described["logs"])
        self._lock = threading.Lock()
        with self.locked():
            self.watched()

    @classmethod
    def create(
        cls, folder: Path, name: str, logs: Iterable[str], passphrase: str | None, *, in_clear: bool = False
    ) -> WitnessHome:
        """A new witness that watches the logs with these verifier keys, with a key of its own. Raises WitnessExists,
        WitnessUnusable for a wrong name or key, or without passphrase where it was not asked in clear."""
        listed = list(logs)
        if not checkpoints.is_name(name) or not _logs(listed):
            raise WitnessUnusable(
                "A witness has a name without spaces and plus, and at least one log to watch."
            )
        if not passphrase and not in_clear:
            raise WitnessUnusable(
                "The key of a witness is encrypted: give a passphrase, or ask for it in clear."
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise WitnessExists(f"{folder} is not empty.")
        folder.chmod(0o700)
        pem = Passphrase(passphrase or None).lock(Ed25519PrivateKey.generate())
        _write(folder / "key.pem", pem)
        _write(folder / "state.json", _json({"type": STATE_TYPE, "logs": {}}))
        _write(folder / "witness.json", _json({"type": TYPE, "name": name, "logs": listed}))
        return cls(folder, passphrase)

    def witness(self) -> Witness:
        """The witness itself."""
        return Witness(self.key.name, self.signer, self._logs, self)

    def watched(self) -> tuple[Watched, ...]:
        """Every log and what was signed of it last. Raises WitnessUnusable (rule 3)."""
        state = self._state()
        return tuple(Watched(origin, keys, self._seen(state, origin)) for origin, keys in self._logs.items())

    def refusals(self) -> Refusals:
        """What is kept as evidence. Raises WitnessUnusable (rule 3)."""
        state = self._state()
        seen = {_mark(origin): self._seen(state, origin) for origin in self._logs}
        signed = {mark: one.stated.size for mark, one in seen.items() if one is not None}
        forks, unshown = self._refused(_FORK), self._refused(_UNSHOWN)
        named = [path.stem.split("-") for path in unshown]
        pending = sum(mark in signed and int(size) > signed[mark] for _, _, mark, size, _ in named)
        return Refusals(len(forks) + len(unshown), len(forks), pending)

    # ---------- certificates.log.witness.State ----------

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Rule 4."""
        import fcntl

        with self._lock:
            descriptor = os.open(self._folder, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    def seen(self, origin: str) -> Seen | None:
        """The newest checkpoint signed of that log. Raises WitnessUnusable (rule 3)."""
        return self._seen(self._state(), origin)

    def keep(self, origin: str, seen: Seen) -> None:
        """Rule 2."""
        logs = self._state() | {origin: {"checkpoint": seen.checkpoint, "at": moment_text(seen.at)}}
        _write(self._folder / "state.json", _json({"type": STATE_TYPE, "logs": logs}))

    def refused(self, stated: Checkpoint, request: str, at: datetime, *, fork: bool) -> None:
        """Rule 5."""
        kind, folder = _FORK if fork else _UNSHOWN, self._folder / "refused"
        folder.mkdir(mode=0o700, exist_ok=True)
        what = f"{_mark(stated.origin)}-{stated.size}-{stated.root.hex()[:16]}"
        kept = self._refused(kind)
        if any(path.stem.endswith(f"-{what}") for path in kept) or (fork and len(kept) >= REFUSED_KEPT):
            return
        text = _json({"origin": stated.origin, "at": moment_text(at), "request": request})
        moment = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        _write(folder / f"{kind}-{moment}-{what}.json", text)
        for old in self._refused(_UNSHOWN)[:-REFUSED_KEPT]:
            old.unlink(missing_ok=True)

    def _refused(self, kind: str) -> list[Path]:
        """What is kept of one kind, oldest first."""
        return sorted((self._folder / "refused").glob(f"{kind}-*.json"))

    def _state(self) -> dict[str, Any]:
        logs = _object(_text(self._folder / "state.json"), {"type", "logs"}, STATE_TYPE)["logs"]
        if not isinstance(logs, dict):
            raise WitnessUnusable("state.json is damaged.")
        return logs

    def _seen(self, state: dict[str, Any], origin: str) -> Seen | None:
        if origin not in state:
            return None
        try:
            text = state[origin]["checkpoint"]
            seen = Seen(text, from_moment_text(state[origin]["at"]))
            signed = checkpoints.verify(text, origin, self._logs[origin])
            own = cosignature.seen_at(text, self.key.name, self.key.public)
        except (KeyError, TypeError, AttributeError, NotEncoded, checkpoints.NotACheckpoint) as problem:
            raise WitnessUnusable(f"state.json is damaged at {origin}.") from problem
        except checkpoints.CheckpointNotSigned as problem:
            raise WitnessUnusable(
                f"The log's signature in state.json does not hold for {origin}."
            ) from problem
        if own != seen.at or signed.size < 1:
            raise WitnessUnusable(f"The witness's own signature in state.json does not hold for {origin}.")
        return seen


def _mark(origin: str) -> str:
    """What tells one log from another in the name of a file."""
    return hashlib.sha256(origin.encode("utf-8")).hexdigest()[:8]


def _logs(listed: Any) -> dict[str, tuple[Ed25519PublicKey, ...]]:
    logs: dict[str, tuple[Ed25519PublicKey, ...]] = {}
    try:
        for text in listed if isinstance(listed, list) else [listed]:
            key = vkey.read(text, vkey.LOG)
            logs[key.name] = (*logs.get(key.name, ()), key.public)
    except (vkey.NotAVerifierKey, AttributeError) as problem:
        raise WitnessUnusable(f"The logs to watch are a list of verifier keys. {problem}") from problem
    return logs


def _signer(pem: str, passphrase: str | None) -> FileSigner:
    try:
        private = Passphrase(passphrase or None).open(pem)
    except (WrongPassphrase, NotAPrivateKey) as problem:
        raise WitnessUnusable(f"key.pem: {problem}") from problem
    if not isinstance(private, Ed25519PrivateKey):
        raise WitnessUnusable("key.pem is not an Ed25519 key.")
    return FileSigner(private)


def _ed25519(signer: FileSigner) -> Ed25519PublicKey:
    if not isinstance(signer.public, Ed25519PublicKey):  # _signer made sure
        raise WitnessUnusable("key.pem is not an Ed25519 key.")
    return signer.public


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise WitnessUnusable(f"{path.name} is too large.")
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise WitnessUnusable(f"{path.name} cannot be read.") from problem


def _object(text: str, fields: set[str], kind: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as problem:
        raise WitnessUnusable(f"{kind}: this is no JSON.") from problem
    if not isinstance(data, dict) or set(data) != fields or data["type"] != kind:
        raise WitnessUnusable(f"{kind}: it has exactly the fields {', '.join(sorted(fields))}.")
    return data


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, synchronised (rules 2 and 6)."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
