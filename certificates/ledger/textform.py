"""Ledgers as text that people read and programs read back: one entry a block, the date first.

Grammar
1. A text is lines ended by a line feed (a carriage return before it is allowed). Empty lines mean nothing. ``;``
   outside quotes, after white space or at the beginning, begins a comment that runs to the end of its line.
2. A line that begins in its first column begins an entry: ``DATE KIND ACCOUNT``, and optionally ``#NUMBER``, its number
   in the ledger. KIND is acquire, transfer, split, retire, reverse, assert or freeze.
3. The lines after it that begin with white space are its fields: ``name: value …``. Fields may stand in any order; only
   evidence, label and into may be repeated.

   ==============  ==============================================================================================
   every entry     ``evidence: SHA256`` (repeated), ``note: TEXT``
   acquire         ``lot: KIND SERIAL``, ``units: UNITS``, ``project: TEXT``, ``vintage: DATE DATE``, ``name``,
                   ``country``, ``technology``, ``methodology``, ``electricity``, ``tradable: yes|no``,
                   ``transfers: NUMBER``, ``label: TEXT`` (repeated), ``counterparty: TEXT``. ``units`` is absent where
                   the serial has numbers, or a mere count: then the numbers are those the serial means
   transfer        ``units: UNITS``, ``to: ACCOUNT``
   split           ``units: UNITS``, ``into: UNITS`` (repeated; ``of SPACE`` only where it differs)
   retire          ``units: UNITS``, ``beneficiary: NAME [CODE]``, ``purpose: PURPOSE``, ``period: DATE DATE``,
                   ``reference: TEXT``
   reverse         ``entry: NUMBER``, ``reason: TEXT``
   assert          ``balance: KIND AMOUNT UNIT``
   freeze          ``units: UNITS``, ``cause: CAUSE``, ``authority: TEXT``
   ==============  ==============================================================================================

   UNITS is ``FIRST-LAST of SPACE``; DATE is ``YYYY-MM-DD``; UNIT is MWh or tCO2e.
4. A value with anything but ASCII letters, digits and ``._:-`` stands in double quotes. There ``\\"``, ``\\\\`` and
   ``\\n`` mean quote, backslash and line feed, ``\\uXXXX`` and ``\\UXXXXXXXX`` the character of a number in small
   hexadecimal digits. Every character that is not printed is written so: no text, however hostile, begins a line or
   hides in one.
5. ``parse(write(entries))`` are the entries, exactly. A text that is wrong anywhere is refused with all its problems,
   each with its line.

Example::

    2026-01-05 acquire works
      lot: gec B1234567890123456000000000000001
      units: 100
      vintage: 2025-05-01 2025-05-31
      project: "示例光伏电站"
      electricity: B1234567890123456
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from certificates.ledger.entries import (
    Acquire,
    Assert,
    Entry,
    Freeze,
    Retire,
    Reverse,
    Split,
    Transfer,
    name_of,
)
from certificates.ledger.lots import Lot
from certificates.ledger.spans import Span
from certificates.ledger.textreading import Numbered as Numbered
from certificates.ledger.textreading import TextUnreadable as TextUnreadable
from certificates.ledger.textreading import read as read

_BARE = re.compile(r"[0-9A-Za-z._:-]+", re.ASCII)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
_Field = tuple[str, str]
_PLAIN_TEXTS = ("project", "name", "country", "technology", "methodology", "electricity")


def parse(text: str) -> tuple[Entry, ...]:
    """The entries of a text, in its order. Raises TextUnreadable."""
    return tuple(one.entry for one in read(text))


def write(entries: Iterable[Entry], *, numbers: Sequence[int] = (), head: Iterable[str] = ()) -> str:
    """The text of entries in order; ``numbers`` are theirs in the ledger, where told. ``head`` are lines of comment.

    Raises ValueError when there are numbers, but not one for each entry.
    """
    blocks = list(entries)
    told = [f" #{number}" for number in numbers] if numbers else [""] * len(blocks)
    lines = [f"; {_printed(line)}".rstrip() for line in head]
    for entry, number in zip(blocks, told, strict=True):
        lines += ["", f"{entry.on.isoformat()} {name_of(entry)} {quoted(entry.account)}{number}"]
        lines += [f"  {name}: {value}" for name, value in _fields(entry)]
    return "".join(f"{line}\n" for line in (lines if head else lines[1:]))


def heading(title: str, names: Mapping[str, str], totals: Iterable[str]) -> tuple[str, ...]:
    """The lines of comment above a ledger: title, accounts with their names, what is held of each kind."""
    accounts = [f"{account}  {name}" for account, name in sorted(names.items())]
    return title, "", *accounts, "", *totals


def quoted(value: str) -> str:
    """A value as it stands in a text (rule 4)."""
    if _BARE.fullmatch(value):
        return value
    return '"' + "".join(_SHORT.get(character) or _printed(character) for character in value) + '"'


def _printed(text: str) -> str:
    return "".join(character if character.isprintable() else _number(ord(character)) for character in text)


def _number(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _fields(entry: Entry) -> Iterator[_Field]:
    yield from _WRITERS[type(entry)](entry)
    yield from (("evidence", quoted(one)) for one in entry.evidence)
    yield from _text("note", entry.note)


def _acquire(entry: Acquire) -> Iterator[_Field]:
    lot = entry.lot
    yield "lot", f"{lot.kind.value} {quoted(lot.serial)}"
    yield "units", _units(lot.span)
    yield "vintage", f"{lot.vintage_start.isoformat()} {lot.vintage_end.isoformat()}"
    yield from (field for name in _PLAIN_TEXTS for field in _text(name, getattr(lot, name)))
    yield from _rare(lot)
    yield from _text("counterparty", entry.counterparty)


def _rare(lot: Lot) -> Iterator[_Field]:
    if not lot.tradable:
        yield "tradable", "no"
    if lot.transfers:
        yield "transfers", str(lot.transfers)
    yield from (("label", quoted(one)) for one in lot.labels)


def _transfer(entry: Transfer) -> Iterator[_Field]:
    yield "units", _units(entry.span)
    yield "to", quoted(entry.to)


def _split(entry: Split) -> Iterator[_Field]:
    yield "units", _units(entry.span)
    for one in entry.into:
        yield "into", f"{one.first}-{one.last}" if one.space == entry.span.space else _units(one)


def _retire(entry: Retire) -> Iterator[_Field]:
    yield "units", _units(entry.span)
    code = f" {quoted(entry.beneficiary.code)}" if entry.beneficiary.code else ""
    yield "beneficiary", f"{quoted(entry.beneficiary.name)}{code}"
    yield "purpose", entry.purpose.value
    yield "period", f"{entry.period_start.isoformat()} {entry.period_end.isoformat()}"
    yield from _text("reference", entry.reference)


def _reverse(entry: Reverse) -> Iterator[_Field]:
    yield "entry", str(entry.entry)
    yield "reason", quoted(entry.reason)


def _assert(entry: Assert) -> Iterator[_Field]:
    yield "balance", f"{entry.kind.value} {entry.expected}"


def _freeze(entry: Freeze) -> Iterator[_Field]:
    yield "units", _units(entry.span)
    yield "cause", entry.cause.value
    yield "authority", quoted(entry.authority)


def _units(span: Span) -> str:
    return f"{span.first}-{span.last} of {quoted(span.space)}"


def _text(name: str, value: str) -> Iterator[_Field]:
    if value:
        yield name, quoted(value)


_WRITERS: dict[type[Entry], Callable[..., Iterator[_Field]]] = {
    Acquire: _acquire,
    Transfer: _transfer,
    Split: _split,
    Retire: _retire,
    Reverse: _reverse,
    Assert: _assert,
    Freeze: _freeze,
}
