"""Every reason has its sentences, in Chinese and English, and every sentence its reason."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from certificates.ledger import problems
from certificates.ledger.instruments import exclusions

CORE = Path(problems.__file__).parent
SOURCES = sorted([*CORE.rglob("*.py"), *CORE.parents[1].glob("service/usecases/ledger/*.py")])
TEXTS = tomllib.loads((CORE / "problems.toml").read_text(encoding="utf-8"))
_CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def literals() -> set[str]:
    trees = (ast.parse(source.read_text(encoding="utf-8")) for source in SOURCES)
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    } | {one.problem for one in exclusions()}


def named(source: Path) -> set[str]:
    """Codes that a module gives to ``Problem``."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Problem"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def placeholders(text: str) -> set[str]:
    """Names filled in; a registry's own name is filled in by language."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {"name" if name in ("zh", "en") else name for name in names}


def test_every_sentence_is_of_a_reason_that_is_given() -> None:
    assert set(TEXTS) - literals() == set()


def test_every_reason_has_sentences() -> None:
    core = [one for one in CORE.glob("*.py") if "ledger.problems import" in one.read_text(encoding="utf-8")]
    assert {code for source in core for code in named(source)} - set(TEXTS) == set()
    assert set(TEXTS) <= set(problems.texts())
    assert {one.problem for one in exclusions()} <= set(TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_say_the_same(code: str) -> None:
    texts = TEXTS[code]
    assert set(texts) == {"zh", "en"} and _CODE.fullmatch(code)
    assert placeholders(texts["zh"]) == placeholders(texts["en"])
    assert re.search("[一-鿿]", texts["zh"])
    assert texts["zh"].endswith(("。", "”。")) and texts["en"].endswith(".")


def test_what_a_file_says_is_made_harmless() -> None:
    one = problems.Problem("account-outside", {"account": "a\u202e\nb{x}"})
    assert (
        "\n" not in one.sentence("en") and "\u202e" not in one.sentence("zh") and "{x}" in one.sentence("en")
    )


def test_a_refusal_tells_all_of_its_reasons() -> None:
    refusal = problems.EntryRefused(problems.Problem("reason-missing"), problems.Problem("authority-missing"))
    assert str(refusal).count(". ") >= 2
