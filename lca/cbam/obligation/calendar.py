"""Dates to keep for the imports of a year, and the certificates to hold at the end of a quarter.

Rules (Regulation (EU) 2023/956 as amended by (EU) 2025/2083)
1. Declaration and surrender by 30 September of the following year, for the first time in 2027 (Articles 6(1), 22(1)).
2. Certificates are sold from 1 February 2027 (Article 20(1)).
3. From 2027, at the end of each quarter: certificates for at least 50 % of the embedded emissions of all goods
   imported since 1 January, by default values without mark-up, free allocation taken into account (Article 22(2)(a)).
   Or, for the same codes and origins as last year's declaration, by the number surrendered for last year (22(2)(b)).
   An importer who exceeds the threshold starts with the end of the quarter after (22(2a)).
4. Repurchase is asked for by 31 October of the year of surrender (Article 23(1)); certificates bought in 2027 for 2026
   are repurchased in 2027 only (23(2a)).
5. On 1 November certificates bought in the year before the previous one are cancelled (Article 24(1)); those for the
   emissions of 2026 on 1 November 2027 (24(2)).
6. Prices of 2026 are published per quarter on the dates of the Commission's Q&A 3.5; from 2027 each week.

Readings of ours, marked ``?``: no good lowers the holding below zero for another (as in surrender, Q&A 4.32); 22(2)(b)
is 50 % of last year's number. The Q&A (3.1) prints 31 October for the third quarter where the Regulation says the end
of each quarter: 30 September is what counts here.

Example: 100 t of hot-rolled coil from China by 31 March 2027: half of 100 x (3.187 - 0.95 x 1.370), 95 certificates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from databases.cbam.goods import Sector
from lca.cbam.obligation.figures import weakest
from lca.cbam.obligation.free_allocation import default_free_allocation
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

HOLDING_FROM = 2027
HOLDING_SHARE = Decimal("0.5")
SALE_STARTS = date(2027, 2, 1)
_QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
_PRICES_OF_2026 = (date(2026, 4, 7), date(2026, 7, 6), date(2026, 10, 5), date(2027, 1, 4))
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date: ``sentence`` says in both languages what is due; ``article`` and ``mark`` where it stands."""

    key: str
    on: date
    article: str
    mark: str
    sentence: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A good imported since 1 January: ``quantity`` in tonnes, for cement goods tonnes of clinker contained."""

    cn: str
    country: str
    quantity: Decimal
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One good of a holding: default without mark-up, free allocation, half of the difference."""

    imported: Imported
    default: Decimal
    sefa: Decimal
    half: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Certificates to hold at the end of a quarter. ``emissions`` half of what counts, in tCO2e, unrounded.

    ``by_defaults`` is the number under Article 22(2)(a) in whole certificates, ``by_last_year`` that under (b), None
    where last year's number is not given; ``enough`` the lower of the two.
    """

    year: int
    quarter: int
    on: date
    goods: tuple[Held, ...]
    emissions: Decimal
    by_defaults: int
    by_last_year: int | None
    mark: str
    findings: tuple[Finding, ...]

    @property
    def enough(self) -> int:
        """The declarant may refer to either (Article 22(2))."""
        return self.by_defaults if self.by_last_year is None else min(self.by_defaults, self.by_last_year)


def quarter_end(year: int, quarter: int) -> date:
    """Last day of a quarter. Raises ValueError for a quarter other than 1 to 4."""
    if quarter not in {1, 2, 3, 4}:
        raise ValueError(f"No such quarter: {quarter}")
    return date(year, *_QUARTER_ENDS[quarter - 1])


def holding_starts(exceeded: date) -> date:
    """First day to hold certificates for an importer who exceeded the threshold on a day (Article 22(2a)).

    Raises ValueError before 2027, when nothing had to be held.
    """
    if exceeded.year < HOLDING_FROM:
        raise ValueError("Article 22(2) applies from 2027.")
    quarter = (exceeded.month - 1) // 3 + 1
    return quarter_end(exceeded.year, quarter + 1) if quarter < 4 else quarter_end(exceeded.year + 1, 1)


def deadlines(year: int) -> tuple[Deadline, ...]:
    """Dates for the imports of a year, in order of time (rules 1 to 6). Raises ValueError before 2026."""
    if year < 2026:
        raise ValueError("Certificates are owed for imports from 2026.")
    due = date(year + 1, 9, 30)
    made = [
        _deadline("declaration", due, "Article 6(1)", "P", year),
        _deadline("surrender", due, "Article 22(1)", "P", year),
        _deadline("repurchase", date(year + 1, 10, 31), "Article 23(1)", "P", year),
        _deadline("cancellation", _cancelled(year), "Article 24", "P", year),
        *_publications(year),
    ]
    if year < HOLDING_FROM:
        made.append(_deadline("sale", SALE_STARTS, "Article 20(1)", "P", year))
    else:
        made += [
            _deadline("holding", quarter_end(year, quarter), "Article 22(2)", "P", year, quarter=quarter)
            for quarter in (1, 2, 3, 4)
        ]
    return tuple(sorted(made, key=lambda one: one.on))


def holding(
    goods: Iterable[Imported],
    year: int,
    quarter: int,
    tables: Tables,
    last_year: Decimal | None = None,
) -> Holding:
    """Certificates to hold at the end of a quarter for everything imported since 1 January (rule 3).

    ``last_year`` is the number surrendered for the year before, given only if codes and countries of origin are the
    same. Raises ValueError before 2027, and as the tables do for codes without default.
    """
    if year < HOLDING_FROM:
        raise ValueError("Article 22(2) applies from 2027.")
    on = quarter_end(year, quarter)
    held: list[Held] = []
    marks: list[str] = []
    findings: list[Finding] = []
    for good in goods:
        one, mark, told = _held(good, year, tables)
        held.append(one)
        marks.append(mark)
        findings.extend(told)
    emissions = sum((one.half for one in held), ZERO)
    return Holding(
        year=year,
        quarter=quarter,
        on=on,
        goods=tuple(held),
        emissions=emissions,
        by_defaults=_whole(emissions),
        by_last_year=None if last_year is None else _whole(HOLDING_SHARE * last_year),
        mark=weakest((*marks, *(("?",) if last_year is not None else ()))),
        findings=tuple(dict.fromkeys(findings)),
    )


def _held(good: Imported, year: int, tables: Tables) -> tuple[Held, str, tuple[Finding, ...]]:
    known = tables.good(good.cn)
    if known.sector is Sector.ELECTRICITY:
        raise ValueError(
            "Electricity has no default per tonne; its holding is counted in MWh by the declarant."
        )
    default = (
        tables.default(known.cn, good.country, good.variant)
        if good.country
        else tables.highest_default(known.cn, good.variant)
    )
    allocation = default_free_allocation(known.cn, default, year, tables)
    sefa = allocation.value if allocation.value is not None else ZERO
    half = HOLDING_SHARE * good.quantity * max(ZERO, default.total - sefa)
    mark = weakest((str(default.mark), allocation.mark))
    return Held(imported=good, default=default.total, sefa=sefa, half=half), mark, allocation.findings


def _whole(emissions: Decimal) -> int:
    """Certificates are whole: at least so much means the next whole number."""
    return int(emissions.to_integral_value(rounding=ROUND_CEILING))


def _cancelled(year: int) -> date:
    """Certificates bought in the year of import (for 2026: in 2027) are cancelled on this day."""
    return date(2027, 11, 1) if year < HOLDING_FROM else date(year + 2, 11, 1)


def _publications(year: int) -> list[Deadline]:
    days = _PRICES_OF_2026 if year < HOLDING_FROM else ()
    return [
        _deadline("price", day, "Article 21(1a), Q&A 3.5", "P", year, quarter=quarter)
        for quarter, day in enumerate(days, start=1)
    ]


def _deadline(key: str, on: date, article: str, mark: str, year: int, **details: int) -> Deadline:
    sentence = Finding.note(f"cbam-date-{key}", Place(), year=year, on=on.isoformat(), **details)
    return Deadline(key=key, on=on, article=article, mark=mark, sentence=sentence)
