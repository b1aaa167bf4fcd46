"""Specific embedded free allocation (SEFA): what an EU producer of the same good would get free of charge.

Rules (equations of the annex to Implementing Regulation (EU) 2025/2620)
1. A process: ``SFA = CBAM_y x CSCF_y x benchmark`` of column A, weighted by the tonnes of each code and route (eq. 2).
   ``CBAM_y`` is the share of free allocation that is left: 0.975 in 2026, nothing from 2034.
2. A simple good: ``SEFA = SFA`` (eq. 3). A complex good: ``SEFA = SFA + sum of m_i x SEFA_i`` (eq. 4), summed along the
   chain by ``lca.cbam.chain``, and for another year by ``lca.cbam.obligation.installation``.
3. A purchased precursor: what its operator's verification report states; without it column B of the route of its
   country's default value (Q&A 3.8). Of exempt origin (EU and others): zero (Q&A 4.18).
4. A good on default values: ``SEFA = CBAM_y x CSCF_y x benchmark`` of column B (eq. 6). Electricity: zero.
5. A joint process (Article 4(9)) has no amounts of the precursors it covers: their free allocation is left out, and
   a finding says so. The number of certificates is then rather too high than too low.
6. Values are per functional unit of the good, as SEE is: benchmarks per tonne are divided by the content of nitrogen
   where the unit is kg N. Without that content there is no value, and a finding asks for it.
7. ``year`` is the year in which the good is imported; for an operator's report the year of the reporting period.
8. The cross-sectoral correction factor has no value we could verify: results carry the mark ``?``.

Example: hot-rolled coil on default values in 2026: 0.975 x 1 x 1.370 = 1.33575 tCO2e/t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from databases.cbam.goods import FunctionalUnit, Sector
from databases.cbam.values import VariantNeeded
from lca.cbam.monitoring import Composition, Good, Precursor, PrecursorChoice, Process
from lca.cbam.obligation.benchmarks import default_benchmark, process_benchmark, source_name
from lca.cbam.obligation.figures import Figure, exact, weakest
from lca.cbam.results import Term
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from databases.cbam.values import Default

ZERO = Decimal(0)
DIRECTIVE = "Directive 2003/87/EC Article 10a(1a)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeAllocation:
    """SEFA, or SFA of one process: ``value`` in tCO2e per functional unit; None where rule 6 leaves none.

    ``benchmark`` is the benchmark behind it (weighted where several apply), ``routes`` the letters it stands for.
    """

    value: Decimal | None
    benchmark: Decimal
    routes: tuple[str, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def mark(self) -> str:
        """The weakest mark of the figures."""
        return weakest(figure.mark for figure in self.figures)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The figures as terms of a calculation."""
        return tuple(figure.term() for figure in self.figures)


def year_figures(year: int, tables: Tables) -> tuple[Figure, Figure]:
    """CBAM factor and cross-sectoral correction factor of a year (rules 1 and 8)."""
    correction = tables.cscf(year)
    factor = Figure(key="cbam-factor", value=tables.cbam_factor(year), unit="", source=DIRECTIVE, mark="T")
    source = source_name(correction.source, tables)
    return factor, Figure(key="cscf", value=correction.value, unit="", source=source, mark=correction.mark)


def process_free_allocation(
    process: Process, year: int, tables: Tables, goods: Sequence[Good] | None = None
) -> FreeAllocation:
    """SFA of a process per functional unit, without precursors (rules 1, 5, 6).

    ``goods`` narrows it to some of its goods (one code of a joint report); None takes all. A good without
    ``routes`` takes the route of the process. Raises LookupError for a code without benchmarks.
    """
    chosen = [
        (good, share, process_benchmark(good.cn, route, year, tables))
        for good in (process.goods if goods is None else goods)
        for route, share in _routes(good, process.route)
    ]
    factor, correction = year_figures(year, tables)
    owed, units, findings = ZERO, ZERO, list(_joint(process, tables))
    for good, tonnes, benchmark in chosen:
        unit = tables.good(good.cn).unit
        content = content_of(good, unit)
        if content is None:
            findings.append(
                Finding.warning("cbam-content-not-stated", name=good.name or good.cn, unit=unit.value)
            )
            continue
        owed += tonnes * _per_tonne(benchmark.value, content, unit)
        units += tonnes * content
    findings.extend(one for _, _, benchmark in chosen for one in benchmark.findings)
    lacking = any(one.code == "cbam-content-not-stated" for one in findings)
    mean = owed / units if units and not lacking else None
    return FreeAllocation(
        value=None if mean is None else factor.value * correction.value * mean,
        benchmark=ZERO if mean is None else mean,
        routes=tuple(sorted({one.route for _, _, one in chosen if one.route})),
        figures=(factor, correction, *(one.figure("A", good.id) for good, _, one in chosen)),
        findings=tuple(dict.fromkeys(findings)),
    )


def precursor_free_allocation(
    precursor: Precursor, year: int, tables: Tables, basis: str = ""
) -> FreeAllocation:
    """SEFA of a purchased precursor per its functional unit (rule 3).

    ``basis`` is what the precursor's SEE rests on: ``actual``, ``default``, ``highest-default`` or ``exempt``; empty
    means what the record chooses. Raises LookupError for a code without benchmarks.
    """
    basis = basis or _basis(precursor, tables)
    if basis == "exempt":
        return _plain(ZERO, "precursor-sefa-exempt", "Commission Q&A of 27.5.2026, 4.18", "P", precursor.id)
    stated = precursor.values.sefa if precursor.values is not None and basis == "actual" else None
    if stated is not None and precursor.values is not None:
        source = precursor.values.reference or _report(precursor)
        return _plain(exact(stated), "precursor-sefa-stated", source, "P", precursor.id)
    found = default_of_precursor(precursor, year, tables)
    if basis != "actual":
        return found
    finding = Finding.warning("cbam-precursor-sefa-missing", name=precursor.name or precursor.id)
    return replace(found, findings=(*found.findings, finding))


def default_of_precursor(precursor: Precursor, year: int, tables: Tables) -> FreeAllocation:
    """Column B for a precursor, by its country's default; white or grey unknown: the lower one and a finding."""
    variants = _variants(precursor, tables)
    options = [
        default_free_allocation(precursor.cn, _default_value(precursor, variant, tables), year, tables)
        for variant in variants
    ]
    lowest = min(options, key=lambda one: one.benchmark)
    findings = list(lowest.findings)
    if len(options) > 1:
        words = ", ".join(variants)
        findings.append(Finding.warning("cbam-variant-not-stated", name=precursor.name, variants=words))
    value = lowest.value
    if tables.good(precursor.cn).unit is FunctionalUnit.KG_NITROGEN:
        value = None if value is None or not precursor.content else value / exact(precursor.content)
        if value is None:
            told = {"name": precursor.name or precursor.cn, "unit": FunctionalUnit.KG_NITROGEN.value}
            findings.append(Finding.warning("cbam-content-not-stated", Place(), **told))
    figures = tuple(replace(figure, record=precursor.id) for figure in lowest.figures)
    return FreeAllocation(
        value=value,
        benchmark=lowest.benchmark,
        routes=lowest.routes,
        figures=figures,
        findings=tuple(findings),
    )


def default_free_allocation(cn: str, default: Default, year: int, tables: Tables) -> FreeAllocation:
    """SEFA beside a default value, per tonne of product (cement: of clinker), as the default itself (rule 4)."""
    good = tables.good(cn)
    if good.sector is Sector.ELECTRICITY:
        return _plain(ZERO, "sefa-electricity", "Commission Q&A of 27.5.2026, 3.8", "P", "")
    factor, correction = year_figures(year, tables)
    chosen = default_benchmark(good.cn, default, year, tables)
    return FreeAllocation(
        value=factor.value * correction.value * chosen.value,
        benchmark=chosen.value,
        routes=(chosen.route,) if chosen.route else (),
        figures=(factor, correction, chosen.figure("B")),
        findings=chosen.findings,
    )


def content_of(good: Good, unit: FunctionalUnit) -> Decimal | None:
    """Functional units per tonne of a good: 1, or its content of clinker (t/t) or nitrogen (kg N/t); None if unknown.

    Clinker itself is all clinker. Ranges of composition are averaged by tonnes.
    """
    return functional_units_per_tonne(good.cn, unit, good.content, good.compositions)


def functional_units_per_tonne(
    cn: str, unit: FunctionalUnit, content: float | None, compositions: Sequence[Composition] = ()
) -> Decimal | None:
    """As :func:`content_of`, from its parts."""
    if unit in {FunctionalUnit.TONNE, FunctionalUnit.KWH}:
        return Decimal(1)
    if content is not None:
        return exact(content)
    if compositions:
        tonnes = sum((exact(one.produced_t) for one in compositions), ZERO)
        held = sum((exact(one.produced_t) * exact(one.content) for one in compositions), ZERO)
        return held / tonnes if tonnes else None
    return Decimal(1) if cn.replace(" ", "").startswith("252310") else None


def _per_tonne(benchmark: Decimal, content: Decimal, unit: FunctionalUnit) -> Decimal:
    """A benchmark per tonne of product: those of cement are per tonne of clinker."""
    return benchmark * content if unit is FunctionalUnit.TONNE_CLINKER else benchmark


def _routes(good: Good, otherwise: str) -> tuple[tuple[str, Decimal], ...]:
    """Route and tonnes; tonnes that the routes do not account for stay with the stated routes in proportion."""
    stated = [(one.route, exact(one.produced_t)) for one in good.routes if one.produced_t > 0]
    total = sum((tonnes for _, tonnes in stated), ZERO)
    produced = exact(good.produced_t)
    if not stated:
        return ((otherwise, produced),)
    return tuple((route, produced * tonnes / total) for route, tonnes in stated)


def _joint(process: Process, tables: Tables) -> tuple[Finding, ...]:
    if not process.included:
        return ()
    named = [tables.category(slug) for slug in process.included]
    covered = "; ".join(f"{one.name_zh} / {one.name_en}" for one in named)
    return (Finding.warning("cbam-joint-free-allocation", name=process.name or process.id, covered=covered),)


def _basis(precursor: Precursor, tables: Tables) -> str:
    if precursor.country and tables.exempt(precursor.country):
        return "exempt"
    if precursor.choice is PrecursorChoice.ACTUAL:
        return "actual"
    return "default" if precursor.country else "highest-default"


def _variants(precursor: Precursor, tables: Tables) -> tuple[str, ...]:
    if precursor.variant:
        return (precursor.variant,)
    try:
        _default_value(precursor, "", tables)
    except VariantNeeded as needed:
        return tuple(needed.variants)
    return ("",)


def _default_value(precursor: Precursor, variant: str, tables: Tables) -> Default:
    if not precursor.country:
        return tables.highest_default(precursor.cn, variant)
    return tables.default(precursor.cn, precursor.country, variant)


def _report(precursor: Precursor) -> str:
    report = precursor.values.report if precursor.values is not None else None
    return f"verification report {report.number}" if report is not None else "statement of the supplier"


def _plain(value: Decimal, key: str, source: str, mark: str, record: str) -> FreeAllocation:
    figure = Figure(key=key, value=value, unit="tCO2e/unit", source=source, mark=mark, record=record)
    return FreeAllocation(value=value, benchmark=ZERO, routes=(), figures=(figure,))
