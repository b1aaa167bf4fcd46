"""Formulas of source files, evaluated by a grammar of our own: never by Python's ``eval``.

Rules
1. Known are numbers, names of parameters (whatever the case of their letters), ``+ - * / ^ **``, brackets, comparisons
   with ``and``/``or``/``not``, and the functions of :data:`FUNCTIONS` and ``iff(condition, yes, no)``.
2. A formula has at most 2,000 characters and 100 levels of brackets and operators; a result is a finite number.
3. Whatever else is written is a :class:`FormulaUnreadable`; nothing is guessed.
4. Parameters that need each other in a circle, or need one that cannot be evaluated, cannot be evaluated either.

Example: ``evaluate("2*Loss^2", {"loss": 3.0}) == 18.0``.
"""

from __future__ import annotations

import math
import re
from collections import ChainMap, defaultdict
from collections.abc import Callable, Mapping

MAX_LENGTH = 2_000
MAX_DEPTH = 100

Values = Mapping[str, float | None]
"""Parameters by casefolded name; None where a formula gave no value."""

FUNCTIONS: Mapping[str, tuple[int, Callable[..., float]]] = {
    "abs": (1, abs),
    "cos": (1, math.cos),
    "exp": (1, math.exp),
    "int": (1, math.trunc),
    "ln": (1, math.log),
    "log": (1, math.log10),
    "log10": (1, math.log10),
    "max": (2, max),
    "min": (2, min),
    "round": (1, round),
    "sin": (1, math.sin),
    "sqr": (1, lambda value: value * value),
    "sqrt": (1, math.sqrt),
    "tan": (1, math.tan),
}
"""Number of arguments and meaning; ``log`` has base 10, as in the formula help of LCA programs."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<mark>\*\*|<=|>=|<>|!=|==|[-+*/^(),;<>=]))"
)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
}


class FormulaUnreadable(ValueError):
    """The formula is not one that can be evaluated; write the number in its place."""


def evaluate(formula: str, values: Values) -> float:
    """The finite value of a formula; ``values`` by casefolded name. Raises FormulaUnreadable."""
    if len(formula) > MAX_LENGTH:
        raise FormulaUnreadable("too long")
    parser = _Parser(_tokens(formula), values)
    try:
        result = float(parser.whole())
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, FormulaUnreadable):
            raise
        raise FormulaUnreadable(type(error).__name__) from None
    if not math.isfinite(result):
        raise FormulaUnreadable("not finite")
    return result


def resolve(formulas: Mapping[str, str], known: Values) -> tuple[Values, dict[str, str]]:
    """Values of parameters that may need each other, and the reason of each that has none (rule 4).

    ``known`` values are among the result. Names are casefolded; a formula's name hides a known one. The time goes
    with the length of the formulas, whatever their order, and not with how many values are known.
    """
    if not formulas:
        return known, {}
    own: dict[str, float | None] = dict.fromkeys(formulas)
    values = ChainMap[str, float | None](own, known)  # type: ignore[arg-type]  # nothing is written to the second
    reasons: dict[str, str] = {}
    waiting, users = _needs(formulas)
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:  # it grows while it is walked
        try:
            own[name] = evaluate(formulas[name], values)
        except FormulaUnreadable as error:
            reasons[name] = str(error)
        for user in users[name]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    reasons |= {name: "circular" for name, count in waiting.items() if count}
    for name in reasons:
        if name not in known:
            del own[name]
    return values, reasons


def _needs(formulas: Mapping[str, str]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """How many others each formula waits for, and which ones wait for it."""
    waiting: dict[str, int] = {}
    users: dict[str, list[str]] = defaultdict(list)
    for name, formula in formulas.items():
        needed = (names(formula) & formulas.keys()) - {name}
        waiting[name] = len(needed)
        for other in needed:
            users[other].append(name)
    return waiting, users


def names(formula: str) -> set[str]:
    """Casefolded words in a formula, functions among them; empty for one that cannot be split into words."""
    try:
        return {text.casefold() for kind, text in _tokens(formula[:MAX_LENGTH]) if kind == "name"}
    except FormulaUnreadable:
        return set()


def _tokens(formula: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = formula.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaUnreadable(f"{text[at : at + 20]!r}")
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], values: Values) -> None:
        self.tokens, self.values, self.at, self.depth = tokens, values, 0, 0

    def whole(self) -> float:
        value = self.either()
        if self.at != len(self.tokens):
            raise FormulaUnreadable(f"{self.tokens[self.at][1]!r}")
        return value

    def either(self) -> float:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaUnreadable("nested too deeply")
        value = self.both()
        while self.word("or"):
            other = self.both()
            value = float(bool(value) or bool(other))
        self.depth -= 1
        return value

    def both(self) -> float:
        value = self.compared()
        while self.word("and"):
            other = self.compared()
            value = float(bool(value) and bool(other))
        return value

    def compared(self) -> float:
        if self.word("not"):
            return float(not self.deeper(self.compared))
        value = self.added()
        if (mark := self.mark(*_COMPARE)) is not None:
            value = float(_COMPARE[mark](value, self.added()))
        return value

    def added(self) -> float:
        value = self.multiplied()
        while (mark := self.mark("+", "-")) is not None:
            other = self.multiplied()
            value = value + other if mark == "+" else value - other
        return value

    def multiplied(self) -> float:
        value = self.signed()
        while (mark := self.mark("*", "/")) is not None:
            other = self.signed()
            value = value * other if mark == "*" else value / other
        return value

    def signed(self) -> float:
        if (mark := self.mark("+", "-")) is not None:
            value = self.deeper(self.signed)
            return -value if mark == "-" else value
        base = self.atom()
        if self.mark("^", "**") is None:
            return base
        return math.pow(base, self.deeper(self.signed))

    def atom(self) -> float:
        kind, text = self.next()
        if kind == "number":
            return float(text)
        if kind == "name":
            return self.named(text.casefold())
        if text == "(":
            value = self.either()
            self.need(")")
            return value
        raise FormulaUnreadable(f"{text!r}")

    def named(self, name: str) -> float:
        if self.mark("(") is None:
            if (value := self.values.get(name)) is None:
                raise FormulaUnreadable(f"{name!r}")
            return value
        arguments = [self.either()]
        while self.mark(",", ";") is not None:
            arguments.append(self.either())
        self.need(")")
        if name in ("iff", "if"):
            if len(arguments) != 3:
                raise FormulaUnreadable(name)
            return arguments[1] if arguments[0] else arguments[2]
        count, function = FUNCTIONS.get(name, (-1, abs))
        if count != len(arguments):
            raise FormulaUnreadable(f"{name!r}")
        return float(function(*arguments))

    def deeper(self, step: Callable[[], float]) -> float:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaUnreadable("nested too deeply")
        value = step()
        self.depth -= 1
        return value

    def next(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise FormulaUnreadable("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def mark(self, *marks: str) -> str | None:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "mark" and text in marks:
                self.at += 1
                return text
        return None

    def need(self, mark: str) -> None:
        if self.mark(mark) is None:
            raise FormulaUnreadable(f"{mark!r} is missing")

    def word(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("name", word):
            self.at += 1
            return True
        return False
