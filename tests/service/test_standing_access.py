# ruff: noqa: E501 - the table is read across
"""Use cases of standing: who may, by role and organisation. Without a row a use case fails."""

from __future__ import annotations

import pytest

from service.usecases import standing
from service.usecases.access import administrator
from service.usecases.standing import Change
from tests.service.test_access import outcomes, row, use_cases, within

REASON = "Meter records are in doubt and are looked at."
MODULES = ("changing", "happened", "lists", "places", "register", "rules", "soundness")


def supersede(number):
    return Change("superseded", REASON, number)


# fmt: off
TABLE = {
    #                                 own oth pra rev sig r-p r-r r-s reg adm
    "changing.change":               ("-   -   -   -   +   -   -   ?   StandingFinal -", lambda a, w: standing.change(a, w.number, Change("revoked", REASON), w.services)),
    "changing.apply":                ("-   -   ?   ?   ?   ?   ?   ?   ?   -", lambda a, w: within(w, lambda unit: standing.apply(a, "TB-2026-0000009-0", Change("revoked", REASON), unit, w.clock()))),
    "changing.supersedable":         ("-   -   -   -   +   -   -   ?   -   -", lambda a, w: standing.supersedable(a, w.study, w.services)),
    "changing.require_supersedable": ("SuspendedByOthers ? + + + ? ? ? SuspendedByOthers SuspendedByOthers", lambda a, w: suspended(w, lambda unit: standing.require_supersedable(a, w.number, unit))),
    "happened.look":                 ("+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: standing.look(a, w.number, w.services)),
    "lists.publish":                 ("-   -   -   -   -   -   -   -   -   +", lambda a, w: standing.publish(a, w.services)),
    "rules.require_side":            ("-   -   +   +   +   +   +   +   +   -", lambda a, w: standing.rules.require_side(a, Change("revoked", REASON))),
}
# fmt: on


def suspended(w, call):
    """Within a unit in which the institution has suspended the label; nothing is kept."""
    with w.services.uow(write=True) as unit:
        standing.apply(w["signatory"], w.number, Change("suspended", REASON), unit, w.clock())
        return call(unit)


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(at, case):
    text, call = TABLE[case]
    world, expected = at("issued"), row(text)
    world.actors["administrator"] = administrator("test")
    found = outcomes(world, expected, lambda actor: call(actor, world), last=("StandingFinal",))
    assert found == expected


def test_every_use_case_has_a_row():
    assert use_cases("service.usecases.standing", MODULES) == set(TABLE)
