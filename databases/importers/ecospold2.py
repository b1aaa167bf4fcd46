"""EcoSpold 2: ``.spold`` files, one dataset each, with or without the MasterData beside them.

Rules
1. A file is screened by our own parser first. Then bw2io's extractor reads names, units, properties and distributions;
   where it refuses our own reader gives the same. Groups, compartments and identifiers come from the file's elements
   either way, as the extractor leaves them out, so that both roads end in equal dictionaries.
2. Input groups 1, 2, 3 and 5 are inputs of products, 4 comes from nature. Output group 0 is a reference product, 2 a
   by-product, 3 material handed over for treatment, 4 goes to nature, 5 is added to a stock: an output that nobody
   uses, so it is cut off.
3. A by-product that the file classifies as "Waste" (By-product classification) is waste handed over, not a product.
4. Several products: the first with output group 0 and an amount is the reference. By-products with an amount of zero
   are what a supplier's allocation has left behind, and are left out (as ``bw2io`` does).
5. The code is the MD5 of activity and reference product identifiers, as ``bw2io.utils.es2_activity_hash``. An input's
   ``activity`` is the ``activityLinkId``, its ``product`` the identifier of what it takes: together they name the
   provider, which carries its own identifier as ``activity id``.
6. ``properties`` of a product, per unit of it: ``mass`` is its wet mass, else its dry mass; ``energy`` its net heating
   value, else its gross one; ``price`` with its ``currency``; the named ones are kept beside them.

Source: EcoSpold 2 documentation (schemas EcoSpold02MetaInformation.xsd and EcoSpold02FlowData.xsd and annotations).
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING

from databases.importers import xml
from databases.importers.ecospold import (
    UNDEFINED,
    Codes,
    Raw,
    Tally,
    amount,
    cas_number,
    edition,
    members,
    through_bw2io,
    uncertainty,
    year_of,
)
from databases.importers.ecospold2_raw import by_bw2io, by_ourselves, exchanges
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.importers.sources import SourceFiles
from databases.notices import Severity, refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OUTPUTS = {"0": "production", "2": "production", "3": "technosphere", "5": "technosphere", "4": "biosphere"}
_INPUTS = frozenset({"1", "2", "3", "5"})
_DATASETS = ("activityDataset", "childActivityDataset")
_PROPERTIES = {
    "mass": ("wet mass", "dry mass"),
    "energy": ("heating value, net", "heating value, gross"),
    "price": ("price",),
}
_KEPT = frozenset(
    {"wet mass", "dry mass", "carbon content", "carbon content, fossil", "carbon content, non-fossil"}
)


def detects(files: SourceFiles) -> bool:
    """Whether a member is an EcoSpold 2 file, seen by the beginning of it; a folder has thousands, so one is enough."""
    return any(edition(files, name) == 2 for name in files.matching(".spold", ".xml"))


def read(files: SourceFiles, work: Path) -> Extract:
    """Every process of the source. Raises SourceRefused for a file that is no sound XML, or where there is none."""
    run = _Run(work)
    names, ignored = members(files, 2, ".spold")
    if not names:
        names, ignored = members(files, 2, ".xml")
    for _ in range(ignored):
        run.tally.add(Severity.NOTE, "ecospold-file-ignored", files.title)
    for name in names:
        run.file(name, files.read(name))
    if not run.processes:
        raise refused("ecospold-nothing", files.title)
    for name in files.matching("ElementaryExchanges.xml"):
        run.master_data(name, files.read(name))
    run.name_flows()
    reader = "tanbiao" if run.by_ourselves else "bw2io"
    return Extract(
        "ecospold2", reader, run.processes, list(run.flows.values()), run.tally.notices(), head=run.head
    )


class _Run:
    """One reading of one source."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.processes: list[Process] = []
        self.flows: dict[str, ElementaryFlow] = {}
        self.synonyms: dict[str, dict[str, None]] = {}
        self.head: dict[str, str] = {}
        self.tally = Tally()
        self.codes = Codes(self.tally)
        self.by_ourselves = False

    def file(self, name: str, data: bytes) -> None:
        root = xml.parse(data, name)
        datasets = [element for element in root if xml.local(element) in _DATASETS]
        if not datasets:
            self.tally.add(Severity.NOTE, "ecospold-file-ignored", name)
            return
        sizes = [sum(1 for _ in exchanges(dataset)) for dataset in datasets]
        raws, reason = through_bw2io(lambda: [by_bw2io(root, self.work)], sizes)
        if reason:
            self.by_ourselves = True
            self.tally.add(Severity.NOTE, "ecospold-bw2io-refused", name, reason=reason)
            raws = [by_ourselves(dataset) for dataset in datasets]
        for dataset, raw in zip(datasets, raws, strict=True):
            self.dataset(dataset, name, raw)

    def dataset(self, dataset: Element, filename: str, raw: Raw) -> None:
        process = _process(dataset, filename, raw)
        where = f"{filename}: {process['name']}"
        process["exchanges"] = [
            made
            for element, one in zip(exchanges(dataset), raw["exchanges"], strict=True)
            if (made := self.exchange(element, one, where))["type"] != "zero"
        ]
        product = self.reference(process)
        activity = process["activity id"]
        process["code"] = self.codes.give(process, composite_code(activity, product) if activity else "")
        self.processes.append(process)
        about = xml.child(dataset, "administrativeInformation", "fileAttributes")
        if not self.head and (title := xml.text(about, "contextName")):
            release = [xml.attribute(about, name) for name in ("majorRelease", "minorRelease")]
            self.head = {"title": title, "version": ".".join(part for part in release if part)}

    def exchange(self, element: Element, raw: Raw, where: str) -> Raw:
        kind, marks = self.kind(element, raw, where)
        value, finite = amount(written := xml.attribute(element, "amount"))
        if kind == "production" and value == 0 and "main" not in marks:
            self.tally.add(Severity.NOTE, "ecospold-zero-products", where)
            kind = "zero"
        made: Raw = {"type": kind, "amount": value, "unit": _said(raw, "unit"), "name": _said(raw, "name")}
        if not finite:
            self.tally.add(Severity.ERROR, "ecospold-number-unreadable", where, written=repr(written[:40]))
            made["published"] = written
        made |= uncertainty(raw, value) | marks
        if made["uncertainty type"] == UNDEFINED and _has_spread(element):
            self.tally.add(Severity.NOTE, "ecospold-uncertainty-left-out", where)
        optional = {
            "comment": xml.text(element, "comment"),
            "pedigree": raw.get("pedigree"),
            "formula": _said(raw, "formula"),
        }
        made |= {key: value for key, value in optional.items() if value}
        if kind == "biosphere":
            return made | self.elementary(element, made, where)
        made["product"] = xml.attribute(element, "intermediateExchangeId")
        if link := xml.attribute(element, "activityLinkId"):
            made["activity"] = link
        if kind == "production" or "waste" in marks:
            made |= _amounts_of_product(element, raw)
        return made

    def kind(self, element: Element, raw: Raw, where: str) -> tuple[str, Raw]:
        """Type of the exchange and its marks (rules 2 and 3)."""
        given, taken = xml.text(element, "outputGroup"), xml.text(element, "inputGroup")
        if xml.local(element) == "elementaryExchange":
            return "biosphere", {}
        kind = _OUTPUTS.get(given, "") if given else "technosphere" if taken in _INPUTS else ""
        if kind not in ("production", "technosphere"):
            self.tally.add(Severity.ERROR, "ecospold-group-unknown", where, name=raw["name"])
            return "technosphere", {}
        if given == "2" and _classification(element, "By-product classification").casefold() == "waste":
            return "technosphere", {"waste": True}
        marks = {"0": {"main": True}, "3": {"waste": True}, "5": {"waste": True, "cut-off": True}}
        return kind, marks.get(given, {})

    def elementary(self, element: Element, made: Raw, where: str) -> Raw:
        """Keys of an elementary exchange; its flow is remembered."""
        code = xml.attribute(element, "elementaryExchangeId") or xml.attribute(element, "id")
        place = xml.child(element, "compartment")
        path = (xml.text(place, "compartment"), xml.text(place, "subcompartment"))
        found: Raw = {"flow": code, "categories": path}
        cas = cas_number(written := xml.attribute(element, "casNumber"))
        if written and not cas:
            self.tally.add(Severity.NOTE, "ecospold-cas-unreadable", where, written=repr(written[:40]))
        flow = self.flows.setdefault(
            code, {"code": code, "name": made["name"], "unit": made["unit"], "categories": path}
        )
        if cas:
            found["CAS number"] = cas
            flow.setdefault("CAS number", cas)
        if formula := xml.attribute(element, "formula"):
            flow.setdefault("formula", formula)
        self.add_synonyms(flow, element)
        return found

    def reference(self, process: Process) -> str:
        """Mark the reference product (rule 4); gives its identifier, ``""`` where there is none."""
        products = [item for item in process["exchanges"] if item["type"] == "production"]
        main = [item for item in products if item.pop("main", False)]
        chosen = [item for item in main if item["amount"]] or main or (products if len(products) == 1 else [])
        if not chosen:
            self.tally.add(
                Severity.WARNING, "ecospold-no-reference", process["filename"], name=process["name"]
            )
            return ""
        chosen[0]["reference"] = True
        process["reference product"] = chosen[0]["name"]
        process["unit"] = chosen[0]["unit"]
        return str(chosen[0]["product"])

    def master_data(self, name: str, data: bytes) -> None:
        """Synonyms and formulas of the elementary flows in use."""
        for element in xml.each(data, name, "elementaryExchange"):
            if flow := self.flows.get(xml.attribute(element, "id")):
                self.add_synonyms(flow, element)
                if formula := xml.attribute(element, "formula"):
                    flow.setdefault("formula", formula)

    def add_synonyms(self, flow: ElementaryFlow, element: Element) -> None:
        """Remember the other names that an element gives to a flow."""
        for item in xml.children(element, "synonym"):
            if (said := xml.text(item)) and said != flow["name"]:
                self.synonyms.setdefault(flow["code"], {})[said] = None

    def name_flows(self) -> None:
        """Give the flows their synonyms, each once, in the order in which they were met."""
        for code, found in self.synonyms.items():
            self.flows[code]["synonyms"] = list(found)


def composite_code(activity: str, product: str) -> str:
    """Code of the dataset in which ``activity`` supplies ``product`` (rule 5); both are identifiers of the file."""
    return hashlib.md5((activity + product).encode(), usedforsecurity=False).hexdigest()


def _process(dataset: Element, filename: str, raw: Raw) -> Process:
    about = xml.child(dataset, "activityDescription")
    activity, period, technology = (
        xml.child(about, name) for name in ("activity", "timePeriod", "technology")
    )
    process: Process = {
        "code": "",
        "name": _said(raw, "name"),
        "reference product": "",
        "unit": "",
        "location": _said(raw, "location"),
        "type": "process",
        "filename": filename,
        "activity id": xml.attribute(activity, "id"),
        "exchanges": [],
    }
    written = xml.attribute(
        xml.child(dataset, "administrativeInformation", "fileAttributes"), "fileTimestamp"
    )
    parts = (
        ("", _long(activity, "generalComment")),
        ("Included activities start: ", xml.text(activity, "includedActivitiesStart")),
        ("Included activities end: ", xml.text(activity, "includedActivitiesEnd")),
        ("Geography: ", _long(about, "geography", "comment")),
        ("Time period: ", _long(period, "comment")),
    )
    parameters = {
        name: {key: _said(found, key) for key in ("unit", "description")} | {"amount": found["amount"]}
        for name, found in raw["parameters"].items()
        if not found.get("unnamed")
    }
    optional = {
        "comment": "\n".join(label + said for label, said in parts if said),
        "technology": _long(technology, "comment"),
        "classifications": _classes(about),
        "year": year_of(xml.attribute(period, "startDate"), xml.attribute(period, "endDate"), "", written),
        "source": _citation(dataset),
        "synonyms": [said for item in xml.children(activity, "synonym") if (said := xml.text(item))],
        "parameters": parameters,
    }
    return process | {key: value for key, value in optional.items() if value}


def _classes(about: Element | None) -> tuple[str, ...]:
    """The path of the EcoSpold 1 categories, else the ISIC class: both go from wide to narrow."""
    path = _classification(about, "EcoSpold01Categories")
    if path:
        return tuple(part for part in path.split("/") if part)
    return tuple(part for part in (_classification(about, "ISIC rev.4 ecoinvent"),) if part)


def _classification(element: Element | None, system: str) -> str:
    for item in xml.children(element, "classification"):
        if xml.text(item, "classificationSystem").casefold() == system.casefold():
            return xml.text(item, "classificationValue")
    return ""


def _citation(dataset: Element) -> str:
    published = xml.child(dataset, "administrativeInformation", "dataGeneratorAndPublication")
    author, year = (
        xml.attribute(published, name) for name in ("publishedSourceFirstAuthor", "publishedSourceYear")
    )
    return " ".join(part for part in (author, f"({year})" if year else "") if part)


def _amounts_of_product(element: Element, raw: Raw) -> Raw:
    """``properties`` (rule 6) and ``production volume``, as far as they are finite numbers."""
    given = {
        name: found
        for name, found in raw["properties"].items()
        if isinstance(found["amount"], float) and math.isfinite(found["amount"])
    }
    properties: Raw = {name: given[name]["amount"] for name in sorted(_KEPT & given.keys())}
    for key, names in _PROPERTIES.items():
        if name := next((name for name in names if name in given), ""):
            properties[key] = given[name]["amount"]
            if key == "price":
                properties["currency"] = given[name].get("unit") or ""
    volume, finite = amount(xml.attribute(element, "productionVolumeAmount"))
    made: Raw = {"properties": properties} if properties else {}
    return made | ({"production volume": volume} if finite and volume else {})


def _said(raw: Raw, key: str) -> str:
    return (raw.get(key) or "").strip()


def _has_spread(element: Element) -> bool:
    stated = xml.child(element, "uncertainty")
    words = {"comment", "pedigreeMatrix", "undefined"}
    return stated is not None and any(xml.local(item) not in words for item in stated)


def _long(element: Element | None, *path: str) -> str:
    """A text in paragraphs (``text`` elements with an index), in the first language of the file."""
    found = xml.child(element, *path)
    return "\n".join(said for item in xml.children(found, "text") if (said := xml.text(item)))
