"""Compartments of sources in one nomenclature; a place that is not known keeps its own words."""

from __future__ import annotations

import pytest

from databases.assembly import compartments
from databases.importers.ecospold1_compartments import compartment, is_land, runs_backwards

GIVEN = [
    (("emission", "air"), ("air", "unspecified")),
    (("Emission to air", "unspecified"), ("air", "unspecified")),
    (("air", "high population density"), ("air", "urban air close to ground")),
    (("air", "low population density"), ("air", "non-urban air or from high stacks")),
    (("air", "low population density, long-term"), ("air", "low population density, long-term")),
    (("air", "lower stratosphere + upper troposphere"), ("air", "lower stratosphere + upper troposphere")),
    (("air", "stratosphere"), ("air", "lower stratosphere + upper troposphere")),
    (("troposphere", "rural"), ("air", "non-urban air or from high stacks")),
    (("troposphere", "urban"), ("air", "urban air close to ground")),
    (("urban", "ground-level"), ("air", "urban air close to ground")),
    (("rural", "low"), ("air", "non-urban air or from high stacks")),
    (("air", "indoor"), ("air", "indoor")),
    (("emission", "water"), ("water", "unspecified")),
    (("fresh water body", "river"), ("water", "surface water")),
    (("water", "lake"), ("water", "surface water")),
    (("saline water body", "ocean"), ("water", "ocean")),
    (("water", "subterranean"), ("water", "ground-")),
    (("water", "ground-, long-term"), ("water", "ground-, long-term")),
    (("emission", "ground"), ("soil", "unspecified")),
    (("human-dominated", "agricultural"), ("soil", "agricultural")),
    (("human-dominated", "industrial"), ("soil", "industrial")),
    (("terrestrial", "forest"), ("soil", "forestry")),
    (("social", "work"), ("social", "work")),
    (("economic",), ("economic", "unspecified")),
    ((), ("unspecified", "unspecified")),
]
TAKEN = [
    (("resource", "water"), "in water"),
    (("resource", "in ground"), "in ground"),
    (("ground", "subterranean"), "in ground"),
    (("air", "subterranean"), "in ground"),
    (("subterranean", "fresh water body"), "in water"),
    (("resource", "air"), "in air"),
    (("resource", "biotic"), "biotic"),
    (("resource", "land"), "land"),
    (("terrestrial", "grassland"), "land"),
    (("somewhere",), "unspecified"),
]


@pytest.mark.parametrize(("words", "path"), GIVEN)
def test_what_is_given(words: tuple[str, ...], path: tuple[str, str]) -> None:
    assert compartment(words, resource=False) == path


@pytest.mark.parametrize(("words", "sub"), TAKEN)
def test_what_is_taken(words: tuple[str, ...], sub: str) -> None:
    assert compartment(words, resource=True) == ("natural resource", sub)


@pytest.mark.parametrize(
    ("words", "path"), [case for case in GIVEN if case[1][0] in ("air", "water", "soil")]
)
def test_the_assembly_understands_it_and_never_reads_the_source_otherwise(
    words: tuple[str, ...], path: tuple[str, str]
) -> None:
    assert compartments.of(path).medium == path[0]
    assert compartments.of(words).medium in (path[0], compartments.UNKNOWN)


def test_land_is_known_by_its_name() -> None:
    for name in ("Occupation, urban", "transformation, from forest", "Land use, arable", "Land occupation"):
        assert is_land(name)
        assert compartment(("ground",), resource=True, name=name) == ("natural resource", "land")
    for name in ("Transformation of oil", "Transformation products", "Landfill", "Occupational exposure"):
        assert not is_land(name)


def test_words_against_the_direction() -> None:
    assert runs_backwards(("emission", "air"), resource=True)
    assert runs_backwards(("resource", "air"), resource=False)
    assert not runs_backwards(("emission", "air"), resource=False)
    assert not runs_backwards(("air",), resource=True)
    assert not runs_backwards((), resource=True)
