"""Rows of a comparison of two releases: datasets, studies and labels before and after (``release_updates``).

The numbers are those of :mod:`databases.comparison`; a dataset that states CO2e of another GWP set than the method's
has no number there and is treated as missing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from service.store.records import ImpactRow
from service.store.repositories.resting import Resting

if TYPE_CHECKING:
    from databases.comparison import Comparison, Rescored
    from databases.dataset import Dataset
    from databases.release import Release

GWP_SETS = ("AR5", "AR6")
EDGES = (-0.5, -0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2, 0.5)
"""Borders of the distribution of relative changes: eleven classes, the middle one is no change worth naming."""
ROUNDING = 1e-12
"""Relative difference that summing in another order may leave: no change."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two releases: datasets of the old one by position, and the comparison of GWP100 totals by GWP set."""

    old: tuple[Dataset, ...]
    new: int
    by_set: Mapping[str, Comparison]

    @property
    def positions(self) -> dict[str, int]:
        """Position in the old release by code."""
        return {dataset.code: dataset.position for dataset in self.old}


def compared(old: Release, new: Release) -> Compared:
    """Compare all datasets by the total of every GWP set that both releases have."""
    from databases.comparison import compare
    from databases.release import method_id

    before, after = tuple(old.catalogue.all()), tuple(new.catalogue.all())
    methods = {gwp_set: method_id(gwp_set, "total") for gwp_set in GWP_SETS}
    return Compared(
        before,
        len(after),
        {
            gwp_set: _serving(compare(old, new, method), after, gwp_set)
            for gwp_set, method in methods.items()
            if method in old.methods and method in new.methods
        },
    )


def _serving(comparison: Comparison, after: tuple[Dataset, ...], gwp_set: str) -> Comparison:
    """Without the successors that state another GWP set's CO2e only."""
    import numpy as np

    serves = np.array([dataset.gwp_set in ("", gwp_set) for dataset in after] + [False])  # -1 is the last
    return replace(comparison, successor=np.where(serves[comparison.successor], comparison.successor, -1))


def dataset_rows(found: Compared, threshold: float) -> tuple[dict[str, Any], list[ImpactRow]]:
    """Counts and distribution by GWP set, and the rows to keep, largest change first."""
    rows: list[ImpactRow] = []
    first = next(iter(found.by_set.values()), None)
    summary: dict[str, Any] = {
        "old": len(found.old),
        "new": found.new,
        "gone": len(first.only_old) if first is not None else len(found.old),
        "added": len(first.only_new) if first is not None else found.new,
        "edges": list(EDGES),
        "sets": {},
    }
    for gwp_set, comparison in found.by_set.items():
        counts: Counter[str] = Counter(compared=0, without_after=0, beyond=0, unchanged=0)
        bins = [0] * (len(EDGES) + 1)
        for dataset in found.old:
            if dataset.gwp_set not in ("", gwp_set):
                continue
            row = _dataset_row(dataset, comparison, gwp_set, threshold)
            counts["compared" if row.after is not None else "without_after"] += 1
            counts["beyond"] += row.beyond
            counts["unchanged"] += row.change == 0.0
            if row.change is not None:
                bins[bisect_right(EDGES, row.change)] += 1
            if row.beyond:
                rows.append(row)
        summary["sets"][gwp_set] = {**counts, "bins": bins}
    rows.sort(key=by_weight)
    return summary, rows


def study_rows(
    resting: Iterable[Resting], digest: str, found: Compared, threshold: float
) -> tuple[list[ImpactRow], dict[str, int]]:
    """A row for every study with a footprint on the release of this digest, and counts of those without."""
    left_out: Counter[str] = Counter(no_footprint=0, other_release=0)
    kept: dict[str, list[tuple[Resting, dict[int, float]]]] = {gwp_set: [] for gwp_set in found.by_set}
    positions = found.positions
    for study in resting:
        footprint = study.result.get("footprint")
        if study.release_digest != digest:
            left_out["other_release"] += 1
        elif not footprint or study.gwp_set not in kept:
            left_out["no_footprint"] += 1
        else:
            kept[study.gwp_set].append((study, _demand(footprint, positions)))
    rows = [row for gwp_set, studies in kept.items() for row in _rescored(studies, found, gwp_set, threshold)]
    rows.sort(key=by_weight)
    return rows, dict(left_out)


def by_weight(row: ImpactRow) -> tuple[bool, float, str]:
    """What has no change to state first, then by the size of the change."""
    return (row.change is not None, -abs(row.change or 0.0), row.object)


def _demand(footprint: Mapping[str, Any], positions: Mapping[str, int]) -> dict[int, float]:
    """What a study takes of each dataset, by position."""
    amounts: dict[int, list[float]] = {}
    for line in footprint["lines"]:
        amounts.setdefault(positions[line["dataset"]], []).append(line["amount"])
    return {position: math.fsum(values) for position, values in sorted(amounts.items())}


def _rescored(
    studies: list[tuple[Resting, dict[int, float]]], found: Compared, gwp_set: str, threshold: float
) -> list[ImpactRow]:
    """All studies of one GWP set at once: one sparse product."""
    import numpy as np

    from databases.comparison import Rows, rescore

    demands = [demand for _, demand in studies]
    rows = Rows(
        np.cumsum([0, *map(len, demands)], dtype=np.int64),
        np.array([position for demand in demands for position in demand], dtype=np.int64),
        np.array([amount for demand in demands for amount in demand.values()], dtype=np.float64),
    )
    result = rescore(rows, found.by_set[gwp_set])
    return [_study_row(index, study, result, found, threshold) for index, (study, _) in enumerate(studies)]


def _dataset_row(dataset: Dataset, comparison: Comparison, gwp_set: str, threshold: float) -> ImpactRow:
    before = float(comparison.old_scores[dataset.position])
    successor = int(comparison.successor[dataset.position])
    after = float(comparison.new_scores[successor]) if successor >= 0 else None
    change = _change(before, after)
    return ImpactRow(
        kind="dataset",
        object=dataset.code,
        study_id=None,
        name_zh=dataset.name_zh,
        name_en=dataset.name_en,
        unit=dataset.unit,
        gwp_set=gwp_set,
        exporter_id=None,
        institution_id=None,
        before=before,
        after=after,
        change=change,
        beyond=_beyond(change, threshold),
        missing=[dataset.code] if after is None else [],
    )


def _study_row(index: int, study: Resting, result: Rescored, found: Compared, threshold: float) -> ImpactRow:
    missing = sorted(found.old[position].code for position in result.missing.get(index, ()))
    before = float(study.result["footprint"]["total"])
    after = None if missing else float(result.after[index])
    change = _change(before, after)
    return ImpactRow(
        kind="label" if study.number else "study",
        object=study.number or study.study_id,
        study_id=study.study_id,
        name_zh=study.product_name_zh,
        name_en=study.product_name_en,
        unit="",
        gwp_set=study.gwp_set,
        exporter_id=study.exporter_id,
        institution_id=study.institution_id,
        before=before,
        after=after,
        change=change,
        beyond=_beyond(change, threshold),
        missing=missing,
    )


def _change(before: float, after: float | None) -> float | None:
    """Relative change; None where there is nothing after, or from zero to something, which no share describes."""
    if after is None or before == 0.0:
        return 0.0 if after == 0.0 else None
    change = (after - before) / abs(before)
    return change if abs(change) > ROUNDING else 0.0


def _beyond(change: float | None, threshold: float) -> bool:
    return change is None or (change != 0.0 and abs(change) >= threshold)
