"""Entities of an openLCA package that processes refer to: identifiers, units, flow properties, places, sources, flows.

Rules
1. An identifier that is a UUID stays; any other becomes a UUID of version 5 in the project's own namespace, from the
   kind of entity and its code. The same release gives the same identifiers everywhere.
2. Units, unit groups and flow properties are openLCA's own reference data where it has them, under openLCA's
   identifiers, so that the package joins a database that holds them. Other units get a group of their own.
3. Elementary flows carry their code as a tag (``tanbiao:code=co2-fossil``) and among their synonyms: whoever reads the
   package again finds them without guessing.

Sources: olca-schema 2 (GreenDelta) and its table of reference units, P.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from databases import places
from databases.catalogue import Flow
from databases.category_paths import categories, is_resource, openlca_path
from databases.dataset import Dataset, Source

if TYPE_CHECKING:
    from databases.release import Release

NAMESPACE = uuid.UUID("d4302a04-92ac-55ce-8714-dd52c6ca24dc")
"""``uuid5(NAMESPACE_DNS, "tanbiao")``."""
TAG = "tanbiao:"
_MARKS = (("%", "%25"), (",", "%2C"))
"""Tags that begin so are ours, such as ``tanbiao:code=co2-fossil``; the reader of the format knows them."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_GROUPS: dict[str, dict[str, tuple[str, float]]] = {
    "kg": {"kg": ("kg", 1.0), "g": ("g", 0.001), "t": ("t", 1000.0)},
    "MJ": {"MJ": ("MJ", 1.0), "kWh": ("kWh", 3.6), "MWh": ("MWh", 3600.0), "GJ": ("GJ", 1000.0)},
    "m3": {"m3": ("m3", 1.0), "L": ("l", 0.001)},
    "m2": {"m2": ("m2", 1.0)},
    "m": {"m": ("m", 1.0), "km": ("km", 1000.0)},
    "t*km": {"tkm": ("t*km", 1.0)},
    "p*km": {"pkm": ("p*km", 1.0)},
    "v*km": {"vkm": ("v*km", 1.0)},
    "Item(s)": {"piece": ("Item(s)", 1.0)},
    "d": {"": ("d", 1.0), "h": ("h", 1 / 24), "a": ("a", 365.0)},
    "m*a": {"ma": ("m*a", 1.0)},
    "m2*a": {"m2a": ("m2*a", 1.0)},
    "m3*a": {"m3a": ("m3*a", 1.0)},
    "kg*a": {"kga": ("kg*a", 1.0)},
    "kBq": {"kBq": ("kBq", 1.0)},
}
"""openLCA's reference unit of a group -> our unit -> (openLCA's symbol, reference units in one). A year has 365 days,
as in :mod:`databases.units`."""
_GROUP_OF = {unit: reference for reference, listed in _GROUPS.items() for unit in listed if unit}


def escaped(value: str) -> str:
    """A value as it stands in a tag: openLCA splits tags at commas."""
    for mark, written in _MARKS:
        value = value.replace(mark, written)
    return value


def unescaped(written: str) -> str:
    """The inverse of :func:`escaped`."""
    for mark, text in reversed(_MARKS):
        written = written.replace(text, mark)
    return written


def entity_id(kind: str, code: str) -> str:
    """The UUID of an entity (rule 1); ``kind`` keeps equal codes of different things apart."""
    if _UUID.fullmatch(code.casefold()):
        return code.casefold()
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{code}"))


def process_id(release: Release, code: str) -> str:
    """The UUID of the process of a dataset, shared by the releases of one name: a newer one replaces an older."""
    return entity_id(f"process/{release.name}", code)


def product_id(release: Release, code: str) -> str:
    """The UUID of the product flow of a dataset."""
    return str(uuid.uuid5(NAMESPACE, f"product/{release.name}/{code}"))


def flow_id(code: str) -> str:
    """The UUID of an elementary flow, the same for every release."""
    return entity_id("flow", code)


def is_taken(flow: Flow) -> bool:
    """True for an elementary flow that is taken from nature: an input."""
    return is_resource(categories(_path(flow).split("/")))


@dataclass(frozen=True, slots=True)
class UnitRefs:
    """References to a unit and to the flow property it measures."""

    unit: Any
    quantity: Any


@dataclass(slots=True)
class Entities:
    """Makes entities once and remembers them; ``made`` is what is to be written, by identifier."""

    release: Release
    made: dict[str, Any] = field(default_factory=dict)
    _units: dict[str, UnitRefs] = field(default_factory=dict)
    _refs: dict[str, Any] = field(default_factory=dict)

    def unit(self, unit: str) -> UnitRefs:
        """References for one of our units, or for the text of a unit that we do not know (rule 2)."""
        if unit not in self._units:
            self._units[unit] = self._known(unit) if unit in _GROUP_OF else self._own(unit)
        return self._units[unit]

    def product(self, dataset: Dataset) -> Any:
        """Reference to the product flow of a dataset."""
        import olca_schema as olca

        key = product_id(self.release, dataset.code)
        path = "/".join(part for part in (dataset.kind, dataset.group) if part)
        return self._flow(
            key, dataset.name_en or dataset.name_zh, olca.FlowType.PRODUCT_FLOW, dataset.unit, path
        )

    def without_supplier(self, name: str, unit: str) -> Any:
        """Reference to a product that no dataset of the release supplies; it is marked, so that it stays so."""
        import olca_schema as olca

        key = entity_id("no-supplier", f"{name}|{unit}")
        kind = olca.FlowType.PRODUCT_FLOW
        return self._flow(key, name or "?", kind, unit, "without supplier", tags=[f"{TAG}no-supplier"])

    def elementary(self, flow: Flow) -> Any:
        """Reference to an elementary flow (rule 3)."""
        import olca_schema as olca

        words = [flow.code, flow.name_zh]
        return self._flow(
            flow_id(flow.code),
            flow.name_en or flow.name_zh or flow.code,
            olca.FlowType.ELEMENTARY_FLOW,
            flow.unit,
            _path(flow),
            tags=[f"{TAG}code={escaped(flow.code)}"],
            cas=flow.cas or None,
            formula=flow.formula or None,
            synonyms=";".join(word for word in words if word),
        )

    def place(self, code: str) -> Any:
        """Reference to a place."""
        import olca_schema as olca

        key = entity_id("place", code)
        if key not in self._refs:
            try:
                name = places.name(code, "en")
            except places.UnknownPlace:
                name = code
            self._keep(olca.Location(id=key, name=name, code=code))
        return self._refs[key]

    def source(self, source: Source) -> Any:
        """Reference to a document."""
        import olca_schema as olca

        key = entity_id(f"source/{self.release.name}", source.code)
        if key not in self._refs:
            parts = (source.issuer, source.title, source.document_number, source.published)
            self._keep(
                olca.Source(
                    id=key,
                    name=source.title or source.code,
                    text_reference=", ".join(part for part in parts if part),
                    description="\n".join(part for part in (source.licence, source.attribution) if part),
                    url=source.url or None,
                    year=int(source.published[:4]) if source.published[:4].isdecimal() else None,
                )
            )
        return self._refs[key]

    def _keep(self, entity: Any) -> Any:
        self.made[entity.id] = entity
        self._refs[entity.id] = entity.to_ref()
        return self._refs[entity.id]

    def _flow(self, key: str, name: str, kind: Any, unit: str, category: str, **more: Any) -> Any:
        import olca_schema as olca

        if key not in self._refs:
            factor = olca.FlowPropertyFactor(
                flow_property=self.unit(unit).quantity, conversion_factor=1.0, is_ref_flow_property=True
            )
            flow = olca.Flow(
                id=key, name=name, flow_type=kind, category=category, flow_properties=[factor], **more
            )
            self._keep(flow).flow_type = kind
        return self._refs[key]

    def _known(self, unit: str) -> UnitRefs:
        import olca_schema as olca
        from olca_schema import units as reference

        main = _GROUP_OF[unit]
        group, quantity = reference.group_ref(main), reference.property_ref(main)
        members = []
        for symbol, factor in _GROUPS[main].values():
            known = reference.unit_ref(symbol)
            members.append(
                olca.Unit(id=known.id, name=symbol, conversion_factor=factor, is_ref_unit=symbol == main)
            )
        self._group((group.id, group.name), (quantity.id, quantity.name), members)
        return UnitRefs(reference.unit_ref(_GROUPS[main][unit][0]), quantity)

    def _own(self, unit: str) -> UnitRefs:
        import olca_schema as olca

        name = unit or "?"
        member = olca.Unit(id=entity_id("unit", name), name=name, conversion_factor=1.0, is_ref_unit=True)
        quantity = (entity_id("quantity", name), f"Quantity in {name}")
        self._group((entity_id("unit group", name), f"Units of {name}"), quantity, [member])
        return UnitRefs(member.to_ref(), self._refs[quantity[0]])

    def _group(self, group: tuple[str, str], quantity: tuple[str, str], members: list[Any]) -> None:
        import olca_schema as olca

        made = olca.UnitGroup(id=group[0], name=group[1], units=members)
        measured = olca.FlowProperty(
            id=quantity[0],
            name=quantity[1],
            flow_property_type=olca.FlowPropertyType.PHYSICAL_QUANTITY,
            unit_group=self._keep(made),
        )
        made.default_flow_property = self._keep(measured)


def _path(flow: Flow) -> str:
    return openlca_path(flow.compartment.split("/"))
