"""Two releases side by side: what became of every dataset, and of everything computed with the older one.

Rules
1. A dataset's successor is the one with its code; where there is none, the one with the same name, unit, place
   and product, if that is unique in both releases. Nothing is matched by likeness.
2. A code that stays but whose unit changed is no successor: the numbers do not mean the same.
3. The relative change is (after - before) / |before|; where before is zero it is 0 for no change, else infinite.
4. A total that needs a dataset without a successor has no "after": it is not a number, and the datasets are
   listed. It is never computed without them.

Example: ``rescore(rows, compare(old, new, "gwp100-ar6.total"))`` for all studies of an institution at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from databases.dataset import Dataset
from databases.release import Release

Vector = NDArray[np.float64]
NONE = -1


@dataclass(frozen=True, slots=True)
class Comparison:
    """All datasets that both releases have, by one method.

    ``old`` and ``new`` (int64), ``before``, ``after`` and ``change`` (float64, rule 3) have one entry a pair, in
    order of the old position. ``successor`` (old datasets,) is the new position or -1. ``only_old`` and
    ``only_new`` are positions. ``old_scores`` and ``new_scores`` are the whole tables.
    """

    method: str
    old: NDArray[np.int64]
    new: NDArray[np.int64]
    before: Vector
    after: Vector
    change: Vector
    successor: NDArray[np.int64]
    only_old: NDArray[np.int64]
    only_new: NDArray[np.int64]
    old_scores: Vector = field(repr=False)
    new_scores: Vector = field(repr=False)

    def beyond(self, threshold: float) -> NDArray[np.int64]:
        """Indexes of the pairs whose change is larger than ``threshold`` (0.05 is 5 %), the largest first."""
        size = np.abs(self.change)
        order = np.argsort(-size, kind="stable")
        return order[size[order] > threshold].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Amounts of datasets by study, compressed: study i has the entries ``indptr[i]:indptr[i + 1]``.

    ``indptr`` (studies + 1,) and ``positions`` (entries,) int64, positions in the old release; ``amounts``
    (entries,) float64 in the datasets' units.
    """

    indptr: NDArray[np.int64]
    positions: NDArray[np.int64]
    amounts: Vector


@dataclass(frozen=True, slots=True)
class Rescored:
    """Totals of every study with the old and the new release, (studies,), in the method's unit.

    ``after`` and ``change`` are not a number where ``missing`` holds old positions without successor (rule 4);
    ``missing`` has an entry for these studies only, by index.
    """

    before: Vector
    after: Vector
    change: Vector
    missing: Mapping[int, tuple[int, ...]]


def compare(old: Release, new: Release, method: str) -> Comparison:
    """Every dataset of ``old`` with its successor in ``new``; raises KeyError for a method that one does not have.

    The unit of the method must be the same in both; raises ValueError where it is not.
    """
    if old.methods[method]["unit"] != new.methods[method]["unit"]:
        raise ValueError(f"{method} has another unit in {new.identifier} than in {old.identifier}.")
    before, after = np.asarray(old.scores(method)), np.asarray(new.scores(method))
    successor = successors(old.catalogue.all(), new.catalogue.all())
    kept = np.flatnonzero(successor != NONE)
    return Comparison(
        method=method,
        old=kept,
        new=successor[kept],
        before=before[kept],
        after=after[successor[kept]],
        change=relative_change(before[kept], after[successor[kept]]),
        successor=successor,
        only_old=np.flatnonzero(successor == NONE),
        only_new=np.setdiff1d(np.arange(len(after)), successor[kept]),
        old_scores=before,
        new_scores=after,
    )


def successors(old: list[Dataset], new: list[Dataset]) -> NDArray[np.int64]:
    """New position of every old dataset, -1 where there is none (rules 1 and 2), shape (old,)."""
    by_code = {dataset.code: dataset for dataset in new}
    found = np.full(len(old), NONE, dtype=np.int64)
    for dataset in old:
        twin = by_code.get(dataset.code)
        if twin is not None and twin.unit == dataset.unit:
            found[dataset.position] = twin.position
    codes = {dataset.code for dataset in old}
    free = _unique([dataset for dataset in new if dataset.code not in codes])
    left = _unique([dataset for dataset in old if dataset.code not in by_code])
    for key, dataset in left.items():
        if (twin := free.get(key)) is not None:
            found[dataset.position] = twin.position
    return found


def relative_change(before: Vector, after: Vector) -> Vector:
    """Rule 3, shape as given; what is not a number stays that."""
    gap = after - before
    with np.errstate(over="ignore"):  # over a number next to zero the change is infinite
        change = np.divide(gap, np.abs(before), out=np.zeros_like(gap), where=before != 0)
    change[(before == 0) & (gap > 0)] = np.inf
    change[(before == 0) & (gap < 0)] = -np.inf
    change[np.isnan(gap)] = np.nan
    return change


def rescore(rows: Rows, comparison: Comparison) -> Rescored:
    """Totals of every study before and after, one sparse product each. Raises ValueError for positions or shapes
    that are not those of the old release.
    """
    from scipy import sparse

    count, datasets = len(rows.indptr) - 1, len(comparison.successor)
    if len(rows.positions) and not (rows.positions.min() >= 0 and rows.positions.max() < datasets):
        raise ValueError("A position is not one of the old release.")
    matrix = sparse.csr_array((rows.amounts, rows.positions, rows.indptr), shape=(count, datasets))
    there = comparison.successor != NONE
    carried = np.where(there, comparison.new_scores[np.where(there, comparison.successor, 0)], 0.0)
    before, after = matrix @ comparison.old_scores, matrix @ carried
    missing = _missing(rows, there)
    after[list(missing)] = np.nan
    return Rescored(before, after, relative_change(before, after), missing)


def _missing(rows: Rows, there: NDArray[np.bool_]) -> dict[int, tuple[int, ...]]:
    """Rule 4; an amount of zero needs no successor."""
    entries = np.flatnonzero(~there[rows.positions] & (rows.amounts != 0))
    studies = np.searchsorted(rows.indptr, entries, side="right") - 1
    found: dict[int, list[int]] = {}
    for study, position in zip(studies.tolist(), rows.positions[entries].tolist(), strict=True):
        found.setdefault(study, []).append(position)
    return {study: tuple(dict.fromkeys(positions)) for study, positions in found.items()}


def _unique(datasets: list[Dataset]) -> dict[Hashable, Dataset]:
    """Datasets by (name, unit, place, product) where only one has that key."""
    keys = [_key(dataset) for dataset in datasets]
    counts = Counter(keys)
    return {key: dataset for key, dataset in zip(keys, datasets, strict=True) if counts[key] == 1}


def _key(dataset: Dataset) -> Hashable:
    """The product is the first of the synonyms, where importers put it."""
    product = dataset.synonyms.replace("|", ";").split(";")[0].strip().casefold()
    names = (dataset.name_zh.strip().casefold(), dataset.name_en.strip().casefold())
    return names, dataset.unit, dataset.place, product
