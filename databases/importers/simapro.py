"""SimaPro CSV: through ``bw2io``'s extractor where that gives what the file says, else by our own reader.

Rules
1. Our own reader (:mod:`databases.importers.simapro_blocks`) reads every file first: it evaluates formulas by a
   grammar, never by ``eval``, and asks no network.
2. ``bw2io`` is given the processes and parameters that we have looked through, not the file; and only when every cell
   it would evaluate is a plain number, a name or a short sum, no row begins with a word that would start a section for
   it and not for us, and there is nothing that its extractor does not know (waste scenarios, more than 100,000 rows).
3. Its dictionaries are taken when names, units and amounts agree with ours one by one; else ours are, and it is told.
4. The full name of a product is its identifier, as in SimaPro; the place is taken from ``{CN}|`` or ``/CN U`` in it.
5. A waste treatment's product is waste that it takes; what stands under "Waste to treatment" is waste handed over.

Example: "Aluminium, ingot {CN}| production | Cut-off, U" has the reference product "Aluminium, ingot" and place CN.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from databases.importers import texts
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.importers.simapro_blocks import (
    COMPARTMENTS,
    GLOBAL,
    INPUTS,
    PARAMETERS,
    PRODUCTS,
    QUIET,
    SECTIONS,
    SPLIT,
    Export,
    Raw,
    Rows,
    looks_like,
    processes,
    sections,
    split,
)
from databases.importers.sources import SourceFiles
from databases.notices import Notice, refused

_BRACES = re.compile(r"\{(?P<place>[^{}]{1,40})\}")
_SLASH = re.compile(r"/(?P<place>[A-Z]{2,3}(?:-[A-Z]{2,3})?)(?:/I)?(?: [SU])?$")
_EVALUATED = re.compile(r"(?!.*\*\s*\*)(?!.*\w\s*\()[A-Za-z0-9_ .,()+*/-]*")
"""What ``bw2io`` may evaluate (rule 2): no powers, calls, subscripts or texts."""
_LONGEST_EVALUATED = 100
_WORDS = SECTIONS | {*GLOBAL, *QUIET, "Process", "End"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NAME = re.compile(r"[A-Za-z_]\w{0,60}", re.ASCII)
_MOST_ROWS = 100_000
_MOST_PARAMETERS = 1_000
_LOOKED_AT = {
    **dict.fromkeys(PRODUCTS, slice(1, 4)),
    **dict.fromkeys(INPUTS, slice(1, 7)),
    **dict.fromkeys(COMPARTMENTS, slice(2, 8)),
}
"""Cells of a row that ``bw2io`` evaluates, by section."""
_SUB = {
    "high. pop.": "urban air close to ground",
    "low. pop.": "non-urban air or from high stacks",
    "low. pop., long-term": "low population density, long-term",
    "stratosphere + troposphere": "lower stratosphere + upper troposphere",
    "groundwater": "ground-",
    "groundwater, long-term": "ground-, long-term",
    "river": "surface water",
    "lake": "surface water",
}
"""SimaPro's word for a sub-compartment -> the word of the ecoinvent nomenclature."""
_SPREAD = ("uncertainty type", "loc", "scale", "shape", "minimum", "maximum")


def detects(files: SourceFiles) -> bool:
    """True when a member begins like a SimaPro export."""
    return any(looks_like(texts.head(files.head(name))) for name in files.matching(".csv", ".txt"))


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - the signature of every reader
    """Every process of every SimaPro file of the source. Raises SourceRefused."""
    extract = Extract("simapro", "bw2io")
    flows: dict[str, ElementaryFlow] = {}
    read_any = False
    for name in files.matching(".csv", ".txt"):
        data = files.read(name)
        if not looks_like(texts.head(data)):
            extract.notices.append(Notice.warning("simapro-file-skipped", name))
            continue
        read_any = True
        _one(extract, split(data, name), flows)
    if not read_any:
        raise refused("simapro-not", files.title)
    if not extract.processes:
        raise refused("simapro-nothing", files.title)
    extract.flows = [flows[code] for code in sorted(flows)]
    return extract


def _one(extract: Extract, export: Export, flows: dict[str, ElementaryFlow]) -> None:
    for block, count in sorted(export.skipped.items()):
        extract.notices.append(
            Notice.note("simapro-block-skipped", export.name, block=block[:100], count=count)
        )
    if export.unended:
        extract.notices.append(Notice.warning("simapro-unended", export.name))
    ours = processes(export, extract.notices)
    theirs = _through_bw2io(export, ours)
    if theirs is None:
        extract.reader = "tanbiao"
    chosen = (
        ours if theirs is None else [_merged(one, other) for one, other in zip(ours, theirs, strict=True)]
    )
    if not extract.head:
        extract.head = {
            "name": export.head.get("project", ""),
            "title": export.head.get("project", "") or export.name,
            "published": "",
        }
    for raw in chosen:
        process = _shape(raw, export, flows)
        if not any(item["type"] == "production" for item in process["exchanges"]):
            extract.notices.append(
                Notice.warning("simapro-no-product", process["filename"], name=process["name"])
            )
        extract.processes.append(process)


def _through_bw2io(export: Export, ours: list[Raw]) -> list[Raw] | None:
    """The extractor's processes where they agree with ours (rules 2 and 3), else None."""
    if not _harmless(export, ours):
        return None
    try:
        found = _extracted(export)
    except Exception:  # whatever the library makes of a file of the world, our own reading stands
        return None
    return found if _agree(ours, found) else None


def _extracted(export: Export) -> list[Raw]:
    """As ``SimaProCSVExtractor.extract``, without its log, a file in the project's folder that it leaves open."""
    from bw2io.extractors.simapro_csv import EndOfDatasets, SimaProCSVExtractor

    lines = list(_screened(export))
    metadata = SimaProCSVExtractor.get_project_metadata(lines)
    known, compiled = SimaProCSVExtractor.get_global_parameters(lines, metadata)
    found: list[Raw] = []
    try:
        index = SimaProCSVExtractor.get_next_process_index(lines, 0)
        while True:
            raw, index = SimaProCSVExtractor.read_data_set(
                lines, index, "source", export.name, known, metadata, compiled
            )
            found.append(raw)
            index = SimaProCSVExtractor.get_next_process_index(lines, index)
    except EndOfDatasets:
        return found


def _screened(export: Export) -> Iterator[list[str]]:
    """The rows that :func:`_harmless` has looked through, as a file that holds nothing else (rule 2)."""
    yield [f"{{Decimal separator: {export.decimal}}}"]
    yield []
    for block in export.processes:
        yield ["Process"]
        yield from (row for _, row in block)
        yield ["End"]
        yield []
    for label, row in export.globals:
        yield from ([label], row, [])


def _harmless(export: Export, ours: list[Raw]) -> bool:
    if not export.processes or sum(len(block) for block in export.processes) > _MOST_ROWS:
        return False
    if any(not math.isfinite(item["amount"]) for raw in ours for item in raw["exchanges"]):
        return False
    parameters = [row for _, row in export.globals]
    cells: list[str] = []
    for block in export.processes:
        found = sections(block)
        labels = Counter(label for label, _ in found)
        if any(count > labels[word] for word, count in Counter(_begins(block)).items()):
            return False
        for label, rows in found:
            if label in SPLIT or label == "Waste scenario":
                return False
            if label in PARAMETERS:
                parameters += [row for _, row in rows]
            elif (span := _LOOKED_AT.get(label)) is not None:
                cells += [cell for _, row in rows for cell in row[span]]
    cells += [cell for row in parameters for cell in row[1:6]]
    plain = len(parameters) <= _MOST_PARAMETERS and all(_NAME.fullmatch(row[0]) for row in parameters if row)
    return plain and all(len(cell) <= _LONGEST_EVALUATED and _EVALUATED.fullmatch(cell) for cell in cells)


def _begins(block: Rows) -> Iterator[str]:
    """Words at the beginning of rows that mean something to ``bw2io``, wherever they stand."""
    return (row[0] for _, row in block if row and row[0] in _WORDS)


def _agree(ours: list[Raw], theirs: list[Raw]) -> bool:
    if len(ours) != len(theirs):
        return False
    for one, other in zip(ours, theirs, strict=True):
        pairs = list(zip(one["exchanges"], other["exchanges"], strict=False))
        if len(one["exchanges"]) != len(other["exchanges"]):
            return False
        for mine, item in pairs:
            amount = item.get("amount")
            if (mine["name"], mine["unit"]) != (item.get("name"), item.get("unit")):
                return False
            if not isinstance(amount, int | float) or not math.isclose(mine["amount"], amount, rel_tol=1e-12):
                return False
    return True


def _merged(ours: Raw, theirs: Raw) -> Raw:
    """The extractor's exchanges with the row and section that only our reading knows."""
    exchanges = []
    for mine, item in zip(ours["exchanges"], theirs["exchanges"], strict=True):
        kept = {
            key: mine[key]
            for key in ("row", "section", "written", "type", "categories", "allocation")
            if key in mine
        }
        spread = {key: item[key] for key in _SPREAD if key in item and item.get("uncertainty type", 0) >= 2}
        amount = {"amount": float(item["amount"])}
        exchanges.append(
            {"name": item["name"], "unit": item["unit"], "comment": mine["comment"]} | amount | spread | kept
        )
    return {**ours, "exchanges": exchanges}


def _shape(raw: Raw, export: Export, flows: dict[str, ElementaryFlow]) -> Process:
    metadata: dict[str, str] = raw["simapro metadata"]
    products = [item for item in raw["exchanges"] if item["type"] == "production"]
    first: Raw = products[0] if products else {"name": "", "unit": "", "amount": 0.0, "categories": ()}
    name = _text(metadata, "Process name") or first["name"] or _text(metadata, "Process identifier")
    plain, place = place_of(first["name"] or name)
    process: Process = {
        "code": raw["code"] or texts.made_code("simapro", export.name, raw["row"], name),
        "name": name if _text(metadata, "Process name") else first["name"] or name,
        "reference product": plain,
        "unit": first["unit"],
        "location": place,
        "type": "process",
        "filename": f"{export.name}: row {raw['row']}",
        "exchanges": [_exchange(item, export, flows, first, item is first) for item in raw["exchanges"]],
        "classifications": list(first.get("categories") or ()),
        "comment": _text(metadata, "Comment"),
    }
    for key, label in (("technology", "Technology"), ("source", "Literature references")):
        if (text := _text(metadata, label)) and text.casefold() != "unspecified":
            process[key] = text
    if years := _YEAR.findall(_text(metadata, "Time period")):
        process["year"] = int(max(years))
    return process


def _exchange(
    item: Raw, export: Export, flows: dict[str, ElementaryFlow], first: Raw, reference: bool
) -> dict[str, Any]:
    section = item["section"]
    exchange: dict[str, Any] = {
        "type": item["type"],
        "name": item["name"],
        "unit": item["unit"],
        "amount": item["amount"],
        "locator": f"{export.name}: row {item['row']}",
    }
    if item.get("comment"):
        exchange["comment"] = item["comment"]
    exchange |= {key: item[key] for key in _SPREAD if key in item}
    if section in COMPARTMENTS:
        return exchange | _elementary(item, export, flows)
    exchange["product"] = item["name"]
    _, exchange["location"] = place_of(item["name"])
    if section in SPLIT:
        exchange |= {"amount": item["amount"] * first["amount"], "unit": first["unit"], "waste": True}
    elif section == "Waste to treatment":
        exchange["waste"] = True
    elif item["type"] == "production":
        exchange["reference"] = reference
        if item.get("allocation") is not None:
            exchange["allocation"] = item["allocation"]
        if section != "Products":
            exchange["waste"] = True
    return exchange


def _elementary(item: Raw, export: Export, flows: dict[str, ElementaryFlow]) -> dict[str, Any]:
    compartment = COMPARTMENTS[item["section"]]
    sub = item["categories"][1] if len(item["categories"]) > 1 else ""
    sub = "" if sub.casefold() in ("unspecified", "(unspecified)") else _SUB.get(sub.casefold(), sub)
    categories = (compartment, sub) if sub else (compartment,)
    code = texts.made_code("simapro-flow", item["name"], *categories, item["unit"])
    if code not in flows:
        flows[code] = {"code": code, "name": item["name"], "unit": item["unit"], "categories": categories}
        if cas := export.cas.get(item["name"].casefold()):
            flows[code]["CAS number"] = cas
    found: dict[str, Any] = {"flow": code, "categories": categories}
    if "CAS number" in flows[code]:
        found["CAS number"] = flows[code]["CAS number"]
    return found


def place_of(name: str) -> tuple[str, str]:
    """(name without its place, place as written): ``"Steel {CN}| x"`` -> ``("Steel", "CN")`` (rule 4)."""
    if (found := _BRACES.search(name)) is not None and found.start():
        return name[: found.start()].strip(), found["place"].strip()
    if (found := _SLASH.search(name)) is not None and found.start():
        return name[: found.start()].strip(), found["place"]
    return name, ""


def _text(metadata: dict[str, Any], label: str) -> str:
    value = metadata.get(label, "")
    return "\n".join(value) if isinstance(value, list) else str(value or "")
