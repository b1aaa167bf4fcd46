"""The assessment on a small release made here, then on the starter release by both roads."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import packages
from databases.dataset import Dataset, Source
from databases.scores import score_tables
from lca import assess, engine, rules
from lca.assess import PARTS
from lca.engine import RoadsDisagree
from lca.findings import Severity
from lca.inventory import Boundary, ElectricitySource, Inventory, Leg, Line, LineKind, Output, Stage
from lca.linking import Linked, LinkedLine, link
from lca.scope import GwpSet, Scope

SCOPE = Scope(GwpSet.AR6)
SOURCE = Source(**dict.fromkeys(Source.__slots__, ""))

# code: (kind, group, place, year, unit, own emissions: fossil CO2, CH4, biogenic CO2 out and in, kg)
DATASETS = {
    "alu": ("material", "", "CN", 2024, "kg", (8.0, 0.1, 0, 0)),
    "wood": ("material", "", "CN", 2024, "kg", (0, 0, 1.5, -1.5)),
    "nothing": ("material", "", "CN", 2024, "kg", (0, 0, 0, 0)),
    "mix-2022": ("electricity", "at consumer", "CN", 2022, "kWh", (0.7, 0, 0, 0)),
    "mix-2024": ("electricity", "at consumer", "CN", 2024, "kWh", (0.5, 0.001, 0, 0)),
    "mix-glo": ("electricity", "at consumer", "GLO", 2024, "MWh", (900.0, 0, 0, 0)),
    "wind": ("electricity", "contracted at consumer", "CN", 2024, "kWh", (0.03, 0, 0, 0)),
    "roof": ("electricity", "own generation", "CN", 2024, "kWh", (0.05, 0, 0, 0)),
    "truck": ("transport", "", "CN", 2024, "tkm", (0.1, 0, 0, 0)),
}
FACTORS = {  # of the four flows above
    "total": (1, 29.8, 1, 1),
    "fossil": (1, 29.8, 0, 0),
    "biogenic-emissions": (0, 0, 1, 0),
    "biogenic-removals": (0, 0, 0, 1),
    "gas-CO2": (1, 0, 1, 1),
    "gas-CH4": (0, 29.8, 0, 0),
}
ALU, WOOD, MIX, GLOBAL_MIX = 8 + 29.8 * 0.1 + 2 * (0.5 + 0.0298), 0.0, 0.5298, 0.9


def dataset(code: str) -> Dataset:
    """One of the datasets above."""
    kind, group, place, year, unit, _ = DATASETS[code]
    text = dict.fromkeys(
        ("synonyms", "boundary", "technology", "locator", "certainty", "note_zh", "note_en"), ""
    )
    return Dataset(
        code=code,
        position=list(DATASETS).index(code),
        name_zh=code,
        name_en=code,
        kind=kind,
        group=group,
        place=place,
        year=year,
        unit=unit,
        complete=True,
        gwp_set="",
        gwp_set_assumed=False,
        source=SOURCE,
        **text,
    )


class SmallRelease:
    """As much of a release as an assessment asks for, by the same helpers. Aluminium takes 2 kWh of mix."""

    identifier = "small-1"

    def __init__(self, folder: Path) -> None:
        self.folder, size = folder, len(DATASETS)
        technosphere = np.eye(size)
        technosphere[dataset("mix-2024").position, dataset("alu").position] = -2.0
        biosphere = np.array([flows for *_, flows in DATASETS.values()], dtype=float).T
        methods = {f"gwp100-ar6.{part}": np.array(FACTORS.get(part, (0,) * 4), dtype=float) for part in PARTS}
        self.tables = score_tables(
            technosphere, {method: factors @ biosphere for method, factors in methods.items()}
        )
        background = packages.new_package("background")
        for matrix, dense, first in (
            ("technosphere_matrix", technosphere, packages.FIRST_DATASET),
            ("biosphere_matrix", biosphere, packages.FIRST_FLOW),
        ):
            rows, columns = np.nonzero(dense)
            where = packages.indices(first + rows, packages.FIRST_DATASET + columns)
            packages.add_matrix(background, matrix, where, dense[rows, columns])
        packages.write_package(background, folder / "background.zip")
        for method, factors in methods.items():
            package = packages.new_package(method)
            where = packages.indices(packages.FIRST_FLOW + np.arange(4), np.full(4, packages.GLOBAL_LOCATION))
            packages.add_matrix(package, "characterization_matrix", where, factors)
            packages.write_package(package, folder / f"{method}.zip")
        self.catalogue = SimpleNamespace(all=lambda kind: [d for d in self.datasets if d.kind == kind])
        self.datasets = [dataset(code) for code in DATASETS]

    def scores(self, method: str):
        """Score table of a method."""
        return self.tables[method]

    def datapackage_paths(self, methods):
        """Background, then methods."""
        return [self.folder / f"{name}.zip" for name in ("background", *methods)]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return SmallRelease(tmp_path_factory.mktemp("release"))


def line(number: str, code: str, amount: str, **changes) -> tuple[Line, str]:
    """A line of the process ``press`` and the dataset it is to be linked to ("" for none)."""
    kinds = {"electricity": LineKind.ELECTRICITY, "transport": LineKind.TRANSPORT}
    kind, _, _, _, unit, _ = DATASETS.get(code, ("material", "", "", 0, "kg", ()))
    values = {
        "process": "press",
        "stage": Stage.PRODUCTION,
        "kind": kinds.get(kind, LineKind.MATERIAL),
        "name": f"line {number}",
        "amount": Decimal(amount),
        "unit": unit,
    }
    return Line(number=number, **(values | changes)), code


def inner(number: str, process: str, source: str, amount: str, unit: str = "kg") -> tuple[Line, str]:
    """``process`` takes an amount from ``source``."""
    return line(
        number, "", amount, process=process, kind=LineKind.INTERMEDIATE, from_process=source, unit=unit
    )


def study(*lines: tuple[Line, str], outputs=(("press", "100", "kg"),), **changes) -> tuple[Inventory, Linked]:
    """An inventory and its links, in which a leg goes by truck (100 tkm)."""
    values = {
        "product_name_zh": "演示产品",
        "product_name_en": "Demo product",
        "model": "D1",
        "cn_code": "",
        "declared_amount": Decimal(1),
        "declared_unit": "kg",
        "mass_per_declared_unit": Decimal(1),
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "site": "演示工厂",
        "place_code": "CN-JS",
        "boundary": Boundary.CRADLE_TO_GATE,
        "product_process": "press",
        "outputs": tuple(
            Output(process=name, name=name, amount=Decimal(amount), unit=unit)
            for name, amount, unit in outputs
        ),
        "lines": tuple(item for item, _ in lines),
    }
    links = []
    for item, code in lines:
        if code:
            chosen = dataset(code)
            links.append(LinkedLine(item.number, item, None, chosen, item.gross_amount, "exporter", "", ()))
        for leg in item.legs:
            key = f"{item.number}/{leg.number}"
            links.append(LinkedLine(key, item, leg, dataset("truck"), Decimal(100), "auto", "", ()))
    return Inventory(**(values | changes)), Linked(tuple(links), ())


def run(release, *lines, **changes) -> assess.Assessment:
    return assess.assess(*study(*lines, **changes), release, SCOPE)


def codes(assessment) -> list[str]:
    """Codes of the ERROR findings; what only warns is the business of test_plausibility."""
    return [finding.code for finding in assessment.findings if finding.severity is Severity.ERROR]


def test_lines_losses_and_legs_per_declared_amount(release) -> None:
    leg = Leg(number=1, mode="truck", distance_km=Decimal(1000))
    result = run(
        release,
        line("M1", "alu", "100", stage=Stage.RAW_MATERIALS, loss_percent=Decimal(10), legs=(leg,)),
        line("E1", "mix-2024", "400"),
    )
    footprint = result.footprint
    assert footprint is not None
    assert codes(result) == []
    assert dict(footprint.by_stage) == pytest.approx(
        {Stage.RAW_MATERIALS: 1.1 * ALU + 0.1, Stage.PRODUCTION: 4 * MIX}, rel=1e-12
    )
    material, transport, power = footprint.lines
    assert (material.amount, material.dataset_unit, material.leg) == (pytest.approx(1.1), "kg", 0)
    assert (transport.line, transport.leg, transport.name) == ("M1", 1, "line M1 · truck")
    assert transport.value == pytest.approx(0.1)
    assert power.score == pytest.approx(MIX)
    assert footprint.total == pytest.approx(1.1 * ALU + 0.1 + 4 * MIX, rel=1e-12)
    assert (footprint.coverage.lines_linked, footprint.coverage.lines_auto) == (3, 1)
    assert footprint.electricity.kwh_by_source == (("grid", pytest.approx(4.0)),)
    assert footprint.electricity.total_location_based == footprint.total


def test_parts_and_gases_are_kept_apart_and_balance_is_no_gap(release) -> None:
    footprint = run(release, line("M1", "wood", "200"), line("M2", "alu", "100")).footprint
    parts = dict(footprint.parts)
    assert parts["biogenic-emissions"] == pytest.approx(3.0)
    assert parts["biogenic-removals"] == pytest.approx(-3.0)
    assert parts["total"] == footprint.total == pytest.approx(ALU)
    assert parts["fossil"] == pytest.approx(ALU)
    assert parts["gas:CH4"] == pytest.approx(29.8 * 0.102)
    assert set(parts) == {part.replace("gas-", "gas:") for part in PARTS}
    assert dict(footprint.lines[0].parts)["biogenic-removals"] == pytest.approx(-3.0)


def test_contracted_electricity_is_told_apart_and_shown_location_based(release) -> None:
    lines = [
        line("E1", "mix-2024", "100", electricity_source=ElectricitySource.GRID),
        line("E2", "wind", "300", electricity_source=ElectricitySource.CONTRACT),
        line("E3", "roof", "50", electricity_source=ElectricitySource.OWN_GENERATION),
        line("E4", "roof", "20", electricity_source=ElectricitySource.DIRECT_LINE),
    ]
    footprint = run(release, line("M1", "wood", "100"), *lines).footprint
    power = footprint.electricity
    assert dict(power.kwh_by_source) == pytest.approx(
        {"grid": 1.0, "own-generation": 0.5, "direct-line": 0.2, "contract": 3.0}
    )
    assert dict(power.value_by_source)["contract"] == pytest.approx(0.09)
    assert power.total_location_based == pytest.approx(footprint.total + 3 * (MIX - 0.03), rel=1e-12)


@pytest.mark.parametrize(
    ("place", "year", "expected"),
    [
        ("CN-JS", 2025, "mix-2024"),
        ("CN", 2022, "mix-2022"),
        ("CN", 2023, "mix-2024"),
        ("UK", 2024, "mix-glo"),
    ],
)
def test_the_grid_mix_is_the_nearest_in_place_then_in_year(release, place, year, expected) -> None:
    inventory, _ = study(place_code=place, period_start=date(year, 1, 1), period_end=date(year, 12, 31))
    assert assess.grid_mix(release, inventory, GwpSet.AR6).code == expected


def test_a_mix_per_megawatt_hour_counts_per_kilowatt_hour(release) -> None:
    lines = [
        line("M1", "wood", "100"),
        line("E2", "wind", "100", electricity_source=ElectricitySource.CONTRACT),
    ]
    power = run(release, *lines, place_code="UK").footprint.electricity
    assert power.total_location_based == pytest.approx(GLOBAL_MIX, rel=1e-12)


def test_a_contract_without_any_grid_mix_stops_the_issue(release) -> None:
    bare = SimpleNamespace(
        identifier="bare-1", scores=release.scores, catalogue=SimpleNamespace(all=lambda kind: [])
    )
    contract = line("E2", "wind", "100", electricity_source=ElectricitySource.CONTRACT)
    result = run(bare, line("M1", "wood", "100"), contract)
    assert codes(result) == ["system-no-grid-mix"]
    assert (result.footprint, result.preliminary) == (None, None)
    grid = [line("M1", "wood", "100"), line("E1", "mix-2024", "1")]
    assert run(bare, *grid).footprint is not None


def test_a_loop_of_processes(release) -> None:
    """Casting makes 200 kg and gets 20 kg scrap back; the press makes 100 kg from 120 kg casting."""
    result = run(
        release,
        line("M1", "alu", "200", process="cast", stage=Stage.RAW_MATERIALS),
        inner("I1", "press", "cast", "0.12", unit="t"),
        inner("I2", "cast", "press", "20"),
        line("E1", "mix-2024", "50"),
        outputs=(("press", "100", "kg"), ("cast", "200", "kg")),
    )
    # press s1 = (1 + 0.2 k) / 100 with cast k = 1.2 (1 + 0.1 k)
    cast = 1.2 / (1 - 1.2 * 0.1)
    press = 1 + 0.1 * cast
    assert result.footprint.total == pytest.approx(cast * ALU + press * 0.5 * MIX, rel=1e-12)
    assert dict(result.footprint.by_stage)[Stage.RAW_MATERIALS] == pytest.approx(cast * ALU, rel=1e-12)
    assert result.footprint.residual <= 1e-12


@pytest.mark.parametrize(
    ("outputs", "changes", "expected"),
    [
        ((("press", "100", "kg"),), {}, 1.0),
        ((("press", "100", "kg"),), {"declared_unit": "t", "declared_amount": Decimal(2)}, 2000.0),
        ((("press", "0.1", "t"),), {}, 1.0),
        ((("press", "50", "piece"),), {"declared_unit": "piece", "mass_per_declared_unit": Decimal(2)}, 2.0),
        ((("press", "100", "kg"),), {"declared_unit": "piece", "mass_per_declared_unit": Decimal(2)}, 2.0),
        ((("press", "0.1", "t"),), {"declared_unit": "m", "mass_per_declared_unit": Decimal("0.5")}, 0.5),
    ],
)
def test_the_declared_amount_in_the_unit_of_the_output(release, outputs, changes, expected) -> None:
    result = run(release, line("M1", "alu", "100"), outputs=outputs, **changes)
    assert result.footprint.total == pytest.approx(expected * ALU, rel=1e-12)


@pytest.mark.parametrize(
    ("lines", "outputs", "changes", "expected"),
    [
        ([], (("press", "50", "piece"),), {"declared_unit": "kg"}, "system-declared-unit"),
        ([], (("press", "50", "kWh"),), {"declared_unit": "m"}, "system-declared-unit"),
        ([inner("I1", "press", "mill", "1")], (("press", "1", "kg"),), {}, "system-unknown-process"),
        (
            [inner("I1", "press", "cast", "1", unit="kWh"), line("M2", "alu", "1", process="cast")],
            (("press", "1", "kg"), ("cast", "1", "kg")),
            {},
            "system-intermediate-unit",
        ),
        (
            [inner("I1", "press", "cast", "2"), inner("I2", "cast", "press", "1")],
            (("press", "1", "kg"), ("cast", "1", "kg")),
            {},
            "system-no-production",
        ),
    ],
)
def test_a_system_that_cannot_be_solved_is_a_finding(release, lines, outputs, changes, expected) -> None:
    result = run(release, line("M1", "alu", "1"), *lines, outputs=outputs, **changes)
    assert codes(result) == [expected]
    assert (result.footprint, result.system, result.preliminary) == (None, None, None)
    for language in ("zh", "en"):
        assert "{" not in result.findings[0].message(language)


def test_a_loop_without_a_solution_names_its_processes(release) -> None:
    lines = [line("M1", "alu", "1"), inner("I1", "press", "cast", "2"), inner("I2", "cast", "press", "1")]
    result = run(release, *lines, outputs=(("press", "1", "kg"), ("saw", "1", "kg"), ("cast", "1", "kg")))
    sentence = result.findings[0].message("en")
    assert "press" in sentence
    assert "cast" in sentence
    assert "saw" not in sentence


def test_an_open_gate_is_a_footprint_a_closed_gate_only_a_preliminary_one(release) -> None:
    result = run(release, line("M1", "alu", "100"), line("M2", "", "1"))
    assert codes(result) == ["gate-unlinked", "gate-coverage-lines"]
    assert result.footprint is None
    assert result.preliminary.total == pytest.approx(ALU)
    with pytest.raises(ValueError, match="ERROR"):
        assess.agreement(result, release, SCOPE)
    zero = run(release, line("M1", "alu", "100"), line("M2", "nothing", "1"))
    assert "gate-no-characterised-flow" in codes(zero)
    assert zero.footprint is None


def test_nothing_linked_is_no_footprint_at_all(release) -> None:
    result = run(release, line("M1", "", "100"))
    assert "gate-nothing-linked" in codes(result)
    assert (result.footprint, result.preliminary) == (None, None)


def test_both_roads_agree_and_a_perturbed_table_is_refused(release, monkeypatch) -> None:
    inventory, linked = study(
        line("M1", "alu", "180", process="cast"),
        line("M2", "wood", "7"),
        line("E2", "wind", "30", electricity_source=ElectricitySource.CONTRACT),
        inner("I1", "press", "cast", "120"),
        inner("I2", "cast", "press", "20"),
        outputs=(("press", "100", "kg"), ("cast", "200", "kg")),
    )
    result = assess.assess(inventory, linked, release, SCOPE)
    assert assess.agreement(result, release, SCOPE) <= 1e-9
    road = engine.fast_road(result.system, release, ["gwp100-ar6.total"])
    assert road.scores == {"gwp100-ar6.total": result.footprint.total}

    method = "gwp100-ar6.gas-CH4"
    monkeypatch.setitem(release.tables, method, release.tables[method] * (1 + 1e-8))
    damaged = assess.assess(inventory, linked, release, SCOPE)
    with pytest.raises(RoadsDisagree) as refusal:
        assess.agreement(damaged, release, SCOPE)
    assert refusal.value.method == method


UPTAKE = "emission-co2-biogenic-uptake"


def test_biomass_that_balances_to_the_last_digit_but_one_is_issued(open_cn) -> None:
    """Aluminium and heat from pellets, chips, straw, biogas and logs: what is released was taken up before.

    Score tables give exactly 0 kg of gas:CO2, bw2calc a rest of 1e-16 kg out of kilograms: both are right.
    """
    fuels = {
        "wood-pellets-burned-uk-2025": "238.727",
        "wood-chips-burned-uk-2025": "544.685",
        "straw-burned-uk-2025": "370.585",
        "biogas-burned-uk-2025": "604.316",
        "wood-logs-burned-uk-2025": "626.095",
    }
    lines = [
        line("M1", "", "1015", dataset="al-primary-glo-2022"),
        *(
            line(f"F{index}", "", kilograms, kind=LineKind.FUEL, dataset=code)
            for index, (code, kilograms) in enumerate(fuels.items())
        ),
        line("X1", "", "66.463", kind=LineKind.EMISSION, dataset="emission-co2-biogenic"),
        line("X2", "", "66.463", kind=LineKind.EMISSION, evidence="林业台账", dataset=UPTAKE),
    ]
    scope = Scope(GwpSet.AR5)
    inventory, _ = study(*lines, outputs=(("press", "1000", "kg"),))
    result = assess.assess(inventory, link(inventory, open_cn, scope, {}), open_cn, scope)
    assert codes(result) == []
    reference = assess.reference(result, open_cn, scope)
    parts = dict(result.footprint.parts)
    fast = {method: parts[part] for part, method in assess.method_ids(GwpSet.AR5).items()}
    with pytest.raises(RoadsDisagree, match="gas-CO2"):
        engine.agree(fast, reference.scores)
    assert engine.agree(fast, reference.scores, reference.sizes) <= 1e-9
    assert assess.agreement(result, open_cn, scope) <= 1e-9
    assert reference.sizes["gwp100-ar5.gas-CO2"] > 5


def test_a_product_whose_lines_cancel_is_rounded_to_zero(open_cn) -> None:
    """0.1 + 0.2 - 0.3 is no zero in floats: neither the total nor a stage is read more finely than that."""
    flows = {"X1": ("0.1", ""), "X2": ("0.2", ""), "X3": ("0.3", "-uptake")}
    lines = [
        line(number, "", amount, kind=LineKind.EMISSION, dataset=f"emission-co2-biogenic{ending}")
        for number, (amount, ending) in flows.items()
    ]
    scope = Scope(GwpSet.AR5)
    inventory, _ = study(*lines, outputs=(("press", "1000", "kg"),))
    result = assess.assess(inventory, link(inventory, open_cn, scope, {}), open_cn, scope)
    rounded = rules.round_footprint(result.preliminary, rules.load("iso-14067-2018"))
    assert rounded.total == 0
    assert dict(rounded.parts)["biogenic-removals"] == Decimal("-0.0003")
    assert sum((value for _, value in rounded.stages), Decimal(0)) == 0


amounts = st.decimals("0.001", "100000", places=3)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_contributions_sum_and_order_does_not_matter(release, data) -> None:
    usable = [code for code in DATASETS if code not in ("nothing", "truck")]
    picks = data.draw(
        st.lists(st.tuples(st.sampled_from(usable), amounts, st.booleans()), min_size=1, max_size=12)
    )
    stages = (Stage.RAW_MATERIALS, Stage.PRODUCTION)
    lines = [
        line(f"M{index}", code, str(amount), process="cast" if cast else "press", stage=stages[cast])
        for index, (code, amount, cast) in enumerate(picks)
    ]
    lines.append(inner("I1", "press", "cast", "30"))
    outputs = (("press", "100", "kg"), ("cast", "200", "kg"))
    footprint = run(release, *lines, outputs=outputs).preliminary
    size = math.fsum(abs(item.value) for item in footprint.lines)
    assert math.fsum(item.value for item in footprint.lines) == pytest.approx(
        footprint.total, abs=1e-12 * size
    )
    assert math.fsum(v for _, v in footprint.by_stage) == pytest.approx(footprint.total, abs=1e-12 * size)
    rounded = rules.round_footprint(footprint, rules.load("iso-14067-2018"))
    assert sum((value for _, value in rounded.stages), Decimal(0)) == rounded.total
    shuffled = data.draw(st.permutations(lines))
    other = run(release, *shuffled, outputs=outputs).preliminary
    assert other.total == pytest.approx(footprint.total, abs=1e-12 * size)
    twice = run(release, *lines, outputs=outputs, declared_amount=Decimal(2)).preliminary
    assert twice.total == pytest.approx(2 * footprint.total, abs=1e-12 * size)
    in_tonnes = [
        (replace(item, unit="t", amount=item.amount / 1000), code)
        if item.unit == "kg" and not code
        else (item, code)
        for item, code in lines
    ]
    assert run(release, *in_tonnes, outputs=outputs).preliminary.total == pytest.approx(
        footprint.total, rel=1e-12
    )


def test_a_removal_needs_evidence(open_cn) -> None:
    """A thousand tonnes of uptake, stated as a line of its own, would make any product a sink."""
    scope = Scope(GwpSet.AR5)

    def told(**evidence: str) -> list[tuple[str, str]]:
        metal = line("M1", "", "100", dataset="al-primary-glo-2022")
        claim = line("X1", "", "1000000", kind=LineKind.EMISSION, dataset=UPTAKE, **evidence)
        inventory, _ = study(metal, claim)
        result = assess.assess(inventory, link(inventory, open_cn, scope, {}), open_cn, scope)
        assert (result.footprint is None) is not bool(evidence)
        return [(f.code, f.severity.value) for f in result.findings if "removal" in f.code]

    assert told() == [("gate-removal-without-evidence", "error")]
    assert told(evidence="林业台账") == [("gate-removal", "warning")]


def test_what_is_not_there_closes_the_gate_too(release) -> None:
    short = run(release, line("M1", "alu", "60"))
    assert codes(short) == ["gate-mass-missing"]
    assert short.footprint is None
    assert short.preliminary.total == pytest.approx(0.6 * ALU)
    lost = run(
        release,
        line("M1", "alu", "100"),
        line("M2", "alu", "500", process="cast"),
        outputs=(("press", "100", "kg"), ("cast", "500", "kg")),
    )
    assert codes(lost) == ["gate-process-unconnected"]
    assert lost.footprint is None
    assert lost.preliminary.total == pytest.approx(ALU)


def test_the_demonstration_product_has_nothing_to_confirm_but_its_gwp_set(open_cn) -> None:
    from lca.bom.example import heat_sink

    scope = Scope(GwpSet.AR5)
    inventory = heat_sink()
    result = assess.assess(inventory, link(inventory, open_cn, scope, {}), open_cn, scope)
    assert {f.code for f in result.findings if f.severity is not Severity.NOTE} == {"gwp-set-assumed"}


def test_the_demonstration_product_on_the_starter_release(open_cn) -> None:
    from lca.bom.example import heat_sink

    scope = Scope(GwpSet.AR5)
    inventory = heat_sink()
    result = assess.assess(inventory, link(inventory, open_cn, scope, {}), open_cn, scope)
    assert [f.message("en") for f in result.findings if f.severity.value == "error"] == []
    assert result.footprint is not None
    assert assess.agreement(result, open_cn, scope) <= 1e-9
    parts = dict(result.footprint.parts)
    kept = ("fossil", "biogenic-emissions", "biogenic-removals", "land-use-change")
    assert math.fsum(parts[name] for name in kept) == pytest.approx(parts["total"], rel=1e-12)
    gases = [value for name, value in parts.items() if name.startswith("gas:")]
    assert math.fsum(gases) == pytest.approx(parts["total"], rel=1e-12)
