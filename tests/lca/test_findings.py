"""Findings: sentences in both languages, JSON form, and that every code in the source has its sentence."""

import ast
import string
from pathlib import Path

import pytest

import lca
from lca.findings import Finding, Place, Severity, has_errors, messages

SOURCE = Path(lca.__file__).parent


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(messages()))
def test_both_languages_say_the_same_things(code: str) -> None:
    sentences = messages()[code]
    assert fields(sentences["zh"]) == fields(sentences["en"])
    assert sentences["zh"].strip()
    assert sentences["en"].strip()
    assert not any("\u4e00" <= char <= "\u9fff" for char in sentences["en"] if char not in "产品工序清单运输")


def test_every_code_of_the_reader_and_of_linking_is_used() -> None:
    import tomllib

    own = {
        code
        for name in ("bom", "linking")
        for code in tomllib.loads((SOURCE / "messages" / f"{name}.toml").read_text(encoding="utf-8"))
    }
    strings = {
        node.value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert own - strings == set()


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(LookupError, match="no-such-code"):
        Finding.error("no-such-code")


def test_json_form_round_trips() -> None:
    finding = Finding.warning(
        "number-as-text", Place("清单", 7, "F7", "M3"), header="净用量", text="1,234.5", read="1234.5"
    )
    data = finding.as_dict()
    assert Finding.from_dict(data) == finding
    assert "1234.5" in data["message"]["zh"]
    assert "1234.5" in data["message"]["en"]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("清单", 7, "F7", "M3"), "清单!F7 · M3"),
        (Place("清单", 7), "清单!7"),
        (Place(line="M3"), "M3"),
        (Place(), ""),
    ],
)
def test_places_read_as_people_say_them(place: Place, text: str) -> None:
    assert place.describe() == text


def test_only_errors_close_the_gate() -> None:
    assert not has_errors([Finding.warning("no-lines"), Finding.note("no-lines")])
    assert has_errors([Finding.note("no-lines"), Finding(Severity.ERROR, "no-lines")])
