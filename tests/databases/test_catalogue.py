"""The catalogue: what a search finds, ranks and survives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases.catalogue import (
    Catalogue,
    Exchange,
    Flow,
    UnknownDataset,
    index_text,
    match_query,
    write_catalogue,
)
from databases.dataset import Dataset, Source
from databases.release import Release

SOURCE = Source(
    code="doc", title="A", issuer="B", document_number="", published="", licence="CC0", attribution="", url=""
)
ROWS = [
    # code, zh, en, synonyms, kind, place, year, unit, complete, technology
    (
        "al-billet",
        "6063铝合金圆棒，中国",
        "Aluminium billet 6063",
        "铝棒 | 挤压用铝棒",
        "material",
        "CN",
        2024,
        "kg",
        True,
        "",
    ),
    ("al-scrap", "废铝", "Aluminium scrap", "回收铝", "material", "CN", 2023, "kg", True, "remelting"),
    ("cable", "电缆", "Cable", "铝电缆", "material", "UK", 2024, "kg", True, ""),
    (
        "grid-js",
        "电网平均电力",
        "Grid electricity",
        "市电 | 网电",
        "electricity",
        "CN-JS",
        2024,
        "kWh",
        True,
        "mix",
    ),
    ("gas-burn", "天然气燃烧", "Natural gas, burned", "", "fuel", "CN", 2024, "m3", False, ""),
    (
        "lorry",
        "公路货运",
        "Road freight, 10–20 t lorry",
        "汽车运输",
        "transport",
        "GLO",
        2024,
        "tkm",
        True,
        "Euro VI",
    ),
]


def dataset(position: int, row: tuple[object, ...]) -> Dataset:
    names = (
        "code",
        "name_zh",
        "name_en",
        "synonyms",
        "kind",
        "place",
        "year",
        "unit",
        "complete",
        "technology",
    )
    values = dict(zip(names, row, strict=True))
    rest = dict.fromkeys(("group", "gwp_set", "note_zh", "note_en"), "")
    values |= rest | {"position": position, "boundary": "cradle-to-gate", "gwp_set_assumed": False}
    return Dataset(**values, source=SOURCE, locator="p. 1", certainty="P")  # type: ignore[arg-type]


def exchange(code: str, amount: float) -> Exchange:
    rest = dict.fromkeys(
        ("unit", "published", "published_unit", "rule", "source", "locator", "certainty"), "x"
    )
    return Exchange(flow_or_dataset_code=code, kind="biosphere", amount=amount, **rest)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue 目录 #1?")
    datasets = [dataset(position, row) for position, row in enumerate(ROWS)]
    flow = {"name_zh": "甲", "name_en": "a", "formula": "", "compartment": "air", "cas": "", "part": "fossil"}
    flows = [Flow(code="co2", gas="CO2", aircraft=True, **flow)]
    exchanges = [(1, exchange("co2", 0.1)), (0, exchange("co2", 8.1)), (0, exchange("co2", 1 / 3))]
    write_catalogue(folder / "catalogue.sqlite", datasets, flows, exchanges, [SOURCE])
    return Catalogue(folder / "catalogue.sqlite")


def found(catalogue: Catalogue, text: str, **filters: object) -> list[str]:
    return [hit.dataset.code for hit in catalogue.search(text, **filters)]  # type: ignore[arg-type]


def test_get_all_and_positions(catalogue: Catalogue) -> None:
    assert len(catalogue) == len(ROWS)
    assert catalogue.get("cable") == dataset(2, ROWS[2])
    assert catalogue.by_position(3).code == "grid-js"
    assert [item.code for item in catalogue.all("material")] == ["al-billet", "al-scrap", "cable"]
    assert [item.position for item in catalogue.all()] == list(range(len(ROWS)))


@pytest.mark.parametrize("position", [-1, len(ROWS), 10**9])
def test_a_position_outside_is_refused(catalogue: Catalogue, position: int) -> None:
    with pytest.raises(IndexError):
        catalogue.by_position(position)


@pytest.mark.parametrize("code", ["", "nothing", "'; DROP TABLE dataset; --", "\x00", "\ud800"])
def test_an_unknown_code_is_refused(catalogue: Catalogue, code: str) -> None:
    with pytest.raises(UnknownDataset):
        catalogue.get(code)
    with pytest.raises(UnknownDataset):
        catalogue.exchanges(code)


def test_exchanges_keep_every_bit_and_their_order(catalogue: Catalogue) -> None:
    assert [item.amount for item in catalogue.exchanges("al-billet")] == [8.1, 1 / 3]
    assert catalogue.exchanges("cable") == []
    assert [(flow.code, flow.aircraft) for flow in catalogue.flows()] == [("co2", True)]


def test_every_chinese_substring_of_a_name_is_found(catalogue: Catalogue) -> None:
    checked = 0
    for row in ROWS:
        code, name = str(row[0]), str(row[1]).replace("6063", "").split("，")[0]
        for start in range(len(name)):
            for stop in range(start + 1, len(name) + 1):
                checked += 1
                assert code in found(catalogue, name[start:stop], complete_only=False), name[start:stop]
    assert checked > 60


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("铝棒", ["al-billet"]),
        ("铝", ["al-scrap", "al-billet", "cable"]),
        ("铝棒圆", []),
        ("棒铝", []),
        ("alum", ["al-scrap", "al-billet"]),
        ("ALUMINIUM billet", ["al-billet"]),
        ("lumin", []),
        ("6063", ["al-billet"]),
        ("6063铝合金", ["al-billet"]),
        ("６０６３", ["al-billet"]),
        ("江苏 电力", ["grid-js"]),
        ("jiangsu elec", ["grid-js"]),
        ("CN-JS", ["grid-js"]),
        ("remelt", ["al-scrap"]),
        ("al-billet", ["al-billet"]),
        ("市电", ["grid-js"]),
        ("euro vi lorry", ["lorry"]),
        ("天然气", []),
    ],
)
def test_what_a_text_finds(catalogue: Catalogue, text: str, codes: list[str]) -> None:
    assert sorted(found(catalogue, text)) == sorted(codes)


def test_a_name_outranks_a_synonym(catalogue: Catalogue) -> None:
    hits = catalogue.search("铝")
    assert hits[-1].dataset.code == "cable"
    assert hits[0].rank >= hits[1].rank > hits[2].rank > 0


def test_a_loose_search_takes_any_part_and_ranks_by_how_much(catalogue: Catalogue) -> None:
    assert found(catalogue, "挤压铝合金圆管 6063") == []
    assert found(catalogue, "挤压铝合金圆管 6063", loose=True)[0] == "al-billet"


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"kind": "electricity"}, ["grid-js"]),
        ({"unit": "tkm"}, ["lorry"]),
        ({"place": "CN-JS"}, ["grid-js"]),
        ({"year": 2023}, ["al-scrap"]),
        ({"kind": "fuel"}, []),
        ({"kind": "fuel", "complete_only": False}, ["gas-burn"]),
        ({"limit": 2}, ["al-billet", "al-scrap"]),
        ({"limit": 0}, []),
        ({"limit": -5}, []),
        ({"kind": "' OR 1=1"}, []),
    ],
)
def test_filters_without_a_text_list(
    catalogue: Catalogue, filters: dict[str, object], codes: list[str]
) -> None:
    assert found(catalogue, " ", **filters) == codes


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="\"'*()^:-+{}[]~NEAR AND OR NOT铝a\x00", max_size=60),
        st.text(alphabet=st.characters(categories=["Cs", "Co", "Cn", "Mn", "No"]), max_size=20),
    ),
    st.booleans(),
)
def test_no_text_makes_a_search_fail(catalogue: Catalogue, text: str, loose: bool) -> None:
    assert len(catalogue.search(text, loose=loose)) <= len(ROWS)


@pytest.mark.parametrize(
    "text", ["铝" * 100_000, "a " * 100_000, "NEAR(a b)", 'name_zh : "铝"', "a* OR b*", "(((", "%%%"]
)
def test_hostile_texts(catalogue: Catalogue, text: str) -> None:
    assert len(match_query(text)) < 5000
    assert isinstance(catalogue.search(text), list)


def test_index_and_query_cut_text_alike() -> None:
    assert index_text("6063铝合金，Ａl-billet m²") == "6063 铝 合 金 al billet m2"
    assert match_query("6063铝合金 al") == '"6063"* AND "铝 合 金" AND "al"*'
    assert match_query("铝合金", loose=True) == '"铝 合" OR "合 金"'
    assert match_query("!!") == ""


def test_one_catalogue_serves_many_threads(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: found(catalogue, "铝棒"), range(64)))
    assert results == [["al-billet"]] * 64


def test_the_file_is_only_read(catalogue: Catalogue, tmp_path: Path) -> None:
    before = catalogue._path.read_bytes()
    found(catalogue, "铝")
    assert catalogue._path.read_bytes() == before
    assert [file.name for file in catalogue._path.parent.iterdir()] == ["catalogue.sqlite"]


def test_the_starter_release_is_found_in_both_languages(open_cn: Release) -> None:
    catalogue = open_cn.catalogue
    assert catalogue.search("铝")
    assert {hit.dataset.kind for hit in catalogue.search("电", kind="electricity", unit="kWh")} == {
        "electricity"
    }
    assert any("luminium" in hit.dataset.name_en for hit in catalogue.search("alumin"))
    assert all(hit.dataset.complete for hit in catalogue.search("天然气"))
