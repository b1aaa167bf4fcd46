"""EcoSpold 1: one or many ``dataset`` elements a file.

Rules
1. A file is screened by our own parser first. Then bw2io's extractor reads names, units and distributions; where it
   refuses (it holds files to the schema of ecoinvent 2, such as names of at most 40 letters) our own reader gives the
   same. Everything else comes from the file's elements either way, so that both roads end in equal dictionaries.
2. Input groups 1, 2, 3 and 5 are inputs of products, 4 comes from nature. Output group 0 is the reference product,
   1 an avoided product, 2 a by-product, 3 waste handed over for treatment, 4 goes to nature.
3. An input named as an occupation or transformation of land is an elementary flow, in whatever group it stands.
4. An input filed under "CUTOFF Flows" is one whose supplier the file itself leaves out: ``cut-off``.
5. The number of an exchange identifies its product when no number stands for two names in the whole source (openLCA
   and ecoinvent number that way; others only count).
6. An ``allocation`` element gives a share (percent / 100) for a co-product and some exchanges. A share that holds for
   all exchanges stands at the product; else each exchange has ``allocation factors``, number of the product to share.
7. Elementary flows are told apart by name, category, subcategory and unit, as the format's documentation asks. An
   input filed under "emission", or an output under "resource", is that flow with a negative amount.

Source: EcoSpold 1 documentation, fields 201 to 3797 (schema EcoSpold01FlowData.xsd and its annotations).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases.importers import xml
from databases.importers.ecospold import (
    LOGNORMAL,
    NORMAL,
    TRIANGULAR,
    UNDEFINED,
    UNIFORM,
    Codes,
    Raw,
    Tally,
    amount,
    cas_number,
    fingerprint,
    members,
    through_bw2io,
    uncertainty,
    year_of,
)
from databases.importers.ecospold1_compartments import compartment, is_land, runs_backwards
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.importers.sources import SourceFiles
from databases.notices import Severity, refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_INPUTS = {
    "1": "technosphere",
    "2": "technosphere",
    "3": "technosphere",
    "5": "technosphere",
    "4": "biosphere",
}
_OUTPUTS = {"0": "production", "1": "substitution", "2": "production", "3": "technosphere", "4": "biosphere"}
_DISTRIBUTIONS = {"1": LOGNORMAL, "2": NORMAL, "3": TRIANGULAR, "4": UNIFORM}
_NO_CAS = frozenset({"", "nan", "n.a.", "-"})
_TRUE = frozenset({"true", "1"})
_MOST_FOR_BW2IO = 100_000_000
"""Bytes; its extractor holds the whole file as a tree, which takes thirty times as much."""
_NO_PROCESS = frozenset({"3", "4"})
"""``dataSetInformation/@type``: 3 elementary flow, 4 impact category."""


def detects(files: SourceFiles) -> bool:
    """Whether a member is an EcoSpold 1 file, seen by the beginning of it."""
    return bool(members(files, 1, ".xml", ".spold")[0])


def read(files: SourceFiles, work: Path) -> Extract:
    """Every process of the source. Raises SourceRefused for a file that is no sound XML, or where there is none."""
    names, ignored = members(files, 1, ".xml", ".spold")
    run = _Run()
    for _ in range(ignored):
        run.tally.add(Severity.NOTE, "ecospold-file-ignored", files.title)
    for name in names:
        run.file(name, files.read(name), work)
    if not run.processes:
        raise refused("ecospold-nothing", files.title)
    run.identify_products()
    reader = "tanbiao" if run.by_ourselves else "bw2io"
    return Extract("ecospold1", reader, run.processes, list(run.flows.values()), run.tally.notices())


class _Run:
    """One reading of one source."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.flows: dict[str, ElementaryFlow] = {}
        self.tally = Tally()
        self.codes = Codes(self.tally)
        self.by_ourselves = False

    def file(self, name: str, data: bytes, work: Path) -> None:
        sizes = [sum(1 for _ in _exchanges(dataset)) for dataset in xml.each(data, name, "dataset")]
        raws: list[Raw] = []
        reason = f"> {_MOST_FOR_BW2IO} bytes"
        if len(data) <= _MOST_FOR_BW2IO:
            raws, reason = through_bw2io(lambda: _bw2io(data, work), sizes)
        if reason:
            self.by_ourselves = True
            self.tally.add(Severity.NOTE, "ecospold-bw2io-refused", name, reason=reason)
        for position, dataset in enumerate(xml.each(data, name, "dataset")):
            self.dataset(dataset, name, raws[position] if raws else None)

    def dataset(self, dataset: Element, filename: str, raw: Raw | None) -> None:
        information = xml.child(dataset, "metaInformation", "processInformation")
        if xml.attribute(xml.child(information, "dataSetInformation"), "type") in _NO_PROCESS:
            self.tally.add(Severity.NOTE, "ecospold-not-a-process", filename)
            return
        raw = raw or _by_ourselves(dataset)
        process = _process(dataset, filename, raw)
        process["code"] = self.codes.give(process, xml.attribute(dataset, "number"))
        process["exchanges"] = [
            self.exchange(element, one, f"{filename}: {process['name']}")
            for element, one in zip(_exchanges(dataset), raw["exchanges"], strict=True)
        ]
        self.reference(process)
        self.allocation(process, raw.get("allocations", ()))
        self.processes.append(process)

    def exchange(self, element: Element, raw: Raw, where: str) -> Raw:
        kind, waste = self.kind(element, raw, where)
        value, finite = amount(written := xml.attribute(element, "meanValue"))
        made: Raw = {"type": kind, "amount": value, "unit": (raw["unit"] or "").strip(), "name": raw["name"]}
        if not finite:
            self.tally.add(Severity.ERROR, "ecospold-number-unreadable", where, written=repr(written[:40]))
            made["published"] = written
        made |= uncertainty(raw, value)
        if made["uncertainty type"] == UNDEFINED and _has_spread(element):
            self.tally.add(Severity.NOTE, "ecospold-uncertainty-left-out", where)
        if waste:
            made["waste"] = True
        if number := xml.attribute(element, "number"):
            made["number"] = number
        if raw.get("comment"):
            made["comment"] = raw["comment"].strip()
        if kind == "production" and xml.text(element, "outputGroup") == "0":
            made["main"] = True
        if kind == "biosphere":
            return made | self.elementary(element, made, raw, where)
        if raw.get("location"):
            made["location"] = raw["location"]
        if any(word.casefold() == "cutoff flows" for word in _categories(element)):
            made["cut-off"] = True
        if xml.attribute(element, "infrastructureProcess") in _TRUE:
            made["infrastructure"] = True
        return made

    def kind(self, element: Element, raw: Raw, where: str) -> tuple[str, bool]:
        """Type of the exchange, and whether it is waste handed over (rules 2 and 3)."""
        given, taken = xml.text(element, "outputGroup"), xml.text(element, "inputGroup")
        kind = _INPUTS.get(taken) if taken else _OUTPUTS.get(given)
        if kind is None:
            self.tally.add(Severity.ERROR, "ecospold-group-unknown", where, name=raw["name"])
            return "technosphere", False
        if kind == "technosphere" and taken and is_land(raw["name"]):
            self.tally.add(Severity.NOTE, "ecospold-land", where)
            return "biosphere", False
        return kind, kind == "technosphere" and not taken

    def elementary(self, element: Element, made: Raw, raw: Raw, where: str) -> Raw:
        """Keys of an elementary exchange; its flow is remembered (rule 7)."""
        words = _categories(element)
        resource = bool(xml.text(element, "inputGroup"))
        found: Raw = {}
        if runs_backwards(words, resource=resource):
            found = _turned(made, xml.attribute(element, "meanValue"))
            resource = not resource
        path = compartment(words, resource=resource, name=made["name"])
        code = fingerprint("ecospold1", made["name"], *words, resource, made["unit"])
        written = xml.attribute(element, "CASNumber")
        cas = cas_number(written)
        if not cas and written.casefold() not in _NO_CAS:
            self.tally.add(Severity.NOTE, "ecospold-cas-unreadable", where, written=repr(written[:40]))
        flow = self.flows.setdefault(
            code, {"code": code, "name": made["name"], "unit": made["unit"], "categories": path}
        )
        found |= {"flow": code, "categories": path}
        if cas:
            found["CAS number"] = cas
            flow.setdefault("CAS number", cas)
        formula = raw.get("chemical formula") or ""
        if formula not in ("", "NaN"):
            flow.setdefault("formula", formula)
        return found

    def reference(self, process: Process) -> None:
        """Mark the reference product: output group 0, else the by-product of the dataset's name, else the only one."""
        products = [item for item in process["exchanges"] if item["type"] == "production"]
        main = [item for item in products if item.pop("main", False)]
        named = [item for item in main or products if item["name"] == process["name"]]
        chosen = (named or main or (products if len(products) == 1 else []))[:1]
        for item in chosen:
            item["reference"] = True
            process["reference product"] = item["name"]
            process["unit"] = item["unit"]
        if not products:
            self.tally.add(
                Severity.WARNING, "ecospold-no-reference", process["filename"], name=process["name"]
            )

    def allocation(self, process: Process, stated: Any) -> None:
        """Put the file's shares where rule 6 wants them."""
        products = {
            item["number"]: item
            for item in process["exchanges"]
            if item["type"] == "production" and "number" in item
        }
        others = [item for item in process["exchanges"] if item["type"] != "production"]
        shares: dict[str, dict[str, float]] = {}
        for entry in stated:
            product, share = str(entry["reference"]), entry["fraction"] / 100
            if product not in products or not math.isfinite(share):
                self.tally.add(Severity.WARNING, "ecospold-allocation-unknown", process["filename"])
                continue
            shares.setdefault(product, {}).update({str(number): share for number in entry["exchanges"]})
        if not shares:
            return
        numbers = {item.get("number", "") for item in others}
        if all(len(set(found.values())) == 1 and numbers <= set(found) for found in shares.values()):
            for product, found in shares.items():
                products[product]["allocation"] = next(iter(found.values()))
            return
        for item in others:
            item["allocation factors"] = {
                product: found.get(item.get("number", ""), 0.0) for product, found in shares.items()
            }
        self.tally.add(
            Severity.NOTE, "ecospold-allocation-by-exchange", process["filename"], name=process["name"]
        )

    def identify_products(self) -> None:
        """Rule 5, once everything is read."""
        items = [
            item
            for process in self.processes
            for item in process["exchanges"]
            if item["type"] != "biosphere" and "number" in item
        ]
        names: dict[str, str] = {}
        if all(names.setdefault(item["number"], item["name"]) == item["name"] for item in items):
            for item in items:
                item["product"] = item["number"]


def _bw2io(data: bytes, work: Path) -> list[Raw]:
    from bw2io.extractors import Ecospold1DataExtractor

    path = work / "member.xml"
    path.write_bytes(data)
    try:
        return list(Ecospold1DataExtractor.process_file(path, "source"))
    finally:
        path.unlink()


def _by_ourselves(dataset: Element) -> Raw:
    """What bw2io's extractor would give of a dataset, from whatever is there."""
    function = xml.child(dataset, "metaInformation", "processInformation", "referenceFunction")
    place = xml.child(dataset, "metaInformation", "processInformation", "geography")
    return {
        "name": xml.attribute(function, "name"),
        "unit": xml.attribute(function, "unit"),
        "location": xml.attribute(place, "location"),
        "exchanges": [_exchange_by_ourselves(element) for element in _exchanges(dataset)],
        "allocations": [
            {
                "reference": xml.attribute(element, "referenceToCoProduct"),
                "fraction": amount(xml.attribute(element, "fraction"))[0],
                "exchanges": [xml.text(number) for number in xml.children(element, "referenceToInputOutput")],
            }
            for element in xml.children(dataset, "flowData", "allocation")
        ],
    }


def _exchange_by_ourselves(element: Element) -> Raw:
    kind = _DISTRIBUTIONS.get(xml.attribute(element, "uncertaintyType"), UNDEFINED)
    mean, spread, low, high, likely = (
        xml.number(xml.attribute(element, name))
        for name in ("meanValue", "standardDeviation95", "minValue", "maxValue", "mostLikelyValue")
    )
    made: Raw = {
        "name": xml.attribute(element, "name"),
        "unit": xml.attribute(element, "unit"),
        "location": xml.attribute(element, "location"),
        "comment": xml.attribute(element, "generalComment"),
        "chemical formula": xml.attribute(element, "formula"),
        "uncertainty type": kind,
    }
    if kind == LOGNORMAL and spread is not None and spread > 0:
        made["scale"] = math.log(math.sqrt(spread))  # field 3709 is the square of the geometric deviation
    elif kind == NORMAL and spread is not None:
        made["scale"] = spread / 2
    elif kind in (TRIANGULAR, UNIFORM):
        loc = mean if likely is None else likely
        given = {"minimum": low, "maximum": high, "loc": loc}
        made |= {key: value for key, value in given.items() if value is not None}
    return made


def _process(dataset: Element, filename: str, raw: Raw) -> Process:
    information = xml.child(dataset, "metaInformation", "processInformation")
    function, technology, period, place, kind = (
        xml.child(information, name)
        for name in ("referenceFunction", "technology", "timePeriod", "geography", "dataSetInformation")
    )
    process: Process = {
        "code": "",
        "name": raw["name"],
        "reference product": "",
        "unit": (raw["unit"] or "").strip(),
        "location": (raw["location"] or "").strip(),
        "type": "process",
        "filename": filename,
        "exchanges": [],
    }
    year = year_of(
        xml.text(period, "startDate") or xml.text(period, "startYear"),
        xml.text(period, "endDate") or xml.text(period, "endYear"),
        xml.attribute(period, "text"),
        xml.attribute(dataset, "timestamp") or xml.attribute(kind, "timestamp"),
    )
    comments = (
        ("", xml.attribute(function, "generalComment")),
        ("Included processes: ", xml.attribute(function, "includedProcesses")),
        ("Geography: ", xml.attribute(place, "text")),
        ("Time period: ", xml.attribute(period, "text")),
    )
    optional = {
        "comment": "\n".join(label + text for label, text in comments if text),
        "technology": xml.attribute(technology, "text"),
        "classifications": tuple(_categories(function)),
        "year": year,
        "source": _citation(dataset),
        "infrastructure": xml.attribute(function, "infrastructureProcess") in _TRUE,
    }
    return process | {key: value for key, value in optional.items() if value}


def _citation(dataset: Element) -> str:
    """The source that the dataset names as its publication, else the first that is no placeholder."""
    meta = xml.child(dataset, "metaInformation")
    sources = {
        xml.attribute(source, "number"): source
        for source in xml.children(meta, "modellingAndValidation", "source")
        if xml.attribute(source, "title").casefold() not in ("", "dummy", "unknown")
    }
    published = xml.child(meta, "administrativeInformation", "dataGeneratorAndPublication")
    number = xml.attribute(published, "referenceToPublishedSource")
    chosen = sources.get(number, next(iter(sources.values()), None))
    if chosen is None:
        return ""
    author, year, title = (xml.attribute(chosen, name) for name in ("firstAuthor", "year", "title"))
    return " ".join(part for part in (author, f"({year[:4]})" if year else "", title) if part)


def _turned(made: Raw, written: str) -> Raw:
    """An exchange of the other direction: amount and distribution change their sign."""
    turned = {"amount": -made["amount"], "published": written, "rule": "opposite direction"}
    if made["uncertainty type"] == LOGNORMAL:
        return turned | {"negative": made["amount"] > 0}
    turned["loc"] = -made["loc"]
    if "minimum" in made:
        turned |= {"minimum": -made["maximum"], "maximum": -made["minimum"]}
    return turned


def _has_spread(element: Element) -> bool:
    """Whether a distribution is stated; a lognormal one with a deviation of 1 is a way to write that there is none."""
    kind = _DISTRIBUTIONS.get(xml.attribute(element, "uncertaintyType"), UNDEFINED)
    spread = xml.number(xml.attribute(element, "standardDeviation95"))
    return kind != UNDEFINED and not (kind == LOGNORMAL and spread in (0, 1))


def _exchanges(dataset: Element) -> Iterator[Element]:
    return xml.children(dataset, "flowData", "exchange")


def _categories(element: Element | None) -> list[str]:
    found = [xml.attribute(element, name) for name in ("category", "subCategory")]
    return [word for word in found if word]
