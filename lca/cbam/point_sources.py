"""Emissions of measured sources, perfluorocarbons, other methods, and transfers of CO2 (Annex II B.6, B.7, B.8).

Rules
1. A measured source is eq. 16: the annual tonnes, or concentration x hours x flow x 10^-6; N2O times its GWP is eq. 18.
   Biogenic CO2 that is zero-rated is taken off (B.6.2.3); N2O has no such part.
2. PFC by the slope method are eq. 21 to 23, by the overvoltage method eq. 24 and 25, with current efficiency in
   percent; both end in CO2e by eq. 26, and the fugitive part follows from the collection efficiency (eq. 20).
3. CO2 handed over is deducted only where :func:`conditions_missing` is empty (B.8.2, B.8.3), and only the fraction
   stored or bound. CO2 received is added unless it was counted where it arose (Annex I 3.9).

Annexes and equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from databases.cbam.tables import Tables
from lca.cbam.factors import Filled, c2f6_fraction, pfc_factor
from lca.cbam.monitoring import (
    Basis,
    MeasuredSource,
    OtherSource,
    PfcMethod,
    PfcSource,
    Transfer,
    TransferKind,
)
from lca.cbam.results import SourceEmission, Term
from lca.cbam.streams import FactorMissing, zero_rated

GRAMS_PER_TONNE = 1e6


def measured_emission(source: MeasuredSource, tables: Tables, basis: Basis) -> SourceEmission:
    """Eq. 16, and 18 for N2O. Raises FactorMissing where neither the tonnes nor all averages are given."""
    tonnes, terms = _measured_tonnes(source)
    gwp = float(tables.gwp(source.gas)) if source.gas != "CO2" else 1.0
    gross = tonnes * gwp
    part = zero_rated(source.biomass_fraction, source.zero_rating, basis)
    if source.gas != "CO2":
        gwp_source = "Annex II G Table 6"
        terms += (
            Term(key="gwp", value=gwp, unit=f"tCO2e/t{source.gas}", record=source.id, source=gwp_source),
        )
        if basis is Basis.DEFINITIVE:
            part = 0.0
    if part:
        terms += (Term(key="fossil_fraction", value=1.0 - part, unit="1", record=source.id),)
    return SourceEmission(
        id=source.id,
        name=source.name,
        kind="measured",
        gas=source.gas,
        emissions_t=gross * (1.0 - part),
        biomass_t=gross * part,
        equation="16" if source.gas == "CO2" else "16, 18",
        terms=terms,
    )


def pfc_emission(source: PfcSource, tables: Tables) -> SourceEmission:
    """Eq. 20 to 26. Raises FactorMissing."""
    factor, fraction = pfc_factor(source, tables), c2f6_fraction(source, tables)
    if factor is None or fraction is None:
        raise FactorMissing(f"{source.id}: emission factor of CF4 or weight fraction of C2F6")
    cf4, equations, terms = (
        _slope(source, factor) if source.method is PfcMethod.SLOPE else _overvoltage(source, factor)
    )
    gwps = {gas: float(tables.gwp(gas)) for gas in ("CF4", "C2F6")}
    in_duct = cf4 * gwps["CF4"] + cf4 * fraction.value * gwps["C2F6"]
    terms += (
        Term(key="cf4", value=cf4, unit="tCF4", record=source.id),
        Term(key="gwp_cf4", value=gwps["CF4"], unit="tCO2e/tCF4", source="Annex II G Table 6"),
        Term(
            key="c2f6_fraction",
            value=fraction.value,
            unit="tC2F6/tCF4",
            record=source.id,
            source=fraction.source,
        ),
        Term(key="gwp_c2f6", value=gwps["C2F6"], unit="tCO2e/tC2F6", source="Annex II G Table 6"),
        Term(key="collection_efficiency", value=source.collection_efficiency, unit="1", record=source.id),
    )
    return SourceEmission(
        id=source.id,
        name=source.name,
        kind="pfc",
        gas="PFC",
        emissions_t=in_duct / source.collection_efficiency,
        equation=", ".join((*equations, "26", "20")),
        terms=terms,
    )


def other_emission(source: OtherSource) -> SourceEmission:
    """Emissions by a method of the operator's own, in tCO2e as stated."""
    stated = Term(
        key="stated", value=source.emissions_t, unit="tCO2e", record=source.id, source=source.method
    )
    return SourceEmission(
        id=source.id,
        name=source.name,
        kind="other",
        gas="CO2",
        emissions_t=source.emissions_t,
        terms=(stated,),
    )


def transfer_emission(transfer: Transfer) -> SourceEmission:
    """CO2 handed over (negative or zero) or received (positive or zero), point B.8."""
    if transfer.kind is TransferKind.RECEIVED:
        counted = 0.0 if transfer.counted_at_source else 1.0
        key = "counted_fraction"
    else:
        counted = 0.0 if conditions_missing(transfer) else -transfer.stored_fraction
        key = "deducted_fraction"
    return SourceEmission(
        id=transfer.id,
        name=transfer.name,
        kind="transfer",
        gas="CO2",
        emissions_t=transfer.fossil_t * counted,
        equation="B.8",
        terms=(
            Term(key="fossil_co2", value=transfer.fossil_t, unit="tCO2", record=transfer.id),
            Term(key=key, value=counted, unit="1", record=transfer.id, source=transfer.partner),
        ),
    )


def conditions_missing(transfer: Transfer) -> tuple[str, ...]:
    """What a deduction still lacks (B.8.2, B.8.3): ``measured``, ``partner``, ``partner-monitors``, ``custody``.

    CO2 bound in products inside the installation names no partner: it is calculated, not measured as a transfer.
    """
    inside = transfer.kind is TransferKind.BOUND and not transfer.partner
    conditions = {
        "measured": transfer.measured or inside,
        "partner": bool(transfer.partner) or inside,
        "partner-monitors": transfer.partner_monitors or inside,
        "custody": transfer.custody_evidence,
    }
    return tuple(key for key, met in conditions.items() if not met)


def _measured_tonnes(source: MeasuredSource) -> tuple[float, tuple[Term, ...]]:
    if source.annual_tonnes is not None:
        unit = f"t{source.gas}"
        return source.annual_tonnes, (
            Term(key="annual", value=source.annual_tonnes, unit=unit, record=source.id),
        )
    concentration, hours, flow = source.concentration_g_per_nm3, source.hours, source.flow_nm3_per_hour
    if concentration is None or hours is None or flow is None:
        raise FactorMissing(f"{source.id}: annual tonnes, or concentration, hours and flow")
    return concentration * hours * flow / GRAMS_PER_TONNE, (
        Term(key="concentration", value=concentration, unit="g/Nm3", record=source.id),
        Term(key="hours", value=hours, unit="h", record=source.id),
        Term(key="flow", value=flow, unit="Nm3/h", record=source.id),
    )


def _slope(source: PfcSource, factor: Filled) -> tuple[float, tuple[str, ...], tuple[Term, ...]]:
    """Eq. 21 to 23: CF4 in tonnes."""
    if source.frequency is None or source.duration is None:
        raise FactorMissing(f"{source.id}: frequency and duration of anode effects")
    terms = (
        Term(key="frequency", value=source.frequency, unit="1/cell-day", record=source.id),
        Term(key="duration", value=source.duration, unit="min", record=source.id),
        Term(
            key="slope_factor", value=factor.value, unit=factor.unit, record=source.id, source=factor.source
        ),
        Term(key="aluminium", value=source.aluminium_t, unit="t", record=source.id),
    )
    return (
        source.frequency * source.duration * (factor.value / 1000) * source.aluminium_t,
        ("23", "21", "22"),
        terms,
    )


def _overvoltage(source: PfcSource, factor: Filled) -> tuple[float, tuple[str, ...], tuple[Term, ...]]:
    """Eq. 24 and 25: CF4 in tonnes. Current efficiency in percent, as the equation has it."""
    if source.overvoltage_mv is None or source.current_efficiency is None:
        raise FactorMissing(f"{source.id}: anode effect overvoltage and current efficiency")
    terms = (
        Term(
            key="overvoltage_factor",
            value=factor.value,
            unit=factor.unit,
            record=source.id,
            source=factor.source,
        ),
        Term(key="overvoltage", value=source.overvoltage_mv, unit="mV", record=source.id),
        Term(key="current_efficiency", value=source.current_efficiency, unit="%", record=source.id),
        Term(key="aluminium", value=source.aluminium_t, unit="t", record=source.id),
    )
    cf4 = factor.value * (source.overvoltage_mv / source.current_efficiency) * source.aluminium_t * 0.001
    return cf4, ("24", "25"), terms
