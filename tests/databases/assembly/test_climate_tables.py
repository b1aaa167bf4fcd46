"""The tables of greenhouse gases: published figures, provenance, agreement with the starter release's tables."""

import re
from collections import Counter
from uuid import UUID

import pytest

from databases.assembly import climate_tables as tables
from databases.assembly import compartments, origins
from databases.facts import CERTAINTIES, GASES, default_folder, read_facts
from databases.release import GWP_SETS, PARTS

GASES_READ = tables.rows("gases")


@pytest.mark.parametrize(
    ("gas", "ar5", "ar6"),
    [  # (GWP100, GWP20): IPCC AR5 WGI Table 8.A.1; AR6 WGI Tables 7.15 and 7.SM.7
        ("co2", (1, 1), (1, 1)),
        ("ch4-fossil", (28, 84), (29.8, 82.5)),
        ("ch4-biogenic", (28, 84), (27.0, 79.7)),
        ("n2o", (265, 264), (273, 273)),
        ("sf6", (23500, 17500), (25200, 18300)),
        ("nf3", (16100, 12800), (17400, 13400)),
        ("so2f2", (4090, 6840), (4630, 7510)),
        ("cf4", (6630, 4880), (7380, 5300)),
        ("c2f6", (11100, 8210), (12400, 8940)),
        ("hfc-23", (12400, 10800), (14600, 12400)),
        ("hfc-32", (677, 2430), (771, 2690)),
        ("hfc-125", (3170, 6090), (3740, 6740)),
        ("hfc-134a", (1300, 3710), (1530, 4140)),
        ("hcfc-22", (1760, 5280), (1960, 5690)),
        ("cfc-11", (4660, 6900), (6230, 8320)),
        ("cfc-12", (10200, 10800), (12500, 12700)),
        ("halon-1301", (6290, 7800), (7200, 8320)),
        ("carbon-tetrachloride", (1730, 3480), (2200, 3810)),
        ("methyl-bromide", (2, 9), (2.43, 8.74)),
        ("hfe-347mcc3", (530, 1910), (576, 2020)),
    ],
)
def test_published_figures(gas: str, ar5: tuple[float, float], ar6: tuple[float, float]) -> None:
    gwp = tables.gases()[gas].gwp
    assert (gwp["AR5", 100], gwp["AR5", 20]) == ar5
    assert (gwp["AR6", 100], gwp["AR6", 20]) == ar6


def test_two_hundred_gases_of_every_family() -> None:
    codes = {row["code"] for row in GASES_READ}
    assert len(codes) == len(GASES_READ) >= 200
    for family, least in {"cfc-": 10, "hcfc-": 18, "hfc-": 24, "hfo-": 10, "hfe-": 30, "halon-": 8}.items():
        assert sum(code.startswith(family) for code in codes) >= least, family


@pytest.mark.parametrize("row", GASES_READ, ids=lambda row: str(row["code"]))
def test_every_figure_has_its_source_its_place_and_a_mark(row: tables.Row) -> None:
    assert row["name_zh"] and row["name_en"] and row["formula"]
    assert row["class"] in GASES - {"unspecified"}
    given = 0
    for gwp_set in ("ar5", "ar6"):
        figures = [row[f"{gwp_set}_gwp{years}"] for years in tables.GWP_YEARS]
        told = [row[f"{gwp_set}_{column}"] for column in ("source", "locator", "certainty", "certainty_20")]
        assert len({bool(text) for text in figures + told}) == 1, "a pair of figures is whole or missing"
        if figures[0]:
            given += 1
            assert all(float(figure) > 0 for figure in figures)
            assert told[0] in tables.sources()
            assert {told[2], told[3]} <= CERTAINTIES
    assert given, "a gas with no figure at all"


def test_cas_numbers_are_right_and_tell_gases_apart() -> None:
    numbers = [row["cas"] for row in GASES_READ if row["cas"]]
    for number in numbers:
        digits = number.replace("-", "")
        check = sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), start=1)) % 10
        assert check == int(digits[-1]), number
    assert {number for number, count in Counter(numbers).items() if count > 1} == {"74-82-8"}


def test_the_tables_agree_with_the_starter_release() -> None:
    facts = read_facts(default_folder())
    known = {target.code: target for target in tables.targets()}
    for code, flow in facts.flows.items():
        target = known[code]
        assert (target.part, target.gas) == (flow["part"], flow["gas"]), code
        assert target.aircraft == (flow["aircraft"] == "1"), code
        assert target.cas == flow["cas"], code
        for gwp_set in GWP_SETS:
            assert target.factor.get((gwp_set, 100)) == facts.gwp.get((gwp_set, code)), (code, gwp_set)
    assert len(facts.flows) == 35


def test_targets_are_of_known_parts_origins_and_gases() -> None:
    codes = [target.code for target in tables.targets()]
    assert len(codes) == len(set(codes))
    for target in tables.targets():
        assert target.part in PARTS and target.gas in GASES
        assert target.origin in ("", *origins.ORIGINS)
        assert not target.aircraft or target.part == "fossil"
        assert target.factor
    assert {target.species for target in tables.targets()} - {""} == set(tables.synonyms())


def test_a_figure_that_rests_on_one_set_counts_in_no_other() -> None:
    bound = {target.code: dict(target.factor) for target in tables.targets() if target.gas == "unspecified"}
    assert bound["co2e-ar5"] == {("AR5", 100): 1.0}
    assert bound["co2e-ar6-biogenic"] == {("AR6", 100): 1.0}
    assert len(bound) == 6


def test_a_name_means_one_gas() -> None:
    tokens = [origins.token(row["name"]) for row in tables.rows("synonyms")]
    assert [token for token, count in Counter(tokens).items() if count > 1] == []
    assert all(tokens)
    chinese = {row["gas"] for row in tables.rows("synonyms") if re.search("[\u4e00-\u9fff]", row["name"])}
    assert len(chinese) > 200


def test_words_of_origin_and_of_compartments_are_ours() -> None:
    for row in tables.rows("cues"):
        assert row["origin"] in ("", *origins.ORIGINS)
        assert bool(row["origin"]) != (row["aircraft"] == "1")
    for row in tables.rows("compartments"):
        assert row["role"] in ("", "emission", "resource", "below", "other")
        assert row["medium"] in ("", "air", "water", "soil", "other")
    for table in ("cues", "compartments"):
        phrases = [row["phrase"] for row in tables.rows(table)]
        assert len(phrases) == len(set(phrases))


def test_identifiers_name_flows_that_read_as_their_target() -> None:
    known = {target.code: target for target in tables.targets()}
    rows = tables.rows("identifiers")
    assert len({UUID(row["identifier"]) for row in rows}) == len(rows) > 30
    for row in rows:
        name, *path = row["flow"].split(" / ")
        target = known[row["target"]]
        assert origins.read(name, compartments.of(path)).origin == target.origin, row
        assert target.aircraft == (compartments.of(path) == ("air", "upper") and target.part == "fossil"), row
