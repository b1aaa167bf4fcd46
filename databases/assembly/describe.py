"""Datasets and sources of a release as their processes describe themselves.

Rules
1. A dataset is complete, and may stand for a line by itself, when its boundary is a whole one, its output can be
   scaled to, its unit is known, and something is in it: an input that is linked or an emission.
2. What the source says is kept as it says it; a Chinese name is the source's own or empty, never a translation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from databases.assembly import kinds
from databases.assembly.columns import SOURCE
from databases.assembly.outputs import Output
from databases.content import Exchanges, Head
from databases.dataset import Dataset, Source
from databases.importers.shape import Extract, Process
from databases.units import UnknownUnit, dimension

COMPLETE_BOUNDARIES = frozenset(
    {"cradle-to-gate", "life-cycle", "well-to-wheel", "direct-emission", "collection-only"}
)
"""Boundaries at which a dataset may stand for a line by itself; the others are parts of a life cycle."""


def sources_of(extract: Extract, head: Head, source: tuple[str, str]) -> dict[str, Source]:
    """The document behind the release, and those that single processes name in full, by code."""
    told = extract.head
    main = Source(
        code=SOURCE,
        title=head.title or told.get("title") or told.get("name") or source[0],
        issuer=head.issuer or told.get("issuer") or "",
        document_number=told.get("version") or "",
        published=head.published or told.get("published") or "",
        licence=head.licence,
        attribution=head.attribution or told.get("attribution") or "",
        url=head.url or told.get("url") or "",
    )
    sources = {main.code: main}
    for process in extract.processes:
        if isinstance(named := process.get("source"), dict):
            sources.setdefault(named["code"], Source(**named))
    return dict(sorted(sources.items()))


def datasets_of(found: Sequence[Output], exchanges: Exchanges, sources: dict[str, Source]) -> list[Dataset]:
    """The datasets by position, still without gaps and GWP sets."""
    used = np.bincount(exchanges.dataset[exchanges.input >= 0], minlength=len(found))
    return [_dataset(output, int(used[output.position]), sources) for output in found]


def _dataset(output: Output, used: int, sources: dict[str, Source]) -> Dataset:
    process = output.process
    kind, group = kinds.classify(process)
    named = process.get("source")
    boundary = str(process.get("boundary") or "cradle-to-gate")
    whole = boundary in COMPLETE_BOUNDARIES and not process.get("cut-off") and not process.get("partial")
    return Dataset(
        code=output.code,
        position=output.position,
        name_zh=str(process.get("name zh") or ""),
        name_en=_name(process, output.product),
        synonyms=_synonyms(process, output.product),
        kind=str(process.get("kind") or kind),
        group=str(process.get("group") or group),
        place=output.place,
        year=output.year,
        unit=output.unit,
        boundary=boundary,
        complete=bool(whole and output.usable and used and _known(output.unit)),
        gwp_set="",
        gwp_set_assumed=bool(process.get("gwp_set assumed")),
        technology=str(process.get("technology") or "")[:300],
        source=sources[named["code"]] if isinstance(named, dict) else sources[SOURCE],
        locator=str(process.get("locator") or process.get("filename") or ""),
        certainty=str(process.get("certainty") or "P"),
        note_zh=str(process.get("note zh") or ""),
        note_en=str(process.get("note") or ""),
    )


def _known(unit: str) -> bool:
    try:
        return bool(dimension(unit))
    except UnknownUnit:
        return False


def _name(process: Process, product: str) -> str:
    """The process' name, with its product where that says more."""
    name = str(process["name"])
    return name if not product or product.casefold() in name.casefold() else f"{name} · {product}"


def _synonyms(process: Process, product: str) -> str:
    words = [product, *(str(word) for word in process.get("synonyms") or ()), *_path(process)]
    return "; ".join(dict.fromkeys(word for word in words if word and word != process["name"]))[:1000]


def _path(process: Process) -> list[str]:
    return [str(part) for part in process.get("classifications") or () if isinstance(part, str)]


def documentation_of(process: Process) -> str:
    """What the source says of the process: comment, technology, citation."""
    source = process.get("source")
    parts = [str(process.get("comment") or ""), str(process.get("technology") or "")]
    parts.append(source if isinstance(source, str) else "")
    return "\n\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
