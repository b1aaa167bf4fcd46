"""The official USLCI release that bw2io refuses: every process and every exchange is read and accounted for."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest
from ecospoldmaking import codes

from databases.assembly.assemble import assemble
from databases.assembly.mapping import Repairs
from databases.assembly.options import Options
from databases.assembly.providers import LinkRepair
from databases.content import Head
from databases.importers.shape import Extract
from databases.publish import write_release
from databases.release import open_release

HEAD = Head(name="uslci", version="2020.4", licence="US federal data (NREL), public", title="USLCI FY20 Q4")


def test_every_process_and_exchange_is_there_by_group(uslci_extract: Extract) -> None:
    assert len(uslci_extract.processes) == 631
    assert len({process["code"] for process in uslci_extract.processes}) == 631
    kinds = Counter(
        (item["type"], item.get("waste", False))
        for process in uslci_extract.processes
        for item in process["exchanges"]
    )
    assert kinds == {
        ("production", False): 631 + 182,
        ("technosphere", False): 6581 - 838,
        ("technosphere", True): 193,
        ("biosphere", False): 24863 + 4197 + 838,
    }
    assert kinds.total() == 36647


def test_every_process_has_its_reference(uslci_extract: Extract) -> None:
    assert all(
        sum(item.get("reference", False) for item in process["exchanges"]) == 1
        for process in uslci_extract.processes
    )
    assert all(process["unit"] and process["reference product"] for process in uslci_extract.processes)


def test_cut_offs_of_the_file_are_marked(uslci_extract: Extract) -> None:
    cut = Counter(
        item["type"]
        for process in uslci_extract.processes
        for item in process["exchanges"]
        if item.get("cut-off")
    )
    assert cut == {"technosphere": 1975 + 70 + 72, "production": 1}


def test_numbers_identify_products_so_that_inputs_find_their_suppliers(uslci_extract: Extract) -> None:
    items = [item for process in uslci_extract.processes for item in process["exchanges"]]
    made = {item["product"] for item in items if item["type"] == "production"}
    wanted = [item for item in items if item["type"] == "technosphere" and not item.get("waste")]
    assert sum(item["product"] in made for item in wanted) == 3590
    assert sum(item["product"] not in made and not item.get("cut-off") for item in wanted) == 109


def test_flows_have_compartments_of_the_nomenclature(uslci_extract: Extract) -> None:
    assert {flow["categories"][0] for flow in uslci_extract.flows} == {
        "air",
        "water",
        "soil",
        "natural resource",
    }
    land = [flow for flow in uslci_extract.flows if flow["name"].startswith("Transformation")]
    assert {flow["categories"] for flow in land} == {("natural resource", "land")}


def test_years_are_those_that_the_data_stand_for(uslci_extract: Extract) -> None:
    years = Counter(process.get("year") for process in uslci_extract.processes)
    assert years[None] == 24  # five without a period, the others in the years 1900 and 9999
    assert years[2010] == 227  # written by openLCA as 2009-12-31-07:00
    assert max(year for year in years if year) == 2023


def test_the_tolerant_road_is_taken_and_told(uslci_extract: Extract) -> None:
    assert uslci_extract.reader == "tanbiao"
    assert codes(uslci_extract) == [
        "ecospold-bw2io-refused",
        "ecospold-cas-unreadable",
        "ecospold-land",
        "ecospold-uncertainty-left-out",
    ]
    counts = {notice.code: dict(notice.details)["count"] for notice in uslci_extract.notices}
    assert counts["ecospold-land"] == "838"
    assert "facet" in uslci_extract.notices[0].message("en")


def test_a_mapping_mends_the_smelters_electricity(uslci_extract: Extract, tmp_path: Path) -> None:
    """The repair is one row: what is asked for in kWh is the dataset's "MJ" one to one."""
    name = "Electricity, aluminum smelting and ingot casting regions"
    repairs = Repairs(links={(name, "kWh", "RNA"): LinkRepair("69021", 1.0, "")})
    extract = deepcopy(uslci_extract)
    content = assemble(extract, HEAD, Options(), repairs, lambda *_: None, ("uslci.zip", "0" * 64))
    write_release(tmp_path / HEAD.identifier, HEAD, content, lambda *_: None)
    mended = open_release(tmp_path / HEAD.identifier)
    at = mended.catalogue.get("79311").position

    def score(part: str) -> float:
        return float(mended.scores(f"gwp100-ar6.{part}")[at])

    assert score("total") == pytest.approx(14.2, rel=0.02)
    assert score("gas-other") == pytest.approx(2.9, rel=0.02)
    assert mended.report()["counts"]["linked"] > 0
