"""Linking: the refusal table, the order of choices, exact amounts, ranking on the open release."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from databases.catalogue import Catalogue, write_catalogue
from databases.dataset import Dataset, Source
from databases.release import Release
from lca.bom.example import heat_sink
from lca.findings import Severity
from lca.inventory import ElectricitySource, Inventory, Leg, Line, LineKind, Stage
from lca.linking import Choice, Linked, LinkedLine, link
from lca.scope import GwpSet, Scope

AR5, AR6 = Scope(GwpSet.AR5), Scope(GwpSet.AR6)
SOURCE = Source(
    code="s",
    title="Table",
    issuer="Office",
    document_number="",
    published="2025-01-01",
    licence="open",
    attribution="",
    url="",
)

# code, name_zh, synonyms, kind, group, place, year, unit, complete, gwp_set, assumed
SMALL = """
iron-cn-2025|生铁，中国，2025|生铁|material|metals|CN|2025|kg|1|| 0
iron-js-2025|江苏生铁，江苏，2025|江苏生铁|material|metals|CN-JS|2025|kg|1|| 0
copper-a|精铜甲，中国，2025|铜|material|metals|CN|2025|kg|1|| 0
copper-b|精铜乙，中国，2025|铜|material|metals|CN|2025|kg|1|| 0
zinc-2025|锌，中国，2025|锌锭|material|metals|CN|2025|kg|1|| 0
zinc-2020|锌，中国，2020|锌锭|material|metals|CN|2020|kg|1|| 0
lead-ar5|铅，中国，2025|铅锭|material|metals|CN|2025|kg|1|AR5|0
tin-assumed|锡，英国，2019|锡锭|material|metals|UK|2019|kg|1|AR5|1
gas-burned|天然气，中国，2025|燃气|fuel|burned with supply|CN|2025|m3|1|| 0
gas-combustion|天然气燃烧，中国，2025|燃气燃烧|fuel|combustion|CN|2025|m3|0|| 0
power-mix|电网电力，中国，2025|市电|electricity|at consumer|CN|2025|kWh|1|| 0
power-wind|风电，到用户，中国，2025|绿电|electricity|contracted at consumer|CN|2025|kWh|1|| 0
power-coal-gate|燃煤发电，中国，2025|煤电|electricity|generation|CN|2025|kWh|1|| 0
power-pv-own|屋顶光伏，中国，2025|光伏|electricity|own generation|CN|2025|kWh|1|| 0
truck|重型货车，中国，2025|卡车|transport|road freight|CN|2025|tkm|1|| 0
odd-unit|怪物，中国，2025|怪|material|metals|CN|2025|furlong|0|| 0
"""


def dataset(position: int, row: str) -> Dataset:
    code, name, synonyms, kind, group, place, year, unit, complete, gwp_set, assumed = map(
        str.strip, row.split("|")
    )
    return Dataset(
        code=code,
        position=position,
        name_zh=name,
        name_en=code.replace("-", " "),
        synonyms=synonyms,
        kind=kind,
        group=group,
        place=place,
        year=int(year),
        unit=unit,
        boundary="life-cycle" if complete == "1" else "combustion-only",
        complete=complete == "1",
        gwp_set=gwp_set,
        gwp_set_assumed=assumed == "1",
        technology="",
        source=SOURCE,
        locator="row",
        certainty="P",
        note_zh="",
        note_en="",
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A release of a few datasets: the real catalogue over the table above."""
    path: Path = tmp_path_factory.mktemp("small") / "catalogue.sqlite"
    datasets = [dataset(position, row) for position, row in enumerate(SMALL.strip().splitlines())]
    write_catalogue(path, datasets, [], [], [SOURCE])
    return SimpleNamespace(identifier="small-1", catalogue=Catalogue(path))


def line(**values: Any) -> Line:
    base: dict[str, Any] = {
        "number": "M1",
        "process": "P1",
        "stage": Stage.RAW_MATERIALS,
        "kind": LineKind.MATERIAL,
        "name": "生铁",
        "amount": Decimal(100),
        "unit": "kg",
    }
    return Line(**{**base, **values})


def power(source: ElectricitySource, code: str, evidence: str = "") -> Line:
    return line(
        kind=LineKind.ELECTRICITY,
        name="电",
        unit="kWh",
        electricity_source=source,
        dataset=code,
        evidence=evidence,
    )


def linked(
    release: Any, *lines: Line, scope: Scope = AR5, choices: dict[str, Choice] | None = None
) -> Linked:
    return link(replace(heat_sink(), lines=lines), release, scope, choices or {})


def codes(result: Linked, severity: Severity) -> set[str]:
    return {finding.code for finding in result.findings if finding.severity is severity}


GRID, OWN, CONTRACT = ElectricitySource.GRID, ElectricitySource.OWN_GENERATION, ElectricitySource.CONTRACT
DIRECT = ElectricitySource.DIRECT_LINE
FUEL = {"kind": LineKind.FUEL, "unit": "m3"}
THREE = {"kind-not-admitted", "dataset-incomplete", "unit-conflict"}
LEG = Leg(number=1, mode="卡车", distance_km=Decimal(1))
REFUSALS: list[tuple[str, Line, Scope, set[str]]] = [
    ("matches nothing", line(name="月球尘埃"), AR5, {"line-matches-nothing"}),
    ("only weak candidates", line(name="球墨铸造用生铁块"), AR5, {"candidates-weak"}),
    ("several equally good", line(name="铜"), AR5, {"candidates-equal"}),
    ("unknown code", line(dataset="no-such"), AR5, {"dataset-unknown"}),
    ("incomplete", line(**FUEL, dataset="gas-combustion"), AR5, {"dataset-incomplete"}),
    ("unknown unit", line(dataset="odd-unit"), AR5, {"dataset-incomplete", "unit-conflict"}),
    ("kind not admitted", line(unit="m3", dataset="gas-burned"), AR5, {"kind-not-admitted"}),
    ("unit conflict", line(unit="m2", dataset="iron-cn-2025"), AR5, {"unit-conflict"}),
    ("all at once", line(dataset="gas-combustion"), AR5, THREE),
    ("other GWP set", line(dataset="lead-ar5"), AR6, {"gwp-set-blocked"}),
    ("other GWP set, assumed", line(dataset="tin-assumed"), AR6, {"gwp-set-blocked"}),
    ("grid as a technology", power(GRID, "power-wind"), AR5, {"grid-not-delivered"}),
    ("grid at the power station", power(GRID, "power-coal-gate"), AR5, {"grid-not-delivered"}),
    ("own generation as grid mix", power(OWN, "power-mix"), AR5, {"electricity-source-conflict"}),
    ("contract without evidence", power(CONTRACT, "power-wind"), AR5, {"contract-without-evidence"}),
    ("share without reason", line(cutoff_share=Decimal(1)), AR5, {"cutoff-without-reason"}),
    ("reason without share", line(cutoff_reason="少"), AR5, {"cutoff-without-share"}),
    ("leg of unknown mass", line(unit="m2", legs=(LEG,)), AR5, {"line-matches-nothing", "leg-mass-unknown"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "scope", "expected"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refusals(item: Line, scope: Scope, expected: set[str], small: Any) -> None:
    result = linked(small, item, scope=scope)
    assert codes(result, Severity.ERROR) == expected
    for finding in result.findings:
        assert finding.place.line.startswith("M1")
        assert finding.message("zh") != finding.message("en")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (power(GRID, "power-mix"), "power-mix"),
        (power(OWN, "power-pv-own"), "power-pv-own"),
        (power(DIRECT, "power-pv-own"), "power-pv-own"),
        (power(CONTRACT, "power-wind", "合同 2025-7"), "power-wind"),
        (line(dataset="lead-ar5"), "lead-ar5"),
    ],
)
def test_what_is_admitted(item: Line, code: str, small: Any) -> None:
    result = linked(small, item)
    assert codes(result, Severity.ERROR) == set()
    assert result.lines[0].dataset is not None
    assert result.lines[0].dataset.code == code
    assert result.lines[0].origin == "exporter"


def test_own_power_without_evidence_is_told(small: Any) -> None:
    code = "power-pv-own"
    assert "own-power-without-evidence" in codes(linked(small, power(OWN, code)), Severity.WARNING)
    assert "own-power-without-evidence" in codes(linked(small, power(DIRECT, code)), Severity.WARNING)
    for told in (power(OWN, code, evidence="电表 7"), power(GRID, "power-mix")):
        assert "own-power-without-evidence" not in codes(linked(small, told), Severity.WARNING)


def test_a_refused_dataset_is_not_linked_and_candidates_are_offered(small: Any) -> None:
    item = linked(small, line(dataset="gas-combustion")).lines[0]
    assert item.dataset is None
    assert item.origin == ""
    assert item.candidates[0].dataset.code == "iron-cn-2025"


def test_practitioner_before_exporter_before_rank(small: Any) -> None:
    asked = line(dataset="iron-js-2025")
    assert linked(small, asked).lines[0].origin == "exporter"
    chosen = linked(small, asked, choices={"M1": Choice("zinc-2025", "practitioner", "按供应商说明")}).lines[
        0
    ]
    assert chosen.dataset is not None
    assert (chosen.dataset.code, chosen.origin, chosen.reason) == (
        "zinc-2025",
        "practitioner",
        "按供应商说明",
    )


def test_a_choice_for_nothing_is_told(small: Any) -> None:
    result = linked(small, line(), choices={"M9": Choice("zinc-2025", "practitioner", "")})
    assert codes(result, Severity.WARNING) == {"choice-for-nothing"}


def test_the_clearly_best_is_linked_and_told(small: Any) -> None:
    result = linked(small, line(name="锌锭"))
    assert result.lines[0].dataset is not None
    assert result.lines[0].dataset.code == "zinc-2025"
    assert result.lines[0].origin == "auto"
    assert result.automatic == 1
    assert "linked-automatically" in codes(result, Severity.NOTE)
    scores = [candidate.score for candidate in result.lines[0].candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_other_places_other_years_and_assumed_sets_are_told(small: Any) -> None:
    result = linked(small, line(dataset="tin-assumed"))
    assert codes(result, Severity.NOTE) == {"place-other", "year-other"}
    assert codes(result, Severity.WARNING) == {"gwp-set-assumed"}
    assert codes(linked(small, line(dataset="zinc-2025")), Severity.NOTE) == {"place-wider"}
    assert codes(linked(small, line(dataset="iron-js-2025")), Severity.NOTE) == set()
    assert "origin-unknown" in codes(linked(small, line(dataset="zinc-2025", origin="某处")), Severity.NOTE)


@pytest.mark.parametrize(
    ("amount", "unit", "loss", "code", "kind", "expected"),
    [
        ("1.1", "t", "2.5", "iron-cn-2025", LineKind.MATERIAL, "1127.5"),
        ("250", "g", "0", "iron-cn-2025", LineKind.MATERIAL, "0.25"),
        ("1500", "L", "0", "gas-burned", LineKind.FUEL, "1.5"),
    ],
)
def test_amounts_are_gross_exact_and_in_the_dataset_unit(
    amount: str, unit: str, loss: str, code: str, kind: LineKind, expected: str, small: Any
) -> None:
    item = line(amount=Decimal(amount), unit=unit, loss_percent=Decimal(loss), dataset=code, kind=kind)
    assert linked(small, item).lines[0].amount == Decimal(expected)


def test_an_assumed_gwp_set_is_told_once_a_dataset(small: Any) -> None:
    result = linked(small, line(dataset="tin-assumed"), line(number="M2", dataset="tin-assumed"))
    told = [finding for finding in result.findings if finding.code == "gwp-set-assumed"]
    assert len(told) == 1
    assert "M1, M2" in told[0].message("en")


def test_legs_carry_the_gross_mass(small: Any) -> None:
    legs = (
        Leg(number=1, mode="卡车", distance_km=Decimal("12.5")),
        Leg(number=2, mode="重型货车", distance_km=Decimal(8)),
    )
    result = linked(
        small, line(amount=Decimal(2000), loss_percent=Decimal(10), dataset="iron-cn-2025", legs=legs)
    )
    assert [item.key for item in result.lines] == ["M1", "M1/1", "M1/2"]
    assert [item.amount for item in result.lines[1:]] == [Decimal("27.5"), Decimal("17.6")]
    assert [item.origin for item in result.lines[1:]] == ["auto", "auto"]


def test_intermediate_lines_are_not_linked(small: Any) -> None:
    leg = Leg(number=1, mode="卡车", distance_km=Decimal(10))
    item = line(kind=LineKind.INTERMEDIATE, from_process="P2", amount=Decimal("1.5"), unit="t", legs=(leg,))
    result = linked(small, item)
    assert result.lines[0].dataset is None
    assert result.lines[0].amount == Decimal(1500)  # P2 gives kg
    assert result.lines[1].amount == Decimal(15)
    assert codes(result, Severity.ERROR) == set()


def test_cut_off_lines_are_left_out_with_their_legs(small: Any) -> None:
    leg = Leg(number=1, mode="卡车", distance_km=Decimal(10))
    item = line(name="月球尘埃", cutoff_reason="少于 1%", cutoff_share=Decimal("0.5"), legs=(leg,))
    result = linked(small, item)
    assert result.findings == ()
    assert [(part.key, part.dataset, part.reason) for part in result.lines] == [
        ("M1", None, "少于 1%"),
        ("M1/1", None, "少于 1%"),
    ]


def by_key(result: Linked) -> dict[str, LinkedLine]:
    return {item.key: item for item in result.lines}


def test_the_example_links_completely_on_the_open_release(open_cn: Release) -> None:
    result = link(heat_sink(), open_cn, AR5, {})
    assert codes(result, Severity.ERROR) == set()
    for item in result.lines:
        unlinked = (item.line.kind is LineKind.INTERMEDIATE and item.leg is None) or bool(
            item.line.cutoff_reason
        )
        assert (item.dataset is None) == unlinked
        assert item.origin == ("" if unlinked else "exporter")
    items = by_key(result)
    assert items["M1"].amount == Decimal(639450)
    assert items["E2"].amount == Decimal(842400)
    assert items["M1/1"].amount == Decimal("639.45") * 860


def test_the_example_on_the_other_gwp_set_is_blocked(open_cn: Release) -> None:
    assert "gwp-set-blocked" in codes(link(heat_sink(), open_cn, AR6, {}), Severity.ERROR)


@pytest.mark.parametrize(("amount", "unit"), [("250", "t"), ("250000", "kg"), ("250", "m3")])
def test_water_by_mass_counts_as_volume_and_is_told(amount: str, unit: str, open_cn: Release) -> None:
    water = line(
        kind=LineKind.WATER, name="自来水", amount=Decimal(amount), unit=unit, dataset="water-supply-uk-2025"
    )
    result = linked(open_cn, water)
    assert result.lines[0].amount == Decimal(250)
    assert ("water-by-mass" in codes(result, Severity.NOTE)) == (unit != "m3")


def without_codes(inventory: Inventory) -> Inventory:
    lines = tuple(
        replace(item, dataset="", legs=tuple(replace(leg, dataset="") for leg in item.legs))
        for item in inventory.lines
    )
    return replace(inventory, lines=lines)


def test_names_alone_never_link_the_example_to_something_else(open_cn: Release) -> None:
    """Without codes, an item is linked to the dataset its code named, or left for somebody to choose."""
    right = by_key(link(heat_sink(), open_cn, AR5, {}))
    result = link(without_codes(heat_sink()), open_cn, AR5, {})
    automatic = {key: item for key, item in by_key(result).items() if item.origin == "auto"}
    assert len(automatic) >= 15
    assert {key: item.dataset.code for key, item in automatic.items() if item.dataset} == {
        key: right[key].dataset.code
        for key in automatic  # type: ignore[union-attr]
    }


@pytest.mark.parametrize(
    ("name", "kind", "unit", "code"),
    [
        ("铝锭", LineKind.MATERIAL, "t", "al-primary-glo-2022"),
        ("瓦楞纸箱", LineKind.PACKAGING, "kg", "board-primary-uk-2025"),
        ("自来水", LineKind.WATER, "m3", "water-supply-uk-2025"),
        ("天然气", LineKind.FUEL, "m3", "natural-gas-burned-cn"),
        ("tap water", LineKind.WATER, "L", "water-supply-uk-2025"),
        ("自来水", LineKind.WATER, "t", "water-supply-uk-2025"),
    ],
)
def test_common_names_find_their_dataset(
    name: str, kind: LineKind, unit: str, code: str, open_cn: Release
) -> None:
    item = linked(open_cn, line(name=name, kind=kind, unit=unit)).lines[0]
    assert item.candidates[0].dataset.code == code


@pytest.mark.parametrize("name", ['" OR 1=1 --', "*", "NEAR(", "钢\x00", "x" * 2000, "。。。"])
def test_hostile_names_find_nothing_or_something_and_never_raise(name: str, small: Any) -> None:
    assert linked(small, line(name=name)).lines[0].dataset is None


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small release, where iron misses inputs itself and copper somewhere upstream."""
    path: Path = tmp_path_factory.mktemp("gappy") / "catalogue.sqlite"
    datasets = [dataset(position, row) for position, row in enumerate(SMALL.strip().splitlines())]
    for at, one in enumerate(datasets):
        if one.code == "iron-cn-2025":
            datasets[at] = replace(one, gaps=3, gaps_upstream=True)
        elif one.code == "copper-a":
            datasets[at] = replace(one, gaps_upstream=True)
    write_catalogue(path, datasets, [], [], [SOURCE])
    return SimpleNamespace(identifier="gappy-1", catalogue=Catalogue(path))


def test_a_dataset_that_leaves_inputs_out_is_told_once_with_its_lines(gappy: Any) -> None:
    items = [line(number=f"M{n}", dataset="iron-cn-2025") for n in (1, 2)]
    result = linked(
        gappy, *items, line(number="M3", dataset="copper-a"), line(number="M4", dataset="copper-b")
    )
    told = {finding.code: finding for finding in result.findings if finding.code.startswith("dataset-gaps")}
    assert set(told) == {"dataset-gaps", "dataset-gaps-upstream"}
    assert len([one for one in result.findings if one.code.startswith("dataset-gaps")]) == 2
    own, upstream = told["dataset-gaps"], told["dataset-gaps-upstream"]
    assert (own.severity, upstream.severity) == (Severity.WARNING, Severity.NOTE)
    assert dict(own.details) == {"dataset": "iron-cn-2025", "keys": "M1, M2", "count": "3"}
    assert dict(upstream.details) == {"dataset": "copper-a", "keys": "M3"}
    assert "3" in own.message("zh") and "3" in own.message("en")


def test_what_is_looked_for_is_told_without_a_release() -> None:
    from lca.linking import looked_for

    inventory = heat_sink()
    found = looked_for(inventory)
    for item in link(inventory, SimpleNamespace(identifier="none", catalogue=Nothing()), AR5, {}).lines:  # type: ignore[arg-type]
        assert (item.wanted is None) == (item.key not in found)
        if item.wanted:
            assert found[item.key] == (item.line, item.leg, item.wanted)


class Nothing:
    """A catalogue without datasets."""

    def search(self, query: object) -> list[Any]:
        """Nothing."""
        return []

    def get(self, code: str) -> Dataset:
        """Nothing."""
        from databases.catalogue import UnknownDataset

        raise UnknownDataset(code)
