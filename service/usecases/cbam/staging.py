"""Files a person has sent and not yet decided about: a workbook of tables before it is installed, a supplier's return
before one of its products is applied, a copy of the Commission's workbook before it is filled.

Rules
1. A staged file is its sender's alone: it is found with the sender's account only, by a key that follows from the file.
2. It is no evidence and enters nothing: what is done with it is done by the use case that takes it.
3. It is gone after a day; a person has at most eight of them, the oldest gives way.

Example: ``take(actor, stage(actor, "dv.xlsx", data, services), services).data == data``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam.keeping import require_size
from service.usecases.inventories import file_name
from service.usecases.refusals import NotFound
from service.usecases.services import Services

MOST = 8
SECONDS = 24 * 3600.0
_KEY = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged file under its key."""

    key: str
    filename: str
    data: bytes = field(repr=False)


def stage(actor: Actor, filename: str, data: bytes, services: Services) -> str:
    """Keep a file for its sender; gives its key. The same file again has the same key.

    Raises NotAllowed, InvalidInput for an empty or too large file.
    """
    allow(actor, Permission.CBAM_TABLES_READ)
    require_size(data, "file")
    folder = _folder(actor, services)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = file_name(filename)
    key = hashlib.sha256(json.dumps([actor.person_id, name]).encode() + data).hexdigest()[:32]
    _sweep(folder, services, key)
    handle, working = tempfile.mkstemp(dir=folder, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(json.dumps(name).encode() + b"\n" + data)
    now = services.clock().timestamp()
    os.utime(working, (now, now))
    Path(working).replace(folder / key)
    return key


def take(actor: Actor, key: str, services: Services) -> Staged:
    """A staged file; it stays until it is too old. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_TABLES_READ)
    path = _folder(actor, services) / key
    try:
        if not _KEY.match(key) or _age(path, services) > SECONDS:
            raise NotFound(noun="file", key=key)
        name, _, data = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise NotFound(noun="file", key=key) from error
    return Staged(key, str(json.loads(name)), data)


def _folder(actor: Actor, services: Services) -> Path:
    return services.settings.home / "staged" / hashlib.sha256(actor.person_id.encode()).hexdigest()[:32]


def _age(path: Path, services: Services) -> float:
    return services.clock().timestamp() - path.stat().st_mtime


def _sweep(folder: Path, services: Services, coming: str) -> None:
    """Rule 3; another process may have swept meanwhile."""
    for path in folder.parent.glob("*/*"):
        try:
            if _age(path, services) > SECONDS:
                path.unlink(missing_ok=True)
        except OSError:
            continue
    own = sorted(
        (path for path in folder.glob("[0-9a-f]*") if path.name != coming), key=lambda p: p.stat().st_mtime
    )
    for path in own[: max(0, len(own) - MOST + 1)]:
        path.unlink(missing_ok=True)
