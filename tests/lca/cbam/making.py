"""Monitoring data of our own making for the tests of the CBAM engine: small, complete, and without a finding.

``monitoring()`` is a screw works with one gas furnace; every builder takes changes by name, so a test shows only
what it is about: ``monitoring(streams=(stream("oil", activity=12.0),))``. Figures are invented.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from lca.cbam.monitoring import (
    Basis,
    ElectricityEvidence,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Evidence,
    Factor,
    FactorSource,
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
    Share,
    SourceStream,
    TechnicalUnit,
    Transfer,
    TransferKind,
    UnitKind,
    VerificationReport,
    WasteGasFlow,
    ZeroRating,
)

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

LEDGER = ("ledger",)


def year(of: int = 2026) -> Period:
    """One calendar year."""
    return Period(date(of, 1, 1), date(of, 12, 31))


def evidence(id: str = "ledger", **changes: Any) -> Evidence:
    """The document every figure below rests on."""
    return Evidence(**{"id": id, "document": "Production ledger", "meter": "M1", "period": year()} | changes)


def factor(value: float, unit: str, **changes: Any) -> Factor:
    """A factor from a laboratory's analysis, with its reference."""
    stated = {"source": FactorSource.LABORATORY, "reference": "Laboratory report 2026-07", "evidence": LEDGER}
    return Factor(value=value, unit=unit, **stated | changes)


def all_to(sink: str = "screws") -> tuple[Share, ...]:
    """One sink takes everything."""
    return (Share(sink=sink, fraction=1.0),)


def split(**fractions: float) -> tuple[Share, ...]:
    """Several sinks with their fractions, and a reason: ``split(screws=0.6, bolts=0.4)``."""
    return tuple(Share(sink=sink, fraction=part, reason="by hours run") for sink, part in fractions.items())


def stream(id: str = "gas", **changes: Any) -> SourceStream:
    """Natural gas burnt: 100 x 1000 Nm3 of 38 GJ and 56 tCO2/TJ, so 212.8 t CO2."""
    made = {
        "name": "Natural gas",
        "method": Method.COMBUSTION,
        "activity": 100.0,
        "activity_unit": "1000Nm3",
        "ncv": factor(38.0, "GJ/1000Nm3"),
        "emission_factor": factor(56.0, "tCO2/TJ"),
        "shares": all_to(),
        "evidence": LEDGER,
    }
    return SourceStream(id=id, **made | changes)


def carbonate(id: str = "limestone", **changes: Any) -> SourceStream:
    """Limestone calcined: 50 t of 0.44 tCO2/t, so 22 t CO2."""
    made = {
        "name": "Limestone",
        "method": Method.PROCESS,
        "activity": 50.0,
        "activity_unit": "t",
        "ncv": None,
    }
    return stream(id, **made | {"emission_factor": factor(0.44, "tCO2/t")} | changes)


def carbon(id: str = "scrap", tonnes: float = 1000.0, content: float = 0.002, **changes: Any) -> SourceStream:
    """A material of a mass balance; negative tonnes leave it."""
    made = {
        "name": "Scrap",
        "method": Method.MASS_BALANCE,
        "activity": tonnes,
        "activity_unit": "t",
        "ncv": None,
    }
    factors = {"emission_factor": None, "carbon_content": factor(content, "tC/t")}
    return stream(id, **made | factors | changes)


def zero_rating() -> ZeroRating:
    """Proof of sustainability for biomass."""
    return ZeroRating(scheme="ISCC EU", document="PoS 2026-118", evidence=LEDGER)


def measured(id: str = "stack", **changes: Any) -> MeasuredSource:
    """CO2 measured in a stack: 1000 t in the year."""
    made = {"name": "Stack", "gas": "CO2", "annual_tonnes": 1000.0, "shares": all_to(), "evidence": LEDGER}
    return MeasuredSource(id=id, **made | changes)


def pfc(id: str = "cells", **changes: Any) -> PfcSource:
    """Cells of one type by the slope method."""
    made = {
        "name": "Potline",
        "method": PfcMethod.SLOPE,
        "aluminium_t": 1000.0,
        "frequency": 0.2,
        "duration": 1.5,
        "slope_factor": 0.143,
        "c2f6_fraction": 0.121,
        "collection_efficiency": 0.98,
        "shares": all_to(),
        "evidence": LEDGER,
    }
    return PfcSource(id=id, **made | changes)


def other(id: str = "leak", **changes: Any) -> OtherSource:
    """5 tCO2e by a method that is described."""
    made = {"name": "Leak", "emissions_t": 5.0, "method": "Estimated from purchases of refill gas"}
    return OtherSource(id=id, **made | {"shares": all_to(), "evidence": LEDGER} | changes)


def transfer(id: str = "co2", **changes: Any) -> Transfer:
    """100 t of fossil CO2 handed to a storage site, every condition shown."""
    made = {
        "name": "CO2 to storage",
        "kind": TransferKind.STORED,
        "fossil_t": 100.0,
        "measured": True,
        "partner": "Storage Co",
        "partner_contact": "Ms Chen",
        "partner_monitors": True,
        "custody_evidence": True,
        "shares": all_to(),
        "evidence": LEDGER,
    }
    return Transfer(id=id, **made | changes)


def unit(id: str = "boiler", kind: UnitKind = UnitKind.BOILER, **changes: Any) -> TechnicalUnit:
    """A gas boiler of 90 % efficiency and 3.42 TJ of net heat."""
    made = {"name": "Boiler", "net_heat_tj": 3.42, "heat_efficiency": 0.9, "evidence": LEDGER}
    return TechnicalUnit(id=id, kind=kind, **made | changes)


def chp(id: str = "chp", **changes: Any) -> TechnicalUnit:
    """A gas cogeneration unit: 2 TJ of steam and 300 MWh."""
    made = {"name": "CHP", "net_heat_tj": 2.0, "net_electricity_mwh": 300.0, "heat_efficiency": None}
    return unit(id, UnitKind.CHP, **made | {"fuel_category": "G10", "built": 2018} | changes)


def heat(id: str = "steam", origin: str = "boiler", destination: str = "screws", **changes: Any) -> HeatFlow:
    """1 TJ of steam."""
    made = {"heat_tj": 1.0, "evidence": LEDGER}
    return HeatFlow(id=id, origin=origin, destination=destination, **made | changes)


def waste_gas(
    id: str = "bfg", origin: str = "iron", destination: str = "screws", **changes: Any
) -> WasteGasFlow:
    """1 TJ of waste gas."""
    made = {"energy_tj": 1.0, "evidence": LEDGER}
    return WasteGasFlow(id=id, origin=origin, destination=destination, **made | changes)


def electricity(id: str = "grid", **changes: Any) -> ElectricitySource:
    """Electricity of the grid with a factor the user states."""
    made = {
        "name": "Grid",
        "kind": ElectricityKind.GRID,
        "amount_mwh": 500.0,
        "country": "CN",
        "factor": factor(0.6, "tCO2/MWh", source=FactorSource.PUBLIC_AUTHORITY, reference="Published value"),
        "evidence": LEDGER,
    }
    return ElectricitySource(id=id, **made | changes)


def proof(**changes: Any) -> ElectricityEvidence:
    """Everything point D.4.3 asks for."""
    made: dict[str, Any] = {
        "single_line_diagram": True,
        "generation_metered": True,
        "delivery_metered": True,
        "matching_minutes": 60.0,
        "contract": "PPA 2026-01",
        "grid_connection": True,
        "documents": LEDGER,
    }
    return ElectricityEvidence(**made | changes)


def power(process: str = "screws", mwh: float = 500.0, **changes: Any) -> ElectricityUse:
    """Electricity a process consumed."""
    return ElectricityUse(process=process, amount_mwh=mwh, **{"evidence": LEDGER} | changes)


def good(id: str = "screws-73181595", cn: str = "73181595", **changes: Any) -> Good:
    """1000 t of one CN code."""
    made = {"name": "Screws", "produced_t": 1000.0, "evidence": LEDGER}
    return Good(id=id, cn=cn, **made | changes)


def process(id: str = "screws", category: str = "iron-or-steel-products", **changes: Any) -> Process:
    """The process that makes ``good()``."""
    return Process(id=id, category=category, **{"name": id.title(), "goods": (good(),)} | changes)


def own_use(origin: str, destination: str, amount: float, **changes: Any) -> OwnUse:
    """A precursor made and consumed on site."""
    return OwnUse(origin=origin, destination=destination, amount=amount, **{"evidence": LEDGER} | changes)


def report(**changes: Any) -> VerificationReport:
    """An accredited verifier's report on 2026, for crude steel and iron or steel products."""
    made = {
        "number": "VR-2026-7",
        "verifier": "Verifier GmbH",
        "accreditation": "DE-V-001",
        "issued": date(2027, 3, 1),
        "accredited_until": date(2030, 12, 31),
        "period": year(),
        "categories": ("crude-steel", "iron-or-steel-products"),
    }
    return VerificationReport(**made | changes)


def supplier_values(see_direct: float = 2.0, **changes: Any) -> PrecursorValues:
    """A supplier's verified values for 2026."""
    made = {"see_indirect": 0.3, "sefa": 1.2, "period": year(), "report": report()}
    return PrecursorValues(see_direct=see_direct, **made | changes)


def precursor(id: str = "wire", **changes: Any) -> Precursor:
    """1050 t of Chinese wire rod, all of it used for the screws, on default values."""
    made = {
        "name": "Wire rod",
        "cn": "72139110",
        "category": "iron-or-steel-products",
        "country": "CN",
        "choice": PrecursorChoice.DEFAULT,
        "uses": (PrecursorUse(process="screws", amount=1050.0, evidence=LEDGER),),
        "purchased": 1050.0,
        "evidence": LEDGER,
    }
    return Precursor(id=id, **made | changes)


def monitoring(**changes: Any) -> Monitoring:
    """A screw works in China in 2026: one gas furnace, one process, one good, wire rod bought."""
    made = {
        "basis": Basis.DEFINITIVE,
        "period": year(),
        "installation": Installation(
            name="无锡螺丝",
            name_en="Wuxi Screws",
            country="CN",
            operator="Wuxi Screws Co",
            months_monitored=12,
        ),
        "streams": (stream(),),
        "processes": (process(),),
        "precursors": (precursor(),),
        "evidence": (evidence(),),
    }
    return Monitoring(**made | changes)


def found(data: Monitoring, tables: Tables) -> list[tuple[str, str, str]]:
    """(severity, code, record) of each finding on the data."""
    from lca.cbam.checks import check

    return [(one.severity.value, one.code, one.place.line) for one in check(data, tables)]


def amounts(low: float, high: float) -> SearchStrategy[float]:
    """Numbers of a plant: zero, or of a size that a meter can show (the checks refuse 1e-155)."""
    return st.floats(low, high).map(lambda number: number if abs(number) > 1e-9 else 0.0)
