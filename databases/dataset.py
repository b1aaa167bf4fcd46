"""A dataset of a release, and the document behind it.

Rules
1. A dataset that is not ``complete`` (combustion only, upstream only, process emissions only) never stands
   for a line of an inventory by itself: using it would undercount.
2. A dataset whose source gives CO2e only carries the GWP set that figure rests on and serves no other set.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document behind facts. ``published`` is an ISO 8601 date, a month or a year, or empty."""

    code: str
    title: str
    issuer: str
    document_number: str
    published: str
    licence: str
    attribution: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset of a release's catalogue.

    ``position`` is its row in every score table. ``kind`` is electricity, fuel, heat, material, transport,
    waste, water or emission. ``boundary`` is in words of the field: cradle-to-gate, life-cycle,
    well-to-wheel, combustion-only, upstream-only, process-emissions-only, collection-only, direct-emission.
    ``gwp_set`` is empty when the gases are kept apart, else the set a CO2e-only figure rests on;
    ``gwp_set_assumed`` when its source does not say so. ``certainty`` is the mark P, S, S2, M or D of the
    fact table; ``locator`` the page, table or row. ``gaps`` counts inputs of products that found no supplier;
    ``gaps_upstream`` is True when a dataset somewhere in the supply chain has any: the score then leaves something out.
    """

    code: str
    position: int
    name_zh: str
    name_en: str
    synonyms: str
    kind: str
    group: str
    place: str
    year: int
    unit: str
    boundary: str
    complete: bool
    gwp_set: str
    gwp_set_assumed: bool
    technology: str
    source: Source
    locator: str
    certainty: str
    note_zh: str
    note_en: str
    gaps: int = 0
    gaps_upstream: bool = False

    def name(self, language: str) -> str:
        """Name in ``zh`` or ``en``; the other one where the source gives only that."""
        wanted, other = (self.name_zh, self.name_en) if language == "zh" else (self.name_en, self.name_zh)
        return wanted or other
