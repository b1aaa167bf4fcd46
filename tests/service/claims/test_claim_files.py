"""Files behind a claim: what somebody's own people named, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certificates.ledger.claims.model import Evidence, plain
from service.usecases.claims import checking, drafting, evidence
from service.usecases.claims.drafting import ChangeClaim
from service.usecases.refusals import NotFound
from tests.service.claims.making import kept


def naming(made, sha256: str, who: str) -> None:
    """``who`` saves the claim with this file as evidence besides."""
    actor, services = made.world[who], made.world.services
    claim = drafting.get(actor, made.claim, services).claim
    content = plain(replace(claim, evidence=(*claim.evidence, Evidence("batch", sha256))))
    drafting.change(actor, ChangeClaim(made.claim, content), services)


def saved(made, who: str) -> None:
    actor, services = made.world[who], made.world.services
    claim = drafting.get(actor, made.claim, services).claim
    drafting.change(actor, ChangeClaim(made.claim, plain(claim)), services)


@pytest.mark.parametrize(("owner", "asker"), [("practitioner", "exporter"), ("exporter", "practitioner")])
def test_a_file_is_not_opened_by_naming_its_hash(claimed, owner, asker):
    made = claimed("drafted")
    secret = kept(made.world, f"contract of {owner}", owner)
    naming(made, secret, asker)
    saved(made, owner)  # works on in the claim as it found it
    with pytest.raises(NotFound):
        evidence.file(made.world[asker], made.claim, secret, made.world.services)
    assert secret not in {
        one.sha256 for one in evidence.listed(made.world[asker], made.claim, made.world.services)
    }
    found = checking.checklist(made.world[asker], made.claim, made.world.services)
    assert secret not in {one.sha256 for one in found.facts.files}
    assert [one.person for one in found.claim.evidence if one.sha256 == secret] == [""]


@pytest.mark.parametrize("owner", ["practitioner", "exporter"])
def test_a_file_is_opened_to_all_who_see_the_claim_once_its_owner_names_it(claimed, owner):
    made = claimed("drafted")
    shown = kept(made.world, f"proof by {owner}", owner)
    naming(made, shown, owner)
    for who in ("exporter", "practitioner", "reviewer", "signatory"):
        saved(made, "exporter")
        assert evidence.file(made.world[who], made.claim, shown, made.world.services)[0].sha256 == shown
