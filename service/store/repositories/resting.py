"""What rests on a release: studies, labels and comparisons, counted before it may go, read when it is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from service.store.tables import assessments, labels, release_impacts, studies


@dataclass(frozen=True, slots=True)
class Resting:
    """A study on a release with its latest assessment; ``number`` is its label's, or empty."""

    study_id: str
    exporter_id: str
    institution_id: str
    product_name_zh: str
    product_name_en: str
    gwp_set: str
    release_digest: str
    number: str
    result: dict[str, Any]


class RestingOnReleases:
    """Reads only."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def counts(self, release: str) -> dict[str, int]:
        """How many studies, labels and impacts name this release."""
        queries = {
            "studies": sa.select(sa.func.count()).select_from(studies).where(studies.c.release == release),
            "labels": sa.select(sa.func.count())
            .select_from(labels.join(studies, studies.c.id == labels.c.study_id))
            .where(studies.c.release == release),
            "impacts": sa.select(sa.func.count())
            .select_from(release_impacts)
            .where(sa.or_(release_impacts.c.old == release, release_impacts.c.new == release)),
        }
        return {name: int(self._connection.execute(query).scalar_one()) for name, query in queries.items()}

    def assessed(self, release: str) -> Iterator[Resting]:
        """Every study on the release that was assessed, with the latest assessment; by opening time and id."""
        newest = (
            sa.select(assessments.c.study_id, sa.func.max(assessments.c.sequence).label("sequence"))
            .group_by(assessments.c.study_id)
            .subquery()
        )
        query = (
            sa.select(
                studies.c.id.label("study_id"),
                *(
                    studies.c[name]
                    for name in ("exporter_id", "institution_id", "product_name_zh", "product_name_en")
                ),
                studies.c.gwp_set,
                studies.c.release_digest,
                sa.func.coalesce(labels.c.number, "").label("number"),
                assessments.c.result,
            )
            .join(newest, newest.c.study_id == studies.c.id)
            .join(
                assessments,
                sa.and_(
                    assessments.c.study_id == newest.c.study_id, assessments.c.sequence == newest.c.sequence
                ),
            )
            .outerjoin(labels, labels.c.study_id == studies.c.id)
            .where(studies.c.release == release)
            .order_by(studies.c.opened_at, studies.c.id)
        )
        for found in self._connection.execution_options(yield_per=200).execute(query).mappings():
            yield Resting(**found)
