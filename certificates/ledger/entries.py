"""The seven things that happen to units. Entries are facts: frozen, ordered, never edited; a mistake is reversed.

Rules
1. An entry says on which day it took effect (``on``), in whose account, and what proves it (SHA-256 of files).
2. An entry about units names them as one whole position: who wants a part splits first.
3. ``plain`` and ``from_plain`` are the one form in which entries are hashed and stored; its fields only grow.

Example: ``Retire(date(2026, 3, 1), "acct", span, beneficiary=Beneficiary("示例公司", "91320200…"), purpose=...)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

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
    """Units come into an account, from somebody outside or from the registry itself."""

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


def name_of(entry: Entry) -> str:
    """``acquire``, ``transfer``, …"""
    return type(entry).__name__.lower()


class EntryUnreadable(ValueError):
    """This is not the stored form of an entry: a field is missing, unknown or of another type."""


def plain(entry: Entry) -> dict[str, Any]:
    """The stored form (rule 3): JSON of texts, whole numbers, truths and lists; fields at their default are absent."""
    return {"entry": name_of(entry)} | _plain_record(entry)


def from_plain(value: Mapping[str, Any]) -> Entry:
    """The entry of a stored form. Raises EntryUnreadable."""
    try:
        given = dict(value)
        return _read_record(KINDS[given.pop("entry")], given)  # type: ignore[no-any-return]
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise EntryUnreadable(str(error)) from error


def _plain_record(record: Any) -> dict[str, Any]:
    made = {}
    kind: Any = type(record)
    for name, default, write, _ in _fields(kind):
        value = getattr(record, name)
        if value is not default and value != default:
            made[name] = write(value)
    return made


def _read_record(kind: Any, given: Mapping[str, Any]) -> Any:
    known = _fields(kind)
    unknown = given.keys() - {name for name, _, _, _ in known}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    return kind(**{name: read(given[name]) for name, _, _, read in known if name in given})


_Field = tuple[str, Any, Callable[[Any], Any], Callable[[Any], Any]]
"""Name, default, how it is written, how it is read."""


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(
        (one.name, ... if one.default is MISSING else one.default, *_ways(hints[one.name]))
        for one in fields(kind)
    )


def _ways(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if get_origin(hint) is tuple:
        write, read = _ways(get_args(hint)[0])
        return lambda many: [write(one) for one in many], lambda many: tuple(read(one) for one in _list(many))
    if hint in (str, int, bool):
        return _as_is, _exactly(hint)
    if hint is date:
        return date.isoformat, _day
    if hint is Decimal:
        return lambda amount: f"{amount:f}", lambda text: Decimal(_exactly(str)(text))
    if issubclass(hint, StrEnum):
        return lambda member: member.value, hint
    return _plain_record, lambda value: _read_record(hint, value)


def _as_is(value: Any) -> Any:
    return value


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return read


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _day(text: Any) -> date:
    day = date.fromisoformat(_exactly(str)(text))
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is not written as a day")
    return day
