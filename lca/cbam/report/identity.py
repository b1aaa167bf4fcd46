"""Who and what: the operator, the installation, its processes, goods and the main fuels (items 1, 2 and 8).

The same blocks serve the operator's report, its summary and the monitoring plan.
"""

from __future__ import annotations

from lca.cbam.monitoring import NON_CBAM, Method
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, fields, nothing, number, plain, table, text, to_state
from lca.cbam.report.document import Block, Cell, Column, Day, Words, same
from lca.cbam.report.facts import Facts, emitting, zero_ratings
from lca.cbam.report.words import joined, say
from lca.cbam.results import SourceEmission

FIVE = 5
"""The reports list the five most important of each kind (Annex IV 1.1 item 2)."""


def operator(facts: Facts) -> tuple[Block, ...]:
    """Name, number and address of the operator."""
    where = facts.data.installation
    return (
        fields(
            ("operator", figures.stated(where.operator)),
            ("operator-number", figures.stated(where.operator_number)),
            ("operator-address", figures.stated(facts.details.operator_address or address(facts))),
        ),
    )


def installation(facts: Facts) -> tuple[Block, ...]:
    """The installation under verification: names, registry, UN/LOCODE, address, coordinates."""
    where = facts.data.installation
    coordinates: Cell = blank()
    if where.latitude is not None and where.longitude is not None:
        coordinates = same(f"{where.latitude:.6f}, {where.longitude:.6f}")
    rows: list[tuple[str, Cell]] = [
        ("installation", installation_name(facts)),
        ("registry-id", figures.stated(where.registry_id, "hint-registry")),
        ("unlocode", figures.stated(where.unlocode)),
        ("address", figures.stated(address(facts))),
        ("coordinates", coordinates),
    ]
    return (fields(*rows),)


def installation_name(facts: Facts) -> Words:
    """The name in Chinese and in English."""
    where = facts.data.installation
    return Words(where.name or where.name_en, where.name_en or where.name)


def address(facts: Facts) -> str:
    """Street, city, post code and country in one line; empty where no street and no city is known."""
    where = facts.data.installation
    if not (where.address or where.city):
        return ""
    place = figures.country(where.country).en
    return ", ".join(part for part in (where.address, where.city, where.post_code, place) if part)


def plan(facts: Facts) -> Block:
    """Date and version of the monitoring plan in force."""
    stated = facts.details
    day: Cell = Day(stated.plan_date) if stated.plan_date else blank()
    return fields(("plan-date", day), ("plan-version", figures.stated(stated.plan_version)))


def processes(facts: Facts) -> Block:
    """Every process with its category and routes."""
    return table(
        (text("process"), text("category"), text("routes", 2.0)),
        [
            (same(one.name), facts.category_name(one.category), facts.routes(one))
            for one in facts.done.processes
        ],
        say("cap-processes"),
        "not-processes",
    )


def process_goods(facts: Facts) -> Block:
    """Every process with its routes and the goods it makes, by CN code; no quantities."""
    return table(
        (text("process"), text("routes", 2.0), text("cn"), text("good")),
        [
            (same(one.name), facts.routes(one), cn(good.cn), same(good.name))
            for one in facts.done.processes
            for good in facts.done.goods
            if good.process == one.id
        ],
        None,
        "not-processes",
    )


def non_cbam(facts: Facts, caption: Words | None = None) -> Block:
    """Goods outside Annex I of the basic regulation, with their quantities."""
    stated = facts.details.non_cbam_goods
    if stated:
        rows = [
            (facts.name(one.process), same(one.name), figures.amount(one.quantity_t, "t")) for one in stated
        ]
        return table((text("process"), text("good"), number("quantity", "t")), rows, caption)
    if sinks_outside_cbam(facts):
        return to_state("state-non-cbam", caption)
    return nothing("not-non-cbam", caption)


def sinks_outside_cbam(facts: Facts) -> bool:
    """True when some of the monitored data went to processes outside CBAM."""
    data = facts.data
    return any(
        (
            any(share.sink == NON_CBAM for one in emitting(data) for share in one.shares),
            any(NON_CBAM in (flow.origin, flow.destination) for flow in data.heat),
            any(NON_CBAM in (flow.origin, flow.destination) for flow in data.waste_gas),
            any(use.process == NON_CBAM for use in data.electricity_uses),
            any(use.destination == NON_CBAM for use in data.own_uses),
            any(precursor.other_uses > 0.0 for precursor in data.precursors),
        )
    )


def top_goods(facts: Facts) -> Block:
    """The five largest goods of each process by mass."""
    rows: list[tuple[Cell, ...]] = []
    for process in facts.done.processes:
        goods = [one for one in facts.done.goods if one.process == process.id]
        for good in sorted(goods, key=lambda one: -one.produced_t)[:FIVE]:
            rows.append((same(process.name), cn(good.cn), same(good.name), figures.amount(good.produced_t)))
    columns = (text("process"), text("cn"), text("good"), number("quantity", "t"))
    return table(columns, rows, say("cap-top-goods"), "not-goods")


def top_fuels(facts: Facts) -> Block:
    """The five most important fuels by energy."""
    fuels = [
        one
        for one in facts.done.sources
        if one.id in facts.streams and facts.streams[one.id].method is Method.COMBUSTION
    ]
    ranked = sorted(fuels, key=lambda one: -(one.energy_tj + one.biomass_energy_tj))[:FIVE]
    rows = [(same(one.name), figures.amount(one.energy_tj + one.biomass_energy_tj)) for one in ranked]
    return table((text("fuel"), number("energy", "TJ")), rows, say("cap-top-fuels"), "not-fuels")


def top_materials(facts: Facts) -> Block:
    """The five materials with the largest process emissions."""
    materials = [
        one
        for one in facts.done.sources
        if one.id in facts.streams and facts.streams[one.id].method is not Method.COMBUSTION
    ]
    return table(*_ranked(materials, "material"), say("cap-top-materials"), "not-materials")


def measured(facts: Facts, caption: Words | None = None) -> Block:
    """The five largest measured sources and their gases."""
    known = {one.id for one in facts.data.measured}
    found = sorted((one for one in facts.done.sources if one.id in known), key=lambda one: -one.emissions_t)
    rows = [(same(one.name), same(one.gas), figures.tonnes(one.emissions_t)) for one in found[:FIVE]]
    columns = (text("source"), text("gas"), number("emissions", "tCO2e"))
    return table(columns, rows, caption or say("cap-measured"), "not-measured")


def months(facts: Facts) -> Block:
    """How many months a new installation was monitored."""
    stated = facts.data.installation.months_monitored
    if stated is None or stated >= 12:
        return nothing("not-new-installation")
    return plain("months-monitored", months=stated)


def zero_rated(facts: Facts, *, streams: bool) -> Block:
    """Whether fuels are zero-rated and how that is shown; with their names only where ``streams``."""
    caption = say("cap-zero-rated") if streams else None
    found = zero_ratings(facts.data)
    if not found:
        return nothing("not-zero-rated", caption)
    if not streams:
        schemes = sorted({rating.scheme for _, rating, _ in found})
        return plain("zero-rated-by", caption, count=len(found), schemes=", ".join(schemes))
    rows = [
        (same(name), figures.share(part), same(rating.scheme), same(rating.document))
        for name, rating, part in found
    ]
    columns = (text("source"), number("biomass", "%"), text("scheme"), text("document"))
    return table(columns, rows, caption)


def cn(code: str) -> Words:
    """``73181595`` as ``7318 15 95``."""
    digits = "".join(code.split())
    return same(" ".join(part for part in (digits[:4], digits[4:6], digits[6:8], digits[8:]) if part))


def listed(names: list[str]) -> Words:
    """Names in a row."""
    return joined([same(name) for name in names])


def _ranked(found: list[SourceEmission], head: str) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    ranked = sorted(found, key=lambda one: -abs(one.emissions_t))[:FIVE]
    rows: list[tuple[Cell, ...]] = [(same(one.name), figures.tonnes(one.emissions_t)) for one in ranked]
    return (text(head), number("emissions", "tCO2e")), rows
