"""Places: reading, names and the order of fallbacks."""

from __future__ import annotations

import pytest

from databases import places


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("CN-JS", ("CN-JS", "CN", "RAS", "GLO")),
        ("CN", ("CN", "RAS", "GLO")),
        ("UK", ("UK", "RER", "GLO")),
        ("US", ("US", "RNA", "GLO")),
        ("GLO", ("GLO",)),
    ],
)
def test_a_place_falls_back_to_wider_ones_only(code: str, chain: tuple[str, ...]) -> None:
    assert places.fallbacks(code) == chain


def test_every_place_ends_at_the_world_and_has_both_names() -> None:
    for code in places.regions():
        assert places.fallbacks(code)[-1] == "GLO"
        assert places.name(code, "zh")
        assert places.name(code, "en")


def test_all_provinces_are_there_and_no_word_means_two_places() -> None:
    provinces = [code for code in places.regions() if code.startswith("CN-")]
    assert len(provinces) == 34
    words = [
        (word.casefold().replace(" ", ""), code)
        for code, region in places.regions().items()
        for word in {code, region.name_zh, region.name_en, *region.aliases}
    ]
    meaning: dict[str, str] = {}
    for word, code in words:
        assert meaning.setdefault(word, code) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN-JS", "CN-JS"),
        ("cn-js", "CN-JS"),
        ("江苏", "CN-JS"),
        ("江苏省", "CN-JS"),
        ("Jiangsu", "CN-JS"),
        ("无锡", "CN-JS"),
        ("江苏省无锡市新吴区", "CN-JS"),
        ("Wuxi, Jiangsu, China", "CN-JS"),
        ("中国江苏", "CN-JS"),
        ("China, Wuxi", "CN-JS"),
        ("内蒙古自治区", "CN-NM"),
        ("山东", "CN-SD"),
        ("中国", "CN"),
        ("英国", "UK"),
        ("GB", "UK"),
        ("European Union", "RER"),
        ("全球", "GLO"),
        ("ＧＬＯ", "GLO"),
        ("Hong Kong", "CN-HK"),
        ("Rotterdam", "NL"),
    ],
)
def test_a_place_is_read_as_people_write_it(text: str, code: str) -> None:
    assert places.parse(text) == code


@pytest.mark.parametrize("text", ["", "   ", "月球", "Atlantis", "CN-ZZ", "U", "\x00", "\ud800"])
def test_any_other_place_is_refused(text: str) -> None:
    with pytest.raises(places.UnknownPlace):
        places.parse(text)


def test_an_unknown_code_does_not_become_the_world() -> None:
    with pytest.raises(places.UnknownPlace):
        places.fallbacks("XX")
