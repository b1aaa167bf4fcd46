"""Plain words for the law's terms, for the help bubbles of the pages.

Example: ``term("precursor").name("zh")`` is 前体.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its plain explanation in both languages and the clause it comes from."""

    key: str
    zh: str
    en: str
    clause: str
    say_zh: str
    say_en: str

    def name(self, language: str) -> str:
        """The term itself."""
        return self.zh if language == "zh" else self.en

    def say(self, language: str) -> str:
        """What it means, in a sentence or two."""
        return self.say_zh if language == "zh" else self.say_en


@cache
def terms() -> dict[str, Term]:
    """Every term by key, in the order of the file."""
    text = resources.files("service.web").joinpath("cbam_terms.toml").read_text(encoding="utf-8")
    return {key: Term(key, **words) for key, words in tomllib.loads(text).items()}


def term(key: str) -> Term:
    """One term. Raises LookupError for a key that is none: a page asks only for what there is."""
    return terms()[key]
