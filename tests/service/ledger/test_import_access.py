"""Who may import registries' tables and keep evidence: every use case, every role, own and other organisation."""

from __future__ import annotations

import shutil

import pytest

from service.usecases.access import administrator
from service.usecases.ledger import files, importing
from service.usecases.ledger.importing import Upload
from tests.certificates.ledger.registries.exports import VERRA, as_csv, vcu
from tests.service import world as making
from tests.service.test_access import outcomes, row, use_cases

MODULES = ("files", "importing")
FILE = Upload("vcus.csv", as_csv(VERRA, [vcu()]))
OTHER = Upload("more.csv", as_csv(VERRA, [vcu(2000)]))
DONE = row("+ + + - - + - - - -")
KEPT = row("+ ? ? - - ? - - - -")
LISTED = row("+ + + + + + + + - -")
SEEN = row("+ ? ? ? ? ? ? ? - -")

TABLE = {
    "importing.stage": (lambda w, a: importing.stage(a, OTHER, w.services), DONE),
    "importing.preview": (lambda w, a: importing.preview(a, OTHER, w.services), DONE),
    "importing.get": (lambda w, a: importing.get(a, w.number, w.services), SEEN),
    "importing.list_": (lambda w, a: importing.list_(a, w.services), LISTED),
    "importing.report": (lambda w, a: importing.report(a, w.number, w.services), SEEN),
    "importing.report_csv": (lambda w, a: importing.report_csv(a, w.number, w.services), SEEN),
    "importing.confirm": (lambda w, a: importing.confirm(a, w.number, w.services), KEPT),
    "importing.import_now": (lambda w, a: importing.import_now(a, OTHER, w.services), DONE),
    "files.keep": (lambda w, a: files.keep(a, "x.pdf", b"1", w.services), DONE),
    "files.get": (lambda w, a: files.get(a, w.study, w.services), SEEN),
    "files.content": (lambda w, a: files.content(a, w.study, w.services), SEEN),
    "files.list_": (lambda w, a: files.list_(a, w.services), LISTED),
}


@pytest.fixture(scope="module")
def prepared(stages, tmp_path_factory, open_cn, keys_folder):
    """One world for the whole table: ``number`` is an import, ``study`` a file of the exporter."""
    home = tmp_path_factory.mktemp("importing")
    shutil.copy(stages["populated"], home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    world.number = importing.stage(world["exporter"], FILE, world.services)
    world.study = files.keep(world["exporter"], "contract.pdf", b"contract", world.services)
    world.actors["administrator"] = administrator("test")
    yield world
    world.close()


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(prepared, case):
    call, expected = TABLE[case]
    assert outcomes(prepared, expected, lambda actor: call(prepared, actor)) == expected


def test_every_use_case_has_a_row():
    part = {"files.store"}  # of a use case, which has allowed it
    assert use_cases("service.usecases.ledger", MODULES) - part == set(TABLE)
