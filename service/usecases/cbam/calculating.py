"""Embedded emissions of a version on a path, kept as evidence of what was said when.

Rules
1. A calculation is of one version, one path, one set of tables and one engine; done twice, it is kept once.
2. The tables are those in force at the end of the version's period, with every imported edition.
3. A stored calculation is never changed, and the tables it rests on are kept. With newer tables there is a newer one
   beside it, and both can be compared.
4. Looking writes nothing: :func:`current` computes what is not stored.
5. Default values of goods need no data of an installation: they have no calculation, ``defaults.look_up`` tells them.

Example: ``calculate(actor, Ask(key, Path.MIXED), services).done.goods``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.cbam.results import Calculation, Path
from lca.findings import Finding
from service.store.records import CbamCalculation
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import editing
from service.usecases.cbam.keeping import (
    InstallationView,
    installation_of,
    kept_tables,
    tables_of,
    view_of,
)
from service.usecases.common import new_id, record
from service.usecases.refusals import EvidenceChanged, GateClosed, InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from databases.cbam.values import TableInfo
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ask:
    """Of which installation, on which path, of which version (None: the newest)."""

    installation_id: str
    path: Path = Path.ACTUAL
    number: int | None = None


@dataclass(frozen=True, slots=True)
class CalculationView:
    """A calculation with what it is of; ``stored`` is None where it was computed for looking only."""

    view: InstallationView
    done: Calculation
    tables: Tables
    stored: CbamCalculation | None

    @property
    def digest(self) -> str:
        """The digest that names the calculation, stored or not."""
        from lca.cbam.storage import digest, write_calculation

        return self.stored.digest if self.stored else digest(write_calculation(self.done))

    @property
    def tables_digest(self) -> str:
        """Names the tables."""
        return self.done.tables_digest

    @property
    def infos(self) -> tuple[TableInfo, ...]:
        """Source, version and mark of every table."""
        return self.tables.infos


@dataclass(frozen=True, slots=True)
class GoodChange:
    """A good's specific embedded emissions per tonne before and after; None where it was or is not calculated."""

    id: str
    cn: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class TablesChange:
    """The newest stored calculation with other tables, and the one with the tables of today."""

    before: Calculation | None
    after: Calculation
    goods: tuple[GoodChange, ...]

    @property
    def changed(self) -> bool:
        """True when there is a calculation with other tables and those of today change a good's value."""
        return self.before is not None and any(one.before != one.after for one in self.goods)


def calculate(actor: Actor, command: Ask, services: Services) -> CalculationView:
    """Calculate and keep it, once (rules 1 and 2).

    Raises NotAllowed, NotFound, InvalidInput, EvidenceChanged, and GateClosed with every finding where an ERROR stops
    it.
    """
    allow(actor, Permission.CBAM_CALCULATE)
    found = current(actor, command, services)
    if found.stored is not None:
        return found
    return CalculationView(found.view, found.done, found.tables, _keep(actor, found, services))


def current(actor: Actor, command: Ask, services: Services) -> CalculationView:
    """The stored calculation, else a computed one; writes nothing (rule 4). Raises as :func:`calculate`."""
    from lca.cbam.calculate import VERSION

    allow(actor, Permission.CBAM_READ)
    if command.path is Path.DEFAULT:
        raise InvalidInput(field="path", problem="actual or mixed")  # rule 5
    with services.uow() as unit:
        view = view_of(actor, unit, command.installation_id, command.number)
        tables = tables_of(services, view.data.period.end)
        stored = unit.cbam_results.find(view.version.id, command.path.value, tables.digest, VERSION)
    if stored is not None:
        done = read(stored)
        if done.monitoring_digest != view.version.digest:
            raise EvidenceChanged(what=f"CBAM calculation {stored.id}")
        return CalculationView(view, done, tables, stored)
    return CalculationView(view, computed(view, command.path, tables), tables, None)


def check(actor: Actor, key: str, services: Services, number: int | None = None) -> tuple[Finding, ...]:
    """What the reader had to say about a version, and what the checks say of it. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        view = view_of(actor, unit, key, number)
    told = tuple(Finding.from_dict(one) for one in view.version.findings)
    return (*told, *editing.found_in(view.data, services))


def history(actor: Actor, key: str, services: Services) -> tuple[CbamCalculation, ...]:
    """Calculations of all versions, newest first, without content. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        return unit.cbam_results.of_installation(installation_of(actor, unit, key).id)


def newer_tables(actor: Actor, command: Ask, services: Services) -> TablesChange:
    """What tables imported since change in the goods (rule 3); writes nothing. Raises as :func:`calculate`."""
    now = current(actor, command, services)
    with services.uow() as unit:
        older = unit.cbam_results.newest(
            now.view.version.id, command.path.value, now.done.engine, but_tables=now.tables.digest
        )
    before = read(older) if older else None
    old = {good.id: good.see_per_tonne for good in before.goods} if before else {}
    goods = tuple(
        GoodChange(good.id, good.cn, good.name, old.get(good.id), good.see_per_tonne)
        for good in now.done.goods
    )
    return TablesChange(before, now.done, goods)


def computed(view: InstallationView, path: Path, tables: Tables) -> Calculation:
    """Calculate a version's data. Raises GateClosed with every finding."""
    from lca.cbam.calculate import NotCalculable, calculate

    try:
        return calculate(view.data, tables, path)
    except NotCalculable as error:
        raise GateClosed(error.findings) from error


def read(stored: CbamCalculation) -> Calculation:
    """A stored calculation. Raises EvidenceChanged when it is not what was stored."""
    import cattrs

    from lca.cbam.storage import digest, read_calculation

    try:
        if digest(stored.content) == stored.digest:
            return read_calculation(stored.content)
    except (cattrs.BaseValidationError, ValueError, TypeError) as error:
        raise EvidenceChanged(what=f"CBAM calculation {stored.id}") from error
    raise EvidenceChanged(what=f"CBAM calculation {stored.id}")


def _keep(actor: Actor, found: CalculationView, services: Services) -> CbamCalculation:
    """Store a computed calculation with its audit event; the stored one where somebody was quicker."""
    from databases.cbam.kept import keep
    from lca.cbam.storage import digest, write_calculation

    plain, now = write_calculation(found.done), services.clock()
    keep(kept_tables(services), found.tables)
    made = CbamCalculation(
        id=new_id(),
        version_id=found.view.version.id,
        path=found.done.path.value,
        tables_digest=found.tables.digest,
        engine=found.done.engine,
        content=json.loads(json.dumps(plain)),
        digest=digest(plain),
        created_by=actor.person_id,
        created_at=now,
    )
    with services.uow(write=True) as unit:
        installation_of(actor, unit, found.view.installation.id)  # it may have been taken back meanwhile
        already = _already(unit, made)
        if already is not None:
            return already
        unit.cbam_results.add(made)
        act = (Permission.CBAM_CALCULATE, f"cbam-calculation:{made.id}")
        record(unit, actor, act, now, (found.view.version.digest, made.digest))
        unit.commit()
    return made


def _already(unit: UnitOfWork, made: CbamCalculation) -> CbamCalculation | None:
    return unit.cbam_results.find(made.version_id, made.path, made.tables_digest, made.engine)
