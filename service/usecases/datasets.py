"""The catalogue of a release: search with filters, one dataset with all that is known of it, and what it is made of.

Rules
1. Values of a restricted release are shown to holders of its licence only (``release_licences``): others get names and
   documentation; every amount is NaN, published figures and rules are empty, and there are no scores.
2. A search asks for the rows that are shown (``databases.search``); a list that is exported asks for all of them.
3. Scores are those of the climate methods and of the method asked for: a release may have hundreds.

Example: ``search(actor, SearchDatasets("open-cn-2026.2", "铝", kind="material"), services)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.usecases import release_licences
from service.usecases.access import Actor, Permission, allow
from service.usecases.refusals import NotFound
from service.usecases.release_refusals import LicenceMissing
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.catalogue import Exchange, Found, Input
    from databases.contributions import Contribution
    from databases.dataset import Dataset
    from databases.release import Release
    from databases.search import Query

MOST = 200
"""Results of one page of a search."""
EVERYTHING = 100_000
VIEWS = ("first-tier", "process", "flow")
"""Ways to split a score: by direct input, by process and by elementary flow of the whole supply chain."""
MOST_CONTRIBUTIONS = 1000


@dataclass(frozen=True, slots=True)
class SearchDatasets:
    """Search text and filters; empty filters do not filter. ``source`` is a code. ``sort`` as in ``databases.search``,
    by names in ``language``. ``limit`` is at most :data:`MOST`, 0 for everything that matches.
    """

    release: str
    text: str
    kind: str = ""
    unit: str = ""
    place: str = ""
    year: int | None = None
    source: str = ""
    group: str = ""
    complete_only: bool = True
    sort: str = ""
    language: str = "zh"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Method:
    """An impact method of a release; ``group`` is the family its title begins with."""

    identifier: str
    title: str
    unit: str
    group: str


@dataclass(frozen=True, slots=True)
class DatasetView:
    """A dataset, its inputs with names and source, documentation, and scores (per unit) by method id (rule 3).

    ``gaps`` are the inputs that found no supplier or were cut off. ``values_hidden`` is rule 1.
    """

    dataset: Dataset
    inputs: tuple[Input, ...]
    scores: dict[str, float]
    documentation: str = ""
    licence: str = ""
    values_hidden: bool = False

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The inputs without their names."""
        return tuple(item.exchange for item in self.inputs)

    @property
    def linked(self) -> tuple[Input, ...]:
        """Inputs that are computed with."""
        return tuple(item for item in self.inputs if item.exchange.kind in ("technosphere", "biosphere"))

    @property
    def gaps(self) -> tuple[Input, ...]:
        """Inputs that are left out of the figure."""
        return tuple(item for item in self.inputs if item.exchange.kind not in ("technosphere", "biosphere"))


@dataclass(frozen=True, slots=True)
class AskContributions:
    """What a dataset's score is made of, by a view of :data:`VIEWS` under a method (empty: the usual one). Of processes
    and flows the ``limit`` largest are told apart from the rest.
    """

    release: str
    code: str
    method: str = ""
    view: str = "first-tier"
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Contributions:
    """The ``total`` score of a unit of the dataset under ``method`` and its parts, largest first, what a limit left out
    last as one (``databases.contributions``).
    """

    dataset: Dataset
    method: Method
    total: float
    parts: tuple[Contribution, ...]


def search(actor: Actor, command: SearchDatasets, services: Services, *, facets: bool = False) -> Found:
    """Datasets that match; with ``facets`` also how many there are and the counts of every filter's values.

    Raises NotAllowed, ReleaseUnavailable.
    """
    from databases.catalogue import Found

    allow(actor, Permission.RELEASE_READ)
    catalogue = services.releases.open(command.release).catalogue
    query = _query(command)
    if facets:
        return catalogue.browse(query)
    hits = tuple(catalogue.search(query))
    return Found(hits, len(hits))


def dataset(actor: Actor, release: str, code: str, services: Services, *, method: str = "") -> DatasetView:
    """One dataset with its numbers (rules 1 and 3); an unknown ``method`` is left out.

    Raises NotAllowed, ReleaseUnavailable, NotFound.
    """
    allow(actor, Permission.RELEASE_READ)
    opened = services.releases.open(release)
    found = _get(opened, code)
    inputs = tuple(opened.catalogue.inputs(code))
    told = (opened.catalogue.documentation(code), opened.licence)
    if not release_licences.visible(actor, opened, services):
        return DatasetView(found, tuple(map(_without_values, inputs)), {}, *told, values_hidden=True)
    wanted = [name for name, facts in opened.methods.items() if facts["gwp_set"] or name == method]
    scores = {name: float(opened.scores(name)[found.position]) for name in wanted}
    return DatasetView(found, inputs, scores, *told)


def factors(
    actor: Actor, release: str, codes: tuple[str, ...], method: str, services: Services
) -> dict[str, float]:
    """Scores of one unit by code under a method; empty where the values are hidden (rule 1) or the method is unknown.

    Raises NotAllowed, ReleaseUnavailable, NotFound.
    """
    allow(actor, Permission.RELEASE_READ)
    opened = services.releases.open(release)
    if method not in opened.methods or not release_licences.visible(actor, opened, services):
        return {}
    table = opened.scores(method)
    return {code: float(table[_get(opened, code).position]) for code in codes}


def methods(actor: Actor, release: str, services: Services) -> tuple[Method, ...]:
    """The methods of a release, climate change first, then by title. Raises NotAllowed, ReleaseUnavailable."""
    allow(actor, Permission.RELEASE_READ)
    opened = services.releases.open(release)
    found = [_method(opened, identifier) for identifier in opened.methods]
    return tuple(sorted(found, key=lambda one: (not one.identifier.startswith("gwp"), one.group, one.title)))


def usual_method(known: Iterable[str], dataset: Dataset) -> str:
    """Climate change over 100 years in the set that the dataset serves, the newest where it serves all; else the first
    method there is, empty where there is none.
    """
    names = list(known)
    bound = f"gwp100-{dataset.gwp_set.lower()}.total"
    wanted = (bound, "gwp100-ar6.total", "gwp100-ar5.total")
    return next((name for name in wanted if name in names), names[0] if names else "")


def contributions(actor: Actor, command: AskContributions, services: Services) -> Contributions:
    """Split a dataset's score. Raises NotAllowed, ReleaseUnavailable, NotFound (dataset, method or view),
    LicenceMissing.
    """
    allow(actor, Permission.RELEASE_READ)
    opened = services.releases.open(command.release)
    found = _get(opened, command.code)
    if not release_licences.visible(actor, opened, services):
        raise LicenceMissing(release=opened.identifier)
    command = replace(command, method=command.method or usual_method(opened.methods, found))
    if command.method not in opened.methods:
        raise NotFound(noun="method", key=command.method)
    if command.view not in VIEWS:
        raise NotFound(noun="view", key=command.view)
    total = float(opened.scores(command.method)[found.position])
    limit = max(1, min(command.limit, MOST_CONTRIBUTIONS))
    parts = tuple(_parts(opened, found, command, limit))
    return Contributions(found, _method(opened, command.method), total, parts)


def _parts(release: Release, dataset: Dataset, command: AskContributions, limit: int) -> list[Contribution]:
    from databases import contributions as split

    where = (release, dataset.position, command.method)
    if command.view == "process":
        return split.by_process(*where, limit)
    if command.view == "flow":
        return split.by_flow(*where, limit)
    return split.first_tier(*where)


def _query(command: SearchDatasets) -> Query:
    from databases.search import Query

    return Query(
        text=command.text,
        kinds=_one(command.kind),
        units=_one(command.unit),
        places=_one(command.place),
        years=(command.year,) if command.year is not None else (),
        sources=_one(command.source),
        groups=_one(command.group),
        complete_only=command.complete_only,
        sort=command.sort,
        language=command.language,
        offset=command.offset,
        limit=max(1, min(command.limit, MOST)) if command.limit else EVERYTHING,
    )


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _get(release: Release, code: str) -> Dataset:
    from databases.catalogue import UnknownDataset

    try:
        return release.catalogue.get(code)
    except UnknownDataset as error:
        raise NotFound(noun="dataset", key=code) from error


def _method(release: Release, identifier: str) -> Method:
    facts = release.methods[identifier]
    title = facts.get("title") or identifier
    group = title.partition("|" if "|" in title else ",")[0].strip()
    return Method(identifier, title, facts["unit"], group)


def _without_values(item: Input) -> Input:
    bare = replace(item.exchange, amount=math.nan, published="", published_unit="", rule="", uncertainty="")
    return replace(item, exchange=bare)
