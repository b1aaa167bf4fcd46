"""Every impact method that comes with bw2io, read straight from its archive, for the flows of a source.

Rules
1. The files are found without importing bw2io: its own set-up writes a project and takes minutes.
2. The factors are for the elementary flows of ecoinvent 3.9. A source's flow takes the factor of the one it matches
   (:mod:`databases.assembly.elementary`): by identifier, CAS number, name and compartment, synonym.
3. A factor is per unit of ecoinvent's flow and is converted to the source's unit. Units of different dimensions
   leave the flow out of every method, and it is told.
4. Identifiers are ``lcia.`` and the words of the method's name; a long one is cut and ends on a hash of the whole
   name, so that the same method has the same identifier in every release. A method that characterises no flow of
   the source is left out and counted: a score of zero would say that there is no impact.

Example: ``("IPCC 2021", "climate change", "global warming potential (GWP100)")`` is
``lcia.ipcc-2021.climate-change.global-warming-potential-gwp100``.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases.assembly import compartments, elementary, origins
from databases.assembly.elementary import Target, Targets
from databases.assembly.foreign_units import foreign
from databases.content import Method
from databases.importers import xml
from databases.importers.shape import ElementaryFlow
from databases.notices import Notice
from databases.units import UnitMismatch, UnknownUnit, convert

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOWS = ("data", "lci", "ecoinvent elementary flows 3.9.xml")
FACTORS = ("data", "lcia", "lcia_39_ecoinvent.zip")
_MEMBER = "data.json"
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_LONGEST = 100
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Wheel:
    """The methods that characterise a flow of the source. ``matches`` are flows by step and add up to the flows;
    ``conflicts`` the positions of flows whose unit has another dimension; ``empty`` counts methods left out.
    """

    methods: list[Method]
    matches: dict[str, int]
    conflicts: tuple[int, ...]
    empty: int
    notices: tuple[Notice, ...]


NONE = Wheel([], {}, (), 0, ())
"""No methods asked for."""


def wheel_available() -> bool:
    """Whether bw2io's archives are installed here."""
    return _file(FLOWS) is not None and _file(FACTORS) is not None


def wheel_methods(flows: Sequence[ElementaryFlow]) -> list[Method]:
    """The methods of :func:`wheel`; none where bw2io's archives are not installed."""
    return wheel(flows).methods


def wheel(flows: Sequence[ElementaryFlow], repairs: Mapping[str, str] | None = None) -> Wheel:
    """Factors of every method over ``flows``, shape (flows,) each, per unit of each flow.

    ``repairs`` are identifiers of ecoinvent flows by flow code. Raises KeyError for one that ecoinvent does not have.
    """
    import numpy as np

    if not wheel_available():
        return Wheel([], elementary.counts(()), (), 0, (Notice.note("methods-wheel-absent"),))
    targets = _reference()
    matches = elementary.match(flows, targets, repairs)
    index = np.array([one.target for one in matches], dtype=np.int64)
    units = [targets.targets[one.target].unit for one in matches]
    scales = [_scale(str(flow["unit"]), unit) for flow, unit in zip(flows, units, strict=True)]
    conflicts = tuple(
        one.flow for one, scale in zip(matches, scales, strict=True) if one.target >= 0 and not scale
    )
    scale = np.where(index >= 0, np.array(scales, dtype=np.float64), 0.0)
    read = [_method(entry, targets.by_code, index, scale) for entry in _entries()]
    methods = [method for method in read if method.factors.any()]
    return Wheel(
        methods,
        elementary.counts(matches),
        conflicts,
        len(read) - len(methods),
        _told(flows, index, conflicts, len(read) - len(methods)),
    )


def method_slug(name: Sequence[str]) -> str:
    """The identifier of a method by its name (rule 4): letters, digits, dots and hyphens, at most 100."""
    slug = "lcia." + ".".join(_NOT_WORDS.sub("-", part.casefold()).strip("-") for part in name)
    if len(slug) <= _LONGEST:
        return slug
    digest = hashlib.sha256("\0".join(name).encode()).hexdigest()[:8]
    return f"{slug[: _LONGEST - 9].rstrip('.-')}-{digest}"


@cache
def _reference() -> Targets:
    """The elementary flows of ecoinvent 3.9 as targets."""
    file = _file(FLOWS)
    data = file.read_bytes() if file else b""
    targets = []
    for element in xml.each(data, FLOWS[-1], "elementaryExchange"):
        name = xml.text(element, "name")
        place = compartments.of(
            (
                xml.text(element, "compartment", "compartment"),
                xml.text(element, "compartment", "subcompartment"),
            )
        )
        targets.append(
            Target(
                code=xml.attribute(element, "id"),
                name=name,
                places=(place,),
                origin=origins.read(name, place).origin,
                cas=xml.attribute(element, "casNumber"),
                synonyms=tuple(filter(None, (xml.text(item) for item in xml.children(element, "synonym")))),
                unit=xml.text(element, "unitName"),
            )
        )
    return Targets(targets)


def _entries() -> Iterator[dict[str, Any]]:
    """The methods of the archive, one at a time: the whole of it would take six times its size in memory."""
    file = _file(FACTORS)
    if file is None:
        return
    with zipfile.ZipFile(file) as archive:
        text = archive.read(_MEMBER).decode()
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        entry, end = decoder.raw_decode(text, at)
        yield entry
        at = text.find("{", end)


def _method(
    entry: Mapping[str, Any],
    by_code: Mapping[str, int],
    index: NDArray[np.int64],
    scale: NDArray[np.float64],
) -> Method:
    import numpy as np

    factors = np.zeros(len(by_code) + 1)
    for exchange in entry["exchanges"]:
        factors[by_code[exchange["input"][1]]] += exchange["amount"]
    return Method(
        identifier=method_slug(entry["name"]),
        title=" | ".join(entry["name"]),
        unit=str(entry["unit"]),
        factors=factors[index] * scale,
        source=_source(str(entry["filename"])),
    )


def _scale(unit: str, reference: str) -> float:
    """Reference units in one unit of the source; 0 across dimensions and for a unit that nobody knows."""
    if unit == reference:
        return 1.0
    try:
        (own, factor), (wanted, divisor) = foreign(unit), foreign(reference)
        return float(factor / divisor) * float(convert(Decimal(1), own, wanted))
    except (UnknownUnit, UnitMismatch):
        return 0.0


def _told(
    flows: Sequence[ElementaryFlow], index: NDArray[np.int64], conflicts: Sequence[int], empty: int
) -> tuple[Notice, ...]:
    matched = int((index >= 0).sum())
    notices = [Notice.note("methods-wheel-matched", matched=matched, unmatched=len(flows) - matched)]
    if conflicts:
        names = [f"{flows[at]['name']} ({flows[at]['unit']})" for at in conflicts]
        text = "; ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
        notices.append(Notice.warning("methods-wheel-unit-conflict", count=len(names), names=text))
    if empty:
        notices.append(Notice.note("methods-wheel-empty", count=empty))
    return tuple(notices)


@cache
def _source(filename: str) -> str:
    return f"bw2io {metadata.version('bw2io')}, {filename}"


@cache
def _file(path: tuple[str, ...]) -> Path | None:
    """A file of the installed bw2io, found without importing it (rule 1)."""
    found = util.find_spec("bw2io")
    places = found.submodule_search_locations if found else None
    file = Path(next(iter(places))).joinpath(*path) if places else None
    return file if file and file.is_file() else None
