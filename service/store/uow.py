"""Unit of work: one transaction, the repositories bound to it, and ``commit`` said aloud.

Rules
1. Leaving the ``with`` block without ``commit`` rolls everything back, with or without an exception.
2. Several use cases never share a unit; a use case may open a reading unit first and a writing unit later,
   and then checks again what it relied on.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from service.store.engine import WRITES, open_engine
from service.store.repositories.audit import AuditChain
from service.store.repositories.cbam import CbamInstallations, CbamResults, CbamShipments
from service.store.repositories.claims import Claims
from service.store.repositories.desk import Desk
from service.store.repositories.dossiers import Dossiers
from service.store.repositories.impacts import Impacts
from service.store.repositories.inventories import Inventories
from service.store.repositories.jobs import Jobs
from service.store.repositories.labels import Labels
from service.store.repositories.ledger import Ledger
from service.store.repositories.ledger_files import LedgerFiles
from service.store.repositories.ledger_imports import LedgerImports
from service.store.repositories.licences import Licences
from service.store.repositories.log import Log
from service.store.repositories.marks import OfficialMarks
from service.store.repositories.memory import LinkMemory
from service.store.repositories.notices import Notices
from service.store.repositories.people import Organisations, People
from service.store.repositories.resting import RestingOnReleases
from service.store.repositories.standing import Standings
from service.store.repositories.studies import Studies


class UnitOfWork:
    """One transaction on the store. Use with ``with``; see the module's rules."""

    organisations: Organisations
    people: People
    inventories: Inventories
    studies: Studies
    labels: Labels
    standings: Standings
    marks: OfficialMarks
    desk: Desk
    log: Log
    jobs: Jobs
    licences: Licences
    impacts: Impacts
    notices: Notices
    resting: RestingOnReleases
    memory: LinkMemory
    cbam: CbamInstallations
    cbam_results: CbamResults
    shipments: CbamShipments
    claims: Claims
    ledger: Ledger
    ledger_files: LedgerFiles
    ledger_imports: LedgerImports
    dossiers: Dossiers
    audit: AuditChain

    def __init__(self, engine: sa.Engine, *, write: bool) -> None:
        self._engine = engine
        self._write = write

    def __enter__(self) -> Self:
        self._connection = self._engine.connect().execution_options(**{WRITES: self._write})
        try:
            self._transaction = self._connection.begin()
        except (
            BaseException
        ):  # the wait for the write lock was too long: the connection goes back to the pool
            self._connection.close()
            raise
        self.organisations = Organisations(self._connection)
        self.people = People(self._connection)
        self.inventories = Inventories(self._connection)
        self.studies = Studies(self._connection)
        self.labels = Labels(self._connection)
        self.standings = Standings(self._connection)
        self.marks = OfficialMarks(self._connection)
        self.desk = Desk(self._connection)
        self.log = Log(self._connection)
        self.jobs = Jobs(self._connection)
        self.licences = Licences(self._connection)
        self.impacts = Impacts(self._connection)
        self.notices = Notices(self._connection)
        self.resting = RestingOnReleases(self._connection)
        self.memory = LinkMemory(self._connection)
        self.cbam = CbamInstallations(self._connection)
        self.cbam_results = CbamResults(self._connection)
        self.shipments = CbamShipments(self._connection)
        self.claims = Claims(self._connection)
        self.ledger = Ledger(self._connection)
        self.ledger_files = LedgerFiles(self._connection)
        self.ledger_imports = LedgerImports(self._connection)
        self.dossiers = Dossiers(self._connection)
        self.audit = AuditChain(self._connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()
        self._connection.close()

    def commit(self) -> None:
        """Make everything of this unit durable. Raises RuntimeError for a unit opened for reading."""
        if not self._write:
            raise RuntimeError("A reading unit of work has nothing to commit: open it with write=True.")
        self._transaction.commit()


class Store:
    """A store, opened when first used: gives units of work. Callable: it is itself the ``uow`` of the services."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    @property
    def engine(self) -> sa.Engine:
        """Its connections; a SQLite file is made here, and not before."""
        with self._lock:
            if self._engine is None:
                self._engine = open_engine(self._url)
            return self._engine

    def __call__(self, *, write: bool = False) -> UnitOfWork:
        """A new unit of work."""
        return UnitOfWork(self.engine, write=write)

    def close(self) -> None:
        """Give back all connections."""
        if self._engine is not None:
            self._engine.dispose()
