"""A claim while it is made, and the facts it is held against.

Rules
1. A claim is what people say; it may be unfinished, so every field may be empty. Nothing empty passes a check.
2. Facts are looked up by the caller, never taken from the claim: retirements in the ledger, the footprint and its
   review, other claims, uses by suppliers, stored files.
3. ``plain`` and ``from_plain`` are the one form in which a claim is stored; its fields only grow.
4. Greenhouse gases are in tCO2e, electricity in kWh, shares of units in whole units of the ledger.

Example: ``from_plain(plain(claim)) == claim``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from certificates.ledger import records
from certificates.ledger.entries import Retire
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Position


class SubjectType(StrEnum):
    """What is said to be neutral."""

    PRODUCT_BATCH = "product-batch"
    ORGANISATION = "organisation"
    EVENT = "event"
    SERVICE = "service"


class Audience(StrEnum):
    """Whom the claim addresses."""

    CONSUMER = "consumer"
    BUSINESS = "business"


class FootprintKind(StrEnum):
    """What the claim rests on: a label of this platform, or a verified report."""

    LABEL = "label"
    REPORT = "report"


class Assurance(StrEnum):
    """The level of a verification (ISO 14064-3)."""

    REASONABLE = "reasonable"
    LIMITED = "limited"


class Opinion(StrEnum):
    """A verifier's opinion (ISO 14064-3)."""

    UNMODIFIED = "unmodified"
    MODIFIED = "modified"
    ADVERSE = "adverse"
    DISCLAIMED = "disclaimed"


@dataclass(frozen=True, slots=True)
class Both:
    """A text in Chinese and English."""

    zh: str = ""
    en: str = ""

    @property
    def complete(self) -> bool:
        """True when both say something."""
        return bool(self.zh.strip() and self.en.strip())


@dataclass(frozen=True, slots=True)
class Subject:
    """What the claim is about: functional unit of a product or service, sites of an organisation or event."""

    type: SubjectType | None = None
    name: Both = Both()
    boundary: Both = Both()
    unit: Both = Both()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: full name, unified social credit code in China, names it had before."""

    name: str = ""
    code: str = ""
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The days covered, both included."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What is stated apart (ISO 14067, 7.2), tCO2e; removals are zero or negative, aircraft is part of fossil."""

    fossil: Decimal | None = None
    biogenic_emissions: Decimal | None = None
    biogenic_removals: Decimal | None = None
    land_use_change: Decimal | None = None
    aircraft: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who verified the footprint, with accreditation, opinion and the last day on which it stands."""

    body: str = ""
    accreditation: str = ""
    person: str = ""
    conclusion: Opinion | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """The footprint of the subject in the period, tCO2e. ``per_unit`` (kgCO2e) and ``units`` for a batch under a label:
    the label's value and how many of its units there are. The market-based and location-based totals are those of an
    organisation (GHG Protocol, Scope 2 Guidance)."""

    kind: FootprintKind | None = None
    number: str = ""
    version: str = ""
    sha256: str = ""
    total_t: Decimal | None = None
    parts: Parts = Parts()
    per_unit: Decimal | None = None
    units: Decimal | None = None
    location_based_t: Decimal | None = None
    market_based_t: Decimal | None = None
    assurance: Assurance | None = None
    verifier: Verifier = Verifier()


@dataclass(frozen=True, slots=True)
class Reductions:
    """What was done before offsetting, tCO2e.

    ``reduced`` was achieved against the baseline; ``deducted`` is the part of it that the footprint's total does not
    contain yet: what is contained must not be taken off again. ``removals_inside`` are removals within the boundary,
    already in the total, from the projects named.
    """

    baseline_year: int | None = None
    baseline_total_t: Decimal | None = None
    plan_sha256: str = ""
    reduced_t: Decimal | None = None
    deducted_t: Decimal | None = None
    removals_inside_t: Decimal | None = None
    removal_projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerUse:
    """Certificates (a position's key) used for kWh of a site in a period."""

    position: str
    kwh: Decimal | None = None
    site: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What no certificate covers in the market-based account of an organisation: kWh, and the factor in kgCO2e/kWh."""

    kwh: Decimal | None = None
    factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored file (SHA-256), what it proves, and who uploaded it.

    ``what`` is a key of :func:`certificates.ledger.claims.checks.people.needed`.
    """

    what: str
    sha256: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person by id, with the name for the statement. Somebody outside has the id ``outside:NAME``."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who did what; all four differ (N20)."""

    preparer: Person = Person()
    reviewer: Person = Person()
    verifier: Person = Person()
    signatory: Person = Person()


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision that a check with outcome ``review`` is met, and why."""

    check: str
    person: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A neutralisation claim. ``retirements`` are keys of retired positions, ``remark`` is what the claimant adds to
    the wording, ``valid_until`` the last day."""

    subject: Subject = Subject()
    claimant: Claimant = Claimant()
    period: Period = Period()
    audience: Audience | None = None
    markets: tuple[str, ...] = ()
    rule_set: str = ""
    footprint: Footprint = Footprint()
    reductions: Reductions = Reductions()
    residual_t: Decimal | None = None
    retirements: tuple[str, ...] = ()
    electricity: tuple[PowerUse, ...] = ()
    uncovered: Uncovered = Uncovered()
    evidence: tuple[Evidence, ...] = ()
    people: People = People()
    decisions: tuple[Decision, ...] = ()
    remark: Both = Both()
    next_update: date | None = None
    valid_until: date | None = None


class Standing(StrEnum):
    """How a label, report or claim stands on a day."""

    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    FROZEN = "frozen"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True)
class FootprintFact:
    """The footprint as it is kept: what it says, whether it may still change, how it stands, who verified it.

    ``parts`` and ``total_t`` in tCO2e for the claim's subject; ``accredited``: the verifier's accreditation was
    checked; ``independent``: the verifier has no interest in who prepared it.
    """

    kind: FootprintKind
    number: str
    version: str
    sha256: str
    total_t: Decimal
    parts: Parts
    start: date
    end: date
    locked: bool
    standing: Standing
    assurance: Assurance | None
    conclusion: Opinion | None
    verified_until: date | None
    accredited: bool
    independent: bool


@dataclass(frozen=True, slots=True)
class Units:
    """A position as the ledger has it today, with the entry that retired it (None where none did), its number and link.

    ``own``: it is in the claimant's account. ``used_by``: other claims, footprints and balances that use units of it.
    ``upstream``: suppliers in the chain who counted the same units. ``rivals``: lots of other instruments that rest on
    the same electricity.
    """

    position: Position
    lot: Lot
    retire: Retire | None = None
    entry: int = 0
    link: str = ""
    own: bool = True
    used_by: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    rivals: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherClaim:
    """Another claim of the same subject."""

    number: str
    start: date
    end: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, and who uploaded it: id, and name where it is known."""

    sha256: str
    person: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was looked up for a claim (rule 2). ``units`` by position key; ``residual_factor`` in kgCO2e/kWh, as
    published for the period; ``upstream_known`` is False where nobody could look into the suppliers' uses."""

    footprint: FootprintFact | None = None
    units: Mapping[str, Units] = field(default_factory=dict)
    claims: tuple[OtherClaim, ...] = ()
    files: tuple[StoredFile, ...] = ()
    residual_factor: Decimal | None = None
    upstream_known: bool = False


ClaimUnreadable = records.RecordUnreadable


def plain(claim: Claim) -> dict[str, Any]:
    """The stored form (rule 3): JSON of texts, whole numbers and lists; fields at their default are absent."""
    return records.plain(claim)


def from_plain(value: Mapping[str, Any]) -> Claim:
    """The claim of a stored form. Raises ClaimUnreadable."""
    return records.read(Claim, value)
