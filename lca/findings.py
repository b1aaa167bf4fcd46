"""Problems in the user's data are values: collected, counted and shown together, never raised one by one.

Rules
1. A finding names a severity, a code, a place (sheet, row, cell, line) and the details its sentence needs.
2. The sentence lives in ``lca/messages/*.toml`` in Chinese and English; it states the rule broken and what to do next.
3. An ERROR stops the issue of a label (the coverage gate); a WARNING and a NOTE are printed and do not.
4. A detail written in both languages, ``天然气 / Natural gas``, is said in the sentence's language alone.

Example: ``Finding.error("unknown-unit", Place("清单", 7, "F7", "M3"), unit="磅", known="kg, t, g")``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

_BOTH = re.compile(r"(?P<zh>[^;/]*[\u4e00-\u9fff][^;/]*?) / (?P<en>[^;/\u4e00-\u9fff]+)")
"""One text in both languages (rule 4): Chinese first, and nothing Chinese in the second half."""


class Severity(StrEnum):
    """How much a finding weighs: only ERROR closes the gate."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user finds it: sheet name as in their file, 1-based row, cell like ``F7``, inventory line number."""

    sheet: str = ""
    row: int | None = None
    cell: str = ""
    line: str = ""

    def describe(self) -> str:
        """One short phrase such as ``清单!F7 · M3``; empty when nothing is known."""
        where = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        if self.sheet and not self.cell and self.row is not None:
            where = f"{self.sheet}!{self.row}"
        return " · ".join(part for part in (where, self.line) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``details`` are (name, text) pairs, sorted by name, for the sentence's placeholders."""

    severity: Severity
    code: str
    place: Place = Place()
    details: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.code not in messages():
            raise LookupError(f"No message for finding code {self.code!r}: add it to lca/messages/*.toml")

    @classmethod
    def error(cls, code: str, place: Place = Place(), **details: object) -> Finding:
        """An ERROR finding; details become text."""
        return cls(Severity.ERROR, code, place, _pairs(details))

    @classmethod
    def warning(cls, code: str, place: Place = Place(), **details: object) -> Finding:
        """A WARNING finding; details become text."""
        return cls(Severity.WARNING, code, place, _pairs(details))

    @classmethod
    def note(cls, code: str, place: Place = Place(), **details: object) -> Finding:
        """A NOTE finding; details become text."""
        return cls(Severity.NOTE, code, place, _pairs(details))

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``: the rule that is broken and the next thing to do."""
        said = {name: in_language(text, language) for name, text in self.details}
        return messages()[self.code][language].format_map(said)

    def as_dict(self) -> dict[str, object]:
        """JSON form, with both sentences, for the store and the API."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "place": {
                "sheet": self.place.sheet,
                "row": self.place.row,
                "cell": self.place.cell,
                "line": self.place.line,
            },
            "details": dict(self.details),
            "message": {language: self.message(language) for language in ("zh", "en")},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Finding:
        """The inverse of :meth:`as_dict`; the sentences are made anew from code and details."""
        place = data["place"]
        details = data["details"]
        if not isinstance(place, Mapping) or not isinstance(details, Mapping):
            raise TypeError("A stored finding has a place and details, both objects.")
        return cls(Severity(str(data["severity"])), str(data["code"]), Place(**place), _pairs(details))


def in_language(text: str, language: str) -> str:
    """The half of ``中文 / English`` that is in ``language``, item by item of a list with ``;``; other text as it is.

    Example: ``in_language("燃烧 / Combustion; 质量平衡 / Mass balance", "en") == "Combustion; Mass balance"``.
    """
    return "; ".join(_half(one, language) for one in text.split("; ")) if " / " in text else text


def _half(text: str, language: str) -> str:
    both = _BOTH.fullmatch(text)
    if both is None or both["zh"].count("(") != both["zh"].count(")"):
        return text
    return both["zh" if language == "zh" else "en"]


def has_errors(findings: Iterable[Finding]) -> bool:
    """True when at least one finding closes the gate."""
    return any(finding.severity is Severity.ERROR for finding in findings)


@cache
def messages() -> dict[str, dict[str, str]]:
    """Every sentence by code: ``{code: {"zh": ..., "en": ...}}``, read once from ``lca/messages``.

    Raises ValueError when a code is written twice or a language is missing.
    """
    merged: dict[str, dict[str, str]] = {}
    for entry in sorted(resources.files("lca").joinpath("messages").iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for code, sentences in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if code in merged or set(sentences) != {"zh", "en"}:
                raise ValueError(f"{entry.name}: {code!r} is repeated or lacks zh or en")
            merged[code] = sentences
    return merged


def _pairs(details: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in details.items()))
