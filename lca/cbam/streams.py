"""Emissions of one source stream: combustion, process emissions, mass balance (Annex II B.3).

Rules
1. Emissions are activity x factors, in tonnes of CO2: eq. 5 and 6 (combustion), 11 (process), 12 (mass balance). An
   emission factor in tCO2/TJ goes with the net calorific value, one in tCO2/t or tCO2/1000Nm3 without.
2. A carbon content stands in for an emission factor, and an emission factor for a carbon content, by 3.664 t CO2/t C
   (eq. 8, 9, 13, 14).
3. Energy in TJ is activity x net calorific value / 1000; it is told where the net calorific value is known.
4. The biomass fraction is zero-rated where :func:`zero_rated` says so (eq. 10, 15); its CO2 and energy are told apart.
   Other biogenic carbon counts as fossil carbon; its CO2 is the last term.
5. A unit that does not fit the activity's unit is refused as a missing factor.

Example: 1000 t of scrap with 0.002 t C/t by mass balance: 3.664 x 1000 x 0.002 = 7.328 t.

Annexes and equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from dataclasses import dataclass

from lca.cbam.factors import CARBON_TO_CO2, PER_TJ, Resolved, fits, stated_as
from lca.cbam.monitoring import Basis, Factor, Method, SourceStream, ZeroRating
from lca.cbam.results import SourceEmission, Term


class FactorMissing(ValueError):
    """A source lacks a factor, in a unit that fits, which ``lca.cbam.checks`` tells as an error beforehand."""


def zero_rated(fraction: float, rating: ZeroRating | None, basis: Basis) -> float:
    """The fraction of carbon that is zero-rated (B.3.3): with evidence, or as a transitional workbook states it."""
    return fraction if rating is not None or basis is Basis.TRANSITIONAL else 0.0


def stream_emission(stream: SourceStream, resolved: Resolved, basis: Basis) -> SourceEmission:
    """The stream's emissions with its terms. Raises FactorMissing."""
    gross, equations, terms = _gross(stream, resolved)
    part = zero_rated(stream.biomass_fraction, stream.zero_rating, basis)
    counted_part = 1.0 - part
    if part:
        equations += ("15" if stream.method is Method.MASS_BALANCE else "10",)
        terms += (Term(key="fossil_fraction", value=counted_part, unit="1", record=stream.id),)
    if biogenic := stream.biomass_fraction - part + stream.other_biomass_fraction:
        terms += (Term(key="counted_biomass", value=gross * biogenic, unit="tCO2", record=stream.id),)
    energy = _energy(stream, resolved)
    return SourceEmission(
        id=stream.id,
        name=stream.name,
        kind=stream.method.value,
        gas="CO2",
        emissions_t=gross * counted_part,
        biomass_t=gross * part,
        energy_tj=energy * counted_part,
        biomass_energy_tj=energy * part,
        equation=", ".join(equations),
        terms=terms,
    )


@dataclass(frozen=True, slots=True)
class _Product:
    """A product in the making: its value, the equations behind it, its factors in order."""

    value: float
    equations: tuple[str, ...]
    terms: tuple[Term, ...]


def _gross(stream: SourceStream, resolved: Resolved) -> tuple[float, tuple[str, ...], tuple[Term, ...]]:
    """All CO2, fossil and biogenic, after oxidation or conversion."""
    start = Term(key="activity", value=stream.activity, unit=stream.activity_unit, record=stream.id)
    if stream.method is Method.MASS_BALANCE:
        made = _by_carbon(stream, resolved, start)
        return made.value, made.equations, made.terms
    made = _by_emission_factor(stream, resolved, start)
    if stream.method is Method.COMBUSTION:
        key, factor = "oxidation_factor", stream.oxidation_factor
    else:
        key, factor = "conversion_factor", stream.conversion_factor
    last = Term(key=key, value=factor, unit="1", record=stream.id)
    return made.value * factor, made.equations, (*made.terms, last)


def _by_emission_factor(stream: SourceStream, resolved: Resolved, start: Term) -> _Product:
    """Eq. 5 and 6 or 11; with eq. 9 where only the carbon content is known."""
    own = "5" if stream.method is Method.COMBUSTION else "11"
    factor, carbon = (
        _fitting("emission_factor", resolved, stream),
        _fitting("carbon_content", resolved, stream),
    )
    if factor is not None and factor.unit == PER_TJ:
        ncv = _fitting("ncv", resolved, stream)
        if ncv is None:
            raise FactorMissing(f"{stream.id}: net calorific value in GJ/{stream.activity_unit}")
        terms = (start, _term("ncv", ncv, stream), _term("emission_factor", factor, stream))
        return _Product(stream.activity * ncv.value / 1000 * factor.value, (own, "6"), terms)
    if factor is not None:
        return _Product(
            stream.activity * factor.value, (own,), (start, _term("emission_factor", factor, stream))
        )
    if carbon is not None:
        terms = (start, _term("carbon_content", carbon, stream), _carbon_term(stream))
        return _Product(stream.activity * carbon.value * CARBON_TO_CO2, (own, "9"), terms)
    raise FactorMissing(f"{stream.id}: emission factor in tCO2/{stream.activity_unit} or {PER_TJ}")


def _by_carbon(stream: SourceStream, resolved: Resolved, start: Term) -> _Product:
    """Eq. 12; with eq. 13 or 14 where only an emission factor is known: 3.664 then cancels out."""
    carbon = _fitting("carbon_content", resolved, stream)
    if carbon is not None:
        terms = (start, _term("carbon_content", carbon, stream), _carbon_term(stream))
        return _Product(CARBON_TO_CO2 * stream.activity * carbon.value, ("12",), terms)
    factor, ncv = _fitting("emission_factor", resolved, stream), _fitting("ncv", resolved, stream)
    if factor is not None and factor.unit == PER_TJ and ncv is not None:
        terms = (start, _term("ncv", ncv, stream), _term("emission_factor", factor, stream))
        return _Product(stream.activity * ncv.value / 1000 * factor.value, ("12", "13"), terms)
    if factor is not None and factor.unit != PER_TJ:
        return _Product(
            stream.activity * factor.value, ("12", "14"), (start, _term("emission_factor", factor, stream))
        )
    raise FactorMissing(f"{stream.id}: carbon content in tC/{stream.activity_unit}")


def _energy(stream: SourceStream, resolved: Resolved) -> float:
    """TJ of rule 3; zero where the net calorific value is not known."""
    ncv = _fitting("ncv", resolved, stream)
    return 0.0 if ncv is None else stream.activity * ncv.value / 1000


def _fitting(name: str, resolved: Resolved, stream: SourceStream) -> Factor | None:
    """The factor where it is known in a unit that goes with the activity."""
    factor: Factor | None = getattr(resolved, name)
    return factor if factor is not None and fits(name, factor.unit, stream) else None


def _term(key: str, factor: Factor, stream: SourceStream) -> Term:
    return Term(key=key, value=factor.value, unit=factor.unit, record=stream.id, source=stated_as(factor))


def _carbon_term(stream: SourceStream) -> Term:
    return Term(
        key="carbon_to_co2", value=CARBON_TO_CO2, unit="tCO2/tC", record=stream.id, source="Annex II B.3"
    )
