"""The glossary is executed: every identifier exists, every term stands in the file the glossary names."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \| `([A-Za-z_][\w.]*)` \| `([\w./-]+)` \|")


class Term(NamedTuple):
    zh: str
    en: str
    identifier: str
    file: str


def terms() -> list[Term]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [Term(*row) for row in ROW.findall(text)]


def resolve(identifier: str) -> Any:
    """The object of a dotted path: the longest importable module, then attributes."""
    names = identifier.split(".")
    for length in range(len(names), 0, -1):
        try:
            module = import_module(".".join(names[:length]))
        except ModuleNotFoundError as error:
            if error.name and identifier.startswith(error.name):
                continue
            raise
        return reduce(getattr, names[length:], module)
    raise LookupError(identifier)


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.en)
def test_the_identifier_exists(term: Term) -> None:
    resolve(term.identifier)


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.en)
def test_the_words_stand_where_the_glossary_says(term: Term) -> None:
    text = (ROOT / term.file).read_text(encoding="utf-8")
    assert term.zh in text
    assert re.search(rf"\b{re.escape(term.en)}", text, re.IGNORECASE), term.en


def test_every_table_row_is_a_term() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert len(terms()) == sum(line.count("`") == 4 for line in text.splitlines())
    assert len(terms()) > 60


def test_a_word_has_one_meaning() -> None:
    for language in ("zh", "en"):
        words = [getattr(term, language) for term in terms()]
        assert sorted(words) == sorted(set(words))


def test_every_choice_and_role_is_a_term() -> None:
    from lca.inventory import Boundary, ElectricitySource, LineKind, Stage
    from service.usecases.access import Role

    named = {term.identifier.rpartition(".")[2] for term in terms()}
    for choices in (Boundary, ElectricitySource, LineKind, Stage, Role):
        missing = {choice.name for choice in choices} - named - {"ADMINISTRATOR"}
        assert not missing, choices.__name__


def test_an_unknown_identifier_is_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve("lca.inventory.NoSuchThing")
    with pytest.raises(LookupError):
        resolve("no_such_package.thing")
