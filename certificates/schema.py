"""The form of a statement ``tanbiao-label/1``: every field, what it may hold, and that there is no other.

Rules
1. Fields of a signed statement only grow: a new field is a new version number in ``type``, and an unknown
   field is refused, because a reader that skips what it does not know may skip what matters.
2. A quantity is a decimal string: optional minus, no leading zeros, no plus, no exponent, never minus zero.
   Trailing zeros stand where the rounding rule puts them; ``1.0`` and ``1`` are different texts and the
   signature tells them apart.
3. A text has something to see, at most 500 characters, and nothing that disguises it: no control, direction
   or blank characters; a zero-width joiner only after a virama, where it changes the letter (RFC 5892,
   appendix A).
4. Dates are ISO 8601 days, moments UTC to the second.
5. Nothing here computes: whether the numbers fit each other is ``certificates.arithmetic``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from certificates.encoding import NotEncoded, from_moment_text
from certificates.texts import Problem
from certificates.trust import is_did

TYPE = "tanbiao-label/1"
STAGES = ("raw-materials", "production", "distribution", "use", "end-of-life")
BOUNDARIES = ("cradle-to-gate", "cradle-to-grave")
ELECTRICITY_SOURCES = ("grid", "own-generation", "direct-line", "contract")
PARTS = ("fossil", "biogenicEmissions", "biogenicRemovals", "landUseChange", "aircraft")

Check = Callable[[Any, str], Iterator[Problem]]

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,40})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DISGUISES = {"Cc", "Cs", "Cf", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
_BLANKS = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_VIRAMA = 9
"""The canonical combining class of the sign that RFC 5892 lets a joiner follow."""


def problems(statement: Any) -> list[Problem]:
    """Everything that keeps ``statement`` from being a ``tanbiao-label/1``; empty when it is one."""
    return list(_STATEMENT(statement, ""))


def is_decimal(text: Any) -> bool:
    """True for a decimal string by rule 2."""
    return isinstance(text, str) and _DECIMAL.match(text) is not None and not _minus_zero(text)


def _minus_zero(text: str) -> bool:
    return text.startswith("-") and not Decimal(text)


def _object(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    known = required | (optional or {})

    def check(value: Any, where: str) -> Iterator[Problem]:
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

    return check


def _array(item: Check, *, least: int, most: int) -> Check:
    def check(value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield Problem("not-a-list", where)
            return
        for position, entry in enumerate(value):
            yield from item(entry, f"{where}[{position}]")

    return check


def _when(code: str, holds: Callable[[Any], bool]) -> Check:
    def check(value: Any, where: str) -> Iterator[Problem]:
        if not holds(value):
            yield Problem(code, where)

    return check


def fits(value: Any, most: int = 500) -> bool:
    """True for a text that may stand on a label (rule 3), so that it can be refused before it gets there."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= most
        and bool(value.strip())
        and not any(
            _disguises(character, before) for before, character in zip(" " + value, value, strict=False)
        )
    )


def _text(most: int = 500, *, empty: bool = False) -> Check:
    return _when("not-a-text", lambda value: (empty and value == "") or fits(value, most))


def _disguises(character: str, before: str) -> bool:
    """Rule 3 for one character and the one before it."""
    if character in _JOINERS:
        return unicodedata.combining(before) != _VIRAMA
    return character in _BLANKS or unicodedata.category(character) in _DISGUISES


def _matching(pattern: str) -> Check:
    form = re.compile(pattern)
    return _when("not-in-form", lambda value: isinstance(value, str) and form.fullmatch(value) is not None)


def _one_of(*allowed: str) -> Check:
    return _when("not-allowed", lambda value: isinstance(value, str) and value in allowed)


def _decimal(least: str | None = None, most: str | None = None, *, above: str | None = None) -> Check:
    def holds(value: Any) -> bool:
        if not is_decimal(value):
            return False
        number = Decimal(value)
        return (
            (least is None or number >= Decimal(least))
            and (most is None or number <= Decimal(most))
            and (above is None or number > Decimal(above))
        )

    return _when("not-a-quantity", holds)


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


_DAY_CHECK = _when("not-a-day", _is_day)
_MOMENT = _when("not-a-moment", _is_moment)
_BOTH = _object({"zh": _text(), "en": _text()})
_AMOUNT = _object({"amount": _decimal(above="0"), "unit": _text(20)})
_COUNT = _matching(r"0|[1-9][0-9]{0,8}")
_PERCENT = _matching(r"(0|[1-9][0-9]?)\.[0-9]|100\.0")
_DIGEST = _matching(r"[0-9a-f]{64}")

_FOOTPRINT = _object(
    {
        "unit": _one_of("kgCO2e"),
        "total": _decimal(),
        "stages": _array(
            _object({"stage": _one_of(*STAGES), "value": _decimal()}), least=1, most=len(STAGES)
        ),
        "parts": _object(
            {name: _decimal(most="0") if name == "biogenicRemovals" else _decimal() for name in PARTS}
        ),
        "totalLocationBased": _decimal(),
    },
    {"notCovered": _array(_BOTH, least=1, most=50)},
)
_METHOD = _object(
    {
        "ruleSet": _text(100),
        "ruleSetVersion": _text(50),
        "standards": _BOTH,
        "gwpSet": _one_of("AR5", "AR6"),
        "indicator": _one_of("GWP100"),
        "engine": _text(100),
        "release": _text(100),
        "rounding": _matching(r"significant-digits:([1-9]|1[0-5])"),
    }
)
_COVERAGE = _object(
    {
        "byLines": _PERCENT,
        "byMass": _PERCENT,
        "linesLinked": _COUNT,
        "linesTotal": _COUNT,
        "linesAutoLinked": _COUNT,
        "linesCutOff": _COUNT,
        "cutOffShare": _PERCENT,
    }
)
_STATEMENT = _object(
    {
        "type": _one_of(TYPE),
        "number": _matching(r"TB-[0-9]{4}-[0-9]{7}-[0-9A-Z]"),
        "issuer": _object({"id": _when("not-a-did", is_did), "name": _BOTH}),
        "exporter": _object({"id": _text(100), "name": _BOTH}),
        "product": _object(
            {
                "name": _BOTH,
                "model": _text(200),
                "cnCode": _text(20, empty=True),
                "declaredUnit": _AMOUNT,
                "massPerDeclaredUnit": _AMOUNT,
            }
        ),
        "site": _object({"name": _text(), "place": _matching(r"[A-Z0-9]{2,6}(-[A-Z0-9]{1,6})?")}),
        "period": _object({"start": _DAY_CHECK, "end": _DAY_CHECK}),
        "boundary": _one_of(*BOUNDARIES),
        "footprint": _FOOTPRINT,
        "method": _METHOD,
        "coverage": _COVERAGE,
        "electricity": _array(
            _object({"source": _one_of(*ELECTRICITY_SOURCES), "kWh": _decimal("0"), "value": _decimal()}),
            least=0,
            most=len(ELECTRICITY_SOURCES),
        ),
        "review": _object(
            {
                "conclusion": _one_of("approved"),
                "reviewedOn": _DAY_CHECK,
                "reviewer": _text(),
                "independent": _when("not-independent", lambda value: value is True),
            }
        ),
        "agreement": _object(
            {"tolerance": _decimal(above="0", most="0.000000001"), "relativeDifference": _decimal("0")}
        ),
        "chain": _array(
            _object({"kind": _matching(r"[a-z][a-z0-9-]{0,39}"), "sha256": _DIGEST, "link": _DIGEST}),
            least=1,
            most=40,
        ),
        "issuedAt": _MOMENT,
        "validUntil": _MOMENT,
    }
)
