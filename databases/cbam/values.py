"""Values of the reference tables, each with its source and a mark of certainty. All numbers are Decimal.

Marks: P read in a primary text, T in a third party's copy only, D derived, M from memory, ``?`` not found or assumed.

Rules
1. A default value's ``total`` is what counts. It has three decimals, half up, as the Official Journal prints it;
   ``published`` is the figure of the workbook with all its digits (they differ by 0.0005 at most).
2. ``direct`` and ``indirect`` are for information: their sum may differ from the total in the last digit.
3. Mark-ups are never part of a default value: ``Tables.markup`` gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from databases.cbam.goods import FunctionalUnit

OTHER = "other"
"""The country of the table "Other countries and territories"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A default value in tCO2e per ``per``, before mark-up (Annexes I and IV to Implementing Regulation 2025/2621).

    ``country`` is the one asked for, ``""`` where unknown; ``cn`` the code as published (4, 6 or 8 digits); ``variant``
    ``white`` or ``grey`` for cement, else empty; ``routes`` letters, two for a double route. ``fallback`` says whose
    row it is: the country's own (empty), ``other-countries`` or ``highest``.
    """

    country: str
    cn: str
    variant: str
    direct: Decimal | None
    indirect: Decimal | None
    total: Decimal
    published: Decimal
    per: FunctionalUnit
    routes: tuple[str, ...]
    mark: str
    source: str
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A CBAM benchmark in tCO2e per ``per`` (Annex to Implementing Regulation (EU) 2025/2620).

    ``column`` A is the process that yields the good, B includes its precursors. ``route`` is empty where there is one
    benchmark whatever the route. ``years`` are the first and last it is published for; ``provisional`` from 2027 on,
    where revised benchmarks are announced (Q&A 3.9), and after the last year, where it is assumed to go on (mark ?).
    """

    cn: str
    column: str
    route: str
    value: Decimal
    years: tuple[int, int]
    per: FunctionalUnit
    mark: str
    source: str
    provisional: bool = False


class Choice(StrEnum):
    """Why a benchmark goes with a default value (see ``databases.cbam.benchmarks``)."""

    ONLY_ONE = "only-one"
    PUBLISHED_ROUTE = "published-route"
    HIGHEST_OF_ROUTES = "highest-of-routes"
    VARIANT = "variant"
    NEIGHBOURS = "neighbours"
    SAME_PROCESS = "same-process"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class ChosenBenchmark:
    """A column B benchmark for a default value, why it was chosen, and how certain the choice is."""

    benchmark: Benchmark
    reason: Choice
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardFactor:
    """A standard factor of a fuel or material (Implementing Regulation (EU) 2025/2547, Annex II G), or a national one.

    ``ncv`` in ``ncv_unit`` (``GJ/t`` or ``GJ/1000Nm3``); ``emission_factor`` in ``emission_factor_unit``
    (``tCO2/TJ`` or ``tCO2/t``); ``carbon_content`` in ``carbon_unit`` (``tC/t`` or ``tC/TJ``). ``oxidation_factor``
    only where a national table publishes one: it is not folded into the emission factor. ``kind`` is ``fossil``,
    ``biomass`` (preliminary factor), ``carbonate``, ``oxide`` or ``process``. What is not published is None.
    """

    key: str
    name_zh: str
    name_en: str
    kind: str
    emission_factor: Decimal
    emission_factor_unit: str
    ncv: Decimal | None = None
    ncv_unit: str = ""
    carbon_content: Decimal | None = None
    carbon_unit: str = ""
    oxidation_factor: Decimal | None = None
    country: str = ""
    locator: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PfcFactor:
    """Technology-specific factors of primary aluminium (Annex II B.7, tables 2 and 3).

    ``cf4_factor`` is (kg CF4/t Al)/(AE-min/cell-day) for the slope method, (kg CF4/t Al)/mV for the overvoltage method;
    ``c2f6_fraction`` t C2F6/t CF4. ``own_measurement``: the factor is to be measured, this one is the way out of it.
    """

    key: str
    method: str
    name_zh: str
    name_en: str
    cf4_factor: Decimal
    c2f6_fraction: Decimal
    own_measurement: bool
    locator: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A value of a year, with its source and mark; mark ``?`` where it is assumed."""

    value: Decimal
    mark: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price of CBAM certificates in EUR/tCO2e: of a quarter of 2026, or of a calendar week from 2027 (else 0)."""

    year: int
    quarter: int
    week: int
    value: Decimal
    published: date | None
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """One table as opened: its version, the document behind it, since when it applies, its digest.

    ``source`` is title and number of the document; ``published`` its date as text (ISO, a year, or empty);
    ``valid_to`` None: still valid. ``edition`` names the installed edition, empty for the packaged table.
    """

    table: str
    version: str
    source: str
    url: str
    licence: str
    published: str
    valid_from: date
    valid_to: date | None
    mark: str
    rows: int
    sha256: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that a table rests on."""

    code: str
    title: str
    number: str
    published: str
    url: str
    licence: str
    mark: str


class NoDefault(LookupError):
    """No default value is published for the good: neither for the country nor for other countries."""

    def __init__(self, cn: str, country: str) -> None:
        self.cn = cn
        self.country = country
        super().__init__(f"No default value is published for CN {cn} from {country or 'an unknown country'}.")


class VariantNeeded(LookupError):
    """The CN code has several default values; say which of ``variants`` the good is."""

    def __init__(self, cn: str, variants: tuple[str, ...]) -> None:
        self.cn = cn
        self.variants = variants
        super().__init__(f"CN {cn} has default values for {' and '.join(variants)}: say which.")


class NoBenchmark(LookupError):
    """No benchmark for this code, column, route and year; ``candidates`` are those of the code, column and year."""

    def __init__(
        self, cn: str, column: str, route: str, year: int, candidates: tuple[Benchmark, ...]
    ) -> None:
        self.cn = cn
        self.candidates = candidates
        routes = ", ".join(item.route or "(one for all routes)" for item in candidates) or "none"
        super().__init__(
            f"No benchmark for CN {cn}, column {column}, route {route!r} in {year}; there are: {routes}."
        )


class PriceUnpublished(LookupError):
    """The price of this period is not in the tables; add it when the Commission has published it."""

    def __init__(self, year: int, quarter: int, week: int) -> None:
        self.year, self.quarter, self.week = year, quarter, week
        period = f"week {week}" if week else f"quarter {quarter}"
        super().__init__(f"No certificate price of {period} of {year} is in the tables.")


class UnknownKey(LookupError):
    """A table has no such entry; ``known`` are the keys it has."""

    def __init__(self, table: str, key: object, known: tuple[str, ...] = ()) -> None:
        self.table, self.key, self.known = table, str(key), known
        super().__init__(f"{table} has no entry {key!r}.")


class NotBefore2026(ValueError):
    """The definitive period begins in 2026: there is no such value for an earlier year."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"No value for {year}: the definitive period begins in 2026.")


class ElectricityFactorNotOpen(LookupError):
    """The grid factors of Annex II to Implementing Regulation (EU) 2025/2621 are the IEA's and not open.

    They come under CC BY-NC-SA 4.0 and are not part of the tables; enter the value and its source.
    """

    def __init__(self, country: str) -> None:
        self.country = country
        super().__init__(
            f"The electricity factor of {country or 'this country'} is data of the IEA under a non-commercial licence "
            "and not in the tables: enter the value and its source."
        )
