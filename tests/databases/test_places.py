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
        ("US-TX", ("US-TX", "US", "RNA", "GLO")),
        ("BR", ("BR", "RLA", "GLO")),
        ("AU", ("AU", "OCE", "GLO")),
        ("ZA", ("ZA", "RAF", "GLO")),
        ("SA", ("SA", "RME", "RAS", "GLO")),
        ("RoW", ("RoW", "GLO")),
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
        ("Newark, New Jersey", "US-NJ"),
        ("Charleston, West Virginia", "US-WV"),
        ("Port Moresby, Papua New Guinea", "PG"),
        ("Kowloon, Hong Kong", "CN-HK"),
        ("Belfast, Northern Ireland", "UK"),
        ("美国得克萨斯州休斯敦", "US-TX"),
        ("瑞士", "CH"),
        ("海地", "HT"),
        ("Georgia", "GE"),
        ("上海地区", "CN-SH"),
        ("内蒙古赤峰市巴林左旗", "CN-NM"),
    ],
)
def test_a_place_is_read_as_people_write_it(text: str, code: str) -> None:
    assert places.parse(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "   ", "月球", "Atlantis", "CN-ZZ", "U", "\x00", "\ud800", "东海地区", "中东路1号", "Jersey City"],
)
def test_any_other_place_is_refused(text: str) -> None:
    with pytest.raises(places.UnknownPlace):
        places.parse(text)


def test_an_unknown_code_does_not_become_the_world() -> None:
    with pytest.raises(places.UnknownPlace):
        places.fallbacks("XX")


def test_every_country_of_iso_3166_is_there() -> None:
    """249 entries; three of them are provinces of China here, and GB is UK."""
    countries = [code for code in places.regions() if len(code) == 2]
    assert len(countries) == 249 - 3
    assert "UK" in countries and "GB" not in countries
    assert [places.find(code) for code in ("GB", "HK", "MO", "TW")] == ["UK", "CN-HK", "CN-MO", "CN-TW"]
    for code in countries:
        assert places.find(code.lower()) == code
        assert len(places.fallbacks(code)) >= 2


def test_all_states_of_the_us_are_there() -> None:
    states = [code for code in places.regions() if code.startswith("US-")]
    assert len(states) == 51
    assert {places.region(code).parent for code in states} == {"US"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN-JS", "CN-JS"),
        ("United States", "US"),
        ("US-TX", "US-TX"),
        ("us-tx", "US-TX"),
        ("RoW", "RoW"),
        ("Rest-of-World", "RoW"),
        ("Korea, Republic of", "KR"),
        ("Viet Nam", "VN"),
        ("Russian Federation", "RU"),
        ("Tanzania, United Republic of", "TZ"),
        ("EU-28", "RER"),
        ("Côte d'Ivoire", "CI"),
        ("U.S.A.", "US"),
        ("Europe without Switzerland", ""),
        ("Wuxi, Jiangsu, China", ""),
        ("somewhere", ""),
        ("", ""),
    ],
)
def test_a_place_of_a_source_is_found_exactly_or_not_at_all(text: str, code: str) -> None:
    assert places.find(text) == code


def test_a_place_that_only_a_source_knows_is_named_by_its_own_text() -> None:
    assert places.name("IAI Area, Gulf region", "zh") == "IAI Area, Gulf region"


def test_names_that_are_read_only_alone_are_all_in_the_table() -> None:
    assert all(places.find(name) for name in places.ONLY_ALONE)
