"""An installation of our own with everything the three published examples lack, on the transitional basis.

Perfluorocarbons by both methods, measured CO2 with biomass and N2O, heat and waste gas both ways, electricity given
away, a loop of own uses, a joint process, biomass, gas by volume, an amount beside the template's rows. Figures are
invented; identifiers are those that the reader gives.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from lca.cbam.monitoring import (
    NON_CBAM,
    OUTSIDE,
    Basis,
    ElectricityExport,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Factor,
    FactorSource,
    FuelBalance,
    Good,
    HeatFlow,
    Installation,
    MeasuredSource,
    Method,
    Monitoring,
    OtherSource,
    OwnUse,
    Period,
    PfcMethod,
    PfcSource,
    Precursor,
    PrecursorChoice,
    PrecursorUse,
    PrecursorValues,
    Process,
    Quality,
    RouteShare,
    SourceStream,
    WasteGasFlow,
)


def factor(value: float, unit: str, reference: str = "stated") -> Factor:
    """A factor whose source the template does not know."""
    return Factor(value=value, unit=unit, source=FactorSource.UNSTATED, reference=reference)


def rich(**changes: Any) -> Monitoring:
    """Unwrought aluminium with a joint product, a nitric acid line and a loop of own uses; 2024."""
    made: dict[str, Any] = {
        "basis": Basis.TRANSITIONAL,
        "period": Period(date(2024, 1, 1), date(2024, 12, 31)),
        "installation": Installation(
            name="示例冶炼厂",
            name_en="Example Smelter <& Sons>",
            country="CN",
            operator="",
            address="Smelter street 1",
            city="Zibo",
            post_code="255000",
            economic_activity="Aluminium",
            unlocode="CN ZIB",
            latitude=36.81,
            longitude=-118.05,
            contact_email="a@example.org",
        ),
        "streams": _streams(),
        "measured": _measured(),
        "pfc": _pfc(),
        "other": (
            OtherSource(id="manual-H26", name="Flares", emissions_t=123.25, method="engineering estimate"),
        ),
        "heat": _heat(),
        "waste_gas": (
            WasteGasFlow(id="P1-waste-gas-in", origin=OUTSIDE, destination="P1", energy_tj=12.5),
            WasteGasFlow(id="P2-waste-gas-out", origin="P2", destination=OUTSIDE, energy_tj=33.25),
        ),
        "electricity": (
            ElectricitySource(
                id="E1", name="D.4(a)", kind=ElectricityKind.GRID, factor=factor(0.605, "tCO2/MWh", "D.4(a)")
            ),
            ElectricitySource(
                id="E2", name="D.4.3.2", kind=ElectricityKind.PPA, factor=factor(0.11, "tCO2/MWh", "D.4.3.2")
            ),
        ),
        "electricity_uses": (
            ElectricityUse(process="P1", amount_mwh=1_450_000.0, sources=("E2",)),
            ElectricityUse(process="P2", amount_mwh=34_000.5, sources=("E1",)),
            ElectricityUse(process="P4", amount_mwh=900.0, sources=("E1",)),
        ),
        "electricity_exports": (
            ElectricityExport(process="P4", amount_mwh=20_000.0, factor=factor(0.4, "tCO2/MWh")),
        ),
        "processes": _processes(),
        "own_uses": (
            OwnUse(origin="P1", destination="P2", amount=61_000.0),
            OwnUse(origin="P2", destination="P1", amount=7_000.0),
            OwnUse(origin="P2", destination="P3", amount=2_500.0),
            OwnUse(origin="P4", destination=NON_CBAM, amount=1_234.5),
        ),
        "precursors": _precursors(),
        "fuel_balance": FuelBalance(cbam_tj=2_000.0, electricity_tj=100.0, non_cbam_tj=0.0),
        "quality": Quality(
            general="Mostly measurements & analyses", assurance="Internal audits", notes="Invented."
        ),
        "meters_reconciled": False,
        "indirect_stated_t": 180_614.8025,
    }
    return Monitoring(**made | changes)


def _streams() -> tuple[SourceStream, ...]:
    def stream(
        number: int, name: str, method: Method, amount: float, unit: str, **factors: Any
    ) -> SourceStream:
        return SourceStream(
            id=f"S{number}", name=name, method=method, activity=amount, activity_unit=unit, **factors
        )

    burnt, process, balance = Method.COMBUSTION, Method.PROCESS, Method.MASS_BALANCE
    gas, per_tonne = {"ncv": factor(36.21, "GJ/1000Nm3")}, {"ncv": factor(25.8, "GJ/t")}
    return (
        stream(1, "Natural gas", burnt, 41_000.5, "1000Nm3", **gas, emission_factor=factor(56.1, "tCO2/TJ")),
        stream(
            2,
            "Coal with biomass",
            burnt,
            12_345.0,
            "t",
            **per_tonne,
            emission_factor=factor(94.6, "tCO2/TJ"),
            oxidation_factor=0.985,
            biomass_fraction=0.125,
        ),
        stream(3, "Flare gas", burnt, 310.0, "1000Nm3", emission_factor=factor(2.05, "tCO2/1000Nm3")),
        stream(
            4,
            "Soda ash",
            process,
            2_750.0,
            "t",
            emission_factor=factor(0.415, "tCO2/t"),
            conversion_factor=0.93,
        ),
        stream(5, "Anodes", balance, 98_000.0, "t", carbon_content=factor(0.955, "tC/t")),
        stream(
            6, "Butts", balance, -17_500.0, "t", carbon_content=factor(0.9, "tC/t"), biomass_fraction=0.01
        ),
        stream(7, "Process gas", balance, 66.0, "1000Nm3", carbon_content=factor(0.51, "tC/1000Nm3")),
    )


def _measured() -> tuple[MeasuredSource, ...]:
    averages = {"hours": 8_100.0, "flow_nm3_per_hour": 52_000.0}
    return (
        MeasuredSource(
            id="M1",
            name="Stack 1",
            gas="CO2",
            concentration_g_per_nm3=180.5,
            biomass_fraction=0.15,
            **averages,
        ),
        MeasuredSource(id="M2", name="Tail gas", gas="N2O", concentration_g_per_nm3=0.642925, **averages),
    )


def _pfc() -> tuple[PfcSource, ...]:
    return (
        PfcSource(
            id="PFC1",
            name="CWPB line 1",
            method=PfcMethod.SLOPE,
            aluminium_t=70_000.0,
            frequency=0.31,
            duration=1.4,
            slope_factor=0.143,
            c2f6_fraction=0.121,
            collection_efficiency=0.98,
        ),
        PfcSource(
            id="PFC2",
            name="CWPB line 2",
            method=PfcMethod.OVERVOLTAGE,
            aluminium_t=31_000.0,
            overvoltage_mv=4.2,
            current_efficiency=94.5,
            overvoltage_factor=1.16,
            c2f6_fraction=0.121,
        ),
    )


def _heat() -> tuple[HeatFlow, ...]:
    per_tj = {"in": factor(64.3, "tCO2/TJ"), "out": factor(70.125, "tCO2/TJ")}
    return (
        HeatFlow(id="P2-heat-in", origin=OUTSIDE, destination="P2", heat_tj=81.5, factor=per_tj["in"]),
        HeatFlow(id="P4-heat-out", origin="P4", destination=OUTSIDE, heat_tj=410.0, factor=per_tj["out"]),
    )


def _good(number: int, cn: str, name: str, tonnes: float, **more: Any) -> Good:
    return Good(id=f"G{number}", cn=cn, name=name, produced_t=tonnes, **more)


def _processes() -> tuple[Process, ...]:
    shares = (
        RouteShare(route="primary", produced_t=101_000.0),
        RouteShare(route="secondary", produced_t=9_000.0),
    )
    parameters = (("non-aluminium", "1.5"), ("scrap-preconsumer", "40"), ("scrap-t", "0.0818"))
    acid = (("concentration", "60"), ("n-total", "13.3"))
    return (
        Process(
            id="P1",
            name="Potroom and casthouse",
            category="unwrought-aluminium",
            goods=(
                _good(
                    1, "76012030", "Slabs", 110_000.0, routes=shares, sold_t=49_000.0, parameters=parameters
                ),
            ),
            direct_emissions_t=301_234.567,
            activity_level=110_000.0,
            route="primary, secondary",
        ),
        Process(
            id="P2",
            name="Rolling, joint",
            category="aluminium-products",
            included=("unwrought-aluminium",),
            goods=(_good(2, "76061191", "Sheets", 0.0), _good(3, "76071111", "Foil", 0.0)),
            direct_emissions_t=9_876.5,
            activity_level=72_345.6,
        ),
        Process(
            id="P3",
            name="Welded tubes",
            category="aluminium-products",
            goods=(_good(4, "76082020", "Tubes", 2_400.0, sold_t=2_400.0),),
            direct_emissions_t=0.0,
            activity_level=2_400.0,
        ),
        Process(
            id="P4",
            name="Acid",
            category="nitric-acid",
            goods=(_good(5, "28080000", "HNO3 60 %", 50_000.0, sold_t=48_765.5, parameters=acid),),
            direct_emissions_t=76_500.0,
            activity_level=50_000.0,
        ),
    )


def _precursors() -> tuple[Precursor, ...]:
    def bought(number: int, name: str, category: str, country: str, **more: Any) -> Precursor:
        return Precursor(id=f"PP{number}", name=name, cn="", category=category, country=country, **more)

    return (
        bought(
            1,
            "Ingots",
            "unwrought-aluminium",
            "IS",
            choice=PrecursorChoice.ACTUAL,
            route="primary",
            values=PrecursorValues(
                see_direct=1.61,
                see_indirect=14.2 * 0.012,
                electricity_mwh=14.2,
                electricity_factor=0.012,
                reference="D.4(b)",
            ),
            uses=(PrecursorUse(process="P1", amount=1_500.0), PrecursorUse(process="P2", amount=12_000.0)),
            purchased=14_000.0,
            other_uses=500.0,
        ),
        bought(
            2,
            "Ingots, origin unknown",
            "unwrought-aluminium",
            "",
            choice=PrecursorChoice.DEFAULT,
            route="unknown",
            values=PrecursorValues(
                see_direct=2.18,
                see_indirect=15.0 * 0.5,
                electricity_mwh=15.0,
                electricity_factor=0.5,
                default_share=1.0,
                reference="D.4(a); Data gaps",
            ),
            uses=(PrecursorUse(process="P3", amount=80.0),),
            purchased=80.0,
        ),
        bought(
            3,
            "Ammonia",
            "ammonia",
            "GR",
            choice=PrecursorChoice.ACTUAL,
            route="steam-reforming",
            values=PrecursorValues(
                see_direct=1.93,
                see_indirect=0.0,
                electricity_mwh=0.0,
                electricity_factor=0.0,
                reference="D.4.1",
            ),
            uses=(PrecursorUse(process="P4", amount=14_400.0),),
            purchased=14_400.0,
        ),
    )
