"""Fact tables: what is refused, and what an amount is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from databases.facts import FactsInvalid, amount, brightway_datasets, default_folder, read_facts

Tables = dict[str, list[str]]
Write = Callable[[Tables], Path]


def test_the_small_tables_are_read(small_facts: Path) -> None:
    facts = read_facts(small_facts)
    assert sorted(facts.datasets) == ["billet", "flight", "power", "scrap"]
    assert {gwp_set for gwp_set, flow in facts.gwp if flow == "co2e-ar5"} == {"AR5"}
    assert facts.gwp["AR6", "ch4-biogenic"] == 27.0


@pytest.mark.parametrize(
    ("published", "multiply", "divide", "expected"),
    [
        ("0.6205", "1", "1", 0.6205),
        ("2598.26", "1", "1000", 2.59826),
        ("3.8528", "1", "28000", 0.0001376),
        ("1", "1", "3", 1 / 3),
        ("0.1", "3", "", 0.3),
        ("-1.5e3", "", "", -1500.0),
        ("8.1", "1", "10", 0.81),
    ],
)
def test_an_amount_is_rounded_once(published: str, multiply: str, divide: str, expected: float) -> None:
    assert amount({"published": published, "multiply": multiply, "divide": divide}) == expected


def test_datasets_take_the_shape_of_brightway(small_facts: Path) -> None:
    billet = brightway_datasets(read_facts(small_facts), "small")[0]
    assert (billet["code"], billet["unit"], billet["location"]) == ("billet", "kg", "CN")
    assert [(e["type"], e["code"], e["amount"], e["unit"]) for e in billet["exchanges"]] == [
        ("production", "billet", 1.0, "kg"),
        ("technosphere", "power", 14.0, "kWh"),
        ("biosphere", "co2-fossil", 2.5, "kg"),
        ("technosphere", "scrap", 0.25, "kg"),
    ]


BREAKS = {
    "second code": ("datasets/one.csv", "scrap,废铝,Scrap", "power,废铝,Scrap", "'power' is already at"),
    "code form": ("datasets/one.csv", "scrap,废铝", "Sc rap,废铝", "'Sc rap' is not of the form"),
    "no source": ("datasets/one.csv", "grid,doc,t", "grid,,t", "source is empty"),
    "unknown source": (
        "exchanges/one.csv",
        "14,kWh/kg,1,1,,doc",
        "14,kWh/kg,1,1,,dok",
        "source 'dok' is unknown",
    ),
    "no locator": ("exchanges/one.csv", "per t,doc,t,P", "per t,doc,,P", "locator is empty"),
    "certainty": ("exchanges/one.csv", "per t,doc,t,P", "per t,doc,t,X", "certainty 'X' is unknown"),
    "unknown input": ("exchanges/one.csv", "billet,power", "billet,powder", "input 'powder' is unknown"),
    "unknown dataset": ("exchanges/one.csv", "billet,power", "bullet,power", "dataset 'bullet' is unknown"),
    "own input": ("exchanges/one.csv", "billet,power", "billet,billet", "'billet' is its own input"),
    "text": ("exchanges/one.csv", "billet,power,14", "billet,power,many", "published 'many' is not a number"),
    "infinite": (
        "exchanges/one.csv",
        "billet,power,14",
        "billet,power,inf",
        "published 'inf' is not a number",
    ),
    "divide": ("exchanges/one.csv", "2500,kg/t,1,1000", "2500,kg/t,1,0", "divide is zero"),
    "twice": (
        "exchanges/one.csv",
        "billet,scrap,0.25,kg/kg,,,",
        "billet,power,14,kWh/kg,1,1,",
        "same exchange",
    ),
    "no exchange": ("exchanges/one.csv", "power,co2e-ar5", "billet,co2e-ar5", "'power' has no exchange"),
    "kind": ("datasets/one.csv", "electricity,mix", "power,mix", "kind 'power' is unknown"),
    "place": ("datasets/one.csv", "CN-JS", "CN-ZZ", "place 'CN-ZZ' is unknown"),
    "unit": ("datasets/one.csv", "kWh", "度", "unit '度' is unknown"),
    "year": ("datasets/one.csv", "mix,CN-JS,2024", "mix,CN-JS,24", "year '24' is not a year"),
    "boundary": ("datasets/one.csv", "life-cycle", "whole", "boundary 'whole' is unknown"),
    "flag": ("datasets/one.csv", "life-cycle,1,1", "life-cycle,yes,1", "complete 'yes' is unknown"),
    "cells": ("datasets/one.csv", "doc,t,M,,", "doc,t,M", "16 cells in place of 18"),
    "part": ("flows.csv", "air,,land-use-change", "air,,soil", "part 'soil' is unknown"),
    "aircraft": ("flows.csv", "land-use-change,CO2,0", "land-use-change,CO2,1", "an aircraft flow is fossil"),
    "gwp missing": (
        "gwp.csv",
        "AR6,ch4-biogenic",
        "AR6,ch4-other",
        "'ch4-biogenic' has factors in 1 GWP set(s), not 2",
    ),
    "gwp twice": ("gwp.csv", "AR6,ch4-biogenic", "AR5,ch4-biogenic", "a second AR5 factor"),
    "gwp unbound": (
        "gwp.csv",
        "AR6,ch4-biogenic",
        "AR6,co2e-ar5",
        "'co2e-ar5' has factors in 2 GWP set(s), not 1",
    ),
    "date": ("sources.csv", "2024-01-02", "02.01.2024", "is not an ISO date"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_table_that_contradicts_itself_is_refused(name: str, write_tables: Write, tables: Tables) -> None:
    file, old, new, problem = BREAKS[name]
    text = "\n".join(tables[file])
    assert old in text
    tables[file] = text.replace(old, new).split("\n")
    with pytest.raises(FactsInvalid) as caught:
        read_facts(write_tables(tables))
    assert any(problem in line for line in caught.value.problems), caught.value.problems


def test_all_problems_come_at_once_with_file_and_line(write_tables: Write, tables: Tables) -> None:
    tables["exchanges/one.csv"][1] = "billet,powder,14,kWh/kg,1,1,,doc,t,P"
    tables["datasets/one.csv"][0] = tables["datasets/one.csv"][0].replace("kWh", "度")
    tables["sources.csv"].append(tables["sources.csv"][0])
    with pytest.raises(FactsInvalid) as caught:
        read_facts(write_tables(tables))
    assert [line.split(": ")[0] for line in caught.value.problems] == [
        "sources.csv:3",
        "datasets/one.csv:2",
        "exchanges/one.csv:3",
    ]


def test_missing_tables_and_wrong_columns_are_named(small_facts: Path) -> None:
    (small_facts / "gwp.csv").unlink()
    (small_facts / "exchanges" / "one.csv").unlink()
    (small_facts / "flows.csv").write_text("code,name\n", encoding="utf-8")
    with pytest.raises(FactsInvalid) as caught:
        read_facts(small_facts)
    problems = "\n".join(caught.value.problems)
    assert "gwp.csv: the table is missing" in problems
    assert "exchanges/: no table here" in problems
    assert "flows.csv: the columns must be code,name_zh" in problems


def test_the_digest_follows_the_content_not_the_line_ends(small_facts: Path) -> None:
    before = read_facts(small_facts).digest
    file = small_facts / "exchanges" / "one.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_facts(small_facts).digest == before
    file.write_text(file.read_text(encoding="utf-8-sig").replace("0.25", "0.26"), encoding="utf-8")
    assert read_facts(small_facts).digest != before


def test_the_tables_of_the_project_are_valid_and_large_enough() -> None:
    assert len(read_facts(default_folder()).datasets) >= 250
