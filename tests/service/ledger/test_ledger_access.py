# ruff: noqa: E501 - the table is read across
"""Who may record, look at and verify the ledger: every use case, every role, own and other organisation."""

from __future__ import annotations

import inspect
from importlib import import_module
from itertools import count

import pytest

from service.usecases.access import administrator
from service.usecases.ledger import looking, recording, soundness
from service.usecases.ledger.recording import Record, RetireUnits, TransferUnits
from tests.service.ledger import making
from tests.service.ledger.making import DAY, LATER, NAME
from tests.service.test_access import ACTORS, OK, fingerprint, outcome, row

MODULES = ("looking", "recording", "soundness")
_NUMBERS = count(9000)
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
    "recording.require_evidence":  ("+   +   +   +   +   +   +   +   +   +", lambda a, w: within(w, lambda unit: recording.require_evidence(a, unit, entries(a)))),
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
    found = {}
    for name in sorted(ACTORS, key=lambda name: expected[name] == OK):  # refusals first: they change nothing
        before = fingerprint(world) if expected[name] != OK else None
        found[name] = outcome(lambda name=name: call(world[name], world))
        if before is not None:
            assert fingerprint(world) == before, f"{case} by {name} was refused and still wrote"
    assert found == expected


def test_every_use_case_has_a_row():
    found = set()
    for name in MODULES:
        module = import_module(f"service.usecases.ledger.{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not function_name.startswith("_")
            if own and list(inspect.signature(function).parameters)[:1] == ["actor"]:
                found.add(f"{name}.{function_name}")
    assert found == set(TABLE)
