"""Brightway datapackages with a table of their nodes, as ``databases.exporters.datapackage`` writes them.

Rules
1. Amounts come from the arrays, names from ``nodes.json``. A package without that table names nothing and is
   refused; so is one whose arrays name a node that the table does not know.
2. An array is read only where it is what its header says: a known type, one dimension, as long as the file; and
   once: two resources of one file are refused. Nothing is unpickled.
3. A negative input is an avoided product. A distribution belongs to its amount and comes along.
4. What found no supplier there finds none here unless the name matches; what was cut off stays cut off.

Format: Brightway ``bw_processing`` 1, https://github.com/brightway-lca/bw_processing.
"""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from databases.exporters.datapackage import FORMAT, NODES
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.importers.sources import SourceFiles
from databases.importers.strict_json import number, parse, record, records, text
from databases.notices import refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "datapackage.json"
_MATRICES = ("technosphere_matrix", "biosphere_matrix")
_TYPES: dict[str, tuple[Any, ...]] = {
    "indices": ([("row", "<i8"), ("col", "<i8")], [("row", "<i4"), ("col", "<i4")]),
    "data": ("<f8", "<f4"),
    "flip": ("|b1",),
}
_SPREAD = ("loc", "scale", "shape", "minimum", "maximum")
_DETAILS = {"boundary": "boundary", "certainty": "certainty", "locator": "locator", "kind": "kind"}
_DETAILS |= {"group": "group", "technology": "technology", "documentation": "comment", "note_en": "note"}
_DETAILS |= {"note_zh": "note zh", "name_zh": "name zh"}


def detects(files: SourceFiles) -> bool:
    """True for a zip or folder with a datapackage in it."""
    return PACKAGE in files.names


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - the signature of every reader
    """Every dataset of the package with its exchanges. Raises SourceRefused (rules 1 and 2)."""
    if NODES not in files.names:
        raise refused("datapackage-without-nodes", files.title, name=NODES)
    nodes = parse(files.read(NODES), NODES)
    if nodes.get("format") != FORMAT:
        raise refused("datapackage-without-nodes", files.title, name=NODES)
    package = _Package(files)
    flows, datasets = _by_id(nodes.get("flows")), _by_id(nodes.get("datasets"))
    sources = {text(source.get("code")): source for source in records(nodes.get("sources"))}
    exchanges = _exchanges(package, datasets, flows, files.title)
    for item in records(nodes.get("without_supplier")):
        exchanges[_integer(item.get("dataset"))].append(_without_supplier(item))
    extract = Extract("datapackage", "tanbiao")
    extract.processes = [_process(item, exchanges[id_], sources) for id_, item in sorted(datasets.items())]
    extract.flows = [_flow(flow) for _, flow in sorted(flows.items())]
    if not extract.processes:
        raise refused("datapackage-empty", files.title)
    head = record(nodes.get("release"))
    keys = ("name", "version", "licence", "title", "issuer", "published", "url", "attribution")
    extract.head = {key: text(head.get(key)) for key in keys if text(head.get(key))}
    return extract


def _by_id(nodes: object) -> dict[int, dict[str, Any]]:
    return {_integer(node.get("id")): node for node in records(nodes) if _integer(node.get("id"))}


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


class _Package:
    """Arrays of a datapackage by matrix and kind, one after the other where there are several groups."""

    def __init__(self, files: SourceFiles) -> None:
        self._files = files
        self._unread = set(files.names)
        self._groups: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for resource in records(parse(files.read(PACKAGE), PACKAGE).get("resources")):
            matrix, kind = text(resource.get("matrix")), text(resource.get("kind"))
            if matrix in _MATRICES:
                self._groups[matrix, text(resource.get("group"))][kind] = text(resource.get("path"))

    def entries(self, matrix: str) -> list[tuple[list[Any], list[Any], list[float], list[dict[str, Any]]]]:
        """(rows, columns, signed amounts, distributions) of every group of a matrix."""
        import numpy as np

        found = []
        for (of_matrix, _), paths in self._groups.items():
            if of_matrix != matrix:
                continue
            amounts = self._array(paths, "data")
            where = self._array(paths, "indices", len(amounts))
            if "flip" in paths:
                flip = self._array(paths, "flip", len(amounts))
                amounts = np.where(flip, -amounts, amounts)
            spread: list[dict[str, Any]] = [{}] * len(amounts)
            if "distributions" in paths:
                spread = [_distribution(row) for row in self._array(paths, "distributions", len(amounts))]
            found.append((where["row"].tolist(), where["col"].tolist(), amounts.tolist(), spread))
        return found

    def _array(self, paths: dict[str, str], kind: str, count: int | None = None) -> NDArray[Any]:
        """One array by rule 2, with ``count`` entries where that is given; raises SourceRefused."""
        path = paths.get(kind, "")
        if path not in self._unread:
            problem = "used twice" if path in self._files.names else "missing"
            raise refused("datapackage-array", path[:200] or kind, problem=problem)
        self._unread.remove(path)
        array = _load(self._files.read(path), path, kind)
        if count is not None and len(array) != count:
            raise refused("datapackage-array", path, problem="length")
        return array


def _load(data: bytes, path: str, kind: str) -> NDArray[Any]:
    import numpy as np
    from numpy.lib import format as npy

    stream = io.BytesIO(data)
    try:
        version = npy.read_magic(stream)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = header(stream)
    except (ValueError, EOFError, MemoryError, RecursionError, TokenError) as error:  # brackets in brackets
        raise refused("datapackage-array", path, problem="header") from error
    if kind == "distributions":
        from bw_processing import UNCERTAINTY_DTYPE

        known: tuple[Any, ...] = (np.dtype(UNCERTAINTY_DTYPE),)
    else:
        known = tuple(np.dtype(type_) for type_ in _TYPES[kind])
    if dtype not in known or len(shape) != 1 or shape[0] * dtype.itemsize != len(data) - stream.tell():
        raise refused("datapackage-array", path, problem="type or length")
    return np.frombuffer(data, dtype=dtype, offset=stream.tell())


def _distribution(row: Any) -> dict[str, Any]:
    """The uncertainty keys of an exchange; none where the amount is all there is."""
    if int(row["uncertainty_type"]) < 2:
        return {}
    values = {name: float(row[name]) for name in _SPREAD if row[name] == row[name]}
    return {"uncertainty type": int(row["uncertainty_type"]), **values}


def _exchanges(
    package: _Package, datasets: dict[int, Any], flows: dict[int, Any], title: str
) -> dict[int, list[dict[str, Any]]]:
    """Exchanges by node id of their dataset, as :mod:`databases.importers.shape` has them."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for matrix, inputs in (("technosphere_matrix", datasets), ("biosphere_matrix", flows)):
        for rows, columns, amounts, spreads in package.entries(matrix):
            for row, column, amount, spread in zip(rows, columns, amounts, spreads, strict=True):
                if row not in inputs or column not in datasets:
                    raise refused(
                        "datapackage-unknown-node", title, node=row if column in datasets else column
                    )
                if matrix == "biosphere_matrix":
                    exchange = _emission(flows[row], amount)
                elif row == column and amount > 0:
                    exchange = _production(datasets[row], amount)
                else:
                    exchange = _input(datasets[row], -amount)
                found[column].append({**exchange, **spread})
    return found


def _emission(flow: dict[str, Any], amount: float) -> dict[str, Any]:
    return {
        "type": "biosphere",
        "amount": amount,
        "flow": text(flow.get("code")),
        "name": _name(flow),
        "unit": text(flow.get("unit")),
        "categories": _categories(flow),
    }


def _production(item: dict[str, Any], amount: float) -> dict[str, Any]:
    unit = text(item.get("unit"))
    return {"type": "production", "amount": amount, "name": _name(item), "unit": unit, "reference": True}


def _input(item: dict[str, Any], amount: float) -> dict[str, Any]:
    """Rule 3."""
    return {
        "type": "substitution" if amount < 0 else "technosphere",
        "amount": abs(amount),
        "activity": text(item.get("code")),
        "name": _name(item),
        "unit": text(item.get("unit")),
        "location": text(item.get("place")),
    }


def _without_supplier(item: dict[str, Any]) -> dict[str, Any]:
    """Rule 4."""
    amount = number(item.get("amount")) or 0.0
    return {
        "type": "substitution" if amount < 0 else "technosphere",
        "amount": abs(amount),
        "name": text(item.get("name")),
        "unit": text(item.get("unit")),
        **({"cut-off": True} if item.get("kind") == "cut-off" else {}),
    }


def _process(item: dict[str, Any], exchanges: list[dict[str, Any]], sources: dict[str, Any]) -> Process:
    process: Process = {
        "code": text(item.get("code")),
        "name": _name(item),
        "reference product": _name(item),
        "unit": text(item.get("unit")),
        "location": text(item.get("place")),
        "type": "process",
        "filename": NODES,
        "exchanges": exchanges,
    }
    process |= {key: value for name, key in _DETAILS.items() if (value := text(item.get(name)))}
    if words := [word.strip() for word in text(item.get("synonyms")).replace("|", ";").split(";")]:
        process["synonyms"] = [word for word in words if word]
    if 1900 <= (year := _integer(item.get("year"))) <= 2200:
        process["year"] = year
    if item.get("complete") is False:
        process["partial"] = True
    if item.get("gwp_set_assumed") is True:
        process["gwp_set assumed"] = True
    if source := sources.get(text(item.get("source"))):
        fields = ("title", "issuer", "document_number", "published", "licence", "attribution", "url")
        process["source"] = {name: text(source.get(name)) for name in ("code", *fields)}
        process["source code"] = process["source"]["code"]
    return process


def _flow(flow: dict[str, Any]) -> ElementaryFlow:
    found: ElementaryFlow = {
        "code": text(flow.get("code")),
        "name": _name(flow),
        "unit": text(flow.get("unit")),
        "categories": _categories(flow),
    }
    for name, key in (("cas", "CAS number"), ("formula", "formula"), ("name_zh", "name zh")):
        if value := text(flow.get(name)):
            found[key] = value
    return found


def _name(item: dict[str, Any]) -> str:
    return text(item.get("name_en")) or text(item.get("name_zh"))


def _categories(flow: dict[str, Any]) -> tuple[str, ...]:
    compartment = text(flow.get("compartment"))
    return tuple(compartment.split("/")) if compartment else ()
