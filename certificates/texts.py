"""The sentences of reports, in Chinese and English, from ``texts.toml``; values from files are made harmless
in them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("zh", "en")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a statement: a code of ``[problem.*]`` and the field."""

    code: str
    where: str

    def sentence(self, language: str) -> str:
        """``field: what is wrong`` in ``zh`` or ``en``."""
        return f"{harmless(self.where)}: {entry('problem', self.code)[language]}"


@cache
def tables() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """All texts: table (noun, step, detail, problem, verdict, word), then code, then language; read once."""
    return tomllib.loads(resources.files("certificates").joinpath("texts.toml").read_text(encoding="utf-8"))


def entry(table: str, code: str) -> Mapping[str, str]:
    """The texts of one code; raises KeyError for a code nobody wrote."""
    return tables()[table][code]


@lru_cache(maxsize=1024)
def told(table: str, code: str, noun: str) -> Mapping[str, str]:
    """The texts of one code as they are said of a ``label``, a ``claim``, or ``either`` where the file does not tell:
    those of the table ``…-of-claim`` go before the general ones, and ``{noun}`` is filled in."""
    own = tables().get(f"{table}-of-{noun}", {}).get(code, {})
    names = entry("noun", noun)
    both = {**entry(table, code), **own}
    return MappingProxyType({name: text.replace("{noun}", names[name[-2:]]) for name, text in both.items()})


def filled(table: str, code: str, values: Mapping[str, str], noun: str = "either") -> dict[str, str]:
    """The sentence in both languages, said of ``noun``, with ``values`` made harmless and set into its placeholders."""
    safe = {name: harmless(value) for name, value in values.items()}
    texts = told(table, code, noun)
    return {language: texts[language].format_map(safe) for language in LANGUAGES}


def harmless(value: str) -> str:
    """A text from a hostile file for a terminal or a page: control, direction and line characters replaced,
    other spaces (such as the full-width one in Chinese names) made plain, length limited."""
    if value.isprintable() and len(value) <= _LONGEST:  # of none of the categories that are replaced
        return value
    shown = "".join(_harmless(character) for character in value[:_LONGEST])
    return shown + ("…" if len(value) > _LONGEST else "")


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if category[0] in "CZ" else character
