"""Rows of the tables made into values: one function a kind of table, each called once and kept.

Text becomes Decimal, dates and tuples here and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from databases.cbam.goods import Category, CbamGood, FunctionalUnit, Route, Sector
from databases.cbam.rows import Row, read, read_dicts
from databases.cbam.values import Benchmark, PfcFactor, Price, StandardFactor

THOUSANDTH = Decimal("0.001")

Raw = tuple[str, str, str, str, str, str]
"""A default value as it stands in the table: variant, total, direct, indirect, routes; mark (empty: the table's)."""


def goods(text: str, headings: str) -> dict[str, CbamGood]:
    """Every good by its CN code of eight digits, in the table's order."""
    names = {row["heading"]: row["name_zh"] for row in read_dicts("headings", headings)}
    return {
        row["cn"]: CbamGood(
            cn=row["cn"],
            sector=Sector(row["sector"]),
            category=row["category"],
            unit=FunctionalUnit(row["unit"]),
            gases=tuple(row["gases"].split()),
            direct_only=row["direct_only"] == "1",
            name_en=row["name_en"],
            name_zh=names.get(row["cn"][:4], row["name_en"]),
            taric=row["taric"],
            mark=row["mark"],
        )
        for row in read_dicts("goods", text)
    }


def categories(text: str, routes: str) -> dict[str, Category]:
    """Every category by its slug, in the order of Annex I."""
    ways: dict[str, list[Route]] = defaultdict(list)
    for row in read_dicts("routes", routes):
        ways[row["category"]].append(Route(row["letter"], row["route"], row["name_zh"], row["name_en"]))
    return {
        row["category"]: Category(
            slug=row["category"],
            sector=Sector(row["sector"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            precursors=tuple(row["precursors"].split()),
            joint_precursors=tuple(row["joint_precursors"].split()),
            routes=tuple(ways[row["category"]]),
            mark=row["mark"],
        )
        for row in read_dicts("categories", text)
    }


def defaults(text: str) -> dict[str, dict[str, list[Raw]]]:
    """Default values by country and code, as text: there are 11,658, of which a calculation needs a few."""
    found: dict[str, dict[str, list[Raw]]] = {}
    for country, cn, variant, total, direct, indirect, routes in read("defaults", text):
        of_country = found.setdefault(country, {})
        of_country.setdefault(cn, []).append((variant, total, direct, indirect, routes, ""))
    return found


def highest(text: str) -> dict[str, list[Raw]]:
    """The values of Annex IV by code."""
    found: dict[str, list[Raw]] = {}
    for cn, variant, total, routes, mark in read("highest_defaults", text):
        found.setdefault(cn, []).append((variant, total, "", "", routes, mark))
    return found


def benchmarks(
    text: str, source: str, mark: str, per: Mapping[str, FunctionalUnit]
) -> dict[str, list[Benchmark]]:
    """Benchmarks by CN code of eight digits; ``per`` gives the unit of a code. A code not in scope is left aside."""
    found: dict[str, list[Benchmark]] = {}
    for cn, column, route, value, first, last in read("benchmarks", text):
        if cn not in per:
            continue
        found.setdefault(cn, []).append(
            Benchmark(
                cn=cn,
                column=column,
                route=route,
                value=Decimal(value),
                years=(int(first), int(last)),
                per=per[cn],
                mark=mark,
                source=source,
            )
        )
    return found


def factors(table: str, text: str, kind: str = "") -> dict[str, StandardFactor]:
    """Standard factors by key. Fuels have a factor per energy, all other materials one per mass."""
    fuel = table == "fuels"
    return {
        row["key"]: StandardFactor(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind=kind or row["kind"],
            emission_factor=Decimal(row["emission_factor"]),
            emission_factor_unit="tCO2/TJ" if fuel else "tCO2/t",
            ncv=number(row.get("ncv", "")),
            ncv_unit="GJ/t" if row.get("ncv") else "",
            carbon_content=number(row.get("carbon_content", "")),
            carbon_unit="tC/t" if row.get("carbon_content") else "",
            locator=row["locator"],
            source=row["source"],
            mark=row["mark"],
        )
        for row in read_dicts(table, text)
    }


def national(text: str) -> dict[str, dict[str, StandardFactor]]:
    """National factors by country and key."""
    found: dict[str, dict[str, StandardFactor]] = {}
    for row in read_dicts("national_fuels", text):
        found.setdefault(row["country"], {})[row["key"]] = StandardFactor(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind="fossil",
            emission_factor=Decimal(row["emission_factor"]),
            emission_factor_unit="tCO2/TJ",
            ncv=Decimal(row["ncv"]),
            ncv_unit=row["ncv_unit"],
            carbon_content=Decimal(row["carbon_t_per_tj"]),
            carbon_unit="tC/TJ",
            oxidation_factor=number(row["oxidation_factor"]),
            country=row["country"],
            locator=row["locator"],
            source=row["source"],
            mark=row["mark"],
        )
    return found


def pfc(text: str) -> dict[tuple[str, str], PfcFactor]:
    """PFC factors by method and technology."""
    return {
        (row["method"], row["key"]): PfcFactor(
            key=row["key"],
            method=row["method"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            cf4_factor=Decimal(row["cf4_factor"]),
            c2f6_fraction=Decimal(row["c2f6_fraction"]),
            own_measurement="own measurement" in row["locator"],
            locator=row["locator"],
            source=row["source"],
            mark=row["mark"],
        )
        for row in read_dicts("pfc", text)
    }


def prices(text: str) -> tuple[Price, ...]:
    """Certificate prices in order of time."""
    found = (
        Price(
            year=int(row["year"]),
            quarter=int(row["quarter"] or 0),
            week=int(row["week"] or 0),
            value=Decimal(row["price"]),
            published=date.fromisoformat(row["published"]) if row["published"] else None,
            source=row["source"],
            mark=row["mark"],
        )
        for row in read_dicts("prices", text)
    )
    return tuple(sorted(found, key=lambda price: (price.year, price.quarter, price.week)))


def in_year(rows: Iterable[Row], year: int) -> Row | None:
    """The row of the schedule whose years hold ``year``; an empty last year means from then on."""
    for row in rows:
        if int(row["from_year"]) <= year <= int(row["to_year"] or 9999):
            return row
    return None


def longest(found: Mapping[str, list[Raw]], cn: str) -> tuple[str, list[Raw]]:
    """The longest published code that ``cn`` begins with and its rows; empty where there is none."""
    for size in (8, 6, 4):
        if rows := found.get(cn[:size]):
            return cn[:size], rows
    return "", []


def number(text: str) -> Decimal | None:
    """A number, or None for an empty cell."""
    return Decimal(text) if text else None


def printed(text: str) -> Decimal:
    """A value as the Official Journal prints it: three decimals, half up."""
    return Decimal(text).quantize(THOUSANDTH, ROUND_HALF_UP)
