"""One line and the datasets that could stand for it: ranked candidates, a search, and what each would mean.

Rules
1. Only datasets of a kind that the line admits are offered (``lca.linking.KINDS``), complete ones only.
2. A dataset whose unit cannot be converted, or that serves another GWP set, is shown with the reason and cannot be
   chosen: the gate would refuse it.
3. Where nothing resembles the line's name, every dataset of its kind is offered instead of an empty page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from service.usecases import releases
from service.usecases.access import Actor
from service.usecases.releases import SearchDatasets
from service.usecases.services import Services
from service.web.present import StudyPage
from service.web.rows import LineRow
from service.web.words import UNITS, word

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from lca.linking import LinkedLine

MOST = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A dataset on offer: ``factor`` in kgCO2e per unit; ``obstacle`` says why it cannot be chosen."""

    dataset: Dataset
    factor: float | None
    score: float | None
    reasons: tuple[tuple[str, float], ...]
    obstacle: Any = ""


@dataclass(frozen=True, slots=True)
class LinkerPage:
    """The row, what is offered for it, and where the other lines without a dataset are."""

    row: LineRow
    candidates: tuple[Offer, ...]
    found: tuple[Offer, ...]
    text: str
    everything: bool
    missing: tuple[str, ...]

    @property
    def more(self) -> bool:
        """Whether the search found more than is shown."""
        return len(self.found) >= MOST


def linker_page(actor: Actor, page: StudyPage, key: str, text: str, services: Services) -> LinkerPage | None:
    """The choice of datasets for the item ``key`` of a study; None where it has no such item to link."""
    row = next((row for row in page.rows if row.key == key and row.linkable), None)
    if row is None:
        return None
    study = page.view.study
    wanted = text.strip()[:200]
    everything = not wanted and not row.linked.candidates
    hits = _search(actor, study.release, row.linked, wanted, services) if wanted or everything else ()
    proposed = row.linked.candidates if not wanted else ()
    known = {candidate.dataset.code for candidate in proposed}

    def offer(dataset: Dataset, score: float | None = None, reasons: Any = ()) -> Offer:
        scores = releases.dataset(actor, study.release, dataset.code, services).scores
        factor = scores.get(f"gwp100-{study.gwp_set.lower()}.total")
        return Offer(dataset, factor, score, tuple(reasons), obstacle(row.linked, dataset, study.gwp_set))

    return LinkerPage(
        row=row,
        candidates=tuple(offer(item.dataset, item.score, item.reasons) for item in proposed),
        found=tuple(offer(dataset) for dataset in hits if dataset.code not in known),
        text=wanted,
        everything=everything,
        missing=tuple(other.key for other in page.rows if other.open),
    )


def obstacle(linked: LinkedLine, dataset: Dataset, gwp_set: str) -> Any:
    """Why ``dataset`` cannot stand for the item (rule 2); empty where it can."""
    from databases import units

    unit = "tkm" if linked.leg is not None else linked.line.unit
    if units.dimension(dataset.unit) != units.dimension(unit):
        return _l(
            "Counts in %(theirs)s, the line in %(ours)s. Ask the exporter to state the line in %(theirs)s.",
            theirs=word(UNITS, dataset.unit),
            ours=word(UNITS, unit),
        )
    if dataset.gwp_set and dataset.gwp_set != gwp_set:
        return _l("Exists for IPCC %(set)s only.", set=dataset.gwp_set)
    return ""


def _search(
    actor: Actor, release: str, linked: LinkedLine, text: str, services: Services
) -> tuple[Dataset, ...]:
    from lca.linking import KINDS

    kinds = {"transport"} if linked.leg is not None else KINDS.get(linked.line.kind, frozenset())
    found = []
    for kind in sorted(kinds):
        command = SearchDatasets(release, text, kind=kind, limit=MOST)
        found += [hit.dataset for hit in releases.search(actor, command, services)]
    return tuple(found[:MOST])
