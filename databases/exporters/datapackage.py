"""A release as a Brightway datapackage: one zip that ``bw2calc`` solves, with a table of what its nodes are.

Rules
1. Node ids are those of ``databases.packages``: a dataset at position p is 1,000,000 + p, flow k is 1 + k.
   ``nodes.json`` says what each stands for.
2. The zip holds technosphere, biosphere and the factors of one method, so that it is solved as it is. Other
   methods are other files.
3. Amounts are the release's own float64; distributions are handed on where the source states them.
4. An input without a supplier is in no matrix; ``nodes.json`` lists it.

Example::

    package = bw_processing.load_datapackage(fsspec.implementations.zip.ZipFileSystem("uslci-2020.4.zip"))
    bw2calc.LCA({1_000_007: 1}, data_objs=[package])
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from databases import packages
from databases.catalogue import EXCHANGE_KINDS, Catalogue, ExchangeRow
from databases.release import Release

if TYPE_CHECKING:
    from numpy.typing import NDArray

NODES = "nodes.json"
FORMAT = "tanbiao-nodes/1"
_UNDEFINED, _LOGNORMAL = 0, 2


def export(release: Release, target: Path, method: str) -> Path:
    """Write the release with the factors of one method to ``target``, which must not exist; returns ``target``.

    Raises FileExistsError, and KeyError for a method that the release does not have.
    """
    if target.exists():
        raise FileExistsError(f"{target.name} is already there.")
    catalogue = release.catalogue
    rows = catalogue.exchange_rows()
    package = packages.new_package(release.identifier)
    _matrices(package, len(catalogue), rows)
    path = release.datapackage_paths([method])[1]
    factors = packages.load_characterisation(path, len(catalogue.flows()))
    packages.add_characterisation(package, factors)
    nodes = json.dumps(_nodes(release, rows, method), ensure_ascii=False, sort_keys=True)
    part = target.with_name(f".{target.name}.part")
    try:
        packages.write_package(package, part, {NODES: nodes.encode()})
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _matrices(package: Any, datasets: int, rows: list[ExchangeRow]) -> None:
    """Rules 1 and 3."""
    own = np.arange(datasets)
    for matrix, word, first in (
        ("technosphere_matrix", "technosphere", packages.FIRST_DATASET),
        ("biosphere_matrix", "biosphere", packages.FIRST_FLOW),
    ):
        kind = EXCHANGE_KINDS.index(word)
        chosen = [row for row in rows if row[2] == kind]
        takers = np.array([row[0] for row in chosen], dtype=np.int64)
        inputs = np.array([row[1] for row in chosen], dtype=np.int64)
        amounts = np.array([row[3] for row in chosen], dtype=np.float64)
        texts, flip = [row[-1] for row in chosen], None
        if word == "technosphere":
            takers, inputs = np.append(own, takers), np.append(own, inputs)
            amounts, texts = np.append(np.ones(datasets), amounts), [""] * datasets + texts
            flip = np.arange(len(amounts)) >= datasets
        where = packages.indices(first + inputs, packages.FIRST_DATASET + takers)
        packages.add_matrix(package, matrix, where, amounts, flip, _distributions(amounts, texts))


def _distributions(amounts: NDArray[np.float64], texts: list[str]) -> NDArray[Any] | None:
    """Distributions as ``stats_arrays`` has them, None where no exchange states one."""
    if not any(texts):
        return None
    from bw_processing import UNCERTAINTY_DTYPE

    table = np.zeros(len(amounts), dtype=UNCERTAINTY_DTYPE)
    for name in ("scale", "shape", "minimum", "maximum"):
        table[name] = np.nan
    table["uncertainty_type"], table["loc"], table["negative"] = _UNDEFINED, amounts, amounts < 0
    for index, text in enumerate(texts):
        if text:
            values = json.loads(text)
            number = int(values.pop("uncertainty type"))
            table["uncertainty_type"][index] = number
            if number == _LOGNORMAL:
                values["loc"] = float(np.log(abs(amounts[index]))) if amounts[index] else 0.0
            for name, value in values.items():
                table[name][index] = value
    return table


def _nodes(release: Release, rows: list[ExchangeRow], method: str) -> dict[str, Any]:
    """What stands behind the ids, plain JSON."""
    catalogue: Catalogue = release.catalogue
    linked = len(("technosphere", "biosphere"))
    head = ("name", "version", "licence", "restricted", "title", "issuer", "url", "attribution", "published")
    return {
        "format": FORMAT,
        "release": {name: release.manifest[name] for name in head} | {"sha256": release.digest},
        "method": {"identifier": method, **release.methods[method]},
        "sources": [asdict(source) for source in release.sources],
        "flows": [
            {"id": packages.flow_id(index), **asdict(flow)} for index, flow in enumerate(catalogue.flows())
        ],
        "datasets": [
            {
                "id": packages.dataset_id(dataset.position),
                **asdict(dataset),
                "source": dataset.source.code,
                "documentation": catalogue.documentation(dataset.code),
            }
            for dataset in catalogue.all()
        ],
        "without_supplier": [
            {
                "dataset": packages.dataset_id(row[0]),
                "kind": EXCHANGE_KINDS[row[2]],
                "amount": row[3],
                "name": row[4],
                "unit": row[5],
            }
            for row in rows
            if row[2] >= linked
        ],
    }
