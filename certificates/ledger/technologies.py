"""Generation technologies, recognised by the words that registries and datasets use for them (``power.toml``).

Rules
1. A text that names no technology, or several, is of none: a mix proves no technology.
2. Latin words count as whole words only; concentrating solar power is not photovoltaic though both say "solar".

Example: ``technology("海上风电") == "wind"``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

_CSP, _PV = "concentrating-solar", "photovoltaic"


def technology(text: str) -> str:
    """The technology a text names, or the empty text (rule 1)."""
    rest, found = text.lower(), set()
    for name, pattern in _patterns().items():
        if pattern.search(rest):
            found.add(name)
            rest = pattern.sub(" ", rest)
    if _CSP in found:
        found.discard(_PV)
    return found.pop() if len(found) == 1 else ""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(_whole(word) for word in words)) for name, words in rules()["words"].items()
    }


def _whole(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![a-z]){escaped}(?![a-z])" if word.isascii() else escaped


@cache
def rules() -> dict[str, Any]:
    """The rules of ``power.toml``; read once."""
    return tomllib.loads(
        resources.files("certificates.ledger").joinpath("power.toml").read_text(encoding="utf-8")
    )
