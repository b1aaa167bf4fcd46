"""One ILCD process data set in Brightway's shape.

Rules
1. The exchanges that ``referenceToReferenceFlow`` names are the reference products, the first of them the quantitative
   reference. A reference flow that goes in is waste (or a service on it) that the process takes.
2. Other outputs of product flows are co-products, other inputs of waste flows are waste that is treated for somebody;
   outputs of waste flows are handed over for treatment.
3. ``resultingAmount`` counts where it is given, else ``meanAmount``; both times the flow's reference property.
4. A "reminder flow" only repeats what the inventory holds already (ILCD, functionType): it is left out and counted.
5. Allocated fractions that are the same for every exchange are the shares of the co-products; fractions that differ by
   exchange are kept with each exchange as ``shares``.
6. An EPD holds results per module and no inventory: its reference stays, the process is a cut-off, and that is told.
7. ``relativeStandardDeviation95In`` is SDg² of a lognormal and 2·SD of a normal distribution (ILCD process data set).
8. A flow whose data set is missing keeps its short description: an input as a product without a supplier, an output as
   an elementary flow without a compartment; both are told.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from databases.category_paths import signed
from databases.importers import xml
from databases.importers.collected import Collected
from databases.importers.ilcd_flows import ELEMENTARY, PRODUCT, WASTE, Document, Flow, Library, full_name
from databases.importers.quantities import distribution
from databases.importers.shape import Process
from databases.notices import Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Exchange = dict[str, Any]
_SAME = 1e-9


@dataclass(slots=True)
class _Reading:
    """A process while its exchanges are read.

    ``references``: internal ids that the process names as reference flows; ``numbers``: of each exchange kept, in
    order; ``met``: the same as a set.
    """

    item: Document
    library: Library
    told: Collected
    name: str
    references: dict[str, None]
    epd: bool
    numbers: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    exchanges: list[Exchange] = field(default_factory=list)
    fractions: list[dict[str, float]] = field(default_factory=list)

    def tell(self, severity: Severity, code: str, what: str = "", count: int = 1) -> None:
        """Count a thing under the name of this process."""
        self.told.add(severity, code, self.item.file, f"{self.name}: {what}" if what else self.name, count)


def process(item: Document, library: Library, told: Collected) -> Process:
    """The process of a data set; whatever it lacks is ``""`` and told, never an error."""
    information = item.information
    name, name_zh = full_name(information, "processDataSet")
    named = xml.children(information, "quantitativeReference", "referenceToReferenceFlow")
    references = dict.fromkeys(xml.text(reference) for reference in named)
    reading = _Reading(item, library, told, name or item.uuid, references, _is_epd(item.root))
    for element in xml.children(item.root, "exchanges", "exchange"):
        _read(reading, element)
    _one_reference(reading)
    _allocate(reading)
    found = _described(item, library, reading.name, name_zh)
    reference = next((entry for entry in reading.exchanges if entry.get("reference")), None)
    if reference is None:
        reading.tell(Severity.ERROR, "ilcd-reference-missing")
    found["reference product"] = reference["name"] if reference else ""
    found["unit"] = reference["unit"] if reference else ""
    found["exchanges"] = reading.exchanges
    empty = len(reading.exchanges) <= 1 and xml.child(item.root, "LCIAResults", "LCIAResult") is not None
    if reading.epd or empty:
        found["cut-off"] = True
        reading.tell(Severity.WARNING, "ilcd-epd")
    return found


def _is_epd(root: Element) -> bool:
    """Rule 6: by its type, or by amounts in a namespace of the EPD extension."""
    path = ("modellingAndValidation", "LCIMethodAndAllocation", "typeOfDataSet")
    if xml.text(root, *path).casefold() == "epd":
        return True
    return any(
        "/EPD/" in str(item.tag) for item in xml.children(root, "exchanges", "exchange", "other", "amount")
    )


def _described(item: Document, library: Library, name: str, name_zh: str) -> Process:
    information = item.information
    place = xml.child(information, "geography", "locationOfOperationSupplyOrProduction")
    found: Process = {
        "code": item.uuid or item.file,
        "name": name,
        "location": xml.attribute(place, "location"),
        "type": "process",
        "filename": item.file,
    }
    optional: dict[str, Any] = {
        "name zh": name_zh,
        "year": _year(information),
        "comment": _comment(item),
        "technology": _preferred(
            xml.child(information, "technology"), "technologyDescriptionAndIncludedProcesses"
        ),
        "classifications": _classes(information),
        "source": _citation(item, library),
        "process type": xml.text(
            item.root, "modellingAndValidation", "LCIMethodAndAllocation", "typeOfDataSet"
        ),
    }
    return found | {key: value for key, value in optional.items() if value}


def _preferred(element: Element | None, *path: str) -> str:
    return xml.preferred(xml.texts(element, *path), "en", "zh")


def _year(information: Element | None) -> int:
    """Until when the data stand, else the reference year; 0 where neither is a year."""
    for key in ("dataSetValidUntil", "referenceYear"):
        match = re.match(r"\d{4}", xml.text(information, "time", key))
        if match and 1900 <= int(match[0]) <= 2200:
            return int(match[0])
    return 0


def _comment(item: Document) -> str:
    information, modelling = item.information, xml.child(item.root, "modellingAndValidation")
    place = xml.child(information, "geography", "locationOfOperationSupplyOrProduction")
    parts = (
        _preferred(information, "dataSetInformation", "generalComment"),
        _preferred(information, "time", "timeRepresentativenessDescription"),
        _preferred(place, "descriptionOfRestrictions"),
        _preferred(modelling, "LCIMethodAndAllocation", "deviationsFromLCIMethodApproaches"),
        _preferred(modelling, "dataSourcesTreatmentAndRepresentativeness", "useAdviceForDataSet"),
    )
    return "\n\n".join(part for part in parts if part)


def _classes(information: Element | None) -> list[str]:
    path = ("dataSetInformation", "classificationInformation", "classification")
    chosen = next(xml.children(information, *path), None)
    levels = [(xml.attribute(item, "level"), xml.text(item)) for item in xml.children(chosen, "class")]
    return [text for _, text in sorted(levels, key=lambda level: level[0]) if text]


def _citation(item: Document, library: Library) -> str:
    path = ("modellingAndValidation", "dataSourcesTreatmentAndRepresentativeness", "referenceToDataSource")
    cited = [
        library.citations.get(xml.attribute(link, "refObjectId").casefold())
        or _preferred(link, "shortDescription")
        for link in xml.children(item.root, *path)
    ]
    return "; ".join(dict.fromkeys(text for text in cited if text))


def _read(reading: _Reading, element: Element) -> None:
    """Add one exchange (rules 1 to 4, 6, 8), or count why not."""
    number = xml.attribute(element, "dataSetInternalID")
    reference = number in reading.references and number not in reading.met
    if reading.epd and not reference:
        return
    if not reference and "reminder" in xml.text(element, "functionType").casefold():
        reading.tell(Severity.NOTE, "ilcd-reminder-flow")
        return
    taken = xml.text(element, "exchangeDirection").casefold() == "input"
    flow = _flow(reading, element, taken=taken, reference=reference)
    exchange = _exchange(reading, element, flow, taken=taken, reference=reference)
    reading.exchanges.append(exchange)
    reading.numbers.append(number)
    reading.met.add(number)
    reading.fractions.append(_fractions(element))


def _one_reference(reading: _Reading) -> None:
    """Rule 1: of the reference flows that are there, the one named first is the quantitative reference."""
    main = next((number for number in reading.references if number in reading.met), "")
    for number, exchange in zip(reading.numbers, reading.exchanges, strict=True):
        if exchange.get("reference") and number != main:
            del exchange["reference"]


def _flow(reading: _Reading, element: Element, *, taken: bool, reference: bool) -> Flow:
    link = xml.child(element, "referenceToFlowDataSet")
    uuid = xml.attribute(link, "refObjectId").casefold()
    if (flow := reading.library.flows.get(uuid)) is not None:
        return flow
    name = _preferred(link, "shortDescription") or uuid or "?"
    reading.tell(Severity.ERROR, "ilcd-flow-missing", name)
    kind = PRODUCT if taken or reference else ELEMENTARY
    flow = Flow(uuid=uuid or name, name=name, kind=kind, unit="")
    if kind == ELEMENTARY:
        reading.library.flows[flow.uuid] = flow
    return flow


def _exchange(reading: _Reading, element: Element, flow: Flow, *, taken: bool, reference: bool) -> Exchange:
    written, amount = _amount(reading, element, flow)
    exchange: Exchange = {"type": "technosphere", "name": flow.name, "amount": amount, "unit": flow.unit}
    if flow.factor != 1.0:
        exchange |= {"published": written, "published unit": flow.name, "rule": f"× {flow.factor:g}"}
    if flow.kind == ELEMENTARY and not reference:
        exchange |= {"type": "biosphere", "flow": flow.uuid, "categories": flow.categories}
        exchange["amount"] = signed(amount, flow.categories, taken=taken)
        if flow.cas:
            exchange["CAS number"] = flow.cas
    else:
        exchange["product"] = flow.uuid
        _product(exchange, element, flow, taken=taken, reference=reference)
    if place := xml.text(element, "location"):
        exchange["location"] = place
    if comment := _preferred(element, "generalComment"):
        exchange["comment"] = comment
    sign = -1.0 if exchange["amount"] * amount < 0 else 1.0
    return exchange | _uncertainty(element, written, flow.factor * sign)


def _product(exchange: Exchange, element: Element, flow: Flow, *, taken: bool, reference: bool) -> None:
    """The type of an exchange of a product or of waste (rules 1 and 2)."""
    avoided = xml.attribute(element, "avoidedProduct").casefold() == "true"
    provider = xml.attribute(element, "defaultProvider").casefold()
    waste = flow.kind == WASTE
    if avoided and not reference:
        exchange["type"] = "substitution"
        if waste:
            exchange["waste"] = True
    elif reference or taken == waste:
        exchange["type"] = "production"
        if reference:
            exchange["reference"] = True
        if taken:
            exchange["waste"] = True
        if properties := flow.product_properties():
            exchange["properties"] = properties
    elif waste:
        exchange["waste"] = True
    if provider and exchange["type"] != "production":
        exchange["activity"] = provider


def _amount(reading: _Reading, element: Element, flow: Flow) -> tuple[str, float]:
    """Rule 3: (the text, the amount); not a number where there is none, which the report then tells."""
    written = xml.text(element, "resultingAmount") or xml.text(element, "meanAmount")
    value = xml.number(written)
    if value is None:
        reading.tell(Severity.ERROR, "ilcd-amount-missing", flow.name)
        return written, math.nan
    return written, value * flow.factor


def _uncertainty(element: Element, written: str, factor: float) -> Exchange:
    """Rule 7."""
    kind = xml.text(element, "uncertaintyDistributionType").casefold()
    spread = xml.number(xml.text(element, "relativeStandardDeviation95In"))
    low = xml.number(xml.text(element, "minimumAmount"))
    high = xml.number(xml.text(element, "maximumAmount"))
    middle = xml.number(written)
    if kind == "log-normal" and spread is not None and spread > 0:
        return distribution("lognormal", (middle, math.sqrt(spread)), factor)
    if kind == "normal" and spread is not None:
        return distribution("normal", (middle, spread / 2), factor)
    if kind == "triangular":
        return distribution("triangular", (low, middle, high), factor)
    return distribution("uniform", (low, high), factor) if kind == "uniform" else {}


def _fractions(element: Element) -> dict[str, float]:
    """Share 0..1 by internal id of the co-product."""
    found = {}
    for item in xml.children(element, "allocations", "allocation"):
        percent = xml.number(xml.attribute(item, "allocatedFraction"))
        if percent is not None and 0 <= percent <= 100:
            found[xml.attribute(item, "internalReferenceToCoProduct")] = percent / 100
    return found


def _allocate(reading: _Reading) -> None:
    """Rule 5, for a process with several products."""
    outputs = {
        number: exchange
        for number, exchange in zip(reading.numbers, reading.exchanges, strict=True)
        if exchange["type"] == "production"
    }
    if len(outputs) < 2:
        return
    split = [
        fractions
        for exchange, fractions in zip(reading.exchanges, reading.fractions, strict=True)
        if exchange["type"] != "production"
    ]
    if not any(split):
        # Some tools write the share of a product once, with the product itself.
        own = zip(reading.numbers, reading.exchanges, reading.fractions, strict=True)
        for number, exchange, fractions in own:
            if number in outputs and number in fractions:
                exchange["allocation"] = fractions[number]
        return
    if all(_equal(split[0], fractions, outputs) for fractions in split):
        for number, exchange in outputs.items():
            exchange["allocation"] = split[0].get(number, 0.0)
        return
    reading.tell(Severity.NOTE, "ilcd-shares-by-exchange")
    for exchange, fractions in zip(reading.exchanges, reading.fractions, strict=True):
        if exchange["type"] != "production" and fractions:
            exchange["shares"] = {
                outputs[number]["product"]: share for number, share in fractions.items() if number in outputs
            }


def _equal(one: dict[str, float], other: dict[str, float], outputs: dict[str, Exchange]) -> bool:
    stated = (one.keys() | other.keys()) & outputs.keys()
    return all(abs(one.get(number, 0.0) - other.get(number, 0.0)) <= _SAME for number in stated)
