"""Purchases as they are kept: versions, lots of the account, budgets, what is late and what units cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from certificates.ledger.entries import Reverse
from certificates.ledger.money import Money
from certificates.ledger.purchases import Status
from service.usecases.ledger import dossiers, purchasing, spending
from service.usecases.ledger.purchasing import Cancel, ChangePurchase, Deliver
from service.usecases.ledger.refusals import DossierChanged, EvidenceUnknown, FieldsRefused
from service.usecases.refusals import NotAllowed, NotFound, WrongState
from tests.service.ledger.making import DAY, LATER, account, acquire, gec, keep_file, record, vcs

FORM = {
    "title": "绿证 2026",
    "kind": "gec",
    "seller": "演示风电",
    "year": "2026",
    "expected": "800",
    "currency": "CNY",
    "unit_price": "5",
    "papers": [{"kind": "contract", "number": "C-1", "on": "2026-01-20"}],
    "fees": [{"what": "中介费", "amount": "80"}],
    "due": [{"on": "2026-02-28", "quantity": "600"}, {"on": "2026-12-01", "quantity": "200"}],
    "evidence": ["a" * 64],
}


@pytest.fixture
def world(at):
    made = at("populated")
    keep_file(made, "a" * 64)
    return made


def bought(world, who="exporter", **changes):
    return purchasing.open_(world[who], FORM | changes, world.services).id


def deliver(world, purchase, *lots, **more):
    return purchasing.deliver(world["exporter"], Deliver(purchase, tuple(lots), **more), world.services)


def seen(world, purchase):
    return purchasing.get(world["exporter"], purchase, world.services)


def codes(refusal):
    assert refusal.value.message("zh") and refusal.value.message("en")
    return {one.code for one in refusal.value.problems}


def test_from_order_to_delivery(world):
    purchase = bought(world)
    first = record(world, acquire(world, gec(1, 500)), acquire(world, gec(2, 400)))
    assert seen(world, purchase).progress.status is Status.CONTRACTED
    assert deliver(world, purchase, first.first).status == "part-delivered"
    assert deliver(world, purchase, first.last).status == "delivered"
    found = seen(world, purchase)
    assert (found.progress.delivered.amount, found.progress.over.amount) == (900, 100)
    # 5 + 80 / 900
    costs = spending.costs(world["exporter"], world.services)
    assert costs == dict.fromkeys((first.first, first.last), Money(Decimal("5.088889"), "CNY"))
    told = purchasing.versions(world["exporter"], purchase, world.services)
    assert [(one.number, one.note, one.purchase.lots) for one in told] == [
        (3, "+2", (1, 2)),
        (2, "+1", (1,)),
        (1, "", ()),
    ]


def test_a_change_is_a_version_on_the_one_looked_at(world):
    purchase = bought(world)
    (lot,) = {record(world, acquire(world)).first}
    deliver(world, purchase, lot, version=1)
    change = ChangePurchase(purchase, FORM | {"title": "改名", "unit_price": "6"}, "price agreed anew", 2)
    made = purchasing.change(world["exporter"], change, world.services)
    assert (made.version, made.title) == (3, "改名")
    assert seen(world, purchase).purchase.lots == (lot,)
    with pytest.raises(DossierChanged):
        purchasing.change(world["exporter"], change, world.services)
    again = replace(change, form=FORM | {"kind": "vcs", "title": ""}, version=3)
    with pytest.raises(FieldsRefused) as refusal:
        purchasing.change(world["exporter"], again, world.services)
    assert codes(refusal) == {"kind-has-lots", "needed"}


def test_a_lot_is_the_accounts_own_of_the_kind_and_under_one_purchase(world):
    one, other = bought(world), bought(world, title="第二笔")
    own = record(world, acquire(world), acquire(world, vcs()))
    theirs = record(world, acquire(world, gec(9), "other-exporter"), who="other-exporter")
    gone = record(world, acquire(world, gec(3)))
    undone = Reverse(on=LATER, account=account(world, "exporter"), entry=gone.first, reason="wrong")
    reverse = record(world, undone)
    deliver(world, one, own.first)
    for lots, problems in [
        ((own.first,), {"lot-taken"}),
        ((own.last,), {"lot-of-other-kind"}),
        ((theirs.first, gone.first, reverse.first, 99), {"lot-unknown"}),
        ((own.first, own.last, 99), {"lot-taken", "lot-of-other-kind", "lot-unknown"}),
        ((), {"needed"}),
    ]:
        with pytest.raises(FieldsRefused) as refusal:
            deliver(world, other, *lots)
        assert codes(refusal) == problems
    with pytest.raises(FieldsRefused) as refusal:
        deliver(world, other, remove=(own.first,))
    assert codes(refusal) == {"lot-not-here"}
    deliver(world, one, remove=(own.first,))
    assert deliver(world, other, own.first).status == "part-delivered"


def test_a_lot_that_is_reversed_later_was_not_delivered(world):
    purchase = bought(world)
    lot = record(world, acquire(world)).first
    deliver(world, purchase, lot)
    record(world, Reverse(on=LATER, account=account(world, "exporter"), entry=lot, reason="wrong"))
    assert seen(world, purchase).progress.delivered.amount == 0
    assert spending.costs(world["exporter"], world.services) == {}


def test_a_cancelled_purchase_stays_as_it_is(world):
    purchase = bought(world)
    with pytest.raises(FieldsRefused) as refusal:
        purchasing.cancel(world["exporter"], Cancel(purchase, {"on": "2027-01-01"}), world.services)
    assert codes(refusal) == {"day-in-future", "needed"}
    command = Cancel(purchase, {"on": "2026-11-01", "reason": "no supply"})
    assert purchasing.cancel(world["exporter"], command, world.services).status == "cancelled"
    assert seen(world, purchase).progress.committed.amount == 0
    for act in (
        lambda: purchasing.cancel(world["exporter"], command, world.services),
        lambda: purchasing.change(world["exporter"], ChangePurchase(purchase, FORM), world.services),
        lambda: deliver(world, purchase, 1),
    ):
        with pytest.raises(WrongState):
            act()


def test_evidence_must_be_stored(world):
    with pytest.raises(EvidenceUnknown):
        bought(world, evidence=["b" * 64])


def test_budgets_are_kept_by_year_kind_and_currency(world):
    bought(world)
    plan = {"year": "2026", "kind": "gec", "currency": "CNY", "amount": "5000"}
    assert spending.budget(world["exporter"], world.services).version == 0
    spending.plan(world["exporter"], plan, world.services)
    spending.plan(world["exporter"], plan | {"year": "2027"}, world.services, version=1)
    spending.plan(world["exporter"], plan | {"amount": "4000"}, world.services)
    with pytest.raises(DossierChanged):
        spending.plan(world["exporter"], plan, world.services, version=1)
    with pytest.raises(FieldsRefused):
        spending.plan(world["exporter"], plan | {"currency": "RMB"}, world.services)
    found = spending.budget(world["exporter"], world.services, 2026)
    assert [
        (row.planned.amount, row.spent.amount, row.committed.amount, row.left.amount) for row in found.rows
    ] == [(4000, 0, 4080, -80)]
    assert found.version == 3
    assert len(spending.budget(world["exporter"], world.services).rows) == 2


def test_what_is_late_due_soon_and_expiring_is_told(world):
    late, soon = bought(world), bought(world, due=[{"on": "2026-12-01", "quantity": "800"}])
    record(world, acquire(world, gec(1, 5)))
    old = gec(2, 5, vintage_start=date(2025, 1, 1), vintage_end=date(2025, 1, 31))
    record(world, acquire(world, old))
    found = spending.monitoring(world["exporter"], world.services)
    assert [one.dossier.id for one in found.late] == [late]
    assert {one.dossier.id for one in found.due_soon} == {late, soon}
    assert found.late[0].progress.late_since == date(2026, 2, 28)
    assert [one.lot.expires_on for one in found.expiring] == [date(2026, 12, 31)]
    early = spending.monitoring(world["exporter"], world.services, DAY - timedelta(days=60))
    assert (early.late, early.due_soon) == ((), ())


def test_purchases_are_the_organisations_own(world):
    purchase = bought(world)
    assert [one.dossier.id for one in purchasing.list_(world["exporter"], world.services)] == [purchase]
    for who in ("other-exporter", "practitioner", "reviewer"):
        assert purchasing.list_(world[who], world.services) == ()
        with pytest.raises(NotFound):
            purchasing.get(world[who], purchase, world.services)
    with pytest.raises(NotFound):
        purchasing.change(world["other-exporter"], ChangePurchase(purchase, FORM), world.services)
    with pytest.raises(NotAllowed):
        purchasing.open_(world["reviewer"], FORM, world.services)
    with world.services.uow() as unit:
        assert list(dossiers.problems(unit)) == []
