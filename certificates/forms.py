"""The forms that signed statements are made of: what a value must look like, as checks that name each problem.

Rules
1. A quantity is a decimal string: optional minus, no leading zeros, no plus, no exponent, never minus zero.
   Trailing zeros stand where the rounding rule puts them; ``1.0`` and ``1`` are different texts and the
   signature tells them apart.
2. A text has something to see, a greatest length, and nothing that disguises it: no control, direction
   or blank characters; a zero-width joiner only after a virama, where it changes the letter (RFC 5892,
   appendix A).
3. Dates are ISO 8601 days, moments UTC to the second.
4. A form says whether a value has it, and only where it has not, what is wrong and at which place; forms are made of
   forms. Nothing here computes.

Example: ``problems = list(object_({"start": DAY, "end": DAY})(value, "period"))``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from certificates.encoding import NotEncoded, from_moment_text
from certificates.texts import Problem


@dataclass(frozen=True, slots=True)
class Check:
    """A form: ``holds`` of exactly the values in which ``find`` finds nothing. Called with a value and its place it
    gives the problems."""

    holds: Callable[[Any], bool]
    find: Callable[[Any, str], Iterator[Problem]]

    def __call__(self, value: Any, where: str) -> Iterator[Problem]:
        """Everything that is wrong with ``value``, which stands at ``where``."""
        return iter(()) if self.holds(value) else self.find(value, where)


_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,40})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DISGUISES = {"Cc", "Cs", "Cf", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
_BLANKS = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_VIRAMA = 9
"""The canonical combining class of the sign that RFC 5892 lets a joiner follow."""


def is_decimal(text: Any) -> bool:
    """True for a decimal string by rule 1."""
    return isinstance(text, str) and _DECIMAL.match(text) is not None and not _minus_zero(text)


def _minus_zero(text: str) -> bool:
    return text.startswith("-") and not Decimal(text)


def object_(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with exactly these fields; ``optional`` ones may be absent, any other is refused."""
    known = required | (optional or {})
    forms, needed = {name: check.holds for name, check in known.items()}, required.keys()

    def holds(value: Any) -> bool:
        if not isinstance(value, dict) or not needed <= value.keys():
            return False
        for name, item in value.items():
            form = forms.get(name)
            if form is None or not form(item):
                return False
        return True

    def find(value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("not-an-object", where or "statement")
            return
        for name in required:
            if name not in value:
                yield Problem("field-missing", _join(where, name))
        for name, item in value.items():
            if name in known:
                yield from known[name](item, _join(where, name))
            else:
                yield Problem("field-unknown", _join(where, name))

    return Check(holds, find)


def array(item: Check, *, least: int, most: int) -> Check:
    """A list of ``least`` to ``most`` entries of one form."""

    def holds(value: Any) -> bool:
        return isinstance(value, list) and least <= len(value) <= most and all(map(item.holds, value))

    def find(value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield Problem("not-a-list", where)
            return
        for position, entry in enumerate(value):
            yield from item(entry, f"{where}[{position}]")

    return Check(holds, find)


def when(code: str, holds: Callable[[Any], bool]) -> Check:
    """Whatever ``holds`` says yes to; else the problem ``code``."""

    def find(value: Any, where: str) -> Iterator[Problem]:
        if not holds(value):
            yield Problem(code, where)

    return Check(holds, find)


def fits(value: Any, most: int = 500) -> bool:
    """True for a text that may stand in a statement (rule 2), so that it can be refused before it gets there."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= most
        and bool(value.strip())
        and (_is_plain(value) or not _has_disguise(value))
    )


def text(most: int = 500, *, empty: bool = False) -> Check:
    """A text of at most ``most`` characters (rule 2)."""
    return when("not-a-text", lambda value: (empty and value == "") or fits(value, most))


def _is_plain(value: str) -> bool:
    """True for most texts without disguise: what Python calls printable is of none of their categories."""
    return value.isprintable() and (value.isascii() or _BLANKS.isdisjoint(value))


def _has_disguise(value: str) -> bool:
    return any(_disguises(character, before) for before, character in zip(" " + value, value, strict=False))


def _disguises(character: str, before: str) -> bool:
    """Rule 2 for one character and the one before it."""
    if character in _JOINERS:
        return unicodedata.combining(before) != _VIRAMA
    return character in _BLANKS or unicodedata.category(character) in _DISGUISES


def matching(pattern: str) -> Check:
    """A text that the regular expression matches as a whole."""
    form = re.compile(pattern)
    return when("not-in-form", lambda value: isinstance(value, str) and form.fullmatch(value) is not None)


def one_of(*allowed: str) -> Check:
    """One of these texts."""
    return when("not-allowed", lambda value: isinstance(value, str) and value in allowed)


def decimal(least: str | None = None, most: str | None = None, *, above: str | None = None) -> Check:
    """A decimal string (rule 1) from ``least`` to ``most``, both included, and greater than ``above``."""

    if least is most is above is None:
        return when("not-a-quantity", is_decimal)
    lowest, highest, beyond = (None if text is None else Decimal(text) for text in (least, most, above))

    def holds(value: Any) -> bool:
        if not is_decimal(value):
            return False
        number = Decimal(value)
        return (
            (lowest is None or number >= lowest)
            and (highest is None or number <= highest)
            and (beyond is None or number > beyond)
        )

    return when("not-a-quantity", holds)


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.match(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(from_moment_text(value))
    except NotEncoded:
        return False


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


DAY = when("not-a-day", _is_day)
MOMENT = when("not-a-moment", _is_moment)
BOTH = object_({"zh": text(), "en": text()})
AMOUNT = object_({"amount": decimal(above="0"), "unit": text(20)})
COUNT = matching(r"0|[1-9][0-9]{0,8}")
PERCENT = matching(r"(0|[1-9][0-9]?)\.[0-9]|100\.0")
DIGEST = matching(r"[0-9a-f]{64}")
