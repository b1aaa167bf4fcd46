"""Every lookup in the reference tables, and how the tables that apply on a date are opened.

Rules
1. The longest published code wins: 7318 15 before 7318.
2. A dash, or a country without a table, gives the value of "Other countries and territories"; an unknown country
   (``""``) the highest value (Annex IV to Implementing Regulation (EU) 2025/2621). What a value rests on is said.
3. Where a code has rows for white and for grey clinker, the caller says which; a TARIC code of ten digits says it too.
4. Countries are ISO 3166 alpha-2; a province counts as its country. A place that is not known is refused.
5. Tables are parsed when first asked and never written to. :attr:`Tables.digest` names them all.

Example: ``open_tables().default("7318 15 95", "CN").total == Decimal("6.375")``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from databases import places
from databases.cbam import benchmarks, lookups, rows, shelf
from databases.cbam.goods import Category, CbamGood, NotInScope, RetiredCode, Sector, digits, variant_of
from databases.cbam.parsed import Parsed
from databases.cbam.shelf import TableFile
from databases.cbam.values import (
    OTHER,
    Benchmark,
    ChosenBenchmark,
    Dated,
    Default,
    ElectricityFactorNotOpen,
    NoBenchmark,
    NoDefault,
    NotBefore2026,
    PfcFactor,
    Price,
    PriceUnpublished,
    SourceDocument,
    StandardFactor,
    TableInfo,
    UnknownKey,
    VariantNeeded,
)

_OWN_CODES = {"UK": "GB", "CN-HK": "HK", "CN-MO": "MO", "CN-TW": "TW"}
_NOT_IN_PLACES = frozenset({"XK"})
_REVISED_FROM = 2027

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Tables(Parsed):
    """The reference tables that apply on a date. Numbers are Decimal; a year before 2026 raises NotBefore2026."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and digests of all tables, 64 hexadecimal digits."""
        lines = sorted(f"{info.table} {info.sha256}" for info in self.infos)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def infos(self) -> tuple[TableInfo, ...]:
        """Every table with its version, source, dates, mark and digest, sorted by name."""
        return tuple(self._info(file) for _, file in sorted(self.files.items()))

    # --- goods

    def good(self, cn: str) -> CbamGood:
        """The good of a CN or TARIC code; raises NotInScope, or RetiredCode with the codes that took its place."""
        code = digits(cn)
        found = self._goods.get(code[:8]) if len(code) in (8, 10) else None
        if found is None:
            if successors := self._retired.get(code[:8]):
                raise RetiredCode(code, successors)
            raise NotInScope(code, self._near(code))
        if len(code) == 10 and found.cn == "25070080" and code not in found.taric:
            raise NotInScope(code, (found.cn,))
        return found

    def goods(self) -> tuple[CbamGood, ...]:
        """Every good in scope, by CN code."""
        return tuple(self._goods.values())

    def category(self, slug: str) -> Category:
        """A category of goods; raises UnknownKey."""
        return _get(self._categories, slug, "categories")

    def categories(self) -> tuple[Category, ...]:
        """Every category, in the order of Annex I."""
        return tuple(self._categories.values())

    def exempt(self, country: str) -> bool:
        """Whether goods of this origin are outside the mechanism: the EU, IS, LI, NO, CH, five territories by name."""
        return country.strip() in self._exempt

    # --- default values

    def default(self, cn: str, country: str, variant: str = "") -> Default:
        """The default value of a good from a country, before mark-up (rules 1 to 4).

        Raises NotInScope, VariantNeeded (rule 3), NoDefault (electricity) and ``places.UnknownPlace``.
        """
        code = self.country_code(country)
        if not code:
            return self.highest_default(cn, variant)
        good = self.good(cn)
        variant = self._variant(cn, variant, self.variants(cn, code))
        for table in (code, OTHER):
            key, found = lookups.longest(self._defaults.get(table, {}), good.cn)
            for raw in found:
                if raw[0] in (variant, "") and raw[1] != "-":
                    fallback = "" if table == code else "other-countries"
                    return self._default(good, code, key, raw, fallback)
        raise NoDefault(good.cn, code)

    def variants(self, cn: str, country: str) -> tuple[str, ...]:
        """``("grey", "white")`` where the code has a row for each, else empty."""
        good, code = self.good(cn), self.country_code(country)
        tables = [self._highest] if not code else [self._defaults.get(key, {}) for key in (code, OTHER)]
        return tuple(
            sorted({raw[0] for table in tables for raw in lookups.longest(table, good.cn)[1]} - {""})
        )

    def highest_default(self, cn: str, variant: str = "") -> Default:
        """The highest default value, for goods of unknown origin; raises as :meth:`default`."""
        good = self.good(cn)
        variant = self._variant(cn, variant, self.variants(cn, ""))
        key, found = lookups.longest(self._highest, good.cn)
        for raw in found:
            if raw[0] in (variant, ""):
                return self._default(good, "", key, raw, "highest")
        raise NoDefault(good.cn, "")

    def countries(self) -> tuple[str, ...]:
        """ISO codes of the countries with a table of default values of their own."""
        return tuple(sorted(set(self._defaults) - {OTHER}))

    def has_table(self, country: str) -> bool:
        """Whether the country (``other``: all others) has a table of default values of its own."""
        return country in self._defaults

    def covers(self, cn: str) -> bool:
        """Whether every variant of a good has a default value for other countries, so that no origin is without."""
        key, found = lookups.longest(self._defaults.get(OTHER, {}), self.good(cn).cn)
        return bool(key) and all(raw[1] != "-" for raw in found)

    # --- benchmarks

    def benchmark(self, cn: str, column: str, route: str, year: int) -> Benchmark:
        """The benchmark of a route (or the only one); raises NoBenchmark with the candidates."""
        candidates = self.benchmarks(cn, column, year)
        found = benchmarks.of_route(candidates, route)
        if found is None:
            raise NoBenchmark(self.good(cn).cn, column, route, year, candidates)
        return found

    def benchmarks(self, cn: str, column: str, year: int) -> tuple[Benchmark, ...]:
        """The benchmarks of a code in a year, one for each route; none for electricity."""
        found = [item for item in self._benchmarks.get(self.good(cn).cn, ()) if item.column == column]
        since = self.files["benchmarks"].valid_from.year
        return benchmarks.in_year(found, year, _REVISED_FROM if since < _REVISED_FROM else 9999)

    def default_benchmark(self, cn: str, default: Default, year: int) -> ChosenBenchmark:
        """The column B benchmark that goes with a default value, and why; raises NoBenchmark."""
        routes = default.routes or self._neighbours(default)
        chosen = benchmarks.of_default(self.benchmarks(cn, "B", year), default, routes)
        if chosen is None:
            raise NoBenchmark(self.good(cn).cn, "B", "/".join(default.routes), year, ())
        return chosen

    # --- what changes from year to year

    def cbam_factor(self, year: int) -> Decimal:
        """The share of free allocation left in a year, 0.975 in 2026 to 0 from 2034 on."""
        return self._dated("cbam-factor", "", min(year, 2034)).value

    def cscf(self, year: int) -> Dated:
        """The cross-sectoral correction factor; mark ``?``: 1 in 2026 by one unverified copy, assumed after."""
        return self._dated("cscf", "", min(year, 2034))

    def markup(self, sector: Sector | str, year: int) -> Decimal:
        """The mark-up on default values as a fraction: 0.10 in 2026, 0.20, then 0.30; fertilisers 0.01."""
        return self._dated("markup", str(sector), year).value

    def price(self, year: int, quarter: int = 0, week: int = 0) -> Price:
        """The certificate price of a quarter (2026) or a week (from 2027); raises PriceUnpublished."""
        for price in self._prices:
            if (price.year, price.quarter, price.week) == (year, quarter, week):
                return price
        raise PriceUnpublished(year, quarter, week)

    def prices(self) -> tuple[Price, ...]:
        """Every published price, in order of time."""
        return self._prices

    # --- factors of monitoring

    def fuel(self, key: str) -> StandardFactor:
        """A fuel of Annex II G, tables 1 and 2; raises UnknownKey."""
        return _get(self._factors["fuels"], key, "fuels")

    def fuels(self) -> tuple[StandardFactor, ...]:
        """Every fuel of tables 1 and 2."""
        return tuple(self._factors["fuels"].values())

    def carbonate(self, key: str) -> StandardFactor:
        """A carbonate by its formula (table 3); raises UnknownKey."""
        return _get(self._factors["carbonates"], key, "carbonates")

    def oxide(self, key: str) -> StandardFactor:
        """An oxide by its formula (table 4); raises UnknownKey."""
        return _get(self._factors["oxides"], key, "oxides")

    def process_material(self, key: str) -> StandardFactor:
        """A process material of the iron and steel industry (table 5); raises UnknownKey."""
        return _get(self._factors["process_materials"], key, "process_materials")

    def materials(self) -> tuple[StandardFactor, ...]:
        """Every carbonate, oxide and process material (tables 3 to 5)."""
        tables = ("carbonates", "oxides", "process_materials")
        return tuple(factor for table in tables for factor in self._factors[table].values())

    def national_fuels(self, country: str) -> tuple[StandardFactor, ...]:
        """Type II values of a country (Annex II B.5.2), empty where none are at hand."""
        return tuple(self._national.get(self.country_code(country), {}).values())

    def national_fuel(self, country: str, key: str) -> StandardFactor:
        """One of them by key; raises UnknownKey."""
        return _get(self._national.get(self.country_code(country), {}), key, "national_fuels")

    def pfc_slope(self, key: str) -> PfcFactor:
        """Factors of a cell technology for the slope method (B.7.1 table 2); raises UnknownKey."""
        return _get(self._pfc, ("slope", key), "pfc")

    def pfc_overvoltage(self, key: str) -> PfcFactor:
        """Factors of a cell technology for the overvoltage method (B.7.2 table 3); raises UnknownKey."""
        return _get(self._pfc, ("overvoltage", key), "pfc")

    def pfc_factors(self) -> tuple[PfcFactor, ...]:
        """Every technology of both methods."""
        return tuple(self._pfc.values())

    def gwp(self, gas: str) -> int:
        """Global warming potential (Annex II G table 6): CO2 1, N2O 265, CF4 6630, C2F6 11100; raises UnknownKey."""
        return _get(self._gwp, gas, "gwp")

    def reference_efficiency(
        self, kind: str, category: str, built: int | None = None, medium: str = "steam"
    ) -> Decimal:
        """Reference efficiency as a fraction (Annex III C): ``kind`` is ``electricity`` or ``heat``.

        ``category`` is S1 to O14, ``built`` the year of construction (None: from 2016), ``medium`` of heat ``steam``,
        ``hot-water`` or ``exhaust``. Raises UnknownKey where the annex has a dash.
        """
        year = 9998 if built is None else built
        for row in self._efficiencies.get((kind, category, medium if kind == "heat" else ""), ()):
            if int(row["built_from"] or 0) <= year <= int(row["built_to"] or 9999):
                return Decimal(row["percent"]) / 100
        raise UnknownKey("reference_efficiencies", (kind, category, medium, built))

    def electricity(self, country: str) -> Decimal:
        """There is none: raises ElectricityFactorNotOpen. The user supplies value and source."""
        raise ElectricityFactorNotOpen(country)

    # --- sources and codes

    def source(self, code: str) -> SourceDocument:
        """A document by its code; raises UnknownKey."""
        return _get(self._sources, code, "sources")

    def country_code(self, country: str) -> str:
        """ISO 3166 alpha-2 of a code or a name, ``""`` for ``""`` (rule 4); raises ``places.UnknownPlace``."""
        return country if country in self._defaults and country != OTHER else _country(country.strip())

    def is_country(self, code: str) -> bool:
        """Whether two letters name a country; ``""``, a country that is not known, is one too."""
        try:
            return not code or (len(code) == 2 and bool(self.country_code(code)))
        except places.UnknownPlace:
            return False

    # --- built once, when first asked

    def _info(self, file: TableFile) -> TableInfo:
        document = self._sources.get(file.source)
        title = " ".join(filter(None, (document.title, document.number))) if document else file.source
        return TableInfo(
            table=file.table,
            version=file.version,
            source=title,
            url=document.url if document else "",
            licence=document.licence if document else "",
            published=file.published or (document.published if document else ""),
            valid_from=file.valid_from,
            valid_to=file.valid_to,
            mark=file.mark,
            rows=len(file.text.splitlines()) - 1,
            sha256=rows.digest(file.text),
            edition=file.edition,
        )

    def _default(self, good: CbamGood, country: str, cn: str, raw: lookups.Raw, fallback: str) -> Default:
        variant, total, direct, indirect, routes, mark = raw
        file = self.files["highest_defaults" if fallback == "highest" else "defaults"]
        part = total if direct == "=" else direct
        return Default(
            country=country,
            cn=cn,
            variant=variant,
            direct=lookups.printed(part) if part else None,
            indirect=lookups.printed(indirect) if indirect else None,
            total=lookups.printed(total),
            published=Decimal(total),
            per=good.per,
            routes=tuple(routes.split()),
            mark=mark or file.mark,
            source=file.source,
            fallback=fallback,
        )

    def _neighbours(self, default: Default) -> tuple[str, ...]:
        """Routes of rows beside a default value that names none: same table, subheading and total."""
        table = OTHER if default.fallback == "other-countries" else default.country
        found = self._highest if default.fallback == "highest" else self._defaults[table]
        same = (raw for cn in found if cn[:6] == default.cn[:6] for raw in found[cn])
        letters = {
            letter
            for raw in same
            if raw[1] != "-" and Decimal(raw[1]) == default.published
            for letter in raw[4].split()
        }
        return tuple(sorted(letters)) if not default.variant else ()

    def _variant(self, cn: str, variant: str, known: tuple[str, ...]) -> str:
        """The variant that applies (rule 3); one that is named where there is none is left aside."""
        asked = variant or variant_of(cn)
        if not known:
            return ""
        if asked not in known:
            raise VariantNeeded(self.good(cn).cn, known)
        return asked

    def _dated(self, item: str, sector: str, year: int) -> Dated:
        if year < 2026:
            raise NotBefore2026(year)
        row = lookups.in_year(self._schedule.get((item, sector), ()), year)
        if row is None:
            raise UnknownKey("schedule", (item, sector, year))
        return Dated(Decimal(row["value"]), row["mark"], row["source"])

    def _near(self, code: str) -> tuple[str, ...]:
        size = next((size for size in (6, 4) if any(cn[:size] == code[:size] for cn in self._goods)), 0)
        return tuple(cn for cn in self._goods if size and len(code) >= size and cn.startswith(code[:size]))


def open_tables(root: Path | None = None, on: date | None = None) -> Tables:
    """The packaged tables, overlaid with the editions under ``root`` that apply on a date (None: all of them).

    Opened once for the same set of editions. Raises ``shelf.EditionDamaged``.
    """
    return _opened(root, () if root is None else shelf.applying(root, on))


def open_editions(root: Path, names: Sequence[str]) -> Tables:
    """The packaged tables, overlaid with exactly these editions, in this order: the tables as they once were.

    Read from the files, whatever is open already. Raises ``shelf.EditionDamaged``.
    """
    return Tables(shelf.overlaid(root, names))


@lru_cache(maxsize=8)
def _opened(root: Path | None, names: tuple[str, ...]) -> Tables:
    return Tables(shelf.overlaid(root, names) if root is not None else shelf.packaged())


@cache
def _country(text: str) -> str:
    if not text or text in _NOT_IN_PLACES:
        return text
    found = places.find(text)
    code = _OWN_CODES.get(found, found.split("-")[0])
    if len(code) != 2:
        raise places.UnknownPlace(text)
    return code


def _get(found: Mapping[K, V], key: K, table: str) -> V:
    try:
        return found[key]
    except KeyError:
        known = tuple(str(item) for item in found)
        raise UnknownKey(table, key, known) from None
