"""Electricity in the reports (items 3, 4, 9 to 12, 26, 32, 33 and 15(e); items 6 and 11 of the summary)."""

from __future__ import annotations

from lca.cbam.electricity import missing_elements
from lca.cbam.monitoring import ElectricityKind, ElectricitySource, Method, UnitKind
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, confirmed, fields, nothing, number, table, text, to_state
from lca.cbam.report.document import Block, Cell, Words, same
from lca.cbam.report.facts import ACTUAL_ELECTRICITY, Facts
from lca.cbam.report.words import joined, say


def sources(facts: Facts) -> Block:
    """Item 3: sources and quantities, suppliers and countries."""
    rows = [
        (
            same(one.name),
            say(f"electricity-{one.kind.value}"),
            figures.optional(one.amount_mwh),
            _supplier(one),
            figures.country(one.country or facts.data.installation.country),
        )
        for one in facts.data.electricity
    ]
    columns = (text("source"), text("kind"), number("amount", "MWh"), text("supplier"), text("country"))
    return table(columns, rows, None, "not-electricity")


def own_generation(facts: Facts) -> tuple[Block, ...]:
    """Item 4 and summary item 11: how electricity is generated on site. No amounts and no names."""
    own = [one for one in facts.data.electricity if one.kind is ElectricityKind.OWN_GENERATION]
    kinds = {one.kind for one in facts.data.units}
    chp, separate = UnitKind.CHP in kinds, UnitKind.POWER_PLANT in kinds
    behind = {one.id: one.kind for one in facts.data.units}
    separate = separate or any(behind.get(one.unit) is None for one in own)
    if not (own or chp or separate or facts.data.electricity_exports):
        return (nothing("not-own-generation"),)
    return (
        fields(
            ("by-chp", figures.yes(chp)),
            ("by-separate", figures.yes(separate)),
            ("fuel-kind", _fuel_kind(facts, own)),
            ("exported-electricity", figures.yes(bool(facts.data.electricity_exports))),
        ),
    )


def _fuel_kind(facts: Facts, own: list[ElectricitySource]) -> Words:
    """Fossil, zero-rated, or without fuel: what is burnt in the units that generate."""
    generators = {one.id for one in facts.data.units if one.kind is not UnitKind.BOILER}
    generators |= {one.unit for one in own if one.unit}
    burnt = [
        facts.emissions[one.id]
        for one in facts.data.streams
        if one.method is Method.COMBUSTION and one.id in facts.emissions
        if any(share.sink in generators for share in one.shares)
    ]
    found = [
        say(key)
        for key, holds in (
            ("fuel-fossil", any(one.energy_tj > 0.0 for one in burnt)),
            ("fuel-zero-rated", any(one.biomass_energy_tj > 0.0 for one in burnt)),
            ("fuel-none", any(not one.unit for one in own)),
        )
        if holds
    ]
    return joined(found) if found else say("fuel-unstated")


def total_consumed(facts: Facts) -> Block:
    """Item 9: all electricity of the installation."""
    if not facts.indirect:
        return nothing("not-indirect")
    return fields(("electricity-total", figures.amount(facts.done.totals.electricity_mwh, "MWh")))


def consumed_for_goods(facts: Facts) -> Block:
    """Item 10: electricity for goods that count indirect emissions."""
    if not facts.indirect:
        return nothing("not-indirect")
    used = sum(one.electricity_mwh for one in facts.indirect)
    return fields(("electricity-for-goods", figures.amount(used, "MWh")))


def obtained_from(facts: Facts) -> Block:
    """Item 11: installations the electricity comes from."""
    if not facts.indirect:
        return nothing("not-indirect")
    rows = [
        (same(one.name), say(f"electricity-{one.kind.value}"), _supplier(one))
        for one in facts.data.electricity
    ]
    return table((text("source"), text("kind"), text("supplier")), rows, None, "not-electricity")


def factors_by_source(facts: Facts) -> tuple[Block, ...]:
    """Item 12: amounts, countries and factors of several sources, and the factor used in each process."""
    if not facts.indirect:
        return (nothing("not-indirect"),)
    if len(facts.data.electricity) < 2:
        return (nothing("not-several-sources"), factors_by_process(facts))
    rows = [
        (
            same(one.name),
            figures.country(one.country or facts.data.installation.country),
            figures.optional(one.amount_mwh),
            figures.amount(one.factor.value) if one.factor else say("factor-from-tables"),
        )
        for one in facts.data.electricity
    ]
    columns = (text("source"), text("country"), number("amount", "MWh"), number("factor", "tCO2/MWh"))
    return (table(columns, rows), factors_by_process(facts))


def factors_by_process(facts: Facts) -> Block:
    """The factor each process took (Article 9)."""
    rows = [(same(one.name), figures.specific(one.electricity_factor)) for one in facts.indirect]
    columns = (text("process", 3.0), number("factor", "tCO2/MWh"))
    return table(columns, rows, say("cap-factors-used"), "not-indirect")


def by_process(facts: Facts) -> Block:
    """Item 26: electricity of every process."""
    rows = [
        (same(one.name), figures.amount(one.electricity_mwh))
        for one in facts.done.processes
        if one.electricity_mwh
    ]
    return table((text("process", 3.0), number("consumed", "MWh")), rows, None, "not-electricity")


def actual_factors(facts: Facts) -> Block:
    """Item 32: factors that are actual values."""
    return _factors(facts, ACTUAL_ELECTRICITY, "not-actual-electricity")


def ppa_factors(facts: Facts) -> Block:
    """Item 33: factors of power purchase agreements."""
    return _factors(facts, (ElectricityKind.PPA,), "not-ppa")


def _factors(facts: Facts, kinds: tuple[ElectricityKind, ...], empty: str) -> Block:
    rows: list[tuple[Cell, ...]] = [
        (
            same(one.name),
            say(f"electricity-{one.kind.value}"),
            figures.amount(one.factor.value) if one.factor else say("factor-from-unit"),
            same(one.factor.reference) if one.factor and one.factor.reference else figures.DASH,
        )
        for one in facts.data.electricity
        if one.kind in kinds
    ]
    columns = (text("source"), text("kind"), number("factor", "tCO2/MWh"), text("reference"))
    return table(columns, rows, None, empty)


def shares(facts: Facts, *, caption: Words) -> Block:
    """Item 15(e), summary 4(c): shares of actual and default values, and the specific indirect emissions."""
    rows = [
        (
            same(one.name),
            figures.share(one.indirect_actual_share),
            figures.share(one.indirect_default_share),
            figures.specific(facts.results[one.process].specific_indirect),
            figures.specific(one.see_indirect),
            same(unit(one.unit)),
        )
        for one in facts.done.goods
        if one.counts_indirect
    ]
    columns = (
        text("good", 2.0),
        number("indirect-actual", "%"),
        number("indirect-default", "%"),
        number("indirect-own"),
        number("indirect-see"),
        text("per", 1.0),
    )
    return table(columns, rows, caption, "not-indirect")


def criteria(facts: Facts, *, evidence: bool) -> Block:
    """Whether the criteria for actual values are met; with ``evidence``, whether it was handed to the verifier."""
    caption = say("cap-criteria")
    uses_actual = any(one.counts_indirect and one.indirect_actual_share > 0.0 for one in facts.done.goods)
    if not uses_actual:
        return nothing("not-actual-electricity", caption)
    if any(missing_elements(one.kind, one.proof) for one in facts.data.electricity):
        return to_state("state-criteria", caption)
    if not evidence:
        return confirmed("criteria-met", caption)
    if facts.details.evidence_handed_over:
        return confirmed("criteria-met-handed-over", caption)
    return to_state("state-handed-over", caption)


def installation_indirect(facts: Facts) -> Block:
    """Summary item 6: indirect emissions of the installation."""
    if not facts.indirect:
        return nothing("not-indirect")
    return fields(("indirect-total", figures.tonnes(facts.done.totals.indirect_t, "tCO2e")))


def imported_electricity(facts: Facts, *, caption: Words) -> Block:
    """Item 15(f), summary 4(d): electricity that is itself the good."""
    if not any(good.cn.replace(" ", "").startswith("2716") for good in facts.done.goods):
        return nothing("not-electricity-good", caption)
    return fields(
        ("direct-connection", blank()),
        ("criterion-5c", blank()),
        ("evidence-d24", blank()),
        ("addenda", blank()),
        ("electricity-export-factor", blank()),
        caption=caption,
    )


def unit(code: str) -> str:
    """``per t``: what a specific value is per."""
    return f"tCO2e/{code}"


def _supplier(one: ElectricitySource) -> Cell:
    if one.kind is ElectricityKind.OWN_GENERATION:
        return say("this-installation")
    return figures.stated(one.supplier)
