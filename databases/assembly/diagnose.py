"""What is odd about an assembled system before it is solved: self-loops, loops near their limit, gaps upstream.

Rules
1. A loop is told from a gain of 0.9 on: its members use nine tenths of what they make, and a small error in one
   amount moves its scores tenfold. The gain is the largest eigenvalue of needs over production (Hawkins and
   Simon 1949).
2. A dataset has gaps when an input of a product found no supplier or was cut off, and gaps upstream when a dataset
   in its supply chain has some.
3. An electricity mix that takes more than twice the electricity it supplies is told: such sources confuse kWh and MJ.
4. Members of a loop with a gain of 0.999 or more are never complete: a thousandfold of any error is no figure.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from databases import units
from databases.assembly.report import Loop, Trouble
from databases.content import CUT_OFF, TECHNOSPHERE, UNLINKED, Content
from databases.dataset import Dataset
from databases.gwp_sets import propagate
from databases.scores import LoopError, check_productive

NEAR = 0.9
HOPELESS = 0.999
POWER_RATIO = 2.0
_STEPS = 200


def with_gaps(content: Content) -> list[Dataset]:
    """The datasets with their own gaps counted and those upstream marked (rule 2)."""
    exchanges = content.exchanges
    missing = np.isin(exchanges.kind, (UNLINKED, CUT_OFF)) & (exchanges.amount != 0)
    gaps = np.bincount(exchanges.dataset[missing], minlength=len(content.datasets))
    reached = propagate(content, {int(position): "gap" for position in np.flatnonzero(gaps)})
    marked = []
    for dataset in content.datasets:
        own = int(gaps[dataset.position])
        upstream = dataset.position in reached and (not own or _fed(content, dataset.position, reached))
        marked.append(replace(dataset, gaps=own, gaps_upstream=upstream) if own or upstream else dataset)
    return marked


def without_hopeless(content: Content, found: tuple[Loop, ...]) -> list[Dataset]:
    """The datasets, those of loops near their limit no longer complete (rule 4)."""
    members = {code for loop in found if loop.gain >= HOPELESS for code in loop.members}
    return [
        replace(dataset, complete=False) if dataset.code in members else dataset
        for dataset in content.datasets
    ]


def technosphere(content: Content) -> Any:
    """The square matrix (n, n): +1 on the diagonal, inputs negative."""
    from scipy import sparse

    exchanges, size = content.exchanges, len(content.datasets)
    taken = exchanges.kind == TECHNOSPHERE
    where = (exchanges.input[taken], exchanges.dataset[taken])
    inputs = sparse.csc_array((exchanges.amount[taken], where), shape=(size, size))
    return (sparse.eye_array(size, format="csc") - inputs).tocsc()


def self_loops(content: Content) -> list[Trouble]:
    """Datasets that take their own product, with the share of it they take."""
    exchanges = content.exchanges
    own = (exchanges.kind == TECHNOSPHERE) & (exchanges.input == exchanges.dataset)
    troubles = []
    for position, amount in zip(exchanges.dataset[own].tolist(), exchanges.amount[own].tolist(), strict=True):
        dataset = content.datasets[position]
        troubles.append(Trouble("self-loop", dataset.code, dataset.name_en, f"{amount:.6g}", "kept"))
    return troubles


def loops(content: Content) -> tuple[Loop, ...]:
    """Groups that supply each other, near their limit (rule 1), the tightest first."""
    from scipy.sparse.csgraph import connected_components

    matrix = technosphere(content).tocsr()
    labels = connected_components(matrix, directed=True, connection="strong")[1]
    found = []
    for label in np.flatnonzero(np.bincount(labels) > 1):
        members = np.flatnonzero(labels == label)
        gain = round(_gain(matrix[members][:, members]), 6)
        if gain >= NEAR:
            codes = tuple(content.datasets[int(member)].code for member in members)
            found.append(Loop(gain, codes))
    return tuple(sorted(found, key=lambda loop: (-loop.gain, loop.members)))


def energy_balances(content: Content) -> list[Trouble]:
    """Electricity datasets that take more than twice the electricity they supply, gaps included (rule 3)."""
    exchanges, troubles = content.exchanges, []
    power = np.array([dataset.kind == "electricity" for dataset in content.datasets], dtype=bool)
    per_unit = np.array([_joules(dataset.unit) for dataset in content.datasets])
    taken = (exchanges.kind == TECHNOSPHERE) & (exchanges.amount > 0)
    taken[taken] = power[exchanges.input[taken]]
    inputs = exchanges.amount[taken] * per_unit[exchanges.input[taken]]
    sums = np.bincount(exchanges.dataset[taken], inputs, minlength=len(content.datasets))
    for position in np.flatnonzero(power & (per_unit > 0)):
        dataset = content.datasets[int(position)]
        ratio = (sums[position] + _named_power(content, int(position))) / per_unit[position]
        if ratio > POWER_RATIO:
            troubles.append(Trouble("energy-balance", dataset.code, dataset.name_en, f"{ratio:.3g}", "kept"))
    return troubles


def _named_power(content: Content, position: int) -> float:
    """MJ of electricity, by their names, among the inputs of a dataset that found no supplier."""
    exchanges = content.exchanges
    start, stop = np.searchsorted(exchanges.dataset, (position, position + 1))
    return sum(
        float(exchanges.amount[row]) * _joules(exchanges.unit[row])
        for row in range(int(start), int(stop))
        if exchanges.kind[row] in (UNLINKED, CUT_OFF) and "lectricity" in exchanges.name[row]
    )


def _joules(unit: str) -> float:
    """MJ in one unit of energy; 0 for any other unit."""
    try:
        return float(units.convert(Decimal(1), unit, "MJ"))
    except (units.UnknownUnit, units.UnitMismatch):
        return 0.0


def unproductive(content: Content) -> LoopError | None:
    """The loop that makes the system unsolvable, or None."""
    try:
        check_productive(technosphere(content), [dataset.code for dataset in content.datasets])
    except LoopError as error:
        return error
    return None


def _fed(content: Content, position: int, reached: dict[int, str]) -> bool:
    exchanges = content.exchanges
    start, stop = np.searchsorted(exchanges.dataset, (position, position + 1))
    rows = slice(int(start), int(stop))
    taken = exchanges.input[rows][exchanges.kind[rows] == TECHNOSPHERE]
    return any(supplier in reached for supplier in taken.tolist())


def _gain(block: Any) -> float:
    """Largest eigenvalue of needs over production of one component, by power iteration on I + T."""
    from scipy import sparse

    diagonal: NDArray[np.float64] = block.diagonal()
    safe = np.where(diagonal > 0, diagonal, 1.0)
    needs = -(sparse.diags_array(1 / safe) @ block).tocsr()
    needs.setdiag(0)
    needs.data = np.maximum(needs.data, 0)
    vector = np.ones(block.shape[0])
    growth = 0.0
    for _ in range(_STEPS):
        image = vector + needs @ vector
        growth = float(image.max())
        vector = np.maximum(image / growth, 1e-300)
    return growth - 1.0
