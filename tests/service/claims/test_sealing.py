"""A claim sealed beside a label: same log, same verification, and the check of the store sees both."""

from __future__ import annotations

import shutil

import pytest

from certificates.credential import decode
from certificates.log import proof
from service.store.ledger_records import ClaimEvent
from service.usecases import integrity, verification
from service.usecases.access import administrator
from service.usecases.claims import soundness
from service.usecases.claims.refusals import ClaimStatementRefused
from tests import claimmaking
from tests.service import world as making
from tests.service.claims.sealingmaking import sealing, stated
from tests.service.test_integrity import tamper

TAMPERING = {
    "a byte of the PDF": (
        "UPDATE claim_statements SET pdf = CAST(substr(pdf, 1, 999) || x'00' || substr(pdf, 1001) AS BLOB)",
        "PDF (altered) of claim",
    ),
    "the statement": (
        "UPDATE claim_statements SET statement = json_set(statement, '$.offset', '1')",
        "statement (it is not the one that was signed) of claim",
    ),
    "the credential": ("UPDATE claim_statements SET credential = 'a.b.c'", "credential of claim"),
    "the proof": ("UPDATE claim_statements SET proof = '{}'", "proof of claim"),
    "a proof of another tree": (
        "UPDATE claim_statements SET proof = (SELECT proof FROM labels)",
        "proof of claim",
    ),
    "the end of validity": (
        "UPDATE claim_statements SET valid_until = '2099-01-01 00:00:00.000000'",
        "date of claim",
    ),
    "its dossier": ("UPDATE ledger_dossiers SET noun = 'power'", "dossier of claim"),
    "the claim": ("DELETE FROM claim_statements", "1 claims were numbered in 2026, 0 are there"),
    "the claim, not the log": ("DELETE FROM claim_statements", "the log has 5 entries for 1 labels and claims"),
    "the counter": ("UPDATE counters SET value = 7 WHERE name LIKE 'claim:%'", "7 claims were numbered in 2026"),
}  # fmt: skip


def soundness_of(world) -> tuple[str, ...]:
    with world.services.uow() as unit:
        return tuple(soundness.problems(unit, world.services))


@pytest.fixture(scope="module")
def sealed(stages, tmp_path_factory, open_cn, keys_folder):
    """One world of this module with a label and a claim; only for tests that change nothing."""
    home = tmp_path_factory.mktemp("sealed")
    shutil.copy(stages["issued"], home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    world.claim = sealing(world)
    world.close()  # everything is in the one file now, so that it can be copied
    yield world
    world.close()


@pytest.fixture
def copied(sealed, tmp_path, open_cn, keys_folder):
    """A copy of that world that may be changed."""
    sealed.close()
    shutil.copy(sealed.database, tmp_path / "tanbiao.sqlite")
    world = making.open_world(tmp_path, open_cn.path.parent, keys_folder)
    making.meet(world)
    yield world
    world.close()


def test_number_address_and_place_in_the_log(sealed):
    claim = sealed.claim
    assert claim.number == claimmaking.NUMBER
    assert sealed.services.verify_url(claim.number).endswith(f"/c/{claim.number}")
    assert sealed.services.verify_url(sealed.number).endswith(f"/v/{sealed.number}")
    stored = proof.read(claim.proof)
    assert (stored.index, stored.size) == (4, 5), "after three status lists and the label"
    with sealed.services.uow() as unit:
        assert unit.log.leaf(4).what == f"claim:{claim.number}"
        place = unit.standings.place(claim.number)
    envelope = decode(claim.credential).envelope
    assert (envelope.code, envelope.place.list, envelope.place.index) == ("", place.list, place.index)


def test_it_verifies_by_number_and_by_file_as_a_label_does(sealed):
    number, services = sealed.claim.number, sealed.services
    pdf = verification.published_document(number, services)
    bundle = verification.published_bundle(number, services)
    assert pdf is not None and bundle is not None
    for report in (
        verification.by_number(number, services),
        verification.by_file(pdf, services, number=number),
        verification.by_file(bundle, services),
    ):
        assert report is not None and report.verdict == "valid" and report.noun == "claim"
        assert report.statement == sealed.claim.statement
    label = verification.by_number(sealed.number, services)
    assert label is not None and label.noun == "label" and label.verdict == "valid"
    asked = verification.by_file(pdf, services, number=sealed.number)
    assert asked.verdict == "other-number"
    assert verification.by_number("TC-2026-0000009-0", services) is None


def test_the_store_reads_it_back(sealed):
    with sealed.services.uow() as unit:
        claim = sealed.claim
        assert unit.claims.get(claim.number) == claim
        assert unit.claims.of_dossier(claim.dossier_id) == claim
        assert unit.claims.list_() == (claim,)
        own, other = sealed["exporter"].organisation_id, sealed["other-exporter"].organisation_id
        assert unit.claims.list_(organisation_id=own) == (claim,)
        assert unit.claims.list_(organisation_id=other) == ()
        assert unit.claims.list_(since=claim.valid_until) == ()
        assert unit.claims.counted() == {2026: 1} and unit.claims.events(claim.number) == ()
        assert unit.claims.get("TC-2026-0000002-U") is None and unit.claims.pdf("TC") is None


def test_an_intact_store_with_a_claim_has_no_problem(sealed):
    assert soundness_of(sealed) == ()
    assert not [one for one in integrity.check(administrator("test"), sealed.services) if "log" in one]


@pytest.mark.parametrize("what", TAMPERING)
def test_the_check_names_what_was_changed(copied, what):
    sql, says = TAMPERING[what]
    tamper(copied, sql)
    found = integrity.check(administrator("test"), copied.services)
    assert any(says in problem for problem in found), found


def test_events_follow_one_another(copied):
    number = claimmaking.NUMBER
    first = ClaimEvent(number, 1, "frozen", "N06", "注销被撤回", "p", claimmaking.NOW)
    with copied.services.uow(write=True) as unit:
        unit.claims.add_event(first)
        unit.claims.add_event(ClaimEvent(number, 3, "lifted", "N06", "", "p", claimmaking.NOW))
        assert [event.sequence for event in unit.claims.events(number)] == [1, 3]
        assert unit.claims.latest_events()[number].status == "lifted"
        unit.commit()
    assert f"events of claim {number}" in soundness_of(copied)


def test_a_second_claim_follows_in_number_and_log(copied):
    second = sealing(copied)
    assert second.number.startswith("TC-2026-0000002-") and proof.read(second.proof).size == 6
    assert soundness_of(copied) == ()


@pytest.mark.parametrize(
    "made",
    [
        lambda issue: stated(issue) | {"offset": "1"},
        lambda issue: stated(issue) | {"number": "TC-2026-0000007-K"},
        lambda issue: stated(issue) | {"issuer": claimmaking.statement()["issuer"]},
        lambda issue: stated(issue) | {"issuedAt": "2026-11-21T08:00:00Z"},
        lambda issue: stated(issue) | {"type": "tanbiao-label/2"},
        lambda issue: stated(issue) | {"wording": {"zh": "碳" * 20_000, "en": "𠀀" * 20_000}},
    ],
    ids=["sums", "number", "issuer", "date", "kind", "length"],
)
def test_a_statement_that_does_not_hold_is_refused_and_leaves_no_trace(copied, made):
    with pytest.raises(ClaimStatementRefused) as refused:
        sealing(copied, made)
    assert refused.value.message("zh") != refused.value.message("en")
    assert soundness_of(copied) == ()
    with copied.services.uow() as unit:
        assert unit.log.size() == 5 and unit.claims.counted() == {2026: 1}
