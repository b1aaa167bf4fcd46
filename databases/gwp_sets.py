"""Which datasets are bound to one set of global warming potentials, because figures in them come as CO2e only.

Rules
1. A flow of gas ``unspecified`` with a factor in one GWP set only is bound to that set.
2. A dataset whose supply chain contains a bound flow carries that flow's set; two different sets in one chain
   cannot be added, and stop the build.
3. An assumed set is handed on with the same chain.

Example: power whose source prints kgCO2e/kWh by AR5 binds every product made with it to AR5.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from databases.content import BIOSPHERE, TECHNOSPHERE, Content
from databases.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

UNSPECIFIED = "unspecified"


class MixedGwpSets(ValueError):
    """A supply chain adds CO2e figures that rest on different GWP sets; such a sum has no meaning."""

    def __init__(self, dataset: str, sets: Sequence[str]) -> None:
        self.dataset, self.sets = dataset, tuple(sorted(sets))
        super().__init__(f"{dataset}: {' and '.join(self.sets)} figures in one supply chain")


def bind(content: Content) -> list[Dataset]:
    """The datasets with ``gwp_set`` and ``gwp_set_assumed`` as their supply chains demand (rules 1 to 3).

    A dataset of the content that says ``gwp_set_assumed`` is where an assumption begins. Raises MixedGwpSets.
    """
    codes = [dataset.code for dataset in content.datasets]
    sets = propagate(content, _seeds(content, codes))
    assumed = propagate(content, {d.position: "assumed" for d in content.datasets if d.gwp_set_assumed})
    return [_bound(dataset, sets, assumed) for dataset in content.datasets]


def _bound(dataset: Dataset, sets: Mapping[int, str], assumed: Mapping[int, str]) -> Dataset:
    gwp_set = sets.get(dataset.position, "")
    known = bool(gwp_set) and dataset.position in assumed
    if (dataset.gwp_set, dataset.gwp_set_assumed) == (gwp_set, known):
        return dataset
    return replace(dataset, gwp_set=gwp_set, gwp_set_assumed=known)


def propagate(content: Content, seeds: Mapping[int, str]) -> dict[int, str]:
    """Mark of every dataset (by position) that has a marked one in its supply chain; seeds are marked themselves.

    Raises MixedGwpSets where two different marks meet. Zero amounts hand nothing on.
    """
    marks = dict(seeds)
    if not marks:
        return marks
    starts, consumers = _consumers(content)
    queue = list(seeds)
    while queue:
        supplier = queue.pop()
        for consumer in consumers[starts[supplier] : starts[supplier + 1]].tolist():
            if consumer not in marks:
                marks[consumer] = marks[supplier]
                queue.append(consumer)
            elif marks[consumer] != marks[supplier]:
                raise MixedGwpSets(content.datasets[consumer].code, (marks[consumer], marks[supplier]))
    return marks


def bound_flows(content: Content) -> dict[int, str]:
    """The only GWP set that a CO2e-only flow has a factor in, by index of the flow (rule 1)."""
    totals = [method for method in content.methods if method.gwp_set and method.part == "total"]
    found = {}
    for index, flow in enumerate(content.flows):
        if flow.gas == UNSPECIFIED:
            sets = {method.gwp_set for method in totals if method.factors[index]}
            if len(sets) == 1:
                found[index] = sets.pop()
    return found


def _seeds(content: Content, codes: list[str]) -> dict[int, str]:
    bound = bound_flows(content)
    if not bound:
        return {}
    exchanges = content.exchanges
    emitted = (exchanges.kind == BIOSPHERE) & (exchanges.amount != 0)
    emitted &= np.isin(exchanges.input, list(bound))
    seeds: dict[int, str] = {}
    for dataset, flow in zip(
        exchanges.dataset[emitted].tolist(), exchanges.input[emitted].tolist(), strict=True
    ):
        if seeds.setdefault(dataset, bound[flow]) != bound[flow]:
            raise MixedGwpSets(codes[dataset], (seeds[dataset], bound[flow]))
    return seeds


def _consumers(content: Content) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Consumers of every dataset, one after the other, and where those of each supplier begin, (n + 1,)."""
    exchanges = content.exchanges
    taken = (exchanges.kind == TECHNOSPHERE) & (exchanges.amount != 0)
    suppliers, consumers = exchanges.input[taken], exchanges.dataset[taken]
    order = np.argsort(suppliers, kind="stable")
    counts = np.bincount(suppliers, minlength=len(content.datasets))
    return np.concatenate(([0], np.cumsum(counts))), consumers[order]
