"""Lines that no installed release can answer, found while the workbook is still in the exporter's hands.

Rules
1. A line, or a leg, is recognised when its dataset code exists, or when its name has at least one candidate of an
   admitted kind and unit (``lca.matching``). Which of several candidates is right is the institution's to choose.
2. Cut-off lines and intermediate lines need no dataset.
3. A code that no release has is an error; so is a name without any candidate.

Example: ``unrecognised(reading.lines, releases)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from databases.catalogue import UnknownDataset
from lca.findings import Finding, Place
from lca.inventory import Line, LineKind
from lca.linking import GROUPS, KINDS, kind_words, matched_unit
from lca.matching import Wanted, rank

if TYPE_CHECKING:
    from databases.release import Release

MATCHES_NOTHING = "line-matches-nothing"


def unrecognised(lines: Iterable[Line], releases: Sequence[Release]) -> tuple[Finding, ...]:
    """An ERROR for every line and leg that none of the releases can answer; none where no release is installed."""
    known: dict[Wanted, bool] = {}
    return tuple(
        finding
        for place, code, wanted in _items(lines)
        if releases and (finding := _judge(place, code, wanted, releases, known))
    )


def _items(lines: Iterable[Line]) -> Iterator[tuple[Place, str, Wanted]]:
    for line in lines:
        if line.cutoff_reason:
            continue
        if line.kind is not LineKind.INTERMEDIATE:
            source = line.electricity_source if line.kind is LineKind.ELECTRICITY else None
            groups = GROUPS[source] if source else frozenset[str]()
            wanted = Wanted(line.name, matched_unit(line), KINDS[line.kind], groups, "GLO", 0, 0)
            yield _at(line.place, line.number), line.dataset, wanted
        for leg in line.legs:
            wanted = Wanted(leg.mode, "tkm", KINDS[LineKind.TRANSPORT], frozenset(), "GLO", 0, 0)
            yield _at(leg.place, f"{line.number}/{leg.number}"), leg.dataset, wanted


def _judge(
    place: Place, code: str, wanted: Wanted, releases: Sequence[Release], known: dict[Wanted, bool]
) -> Finding | None:
    if code:
        if any(_has(release, code) for release in releases):
            return None
        named = ", ".join(release.identifier for release in releases)
        return Finding.error("dataset-unknown", place, dataset=code, release=named, near="—")
    if wanted not in known:
        known[wanted] = any(rank(wanted, release.catalogue) for release in releases)
    if known[wanted]:
        return None
    return Finding.error(MATCHES_NOTHING, place, name=wanted.name, near="—", kinds=kind_words(wanted.kinds))


def _has(release: Release, code: str) -> bool:
    try:
        release.catalogue.get(code)
    except UnknownDataset:
        return False
    return True


def _at(place: Place, key: str) -> Place:
    return Place(place.sheet, place.row, place.cell, key)
