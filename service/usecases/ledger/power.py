"""Power balances: kWh of a site and period against retired units. Rules: ``certificates.ledger.power``.

Rules
1. An organisation balances its own electricity with units of its own account. A balance for a line of an inventory is
   seen by the institution the inventory was handed to, which changes nothing of it.
2. Everything that allocates is checked and used in one transaction; a position is used once in the whole ledger, by the
   dossier of the balance, until it is released.
3. What a balance must keep is in ``power_targets``; a balance that a label rests on stays as it is.

Example: ``allocate(actor, Allocate(balance_id, ("12.0",)), services)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from certificates.ledger import power, records
from certificates.ledger.days import day_of
from certificates.ledger.fields import FieldProblem, FormRefused
from certificates.ledger.instruments import instrument
from certificates.ledger.positions import State
from certificates.ledger.power import Balance, Cover, Retired
from certificates.ledger.power_lines import LineCover
from certificates.ledger.quantity import Unit as Measure
from service.store.ledger_records import DossierRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import read_inventory, study_of
from service.usecases.ledger import dossiers, power_facts, power_gate, power_targets, recording
from service.usecases.ledger.dossiers import POWER, Changed, Opened
from service.usecases.ledger.power_facts import CLOSED, balance_of
from service.usecases.ledger.refusals import FieldsRefused, StillAllocated
from service.usecases.pipeline import release_of
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


Draft = tuple[Balance, str, int | None, str | None]
"""A balance to be stored: itself, the note, the version looked at, the institution that sees it (None: as it is)."""


@dataclass(frozen=True, slots=True)
class ChangeBalance:
    """The whole form anew; ``version`` is the one the person looked at, None skips the check."""

    balance_id: str
    form: Mapping[str, Any]
    note: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Allocate:
    """Whole retired positions, by key, to be added to a balance."""

    balance_id: str
    positions: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Positions to be given back, all where none is named."""

    balance_id: str
    positions: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A balance with its units; ``cover`` counts units without a problem only, ``label`` is the one resting on it."""

    dossier: DossierRecord
    balance: Balance
    units: tuple[Retired, ...]
    cover: Cover
    problems: tuple[FieldProblem, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A retired position of the account, and what speaks against allocating it to a balance."""

    unit: Retired
    serial: str
    problems: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lines of a study's inventory that need cover; ``complete`` when nothing is missing."""

    study_id: str
    lines: tuple[LineCover, ...]

    @property
    def complete(self) -> bool:
        """True where no line lacks cover, also where none needs any."""
        return not any(one.missing for one in self.lines)


# ---------- keeping ----------


def open_(actor: Actor, form: Mapping[str, Any], services: Services) -> DossierRecord:
    """Open a balance. Raises NotAllowed, FieldsRefused, EvidenceUnknown, PowerLocked."""
    allow(actor, Permission.POWER_ALLOCATE)
    now = services.clock()
    balance = _read_form(form, day_of(now))
    with services.uow(write=True) as unit:
        institution = power_targets.check_target(actor, unit, balance, "")
        opened = Opened(POWER, balance.title, records.plain(balance), institution, "open")
        made = dossiers.open_(actor, unit, opened, now)
        unit.commit()
    return made


def change(actor: Actor, command: ChangeBalance, services: Services) -> DossierRecord:
    """Store the form as the next version; what is allocated must still fit.

    Raises NotAllowed, NotFound, FieldsRefused, EvidenceUnknown, PowerLocked, DossierChanged.
    """
    allow(actor, Permission.POWER_ALLOCATE)
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.balance_id)
        balance = _read_form(command.form, day_of(services.clock()), before.positions)
        if before.positions and (before.inventory, before.line) != (balance.inventory, balance.line):
            raise FieldsRefused([FieldProblem("target-fixed", "line")])
        institution = power_targets.check_target(actor, unit, balance, record.id)
        power_targets.require_fitting(actor, unit, record, balance)
        draft = (balance, command.note, command.version, institution)
        made = _keep(actor, unit, record, draft, services)
        unit.commit()
    return made


def allocate(actor: Actor, command: Allocate, services: Services) -> DossierRecord:
    """Add positions to a balance and take them into use (rule 2).

    Raises NotAllowed, NotFound, FieldsRefused with every reason, PowerLocked, DossierChanged, AlreadyUsed.
    """
    allow(actor, Permission.POWER_ALLOCATE)
    now = services.clock()
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.balance_id)
        if not command.positions:
            raise FieldsRefused([FieldProblem("needed", "positions")])
        balance = replace(before, positions=(*before.positions, *command.positions))
        power_targets.require_fitting(actor, unit, record, balance)
        for key in command.positions:
            recording.use(actor, unit, key, record.id, _purpose(balance), now)
        note = " ".join(f"+{key}" for key in command.positions)
        made = _keep(actor, unit, record, (balance, note, command.version, None), services)
        unit.commit()
    return made


def release(actor: Actor, command: Release, services: Services) -> DossierRecord:
    """Give positions back: they may be used for something else.

    Raises NotAllowed, NotFound, FieldsRefused, PowerLocked, DossierChanged.
    """
    allow(actor, Permission.POWER_ALLOCATE)
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.balance_id)
        wanted = command.positions or before.positions
        unknown = [key for key in wanted if key not in before.positions]
        if unknown or not wanted:
            listed = ({"position": key} for key in unknown or ["—"])
            raise FieldsRefused([FieldProblem("unit-unknown", "positions", one) for one in listed])
        unit.ledger.release(record.id, services.clock(), wanted)
        balance = replace(before, positions=tuple(key for key in before.positions if key not in wanted))
        note = " ".join(f"-{key}" for key in wanted)
        made = _keep(actor, unit, record, (balance, note, command.version, None), services)
        unit.commit()
    return made


def close(actor: Actor, balance_id: str, services: Services, *, version: int | None = None) -> DossierRecord:
    """Give a balance up; it counts nowhere any more.

    Raises NotAllowed, NotFound, StillAllocated, PowerLocked, DossierChanged.
    """
    allow(actor, Permission.POWER_ALLOCATE)
    with services.uow(write=True) as unit:
        record, balance = _own(actor, unit, balance_id)
        if balance.positions:
            raise StillAllocated(count=len(balance.positions))
        changed = Changed(records.plain(balance), CLOSED, version=version)
        made = dossiers.change(actor, unit, record, changed, services.clock())
        unit.commit()
    return made


# ---------- looking ----------


def list_(actor: Actor, services: Services) -> tuple[BalanceView, ...]:
    """The organisation's balances, and those of inventories handed to it, newest first. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = dossiers.listed(actor, unit, POWER)
        return tuple(_view(unit, record, balance_of(record, content)) for record, content in found)


def get(actor: Actor, balance_id: str, services: Services) -> BalanceView:
    """One balance. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        record, content = dossiers.get(actor, unit, POWER, balance_id)
        return _view(unit, record, balance_of(record, content))


def candidates(actor: Actor, balance_id: str, services: Services) -> tuple[Candidate, ...]:
    """Retired positions in MWh that nothing uses yet, those that fit first. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        record, content = dossiers.get(actor, unit, POWER, balance_id)
        balance, account = balance_of(record, content), record.organisation_id
        consumer = power_facts.consumer_of(unit, account)
        held = unit.ledger.holdings(account, day_of(services.clock()), state=State.RETIRED.value)
        free = [one for one in held if not one.used_by]
        units = power_facts.retired(unit, free)
    found = [
        Candidate(one, there.lot.serial, tuple(power.unit_problems(balance, one, consumer, record.id)))
        for there, one in zip(free, units, strict=True)
        if instrument(one.kind).unit is Measure.MWH
    ]
    return tuple(sorted(found, key=lambda one: len(one.problems)))


def coverage(actor: Actor, study_id: str, services: Services) -> Coverage:
    """What of a study's contracted electricity is covered, by the datasets of its newest assessment.

    Raises NotAllowed, NotFound, ReleaseUnavailable, EvidenceChanged.
    """
    allow(actor, Permission.STUDY_READ)
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        record = unit.inventories.get(study.inventory_id)
        assessment = unit.studies.latest_assessment(study_id)
        inventory = read_inventory(record) if record else None
        if inventory is None or not power_facts.contract_lines(inventory):
            return Coverage(study_id, ())
        named = power_gate.named_by(assessment, release_of(study, services))
        return Coverage(study_id, power_gate.covers(unit, study, inventory, named))


# ---------- steps ----------


def _read_form(form: Mapping[str, Any], today: date, positions: tuple[str, ...] = ()) -> Balance:
    try:
        return power.from_form(form, today, positions=positions)
    except FormRefused as refused:
        raise FieldsRefused(refused.problems) from refused


def _own(actor: Actor, unit: UnitOfWork, balance_id: str) -> tuple[DossierRecord, Balance]:
    """The balance for a change (rules 1 and 4). Raises NotFound, NotAllowed, PowerLocked."""
    record, content = dossiers.own(actor, unit, POWER, balance_id)
    balance = balance_of(record, content)
    power_targets.require_unlocked(actor, unit, balance)
    return record, balance


def _keep(
    actor: Actor, unit: UnitOfWork, record: DossierRecord, draft: Draft, services: Services
) -> DossierRecord:
    """Store the next version."""
    balance, note, version, institution = draft
    found = power.cover(balance, power_facts.units_of(unit, record.organisation_id, balance.positions))
    status = "open" if not found.covered else ("part-covered" if found.uncovered else "covered")
    changed = Changed(
        records.plain(balance), status, note, version, title=balance.title, institution_id=institution
    )
    return dossiers.change(actor, unit, record, changed, services.clock())


def _view(unit: UnitOfWork, record: DossierRecord, balance: Balance) -> BalanceView:
    account = record.organisation_id
    units = power_facts.units_of(unit, account, balance.positions)
    consumer = power_facts.consumer_of(unit, account)
    problems = {one: list(power.unit_problems(balance, one, consumer, record.id)) for one in units}
    usable = [one for one in units if not problems[one]]
    label = power_facts.label_on(unit, account, balance.inventory) if balance.inventory else ""
    told = tuple(found for one in units for found in problems[one])
    return BalanceView(record, balance, units, power.cover(balance, usable), told, label)


def _purpose(balance: Balance) -> str:
    """What a position is used for: the line of a product, or the organisation's account."""
    return f"product:{balance.inventory}/{balance.line}" if balance.inventory else "account"
