"""What the store gives back: frozen rows, one class a table.

Times are aware UTC datetimes. No SQL in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Organisation:
    """An exporter, an institution, a regulator or a programme office. ``code`` is its registration number."""

    id: str
    kind: str
    name_zh: str
    name_en: str
    code: str
    created_at: datetime

    def name(self, language: str) -> str:
        """Name in ``zh`` or ``en``."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. ``password_hash`` is argon2id; ``roles`` are values of ``access.Role``.

    ``session_epoch`` counts the sign-outs: a session of an earlier epoch is over.
    """

    id: str
    organisation_id: str
    email: str
    name: str
    roles: tuple[str, ...]
    language: str
    active: bool
    created_at: datetime
    password_hash: str = field(repr=False, default="")
    session_epoch: int = 0


@dataclass(frozen=True, slots=True)
class InventoryRecord:
    """A workbook as handed in and what was read from it.

    ``content`` is ``lca.inventory.Inventory.as_dict()``.
    """

    id: str
    organisation_id: str
    institution_id: str
    filename: str
    workbook_sha256: str
    digest: str
    content: dict[str, Any] = field(repr=False)
    findings: list[dict[str, Any]] = field(repr=False)
    handed_in_by: str
    handed_in_at: datetime

    @property
    def product_name_zh(self) -> str:
        """The product's Chinese name."""
        return str(self.content["product_name_zh"])

    @property
    def product_name_en(self) -> str:
        """The product's English name."""
        return str(self.content["product_name_en"])


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study of one inventory on one release. ``status``: draft, in-review, approved, returned or issued."""

    id: str
    inventory_id: str
    exporter_id: str
    institution_id: str
    release: str
    release_digest: str
    gwp_set: str
    rule_set: str
    status: str
    opened_by: str
    opened_at: datetime
    version: int
    product_name_zh: str
    product_name_en: str


@dataclass(frozen=True, slots=True)
class ChoiceRecord:
    """The dataset a practitioner chose for a line (``M1``) or a leg (``M1/2``), and why."""

    study_id: str
    key: str
    dataset: str
    reason: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentRecord:
    """One computation of a study. ``result`` has footprint, rounded, links, findings and inputs (plain JSON).

    ``digest`` covers the inputs' digests and the rounded footprint; a review approves exactly one digest.
    """

    id: str
    study_id: str
    digest: str
    result: dict[str, Any] = field(repr=False)
    engine: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A reviewer's decision (``approved`` or ``returned``) on one assessment digest."""

    id: str
    study_id: str
    assessment_digest: str
    reviewer_id: str
    decision: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """An issued label.

    ``statement`` is the signed JSON; ``proof`` the text of its tlog-proof as of the issue; ``code`` the check code
    printed beside the number.
    """

    number: str
    code: str
    study_id: str
    exporter_id: str
    institution_id: str
    statement: dict[str, Any] = field(repr=False)
    credential: str = field(repr=False)
    proof: str = field(repr=False)
    issued_by: str
    issued_at: datetime
    valid_until: datetime
    status: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """Work done outside the request. ``state``: waiting, running, done or failed; ``error`` a refusal code.

    ``progress`` is 0 to 1 and ``step`` a word for the page; ``result`` e.g. ``{"number": "TB-…"}``.
    """

    id: str
    kind: str
    payload: dict[str, Any]
    person_id: str
    organisation_id: str
    state: str
    attempts: int
    progress: float
    step: str
    result: dict[str, Any] | None
    error: str
    message_zh: str
    message_en: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what, when, how and to which object; digests before and after; ``link`` chains it to the one
    before.
    """

    sequence: int
    at: datetime
    person_id: str
    via: str
    action: str
    object: str
    before: str
    after: str
    link: str


@dataclass(frozen=True, slots=True)
class LicenceEvent:
    """A licence for a restricted release, by the release's name, granted to or withdrawn from an organisation.

    ``person_id`` is who declared it: a person, or ``local:…`` for the administrator.
    """

    release: str
    organisation_id: str
    granted: bool
    evidence: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ImpactRecord:
    """What the release ``new`` changes against ``old``; ``threshold`` is a share (0.05 is 5 %).

    ``summary`` counts the datasets and has the distribution of their changes, by method.
    """

    id: str
    old: str
    old_digest: str
    new: str
    new_digest: str
    threshold: float
    summary: dict[str, Any] = field(repr=False)
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One dataset, study or label before and after, in kgCO2e per ``unit``; ``change`` is relative, 0.1 is +10 %.

    ``object`` is the dataset's code, the study's id or the label's number. ``after`` and ``change`` are None where it
    cannot be computed: ``missing`` names the datasets that the new release has not, or not in the same unit.
    """

    kind: str
    object: str
    study_id: str | None
    name_zh: str
    name_en: str
    unit: str
    gwp_set: str
    exporter_id: str | None
    institution_id: str | None
    before: float | None
    after: float | None
    change: float | None
    beyond: bool
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """Something an organisation is told; ``object`` is ``noun:id``; ``read_at`` None until somebody read it."""

    id: str
    organisation_id: str
    kind: str
    object: str
    details: dict[str, Any]
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkMemoryRecord:
    """A confirmation to be offered again: which dataset stood for a line of this name, kind, dimension and place.

    It belongs to one institution and one exporter together. ``release`` is a release's name without version; ``key``
    the digest of name, kind, dimension and place; ``times`` on how many lines the choice stands; the latest reason,
    person and time.
    """

    institution_id: str
    exporter_id: str
    release: str
    key: str
    dataset: str
    name: str
    kind: str
    dimension: str
    place: str
    reason: str
    person_id: str
    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class CbamInstallation:
    """An exporter's installation. ``version`` is the number of its newest data, and what locking compares."""

    id: str
    exporter_id: str
    institution_id: str | None
    name_zh: str
    name_en: str
    country: str
    created_by: str
    created_at: datetime
    version: int

    def name(self, language: str) -> str:
        """Name in ``zh`` or ``en``."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class CbamVersion:
    """An installation's monitoring data as stored once; ``content`` is ``lca.cbam.storage.write_monitoring``.

    ``digest`` names the content; ``link`` chains everything in the row to ``previous``, the link of the version before.
    ``source``: workbook, communication, starter, json, form, supplier or verification; ``findings`` are what its
    reader had to say.
    """

    id: str
    installation_id: str
    number: int
    year: int
    basis: str
    content: dict[str, Any] = field(repr=False)
    digest: str
    previous: str
    link: str
    source: str
    findings: list[dict[str, Any]] = field(repr=False)
    filename: str
    upload_sha256: str
    note: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CbamCalculation:
    """A calculation of one version on one path; ``content`` is ``lca.cbam.storage.write_calculation``."""

    id: str
    version_id: str
    path: str
    tables_digest: str
    engine: str
    content: dict[str, Any] = field(repr=False)
    digest: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CbamDocument:
    """What was handed out: of which version and calculation ("" where none), and the file's hash and length.

    ``details`` is what a person stated beyond the data, so that the file can be made again; {} where it cannot.
    """

    id: str
    version_id: str
    calculation_digest: str
    kind: str
    language: str
    format: str
    filename: str
    sha256: str
    length: int
    details: Mapping[str, Any]
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CbamShipment:
    """Goods of one CN code that one importer imports on one day; ``origin`` is the country, empty where not stated.

    ``version`` counts its changes.
    """

    id: str
    exporter_id: str
    importer: str
    eori: str
    cn: str
    origin: str
    net_mass_kg: Decimal
    imported_on: date
    installation_id: str | None
    note: str
    changed_by: str
    changed_at: datetime
    version: int
