# ruff: noqa: E501 - the table is read across
"""``tanbiao ledger verify`` names the entry, position, lot or use that somebody changed behind the software's back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from certificates.ledger.entries import Reverse
from service.cli import group
from service.usecases import integrity
from service.usecases.access import administrator
from service.usecases.ledger import power, soundness
from tests.service.ledger import making, powermaking
from tests.service.ledger.making import LATER, acquire, gec, record, retire, split, transfer, vcs

SPAN = gec().span
COPY = "INSERT INTO ledger_positions SELECT 9, 7, space, first + 9000, last + 9000, account, state, kind, lot, transfers, opened_on, NULL, NULL FROM ledger_positions WHERE opened_by = 5"

TAMPERING = {
    "an entry's content": (1, "UPDATE ledger_entries SET content = replace(content, '光伏', '风电') WHERE sequence = 1", "ledger entry 1 is not what was recorded"),
    "an entry's link": (3, "UPDATE ledger_entries SET link = 'f' WHERE sequence = 3", "ledger entry 3 is not what was recorded"),
    "who recorded": (2, "UPDATE ledger_entries SET person_id = 'x' WHERE sequence = 2", "ledger entry 2 is not what was recorded"),
    "when": (2, "UPDATE ledger_entries SET at = '2026-01-01 00:00:00.000000' WHERE sequence = 2", "ledger entry 2 is not what was recorded"),
    "a missing entry": (2, "DELETE FROM ledger_entries WHERE sequence = 2", "ledger entry 2 is not what was recorded"),
    "the first entry": (1, "DELETE FROM ledger_entries WHERE sequence = 1", "ledger entry 1 is not what was recorded"),
    "the last entry": (6, "DELETE FROM ledger_entries WHERE sequence = 6", "the ledger has 5 entries, 6 were recorded"),
    "every entry": (1, "DELETE FROM ledger_entries", "the ledger has 0 entries, 6 were recorded"),
    "an entry more": (7, "INSERT INTO ledger_entries SELECT 7, kind, account, effective_on, content, link, person_id, at, NULL FROM ledger_entries WHERE sequence = 5", "ledger entry 7 is not what was recorded"),
    "the counter": (6, "UPDATE counters SET value = 5 WHERE name = 'ledger'", "the ledger has 6 entries, 5 were recorded"),
    "content that is none": (4, "UPDATE ledger_entries SET content = '{' WHERE sequence = 4", "content of ledger entry 4 cannot be read"),
    "the account it is listed in": (None, "UPDATE ledger_entries SET account = 'x' WHERE sequence = 4", "ledger entry 4 is not listed as its content says"),
    "what it is listed to reverse": (None, "UPDATE ledger_entries SET reverses = 4 WHERE sequence = 6", "ledger entry 6 is not listed as its content says"),
    "a position's holder": (None, "UPDATE ledger_positions SET account = 'x' WHERE opened_by = 3", "ledger position 3.0 is not what follows from the entries"),
    "a position's state": (None, "UPDATE ledger_positions SET state = 'held' WHERE opened_by = 4", "ledger position 4.0 is not what follows from the entries"),
    "a state that is none": (None, "UPDATE ledger_positions SET state = 'x' WHERE opened_by = 4", "ledger position 4.0 is not what follows from the entries"),
    "a position's units": (None, "UPDATE ledger_positions SET last = 5000 WHERE opened_by = 5", "ledger position 5.0 is not what follows from the entries"),
    "a position's kind": (None, "UPDATE ledger_positions SET kind = 'gec' WHERE opened_by = 5", "ledger position 5.0 is not what follows from the entries"),
    "a position opened again": (None, "UPDATE ledger_positions SET closed_by = NULL, closed_on = NULL WHERE opened_by = 1", "ledger position 1.0 is not what follows from the entries"),
    "a day that is none": (None, "UPDATE ledger_lots SET vintage_end = 'x' WHERE sequence = 1", "not all lots of the ledger can be read"),
    "a missing position": (None, "DELETE FROM ledger_positions WHERE opened_by = 3", "ledger position 3.0 is missing"),
    "a position more": (None, COPY, "ledger position 9.7 is stored and follows from no entry"),
    "a lot's validity": (None, "UPDATE ledger_lots SET expires_on = '2099-12-31' WHERE sequence = 1", "ledger lot 1 is not what its entry says"),
    "a missing lot": (None, "DELETE FROM ledger_lots WHERE sequence = 5", "ledger lot 5 is missing"),
    "a lot more": (None, "INSERT INTO ledger_lots SELECT 9, kind, serial, project, name, country, technology, electricity, vintage_start, vintage_end, expires_on FROM ledger_lots WHERE sequence = 1", "ledger lot 9 is stored and follows from no entry"),
    "a use more": (None, "INSERT INTO ledger_uses SELECT 'x', opened_by, place, dossier_id, purpose, person_id, at, NULL FROM ledger_uses", "ledger position 4.0 is used 2 times"),
    "a use of nothing": (None, "UPDATE ledger_uses SET opened_by = 99", "is of a position that follows from no entry"),
    "a use by nobody": (None, "UPDATE ledger_uses SET dossier_id = 'x'", "is by a dossier that is not there"),
    "the event of a recording": (None, "DELETE FROM audit_events WHERE object = 'ledger:5-5'", "ledger:6-6 does not follow the recording before it"),
    "the event's link": (None, "UPDATE audit_events SET after = 'x' WHERE object = 'ledger:5-5'", "ledger:5-5 ends with another link than was recorded"),
    "the event's person": (None, "UPDATE audit_events SET person_id = 'x' WHERE object = 'ledger:5-5'", "ledger:5-5 was recorded and is not in the ledger as it was recorded"),
    "the last event": (None, "DELETE FROM audit_events WHERE object = 'ledger:6-6'", "ledger entries 6 to 6 were recorded by nobody"),
}  # fmt: skip


@pytest.fixture
def world(at):
    world = at("populated")
    record(
        world,
        acquire(world),
        split(world, SPAN, 100, 400),
        transfer(world, replace(SPAN, last=100), "other-exporter"),
        retire(world, replace(SPAN, first=101, last=400)),
    )
    record(world, acquire(world, vcs()))
    reversal = Reverse(on=LATER, account=making.account(world, "other-exporter"), entry=3, reason="误发")
    record(world, reversal, who="other-exporter")
    with world.services.uow(write=True) as unit:
        unit.ledger.use("4.0", making_dossier(world, unit), "power", "p", world.clock())
        unit.commit()
    return world


def making_dossier(world, unit) -> str:
    from service.usecases.ledger import dossiers

    opened = dossiers.Opened("purchase", "绿证", {"title": "绿证"})
    return dossiers.open_(world["exporter"], unit, opened, world.clock()).id


def verify(world):
    return soundness.verify(administrator("test"), world.services)


def test_an_intact_ledger_has_no_problem(world):
    assert verify(world) == soundness.VerifyReport(6, None, ())
    assert integrity.check(administrator("test"), world.services) == ()


def test_an_empty_ledger_has_no_problem(at):
    assert verify(at("populated")) == soundness.VerifyReport(0, None, ())


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_changed_is_named(world, what):
    broken_at, sql, says = TAMPERING[what]
    making.tamper(world, [sql])
    found = verify(world)
    assert any(says in problem for problem in found.problems), found
    assert found.broken_at == broken_at


def test_a_use_that_was_ended_behind_the_software_is_named(at):
    """Else the units would be free for another balance."""
    made = at("populated")
    powermaking.evidence(made)
    balance, key = powermaking.opened(made), powermaking.retired(made, 100)
    power.allocate(made["exporter"], power.Allocate(balance, (key,)), made.services)
    assert verify(made).problems == ()
    making.tamper(made, ["UPDATE ledger_uses SET closed_at = at"])
    (said,) = verify(made).problems
    assert said == f"ledger position {key} is named by, but not used for power balance {balance}"


def test_a_chain_made_anew_is_told_by_what_was_recorded(world):
    """Whoever owns the file can compute links too; the audit chain keeps the last link of every recording."""
    from service.usecases.ledger.soundness import _link

    with world.services.uow() as unit:
        entries = unit.ledger.entries()
    previous, statements = "", []
    for one in entries:
        content = one.content.replace("光伏", "风电")
        previous = _link(replace(one, content=content), previous)
        statements.append(
            f"UPDATE ledger_entries SET content = '{content}', link = '{previous}' WHERE sequence = {one.sequence}"
        )
    making.tamper(world, statements)
    found = verify(world)
    assert found.broken_at is None
    assert "ledger:1-4 ends with another link than was recorded" in found.problems


def test_the_check_of_the_whole_store_tells_it_too(world):
    making.tamper(world, ["DELETE FROM ledger_positions WHERE opened_by = 3"])
    assert "ledger position 3.0 is missing" in integrity.check(administrator("test"), world.services)


@pytest.fixture
def run(world, monkeypatch):
    monkeypatch.setenv("TANBIAO_DATABASE_URL", world.services.settings.database_url)
    monkeypatch.setenv("TANBIAO_HOME", str(world.services.settings.home))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    def invoke(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(group, ["ledger", *arguments])
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def test_the_command_says_how_many_hold_and_exits_with_1_where_they_do_not(world, run):
    assert run("verify") == "6 entries: intact\n"
    making.tamper(world, ["UPDATE ledger_entries SET link = 'f' WHERE sequence = 3"])
    said = run("verify", code=1)
    assert "ledger entry 3 is not what was recorded" in said
    assert "6 entries: broken at entry 3" in said


def test_holdings_and_text_on_the_command_line(world, run, tmp_path):
    said = run("holdings", "--as", "exporter@demo.invalid", "--on", "2026-03-31")
    assert "1.0" in said and "500" in said
    listed = run("holdings", "--as", "exporter@demo.invalid", "--state", "retired", "--json")
    assert '"300 MWh"' in listed
    target = tmp_path / "account.txt"
    run("export", "--as", "exporter@demo.invalid", "-o", str(target))
    assert "retire" in target.read_text("utf-8")
    assert "Error" in run("export", "--as", "exporter@demo.invalid", "-o", str(target), code=1)
    assert "not-allowed" in run("holdings", "--as", "regulator@demo.invalid", code=1)
