"""What labels and claims have in common once they are issued: their bundle.

A bundle is made anew whenever it is asked for, from what was signed: the credential, its proof at the checkpoint that
most witnesses signed, and the newest status lists with their proofs. Nothing in it comes from beside these. Whether the
store still holds what was signed is asked by ``usecases.as_signed``.

Example: ``with standing.reading(services) as unit: packed(label, unit, services)``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from certificates.same import Same
from service.usecases.refusals import EvidenceChanged, NotFound

if TYPE_CHECKING:
    from certificates.bundle import Bundle
    from certificates.keys.keyset import KeySet
    from service.store.trust_records import Entered, PublishedList
    from service.store.uow import UnitOfWork
    from service.usecases.log_memory import OpenedLog
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
    from certificates.bundle import pack
    from service.usecases import standing, translog

    lists = standing.current_lists(unit, list_)
    return pack(_bundle(compact, leaf_index, lists, partial(translog.proof_of, unit), keys))


def packed(issued: Issued, unit: UnitOfWork, services: Services) -> bytes:
    """The bundle as of now, in a unit of ``standing.reading``. Raises EvidenceChanged, StatusUnavailable,
    KeysUnavailable."""
    from certificates.bundle import pack
    from service.usecases import log_memory, standing

    entered = unit.log.entered(noun(issued), issued.number)
    if entered is None or entered.list is None:
        raise EvidenceChanged(what=f"place in the status lists of {noun(issued)} {issued.number}")
    lists = standing.current_lists(unit, entered.list)
    return pack(current(entered, lists, log_memory.opened(unit), services.keys.keyset()))


def current(entered: Entered, lists: tuple[PublishedList, ...], log: OpenedLog, keys: KeySet) -> Bundle:
    """The bundle of a label or a claim with these lists, proved in this log. Raises EvidenceChanged when a part of it
    was damaged in the store."""
    index = entered.leaf_index
    if index is None or log.tree.leaf(index) != entered.leaf_hash:
        raise EvidenceChanged(what=f"log entry or place in the log of {entered.number}")
    try:
        return _bundle(entered.credential, index, lists, log.proof, keys)
    except NotFound as error:
        raise EvidenceChanged(what=f"log entry of {entered.number}") from error


def _bundle(
    compact: str,
    leaf_index: int,
    lists: tuple[PublishedList, ...],
    prove: Callable[[int], str],
    keys: KeySet,
) -> Bundle:
    from certificates.bundle import Bundle, Logged, NotABundle

    held = keys.accreditation
    try:
        return Bundle(
            credential=compact,
            proof=prove(leaf_index),
            statuses=tuple(Logged(one.credential, prove(one.leaf_index)) for one in lists),
            issuer=_document(Same(keys)),
            accreditation=held.as_dict() if held is not None else None,
        )
    except NotABundle as error:
        raise EvidenceChanged(what="credential, proof or status lists of a bundle") from error


@lru_cache(maxsize=2)
def _document(keys: Same[KeySet]) -> dict[str, Any]:
    return keys.value.did_document()


def noun(issued: Issued) -> str:
    """``label`` or ``claim``, by the number."""
    from certificates.kinds import of_number

    return of_number(issued.number).noun


def entry_of(issued: Issued) -> str:
    """What its leaf of the log is called: ``label:NUMBER`` or ``claim:NUMBER``."""
    return f"{noun(issued)}:{issued.number}"
