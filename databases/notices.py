"""What reading and assembling background data has to tell: values with a code, collected, never raised one by one.

Rules
1. A notice names a severity, a code, the place in the source (file and what is in it) and its details.
2. The sentence lives in ``databases/messages/*.toml`` in Chinese and English; it says what was found, what was
   done about it, and what the practitioner can do.
3. An ERROR is something left out or doubtful enough to be repaired before use; it never stops the others from
   being told. What makes a source unreadable as a whole is :class:`SourceRefused`.

Example: ``Notice.warning("unit-unknown", "cement.xml", unit="EUR 2000", count=2)``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class Severity(StrEnum):
    """How much a notice weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. ``where`` is a file, a sheet and cell, or a dataset; ``details`` (name, text) pairs."""

    severity: Severity
    code: str
    where: str = ""
    details: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.code not in messages():
            raise LookupError(
                f"No message for notice code {self.code!r}: add it to databases/messages/*.toml"
            )

    @classmethod
    def error(cls, code: str, where: str = "", **details: object) -> Notice:
        """An ERROR notice; details become text."""
        return cls(Severity.ERROR, code, where, _pairs(details))

    @classmethod
    def warning(cls, code: str, where: str = "", **details: object) -> Notice:
        """A WARNING notice; details become text."""
        return cls(Severity.WARNING, code, where, _pairs(details))

    @classmethod
    def note(cls, code: str, where: str = "", **details: object) -> Notice:
        """A NOTE notice; details become text."""
        return cls(Severity.NOTE, code, where, _pairs(details))

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return messages()[self.code][language].format_map(dict(self.details))

    def as_dict(self) -> dict[str, Any]:
        """JSON form, with both sentences."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "where": self.where,
            "details": dict(self.details),
            "message": {language: self.message(language) for language in ("zh", "en")},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Notice:
        """The inverse of :meth:`as_dict`; the sentences are made anew."""
        return cls(Severity(data["severity"]), data["code"], data["where"], _pairs(data["details"]))


class SourceRefused(ValueError):
    """The source cannot be read as a whole, and nothing was made of it; ``notice`` says why, in both languages.

    ``notices`` holds every reason where several were found at once; ``notice`` is the first of them.
    """

    def __init__(self, notice: Notice, *more: Notice) -> None:
        self.notice = notice
        self.notices = (notice, *more)
        where = f"{notice.where}: " if notice.where else ""
        super().__init__(where + notice.message("en"))


def refused(code: str, where: str = "", **details: object) -> SourceRefused:
    """A SourceRefused with the ERROR notice of this code, to be raised."""
    return SourceRefused(Notice.error(code, where, **details))


@cache
def messages() -> dict[str, dict[str, str]]:
    """Every sentence by code, read once from ``databases/messages``.

    Raises ValueError when a code is written twice or a language is missing.
    """
    merged: dict[str, dict[str, str]] = {}
    for entry in sorted(
        resources.files("databases").joinpath("messages").iterdir(), key=lambda item: item.name
    ):
        if not entry.name.endswith(".toml"):
            continue
        for code, sentences in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if code in merged or set(sentences) != {"zh", "en"}:
                raise ValueError(f"{entry.name}: {code!r} is repeated or lacks zh or en")
            merged[code] = sentences
    return merged


def _pairs(details: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in details.items()))
