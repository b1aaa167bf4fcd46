"""Elementary flows of every format, matched to greenhouse gases by stated rules."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.assembly import climate_tables, compartments, elementary, methods, origins
from databases.assembly.compartments import Compartment
from databases.assembly.elementary import Match, Target, Targets, looks_like_greenhouse_gas, match
from databases.importers.shape import cas_number

CODES = [target.code for target in climate_tables.targets()]


def flow(name: str, *categories: str, **more: Any) -> dict[str, Any]:
    return {"code": "a flow", "name": name, "categories": categories, "unit": "kg"} | more


def climate_match(*flows: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    """(target code, step, what was assumed) of each flow; the code is empty where there is none."""
    found = match(flows, methods.climate_targets())
    return [(CODES[one.target] if one.target >= 0 else "", one.step, one.assumed) for one in found]


@pytest.mark.parametrize(
    ("categories", "medium", "sub"),
    [
        (("air", "urban air close to ground"), "air", "urban"),
        (("air", "non-urban air or from high stacks"), "air", "rural"),
        (("air", "low population density, long-term"), "air", "rural-long-term"),
        (("air", "lower stratosphere + upper troposphere"), "air", "upper"),
        (("air",), "air", ""),
        (("natural resource", "in air"), "resource", "air"),
        (("natural resource", "in ground"), "resource", "soil"),
        (("natural resource", "land"), "resource", "land"),
        (("soil", "agricultural"), "soil", "agricultural"),
        (("water", "ground-, long-term"), "water", "ground-long-term"),
        (("water", "ground-"), "water", "ground"),
        (("Elementary flows", "Emission to air", "high population density"), "air", "urban"),
        (("Elementary flows", "Resource", "in water"), "resource", "water"),
        (("Elementary flows", "emission/air/troposphere/rural"), "air", "rural"),
        (("emission", "air", "stratosphere"), "air", "upper"),
        (("emission", "water", "subterranean"), "water", "ground"),
        (("resource", "ground", "subterranean"), "resource", "soil"),
        (("Emissions", "Emissions to air", "Emissions to urban air close to ground"), "air", "urban"),
        (
            ("Emissions", "Emissions to air", "Emissions to air, unspecified (long-term)"),
            "air",
            "rural-long-term",
        ),
        (("Resources", "Resources from air", "Renewable element resources from air"), "resource", "air"),
        (("Resources", "Non-renewable energy resources from ground"), "resource", "soil"),
        (("Emissions to air", "low. pop."), "air", "rural"),
        (("Emissions to air", "stratosphere + troposphere"), "air", "upper"),
        (("Raw materials", "in air"), "resource", "air"),
        (("Emissions to water", "groundwater, long-term"), "water", "ground-long-term"),
        (("Final waste flows",), "other", ""),
        (("大气",), "air", ""),
        (("自然资源", "in air"), "resource", "air"),
        ((), "", ""),
        (("no word we know",), "", ""),
    ],
)
def test_compartments_of_every_format(categories: tuple[str, ...], medium: str, sub: str) -> None:
    assert compartments.of(categories) == Compartment(medium, sub)


@pytest.mark.parametrize(
    ("name", "substance", "origin"),
    [
        ("Carbon dioxide, fossil", "carbondioxide", "fossil"),
        ("Carbon dioxide, non-fossil", "carbondioxide", "biogenic"),
        ("Methane, from soil or biomass stock", "methane", "land-use"),
        ("Carbon dioxide, to soil or biomass stock", "carbondioxide", "to-stock"),
        ("carbon dioxide (land use change)", "carbondioxide", "land-use"),
        ("carbon dioxide (biogenic-100yr)", "carbondioxide", "biogenic"),
        ("Carbon dioxide, land transformation", "carbondioxide", "land-use"),
        ("Carbon dioxide, peat oxidation", "carbondioxide", "land-use"),
        ("Carbon dioxide (biotic)", "carbondioxide", "biogenic"),
        ("Methane", "methane", ""),
        ("二氧化碳（生物源）", "二氧化碳", "biogenic"),
        ("甲烷（化石来源）", "甲烷", "fossil"),
        ("二氧化碳（直接土地利用变化）", "二氧化碳", "land-use"),
        ("Carbon dioxide, in air", "carbondioxide", ""),  # as an emission these words say nothing
    ],
)
def test_words_of_origin(name: str, substance: str, origin: str) -> None:
    assert origins.read(name, Compartment("air"))[:2] == (substance, origin)


@pytest.mark.parametrize(
    ("given", "target", "step", "assumed"),
    [  # ecoinvent 2 and 3
        (flow("Carbon dioxide, fossil", "air", "unspecified"), "co2-fossil", "name", ()),
        (
            flow("Carbon dioxide, fossil", "air", "lower stratosphere + upper troposphere"),
            "co2-fossil",
            "name",
            (),
        ),
        (flow("Methane, non-fossil", "air"), "ch4-biogenic", "name", ()),
        (flow("Methane, from soil or biomass stock", "air"), "ch4-luc", "name", ()),
        (flow("Carbon dioxide, to soil or biomass stock", "soil", "forestry"), "co2-luc-uptake", "name", ()),
        (flow("Carbon dioxide, in air", "natural resource", "in air"), "co2-biogenic-uptake", "name", ()),
        (
            flow("Carbon dioxide, non-fossil, resource correction", "natural resource", "in air"),
            "co2-biogenic-uptake",
            "name",
            (),
        ),
        (flow("Ethane, 1,1,1,2-tetrafluoro-, HFC-134a", "air"), "hfc-134a", "synonym", ()),
        (flow("Pentane, some prose of its own, HFC-43-10mee", "air"), "hfc-43-10mee", "synonym", ()),
        (flow("Carbon dioxide, land transformation", "air", "low population density"), "co2-luc", "name", ()),
        # ILCD and EF: a CAS number and the origin in brackets
        (
            flow("carbon dioxide (fossil)", "Emissions", "Emissions to air", **{"CAS number": "000124-38-9"}),
            "co2-fossil",
            "cas",
            (),
        ),
        (
            flow("methane (biogenic)", "Emissions", "Emissions to air", **{"CAS number": "000074-82-8"}),
            "ch4-biogenic",
            "cas",
            (),
        ),
        (
            flow("carbon dioxide", "Resources", "Resources from air", **{"CAS number": "000124-38-9"}),
            "co2-biogenic-uptake",
            "cas",
            (),
        ),
        # FEDEFL and USLCI: no origin at all
        (
            flow("Carbon dioxide", "emission", "air", **{"CAS number": "124-38-9"}),
            "co2-fossil",
            "cas",
            ("origin",),
        ),
        (
            flow("Methane", "emission/air/troposphere/urban", **{"CAS number": "74-82-8"}),
            "ch4-fossil",
            "cas",
            ("origin",),
        ),
        (flow("Nitrous oxide", "emission", "air", **{"CAS number": "10024-97-2"}), "n2o", "cas", ()),
        (flow("Carbon tetrafluoride", "emission", "air"), "cf4", "synonym", ()),
        # SimaPro
        (flow("Carbon dioxide, biogenic", "Emissions to air", "high. pop."), "co2-biogenic", "name", ()),
        (flow("Carbon dioxide, in air", "Raw materials", "in air"), "co2-biogenic-uptake", "name", ()),
        (flow("Dinitrogen monoxide", "Emissions to air", "stratosphere + troposphere"), "n2o", "name", ()),
        (flow("Methane, tetrafluoro-, CFC-14", "Emissions to air", "low. pop."), "cf4", "synonym", ()),
        # GaBi
        (flow("Nitrous oxide (laughing gas)", "Emissions to air"), "n2o", "synonym", ()),
        (flow("Carbon dioxide (biotic)", "Emissions to air"), "co2-biogenic", "name", ()),
        (flow("R 22 (chlorodifluoromethane)", "Emissions to air"), "hcfc-22", "synonym", ()),
        # Chinese
        (flow("甲烷（生物源）", "大气"), "ch4-biogenic", "synonym", ()),
        (flow("六氟化硫", "空气"), "sf6", "synonym", ()),
        (flow("氧化亚氮", "大气"), "n2o", "synonym", ()),
        # no compartment that anybody knows
        (flow("Carbon dioxide, fossil"), "co2-fossil", "name", ("compartment",)),
        (flow("Carbon dioxide"), "co2-fossil", "name", ("origin", "compartment")),
        (flow("Carbon dioxide, in air"), "co2-biogenic-uptake", "name", ("compartment",)),
        (flow("CFC-11"), "cfc-11", "name", ("compartment",)),
        # a synonym of the flow itself
        (flow("Some gas", "air", synonyms=["other name", "Sulphur hexafluoride"]), "sf6", "synonym", ()),
    ],
    ids=lambda value: value["name"] + "/".join(value["categories"]) if isinstance(value, dict) else None,
)
def test_flows_of_every_format(
    given: dict[str, Any], target: str, step: str, assumed: tuple[str, ...]
) -> None:
    assert climate_match(given) == [(target, step, assumed)]


@pytest.mark.parametrize(
    "given",
    [
        flow("Methane", "water", "surface water", **{"CAS number": "74-82-8"}),
        flow("Carbon dioxide", "natural resource", "in ground", **{"CAS number": "124-38-9"}),
        flow("Methane", "natural resource", "in ground", **{"CAS number": "74-82-8"}),
        flow("Carbon monoxide, fossil", "air", **{"CAS number": "630-08-0"}),
        flow("Nitrogen oxides", "air"),
        flow("NMVOC, non-methane volatile organic compounds", "air"),
        flow("Hydrofluorocarbons", "air"),
        flow("Methane, nitro-", "air"),
        flow("", "air"),
    ],
    ids=lambda value: value["name"] + "/".join(value["categories"]),
)
def test_what_is_no_emission_of_a_known_gas_has_no_target(given: dict[str, Any]) -> None:
    assert climate_match(given) == [("", "none", ())]


def test_steps_count_in_their_order() -> None:
    """The identifier is right where CAS number and name say otherwise, and so on down."""
    both = {"CAS number": "74-82-8"}
    one = flow("Dinitrogen monoxide", "air", **both)
    assert climate_match(one | {"code": "sf6"})[0][:2] == ("sf6", "identifier")
    listed = {"identifiers": ["349B29D1-3E58-4C66-98B9-9D1A076EFD2E"]}
    assert climate_match(one | listed)[0][:2] == ("co2-fossil", "identifier")
    assert climate_match(one)[0][:2] == ("ch4-fossil", "cas")
    assert climate_match(one | {"CAS number": "n.a."})[0][:2] == ("n2o", "name")


def test_a_mapping_comes_before_everything() -> None:
    targets = methods.climate_targets()
    flows = [flow("Methane", "air", code=code) for code in ("a", "b", "c")]
    found = match(flows, targets, {"a": "ch4-biogenic", "b": "-"})
    assert [(CODES[one.target] if one.target >= 0 else "", one.step) for one in found] == [
        ("ch4-biogenic", "mapping"),
        ("", "mapping"),
        ("ch4-fossil", "name"),
    ]
    with pytest.raises(KeyError):
        match(flows, targets, {"c": "no such target"})


AIR, WATER = Compartment("air"), Compartment("water")
LEAD = Target("lead air", "Lead", (AIR,), cas="7439-92-1", unit="kg")


@pytest.mark.parametrize(
    ("targets", "given", "expected"),
    [
        # the sub-compartment: its own, else the whole medium, else the only one
        ([LEAD, Target("u", "Lead", (Compartment("air", "urban"),))], flow("Lead", "air", "high. pop."), 1),
        ([LEAD, Target("u", "Lead", (Compartment("air", "urban"),))], flow("Lead", "air", "low. pop."), 0),
        ([Target("u", "Lead", (Compartment("air", "urban"),))], flow("Lead", "air", "low. pop."), 0),
        # two that nothing tells apart are none
        ([LEAD, Target("again", "Lead", (AIR,))], flow("Lead", "air"), -1),
        ([LEAD, Target("w", "Lead", (WATER,))], flow("Lead"), -1),
        ([LEAD, Target("w", "Lead", (WATER,))], flow("Lead", "water"), 1),
        # several of one CAS number: the name decides
        (
            [LEAD, Target("other", "Lead compounds", (AIR,), cas="7439-92-1")],
            flow("Lead compounds", "air", **{"CAS number": "7439-92-1"}),
            1,
        ),
        # a radioactive one of the same CAS number is not the metal
        (
            [Target("r", "Lead-210", (AIR,), cas="7439-92-1", unit="kBq")],
            flow("Lead", "air", **{"CAS number": "7439-92-1"}),
            -1,
        ),
        # the same name in another unit is matched; the caller tells the conflict
        ([Target("m", "Water", (AIR,), unit="m3")], flow("Water", "air"), 0),
        ([Target("m", "PM, > 10 um", (AIR,))], flow("PM, ≤ 10 μm", "air"), -1),
        ([Target("m", "PM, < 2.5 um", (AIR,))], flow("PM, ≤ 2.5μm", "air"), 0),
        # an origin that only the flow has does not matter; one that only the targets have does
        ([LEAD], flow("Lead, fossil", "air", **{"CAS number": "7439-92-1"}), 0),
        ([Target("b", "CO, non-fossil", (AIR,), "biogenic")], flow("CO", "air"), -1),
    ],
)
def test_rules_of_the_matcher(targets: list[Target], given: dict[str, Any], expected: int) -> None:
    assert match([given], Targets(targets))[0].target == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("000124-38-9", "124-38-9"),
        (" 74-82-8 ", "74-82-8"),
        ("n.a.", ""),
        ("7732190", ""),
        ("E1730133", ""),
        ("", ""),
    ],
)
def test_cas_numbers_as_written(text: str, number: str) -> None:
    assert cas_number(text) == number


@pytest.mark.parametrize(
    ("given", "likely"),
    [
        (flow("Hydrofluorocarbons", "air"), True),
        (flow("Perfluorocarbons", "emission", "air", **{"CAS number": "308069-13-8"}), True),
        (flow("R-410A", "Emissions to air"), True),
        (flow("Refrigerant, unspecified", "air"), True),
        (flow("Carbon dioxide", "air", unit="m3"), True),
        (flow("An odd name", "air", **{"CAS number": "2551-62-4"}), True),
        (flow("Methane"), True),
        (flow("温室气体", "大气"), True),
        (flow("Carbon dioxide equivalent", "air"), True),
        (flow("Fluoranthene", "air"), False),
        (flow("Fluorine", "air"), False),
        (flow("NMVOC, non-methane volatile organic compounds", "air"), False),
        (flow("Methanesulfonic acid", "air"), False),
        (flow("Methane, dichloro-, HCC-30", "water"), False),
        (flow("Carbon dioxide", "natural resource", "in ground"), False),
        (flow("Carbon monoxide", "air"), False),
        (flow("硝基甲烷", "大气"), False),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else None,
)
def test_what_looks_like_a_greenhouse_gas(given: dict[str, Any], likely: bool) -> None:
    assert looks_like_greenhouse_gas(given) is likely


words = st.text(max_size=12) | st.sampled_from(
    ["Methane", "fossil", "in air", "air", "R-22", "water", ", ", "("]
)
some_flows = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.text(max_size=5),
            "name": st.lists(words, max_size=4).map(" ".join),
            "unit": st.sampled_from(["kg", "g", "m3", "kBq", "", "no unit"]),
            "categories": st.lists(words, max_size=3).map(tuple),
        },
        optional={
            "CAS number": st.sampled_from(["74-82-8", "124-38-9", "000000-00-0", "x"]),
            "synonyms": st.lists(words, max_size=2),
            "identifiers": st.lists(st.text(max_size=4), max_size=2),
        },
    ),
    max_size=6,
)


@given(some_flows)
@settings(max_examples=150, deadline=None)
def test_any_flow_has_one_step_and_its_match_depends_on_nothing_else(flows: list[dict[str, Any]]) -> None:
    targets = methods.climate_targets()
    found = match(flows, targets)
    assert [one.flow for one in found] == list(range(len(flows)))
    assert sum(elementary.counts(found).values()) == len(flows)
    for index, one in enumerate(found):
        assert (one.target >= 0) == (one.step != elementary.NONE)
        alone = match([flows[index]], targets)[0]
        assert alone == Match(0, one.target, one.step, one.assumed)
