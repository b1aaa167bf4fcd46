"""What lowers the number of a good: named changes, each calculated anew in full, and ranked.

Rules
1. A lever changes the monitoring data in one place; the whole calculation runs again with it. Nothing is estimated from
   shares.
2. What counts is what is owed per unit: SEE and free allocation both change. A route with less emissions may have less
   free allocation too, so a lever can lower SEE and hardly the certificates.
3. An assumption is part of the lever's sentence. Where a supplier's figure is not known, two stand in, each named:
   the country's default without mark-up (what an average supplier could show once verified), or the benchmark of a
   scrap-based route.
4. A lever the rules refuse (no evidence, no such record) is listed with the findings, not left out.
5. Results are what-if figures: nothing here may enter a report or a declaration.

Example: a verified report for wire rod at the country's average takes the mark-up of 10 % off the precursor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from databases.cbam.goods import FunctionalUnit
from lca.cbam.monitoring import (
    ElectricityEvidence,
    ElectricityKind,
    ElectricitySource,
    Factor,
    FactorSource,
    Monitoring,
    Period,
    Precursor,
    PrecursorChoice,
    PrecursorValues,
    SourceStream,
    VerificationReport,
)
from lca.cbam.obligation.comparison import Calculate
from lca.cbam.obligation.free_allocation import precursor_free_allocation, year_figures
from lca.cbam.obligation.installation import DEFAULTS, GoodInYear, by_itself, in_year
from lca.cbam.obligation.shares import shares
from lca.cbam.results import Calculation, Path
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

SCRAP_ROUTES = ("E", "H", "L")
"""Routes from scrap: carbon steel, low-alloy steel, aluminium."""
ASSUMED = "what-if"
_FAR = date(9999, 12, 31)


class Kind(StrEnum):
    """What a lever does."""

    LESS_FUEL = "less-fuel"
    LESS_PRECURSOR = "less-precursor"
    VERIFIED_PRECURSOR = "verified-precursor"
    SCRAP_ROUTE = "scrap-route"
    DIRECT_LINK = "direct-link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One change: ``record`` is the stream, precursor or electricity source it concerns.

    ``fraction`` is the part saved (0 to 1); ``see`` and ``sefa`` per functional unit what the precursor is assumed to
    have; ``factor`` tCO2/MWh of electricity over the direct link; ``assumption`` says where the figure comes from.
    """

    kind: Kind
    record: str
    name: str
    fraction: float = 0.0
    see: float = 0.0
    sefa: float | None = None
    factor: float = 0.0
    assumption: str = ""

    def __post_init__(self) -> None:
        figures = (self.see, self.factor, self.sefa or 0.0)
        if not 0 <= self.fraction <= 1 or not all(math.isfinite(one) and one >= 0 for one in figures):
            raise ValueError("A lever saves a fraction from 0 to 1; its figures are finite and not negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A lever's effect on one good per unit of its basis; ``owed`` is ``max(0, SEE - SEFA)``, None if unknown.

    ``refused`` are the findings where the rules do not allow the change; figures are None then.
    """

    lever: Lever
    see_before: Decimal
    see_after: Decimal | None
    owed_before: Decimal | None
    owed_after: Decimal | None
    sentence: Finding
    refused: tuple[Finding, ...] = ()

    @property
    def saved(self) -> Decimal | None:
        """Certificates saved per unit; negative if the change costs some."""
        if self.owed_before is None or self.owed_after is None:
            return None
        return self.owed_before - self.owed_after


def suggest(
    data: Monitoring, done: Calculation, good: str, tables: Tables, fraction: float = 0.1
) -> tuple[Lever, ...]:
    """Levers worth asking about for a good: less of every source and precursor, reports, routes, direct links."""
    parts = shares(data, done, good)
    streams = {one.id for one in data.streams}
    precursors = {one.id: one for one in data.precursors}
    made: list[Lever] = []
    for part in parts:
        if part.record in streams and part.see > 0:
            made.append(Lever(kind=Kind.LESS_FUEL, record=part.record, name=part.name, fraction=fraction))
        if part.kind == "precursor" and part.record in precursors:
            made.extend(_for_precursor(precursors[part.record], data, done, tables, fraction))
    if any(part.kind == "electricity" for part in parts):
        made.extend(
            Lever(kind=Kind.DIRECT_LINK, record=one.id, name=one.name, factor=0.0, assumption="renewable")
            for one in data.electricity
            if one.kind in {ElectricityKind.GRID, ElectricityKind.ALTERNATIVE_DEFAULT}
        )
    return tuple(dict.fromkeys(made))


def rank(
    data: Monitoring,
    tables: Tables,
    good: str,
    levers: Iterable[Lever],
    calculate: Calculate,
) -> tuple[Effect, ...]:
    """Every lever's effect on a good, the most certificates saved first, refused ones last (rules 1 to 4).

    Raises NotCalculable where the data themselves cannot be calculated, LookupError for a good that is not there.
    """
    year = data.period.end.year
    before = in_year(data, calculate(data, tables, Path.ACTUAL), year, tables)
    if good not in before:
        raise LookupError(f"The installation makes no good {good!r}.")
    effects = [_effect(data, tables, before[good], lever, calculate) for lever in levers]
    return tuple(sorted(effects, key=_order))


def apply(lever: Lever, data: Monitoring) -> Monitoring:
    """The data with the change made. Raises LookupError where the record is not there."""
    known = {
        Kind.LESS_FUEL: {one.id for one in data.streams},
        Kind.DIRECT_LINK: {one.id for one in data.electricity},
    }.get(lever.kind, {one.id for one in data.precursors})
    if lever.record not in known:
        raise LookupError(f"No record {lever.record!r} for {lever.kind.value}.")
    if lever.kind is Kind.LESS_FUEL:
        return replace(data, streams=tuple(_less(one, lever) for one in data.streams))
    if lever.kind is Kind.DIRECT_LINK:
        return replace(data, electricity=tuple(_linked(one, lever) for one in data.electricity))
    return replace(data, precursors=tuple(_precursor(one, lever, data.period) for one in data.precursors))


def _less(stream: SourceStream, lever: Lever) -> SourceStream:
    if stream.id != lever.record:
        return stream
    return replace(stream, activity=stream.activity * (1 - lever.fraction))


def _linked(source: ElectricitySource, lever: Lever) -> ElectricitySource:
    if source.id != lever.record:
        return source
    factor = Factor(
        value=lever.factor, unit="tCO2/MWh", source=FactorSource.SUPPLIER_GUARANTEED, reference=ASSUMED
    )
    proof = ElectricityEvidence(
        single_line_diagram=True,
        generation_metered=True,
        delivery_metered=True,
        matching_minutes=60.0,
        contract=ASSUMED,
        grid_connection=True,
        documents=(ASSUMED,),
    )
    return replace(source, kind=ElectricityKind.DIRECT_LINK, factor=factor, proof=proof)


def _precursor(one: Precursor, lever: Lever, period: Period) -> Precursor:
    if one.id != lever.record:
        return one
    if lever.kind is Kind.LESS_PRECURSOR:
        saved = sum(use.amount for use in one.uses) * lever.fraction
        uses = tuple(replace(use, amount=use.amount * (1 - lever.fraction)) for use in one.uses)
        purchased = None if one.purchased is None else one.purchased - saved
        return replace(one, uses=uses, purchased=purchased)
    report = VerificationReport(
        number=ASSUMED,
        verifier=ASSUMED,
        accreditation=ASSUMED,
        issued=period.end,
        accredited_until=_FAR,
        period=period,
        categories=(one.category,),
    )
    values = PrecursorValues(
        see_direct=lever.see,
        see_indirect=0.0,
        sefa=lever.sefa,
        period=period,
        produced_in_period_shown=True,
        report=report,
        reference=ASSUMED,
    )
    return replace(one, choice=PrecursorChoice.ACTUAL, values=values)


def _for_precursor(
    precursor: Precursor, data: Monitoring, done: Calculation, tables: Tables, fraction: float
) -> Iterator[Lever]:
    name = precursor.name or precursor.id
    if (
        tables.good(precursor.cn).unit is FunctionalUnit.TONNE
    ):  # clinker and nitrogen are what the good consists of
        yield Lever(kind=Kind.LESS_PRECURSOR, record=precursor.id, name=name, fraction=fraction)
    bought = by_itself(precursor, data, tables, done.path)
    if bought.basis not in DEFAULTS:
        return
    year = done.period.end.year
    markup = float(tables.markup(tables.good(precursor.cn).sector, year))
    average = (bought.see_direct + bought.counted_indirect) / (1 + markup)
    allocated = precursor_free_allocation(precursor, year, tables, bought.basis).value
    stated = None if allocated is None else float(allocated)
    plain = Lever(kind=Kind.VERIFIED_PRECURSOR, record=precursor.id, name=name, see=average, sefa=stated)
    yield replace(plain, assumption="average-default")
    factor, correction = year_figures(year, tables)
    for one in tables.benchmarks(precursor.cn, "B", year):
        if one.route in SCRAP_ROUTES and float(one.value) < average:
            sefa = float(factor.value * correction.value * one.value)
            see = float(one.value)
            yield replace(plain, kind=Kind.SCRAP_ROUTE, see=see, sefa=sefa, assumption="scrap-benchmark")


def _effect(
    data: Monitoring, tables: Tables, before: GoodInYear, lever: Lever, calculate: Calculate
) -> Effect:
    year = data.period.end.year
    try:
        changed = apply(lever, data)
        done = calculate(changed, tables, Path.ACTUAL)
    except ValueError as error:  # NotCalculable, which stands above this package
        refused: tuple[Finding, ...] = getattr(error, "findings", ())
        if not refused:
            raise
        return _made(lever, before, None, refused)
    after = in_year(changed, done, year, tables)[before.good]
    return _made(lever, before, after, ())


def _made(lever: Lever, before: GoodInYear, after: GoodInYear | None, refused: tuple[Finding, ...]) -> Effect:
    owed_before, owed_after = _owed(before), _owed(after)
    code = f"cbam-lever-{lever.kind.value}" if after is not None else "cbam-lever-refused"
    change = None if after is None else before.see - after.see
    details = {
        "name": lever.name,
        "percent": f"{lever.fraction * 100:g}",
        "see": f"{lever.see:.3f}",
        "factor": f"{lever.factor:g}",
        "change": "?" if change is None else f"{change:.4f}",
        "saved": "?" if owed_before is None or owed_after is None else f"{owed_before - owed_after:.4f}",
        "unit": before.basis.value,
    }
    return Effect(
        lever=lever,
        see_before=before.see,
        see_after=None if after is None else after.see,
        owed_before=owed_before,
        owed_after=owed_after,
        sentence=Finding.note(code, Place(), **details),
        refused=refused,
    )


def _owed(good: GoodInYear | None) -> Decimal | None:
    if good is None or good.sefa is None:
        return None
    return max(Decimal(0), good.see - good.sefa)


def _order(effect: Effect) -> tuple[bool, Decimal, Decimal]:
    if effect.see_after is None:
        return (True, Decimal(0), Decimal(0))
    less = effect.see_before - effect.see_after
    return (False, -(effect.saved if effect.saved is not None else less), -less)
