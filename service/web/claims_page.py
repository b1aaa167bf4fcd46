"""The page of a claim: checklist, waterfall, what may be done now by whom, and what a step has to choose from.

Rules
1. What the page offers is what the use case would allow; the use case decides again.
2. Retired credits to choose from are those of the claimant's account: for a practitioner of the institution, the ones
   that fit; the account itself is not theirs to look through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from certificates.ledger.claims.amounts import known
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Both, Standing
from certificates.ledger.claims.rules import VALID_MONTHS, rule_sets
from certificates.ledger.claims.wording import missing, text
from certificates.ledger.days import day_of
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.positions import State
from certificates.ledger.quantity import Unit
from service.usecases.access import Actor, Permission, allowed
from service.usecases.claims import checking, drafting, evidence, published, suggesting
from service.usecases.claims.dossier import (
    APPROVED,
    DRAFT,
    IN_REVIEW,
    ISSUED,
    OPEN,
    RETURNED,
    WITHDRAWN,
)
from service.usecases.ledger import files, looking
from service.usecases.services import Services
from service.web import claims_checks, claims_picture, claims_sheet
from service.web.ledger_rows import amount_text
from service.web.ledger_words import kind_name

if TYPE_CHECKING:
    from certificates.ledger.portfolio import Suggestion
    from service.store.ledger_records import Holding
    from service.usecases.claims.checking import Checklist
    from service.usecases.claims.drafting import ClaimView
    from service.usecases.claims.published import Published

MOST_OFFERED = 200
"""Positions to choose from on one page, those that fit first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Retired units to tick. ``fits``: in the claimant's name, for this use and period, and used by nothing."""

    key: str
    name: str
    kind: str
    serial: str
    amount: str
    retired_on: date
    chosen: bool
    fits: bool
    used: bool


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Everything on the page of a claim. ``state`` is a key of ``claims_words.STATES``."""

    view: ClaimView
    made: Checklist
    groups: tuple[claims_checks.Group, ...]
    bars: tuple[claims_picture.Bar, ...]
    sheet: claims_sheet.Sheet
    actions: frozenset[str]
    state: str
    public: Published | None

    @property
    def counts(self) -> dict[str, int]:
        """How many checks are in each state."""
        return claims_checks.counts(self.groups)

    @property
    def per_step(self) -> dict[str, int]:
        """How many reasons each step could mend."""
        return claims_checks.per_step(self.groups)

    @property
    def latest_valid_until(self) -> date | None:
        """The last day until which the claim may be valid."""
        end = self.made.claim.period.end
        return months_after(end, VALID_MONTHS) if end else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the steps have to choose from; ``taken`` counts retirements that something else uses."""

    offers: tuple[Offer, ...] = ()
    taken: int = 0
    to_retire: Suggestion | None = None
    power: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()


def page(actor: Actor, claim_id: str, services: Services) -> ClaimPage:
    """The page of a claim. Raises NotAllowed, NotFound, EvidenceChanged."""
    view = drafting.get(actor, claim_id, services)
    made = checking.checklist(actor, claim_id, services)
    kept = {one.sha256: one.filename for one in evidence.listed(actor, claim_id, services)}
    public = published.public(view.statement.number, services) if view.statement else None
    state = public.live.standing.value if public else view.record.status
    return ClaimPage(
        view=view,
        made=made,
        groups=claims_checks.groups(made),
        bars=claims_picture.bars(made.waterfall, known(made.claim.residual_t)),
        sheet=claims_sheet.sheet(claim_id, made.claim, made.facts, kept),
        actions=frozenset(_actions(actor, view, state)),
        state=state,
        public=public,
    )


def choices(actor: Actor, found: ClaimPage, step: str, services: Services) -> Choices:
    """What the step has to choose from."""
    if step == "retirements":
        suggested = suggesting.suggest(actor, found.view.record.id, services)
        offers = _credits(actor, found, suggested.ready, services)
        free = tuple(one for one in offers if one.chosen or not one.used)
        return Choices(_cut(free), len(offers) - len(free), suggested.to_retire)
    if step == "electricity":
        return Choices(power=_certificates(actor, found, services))
    if step in ("footprint", "reductions", "evidence"):
        return Choices(files=_files(actor, found, services))
    return Choices()


def saying(made: Checklist) -> tuple[Both | None, tuple[str, ...]]:
    """The wording as it would be signed, or the elements it lacks."""
    rules = rule_sets().get(made.claim.rule_set)
    lacking = missing(made.claim, made.facts, rules)
    return (None, lacking) if lacking or rules is None else (text(made.claim, made.facts, rules), ())


def unproved(made: Checklist) -> tuple[tuple[str, str], ...]:
    """Positions whose retirement no stored file proves, with their serials."""
    problems = (one for row in made.rows if row.result.code == "N19" for one in row.result.problems)
    return tuple(
        (one.values["position"], one.values["serial"]) for one in problems if one.code == "N19-units"
    )


def _actions(actor: Actor, view: ClaimView, state: str) -> Iterable[str]:
    """Rule 1."""
    record, person = view.record, actor.person_id
    ours = actor.organisation_id == record.institution_id
    own = actor.organisation_id == record.organisation_id
    prepared = {one.person_id for one in view.versions if one.status in (DRAFT, IN_REVIEW)}
    decided = {one.person_id for one in view.versions if one.status in (APPROVED, RETURNED)}
    drafts, signs = allowed(actor, Permission.CLAIM_DRAFT), allowed(actor, Permission.CLAIM_ISSUE) and ours
    if drafts and record.status in OPEN:
        yield "draft"
    if record.status == IN_REVIEW and ours and allowed(actor, Permission.CLAIM_REVIEW):
        yield "decide" if person not in prepared else "own-work"
    if record.status == APPROVED and signs:
        yield "issue" if person not in prepared | decided else "own-work"
    if record.status != WITHDRAWN and (signs or (drafts and (own or record.status != ISSUED))):
        yield "withdraw"
    if record.status == ISSUED and ours and allowed(actor, Permission.CLAIM_OBJECT):
        yield "object"
    if state == Standing.FROZEN and signs:
        yield "lift"


def _credits(
    actor: Actor, found: ClaimPage, ready: tuple[Holding, ...], services: Services
) -> tuple[Offer, ...]:
    """Rule 2: what is chosen, then what fits, then the rest."""
    chosen, fitting = found.made.claim.retirements, {one.position.key for one in ready}
    seen = {one.position.key: one for one in (*_own(actor, found, Unit.TCO2E, services), *ready)}
    offers = [_named(key, found) for key in chosen if key not in seen]
    offers += [_offer(one, key in chosen, key in fitting) for key, one in seen.items()]
    offers.sort(key=lambda one: (not one.chosen, not one.fits, one.retired_on))
    return tuple(offers)


def _cut(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    return offers[: max(MOST_OFFERED, sum(one.chosen for one in offers))]


def _certificates(actor: Actor, found: ClaimPage, services: Services) -> tuple[tuple[str, str], ...]:
    seen = [_offer(one, chosen=False, fits=False) for one in _own(actor, found, Unit.MWH, services)]
    named = dict.fromkeys(use.position for use in found.made.claim.electricity)
    offers = [_named(key, found) for key in named if key not in {one.key for one in seen}] + seen
    return tuple(
        (one.key, f"{one.name} · {one.amount} · {one.retired_on.isoformat()} · {one.serial}")
        for one in offers[: MOST_OFFERED + len(named)]
    )


def _own(actor: Actor, found: ClaimPage, unit: Unit, services: Services) -> list[Holding]:
    """Retired positions of the claimant's account in a unit, where the account is the reader's."""
    if actor.organisation_id != found.view.record.organisation_id:
        return []
    today = day_of(services.clock())
    there = looking.holdings(actor, today, services, state=State.RETIRED.value)
    return [one for one in there if instrument(Kind(one.lot.kind)).unit is unit]


def _offer(one: Holding, chosen: bool, fits: bool) -> Offer:
    quantity = instrument(Kind(one.lot.kind)).quantity(one.position.span.count)
    return Offer(
        key=one.position.key,
        name=one.lot.name or one.lot.project or one.lot.serial,
        kind=kind_name(one.lot.kind),
        serial=one.lot.serial,
        amount=amount_text(quantity.amount, quantity.unit.value),
        retired_on=one.position.opened_on,
        chosen=chosen,
        fits=fits,
        used=bool(one.used_by),
    )


def _named(key: str, found: ClaimPage) -> Offer:
    """A position the claim names and the reader's account does not show."""
    unit = claims_sheet.unit(key, found.made.facts)
    opened = found.made.facts.units.get(key)
    day = opened.position.opened_on if opened else date.min
    return Offer(key, unit.name, unit.kind, unit.serial, unit.amount or "—", day, True, False, False)


def _files(actor: Actor, found: ClaimPage, services: Services) -> tuple[tuple[str, str], ...]:
    """Files to name: those behind the claim, and the reader's own, newest first."""
    behind = evidence.listed(actor, found.view.record.id, services)
    made = {one.sha256: one for one in (*behind, *files.list_(actor, services))}
    newest = sorted(made.values(), key=lambda one: one.at, reverse=True)
    return tuple((one.sha256, f"{one.filename} · {one.at.date().isoformat()}") for one in newest)
