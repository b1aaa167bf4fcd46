"""One byte form for one statement: JSON Canonicalization Scheme, RFC 8785, for the values a statement may
hold.

Rules
1. Values are strings, true, false, null, integers with |n| < 2^53, arrays, and objects with string names.
2. Floats are refused in both directions: a quantity is a decimal string, so that no reader rounds it. Only who says
   ``numbers=True`` gets them, written as RFC 8785, 3.2.2.3 says (ECMAScript's shortest form): credentials of the outer
   world have numbers, and UNTP's ``Measure.value`` is one. Not a number and infinity are refused always. No statement
   of ours holds one: its form allows texts alone (``certificates.schema``).
3. Names are sorted by their UTF-16 code units (RFC 8785, 3.2.3); strings are escaped as in 3.2.2.2; no white
   space.
4. Duplicate names, lone surrogates, byte order marks, and anything beyond ``certificates.limits`` are
   refused on reading.
5. Most values are written by the encoder of Python in C, which agrees with this form; the rest (names beyond U+FFFF,
   floats with an exponent or without a fraction) by the functions below. Tests hold the two against each other.
   A text that must be canonical is read the short way where nothing in it could be spelled otherwise: no escape, no
   white space, names in order, numbers as both write them (``parse_canonical``).

Example: ``canonical_bytes({"b": "1.50", "a": [True, None]}) == b'{"a":[true,null],"b":"1.50"}'``.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

from certificates import limits

_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PLAIN_FLOAT = re.compile(r"-?[0-9]+\.[0-9]*[1-9]\Z")
_UP_TO_FFFF = bytes(range(0xF0))  # every byte of UTF-8 but the first of four
_NO_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


class NotCanonical(ValueError):
    """This value has no canonical form: use strings, booleans, null, whole numbers below 2^53, arrays and
    objects."""


class NotJson(ValueError):
    """This is not JSON as a statement may use it: check for duplicate names, decimal numbers, depth and
    encoding."""


def canonical_bytes(value: Any, *, numbers: bool = False) -> bytes:
    """The RFC 8785 form of ``value`` in UTF-8; raises NotCanonical for a value that rules 1 and 2 do not name."""
    try:
        if _is_plain(value, numbers, 0):
            plain = _ENCODER.encode(value)
            if len(plain.encode("utf-16-le")) == 2 * len(plain):  # nothing beyond U+FFFF
                return plain.encode("utf-8")
        parts: list[str] = []
        _write(value, parts, numbers, 0)
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotCanonical("A string holds a lone surrogate.") from problem


def sha256_hex(value: Any, *, numbers: bool = False) -> str:
    """SHA-256 of :func:`canonical_bytes`, 64 hexadecimal digits in lower case."""
    return hashlib.sha256(canonical_bytes(value, numbers=numbers)).hexdigest()


def parse(data: bytes, *, numbers: bool = False) -> Any:
    """JSON text to value, by rules 1, 2 and 4; the text need not be canonical. Raises NotJson."""
    if len(data) > limits.JSON_BYTES:
        raise NotJson(f"The text is longer than {limits.JSON_BYTES} bytes.")
    _check_depth(data)
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float if numbers else _no_float,
            parse_constant=_no_float,
            parse_int=_number if numbers else _integer,
        )
        if b"\\u" in data:  # the one way to a lone surrogate: bytes in UTF-8 hold none
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except NotJson:
        raise
    except (ValueError, RecursionError) as problem:
        raise NotJson("The text is not JSON in UTF-8.") from problem
    return value


def parse_canonical(data: bytes, *, numbers: bool = False) -> Any:
    """The value of a text that is already in its canonical form, at less cost than :func:`parse` and
    :func:`canonical_bytes`. Raises NotJson, and NotCanonical for another spelling of a value."""
    try:
        return _parse_short(data, numbers)
    except _NotShort:
        pass
    value = parse(data, numbers=numbers)
    if canonical_bytes(value, numbers=numbers) != data:
        raise NotCanonical("The text is another spelling of its value.")
    return value


def writes(value: Any, canonical: bytes) -> bool:
    """True when ``canonical``, which is in the canonical form with numbers, is that of ``value``. Raises NotCanonical
    for a value that has none."""
    return canonical_bytes(value, numbers=True) == canonical


def same(one: Any, other: Any) -> bool:
    """True when two values are of one kind and equal in every part, so that their canonical forms are the same. Values
    with the same form may differ here, as 1 and 1.0 do: ask :func:`canonical_bytes` of those."""
    if type(one) is not type(other) or one != other:
        return False
    pairs: list[tuple[Any, Any]] = [(one, other)]
    for (
        first,
        second,
    ) in pairs:  # equal they are; Python takes numbers and booleans for each other, and nothing else
        if type(first) is dict:
            inner: Iterable[tuple[Any, Any]] = (
                (item, second[name]) for name, item in first.items() if type(item) is not str
            )
        elif type(first) is list:
            inner = zip(first, second, strict=True)
        else:
            continue
        for item, twin in inner:
            if type(item) is str or item is twin:
                continue
            if type(item) is not type(twin):
                return False
            pairs.append((item, twin))
    return True


def number_text(value: float) -> str:
    """A float as ECMAScript writes it (ECMA-262, Number::toString; RFC 8785, 3.2.2.3); raises NotCanonical for one
    that is not finite."""
    if not math.isfinite(value):
        raise NotCanonical("Only finite numbers have a canonical form.")
    if not value:
        return "0"
    sign = "-" if value < 0 else ""
    shortest = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, shortest.digits))
    count, point = len(digits), len(digits) + int(shortest.exponent)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def _is_plain(value: Any, numbers: bool, depth: int) -> bool:
    """True where rule 5 lets the encoder in C write the whole value, but for names beyond U+FFFF."""
    if depth >= limits.JSON_DEPTH:
        return False
    kind = type(value)
    if kind is dict:
        if not all(type(name) is str for name in value):
            return False
        items: Iterable[Any] = value.values()
    elif kind is list:
        items = value
    else:
        return kind is str
    for item in items:
        kind = type(item)
        if kind is str or kind is bool or item is None:
            continue
        if kind is dict or kind is list:
            if not _is_plain(item, numbers, depth + 1):
                return False
        elif not _is_plain_number(item, numbers):
            return False
    return True


def _is_plain_number(item: Any, numbers: bool) -> bool:
    if type(item) is int:
        return abs(item) <= _LARGEST
    return type(item) is float and numbers and _PLAIN_FLOAT.match(repr(item)) is not None


def _write(value: Any, parts: list[str], numbers: bool, depth: int) -> None:
    if depth > limits.JSON_DEPTH:
        raise NotCanonical(f"Nested deeper than {limits.JSON_DEPTH}.")
    if value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, str):
        parts.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise NotCanonical("A whole number is 2^53 or more; write it as a string.")
        parts.append(str(int(value)))
    elif isinstance(value, float) and numbers:
        parts.append(number_text(value))
    elif isinstance(value, (list, tuple)):
        _write_array(value, parts, numbers, depth)
    elif isinstance(value, dict):
        _write_object(value, parts, numbers, depth)
    else:
        raise NotCanonical(f"A {type(value).__name__} has no canonical form here.")


def _write_array(value: list[Any] | tuple[Any, ...], parts: list[str], numbers: bool, depth: int) -> None:
    parts.append("[")
    for position, item in enumerate(value):
        if position:
            parts.append(",")
        _write(item, parts, numbers, depth + 1)
    parts.append("]")


def _write_object(value: dict[Any, Any], parts: list[str], numbers: bool, depth: int) -> None:
    if not all(isinstance(name, str) for name in value):
        raise NotCanonical("An object's names are strings.")
    parts.append("{")
    for position, name in enumerate(sorted(value, key=_utf16)):
        if position:
            parts.append(",")
        parts.append(json.dumps(name, ensure_ascii=False))
        parts.append(":")
        _write(value[name], parts, numbers, depth + 1)
    parts.append("}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson("A name stands twice in one object.")
    return made


class _NotShort(Exception):
    """This text is not for the short way."""


def _parse_short(data: bytes, numbers: bool) -> Any:
    """The value of a text that is canonical at first sight (rule 5). Raises _NotShort for any other, NotJson."""
    if len(data) > limits.JSON_BYTES or b"\\" in data or data.translate(None, _UP_TO_FFFF):
        raise _NotShort
    outside = b"".join(
        data.split(b'"')[::2]
    )  # without a backslash every quotation mark ends or begins a string
    if outside.split() != [outside]:
        raise _NotShort
    _require_depth(outside.translate(None, _NO_STRUCTURE))
    try:
        return (_SHORT_WITH_NUMBERS if numbers else _SHORT).decode(data.decode("utf-8"))
    except ValueError as problem:
        raise NotJson("The text is not JSON in UTF-8.") from problem


def _in_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Names each once, by their code units: up to U+FFFF these are the characters."""
    last = None
    for name, _ in pairs:
        if last is not None and name <= last:
            raise _NotShort
        last = name
    return dict(pairs)


def _short_integer(text: str) -> int:
    if len(text) > 15 or text == "-0":
        raise _NotShort
    return int(text)


def _short_float(text: str) -> float:
    """One that Python and ECMAScript write alike: no exponent, a fraction."""
    value = float(text)
    if repr(value) != text or not _PLAIN_FLOAT.match(text):
        raise _NotShort
    return value


def _not_short(_text: str) -> NoReturn:
    raise _NotShort


_SHORT, _SHORT_WITH_NUMBERS = (
    json.JSONDecoder(
        object_pairs_hook=_in_order,
        parse_float=parse_float,
        parse_int=_short_integer,
        parse_constant=_not_short,
    )
    for parse_float in (_not_short, _short_float)
)


def _no_float(_text: str) -> NoReturn:
    raise NotJson("A number with a fraction or exponent: quantities are decimal strings.")


def _float(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise NotJson("A number beyond the range of a double.")
    return value


def _number(text: str) -> int | float:
    """A whole number, a double where it is 2^53 or more (RFC 8785, 3.1: I-JSON)."""
    whole = int(text) if len(text) <= 17 else None
    return whole if whole is not None and abs(whole) <= _LARGEST else _float(text)


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _LARGEST:
        raise NotJson("A whole number is 2^53 or more.")
    return int(text)


def _check_depth(data: bytes) -> None:
    _require_depth(_brackets(data))


def _require_depth(brackets: bytes) -> None:
    left = brackets.translate(_ONE_KIND)
    for _ in range(limits.JSON_DEPTH):  # each round takes the innermost pairs away
        left = left.replace(b"[]", b"")
    if not left:
        return
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.JSON_DEPTH:
            raise NotJson(f"Nested deeper than {limits.JSON_DEPTH}.")


def _brackets(data: bytes) -> bytes:
    """The brackets outside of strings; an open string runs to the end."""
    if b"\\" in data:  # without escaped backslashes, and then without escaped quotation marks
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(data.translate(None, _NO_STRUCTURE).split(b'"')[::2])
