"""Terms: the table is sound, a Chinese word meets an English name by its parts, and nothing is read into a name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.terms import Part, chinese, cuts, likeness, singular, terms, words


def test_the_table_is_sound() -> None:
    rows = terms()
    assert len(rows) > 800
    assert len({term.zh for term in rows}) > 400
    assert len({(term.zh, term.en) for term in rows}) == len(rows), "a row stands twice"
    for term in rows:
        assert re.search(r"[\u4e00-\u9fff]", term.zh), term
        assert term.zh == term.zh.strip() and not re.search(r"\s", term.zh), term
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ()-]*", term.en), term
        assert words(term.en), f"{term}: nothing but stop words"
        assert term.field


def test_the_fields_that_bills_of_materials_need_are_there() -> None:
    fields = {term.field for term in terms()}
    assert {"metal", "plastic", "chemical", "mineral", "energy", "transport", "process"} <= fields
    assert {"agriculture", "packaging", "waste"} <= fields


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("Aluminium, primary, ingot, at plant", {"铝", "原铝", "锭", "铝锭"}, {"铝合金", "钢"}),
        ("Stainless steel; manufacture", {"不锈钢", "钢"}, {"碳钢"}),
        ("Electricity, high voltage {CN}", {"电力", "高压电"}, {"低压电", "水电"}),
        ("Transport, freight, lorry >32 metric ton", {"公路运输", "货运", "货车"}, {"铁路", "海运"}),
        ("Polyethylene, high density, granulates", {"聚乙烯", "高密度聚乙烯", "颗粒"}, {"低密度聚乙烯"}),
        ("Corrugated board boxes", {"瓦楞纸箱", "瓦楞纸板"}, {"塑料"}),
        ("Oilseed meal", set(), {"石油"}),
        ("", set(), {"水"}),
        ("铝锭", set(), {"铝"}),
    ],
)
def test_terms_of_an_english_name(name: str, has: set[str], lacks: set[str]) -> None:
    found = set(chinese(name))
    assert has <= found
    assert not lacks & found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("铝锭", [["铝锭"], ["铝", "锭"]]),
        ("水泥", [["水泥"]]),
        ("不锈钢板", [["不锈钢", "板"]]),
        ("某某铝锭", [["某某", "铝锭"]]),
        ("某某", []),
        ("", []),
    ],
)
def test_how_a_text_is_cut(text: str, parts: list[list[str]]) -> None:
    assert [[part.zh for part in cut] for cut in cuts(text)] == parts


def test_an_unknown_part_has_no_english() -> None:
    assert cuts("某某铝锭")[0][0] == Part("某某", ())


@pytest.mark.parametrize(
    ("text", "better", "worse"),
    [
        ("铝锭", "Aluminum ingot", "Aluminum, secondary, ingot, from automotive scrap"),
        ("铝锭", "Aluminum ingot", "Aluminum sheet"),
        ("不锈钢", "Stainless steel", "Steel, low-alloyed"),
        ("聚丙烯", "Polypropylene resin", "Polyethylene resin"),
        ("水泥", "Cement, portland", "Water, deionised"),
        ("PET 瓶", "PET bottle", "HDPE bottle"),
        ("6063铝棒", "Aluminium bar 6063", "Aluminium bar"),
    ],
)
def test_the_nearer_name_is_more_alike(text: str, better: str, worse: str) -> None:
    assert 1 >= likeness(text, better) > likeness(text, worse) >= 0


@pytest.mark.parametrize(("text", "name"), [("水泥", "Water"), ("某某", "Steel"), ("铝", ""), ("", "Steel")])
def test_what_shares_nothing_is_not_alike(text: str, name: str) -> None:
    assert likeness(text, name) == 0


@pytest.mark.parametrize(
    ("word", "one"), [("ingots", "ingot"), ("glass", "glass"), ("gas", "gas"), ("as", "as"), ("boxes", "box")]
)
def test_a_plural_is_one_word(word: str, one: str) -> None:
    assert singular(word) == one


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40))
def test_cutting_loses_and_adds_nothing(text: str) -> None:
    for cut in cuts(text):
        assert "".join(part.zh for part in cut) == text
        assert any(part.english for part in cut)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.text(max_size=60))
def test_likeness_is_a_share(text: str, name: str) -> None:
    assert 0 <= likeness(text, name) <= 1
