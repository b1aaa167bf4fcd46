"""How a label or a claim stands after its issue: who may change it, what everybody can look up, and the signed lists.

rules         which change of standing is possible, and for whom
changing      suspend, lift, revoke, supersede a label
happened      what happened to a label or a claim; how it stood at a moment
register      the same for a verifier, complete
places        where a number stands in the lists
lists         publishing the lists, and reading them so that nothing committed is hidden
soundness     standings in the check of the whole store
refusals      why one of them says no

Example: ``standing.change(actor, number, Change("suspended", "…"), services)``.
"""

from __future__ import annotations

from service.usecases.standing.changing import apply, change, require_supersedable, supersedable
from service.usecases.standing.happened import Standing, at, history, last, look, standing_at
from service.usecases.standing.lists import (
    current_lists,
    fresh,
    fresh_lists,
    list_at,
    publish,
    publish_due,
    published,
    reading,
)
from service.usecases.standing.places import place_for
from service.usecases.standing.register import StoredRegister, register
from service.usecases.standing.rules import Change
from service.usecases.standing.soundness import problems

__all__ = [
    "Change",
    "Standing",
    "StoredRegister",
    "apply",
    "at",
    "change",
    "current_lists",
    "fresh",
    "fresh_lists",
    "history",
    "last",
    "list_at",
    "look",
    "place_for",
    "problems",
    "publish",
    "publish_due",
    "published",
    "reading",
    "register",
    "require_supersedable",
    "standing_at",
    "supersedable",
]
