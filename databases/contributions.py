"""Where a dataset's score comes from: its inputs one by one, every process of its supply chain, every flow.

Rules
1. First tier: the score is the direct emissions plus each input's amount times that input's score. By process
   and by flow: supply x solves A x = e for one unit, and process j gives x_j times its direct emissions.
2. What is shown sums to the score to 1e-9 of the sum of absolute shares, or ContributionsDisagree is raised. A
   list that is cut short says what the rest is.
3. Shares carry their sign: a credit is negative.

Example: ``first_tier(release, 7, "gwp100-ar6.total")[0].share`` is the largest input's part of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases.release import Release

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from databases.scores import Prepared

TOLERANCE = 1e-9
KEPT = 4
"""Releases whose matrices stay in memory: about 20 MB for 20,000 datasets."""
DIRECT, INPUT, PROCESS, FLOW, REST = "direct", "input", "process", "flow", "rest"


class ContributionsDisagree(ArithmeticError):
    """The parts do not add up to the score; nothing is shown."""

    def __init__(self, code: str, summed: float, score: float) -> None:
        super().__init__(f"{code}: the contributions add up to {summed!r}, the score is {score!r}.")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a score: ``amount`` in ``unit`` of the input, process or flow; ``score`` in the method's unit.

    ``kind`` is ``direct``, ``input``, ``process``, ``flow`` or ``rest`` (all others together; no code);
    ``share`` is the part of the whole score, 0 where that is 0.
    """

    kind: str
    code: str
    name_zh: str
    name_en: str
    amount: float
    unit: str
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class _Matrices:
    """``technosphere`` CSC (n, n), prepared for solving, and ``biosphere`` CSC (flows, n)."""

    technosphere: Any
    biosphere: Any
    prepared: Prepared


def first_tier(release: Release, position: int, method: str) -> list[Contribution]:
    """Direct emissions and every input, the largest first; they sum to the dataset's score.

    Raises IndexError for a position and KeyError for a method that the release does not have.
    """
    dataset = release.catalogue.by_position(position)
    matrices, table = _matrices(release), release.scores(method)
    score = float(table[position])
    column = matrices.technosphere[:, [position]].tocoo()
    # What a dataset takes of itself is on the diagonal with its own output: one unit less what is left of it.
    taken = {
        int(row): -float(value) for row, value in zip(column.row, column.data, strict=True) if row != position
    }
    own = 1.0 - float(matrices.technosphere[position, position])
    if own:
        taken[position] = own
    parts = [
        _dataset_part(release, INPUT, row, amount, amount * float(table[row]), score)
        for row, amount in taken.items()
    ]
    direct = float(_direct(release, method)[position])
    parts.append(
        Contribution(
            DIRECT, "", dataset.name_zh, dataset.name_en, 1.0, dataset.unit, direct, _share(direct, score)
        )
    )
    return _checked(dataset.code, parts, score)


def by_process(release: Release, position: int, method: str, limit: int = 20) -> list[Contribution]:
    """Processes of the whole supply chain by what they emit themselves, the largest first, and the rest.

    Raises IndexError, KeyError, and the errors of ``databases.scores``.
    """
    import numpy as np

    dataset = release.catalogue.by_position(position)
    supply = _supply(release, position)
    scores = supply * _direct(release, method)
    score = float(release.scores(method)[position])
    order = np.argsort(-np.abs(scores), kind="stable")
    order = order[scores[order] != 0]
    parts = [
        _dataset_part(release, PROCESS, row, float(supply[row]), float(scores[row]), score)
        for row in order[:limit].tolist()
    ]
    return _checked(dataset.code, parts + _rest(scores[order[limit:]], score), score)


def by_flow(release: Release, position: int, method: str, limit: int = 20) -> list[Contribution]:
    """Elementary flows of the whole supply chain by their effect, the largest first, and the rest.

    Raises as :func:`by_process`.
    """
    import numpy as np

    dataset = release.catalogue.by_position(position)
    amounts = _matrices(release).biosphere @ _supply(release, position)
    scores = amounts * _factors(release, method)
    score = float(release.scores(method)[position])
    order = np.argsort(-np.abs(scores), kind="stable")
    order = order[scores[order] != 0]
    flows = release.catalogue.flows()
    parts = []
    for row in order[:limit].tolist():
        flow, value = flows[row], float(scores[row])
        names = (flow.code, flow.name_zh or flow.name_en, flow.name_en or flow.name_zh)
        parts.append(Contribution(FLOW, *names, float(amounts[row]), flow.unit, value, _share(value, score)))
    return _checked(dataset.code, parts + _rest(scores[order[limit:]], score), score)


def _supply(release: Release, position: int) -> NDArray[np.float64]:
    """Production of every dataset for one unit of the one at ``position``; its residual is checked by the solver."""
    import numpy as np

    demand = np.zeros(release.manifest["counts"]["datasets"])
    demand[position] = 1.0
    return _matrices(release).prepared.supply(demand)


def _dataset_part(
    release: Release, kind: str, position: int, amount: float, value: float, score: float
) -> Contribution:
    dataset = release.catalogue.by_position(position)
    names = (dataset.code, dataset.name("zh"), dataset.name("en"))
    return Contribution(kind, *names, amount, dataset.unit, value, _share(value, score))


def _share(value: float, score: float) -> float:
    return value / score if score else 0.0


def _rest(scores: NDArray[np.float64], score: float) -> list[Contribution]:
    """All that a limit leaves out, as one part; nothing where nothing is left out."""
    if not len(scores):
        return []
    value = float(scores.sum())
    return [Contribution(REST, "", "", "", float(len(scores)), "", value, _share(value, score))]


def _checked(code: str, parts: list[Contribution], score: float) -> list[Contribution]:
    """Rule 2; sorted by size, the rest last."""
    summed, size = sum(part.score for part in parts), sum(abs(part.score) for part in parts) + abs(score)
    if not abs(summed - score) <= TOLERANCE * size:
        raise ContributionsDisagree(code, summed, score)
    return sorted(parts, key=lambda part: (part.kind == REST, -abs(part.score), part.code))


def _matrices(release: Release) -> _Matrices:
    counts = release.manifest["counts"]
    return _loaded(release.digest, release.datapackage_paths([])[0], counts["datasets"], counts["flows"])


@lru_cache(maxsize=KEPT)
def _loaded(digest: str, path: Path, datasets: int, flows: int) -> _Matrices:  # noqa: ARG001 - part of the key
    from databases import packages
    from databases.scores import Prepared

    technosphere, biosphere = packages.load_background(path, datasets, flows)
    return _Matrices(technosphere, biosphere, Prepared(technosphere))


def _factors(release: Release, method: str) -> NDArray[np.float64]:
    path = release.datapackage_paths([method])[1]
    return _loaded_factors(release.digest, path, release.manifest["counts"]["flows"])


@lru_cache(maxsize=64)
def _loaded_factors(digest: str, path: Path, flows: int) -> NDArray[np.float64]:  # noqa: ARG001 - part of the key
    from databases import packages

    return packages.load_characterisation(path, flows)


def _direct(release: Release, method: str) -> NDArray[np.float64]:
    """Characterised direct emissions of one unit of every dataset."""
    found: NDArray[np.float64] = _factors(release, method) @ _matrices(release).biosphere
    return found
