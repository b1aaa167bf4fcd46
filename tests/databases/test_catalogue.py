"""The catalogue: what a search finds, ranks and survives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases.catalogue import (
    EXCHANGE_KINDS,
    Catalogue,
    ExchangeRow,
    Flow,
    UnknownDataset,
    UnknownFlow,
    write_catalogue,
)
from databases.dataset import Dataset, Source
from databases.release import Release
from databases.search import Query, index_text, match_query

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
    values |= {"gaps": position, "gaps_upstream": position == 2}
    return Dataset(**values, source=SOURCE, locator="p. 1", certainty="P")  # type: ignore[arg-type]


def row(position: int, where: int, kind: str, amount: float, name: str = "") -> ExchangeRow:
    rest = ("x 1", "x/kg", "rule", "doc", "p. 2", "P", '{"scale": 0.1}')
    return (position, where, EXCHANGE_KINDS.index(kind), amount, name, "t" if name else "", *rest)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue 目录 #1?")
    datasets = [dataset(position, row) for position, row in enumerate(ROWS)]
    flow = {"name_zh": "甲", "name_en": "a", "formula": "", "compartment": "air", "cas": "", "part": "fossil"}
    flows = [
        Flow(code="co2", gas="CO2", aircraft=True, **flow),
        Flow(code="heat", gas="", aircraft=False, unit="MJ", **flow),
    ]
    exchanges = [
        row(0, 0, "biosphere", 8.1),
        row(0, 1, "biosphere", 1 / 3),
        row(0, 3, "technosphere", -2.0),
        row(0, -1, "unlinked", 5.0, "Pot lining"),
        row(0, -1, "cut-off", 6.0, "Packaging"),
        row(1, 0, "biosphere", 0.1),
    ]
    documentation = {1: "Remelted in a rotary furnace. 回转炉。"}
    write_catalogue(folder / "catalogue.sqlite", datasets, flows, exchanges, [SOURCE], documentation)
    return Catalogue(folder / "catalogue.sqlite")


def found(catalogue: Catalogue, text: str, **filters: object) -> list[str]:
    return [hit.dataset.code for hit in catalogue.search(Query(text=text, **filters))]  # type: ignore[arg-type]


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
    found = catalogue.exchanges("al-billet")
    assert [(item.kind, item.flow_or_dataset_code, item.amount, item.unit) for item in found] == [
        ("biosphere", "co2", 8.1, "kg"),
        ("biosphere", "heat", 1 / 3, "MJ"),
        ("technosphere", "grid-js", -2.0, "kWh"),
        ("unlinked", "Pot lining", 5.0, "t"),
        ("cut-off", "Packaging", 6.0, "t"),
    ]
    assert (found[0].published, found[0].published_unit, found[0].rule) == ("x 1", "x/kg", "rule")
    assert (found[0].source, found[0].locator, found[0].certainty) == ("doc", "p. 2", "P")
    assert found[0].uncertainty == '{"scale": 0.1}'
    assert catalogue.exchanges("cable") == []


def test_inputs_have_the_names_of_what_they_take(catalogue: Catalogue) -> None:
    told = [(item.name("zh"), item.name("en"), item.place) for item in catalogue.inputs("al-billet")[2:]]
    assert told == [
        ("电网平均电力", "Grid electricity", "CN-JS"),
        ("Pot lining", "Pot lining", ""),
        ("Packaging", "Packaging", ""),
    ]
    assert [item.compartment for item in catalogue.inputs("al-billet")] == ["air", "air", "", "", ""]
    assert catalogue.inputs("cable") == []


def test_flows_and_documentation(catalogue: Catalogue) -> None:
    assert [(flow.code, flow.aircraft, flow.unit) for flow in catalogue.flows()] == [
        ("co2", True, "kg"),
        ("heat", False, "MJ"),
    ]
    assert catalogue.flow("heat") == catalogue.flows()[1]
    with pytest.raises(UnknownFlow):
        catalogue.flow("al-billet")
    assert catalogue.documentation("al-scrap").startswith("Remelted")
    assert catalogue.documentation("cable") == ""
    with pytest.raises(UnknownDataset):
        catalogue.documentation("co2")


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
    hits = catalogue.search(Query(text="铝"))
    assert hits[-1].dataset.code == "cable"
    assert hits[0].rank >= hits[1].rank > hits[2].rank > 0


def test_a_loose_search_takes_any_part_and_ranks_by_how_much(catalogue: Catalogue) -> None:
    assert found(catalogue, "挤压铝合金圆管 6063") == []
    assert found(catalogue, "挤压铝合金圆管 6063", loose=True)[0] == "al-billet"


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"kinds": ("electricity",)}, ["grid-js"]),
        ({"units": ("tkm",)}, ["lorry"]),
        ({"places": ("CN-JS",)}, ["grid-js"]),
        ({"years": (2023,)}, ["al-scrap"]),
        ({"kinds": ("fuel",)}, []),
        ({"kinds": ("fuel",), "complete_only": False}, ["gas-burn"]),
        ({"limit": 2}, ["al-billet", "al-scrap"]),
        ({"kinds": ("electricity", "transport")}, ["grid-js", "lorry"]),
        ({"sources": ("doc",), "places": ("GLO",)}, ["lorry"]),
        ({"sources": ("other",)}, []),
        ({"groups": ("metals",)}, []),
        ({"limit": 2, "offset": 1}, ["al-scrap", "cable"]),
        ({"limit": 2, "offset": 100}, []),
        ({"sort": "-year", "limit": 1}, ["al-billet"]),
        ({"sort": "place", "limit": 2}, ["al-billet", "al-scrap"]),
        ({"sort": "name", "language": "en", "limit": 3}, ["al-billet", "al-scrap", "cable"]),
        ({"sort": "-name", "language": "en", "limit": 2}, ["lorry", "grid-js"]),
        ({"sort": "name; DROP TABLE dataset", "limit": 1}, ["al-billet"]),
        ({"limit": 0}, []),
        ({"limit": -5}, []),
        ({"kinds": ("' OR 1=1",)}, []),
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
    assert len(catalogue.search(Query(text=text, loose=loose))) <= len(ROWS)


@pytest.mark.parametrize(
    "text", ["铝" * 100_000, "a " * 100_000, "NEAR(a b)", 'name_zh : "铝"', "a* OR b*", "(((", "%%%"]
)
def test_hostile_texts(catalogue: Catalogue, text: str) -> None:
    assert len(match_query(text)) < 5000
    assert isinstance(catalogue.search(Query(text=text)), list)


def test_index_and_query_cut_text_alike() -> None:
    assert index_text("6063铝合金，Ａl-billet m²") == "6063 铝 合 金 al billet m2"
    assert match_query("6063某某某 al") == '"6063"* AND "某 某 某" AND "al"*'
    assert match_query("某甲某", loose=True) == '"某 甲" OR "甲 某"'
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
    assert catalogue.search(Query(text="铝"))
    assert {
        hit.dataset.kind for hit in catalogue.search(Query(text="电", kinds=("electricity",), units=("kWh",)))
    } == {"electricity"}
    assert any("luminium" in hit.dataset.name_en for hit in catalogue.search(Query(text="alumin")))
    assert all(hit.dataset.complete for hit in catalogue.search(Query(text="天然气")))
