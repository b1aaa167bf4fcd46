"""One byte form for one statement: JSON Canonicalization Scheme, RFC 8785, for the values a statement may
hold.

Rules
1. Values are strings, true, false, null, integers with |n| < 2^53, arrays, and objects with string names.
2. Floats are refused in both directions: a quantity is a decimal string, so that no reader rounds it.
3. Names are sorted by their UTF-16 code units (RFC 8785, 3.2.3); strings are escaped as in 3.2.2.2; no white
   space.
4. Duplicate names, lone surrogates, byte order marks, and anything beyond ``certificates.limits`` are
   refused on reading.

Example: ``canonical_bytes({"b": "1.50", "a": [True, None]}) == b'{"a":[true,null],"b":"1.50"}'``.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, NoReturn

from certificates import limits

_LARGEST = 2**53 - 1
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # an open string runs to the end: linear time
_BRACKET = re.compile(rb"[\[\]{}]")


class NotCanonical(ValueError):
    """This value has no canonical form: use strings, booleans, null, whole numbers below 2^53, arrays and
    objects."""


class NotJson(ValueError):
    """This is not JSON as a statement may use it: check for duplicate names, decimal numbers, depth and
    encoding."""


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 form of ``value`` in UTF-8; raises NotCanonical for a value that rule 1 does not name."""
    parts: list[str] = []
    _write(value, parts, 0)
    try:
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotCanonical("A string holds a lone surrogate.") from problem


def sha256_hex(value: Any) -> str:
    """SHA-256 of :func:`canonical_bytes`, 64 hexadecimal digits in lower case."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def parse(data: bytes) -> Any:
    """JSON text to value, by rules 1, 2 and 4; the text need not be canonical. Raises NotJson."""
    if len(data) > limits.JSON_BYTES:
        raise NotJson(f"The text is longer than {limits.JSON_BYTES} bytes.")
    _check_depth(data)
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_integer,
        )
        text_again = json.dumps(value, ensure_ascii=False)
        text_again.encode("utf-8")
    except NotJson:
        raise
    except (ValueError, RecursionError) as problem:
        raise NotJson("The text is not JSON in UTF-8.") from problem
    return value


def _write(value: Any, parts: list[str], depth: int) -> None:
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
    elif isinstance(value, (list, tuple)):
        _write_array(value, parts, depth)
    elif isinstance(value, dict):
        _write_object(value, parts, depth)
    else:
        raise NotCanonical(f"A {type(value).__name__} has no canonical form here.")


def _write_array(value: list[Any] | tuple[Any, ...], parts: list[str], depth: int) -> None:
    parts.append("[")
    for position, item in enumerate(value):
        if position:
            parts.append(",")
        _write(item, parts, depth + 1)
    parts.append("]")


def _write_object(value: dict[Any, Any], parts: list[str], depth: int) -> None:
    if not all(isinstance(name, str) for name in value):
        raise NotCanonical("An object's names are strings.")
    parts.append("{")
    for position, name in enumerate(sorted(value, key=_utf16)):
        if position:
            parts.append(",")
        parts.append(json.dumps(name, ensure_ascii=False))
        parts.append(":")
        _write(value[name], parts, depth + 1)
    parts.append("}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson("A name stands twice in one object.")
    return made


def _no_float(_text: str) -> NoReturn:
    raise NotJson("A number with a fraction or exponent: quantities are decimal strings.")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _LARGEST:
        raise NotJson("A whole number is 2^53 or more.")
    return int(text)


def _check_depth(data: bytes) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.JSON_DEPTH:
            raise NotJson(f"Nested deeper than {limits.JSON_DEPTH}.")
