"""Looking: holdings on a day, the history of a lot as far as it is one's own, the account as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from certificates.ledger import textform
from certificates.ledger.entries import Reverse
from service.usecases.ledger import looking
from service.usecases.refusals import EvidenceChanged, NotFound
from tests.service.ledger import making
from tests.service.ledger.making import LATER, acquire, gec, record, retire, split, transfer, vcs

SPAN = gec().span
TODAY = date(2026, 11, 22)
PROOF = "a" * 64


@pytest.fixture
def world(at):
    """500 certificates: 100 handed to the other exporter, 300 retired, 100 kept; 100 credits kept."""
    world = at("populated")
    making.keep_file(world, PROOF)
    record(
        world,
        acquire(world, evidence=(PROOF,), note="合同 7"),
        split(world, SPAN, 100, 400),
        transfer(world, replace(SPAN, last=100), "other-exporter", note="内部价", evidence=(PROOF,)),
        retire(world, replace(SPAN, first=101, last=400)),
        acquire(world, vcs()),
    )
    return world


def test_a_portfolio_is_the_sums_and_the_positions_of_a_day(world):
    found = looking.portfolio(world["exporter"], TODAY, world.services)
    assert [(one.kind, one.state, one.units) for one in found.totals] == [
        ("gec", "held", 100),
        ("gec", "retired", 300),
        ("vcs", "held", 100),
    ]
    assert [str(one.quantity) for one in found.totals] == ["100 MWh", "300 MWh", "100 tCO2e"]
    assert found.totals == looking.totals(world["exporter"], TODAY, world.services)
    assert sum(one.position.span.count for one in found.holdings) == 500
    assert {one.lot.serial for one in found.holdings} == {gec().serial, vcs().serial}
    before = looking.portfolio(world["exporter"], date(2026, 3, 31), world.services)
    assert [(one.state, one.units) for one in before.totals] == [("held", 500), ("held", 100)]
    assert looking.totals(world["practitioner"], TODAY, world.services) == ()


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({}, ["4.0", "2.2", "5.0"]),
        ({"kind": "gec"}, ["4.0", "2.2"]),
        ({"state": "held"}, ["2.2", "5.0"]),
        ({"kind": "vcs", "state": "retired"}, []),
    ],
)
def test_holdings_are_filtered(world, asked, keys):
    found = looking.holdings(world["exporter"], TODAY, world.services, **asked)
    assert [one.position.key for one in found] == keys


def test_a_position_open_or_closed_tells_its_lot_and_use(world):
    dossier = making.purchase(world)
    with world.services.uow(write=True) as unit:
        unit.ledger.use("4.0", dossier.id, "power", "p", world.clock())
        unit.commit()
    found = looking.position(world["exporter"], "4.0", world.services)
    assert (found.used_by, found.lot.project, found.closed_by) == (dossier.id, "光伏", None)
    closed = looking.position(world["exporter"], "1.0", world.services)
    assert (closed.closed_by, closed.closed_on, closed.used_by) == (2, LATER, "")


@pytest.mark.parametrize("key", ["3.0", "9.0", "1", "", "1.x", "01.0", "-1.0", "9" * 30 + ".0", "1.²"])
def test_what_is_no_position_of_the_account_is_not_found(world, key):
    with pytest.raises(NotFound):
        looking.position(world["exporter"], key, world.services)


def test_the_history_of_a_lot_is_in_order_and_tells_what_was_reversed(world):
    account = making.account(world, "exporter")
    record(world, Reverse(on=LATER, account=account, entry=4, reason="误登"))
    found = looking.history(world["exporter"], 1, world.services)
    told = [(one.number, type(one.entry).__name__, one.reversed_by) for one in found.events]
    assert told == [
        (1, "Acquire", None),
        (2, "Split", None),
        (3, "Transfer", None),
        (4, "Retire", 6),
        (6, "Reverse", None),
    ]
    assert all(one.own and one.person_id for one in found.events)
    assert [one.position.key for one in found.positions] == ["1.0", "2.0", "2.1", "2.2", "4.0", "6.0"]


def test_a_receiver_sees_how_units_came_and_not_what_the_sender_wrote(world):
    found = looking.history(world["other-exporter"], 1, world.services)
    (event,) = found.events
    assert (event.number, event.own, event.person_id) == (3, False, "")
    assert (event.entry.note, event.entry.evidence) == ("", ())
    assert [one.position.key for one in found.positions] == ["3.0"]
    (came,) = looking.recorded(world["other-exporter"], world.services)
    assert came == event


@pytest.mark.parametrize(
    ("who", "look"),
    [
        ("other-exporter", lambda a, s: looking.history(a, 5, s)),
        ("practitioner", lambda a, s: looking.history(a, 1, s)),
        ("exporter", lambda a, s: looking.history(a, 2, s)),
        ("exporter", lambda a, s: looking.history(a, 0, s)),
        ("other-exporter", lambda a, s: looking.entry(a, 1, s)),
        ("other-exporter", lambda a, s: looking.entry(a, 3, s)),
        ("exporter", lambda a, s: looking.entry(a, 99, s)),
        ("other-exporter", lambda a, s: looking.position(a, "2.2", s)),
    ],
)
def test_what_is_not_there_and_what_is_another_s_are_not_found(world, who, look):
    with pytest.raises(NotFound):
        look(world[who], world.services)


def test_entries_are_listed_from_a_number_on(world):
    listed = looking.entries(world["exporter"], world.services, first=2, limit=2)
    assert [one.number for one in listed] == [2, 3]
    assert looking.entry(world["exporter"], 4, world.services).entry.span.count == 300


@pytest.mark.parametrize(("language", "name"), [("zh", "演示铝业"), ("en", "Demo Aluminium")])
def test_the_account_as_text_reads_back(world, language, name):
    text = looking.export_text(replace(world["exporter"], language=language), world.services)
    assert name in text.splitlines()[0]
    assert "; gec retired 300 MWh" in text
    read = textform.read(text)
    own = looking.entries(world["exporter"], world.services)
    assert [(one.number, one.entry) for one in read] == [(one.number, one.entry) for one in own]
    received = textform.read(looking.export_text(world["other-exporter"], world.services))
    assert [one.number for one in received] == [3]


def test_a_total_is_exact(world):
    (total, *_) = looking.totals(world["exporter"], TODAY, world.services)
    assert total.quantity.amount == Decimal(100)


def test_damaged_content_is_told(world):
    making.tamper(world, ["UPDATE ledger_entries SET content = '{}' WHERE sequence = 1"])
    with pytest.raises(EvidenceChanged, match="ledger entry 1"):
        looking.history(world["exporter"], 1, world.services)
    with pytest.raises(EvidenceChanged, match="ledger"):
        record(world, retire(world, replace(SPAN, first=401)))
