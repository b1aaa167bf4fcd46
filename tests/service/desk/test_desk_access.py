"""Who may do what at the desk: every use case, every role, own and other organisation. One without a row fails."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from service import worker
from service.usecases.access import administrator
from service.usecases.desk import bulk, evidence, overview, packs, requests
from service.usecases.desk.bulk import Upload
from service.usecases.desk.requests import Answer, Ask
from tests.service import world as making
from tests.service.test_access import outcomes, row, use_cases

MODULES = ("bulk", "evidence", "overview", "packs", "parts", "requests")
LIST = Upload("list.csv", b"number\nTB-2026-0000001-L\n")
GRANT = Answer("granted", "", date(2026, 12, 1))
#          exporter other practitioner reviewer signatory rivals... regulator administrator
OFFICERS = row("- - - - - - - - + +")
KEPT = row("- - - - - - - - + ?")
AUTHORITY = row("- - - - - - - - + -")
LISTED = row("+ + + + + + + + + -")
SEEN = row("+ ? + + + ? ? ? + -")
ANSWERED = row("+ ? - - - - - ? - -")

TABLE = {
    "bulk.ask": (lambda w, a: bulk.ask(a, LIST, w.services), AUTHORITY),
    "bulk.check_now": (lambda w, a: bulk.check_now(a, LIST, w.services), OFFICERS),
    "bulk.get": (lambda w, a: bulk.get(a, w.check, w.services), KEPT),
    "bulk.finished": (lambda w, a: bulk.finished(a, w.check, w.services), KEPT),
    "bulk.list_": (lambda w, a: bulk.list_(a, w.services), OFFICERS),
    "evidence.take": (lambda w, a: evidence.take(a, w.granted, "review", w.services), AUTHORITY),
    "overview.overview": (lambda w, a: overview.overview(a, w.services), OFFICERS),
    "overview.search": (lambda w, a: overview.search(a, "demo", w.services), OFFICERS),
    "packs.make": (lambda w, a: packs.make(a, w.services), OFFICERS),
    "packs.taken": (lambda w, a: packs.taken(a, w.services), OFFICERS),
    "requests.ask": (lambda w, a: requests.ask(a, Ask(w.number, "x"), w.services), AUTHORITY),
    "requests.answer": (lambda w, a: requests.answer(a, w.waiting, GRANT, w.services), ANSWERED),
    "requests.list_": (lambda w, a: requests.list_(a, w.services), LISTED),
    "requests.of_label": (lambda w, a: requests.of_label(a, w.number, w.services), SEEN),
    "requests.get": (lambda w, a: requests.get(a, w.granted, w.services), SEEN),
}


@pytest.fixture
def prepared(stages, tmp_path, open_cn, keys_folder):
    """One world for a row of the table: a finished check, a request that is open, one that waits by another label."""
    shutil.copy(stages["issued"], tmp_path / "tanbiao.sqlite")
    world = making.open_world(tmp_path, open_cn.path.parent, keys_folder)
    making.meet(world)
    officer, services = world["regulator"], world.services
    world.check, _ = bulk.ask(officer, LIST, services)
    assert worker.run_once(services) is not None
    world.granted = requests.ask(officer, Ask(world.number, "a sample"), services)
    requests.answer(world["exporter"], world.granted, GRANT, services)
    world.actors["administrator"] = administrator("test")
    yield world
    world.close()


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(prepared, case):
    call, expected = TABLE[case]
    if case == "requests.answer":
        prepared.waiting = requests.ask(prepared["regulator"], Ask(prepared.number, "x"), prepared.services)
    assert outcomes(prepared, expected, lambda actor: call(prepared, actor)) == expected


def test_every_use_case_has_a_row():
    part = {"parts.of", "requests.require_authority"}  # of a use case, which has allowed it
    assert use_cases("service.usecases.desk", MODULES) - part == set(TABLE)
