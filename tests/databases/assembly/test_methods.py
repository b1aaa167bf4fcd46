"""Climate methods and the methods of bw2io's archive: published figures first, then real lists of flows."""

import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.assembly import climate_tables, compartments, wheel
from databases.assembly.methods import Characterised, climate
from databases.content import Method
from databases.importers import xml
from databases.importers.shape import cas_number
from databases.notices import Severity
from databases.release import GWP_SETS, METHOD_PARTS, PARTS, method_id

ROOT = Path(__file__).parents[3]
USLCI = ROOT.parent / "shared" / "data" / "uslci" / "uslci_fy20q4_es1.zip"

needs_wheel = pytest.mark.skipif(not wheel.wheel_available(), reason="bw2io's archives are not installed")


def flow(code: str, name: str, *categories: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "categories": categories, "unit": "kg"} | more


def factor(done: Characterised, identifier: str, at: int = 0) -> float:
    (method,) = [method for method in done.methods if method.identifier == identifier]
    return float(method.factors[at])


def figures(given: dict[str, Any]) -> dict[str, float]:
    """Every climate method in which the one flow counts."""
    return {
        method.identifier: pytest.approx(method.factors[0], rel=1e-12)
        for method in climate([given], {}).methods
        if method.factors[0]
    }


CO2, CH4, N2O = {"CAS number": "124-38-9"}, {"CAS number": "74-82-8"}, {"CAS number": "10024-97-2"}


@pytest.mark.parametrize(
    ("given", "part", "gas", "ar5", "ar6"),
    [  # (GWP100, GWP20) of the IPCC reports per kilogram
        (flow("a", "Carbon dioxide, fossil", "air", **CO2), "fossil", "CO2", (1, 1), (1, 1)),
        (flow("a", "Carbon dioxide, non-fossil", "air", **CO2), "biogenic-emissions", "CO2", (1, 1), (1, 1)),
        (
            flow("a", "Carbon dioxide, in air", "natural resource", "in air", **CO2),
            "biogenic-removals",
            "CO2",
            (-1, -1),
            (-1, -1),
        ),
        (
            flow("a", "Carbon dioxide, from soil or biomass stock", "air", **CO2),
            "land-use-change",
            "CO2",
            (1, 1),
            (1, 1),
        ),
        (
            flow("a", "Carbon dioxide, to soil or biomass stock", "soil", **CO2),
            "land-use-change",
            "CO2",
            (-1, -1),
            (-1, -1),
        ),
        (flow("a", "Methane, fossil", "air", **CH4), "fossil", "CH4", (28, 84), (29.8, 82.5)),
        (flow("a", "Methane, non-fossil", "air", **CH4), "biogenic-emissions", "CH4", (28, 84), (27, 79.7)),
        (
            flow("a", "Methane, from soil or biomass stock", "air", **CH4),
            "land-use-change",
            "CH4",
            (28, 84),
            (29.8, 82.5),
        ),
        (flow("a", "Dinitrogen monoxide", "air", **N2O), "fossil", "N2O", (265, 264), (273, 273)),
        (flow("a", "Sulfur hexafluoride", "air"), "fossil", "other", (23500, 17500), (25200, 18300)),
        (flow("a", "HFC-134a", "air", unit="g"), "fossil", "other", (1.3, 3.71), (1.53, 4.14)),
        (flow("a", "HCFC-22", "air", unit="t"), "fossil", "other", (1.76e6, 5.28e6), (1.96e6, 5.69e6)),
        (
            flow("a", "Methane, biogenic", "air", unit="g"),
            "biogenic-emissions",
            "CH4",
            (0.028, 0.084),
            (0.027, 0.0797),
        ),
    ],
)
def test_one_flow_counts_to_the_total_its_part_and_its_gas(
    given: dict[str, Any], part: str, gas: str, ar5: tuple[float, float], ar6: tuple[float, float]
) -> None:
    expected = {}
    for gwp_set, (hundred, twenty) in zip(GWP_SETS, (ar5, ar6), strict=True):
        expected |= {method_id(gwp_set, word): hundred for word in ("total", part, f"gas-{gas}")}
        expected |= {method_id(gwp_set, word, 20): twenty for word in ("total", part)}
    assert figures(given) == expected


@pytest.mark.parametrize(
    ("given", "aircraft"),
    [
        (flow("a", "Carbon dioxide, fossil", "air", "lower stratosphere + upper troposphere"), True),
        (flow("a", "Dinitrogen monoxide", "Emissions to air", "stratosphere + troposphere"), True),
        (flow("a", "Carbon dioxide (aviation)", "Emissions to air"), True),
        (flow("co2-fossil-aircraft", "anything", "nowhere"), True),
        (flow("a", "Carbon dioxide, fossil", "air", "urban air close to ground"), False),
        (flow("a", "Methane, non-fossil", "air", "lower stratosphere + upper troposphere"), False),
        (flow("a", "Carbon dioxide, non-fossil", "air", "lower stratosphere + upper troposphere"), False),
    ],
)
def test_aircraft_is_fossil_and_high_up(given: dict[str, Any], aircraft: bool) -> None:
    done = climate([given], {})
    assert done.flows[0].aircraft is aircraft
    assert (factor(done, "gwp100-ar6.aircraft") != 0) is aircraft
    assert (factor(done, "gwp20-ar5.aircraft") != 0) is aircraft


def test_methods_are_those_of_the_contract_in_order() -> None:
    done = climate([], {})
    assert [method.identifier for method in done.methods] == [
        method_id(gwp_set, part, years)
        for years, parts in ((100, METHOD_PARTS), (20, ("total", *PARTS, "aircraft")))
        for gwp_set in GWP_SETS
        for part in parts
    ]
    for method in done.methods:
        assert method.factors.shape == (0,)
        assert method.title and method.source and method.unit == "kgCO2e"


def test_our_own_codes_count_as_the_starter_release_counts_them() -> None:
    rows = climate_tables.rows("targets")
    done = climate([flow(row["code"], "no name that is known", "nowhere") for row in rows], {})
    assert done.matches["identifier"] == len(rows)
    for at, row in enumerate(rows):
        made = done.flows[at]
        assert (made.part, made.aircraft) == (row["part"], row["aircraft"] == "1")
    by_code = {row["code"]: at for at, row in enumerate(rows)}
    only = by_code["co2e-ar5"]
    assert figures_at(done, only) == {
        "gwp100-ar5.total": 1.0,
        "gwp100-ar5.fossil": 1.0,
        "gwp100-ar5.gas-unspecified": 1.0,
    }
    assert set(figures_at(done, by_code["co2e-ar6-biogenic"])) == {
        "gwp100-ar6.total",
        "gwp100-ar6.biogenic-emissions",
        "gwp100-ar6.gas-unspecified",
    }


def figures_at(done: Characterised, at: int) -> dict[str, float]:
    return {method.identifier: float(method.factors[at]) for method in done.methods if method.factors[at]}


@pytest.mark.parametrize("unit", ["m3", "MJ", "kBq", "no unit", "", "kg*a"])
def test_a_gas_that_is_no_mass_is_told_and_not_counted(unit: str) -> None:
    done = climate([flow("a", "Methane, fossil", "air", unit=unit)], {})
    assert not any(method.factors.any() for method in done.methods)
    assert done.flows[0].part == done.flows[0].gas == ""
    assert (done.uncharacterised, done.likely) == ((0,), {0})
    assert [notice.code for notice in done.notices] == ["elementary-not-a-mass"]
    assert done.notices[0].where == "a"


def test_what_was_assumed_is_counted_and_told() -> None:
    flows = [
        flow("a", "Carbon dioxide", "air"),
        flow("b", "Methane", "air"),
        flow("c", "Methane, fossil", "air"),
        flow("d", "Nitrous oxide", "air"),
        flow("e", "Carbon dioxide"),
        flow("f", "Methane", "air", unit="m3"),
    ]
    done = climate(flows, {})
    assert (done.assumed_fossil, done.assumed_air) == (3, 1)
    told = {notice.code: dict(notice.details) for notice in done.notices}
    assert told["elementary-origin-assumed"]["count"] == "3"
    assert told["elementary-compartment-assumed"]["count"] == "1"
    assert [made.part for made in done.flows] == ["fossil"] * 5 + [""]


def test_a_gas_without_a_figure_in_a_report_is_told() -> None:
    done = climate([flow("a", "Tetrachloroethylene", "air")], {})
    assert (factor(done, "gwp100-ar5.total"), factor(done, "gwp100-ar6.total")) == (0.0, 6.34)
    (notice,) = done.notices
    assert notice.code == "elementary-no-figure"
    assert dict(notice.details) == {"gwp_set": "AR5", "count": "1", "names": "Tetrachloroethylene"}


def test_a_mapping_repairs_what_the_rules_say() -> None:
    flows = [
        flow(code, name, "air") for code, name in (("a", "Methane"), ("b", "Biogas slip"), ("c", "Methane"))
    ]
    done = climate(flows, {"a": "ch4-biogenic", "b": "ch4-biogenic", "c": "-", "not there": "co2-fossil"})
    assert [made.part for made in done.flows] == ["biogenic-emissions", "biogenic-emissions", ""]
    assert done.matches["mapping"] == 3
    assert (done.uncharacterised, done.likely, done.notices) == ((2,), frozenset(), ())


def test_a_mapping_to_nothing_known_is_told_and_not_obeyed() -> None:
    done = climate([flow("a", "Methane", "air")], {"a": "CO2 or so"})
    assert done.flows[0].gas == "CH4"
    assert done.notices[0].severity is Severity.ERROR
    assert "CO2 or so" in done.notices[0].message("en") and "CO2 or so" in done.notices[0].message("zh")


def test_a_flow_keeps_what_the_source_says_of_it() -> None:
    given = flow(
        "x",
        "carbon dioxide (biogenic)",
        "Emissions",
        "Emissions to air",
        unit="g",
        **{"CAS number": "000124-38-9"},
    )
    (made,) = climate([given], {}).flows
    assert (made.code, made.name_en, made.unit) == ("x", "carbon dioxide (biogenic)", "g")
    assert (made.name_zh, made.formula, made.cas) == ("二氧化碳（生物源）", "CO2", "124-38-9")
    assert made.compartment == "Emissions/Emissions to air"


some_flows = st.lists(
    st.builds(
        lambda name, where, unit: flow("a", name, where, unit=unit),
        st.sampled_from(
            [row["name"] for row in climate_tables.rows("synonyms")]
            + [
                f"{gas}, {cue}"
                for gas in ("Methane", "Carbon dioxide")
                for cue in ("biogenic", "fossil", "uptake")
            ]
            + ["Lead", "Carbon monoxide"]
        ),
        st.sampled_from(["air", "water", "soil", "natural resource/in air", "stratosphere", ""]),
        st.sampled_from(["kg", "g", "t", "m3", "lb"]),
    ),
    max_size=12,
)


@given(some_flows)
@settings(max_examples=60, deadline=None)
def test_parts_and_gases_add_up_to_the_total(flows: list[dict[str, Any]]) -> None:
    done = climate(flows, {})
    by = {method.identifier: method.factors for method in done.methods}
    for gwp_set in GWP_SETS:
        for years in (100, 20):
            total = by[method_id(gwp_set, "total", years)]
            assert np.array_equal(sum(by[method_id(gwp_set, part, years)] for part in PARTS), total)
            high = by[method_id(gwp_set, "aircraft", years)]
            assert np.all((high == 0) | (high == by[method_id(gwp_set, "fossil", years)]))
        gases = [part for part in METHOD_PARTS if part.startswith("gas-")]
        assert np.array_equal(
            sum(by[method_id(gwp_set, gas)] for gas in gases), by[method_id(gwp_set, "total")]
        )
    assert sum(done.matches.values()) == len(done.flows) == len(flows)
    assert [at for at, made in enumerate(done.flows) if not made.part] == list(done.uncharacterised)


@cache
def ecoinvent() -> tuple[dict[str, Any], ...]:
    """Every elementary flow of ecoinvent 3.9, from the list that comes with bw2io."""
    file = wheel._file(wheel.FLOWS)
    assert file is not None
    return tuple(
        {
            "code": xml.attribute(element, "id"),
            "name": xml.text(element, "name"),
            "unit": xml.text(element, "unitName"),
            "CAS number": xml.attribute(element, "casNumber"),
            "categories": (
                xml.text(element, "compartment", "compartment"),
                xml.text(element, "compartment", "subcompartment"),
            ),
        }
        for element in xml.each(file.read_bytes(), "flows.xml", "elementaryExchange")
    )


@cache
def ecoinvent_climate() -> Characterised:
    return climate(ecoinvent(), {})


@cache
def ecoinvent_wheel() -> wheel.Wheel:
    return wheel.wheel(ecoinvent())


def by_title(title: str) -> Method:
    (method,) = [method for method in ecoinvent_wheel().methods if method.title == title]
    return method


BIOGENIC = {
    "Carbon dioxide, non-fossil": "ISO 14067 counts it, +1 when emitted; this method leaves it out",
    "Carbon dioxide, in air": "and -1 when taken up",
    "Carbon dioxide, non-fossil, resource correction": "and the correction of an uptake likewise",
}
AR5_FOSSIL = {
    "Methane, fossil": "one value for methane of every origin in AR5; ecoinvent adds the carbon dioxide it turns into",
    "Methane, from soil or biomass stock": "likewise",
    "Methane, non-fossil": "ecoinvent's reading is 28.5, the table prints 28",
}
NOT_IN_THE_TABLE = dict.fromkeys(
    [
        "Carbon monoxide, fossil",
        "Carbon monoxide, non-fossil",
        "Carbon monoxide, from soil or biomass stock",
        "Nitric oxide",
        "VOC, volatile organic compounds",
    ],
    "an indirect effect, from another table of the report",
)
ROUNDED = dict.fromkeys(
    [
        "Chloroform",
        "Ethane, 1,2-dichloro-",
        "Methane, bromo-, Halon 1001",
        "Methane, dichloro-, HCC-30",
        "Methane, monochloro-, R-40",
    ],
    "ecoinvent computes the figure that the table prints in one or two digits",
)


@needs_wheel
@pytest.mark.parametrize(
    ("ours", "theirs", "reasons", "tolerance"),
    [
        ("gwp100-ar6.total", "IPCC 2021 | climate change", BIOGENIC, 0.0),
        ("gwp20-ar6.total", "IPCC 2021 | climate change", BIOGENIC, 0.0),
        ("gwp100-ar6.fossil", "IPCC 2021 | climate change: fossil", {}, 0.0),
        ("gwp100-ar6.land-use-change", "IPCC 2021 | climate change: land use", {}, 0.0),
        (
            "gwp100-ar6.biogenic-emissions",
            "IPCC 2021 | climate change: biogenic",
            {"Carbon dioxide, non-fossil": BIOGENIC["Carbon dioxide, non-fossil"]},
            0.0,
        ),
        # AR5 as computed by ecoinvent, against the three digits of the printed table
        (
            "gwp100-ar5.total",
            "IPCC 2013 | climate change",
            BIOGENIC | AR5_FOSSIL | NOT_IN_THE_TABLE | ROUNDED,
            0.005,
        ),
        (
            "gwp20-ar5.total",
            "IPCC 2013 | climate change",
            BIOGENIC
            | {name: AR5_FOSSIL[name] for name in ("Methane, fossil", "Methane, from soil or biomass stock")}
            | NOT_IN_THE_TABLE
            | {
                name: reason
                for name, reason in ROUNDED.items()
                if name not in ("Chloroform", "Methane, monochloro-, R-40")
            },
            0.005,
        ),
    ],
)
def test_a_second_reading_of_the_ipcc_reports_agrees_but_for_known_differences(
    ours: str, theirs: str, reasons: dict[str, str], tolerance: float
) -> None:
    done = ecoinvent_climate()
    years = ours.partition("-")[0].removeprefix("gwp")
    theirs_factors = by_title(f"{theirs} | global warming potential (GWP{years})").factors
    (own,) = [method.factors for method in done.methods if method.identifier == ours]
    differ = np.abs(theirs_factors - own) > tolerance * np.abs(own) + 1e-9
    assert {ecoinvent()[at]["name"] for at in np.flatnonzero(differ)} == set(reasons)
    assert int((own != 0).sum()) > 0


@needs_wheel
def test_names_and_cas_numbers_find_what_identifiers_find() -> None:
    """Without identifiers, then without CAS numbers too, every flow counts to the same part and gas."""
    flows = ecoinvent()
    whole = ecoinvent_climate()
    nameless = [{**one, "code": f"other {at}"} for at, one in enumerate(flows)]
    numberless = [{**one, "CAS number": ""} for one in nameless]
    for flows_given in (nameless, numberless):
        done = climate(flows_given, {})
        assert done.matches["identifier"] == 0
        for one, other in zip(whole.flows, done.flows, strict=True):
            assert (one.part, one.gas, one.aircraft) == (other.part, other.gas, other.aircraft), one
    assert whole.assumed_fossil == 0
    assert whole.likely == frozenset()


@needs_wheel
def test_every_method_of_the_archive_is_there_once() -> None:
    done = ecoinvent_wheel()
    identifiers = [method.identifier for method in done.methods]
    assert len(identifiers) == len(set(identifiers)) == 762
    assert done.matches["identifier"] == len(ecoinvent())
    assert (done.conflicts, done.empty) == ((), 0)
    families = Counter(method.title.split(" | ")[0].removesuffix(" no LT") for method in done.methods)
    assert families["IPCC 2021"] == 64 and families["EF v3.1"] == 50
    assert sum("no LT" in method.title for method in done.methods) > 250
    for method in done.methods:
        assert re.fullmatch(r"lcia\.[a-z0-9][a-z0-9.-]{0,94}", method.identifier), method.identifier
        assert (method.gwp_set, method.part) == ("", "")
        assert np.isfinite(method.factors).all() and method.factors.any()
        assert "bw2io" in method.source


@needs_wheel
@pytest.mark.parametrize(
    ("title", "name", "categories", "expected"),
    [  # factors as the methods publish them
        (
            "IPCC 2021 | climate change | global warming potential (GWP100)",
            "Methane, fossil",
            ("air", "unspecified"),
            29.8,
        ),
        (
            "CML v4.8 2016 no LT | acidification no LT | acidification (incl. fate, average Europe total, A&B) no LT",
            "Sulfur dioxide",
            ("air", "unspecified"),
            1.2,
        ),
    ],
)
def test_published_factors_of_other_methods(
    title: str, name: str, categories: tuple[str, str], expected: float
) -> None:
    (at,) = [
        at for at, one in enumerate(ecoinvent()) if (one["name"], one["categories"]) == (name, categories)
    ]
    assert by_title(title).factors[at] == expected


@needs_wheel
def test_long_term_emissions_are_left_out_of_the_variants_without_them() -> None:
    words = ("TRACI v2.1", "ecotoxicity: freshwater", "ecotoxicity: freshwater")
    whole, short = by_title(" | ".join(words)), by_title(" | ".join(f"{word} no LT" for word in words))
    late = [at for at, one in enumerate(ecoinvent()) if "long-term" in one["categories"][1]]
    assert whole.factors[late].any() and not short.factors[late].any()


@needs_wheel
def test_a_source_with_names_of_its_own_takes_the_factors_per_its_own_unit() -> None:
    flows = [
        flow("a", "Methane", "emission", "air", unit="g", **CH4),
        flow("b", "Sulphur dioxide", "Emissions to air", "high. pop.", **{"CAS number": "7446-09-5"}),
        flow("c", "Water", "Emissions to air", unit="kg", **{"CAS number": "7732-18-5"}),
        flow("d", "Something nobody knows", "air"),
    ]
    done = wheel.wheel(flows)
    (gwp,) = [
        m for m in done.methods if m.title == "IPCC 2021 | climate change | global warming potential (GWP100)"
    ]
    assert gwp.factors.tolist() == pytest.approx([0.0298, 0, 0, 0])
    assert gwp.identifier == "lcia.ipcc-2021.climate-change.global-warming-potential-gwp100"
    assert done.conflicts == (2,)
    assert not any(method.factors[2] or method.factors[3] for method in done.methods)
    assert done.matches["none"] == 1
    told = {notice.code: dict(notice.details) for notice in done.notices}
    assert told["methods-wheel-unit-conflict"] == {"count": "1", "names": "Water (kg)"}
    assert told["methods-wheel-matched"] == {"matched": "3", "unmatched": "1"}
    assert int(told["methods-wheel-empty"]["count"]) == done.empty == 762 - len(done.methods) > 0


@pytest.fixture
def some_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of the archive: all of them take seconds to read."""
    entries = wheel._entries
    monkeypatch.setattr(wheel, "_entries", lambda: islice(entries(), 200))


@needs_wheel
def test_the_methods_alone_are_those_of_the_whole(some_methods: None) -> None:
    flows = [flow("a", "Methane", "emission", "air", unit="g", **CH4)]
    done = wheel.wheel(flows)
    assert done.methods
    assert [m.identifier for m in wheel.wheel_methods(flows)] == [m.identifier for m in done.methods]


@needs_wheel
def test_a_mapping_names_flows_of_ecoinvent(some_methods: None) -> None:
    target = next(
        one["code"] for one in ecoinvent() if one["name"] == "Ammonia" and one["categories"][0] == "air"
    )
    done = wheel.wheel([flow("x", "NH3 slip", "air")], {"x": target})
    assert done.matches["mapping"] == 1 and len(done.methods) > 20
    with pytest.raises(KeyError):
        wheel.wheel([flow("x", "NH3 slip", "air")], {"x": "no such flow"})


def test_identifiers_of_methods_are_short_stable_and_apart() -> None:
    name = ("A method", "with a category", "and an indicator (GWP100)")
    assert wheel.method_slug(name) == "lcia.a-method.with-a-category.and-an-indicator-gwp100"
    long = ("A method", "with a category", "x" * 200)
    assert len(wheel.method_slug(long)) == 100
    assert wheel.method_slug(long) != wheel.method_slug((*long[:2], "x" * 201))
    assert wheel.method_slug(long) == wheel.method_slug(tuple(long))


def test_without_the_archive_there_are_no_methods_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "_file", lambda path: None)
    assert not wheel.wheel_available()
    done = wheel.wheel([flow("a", "Methane", "air")])
    assert done.methods == [] and wheel.wheel_methods([]) == []
    assert [notice.code for notice in done.notices] == ["methods-wheel-absent"]


def test_nothing_of_brightway_is_loaded() -> None:
    code = (
        "import sys; from databases.assembly import methods;"
        "flow = {'code': 'a', 'name': 'Methane', 'unit': 'kg', 'categories': ('air',)};"
        "methods.climate([flow], {}); methods.wheel_methods([flow]);"
        "print([name for name in sys.modules if name.split('.')[0] in ('bw2io', 'bw2data', 'bw2calc')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def uslci_flows() -> Iterator[dict[str, Any]]:
    """Elementary flows of the release by name, path and direction; an input of a resource is said to be one."""
    found = {}
    with zipfile.ZipFile(USLCI) as archive, archive.open(archive.namelist()[0]) as stream:
        for _, element in ElementTree.iterparse(stream):
            if not element.tag.endswith("}exchange"):
                continue
            groups = {(child.tag.rpartition("}")[2], child.text) for child in element}
            path = [element.get("category", ""), element.get("subCategory", "")]
            if ("inputGroup", "4") in groups:
                found[element.get("name"), ("resource", *path)] = element
            elif ("outputGroup", "4") in groups:
                found[element.get("name"), tuple(path)] = element
    for (name, path), element in found.items():
        number = {"CAS number": element.get("CASNumber", "")}
        yield flow(f"{name} {path}", str(name), *path, unit=element.get("unit"), **number)


@pytest.mark.skipif(not USLCI.is_file(), reason="reference data folder is not beside this checkout")
def test_every_greenhouse_gas_of_uslci_is_characterised() -> None:
    flows = list(uslci_flows())
    assert len(flows) > 2500
    done = climate(flows, {})
    core = {"124-38-9", "74-82-8", "10024-97-2"}
    left = [at for at in done.uncharacterised if cas_number(flows[at]["CAS number"]) in core]
    # Methane from below the ground is a resource taken, as natural gas is: no emission.
    assert {(flows[at]["name"], flows[at]["categories"]) for at in left} == {
        ("Methane", ("resource", "air", "subterranean"))
    }
    counted = [made for made in done.flows if made.part]
    assert len(counted) > 90 and {made.gas for made in counted} == {"CO2", "CH4", "N2O", "other"}
    assert {made.part for made in counted} == {"fossil", "biogenic-removals"}
    assert done.assumed_fossil == 9, "the flow list of USLCI tells no origin of carbon dioxide and methane"
    # Groups of gases, which no report gives a figure for, are told as likely.
    assert {flows[at]["name"] for at in done.likely} == {
        "Perfluorocarbons",
        "Chlorofluorocarbons",
        "Hydrochlorofluorocarbons",
        "Hydrofluorocarbons",
    }
    assert {made.name_en for made in counted if made.aircraft} >= {
        "Carbon dioxide",
        "Methane",
        "Nitrous oxide",
    }


@needs_wheel
@pytest.mark.skipif(not USLCI.is_file(), reason="reference data folder is not beside this checkout")
def test_most_of_uslci_has_factors_in_the_other_methods() -> None:
    flows = list(uslci_flows())
    done = wheel.wheel(flows)
    assert sum(done.matches.values()) == len(flows)
    assert done.matches["none"] < len(flows) * 0.3
    assert len(done.methods) > 500
    told = {flows[at]["name"] for at in done.conflicts}
    assert "Water" in told and "Peat" in told, "kg for m3, MJ for kg"
    resources = [at for at, one in enumerate(flows) if compartments.of_flow(one).medium == "resource"]
    acid = next(method for method in done.methods if "acidification" in method.title)
    assert not acid.factors[resources].any(), "nothing that is taken from nature acidifies"
