"""What the pages of a process and of a source show: how each number comes about, step by step, with its records.

Rules
1. Nothing is computed anew: terms, products and parts are those of the stored or current calculation.
2. Every figure leads in one click to the record or table it comes from.
3. Where the data cannot be calculated, the findings that stop it are shown instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from databases.cbam.goods import NotInScope
from databases.cbam.tables import Tables
from lca.cbam.heat import by_sink
from lca.cbam.monitoring import Evidence, Process
from lca.cbam.results import GoodResult, PrecursorPart, ProcessResult, SourceEmission, Term
from lca.cbam.workbook import words as book_words
from lca.findings import Finding
from service.usecases.access import Actor
from service.usecases.cbam import calculating, installations
from service.usecases.cbam.calculating import Ask, CalculationView
from service.usecases.cbam.installations import InstallationView
from service.usecases.refusals import GateClosed
from service.usecases.services import Services
from service.web import cbam_installation_words as words
from service.web.cbam_installation_records import Addresses, place_word, record_of, sheet_of
from service.web.cbam_installation_sources import default_of, document_of, table_of
from service.web.cbam_words import TERMS, cbam_word
from service.web.formats import amount, own
from service.web.i18n import language
from service.web.listing import Cell, Column, ListSpec

MEMO = frozenset({"counted_biomass", "unit-emissions", "unit-energy"})
"""Terms of a source that are told beside its product and are no factor of it."""
SOURCES = ("streams", "measured", "pfc", "other", "transfers")


@dataclass(frozen=True, slots=True)
class Step:
    """One factor of a product or term of a sum: word, value, unit, where it is from, its record and row."""

    name: Any
    value: float
    unit: str
    source: str = ""
    href: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The part of a source that a sink takes, in percent and tonnes, with the reason."""

    sink: str
    name: str
    href: str
    percent: float
    tonnes: float
    reason: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source taken apart; ``emission`` is None where the data cannot be calculated (rule 3)."""

    view: InstallationView
    key: str
    name: str
    collection: str
    sheet: str
    record: Any
    emission: SourceEmission | None
    steps: tuple[Step, ...]
    memo: tuple[Step, ...]
    shares: tuple[ShareLine, ...]
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    links: Addresses


@dataclass(frozen=True, slots=True)
class PartLine:
    """A precursor's part in a process: its address, unit, basis and source in words, the row of its default value."""

    part: PrecursorPart
    href: str
    basis: str
    tone: str
    unit: str
    source: str
    table: str


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """One process taken apart."""

    view: InstallationView
    process: Process
    result: ProcessResult | None
    category: str
    steps: tuple[Step, ...]
    sources: tuple[ShareLine, ...]
    parts: tuple[PartLine, ...]
    goods: tuple[GoodResult, ...]
    findings: tuple[Finding, ...]
    links: Addresses

    @property
    def embedded(self) -> float:
        """What precursors add, in tonnes."""
        return sum(one.part.embedded_direct_t + one.part.embedded_indirect_t for one in self.parts)

    @property
    def own(self) -> float:
        """What counts of the process's own emissions, in tonnes."""
        if self.result is None:
            return 0.0
        indirect = self.result.attributed_indirect_t if self.result.counts_indirect else 0.0
        return self.result.attributed_direct_t + indirect


@dataclass(frozen=True, slots=True)
class ProcessesPage:
    """All processes; rows are (process, result or None)."""

    view: InstallationView
    rows: tuple[tuple[Process, ProcessResult | None], ...]
    findings: tuple[Finding, ...]


def source_page(actor: Actor, key: str, source: str, services: Services) -> SourcePage | None:
    """None where there is no such source. Raises NotAllowed, NotFound."""
    done, view, told = calculated(actor, key, services)
    found = next(((name, one) for name in SOURCES if (one := record_of(view.data, name, source))), None)
    if found is None:
        return None
    collection, record = found
    links = Addresses(key, view.data)
    emission = next((one for one in done.done.sources if one.id == source), None) if done else None
    terms = emission.terms if emission else ()
    raw = next(one for one in getattr(view.data, collection) if one.id == source)
    known = {one.id: one for one in view.data.evidence}
    named = [one for value in _evidence(raw) for one in value]
    return SourcePage(
        view=view,
        key=source,
        name=own(record.row.get("name", "")) or source,
        collection=collection,
        sheet=sheet_of(collection).name(language()),
        record=record,
        emission=emission,
        steps=tuple(_step(term, links, done.tables) for term in terms if term.key not in MEMO)
        if done
        else (),
        memo=tuple(_step(term, links, done.tables) for term in terms if term.key in MEMO) if done else (),
        shares=tuple(_share(one, emission, view, links) for one in raw.shares),
        evidence=tuple(known[one] for one in dict.fromkeys(named) if one in known),
        findings=tuple(
            one for one in told if one.place.line == source or (done is None and one.severity == "error")
        ),
        links=links,
    )


def process_page(actor: Actor, key: str, process: str, services: Services) -> ProcessPage | None:
    """None where there is no such process. Raises NotAllowed, NotFound."""
    done, view, told = calculated(actor, key, services)
    found = next((one for one in view.data.processes if one.id == process), None)
    if found is None:
        return None
    links = Addresses(key, view.data)
    result = next((one for one in done.done.processes if one.id == process), None) if done else None
    sources = by_sink(view.data, done.done.sources).get(process, []) if done else []
    category = book_words.label("category", found.category, language()) or found.category
    return ProcessPage(
        view=view,
        process=found,
        result=result,
        category=category,
        steps=tuple(_process_step(term, key) for term in result.terms) if result else (),
        sources=tuple(
            ShareLine(one.id, one.name, links.trace(one.id), part * 100, one.emissions_t * part, one.equation)
            for one, part in sources
        ),
        parts=tuple(_part(one, links, done) for one in result.precursors) if result and done else (),
        goods=tuple(one for one in done.done.goods if one.process == process) if done else (),
        findings=tuple(
            one for one in told if one.place.line == process or (done is None and one.severity == "error")
        ),
        links=links,
    )


def processes_page(actor: Actor, key: str, services: Services) -> ProcessesPage:
    """Raises NotAllowed, NotFound."""
    done, view, told = calculated(actor, key, services)
    results = {one.id: one for one in done.done.processes} if done else {}
    rows = tuple((one, results.get(one.id)) for one in view.data.processes)
    stops = () if done else tuple(one for one in told if one.severity == "error")
    return ProcessesPage(view, rows, stops)


def processes_spec(key: str) -> ListSpec:
    """The list of processes."""

    def figure(name: str, title: Any, value: Any) -> Column:
        return Column(
            name,
            title,
            lambda row: value(row[1]) if row[1] else None,
            lambda row: Cell(amount(value(row[1]), 6) if row[1] else "—"),
            numeric=True,
        )

    return ListSpec(
        endpoint="cbam_data.processes",
        values={"key": key},
        filename="cbam-processes",
        columns=(
            Column(
                "process",
                _l("Production process"),
                lambda row: row[0].id,
                lambda row: Cell(
                    f"{row[0].id} {own(row[0].name)}",
                    _category(row[0].category),
                    url_for("cbam_data.process", key=key, process=row[0].id),
                ),
            ),
            figure("activity_level", _l("Activity level"), lambda r: r.activity_level),
            Column("unit", _l("Unit"), lambda row: row[1].unit if row[1] else ""),
            figure("direct_t", _l("Direct, tCO2e"), lambda r: r.attributed_direct_t),
            figure("indirect_t", _l("Indirect, tCO2e"), lambda r: r.attributed_indirect_t),
            figure("see", _l("SEE per unit, tCO₂e"), lambda r: r.see_total),
            Column(
                "default_share",
                _l("On default values"),
                lambda row: row[1].default_share if row[1] else None,
                lambda row: Cell(f"{row[1].default_share * 100:.1f} %" if row[1] else "—"),
                numeric=True,
            ),
        ),
    )


def calculated(
    actor: Actor, key: str, services: Services, number: int | None = None
) -> tuple[CalculationView | None, InstallationView, tuple[Finding, ...]]:
    """The calculation (None where errors stop it), the version it is of, and everything the checks say.

    Raises NotAllowed, NotFound.
    """
    try:
        done = calculating.current(actor, Ask(key, number=number), services)
    except GateClosed as refusal:
        return None, installations.get(actor, key, services, number), refusal.findings
    return done, done.view, done.done.findings


def _evidence(raw: Any) -> Iterable[tuple[str, ...]]:
    """The evidence of a source and of its factors."""
    yield raw.evidence
    for name in ("ncv", "emission_factor", "carbon_content", "zero_rating"):
        inner = getattr(raw, name, None)
        if inner is not None:
            yield inner.evidence


def _step(term: Term, links: Addresses, tables: Tables) -> Step:
    word = TERMS.get(term.key) or words.GAS_TERMS.get(term.key) or cbam_word(term.key)
    return Step(
        word,
        term.value,
        "" if term.unit == "1" else term.unit,
        words.provenance(_cited(term.source, tables)),
        links.of(term.record),
        table_of(term.source, tables),
    )


def _cited(source: str, tables: Tables) -> str:
    kind, colon, reference = source.partition(": ")
    return f"{kind}{colon}{document_of(reference, tables)}"


def _process_step(term: Term, key: str) -> Step:
    collection = words.PROCESS_RECORDS.get(term.key)
    href = url_for("cbam_data.table", key=key, collection=collection) if collection else "#sources"
    return Step(words.PROCESS_TERMS.get(term.key, term.key), term.value, term.unit, "", href)


def _share(
    share: Any, emission: SourceEmission | None, view: InstallationView, links: Addresses
) -> ShareLine:
    processes = {one.id: one.name for one in view.data.processes}
    named = processes | {one.id: one.name for one in view.data.units}
    href = links.process(share.sink) if share.sink in processes else links.of(share.sink)
    tonnes = emission.emissions_t * share.fraction if emission else 0.0
    name = named.get(share.sink) or place_word(share.sink)
    return ShareLine(share.sink, own(name), href, share.fraction * 100, tonnes, share.reason)


def _part(part: PrecursorPart, links: Addresses, found: CalculationView) -> PartLine:
    made_here = part.origin == "own"
    bought = next((one for one in found.view.data.precursors if one.id == part.id), None)
    here = next((one.unit for one in found.done.processes if one.id == part.id), "")
    try:
        unit = here if made_here else found.tables.good(part.cn).unit.value
    except NotInScope:
        unit = ""
    return PartLine(
        part,
        links.process(part.id) if made_here else links.of(part.id),
        words.of(words.BASES, part.basis),
        words.BASIS_TONES.get(part.basis, ""),
        unit,
        document_of(part.source, found.tables),
        default_of(part, bought.country if bought else "", found.tables),
    )


def _category(slug: str) -> str:
    return book_words.label("category", slug, language()) or slug
