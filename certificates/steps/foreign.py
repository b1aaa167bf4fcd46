"""What stands on the pages of a document that its statement does not say (``steps.printed``).

Rules
1. Every number of a label or claim, every day, every decimal number, every amount of CO2 and every figure in large
   print stands in the statement: in a value, or in a text that a person wrote. Shares of the total, in percent, follow
   from it, and so does how many entries a list has.
2. Wherever the name of a value stands, so does the value.
3. Addresses, printed or linked, are the document's own, or stand in the statement.

Example: ``first(sheet, Stated(statement, phrases, addresses))`` gives ``"1.27 kgCO2e"``; empty where
nothing is foreign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from certificates.steps.sheet import Phrase, Sheet, bare

_NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?(?:e-?[0-9]{1,3})?"
_DECIMALS = re.compile(r"(?<![0-9.,])[0-9][0-9,]*\.[0-9]+(?:e-?[0-9]{1,3})?")
_NUMBERS = re.compile(rf"(?<![0-9.,]){_NUMBER}")
_MASS = r"(?:[kmgt]|kg|mg|mt|kt|吨|公吨|公斤|千克|克|tonnes?|tons?|kilograms?|grams?)?\s?(?:of\s)?"
_AMOUNTS = re.compile(
    rf"(?<![0-9.,])({_NUMBER})\s?{_MASS}(?:co2|carbon dioxide|二氧化碳|碳当量)", re.IGNORECASE
)
_AMOUNTS_AFTER = re.compile(
    rf"(?:co2|二氧化碳当量|碳足迹|footprint)(?:e|-?eq)?\s?[:=]?\s?({_NUMBER})(?![0-9a-f])", re.IGNORECASE
)
_TITLES = re.compile(r"t[bc]-?[0-9]{4}-?[0-9]{7}-?[0-9a-z]", re.IGNORECASE)
_DAYS = re.compile(r"(?<![0-9])([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?![0-9])")
_ADDRESS = re.compile(r"https?://")
_HOST = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")
_RUN = re.compile(r"\S{27,}")
_FIELDS = {
    "total", "value", "totalLocationBased", "perUnit", "locationBased", "marketBased", "baselineTotal", "reduced",
    "deducted", "removalsInside", "unabated", "residual", "toOffset", "offset", "remainder", "quantity",
}  # fmt: skip
"""The fields of statements that are amounts of greenhouse gases, and every one of the parts."""
_ALIKE = str.maketrans("\N{MINUS SIGN}СсОоеЕΟοΕ\u066b", "-CcOoeEOoE.")
_ONE_BY_ONE = re.compile(r"(?<!\S)\S(?:\s\S){2,}(?!\S)")
_LARGE = 11.5
"""Points of large print: heads, the value, the figures of coverage."""
_SHOWN = 40


@dataclass(frozen=True)
class Stated:
    """What may stand on the pages: a statement, what must stand there, and the document's own addresses."""

    statement: dict[str, Any]
    phrases: Sequence[Phrase]
    addresses: Sequence[str]

    @cached_property
    def texts(self) -> list[str]:
        """Every text of the statement, as it is compared."""
        return [_plain(text) for text in (*_leaves(self.statement), *self.addresses)]

    @cached_property
    def joined(self) -> str:
        """All of them, apart from each other."""
        return "\n".join(bare(text) for text in self.texts)

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """Every number in them, and the shares that follow."""
        found = {_value(one) for text in self.texts for one in _NUMBERS.findall(text)}
        counts = {Decimal(len(one)) for one in self.statement.values() if isinstance(one, list)}
        return frozenset(found | counts | set(_shares(self.statement)))

    @cached_property
    def amounts(self) -> frozenset[Decimal]:
        """The amounts of greenhouse gases: in the fields that are such, and in texts that name one."""
        told = {_value(one) for text in self.texts for one in _AMOUNTS.findall(text)}
        return frozenset(told | set(_amounts(self.statement)))

    @cached_property
    def days(self) -> frozenset[tuple[int, ...]]:
        """Every day in them."""
        found = (match for text in self.texts for match in _DAYS.findall(text))
        return frozenset(tuple(map(int, day)) for day in found)

    @cached_property
    def runs(self) -> str:
        """The long runs without spaces, which may be broken anywhere."""
        return "\n".join(run for text in self.texts for run in _RUN.findall(text))


def first(sheet: Sheet, stated: Stated) -> str:
    """The first thing that is foreign; empty where nothing is."""
    return next(_foreign(sheet, stated), "")


def _foreign(sheet: Sheet, stated: Stated) -> Iterator[str]:
    for found in _TITLES.finditer(unicodedata.normalize("NFKC", sheet.text)):
        if found[0] not in stated.joined and found[0].upper() not in stated.joined:
            yield found[0]
    for row in sheet.rows():
        for one in _spelled(_plain(row)):
            yield from _in_row(one, stated)
    for line in sheet.lines:
        if line.size >= _LARGE:
            yield from (
                one for one in _NUMBERS.findall(_plain(line.text)) if _value(one) not in stated.numbers
            )
    yield from _names(sheet, stated.phrases)
    yield from _addresses(sheet, stated)


def _in_row(row: str, stated: Stated) -> Iterator[str]:
    """Rule 1 for one row of text."""
    for found in _AMOUNTS.finditer(row):
        if _value(found[1]) not in stated.amounts:
            yield found[0]
    for found in _AMOUNTS_AFTER.finditer(row):
        if _value(found[1]) not in stated.amounts:
            yield found[0]
    for found in _DECIMALS.finditer(row):
        if _value(found[0]) not in stated.numbers and found[0] not in stated.runs:
            yield found[0]
    for found in _DAYS.finditer(row):
        if tuple(map(int, found.groups())) not in stated.days and found[0] not in stated.runs:
            yield found[0]


def _names(sheet: Sheet, phrases: Sequence[Phrase]) -> Iterator[str]:
    """Rule 2."""
    known: dict[str, set[int]] = {}
    for phrase in phrases:
        if phrase.name:
            known.setdefault(bare(phrase.name), set()).update(sheet.found(phrase))
    for name, places in known.items():
        longer = [other for other in known if name in other and other != name]
        for place in sheet.places(name):
            if place not in places and not any(_part_of(sheet.text, place, name, other) for other in longer):
                yield sheet.text[max(0, place - 8) : place + _SHOWN]


def _part_of(text: str, place: int, name: str, longer: str) -> bool:
    """True where a name stands as a part of a longer one."""
    return any(
        text.startswith(longer, place - start)
        for start in range(len(longer))
        if longer.startswith(name, start)
    )


def _addresses(sheet: Sheet, stated: Stated) -> Iterator[str]:
    """Rule 3 for what is printed."""
    for found in _ADDRESS.finditer(sheet.text):
        rest = sheet.text[found.start() : found.start() + 400]
        if not any(_begins(sheet, found.start(), rest, own) for own in _origins(stated)):
            yield rest[:_SHOWN]


def _begins(sheet: Sheet, place: int, rest: str, origin: str) -> bool:
    after = rest[len(origin) : len(origin) + 1]
    return rest.startswith(origin) and (after not in _HOST or sheet.begins_line(place + len(origin)))


def _origins(stated: Stated) -> set[str]:
    """Scheme, host and port of every address in the texts of the statement."""
    found = set()
    for text in stated.texts:
        for match in _ADDRESS.finditer(text):
            rest = text[match.end() :]
            length = next((place for place, one in enumerate(rest) if one not in _HOST), len(rest))
            found.add(match[0] + rest[:length].rstrip(".-:"))
    return found


def _plain(text: str) -> str:
    """One form of every letter (NFKC: ₂ is 2, a full-width digit a digit), digits of any script as ours, Cyrillic and
    Greek letters that look like those of CO2 as these, a hyphen for a minus."""
    if text.isascii() and text.isprintable():
        return text
    normal = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    kept = (one for one in normal if unicodedata.category(one) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept)


def _spelled(row: str) -> Iterator[str]:
    """A row, and the same without spaces between letters that stand one by one (``1 . 2 7 k g``)."""
    yield row
    if _ONE_BY_ONE.search(row):
        yield _ONE_BY_ONE.sub(lambda found: re.sub(r"\s", "", found[0]), row)


def _value(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return Decimal("NaN")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def _amounts(value: Any, within: bool = False) -> Iterator[Decimal]:
    """The amounts in the fields of ``_FIELDS``."""
    for key, item in value.items() if isinstance(value, dict) else ():
        for one in item if isinstance(item, list) else [item]:
            if isinstance(one, dict):
                yield from _amounts(one, key == "parts")
            elif isinstance(one, str) and (within or key in _FIELDS):
                yield abs(_value(one))


def _shares(statement: dict[str, Any]) -> Iterator[Decimal]:
    """Every amount in percent of the total, to one decimal, and the least that is printed for one (0.1)."""
    footprint = statement["footprint"]
    total = Decimal(footprint["total"])
    stages = [stage["value"] for stage in footprint.get("stages", [])]
    amounts = [footprint["total"], *stages]
    for name in ("unabated", "residual", "offset", "remainder"):
        amounts += [statement[name]] if name in statement else []
    if "reductions" in statement:
        amounts.append(statement["reductions"]["deducted"])
    yield Decimal("0.1")
    for amount in amounts if total else []:
        yield abs(Decimal(f"{100 * Decimal(amount) / total:.1f}"))
