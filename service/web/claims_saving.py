"""A posted step of a claim, made into the next version of it: fields, ticked positions, files chosen or uploaded.

Rules
1. A file is kept at once by its hash, so that a refusal of the rest loses nothing: it comes back chosen.
2. The plan and the report are evidence of themselves; who names one need not name it twice.
3. What the step does not show stays as it is in the version that is stored, not in the one the reader saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request

from certificates.ledger.claims.model import Claim, Evidence, FootprintKind, plain
from service.usecases.claims.drafting import ChangeClaim
from service.usecases.ledger import files
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web.claims_forms import MAKE, Draft
from service.web.context import actor, services
from service.web.i18n import language

if TYPE_CHECKING:
    from service.web.claims_page import ClaimPage

FILES = {"footprint": "report", "reductions": "plan"}
"""Steps with a file of their own, and its field."""


class Saving:
    """A posted step: ``values`` come back with a refused form, ``errors`` by field; else a ``command``."""

    def __init__(self, page: ClaimPage, step: str) -> None:
        self.page, self.step = page, step
        self.values: dict[str, str] = request.form.to_dict()
        self.ticked = tuple(dict.fromkeys(request.form.getlist("retirements")))
        self.evidence = page.made.claim.evidence
        self.errors: dict[str, Any] = {}
        self._upload()
        given = Draft(self.values)
        self.claim = self._made(given)
        self.errors |= given.errors

    @property
    def command(self) -> ChangeClaim | None:
        """What the use case is asked to store."""
        if self.errors:
            return None
        record = self.page.view.record
        own = record.organisation_id == actor().organisation_id
        return ChangeClaim(
            claim_id=record.id,
            content=plain(self.claim),
            version=request.form.get("version", type=int),
            title=self.values.get("title", "").strip() if self.step == "subject" else None,
            institution_id=(self.values.get("institution") or None)
            if self.step == "people" and own
            else None,
            note=str(self.step),
        )

    def _made(self, given: Draft) -> Claim:
        claim = self.page.made.claim
        if self.step in MAKE:
            claim = MAKE[self.step](claim, given)
        if self.step == "subject":
            given.text("title", needed=True)
        elif self.step == "retirements":
            before = [key for key in claim.retirements if key in self.ticked]
            claim = replace(claim, retirements=tuple(dict.fromkeys((*before, *self.ticked))))
        elif self.step == "reductions":
            claim = _proved(claim, "plan", claim.reductions.plan_sha256)
        elif self.step == "footprint":
            is_report = claim.footprint.kind is FootprintKind.REPORT
            claim = _proved(claim, "footprint", claim.footprint.sha256 if is_report else "")
        elif self.step == "evidence":
            claim = replace(claim, evidence=self.evidence)
        return claim

    def _upload(self) -> None:
        """Rule 1."""
        if self.step in FILES:
            field = FILES[self.step]
            for sha256 in self._kept(f"{field}_file", field):
                self.values[field] = sha256
        elif self.step == "evidence":
            self.evidence = tuple(dict.fromkeys(self._evidence()))

    def _evidence(self) -> Iterable[Evidence]:
        kept = set(request.form.getlist("keep"))
        for one in self.page.made.claim.evidence:
            if f"{one.what}|{one.sha256}" in kept:
                yield one
        for what in request.form.getlist("what"):
            for sha256 in (*request.form.getlist(f"add.{what}"), *self._kept(f"file.{what}", "evidence")):
                if sha256 and not any((one.what, one.sha256) == (what, sha256) for one in self._there(kept)):
                    yield Evidence(what, sha256)

    def _there(self, kept: set[str]) -> Iterable[Evidence]:
        return (one for one in self.page.made.claim.evidence if f"{one.what}|{one.sha256}" in kept)

    def _kept(self, name: str, field: str) -> Iterable[str]:
        for given in request.files.getlist(name):
            if not given.filename:
                continue
            try:
                yield files.keep(actor(), given.filename, given.stream.read(), services())
            except (NotAllowed, NotFound):
                raise
            except Refusal as refusal:
                self.errors[field] = refusal.message(language())


def _proved(claim: Claim, what: str, sha256: str) -> Claim:
    """Rule 2."""
    others = tuple(one for one in claim.evidence if one.what != what)
    return replace(claim, evidence=(*others, Evidence(what, sha256)) if sha256 else others)
