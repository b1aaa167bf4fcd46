"""Three paths side by side: actual, own process actual with precursors on default, everything on default.

Rules
1. One line per good, quarter of import and path: SEE, SEFA, certificates, EUR. Both sides of the subtraction follow the
   path: SEE and free allocation are never mixed from two of them.
2. A default path takes the default of the country of the installation. White or grey not told: the dearer one.
3. Prices are published ones, or a scenario of the user's, labelled so. Nothing is published: no EUR, and a finding asks
   for a scenario; a price is never invented, extended or averaged here.
4. A saving is what the default path costs less what the path costs, in EUR, and less the cost of verification as the
   user states it (actual figures need a verifier in any year they are used). No cost stated: the saving is gross and
   the verdict open. A net saving of zero or less says "not worth it".
5. Goods are never offset against one another (``certificates``), so the cheapest path may differ from good to good:
   ``Line`` shows it per good.
6. A later year is a projection: emissions as monitored, CBAM factor, mark-up and benchmarks of that year.
7. A carbon price paid abroad is deducted only where a ``DraftDeduction`` asks for it; every such line says draft.

Example: 100 t of bolts 7318 15 42 from China in the first quarter of 2026 on default values: 568.26 certificates, EUR
42 824 at the published price of 75.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Monitoring
from lca.cbam.obligation.certificates import Declared, Owed, PricePaid, certificates, quantity_in_basis
from lca.cbam.obligation.default_path import DefaultPath, default_path, variants
from lca.cbam.obligation.installation import GoodInYear, in_year
from lca.cbam.obligation.price_paid import DraftDeduction
from lca.cbam.obligation.prices import PriceUsed, Scenario, price_of
from lca.cbam.results import Calculation, Path
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

ZERO = Decimal(0)
Calculate = Callable[[Monitoring, "Tables", Path], Calculation]
"""The engine, handed in: free allocation is part of it, so that nothing here may import it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Tonnes of a good (by its id in the monitoring) imported in a quarter."""

    good: str
    tonnes: Decimal
    year: int
    quarter: int

    def __post_init__(self) -> None:
        if self.tonnes < 0 or self.quarter not in {1, 2, 3, 4}:
            raise ValueError(f"Not a quantity of a quarter: {self.tonnes} t in quarter {self.quarter}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One installation with its calculations: ``mixed`` is the one with every precursor on default."""

    data: Monitoring
    actual: Calculation
    mixed: Calculation

    def __post_init__(self) -> None:
        if (self.actual.path, self.mixed.path) != (Path.ACTUAL, Path.MIXED):
            raise ValueError("A case needs the actual and the mixed calculation of one installation.")
        if self.actual.monitoring_digest != self.mixed.monitoring_digest:
            raise ValueError("The two calculations are not of the same monitoring data.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationCost:
    """What verified figures cost in EUR per year of import, as the user states it; ``source`` says who said so."""

    eur_per_year: Decimal
    source: str

    def __post_init__(self) -> None:
        if self.eur_per_year < 0:
            raise ValueError("A cost of verification is not negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One good, quarter and path. ``eur`` is None where there is no price."""

    good: str
    name: str
    cn: str
    year: int
    quarter: int
    path: Path
    tonnes: Decimal
    owed: Owed
    price: PriceUsed
    eur: Decimal | None
    default_share: float

    @property
    def mark(self) -> str:
        """The mark of the number of certificates; the price names its own."""
        return self.owed.mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A path in a year (or in all years: ``year`` 0). ``eur`` is None as soon as one line has no price."""

    path: Path
    year: int
    tonnes: Decimal
    embedded: Decimal
    adjustment: Decimal
    certificates: Decimal
    eur: Decimal | None


class Verdict(StrEnum):
    """Whether verified figures pay (rule 4); OPEN where a price or the cost of verification is missing."""

    WORTH_IT = "worth-it"
    NOT_WORTH_IT = "not-worth-it"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """A path against the default path in a year (0: all years), EUR and certificates; negative: the default is cheaper.

    ``net`` is after the cost of verification; None where a price or that cost is missing.
    """

    path: Path
    year: int
    certificates: Decimal
    gross: Decimal | None
    cost: Decimal | None
    net: Decimal | None
    verdict: Verdict
    sentence: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Lines in the order of the quantities, totals by year and over all, savings likewise, and what to know."""

    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    savings: tuple[Saving, ...]
    findings: tuple[Finding, ...]

    def total(self, path: Path, year: int = 0) -> Total:
        """One total. Raises LookupError for a year that is not in the quantities."""
        for one in self.totals:
            if (one.path, one.year) == (path, year):
                return one
        raise LookupError(f"No total of {path.value} in {year}.")


def case(data: Monitoring, tables: Tables, calculate: Calculate) -> Case:
    """Both calculations of one installation; ``calculate`` is that of ``lca.cbam.calculate``, and raises as it does."""
    return Case(
        data=data,
        actual=calculate(data, tables, Path.ACTUAL),
        mixed=calculate(data, tables, Path.MIXED),
    )


def compare(
    of: Case,
    tables: Tables,
    quantities: Iterable[Quantity],
    scenario: Scenario | None = None,
    cost: VerificationCost | None = None,
    draft: DraftDeduction | None = None,
) -> Comparison:
    """The three paths for what is imported (rules 1 to 7).

    Raises NotDefinitive for figures of the transitional period, LookupError for a good the installation does not make.
    """
    listed = tuple(quantities)
    years = sorted({one.year for one in listed})
    values = {
        year: {
            Path.ACTUAL: in_year(of.data, of.actual, year, tables),
            Path.MIXED: in_year(of.data, of.mixed, year, tables),
        }
        for year in years
    }
    lines: list[Line] = []
    findings: list[Finding] = []
    for quantity in listed:
        price = price_of(quantity.year, quantity.quarter, tables, scenario)
        findings.extend(price.findings)
        made, told = _lines(of, quantity, values[quantity.year], price, tables, draft)
        lines.extend(made)
        findings.extend(told)
    totals = tuple(_total(lines, path, year) for year in (*years, 0) for path in Path)
    savings = tuple(
        _saving(totals, path, year, _cost(cost, year, years))
        for year in (*years, 0)
        for path in (Path.ACTUAL, Path.MIXED)
    )
    return Comparison(
        lines=tuple(lines), totals=totals, savings=savings, findings=tuple(dict.fromkeys(findings))
    )


def outlook(annual: Mapping[str, Decimal], years: Sequence[int]) -> tuple[Quantity, ...]:
    """Yearly tonnes by good, spread evenly over the quarters: quantities for 2026 to 2034 and beyond."""
    return tuple(
        Quantity(good=good, tonnes=tonnes / 4, year=year, quarter=quarter)
        for year in years
        for quarter in (1, 2, 3, 4)
        for good, tonnes in annual.items()
    )


def _lines(
    of: Case,
    quantity: Quantity,
    values: Mapping[Path, Mapping[str, GoodInYear]],
    price: PriceUsed,
    tables: Tables,
    draft: DraftDeduction | None,
) -> tuple[list[Line], list[Finding]]:
    actual = values[Path.ACTUAL].get(quantity.good)
    if actual is None:
        raise LookupError(f"The installation makes no good {quantity.good!r}.")
    amount = quantity_in_basis(quantity.tonnes, actual.unit, actual.content)
    if amount is None:
        return [], [
            Finding.error("cbam-content-not-stated", name=actual.name or actual.cn, unit=actual.unit.value)
        ]
    lines: list[Line] = []
    findings: list[Finding] = []
    paid = draft.of(of.data, actual) if draft is not None else None
    for path in (Path.ACTUAL, Path.MIXED):
        good = values[path][quantity.good]
        findings.extend(good.findings)
        if good.sefa is not None:
            declared = Declared(
                good=good.good,
                cn=good.cn,
                quantity=amount,
                basis=good.basis,
                see=good.see,
                sefa=good.sefa,
                path=path,
                marks=good.marks,
            )
            lines.append(_line(quantity, good, declared, price, paid))
    default, told = _dearest(actual.cn, of.data.installation.country, quantity.year, tables)
    findings.extend((*default.findings, *told))
    lines.append(_line(quantity, actual, _declared(actual, amount, default), price, paid))
    findings.extend(finding for line in lines for finding in line.owed.findings)
    return lines, findings


def _declared(good: GoodInYear, amount: Decimal, default: DefaultPath) -> Declared:
    return Declared(
        good=good.good,
        cn=good.cn,
        quantity=amount,
        basis=default.basis,
        see=default.see,
        sefa=default.sefa,
        path=Path.DEFAULT,
        marks=(default.mark,),
    )


def _line(
    quantity: Quantity, good: GoodInYear, declared: Declared, price: PriceUsed, paid: PricePaid | None
) -> Line:
    owed = certificates(declared, paid=paid, draft=paid is not None)
    return Line(
        good=quantity.good,
        name=good.name,
        cn=good.cn,
        year=quantity.year,
        quarter=quantity.quarter,
        path=declared.path,
        tonnes=quantity.tonnes,
        owed=owed,
        price=price,
        eur=None if price.value is None else owed.certificates * price.value,
        default_share=1.0 if declared.path is Path.DEFAULT else good.default_share,
    )


def _dearest(cn: str, country: str, year: int, tables: Tables) -> tuple[DefaultPath, tuple[Finding, ...]]:
    """The default path, of white and grey the one that owes more (rule 2)."""
    words = variants(cn, country, tables)
    paths = [default_path(cn, country, year, tables, word) for word in words]
    told = Finding.warning("cbam-variant-not-stated", name=cn, variants=", ".join(words))
    return max(paths, key=lambda one: one.net), (told,) if len(paths) > 1 else ()


def _total(lines: Iterable[Line], path: Path, year: int) -> Total:
    own = [line for line in lines if line.path is path and year in {0, line.year}]
    prices = [line.eur for line in own]
    return Total(
        path=path,
        year=year,
        tonnes=sum((line.tonnes for line in own), ZERO),
        embedded=sum((line.owed.embedded for line in own), ZERO),
        adjustment=sum((line.owed.adjustment for line in own), ZERO),
        certificates=sum((line.owed.certificates for line in own), ZERO),
        eur=None if None in prices else sum((price for price in prices if price is not None), ZERO),
    )


def _cost(cost: VerificationCost | None, year: int, years: Sequence[int]) -> Decimal | None:
    if cost is None:
        return None
    return cost.eur_per_year * (1 if year else len(years))


def _saving(totals: Iterable[Total], path: Path, year: int, cost: Decimal | None) -> Saving:
    found = {one.path: one for one in totals if one.year == year}
    default, own = found[Path.DEFAULT], found[path]
    comparable = default.tonnes == own.tonnes
    gross = None
    if comparable and default.eur is not None and own.eur is not None:
        gross = default.eur - own.eur
    net = None if gross is None or cost is None else gross - cost
    verdict = Verdict.OPEN
    if net is not None:
        verdict = Verdict.WORTH_IT if net > 0 else Verdict.NOT_WORTH_IT
    return Saving(
        path=path,
        year=year,
        certificates=default.certificates - own.certificates,
        gross=gross,
        cost=cost,
        net=net,
        verdict=verdict,
        sentence=_sentence(verdict, path, gross, cost, net),
    )


def _sentence(
    verdict: Verdict, path: Path, gross: Decimal | None, cost: Decimal | None, net: Decimal | None
) -> Finding:
    ending = "none" if gross is not None and gross <= 0 else verdict.value
    words = {"gross": gross, "cost": cost, "net": net}
    shown = {key: _euros(value) for key, value in words.items()}
    return Finding.note(f"cbam-saving-{path.value}-{ending}", Place(), **shown)


def _euros(value: Decimal | None) -> str:
    return "?" if value is None else f"{value:,.0f}"
