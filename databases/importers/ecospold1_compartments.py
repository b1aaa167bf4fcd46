"""EcoSpold 1: where an elementary flow comes from or goes to, in the words of the ecoinvent 3 nomenclature.

Category and subcategory are free text here, by whichever program wrote the file, so words are looked for; the paths of
ILCD and openLCA come from lists and are looked up whole (:mod:`databases.category_paths`).

Rules
1. The direction decides the first word: what is taken is a ``natural resource``, what is given goes to ``air``,
   ``water`` or ``soil``. Where the source's words say the opposite (an "emission" taken up, a "resource" given back),
   the words win, and the amount counts negative.
2. Any word of the source's path may tell the rest, whatever its order ("emission / air", "air / stratosphere",
   "fresh water body / river", "high. pop.").
3. Occupation and transformation of land are ``natural resource / land``, known by their names, as exports file them
   under the ground, the terrain, or "ecosystem services".
4. What no rule knows keeps the source's own words, so that nothing is put where it does not belong.

Example: ``compartment(("troposphere", "rural"), resource=False) == ("air", "non-urban air or from high stacks")``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Path = tuple[str, str]

_LAND = re.compile(r"(occupation|transformation),\s|land (use|occupation|transformation)\b", re.IGNORECASE)
_AIR = frozenset(["air", "atmosphere", "troposphere", "stratosphere", "atmospheric"])
_WATER = frozenset(
    ["water", "river", "lake", "ocean", "sea", "groundwater", "freshwater", "marine", "saline"]
)
_SOIL = frozenset(["soil", "ground", "terrestrial", "dominated"])
_SUB: dict[str, tuple[tuple[str, str], ...]] = {
    "air": (
        (r"stratosphere", "lower stratosphere + upper troposphere"),
        (r"low.* pop.*long.?term", "low population density, long-term"),
        (r"indoor", "indoor"),
        (r"non.urban|rural|low\.? pop|high stack", "non-urban air or from high stacks"),
        (r"urban|high\.? pop|close to ground", "urban air close to ground"),
    ),
    "water": (
        (r"ocean|sea\b|saline|marine", "ocean"),
        (r"(ground|subterranean).*long.?term", "ground-, long-term"),
        (r"ground|subterranean", "ground-"),
        (r"fossil", "fossil-"),
        (r"river|lake|fresh|surface", "surface water"),
    ),
    "soil": (
        (r"agricultur", "agricultural"),
        (r"forest", "forestry"),
        (r"industrial|commercial|urban", "industrial"),
    ),
    "natural resource": (
        (r"\bland\b|terrestrial|dominated", "land"),
        (r"biotic|biosphere|biological", "biotic"),
        (r"\bair\b.*subterranean|\bair\b.*ground|fossil", "in ground"),
        (r"water|river|lake|ocean|\bsea\b", "in water"),
        (r"ground|subterranean|soil", "in ground"),
        (r"\bair\b|atmosph|tropospher", "in air"),
    ),
}


def is_land(name: str) -> bool:
    """Whether an elementary flow of this name is an occupation or a transformation of land (rule 3)."""
    return _LAND.match(name.strip()) is not None


def runs_backwards(words: Sequence[str], *, resource: bool) -> bool:
    """Whether the source's first word contradicts the direction of the exchange (rule 1)."""
    first = words[0].strip().casefold() if words else ""
    return first.startswith("emission") if resource else first.startswith(("resource", "natural resource"))


def compartment(words: Sequence[str], *, resource: bool, name: str = "") -> Path:
    """(compartment, subcompartment) for the words of a source; ``unspecified`` where they say no more."""
    if is_land(name):
        return ("natural resource", "land")
    said = " / ".join(word for word in words if word).casefold()
    medium = "natural resource" if resource else _medium(said)
    if not medium or not said:
        return _own(words)
    for pattern, sub in _SUB[medium]:
        if re.search(pattern, said):
            return (medium, sub)
    return (medium, "unspecified")


def _medium(said: str) -> str:
    found = set(re.findall(r"[a-z]+", said))
    if found & _AIR:
        return "air"
    if found & _WATER:
        return "water"
    if re.match(r"(urban|rural|high\.? pop|low\.? pop)", said):
        return "air"
    return "soil" if found & _SOIL else ""


def _own(words: Sequence[str]) -> Path:
    said = [word for word in words if word]
    return (said[0] if said else "unspecified", said[1] if len(said) > 1 else "unspecified")
