"""Content into a release folder: datapackages, score tables, catalogue, files, manifest; then made visible at
once.

Rules
1. Whatever the source was, a release is written here and nowhere else, from a :class:`databases.content.Content`
   that keeps its rules; one that does not is refused by name.
2. A dataset whose supply chain contains a CO2e-only flow carries that flow's GWP set (``databases.gwp_sets``).
3. Everything is written to disk (fsync of each file and folder) before one rename makes the release visible.
4. The same content gives the same bytes, hence the same digest, on the same versions of SQLite, SciPy and
   NumPy; ``origin`` in the manifest says what the content was made from.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from databases import packages
from databases.catalogue import ExchangeRow, write_catalogue
from databases.content import (
    BIOSPHERE,
    CUT_OFF,
    TECHNOSPHERE,
    UNLINKED,
    Content,
    Exchanges,
    Head,
    Method,
    Progress,
)
from databases.gwp_sets import bind
from databases.release import FILE_NAME, FORMAT, MANIFEST, check_identifier, file_sha256
from databases.storage import sync, sync_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 64
"""Methods solved at a time: 20,000 datasets take 10 MB a copy."""
_OURS = frozenset({MANIFEST, "catalogue.sqlite", "packages", "scores"})


class ContentInvalid(ValueError):
    """The content breaks a rule of ``databases.content``; no release can be written from it."""


def write_release(folder: Path, head: Head, content: Content, progress: Progress) -> None:
    """Write every file of a release into ``folder``, which must not exist.

    ``progress`` is told each step with a fraction from 0.65 to 0.9. Raises NotAnIdentifier, ContentInvalid,
    MixedGwpSets and the errors of ``databases.scores``.
    """
    check_identifier(head.name, head.version)
    check_content(content)
    content = replace(content, datasets=bind(content))
    folder.mkdir()
    progress("writing datapackages", 0.65)
    _write_packages(folder / "packages", head, content)
    progress("solving score tables", 0.75)
    _write_scores(folder / "scores", content)
    progress("writing the catalogue", 0.85)
    path = folder / "catalogue.sqlite"
    rows = exchange_rows(content.exchanges)
    write_catalogue(path, content.datasets, content.flows, rows, content.sources, content.documentation)
    for name, data in sorted(content.files.items()):
        (folder / name).write_bytes(data)
    _write_manifest(folder, head, content)


def check_content(content: Content) -> None:
    """Hold a content against the rules of ``databases.content``; raises ContentInvalid at the first that is broken."""
    codes = [dataset.code for dataset in content.datasets]
    flows = [flow.code for flow in content.flows]
    exchanges = content.exchanges
    count = len(exchanges)
    kind, where = exchanges.kind, exchanges.input
    limits = np.array([len(codes), len(flows), 0, 0])
    checks = {
        "codes of datasets are not sorted or not unique": _ascending(codes),
        "codes of flows are not sorted or not unique": _ascending(flows),
        "a dataset's position is not its index": all(d.position == i for i, d in enumerate(content.datasets)),
        "columns of exchanges differ in length": all(
            len(getattr(exchanges, name)) == count for name in exchanges.__dataclass_fields__
        ),
        "an exchange has no known kind": bool(((kind >= TECHNOSPHERE) & (kind <= CUT_OFF)).all()),
        "exchanges are not sorted by dataset": bool((np.diff(exchanges.dataset) >= 0).all()),
        "an exchange belongs to no dataset": _within(exchanges.dataset, 0, len(codes)),
        "an amount is not finite": bool(np.isfinite(exchanges.amount).all()),
        "a factor is missing or not finite": all(
            method.factors.shape == (len(flows),) and np.isfinite(method.factors).all()
            for method in content.methods
        ),
        "a method's identifier cannot be a file name": all(
            FILE_NAME.fullmatch(method.identifier) and method.identifier != "background"
            for method in content.methods
        ),
        "methods have the same identifier": len({m.identifier.casefold() for m in content.methods})
        == len(content.methods),
        "a file has a name of the release's own": not _OURS & set(content.files)
        and all(FILE_NAME.fullmatch(name) for name in content.files),
    }
    if problems := [problem for problem, fine in checks.items() if not fine]:
        raise ContentInvalid(problems[0])
    linked = kind <= BIOSPHERE
    if not (((where >= 0) & (where < limits[kind])) | ~linked).all() or (where[~linked] != -1).any():
        raise ContentInvalid("an exchange takes a dataset or flow that is not there")


def exchange_rows(exchanges: Exchanges) -> Iterable[ExchangeRow]:
    """Rows for the catalogue, in order."""
    return zip(
        exchanges.dataset.tolist(),
        exchanges.input.tolist(),
        exchanges.kind.tolist(),
        exchanges.amount.tolist(),
        exchanges.name,
        exchanges.unit,
        exchanges.published,
        exchanges.published_unit,
        exchanges.rule,
        exchanges.source,
        exchanges.locator,
        exchanges.certainty,
        exchanges.uncertainty,
        strict=True,
    )


def publish(work: Path, target: Path, progress: Progress) -> None:
    """Make the finished folder ``work`` visible as ``target`` (rule 3); a release there already wins."""
    progress("syncing", 0.92)
    sync_tree(work)
    progress("publishing", 0.95)
    try:
        work.rename(target)
    except OSError:
        if not (target / MANIFEST).is_file():
            raise
        shutil.rmtree(work)
    sync(target.parent)
    progress("published", 0.98)


def _ascending(codes: list[str]) -> bool:
    return all(first < second for first, second in pairwise(codes))


def _within(values: NDArray[np.int64], low: int, high: int) -> bool:
    return bool(((values >= low) & (values < high)).all())


def _entries(
    exchanges: Exchanges, kind: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(rows, columns, amounts) of one kind: what is taken, by which dataset, how much."""
    wanted = exchanges.kind == kind
    return exchanges.input[wanted], exchanges.dataset[wanted], exchanges.amount[wanted]


def _write_packages(folder: Path, head: Head, content: Content) -> None:
    folder.mkdir()
    package = packages.new_package(head.identifier)
    count = len(content.datasets)
    packages.add_background(
        package,
        count,
        _entries(content.exchanges, TECHNOSPHERE),
        _entries(content.exchanges, BIOSPHERE),
    )
    packages.write_package(package, folder / "background.zip")
    for method in content.methods:
        package = packages.new_package(method.identifier)
        packages.add_characterisation(package, method.factors)
        packages.write_package(package, folder / f"{method.identifier}.zip")


def _write_scores(folder: Path, content: Content) -> None:
    """One table a method, ``BATCH`` methods at a time."""
    from scipy import sparse

    from databases.scores import Prepared

    folder.mkdir()
    count = len(content.datasets)
    rows, columns, amounts = _entries(content.exchanges, TECHNOSPHERE)
    inputs = sparse.csc_array((amounts, (rows, columns)), shape=(count, count))
    rows, columns, amounts = _entries(content.exchanges, BIOSPHERE)
    biosphere = sparse.csc_array((amounts, (rows, columns)), shape=(len(content.flows), count))
    technosphere = sparse.eye_array(count, format="csc") - inputs
    prepared = Prepared(technosphere, [dataset.code for dataset in content.datasets])
    for start in range(0, len(content.methods), BATCH):
        batch = content.methods[start : start + BATCH]
        tables = prepared.tables({method.identifier: method.factors @ biosphere for method in batch})
        for method, table in tables.items():
            np.save(folder / f"{method}.npy", table, allow_pickle=False)


def _write_manifest(folder: Path, head: Head, content: Content) -> None:
    manifest = {
        "format": FORMAT,
        **asdict(head),
        "identifier": head.identifier,
        "origin": dict(content.origin),
        "sources": [asdict(source) for source in content.sources],
        "methods": {method.identifier: _described(method) for method in content.methods},
        "counts": counts(content),
        "files": {
            path.relative_to(folder).as_posix(): {"sha256": file_sha256(path), "size": path.stat().st_size}
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _described(method: Method) -> dict[str, str]:
    return {name: getattr(method, name) for name in ("gwp_set", "part", "unit", "title", "source")}


def counts(content: Content) -> dict[str, Any]:
    """How much the release holds; ``exchanges`` are all of them, ``unlinked`` and ``cut_off`` among them."""
    return {
        "datasets": len(content.datasets),
        "complete": sum(dataset.complete for dataset in content.datasets),
        "flows": len(content.flows),
        "exchanges": len(content.exchanges),
        "unlinked": int((content.exchanges.kind == UNLINKED).sum()),
        "cut_off": int((content.exchanges.kind == CUT_OFF).sum()),
        "sources": len(content.sources),
    }
