"""Records of the ledger as the store keeps them: entries, lots, positions held, uses, evidence, dossiers, claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from certificates.ledger.positions import Position


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """An entry in the chain; ``content`` is the canonical JSON of its stored form, ``person_id`` who recorded it,
    ``reverses`` the entry it reverses, if it does.
    """

    sequence: int
    kind: str
    account: str
    effective_on: date
    content: str
    link: str
    person_id: str
    at: datetime
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class LotRecord:
    """What lists show and filter of a lot; everything here follows from the entry that acquired it."""

    sequence: int
    kind: str
    serial: str
    project: str
    name: str
    country: str
    technology: str
    electricity: str
    vintage_start: date
    vintage_end: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A position with its lot; ``used_by`` is the dossier that uses it, empty where none does; ``closed_by`` the entry
    that ended it on ``closed_on``, None while it is open.
    """

    position: Position
    lot: LotRecord
    used_by: str = ""
    closed_by: int | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class UseRecord:
    """A position used by a dossier, once: until ``closed_at``, or for good where it is None."""

    id: str
    opened_by: int
    place: int
    dossier_id: str
    purpose: str
    person_id: str
    at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Evidence as stored for an organisation, named by its hash."""

    organisation_id: str
    sha256: str
    filename: str
    media_type: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """A registry's export as uploaded; ``report`` is the dry run, ``result`` what was recorded."""

    id: str
    organisation_id: str
    registry: str
    filename: str
    sha256: str
    report: dict[str, Any] | None = field(repr=False)
    result: dict[str, Any] | None = field(repr=False)
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """A purchase, a power balance or a claim as it stands; its content is that of the newest version."""

    id: str
    noun: str
    organisation_id: str
    institution_id: str | None
    status: str
    title: str
    version: int
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DossierVersion:
    """A dossier as stored once; ``link`` chains everything in the row to the version before."""

    dossier_id: str
    number: int
    status: str
    content: dict[str, Any] = field(repr=False)
    note: str
    digest: str
    link: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimStatement:
    """An issued claim: statement, credential, tlog-proof as of the issue."""

    number: str
    dossier_id: str
    statement: dict[str, Any] = field(repr=False)
    credential: str = field(repr=False)
    proof: str = field(repr=False)
    person_id: str
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ClaimEvent:
    """Something that changed an issued claim's standing: frozen, lifted or withdrawn, on which ground and why."""

    number: str
    sequence: int
    status: str
    ground: str
    reason: str
    person_id: str
    at: datetime
