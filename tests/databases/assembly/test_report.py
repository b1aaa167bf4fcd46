"""The import report: there and back as JSON, and counts that must add up."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from databases.assembly.report import (
    COUNTS,
    Allocated,
    Candidate,
    ImportReport,
    Loop,
    ProviderChoice,
    Trouble,
    Uncharacterised,
    Unlinked,
)
from databases.notices import Notice

REPORT = ImportReport(
    release="small-1",
    format="ecospold1",
    reader="bw2io",
    source="small.zip",
    source_sha256="ab" * 32,
    options={"allocation": "mass"},
    counts={
        "processes_read": 4,
        "datasets": 4,
        "co_products": 1,
        "merged": 1,
        "merged_technosphere": 2,
        "exchanges_read": 20,
        "production": 5,
        "technosphere": 10,
        "avoided": 1,
        "biosphere": 4,
        "not_finite": 1,
        "linked": 4,
        "unlinked": 2,
        "cut_off": 1,
        "unscaled": 1,
        "flows": 3,
        "flows_characterised": 2,
    },
    matches={"identifier": 1, "cas": 1},
    unlinked=(
        Unlinked(
            "steel",
            "kg",
            "RNA",
            "no-supplier",
            2,
            1,
            3.5,
            "p1",
            (Candidate("s1", "steel, hot rolled", "RNA", "kg", 0.71),),
        ),
    ),
    cut_off=(Unlinked("scrap", "kg", "", "cut-off-by-file", 1, 1, 1.0, "p2"),),
    choices=(ProviderChoice("power", "kWh", "", "best", 3, ("e1",), ("e1", "e2")),),
    allocations=(
        Allocated("dairy", "Dairy", "mass", "mass", (("cheese", "dairy", 0.25), ("whey", "dairy.w", 0.75))),
    ),
    uncharacterised=(Uncharacterised("dust", "dust", "air", "", "kg", 4.0, 2, False),),
    loops=(Loop(0.97, ("p1", "p2")),),
    troubles=(Trouble("self-loop", "p1", "P1", "0.1", "kept"),),
    left_rows=(("Sheet!3", "no-factor"),),
    notices=(Notice.warning("allocation-for-nothing", "x"),),
)


def test_a_report_is_the_same_after_json() -> None:
    text = json.dumps(REPORT.as_dict(), ensure_ascii=False, sort_keys=True)
    assert ImportReport.from_dict(json.loads(text)) == REPORT


def test_an_empty_report_is_the_same_after_json() -> None:
    empty = ImportReport("r", "f", "tanbiao", "s", "", {}, dict.fromkeys(COUNTS, 0), {})
    assert ImportReport.from_dict(json.loads(json.dumps(empty.as_dict()))) == empty
    assert empty.check() == []


def test_counts_add_up() -> None:
    assert REPORT.check() == []


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_that_is_missing_is_told(name: str) -> None:
    counts = {key: value for key, value in REPORT.counts.items() if key != name}
    assert f"{name} is missing" in replace(REPORT, counts=counts).check()


@pytest.mark.parametrize("name", sorted(set(REPORT.counts) - {"avoided"}))
def test_no_count_can_be_wrong_unnoticed(name: str) -> None:
    counts = {**REPORT.counts, name: REPORT.counts[name] + 1}
    assert replace(REPORT, counts=counts).check()


@pytest.mark.parametrize("name", ["unlinked", "cut_off", "allocations", "uncharacterised"])
def test_no_list_can_lose_a_row_unnoticed(name: str) -> None:
    problems = replace(REPORT, **{name: ()}).check()
    assert len(problems) == 1


def test_more_avoided_than_products_is_told() -> None:
    assert replace(REPORT, counts={**REPORT.counts, "avoided": 11}).check()
