"""The seven things that happen to units. Entries are facts: frozen, ordered, never edited; a mistake is reversed.

Rules
1. An entry says on which day it took effect (``on``), in whose account, and what proves it (SHA-256 of files).
2. An entry about units names them as one whole position: who wants a part splits first.
3. ``plain`` and ``from_plain`` are the one form in which entries are hashed and stored; its fields only grow.

Example: ``Retire(date(2026, 3, 1), "acct", span, beneficiary=Beneficiary("示例公司", "91320200…"), purpose=...)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any, get_args

from certificates.ledger import records
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.quantity import Quantity
from certificates.ledger.spans import Span

OUTSIDE = "outside:"
"""How the account of somebody who keeps none here begins; his name follows."""
NOBODY = OUTSIDE
"""The account of units whose acquisition was reversed."""


class Purpose(StrEnum):
    """What units are retired for."""

    NEUTRALISATION = "neutralisation"
    ELECTRICITY_USE = "electricity-use"
    OBLIGATION = "obligation"
    OTHER = "other"


class Cause(StrEnum):
    """Why units are frozen: a CCER project was registered for the electricity, an objection, a dispute, or the
    registry made them void.
    """

    CCER = "ccer"
    OBJECTION = "objection"
    DISPUTE = "dispute"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """In whose name units are retired: full name and, in China, the unified social credit code."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    on: date
    account: str
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquire(_Fact):
    """Units come into an account: from ``counterparty``, somebody outside who sold them, or, where that is empty, from
    the registry that issued them.
    """

    lot: Lot
    counterparty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(_Fact):
    """A position goes to another account, or to somebody outside (``outside:NAME``)."""

    span: Span
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(_Fact):
    """A position becomes several; together they are exactly what it was."""

    span: Span
    into: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire(_Fact):
    """A position is retired in the registry, in somebody's name, for a purpose and a period (both days included)."""

    span: Span
    beneficiary: Beneficiary
    purpose: Purpose
    period_start: date
    period_end: date
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(_Fact):
    """An earlier entry (its sequence number) did not hold; its positions are as they were before it."""

    entry: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assert(_Fact):
    """What the registry's own statement says is held of a kind at the end of the day; refused where it is not so."""

    kind: Kind
    expected: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(_Fact):
    """A position may not be used until this is reversed; ``authority`` says who wants it."""

    span: Span
    cause: Cause
    authority: str


Entry = Acquire | Transfer | Split | Retire | Reverse | Assert | Freeze
KINDS: dict[str, type[Entry]] = {kind.__name__.lower(): kind for kind in get_args(Entry)}


_TEXTS = {
    kind: attrgetter("account", "note", *names)
    for kind, names in {
        Acquire: (
            "counterparty",
            "lot.serial",
            "lot.project",
            "lot.name",
            "lot.country",
            "lot.technology",
            "lot.methodology",
            "lot.electricity",
        ),
        Transfer: ("to",),
        Split: (),
        Retire: ("beneficiary.name", "beneficiary.code", "reference"),
        Reverse: ("reason",),
        Assert: (),
        Freeze: ("authority",),
    }.items()
}


def name_of(entry: Entry) -> str:
    """``acquire``, ``transfer``, …"""
    return type(entry).__name__.lower()


def texts_of(entry: Entry) -> str:
    """Every text of an entry that a person or a file gave, one after the other."""
    read = _TEXTS[type(entry)]
    found = "\n".join(read(entry))
    return found if not isinstance(entry, Acquire) else "\n".join((found, *entry.lot.labels))


class EntryUnreadable(ValueError):
    """This is not the stored form of an entry: a field is missing, unknown or of another type."""


def plain(entry: Entry) -> dict[str, Any]:
    """The stored form (rule 3): JSON of texts, whole numbers, truths and lists; fields at their default are absent."""
    return {"type": name_of(entry)} | records.plain(entry)


def from_plain(value: Mapping[str, Any]) -> Entry:
    """The entry of a stored form. Raises EntryUnreadable."""
    try:
        given = dict(value)
        return records.read(KINDS[given.pop("type")], given)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise EntryUnreadable(str(error)) from error
