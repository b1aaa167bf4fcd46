"""Climate change: elementary flows of a source as flows of a release, with the factors of our methods.

Rules
1. What is characterised is an emission to air, uptake of carbon dioxide from the air, and carbon dioxide that goes
   into soil or biomass stock. Methane in water is not: how much of it leaves the water no inventory tells.
   Resources in the ground are not.
2. The flow is a mass. A gas by volume or energy is not converted, since no density is stated: it stays without a
   factor and is told.
3. Carbon dioxide taken up is -1 (biogenic removals) and biogenic carbon dioxide +1 (biogenic emissions), as in ISO
   14067. ``total`` is fossil + biogenic emissions + biogenic removals + land use change; the gases add up to it too.
   ``aircraft`` is within fossil: emissions to the lower stratosphere and upper troposphere, or named as such.
4. Carbon dioxide and methane whose names tell no origin count as fossil and are counted (``assumed_fossil``).
5. CO2e-only flows count in the 100-year set they rest on, as themselves, and in no other.
6. A gas for which a report gives no figure counts zero in that set, and the notice names it. Carbon monoxide,
   nitrogen oxides and unspecified hydrocarbons are in neither report's table and are not characterised.

Example: ``climate([{"code": "x", "name": "Methane, biogenic", "categories": ("air",), "unit": "g", ...}], {})``
gives 0.027 kgCO2e in ``gwp100-ar6.biogenic-emissions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from databases.assembly import climate_tables, compartments, elementary, origins
from databases.assembly.climate_tables import UNSPECIFIED, ClimateTarget
from databases.assembly.compartments import AIR, RESOURCE, SOIL, UPPER_AIR, Compartment
from databases.assembly.elementary import LEAVE, Match, Target, Targets, looks_like_greenhouse_gas
from databases.assembly.foreign_units import foreign
from databases.assembly.wheel import wheel_available, wheel_methods
from databases.catalogue import Flow
from databases.content import Method
from databases.importers.shape import ElementaryFlow, cas_number
from databases.notices import Notice
from databases.release import GWP_SETS, METHOD_PARTS, PARTS, UNIT, method_id, method_title
from databases.units import UnknownUnit, convert, dimension

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Characterised",
    "climate",
    "looks_like_greenhouse_gas",
    "target_codes",
    "wheel_available",
    "wheel_methods",
]

PARTS_20 = ("total", *PARTS, "aircraft")
"""Parts of the 20-year methods."""
_MOST_NAMED = 12
_PLACES = {
    origins.UPTAKE: (Compartment(RESOURCE, AIR), Compartment(AIR)),
    origins.TO_STOCK: (Compartment(SOIL), Compartment(AIR), Compartment(RESOURCE)),
}
"""Where rule 1 looks for origins that are no emission to air: formats write them in several compartments."""


@dataclass(frozen=True, slots=True)
class Characterised:
    """Flows in the order given, and the climate methods over them.

    ``matches`` are flows by step and add up to the flows; ``assumed_fossil`` and ``assumed_air`` count flows whose
    origin or compartment was assumed. ``uncharacterised`` are positions of flows that count nowhere; ``likely``
    those of them that look like greenhouse gases.
    """

    flows: list[Flow]
    methods: list[Method]
    matches: dict[str, int]
    assumed_fossil: int
    assumed_air: int
    uncharacterised: tuple[int, ...]
    likely: frozenset[int]
    notices: tuple[Notice, ...]


def climate(flows: Sequence[ElementaryFlow], repairs: Mapping[str, str]) -> Characterised:
    """Match ``flows`` to greenhouse gases and give the factors of every climate method, per unit of each flow.

    ``repairs`` are target codes (:func:`target_codes`) by flow code, from a mapping file; one that names no target
    is told as an ERROR notice and the flow is matched as if it were not there. Sources: the tables of
    :mod:`databases.assembly.climate_tables`; parts as ISO 14067, 6.4.9.
    """
    usable, notices = _usable(flows, repairs)
    known = climate_tables.targets()
    matches = elementary.match(flows, climate_targets(), usable)
    masses = [_kilograms(flow) for flow in flows]
    found = [
        known[one.target] if one.target >= 0 and mass else None
        for one, mass in zip(matches, masses, strict=True)
    ]
    made = [_flow(*pair) for pair in zip(flows, found, strict=True)]
    left = tuple(index for index, target in enumerate(found) if target is None)
    left_out = {one.flow for one in matches if one.step == elementary.MAPPING and one.target < 0}
    likely = frozenset(
        index for index in left if index not in left_out and looks_like_greenhouse_gas(flows[index])
    )
    notices += _told(flows, matches, found)
    return Characterised(
        flows=made,
        methods=_methods(made, found, masses),
        matches=elementary.counts(matches),
        assumed_fossil=_assumed(matches, found, "origin"),
        assumed_air=_assumed(matches, found, "compartment"),
        uncharacterised=left,
        likely=likely,
        notices=tuple(notices),
    )


def target_codes() -> tuple[str, ...]:
    """What a mapping file may name for a flow: ``co2-fossil``, ``ch4-biogenic``, ``hfc-134a``, …"""
    return tuple(target.code for target in climate_tables.targets())


def _usable(
    flows: Sequence[ElementaryFlow], repairs: Mapping[str, str]
) -> tuple[dict[str, str], list[Notice]]:
    """Repairs that name a target, and a notice for each flow whose repair names none."""
    codes = {*target_codes(), *LEAVE}
    given = {str(flow["code"]): repairs[flow["code"]] for flow in flows if flow["code"] in repairs}
    notices = [
        Notice.error("elementary-mapping-unknown", code, target=wanted)
        for code, wanted in given.items()
        if wanted not in codes
    ]
    return {code: wanted for code, wanted in given.items() if wanted in codes}, notices


@cache
def climate_targets() -> Targets:
    """The climate targets for the matcher, in the order of the tables."""
    return Targets([_target(target) for target in climate_tables.targets()])


def _target(target: ClimateTarget) -> Target:
    names = climate_tables.synonyms().get(target.species, ())
    return Target(
        code=target.code,
        name=target.name_en,
        places=_places(target),
        origin=target.origin,
        cas=target.cas,
        synonyms=names,
        identifiers=climate_tables.identifiers().get(target.code, ()),
    )


def _places(target: ClimateTarget) -> tuple[Compartment, ...]:
    """Where a flow is this target. The compartment, not the target, tells what aircraft emit."""
    if target.aircraft or target.gas == UNSPECIFIED:
        return ()
    return _PLACES.get(target.origin, (Compartment(AIR),))


def _kilograms(flow: ElementaryFlow) -> float:
    """Kilograms in one unit of the flow; 0 for a unit that is no mass (rule 2)."""
    from decimal import Decimal

    try:
        code, factor = foreign(str(flow["unit"]))
        if dimension(code) != "mass":
            return 0.0
    except UnknownUnit:
        return 0.0
    return float(factor) * float(convert(Decimal(1), code, "kg"))


def _flow(flow: ElementaryFlow, target: ClimateTarget | None) -> Flow:
    number = cas_number(str(flow.get("CAS number") or ""))
    part = target.part if target else ""
    return Flow(
        code=str(flow["code"]),
        name_zh=str(flow.get("name zh") or (target.name_zh if target else "")),
        name_en=str(flow["name"]),
        formula=str(flow.get("formula") or (target.formula if target else "")),
        compartment="/".join(str(word) for word in flow.get("categories") or ()),
        cas=number or (target.cas if target else ""),
        part=part,
        gas=target.gas if target else "",
        aircraft=part == "fossil" and (target.aircraft or _flies(flow)) if target else False,
        unit=str(flow["unit"]),
    )


def _flies(flow: ElementaryFlow) -> bool:
    place = compartments.of_flow(flow)
    return place == (AIR, UPPER_AIR) or origins.read(str(flow["name"]), place).aircraft


def _methods(
    flows: Sequence[Flow], found: Sequence[ClimateTarget | None], masses: Sequence[float]
) -> list[Method]:
    methods = []
    for years, parts in ((100, METHOD_PARTS), (20, PARTS_20)):
        for gwp_set in GWP_SETS:
            factors = _factors(found, masses, gwp_set, years)
            methods += [_method(flows, factors, gwp_set, part, years) for part in parts]
    return methods


def _factors(
    found: Sequence[ClimateTarget | None], masses: Sequence[float], gwp_set: str, years: int
) -> NDArray[np.float64]:
    """kgCO2e per unit of each flow, shape (flows,), whatever it counts to."""
    import numpy as np

    values = [
        target.factor.get((gwp_set, years), 0.0) * mass if target else 0.0
        for target, mass in zip(found, masses, strict=True)
    ]
    return np.array(values, dtype=np.float64)


def _method(
    flows: Sequence[Flow], factors: NDArray[np.float64], gwp_set: str, part: str, years: int
) -> Method:
    import numpy as np

    counted = np.array([_counts(flow, part) for flow in flows], dtype=bool)
    return Method(
        identifier=method_id(gwp_set, part, years),
        title=method_title(gwp_set, part, years),
        unit=UNIT,
        factors=np.where(counted, factors, 0.0),
        gwp_set=gwp_set,
        part=part,
        source=climate_tables.sources()[f"ipcc-{gwp_set.lower()}-wg1"].title,
    )


def _counts(flow: Flow, part: str) -> bool:
    if part == "total":
        return flow.part in PARTS
    if part == "aircraft":
        return flow.aircraft
    if part.startswith("gas-"):
        return flow.gas == part.removeprefix("gas-")
    return flow.part == part


def _assumed(matches: Sequence[Match], found: Sequence[ClimateTarget | None], what: str) -> int:
    return sum(what in one.assumed and found[one.flow] is not None for one in matches)


def _told(
    flows: Sequence[ElementaryFlow], matches: Sequence[Match], found: Sequence[ClimateTarget | None]
) -> list[Notice]:
    notices = [
        Notice.warning(
            "elementary-not-a-mass", str(flows[one.flow]["code"]), name=flows[one.flow]["name"], unit=unit
        )
        for one in matches
        if one.target >= 0 and found[one.flow] is None and (unit := str(flows[one.flow]["unit"]) or "?")
    ]
    for what in ("origin", "compartment"):
        if count := _assumed(matches, found, what):
            notices.append(Notice.warning(f"elementary-{what}-assumed", count=count))
    for gwp_set in GWP_SETS:
        missing = sorted(
            {t.name_en for t in found if t and t.gas != UNSPECIFIED and (gwp_set, 100) not in t.factor}
        )
        if missing:
            names = "; ".join(missing[:_MOST_NAMED]) + (" …" if len(missing) > _MOST_NAMED else "")
            notices.append(
                Notice.warning("elementary-no-figure", gwp_set=gwp_set, count=len(missing), names=names)
            )
    return notices
