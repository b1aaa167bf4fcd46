"""Reading the text form of a ledger (grammar: :mod:`certificates.ledger.textform`).

Rules
1. Nothing is guessed and nothing is passed over: an unknown line, field or value is a problem.
2. All problems of a text are told at once, each with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from certificates.ledger.entries import (
    Acquire,
    Assert,
    Beneficiary,
    Cause,
    Entry,
    Freeze,
    Purpose,
    Retire,
    Reverse,
    Split,
    Transfer,
)
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.problems import Problem
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.serials import span_of
from certificates.ledger.spans import Span
from certificates.ledger.textlines import Block, blocks, days, only, whole

_RANGE = re.compile(r"(0|[1-9]\d*)-(0|[1-9]\d*)", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,30}(?:\.\d{1,40})?", re.ASCII)
_Member = TypeVar("_Member", bound=StrEnum)


class TextUnreadable(ValueError):
    """The text is no ledger; ``problems`` say where and how, all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{one.where}: {one.sentence('en')}" for one in problems))


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry of a text, the line where it begins, and its number in the ledger where the text tells it."""

    entry: Entry
    line: int
    number: int | None = None


def read(text: str) -> tuple[Numbered, ...]:
    """The entries of a text with their lines. Raises TextUnreadable."""
    problems: list[Problem] = []
    found = []
    for block in blocks(text, problems):
        before = len(problems)
        entry = _entry(block)
        for name, uses in block.fields.items():
            for line, _ in uses:
                block.problem(line, "text-field-unknown", field=name, entry=block.kind)
        if entry is not None and len(problems) == before:
            found.append(Numbered(entry, block.line, block.number))
    if problems:
        problems.sort(key=lambda one: int(one.where.removeprefix("line ")))
        raise TextUnreadable(tuple(problems))
    return tuple(found)


def _truth(values: list[str]) -> bool:
    return {"yes": True, "no": False}[only(values)]


def _member(kind: type[_Member]) -> Callable[[list[str]], _Member]:
    return lambda values: kind(only(values))


def _units(values: list[str]) -> Span:
    numbers, of, space = values
    match = _RANGE.fullmatch(numbers)
    if match is None or of != "of":
        raise ValueError(numbers)
    return Span(space, int(match[1]), int(match[2]))


_NOTHING = Span("-", 0, 0)
_NO_DAYS = (date.min, date.min)
_LOT_TEXTS = ("project", "name", "country", "technology", "methodology", "electricity")


def _entry(block: Block) -> Entry | None:
    shared: dict[str, Any] = {"on": block.on, "account": block.account}
    shared |= {"evidence": block.many("evidence", only), "note": block.text("note")}
    before = len(block.problems)
    made = _READERS[block.kind](block, shared)
    return made if len(block.problems) == before else None


def _acquire(block: Block, shared: dict[str, Any]) -> Entry | None:
    named = block.needed("lot", _lot, None)
    if named is None:
        block.fields.clear()  # what they mean depends on the kind
        return None
    kind, serial = named
    start, end = block.needed("vintage", days, _NO_DAYS)
    given: dict[str, Any] = {name: block.text(name) for name in _LOT_TEXTS}
    given |= {"tradable": block.one("tradable", _truth, True), "transfers": block.one("transfers", whole, 0)}
    given |= {"labels": block.many("label", only), "span": _lot_span(block, kind, serial)}
    counterparty = block.text("counterparty")
    if given["span"] is None:
        return None
    try:
        lot = Lot(kind=kind, serial=serial, vintage_start=start, vintage_end=end, **given)
    except ValueError as error:
        block.problem(block.line, "text-value", field="lot", value=str(error))
        return None
    return Acquire(lot=lot, counterparty=counterparty, **shared)


def _lot_span(block: Block, kind: Kind, serial: str) -> Span | None:
    if "units" in block.fields:
        return block.one("units", _units_of(kind, serial), None)
    found = span_of(kind, serial, 0)
    if found is None:
        block.missing("units")
    return found


def _lot(values: list[str]) -> tuple[Kind, str] | None:
    kind, serial = values
    return Kind(kind), serial


def _units_of(kind: Kind, serial: str) -> Callable[[list[str]], Span | None]:
    def read(values: list[str]) -> Span | None:
        if len(values) > 1:
            return _units(values)
        span = span_of(kind, serial, whole(values))
        if span is None or span.count != whole(values):
            raise ValueError(serial)
        return span

    return read


def _transfer(block: Block, shared: dict[str, Any]) -> Entry:
    return Transfer(span=block.needed("units", _units, _NOTHING), to=block.needed("to", only, ""), **shared)


def _split(block: Block, shared: dict[str, Any]) -> Entry:
    span = block.needed("units", _units, _NOTHING)

    def piece(values: list[str]) -> Span:
        return _units(values if len(values) > 1 else [only(values), "of", span.space])

    return Split(span=span, into=block.many("into", piece), **shared)


def _retire(block: Block, shared: dict[str, Any]) -> Entry:
    start, end = block.needed("period", days, _NO_DAYS)
    return Retire(
        span=block.needed("units", _units, _NOTHING),
        beneficiary=block.needed("beneficiary", _beneficiary, Beneficiary("")),
        purpose=block.needed("purpose", _member(Purpose), Purpose.OTHER),
        period_start=start,
        period_end=end,
        reference=block.text("reference"),
        **shared,
    )


def _beneficiary(values: list[str]) -> Beneficiary:
    name, code = values if len(values) > 1 else (*values, "")
    return Beneficiary(name, code)


def _reverse(block: Block, shared: dict[str, Any]) -> Entry:
    return Reverse(entry=block.needed("entry", whole, 0), reason=block.needed("reason", only, ""), **shared)


def _assert(block: Block, shared: dict[str, Any]) -> Entry:
    kind, expected = block.needed("balance", _balance, (Kind.GEC, Quantity.zero(Unit.MWH)))
    return Assert(kind=kind, expected=expected, **shared)


def _balance(values: list[str]) -> tuple[Kind, Quantity]:
    kind, amount, unit = values
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(amount)
    return Kind(kind), Quantity(Decimal(amount), Unit(unit))


def _freeze(block: Block, shared: dict[str, Any]) -> Entry:
    return Freeze(
        span=block.needed("units", _units, _NOTHING),
        cause=block.needed("cause", _member(Cause), Cause.OBJECTION),
        authority=block.needed("authority", only, ""),
        **shared,
    )


_READERS: dict[str, Callable[[Block, dict[str, Any]], Entry | None]] = {
    "acquire": _acquire,
    "transfer": _transfer,
    "split": _split,
    "retire": _retire,
    "reverse": _reverse,
    "assert": _assert,
    "freeze": _freeze,
}
