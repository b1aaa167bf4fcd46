"""Tables as files: the packaged ones, and installed editions, folders written once and checked by hash.

Rules
1. An edition is a folder whose name is the first twelve digits of the SHA-256 of its ``manifest.json``; the manifest
   holds the SHA-256 of every table in it. Either that does not hold is :class:`EditionDamaged`.
2. It is written into a working folder and renamed; nothing in it changes afterwards. One that was imported by
   mistake is withdrawn: moved aside, where nothing reads it.
3. On a date those editions apply whose ``valid_from`` is not later; of two for one table, the one published last wins
   (then the later ``valid_from``, then the name).
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from databases import storage
from databases.cbam import rows
from databases.notices import Notice

MANIFEST = "manifest.json"
_NAME_LENGTH = 12
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One table as text, with what is known about it. ``source`` is a code in the table ``sources``, or a title."""

    table: str
    text: str
    version: str
    source: str
    published: str
    valid_from: date
    valid_to: date | None
    mark: str
    edition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An installed edition: ``tables`` in it with their rows, when published, since when it applies, from which file.

    ``kind`` is ``default-workbook``, ``benchmark-workbook`` or ``form``; ``file_sha256`` of the file as handed in;
    ``notices`` what there was to tell when it was read.
    """

    name: str
    kind: str
    tables: tuple[tuple[str, int], ...]
    published: date
    valid_from: date
    filename: str
    file_sha256: str
    notices: tuple[Notice, ...] = ()


class EditionDamaged(ValueError):
    """An installed edition does not hold what its manifest says; remove the folder and import the workbook again."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(
            f"The edition {name} of the CBAM tables is damaged ({why}): remove its folder, import again."
        )


@cache
def packaged() -> Mapping[str, TableFile]:
    """The tables that come with the project, by name."""
    folder = resources.files("databases").joinpath("data", "cbam")
    described = csv.DictReader(folder.joinpath("tables.csv").read_text(encoding="utf-8").splitlines())
    return {
        row["table"]: TableFile(
            table=row["table"],
            text=folder.joinpath(f"{row['table']}.csv").read_text(encoding="utf-8"),
            version=row["version"],
            source=row["source"],
            published="",
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            mark=row["mark"],
        )
        for row in described
    }


def editions(root: Path) -> tuple[Edition, ...]:
    """Every installed edition, the one published first before the others; raises EditionDamaged (rule 1)."""
    found = [_edition(folder.name, _manifest(folder)) for folder in _folders(root)]
    return tuple(sorted(found, key=_order))


def applying(root: Path, on: date | None) -> tuple[str, ...]:
    """Names of the editions that apply on a date (None: all), in the order in which they overlay each other."""
    return tuple(item.name for item in editions(root) if on is None or item.valid_from <= on)


def overlaid(root: Path, names: Iterable[str]) -> dict[str, TableFile]:
    """The packaged tables with those of editions over them, in this order; raises EditionDamaged."""
    found = dict(packaged())
    for name in names:
        for file in tables_of(root / name):
            below = found[file.table]
            found[file.table] = _added(below, file) if file.table in rows.ADDED else file
    return found


def tables_of(folder: Path) -> tuple[TableFile, ...]:
    """The tables of an edition, checked by hash (rule 1); raises EditionDamaged."""
    manifest = _manifest(folder)
    edition = _edition(folder.name, manifest)
    found = []
    for table, entry in sorted(manifest["tables"].items()):
        try:
            data = (folder / f"{table}.csv").read_bytes()
        except OSError:
            raise EditionDamaged(folder.name, f"{table}.csv is missing") from None
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise EditionDamaged(folder.name, f"{table}.csv was changed")
        found.append(
            TableFile(
                table=table,
                text=data.decode("utf-8"),
                version=edition.filename,
                source=edition.filename,
                published=edition.published.isoformat(),
                valid_from=edition.valid_from,
                valid_to=None,
                mark=entry["mark"],
                edition=folder.name,
            )
        )
    return tuple(found)


def install(
    root: Path,
    texts: Mapping[str, tuple[str, str]],
    about: Mapping[str, str],
    notices: Sequence[Notice] = (),
) -> Edition:
    """Write an edition: ``texts`` are text and mark by table, ``about`` kind, dates and file (rules 1 and 2).

    The same edition again changes nothing and is returned as it is.
    """
    entries = {
        table: {
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "rows": len(rows.read(table, text)),
            "mark": mark,
        }
        for table, (text, mark) in sorted(texts.items())
    }
    told = [notice.as_dict() for notice in notices]
    manifest: dict[str, Any] = {"format": _FORMAT, **about, "tables": entries, "notices": told}
    data = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    name = hashlib.sha256(data).hexdigest()[:_NAME_LENGTH]
    root.mkdir(parents=True, exist_ok=True)
    with storage.lock(root):
        storage.sweep(root)
        if not (root / name).is_dir():
            _write(
                root,
                name,
                {MANIFEST: data, **{f"{key}.csv": text.encode() for key, (text, _) in texts.items()}},
            )
    return _edition(name, manifest)


def withdraw(root: Path, name: str) -> None:
    """Take an edition off the shelf: its folder moves beside the root, so that nothing is lost.

    Raises LookupError where there is no such edition.
    """
    aside = root.with_name(f"{root.name}-withdrawn")
    if name not in {folder.name for folder in _folders(root)}:
        raise LookupError(f"There is no edition {name} of the CBAM tables.")
    with storage.lock(root):
        aside.mkdir(exist_ok=True)
        if (aside / name).is_dir():  # withdrawn before, and imported again since
            shutil.rmtree(aside / name)
        os.rename(root / name, aside / name)  # noqa: PTH104  one call that either happens or does not
        storage.sync(root)


def _write(root: Path, name: str, files: Mapping[str, bytes]) -> None:
    working = storage.working_folder(root)
    try:
        for file, data in files.items():
            (working / file).write_bytes(data)
        working.chmod(0o755)
        storage.sync_tree(working)
        os.rename(working, root / name)  # noqa: PTH104  one call that either happens or does not
        storage.sync(root)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise


def with_text(file: TableFile, text: str) -> TableFile:
    """The same table with another text, to see what it would give before it is installed."""
    return replace(file, text=text)


def _added(below: TableFile, above: TableFile) -> TableFile:
    return TableFile(
        table=above.table,
        text=rows.joined(above.table, below.text, above.text),
        version=f"{below.version} + {above.version}",
        source=above.source,
        published=above.published,
        valid_from=below.valid_from,
        valid_to=None,
        mark=above.mark,
        edition=above.edition,
    )


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError:
        raise EditionDamaged(folder.name, f"{MANIFEST} is missing") from None
    if hashlib.sha256(data).hexdigest()[:_NAME_LENGTH] != folder.name:
        raise EditionDamaged(folder.name, f"{MANIFEST} was changed")
    manifest: dict[str, Any] = json.loads(data)
    if manifest["format"] != _FORMAT:
        raise EditionDamaged(folder.name, f"format {manifest['format']} is not known to this version")
    return manifest


def _edition(name: str, manifest: Mapping[str, Any]) -> Edition:
    return Edition(
        name=name,
        kind=manifest["kind"],
        tables=tuple((table, entry["rows"]) for table, entry in sorted(manifest["tables"].items())),
        published=date.fromisoformat(manifest["published"]),
        valid_from=date.fromisoformat(manifest["valid_from"]),
        filename=manifest["filename"],
        file_sha256=manifest["file_sha256"],
        notices=tuple(Notice.from_dict(item) for item in manifest["notices"]),
    )


def _order(edition: Edition) -> tuple[date, date, str]:
    return (edition.published, edition.valid_from, edition.name)
