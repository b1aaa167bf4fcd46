"""What is looked up for a claim: its units in the ledger, its footprint, other claims, stored files, the factor.

Rules
1. Nothing is taken from the claim but where to look. Units of another account are unknown, whoever names them.
2. A retirement that was reversed is no retirement: the units are told as they stand now, and where they cannot be told
   apart any more (split, or retired again) the position is unknown.
3. Units are used by another claim, balance or footprint where a dossier keeps them, or where a claim that waits or is
   issued names them. Certificates that the claimant's own balance keeps for the inventory behind the claim's label are
   not used twice by being told in the claim; nor are those of the account in a claim on the organisation or an event of
   it: a unit used for a product or a service is used for that only.
4. A claim is of the same subject where claimant, type and name, in either language, are the same; names are compared
   without width, case and spaces. Two batches under one label are two subjects.
5. Suppliers that keep no account here cannot be looked into, so whether they counted the same electricity is never
   known for certain (N14). What an earlier holder here uses is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from certificates.ledger.claims.checks.case import folded
from certificates.ledger.claims.model import (
    Claim,
    Facts,
    FootprintKind,
    OtherClaim,
    Standing,
    StoredFile,
    SubjectType,
    Units,
)
from certificates.ledger.entries import Acquire, Cause, Freeze, Retire
from certificates.ledger.positions import Position, State
from service.usecases.claims import files, footprints
from service.usecases.claims.dossier import PENDING, Held, person, stored
from service.usecases.claims.files import positions
from service.usecases.ledger import dossiers, looking, power_account, power_facts
from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.store.ledger_records import DossierRecord, Holding
    from service.store.repositories.ledger_book import StoredBook
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Other:
    """Another claim of the claimant, with how it stands where it was issued."""

    held: Held
    number: str = ""
    standing: Standing | None = None


def gather(unit: UnitOfWork, held: Held, on: date) -> Facts:
    """Everything a claim is held against on a day, as the store has it now. Raises EvidenceChanged."""
    record, claim = held.record, held.claim
    stored_files = tuple(_files(unit, held))
    others = tuple(_others(unit, record))
    return Facts(
        footprint=footprints.fact(unit, record, claim, {one.sha256 for one in stored_files}, on),
        units=units_of(unit, held, others),
        claims=tuple(_same_subject(claim, others)),
        files=stored_files,
        residual_factor=residual_factor(claim),
        upstream_known=False,
    )


def let_go(unit: UnitOfWork, held: Held) -> tuple[str, ...]:
    """Serials of the claim's certificates that neither it nor the claimant's balance behind it keeps any more."""
    told = tuple(dict.fromkeys(use.position for use in held.claim.electricity))
    gone = []
    for key in told:
        users = (unit.dossiers.get(one.dossier_id) for one in unit.ledger.uses_at([key]))
        kept = any(one and (one.id == held.record.id or _told_again(unit, held, one, key)) for one in users)
        there = unit.ledger.position(key)
        if there is not None and not kept:
            gone.append(there.lot.serial)
    return tuple(gone)


def residual_factor(claim: Claim) -> Decimal | None:
    """kgCO2/kWh of China's residual mix for the year in which the period ends, or of the newest year published before;
    None without a period, and before the first year published."""
    if claim.period.end is None:
        return None
    found = power_account.factor(power_account.RESIDUAL["CN"], claim.period.end.year)
    return found.value if found else None


# ---------- units ----------


def units_of(unit: UnitOfWork, held: Held, others: Iterable[_Other] | None = None) -> dict[str, Units]:
    """What the ledger knows of each position the claim names (rules 1 to 3)."""
    keys, account = positions(held.claim), held.record.organisation_id
    found = {key: there for key in keys if (there := unit.ledger.position(key)) is not None}
    own = {key: there for key, there in found.items() if there.position.account == account}
    book = unit.ledger.book(tuple(_probes(unit, own.values())))
    cited = _cited(_others(unit, held.record) if others is None else others)
    made = {}
    for key, there in own.items():
        position = _today(there, book)
        if position is not None:
            made[key] = _units(unit, held, position, book, cited.get(key, ()))
    return made


def _units(
    unit: UnitOfWork, held: Held, position: Position, book: StoredBook, cited: tuple[str, ...]
) -> Units:
    lot = book.lot(position.lot)
    opened = unit.ledger.entry(position.opened_by)
    if opened is None:
        raise EvidenceChanged(what=f"ledger entry {position.opened_by}")
    entry = looking.entry_of(opened)
    own, others = _users(unit, held, position)
    retired = entry if isinstance(entry, Retire) and position.state is State.RETIRED else None
    return Units(
        position=position,
        lot=lot,
        retire=retired,
        entry=opened.sequence if retired else 0,
        link=opened.link if retired else "",
        own=True,
        used_by=tuple(dict.fromkeys((*own, *cited))),
        upstream=others,
        rivals=book.rivals(lot),
    )


def _probes(unit: UnitOfWork, holdings: Iterable[Holding]) -> Iterator[Acquire | Freeze]:
    """Entries that touch what has to be looked at; they are never recorded."""
    lots = set()
    for there in holdings:
        position = there.position
        yield Freeze(
            on=position.opened_on,
            account=position.account,
            span=position.span,
            cause=Cause.DISPUTE,
            authority="",
        )
        if there.lot.electricity and position.lot not in lots:
            lots.add(position.lot)
            acquired = unit.ledger.entry(position.lot)
            entry = looking.entry_of(acquired) if acquired else None
            if isinstance(entry, Acquire):
                yield entry


def _today(there: Holding, book: StoredBook) -> Position | None:
    """Rule 2."""
    if there.closed_by is None:
        return there.position
    now = [one for one in book.overlapping(there.position.span) if one.account == there.position.account]
    same = [one for one in now if one.span == there.position.span and one.state is not State.RETIRED]
    return same[0] if same else None


def _users(unit: UnitOfWork, held: Held, position: Position) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rules 3 and 5: the claimant's own dossiers that keep units over these, and the nouns of others'."""
    own, others = [], []
    for use in unit.ledger.uses_over(position.span):
        user = unit.dossiers.get(use.dossier_id)
        if user is None or user.id == held.record.id:
            continue
        if user.organisation_id != held.record.organisation_id:
            others.append(user.noun)
        elif not _told_again(unit, held, user, position.key):
            own.append(f"{user.noun} {user.title}")
    return tuple(dict.fromkeys(own)), tuple(dict.fromkeys(others))


def _told_again(unit: UnitOfWork, held: Held, user: DossierRecord, key: str) -> bool:
    """True for the claimant's own balance behind electricity that the claim tells."""
    told = {use.position for use in held.claim.electricity}
    if user.noun != dossiers.POWER or key not in told:
        return False
    balance = power_facts.balance_of(user, dossiers.content_of(unit, user))
    if not balance.inventory:
        return held.claim.subject.type in (SubjectType.ORGANISATION, SubjectType.EVENT)
    return balance.inventory == _inventory(unit, held.claim)


def _inventory(unit: UnitOfWork, claim: Claim) -> str:
    """The inventory behind the claim's label; empty for what rests on a report."""
    if claim.footprint.kind is not FootprintKind.LABEL:
        return ""
    label = unit.labels.get(claim.footprint.number)
    study = unit.studies.get(label.study_id) if label else None
    return study.inventory_id if study else ""


# ---------- other claims, files ----------


def _others(unit: UnitOfWork, record: DossierRecord) -> Iterator[_Other]:
    """Claims of the same claimant that wait, are approved or were issued."""
    latest = unit.claims.latest_events()
    for other, content in unit.dossiers.newest(dossiers.CLAIM, organisation_id=record.organisation_id):
        if other.id == record.id:
            continue
        held = Held(other, stored(other, dossiers.plain(content)))
        issued = unit.claims.of_dossier(other.id)
        if issued is not None:
            event = latest.get(issued.number)
            yield _Other(held, issued.number, Standing(event.status) if event else Standing.IN_FORCE)
        elif other.status in PENDING:
            yield _Other(held)


def _cited(others: Iterable[_Other]) -> dict[str, tuple[str, ...]]:
    """Rule 3, by what claims say: positions with the claims that name them."""
    named: dict[str, tuple[str, ...]] = {}
    for one in others:
        said = f"claim {one.number or one.held.record.title}"
        for key in positions(one.held.claim):
            named[key] = (*named.get(key, ()), said)
    return named


def _same_subject(claim: Claim, others: Iterable[_Other]) -> Iterator[OtherClaim]:
    """Rule 4; a claim that was not issued claims no period."""
    for one in others:
        period = one.held.claim.period
        if one.standing is None or period.start is None or period.end is None:
            continue
        if _subjects(claim) & _subjects(one.held.claim):
            yield OtherClaim(one.number, period.start, period.end, one.standing)


def _subjects(claim: Claim) -> frozenset[tuple[str, str]]:
    """By what a subject is found again: its type with each of its names."""
    subject, kind = claim.subject, claim.subject.type.value if claim.subject.type else ""
    return frozenset((kind, name) for text in (subject.name.zh, subject.name.en) if (name := folded(text)))


def _files(unit: UnitOfWork, held: Held) -> Iterator[StoredFile]:
    """Files behind the claim with whoever stored them."""
    for one in files.found(unit, held.record, held.claim, files.named_by(unit, held.record)):
        yield StoredFile(one.sha256, one.person_id, person(unit, one.person_id).name)
