"""Sheets ``B_EmInst`` and ``C_Emissions&Energy``: source streams, perfluorocarbons, measured sources, balances.

Rules
1. A row counts where the template counts it: a stream that lacks one of the cells its method needs, or whose units do
   not fit, shows "Incomplete!" or "Inconsistent!" there and adds nothing to the total. It is left out here and told.
2. Oxidation and conversion factors are 100 % where blank; biomass is a percentage and zero-rated as stated.
3. A manual entry in row 26 of sheet C replaces the automatic sum beside it. The difference is kept as a source of its
   own; a biomass total entered by hand is told and not kept.
4. Biomass that is not sustainable (column T, hidden since version 2.1) changes nothing in the template's formulas.
5. Perfluorocarbons: the collection efficiency is a fraction. The overvoltage formula divides by the current efficiency
   as the cell holds it; the cell shows percent, so 95 % is held as 0.95 and gives a hundred times equation 24.
6. Measured: g/Nm3 x h x 1000Nm3/h / 1000 is tonnes; N2O times 265. Energy typed for a measured source is told.
"""

from __future__ import annotations

from lca.cbam.communication import cells, lists
from lca.cbam.communication.values import Cells
from lca.cbam.monitoring import (
    Factor,
    FactorSource,
    FuelBalance,
    MeasuredSource,
    Method,
    OtherSource,
    PfcMethod,
    PfcSource,
    SourceStream,
)

SHEET = cells.EMISSIONS
_LOWEST_PERCENT = 1.5
"""A current efficiency up to here is a fraction, not the percentage that equation 24 asks for."""


def streams(at: Cells) -> tuple[SourceStream, ...]:
    """Source streams (rule 1)."""
    found = (_stream(at, row, number) for number, row in enumerate(cells.STREAMS.rows, 1))
    return tuple(one for one in found if one is not None)


def _stream(at: Cells, row: int, number: int) -> SourceStream | None:
    said = at.raw(SHEET, f"D{row}")
    name, amount = at.text(SHEET, f"E{row}"), at.number(SHEET, f"F{row}")
    if at.lists.nothing(said) and not name and amount is None:
        return None
    position = at.lists.methods.get(lists.plain(said))
    unit = _among(lists.UNITS, at.text(SHEET, f"G{row}"))
    factors = _factors(at, row, unit)
    if position is None or unit is None or amount is None or not name:
        _left_out(at, row, name)
        return None
    method = lists.METHODS[position]
    needed = factors["carbon_content"] if method is Method.MASS_BALANCE else factors["emission_factor"]
    if needed is None or not _fit(method, unit, factors):
        _left_out(at, row, name)
        return None
    if method is Method.MASS_BALANCE:
        factors["emission_factor"] = None
    return SourceStream(
        id=f"S{number}",
        name=name,
        method=method,
        activity=amount,
        activity_unit=unit,
        ncv=factors["ncv"],
        emission_factor=factors["emission_factor"],
        carbon_content=factors["carbon_content"],
        oxidation_factor=_percent(at, f"N{row}", 100.0) if method is Method.COMBUSTION else 1.0,
        conversion_factor=_percent(at, f"P{row}", 100.0) if method is Method.PROCESS else 1.0,
        biomass_fraction=_percent(at, f"R{row}", 0.0),
    )


def _factors(at: Cells, row: int, unit: str | None) -> dict[str, Factor | None]:
    """Net calorific value, emission factor and carbon content, with the units their cells have."""
    factor_unit = _among(lists.FACTOR_UNITS, at.text(SHEET, f"K{row}"))
    ncv, carbon = at.number(SHEET, f"H{row}"), at.number(SHEET, f"L{row}")
    emission = at.number(SHEET, f"J{row}")
    return {
        "ncv": factor(ncv, f"GJ/{unit}", f"{SHEET}!H{row}"),
        "emission_factor": factor(emission, factor_unit, f"{SHEET}!J{row}"),
        "carbon_content": factor(carbon, f"tC/{unit}", f"{SHEET}!L{row}"),
    }


def _fit(method: Method, unit: str, factors: dict[str, Factor | None]) -> bool:
    """The template's own test of units and completeness (columns BR to BU)."""
    if method is Method.MASS_BALANCE:
        return True
    emission = factors["emission_factor"]
    if emission is None:
        return False
    return factors["ncv"] is not None if emission.unit == "tCO2/TJ" else emission.unit == f"tCO2/{unit}"


def factor(value: float | None, unit: str | None, place: str) -> Factor | None:
    """A factor whose source the template does not ask for; None without value or unit."""
    if value is None or unit is None:
        return None
    return Factor(value=value, unit=unit, source=FactorSource.UNSTATED, reference=place)


def pfc(at: Cells) -> tuple[PfcSource, ...]:
    """Perfluorocarbons of aluminium cells (rule 5)."""
    found = (_pfc(at, row, number) for number, row in enumerate(cells.PFC.rows, 1))
    return tuple(one for one in found if one is not None)


def _pfc(at: Cells, row: int, number: int) -> PfcSource | None:
    said, name = at.raw(SHEET, f"D{row}"), at.text(SHEET, f"E{row}")
    if at.lists.nothing(said) and not name:
        return None
    position = at.lists.pfc.get(lists.plain(said))
    letters = ("F", "AG", "AH", "AI", "AJ", "AL", "AM")
    tonnes, frequency, duration, slope, overvoltage, per_mv, c2f6 = (
        at.number(SHEET, f"{one}{row}") for one in letters
    )
    current, collected = at.number(SHEET, f"AK{row}"), at.fraction(SHEET, f"AT{row}")
    if position is None or tonnes is None:
        _left_out(at, row, name)
        return None
    method = lists.PFC_METHODS[position]
    needed = (frequency, duration, slope) if method is PfcMethod.SLOPE else (overvoltage, current, per_mv)
    if None in needed or collected == 0 or (method is PfcMethod.OVERVOLTAGE and not current):
        _left_out(at, row, name)
        return None
    if method is PfcMethod.OVERVOLTAGE and current is not None and current <= _LOWEST_PERCENT:
        at.tell("warning", "cbam-communication-current-efficiency", SHEET, f"AK{row}", value=f"{current:g}")
    if collected is not None and collected > 1:
        at.tell("warning", "cbam-communication-collection", SHEET, f"AT{row}", value=f"{collected:g}")
    return PfcSource(
        id=f"PFC{number}",
        name=name or f"PFC {number}",
        method=method,
        aluminium_t=tonnes,
        frequency=frequency,
        duration=duration,
        slope_factor=slope,
        overvoltage_mv=overvoltage,
        current_efficiency=current,
        overvoltage_factor=per_mv,
        c2f6_fraction=c2f6 or 0.0,
        collection_efficiency=1.0 if collected is None else collected,
    )


def measured(at: Cells) -> tuple[MeasuredSource, ...]:
    """Sources with continuous measurement (rule 6)."""
    found = (_measured(at, row, number) for number, row in enumerate(cells.MEASURED.rows, 1))
    return tuple(one for one in found if one is not None)


def _measured(at: Cells, row: int, number: int) -> MeasuredSource | None:
    name, said = at.text(SHEET, f"D{row}"), at.raw(SHEET, f"E{row}")
    average, hours, flow = (at.number(SHEET, f"{one}{row}") for one in "VXZ")
    if not name and at.lists.nothing(said):
        return None
    if at.lists.nothing(said) or average is None or hours is None or flow is None:
        _left_out(at, row, name)
        return None
    if any(at.number(SHEET, f"{column}{row}") for column in ("AX", "AY")):
        at.tell("note", "cbam-communication-measured-energy", SHEET, f"AX{row}", name=name)
    position = at.lists.gases.get(lists.plain(said), 0)
    return MeasuredSource(
        id=f"M{number}",
        name=name or f"{lists.GASES[position]} {number}",
        gas=lists.GASES[position],
        concentration_g_per_nm3=average,
        hours=hours,
        flow_nm3_per_hour=flow * 1000,
        biomass_fraction=_percent(at, f"R{row}", 0.0),
    )


def other(at: Cells) -> tuple[OtherSource, ...]:
    """What manual totals add to the automatic ones, in tCO2e (rule 3)."""
    made = []
    for column, gas in (("H", "CO2"), ("J", "N2O"), ("K", "PFC")):
        typed = at.number(cells.BALANCE, f"{column}{cells.MANUAL_ROW}")
        if typed is None:
            continue
        cell = f"{column}{cells.MANUAL_ROW}"
        shown = at.book.at(cells.BALANCE, f"{column}{cells.AUTOMATIC_ROW}").value
        if not at.book.calculated or not isinstance(shown, float):
            at.tell("error", "cbam-communication-manual-unknown", cells.BALANCE, cell, gas=gas)
            continue
        told = {"gas": gas, "typed": f"{typed:g}", "counted": f"{shown:g}"}
        at.tell("warning", "cbam-communication-manual", cells.BALANCE, cell, **told)
        automatic = f"{column}{cells.AUTOMATIC_ROW}"
        made.append(
            OtherSource(
                id=f"manual-{cell}",
                name=f"{cells.BALANCE}!{cell}",
                emissions_t=typed - shown,
                method=f"{cells.BALANCE}: {cell} {typed:g} tCO2e, {automatic} {shown:g} tCO2e",
            )
        )
    if at.number(cells.BALANCE, f"I{cells.MANUAL_ROW}") is not None:
        at.tell("note", "cbam-communication-manual-biomass", cells.BALANCE, f"I{cells.MANUAL_ROW}")
    return tuple(made)


def indirect(at: Cells) -> float | None:
    """Total indirect emissions, always entered by hand, in tCO2e."""
    return at.number(cells.BALANCE, f"M{cells.MANUAL_ROW}")


def fuel_balance(at: Cells) -> FuelBalance:
    """The operator's split of fuel energy in TJ; a total typed by hand has no place and is told."""
    total, cbam, electricity, rest = (at.number(cells.BALANCE, f"{one}{cells.FUEL_ROW}") for one in "HIJK")
    if total is not None:
        at.tell(
            "note", "cbam-communication-fuel-total", cells.BALANCE, f"H{cells.FUEL_ROW}", value=f"{total:g}"
        )
    return FuelBalance(cbam_tj=cbam, electricity_tj=electricity, non_cbam_tj=rest)


def _left_out(at: Cells, row: int, name: str) -> None:
    at.tell("warning", "cbam-communication-incomplete", SHEET, f"D{row}", name=name or "—")


def _percent(at: Cells, cell: str, otherwise: float) -> float:
    value = at.number(SHEET, cell)
    return (otherwise if value is None else value) / 100


def _among(words: tuple[str, ...], text: str) -> str | None:
    """The word of ours that a text is, blanks and case aside."""
    return {lists.plain(word): word for word in words}.get(lists.plain(text))
