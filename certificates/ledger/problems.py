"""Why an entry is refused: codes with the values that fill their sentences, in Chinese and English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from certificates.texts import harmless

_FILES = ("problems.toml", "claims/problems.toml")
"""The sentences of entries, and those of claims."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason; ``where`` is the place in a file or form, empty where there is none."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    def sentence(self, language: str) -> str:
        """The reason and what to do next, in ``zh`` or ``en``."""
        short = "zh" if language.startswith("zh") else "en"
        safe = {name: harmless(value) for name, value in self.values.items()}
        return texts()[self.code][short].format_map(safe)


class EntryRefused(Exception):
    """The entry contradicts the ledger; ``problems`` say how, all of them."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(one.sentence("en") for one in problems))


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """All sentences by code, then language; read once. Each file has codes of its own."""
    folder = resources.files("certificates.ledger")
    made: dict[str, Mapping[str, str]] = {}
    for name in _FILES:
        made |= tomllib.loads(folder.joinpath(*name.split("/")).read_text(encoding="utf-8"))
    return made
