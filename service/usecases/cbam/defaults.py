"""Goods of Annex I and what they owe on default values: for everybody, without any data of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam.keeping import tables_of
from service.usecases.cbam.refusals import DefaultMissing, NotInCbamScope, VariantNeeded
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.goods import Category, CbamGood
    from databases.cbam.tables import Tables
    from lca.cbam.obligation.default_path import DefaultPath, Row

YEARS = range(2026, 2035)
"""From the first year of the definitive period to the last with free allocation."""
MOST_GOODS = 1000


@dataclass(frozen=True, slots=True)
class LookUp:
    """A CN code (8 digits, spaces allowed, or 10 of TARIC), where the good comes from ("" unknown), the import year."""

    cn: str
    country: str = "CN"
    year: int = 2026
    variant: str = ""


def look_up(actor: Actor, command: LookUp, services: Services) -> DefaultPath:
    """A good on default values.

    Raises NotAllowed, InvalidInput, NotInCbamScope, VariantNeeded, DefaultMissing.
    """
    from databases.cbam import goods, values
    from lca.cbam.obligation.default_path import default_path

    allow(actor, Permission.CBAM_TABLES_READ)
    tables = of_year(command.year, services)
    country = _country(command.country, tables)
    try:
        return default_path(command.cn, country, command.year, tables, command.variant)
    except values.VariantNeeded as error:
        raise VariantNeeded(command.cn, tuple(error.variants)) from error
    except goods.NotInScope as error:
        raise NotInCbamScope(cn=command.cn, near=", ".join(error.near[:6]) or "—") from error
    except (LookupError, ValueError) as error:
        raise DefaultMissing(cn=command.cn, country=country or "?", problem=str(error)) from error


def table(actor: Actor, country: str, year: int, services: Services) -> tuple[Row, ...]:
    """Every code of Annex I for a country and a year. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.CBAM_TABLES_READ)
    tables = of_year(year, services)
    return _table(_country(country, tables), year, tables)


@lru_cache(maxsize=8)
def _table(country: str, year: int, tables: Tables) -> tuple[Row, ...]:
    """Made once while the tables are the same: a page of the list, its next page and its files ask for all of it."""
    from lca.cbam.obligation import default_path

    return default_path.table(country, (year,), tables)


def search(actor: Actor, text: str, services: Services, limit: int = 50) -> tuple[CbamGood, ...]:
    """Goods whose code begins with the digits, or whose names hold every word. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.CBAM_TABLES_READ)
    if not 1 <= limit <= MOST_GOODS:
        raise InvalidInput(field="limit", problem=f"1 to {MOST_GOODS}")
    wanted = text.strip().lower()
    digits = "".join(sign for sign in wanted if sign.isdigit())
    is_code = bool(digits) and all(sign.isdigit() or sign in " ." for sign in wanted)

    def fits(good: CbamGood) -> bool:
        if is_code:
            return good.cn.startswith(digits) or (len(digits) > len(good.cn) and digits.startswith(good.cn))
        names = f"{good.name_zh} {good.name_en} {good.category} {good.sector.value}".lower()
        return all(word in names for word in wanted.split())

    return tuple(good for good in tables_of(services).goods() if fits(good))[:limit]


def category(actor: Actor, slug: str, services: Services) -> Category:
    """An aggregated goods category with its precursors and routes. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_TABLES_READ)
    try:
        return tables_of(services).category(slug)
    except LookupError as error:
        raise NotFound(noun="category", key=slug) from error


def of_year(year: int, services: Services) -> Tables:
    """The tables as they are known today for imports of a year: those in force now, or at the year's end if that is
    past. Raises InvalidInput for a year without rules.
    """
    if year not in YEARS:
        raise InvalidInput(field="year", problem=f"a year from {YEARS[0]} to {YEARS[-1]}")
    return tables_of(services, min(date(year, 12, 31), max(services.clock().date(), date(year, 1, 1))))


def _country(code: str, tables: Tables) -> str:
    """An ISO 3166 code in capitals, or nothing. Raises InvalidInput."""
    made = code.strip().upper()
    if not tables.is_country(made):
        raise InvalidInput(field="country", problem="a country's two letters such as CN; empty where unknown")
    return tables.country_code(made)
