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


def test_every_code_of_a_report_has_a_word() -> None:
    """Codes are written where they arise; a new one without a word would be shown bare."""
    from databases.assembly.words import WORDS

    patterns = {
        r'reason="([a-z-]+)"': "providers.py columns.py",
        r'Trouble\("([a-z-]+)"': "outputs.py columns.py tally.py diagnose.py",
        r'told\("([a-z-]+)"': "columns.py tally.py",
        r'problem(?:, amount)? = (?:problem or )?"([a-z-]+)"': "outputs.py",
        r'counts\["([a-z_]+)"\]': "tally.py",
        r'^        "([a-z_]+)": ': "telling.py",
        r'_?rule: str = "([a-z-]+)"': "providers.py",
    }
    folder = ROOT / "assembly"
    found = {
        code
        for pattern, files in patterns.items()
        for file in files.split()
        for code in re.findall(pattern, (folder / file).read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {
        "no-supplier",
        "self-loop",
        "energy-balance",
        "linked",
        "merged_technosphere",
        "zero-reference",
    } <= found
    assert found - set(WORDS) - {"unique"} == set()
