"""The US Life Cycle Inventory Database, FY20 Q4, from the published archive to a release.

The figures below were looked into one by one. What the source itself does to them is said beside each.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from databases import packages
from databases.assembly.options import Options
from databases.assembly.report import ImportReport
from databases.build import import_release
from databases.content import Head
from databases.release import Release
from lca import assess
from lca.bom.example import heat_sink
from lca.engine import load_bw2calc
from lca.findings import Severity
from lca.inventory import Inventory
from lca.linking import Choice, link, looked_for
from lca.matching import admits
from lca.scope import GwpSet, Scope

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "uslci" / "uslci_fy20q4_es1.zip"
HEAD = Head(name="uslci", version="2020.4", licence="US federal data (NREL), public", title="USLCI FY20 Q4")

pytestmark = pytest.mark.skipif(not SOURCE.is_file(), reason="the published archive is not here")


@pytest.fixture(scope="module")
def uslci(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return import_release(tmp_path_factory.mktemp("uslci"), SOURCE, HEAD, Options())


@pytest.fixture(scope="module")
def report(uslci: Release) -> ImportReport:
    return ImportReport.from_dict(uslci.report())


def score(release: Release, code: str, part: str = "total") -> float:
    position = release.catalogue.get(code).position
    return float(release.scores(f"gwp100-ar6.{part}")[position])


def test_every_process_and_every_exchange_is_accounted_for(uslci: Release, report: ImportReport) -> None:
    assert report.check() == []
    assert (report.format, report.reader) == ("ecospold1", "tanbiao")
    assert report.counts["processes_read"] == 631
    assert report.counts["exchanges_read"] == 36_647
    assert len(uslci.catalogue) == 631 + report.counts["co_products"]
    assert sum(allocated.rule == "all-to-reference" for allocated in report.allocations) == len(
        report.allocations
    )


def test_what_the_file_cuts_off_stays_cut_off_with_its_nearest_candidates(report: ImportReport) -> None:
    assert report.counts["cut_off"] == sum(item.exchanges for item in report.cut_off) == 2117
    assert report.cut_off[0].name == "Electricity, hydropower, at power plant, unspecified"
    assert report.cut_off[0].candidates
    assert {item.reason for item in report.cut_off} == {"cut-off-by-file"}


def test_reasons_and_troubles_are_those_of_the_file(report: ImportReport) -> None:
    assert Counter(trouble.kind for trouble in report.troubles) == {
        "unit-conflict": 25,
        "self-loop": 6,
        "energy-balance": 6,
        "singular-loop": 6,
        "loop-upstream": 14,
    }
    assert {item.reason for item in report.unlinked} == {
        "no-supplier",
        "unallocated-co-product",
        "unit-conflict",
        "self-supply",
        "singular-loop",
    }
    # Ways of collecting recyclables and their sum supply each other in full: the loop is opened, none is complete.
    assert [(loop.gain, len(loop.members)) for loop in report.loops] == [(1.0, 4)]


def test_members_of_the_hopeless_loop_stand_for_no_line(uslci: Release, report: ImportReport) -> None:
    assert [uslci.catalogue.get(code).complete for code in report.loops[0].members] == [False] * 4
    largest = max(abs(score(uslci, dataset.code)) for dataset in uslci.catalogue.all() if dataset.complete)
    assert largest < 5000, "a loop that determines nothing had given 4e14 kg CO2e for 1 kg of recycled HDPE"


def test_electricity_stated_in_the_wrong_unit_is_told(report: ImportReport) -> None:
    """Inputs that add up to 1 kWh, an output written as 1 MJ: 3.6 times too high for whoever takes it in kWh."""
    found = {
        item.dataset: (item.name, item.detail) for item in report.troubles if item.kind == "energy-balance"
    }
    assert found["69021"] == ("Electricity, aluminum smelting and ingot casting regions", "3.6")
    assert Counter(detail for _, detail in found.values()) == {"3.6": 5, "2.57": 1}


@pytest.mark.parametrize(
    ("code", "name", "total"),
    [
        # 0.35 kg ethylene glycol, 0.86 kg terephthalic acid; 78 grids share one name, the nearest in time count alike.
        ("68700", "Polyethylene terephthalate, PET, virgin resin, at plant, kg", 1.98),
        # 0.927 kg CO2 of kiln and calcination, filed under "troposphere, rural"; fuels, power, transport 0.44 besides.
        ("91727", "Portland cement, at plant", 1.36),
        # A cradle-to-gate inventory of the industry: 7.9 kg CO2, the rest methane and perfluorocarbons.
        ("67294", "Aluminum, primary, ingot, at plant", 8.95),
    ],
)
def test_scores_by_ipcc_2021(uslci: Release, code: str, name: str, total: float) -> None:
    assert uslci.catalogue.get(code).name_en == name
    assert score(uslci, code) == pytest.approx(total, rel=0.02)


def test_cement_without_its_own_stack_is_fuels_power_and_transport(uslci: Release) -> None:
    """Whoever does not know "troposphere, rural" loses two thirds of cement's carbon dioxide without a word."""
    exchanges = uslci.catalogue.exchanges("91727")
    own = sum(item.amount for item in exchanges if item.kind == "biosphere" and _is_co2(uslci, item))
    assert own == pytest.approx(0.553 + 0.374)
    assert score(uslci, "91727") - own == pytest.approx(0.44, abs=0.02)


def _is_co2(release: Release, exchange: Any) -> bool:
    return {flow.code: flow.gas for flow in release.catalogue.flows()}[exchange.flow_or_dataset_code] == "CO2"


def chosen_by_hand(uslci: Release, inventory: Inventory, seed: int) -> tuple[Inventory, dict[str, Choice]]:
    """Any dataset that may stand for each line, as if somebody had chosen it; what has none is cut off."""
    rng, choices, without = random.Random(seed), {}, set()
    for key, (_, _, wanted) in looked_for(inventory).items():
        if fitting := [dataset for dataset in uslci.catalogue.all() if admits(wanted, dataset)]:
            choices[key] = Choice(rng.choice(fitting).code, "practitioner", "test")
        else:
            without.add(key)
    lines = tuple(
        replace(line, cutoff_reason="no dataset", cutoff_share=Decimal("0.001"))
        if line.number in without
        else line
        for line in inventory.lines
    )
    return replace(inventory, lines=lines), choices


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gwp_set", GwpSet)
def test_the_demonstration_product_is_assessed_on_it_by_both_roads(
    uslci: Release, gwp_set: GwpSet, seed: int
) -> None:
    """Credits, waste, loops near their limit and parts that are zero: bw2calc finds the same to nine digits."""
    inventory, choices = chosen_by_hand(uslci, heat_sink(), seed)
    scope = Scope(gwp_set)
    made = assess.assess(inventory, link(inventory, uslci, scope, choices), uslci, scope)
    assert [finding.code for finding in made.findings if finding.severity is Severity.ERROR] == []
    assert assess.agreement(made, uslci, scope) <= 1e-9


def test_score_tables_are_those_of_bw2calc_for_any_dataset(uslci: Release) -> None:
    background, method = (
        packages.open_package(path) for path in uslci.datapackage_paths(["gwp100-ar6.total"])
    )
    table = uslci.scores("gwp100-ar6.total")
    positions = [*random.Random(1).sample(range(len(table)), 40), *abs(table).argsort()[-5:].tolist()]
    calculation = load_bw2calc().LCA({packages.FIRST_DATASET: 1.0}, data_objs=[background, method])
    calculation.lci(factorize=True)
    calculation.lcia()
    for position in positions:
        calculation.lci({packages.FIRST_DATASET + position: 1.0})
        calculation.lcia()
        size = float(abs(calculation.characterized_inventory).sum())
        assert calculation.score == pytest.approx(table[position], abs=1e-9 * size)
