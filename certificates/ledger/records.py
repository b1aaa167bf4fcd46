"""The stored form of frozen records: plain JSON that reads back to the same record, or not at all.

Rules
1. A record becomes an object of its fields; fields at their default are absent, so that new fields with a default leave
   old records as they were.
2. Decimals and days become texts, and read back only where the same text would be written again. There is no float.
3. Unknown fields, missing fields and values of another type are refused.

Example: ``read(Span, plain(Span("vcs", 1, 9))) == Span("vcs", 1, 9)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
_Way = Callable[[Any], Any]
_LARGEST, _DIGITS = 2**53 - 1, 200
_Field = tuple[str, Any, _Way, _Way]
"""Name, default, how it is written, how it is read."""


class RecordUnreadable(ValueError):
    """This is not the stored form of a record: a field is missing, unknown or of another type."""


def plain(record: Any) -> dict[str, Any]:
    """The stored form: JSON of texts, whole numbers, truths, lists and objects. Raises TypeError for a record that
    holds a value of another type than its field has, or a whole number that JSON does not carry exactly.
    """
    values_of, written = _writers(cast(Any, type(record)))
    return {
        name: write(value)
        for value, (name, default, write) in zip(values_of(record), written, strict=True)
        if default is ... or (value is not default and value != default)
    }


def read(kind: type[Record], given: Mapping[str, Any]) -> Record:
    """The record of a stored form. Raises RecordUnreadable."""
    try:
        return _read(kind, given)  # type: ignore[no-any-return]
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise RecordUnreadable(str(error)) from error


def _read(kind: Any, given: Any) -> Any:
    if not isinstance(given, Mapping):
        raise TypeError(f"{given!r} is not an object")
    known = _fields(kind)
    unknown = given.keys() - {name for name, _, _, _ in known}
    if unknown:
        raise ValueError(f"unknown fields {sorted(map(str, unknown))}")
    return kind(**{name: read(given[name]) for name, _, _, read in known if name in given})


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(
        (one.name, ... if one.default is MISSING else one.default, *_ways(hints[one.name]))
        for one in fields(kind)
    )


@cache
def _writers(kind: Any) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, Any, _Way], ...]]:
    written = tuple((name, default, write) for name, default, write, _ in _fields(kind))
    names = [name for name, _, _ in written]
    one: Any = attrgetter(*names)
    return (one if len(names) > 1 else lambda record: (one(record),)), written


def _ways(hint: Any) -> tuple[_Way, _Way]:
    if get_origin(hint) is tuple:
        write, reads = _ways(get_args(hint)[0])
        return lambda many: [write(one) for one in many], lambda many: tuple(
            reads(one) for one in _exactly(list)(many)
        )
    if isinstance(hint, UnionType):
        # None is only ever a default, so it is absent and never written or read
        return _ways(next(one for one in get_args(hint) if one is not NoneType))
    if hint is int:
        return _whole, _whole
    if hint in (str, bool):
        return _exactly(hint), _exactly(hint)
    if hint is date:
        return date.isoformat, _day
    if hint is Decimal:
        return _decimal_text, _decimal
    if issubclass(hint, StrEnum):
        return lambda member: member.value, hint
    return plain, lambda value: _read(hint, value)


def _whole(value: Any) -> int:
    if type(value) is not int or not -_LARGEST <= value <= _LARGEST:
        raise TypeError(f"{value!r} is no whole number below 2^53")
    return value


def _exactly(kind: type) -> _Way:
    def reads(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return reads


def _decimal_text(amount: Decimal) -> str:
    return f"{amount:f}"


def _decimal(text: Any) -> Decimal:
    amount = Decimal(_exactly(str)(text))
    if not amount.is_finite() or abs(amount.adjusted()) > _DIGITS or _decimal_text(amount) != text:
        raise ValueError(f"{text!r} is not written as a decimal")
    return amount


def _day(text: Any) -> date:
    day = date.fromisoformat(_exactly(str)(text))
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is not written as a day")
    return day
