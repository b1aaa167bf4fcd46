"""The instructions of a page (ISO 32000-1, 7.8.2): operands, then an operator, one after the other.

Rules
1. Numbers, names, strings, arrays and dictionaries are read as in the rest of the file; whatever is none of them is an
   operator, and whoever reads the instructions decides which operators there are.
2. Every token is counted against the budget of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certificates.pdf.objects import Budget, Lexer, Name, PdfUnreadable, unescaped

_TOKEN = re.compile(
    rb"[\x00\t\n\x0c\r ]*+(?:"
    rb"([+-]?(?:[0-9]{1,10}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
    rb"|\(((?:[^()\\]|\\.)*+)\)"
    rb"|([A-Za-z'\"][A-Za-z0-9*]{0,7})"
    rb"|([\[\]])"
    rb"|/([^\x00\t\n\x0c\r ()<>\[\]{}/%#]{1,127}+)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
    rb"|(<</MCID [0-9]{1,9}>>)"
    rb"|([/(<])"
    rb"|(\Z))",
    re.DOTALL,
)
_OPERANDS = 64
"""Operands before one operator; the most that any needs is six."""


class _Steps(Budget):
    """The budget for objects inside instructions: their tokens are steps of reading pages."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def token(self) -> None:
        self._budget.work(3)

    def passed(self, count: int) -> None:
        self._budget.passed(count)


def instructions(data: bytes, budget: Budget) -> Iterator[tuple[str, list[Any]]]:
    """Operator and operands, in order. Strings come as bytes. Raises PdfUnreadable."""
    operands: list[Any] = []
    arrays: list[list[Any]] = []
    position, token, counted = 0, _TOKEN.match, _Steps(budget)
    while True:
        found = token(data, position)
        budget.work(1)
        if found is None:
            raise PdfUnreadable("A page holds something that is no instruction.")
        position, kind = found.end(), found.lastindex
        if kind == 1:
            operands.append(float(found[1]))
        elif kind == 2:
            operands.append(unescaped(found[2]))
        elif kind == 3 and not arrays:
            yield found[3].decode("ascii"), operands
            operands = []
        elif kind == 4:
            operands = _array(found[4], operands, arrays)
        elif kind == 5:
            operands.append(Name(found[5].decode("latin-1")))
        elif kind == 6:  # the number of a structure element, the most frequent dictionary there is
            operands.append({})
        elif kind == 7:
            lexer = Lexer(data, position - 1, counted, packed=True)
            operands.append(_plain(lexer.read()))
            position = lexer.position
        elif kind == 8 and not operands and not arrays:
            return
        else:
            raise PdfUnreadable("The instructions of a page are cut short.")
        if len(operands) > _OPERANDS and not arrays:
            raise PdfUnreadable("An instruction has too many operands.")


def _array(bracket: bytes, operands: list[Any], arrays: list[list[Any]]) -> list[Any]:
    """The operands that are collected from here on: arrays stand in no array."""
    if bracket == b"[" and not arrays:
        arrays.append(operands)
        return []
    if bracket == b"]" and arrays:
        return [*arrays.pop(), operands]
    raise PdfUnreadable("The brackets of a page do not match.")


def _plain(value: Any) -> Any:
    """A string as its bytes; dictionaries and names as they are."""
    return value if isinstance(value, Name | dict) else getattr(value, "value", value)
