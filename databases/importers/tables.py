"""The project's fact tables into a Brightway project, linked by bw2io, and read back as what was written.

Rules
1. Every exchange is linked or the build fails by name; nothing is dropped in silence.
2. What is read back from Brightway equals what the tables say, to the last bit of every amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from databases.content import Progress
from databases.facts import Facts, brightway_datasets, brightway_flows

PROJECT = "tanbiao-build"


class UnlinkedExchange(LookupError):
    """An exchange names an input that is in none of the databases."""


class RoundTripChanged(ArithmeticError):
    """Brightway gave back another amount than it was given."""


@dataclass(frozen=True, slots=True)
class Edge:
    """``amount`` of ``input`` (flow or dataset code) per unit of ``dataset``; ``fact`` is its row's index."""

    dataset: str
    input: str
    biosphere: bool
    amount: float
    fact: int


def import_facts(facts: Facts, name: str, progress: Progress) -> list[Edge]:
    """Write the facts into this process' Brightway directory through bw2io and bw2data, and read them back.

    Edges come sorted by dataset, then in the order of the tables. Raises UnlinkedExchange and
    RoundTripChanged.
    """
    progress("loading Brightway", 0.05)
    import bw2data

    bw2data.projects.set_current(PROJECT)
    flows = f"{name} flows"
    progress("writing flows", 0.35)
    _write(flows, brightway_flows(facts, flows), [])
    progress("linking datasets", 0.4)
    given = brightway_datasets(facts, name)
    expected = _edges(given)
    _write(name, given, [_link_datasets(), _link_flows(bw2data.Database(flows))])
    progress("reading back", 0.6)
    found = _edges([{**data, "code": key[1]} for key, data in bw2data.Database(name).load().items()])
    if found != expected:
        raise RoundTripChanged(
            f"{len(set(expected) ^ set(found))} exchange(s) changed on the way through Brightway"
        )
    return found


def _write(database: str, data: list[dict[str, Any]], strategies: list[Any]) -> None:
    from bw2io.importers.base_lci import LCIImporter

    importer = LCIImporter(database)
    importer.format = "Tanbiao fact tables"
    importer.data = data
    importer.strategies = strategies
    importer.apply_strategies()
    if unlinked := [exchange["code"] for exchange in importer.unlinked]:
        raise UnlinkedExchange(f"No such input: {', '.join(sorted(unlinked)[:20])}")
    importer.write_database(searchable=False)


def _link_datasets() -> Any:
    from bw2io.strategies import link_iterable_by_fields

    return partial(
        link_iterable_by_fields, fields=["code"], edge_kinds=["production", "technosphere"], internal=True
    )


def _link_flows(flows: Any) -> Any:
    from bw2io.strategies import link_iterable_by_fields

    return partial(link_iterable_by_fields, other=list(flows), fields=["code"], edge_kinds=["biosphere"])


def _edges(datasets: list[dict[str, Any]]) -> list[Edge]:
    edges = [
        Edge(
            data["code"],
            exchange["code"],
            exchange["type"] == "biosphere",
            exchange["amount"],
            exchange["fact"],
        )
        for data in datasets
        for exchange in data["exchanges"]
        if exchange["type"] != "production"
    ]
    return sorted(edges, key=lambda edge: (edge.dataset, edge.fact))
