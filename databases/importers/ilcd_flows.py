"""ILCD flows with what is behind them: flow property -> unit group -> reference unit, categories, CAS, names.

Rules
1. An amount of a flow is in the reference unit of its reference flow property, times that property's mean value
   (ILCD flow data set, ``flowProperties/flowProperty/meanValue``).
2. Where a package leaves out flow properties or unit groups, the reference unit comes from the identifiers that ILCD
   fixes (:data:`databases.importers.quantities.REFERENCE_UNITS`); an unknown one leaves the unit empty and is told.
3. Of several versions of one data set the highest counts; how many were left out is told.
4. Text in several languages: English, else Chinese, else the first; a Chinese name is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from databases.category_paths import Path, categories
from databases.importers import xml
from databases.importers.collected import Collected
from databases.importers.quantities import REFERENCE_UNITS, Quantity, product_properties
from databases.importers.shape import ElementaryFlow, cas_number
from databases.notices import Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ELEMENTARY, PRODUCT, WASTE = "elementary", "product", "waste"
_KINDS = {"elementary flow": ELEMENTARY, "product flow": PRODUCT, "waste flow": WASTE, "other flow": PRODUCT}
_INFORMATION = {
    "processDataSet": "processInformation",
    "flowDataSet": "flowInformation",
    "flowPropertyDataSet": "flowPropertiesInformation",
    "unitGroupDataSet": "unitGroupInformation",
    "sourceDataSet": "sourceInformation",
    "lifeCycleModelDataSet": "lifeCycleModelInformation",
}
_NAME_PARTS = ("treatmentStandardsRoutes", "mixAndLocationTypes")
_LAST_NAME_PART = {"processDataSet": "functionalUnitFlowProperties", "flowDataSet": "flowProperties"}


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed data set: its file, root element, UUID and version (``(1, 0, 0)``)."""

    file: str
    root: Element
    uuid: str
    version: tuple[int, ...]

    @property
    def information(self) -> Element | None:
        """The element that every kind begins with."""
        return xml.child(self.root, _INFORMATION[xml.local(self.root)])


@dataclass(slots=True)
class Flow:
    """A flow as exchanges need it. ``factor``: rule 1. ``quantities``: its properties for one reference unit."""

    uuid: str
    name: str
    kind: str
    unit: str
    factor: float = 1.0
    name_zh: str = ""
    categories: Path = ()
    cas: str = ""
    formula: str = ""
    synonyms: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    _properties: dict[str, float | str] | None = None

    def product_properties(self) -> dict[str, float | str]:
        """Mass, energy and price of one reference unit, worked out once; as :func:`quantities.product_properties`."""
        if self._properties is None:
            self._properties = product_properties(self.quantities, 1.0)
        return dict(self._properties)

    def node(self) -> ElementaryFlow:
        """The elementary flow in the shape of :mod:`databases.importers.shape`."""
        found: ElementaryFlow = {
            "code": self.uuid,
            "name": self.name,
            "unit": self.unit,
            "categories": self.categories,
        }
        optional = {
            "CAS number": self.cas,
            "formula": self.formula,
            "synonyms": list(self.synonyms),
            "name zh": self.name_zh,
        }
        return found | {key: value for key, value in optional.items() if value}


@dataclass(slots=True)
class Library:
    """What processes refer to: flows and citations by UUID."""

    flows: dict[str, Flow] = field(default_factory=dict)
    citations: dict[str, str] = field(default_factory=dict)


def document(root: Element, file: str) -> Document:
    """A parsed data set with its identity; the UUID is ``""`` where the file names none."""
    element = xml.child(root, _INFORMATION.get(xml.local(root), ""))
    uuid = xml.text(element, "dataSetInformation", "UUID").casefold()
    version = xml.text(root, "administrativeInformation", "publicationAndOwnership", "dataSetVersion")
    return Document(file, root, uuid, tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:4]))


def newest(documents: Iterable[Document], told: Collected) -> list[Document]:
    """Rule 3: every UUID in its highest version, files that share that version all kept; in the order of the files."""
    listed = list(documents)
    highest: dict[str, tuple[int, ...]] = {}
    for item in listed:
        if item.uuid not in highest or item.version > highest[item.uuid]:
            highest[item.uuid] = item.version
    kept = []
    for item in listed:
        if not item.uuid or item.version == highest[item.uuid]:
            kept.append(item)
        else:
            told.add(Severity.NOTE, "ilcd-older-version", item.file, item.uuid)
    return kept


def full_name(information: Element | None, kind: str) -> tuple[str, str]:
    """(name, Chinese name) of a process or flow: base name, treatment, mix and last part, as ILCD shows them."""
    names = xml.child(information, "dataSetInformation", "name")
    parts = [
        xml.texts(names, part) for part in ("baseName", *_NAME_PARTS, _LAST_NAME_PART.get(kind, "")) if part
    ]
    name = "; ".join(text for part in parts if (text := xml.preferred(part, "en", "zh")))
    if not any(key.startswith("zh") for key in parts[0]):
        return name, ""
    chinese = [value for part in parts for key, value in part.items() if key.startswith("zh")]
    return name, "; ".join(chinese)


def library(documents: dict[str, list[Document]], told: Collected) -> Library:
    """Flows and citations of a package; ``documents`` by name of the root element."""
    units = _reference_units(documents.get("unitGroupDataSet", ()))
    properties = {item.uuid: _property(item, units) for item in documents.get("flowPropertyDataSet", ())}
    found = Library()
    for item in documents.get("flowDataSet", ()):
        flow = _flow(item, properties)
        found.flows.setdefault(flow.uuid, flow)
        if not flow.unit:
            told.add(Severity.WARNING, "ilcd-unit-unknown", item.file, flow.name)
    for item in documents.get("sourceDataSet", ()):
        information = xml.child(item.information, "dataSetInformation")
        text = xml.text(information, "sourceCitation")
        found.citations[item.uuid] = text or xml.preferred(xml.texts(information, "shortName"), "en", "zh")
    return found


def _reference_units(documents: Iterable[Document]) -> dict[str, str]:
    found = {}
    for item in documents:
        reference = xml.text(item.information, "quantitativeReference", "referenceToReferenceUnit")
        names = {
            xml.attribute(unit, "dataSetInternalID"): xml.text(unit, "name")
            for unit in xml.children(item.root, "units", "unit")
        }
        found[item.uuid] = names.get(reference) or ""
    return found


def _property(item: Document, units: dict[str, str]) -> tuple[str, str]:
    """(name, reference unit) of a flow property."""
    name = xml.preferred(xml.texts(item.information, "dataSetInformation", "name"), "en", "zh")
    group = xml.child(item.information, "quantitativeReference", "referenceToReferenceUnitGroup")
    unit = units.get(xml.attribute(group, "refObjectId").casefold()) or REFERENCE_UNITS.get(item.uuid, "")
    return name, unit


def _flow(item: Document, properties: dict[str, tuple[str, str]]) -> Flow:
    information = xml.child(item.information, "dataSetInformation")
    name, name_zh = full_name(item.information, "flowDataSet")
    kind = xml.text(item.root, "modellingAndValidation", "LCIMethod", "typeOfDataSet") or xml.text(
        item.root, "modellingAndValidation", "LCIMethodAndAllocation", "typeOfDataSet"
    )
    path = _category_path(information)
    unit, factor, quantities = _quantities(item, properties)
    return Flow(
        uuid=item.uuid,
        name=name or item.uuid,
        kind=_KINDS.get(kind.casefold(), ELEMENTARY if path else PRODUCT),
        unit=unit,
        factor=factor,
        name_zh=name_zh,
        categories=categories(path),
        cas=cas_number(xml.text(information, "CASNumber")),
        formula=xml.text(information, "sumFormula"),
        synonyms=_synonyms(information),
        quantities=quantities,
    )


def _category_path(information: Element | None) -> list[str]:
    """Levels of the elementary flow categorization, widest first."""
    path = ("classificationInformation", "elementaryFlowCategorization", "category")
    levels = [(xml.attribute(item, "level"), xml.text(item)) for item in xml.children(information, *path)]
    return [text for _, text in sorted(levels, key=lambda level: level[0]) if text]


def _synonyms(information: Element | None) -> tuple[str, ...]:
    words = [
        word.strip()
        for text in xml.texts(information, "synonyms").values()
        for word in re.split(r"[;；]", text)
    ]
    return tuple(dict.fromkeys(word for word in words if word))


def _quantities(
    item: Document, properties: dict[str, tuple[str, str]]
) -> tuple[str, float, tuple[Quantity, ...]]:
    """(reference unit, mean value of the reference property, every property for one reference unit)."""
    reference = xml.text(item.information, "quantitativeReference", "referenceToReferenceFlowProperty")
    found: list[tuple[str, Quantity]] = []
    for entry in xml.children(item.root, "flowProperties", "flowProperty"):
        link = xml.child(entry, "referenceToFlowPropertyDataSet")
        uuid = xml.attribute(link, "refObjectId").casefold()
        name, unit = properties.get(uuid) or (
            xml.preferred(xml.texts(link, "shortDescription"), "en", "zh"),
            REFERENCE_UNITS.get(uuid, ""),
        )
        mean = xml.number(xml.text(entry, "meanValue"))
        economic = "market value" in name.casefold() or "price" in name.casefold()
        amount = 1.0 if mean is None else mean
        found.append(
            (xml.attribute(entry, "dataSetInternalID"), Quantity(name, uuid, amount, unit, economic))
        )
    chosen = next((quantity for number, quantity in found if number == reference), None)
    chosen = chosen or (found[0][1] if found else None)
    if chosen is None:
        return "", 1.0, ()
    factor = chosen.amount if chosen.amount else 1.0
    scaled = (
        Quantity(
            quantity.name, quantity.identifier, quantity.amount / factor, quantity.unit, quantity.economic
        )
        for _, quantity in found
    )
    return chosen.unit, factor, tuple(scaled)
