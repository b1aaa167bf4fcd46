"""What the page of the three paths shows: the form as asked, certificates and EUR by year, quarter and good.

Rules
1. Everything asked stands in the address: a comparison can be sent to a colleague, and nothing of it is stored.
2. Where no price is published there is no amount, unless the reader names a price of a scenario; its name stays with
   every amount that rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from lca.cbam.obligation.comparison import Comparison, Line, Saving, Total, VerificationCost
from lca.cbam.obligation.price_paid import DraftDeduction
from lca.cbam.obligation.prices import PriceKind, Scenario
from lca.cbam.results import Path
from service.usecases.cbam.comparing import Compare
from service.usecases.cbam.defaults import YEARS
from service.web.cbam_forms import SENTENCES, Wrong, figure, text
from service.web.formats import own
from service.web.listing import Column, ListSpec

if TYPE_CHECKING:
    from lca.cbam.results import GoodResult
    from lca.findings import Finding

PATHS = {
    Path.ACTUAL: _l("Actual values"),
    Path.MIXED: _l("Own process actual, precursors default"),
    Path.DEFAULT: _l("Default values"),
}
SHORT = {Path.ACTUAL: _l("actual"), Path.MIXED: _l("mixed"), Path.DEFAULT: _l("default")}
PRICES = {
    PriceKind.PUBLISHED: _l("published"),
    PriceKind.SCENARIO: _l("scenario"),
    PriceKind.NONE: _l("not published"),
}
VERDICTS = {"worth-it": _l("Worth it"), "not-worth-it": _l("Not worth it"), "open": _l("Cannot be told yet")}
TONES = {"worth-it": "good", "not-worth-it": "warn", "open": "info"}
BAR_WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was sent; ``errors`` are sentences by field, ``command`` is None where there are some."""

    values: dict[str, str]
    errors: dict[str, Any]
    command: Compare | None
    draft: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One path in a row: certificates, EUR (None without a price), and the length of its bar in thousandths."""

    path: Path
    certificates: Decimal
    eur: Decimal | None
    length: float
    cheapest: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A year (0: all of them), a quarter or a good, with its paths; ``price`` of a quarter only."""

    name: Any
    sub: Any
    tonnes: Decimal
    cells: tuple[Cell, ...]
    price: Any = None


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One good per tonne declared in the first year."""

    name: str
    cn: str
    cells: tuple[tuple[Path, Line | None], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A comparison for the page."""

    found: Comparison
    years: tuple[Row, ...]
    all_years: Row
    quarters: tuple[Row, ...]
    quarter_year: int
    goods: tuple[GoodRow, ...]
    savings: tuple[Saving, ...]
    scenario: bool
    unpriced: bool

    @property
    def some_euros(self) -> bool:
        """Whether any year has an amount."""
        return any(cell.eur is not None for row in self.years for cell in row.cells)


def asked(args: Mapping[str, str], goods: Iterable[GoodResult], key: str) -> Asked:
    """The command of a query; goods that are not named take what was made in the period."""
    listed = tuple(goods)
    values = {name: text(args, name) for name in args}
    for good in listed:
        values.setdefault(tonnes_field(good.id), plain(Decimal(str(good.produced_t))))
    values.setdefault("from", str(YEARS[0]))
    values.setdefault("to", str(YEARS[-1]))
    try:
        command = _command(values, listed, key)
    except Wrong as wrong:
        return Asked(values, wrong.errors, None, bool(values.get("draft")))
    return Asked(values, {}, command, command.draft is not None)


def told(findings: Iterable[Finding]) -> tuple[tuple[Finding, str], ...]:
    """Findings once for all years: the first of a kind, and the other years it holds for."""
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for one in findings:
        rest = tuple((name, value) for name, value in one.details if name not in ("year", "quarter"))
        groups.setdefault((one.code, rest), []).append(one)
    return tuple((same[0], _others(same)) for same in groups.values())


def _others(same: list[Finding]) -> str:
    years = list(dict.fromkeys(dict(one.details).get("year", "") for one in same))[1:]
    return "" if not years else years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"


def tonnes_field(good: str) -> str:
    """Name of a good's field."""
    return f"t.{good}"


def page(found: Comparison, command: Compare) -> Page:
    """A comparison, arranged; nothing is computed anew but the lengths of bars."""
    years = [one.year for one in found.totals if one.path is Path.DEFAULT and one.year]
    most = max((one.certificates for one in found.totals if one.year), default=Decimal(0)) or Decimal(1)
    quarter_year = years[0]
    return Page(
        found=found,
        years=tuple(_year(found, year, most) for year in years),
        all_years=_year(found, 0, most),
        quarters=tuple(_quarters(found, quarter_year)),
        quarter_year=quarter_year,
        goods=tuple(_goods(found, quarter_year)),
        savings=tuple(one for one in found.savings if not one.year),
        scenario=command.scenario is not None,
        unpriced=any(line.eur is None for line in found.lines),
    )


def lines_spec(key: str) -> ListSpec:
    """Every line of a comparison, for CSV and JSON."""
    return ListSpec(
        endpoint="cbam_compare.show",
        values={"key": key},
        filename="cbam-comparison",
        columns=(
            Column("year", _l("Year"), lambda r: r.year),
            Column("quarter", _l("Quarter"), lambda r: r.quarter),
            Column("good", _l("Good"), lambda r: r.name),
            Column("cn", _l("CN code"), lambda r: r.cn),
            Column("path", _l("Path"), lambda r: r.path.value),
            Column("tonnes", _l("Tonnes"), lambda r: plain(r.tonnes)),
            Column("see", "SEE", lambda r: plain(r.owed.see)),
            Column("sefa", "SEFA", lambda r: plain(r.owed.sefa)),
            Column("deduction", _l("Carbon price paid, deducted"), lambda r: plain(r.owed.deduction)),
            Column("certificates", _l("Certificates"), lambda r: plain(r.owed.certificates)),
            Column("price", _l("Price, EUR"), lambda r: plain(r.price.value)),
            Column("price_kind", _l("Kind of price"), lambda r: r.price.kind.value),
            Column("price_source", _l("Source of the price"), lambda r: r.price.source),
            Column("eur", "EUR", lambda r: plain(r.eur)),
            Column("draft", _l("Draft"), lambda r: "draft" if r.owed.draft else ""),
            Column("mark", _l("Mark"), lambda r: r.mark),
        ),
    )


def plain(value: Decimal | None) -> str:
    """A decimal without the zeros of a multiplication; empty for None."""
    if value is None:
        return ""
    made = f"{value:f}"
    return made.rstrip("0").rstrip(".") if "." in made else made


def _command(values: Mapping[str, str], goods: tuple[GoodResult, ...], key: str) -> Compare:
    """Raises Wrong with every field that will not do."""
    errors: dict[str, Any] = {}

    def read(name: str, kind: str, least: str = "0") -> Decimal | None:
        try:
            return figure(values, name, kind, least)
        except Wrong as wrong:
            errors.update(wrong.errors)
            return None

    annual = {good.id: read(tonnes_field(good.id), "tonnes") for good in goods}
    price, cost = read("price", "price"), read("cost", "cost")
    reference = read("paid_price", "paid_price", "0.000001")
    if values.get("draft") and reference is None:
        errors.setdefault("paid_price", SENTENCES["paid_price"])
    if price is not None and not values.get("scenario"):
        errors["scenario"] = _l("Give the scenario a name; it stands beside every amount.")
    if cost is not None and not values.get("cost_source"):
        errors["cost_source"] = _l("Say whose figure this is, such as a verifier's offer.")
    tonnes = {good: amount for good, amount in annual.items() if amount}
    if not tonnes and not errors:
        errors["goods"] = _l("Give the tonnes a year of at least one good.")
    if errors:
        raise Wrong(**errors)
    return Compare(
        installation_id=key,
        annual=tonnes,
        years=_span(values),
        scenario=Scenario(name=values["scenario"], flat=price) if price is not None else None,
        cost=VerificationCost(eur_per_year=cost, source=values["cost_source"]) if cost is not None else None,
        draft=DraftDeduction(reference=reference, source=values.get("paid_source", ""))
        if values.get("draft") and reference is not None
        else None,
    )


def _span(values: Mapping[str, str]) -> tuple[int, ...]:
    """Years asked for; what is none is left aside."""
    first, last = (
        int(values[name]) if values[name].isdigit() and int(values[name]) in YEARS else edge
        for name, edge in (("from", YEARS[0]), ("to", YEARS[-1]))
    )
    return tuple(range(min(first, last), max(first, last) + 1))


def _year(found: Comparison, year: int, most: Decimal) -> Row:
    totals = [found.total(path, year) for path in Path]
    return Row(str(year), "", totals[-1].tonnes, _cells(totals, most))


def _cells(totals: Iterable[Total], most: Decimal) -> tuple[Cell, ...]:
    listed = tuple(totals)
    least = min(one.certificates for one in listed)
    return tuple(
        Cell(
            one.path,
            one.certificates,
            one.eur,
            round(float(one.certificates / most) * BAR_WIDTH, 2),
            one.certificates == least,
        )
        for one in listed
    )


def _quarters(found: Comparison, year: int) -> Iterable[Row]:
    for quarter in (1, 2, 3, 4):
        lines = [one for one in found.lines if (one.year, one.quarter) == (year, quarter)]
        if not lines:
            continue
        totals = [_sum(lines, path, year) for path in Path]
        yield Row(quarter, "", totals[-1].tonnes, _cells(totals, Decimal(1)), lines[0].price)


def _sum(lines: Iterable[Line], path: Path, year: int) -> Total:
    own = [one for one in lines if one.path is path]
    amounts = [one.eur for one in own]
    zero = Decimal(0)
    return Total(
        path=path,
        year=year,
        tonnes=sum((one.tonnes for one in own), zero),
        embedded=sum((one.owed.embedded for one in own), zero),
        adjustment=sum((one.owed.adjustment for one in own), zero),
        certificates=sum((one.owed.certificates for one in own), zero),
        eur=None if None in amounts else sum((one for one in amounts if one is not None), zero),
    )


def _goods(found: Comparison, year: int) -> Iterable[GoodRow]:
    first = [one for one in found.lines if (one.year, one.quarter) == (year, 1)]
    for good in dict.fromkeys(one.good for one in first):
        lines = {one.path: one for one in first if one.good == good}
        some = next(iter(lines.values()))
        yield GoodRow(own(some.name), some.cn, tuple((path, lines.get(path)) for path in Path))
