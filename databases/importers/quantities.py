"""What formats with flow properties (ILCD, openLCA) say about amounts: reference units, properties, distributions.

Rules
1. Mass and energy of a product are taken from the properties that stand for them (by identifier, else by name):
   Mass, and net calorific value or Energy. Carbon content in kg is no mass, exergy in MJ is no energy content.
2. A price is taken from a property that its format marks as economic; the unit is the currency.
3. A distribution is kept only where its parameters can be one; else the amount is a plain number.

Example: ``product_properties([Quantity("Mass", MASS, 1000.0, "kg")], 2.0) == {"mass": 2000.0}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from databases import units
from databases.units import UnitMismatch, UnknownUnit

MASS = "93a60a56-a3c8-11da-a746-0800200b9a66"
NET_CALORIFIC_VALUE = "93a60a56-a3c8-11da-a746-0800200c9a66"
ENERGY = "f6811440-ee37-11de-8a39-0800200c9a66"
REFERENCE_UNITS = {
    MASS: "kg",
    NET_CALORIFIC_VALUE: "MJ",
    ENERGY: "MJ",
    "93a60a56-a3c8-22da-a746-0800200c9a66": "m3",
    "93a60a56-a3c8-19da-a746-0800200c9a66": "m2",
    "93a60a56-a3c8-21da-a746-0800200c9a66": "m2*a",
    "93a60a56-a3c8-17da-a746-0800200c9a66": "kBq",
    "838aaa23-0117-11db-92e3-0800200c9a66": "m",
    "838aaa20-0117-11db-92e3-0800200c9a66": "t*km",
    "01846770-4cfe-4a25-8ad9-919d8d378345": "Item(s)",
    "441238a3-ba09-46ec-b35b-c30cfba746d1": "m3*a",
    "8766e10f-9f41-4db0-8173-ad0d002a5b98": "p*km",
    "ecbe0a5d-f397-4b74-993d-32d231e4bcf9": "v*km",
}
"""Reference unit of the flow properties that ILCD and openLCA share, for packages that leave their files out.

Identifiers: P, read in the unit table of olca-schema 2.4; NET_CALORIFIC_VALUE: S (ILCD reference flow properties);
reference units: S (ILCD reference unit groups)."""
_MASS_NAMES = frozenset({"mass", "质量"})
_ENERGY_NAMES = (
    "net calorific value",
    "lower heating value",
    "lower calorific value",
    "energy",
    "净热值",
    "低位热值",
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A property of a flow: ``amount`` in ``unit`` for one reference unit of the flow."""

    name: str
    identifier: str
    amount: float
    unit: str
    economic: bool = False


def product_properties(quantities: Iterable[Quantity], scale: float) -> dict[str, float | str]:
    """``mass`` in kg, ``energy`` in MJ, ``price`` with ``currency`` of ``scale`` reference units of a flow.

    What is not stated, not finite or not positive is left out.
    """
    found: dict[str, float | str] = {}
    listed = [item for item in quantities if math.isfinite(item.amount * scale) and item.amount * scale > 0]
    for key, code, rank in (("mass", "kg", _mass_rank), ("energy", "MJ", _energy_rank)):
        ranked = sorted(
            (position, index) for index, item in enumerate(listed) if (position := rank(item)) >= 0
        )
        for _, index in ranked:
            if (value := _in(listed[index].amount * scale, listed[index].unit, code)) is not None:
                found[key] = value
                break
    if (priced := next((item for item in listed if item.economic and item.unit), None)) is not None:
        found["price"], found["currency"] = priced.amount * scale, priced.unit
    return found


def distribution(
    kind: str, values: Iterable[float | None], factor: float = 1.0
) -> dict[str, float | int | bool]:
    """The keys of ``stats_arrays`` for an amount that is ``factor`` times a variable; ``{}`` where it is none (rule 3).

    ``kind`` and ``values``: ``lognormal`` (median, geometric standard deviation), ``normal`` (mean, standard
    deviation), ``triangular`` (minimum, mode, maximum), ``uniform`` (minimum, maximum).
    """
    given = [value for value in values if value is not None and math.isfinite(value)]
    wanted = {"lognormal": 2, "normal": 2, "triangular": 3, "uniform": 2}.get(kind, 0)
    if not wanted or len(given) != wanted or not math.isfinite(factor) or not factor:
        return {}
    found = _bounded(given, factor) if kind in ("triangular", "uniform") else _spread(kind, given, factor)
    return found if all(math.isfinite(value) for value in found.values()) else {}


def scales(number: int, factor: float) -> bool:
    """Whether a distribution of ``stats_arrays`` can be taken times ``factor`` by its ``loc``, ``scale`` and bounds.

    Bernoulli, discrete uniform and beta (6, 7, 10) have a chance, whole numbers or a shape; Weibull, gamma and extreme
    value (8, 9, 11) lean to one side. Nothing is left of any of them times zero.
    """
    return factor == 1.0 or (
        factor != 0 and not (number in (6, 7, 10) or (factor < 0 and number in (8, 9, 11)))
    )


def _spread(kind: str, given: list[float], factor: float) -> dict[str, float | int | bool]:
    middle, spread = given[0] * factor, given[1]
    if kind == "normal":
        scale = spread * abs(factor)
        return {"uncertainty type": 3, "loc": middle, "scale": scale} if scale > 0 else {}
    if not middle or spread <= 1:
        return {}
    found: dict[str, float | int | bool] = {"uncertainty type": 2, "loc": math.log(abs(middle))}
    return found | {"scale": math.log(spread)} | ({"negative": True} if middle < 0 else {})


def _bounded(given: list[float], factor: float) -> dict[str, float | int | bool]:
    low, high = sorted((given[0] * factor, given[-1] * factor))
    if not low < high or given != sorted(given):
        return {}
    bounds: dict[str, float | int | bool] = {"minimum": low, "maximum": high}
    if len(given) == 2:
        return {"uncertainty type": 4} | bounds
    return {"uncertainty type": 5, "loc": given[1] * factor} | bounds


def _mass_rank(item: Quantity) -> int:
    if item.identifier == MASS:
        return 0
    return 1 if item.name.casefold() in _MASS_NAMES else -1


def _energy_rank(item: Quantity) -> int:
    if item.identifier == NET_CALORIFIC_VALUE:
        return 0
    name = item.name.casefold()
    for rank, word in enumerate(_ENERGY_NAMES, start=1):
        if name == word or (word != "energy" and word in name):
            return rank
    return len(_ENERGY_NAMES) + 1 if item.identifier == ENERGY else -1


def _in(amount: float, unit: str, code: str) -> float | None:
    try:
        value = float(units.convert(Decimal(repr(amount)), units.parse(unit), code))
    except (UnknownUnit, UnitMismatch):
        return None
    return value if math.isfinite(value) else None
