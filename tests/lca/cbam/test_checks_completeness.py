"""What is left out is told: electricity, sources, precursors, scrap, and waste gases counted away or twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import (
    LEDGER,
    all_to,
    carbon,
    electricity,
    factor,
    good,
    heat,
    monitoring,
    own_use,
    pfc,
    power,
    precursor,
    process,
    stream,
    transfer,
    unit,
    waste_gas,
)

from databases.cbam.tables import Tables
from lca.cbam.checks.completeness import TOLERANCE, completeness
from lca.cbam.monitoring import Basis, Monitoring, PrecursorUse, RouteShare, TransferKind, UnitKind
from lca.findings import Severity


def told(data: Monitoring, tables: Tables) -> list[tuple[str, str, str]]:
    """(severity, code, record) of each finding."""
    return [(one.severity.value, one.code, one.place.line) for one in completeness(data, tables)]


def one(
    category: str, cn: str, *inputs: tuple[str, str, float], made: float = 1000.0, **changes: Any
) -> Monitoring:
    """A process ``works`` that makes ``made`` t of one good from purchased precursors (category, CN code, amount)."""
    electric = changes.pop("electric", True)
    goods = (good("product", cn, produced_t=made, **changes.pop("good", {})),)
    bought = tuple(
        precursor(
            f"in{index}",
            category=slug,
            cn=code,
            purchased=amount,
            uses=(PrecursorUse(process="works", amount=amount, evidence=LEDGER),),
        )
        for index, (slug, code, amount) in enumerate(inputs)
    )
    given = {
        "streams": (stream(shares=all_to("works")),),
        "processes": (process("works", category, goods=goods, **changes.pop("process", {})),),
        "precursors": bought,
    }
    if electric:
        given |= {"electricity": (electricity(),), "electricity_uses": (power("works"),)}
    return monitoring(**given | changes)


WIRE = ("iron-or-steel-products", "72139110")
ROD = "iron-or-steel-products", "72131000"
CLINKER = ("cement-clinker", "25231000")


def scrap(rate: str) -> dict[str, Any]:
    return {"good": {"parameters": (("scrap-t", rate),)}}


# --- what is missing altogether

MISSING = [
    (
        one(*CLINKER, good={"content": 1.0}, electric=False),
        ("warning", "cbam-electricity-use-missing", "works"),
    ),
    (
        one("ammonia", "28141000", good={"content": 822.0}, electricity_uses=(power("works", 0.0),)),
        ("warning", "cbam-electricity-use-missing", "works"),
    ),
    (one(*CLINKER, streams=()), ("warning", "cbam-process-no-source", "works")),
    (one("crude-steel", "72071210", streams=()), ("warning", "cbam-process-no-source", "works")),
    (one(*ROD, (*WIRE, 1000.0), streams=()), ("note", "cbam-process-no-source", "works")),
    (one(*ROD), ("warning", "cbam-input-missing", "works")),
    (one("aluminium-products", "76042990"), ("warning", "cbam-input-missing", "works")),
    (one("crude-steel", "72071210"), ("warning", "cbam-input-missing", "works")),
    (one("cement", "25232900", good={"content": 0.9}), ("warning", "cbam-input-missing", "works")),
    (one("urea", "31021019", good={"content": 460.0}), ("warning", "cbam-input-missing", "works")),
]


@pytest.mark.parametrize(("data", "expected"), MISSING)
def test_missing_altogether(data: Monitoring, expected: tuple[str, str, str], tables: Tables) -> None:
    assert expected in told(data, tables)


# --- matter

MATTER = [
    # bare metal with its scrap stated: nothing else can be in it
    (one(*ROD, (*WIRE, 900.0), **scrap("0")), ("error", "cbam-mass-impossible")),
    (one(*ROD, (*WIRE, 900.0), **scrap("0.05")), ("error", "cbam-mass-impossible")),
    # scrap not stated, or not a number: doubtful
    (one(*ROD, (*WIRE, 900.0)), ("warning", "cbam-mass-doubtful")),
    (one(*ROD, (*WIRE, 900.0), **scrap("some")), ("warning", "cbam-mass-doubtful")),
    # screws may be coated: never an error
    (
        one("iron-or-steel-products", "73181595", (*WIRE, 900.0), **scrap("0")),
        ("warning", "cbam-mass-doubtful"),
    ),
    # scrap that a rolling mill would have to melt
    (one(*ROD, (*WIRE, 700.0), **scrap("0.4")), ("warning", "cbam-mass-scrap")),
    (
        one("crude-steel", "72071210", ("pig-iron", "72011011", 700.0), **scrap("0.2")),
        ("warning", "cbam-mass-doubtful"),
    ),
    (
        one("unwrought-aluminium", "76012040", ("unwrought-aluminium", "76011010", 300.0), **scrap("0.5")),
        ("warning", "cbam-mass-doubtful"),
    ),
    # no clinker comes from nowhere
    (one("cement", "25232900", (*CLINKER, 850.0), good={"content": 0.9}), ("error", "cbam-mass-impossible")),
    (
        one("urea", "31021019", ("ammonia", "28141000", 4e5), good={"content": 460.0}),
        ("warning", "cbam-mass-doubtful"),
    ),
]


@pytest.mark.parametrize(("data", "expected"), MATTER)
def test_more_out_than_in(data: Monitoring, expected: tuple[str, str], tables: Tables) -> None:
    assert [(severity, code) for severity, code, _ in told(data, tables)] == [expected]


RIGHT = [
    one(*ROD, (*WIRE, 985.0), **scrap("0")),
    one(*ROD, (*WIRE, 1050.0)),
    one("crude-steel", "72071210", ("pig-iron", "72011011", 880.0), **scrap("0.2")),
    one("crude-steel", "72071210", process={"included": ("pig-iron", "sintered-ore")}),
    one("unwrought-aluminium", "76012040", **scrap("1.05")),
    one("unwrought-aluminium", "76011010", pfc=(pfc(shares=all_to("works")),)),
    one("unwrought-aluminium", "76011010", good={"routes": (RouteShare(route="K", produced_t=1000.0),)}),
    one("pig-iron", "72011011", ("sintered-ore", "26011200", 1.0)),  # lump ore is no precursor
    one("cement", "25232900", (*CLINKER, 900.0), good={"content": 0.9}),
    one("cement", "25232900", good={"content": 0.9}, process={"included": ("cement-clinker",)}),
    one("urea", "31021019", ("ammonia", "28141000", 4.7e5), good={"content": 460.0}),
    one("hydrogen", "28041000"),
    one(*CLINKER),
    one(*ROD, basis=Basis.TRANSITIONAL, streams=()),
    one(*ROD, (*WIRE, 1000.0), streams=(), heat=(heat(origin="outside", destination="works"),)),
    one(*ROD, (*WIRE, 1000.0), streams=(), process={"direct_emissions_t": 0.0}),
]


@pytest.mark.parametrize("data", RIGHT)
def test_what_is_complete(data: Monitoring, tables: Tables) -> None:
    assert told(data, tables) == []


def test_own_precursors_count_and_returns_do_not(tables: Tables) -> None:
    """A process's own output returned to it adds no matter."""
    goods = (good("rod", "72131000"),)
    rolling = process("roll", goods=goods)
    slab = process("melt", "crude-steel", goods=(good("slab", "72071210"),), direct_emissions_t=1.0)
    own = (own_use("melt", "roll", 500.0), own_use("roll", "roll", 500.0))
    data = monitoring(
        processes=(slab, rolling), own_uses=own, precursors=(), streams=(stream(shares=all_to("roll")),)
    )
    assert ("warning", "cbam-mass-doubtful", "roll") in told(data, tables)


@settings(max_examples=50, deadline=None)
@given(made=st.floats(1.0, 1e6), yielded=st.floats(0.5, 1.5))
def test_the_limit_is_where_the_rule_has_it(made: float, yielded: float, tables: Tables) -> None:
    found = told(one(*ROD, (*WIRE, made / yielded), made=made, **scrap("0")), tables)
    over = made > made / yielded * (1 + TOLERANCE)
    assert found == ([("error", "cbam-mass-impossible", "works")] if over else [])


# --- waste gas


def furnace(*streams: Any, **changes: Any) -> Monitoring:
    """A blast furnace that gives gas to a power plant."""
    coke = carbon("coke", 1000.0, 0.88, name="Coke", shares=all_to("iron"))
    plant = unit("plant", UnitKind.POWER_PLANT, net_electricity_mwh=100.0)
    made = process("iron", "pig-iron", goods=(good("metal", "72011011"),))
    flows = (waste_gas(origin="iron", destination="plant"),)
    given = {"streams": (coke, *streams), "units": (plant,), "waste_gas": flows, "processes": (made,)}
    return monitoring(**given | {"precursors": ()} | changes)


def gas(tonnes: float, sink: str, **changes: Any) -> Any:
    return carbon("gas", tonnes, 0.3, **{"name": "Gas", "waste_gas": True, "shares": all_to(sink)} | changes)


WASTE_GAS = [
    (furnace(gas(-500.0, "iron")), [("error", "cbam-waste-gas-deducted", "gas")]),
    (
        furnace(gas(-500.0, "iron", name="高炉煤气", waste_gas=False)),
        [("warning", "cbam-waste-gas-deducted", "gas")],
    ),
    (furnace(gas(-500.0, "iron", name="Blast furnace slag", waste_gas=False)), []),
    (furnace(gas(-500.0, "iron"), waste_gas=()), []),
    (furnace(gas(500.0, "plant", ncv=factor(3.0, "GJ/t"))), [("warning", "cbam-waste-gas-twice", "gas")]),
    (furnace(gas(500.0, "iron")), []),
    (furnace(), []),
]


@pytest.mark.parametrize(("data", "expected"), WASTE_GAS)
def test_waste_gas(data: Monitoring, expected: list[tuple[str, str, str]], tables: Tables) -> None:
    assert told(data, tables) == expected


# --- carbon dioxide and urea


def ammonia(**changes: Any) -> Monitoring:
    return one("ammonia", "28141000", good={"content": 822.0}, **changes)


def output(name: str, content: float = 0.2729) -> Any:
    return (stream(shares=all_to("works")), carbon("out", -100.0, content, name=name, shares=all_to("works")))


def bound(**changes: Any) -> Any:
    return (transfer(kind=TransferKind.BOUND, shares=all_to("works"), **changes),)


CARBON_DIOXIDE = [
    (ammonia(streams=output("CO2 to the urea plant")), [("error", "cbam-urea-carbon", "out")]),
    (ammonia(streams=output("送尿素装置")), [("error", "cbam-urea-carbon", "out")]),
    (ammonia(streams=output("CO2 sold")), [("error", "cbam-co2-output", "out")]),
    (one(*ROD, (*WIRE, 1000.0), streams=output("二氧化碳")), [("error", "cbam-co2-output", "out")]),
    (one(*ROD, (*WIRE, 1000.0), streams=output("Steel, CO2 balance", 0.002)), []),
    (ammonia(streams=output("Carbon black", 0.97)), []),
    (ammonia(transfers=bound(name="CO2 in urea")), [("error", "cbam-urea-carbon", "co2")]),
    (ammonia(transfers=bound(name="CO2 in product", partner="")), [("error", "cbam-urea-carbon", "co2")]),
    (ammonia(transfers=bound(name="CO2 in bricks")), []),
    (ammonia(transfers=(transfer(shares=all_to("works")),)), []),
]


@pytest.mark.parametrize(("data", "expected"), CARBON_DIOXIDE)
def test_carbon_dioxide(data: Monitoring, expected: list[tuple[str, str, str]], tables: Tables) -> None:
    assert told(data, tables) == expected


@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_have_sentences(language: str, tables: Tables) -> None:
    data = one("cement", "25232900", (*CLINKER, 850.0), good={"content": 0.9})
    (found,) = completeness(data, tables)
    assert found.severity is Severity.ERROR and "850" in found.message(language)
