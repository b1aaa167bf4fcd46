"""Datapackages of a release (bw_processing): how they are written, how their nodes are numbered, how they are
read.

Rules
1. Nodes are numbered by position: flow k of the flows sorted by code is ``FIRST_FLOW + k``, the dataset at
   position p is ``FIRST_DATASET + p``. A foreground numbers its own nodes from ``FIRST_FOREGROUND`` on.
   Nothing else is needed to refer to a background dataset from another datapackage.
2. Amounts are float64, written by ``add_persistent_vector``; the library's other way keeps float32.
3. Technosphere: a product's own output is positive; an input is stored positive and flipped.
4. Characterisation factors have the flow as row and column GLOBAL_LOCATION.
5. Of a method only the factors that are not zero are held, and the first flow's where all are.
6. Files are the same bytes for the same content: no dates, no random names, no compression that differs by
   machine.

Example: ``bw2calc.LCA({dataset_id(7): 1.0}, data_objs=[open_package(path) for path in paths])``.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from databases.parser import PARSER

FIRST_FLOW = 1
FIRST_DATASET = 1_000_000
FIRST_FOREGROUND = 1_000_000_000
GLOBAL_LOCATION = 1
INDICES_DTYPE = np.dtype([("row", np.int64), ("col", np.int64)])
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CREATED = "1980-01-01T00:00:00Z"


def flow_id(index: int) -> int:
    """Node id of a flow by its index among the flows sorted by code."""
    return FIRST_FLOW + index


def dataset_id(position: int) -> int:
    """Node id of a dataset by its position."""
    return FIRST_DATASET + position


def indices(
    rows: Sequence[int] | NDArray[np.int64], columns: Sequence[int] | NDArray[np.int64]
) -> NDArray[Any]:
    """(row, col) node ids as the structured array that datapackages want, shape (n,)."""
    array = np.empty(len(rows), dtype=INDICES_DTYPE)
    array["row"], array["col"] = rows, columns
    return array


def new_package(name: str) -> Any:
    """An empty datapackage in memory that sums repeated entries; for a foreground or a release."""
    import bw_processing

    return bw_processing.create_datapackage(name=name, id_=name, sum_intra_duplicates=True)


def add_matrix(
    package: Any,
    matrix: str,
    where: NDArray[Any],
    amounts: NDArray[np.float64],
    flip: NDArray[np.bool_] | None = None,
    distributions: NDArray[Any] | None = None,
) -> None:
    """Add entries to ``matrix`` (``technosphere_matrix``, ``biosphere_matrix``, ``characterization_matrix``).

    ``where`` from :func:`indices`, ``amounts`` float64, ``flip`` True for inputs (rule 3), ``distributions`` of
    ``bw_processing.UNCERTAINTY_DTYPE``; all of shape (n,).
    """
    data = np.ascontiguousarray(amounts, dtype=np.float64)
    extra = {"global_index": GLOBAL_LOCATION} if matrix == "characterization_matrix" else {}
    package.add_persistent_vector(
        matrix=matrix,
        name=matrix.replace("_", "-"),
        indices_array=where,
        data_array=data,
        flip_array=flip,
        distributions_array=distributions,
        **extra,
    )


Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""(rows, columns, amounts), each of shape (n,)."""


def add_background(package: Any, datasets: int, inputs: Entries, emissions: Entries) -> None:
    """Add technosphere and biosphere of ``datasets`` datasets that each make one unit.

    ``inputs``: (positions of suppliers, positions of takers, amounts taken); ``emissions``: (indexes of flows,
    positions of emitters, amounts).
    """
    own = np.arange(datasets)
    rows, columns, amounts = inputs
    where = indices(FIRST_DATASET + np.append(own, rows), FIRST_DATASET + np.append(own, columns))
    flip = np.arange(len(where)) >= datasets
    add_matrix(package, "technosphere_matrix", where, np.append(np.ones(datasets), amounts), flip)
    rows, columns, amounts = emissions
    add_matrix(package, "biosphere_matrix", indices(FIRST_FLOW + rows, FIRST_DATASET + columns), amounts)


def add_characterisation(package: Any, factors: NDArray[np.float64]) -> None:
    """Add the factors of one method, shape (flows,), by index of the flow (rule 5)."""
    used = np.flatnonzero(factors)
    used = used if used.size else np.arange(min(1, len(factors)))
    where = indices(FIRST_FLOW + used, np.full(len(used), GLOBAL_LOCATION))
    add_matrix(package, "characterization_matrix", where, factors[used])


def load_background(path: Path, datasets: int, flows: int) -> tuple[Any, Any]:
    """Technosphere (datasets, datasets) and biosphere (flows, datasets) of a release's ``background.zip``, CSC.

    Raises ValueError where the file has nodes beyond these numbers.
    """
    from scipy import sparse

    package = open_package(path)
    found = []
    for matrix, first, count in (
        ("technosphere-matrix", FIRST_DATASET, datasets),
        ("biosphere-matrix", FIRST_FLOW, flows),
    ):
        where, amounts = _resource(package, matrix, "indices"), _resource(package, matrix, "data")
        # bw_processing writes no array of flips where nothing is flipped: no dataset takes anything
        if matrix == "technosphere-matrix" and len(where) > datasets:
            amounts = np.where(_resource(package, matrix, "flip"), -amounts, amounts)
        place = (where["row"] - first, where["col"] - FIRST_DATASET)
        found.append(sparse.coo_array((amounts, place), shape=(count, datasets)).tocsc())
    return found[0], found[1]


def load_characterisation(path: Path, flows: int) -> NDArray[np.float64]:
    """Factors of a method's datapackage, shape (flows,); raises IndexError for a flow beyond them."""
    package = open_package(path)
    factors = np.zeros(flows)
    where = _resource(package, "characterization-matrix", "indices")
    if len(where) and where["row"].min() < FIRST_FLOW:
        raise IndexError("a factor is for no flow")
    np.add.at(factors, where["row"] - FIRST_FLOW, _resource(package, "characterization-matrix", "data"))
    return factors


def _resource(package: Any, matrix: str, kind: str) -> NDArray[Any]:
    return np.asarray(package.get_resource(f"{matrix}.{kind}")[0])


def write_package(package: Any, path: Path, more: Mapping[str, bytes] = MappingProxyType({})) -> None:
    """Write a datapackage made by :func:`new_package` as a zip file with ``more`` files beside it (rule 6)."""
    metadata = {**package.metadata, "created": _CREATED}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for resource, array in zip(package.resources, package.data, strict=True):
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            _store(archive, resource["path"], buffer.getvalue())
        text = json.dumps(metadata, ensure_ascii=False, indent=2, sort_keys=True)
        _store(archive, "datapackage.json", text.encode())
        for name, data in sorted(more.items()):
            _store(archive, name, data)


def open_package(path: Path) -> Any:
    """A datapackage of a release, read into memory, ready as one of bw2calc's ``data_objs``."""
    with path.open("rb") as stream, PARSER:
        import bw_processing
        from fsspec.implementations.zip import ZipFileSystem

        return bw_processing.load_datapackage(ZipFileSystem(stream))


def _store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
