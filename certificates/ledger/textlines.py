"""The lines of a ledger's text form: blocks of fields, not yet entries.

The grammar is that of :mod:`certificates.ledger.textform`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from certificates.ledger.entries import KINDS
from certificates.ledger.problems import Problem

_TOKEN = re.compile(r'[ \t]*(?:"((?:[^"\\]|\\.)*)"(?=[ \t]|$)|([^\s";]+)(?=[ \t]|$))')
_ESCAPE = re.compile(r'\\(?:(["\\n])|u([0-9a-f]{4})|U([0-9a-f]{8}))|\\', re.ASCII)
_REST = re.compile(r"[ \t]*(?:;.*)?", re.DOTALL)
_BARE = re.compile(r"[0-9A-Za-z._:#-]+", re.ASCII)
_FIELD = re.compile(r"[ \t]+([a-z]+):(?=[ \t]|$)", re.ASCII)
_NUMBER = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)
_REPEATED = frozenset({"evidence", "label", "into"})
_T = TypeVar("_T")


@dataclass(slots=True)
class Block:
    """The lines of one entry: fields by name, each use with its line and values."""

    line: int
    on: date
    kind: str
    account: str
    number: int | None
    problems: list[Problem]
    fields: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def problem(self, line: int, code: str, **values: str) -> None:
        """Tell one of a line."""
        self.problems.append(Problem(code, values, f"line {line}"))

    def many(self, name: str, read: Callable[[list[str]], _T]) -> tuple[_T, ...]:
        """Every use of a field; values that cannot be read are problems and are left out."""
        found = []
        for line, values in self.fields.pop(name, []):
            try:
                found.append(read(values))
            except (ValueError, KeyError, TypeError, ArithmeticError):
                self.problem(line, "text-value", field=name, value=" ".join(values))
        return tuple(found)

    def one(self, name: str, read: Callable[[list[str]], _T], default: _T) -> _T:
        """The only use of a field, or ``default``."""
        found = self.many(name, read)
        return found[0] if found else default

    def needed(self, name: str, read: Callable[[list[str]], _T], instead: _T) -> _T:
        """As :meth:`one`, for a field that an entry must have; ``instead`` serves until the problems are told."""
        if name not in self.fields:
            self.missing(name)
        return self.one(name, read, instead)

    def missing(self, name: str) -> None:
        """Tell that a field is not there, unless it is there and its line was told."""
        if name not in self.unread:
            self.problem(self.line, "text-field-missing", field=name, entry=self.kind)

    def text(self, name: str) -> str:
        """The only use of a field of one value, or nothing."""
        return self.one(name, only, "")


def blocks(text: str, problems: list[Problem]) -> Iterator[Block]:
    """The blocks of a text in order; what is no line of one is added to ``problems``."""
    block: Block | None = None
    lost = False
    for line, content in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        content = content.removesuffix("\r")
        if _REST.fullmatch(content):
            continue
        if content[0] in " \t":
            if block is not None:
                _add(block, line, content)
            elif not lost:
                problems.append(Problem("text-line", {"text": content}, f"line {line}"))
            continue
        if block is not None:
            yield block
        block = _begin(line, content, problems)
        lost = block is None
    if block is not None:
        yield block


def _begin(line: int, content: str, problems: list[Problem]) -> Block | None:
    values = _values(content)
    number = values.pop() if values and len(values) == 4 and values[3].startswith("#") else None
    try:
        if values is None or len(values) != 3 or values[1] not in KINDS:
            raise ValueError("no entry begins so")
        told = None if number is None else whole([number[1:]])
        return Block(line, day(values[0]), values[1], values[2], told, problems)
    except ValueError:
        problems.append(Problem("text-line", {"text": content}, f"line {line}"))
        return None


def _add(block: Block, line: int, content: str) -> None:
    match = _FIELD.match(content)
    if match is None:
        block.problem(line, "text-line", text=content)
        return
    values = _values(content[match.end() :])
    if not values:
        block.problem(line, "text-value", field=match[1], value=content[match.end() :].strip())
        block.unread.add(match[1])
    elif match[1] in block.fields and match[1] not in _REPEATED:
        block.problem(line, "text-field-twice", field=match[1])
    else:
        block.fields.setdefault(match[1], []).append((line, values))


def _values(content: str) -> list[str] | None:
    """The values of a line, or None where it is not made of values."""
    values, at = [], 0
    while not _REST.fullmatch(content, at):
        match = _TOKEN.match(content, at)
        if match is None:
            return None
        inside, bare, at = match[1], match[2], match.end()
        if inside is not None and inside.isprintable():
            plain = _unquoted(inside)
        else:
            plain = bare if bare is not None and _BARE.fullmatch(bare) else None
        if plain is None:
            return None
        values.append(plain)
    return values


def _unquoted(inside: str) -> str | None:
    parts, at = [], 0
    for match in _ESCAPE.finditer(inside):
        code = match[2] or match[3]
        if (code is None and match[1] is None) or (code is not None and int(code, 16) > 0x10FFFF):
            return None
        parts += [inside[at : match.start()], chr(int(code, 16)) if code else match[1].replace("n", "\n")]
        at = match.end()
    return "".join([*parts, inside[at:]])


def only(values: list[str]) -> str:
    """The only value. Raises ValueError for none or several."""
    (value,) = values
    return value


def day(text: str) -> date:
    """A day as ``YYYY-MM-DD``. Raises ValueError for anything else."""
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(text)
    return found


def days(values: list[str]) -> tuple[date, date]:
    """Two days. Raises ValueError."""
    start, end = values
    return day(start), day(end)


def whole(values: list[str]) -> int:
    """The only value, a whole number. Raises ValueError."""
    text = only(values)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)
