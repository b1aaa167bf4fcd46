"""The desk in the check of the whole store: who asked for evidence, who answered and who saw it, by the audit chain.

Rules
1. Every request, answer and access is the work of exactly one event of the audit chain, by the same person, with the
   same decision, part and hash; and every such event stands in the store.

Example: ``list(problems(unit)) == []``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.usecases.access import Permission

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

_ACTS = frozenset({Permission.EVIDENCE_ASK, Permission.EVIDENCE_ANSWER, Permission.EVIDENCE_READ})
Act = tuple[str, str, str, str, str]
"""Permission, object, person, digests before and after."""


def problems(unit: UnitOfWork) -> Iterator[str]:
    """Every contradiction between audit chain and store, as a sentence."""
    done = Counter(
        (one.action, one.object, one.person_id, one.before, one.after)
        for one in unit.audit.events()
        if one.action in _ACTS
    )
    kept = Counter(_kept(unit))
    for action, object_, *_ in sorted((done - kept).keys()):
        yield f"{action} on {object_} was done and is not in the store as it was done"
    for action, object_, *_ in sorted((kept - done).keys()):
        yield f"{action} on {object_} is in the store and was not done so"


def _kept(unit: UnitOfWork) -> Iterator[Act]:
    asked = unit.desk.every_request()
    keys = [one.id for one in asked]
    for one in asked:
        yield Permission.EVIDENCE_ASK, _object(one.id), one.person_id, "", f"label:{one.number}"
    for key, given in unit.desk.answers(keys).items():
        yield Permission.EVIDENCE_ANSWER, _object(key), given.person_id, "", given.decision
    for seen in unit.desk.accesses(keys):
        yield Permission.EVIDENCE_READ, _object(seen.request_id), seen.person_id, seen.part, seen.sha256


def _object(key: str) -> str:
    return f"evidence-request:{key}"
