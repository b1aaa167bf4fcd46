"""ILCD and eILCD packages: a zip, a folder or single files of process data sets with what they refer to.

Rules
1. What a file is says its root element, not its folder. A file that is no ILCD data set is passed over.
2. Every XML file is parsed as data (:mod:`databases.importers.xml`); one with a document type declaration or beyond the
   limits refuses the source, one that is damaged or in a broken encoding is told and left out.
3. All process data sets are processes, whatever their type: unit process, partly terminated system, LCI result, avoided
   product system. What an EPD is, tells :mod:`databases.importers.ilcd_processes`.
4. Brightway has no reader for this format; ours is the only one.

Source: ILCD data format 1.1 and eILCD (European Commission, JRC); certainty S for meanings, P for the texts quoted.
Example: ``read(files, work).processes[0]["code"]`` is the UUID of the first process file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from databases.importers import xml
from databases.importers.collected import Collected
from databases.importers.ilcd_flows import (
    ELEMENTARY,
    Document,
    Library,
    document,
    library,
    newest,
)
from databases.importers.ilcd_models import connect
from databases.importers.ilcd_processes import process
from databases.importers.shape import Extract, Process
from databases.importers.sources import SourceFiles
from databases.notices import Notice, Severity, SourceRefused, refused

_NAMESPACES = (b"lca.jrc.it/ILCD", b"eplca.jrc.ec.europa.eu/ILCD")
_KEPT = ("unitGroupDataSet", "flowPropertyDataSet", "flowDataSet", "sourceDataSet", "lifeCycleModelDataSet")
_FATAL = frozenset({"xml-doctype", "xml-limits"})
_PROCESS = "processDataSet"


def detects(files: SourceFiles) -> bool:
    """True when one of the first process files (folder ``processes``, else any XML) is an ILCD data set."""
    names = files.matching(".xml")
    candidates = [name for name in names if "processes" in name.casefold().split("/")[:-1]] or list(names)
    for name in candidates[:3]:
        data = files.read(name).replace(b"\0", b"")
        if any(namespace in data[:20_000] for namespace in _NAMESPACES):
            return True
    return False


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - every reader has the same signature
    """Read an ILCD package; raises SourceRefused where it holds no process or acts as data must not (rule 2)."""
    extract = Extract("ilcd", "tanbiao")
    told = Collected()
    documents: dict[str, list[Document]] = {kind: [] for kind in _KEPT}
    for item in _documents(files, _KEPT, extract.notices):
        documents[xml.local(item.root)].append(item)
    documents = {kind: newest(found, told) for kind, found in documents.items()}
    known = library(documents, told)
    read_ones = _processes(files, known, told, extract.notices)
    extract.processes = [one.process for one in read_ones]
    if not extract.processes:
        if extract.notices:
            raise SourceRefused(extract.notices[0], *extract.notices[1:])
        raise refused("ilcd-no-process", files.title)
    if connected := connect(documents["lifeCycleModelDataSet"], extract.processes, told):
        extract.notices.append(Notice.note("ilcd-model-connected", "", count=connected))
    extract.flows = _used(extract.processes, known)
    extract.notices += told.notices()
    facts = Counter(fact for one in read_ones for fact in one.facts)
    extract.head = {key: value for (key, value), times in sorted(facts.items()) if times == len(read_ones)}
    return extract


@dataclass(slots=True)
class _Read:
    """A process with its version, what there was to tell of it, and what it says of licence and owner."""

    version: tuple[int, ...]
    process: Process
    told: Collected
    facts: list[tuple[str, str]]


def _processes(files: SourceFiles, known: Library, told: Collected, notices: list[Notice]) -> list[_Read]:
    """Every process in its highest version, one file in memory at a time; damaged files are told here (rule 2)."""
    chosen: dict[str, list[_Read]] = {}
    for item in _documents(files, (_PROCESS, ""), notices):
        own = Collected()
        one = _Read(item.version, process(item, known, own), own, _facts(item))
        others = chosen.setdefault(item.uuid or item.file, [])
        if others and one.version != others[0].version:
            older = others if one.version > others[0].version else [one]
            for left in older:
                told.add(Severity.NOTE, "ilcd-older-version", left.process["filename"], item.uuid)
            if older is not others:
                continue
            others.clear()
        others.append(one)
    found = [one for others in chosen.values() for one in others]
    for one in found:
        told.merge(one.told)
    return found


def _documents(files: SourceFiles, kinds: tuple[str, ...], notices: list[Notice]) -> Iterator[Document]:
    """The data sets of these kinds in the order of the files (rules 1 and 2); ``""`` stands for damaged files."""
    for name, data in files.each(".xml"):
        kind = xml.root_name(data, name)
        if kind not in kinds:
            continue
        try:
            root = xml.parse(data, name)
        except SourceRefused as error:
            if error.notice.code in _FATAL:
                raise
            notices.append(error.notice)
            continue
        if kind:
            yield document(root, name)


def _used(processes: list[Process], known: Library) -> list[dict[str, object]]:
    """The elementary flows that exchanges name, sorted by code."""
    wanted = {
        exchange["flow"]
        for item in processes
        for exchange in item["exchanges"]
        if exchange["type"] == "biosphere"
    }
    return [known.flows[code].node() for code in sorted(wanted) if known.flows[code].kind == ELEMENTARY]


def _facts(item: Document) -> list[tuple[str, str]]:
    """Licence and owner of one data set, to be said of the whole package where all agree."""
    owner = xml.child(item.root, "administrativeInformation", "publicationAndOwnership")
    issuer = xml.texts(owner, "referenceToOwnershipOfDataSet", "shortDescription")
    found = {"licence": xml.text(owner, "licenseType"), "issuer": xml.preferred(issuer, "en", "zh")}
    return [(key, value) for key, value in found.items() if value]
