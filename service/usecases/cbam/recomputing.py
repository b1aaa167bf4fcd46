"""Recompute: from a stored version and the tables as they were to the figures, compared with what was stored.

Rules
1. The road starts at the version's data, held against its digest, and at the tables kept with the calculation, held
   against theirs; where they are lost, at the editions imported until then (the audit chain knows), read again.
2. ``equal`` is the same digest. ``near`` is the same figures but for the last digits of the machine (:data:`NEAR`):
   another processor or Python adds in another order. Anything else is told field by field.
3. What cannot be rebuilt is an outcome, not an exception: ``tables-gone`` where neither what was kept nor the editions
   give the tables named, ``other-engine`` where other rules give other figures, ``damaged`` where what is stored is not
   what was stored.
4. Nothing is written. The check of every installation tells outcomes only: its figures are the exporters'.

Example: ``all(one.holds for one in recompute(actor, key, services))``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Path
from service.store.records import CbamCalculation, CbamVersion
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import calculating, keeping
from service.usecases.differences import Difference, compare
from service.usecases.refusals import EvidenceChanged, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from service.store.uow import UnitOfWork

NEAR = 1e-12
"""Relative difference of two numbers that counts as the same figure."""
MOST_TOLD = 50
NOT_COMPARED = "engine"


class Outcome(StrEnum):
    """How it ended; the first two hold (rules 2 and 3)."""

    EQUAL = "equal"
    NEAR = "near"
    DIFFERENT = "different"
    OTHER_ENGINE = "other-engine"
    TABLES_GONE = "tables-gone"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """One stored calculation, of version ``number`` on a path, and what came of it; ``digest`` is the stored one."""

    id: str
    number: int
    path: str
    digest: str
    created_at: datetime
    outcome: Outcome
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """True when the stored figures came out again."""
        return self.outcome in (Outcome.EQUAL, Outcome.NEAR)


def recompute(
    actor: Actor, key: str, services: Services, number: int | None = None
) -> tuple[Recomputed, ...]:
    """Every stored calculation of a version (the newest where none is named), newest first.

    Raises NotAllowed, NotFound.
    """
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        installation = keeping.installation_of(actor, unit, key)
        wanted = installation.version if number is None else number
        version = unit.cbam.version(installation.id, wanted)
        if version is None:
            raise NotFound(noun="version", key=str(number))
        ids = [one.id for one in unit.cbam_results.of_installation(installation.id)]
        return tuple(_of_version(version, ids, unit, services))


def tables_of_day(
    digest: str, on: date, made_at: datetime, unit: UnitOfWork, services: Services
) -> Tables | None:
    """The tables of a digest for a period's last day, as they were at a moment; None where they are gone (rule 1)."""
    return _Imports(unit, services).as_of(digest, on, made_at)


def recompute_every(actor: Actor, services: Services) -> Iterator[Recomputed]:
    """Every stored calculation of every installation, without figures (rule 4). Raises NotAllowed."""
    allow(actor, Permission.AUDIT_READ)
    return _every(services)


def _every(services: Services) -> Iterator[Recomputed]:
    with services.uow() as unit:
        listed = [
            (one.id, version.number)
            for one in unit.cbam.every()
            for version in unit.cbam.versions(one.id)[::-1]
        ]
    for key, number in listed:
        with services.uow() as unit:
            version = unit.cbam.version(key, number)
            ids = [one.id for one in unit.cbam_results.of_installation(key)]
            found = list(_of_version(version, ids, unit, services, told=0)) if version else []
        yield from found


def _of_version(
    version: CbamVersion, ids: list[str], unit: UnitOfWork, services: Services, told: int = MOST_TOLD
) -> Iterator[Recomputed]:
    imports = _Imports(unit, services)
    for id in ids:
        stored = unit.cbam_results.get(id)
        if stored is None or stored.version_id != version.id:
            continue
        outcome, differences = _one(version, stored, imports)
        yield Recomputed(
            id=stored.id,
            number=version.number,
            path=stored.path,
            digest=stored.digest,
            created_at=stored.created_at,
            outcome=outcome,
            differences=tuple(islice(differences, told)),
        )


def _one(
    version: CbamVersion, stored: CbamCalculation, imports: _Imports
) -> tuple[Outcome, list[Difference]]:
    """Rules 1 to 3."""
    try:
        data = keeping.read(version)
        calculating.read(stored)
    except EvidenceChanged:
        return Outcome.DAMAGED, []
    tables = imports.as_of(stored.tables_digest, data.period.end, stored.created_at)
    if tables is None:
        return Outcome.TABLES_GONE, []
    return _compared(stored, data, tables)


def _compared(stored: CbamCalculation, data: Monitoring, tables: Tables) -> tuple[Outcome, list[Difference]]:
    from lca.cbam.calculate import VERSION, NotCalculable, calculate
    from lca.cbam.storage import digest, write_calculation

    made: dict[str, Any]
    try:
        made = json.loads(json.dumps(write_calculation(calculate(data, tables, Path(stored.path)))))
    except NotCalculable as error:
        found = [Difference("findings", "—", str(error))]
    else:
        if digest(made) == stored.digest:
            return Outcome.EQUAL, []
        found = list(compare(stored.content, made | {NOT_COMPARED: stored.engine}, near=NEAR))
    if not found:
        return Outcome.NEAR, []
    return (Outcome.DIFFERENT if stored.engine == VERSION else Outcome.OTHER_ENGINE), found


class _Imports:
    """The tables there were at any moment (rule 1): kept, or as editions gave them; each set is read once."""

    def __init__(self, unit: UnitOfWork, services: Services) -> None:
        wanted = Permission.CBAM_TABLES_IMPORT
        self._root, self._kept = services.settings.cbam_tables, keeping.kept_tables(services)
        self._events = [event for event in unit.audit.events() if event.action == wanted]
        self._read: dict[tuple[str, ...], Tables | None] = {}

    def as_of(self, digest: str, on: date, made_at: datetime) -> Tables | None:
        """The tables of a digest: kept, else those of its day, all that is installed, or the packaged."""
        from databases.cbam.kept import kept
        from databases.cbam.shelf import EditionDamaged, applying

        found = kept(self._kept, digest)
        if found is not None:
            return found
        try:
            there = applying(self._root, on)
        except EditionDamaged:
            return None
        known = {event.object.partition(":")[2] for event in self._events if event.at <= made_at}
        then = tuple(one for one in there if one in known)
        given = (self._tables(names) for names in dict.fromkeys((then, there, ())))
        return next((one for one in given if one and one.digest == digest), None)

    def _tables(self, names: tuple[str, ...]) -> Tables | None:
        from databases.cbam.shelf import EditionDamaged
        from databases.cbam.tables import open_editions

        if names not in self._read:
            try:
                self._read[names] = open_editions(self._root, names)
            except EditionDamaged:
                self._read[names] = None
        return self._read[names]
