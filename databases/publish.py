"""Linked data into a release folder: datapackages, score tables, catalogue, manifest; then made visible at
once.

Rules
1. A dataset whose supply chain contains a CO2e-only flow carries that flow's GWP set; two different sets in
   one chain cannot be added and stop the build. An assumed set is handed on with the same chain.
2. Everything is written to disk (fsync of each file and folder) before one rename makes the release visible.
3. The same facts give the same bytes, hence the same digest, on the same versions of SQLite, SciPy and NumPy;
   ``facts_sha256`` in the manifest is the same everywhere.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases.catalogue import Exchange, Flow, write_catalogue
from databases.dataset import Dataset
from databases.facts import Facts
from databases.release import FORMAT, GWP_SETS, MANIFEST, METHOD_PARTS, PARTS, file_sha256, method_id

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from databases.importers.tables import Edge

UNIT = "kgCO2e"


class MixedGwpSets(ValueError):
    """A supply chain adds CO2e figures that rest on different GWP sets; such a sum has no meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Name, version and licence of a release to be built."""

    name: str
    version: str
    licence: str

    @property
    def identifier(self) -> str:
        """Folder name of the release, such as ``open-cn-2026.1``."""
        return f"{self.name}-{self.version}"


@dataclass(frozen=True, slots=True)
class System:
    """Matrices of a release as entries (row, column, amount), by index: inputs and emissions."""

    datasets: list[str]
    flows: list[str]
    inputs: list[tuple[int, int, float]]
    emissions: list[tuple[int, int, float]]


def system_of(facts: Facts, edges: Iterable[Edge]) -> System:
    """Number datasets and flows by sorted code and turn edges into matrix entries."""
    datasets, flows = sorted(facts.datasets), sorted(facts.flows)
    column = {code: index for index, code in enumerate(datasets)}
    row = {code: index for index, code in enumerate(flows)}
    inputs, emissions = [], []
    for edge in edges:
        if edge.biosphere:
            emissions.append((row[edge.input], column[edge.dataset], edge.amount))
        else:
            inputs.append((column[edge.input], column[edge.dataset], edge.amount))
    return System(datasets, flows, inputs, emissions)


def write_release(
    folder: Path, head: Head, facts: Facts, edges: list[Edge], progress: Callable[[str, float], None]
) -> None:
    """Write every file of a release into ``folder``, which must not exist.

    Raises MixedGwpSets and the errors of ``databases.scores``.
    """
    folder.mkdir()
    system = system_of(facts, edges)
    factors = {
        method_id(gwp_set, part): characterisation(facts, system.flows, gwp_set, part)
        for gwp_set in GWP_SETS
        for part in METHOD_PARTS
    }
    progress("writing datapackages", 0.65)
    _write_packages(folder / "packages", head, system, factors)
    progress("solving score tables", 0.75)
    _write_scores(folder / "scores", system, factors)
    progress("writing the catalogue", 0.85)
    datasets = _datasets(facts, system)
    _write_catalogue(folder / "catalogue.sqlite", facts, datasets, edges)
    _write_manifest(folder, head, facts, system)


def characterisation(facts: Facts, flows: list[str], gwp_set: str, part: str) -> NDArray[np.float64]:
    """kgCO2e per kg of each flow that counts to ``part`` under ``gwp_set``, shape (flows,); 0 elsewhere."""
    import numpy as np

    factors = [
        facts.gwp.get((gwp_set, code), 0.0) if _counts(facts.flows[code], part) else 0.0 for code in flows
    ]
    return np.array(factors, dtype=np.float64)


def _counts(flow: dict[str, str], part: str) -> bool:
    if part == "total":
        return flow["part"] in PARTS
    if part == "aircraft":
        return flow["aircraft"] == "1"
    if part.startswith("gas-"):
        return flow["gas"] == part.removeprefix("gas-")
    return flow["part"] == part


def propagate(system: System, seeds: dict[int, str]) -> dict[int, str]:
    """Mark of every dataset (by index) that has a marked one in its supply chain; seeds are marked
    themselves.

    Raises MixedGwpSets where two different marks meet. Zero amounts hand nothing on.
    """
    consumers = defaultdict(list)
    for supplier, consumer, amount in system.inputs:
        if amount:
            consumers[supplier].append(consumer)
    marks = dict(seeds)
    queue = list(seeds)
    while queue:
        supplier = queue.pop()
        for consumer in consumers[supplier]:
            if consumer not in marks:
                marks[consumer] = marks[supplier]
                queue.append(consumer)
            elif marks[consumer] != marks[supplier]:
                both = f"{marks[consumer]} and {marks[supplier]}"
                raise MixedGwpSets(f"{system.datasets[consumer]}: {both} figures in one supply chain")
    return marks


def gwp_sets(facts: Facts, system: System) -> dict[int, str]:
    """GWP set of every dataset bound to one (rule 1), by index; raises MixedGwpSets."""
    seeds: dict[int, str] = {}
    for flow, dataset, amount in system.emissions:
        bound = facts.bound_set(system.flows[flow]) if amount else ""
        if bound and seeds.setdefault(dataset, bound) != bound:
            raise MixedGwpSets(
                f"{system.datasets[dataset]}: {seeds[dataset]} and {bound} figures in one dataset"
            )
    return propagate(system, seeds)


def publish(work: Path, target: Path, progress: Callable[[str, float], None]) -> None:
    """Make the finished folder ``work`` visible as ``target`` (rule 2); a release there already wins."""
    progress("syncing", 0.92)
    for path in sorted(work.rglob("*"), reverse=True):
        _sync(path)
    _sync(work)
    progress("publishing", 0.95)
    try:
        work.rename(target)
    except OSError:
        if not (target / MANIFEST).is_file():
            raise
        shutil.rmtree(work)
    _sync(target.parent)
    progress("published", 0.98)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_packages(
    folder: Path, head: Head, system: System, factors: dict[str, NDArray[np.float64]]
) -> None:
    import numpy as np

    from databases import packages

    folder.mkdir()
    count = len(system.datasets)
    package = packages.new_package(f"{head.name}-{head.version}")
    rows = [*range(count), *(row for row, _, _ in system.inputs)]
    columns = [*range(count), *(column for _, column, _ in system.inputs)]
    where = packages.indices(
        [packages.dataset_id(row) for row in rows], [packages.dataset_id(col) for col in columns]
    )
    amounts = np.array([1.0] * count + [amount for _, _, amount in system.inputs])
    packages.add_matrix(package, "technosphere_matrix", where, amounts, np.arange(len(rows)) >= count)
    where = packages.indices(
        [packages.flow_id(row) for row, _, _ in system.emissions],
        [packages.dataset_id(column) for _, column, _ in system.emissions],
    )
    packages.add_matrix(
        package, "biosphere_matrix", where, np.array([amount for _, _, amount in system.emissions])
    )
    packages.write_package(package, folder / "background.zip")
    nodes = [packages.flow_id(index) for index in range(len(system.flows))]
    for method, vector in factors.items():
        package = packages.new_package(method)
        where = packages.indices(nodes, [packages.GLOBAL_LOCATION] * len(nodes))
        packages.add_matrix(package, "characterization_matrix", where, vector)
        packages.write_package(package, folder / f"{method}.zip")


def _write_scores(folder: Path, system: System, factors: dict[str, NDArray[np.float64]]) -> None:
    import numpy as np
    from scipy import sparse

    from databases.scores import score_tables

    folder.mkdir()
    count = len(system.datasets)
    technosphere = sparse.identity(count, format="csc") - _matrix(system.inputs, (count, count))
    biosphere = _matrix(system.emissions, (len(system.flows), count))
    characterised = {method: vector @ biosphere for method, vector in factors.items()}
    for method, table in score_tables(technosphere, characterised, system.datasets).items():
        np.save(folder / f"{method}.npy", table, allow_pickle=False)


def _matrix(entries: list[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    from scipy import sparse

    rows, columns, amounts = zip(*entries, strict=True) if entries else ((), (), ())
    return sparse.csc_matrix((amounts, (rows, columns)), shape=shape, dtype="float64")


def _datasets(facts: Facts, system: System) -> list[Dataset]:
    sets = gwp_sets(facts, system)
    index = {code: position for position, code in enumerate(system.datasets)}
    assumed = propagate(
        system,
        {index[code]: "1" for code, row in sorted(facts.datasets.items()) if row["gwp_set_assumed"] == "1"},
    )
    found = []
    for position, code in enumerate(system.datasets):
        row = facts.datasets[code]
        values: dict[str, Any] = {
            **row,
            "position": position,
            "year": int(row["year"]),
            "complete": row["complete"] == "1",
            "gwp_set": sets.get(position, ""),
            "gwp_set_assumed": position in sets and position in assumed,
            "source": facts.sources[row["source"]],
        }
        found.append(Dataset(**values))
    return found


def _write_catalogue(path: Path, facts: Facts, datasets: list[Dataset], edges: list[Edge]) -> None:
    flows = [Flow(**{**row, "aircraft": row["aircraft"] == "1"}) for _, row in sorted(facts.flows.items())]  # type: ignore[arg-type]
    position = {dataset.code: dataset.position for dataset in datasets}
    exchanges = ((position[edge.dataset], _exchange(facts, edge)) for edge in edges)
    write_catalogue(path, datasets, flows, exchanges, (source for _, source in sorted(facts.sources.items())))


def _exchange(facts: Facts, edge: Edge) -> Exchange:
    row = facts.exchanges[edge.dataset][edge.fact]
    return Exchange(
        flow_or_dataset_code=edge.input,
        kind="biosphere" if edge.biosphere else "technosphere",
        amount=edge.amount,
        unit="kg" if edge.biosphere else facts.datasets[edge.input]["unit"],
        published=row["published"],
        published_unit=row["published_unit"],
        rule=row["rule"],
        source=row["source"],
        locator=row["locator"],
        certainty=row["certainty"],
    )


def _write_manifest(folder: Path, head: Head, facts: Facts, system: System) -> None:
    files = {
        path.relative_to(folder).as_posix(): {"sha256": file_sha256(path), "size": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {
        "format": FORMAT,
        "name": head.name,
        "version": head.version,
        "identifier": head.identifier,
        "licence": head.licence,
        "facts_sha256": facts.digest,
        "sources": [asdict(source) for _, source in sorted(facts.sources.items())],
        "methods": {
            method_id(gwp_set, part): {"gwp_set": gwp_set, "part": part, "unit": UNIT}
            for gwp_set in GWP_SETS
            for part in METHOD_PARTS
        },
        "counts": {
            "datasets": len(system.datasets),
            "complete": sum(row["complete"] == "1" for row in facts.datasets.values()),
            "flows": len(system.flows),
            "exchanges": len(system.inputs) + len(system.emissions),
            "sources": len(facts.sources),
        },
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
