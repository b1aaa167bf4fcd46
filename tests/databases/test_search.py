"""Search: Chinese finds English names, facets count under the other filters, and only what is shown is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from databases.catalogue import Catalogue, write_catalogue
from databases.dataset import Dataset, Source
from databases.search import FILTERS, SORTS, Query, has_chinese, match_query

SOURCE = Source(
    code="doc", title="A", issuer="B", document_number="", published="", licence="CC0", attribution="", url=""
)
ENGLISH = [
    ("0001", "Aluminum, primary, ingot, at plant", "material", "US", 2004, "kg"),
    ("0002", "Aluminum, secondary, ingot, from automotive scrap", "material", "US", 2003, "kg"),
    ("0003", "Hot rolled sheet, steel", "material", "US", 2007, "kg"),
    ("0004", "Polypropylene resin, at plant", "material", "US", 2003, "kg"),
    ("0005", "Electricity, high voltage", "electricity", "CN", 2020, "kWh"),
    ("0006", "Transport, combination truck, diesel powered", "transport", "US", 2010, "tkm"),
    ("0007", "Water, deionized", "water", "XX-nowhere", 2010, "kg"),
    ("0008", "Cement, portland", "material", "US", 2001, "kg"),
]


def dataset(at: int, code: str, name_en: str, kind: str, place: str, year: int, unit: str) -> Dataset:
    texts = dict.fromkeys(
        ("name_zh", "synonyms", "group", "gwp_set", "technology", "note_zh", "note_en", "locator"), ""
    )
    rest = {"boundary": "cradle-to-gate", "complete": True, "gwp_set_assumed": False, "certainty": "P"}
    own = {"code": code, "name_en": name_en, "kind": kind, "place": place, "year": year, "unit": unit}
    return Dataset(position=at, source=SOURCE, **(texts | rest | own))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    path = tmp_path_factory.mktemp("english") / "catalogue.sqlite"
    write_catalogue(path, [dataset(at, *row) for at, row in enumerate(ENGLISH)], [], [], [SOURCE])
    return Catalogue(path)


def found(catalogue: Catalogue, text: str, **filters: object) -> list[str]:
    return [hit.dataset.code for hit in catalogue.search(Query(text=text, **filters))]  # type: ignore[arg-type]


def test_a_chinese_word_also_asks_for_its_english() -> None:
    asked = match_query("铝锭")
    assert asked.startswith('("铝 锭" OR ')
    assert '"aluminum"* AND "ingot"*' in asked
    assert '{name_en terms} : ("铝" OR ("aluminium"*)' in match_query("铝", loose=True)


@pytest.mark.parametrize("word", ["某铝", "铝" * 25])
def test_what_is_not_known_in_whole_asks_for_no_english(word: str) -> None:
    assert "aluminium" not in match_query(word)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("铝锭", ["0001", "0002"]),
        ("原铝", ["0001"]),
        ("铝", ["0001", "0002"]),
        ("钢板", ["0003"]),
        ("热轧", ["0003"]),
        ("聚丙烯", ["0004"]),
        ("高压电", ["0005"]),
        ("卡车", ["0006"]),
        ("水泥", ["0008"]),
        ("去离子水", ["0007"]),
        ("水", ["0007", "0008"]),
        ("铝锭 US", ["0001", "0002"]),
        ("不存在的词", []),
    ],
)
def test_chinese_finds_english_names(english: Catalogue, text: str, codes: list[str]) -> None:
    assert sorted(found(english, text)) == codes


def test_a_loose_search_takes_a_known_part_of_an_unknown_word(english: Catalogue) -> None:
    assert found(english, "某牌聚丙烯") == []
    assert found(english, "某牌聚丙烯", loose=True) == ["0004"]


def test_a_dataset_without_a_chinese_name_shows_its_english_one(english: Catalogue) -> None:
    assert english.get("0008").name("zh") == english.get("0008").name("en") == "Cement, portland"


def test_facets_count_under_the_other_filters(english: Catalogue) -> None:
    browsed = english.browse(Query(text="", kinds=("material",), places=("US",), limit=1))
    counts = {name: {f.value: f.count for f in facets} for name, facets in browsed.facets.items()}
    assert (len(browsed.hits), browsed.total) == (1, 5)
    assert counts["kind"] == {"material": 5, "transport": 1}, "kinds of the place, whatever kind is chosen"
    assert counts["place"] == {"US": 5}
    assert counts["year"] == {2003: 2, 2001: 1, 2004: 1, 2007: 1}
    assert counts["source"] == {"doc": 5}
    assert set(counts) == set(FILTERS.values())


def test_facets_follow_the_text(english: Catalogue) -> None:
    browsed = english.browse(Query(text="铝"))
    assert browsed.total == 2
    assert [(f.value, f.count) for f in browsed.facets["year"]] == [(2003, 1), (2004, 1)]
    assert english.browse(Query(text="!!")).total == 0


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_every_order_shows_everything_once(english: Catalogue, sort: str) -> None:
    pages = [found(english, "", sort=sort, limit=3, offset=at) for at in range(0, 9, 3)]
    assert sorted(code for page in pages for code in page) == [row[0] for row in ENGLISH]


@pytest.mark.parametrize(
    ("text", "yes"), [("铝", True), ("steel 钢", True), ("steel", False), ("", False), ("，", False)]
)
def test_what_is_chinese(text: str, yes: bool) -> None:
    assert has_chinese(text) == yes


def test_a_search_makes_no_object_of_what_it_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty thousand datasets: a page of twenty makes twenty."""
    import databases.catalogue as module

    rows = [(f"d{at:05}", f"Steel {at}", "material", "CN", 2000 + at % 20, "kg") for at in range(20_000)]
    path = tmp_path / "catalogue.sqlite"
    write_catalogue(path, [dataset(at, *row) for at, row in enumerate(rows)], [], [], [SOURCE])
    large, made = Catalogue(path), []

    def counted(**values: object) -> Dataset:
        made.append(values["code"])
        return Dataset(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "Dataset", counted)
    browsed = large.browse(Query(text="钢", years=(2003,), limit=20))
    assert browsed.total == 1000
    assert len(made) == 20
    assert large.get("d19999").name_en == "Steel 19999"
    assert len(made) == 21
