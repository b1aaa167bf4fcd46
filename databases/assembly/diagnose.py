"""What is odd about an assembled system before it is solved: self-loops, loops near their limit, gaps upstream.

Rules
1. A loop, or a dataset that takes its own product, is told from a gain of 0.9 on: nine tenths of what is made is used
   up within, and a small error in one amount moves the scores tenfold. The gain is the largest eigenvalue of needs
   over production (Hawkins and Simon 1949).
2. A dataset has gaps when an input of a product found no supplier or was cut off, and gaps upstream when a dataset
   in its supply chain has some.
3. An electricity mix that takes more than twice the electricity it supplies is told: such sources confuse kWh and MJ.
4. A loop whose gain is 1 by the digits of its shares determines nothing: the residue of rounding would stand for a
   result, and disturb the solution of everything else. The links among its members are opened, and it is told.
5. Members of a loop with a gain of 0.999 or more are never complete, and neither is whoever takes of one, directly or
   further down: a thousandfold of any error is no figure, however little of it is taken. The latter are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from databases import units
from databases.assembly.columns import SINGULAR
from databases.assembly.report import Loop, Trouble
from databases.content import CUT_OFF, TECHNOSPHERE, UNLINKED, Content, Exchanges
from databases.dataset import Dataset
from databases.gwp_sets import propagate
from databases.scores import LoopError, check_productive

NEAR = 0.9
HOPELESS = 0.999
POWER_RATIO = 2.0
CORE = 0.01
"""Share of the most involved member from which another belongs to the core of a singular loop."""
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
    """The datasets, those of loops near their limit and their takers no longer complete (rule 5)."""
    reached = _hopeless(content, found)
    return [
        replace(dataset, complete=False) if dataset.position in reached and dataset.complete else dataset
        for dataset in content.datasets
    ]


def takers_of_hopeless(content: Content, found: tuple[Loop, ...]) -> list[Trouble]:
    """Datasets outside such a loop that have a member of one in their supply chain (rule 5)."""
    reached, members = _hopeless(content, found), {code for loop in found for code in loop.members}
    named = [content.datasets[position] for position in sorted(reached)]
    return [
        Trouble("loop-upstream", dataset.code, dataset.name_en, "", "not-complete")
        for dataset in named
        if dataset.code not in members
    ]


def _hopeless(content: Content, found: tuple[Loop, ...]) -> dict[int, str]:
    members = {code for loop in found if loop.gain >= HOPELESS for code in loop.members}
    return propagate(content, {d.position: "loop" for d in content.datasets if d.code in members})


def technosphere(content: Content) -> Any:
    """The square matrix (n, n): +1 on the diagonal, inputs negative."""
    return _matrix(content.exchanges, len(content.datasets))


def _matrix(exchanges: Exchanges, size: int) -> Any:
    from scipy import sparse

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


@dataclass(frozen=True, slots=True)
class Singular:
    """A loop that determines nothing (rule 4): positions of its core."""

    gain: float
    members: tuple[int, ...]

    @property
    def links(self) -> frozenset[tuple[int, int]]:
        """(taker, supplier) of every link within it."""
        return frozenset(product(self.members, self.members))


def singular(exchanges: Exchanges, size: int) -> list[Singular]:
    """Loops that determine nothing (rule 4), each by the members that close it."""
    found = []
    for members, block in _components(_matrix(exchanges, size).tocsr()):
        if abs((gain := _gain(block)) - 1.0) <= SINGULAR:
            found.append(Singular(round(gain, 6), tuple(members[_core(block)].tolist())))
    return found


def among(opened: list[Singular], found: tuple[Loop, ...], content: Content) -> tuple[Loop, ...]:
    """The loops that were opened, by code, before those that are there."""
    codes = [tuple(content.datasets[position].code for position in loop.members) for loop in opened]
    return (*(Loop(loop.gain, members) for loop, members in zip(opened, codes, strict=True)), *found)


def _components(matrix: Any) -> Iterator[tuple[NDArray[np.intp], Any]]:
    """Positions and matrix of every loop of two or more, from a technosphere in rows."""
    from scipy.sparse.csgraph import connected_components

    labels = connected_components(matrix, directed=True, connection="strong")[1]
    for label in np.flatnonzero(np.bincount(labels) > 1):
        members = np.flatnonzero(labels == label)
        yield members, matrix[members][:, members]


def _core(block: Any) -> NDArray[np.bool_]:
    """The members of a component that hold its eigenvalue: large by what they take and by what is taken of them."""
    involved = np.ones(block.shape[0])
    for needs in (_needs(block), _needs(block).T.tocsr()):
        vector = np.ones(len(involved))
        for _ in range(_STEPS):
            vector = vector + needs @ vector
            vector /= vector.max()
        involved *= vector
    core: NDArray[np.bool_] = involved >= CORE * involved.max()
    return core


def loops(content: Content) -> tuple[Loop, ...]:
    """Groups that supply each other, or a dataset itself, near their limit (rule 1), the tightest first."""
    matrix = technosphere(content).tocsr()
    own = 1.0 - matrix.diagonal()
    found = []
    for members, block in _components(matrix):
        own[members] = 0.0
        gain = round(_gain(block), 6)
        if gain >= NEAR:
            codes = tuple(content.datasets[int(member)].code for member in members)
            found.append(Loop(gain, codes))
    for position in np.flatnonzero(own >= NEAR).tolist():
        found.append(Loop(round(float(own[position]), 6), (content.datasets[position].code,)))
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
    needs = _needs(block)
    vector = np.ones(block.shape[0])
    growth = 0.0
    for _ in range(_STEPS):
        image = vector + needs @ vector
        growth = float(image.max())
        vector = np.maximum(image / growth, 1e-300)
    return growth - 1.0


def _needs(block: Any) -> Any:
    """What members take of each other over what they make, credits left out, in rows."""
    from scipy import sparse

    diagonal: NDArray[np.float64] = block.diagonal()
    safe = np.where(diagonal > 0, diagonal, 1.0)
    needs = -(sparse.diags_array(1 / safe) @ block).tocsr()
    needs.setdiag(0)
    needs.data = np.maximum(needs.data, 0)
    return needs
