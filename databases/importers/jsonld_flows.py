"""openLCA JSON-LD: flows with what is behind them (flow properties, unit groups, categories), schema 1 and 2.

Rules
1. An amount in a unit of the flow's reference property is left as it is where the unit is known, else it is turned into
   the reference unit by the factor of the unit group; one in another property's unit is turned into the reference unit
   by both factors (amount × unit factor ÷ property factor). What was printed is kept.
2. Schema 1 keeps categories as entities with a parent, schema 2 as a path in one text; both become the path.
3. A flow whose file is missing is known by what the reference to it says; where that does not even say its type, an
   input is a product, an output an elementary flow.
4. Tags that begin with :data:`TAG` are ours (see :mod:`databases.exporters.jsonld`): they carry the code of the flow.

Sources: olca-schema 1 and 2 (GreenDelta), P read in olca-schema 2.4 and in public packages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from databases import units
from databases.category_paths import Path, categories
from databases.exporters.jsonld_entities import TAG, unescaped
from databases.importers.quantities import REFERENCE_UNITS, Quantity, product_properties
from databases.importers.shape import ElementaryFlow, cas_number
from databases.importers.strict_json import Object, flag, number, record, records, text
from databases.units import UnknownUnit

ELEMENTARY, PRODUCT, WASTE = "ELEMENTARY_FLOW", "PRODUCT_FLOW", "WASTE_FLOW"
Tables = Mapping[str, Mapping[str, Object]]
_CJK = re.compile("[\u4e00-\u9fff]")


@dataclass(slots=True)
class Property:
    """A flow property of a flow: ``factor`` of it in one reference unit of the flow; factors of its units by name."""

    identifier: str
    name: str
    factor: float
    unit: str
    economic: bool
    units: dict[str, float] = field(default_factory=dict)
    unit_names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Flow:
    """A flow as exchanges need it; ``properties`` begin with the reference property."""

    identifier: str
    name: str
    kind: str
    unit: str
    categories: Path = ()
    cas: str = ""
    formula: str = ""
    synonyms: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    location: str = ""
    without_supplier: bool = False
    properties: tuple[Property, ...] = ()
    _by_identifier: dict[str, Property] = field(default_factory=dict)
    _by_unit: dict[str, Property] = field(default_factory=dict)
    _of_product: dict[float, dict[str, float | str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.properties:
            self._by_identifier.setdefault(item.identifier, item)
            for unit in item.units:
                self._by_unit.setdefault(unit, item)

    def property_of(self, identifier: str) -> Property | None:
        """The first property with this identifier."""
        return self._by_identifier.get(identifier)

    def property_with(self, unit: str) -> Property | None:
        """The first property that knows a unit of this name."""
        return self._by_unit.get(unit)

    def product_properties(self, scale: float) -> dict[str, float | str]:
        """Mass, energy and price of ``scale`` reference units, worked out once (``quantities.product_properties``)."""
        if scale not in self._of_product:
            self._of_product[scale] = product_properties(self.quantities(), scale)
        return dict(self._of_product[scale])

    def node(self) -> ElementaryFlow:
        """The elementary flow in the shape of :mod:`databases.importers.shape`."""
        found: ElementaryFlow = {
            "code": self.identifier,
            "name": self.name,
            "unit": self.unit,
            "categories": self.categories,
        }
        chinese = next((word for word in self.synonyms if _CJK.search(word)), "")
        optional: dict[str, Any] = {
            "CAS number": self.cas,
            "formula": self.formula,
            "synonyms": list(self.synonyms),
            "name zh": chinese,
            "identifiers": list(self.identifiers),
        }
        return found | {key: value for key, value in optional.items() if value}

    def quantities(self) -> list[Quantity]:
        """Every property, for one reference unit."""
        return [
            Quantity(item.name, item.identifier, item.factor, item.unit, item.economic)
            for item in self.properties
        ]


@dataclass(frozen=True, slots=True)
class Stated:
    """An amount as it enters a dataset: ``factor`` times what the file says, in ``unit``; ``rule`` where it differs."""

    unit: str
    factor: float = 1.0
    rule: str = ""
    published_unit: str = ""


def flows_of(tables: Tables) -> dict[str, Flow]:
    """Every flow of the package by its identifier."""
    groups = {key: _group(value) for key, value in tables.get("unit_groups", {}).items()}
    properties = tables.get("flow_properties", {})
    found = {}
    for key, value in tables.get("flows", {}).items():
        found[key] = _flow(key, value, tables, groups, properties)
    return found


def flow_of_reference(reference: Object, tables: Tables, *, taken: bool) -> Flow:
    """A flow known only by a reference to it (rule 3)."""
    kind = text(reference.get("flowType")).upper()
    if kind not in (ELEMENTARY, PRODUCT, WASTE):
        kind = PRODUCT if taken else ELEMENTARY
    name = text(reference.get("name"))
    identifier = text(reference.get("@id")) or name or "?"
    return Flow(
        identifier,
        name or identifier,
        kind,
        text(reference.get("refUnit")),
        categories(category_path(reference, tables)) if kind == ELEMENTARY else (),
    )


def category_path(entity: Object, tables: Tables) -> list[str]:
    """The category of an entity, widest first (rule 2)."""
    if isinstance(path := entity.get("categoryPath"), list):
        return [word for item in path if (word := text(item))]
    category = entity.get("category")
    if isinstance(category, str):
        return [word for part in category.split("/") if (word := text(part))]
    listed = tables.get("categories", {})
    words: list[str] = []
    current = record(category)
    while current and len(words) < 30:
        known = listed.get(text(current.get("@id")), {})
        if word := text(known.get("name")) or text(current.get("name")):
            words.append(word)
        if not known and isinstance(parents := current.get("categoryPath"), list):
            words += [name for item in reversed(parents) if (name := text(item))]
        current = record(known.get("category"))
    return list(reversed(words))


def place_of(reference: object, tables: Tables) -> str:
    """The code of a location, else its name."""
    if isinstance(reference, str):
        return text(reference)
    entry = record(reference)
    known = tables.get("locations", {}).get(text(entry.get("@id")), {})
    return (
        text(known.get("code"))
        or text(entry.get("code"))
        or text(entry.get("name"))
        or text(known.get("name"))
    )


def our_tags(entity: Object) -> dict[str, str]:
    """Our own tags of an entity (rule 4): ``{"code": "co2-fossil"}`` from ``tanbiao:code=co2-fossil``."""
    listed = entity.get("tags")
    found: dict[str, str] = {}
    for item in listed if isinstance(listed, list) else []:
        if (written := text(item)).startswith(TAG):
            key, _, value = written.removeprefix(TAG).partition("=")
            found.setdefault(key, unescaped(value))
    return found


def stated(flow: Flow, exchange: Object) -> Stated:
    """How an exchange states its amount, by rule 1."""
    reference = record(exchange.get("unit"))
    name, unit_id = text(reference.get("name")), text(reference.get("@id"))
    property_id = text(record(exchange.get("flowProperty")).get("@id"))
    main = flow.properties[0] if flow.properties else None
    if main is None:
        return Stated(name or flow.unit)
    chosen = flow.property_of(property_id) or main
    name = name if name in chosen.units else chosen.unit_names.get(unit_id, name or chosen.unit)
    if name not in chosen.units:
        # The unit may belong to another property than the exchange names, or to none that the package holds.
        chosen = flow.property_with(name) or chosen
    if name not in chosen.units:
        return Stated(name or flow.unit)
    if chosen is main and (name == main.unit or _known(name)):
        return Stated(name)
    factor = chosen.units[name] / chosen.factor
    return Stated(main.unit, factor, f"× {factor:.12g}", name)


def _known(unit: str) -> bool:
    try:
        return bool(units.parse(unit))
    except UnknownUnit:
        return False


def _group(entity: Object) -> tuple[str, dict[str, float], dict[str, str]]:
    """(reference unit, factor by unit name, unit name by identifier); units without a positive factor are left out."""
    reference, factors, names = "", {}, {}
    for unit in records(entity.get("units")):
        name, factor = text(unit.get("name")), number(unit.get("conversionFactor"))
        main = flag(unit.get("referenceUnit")) or flag(unit.get("isRefUnit"))
        factor = 1.0 if factor is None and main else factor
        if not name or factor is None or not 0 < factor < float("inf"):
            continue
        factors[name] = factor
        names[text(unit.get("@id"))] = name
        for synonym in unit.get("synonyms") or () if isinstance(unit.get("synonyms"), list) else ():
            factors.setdefault(text(synonym), factor)
        if main:
            reference = name
    return reference or next((name for name, factor in factors.items() if factor == 1.0), ""), factors, names


def _flow(
    key: str,
    entity: Object,
    tables: Tables,
    groups: Mapping[str, tuple[str, dict[str, float], dict[str, str]]],
    properties: Mapping[str, Object],
) -> Flow:
    kind = text(entity.get("flowType")).upper()
    found = [
        (flag(item.get("isRefFlowProperty")) or flag(item.get("referenceFlowProperty")), made)
        for item in records(entity.get("flowProperties"))
        if (made := _property(item, groups, properties)) is not None
    ]
    found.sort(key=lambda pair: not pair[0])
    listed = tuple(item for _, item in found)
    if listed and listed[0].factor != 1.0:
        # Factors count from the reference property, whatever a file says of that one itself.
        main = listed[0].factor
        for item in listed:
            item.factor /= main
    path = category_path(entity, tables)
    tags = our_tags(entity)
    name = text(entity.get("name"))
    return Flow(
        identifier=key,
        name=name or key,
        kind=kind if kind in (ELEMENTARY, PRODUCT, WASTE) else PRODUCT,
        unit=listed[0].unit if listed else text(entity.get("refUnit")),
        categories=categories(path) if kind == ELEMENTARY else (),
        cas=cas_number(text(entity.get("cas"))),
        formula=text(entity.get("formula")),
        synonyms=_synonyms(entity.get("synonyms")),
        identifiers=(tags["code"],) if tags.get("code") else (),
        location=place_of(entity.get("location"), tables),
        without_supplier="no-supplier" in tags,
        properties=listed,
    )


def _property(
    item: Object,
    groups: Mapping[str, tuple[str, dict[str, float], dict[str, str]]],
    properties: Mapping[str, Object],
) -> Property | None:
    reference = record(item.get("flowProperty"))
    identifier = text(reference.get("@id"))
    entity = properties.get(identifier, {})
    factor = number(item.get("conversionFactor"))
    factor = 1.0 if factor is None else factor
    if not 0 < abs(factor) < float("inf"):
        return None
    group = groups.get(text(record(entity.get("unitGroup")).get("@id")))
    unit, factors, names = group or ("", {}, {})
    unit = unit or text(reference.get("refUnit")) or REFERENCE_UNITS.get(identifier, "")
    return Property(
        identifier,
        text(entity.get("name")) or text(reference.get("name")),
        factor,
        unit,
        text(entity.get("flowPropertyType")).upper() == "ECONOMIC_QUANTITY",
        factors or ({unit: 1.0} if unit else {}),
        names,
    )


def _synonyms(written: object) -> tuple[str, ...]:
    parts = written if isinstance(written, list) else re.split(r"[;；]", text(written))
    return tuple(dict.fromkeys(word for part in parts if (word := text(part))))
