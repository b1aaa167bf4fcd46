"""What every item of a report draws on: the data, the calculation, the tables, and look-ups between them.

Nothing is decided here about what a document shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from lca.cbam.monitoring import (
    NON_CBAM,
    OUTSIDE,
    Basis,
    ElectricityKind,
    Good,
    MeasuredSource,
    Monitoring,
    OtherSource,
    PfcSource,
    Precursor,
    Process,
    SourceStream,
    Transfer,
    ZeroRating,
)
from lca.cbam.precursors import Purchased, values
from lca.cbam.report.details import Details, ReportNotPossible
from lca.cbam.report.document import Words, same
from lca.cbam.report.words import joined, say
from lca.cbam.results import Calculation, GoodResult, Path, PrecursorPart, ProcessResult, SourceEmission
from lca.cbam.storage import monitoring_digest
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.goods import Category
    from databases.cbam.tables import Tables

ACTUAL_ELECTRICITY = (ElectricityKind.DIRECT_LINK, ElectricityKind.PPA, ElectricityKind.OWN_GENERATION)
"""Ways whose emission factor is an actual value (Annex II D.4.1 to D.4.3)."""


Emitting = SourceStream | MeasuredSource | PfcSource | OtherSource | Transfer
"""A record with emissions and shares."""


def emitting(data: Monitoring) -> list[Emitting]:
    """Every record with emissions, in the order of the data."""
    return [*data.streams, *data.measured, *data.pfc, *data.other, *data.transfers]


def called(data: Monitoring) -> dict[str, Words]:
    """Processes, units and the two special sinks by id, as people call them."""
    named = {one.id: same(one.name) for one in data.processes}
    named |= {one.id: same(one.name) for one in data.units}
    return named | {OUTSIDE: say("outside"), NON_CBAM: say("non-cbam")}


def zero_ratings(data: Monitoring) -> list[tuple[str, ZeroRating, float]]:
    """Name, proof and biomass fraction of every zero-rated stream and measured source."""
    sources: list[SourceStream | MeasuredSource] = [*data.streams, *data.measured]
    return [
        (one.name, one.zero_rating, one.biomass_fraction) for one in sources if one.zero_rating is not None
    ]


@dataclass(frozen=True)
class Facts:
    """Data with its calculation and tables; ``details`` of the document."""

    data: Monitoring
    done: Calculation
    tables: Tables
    details: Details

    @cached_property
    def streams(self) -> dict[str, SourceStream]:
        """Source streams by id."""
        return {one.id: one for one in self.data.streams}

    @cached_property
    def emissions(self) -> dict[str, SourceEmission]:
        """Emissions of every source by id."""
        return {one.id: one for one in self.done.sources}

    @cached_property
    def processes(self) -> dict[str, Process]:
        """Processes as monitored by id."""
        return {one.id: one for one in self.data.processes}

    @cached_property
    def results(self) -> dict[str, ProcessResult]:
        """Processes as calculated by id."""
        return {one.id: one for one in self.done.processes}

    @cached_property
    def goods(self) -> dict[str, GoodResult]:
        """Goods as calculated by id."""
        return {one.id: one for one in self.done.goods}

    @cached_property
    def monitored_goods(self) -> dict[str, Good]:
        """Goods as monitored by id."""
        return {good.id: good for process in self.data.processes for good in process.goods}

    @cached_property
    def precursors(self) -> dict[str, Precursor]:
        """Purchased precursors by id."""
        return {one.id: one for one in self.data.precursors}

    @cached_property
    def purchased(self) -> dict[str, Purchased]:
        """What each purchased precursor takes by itself, before suppliers or periods are averaged (Article 14)."""
        alone = (
            values(replace(self.data, precursors=(one,)), self.tables, self.done.path)[0]
            for one in self.data.precursors
        )
        return {one.precursor.id: one for found in alone for one in found}

    @cached_property
    def parts(self) -> tuple[tuple[ProcessResult, PrecursorPart], ...]:
        """Every precursor's part in every process."""
        return tuple((process, part) for process in self.done.processes for part in process.precursors)

    @cached_property
    def indirect(self) -> tuple[ProcessResult, ...]:
        """Processes whose goods count indirect emissions (goods not in Annex II of Regulation (EU) 2023/956)."""
        return tuple(one for one in self.done.processes if one.counts_indirect)

    @cached_property
    def names(self) -> dict[str, Words]:
        """Processes, units and the two special sinks by id, as people call them."""
        return called(self.data)

    @cached_property
    def partners(self) -> dict[str, str]:
        """Other installation by id of the heat or waste gas flow."""
        return dict(self.details.partners)

    def name(self, id: str) -> Words:
        """What people call a process or unit; the id itself where nothing has it."""
        return self.names.get(id, same(id))

    def category(self, slug: str) -> Category:
        """An aggregated goods category of the tables."""
        return self.tables.category(slug)

    def category_name(self, slug: str) -> Words:
        """Name of an aggregated goods category."""
        found = self.category(slug)
        return Words(found.name_zh, found.name_en)

    def route(self, category: str, stated: str) -> Words:
        """A route by its letter or name, as the tables call it; as stated where they do not know it."""
        for one in self.category(category).routes:
            if stated and stated in (one.letter, one.slug):
                letter = f" ({one.letter})" if one.letter else ""
                return Words(f"{one.name_zh}{letter}", f"{one.name_en}{letter}")
        return same(stated)

    def routes(self, process: ProcessResult) -> Words:
        """Routes of a process by name, with their letter; says so where none are named."""
        found = [letter for letter in process.routes if letter]
        if not found and process.id in self.processes and self.processes[process.id].route:
            found = [self.processes[process.id].route]
        return joined([self.route(process.category, one) for one in found]) if found else say("route-none")


def facts(data: Monitoring, done: Calculation, tables: Tables, details: Details) -> Facts:
    """The facts of a document of the definitive period.

    Raises ReportNotPossible when the calculation is of the transitional basis, is not of this data or of these
    tables, or rests on default values for the installation's own processes (Article 10(1)).
    """
    if Basis.TRANSITIONAL in (data.basis, done.basis):
        raise ReportNotPossible(Finding.error("cbam-report-transitional"))
    if done.path is Path.DEFAULT:
        raise ReportNotPossible(Finding.error("cbam-report-default-path"))
    if done.monitoring_digest != monitoring_digest(data):
        raise ReportNotPossible(Finding.error("cbam-report-other-data", digest=done.monitoring_digest[:12]))
    if done.tables_digest != tables.digest:
        raise ReportNotPossible(Finding.error("cbam-report-other-tables", digest=done.tables_digest[:12]))
    return Facts(data, done, tables, details)
