"""A form read field by field: all that is wrong with it is told at once.

Rules
1. A form is what people type and programs send: texts, lists of texts, lists of forms. Numbers are decimals written as
   text; a float is refused, because nobody knows any more which decimal it was.
2. Every problem names its field, the rule it breaks and what to do next, in Chinese and English (``fields.toml``).
3. A field nobody knows is a problem too: a name misspelt is never silently ignored.

Example: ``form = Form({"expected": "12,5"}); form.decimal("expected")`` notes ``not-a-number`` and gives None.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from certificates.texts import harmless

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST = 200
DECIMALS = 6
"""Digits after the point that an amount may have."""
_NUMBER = re.compile(r"(0|[1-9]\d{0,14})(\.\d{1,6})?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_SEEN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*\Z")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with the field ``where`` (``due.2.quantity``); ``code`` is the rule."""

    code: str
    where: str
    values: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """The field's name in ``zh`` or ``en``, with its row where it stands in a list."""
        parts = self.where.split(".")
        named = texts()["labels"].get(parts[-1] if not parts[-1].isdigit() else parts[-2])
        label = named[_short(language)] if named else self.where
        row = next((part for part in parts if part.isdigit()), "")
        return label + (f" {row}" if row else "")

    def sentence(self, language: str) -> str:
        """The rule and what to do next, in ``zh`` or ``en``."""
        safe = {name: harmless(value) for name, value in self.values.items()}
        sentence: str = texts()["rules"][self.code][_short(language)]
        return sentence.format_map({"label": self.label(language)} | safe)


class FormRefused(Exception):
    """The form breaks rules; ``problems`` name all of them."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(one.sentence("en") for one in self.problems))


class Form:
    """A form and the problems found in it so far."""

    def __init__(
        self, given: Mapping[str, Any], where: str = "", problems: list[FieldProblem] | None = None
    ) -> None:
        self._given = dict(given)
        self._where = where
        self._asked: set[str] = set()
        self.problems: list[FieldProblem] = [] if problems is None else problems

    def wrong(self, code: str, name: str, **values: str) -> None:
        """Note a problem of the field ``name``."""
        self.problems.append(FieldProblem(code, f"{self._where}{name}", values))

    def text(self, name: str, *, needed: bool = False, most: int = LONGEST) -> str:
        """A text without the blanks around it; empty where none is given."""
        value = self._value(name)
        if isinstance(value, bool | int | float) or not isinstance(value, str):
            self.wrong("not-a-text", name)
            return ""
        text = value.strip()
        if len(text) > most or not _SEEN.match(text):
            self.wrong("text-too-long", name, most=str(most))
            return ""
        if needed and not text:
            self.wrong("needed", name)
        return text

    def decimal(self, name: str, *, needed: bool = True) -> Decimal | None:
        """An amount of 0 or more with at most 6 decimals; None where there is none."""
        value = self._value(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = str(value)
        if not isinstance(value, str):
            self.wrong("not-a-number", name)
            return None
        text = value.strip()
        if not text:
            if needed:
                self.wrong("needed", name)
            return None
        if not _NUMBER.match(text):
            self.wrong("not-a-number", name)
            return None
        return Decimal(text)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number from ``least`` to ``most``."""
        found = self.decimal(name)
        if found is not None and (found != int(found) or not least <= found <= most):
            self.wrong("not-from-to", name, least=str(least), most=str(most))
            return None
        return None if found is None else int(found)

    def day(self, name: str, *, needed: bool = True, until: date | None = None) -> date | None:
        """A day, not after ``until`` where that is given."""
        text = self.text(name, needed=needed)
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _DAY.match(text) else None
        except ValueError:
            day = None
        if day is None:
            self.wrong("not-a-day", name)
        elif until is not None and day > until:
            self.wrong("day-in-future", name, until=until.isoformat())
        return day

    def choice(self, name: str, kinds: type[Choice]) -> Choice | None:
        """One of an enumeration."""
        text = self.text(name, needed=True)
        if not text:
            return None
        try:
            return kinds(text)
        except ValueError:
            self.wrong("not-one-of", name, choices=", ".join(kinds))
            return None

    def one_of(self, name: str, known: frozenset[str], code: str) -> str:
        """A code that is known, else the problem ``code``."""
        text = self.text(name, needed=True)
        if text and text not in known:
            self.wrong(code, name, given=text)
            return ""
        return text

    def digests(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """SHA-256 of files, each once."""
        found: list[str] = []
        for number, value in enumerate(self._list(name), 1):
            if not isinstance(value, str) or not _DIGEST.match(value):
                self.wrong("not-a-digest", f"{name}.{number}")
            elif value in found:
                self.wrong("twice", f"{name}.{number}")
            else:
                found.append(value)
        if needed and not found:
            self.wrong("needed", name)
        return tuple(found)

    def forms(self, name: str) -> list[Form]:
        """The forms of a list, each noting its problems here; wholly empty ones are left out."""
        found = []
        for number, value in enumerate(self._list(name), 1):
            if not isinstance(value, Mapping):
                self.wrong("not-a-form", f"{name}.{number}")
            elif any(one not in ("", None, []) for one in value.values()):
                found.append(Form(value, f"{self._where}{name}.{number}.", self.problems))
        return found

    def finish(self) -> None:
        """Rule 3, when every field was asked for."""
        for name in sorted(set(self._given) - self._asked):
            self.wrong("no-such-field", str(name), given=str(name))

    def _value(self, name: str) -> Any:
        self._asked.add(name)
        value = self._given.get(name)
        return "" if value is None else value

    def _list(self, name: str) -> Sequence[Any]:
        value = self._value(name)
        if value == "":
            return ()
        if not isinstance(value, list | tuple):
            self.wrong("not-a-list", name)
            return ()
        return value


def _short(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"


@cache
def texts() -> Mapping[str, Any]:
    """Labels of fields and sentences of rules; read once."""
    return tomllib.loads(
        resources.files("certificates.ledger").joinpath("fields.toml").read_text(encoding="utf-8")
    )
