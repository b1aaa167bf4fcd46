"""Sentences of allocation, the mapping file and screened workbooks: both languages say the same, and all are used."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

import databases

ROOT = Path(databases.__file__).parent
SENTENCES = {
    code: sentences
    for name in ("assembly", "workbooks")
    for code, sentences in tomllib.loads(
        (ROOT / "messages" / f"{name}.toml").read_text(encoding="utf-8")
    ).items()
}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_the_same_things(code: str) -> None:
    assert set(SENTENCES[code]) == {"zh", "en"}
    assert fields(SENTENCES[code]["zh"]) == fields(SENTENCES[code]["en"])
    assert not re.search("[\u4e00-\u9fff]", SENTENCES[code]["en"])


def test_every_sentence_is_used() -> None:
    """A code is written whole, or as the last word of a family (``f"allocation-{reason}"``)."""
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.py"), *(ROOT / "assembly").glob("*.py"))
    )
    for code in SENTENCES:
        family, _, last = code.partition("-")
        assert f'"{code}"' in source or (f'"{last}"' in source and f'f"{family}-{{' in source), code
