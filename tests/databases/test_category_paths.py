"""Category paths of ILCD and openLCA in the words of ecoinvent 3, and the way back."""

from __future__ import annotations

import pytest

from databases.assembly import compartments
from databases.category_paths import categories, is_resource, openlca_path, signed

CASES = [
    ("Elementary flows/Emission to air/unspecified", ("air",)),
    ("Elementary flows/Emission to air/high population density", ("air", "urban air close to ground")),
    ("Elementary flows/Emission to air/low population density", ("air", "non-urban air or from high stacks")),
    (
        "Elementary flows/Emission to air/lower stratosphere + upper troposphere",
        ("air", "lower stratosphere + upper troposphere"),
    ),
    ("Elementary flows/Emission to water/river", ("water", "surface water")),
    ("Elementary flows/Emission to water/ground water, long-term", ("water", "ground-, long-term")),
    ("Elementary flows/Emission to soil/agricultural", ("soil", "agricultural")),
    ("Elementary flows/Resource/in ground", ("natural resource", "in ground")),
    ("Elementary flows/Resource/unspecified", ("natural resource",)),
    ("Emissions/Emissions to air/Emissions to air, unspecified", ("air",)),
    (
        "Emissions/Emissions to air/Emissions to urban air close to ground",
        ("air", "urban air close to ground"),
    ),
    (
        "Emissions/Emissions to air/Emissions to air, unspecified (long-term)",
        ("air", "low population density, long-term"),
    ),
    ("Emissions/Emissions to water/Emissions to sea water", ("water", "ocean")),
    ("Emissions/Emissions to soil/Emissions to non-agricultural soil", ("soil", "industrial")),
    (
        "Resources/Resources from ground/Non-renewable energy resources from ground",
        ("natural resource", "in ground"),
    ),
    ("Resources/Resources from air/Renewable material resources from air", ("natural resource", "in air")),
    ("Resources/Resources from biosphere", ("natural resource", "biotic")),
    ("Land use/Land occupation", ("natural resource", "land")),
    ("Other elementary flows", ("other elementary flows",)),
    ("Elementary flows/Social/Invented", ("social", "invented")),
    ("", ()),
]


@pytest.mark.parametrize(("path", "expected"), CASES)
def test_a_path_becomes_a_compartment_and_comes_back(path: str, expected: tuple[str, ...]) -> None:
    found = categories(path.split("/"))
    assert found == expected
    assert categories(openlca_path(found).split("/")) == found


@pytest.mark.parametrize(("path", "expected"), [case for case in CASES if case[1][:1] != ("social",)])
def test_the_assembly_understands_the_medium(path: str, expected: tuple[str, ...]) -> None:
    medium = compartments.of(expected).medium
    word = expected[0] if expected else ""
    assert medium == {
        "natural resource": "resource",
        "other elementary flows": compartments.of((word,)).medium,
    }.get(word, word)


@pytest.mark.parametrize(
    ("compartment", "taken", "amount"),
    [
        (("air",), False, 2.0),
        (("air",), True, -2.0),
        (("natural resource", "in water"), True, 2.0),
        (("natural resource", "in water"), False, -2.0),
        ((), True, 2.0),
        (("social", "invented"), True, 2.0),
    ],
)
def test_the_direction_against_the_compartment_turns_the_sign(
    compartment: tuple[str, ...], taken: bool, amount: float
) -> None:
    assert signed(2.0, compartment, taken=taken) == amount
    assert is_resource(compartment) == (compartment[:1] == ("natural resource",))
