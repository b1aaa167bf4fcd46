# ruff: noqa: E501 - the table is read across
"""Who may record, look at and verify the ledger: every use case, every role, own and other organisation."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest

from certificates.ledger.instruments import Kind
from service.usecases.access import administrator
from service.usecases.ledger import correcting, looking, lookups, recording, soundness
from service.usecases.ledger.recording import Record, RetireUnits, TransferUnits
from tests.service.ledger import making, test_buying_access, test_import_access
from tests.service.ledger.making import DAY, LATER, NAME
from tests.service.test_access import outcomes, row, use_cases

MODULES = ("correcting", "looking", "lookups", "recording", "soundness")
HELPERS = {
    *("__init__", "bought", "dossiers", "import_keeping", "import_reports", "import_rows"),
    *("power_facts", "power_gate", "power_targets", "reading", "refusals", "sheets", "workbook_rows"),
}
"""Parts of use cases: what they belong to has allowed it."""
_NUMBERS = count(9000)
PROOF = sha256(b"contract 7").hexdigest()
"""A file of the exporter, kept by ``making.some``."""
HELD = "2.2"
"""A position of the exporter, made by ``making.some``."""


def within(w, call):
    with w.services.uow(write=True) as unit:
        return call(unit)


def entries(a):
    """One credit that nobody has."""
    lot = making.vcs(next(_NUMBERS), 1)
    return (making.Acquire(on=DAY, account=a.organisation_id, lot=lot),)


def retiring(**changes):
    return RetireUnits(**{"position": HELD, "count": 1, "on": LATER} | NAME | changes)


def prepared(a):
    return recording.prepare(a, entries(a))


# fmt: off
TABLE = {
    #                                own oth pra rev sig r-p r-r r-s reg adm
    "recording.record":            ("+   +   +   -   -   +   -   -   -   -", lambda a, w: recording.record(a, Record(entries(a)), w.services)),
    "recording.retire":            ("+   ?   ?   -   -   ?   -   -   -   -", lambda a, w: recording.retire(a, retiring(), w.services)),
    "recording.transfer":          ("+   ?   ?   -   -   ?   -   -   -   -", lambda a, w: recording.transfer(a, TransferUnits(position=HELD, on=LATER, to="outside:某公司"), w.services)),
    "recording.own_position":      ("+   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: within(w, lambda unit: recording.own_position(a, unit, HELD))),
    "recording.prepare":           ("+   +   +   +   +   +   +   +   +   +", lambda a, w: prepared(a)),
    "recording.write":             ("+   +   +   +   +   +   +   +   +   LedgerRefused", lambda a, w: within(w, lambda unit: recording.write(a, unit, prepared(a), w.clock()))),
    "recording.require_evidence":  ("+" + 9 * " EvidenceUnknown", lambda a, w: within(w, lambda unit: recording.require_evidence(a, unit, {PROOF}))),
    "recording.use":               ("+   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: within(w, lambda unit: recording.use(a, unit, HELD, w.dossier, "power", w.clock()))),
    "looking.portfolio":           ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.portfolio(a, LATER, w.services)),
    "looking.totals":              ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.totals(a, LATER, w.services)),
    "looking.holdings":            ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.holdings(a, LATER, w.services)),
    "looking.entries":             ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.entries(a, w.services)),
    "looking.recorded":            ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.recorded(a, w.services)),
    "looking.export_text":         ("+   +   +   +   +   +   +   +   -   -", lambda a, w: looking.export_text(a, w.services)),
    "looking.position":            ("+   ?   ?   ?   ?   ?   ?   ?   -   -", lambda a, w: looking.position(a, HELD, w.services)),
    "looking.position_of":         ("+   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: within(w, lambda unit: looking.position_of(a, unit, HELD))),
    "looking.entry":               ("+   ?   ?   ?   ?   ?   ?   ?   -   -", lambda a, w: looking.entry(a, 1, w.services)),
    "looking.history":             ("+   ?   ?   ?   ?   ?   ?   ?   -   -", lambda a, w: looking.history(a, 5, w.services)),
    "lookups.account_of":          ("+   +   +   -   -   +   -   -   -   -", lambda a, w: lookups.account_of(a, "X-1", w.services)),
    "lookups.account_names":       ("+   +   +   +   +   +   +   +   -   -", lambda a, w: lookups.account_names(a, [a.organisation_id], w.services, "en")),
    "lookups.lot_at":              ("+   +   +   +   +   +   +   +   -   -", lambda a, w: lookups.lot_at(a, 1, w.services)),
    "correcting.holders":          ("-   -   -   -   -   -   -   -   -   +", lambda a, w: correcting.holders(a, Kind.GEC, making.gec().serial, w.services)),
    "correcting.correct":          ("-   -   -   -   -   -   -   -   -   LedgerRefused", lambda a, w: correcting.correct(a, correcting.Correct(1, "x"), w.services)),
    "soundness.verify":            ("-   -   -   -   -   -   -   -   -   +", lambda a, w: soundness.verify(a, w.services)),
}
# fmt: on


@pytest.fixture
def world(at):
    world = at("populated")
    world.actors["administrator"] = administrator("test")
    making.some(world)
    world.dossier = making.purchase(world).id
    return world


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(world, case):
    text, call = TABLE[case]
    expected = row(text)
    assert outcomes(world, expected, lambda actor: call(actor, world)) == expected


def test_every_use_case_has_a_row():
    assert use_cases("service.usecases.ledger", MODULES) == set(TABLE)


def test_every_module_of_use_cases_is_looked_at():
    folder = Path(import_module("service.usecases.ledger").__file__).parent
    looked_at = {*MODULES, *test_buying_access.MODULES, *test_import_access.MODULES}
    assert {path.stem for path in folder.glob("*.py")} == looked_at | HELPERS


def test_looking_up_tells_nothing_of_what_others_have(world):
    lot = looking.history(world["exporter"], 5, world.services).lot.sequence
    assert lookups.lot_at(world["exporter"], lot, world.services) is not None
    assert lookups.lot_at(world["other-exporter"], lot, world.services) is None
