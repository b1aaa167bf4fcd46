"""What a good owes on default values: one code, or every code of Annex I for a country.

Rules
1. SEE is the default value of the country (else "Other countries and territories"; unknown country: the highest,
   Annex IV) with the mark-up of the year: 10 % in 2026, 20 % in 2027, 30 % from 2028; fertilisers 1 %.
2. SEE has five decimals at most (2025/2547 Annex II A.1 point 8) and the mark ``D``: the tables published in December
   2025 printed marked-up values with three decimals (up to 0.0005 tCO2e/t apart); those columns are gone since the
   correction of July 2026, and no rule of rounding in their place is known to us.
3. SEFA takes column B by the default's route (``lca.cbam.obligation.benchmarks``).
4. Values are per tonne of product, for cement goods per tonne of clinker contained. A code with white and grey values
   has one row for each.
5. The table never fails for one code: what has no default or no benchmark is a row that says so.

Example: bolts 7318 15 42 from China in 2026: 6.375 x 1.1 - 0.975 x 1.364 = 5.6826 tCO2e/t.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from databases.cbam.goods import Sector, variant_of
from databases.cbam.values import NoDefault
from lca.cbam import rounding
from lca.cbam.obligation.benchmarks import source_name
from lca.cbam.obligation.certificates import Basis, basis_of
from lca.cbam.obligation.figures import ACT_DEFAULTS, Figure, weakest
from lca.cbam.obligation.free_allocation import FreeAllocation, default_free_allocation
from lca.cbam.results import Term
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.goods import CbamGood
    from databases.cbam.tables import Tables
    from databases.cbam.values import Default

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPath:
    """A good on default values. ``see``, ``sefa``, ``net`` in tCO2e per ``basis``; ``markup`` a share such as 0.10.

    ``net`` is what is owed per unit: ``max(0, see - sefa)``. ``fallback`` is where the default comes from if not from
    the country: ``other-countries`` or ``highest``.
    """

    good: CbamGood
    year: int
    country: str
    variant: str
    basis: Basis
    default: Default
    markup: Decimal
    see: Decimal
    sefa: Decimal
    benchmark: Decimal
    route: str
    net: Decimal
    mark: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @property
    def fallback(self) -> str:
        """Empty for a value of the country itself."""
        return str(self.default.fallback)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every factor as a term of a calculation."""
        return tuple(figure.term() for figure in self.figures)

    def cost(self, price: Decimal) -> Decimal:
        """EUR per unit of the basis at a price in EUR per certificate."""
        return self.net * price


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: the path, or the reason why there is none. ``eur`` at the price given, per unit."""

    good: CbamGood
    category: str
    year: int
    variant: str
    path: DefaultPath | None
    eur: Decimal | None
    missing: Finding | None = None


def default_path(cn: str, country: str, year: int, tables: Tables, variant: str = "") -> DefaultPath:
    """A good on default values (rules 1 to 4); ``country`` an ISO code, empty where unknown.

    Raises NotInScope, NoDefault, VariantNeeded as the tables do, and ValueError for electricity, which has none.
    """
    good = tables.good(cn)
    if good.sector is Sector.ELECTRICITY:
        raise ValueError(
            "Electricity has its own rules (Annex IV point 4.2): no default per tonne, no free allocation."
        )
    variant = variant or variant_of(cn)
    default = _default(good, country, variant, tables)
    markup = tables.markup(good.sector, year)
    see = rounding.see(default.total * (1 + markup))
    allocation = default_free_allocation(good.cn, default, year, tables)
    figures = (*_figures(default, markup, see, tables), *allocation.figures)
    sefa = allocation.value if allocation.value is not None else ZERO
    return DefaultPath(
        good=good,
        year=year,
        country=country,
        variant=variant,
        basis=basis_of(good.unit),
        default=default,
        markup=markup,
        see=see,
        sefa=sefa,
        benchmark=allocation.benchmark,
        route="".join(allocation.routes),
        net=max(ZERO, see - sefa),
        mark=weakest(figure.mark for figure in figures),
        figures=figures,
        findings=_findings(default, allocation),
    )


def table(
    country: str, years: Iterable[int], tables: Tables, *, price: Decimal | None = None
) -> tuple[Row, ...]:
    """Every code of Annex I but electricity, for each year: in the order of the codes, then of the years."""
    listed = tuple(years)
    goods = [good for good in tables.goods() if good.sector is not Sector.ELECTRICITY]
    return tuple(row for good in goods for row in _rows(good, country, listed, tables, price))


def _rows(
    good: CbamGood, country: str, years: tuple[int, ...], tables: Tables, price: Decimal | None
) -> Iterator[Row]:
    category = tables.category(good.category).name_en
    for variant in variants(good.cn, country, tables):
        for year in years:
            try:
                path = default_path(good.cn, country, year, tables, variant)
            except (NoDefault, LookupError):
                missing = Finding.warning("cbam-no-default", cn=good.cn, country=country or "?")
                yield Row(
                    good=good,
                    category=category,
                    year=year,
                    variant=variant,
                    path=None,
                    eur=None,
                    missing=missing,
                )
                continue
            eur = None if price is None else path.cost(price)
            yield Row(good=good, category=category, year=year, variant=variant, path=path, eur=eur)


def variants(cn: str, country: str, tables: Tables) -> tuple[str, ...]:
    """White and grey where the tables tell them apart, else one empty word."""
    return tuple(tables.variants(cn, country)) or ("",)


def _default(good: CbamGood, country: str, variant: str, tables: Tables) -> Default:
    if not country:
        return tables.highest_default(good.cn, variant)
    return tables.default(good.cn, country, variant)


def _figures(default: Default, markup: Decimal, see: Decimal, tables: Tables) -> tuple[Figure, ...]:
    source = source_name(default.source, tables)
    mark = weakest((default.mark, "D"))
    return (
        Figure(key="default-value", value=default.total, unit="tCO2e/t", source=source, mark=default.mark),
        Figure(key="mark-up", value=markup, unit="", source=ACT_DEFAULTS, mark="P"),
        Figure(key="see-default", value=see, unit="tCO2e/t", source=ACT_DEFAULTS, mark=mark),
    )


def _findings(default: Default, allocation: FreeAllocation) -> tuple[Finding, ...]:
    fallbacks = {"other-countries": "cbam-default-other-countries", "highest": "cbam-default-highest"}
    code = fallbacks.get(str(default.fallback))
    told = (Finding.note(code, cn=default.cn, country=default.country or "?"),) if code else ()
    return (*told, *allocation.findings)
