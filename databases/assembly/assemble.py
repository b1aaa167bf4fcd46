"""From an extract to the content of a release, read from top to bottom.

    allocate · outputs · suppliers · columns · characterise · diagnose · tell

Rules
1. Every process of the source is a dataset of the release, every exchange is in it or told in the report.
2. The release carries the report, the choices and the mapping it was built with: ``report.json``, ``mapping.json``.
3. Same source, same choices, same release: nothing here looks at a clock or a path.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from databases.assembly import columns, describe, diagnose, methods, telling, wheel
from databases.assembly.allocation import allocate
from databases.assembly.mapping import Repairs
from databases.assembly.options import Options
from databases.assembly.outputs import Outputs, outputs
from databases.assembly.providers import Suppliers
from databases.assembly.report import ImportReport, Loop
from databases.assembly.tally import Tally
from databases.content import Content, Exchanges, Head, Progress
from databases.importers.shape import ElementaryFlow, Extract
from databases.notices import refused


def assemble(
    extract: Extract,
    head: Head,
    options: Options,
    repairs: Repairs,
    progress: Progress,
    source: tuple[str, str],
) -> Content:
    """The content of the release ``head``; ``source`` is the title and SHA-256 of what was read.

    Raises SourceRefused for a source without a single usable process and for a loop that consumes what it makes,
    by the names of its members.
    """
    progress("allocating", 0.30)
    read = telling.counts_read(extract.processes)
    allocated = allocate(extract.processes, options.allocation, repairs.allocation)
    made = outputs(allocated.processes, options.default_place)
    found = made.found
    if not any(output.usable for output in found):
        raise refused("assembly-nothing-usable", source[0], processes=len(found))
    progress("linking", 0.40)
    exchanges, emitted, tally, singular = _linked(extract, made, options, repairs)
    progress("matching elementary flows", 0.55)
    characterised = methods.climate(emitted, repairs.flows)
    more = wheel.wheel(emitted) if options.methods == "all" else wheel.NONE
    sources = describe.sources_of(extract, head, source)
    content = Content(
        datasets=describe.datasets_of(found, exchanges, sources),
        flows=characterised.flows,
        sources=list(sources.values()),
        exchanges=exchanges,
        methods=[*characterised.methods, *more.methods],
        documentation={o.position: text for o in found if (text := describe.documentation_of(o.process))},
    )
    progress("checking loops", 0.60)
    content, loops = _checked(content, singular, source[0])
    road = telling.Road(
        extract=extract,
        head=head,
        options=options,
        source=source,
        read=read,
        allocated=tuple(allocated.allocated),
        outputs=made,
        tally=tally,
        emitted=emitted,
        matches={**characterised.matches, **{f"lcia-{step}": count for step, count in more.matches.items()}},
        assumed={"assumed_fossil": characterised.assumed_fossil, "assumed_air": characterised.assumed_air},
        loops=loops,
        notices=(*extract.notices, *allocated.notices, *characterised.notices, *more.notices),
    )
    report = telling.report_of(road, content)
    noted = telling.with_notes(content.datasets, report.troubles)
    return replace(content, datasets=noted, files=_files(report, repairs), origin=_origin(report, repairs))


def _linked(
    extract: Extract, made: Outputs, options: Options, repairs: Repairs
) -> tuple[Exchanges, list[ElementaryFlow], Tally, list[diagnose.Singular]]:
    """Columns of everything, without the links that close a loop which determines nothing; those loops."""
    suppliers = Suppliers(made.found, options.providers, repairs.links)
    singular: list[diagnose.Singular] = []
    while True:
        opened = frozenset(link for loop in singular for link in loop.links)
        tally = Tally(made.troubles)
        elementary = columns.Elementary(extract.flows)
        exchanges, emitted = columns.build(made.found, suppliers, elementary, tally, opened)
        if not (more := diagnose.singular(exchanges, len(made.found))):
            return exchanges, emitted, tally, singular
        singular += more


def _checked(
    content: Content, singular: list[diagnose.Singular], title: str
) -> tuple[Content, tuple[Loop, ...]]:
    """The content with what is missing upstream and in loops said of its datasets; the loops near their limit."""
    if (loop := diagnose.unproductive(content)) is not None:
        named = " → ".join(loop.members[:12])
        raise refused("assembly-loop", title, members=named, count=len(loop.members))
    content = replace(content, datasets=diagnose.with_gaps(content))
    loops = diagnose.among(singular, diagnose.loops(content), content)
    return replace(content, datasets=diagnose.without_hopeless(content, loops)), loops


def _files(report: ImportReport, repairs: Repairs) -> dict[str, bytes]:
    text = json.dumps(report.as_dict(), ensure_ascii=False, indent=1, sort_keys=True)
    return {"report.json": text.encode() + b"\n", "mapping.json": repairs.to_json().encode() + b"\n"}


def _origin(report: ImportReport, repairs: Repairs) -> dict[str, Any]:
    return {
        "format": report.format,
        "reader": report.reader,
        "source": report.source,
        "source_sha256": report.source_sha256,
        "options": dict(report.options),
        "mapping_sha256": hashlib.sha256(repairs.to_json().encode()).hexdigest(),
    }
