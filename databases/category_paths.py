"""Category paths of elementary flows in ILCD and openLCA, in the words of ecoinvent 3, and back for an export.

Rules
1. Every path becomes a tuple whose first word is ``air``, ``water``, ``soil`` or ``natural resource``, as in the flow
   lists of ecoinvent 3 and Brightway, with a second word where that list has one. ``unspecified`` is no second word.
2. A path that is in no table stays as the file writes it, in small letters, without the root that only says that the
   flow is an elementary one.
3. A resource is taken and an emission is given. An amount in the other direction counts negative: a resource given
   back (cooling water) and an emission taken up.

Example: ``categories(["Elementary flows", "Emission to air", "high population density"]) ==
("air", "urban air close to ground")``.

Sources: ILCD reference elementary flow categories (JRC, ILCD 1.1, and the additions of EF 3) and the category tree of
openLCA's reference flows, certainty S (read in public code that lists them); ecoinvent 3 words as in bw2io's flow list.
"""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str, ...]
RESOURCE = "natural resource"
_ROOTS = frozenset({"elementary flows", "emissions", "resources", "emission", "resource", "flows"})
_TOPS = {
    "air": ("emissions to air", "emission to air", "to air", "air"),
    "water": ("emissions to water", "emission to water", "to water", "water"),
    "soil": ("emissions to soil", "emission to soil", "to soil", "soil", "emission to ground", "ground"),
}
_TOP = {word: top for top, words in _TOPS.items() for word in words}
_SECOND = {
    "air": {
        "emissions to urban air close to ground": "urban air close to ground",
        "emissions to urban air low stack": "urban air close to ground",
        "high population density": "urban air close to ground",
        "urban": "urban air close to ground",
        "emissions to non-urban air or from high stacks": "non-urban air or from high stacks",
        "emissions to non-urban air high stack": "non-urban air or from high stacks",
        "emissions to non-urban air very high stack": "non-urban air or from high stacks",
        "emissions to non-urban air low stack": "non-urban air or from high stacks",
        "emissions to non-urban air close to ground": "non-urban air or from high stacks",
        "emissions to urban air high stack": "non-urban air or from high stacks",
        "emissions to urban air very high stack": "non-urban air or from high stacks",
        "low population density": "non-urban air or from high stacks",
        "rural": "non-urban air or from high stacks",
        "emissions to air, unspecified (long-term)": "low population density, long-term",
        "low population density, long-term": "low population density, long-term",
        "emissions to lower stratosphere and upper troposphere": "lower stratosphere + upper troposphere",
        "lower stratosphere + upper troposphere": "lower stratosphere + upper troposphere",
        "stratosphere": "lower stratosphere + upper troposphere",
        "emissions to air, indoor": "indoor",
        "indoor": "indoor",
    },
    "water": {
        "emissions to fresh water": "surface water",
        "surface water": "surface water",
        "fresh water": "surface water",
        "river": "surface water",
        "river, long-term": "surface water",
        "lake": "surface water",
        "emissions to sea water": "ocean",
        "ocean": "ocean",
        "sea water": "ocean",
        "ground water": "ground-",
        "ground-": "ground-",
        "emissions to water, unspecified (long-term)": "ground-, long-term",
        "ground water, long-term": "ground-, long-term",
        "ground-, long-term": "ground-, long-term",
        "fossil-": "fossil well",
        "fossil water": "fossil well",
    },
    "soil": {
        "emissions to agricultural soil": "agricultural",
        "agricultural": "agricultural",
        "forestry": "forestry",
        "industrial": "industrial",
        "emissions to non-agricultural soil": "industrial",
        "urban, non industrial": "industrial",
    },
}
_RESOURCES = {
    "resources from air": "in air",
    "in air": "in air",
    "resources from water": "in water",
    "in water": "in water",
    "resources from ground": "in ground",
    "in ground": "in ground",
    "ground": "in ground",
    "air": "in air",
    "water": "in water",
    "resources from biosphere": "biotic",
    "biotic": "biotic",
    "land": "land",
    "land use": "land",
    "land occupation": "land",
    "land transformation": "land",
    "fossil well": "fossil well",
}
_EXPORT_TOP = {"air": "Emission to air", "water": "Emission to water", "soil": "Emission to soil"}
_EXPORT_SECOND = {
    "urban air close to ground": "high population density",
    "non-urban air or from high stacks": "low population density",
    "ground-": "ground water",
    "ground-, long-term": "ground water, long-term",
    "fossil well": "fossil-",
}


def categories(path: Iterable[str]) -> Path:
    """The compartment of a category path, widest part first (rules 1 and 2); ``()`` for no path."""
    words = [word for part in path if (word := " ".join(part.split()).casefold())]
    resource = any(word.startswith("resource") or word == RESOURCE for word in words[:2])
    land = next((word for word in words[:2] if word.startswith("land")), "")
    while len(words) > 1 and words[0] in _ROOTS:
        words = words[1:]
    if not words or words[0] in _ROOTS | {"unspecified"}:
        return (RESOURCE,) if resource else ()
    if resource or land:
        found = next((_RESOURCES[word] for word in words if word in _RESOURCES), "")
        return (RESOURCE, found) if found else (RESOURCE,)
    if words[0] not in _TOP:
        return tuple(words)
    top = _TOP[words[0]]
    found = next((_SECOND[top][word] for word in reversed(words[1:]) if word in _SECOND[top]), "")
    return (top, found) if found else (top,)


def openlca_path(compartment: Iterable[str]) -> str:
    """The category of openLCA's reference flows for a compartment of ours; :func:`categories` reads it back."""
    words = [word.strip() for word in compartment if word.strip()]
    top = words[0] if words else ""
    second = words[1] if len(words) > 1 else ""
    if top == RESOURCE:
        return f"Elementary flows/Resource/{second or 'unspecified'}"
    if top in _EXPORT_TOP:
        return f"Elementary flows/{_EXPORT_TOP[top]}/{_EXPORT_SECOND.get(second, second) or 'unspecified'}"
    return "/".join(["Elementary flows", *words])


def is_resource(compartment: Iterable[str]) -> bool:
    """True for a compartment that things are taken from."""
    return next(iter(compartment), "") == RESOURCE


def signed(amount: float, compartment: Path, *, taken: bool) -> float:
    """The amount with the sign of rule 3; a compartment that is not known leaves it as it is."""
    if not compartment or (compartment[0] != RESOURCE and compartment[0] not in _TOPS):
        return amount
    return amount if taken == is_resource(compartment) else -amount
