"""The footprint a claim rests on: a label of this platform times the units of a batch, or a report verified outside.

Rules
1. A label's figures are read from the label: kgCO2e per declared unit, times the declared units, exactly; sha256 is
   that of its statement, version the day of its issue. The claimant's own labels only.
2. A label's verifier is the person who reviewed its study; what a review here gives is limited assurance, no more (our
   own reading: ISO/TS 14071 names no level).
3. A label is superseded once a newer one of the same exporter states the same product, boundary and period anew.
4. Of a report the service has the file and nothing else: its figures are what the claim says, and whoever reviews the
   claim compares them with the file. It is known only while the file is stored.
5. A verifier's accreditation counts as shown when its number is stated and a file that proves the verification is
   stored. Nobody verifies a footprint of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certificates.canonical import sha256_hex
from certificates.ledger.claims import amounts
from certificates.ledger.claims.checks.case import folded
from certificates.ledger.claims.model import (
    Assurance,
    Claim,
    Footprint,
    FootprintFact,
    FootprintKind,
    Opinion,
    Person,
    Standing,
    Verifier,
)
from service.usecases.claims.dossier import person

if TYPE_CHECKING:
    from service.store.ledger_records import DossierRecord
    from service.store.records import LabelRecord
    from service.store.uow import UnitOfWork

_NOTHING = Decimal(0)


def filled(unit: UnitOfWork, record: DossierRecord, claim: Claim) -> Claim:
    """The claim with the figures of its label (rule 1) and with its verifier as a person (rule 2)."""
    found = _label(unit, record, claim.footprint)
    if found is None:
        outside = claim.footprint.verifier.person.strip()
        known = Person(f"outside:{outside}", outside) if outside else Person()
        return replace(claim, people=replace(claim.people, verifier=known))
    verifier = _reviewer(unit, found)
    stated, given = found.statement, claim.footprint
    fact = _of_label(unit, found, given, found.issued_at.date())
    made = Footprint(
        kind=FootprintKind.LABEL,
        number=fact.number,
        version=fact.version,
        sha256=fact.sha256,
        total_t=fact.total_t if given.units is not None else None,
        parts=fact.parts if given.units is not None else given.parts,
        per_unit=Decimal(stated["footprint"]["total"]),
        units=given.units,
        assurance=fact.assurance,
        verifier=Verifier(
            body=stated["issuer"]["name"]["zh"],
            accreditation=given.verifier.accreditation,
            person=verifier.name,
            conclusion=fact.conclusion,
            valid_until=fact.verified_until,
        ),
    )
    return replace(claim, footprint=made, people=replace(claim.people, verifier=verifier))


def fact(
    unit: UnitOfWork, record: DossierRecord, claim: Claim, files: Collection[str], on: date
) -> FootprintFact | None:
    """The footprint as it is kept on a day, ``files`` being the stored ones; None where there is none."""
    if claim.footprint.kind is FootprintKind.LABEL:
        found = _label(unit, record, claim.footprint)
        if found is None:
            return None
        return replace(_of_label(unit, found, claim.footprint, on), accredited=_shown(claim, files))
    return _report(claim, files)


def _label(unit: UnitOfWork, record: DossierRecord, given: Footprint) -> LabelRecord | None:
    if given.kind is not FootprintKind.LABEL:
        return None
    found = unit.labels.get(given.number.strip())
    return found if found is not None and found.exporter_id == record.organisation_id else None


def _of_label(unit: UnitOfWork, label: LabelRecord, given: Footprint, on: date) -> FootprintFact:
    """Rules 1 to 3; ``accredited`` is for the caller."""
    stated, units = label.statement, given.units or _NOTHING
    parts = {name: Decimal(amount) for name, amount in stated["footprint"]["parts"].items()}
    return FootprintFact(
        kind=FootprintKind.LABEL,
        number=label.number,
        version=label.issued_at.date().isoformat(),
        sha256=sha256_hex(stated),
        total_t=amounts.batch_total(Decimal(stated["footprint"]["total"]), units),
        parts=amounts.batch_parts(parts, units),
        start=date.fromisoformat(stated["period"]["start"]),
        end=date.fromisoformat(stated["period"]["end"]),
        locked=True,
        standing=_standing(unit, label, on),
        assurance=Assurance.LIMITED,
        conclusion=Opinion.UNMODIFIED,
        verified_until=label.valid_until.date(),
        accredited=False,
        independent=label.institution_id != label.exporter_id,
    )


def _standing(unit: UnitOfWork, label: LabelRecord, on: date) -> Standing:
    if label.status != "active":
        said = {"suspended": Standing.SUSPENDED, "superseded": Standing.SUPERSEDED}
        return said.get(label.status, Standing.WITHDRAWN)
    if label.valid_until.date() < on:
        return Standing.EXPIRED
    ours = _same(label.statement)
    others = unit.labels.list_(exporter_id=label.exporter_id)
    newer = (one for one in others if one.issued_at > label.issued_at and one.number != label.number)
    return Standing.SUPERSEDED if any(_same(one.statement) == ours for one in newer) else Standing.IN_FORCE


def _same(statement: dict[str, Any]) -> tuple[Any, ...]:
    """Rule 3."""
    product = statement["product"]
    named = (product["name"]["zh"], product["model"], product["declaredUnit"])
    return (*named, statement["boundary"], statement["period"], statement["site"])


def _reviewer(unit: UnitOfWork, label: LabelRecord) -> Person:
    """Rule 2: who approved the study that was issued."""
    reviews = unit.studies.reviews(label.study_id)
    return person(unit, reviews[0].reviewer_id) if reviews else Person()


def _report(claim: Claim, files: Collection[str]) -> FootprintFact | None:
    """Rules 4 and 5."""
    given, period = claim.footprint, claim.period
    if given.kind is None or given.sha256 not in files or period.start is None or period.end is None:
        return None
    ours = {folded(name) for name in (claim.claimant.name, *claim.claimant.former_names)}
    return FootprintFact(
        kind=given.kind,
        number=given.number,
        version=given.version,
        sha256=given.sha256,
        total_t=given.total_t or _NOTHING,
        parts=given.parts,
        start=period.start,
        end=period.end,
        locked=True,
        standing=Standing.IN_FORCE,
        assurance=given.assurance,
        conclusion=given.verifier.conclusion,
        verified_until=given.verifier.valid_until,
        accredited=_shown(claim, files),
        independent=folded(given.verifier.body) not in ours,
    )


def _shown(claim: Claim, files: Collection[str]) -> bool:
    """Rule 5."""
    proved = any(one.what == "verification" and one.sha256 in files for one in claim.evidence)
    return proved and bool(claim.footprint.verifier.accreditation.strip())
