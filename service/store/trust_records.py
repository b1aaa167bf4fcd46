"""Records of trust: places and lists of standing, leaves of the log, marks, the officers' desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where a label or a claim stands in the status lists: list and index, drawn by lot at issue."""

    number: str
    list: int
    index: int


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A status list as it was published: a compact vc+jwt, its window, and its leaf in the log."""

    list: int
    purpose: str
    sequence: int
    credential: str = field(repr=False)
    valid_from: datetime
    valid_until: datetime
    leaf_index: int


@dataclass(frozen=True, slots=True)
class LogLeaf:
    """A leaf of the log: its place, its hash (32 bytes), what it is (``label:…``, ``claim:…``, ``status:…``)."""

    index: int
    hash: bytes
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """Of a label or a claim: the compact credential, the status list in which it stands, and place and hash of its leaf
    of the log; None for what the store lacks."""

    number: str
    credential: str
    list: int | None
    leaf_index: int | None
    leaf_hash: bytes | None


@dataclass(frozen=True, slots=True)
class Cosignature:
    """The line by which a witness signed the checkpoint of a size."""

    size: int
    witness: str
    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfficialMark:
    """A mark that an official body gave the product: picture, body, number of the certificate."""

    id: str
    number: str
    body: str
    certificate_number: str
    media_type: str
    image: bytes = field(repr=False)
    sha256: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BulkCheck:
    """Many numbers or files checked at once; ``moment`` is the time asked about, None for the time of the check."""

    id: str
    organisation_id: str
    filename: str
    data: bytes = field(repr=False)
    moment: datetime | None
    result: dict[str, Any] | None = field(repr=False)
    person_id: str
    at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceRequest:
    """An authority asks to see what a label rests on; ``legal_basis`` is empty where it asks for consent."""

    id: str
    number: str
    organisation_id: str
    purpose: str
    legal_basis: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """``granted`` or ``refused`` by the exporter, or ``duty`` where the law leaves no choice; open until a moment."""

    request_id: str
    decision: str
    reason: str
    open_until: datetime | None
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceAccess:
    """A part of the evidence was seen: which, with its SHA-256, by whom and when."""

    id: str
    request_id: str
    part: str
    sha256: str
    person_id: str
    at: datetime
