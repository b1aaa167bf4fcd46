"""What the pages of goods show: every code of Annex I on default values, and one code taken apart.

Amounts are tCO2e per tonne of product, or per tonne of clinker contained where the code says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.usecases.access import Actor
from service.usecases.cbam import defaults
from service.usecases.cbam.defaults import YEARS, LookUp
from service.usecases.cbam.keeping import tables_of
from service.usecases.cbam.refusals import NotInCbamScope, VariantNeeded
from service.usecases.refusals import Refusal
from service.usecases.services import Services
from service.web.formats import by_name, cut, fixed, place
from service.web.i18n import language
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from lca.cbam.obligation.default_path import DefaultPath, Row

SECTORS = {
    "cement": _l("Cement"),
    "fertilisers": _l("Fertilisers"),
    "iron-steel": _l("Iron and steel"),
    "aluminium": _l("Aluminium"),
    "hydrogen": _l("Hydrogen"),
    "electricity": _l("Electricity"),
}
BASES = {
    "t": _l("per tonne"),
    "t clinker": _l("per tonne of clinker contained"),
    "kg N": _l("per kilogram of nitrogen contained"),
    "kWh": _l("per kilowatt-hour"),
}
UNITS = {"t clinker": _l("t clinker"), "kg N": _l("kg N")}
MARKS = {
    "P": _l("read in a primary source"),
    "T": _l("read in a copy"),
    "D": _l("derived"),
    "M": _l("from memory"),
    "?": _l("doubtful, or likely to change"),
}
BAR_WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Country of origin (ISO code, empty where unknown) and year of import."""

    country: str
    year: int

    def as_query(self) -> dict[str, Any]:
        """For an address."""
        return {"country": self.country, "year": self.year}


@dataclass(frozen=True, slots=True)
class YearBar:
    """One year of a good: SEE with mark-up, free allocation, what is owed, with bar lengths in thousandths."""

    year: int
    see: Decimal
    sefa: Decimal
    net: Decimal
    markup: Decimal
    free_length: float
    net_length: float


@dataclass(frozen=True, slots=True)
class GoodPage:
    """One code of Annex I on default values."""

    path: DefaultPath
    years: tuple[YearBar, ...]
    category: Any
    variants: tuple[str, ...]
    chosen_variant: str
    eur: Decimal | None
    price: Any


def asked(args: Mapping[str, str]) -> Asked:
    """Country and year out of a query; what is no country or year is the default (China, 2026), never an error."""
    country = args.get("country", "CN").strip().upper()
    if country and not _is_country(country):
        country = "CN"
    year = args.get("year", "")
    return Asked(country, int(year) if year.isdigit() and int(year) in YEARS else YEARS[0])


def _is_country(code: str) -> bool:
    from databases import places

    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        return False
    return bool(places.find(code)) or code == "XK"  # Kosovo is in the tables and has no ISO code


def choices(services: Services) -> dict[str, Any]:
    """Countries (code, name) and years for the forms."""
    codes = [code for code in tables_of(services).countries() if len(code) == 2]
    named = by_name((code, place(code)) for code in codes)
    return {"countries": [*named, ("", _l("Unknown"))], "years": [str(year) for year in YEARS]}


def goods_spec(asked: Asked) -> ListSpec:
    """The list of goods; figures are of the row's default path, empty where there is none."""
    return ListSpec(
        endpoint="cbam.goods",
        values=asked.as_query(),
        order="cn",
        filename=f"cbam-{asked.country or 'unknown'}-{asked.year}",
        columns=(
            Column("cn", _l("CN code"), lambda r: r.good.cn, lambda r: _code(r, asked)),
            Column(
                "name", _l("Good"), lambda r: _name(r), lambda r: Cell(cut(_name(r), 90), _designation(r))
            ),
            Column(
                "sector",
                _l("Sector"),
                lambda r: r.good.sector.value,
                lambda r: Cell(SECTORS[r.good.sector.value]),
            ),
            _figure("default", _l("Default value"), lambda p: p.default.total),
            _figure("see", _l("With mark-up"), lambda p: p.see),
            _figure("sefa", _l("Free allocation"), lambda p: p.sefa),
            _figure("net", _l("Certificates per unit"), lambda p: p.net),
            Column(
                "per",
                _l("Unit"),
                lambda r: f"tCO2e/{r.good.per.value}",
                lambda r: Cell(f"tCO₂e/{UNITS.get(r.good.per.value, r.good.per.value)}"),
            ),
            Column("mark", _l("Mark"), lambda r: r.path.mark if r.path else ""),
        ),
        filters=(
            Filter(
                "sector",
                _l("Sector"),
                tuple((key, word) for key, word in SECTORS.items() if key != "electricity"),
            ),
        ),
    )


def good_page(actor: Actor, command: LookUp, services: Services) -> GoodPage:
    """One good, this year and every year to 2034; of white and grey the one that owes more, unless one is named.

    Raises NotAllowed, InvalidInput, NotInCbamScope, DefaultMissing.
    """
    try:
        path = defaults.look_up(actor, command, services)
    except VariantNeeded as error:
        found = [defaults.look_up(actor, replace(command, variant=one), services) for one in error.variants]
        path = max(found, key=lambda one: one.net)
    asked_for, command = command.variant, replace(command, variant=path.variant)
    paths = {year: defaults.look_up(actor, replace(command, year=year), services) for year in YEARS}
    most = max(max(one.see, one.sefa) for one in paths.values()) or Decimal(1)
    tables = tables_of(services)
    price = _price(command.year, services)
    return GoodPage(
        path=path,
        years=tuple(_bar(year, one, most) for year, one in paths.items()),
        category=tables.category(path.good.category),
        variants=tuple(tables.variants(path.good.cn, command.country)),
        chosen_variant=path.variant if path.variant and path.variant != asked_for else "",
        eur=path.cost(price.value) if price else None,
        price=price,
    )


def none_page(actor: Actor, cn: str, refusal: Refusal, services: Services) -> dict[str, Any]:
    """For a code without a default path: whether it is out of scope, and listed codes that begin like it."""
    digits = "".join(sign for sign in cn if sign.isdigit())
    near: tuple[Any, ...] = ()
    for size in (6, 4):
        if not near and len(digits) >= size:
            near = defaults.search(actor, digits[:size], services, limit=12)
    out = isinstance(refusal, NotInCbamScope)
    electricity = not out and any(one.sector.value == "electricity" for one in near)
    return {"cn": cn[:20], "out": out, "near": near, "electricity": electricity}


def _price(year: int, services: Services) -> Any:
    """The latest published price of the year, or None."""
    published = [price for price in tables_of(services).prices() if price.year == year]
    return published[-1] if published else None


def _bar(year: int, path: DefaultPath, most: Decimal) -> YearBar:
    free = min(path.sefa, path.see)
    return YearBar(
        year,
        path.see,
        path.sefa,
        path.net,
        path.markup,
        round(float(free / most) * BAR_WIDTH, 2),
        round(float(path.net / most) * BAR_WIDTH, 2),
    )


def _figure(key: str, title: Any, value: Any) -> Column:
    return Column(
        key,
        title,
        lambda row: float(value(row.path)) if row.path else None,
        lambda row: Cell(fixed(value(row.path))) if row.path else Cell("—", _l("no default value")),
        numeric=True,
    )


def _name(row: Row) -> str:
    return row.good.name_zh if language() == "zh" else row.good.name_en


def _designation(row: Row) -> Any:
    """White or grey; in Chinese, where names are the heading's, the English designation that tells codes apart."""
    variant = _variant(row)
    return variant or (cut(row.good.name_en, 90) if language() == "zh" else "")


def _variant(row: Row) -> Any:
    return {"white": _l("white"), "grey": _l("grey")}.get(row.variant, "")


def _code(row: Row, asked: Asked) -> Cell:
    cn = row.good.cn
    shown = f"{cn[:4]} {cn[4:6]} {cn[6:]}"
    extra: dict[str, Any] = {"variant": row.variant} if row.variant else {}
    return Cell(shown, href=url_for("cbam.good", cn=cn, **asked.as_query(), **extra), code=True)
