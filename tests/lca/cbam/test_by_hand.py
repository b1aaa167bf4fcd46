"""Four installations against plain arithmetic written out here: nothing of the engine computes what is expected.

A steel works (sinter to structures), a cement works, a fertiliser works, an aluminium works; figures are invented,
default values and benchmarks are those of China, Viet Nam and of unknown origin as published.
"""

from __future__ import annotations

from typing import Any

import pytest
from making import (
    LEDGER,
    all_to,
    carbon,
    carbonate,
    chp,
    electricity,
    factor,
    good,
    heat,
    measured,
    monitoring,
    own_use,
    pfc,
    power,
    precursor,
    process,
    proof,
    split,
    stream,
    supplier_values,
    unit,
    waste_gas,
    zero_rating,
)

from databases.cbam.tables import Tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import (
    Composition,
    ElectricityKind,
    Monitoring,
    PfcMethod,
    PfcSource,
    PrecursorChoice,
    PrecursorUse,
    RouteShare,
    Transfer,
    TransferKind,
    UnitKind,
)
from lca.cbam.results import Calculation, GoodResult

GRID = 0.605


def made(id: str, category: str, cn: str, tonnes: float, route: str = "", **changes: Any) -> Any:
    """A process with one good of the same name."""
    routes = (RouteShare(route=route, produced_t=tonnes),) if route else ()
    return process(id, category, goods=(good(f"{id}-good", cn, produced_t=tonnes, routes=routes, **changes),))


def bought(id: str, cn: str, category: str, use: str, amount: float, **changes: Any) -> Any:
    """A purchased precursor that one process used up."""
    uses = (PrecursorUse(process=use, amount=amount, evidence=LEDGER),)
    return precursor(id, cn=cn, category=category, uses=uses, purchased=amount, **changes)


def grid(mwh: float) -> Any:
    return electricity(amount_mwh=mwh, factor=factor(GRID, "tCO2/MWh"))


def result(done: Calculation, process: str) -> GoodResult:
    return next(one for one in done.goods if one.process == process)


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-12)


# --- steel: sinter, blast furnace, converter, hot rolling, pipes, structures


def steel_works() -> Monitoring:
    """Waste gas to a power plant and to the mill, heat of a CHP, rod of two suppliers, ferro-manganese of the Union."""
    coal = {"activity": 30000.0, "activity_unit": "t", "ncv": factor(25.0, "GJ/t")}
    slab = {"parameters": (("scrap-t", "0.11"),)}
    return monitoring(
        streams=(
            carbon("breeze", 20000.0, 0.85, shares=all_to("sinter")),
            carbonate("stone", activity=30000.0, shares=all_to("sinter")),
            carbon("coke", 400000.0, 0.88, shares=all_to("iron")),
            carbon("metal-out", -900000.0, 0.045, shares=all_to("iron")),
            carbon("metal-in", 900000.0, 0.045, shares=all_to("steel")),
            carbon("scrap", 100000.0, 0.002, shares=all_to("steel")),
            carbon("steel-out", -950000.0, 0.001, shares=all_to("steel")),
            stream("gas-mill", activity=40000.0, shares=all_to("coil")),
            stream("gas-pipe", activity=1000.0, shares=all_to("pipe")),
            stream("coal", emission_factor=factor(95.0, "tCO2/TJ"), shares=all_to("chp"), **coal),
        ),
        units=(
            chp(net_heat_tj=400.0, net_electricity_mwh=50000.0, fuel_category="S1", built=2010),
            unit(
                "plant",
                UnitKind.POWER_PLANT,
                net_heat_tj=None,
                heat_efficiency=None,
                net_electricity_mwh=150000.0,
            ),
        ),
        heat=(
            heat("to-mill", "chp", "coil", heat_tj=250.0),
            heat("to-town", "chp", "non-cbam", heat_tj=150.0),
        ),
        waste_gas=(
            waste_gas("to-plant", "iron", "plant", energy_tj=2000.0),
            waste_gas("to-coil", "iron", "coil", energy_tj=500.0),
        ),
        electricity=(grid(480000.0),),
        electricity_uses=(power("sinter", 60000.0), power("iron", 100000.0), power("coil", 320000.0)),
        processes=(
            made("sinter", "sintered-ore", "26011200", 1.4e6),
            made("iron", "pig-iron", "72011011", 9e5),
            made("steel", "crude-steel", "72071210", 9.5e5, "C", **slab),
            made("coil", "iron-or-steel-products", "72083600", 9.3e5, "C"),
            made("pipe", "iron-or-steel-products", "73063018", 1e5, "C"),
            made("frame", "iron-or-steel-products", "73089059", 3e4, "C"),
        ),
        own_uses=(
            own_use("sinter", "iron", 1.35e6),
            own_use("iron", "steel", 9e5),
            own_use("steel", "coil", 9.5e5),
            own_use("coil", "pipe", 104000.0),
            own_use("pipe", "frame", 20000.0),
        ),
        precursors=(
            bought(
                "rod-a",
                "72139110",
                "iron-or-steel-products",
                "frame",
                6000.0,
                choice=PrecursorChoice.ACTUAL,
                values=supplier_values(2.0, see_indirect=0.3, sefa=1.2),
            ),
            bought("rod-b", "72139110", "iron-or-steel-products", "frame", 5000.0),
            bought("femn", "72021120", "alloys", "steel", 9000.0, country="DE"),
        ),
    )


def test_steel_by_hand(tables: Tables) -> None:
    done = calculate(steel_works(), tables)
    sinter = (3.664 * 20000 * 0.85 + 30000 * 0.44) / 1.4e6
    sinter_power = 60000 * GRID / 1.4e6
    iron_own = 3.664 * (400000 * 0.88 - 900000 * 0.045) - 2500 * 56.1 * 0.667
    iron = (iron_own + 1.35e6 * (sinter + sinter_power)) / 9e5
    steel = (3.664 * (900000 * 0.045 + 100000 * 0.002 - 950000 * 0.001) + 9e5 * iron) / 9.5e5
    coal = 30000 * 25 / 1000 * 95
    heat_share = (400 / 750 / 0.83) / (400 / 750 / 0.83 + 180 / 750 / 0.442)
    coil_own = 40000 * 38 / 1000 * 56 + 250 * coal * heat_share / 400 + 500 * 56.1
    coil = (coil_own + 9.5e5 * steel) / 9.3e5
    pipe = (1000 * 38 / 1000 * 56 + 104000 * coil) / 1e5
    rod = (6000 * 2.0 + 5000 * 3.169 * 1.1) / 11000
    frame = (20000 * pipe + 11000 * rod) / 3e4
    expected = {"iron": iron, "steel": steel, "coil": coil, "pipe": pipe, "frame": frame}
    assert {key: result(done, key).see_total for key in expected} == {k: near(v) for k, v in expected.items()}
    assert result(done, "frame").default_share == near(5000 * 3.169 * 1.1 / 3e4 / frame)
    assert result(done, "sinter").see_total == near(sinter + sinter_power)
    assert done.balance.difference_t == pytest.approx(0, abs=1e-6)


def test_free_allocation_of_steel_by_hand(tables: Tables) -> None:
    """Column A of each process and, for rod on a default value, column B: benchmarks as published."""
    done = calculate(steel_works(), tables)
    sinter = 0.975 * 0.086
    iron = 0.975 * 1.089 + 1.35e6 * sinter / 9e5
    steel = 0.975 * 0.188 + 9e5 * iron / 9.5e5
    coil = 0.975 * 0.044 + 9.5e5 * steel / 9.3e5
    pipe = 0.975 * 0.044 + 104000 * coil / 1e5
    rod = (6000 * 1.2 + 5000 * 0.975 * 1.364) / 11000
    frame = 0.975 * 0.112 + (20000 * pipe + 11000 * rod) / 3e4
    expected = {"sinter": sinter, "coil": coil, "pipe": pipe, "frame": frame}
    assert {key: result(done, key).sefa for key in expected} == {k: near(v) for k, v in expected.items()}


# --- cement: clinker own and bought, ranges of composition, grid, PPA and own cogeneration


def cement_works(minutes: float) -> Monitoring:
    husks = {"activity": 10000.0, "activity_unit": "t", "ncv": factor(15.0, "GJ/t"), "biomass_fraction": 0.9}
    fuel = {"emission_factor": factor(100.0, "tCO2/TJ"), "shares": all_to("clinker")}
    coal = {"activity": 90000.0, "activity_unit": "t", "ncv": factor(24.0, "GJ/t")}
    ranges = (
        Composition(name="90-95 %", produced_t=6e5, content=0.92),
        Composition(name="70-75 %", produced_t=3e5, content=0.72),
    )
    wind = {"kind": ElectricityKind.PPA, "amount_mwh": 30000.0, "factor": factor(0.0, "tCO2/MWh")}
    own = {"kind": ElectricityKind.OWN_GENERATION, "amount_mwh": 20000.0, "factor": None, "unit": "chp"}
    return monitoring(
        streams=(
            carbonate("clk", activity=8e5, emission_factor=factor(0.525, "tCO2/t"), shares=all_to("clinker")),
            stream("coal", emission_factor=factor(95.0, "tCO2/TJ"), shares=all_to("clinker"), **coal),
            stream("husks", zero_rating=zero_rating(), **husks, **fuel),
            stream("unproved", **husks, **fuel),
            stream("gas", activity=5000.0, shares=all_to("chp")),
        ),
        units=(chp(net_heat_tj=60.0, net_electricity_mwh=20000.0),),
        heat=(heat(origin="chp", destination="cement", heat_tj=60.0),),
        electricity=(
            grid(50000.0),
            electricity("wind", proof=proof(matching_minutes=minutes), **wind),
            electricity("own", proof=proof(), **own),
        ),
        electricity_uses=(power("clinker", 60000.0), power("cement", 40000.0)),
        processes=(
            made("clinker", "cement-clinker", "25231000", 8e5, "A"),
            made("cement", "cement", "25232900", 9e5, compositions=ranges),
        ),
        own_uses=(own_use("clinker", "cement", 718000.0),),
        precursors=(bought("vn", "25231000", "cement-clinker", "cement", 5e4, country="VN", variant="grey"),),
    )


@pytest.mark.parametrize(("minutes", "wind"), [(60.0, 0.0), (1440.0, GRID)])
def test_cement_by_hand(minutes: float, wind: float, tables: Tables) -> None:
    """A contract matched by the day only is no proof: its electricity takes the grid's factor."""
    done = calculate(cement_works(minutes), tables)
    gas = 5000 * 38 / 1000 * 56
    heat_share = (60 / 190 / 0.87) / (60 / 190 / 0.87 + 72 / 190 / 0.53)
    mean = (50000 * GRID + 30000 * wind + gas * (1 - heat_share)) / 1e5
    husks = 10000 * 15 / 1000 * 100
    clinker = (8e5 * 0.525 + 90000 * 24 / 1000 * 95 + 0.1 * husks + husks + 60000 * mean) / 8e5
    held = 6e5 * 0.92 + 3e5 * 0.72
    cement = (gas * heat_share + 40000 * mean + 718000 * clinker + 5e4 * 1.41 * 1.1) / held
    found = result(done, "cement")
    assert (found.unit, found.functional_units) == ("t clinker", near(held))
    assert (result(done, "clinker").see_total, found.see_total) == (near(clinker), near(cement))
    assert [see for _, _, see in found.compositions] == [near(cement * 0.92), near(cement * 0.72)]
    assert found.sefa == near((718000 + 5e4) * 0.975 * 0.666 / held)
    assert done.balance.difference_t == pytest.approx(0, abs=1e-6)


# --- fertilisers: ammonia with hydrogen bought, nitric acid with measured N2O, urea, NPK


def fertiliser_works() -> Monitoring:
    ranges = (
        Composition(name="14-16 %", produced_t=2e5, content=150.0),
        Composition(name="9-11 %", produced_t=1e5, content=100.0),
    )
    received = {"kind": TransferKind.RECEIVED, "fossil_t": 5000.0, "measured": True}
    return monitoring(
        streams=(
            stream("reformer", activity=2e5, shares=all_to("nh3")),
            stream("dryer", activity=2000.0, shares=all_to("npk")),
        ),
        measured=(measured("n2o", gas="N2O", annual_tonnes=900.0, shares=all_to("acid")),),
        transfers=(Transfer(id="co2", name="CO2", shares=all_to("urea"), evidence=LEDGER, **received),),
        heat=(heat("exothermic", "acid", "npk", heat_tj=100.0, zero_emission=True),),
        electricity=(grid(50000.0),),
        electricity_uses=(
            power("nh3", 30000.0),
            power("acid", 8000.0),
            power("urea", 6000.0),
            power("npk", 6000.0),
        ),
        processes=(
            made("nh3", "ammonia", "28141000", 2e5, content=822.0),
            made("acid", "nitric-acid", "28080000", 1.5e5, content=133.0),
            made("urea", "urea", "31021019", 1e5, content=460.0),
            made("npk", "mixed-fertilisers", "31052010", 3e5, compositions=ranges),
        ),
        own_uses=(
            own_use("nh3", "acid", 20.5e6),
            own_use("nh3", "urea", 46.5e6),
            own_use("nh3", "npk", 10e6),
            own_use("acid", "npk", 19.9e6),
            own_use("urea", "npk", 12e6),
        ),
        precursors=(
            bought("h2", "28041000", "hydrogen", "nh3", 3000.0),
            bought("nh3-x", "28141000", "ammonia", "npk", 2e6, country="", content=822.0),
        ),
    )


def test_fertilisers_by_hand(tables: Tables) -> None:
    done = calculate(fertiliser_works(), tables)
    nh3 = (2e5 * 38 / 1000 * 56 + 3000 * 26.64 * 1.1 + 30000 * GRID) / (2e5 * 822)
    acid = (900 * 265 + 8000 * GRID + 20.5e6 * nh3) / (1.5e5 * 133)
    urea = (5000 + 6000 * GRID + 46.5e6 * nh3) / (1e5 * 460)
    held = 2e5 * 150 + 1e5 * 100
    own = 2000 * 38 / 1000 * 56 + 6000 * GRID
    npk = (own + 10e6 * nh3 + 19.9e6 * acid + 12e6 * urea + 2e6 * 4.36 * 1.01 / 822) / held
    expected = {"nh3": nh3, "acid": acid, "urea": urea, "npk": npk}
    assert {key: result(done, key).see_total for key in expected} == {k: near(v) for k, v in expected.items()}
    assert result(done, "nh3").see_per_tonne == near(nh3 * 822)
    assert [see for _, _, see in result(done, "npk").compositions] == [near(npk * 150), near(npk * 100)]
    sefa_nh3 = 0.975 * (1.522 / 822 + 3000 * 5.089 / (2e5 * 822))
    sefa_acid = 0.975 * 0.151 / 133 + 20.5e6 * sefa_nh3 / (1.5e5 * 133)
    sefa_urea = 0.975 * 0.053 / 460 + 46.5e6 * sefa_nh3 / 46e6
    brought = 10e6 * sefa_nh3 + 19.9e6 * sefa_acid + 12e6 * sefa_urea + 2e6 * 0.975 * 1.522 / 822
    assert result(done, "npk").sefa == near((0.975 * 0.09 * 3e5 + brought) / held)
    assert done.balance.difference_t == pytest.approx(0, abs=1e-6)


# --- aluminium: anodes by mass balance, PFC by both methods, remelting with scrap, profiles


def aluminium_works() -> Monitoring:
    old = PfcSource(
        id="old",
        name="Old cells",
        method=PfcMethod.OVERVOLTAGE,
        aluminium_t=40000.0,
        overvoltage_mv=5.0,
        current_efficiency=94.0,
        overvoltage_factor=1.16,
        c2f6_fraction=0.121,
        collection_efficiency=0.95,
        shares=all_to("pots"),
        evidence=LEDGER,
    )
    return monitoring(
        streams=(
            carbon("anodes", 50000.0, 0.98, shares=all_to("pots")),
            carbon("butts", -9000.0, 0.97, shares=all_to("pots")),
            stream("melting", activity=3000.0, shares=all_to("remelt")),
            stream("presses", activity=2000.0, shares=split(profiles=0.7, **{"non-cbam": 0.3})),
        ),
        pfc=(pfc(aluminium_t=60000.0, shares=all_to("pots")), old),
        processes=(
            made("pots", "unwrought-aluminium", "76011010", 1e5, "K"),
            made("remelt", "unwrought-aluminium", "76012040", 5e4, "L", parameters=(("scrap-t", "0.8"),)),
            made("profiles", "aluminium-products", "76042990", 45000.0),
        ),
        own_uses=(own_use("pots", "remelt", 11000.0), own_use("remelt", "profiles", 5e4)),
        precursors=(bought("billet", "76012040", "unwrought-aluminium", "profiles", 4000.0, country=""),),
    )


def test_aluminium_by_hand(tables: Tables) -> None:
    done = calculate(aluminium_works(), tables)
    slope = 0.2 * 1.5 * 0.143 / 1000 * 60000
    overvoltage = 1.16 * 5 / 94 * 40000 * 0.001
    gases = 6630 + 0.121 * 11100
    pots = (3.664 * (50000 * 0.98 - 9000 * 0.97) + slope * gases / 0.98 + overvoltage * gases / 0.95) / 1e5
    remelt = (3000 * 38 / 1000 * 56 + 11000 * pots) / 5e4
    profiles = (0.7 * 2000 * 38 / 1000 * 56 + 5e4 * remelt + 4000 * 3.198 * 1.1) / 45000
    expected = {"pots": pots, "remelt": remelt, "profiles": profiles}
    assert {key: result(done, key).see_total for key in expected} == {k: near(v) for k, v in expected.items()}
    assert done.balance.difference_t == pytest.approx(0, abs=1e-6)
