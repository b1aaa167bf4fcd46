"""What labels and claims have in common once they are issued: their bundle.

A bundle is made anew whenever it is asked for, from what was signed: the credential, its proof at the checkpoint that
most witnesses signed, and the newest status lists with their proofs. Nothing in it comes from beside these. Whether the
store still holds what was signed is asked by ``usecases.as_signed``.

Example: ``with standing.reading(services) as unit: packed(label, unit, services)``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from service.usecases.refusals import EvidenceChanged, NotFound

if TYPE_CHECKING:
    from certificates.keys import KeySet
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services


class Issued(Protocol):
    """A label or a claim as the store keeps it."""

    @property
    def number(self) -> str:
        """Its number."""
        ...

    @property
    def statement(self) -> dict[str, Any]:
        """What was signed."""
        ...

    @property
    def credential(self) -> str:
        """The compact vc+jwt."""
        ...

    @property
    def proof(self) -> str:
        """The text of the log's proof as of the issue."""
        ...

    @property
    def issued_at(self) -> datetime:
        """When it was signed."""
        ...

    @property
    def valid_until(self) -> datetime:
        """The end of its validity."""
        ...


def bundle_of(compact: str, leaf_index: int, list_: int, unit: UnitOfWork, keys: KeySet) -> bytes:
    """The bundle of a credential that is the leaf ``leaf_index`` of the log and stands in status list ``list_``.

    Raises EvidenceChanged when a part of it was damaged in the store, NotFound where the log lacks a leaf,
    StatusUnavailable where the lists would hide a change.
    """
    from certificates.bundle import Bundle, Logged, NotABundle, pack
    from service.usecases import standing, translog

    lists = standing.current_lists(unit, list_)
    held = keys.accreditation
    try:
        return pack(
            Bundle(
                credential=compact,
                proof=translog.proof_of(unit, leaf_index),
                statuses=tuple(
                    Logged(one.credential, translog.proof_of(unit, one.leaf_index)) for one in lists
                ),
                issuer=keys.did_document(),
                accreditation=held.as_dict() if held is not None else None,
            )
        )
    except NotABundle as error:
        raise EvidenceChanged(what="credential, proof or status lists of a bundle") from error


def packed(issued: Issued, unit: UnitOfWork, services: Services) -> bytes:
    """The bundle as of now, in a unit of ``standing.reading``. Raises EvidenceChanged, StatusUnavailable,
    KeysUnavailable."""
    what = f"{noun(issued)} {issued.number}"
    leaf, place = unit.log.leaf_of(entry_of(issued)), unit.standings.place(issued.number)
    if leaf is None or place is None:
        raise EvidenceChanged(what=f"log entry or place in the status lists of {what}")
    try:
        return bundle_of(issued.credential, leaf.index, place.list, unit, services.keys.keyset())
    except NotFound as error:
        raise EvidenceChanged(what=f"log entry of {what}") from error


def noun(issued: Issued) -> str:
    """``label`` or ``claim``, by the number."""
    from certificates.kinds import of_number

    return of_number(issued.number).noun


def entry_of(issued: Issued) -> str:
    """What its leaf of the log is called: ``label:NUMBER`` or ``claim:NUMBER``."""
    return f"{noun(issued)}:{issued.number}"
