"""Whole sets of tables, kept for as long as something rests on them: a newer release brings other packaged tables.

Rules
1. A set is one file, named by the digest of the tables and written once: a working file and a rename.
2. What is read back is held against that digest; what does not hold it is not there.

Example: ``keep(folder, tables)``; years later ``kept(folder, digest)``.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path

from databases.cbam.shelf import TableFile
from databases.cbam.tables import Tables

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def keep(folder: Path, tables: Tables) -> None:
    """Write the set, where it is not there yet (rule 1)."""
    target = folder / f"{tables.digest}.json.gz"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    plain = [asdict(file) for _, file in sorted(tables.files.items())]
    data = gzip.compress(json.dumps(plain, ensure_ascii=False, default=date.isoformat).encode(), mtime=0)
    handle, working = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(working).chmod(0o644)
        Path(working).replace(target)
    except BaseException:
        Path(working).unlink(missing_ok=True)
        raise


def kept(folder: Path, digest: str) -> Tables | None:
    """The set of this digest, or None (rule 2)."""
    if not _DIGEST.match(digest):
        return None
    try:
        plain = json.loads(gzip.decompress((folder / f"{digest}.json.gz").read_bytes()))
        files = {one["table"]: _file(one) for one in plain}
        tables = Tables(files)
        return tables if tables.digest == digest else None
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def _file(plain: dict[str, str]) -> TableFile:
    to = plain["valid_to"]
    dates = {
        "valid_from": date.fromisoformat(plain["valid_from"]),
        "valid_to": date.fromisoformat(to) if to else None,
    }
    return TableFile(**(plain | dates))  # type: ignore[arg-type]
