# ruff: noqa: E501
"""``db check`` names the row that somebody changed, added or took away behind the software's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from service.usecases import integrity, labels, studies, verification
from service.usecases.access import administrator
from service.usecases.refusals import EvidenceChanged

OTHER = "(SELECT id FROM people WHERE email = 'all-hands@demo.invalid')"
RIVAL = "(SELECT id FROM organisations WHERE code = 'I-2')"
NO_LABEL = ("DELETE FROM label_events", "DELETE FROM labels")
NO_LOG = ("DELETE FROM log_nodes", "DELETE FROM log_checkpoints")
LAST_EVENT = "DELETE FROM audit_events WHERE sequence = (SELECT max(sequence) FROM audit_events)"

TAMPERING = {
    "a byte of the PDF": ("UPDATE labels SET pdf = CAST(substr(pdf, 1, 999) || x'00' || substr(pdf, 1001) AS BLOB)", "PDF (altered) of label"),
    "the whole PDF": ("UPDATE labels SET pdf = x''", "PDF (unreadable) of label"),
    "a proof that is none": ("UPDATE labels SET proof = '\"x\"'", "proof of label"),
    "a proof of another form": ("UPDATE labels SET proof = '[]'", "proof of label"),
    "a proof of another leaf": ("UPDATE labels SET proof = replace(proof, 'index 3', 'index 2')", "proof of label"),
    "the check code": ("UPDATE labels SET code = '00000000'", "check code of label"),
    "a statement of another form": ("UPDATE labels SET statement = '[]'", "statement (it is not the one that was signed)"),
    "the end of validity": ("UPDATE labels SET valid_until = '2099-01-01 00:00:00.000000'", "date of label"),
    "whose label it is": ("UPDATE labels SET exporter_id = (SELECT id FROM organisations WHERE code = 'X-2')", "exporter of label"),
    "who issued it": (f"UPDATE labels SET issued_by = {OTHER}", "label.issue on label:"),
    "its state": ("UPDATE label_events SET status = 'revoked'", "do not follow from one another"),
    "no state": ("DELETE FROM label_events", "has no event"),
    "its place": ('UPDATE status_places SET "index" = ("index" + 1) % 131072', "where its credential says"),
    "no place": ("DELETE FROM status_places", "has no place in the status lists"),
    "a status list": ("UPDATE status_lists SET credential = 'x'", "status list 1/"),
    "the window of a list": ("UPDATE status_lists SET valid_until = '2099-01-01 00:00:00.000000'", "not for its address and window"),
    "the status lists": ("DELETE FROM status_lists", "was not published without a gap"),
    "what a leaf is": ("UPDATE log_leaves SET what = 'label:TB-2026-0000002-J' WHERE what LIKE 'label:%'", "log entry of label"),
    "the leaves": ("DELETE FROM log_leaves", "leaves are missing"),
    "an entry too many": ("DELETE FROM status_lists WHERE purpose = 'refresh'", "entries for 1 labels and claims"),
    "the last label": (NO_LABEL, "1 labels were numbered in 2026, 0 are there"),
    "the last label and the log": ((*NO_LABEL, *NO_LOG), "label.issue on label:"),
    "the last label, the log, the counter": ((*NO_LABEL, *NO_LOG, "UPDATE counters SET value = 0 WHERE name LIKE 'label:%'"), "label.issue on label:"),
    "all that, and the last event": ((*NO_LABEL, *NO_LOG, LAST_EVENT), "The audit chain is broken at event"),
    "the last event": (LAST_EVENT, "The audit chain is broken at event"),
    "the log's nodes": ("DELETE FROM log_nodes", "the log has 0 entries for 1 labels and claims"),
    "the log's checkpoints": ("DELETE FROM log_checkpoints", "no checkpoint"),
    "the counter of numbers": ("UPDATE counters SET value = 7 WHERE name LIKE 'label:%'", "7 labels were numbered in 2026, 1 are there"),
    "a review's words": ("UPDATE reviews SET comment = 'waved through'", "review.decide on study:"),
    "a review's person": (f"UPDATE reviews SET reviewer_id = {OTHER}", "review.decide on study:"),
    "a review": ("DELETE FROM reviews", "review.decide on study:"),
    "an assessment's number": ("UPDATE assessments SET result = json_set(result, '$.rounded.total', '1')", "is not what its digest says"),
    "an assessment's links": ("UPDATE assessments SET result = json_set(result, '$.links[0].dataset', 'x')", "is not what its digest says"),
    "an assessment's form": ("UPDATE assessments SET result = '[]'", "is not what its digest says"),
    "an assessment": ("DELETE FROM assessments", "study.assess on study:"),
    "who modelled": ("DELETE FROM study_modellers", "somebody who modelled is missing"),
    "a choice": (f"INSERT INTO choices SELECT id, 'M1', 'x', 'x', {OTHER}, '2026-11-22' FROM studies", "choices of study"),
    "a study's state": ("UPDATE studies SET status = 'approved'", "is approved, it was left issued"),
    "a study's release": ("UPDATE studies SET release_digest = 'ff'", "has not the owners, release or scope it had"),
    "a study's GWP set": ("UPDATE studies SET gwp_set = 'AR6'", "has not the owners, release or scope it had"),
    "who sees restricted values": (f"INSERT INTO release_licences SELECT release, {RIVAL}, 1, 1, 'x', 'local:x', at FROM release_licences", "licence.grant on licence:"),
    "a licence's event": ("DELETE FROM release_licences", "licence.grant on licence:"),
    "the release of a study": ("UPDATE studies SET release = 'gone-1'", "Release gone-1 is not"),
    "an inventory": ("DELETE FROM inventories", "inventory.hand-in on inventory:"),
    "whose inventory it is": (f"UPDATE inventories SET institution_id = {RIVAL}", "has not the owners, release or scope it had"),
}  # fmt: skip


def tamper(world, *sql: str) -> None:
    """Change the file as somebody would who owns it: the triggers go first."""
    world.close()
    with closing(sqlite3.connect(world.database)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in sql:
            assert connection.execute(statement).rowcount > 0, f"{statement} changed nothing"


def problems(world) -> tuple[str, ...]:
    return integrity.check(administrator("test"), world.services)


@pytest.mark.parametrize("what", TAMPERING)
def test_the_check_names_what_was_changed(at, what):
    world = at("issued")
    sql, says = TAMPERING[what]
    tamper(world, *([sql] if isinstance(sql, str) else sql))
    found = problems(world)
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize("stage", ["populated", "opened", "approved", "issued"])
def test_an_intact_store_has_no_problem(at, stage):
    assert problems(at(stage)) == ()


def test_a_returned_relinked_and_withdrawn_study_has_no_problem(at):
    from service.usecases import reviews

    world = at("opened")
    who, study, services = world["practitioner"], world.study, world.services
    studies.assess(who, study, services)
    studies.submit(who, study, services)
    reviews.decide(world["reviewer"], reviews.Decide(study, False, "look at M1"), services)
    line = next(one for one in studies.links(who, study, services).lines if one.dataset)
    studies.link(who, studies.ChooseDataset(study, line.key, line.dataset.code, "the same metal"), services)
    assert problems(world) == ()
    studies.link(who, studies.ChooseDataset(study, line.key, "", ""), services)
    assert problems(world) == ()


def test_a_log_of_several_labels_is_checked_node_by_node(at, open_cn, workbook):
    """With two leaves the root is one node: it alone would not tell that a leaf was changed."""
    from tests.service import world as making

    world = at("issued")
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    making.issue(world)
    assert problems(world) == ()
    tamper(world, 'UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND "index" = 0')
    found = problems(world)
    assert "log node 1/0 does not follow from those below it" in found
    assert "checkpoint of size 1 is not of this log" in found


@pytest.mark.parametrize(
    ("sql", "verdict"),
    [
        ("UPDATE labels SET proof = '[]'", "valid"),  # the proof is made anew, from the log
        ("UPDATE labels SET credential = 'x'", "unreadable"),
        ("UPDATE labels SET credential = replace(credential, 'A', 'B')", "unreadable"),
        ("DELETE FROM log_leaves", "altered"),
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0", "altered"),
        ("DELETE FROM log_nodes WHERE level > 0", "valid"),  # these follow from the leaves; db check tells
        ("UPDATE status_lists SET credential = 'x'", "valid"),  # the register of the store tells
        ("DELETE FROM status_places", "valid"),
        ("UPDATE label_events SET status = 'revoked'", "valid"),  # the first event is the issue
    ],
)
def test_what_was_damaged_in_the_store_is_an_answer_to_the_public(at, sql, verdict):
    world = at("issued")
    tamper(world, sql)
    report = verification.by_number(world.number, world.services)
    assert report is not None and report.verdict == verdict, report.text("en")


def test_a_damaged_log_gives_no_bundle(at):
    world = at("issued")
    tamper(world, "DELETE FROM log_leaves")
    with pytest.raises(EvidenceChanged, match="log entry or place"):
        labels.bundle(world["exporter"], world.number, world.services)
