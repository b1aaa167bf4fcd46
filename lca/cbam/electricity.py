"""Electricity: which emission factor applies, and what each process consumed (Article 9; Annex II D; eq. 35, 56).

Rules
1. The factor of electricity from the grid is the default of the country where it was generated (D.4 (a)). These
   factors are data of the International Energy Agency and not open: the user states the value with its source.
2. An alternative default (D.4 (b)) stands for itself once the Commission has established it.
3. An actual factor needs every element of D.4.3: for a direct technical link and for own generation the single-line
   diagram, smart meters at both ends and measurement periods of at most 60 minutes; for a power purchase agreement
   the contract, the meters, the period and the proof of grid connection. One missing: the default applies.
4. A contract is also needed where a direct link joins several installations: a note asks for it.
5. Green certificates (guarantees of origin, China's GEC, I-REC) are no way to a factor: D.4 does not list them.
6. Own generation has the factor of its unit (eq. 38 or 52); the stated factor serves where no unit is named.
7. A process takes the average of the installation's sources, weighted by their amounts (Article 9(1)); of a single
   source or a subset where evidence shows that it used only these (9(2)).
8. Where indirect emissions count for no process that used a source, its missing factor stops nothing.
9. On the transitional basis factors and subsets are used as stated.
10. Sources with different factors all state their amounts, where indirect emissions count: without one there is no
   weight, and leaving it out would take the others' factor for everything. Processes that use more than the sources
   gave are told, and so is a grid whose factor is zero.

Example: 300 MWh at 0.6 and 100 MWh at 0.2 tCO2/MWh give every process 0.5 tCO2/MWh.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lca.cbam.heat import UnitFactors
from lca.cbam.monitoring import (
    Basis,
    ElectricityEvidence,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Monitoring,
)
from lca.findings import Finding, Place

LONGEST_PERIOD = 60.0
"""Minutes in which generation and consumption must match (D.4.3)."""
_ACTUAL = frozenset({ElectricityKind.DIRECT_LINK, ElectricityKind.PPA, ElectricityKind.OWN_GENERATION})
_TOLERANCE = 0.01
_METERS = ("generation_metered", "delivery_metered", "matching_minutes")
_NEEDED = {
    ElectricityKind.DIRECT_LINK: ("single_line_diagram", *_METERS),
    ElectricityKind.OWN_GENERATION: ("single_line_diagram", *_METERS),
    ElectricityKind.PPA: ("contract", *_METERS, "grid_connection"),
}
_LACKING = {
    "single_line_diagram": "cbam-electricity-lacks-diagram",
    "generation_metered": "cbam-electricity-lacks-generation-meter",
    "delivery_metered": "cbam-electricity-lacks-delivery-meter",
    "matching_minutes": "cbam-electricity-lacks-matching",
    "contract": "cbam-electricity-lacks-contract",
    "grid_connection": "cbam-electricity-lacks-grid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFactor:
    """The factor one source takes, in tCO2/MWh; None where nothing states it. ``origin`` says whose it is."""

    id: str
    factor: float | None
    actual: bool
    amount_mwh: float
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessElectricity:
    """What a process consumed: MWh, the factor in tCO2/MWh, emissions in t, and the parts on actual factors.

    ``actual_share`` is of the electricity, ``actual_emissions_share`` of the emissions (Annex IV 1.2 item 4(c)); where
    there are no emissions the latter is the former.
    """

    mwh: float = 0.0
    factor: float = 0.0
    emissions_t: float = 0.0
    actual_share: float = 0.0
    actual_emissions_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Electricity of the whole installation: by source and by consumer, with what is wrong or doubtful."""

    sources: tuple[SourceFactor, ...]
    processes: dict[str, ProcessElectricity]
    installation_factor: float
    consumed_mwh: float
    indirect_t: float
    findings: tuple[Finding, ...]


def consumption(data: Monitoring, units: Mapping[str, UnitFactors], counting: Collection[str]) -> Power:
    """Factors and consumption. ``counting`` are the processes whose indirect emissions count (rule 8)."""
    sources, findings = source_factors(data, units)
    by_id = {one.id: one for one in sources}
    used: dict[str, list[tuple[ElectricityUse, Sequence[SourceFactor]]]] = defaultdict(list)
    for use in data.electricity_uses:
        chosen, told = _sources_of(use, data, by_id)
        findings.extend(told)
        used[use.process].append((use, chosen))
    findings.extend(_missing(used, counting))
    if data.basis is Basis.DEFINITIVE:
        findings.extend((*_overclaimed(data), *_amounts(used, data, counting)))
    processes = {process: _consumed(uses) for process, uses in used.items()}
    return Power(
        sources=tuple(sources),
        processes=processes,
        installation_factor=mean_factor(sources),
        consumed_mwh=math.fsum(one.mwh for one in processes.values()),
        indirect_t=math.fsum(one.emissions_t for one in processes.values()),
        findings=tuple(dict.fromkeys(findings)),
    )


def source_factors(
    data: Monitoring, units: Mapping[str, UnitFactors]
) -> tuple[list[SourceFactor], list[Finding]]:
    """The factor of every source (rules 1 to 6)."""
    made: list[SourceFactor] = []
    findings: list[Finding] = []
    for source in data.electricity:
        factor, actual, origin, told = _factor(source, data, units)
        findings.extend(told)
        made.append(
            SourceFactor(
                id=source.id, factor=factor, actual=actual, amount_mwh=source.amount_mwh or 0.0, origin=origin
            )
        )
    return made, findings


def missing_elements(kind: ElectricityKind, proof: ElectricityEvidence | None) -> tuple[str, ...]:
    """Elements of D.4.3 that are not at hand (rule 3); empty for kinds that need none."""
    needed = _NEEDED.get(kind, ())
    if proof is None:
        return needed
    minutes = proof.matching_minutes
    in_time = minutes is not None and 0 < minutes <= LONGEST_PERIOD
    return tuple(one for one in needed if not (in_time if one == "matching_minutes" else getattr(proof, one)))


def mean_factor(sources: Sequence[SourceFactor]) -> float:
    """The average in tCO2/MWh weighted by amounts (Article 9(1)); plain where no amount is stated, 0 for no source."""
    known = [(one.factor or 0.0, one.amount_mwh) for one in sources]
    total = math.fsum(amount for _, amount in known)
    if total > 0:
        return math.fsum(factor * amount for factor, amount in known) / total
    return math.fsum(factor for factor, _ in known) / len(known) if known else 0.0


def default_factor(country: str, data: Monitoring) -> tuple[float, str] | None:
    """The default of a country as the user stated it, the grid's first: value in tCO2/MWh and its source."""
    home = data.installation.country
    for kind in (ElectricityKind.GRID, ElectricityKind.ALTERNATIVE_DEFAULT):
        for source in data.electricity:
            if source.kind is kind and source.factor is not None and (source.country or home) == country:
                return source.factor.value, source.factor.reference or source.factor.source.value
    return None


def _factor(
    source: ElectricitySource, data: Monitoring, units: Mapping[str, UnitFactors]
) -> tuple[float | None, bool, str, tuple[Finding, ...]]:
    """Factor, whether it is an actual one, whose it is, findings."""
    stated = source.factor.value if source.factor is not None else None
    origin = source.factor.reference if source.factor is not None else ""
    unit = units.get(source.unit) if source.kind is ElectricityKind.OWN_GENERATION else None
    if data.basis is Basis.TRANSITIONAL:
        own = unit.electricity if unit is not None and stated is None else stated
        return own, source.kind in _ACTUAL, origin, ()
    if source.kind is ElectricityKind.ALTERNATIVE_DEFAULT:
        note = Finding.note("cbam-electricity-alternative", Place(line=source.id), name=source.name)
        return stated, False, origin, (note,)
    if source.kind not in _ACTUAL:
        return stated, False, origin, ()
    lacking = missing_elements(source.kind, source.proof)
    if lacking:
        return _fallen_back(source, data, lacking)
    told: list[Finding] = []
    if source.kind is ElectricityKind.DIRECT_LINK and source.proof is not None and not source.proof.contract:
        told.append(Finding.note("cbam-electricity-link-contract", Place(line=source.id), name=source.name))
    if unit is not None:
        told.extend(_differs(source, unit))
        return unit.electricity, True, unit.id, tuple(told)
    return stated, True, origin, tuple(told)


def _fallen_back(
    source: ElectricitySource, data: Monitoring, lacking: Sequence[str]
) -> tuple[float | None, bool, str, tuple[Finding, ...]]:
    """The default instead of an actual factor that is not proved (rule 3)."""
    country = source.country or data.installation.country
    found = default_factor(country, data)
    place, value = Place(line=source.id), f"{found[0]:.6g}" if found is not None else "—"
    told = [Finding.warning(_LACKING[one], place, name=source.name) for one in lacking]
    told.append(
        Finding.warning("cbam-electricity-unproved", place, name=source.name, country=country, value=value)
    )
    return (found[0] if found else None), False, (found[1] if found else ""), tuple(told)


def _differs(source: ElectricitySource, unit: UnitFactors) -> tuple[Finding, ...]:
    if source.factor is None or unit.electricity is None:
        return ()
    if math.isclose(source.factor.value, unit.electricity, rel_tol=1e-6):
        return ()
    values = {"stated": f"{source.factor.value:.6g}", "computed": f"{unit.electricity:.6g}"}
    return (
        Finding.warning("cbam-electricity-unit-factor", Place(line=source.id), name=source.name, **values),
    )


def _sources_of(
    use: ElectricityUse, data: Monitoring, by_id: Mapping[str, SourceFactor]
) -> tuple[Sequence[SourceFactor], tuple[Finding, ...]]:
    """The sources a use takes its factor from (rule 7)."""
    every = tuple(by_id.values())
    chosen = tuple(by_id[one] for one in use.sources if one in by_id)
    if not chosen or len(chosen) == len(every):
        return every, ()
    if data.basis is Basis.TRANSITIONAL or use.evidence:
        return chosen, ()
    told = Finding.warning("cbam-electricity-averaged", Place(line=use.process), process=use.process)
    return every, (told,)


def _missing(
    used: Mapping[str, Sequence[tuple[ElectricityUse, Sequence[SourceFactor]]]], counting: Collection[str]
) -> list[Finding]:
    """Sources without a factor: an error where indirect emissions count, else a note (rule 8)."""
    wanted: dict[str, bool] = {}
    for process, uses in used.items():
        for use, sources in uses:
            if use.amount_mwh > 0 and not sources:
                wanted[""] = wanted.get("", False) or process in counting
            total = math.fsum(one.amount_mwh for one in sources)
            for one in sources:
                weighs = use.amount_mwh > 0 and (one.amount_mwh > 0 or total == 0)
                if weighs and one.factor is None:
                    wanted[one.id] = wanted.get(one.id, False) or process in counting
    made = []
    for source, counts in wanted.items():
        say = Finding.error if counts else Finding.note
        code = "cbam-electricity-factor-needed" if counts else "cbam-electricity-factor-left-out"
        made.append(say(code, Place(line=source), source=source or "—"))
    return made


def _consumed(uses: Sequence[tuple[ElectricityUse, Sequence[SourceFactor]]]) -> ProcessElectricity:
    """Several uses of one process added up."""
    mwh = math.fsum(use.amount_mwh for use, _ in uses)
    emissions = math.fsum(use.amount_mwh * mean_factor(sources) for use, sources in uses)
    parts = [(use.amount_mwh, *_actual(sources)) for use, sources in uses]
    actual_mwh = math.fsum(amount * share for amount, share, _ in parts)
    actual_t = math.fsum(amount * factor for amount, _, factor in parts)
    share = actual_mwh / mwh if mwh > 0 else 0.0
    return ProcessElectricity(
        mwh=mwh,
        factor=emissions / mwh if mwh > 0 else 0.0,
        emissions_t=emissions,
        actual_share=share,
        actual_emissions_share=actual_t / emissions if emissions > 0 else share,
    )


def _actual(sources: Sequence[SourceFactor]) -> tuple[float, float]:
    """Of one MWh from these sources: the part with an actual factor, and the emissions of that part."""
    total = math.fsum(one.amount_mwh for one in sources)
    found = []
    for one in sources:
        if one.actual:
            weight = one.amount_mwh / total if total > 0 else 1 / len(sources)
            found.append((weight, weight * (one.factor or 0.0)))
    return math.fsum(weight for weight, _ in found), math.fsum(emitted for _, emitted in found)


def _amounts(
    used: Mapping[str, Sequence[tuple[ElectricityUse, Sequence[SourceFactor]]]],
    data: Monitoring,
    counting: Collection[str],
) -> list[Finding]:
    """Rule 10: weights that are not stated, more used than given, a grid without emissions."""
    if not any(process in counting for process in used):
        return []
    stated = {source.id: source.amount_mwh for source in data.electricity}
    made = [
        Finding.warning("cbam-electricity-grid-zero", Place(line=source.id), name=source.name)
        for source in data.electricity
        if source.kind is ElectricityKind.GRID and source.factor is not None and source.factor.value == 0
    ]
    for process, uses in used.items():
        for use, sources in uses:
            if process not in counting or use.amount_mwh <= 0 or len({one.factor for one in sources}) < 2:
                continue
            for one in sources:
                if stated[one.id] is None:
                    told = {"process": process, "source": one.id}
                    made.append(Finding.error("cbam-electricity-amount-needed", Place(line=one.id), **told))
    given = math.fsum(amount for amount in stated.values() if amount is not None)
    consumed = math.fsum(use.amount_mwh for uses in used.values() for use, _ in uses)
    if None not in stated.values() and stated and consumed > given * (1 + _TOLERANCE):
        values = {"used": f"{consumed:.6g}", "given": f"{given:.6g}"}
        made.append(Finding.warning("cbam-electricity-beyond-sources", Place(), **values))
    return made


def _overclaimed(data: Monitoring) -> list[Finding]:
    """Sources that processes claim for themselves beyond what they gave."""
    claimed: dict[str, float] = defaultdict(float)
    for use in data.electricity_uses:
        if len(use.sources) == 1:
            claimed[use.sources[0]] += use.amount_mwh
    made = []
    for source in data.electricity:
        given = source.amount_mwh
        if given is not None and claimed.get(source.id, 0.0) > given * (1 + _TOLERANCE):
            values = {"claimed": f"{claimed[source.id]:.6g}", "given": f"{given:.6g}"}
            place = Place(line=source.id)
            made.append(Finding.warning("cbam-electricity-overclaimed", place, name=source.name, **values))
    return made
