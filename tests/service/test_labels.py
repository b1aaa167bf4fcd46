"""Issue, verify, recompute; and what happens when a stored digit is changed behind the software's back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from certificates.log import checkpoint, merkle, proof
from certificates.statement import check
from certificates.verify import verify
from service.store.tables import APPEND_ONLY
from service.usecases import (
    integrity,
    inventories,
    labels,
    refusals,
    release_refusals,
    statements,
    studies,
    verification,
)
from service.usecases.access import administrator
from tests.service import world as making


def tamper(world, *sql: str) -> None:
    """Change the file as an intruder would: without triggers and without the software."""
    world.close()
    with closing(sqlite3.connect(world.database)) as connection, connection:
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER {table}_no_{verb}")
        for statement in sql:
            assert connection.execute(statement).rowcount > 0, f"{statement} changed nothing"


def differing(world) -> list[str]:
    found = labels.recompute(world["practitioner"], world.number, world.services)
    assert found.equal == (not found.differences)
    return [one.path for one in found.differences]


def test_the_pdf_the_bundle_and_the_credential_verify(at):
    world = at("issued")
    trust, services, actor = verification.trust(world.services), world.services, world["exporter"]
    at_issue = making.START
    pdf = verify(labels.document(actor, world.number, services), trust, at=at_issue, number=world.number)
    assert (pdf.verdict, pdf.kind) == ("valid", "pdf")
    assert verify(labels.bundle(actor, world.number, services), trust, at=at_issue).verdict == "valid"
    bare = labels.credential(actor, world.number, services).encode()
    assert verify(bare, trust, at=at_issue).verdict == "incomplete", (
        "a bare credential has no proof of the log"
    )
    assert pdf.statement == labels.get(actor, world.number, services).statement


def test_the_statement_says_what_was_assessed(at, open_cn):
    world = at("issued")
    statement = labels.get(world["exporter"], world.number, world.services).statement
    view = studies.get(world["exporter"], world.study, world.services)
    assert check(statement) == []
    assert statement["footprint"]["total"] == view.assessment.result["rounded"]["total"]
    chain = {entry["kind"]: entry["sha256"] for entry in statement["chain"]}
    assert list(chain) == ["workbook", "inventory", "links", "release", "rules", "footprint", "review"]
    assert chain["workbook"] == view.inventory.workbook_sha256
    assert chain["inventory"] == view.inventory.digest
    assert chain["release"] == open_cn.digest
    assert chain["footprint"] == view.assessment.digest == view.reviews[0].assessment_digest
    assert statement["issuedAt"] == "2026-11-22T08:00:00Z"
    assert statement["validUntil"] == "2028-11-22T08:00:00Z"
    assert view.study.status == "issued"
    assert view.label and view.label.status == "active"


def test_public_verification_needs_no_account(at):
    world = at("issued")
    report = verification.by_number(world.number, world.services)
    assert report and report.verdict == "valid"
    pdf = verification.published_document(world.number, world.services)
    assert pdf and verification.by_file(pdf, world.services, number=world.number).verdict == "valid"
    assert verification.by_file(pdf, world.services, number="TB-2026-0000002-0").verdict == "other-number"
    assert verification.by_number("TB-2026-0000009-0", world.services) is None
    assert verification.published_document("x", world.services) is None
    world.clock.on(3 * 366 * 86400)
    late = verification.by_number(world.number, world.services)
    assert late and late.verdict == "expired"


def test_two_labels_share_one_consistent_log(at, open_cn, workbook):
    world = at("issued")
    first = labels.get(world["exporter"], world.number, world.services)
    world.clock.on(60)
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    making.issue(world)
    second = labels.get(world["exporter"], world.number, world.services)
    assert (first.number[8:15], second.number[8:15]) == ("0000001", "0000002")
    proofs = [proof.read(label.proof) for label in (first, second)]
    assert [(one.index, one.size) for one in proofs] == [(3, 4), (4, 5)], "after the three status lists"
    with world.services.uow() as unit:
        roots = [merkle.root(size, unit.log.node) for size in (4, 5)]
        assert merkle.verify_consistency(4, 5, merkle.consistency_proof(4, 5, unit.log.node), *roots)
    assert checkpoint.read(proofs[1].checkpoint).root == roots[1]
    for label in (first, second):
        data = labels.bundle(world["exporter"], label.number, world.services)
        assert verify(data, verification.trust(world.services), at=world.clock()).verdict == "valid"
    assert integrity.check(administrator("test"), world.services) == ()


def test_recompute_is_equal_for_what_was_issued(at):
    world = at("issued")
    world.clock.on(86400)
    assert differing(world) == []


TAMPERING = {
    "an amount of the stored inventory": (
        "UPDATE inventories SET content = json_set(content, '$.lines[0].amount', '630001')",
        "store.inventory.lines[0].amount",
    ),
    "the stored statement's total": (
        "UPDATE labels SET statement = json_set(statement, '$.footprint.total', '0.1')",
        "store.statement.footprint.total",
    ),
    "the stored statement's product": (
        "UPDATE labels SET statement = json_set(statement, '$.product.model', 'LX-999')",
        "store.statement.product.model",
    ),
    "the exporter's name": (
        "UPDATE organisations SET name_zh = '别人' WHERE code = 'X-1'",
        "exporter.name.zh",
    ),
    "the review's comment": ("UPDATE reviews SET comment = 'waved through'", "chain[6].sha256"),
    "the reviewer's name": (
        "UPDATE people SET name = 'x' WHERE email = 'reviewer@demo.invalid'",
        "review.reviewer",
    ),
    "the release's digest": ("UPDATE studies SET release_digest = 'ff'", "release"),
    "the rule set's GWP": ("UPDATE studies SET gwp_set = 'AR6'", "footprint.total"),
    "a byte behind the workbook": (
        "UPDATE inventories SET workbook = CAST(workbook || x'00' AS BLOB)",
        "chain[0].sha256",
    ),
    "the whole workbook": ("UPDATE inventories SET workbook = x'00'", "store.workbook"),
    "the review itself": ("DELETE FROM reviews", "store"),
    "the credential": ("UPDATE labels SET credential = 'a.b'", "store.credential"),
    "the time of issue": ("UPDATE labels SET issued_at = '2026-11-21 08:00:00.000000'", "issuedAt"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_recompute_says_where_the_store_was_changed(at, what):
    world = at("issued")
    sql, path = TAMPERING[what]
    tamper(world, sql)
    assert path in differing(world)


def test_a_choice_slipped_in_after_issue_is_found(at):
    world = at("issued")
    links = studies.links(world["practitioner"], world.study, world.services).lines
    line = next(one for one in links if one.dataset and len(one.candidates) > 1)
    other = next(c.dataset.code for c in line.candidates if c.dataset.code != line.dataset.code)
    person = world["practitioner"].person_id
    tamper(
        world,
        f"INSERT INTO choices VALUES ('{world.study}', '{line.key}', '{other}', 'x', '{person}', '2026-11-22')",
    )
    found = differing(world)
    assert "chain[2].sha256" in found
    assert "chain[5].sha256" in found


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "UPDATE inventories SET content = json_set(content, '$.lines[0].amount', '1')",
            "content of inventory",
        ),
        ("UPDATE inventories SET workbook = x'00'", "workbook of inventory"),
        ("UPDATE labels SET statement = json_set(statement, '$.number', 'x')", "not the one that was signed"),
        ("UPDATE labels SET credential = 'a.b.c'", "credential of label"),
        ("UPDATE log_nodes SET hash = zeroblob(32)", "no longer has the root"),
        ("UPDATE log_checkpoints SET checkpoint = replace(checkpoint, 'demo', 'demi')", "last checkpoint"),
        ("DELETE FROM log_checkpoints", "no checkpoint"),
        ("UPDATE audit_events SET action = 'x' WHERE sequence = 3", "broken at event 3"),
    ],
)
def test_the_check_of_the_store_finds_it_too(at, sql, says):
    world = at("issued")
    assert integrity.check(administrator("test"), world.services) == ()
    tamper(world, sql)
    assert any(says in problem for problem in integrity.check(administrator("test"), world.services))


def test_verify_says_which_check_fails_for_a_changed_credential(at):
    world = at("issued")
    tamper(
        world, "UPDATE labels SET credential = substr(credential, 1, length(credential) - 9) || 'AAAAAAAAA'"
    )
    report = verification.by_number(world.number, world.services)
    assert report and report.verdict == "altered"
    assert {step.code for step in report.failed} == {"signature"}, "what the log holds is not the signature"


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        (
            "UPDATE inventories SET content = json_set(content, '$.lines[0].amount', '1')",
            refusals.EvidenceChanged,
        ),
        ("UPDATE inventories SET content = json_remove(content, '$.lines')", refusals.EvidenceChanged),
        ("UPDATE inventories SET workbook = x'00'", refusals.EvidenceChanged),
        ("UPDATE reviews SET assessment_digest = 'ff'", refusals.NotApproved),
        ("UPDATE reviews SET decision = 'returned'", refusals.NotApproved),
        ("DELETE FROM reviews", refusals.NotApproved),
        ("UPDATE studies SET release_digest = 'ff'", release_refusals.ReleaseUnavailable),
        ("UPDATE studies SET gwp_set = 'AR6'", refusals.GateClosed),
        ("INSERT INTO log_nodes VALUES (0, 0, zeroblob(32))", refusals.EvidenceChanged),
    ],
)
def test_nothing_is_issued_on_tampered_evidence(at, sql, refusal):
    world = at("approved")
    tamper(world, sql)
    with pytest.raises(refusal):
        labels.issue(world["signatory"], world.study, world.services)
    assert labels.list_(world["regulator"], world.services) == ()
    assert studies.get(world["practitioner"], world.study, world.services).study.status == "approved"


def test_nothing_is_issued_on_a_log_that_forgot_its_root(at, open_cn, workbook):
    world = at("issued")
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    tamper(world, "UPDATE log_nodes SET hash = zeroblob(32)")
    with pytest.raises(refusals.EvidenceChanged):
        labels.issue(world["signatory"], world.study, world.services)


def test_nothing_is_issued_when_the_roads_differ(at, monkeypatch):
    """The reference road's total is shifted by 2e-9: more than the tolerance."""
    from lca import engine

    reference = engine.reference_road

    def shifted(*given):
        found = reference(*given)
        scores = {method: value * (1 + 2e-9) for method, value in found.scores.items()}
        return replace(found, scores=scores)

    monkeypatch.setattr(engine, "reference_road", shifted)
    world = at("approved")
    with pytest.raises(refusals.RoadsDiffer):
        labels.issue(world["signatory"], world.study, world.services)
    assert labels.list_(world["regulator"], world.services) == ()


def test_nothing_is_issued_without_keys_or_document(at, tmp_path):
    from service.installation import StoredKeys

    world = at("approved")
    keyless = replace(world.services, keys=StoredKeys(tmp_path / "nowhere", None))
    with pytest.raises(refusals.KeysUnavailable):
        labels.issue(world["signatory"], world.study, keyless)

    def broken(*_args: object, **_more: object) -> bytes:
        raise RuntimeError("no fonts")

    with pytest.raises(RuntimeError, match="no fonts"):
        labels.issue(world["signatory"], world.study, making.with_render(world.services, broken))
    assert labels.list_(world["regulator"], world.services) == ()
    assert making.issue(world)[8:15] == "0000001", "the number of the failed issue is not lost"


def test_a_change_while_the_roads_are_computed_stops_the_issue(at, monkeypatch):
    from service.usecases import issuing

    world = at("approved")
    compute = issuing.assess_both_roads

    def meanwhile(*given):
        result = compute(*given)
        studies.link(world["practitioner"], studies.ChooseDataset(world.study, "M1", "", ""), world.services)
        return result

    monkeypatch.setattr(issuing, "assess_both_roads", meanwhile)
    with pytest.raises(refusals.StudyChanged):
        labels.issue(world["signatory"], world.study, world.services)
    assert labels.list_(world["regulator"], world.services) == ()


def test_inventory_of_a_label_is_not_shown_to_the_regulator(at):
    world = at("issued")
    assert labels.get(world["regulator"], world.number, world.services)
    with pytest.raises(refusals.NotAllowed):
        inventories.get(world["regulator"], world.inventory, world.services)


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        ("2026-11-22", 24, "2028-11-22"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-15", 11, "2026-12-15"),
    ],
)
def test_validity_ends_on_the_same_day(issued, months, until):
    moment = datetime.fromisoformat(issued).replace(tzinfo=UTC)
    assert statements.ends(moment, months).date().isoformat() == until


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.23e-16, "0.00000000000000013"), (5e-10, "0.00000000050"), (9.91e-12, "0.0000000000100")],
)
def test_the_difference_of_the_roads_is_never_understated(value, text):
    rounded = statements.two_digits(value)
    assert rounded >= Decimal(repr(value))
    assert f"{rounded:f}" == text


def test_the_stored_statement_is_plain_json(at):
    world = at("issued")
    label = labels.get(world["exporter"], world.number, world.services)
    assert json.loads(json.dumps(label.statement)) == label.statement
