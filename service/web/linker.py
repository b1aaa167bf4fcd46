"""One line and the datasets that could stand for it: ranked candidates, a search, and what each would mean.

Rules
1. Only datasets of a kind that the line admits are offered (``lca.linking.KINDS``), complete ones only.
2. A dataset whose unit cannot be converted, or that serves another GWP set, is shown with the reason and cannot be
   chosen: the gate would refuse it.
3. Where nothing resembles the line's name, every dataset of its kind is offered instead of an empty page.
4. What was confirmed before for this exporter stands first and says when, by whom and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from service.usecases import datasets
from service.usecases.access import Actor
from service.usecases.datasets import SearchDatasets
from service.usecases.services import Services
from service.web.present import StudyPage
from service.web.rows import LineRow
from service.web.words import UNITS, word

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from lca.linking import LinkedLine
    from lca.matching import Candidate, Confirmed

MOST = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A dataset on offer: ``factor`` in kgCO2e per unit, None where it may not be seen; ``obstacle`` says why it cannot
    be chosen, ``confirmed`` that it was chosen before.
    """

    dataset: Dataset
    factor: float | None
    score: float | None
    reasons: tuple[tuple[str, float], ...]
    obstacle: Any = ""
    confirmed: Confirmed | None = None


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

    codes = tuple({one.dataset.code for one in proposed} | {dataset.code for dataset in hits})
    method = f"gwp100-{study.gwp_set.lower()}.total"
    factors = datasets.factors(actor, study.release, codes, method, services)

    def offer(dataset: Dataset, candidate: Candidate | None = None) -> Offer:
        score, reasons = (candidate.score, candidate.reasons) if candidate else (None, ())
        confirmed = candidate.confirmed if candidate else None
        hindrance = obstacle(row.linked, dataset, study.gwp_set)
        return Offer(dataset, factors.get(dataset.code), score, reasons, hindrance, confirmed)

    return LinkerPage(
        row=row,
        candidates=tuple(offer(item.dataset, item) for item in proposed),
        found=tuple(offer(dataset) for dataset in hits if dataset.code not in known),
        text=wanted,
        everything=everything,
        missing=tuple(other.key for other in page.rows if other.open),
    )


def obstacle(linked: LinkedLine, dataset: Dataset, gwp_set: str) -> Any:
    """Why ``dataset`` cannot stand for the item (rule 2); empty where it can."""
    from lca.linking import matched_unit

    unit = "tkm" if linked.leg is not None else matched_unit(linked.line)
    if not _converts(dataset.unit, unit):
        return _l(
            "Counts in %(theirs)s, the line in %(ours)s. Ask the exporter to state the line in %(theirs)s.",
            theirs=word(UNITS, dataset.unit),
            ours=word(UNITS, unit),
        )
    if dataset.gwp_set and dataset.gwp_set != gwp_set:
        return _l("Exists for IPCC %(set)s only.", set=dataset.gwp_set)
    return ""


def _converts(theirs: str, ours: str) -> bool:
    from databases import units

    try:
        return units.dimension(theirs) == units.dimension(ours)
    except units.UnknownUnit:
        return False


def _search(
    actor: Actor, release: str, linked: LinkedLine, text: str, services: Services
) -> tuple[Dataset, ...]:
    from lca.linking import KINDS

    kinds = {"transport"} if linked.leg is not None else KINDS.get(linked.line.kind, frozenset())
    found = []
    for kind in sorted(kinds):
        command = SearchDatasets(release, text, kind=kind, limit=MOST)
        found += [hit.dataset for hit in datasets.search(actor, command, services).hits]
    return tuple(found[:MOST])
