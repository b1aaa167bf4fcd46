"""SimaPro CSV: one invented file through both roads, its rows by hand, and files that are broken on purpose."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tablemaking import FILES, detected, outcome, read_bytes, read_path

from databases.importers import simapro
from databases.importers.shape import Extract

BRICKS = FILES / "simapro" / "bricks.csv"
HEAD = "{SimaPro 9.1}\n{Project: Mine}\n{CSV separator: Semicolon}\n{Decimal separator: .}\n\n"
ONE = "Process\n\nProcess identifier\nP1\n\nProducts\nThing {CN}| making | U;kg;1;100;x;A\\B;\n\n"


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Extract:
    """The invented file by our own reader."""
    monkeypatch.setattr(simapro, "_through_bw2io", lambda *_: None)
    return read_path(simapro.read, BRICKS, tmp_path)


def exchange(extract: Extract, name: str, kind: str = "") -> dict:
    found = [
        item
        for process in extract.processes
        for item in process["exchanges"]
        if item["name"].startswith(name) and kind in ("", item["type"])
    ]
    assert len(found) == 1, name
    return found[0]


def read_text(text: str, folder: Path, encoding: str = "utf-8") -> Extract:
    return read_bytes(simapro.read, text.encode(encoding), folder, "export.csv")


def test_both_roads_give_the_same_dictionaries(
    ours: Extract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    theirs = read_path(simapro.read, BRICKS, tmp_path)
    assert (ours.reader, theirs.reader) == ("tanbiao", "bw2io")
    assert theirs.processes == ours.processes
    assert theirs.flows == ours.flows
    assert not ours.notices and not theirs.notices
    assert list(tmp_path.iterdir()) == []


def test_processes_are_as_the_file_says(ours: Extract) -> None:
    bricks, rubble = ours.processes
    assert (
        bricks["code"],
        bricks["name"],
        bricks["reference product"],
        bricks["location"],
        bricks["unit"],
    ) == (
        "TANBIAO000000001",
        "Brick making, invented",
        "Brick, invented",
        "CN",
        "kg",
    )
    assert bricks["year"] == 2019
    assert bricks["classifications"] == ["Construction", "Bricks"]
    assert bricks["comment"] == "An invented process; figures for tests only."
    assert ours.head["name"] == "Invented bricks"
    assert rubble["exchanges"][0]["waste"] is True


def test_products_avoided_products_and_waste(ours: Extract) -> None:
    main = exchange(ours, "Brick, invented", "production")
    dust = exchange(ours, "Brick dust", "production")
    assert (main["allocation"], main["reference"]) == (0.8, True)
    assert (dust["allocation"], dust["reference"], dust["amount"]) == (0.2, False, 0.1)
    avoided = exchange(ours, "Sand", "substitution")
    assert (avoided["amount"], avoided["location"]) == (0.05, "GLO")
    handed_over = exchange(ours, "Rubble", "technosphere")
    assert handed_over["waste"] is True and handed_over["amount"] == 0.02
    assert handed_over["product"] == exchange(ours, "Rubble", "production")["product"]


def test_a_formula_is_evaluated_and_a_comma_is_a_point(ours: Extract) -> None:
    assert exchange(ours, "Sand", "technosphere")["amount"] == pytest.approx(0.2, rel=1e-15)
    assert exchange(ours, "Electricity")["location"] == "CN"


def test_flows_have_compartment_and_cas(ours: Extract) -> None:
    carbon = exchange(ours, "Carbon dioxide")
    assert carbon["categories"] == ("air", "non-urban air or from high stacks")
    assert carbon["CAS number"] == "124-38-9"
    assert {flow["code"] for flow in ours.flows} >= {carbon["flow"]}
    assert exchange(ours, "Clay")["categories"] == ("natural resource", "in ground")
    assert exchange(ours, "Waste, inert")["type"] == "biosphere"


def test_distributions_by_the_keys_of_stats_arrays(ours: Extract) -> None:
    clay = exchange(ours, "Clay")
    assert clay["uncertainty type"] == 2
    assert clay["scale"] == pytest.approx(math.log(1.1))
    assert exchange(ours, "Electricity")["scale"] == pytest.approx(0.2)
    heat = exchange(ours, "Heat")
    assert (heat["uncertainty type"], heat["minimum"], heat["maximum"]) == (5, 2.0, 3.0)
    assert exchange(ours, "Carbon dioxide")["uncertainty type"] == 4


@pytest.mark.parametrize(
    ("name", "plain", "place"),
    [
        ("Aluminium, ingot {CN}| production | Cut-off, U", "Aluminium, ingot", "CN"),
        ("Electricity mix {RoW}| market | APOS, S", "Electricity mix", "RoW"),
        ("Steel, at plant/RER U", "Steel, at plant", "RER"),
        ("Steel, at plant/CN-JS S", "Steel, at plant", "CN-JS"),
        ("Water, km/h meter", "Water, km/h meter", ""),
        ("{CN} only", "{CN} only", ""),
    ],
)
def test_the_place_in_a_name(name: str, plain: str, place: str) -> None:
    assert simapro.place_of(name) == (plain, place)


def test_a_formula_that_cannot_be_evaluated_is_told_and_kept(tmp_path: Path) -> None:
    text = (
        HEAD
        + ONE
        + "Materials/fuels\nSand;kg;__import__('os').getpid();Undefined;0;0;0;\nClay;kg;9^9^9;;;;;\n\nEnd\n"
    )
    extract = read_text(text, tmp_path)
    amounts = [item["amount"] for item in extract.processes[0]["exchanges"] if item["type"] == "technosphere"]
    assert len(amounts) == 2 and all(math.isnan(amount) for amount in amounts)
    assert [(notice.severity, notice.code) for notice in extract.notices] == [
        ("error", "simapro-formula")
    ] * 2
    assert extract.reader == "tanbiao"


def test_parameters_in_a_circle_are_told(tmp_path: Path) -> None:
    text = HEAD + ONE + "Materials/fuels\nSand;kg;a;;;;;\n\nCalculated parameters\na;b*2;\nb;a*2;\n\nEnd\n"
    extract = read_text(text, tmp_path)
    assert [notice.code for notice in extract.notices] == ["simapro-parameter"] * 2 + ["simapro-formula"]


def test_local_parameters_hide_those_of_the_project(tmp_path: Path) -> None:
    text = (
        HEAD
        + ONE
        + "Materials/fuels\nSand;kg;SHARE+other;;;;;\n\nInput parameters\nshare;2;;;;;No;\n\nEnd\n"
        + "Project Input parameters\nshare;5;;;;;No;\nother;1;;;;;No;\n\nEnd\n"
        + "Database Input parameters\nother;7;;;;;No;\n\nEnd\n"
    )
    extract = read_text(text, tmp_path)
    assert extract.processes[0]["exchanges"][1]["amount"] == 3.0


def test_a_waste_scenario_shares_out_what_it_treats(tmp_path: Path) -> None:
    text = (
        HEAD
        + "Process\n\nWaste scenario\nMixed waste {CN};kg;2;All waste types;Others;\n\n"
        + "Separated waste\nRecycling {CN};Glass;25;\n\nRemaining waste\nLandfill {CN};All waste types;75%;\n\nEnd\n"
    )
    extract = read_text(text, tmp_path)
    made, first, second = extract.processes[0]["exchanges"]
    assert made["waste"] and made["type"] == "production"
    assert [(item["amount"], item["unit"], item["waste"]) for item in (first, second)] == [
        (0.5, "kg", True),
        (1.5, "kg", True),
    ]


def test_amount_before_unit_is_understood(tmp_path: Path) -> None:
    extract = read_text(HEAD + ONE + "Materials/fuels\nSand;0.5;kg;Undefined;0;0;0;\n\nEnd\n", tmp_path)
    sand = extract.processes[0]["exchanges"][1]
    assert (sand["amount"], sand["unit"]) == (0.5, "kg")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = HEAD + ONE.replace("Thing", "Kölner Töpfe") + "End\n"
    assert read_text(text, tmp_path, encoding).processes[0]["reference product"] == "Kölner Töpfe"


@pytest.mark.parametrize(("word", "mark"), [("Semicolon", ";"), ("Comma", ","), ("Tab", "\t")])
def test_separators(word: str, mark: str, tmp_path: Path) -> None:
    text = (HEAD + ONE + "End\n").replace("Semicolon", word).replace(";", mark)
    assert read_text(text, tmp_path).processes[0]["unit"] == "kg"


def test_equal_identifiers_stay_two_processes(tmp_path: Path) -> None:
    extract = read_text(HEAD + ONE + "End\n" + ONE + "End\n", tmp_path)
    assert [process["code"] for process in extract.processes] == ["P1", "P1"]


def test_no_product_no_end_and_other_blocks_are_told(tmp_path: Path) -> None:
    text = (
        HEAD
        + "Product stage\n\nProducts\nX;p;1;\n\nEnd\n"
        + "Process\n\nProcess identifier\nP9\n\nMaterials/fuels\nSand;kg;1;;;;;\n"
    )
    extract = read_text(text, tmp_path)
    assert {notice.code for notice in extract.notices} == {
        "simapro-block-skipped",
        "simapro-unended",
        "simapro-no-product",
    }
    assert extract.processes[0]["code"] == "P9"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "simapro-not"),
        (b"name;unit\nx;kg\n", "simapro-not"),
        (b"{SimaPro 9}\n\0\0Process\n", "simapro-not"),
        ((HEAD + "End\n").encode(), "simapro-nothing"),
        (HEAD.replace("Semicolon", "Banana").encode(), "simapro-separators"),
        (
            HEAD.replace("Semicolon", "Comma").replace("separator: .", "separator: ,").encode(),
            "simapro-separators",
        ),
    ],
)
def test_refusals(data: bytes, code: str, tmp_path: Path) -> None:
    assert outcome(simapro.read, data, tmp_path, "export.csv") == code


def test_it_is_recognised_by_its_head(tmp_path: Path) -> None:
    assert detected(simapro.detects, BRICKS.read_bytes(), tmp_path, "any.csv")
    assert not detected(simapro.detects, b"{json: 1}", tmp_path, "any.csv")
    assert not detected(simapro.detects, BRICKS.read_bytes(), tmp_path, "any.xml")


def library_calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the extractor is given from now on: an error in it would pass for a file that it refuses."""
    from bw2io.extractors.simapro_csv import SimaProCSVExtractor

    calls: list[object] = []
    original = SimaProCSVExtractor.get_global_parameters
    monkeypatch.setattr(
        SimaProCSVExtractor,
        "get_global_parameters",
        lambda lines, head: calls.append(lines) or original(lines, head),
    )
    return calls


def test_what_bw2io_would_evaluate_is_kept_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = library_calls(monkeypatch)
    for cell in ("9**9**9", "9* *9", "exp(9)", "[1]*9", "open('x')", "a" * 200):
        text = HEAD + ONE + f"Materials/fuels\nSand;{cell};1;Undefined;0;0;0;\n\nEnd\n"
        assert read_text(text, tmp_path).reader == "tanbiao"
    assert calls == []
    assert read_text(HEAD + ONE + "End\n", tmp_path).reader == "bw2io"
    assert calls


SECTIONS = [
    "Products",
    "Resources",
    "Materials/fuels",
    "Waste treatment",
    "Separated waste",
    "Input parameters",
    "End",
    "",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(SECTIONS), st.text(alphabet="ab;,1.%{}|\"'*^(\\\x7fé\n", max_size=30)),
        max_size=25,
    )
)
def test_any_lines_give_processes_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    text = HEAD + "Process\n\n" + "\n".join(lines)
    assert outcome(simapro.read, text.encode(), folder, "export.csv") in (
        "extract",
        "simapro-nothing",
        "text-rows-damaged",
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1900), st.binary(max_size=6))
def test_any_damage_gives_processes_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, at: int, damage: bytes
) -> None:
    data = BRICKS.read_bytes()
    broken = data[:at] + damage + data[at + len(damage) + 1 :]
    codes = (
        "extract",
        "simapro-not",
        "simapro-nothing",
        "simapro-separators",
        "source-archive-damaged",  # a text that begins as a zip file does
        "text-not-text",
        "text-rows-damaged",
    )
    assert outcome(simapro.read, broken, tmp_path_factory.mktemp("fuzz"), "export.csv") in codes


@pytest.mark.parametrize(
    "hidden",
    [
        "Comment\nProject Calculated parameters\nboom;sum(range(9));x;\n",
        "Comment\nInput parameters;;\nboom;sum(range(9));\n",
        "Literature references\nnone\nMaterials/fuels;see below\nSand;kg;sum(range(9));Undefined;0;0;0;\n",
    ],
)
def test_a_section_that_only_bw2io_sees_is_kept_from_it(
    hidden: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands inside a text of a process, and in blocks that are no processes, is never evaluated."""
    calls = library_calls(monkeypatch)
    assert read_text(HEAD + ONE + hidden + "\nEnd\n", tmp_path).reader == "tanbiao"
    assert calls == []


def test_other_blocks_do_not_reach_bw2io(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = library_calls(monkeypatch)
    other = "Stage\nx\nProject Calculated parameters\nboom;9;x;\n\nEnd\n\n"
    extract = read_text(HEAD + ONE + "End\n\n" + other, tmp_path)
    assert extract.reader == "bw2io"
    assert calls and "boom" not in str(calls)


def test_a_name_full_of_blanks_has_no_place(tmp_path: Path) -> None:
    blanks = "a" + " " * 200_000 + "b"
    assert simapro.place_of(blanks) == (blanks, "")
    text = HEAD + ONE + f"Materials/fuels\nSand;{blanks};1;Undefined;0;0;0;\n\nEnd\n"
    assert read_text(text, tmp_path).reader == "tanbiao"
