# ruff: noqa: E501 - the table is read across
"""Who may do what with claims: every use case, every role, own and other organisation. A use case without a row fails."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from service.usecases import refusals
from service.usecases.access import administrator
from service.usecases.claims import (
    checking,
    drafting,
    evidence,
    issuing,
    reviewing,
    standings,
    submitting,
    suggesting,
)
from service.usecases.claims.drafting import ChangeClaim, OpenClaim
from service.usecases.claims.reviewing import Decide
from service.usecases.claims.standings import Lift, Object
from service.usecases.claims.submitting import Submit, Withdraw
from tests.service.claims.making import DECISIONS
from tests.service.test_access import outcomes, row, use_cases

MODULES = (
    "checking",
    "drafting",
    "evidence",
    "issuing",
    "reviewing",
    "standings",
    "submitting",
    "suggesting",
)
HELPERS = {
    "__init__",
    "dossier",
    "facts",
    "files",
    "footprints",
    "foundations",
    "published",
    "refusals",
    "sealing",
    "soundness",
}
UNITS = {"submitting.take", "sealing.seal"}
"""Parts of a use case that take the actor along: what they belong to has allowed it."""

# fmt: off
TABLE = {
    #                                     own oth pra rev sig r-p r-r r-s reg adm
    "drafting.open_":      ("drafted",   "+   +   +   -   -   +   -   -   -   -", lambda a, m: drafting.open_(a, OpenClaim("声明", {}), m.world.services)),
    "drafting.change":     ("drafted",   "+   ?   +   -   -   ?   -   -   -   -", lambda a, m: drafting.change(a, ChangeClaim(m.claim, {}), m.world.services)),
    "drafting.get":        ("drafted",   "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, m: drafting.get(a, m.claim, m.world.services)),
    "drafting.version":    ("drafted",   "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, m: drafting.version(a, m.claim, 1, m.world.services)),
    "drafting.list_":      ("drafted",   "+   +   +   +   +   +   +   +   -   -", lambda a, m: drafting.list_(a, m.world.services)),
    "suggesting.suggest":  ("drafted",   "+   ?   +   -   -   ?   -   -   -   -", lambda a, m: suggesting.suggest(a, m.claim, m.world.services)),
    "checking.checklist":  ("drafted",   "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, m: checking.checklist(a, m.claim, m.world.services)),
    "evidence.listed":     ("drafted",   "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, m: evidence.listed(a, m.claim, m.world.services)),
    "evidence.file":       ("drafted",   "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, m: evidence.file(a, m.claim, evidence.listed(m.world["exporter"], m.claim, m.world.services)[0].sha256, m.world.services)),
    "submitting.submit":   ("drafted",   "+   ?   ClaimWrongState - - ? - - - -", lambda a, m: submitting.submit(a, Submit(m.claim), m.world.services)),
    "submitting.withdraw": ("issued",    "+   ?   -   -   ClaimWrongState ? ? ? - -", lambda a, m: submitting.withdraw(a, Withdraw(m.claim, "x"), m.world.services)),
    "reviewing.decide":    ("submitted", "-   -   -   ClaimSamePerson - - ? - - -", lambda a, m: reviewing.decide(a, Decide(m.claim, True, "", DECISIONS), m.world.services)),
    "reviewing.waiting":   ("submitted", "-   -   -   +   -   -   +   -   -   -", lambda a, m: reviewing.waiting(a, m.world.services)),
    "issuing.issue":       ("approved",  "-   -   -   -   +   -   -   ?   -   -", lambda a, m: issuing.issue(a, m.claim, m.world.services)),
    "standings.object_":   ("issued",    "-   -   -   +   +   -   ?   ?   +   -", lambda a, m: standings.object_(a, Object(m.number, "objection", "x"), m.world.services)),
    "standings.lift":      ("issued",    "-   -   -   -   ClaimWrongState - - ? - -", lambda a, m: standings.lift(a, Lift(m.number, "x"), m.world.services)),
    "standings.sweep":     ("issued",    "-   -   -   -   -   -   -   -   -   +", lambda a, m: standings.sweep(a, m.world.services)),
}
# fmt: on


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(claimed, case):
    stage, text, call = TABLE[case]
    expected, made = row(text), claimed(stage)
    made.world.actors["administrator"] = administrator("test")
    changed = ("ClaimWrongState",)
    found = outcomes(made.world, expected, lambda actor: call(actor, made), last=changed)
    assert found == expected


def test_every_use_case_has_a_row():
    found = use_cases("service.usecases.claims", (*MODULES, *(HELPERS - {"__init__"})))
    helping = {"dossier.held", "dossier.keep", "reviewing.require_institution"}
    assert found - UNITS - helping == set(TABLE)


def test_every_module_of_use_cases_is_looked_at():
    folder = Path(import_module("service.usecases.claims").__file__).parent
    assert {path.stem for path in folder.glob("*.py")} == {*MODULES, *HELPERS}


def test_not_found_says_the_same_for_absent_and_for_others(claimed):
    made = claimed("drafted")
    said = []
    for name, key in (("other-exporter", made.claim), ("exporter", "0" * 32)):
        with pytest.raises(refusals.NotFound) as caught:
            drafting.get(made.world[name], key, made.world.services)
        said.append(caught.value.message("en").replace(key, "…"))
    assert said[0] == said[1]
