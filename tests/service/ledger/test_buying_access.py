"""Who may do what with purchases and power balances: every use case, every role, own and other organisation."""

from __future__ import annotations

import shutil

import pytest

from service.usecases.access import administrator
from service.usecases.ledger import power, power_account, purchasing, spending
from service.usecases.ledger.power import Allocate, ChangeBalance, Release
from service.usecases.ledger.purchasing import Cancel, ChangePurchase, Deliver
from tests.service import world as making
from tests.service.ledger import powermaking
from tests.service.ledger.making import acquire, keep_file, record
from tests.service.ledger.test_purchasing import FORM as PURCHASE
from tests.service.test_access import outcomes, row, use_cases

MODULES = ("power", "power_account", "purchasing", "spending")
PLAN = {"year": "2026", "kind": "gec", "currency": "CNY", "amount": "1"}
DAY = {"on": "2026-11-01", "reason": "no supply"}

KEPT = row("+ ? ? - - ? - - - -")
"""Changes: the organisation's own people whose role keeps purchases or allocates power; others find nothing."""
SEEN = row("+ ? ? ? ? ? ? ? - -")
LISTED = row("+ + + + + + + + - -")

TABLE = {
    "purchasing.open_": (
        lambda w, a: purchasing.open_(a, PURCHASE | {"evidence": []}, w.services),
        row("+ + + - - + - - - -"),
    ),
    "purchasing.change": (
        lambda w, a: purchasing.change(a, ChangePurchase(w.purchase, PURCHASE), w.services),
        KEPT,
    ),
    "purchasing.deliver": (
        lambda w, a: purchasing.deliver(a, Deliver(w.purchase, (w.lot,)), w.services),
        KEPT,
    ),
    "purchasing.cancel": (lambda w, a: purchasing.cancel(a, Cancel(w.purchase, DAY), w.services), KEPT),
    "purchasing.list_": (lambda w, a: purchasing.list_(a, w.services), LISTED),
    "purchasing.get": (lambda w, a: purchasing.get(a, w.purchase, w.services), SEEN),
    "purchasing.versions": (lambda w, a: purchasing.versions(a, w.purchase, w.services), SEEN),
    "spending.plan": (lambda w, a: spending.plan(a, PLAN, w.services), row("+ + + - - + - - - -")),
    "spending.budget": (lambda w, a: spending.budget(a, w.services), LISTED),
    "spending.monitoring": (lambda w, a: spending.monitoring(a, w.services), LISTED),
    "spending.costs": (lambda w, a: spending.costs(a, w.services), LISTED),
    "power.open_": (
        lambda w, a: power.open_(a, w.form, w.services),
        row("+ EvidenceUnknown EvidenceUnknown - - EvidenceUnknown - - - -"),
    ),
    "power.change": (
        lambda w, a: power.change(a, ChangeBalance(w.balance, w.form), w.services),
        row("+ ? NotAllowed - - ? - - - -"),
    ),
    "power.allocate": (
        lambda w, a: power.allocate(a, Allocate(w.balance, (w.position,)), w.services),
        row("+ ? NotAllowed - - ? - - - -"),
    ),
    "power.release": (
        lambda w, a: power.release(a, Release(w.full), w.services),
        row("+ ? NotAllowed - - ? - - - -"),
    ),
    "power.close": (lambda w, a: power.close(a, w.empty, w.services), row("+ ? NotAllowed - - ? - - - -")),
    "power.list_": (lambda w, a: power.list_(a, w.services), LISTED),
    "power.get": (lambda w, a: power.get(a, w.balance, w.services), row("+ ? + + + ? ? ? - -")),
    "power.candidates": (lambda w, a: power.candidates(a, w.balance, w.services), row("+ ? + + + ? ? ? - -")),
    "power.coverage": (lambda w, a: power.coverage(a, w.study, w.services), row("+ ? + + + ? ? ? - -")),
    "power_account.account": (lambda w, a: power_account.account(a, 2025, w.services), LISTED),
}


@pytest.fixture(scope="module")
def prepared(stages, tmp_path_factory, open_cn, keys_folder):
    """One world for the whole table; what is done last leaves the other rows as they are."""
    home = tmp_path_factory.mktemp("buying")
    shutil.copy(stages["populated"], home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    keep_file(world, PURCHASE["evidence"][0])
    powermaking.evidence(world)
    powermaking.contract_study(world, open_cn.identifier)
    world.purchase = purchasing.open_(world["exporter"], PURCHASE, world.services).id
    world.lot = record(world, acquire(world)).first
    line = {"inventory": world.inventory, "line": "E1", "consumption_kwh": "1000"}
    world.balance = powermaking.opened(world, **line)
    world.full = powermaking.opened(world, **line)
    world.position, taken = powermaking.retired(world, 1, 8), powermaking.retired(world, 1, 9)
    power.allocate(world["exporter"], Allocate(world.full, (taken,)), world.services)
    world.form = powermaking.FORM | line
    world.empty = powermaking.opened(world, **line)
    world.actors["administrator"] = administrator("test")
    yield world
    world.close()


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(prepared, case):
    call, expected = TABLE[case]
    assert outcomes(prepared, expected, lambda actor: call(prepared, actor)) == expected


def test_every_use_case_has_a_row():
    assert use_cases("service.usecases.ledger", MODULES) == set(TABLE)
