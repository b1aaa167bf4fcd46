"""Which values a purchased precursor takes (Articles 11, 13 to 15; Annex I 3.1; Annex II A.1 points 4 and 5, E).

Rules
1. Of exempt origin (the Union and others): zero, direct and indirect, and zero free allocation; the quantity stays
   (Annex III B; Q&A 4.18).
2. Actual values only from a verification report that names itself, its verifier and the accreditation, whose verifier
   was accredited when it was issued, whose scope holds the precursor's category, and which covers the period of
   production (A.1 point 4): the reporting period of the complex good, or another one from 2026 on where the time of
   production is shown (Article 13). Else the default value.
3. Default values of the country, the highest ones where it is unknown, raised by the mark-up of the reporting year
   (Q&A 4.25). Where several rows of a code fit and none is named, the highest of them.
4. Of a default value only the total counts. It is split as its columns are, for information; of a good in Annex II to
   Regulation (EU) 2023/956 all of it is direct. Per tonne of a fertiliser: divided by the nitrogen content.
5. Indirect emissions of a precursor count unless it is listed in that Annex II (Annex I 3.1). What a supplier of steel
   states may hold those of sintered ore, which do count: it is asked for, to be stated with the direct emissions.
6. Precursors of one CN code from several suppliers or periods are averaged by what was received (Article 14(1), (2)),
   unless evidence shows which process used which (14(3)).
7. On the transitional basis a supplier's figures are used as stated, indirect emissions as electricity x factor, and
   nothing is averaged.

Example: wire rod from China (3.169 t/t) in 2026 without a report counts 3.169 x 1.10 = 3.4859 t/t.

Articles and annexes without a name are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from databases.cbam.goods import FunctionalUnit, Sector, digits
from databases.cbam.values import VariantNeeded
from lca.cbam.monitoring import Basis, Monitoring, Period, Precursor, PrecursorChoice, PrecursorValues
from lca.cbam.results import Path
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.goods import CbamGood
    from databases.cbam.tables import Tables
    from databases.cbam.values import Default

FIRST_YEAR = 2026
"""No verified emissions exist for anything produced before it (Q&A 5.20)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchased:
    """What one precursor carries per functional unit: SEE in tCO2e, electricity in MWh.

    ``basis`` is ``actual``, ``default``, ``highest-default`` or ``exempt``. ``see_indirect`` is for information;
    ``counted_indirect`` of it counts (rule 5). ``default_direct`` and ``default_indirect`` are the parts of
    ``see_direct`` and ``counted_indirect`` that rest on defaults. ``listed``: in Annex II. ``pool`` is the CN code
    under which its values were averaged (rule 6), else empty.
    """

    precursor: Precursor
    basis: str
    see_direct: float
    see_indirect: float
    counted_indirect: float
    default_direct: float
    default_indirect: float
    electricity_mwh: float
    listed: bool
    period: Period | None = None
    source: str = ""
    pool: str = ""

    @property
    def default_share(self) -> float:
        """The part of what counts that rests on defaults, 0 to 1."""
        total = self.see_direct + self.counted_indirect
        return (self.default_direct + self.default_indirect) / total if total > 0 else 0.0


def values(
    data: Monitoring, tables: Tables, path: Path = Path.ACTUAL
) -> tuple[tuple[Purchased, ...], tuple[Finding, ...]]:
    """Every precursor in the order of the data, and what was refused or filled in. Nothing is raised."""
    made: list[Purchased] = []
    findings: list[Finding] = []
    for precursor in data.precursors:
        found, told = _value(precursor, data, tables, path)
        made.append(found)
        findings.extend(told)
    if data.basis is Basis.DEFINITIVE:
        made, told = _averaged(made)
        findings.extend(told)
    return tuple(made), tuple(findings)


def refusal(precursor: Precursor, data: Monitoring) -> Finding | None:
    """Why its actual values may not be used, as the finding to show; None where they may (rule 2)."""
    found = precursor.values
    place, name = Place(line=precursor.id), precursor.name or precursor.cn
    if found is None:
        return Finding.warning("cbam-precursor-values-missing", place, name=name)
    report = found.report
    if report is None:
        return Finding.warning("cbam-precursor-unverified", place, name=name)
    told = {"name": name, "report": report.number}
    blank = [key for key in ("number", "verifier", "accreditation") if not getattr(report, key).strip()]
    if blank:
        return Finding.warning("cbam-precursor-report-blank", place, name=name, fields=", ".join(blank))
    if report.accredited_until < report.issued:
        dates = {"issued": report.issued.isoformat(), "until": report.accredited_until.isoformat()}
        return Finding.warning("cbam-precursor-accreditation", place, **told, **dates)
    if report.categories and precursor.category not in report.categories:
        scope = {"category": precursor.category, "scope": ", ".join(report.categories)}
        return Finding.warning("cbam-precursor-scope", place, **told, **scope)
    wanted = _period(found, data)
    spans = {"wanted": _span(wanted), "covered": _span(report.period)}
    if wanted.start.year < FIRST_YEAR:
        return Finding.warning("cbam-precursor-before-2026", place, **told, wanted=spans["wanted"])
    if not report.period.covers(wanted):
        return Finding.warning("cbam-precursor-period", place, **told, **spans)
    return None


def _period(found: PrecursorValues, data: Monitoring) -> Period:
    """The period of production that counts (Article 13)."""
    shown = found.period if found.produced_in_period_shown else None
    return shown or data.period


def _span(period: Period) -> str:
    return f"{period.start.isoformat()} – {period.end.isoformat()}"


def _value(
    precursor: Precursor, data: Monitoring, tables: Tables, path: Path
) -> tuple[Purchased, tuple[Finding, ...]]:
    if data.basis is Basis.TRANSITIONAL:
        return _stated(precursor)
    if precursor.country and tables.exempt(precursor.country):
        return _exempt(precursor, tables), ()
    if path is Path.ACTUAL and precursor.choice is PrecursorChoice.ACTUAL:
        refused = refusal(precursor, data)
        if refused is None and precursor.values is not None:
            return _actual(precursor, precursor.values, data, tables)
        found, told = _default(precursor, data, tables)
        return found, (*((refused,) if refused is not None else ()), *told)
    return _default(precursor, data, tables)


def _stated(precursor: Precursor) -> tuple[Purchased, tuple[Finding, ...]]:
    """Rule 7."""
    found = precursor.values
    if found is None:
        told = Finding.error("cbam-precursor-values-needed", Place(line=precursor.id), name=precursor.name)
        return _nothing(precursor, "default", listed=False), (told,)
    indirect = found.see_indirect or 0.0
    if found.electricity_mwh is not None and found.electricity_factor is not None:
        indirect = found.electricity_mwh * found.electricity_factor
    by_default = precursor.choice is PrecursorChoice.DEFAULT
    share = 1.0 if by_default else found.default_share
    return (
        Purchased(
            precursor=precursor,
            basis="default" if by_default else "actual",
            see_direct=found.see_direct,
            see_indirect=indirect,
            counted_indirect=indirect,
            default_direct=found.see_direct * share,
            default_indirect=indirect * share,
            electricity_mwh=found.electricity_mwh or 0.0,
            listed=False,
            period=found.period,
            source=found.reference,
        ),
        (),
    )


def _exempt(precursor: Precursor, tables: Tables) -> Purchased:
    """Rule 1."""
    good = _good(precursor, tables)
    listed = good.direct_only if good is not None else False
    return replace(_nothing(precursor, "exempt", listed), source="Annex III B")


def _nothing(precursor: Precursor, basis: str, listed: bool) -> Purchased:
    return Purchased(
        precursor=precursor,
        basis=basis,
        see_direct=0.0,
        see_indirect=0.0,
        counted_indirect=0.0,
        default_direct=0.0,
        default_indirect=0.0,
        electricity_mwh=0.0,
        listed=listed,
    )


def _actual(
    precursor: Precursor, found: PrecursorValues, data: Monitoring, tables: Tables
) -> tuple[Purchased, tuple[Finding, ...]]:
    """A supplier's verified values; indirect emissions of a good in Annex II are for information (rule 5)."""
    good = _good(precursor, tables)
    listed = good is not None and good.direct_only
    indirect = found.see_indirect or 0.0
    counted = 0.0 if listed else indirect
    told: tuple[Finding, ...] = ()
    place, name = Place(line=precursor.id), precursor.name or precursor.cn
    if good is not None and listed and indirect > 0:
        # only steel has precursors outside Annex II (sintered ore), whose indirect emissions would count
        say = Finding.warning if good.sector is Sector.IRON_STEEL else Finding.note
        told = (say("cbam-precursor-indirect-left-out", place, name=name, value=f"{indirect:.6g}"),)
    elif not listed and found.see_indirect is None:
        told = (Finding.warning("cbam-precursor-indirect-missing", place, name=name),)
    report = found.report
    made = Purchased(
        precursor=precursor,
        basis="actual",
        see_direct=found.see_direct,
        see_indirect=indirect,
        counted_indirect=counted,
        default_direct=found.see_direct * found.default_share,
        default_indirect=counted * found.default_share,
        electricity_mwh=found.electricity_mwh or 0.0,
        listed=listed,
        period=_period(found, data),
        source=found.reference or (report.number if report is not None else ""),
    )
    return made, told


def _default(precursor: Precursor, data: Monitoring, tables: Tables) -> tuple[Purchased, tuple[Finding, ...]]:
    """The default value with mark-up, per functional unit (rules 3 and 4)."""
    place, name = Place(line=precursor.id), precursor.name or precursor.cn
    good = _good(precursor, tables)
    try:
        row, told = _row(precursor, tables)
    except LookupError:
        error = Finding.error("cbam-precursor-no-default", place, name=name, cn=precursor.cn)
        return _nothing(precursor, "default", listed=False), (error,)
    if good is None:  # a default value exists for goods in scope only
        raise AssertionError(precursor.cn)
    basis = "highest-default" if row.fallback == "highest" else "default"
    per_unit = 1.0
    if row.per is FunctionalUnit.TONNE and good.unit is FunctionalUnit.KG_NITROGEN:
        if not precursor.content:
            error = Finding.error("cbam-precursor-content-needed", place, name=name)
            return _nothing(precursor, basis, good.direct_only), (*told, error)
        per_unit = 1.0 / precursor.content
    year = data.period.end.year
    total = float(row.total * (1 + tables.markup(good.sector, year))) * per_unit
    indirect = 0.0 if good.direct_only else total * _indirect_part(row)
    return (
        Purchased(
            precursor=precursor,
            basis=basis,
            see_direct=total - indirect,
            see_indirect=indirect,
            counted_indirect=indirect,
            default_direct=total - indirect,
            default_indirect=indirect,
            electricity_mwh=0.0,
            listed=good.direct_only,
            period=data.period,
            source=f"{row.source} {row.cn} {row.variant}".strip(),
        ),
        told,
    )


def _row(precursor: Precursor, tables: Tables) -> tuple[Default, tuple[Finding, ...]]:
    """The row of default values that applies; raises LookupError where there is none."""

    def look(variant: str) -> Default:
        if precursor.country:
            return tables.default(precursor.cn, precursor.country, variant)
        return tables.highest_default(precursor.cn, variant)

    place, name, told = Place(line=precursor.id), precursor.name or precursor.cn, []
    try:
        row = look(precursor.variant)
    except VariantNeeded as needed:
        row = max((look(variant) for variant in needed.variants), key=lambda one: one.total)
        told.append(Finding.warning("cbam-precursor-variant", place, name=name, taken=row.variant))
    if row.fallback == "highest":
        told.append(Finding.warning("cbam-precursor-country-unknown", place, name=name))
    return row, tuple(told)


def _indirect_part(row: Default) -> float:
    """The part of a default's total that its columns show as indirect; 0 where they show none."""
    direct, indirect = row.direct or Decimal(0), row.indirect or Decimal(0)
    return float(indirect / (direct + indirect)) if direct + indirect > 0 else 0.0


def _good(precursor: Precursor, tables: Tables) -> CbamGood | None:
    try:
        return tables.good(precursor.cn)
    except LookupError:
        return None


def _averaged(made: Sequence[Purchased]) -> tuple[list[Purchased], tuple[Finding, ...]]:
    """Article 14: one value per CN code, weighted by what was received (rule 6)."""
    pools: dict[str, list[Purchased]] = defaultdict(list)
    findings: list[Finding] = []
    for one in made:
        apart = one.precursor.separate and bool(one.precursor.separate_evidence)
        if one.precursor.separate and not apart:
            told = {"name": one.precursor.name or one.precursor.cn}
            findings.append(
                Finding.warning("cbam-precursor-not-separate", Place(line=one.precursor.id), **told)
            )
        if not apart:
            pools[digits(one.precursor.cn)[:8]].append(one)
    means: dict[str, Purchased] = {}
    for cn, pool in pools.items():
        if len(pool) > 1:
            means |= _mean(cn, pool)
            findings.append(Finding.note("cbam-precursors-averaged", cn=cn, count=len(pool)))
    return [means.get(one.precursor.id, one) for one in made], tuple(findings)


_AVERAGED = (
    *("see_direct", "see_indirect", "counted_indirect"),
    *("default_direct", "default_indirect", "electricity_mwh"),
)


def _mean(cn: str, pool: Sequence[Purchased]) -> Mapping[str, Purchased]:
    """Every precursor of the pool with the pool's average values."""
    weights = [received(one.precursor) for one in pool]
    total = math.fsum(weights)
    if total <= 0:
        return {}

    means = {
        field: math.fsum(getattr(one, field) * w for one, w in zip(pool, weights, strict=True)) / total
        for field in _AVERAGED
    }
    return {
        one.precursor.id: replace(
            one,
            see_direct=means["see_direct"],
            see_indirect=means["see_indirect"],
            counted_indirect=means["counted_indirect"],
            default_direct=means["default_direct"],
            default_indirect=means["default_indirect"],
            electricity_mwh=means["electricity_mwh"],
            source=f"{one.source}; Article 14(2)",
            pool=cn,
        )
        for one in pool
    }


def received(precursor: Precursor) -> float:
    """What was received, in functional units: purchased, or else all that was used."""
    used = math.fsum(use.amount for use in precursor.uses) + precursor.other_uses
    return precursor.purchased if precursor.purchased is not None else used
