"""The project's own fact tables, linked, as the content of a release.

Rules
1. Factors are those of the tables, per set and part; a flow counts to the part that its row names.
2. The origin of the release is the digest of the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from databases.catalogue import Flow
from databases.content import BIOSPHERE, TECHNOSPHERE, Content, Exchanges, Method
from databases.dataset import Dataset
from databases.facts import Facts
from databases.release import GWP_SETS, METHOD_PARTS, PARTS, UNIT, method_id, method_title

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from databases.importers.tables import Edge


def starter_content(facts: Facts, edges: Sequence[Edge]) -> Content:
    """Everything in the tables, with the edges that Brightway linked (sorted by dataset)."""
    flows = sorted(facts.flows)
    return Content(
        datasets=_datasets(facts),
        flows=[_flow(facts.flows[code]) for code in flows],
        sources=[source for _, source in sorted(facts.sources.items())],
        exchanges=_exchanges(facts, edges),
        methods=[_method(facts, flows, gwp_set, part) for gwp_set in GWP_SETS for part in METHOD_PARTS],
        origin={"facts_sha256": facts.digest},
    )


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


def _method(facts: Facts, flows: list[str], gwp_set: str, part: str) -> Method:
    return Method(
        identifier=method_id(gwp_set, part),
        title=method_title(gwp_set, part),
        unit=UNIT,
        factors=characterisation(facts, flows, gwp_set, part),
        gwp_set=gwp_set,
        part=part,
        source=facts.gwp_source(gwp_set),
    )


def _flow(row: dict[str, str]) -> Flow:
    values: dict[str, Any] = {**row, "aircraft": row["aircraft"] == "1"}
    return Flow(**values)


def _datasets(facts: Facts) -> list[Dataset]:
    found = []
    for position, (_, row) in enumerate(sorted(facts.datasets.items())):
        values: dict[str, Any] = {
            **row,
            "position": position,
            "year": int(row["year"]),
            "complete": row["complete"] == "1",
            "gwp_set": "",
            "gwp_set_assumed": row["gwp_set_assumed"] == "1",
            "source": facts.sources[row["source"]],
        }
        found.append(Dataset(**values))
    return found


def _exchanges(facts: Facts, edges: Sequence[Edge]) -> Exchanges:
    import numpy as np

    dataset = {code: position for position, code in enumerate(sorted(facts.datasets))}
    flow = {code: index for index, code in enumerate(sorted(facts.flows))}
    rows = [facts.exchanges[edge.dataset][edge.fact] for edge in edges]
    inputs = [flow[edge.input] if edge.biosphere else dataset[edge.input] for edge in edges]
    kinds = [BIOSPHERE if edge.biosphere else TECHNOSPHERE for edge in edges]
    empty = [""] * len(rows)
    return Exchanges(
        dataset=np.array([dataset[edge.dataset] for edge in edges], dtype=np.int64),
        input=np.array(inputs, dtype=np.int64),
        kind=np.array(kinds, dtype=np.int8),
        amount=np.array([edge.amount for edge in edges], dtype=np.float64),
        name=empty,
        unit=empty,
        published=[row["published"] for row in rows],
        published_unit=[row["published_unit"] for row in rows],
        rule=[row["rule"] for row in rows],
        source=[row["source"] for row in rows],
        locator=[row["locator"] for row in rows],
        certainty=[row["certainty"] for row in rows],
        uncertainty=empty,
    )
