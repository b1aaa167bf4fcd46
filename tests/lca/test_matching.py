"""Matching: what a score is made of, what is never enough, and Chinese lines against English names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from databases.catalogue import Catalogue, write_catalogue
from databases.dataset import Dataset, Source
from lca.matching import (
    AUTO_TEXT,
    OWN_GAPS,
    TERMS_MOST,
    UPSTREAM_GAPS,
    Wanted,
    admits,
    candidate,
    clearly_best,
    name_score,
    rank,
)

SOURCE = Source(
    code="s", title="T", issuer="O", document_number="", published="", licence="", attribution="", url=""
)
NAMES = (
    ("ingot-1", "Aluminum, primary, ingot, at plant", "US", "kg"),
    ("ingot-2", "Aluminum, secondary, ingot, from automotive scrap", "US", "kg"),
    ("sheet", "Hot rolled sheet, steel", "CN", "kg"),
    ("cement", "Cement, portland", "CN", "kg"),
    ("odd", "Aluminum ingot, by the ingot", "US", "ingot"),
)
WANTED = Wanted("铝锭", "t", frozenset({"material"}), frozenset(), "CN", 2024, 2024)


def dataset(position: int, code: str, name_en: str, place: str, unit: str, **more: object) -> Dataset:
    texts = ("name_zh", "synonyms", "group", "gwp_set", "technology", "note_zh", "note_en", "locator")
    values: dict[str, object] = dict.fromkeys(texts, "")
    values |= {"kind": "material", "year": 2024, "boundary": "cradle-to-gate", "complete": True}
    values |= {"gwp_set_assumed": False, "source": SOURCE, "certainty": "P", "code": code, "name_en": name_en}
    return Dataset(position=position, place=place, unit=unit, **(values | more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    path: Path = tmp_path_factory.mktemp("matching") / "catalogue.sqlite"
    write_catalogue(path, [dataset(at, *row) for at, row in enumerate(NAMES)], [], [], [SOURCE])
    return Catalogue(path)


def test_a_chinese_line_finds_english_names_and_says_how(english: Catalogue) -> None:
    found = rank(WANTED, english)
    assert [one.dataset.code for one in found] == ["ingot-1", "ingot-2"]
    assert [what for what, _ in found[0].reasons] == ["terms", "place", "year"]
    assert found[0].score > found[1].score > 0


@pytest.mark.parametrize("name", ["铝锭", "Aluminum, primary, ingot, at plant"])
def test_a_dictionary_never_links_by_itself(english: Catalogue, name: str) -> None:
    found = rank(replace(WANTED, name=name), english)
    assert found[0].dataset.code == "ingot-1"
    assert (clearly_best(found) is None) == (name == "铝锭")
    assert TERMS_MOST < AUTO_TEXT


@pytest.mark.parametrize(
    ("name", "values", "how"),
    [
        ("铝锭", {"name_zh": "铝锭，中国"}, "text"),
        ("铝锭", {"synonyms": "电解铝 | 铝锭"}, "synonym"),
        ("铝锭", {"name_zh": "铝锭", "synonyms": "铝锭"}, "text"),
        ("铝锭", {}, "terms"),
        ("aluminium ingot", {}, "text"),
        ("铝锭", {"name_zh": "钢板"}, "text"),
    ],
)
def test_how_a_name_fits(name: str, values: dict[str, object], how: str) -> None:
    one = dataset(0, "x", "Aluminium ingot", "CN", "kg", **values)
    assert name_score(name, one)[0] == how


def test_a_figure_that_leaves_something_out_is_worth_less() -> None:
    whole = candidate(WANTED, dataset(0, "x", "Aluminium ingot", "CN", "kg"))
    own = candidate(WANTED, dataset(0, "x", "Aluminium ingot", "CN", "kg", gaps=3, gaps_upstream=True))
    upstream = candidate(WANTED, dataset(0, "x", "Aluminium ingot", "CN", "kg", gaps_upstream=True))
    assert whole.score - own.score == pytest.approx(OWN_GAPS)
    assert whole.score - upstream.score == pytest.approx(UPSTREAM_GAPS)
    assert own.reasons[-1] == ("gaps", -OWN_GAPS)
    assert upstream.reasons[-1] == ("gaps-upstream", -UPSTREAM_GAPS)


def test_a_score_is_never_negative() -> None:
    assert candidate(WANTED, dataset(0, "x", "Cement", "US", "kg", gaps=3, year=1990)).score == 0


@pytest.mark.parametrize(
    ("values", "yes"),
    [
        ({}, True),
        ({"unit": "t"}, True),
        ({"unit": "m3"}, False),
        ({"unit": "ingot"}, False),
        ({"kind": "fuel"}, False),
        ({"complete": False}, False),
    ],
)
def test_what_is_admitted(values: dict[str, object], yes: bool) -> None:
    assert admits(WANTED, replace(dataset(0, "x", "Aluminium ingot", "CN", "kg"), **values)) == yes  # type: ignore[arg-type]


def test_a_place_is_not_crowded_out(tmp_path: Path) -> None:
    """A hundred datasets of the same name elsewhere: the one of the line's own place is still found, and first."""
    path = tmp_path / "catalogue.sqlite"
    rows = [dataset(at, f"d{at:03}", "Aluminium ingot", "US", "kg") for at in range(200)]
    rows[150] = replace(rows[150], place="CN", name_en="Aluminium ingot, at regional storage, from remelting")
    write_catalogue(path, rows, [], [], [SOURCE])
    assert "d150" in [one.dataset.code for one in rank(WANTED, Catalogue(path))]
