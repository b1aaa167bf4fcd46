"""Emissions of the installation and their attribution (items 7, 16 and 29 of the report; 5 of its summary)."""

from __future__ import annotations

from lca.cbam.monitoring import Share
from lca.cbam.report import energy, figures
from lca.cbam.report.blocks import fields, number, own_words, plain, table, text
from lca.cbam.report.document import Block, Cell, Column, Words, same
from lca.cbam.report.facts import Facts
from lca.cbam.report.words import joined, say, words
from lca.cbam.results import SourceEmission, Term


def total_direct(facts: Facts) -> Block:
    """Item 7: total direct emissions."""
    return fields(("direct-total", figures.tonnes(facts.done.totals.direct_t, "tCO2e")))


def total_parts(facts: Facts) -> Block:
    """What the total is made of."""
    totals = facts.done.totals
    parts = (
        ("calculated", totals.calculated_t),
        ("measured", totals.measured_t),
        ("pfc", totals.pfc_t),
        ("other", totals.other_t),
        ("transfers", totals.transfers_t),
        ("direct-total", totals.direct_t),
        ("biomass-memo", totals.biomass_t),
    )
    return fields(*((key, figures.tonnes(value, "tCO2e")) for key, value in parts))


def installation(facts: Facts) -> tuple[Block, ...]:
    """Item 16: activity data and factors, measured sources, other methods, CO2, data gaps."""
    known = {one.id for one in facts.data.measured}
    return (
        total_parts(facts),
        activity(facts),
        factors(facts),
        _sources(facts, known, "cap-16b", "not-measured"),
        _sources(facts, {one.id for one in facts.data.pfc}, "cap-pfc", "not-pfc"),
        _other(facts),
        energy.transfer_amounts(facts),
        gaps(facts),
    )


def activity(facts: Facts, caption: Words | None = None) -> Block:
    """Item 16(a): activity data of each stream by process, and the emissions."""
    rows: list[tuple[Cell, ...]] = [
        (
            same(stream.name),
            say(f"method-{stream.method.value}"),
            sinks(facts, stream.shares),
            figures.amount(stream.activity),
            same(stream.activity_unit),
            figures.tonnes(facts.emissions[stream.id].emissions_t),
        )
        for stream in facts.data.streams
        if stream.id in facts.emissions
    ]
    columns = (
        text("stream", 1.9),
        text("method", 1.2),
        text("process", 2.0),
        number("activity", weight=1.1),
        text("unit", 0.9),
        number("emissions", "tCO2e"),
    )
    return table(columns, rows, caption or say("cap-16a-activity"), "not-streams")


def factors(facts: Facts) -> Block:
    """Item 16(a): calculation factors of each stream, as used, with their units."""
    rows: list[tuple[Cell, ...]] = []
    for stream in facts.data.streams:
        done = facts.emissions.get(stream.id)
        if done is None:
            continue
        rows.append(
            (
                same(stream.name),
                _term(done, "ncv"),
                _term(done, "emission_factor"),
                _term(done, "carbon_content"),
                figures.amount(stream.oxidation_factor),
                figures.amount(stream.conversion_factor),
                figures.share(stream.biomass_fraction + stream.other_biomass_fraction),
            )
        )
    columns: tuple[Column, ...] = (
        text("stream", 1.9),
        number("ncv", weight=1.5),
        number("emission-factor", weight=1.5),
        number("carbon-content", weight=1.3),
        number("oxidation", weight=0.9),
        number("conversion", weight=0.9),
        number("biomass", "%"),
    )
    return table(columns, rows, say("cap-16a-factors"), "not-streams")


def sinks(facts: Facts, shares: tuple[Share, ...]) -> Words:
    """Processes with their fractions where there are several."""
    if not shares:
        return figures.DASH
    if len(shares) == 1 and shares[0].fraction == 1.0:
        return facts.name(shares[0].sink)
    parts: list[Words] = []
    for share in shares:
        percent = f"{figures.share(share.fraction).value:f} %"
        name = facts.name(share.sink)
        parts.append(Words(f"{name.zh} {percent}", f"{name.en} {percent}"))
    return joined(parts)


def gaps(facts: Facts) -> Block:
    """Item 16(e): data gaps and estimates."""
    caption = say("cap-16e")
    if facts.data.quality.gaps:
        return own_words(same(facts.data.quality.gaps), caption)
    return plain("no-gaps", caption)


def attribution(facts: Facts) -> tuple[Block, ...]:
    """Item 29: the terms of eq. 55 and 56 of every process."""
    rows = [
        (
            same(one.name),
            figures.tonnes(one.direct_t),
            figures.tonnes(one.heat_import_t - one.heat_export_t),
            figures.tonnes(one.waste_gas_import_t - one.waste_gas_export_t),
            figures.tonnes(-one.electricity_export_t),
            figures.tonnes(one.attributed_direct_t),
            figures.tonnes(one.attributed_indirect_t) if one.counts_indirect else say("not-counted"),
        )
        for one in facts.done.processes
    ]
    columns = (
        text("process", 1.7),
        *(number(head, "tCO2e") for head in ("direct", "heat-net", "gas-net", "electricity-out")),
        *(number(head, "tCO2e") for head in ("attributed-direct", "attributed-indirect")),
    )
    found: list[Block] = [plain("how-attributed"), table(columns, rows, None, "not-processes")]
    if any(one.floored_t < 0.0 for one in facts.done.processes):
        named = joined([same(one.name) for one in facts.done.processes if one.floored_t < 0.0])
        found.append(plain("floored", processes=named))
    if facts.done.reconciliation:
        reconciled = [(term_name(name), figures.amount(factor)) for name, factor in facts.done.reconciliation]
        found.append(table((text("data-set", 3.0), number("factor")), reconciled, say("cap-reconciled")))
    return tuple(found)


def term_name(key: str) -> Words:
    """Words of a term's key; the key itself where it has none."""
    name = f"term-{key.replace('_', '-')}"
    return say(name) if name in words() else same(key.replace("_", " ").replace("-", " "))


def _sources(facts: Facts, known: set[str], caption: str, empty: str) -> Block:
    rows = [
        (same(one.name), same(one.gas), same(one.equation), figures.tonnes(one.emissions_t))
        for one in facts.done.sources
        if one.id in known
    ]
    columns = (text("source", 2.4), text("gas", 0.8), text("equation", 1.0), number("emissions", "tCO2e"))
    return table(columns, rows, say(caption), empty)


def _other(facts: Facts) -> Block:
    rows = [
        (same(one.name), same(one.method) if one.method else figures.DASH, figures.tonnes(one.emissions_t))
        for one in facts.data.other
    ]
    columns = (text("source"), text("method", 2.4), number("emissions", "tCO2e"))
    return table(columns, rows, say("cap-16c"), "not-other")


def _term(done: SourceEmission, key: str) -> Cell:
    found: Term | None = next((term for term in done.terms if term.key == key), None)
    return figures.DASH if found is None else figures.amount(found.value, found.unit)
