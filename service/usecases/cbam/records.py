"""Records of an installation's data by collection, and their fields: from the text of a form to plain JSON.

Rules
1. What a field may hold follows from the dataclass in ``lca.cbam.monitoring`` alone; nothing is repeated here.
2. A field is given as JSON or as the text a form sends: ``"12.5"`` is a number, ``""`` nothing, ``"on"`` true.
3. A dot leads into a nested object: ``ncv.value``. An object that may be absent is absent where nothing but choices,
   units and defaults is filled in, or where what it needs is emptied and nothing else of it is given.
4. A number is written with a point and without separators: what ``1,250`` means nobody knows.

Example: ``changed(plain, fields_of("streams"), {"activity": "12.5", "ncv.value": ""})``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from lca.cbam.monitoring import Monitoring
from service.usecases.refusals import InvalidInput

PARTS = ("installation", "period", "quality", "fuel_balance", "monitoring")
"""Parts of the head; ``monitoring`` are the single values that stand in none of the others."""
SINGLE = ("verifier", "meters_reconciled", "indirect_stated_t")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_TRUE, _FALSE = frozenset({"on", "true", "1", "yes"}), frozenset({"", "off", "false", "0", "no"})


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field: ``kind`` is text, number, integer, truth, date, choice, texts, pairs, records or object.

    ``fields`` are those of an object or of each of the records; ``default`` is plain JSON where there is one.
    """

    name: str
    kind: str
    optional: bool
    choices: tuple[str, ...] = ()
    fields: tuple[FieldInfo, ...] = ()
    has_default: bool = False
    default: Any = None

    def of(self, name: str) -> FieldInfo | None:
        """The nested field of this name, or None."""
        return next((one for one in self.fields if one.name == name), None)


@cache
def collections() -> dict[str, tuple[FieldInfo, ...]]:
    """Fields by collection; ``goods`` stand inside their processes and are a collection of their own too."""
    found = {}
    for name, kind in get_type_hints(Monitoring).items():
        arguments = get_args(kind)
        if get_origin(kind) is tuple and hasattr(arguments[0], "__dataclass_fields__"):
            found[name] = _infos(arguments[0])
    goods = next(one for one in found["processes"] if one.name == "goods")
    return found | {"goods": goods.fields}


def fields_of(collection: str) -> tuple[FieldInfo, ...]:
    """Fields of the records of a collection, or of a part of the head. Raises InvalidInput for neither."""
    if collection in collections():
        return collections()[collection]
    if collection in PARTS:
        return _part(collection)
    raise InvalidInput(field="collection", problem=f"one of {', '.join((*collections(), *PARTS))}")


def changed(
    plain: Mapping[str, Any], infos: tuple[FieldInfo, ...], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The record with the given fields in place of its own (rules 2 to 4). Raises InvalidInput."""
    return _changed(plain, infos, given, "")


def blank(infos: tuple[FieldInfo, ...]) -> dict[str, Any]:
    """A record of nothing but defaults; what has none is absent."""
    return {one.name: one.default for one in infos if one.has_default}


def require_whole(plain: Mapping[str, Any], infos: tuple[FieldInfo, ...]) -> None:
    """Raises InvalidInput naming the fields that a new record lacks."""
    lacking = [one.name for one in infos if not one.has_default and plain.get(one.name) in (None, "")]
    if lacking:
        raise InvalidInput(field=lacking[0], problem=f"needed: {', '.join(lacking)}")


@cache
def _part(name: str) -> tuple[FieldInfo, ...]:
    if name == "monitoring":
        return tuple(one for one in _infos(Monitoring, SINGLE) if one.name in SINGLE)
    return _infos(get_type_hints(Monitoring)[name])


def _infos(owner: Any, only: tuple[str, ...] = ()) -> tuple[FieldInfo, ...]:
    hints = get_type_hints(owner)
    return tuple(_info(one, hints[one.name]) for one in fields(owner) if not only or one.name in only)


def _info(one: Any, hint: Any) -> FieldInfo:
    optional = isinstance(hint, UnionType) and NoneType in get_args(hint)
    if optional:
        (hint,) = (kind for kind in get_args(hint) if kind is not NoneType)
    kind, choices, nested = _kind(hint)
    made = one.default_factory() if one.default_factory is not MISSING else one.default
    has_default = made is not MISSING
    default = _plain_default(made) if has_default else None
    return FieldInfo(one.name, kind, optional, choices, nested, has_default, default)


def _plain_default(value: Any) -> Any:
    """Defaults are simple values, empty tuples or objects of nothing but defaults."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, StrEnum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain_default(getattr(value, one.name)) for one in fields(value)}
    return value


def _kind(hint: Any) -> tuple[str, tuple[str, ...], tuple[FieldInfo, ...]]:
    simple = {str: "text", float: "number", int: "integer", bool: "truth", date: "date"}
    if hint in simple:
        return simple[hint], (), ()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "choice", tuple(member.value for member in hint), ()
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        if inner is str:
            return "texts", (), ()
        if get_origin(inner) is tuple:
            return "pairs", (), ()
        return "records", (), _infos(inner)
    return "object", (), _infos(hint)


def _changed(
    plain: Mapping[str, Any], infos: tuple[FieldInfo, ...], given: Mapping[str, Any], where: str
) -> dict[str, Any]:
    made, known = dict(plain), {one.name: one for one in infos}
    nested: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        head, dot, rest = name.partition(".")
        info = known.get(head)
        if info is None or (dot and info.kind != "object"):
            raise InvalidInput(field=where + name, problem="there is no such field")
        if info.kind != "object":
            made[head] = _value(info, value, where + name)
        elif dot:
            nested.setdefault(head, {})[rest] = value
        elif isinstance(value, Mapping):
            nested.setdefault(head, {}).update(value)
        elif value in (None, "") and info.optional:
            made[head] = None
        else:
            raise InvalidInput(field=where + name, problem="an object with fields")
    for head, inner in nested.items():
        made[head] = _object(known[head], made.get(head), inner, f"{where}{head}.")
    return made


def _object(info: FieldInfo, plain: Any, given: Mapping[str, Any], where: str) -> dict[str, Any] | None:
    """Rule 3."""
    start = {one.name: one.default for one in info.fields} | (
        dict(plain) if isinstance(plain, Mapping) else {}
    )
    loose = tuple(
        FieldInfo(one.name, one.kind, True, one.choices, one.fields, one.has_default, one.default)
        for one in info.fields
    )
    made = _changed(start, loose, given, where)
    heads = {name.partition(".")[0] for name in given}
    filled = {one.name for one in info.fields if _filled(one, made[one.name])}
    lacking = [one for one in info.fields if made[one.name] is None and not one.optional]
    if info.optional and (not filled or (lacking and not filled & heads)):
        return None
    for one in lacking:
        if one.kind != "text":
            raise InvalidInput(field=where + one.name, problem="needed where the others are filled in")
        made[one.name] = ""
    return made


def _filled(info: FieldInfo, value: Any) -> bool:
    return not (
        value in (None, "", [], {})
        or (info.has_default and value == info.default)
        or info.kind == "choice"
        or info.name == "unit"
    )


def _value(info: FieldInfo, value: Any, where: str) -> Any:
    """One value as plain JSON. Raises InvalidInput."""
    text = value.strip() if isinstance(value, str) else value
    if text is None or (text == "" and info.kind in ("number", "integer", "date", "choice")):
        return _nothing(info, where)
    if info.kind in ("texts", "pairs", "records"):
        return _many(info, value, where)
    made = _SINGLE[info.kind](text)
    if made is None or (info.kind == "choice" and made not in info.choices):
        wanted = f"one of {', '.join(info.choices)}" if info.kind == "choice" else _WANTED[info.kind]
        raise InvalidInput(field=where, problem=wanted)
    return made


def _nothing(info: FieldInfo, where: str) -> Any:
    if info.optional:
        return None
    if info.kind in ("text", "texts", "pairs", "records"):
        return "" if info.kind == "text" else []
    if info.kind == "truth":
        return False
    if info.has_default:
        return info.default
    raise InvalidInput(field=where, problem="needed")


def _many(info: FieldInfo, value: Any, where: str) -> list[Any]:
    if info.kind == "texts":
        parts = re.split(r"[\n;]", value) if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and all(isinstance(one, str) for one in parts):
            return [one.strip() for one in parts if one.strip()]
        raise InvalidInput(field=where, problem="a list of texts")
    if info.kind == "pairs":
        items = list(value.items()) if isinstance(value, Mapping) else value
        if isinstance(items, list | tuple) and all(_is_pair(one) for one in items):
            return [list(one) for one in items]
        raise InvalidInput(field=where, problem="names with texts")
    if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
        raise InvalidInput(field=where, problem="a list of records")
    made = []
    for number, one in enumerate(value, 1):
        inner = _changed(blank(info.fields), info.fields, one, f"{where}#{number}.")
        lacking = [f.name for f in info.fields if f.name not in inner]
        if lacking:
            raise InvalidInput(field=f"{where}#{number}.{lacking[0]}", problem="needed")
        made.append(inner)
    return made


def _is_pair(one: Any) -> bool:
    return isinstance(one, list | tuple) and len(one) == 2 and all(isinstance(part, str) for part in one)


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        value = float(value) if _NUMBER.match(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number.is_integer() and abs(number) < 2**53 else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    return word in _TRUE if word in _TRUE | _FALSE else None


def _date(value: Any) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


_SINGLE = {
    "number": _number,
    "integer": _integer,
    "truth": _truth,
    "date": _date,
    "text": _text,
    "choice": _text,
}
_WANTED = {
    "number": "a number such as 1250.5",
    "integer": "a whole number",
    "truth": "true or false",
    "date": "a day such as 2026-01-31",
    "text": "text",
}
