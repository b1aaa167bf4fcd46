"""Installed background releases: list, search, one dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.usecases.access import Actor, Permission, allow
from service.usecases.refusals import NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.catalogue import Exchange, Hit
    from databases.dataset import Dataset
    from databases.release import Release

MOST = 200


@dataclass(frozen=True, slots=True)
class SearchDatasets:
    """Search text and filters; empty filters do not filter. ``limit`` at most 200."""

    release: str
    text: str
    kind: str = ""
    unit: str = ""
    place: str = ""
    year: int | None = None
    complete_only: bool = True
    limit: int = 20


@dataclass(frozen=True, slots=True)
class DatasetView:
    """A dataset, its exchanges with source, and its scores (kgCO2e per unit) by method id."""

    dataset: Dataset
    exchanges: tuple[Exchange, ...]
    scores: dict[str, float]


def list_(actor: Actor, services: Services) -> tuple[Release, ...]:
    """Installed releases. Raises NotAllowed."""
    allow(actor, Permission.RELEASE_READ)
    return services.releases.installed()


def search(actor: Actor, command: SearchDatasets, services: Services) -> tuple[Hit, ...]:
    """Datasets that match, best first. Raises NotAllowed, ReleaseUnavailable."""
    allow(actor, Permission.RELEASE_READ)
    catalogue = services.releases.open(command.release).catalogue
    return tuple(
        catalogue.search(
            command.text,
            kind=command.kind or None,
            unit=command.unit or None,
            place=command.place or None,
            year=command.year,
            complete_only=command.complete_only,
            limit=max(1, min(command.limit, MOST)),
        )
    )


def dataset(actor: Actor, release: str, code: str, services: Services) -> DatasetView:
    """One dataset with its numbers. Raises NotAllowed, ReleaseUnavailable, NotFound."""
    from databases.catalogue import UnknownDataset

    allow(actor, Permission.RELEASE_READ)
    opened = services.releases.open(release)
    try:
        found = opened.catalogue.get(code)
    except UnknownDataset as error:
        raise NotFound(noun="dataset", key=code) from error
    scores = {method: float(opened.scores(method)[found.position]) for method in opened.methods}
    return DatasetView(found, tuple(opened.catalogue.exchanges(code)), scores)
