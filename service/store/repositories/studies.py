"""Studies with their choices, assessments and reviews: what belongs to one study is read and written here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from service.store.records import AssessmentRecord, ChoiceRecord, ReviewRecord, StudyRecord
from service.store.repositories.rows import row
from service.store.tables import assessments, choices, modellers, reviews, studies

_Row = TypeVar("_Row", AssessmentRecord, ReviewRecord)


class Studies:
    """Studies; ``change`` is the only way to alter one and it locks optimistically."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: StudyRecord) -> None:
        """Insert a new study; its opener is its first modeller."""
        self._connection.execute(sa.insert(studies).values(row(studies, record)))
        self.add_modeller(record.id, record.opened_by)

    def get(self, study_id: str) -> StudyRecord | None:
        """One study, or None."""
        row = self._connection.execute(sa.select(studies).where(studies.c.id == study_id)).mappings().first()
        return StudyRecord(**row) if row else None

    def list_(
        self, *, exporter_id: str | None = None, institution_id: str | None = None, status: str | None = None
    ) -> tuple[StudyRecord, ...]:
        """Newest first, of an exporter or of an institution; raises ValueError when neither is named."""
        if exporter_id is None and institution_id is None:
            raise ValueError("Studies are listed for somebody, never all of them.")
        query = sa.select(studies).order_by(studies.c.opened_at.desc(), studies.c.id)
        if exporter_id is not None:
            query = query.where(studies.c.exporter_id == exporter_id)
        if institution_id is not None:
            query = query.where(studies.c.institution_id == institution_id)
        if status is not None:
            query = query.where(studies.c.status == status)
        return tuple(StudyRecord(**row) for row in self._connection.execute(query).mappings())

    def every(self) -> tuple[StudyRecord, ...]:
        """All studies, for the check of the whole store only."""
        query = sa.select(studies).order_by(studies.c.opened_at, studies.c.id)
        return tuple(StudyRecord(**row) for row in self._connection.execute(query).mappings())

    def every_assessment(self) -> tuple[AssessmentRecord, ...]:
        """All assessments, for the check of the whole store only."""
        return tuple(self._of(assessments, AssessmentRecord))

    def every_review(self) -> tuple[ReviewRecord, ...]:
        """All reviews, for the check of the whole store only."""
        return tuple(self._of(reviews, ReviewRecord))

    def change(self, study_id: str, version: int, *, status: str) -> bool:
        """Set the status and raise the version, if the study is still at ``version``; False when it is not."""
        done = self._connection.execute(
            sa.update(studies)
            .where(studies.c.id == study_id, studies.c.version == version)
            .values(status=status, version=version + 1)
        )
        return done.rowcount == 1

    def modellers(self, study_id: str) -> frozenset[str]:
        """Ids of everybody who opened, linked or assessed the study."""
        query = sa.select(modellers.c.person_id).where(modellers.c.study_id == study_id)
        return frozenset(self._connection.execute(query).scalars())

    def add_modeller(self, study_id: str, person_id: str) -> None:
        """Remember that this person modelled; once is enough."""
        if person_id not in self.modellers(study_id):
            self._connection.execute(sa.insert(modellers).values(study_id=study_id, person_id=person_id))

    def choices(self, study_id: str) -> tuple[ChoiceRecord, ...]:
        """The choices in force, by key."""
        query = sa.select(choices).where(choices.c.study_id == study_id).order_by(choices.c.key)
        return tuple(ChoiceRecord(**row) for row in self._connection.execute(query).mappings())

    def choose(self, record: ChoiceRecord) -> None:
        """Put a choice in force instead of an earlier one for the same key."""
        self.withdraw(record.study_id, record.key)
        self._connection.execute(sa.insert(choices).values(row(choices, record)))

    def withdraw(self, study_id: str, key: str) -> None:
        """Take a choice away; nothing happens when there is none."""
        self._connection.execute(
            sa.delete(choices).where(choices.c.study_id == study_id, choices.c.key == key)
        )

    def add_assessment(self, record: AssessmentRecord) -> None:
        """Append an assessment."""
        self._append(assessments, record)

    def latest_assessment(self, study_id: str) -> AssessmentRecord | None:
        """The newest assessment, or None."""
        rows = self._of(assessments, AssessmentRecord, study_id, newest_only=True)
        return rows[0] if rows else None

    def add_review(self, record: ReviewRecord) -> None:
        """Append a review."""
        self._append(reviews, record)

    def reviews(self, study_id: str) -> tuple[ReviewRecord, ...]:
        """All reviews, newest first."""
        return tuple(self._of(reviews, ReviewRecord, study_id))

    def _append(self, table: sa.Table, record: AssessmentRecord | ReviewRecord) -> None:
        last = sa.select(sa.func.coalesce(sa.func.max(table.c.sequence), 0))
        sequence = self._connection.execute(last.where(table.c.study_id == record.study_id)).scalar_one() + 1
        values: dict[str, Any] = row(table, record, but="sequence")
        self._connection.execute(sa.insert(table).values(values | {"sequence": sequence}))

    def _of(
        self, table: sa.Table, kind: type[_Row], study_id: str = "", *, newest_only: bool = False
    ) -> Sequence[_Row]:
        columns = [column for column in table.c if column.name != "sequence"]
        query = sa.select(*columns).order_by(table.c.sequence.desc(), table.c.study_id)
        if study_id:
            query = query.where(table.c.study_id == study_id)
        if newest_only:
            query = query.limit(1)
        return [kind(**row) for row in self._connection.execute(query).mappings()]
