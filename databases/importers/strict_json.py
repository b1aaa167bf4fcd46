"""JSON of sources, parsed strictly and read without trust in its types.

Rules
1. UTF-8, with or without byte order mark, or UTF-16 with one; other bytes are damage.
2. A name that stands twice in one object is damage: which value counts is open.
3. Depth is limited by the interpreter, numbers to doubles: a longer integer becomes the nearest one. ``NaN`` and
   ``Infinity``, which JSON does not know, are read as such, so that the report can name the amount.
4. At most :data:`MAX_VALUES` values in one file: each takes up to a hundred times what it takes in the file.
5. Text is cleaned of what no file can hold: halves of surrogate pairs and control characters become U+FFFD.

Example: ``number(parse(b'{"a": 1}', "a.json")["a"]) == 1.0``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from databases.notices import refused

Object = dict[str, Any]
MAX_VALUES = 8_000_000
_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def parse(data: bytes, name: str) -> Object:
    """The object in a file; raises SourceRefused (``json-damaged``) for anything else, by rules 1 to 4."""
    if sum(data.count(mark) for mark in b"[{,") > MAX_VALUES:
        raise refused("json-damaged", name, problem=f"> {MAX_VALUES} values")
    try:
        found = json.loads(_decode(data), object_pairs_hook=_once, parse_int=_integer)
    except RecursionError as error:
        raise refused("json-damaged", name, problem="nested too deeply") from error
    except ValueError as error:
        raise refused("json-damaged", name, problem=str(error)[:160]) from error
    if not isinstance(found, dict):
        raise refused("json-damaged", name, problem=f"{type(found).__name__}, not an object")
    return found


def record(value: object) -> Object:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Object]:
    """The objects of a list; anything else in it, or in its place, is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The value if it is text, cleaned (rule 5) and stripped, else ``""``."""
    if not isinstance(value, str):
        return ""
    return (_UNCLEAN.sub("\ufffd", value) if _UNCLEAN.search(value) else value).strip()


def number(value: object) -> float | None:
    """The value if it is a number (not a truth value), else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def flag(value: object) -> bool:
    """True for the truth value ``true`` only."""
    return value is True


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"{twice[:60]!r} stands twice in one object")
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 300 else float(digits)
