"""What is in an EcoSpold 2 dataset, by two roads that give the same: bw2io's extractor, and our own reading.

A raw dataset has ``name``, ``location``, ``parameters`` and ``exchanges`` in the file's order; a raw exchange ``name``,
``unit``, ``formula``, ``properties``, ``pedigree`` and the keys of ``stats_arrays``. bw2io's has more; it is not used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from databases.importers import xml
from databases.importers.ecospold import LOGNORMAL, NORMAL, TRIANGULAR, UNDEFINED, UNIFORM, Raw, amount

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_EXCHANGES = ("intermediateExchange", "elementaryExchange")
_PEDIGREE = {
    "reliability": "reliability",
    "completeness": "completeness",
    "temporalCorrelation": "temporal correlation",
    "geographicalCorrelation": "geographical correlation",
    "furtherTechnologyCorrelation": "further technological correlation",
}


def exchanges(dataset: Element) -> Iterator[Element]:
    """Every exchange, in the file's order."""
    flow_data = xml.child(dataset, "flowData")
    return (
        element for element in (() if flow_data is None else flow_data) if xml.local(element) in _EXCHANGES
    )


def by_bw2io(root: Element, work: Path) -> Raw:
    """What bw2io's extractor makes of the parsed file.

    It is written anew for it: in UTF-8, the only encoding that it opens, and without the comments it stumbles over.
    """
    from bw2io.extractors import Ecospold2DataExtractor
    from lxml import etree

    path = work / "member.spold"
    path.write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
    try:
        found: Raw = Ecospold2DataExtractor.extract_activity(str(work), path.name, "source")
    finally:
        path.unlink()
    return found


def by_ourselves(dataset: Element) -> Raw:
    """What bw2io's extractor would give of a dataset, from whatever is there."""
    about = xml.child(dataset, "activityDescription")
    return {
        "name": xml.text(about, "activity", "activityName"),
        "location": xml.text(about, "geography", "shortname"),
        "exchanges": [_exchange_by_ourselves(element) for element in exchanges(dataset)],
        "parameters": dict(_parameters_by_ourselves(dataset)),
    }


def _exchange_by_ourselves(element: Element) -> Raw:
    made: Raw = {
        "name": xml.text(element, "name"),
        "unit": xml.text(element, "unitName"),
        "formula": xml.attribute(element, "mathematicalRelation"),
        "properties": {
            xml.text(item, "name"): {
                "amount": amount(xml.attribute(item, "amount"))[0],
                "unit": xml.text(item, "unitName"),
            }
            for item in xml.children(element, "property")
        },
    }
    stated = xml.child(element, "uncertainty")
    return made | _pedigree(stated) | _distribution(stated)


def _pedigree(stated: Element | None) -> Raw:
    matrix = xml.child(stated, "pedigreeMatrix")
    scores = {word: xml.attribute(matrix, key) for key, word in _PEDIGREE.items()}
    if all(score in {"1", "2", "3", "4", "5"} for score in scores.values()):
        return {"pedigree": {word: int(score) for word, score in scores.items()}}
    return {}


def _distribution(stated: Element | None) -> Raw:
    """The first distribution under ``uncertainty``, in the keys of ``stats_arrays``."""
    for name, kind, keys in (
        ("lognormal", LOGNORMAL, {"scale": "varianceWithPedigreeUncertainty"}),
        ("normal", NORMAL, {"scale": "varianceWithPedigreeUncertainty"}),
        ("triangular", TRIANGULAR, {"minimum": "minValue", "loc": "mostLikelyValue", "maximum": "maxValue"}),
        ("uniform", UNIFORM, {"minimum": "minValue", "maximum": "maxValue"}),
    ):
        if (found := xml.child(stated, name)) is None:
            continue
        numbers = {key: xml.number(xml.attribute(found, attribute)) for key, attribute in keys.items()}
        made: Raw = {key: value for key, value in numbers.items() if value is not None}
        if "scale" in made:
            made["scale"] = math.sqrt(made["scale"]) if made["scale"] >= 0 else math.nan
        return {"uncertainty type": kind} | made
    return {"uncertainty type": UNDEFINED}


def _parameters_by_ourselves(dataset: Element) -> Iterator[tuple[str, Raw]]:
    for element in xml.children(dataset, "flowData", "parameter"):
        if name := xml.attribute(element, "variableName"):
            made = {
                "amount": amount(xml.attribute(element, "amount"))[0],
                "unit": xml.text(element, "unitName"),
            }
            yield name, made | {"description": xml.text(element, "name")}
