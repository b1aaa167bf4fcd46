"""Green power in footprints: kWh of a site and a period against units that were retired for them.

Rules
1. A balance is of one site and period (both days included) and has one target: a line of an inventory, whose
   electricity was bought by contract, or the organisation's own electricity account.
2. Only units in MWh that are retired, in the consumer's name (its code, or where none was given its name), for
   electricity use, cover anything; whole positions, each once in the whole ledger. Units used for a product are used
   for that product only: in the organisation's account its kWh stay uncovered. That is our own, cautious reading (mark
   D): it overstates the account rather than showing one unit twice.
3. Market and time (GHG Protocol Scope 2 Guidance, table 7.1, criteria 4 to 6): generated in the country of the site, in
   a month of the period or at most twelve months before its end; retired for a period that holds the balance's or lies
   in it; not expired when retired. How long is data (``power.toml``), with source and mark.
4. Proof (notice 1044 of 2023): in China a certificate is the only proof of renewable power, so a contract alone covers
   none; it may cover power of technologies for which no certificate exists.
5. kWh: covered = min(allocated, consumption), uncovered = consumption - covered, exactly. No unit may be left over: a
   position with units that could stay out is refused with their number.
6. A line of a product is covered by units of the technology of its dataset only; its covered kWh take that dataset's
   own life-cycle factor, never zero (GB/T 24067; ISO 14067, 6.4.9.4), and kWh that are not covered are grid
   electricity and belong in a line of that source.
7. What an organisation emits is told in ``certificates.ledger.scope2``; life-cycle factors never enter there.

Example: ``cover(balance, units).uncovered``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from certificates.ledger.entries import Purpose, Retire
from certificates.ledger.fields import FieldProblem, Form, FormRefused
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.positions import State
from certificates.ledger.quantity import Unit as Measure
from certificates.ledger.technologies import rules, technology

KWH_PER_MWH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """kWh of a site and period, what proves them (SHA-256), and the positions allocated to them.

    ``inventory`` and ``line`` are both empty for the organisation's own account. ``place`` is a code such as CN-JS.
    """

    site: str
    place: str
    period_start: date
    period_end: date
    consumption_kwh: Decimal
    evidence: tuple[str, ...]
    inventory: str = ""
    line: str = ""
    positions: tuple[str, ...] = ()
    note: str = ""

    @property
    def market(self) -> str:
        """The country of the place, or the place itself where its grid is a market of its own."""
        return (
            self.place if self.place in rules()["matching"]["own_markets"] else self.place.partition("-")[0]
        )

    @property
    def title(self) -> str:
        """What lists call it."""
        return f"{self.site} {self.period_start} – {self.period_end}"

    def overlaps(self, other: Balance) -> bool:
        """True when a day is in both periods."""
        return self.period_start <= other.period_end and other.period_start <= self.period_end


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who consumes: the names it goes by and, in China, its unified social credit code."""

    names: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A position as the ledger has it, with the entry that retired it; ``is_open`` is False once an entry closed it."""

    position: str
    kind: Kind
    count: int
    state: State
    is_open: bool
    country: str
    technology: str
    vintage_start: date
    vintage_end: date
    expires_on: date | None
    retirement: Retire | None
    used_by: str = ""

    @property
    def kwh(self) -> Decimal:
        """What it covers; nothing where it does not count electricity."""
        quantity = instrument(self.kind).quantity(self.count)
        return quantity.amount * KWH_PER_MWH if quantity.unit is Measure.MWH else Decimal(0)


@dataclass(frozen=True, slots=True)
class Cover:
    """kWh of a balance (rule 5)."""

    consumption: Decimal
    allocated: Decimal
    covered: Decimal
    uncovered: Decimal


# ---------- from a form ----------


def from_form(given: Mapping[str, Any], today: date, *, positions: tuple[str, ...] = ()) -> Balance:
    """The balance that a form describes, with the positions allocated so far. Raises FormRefused with every problem."""
    form = Form(given)
    start, end = form.day("period_start", until=today), form.day("period_end", until=today)
    consumption = form.decimal("consumption_kwh")
    made = {
        "site": form.text("site", needed=True),
        "place": form.text("place", needed=True),
        "evidence": form.digests("evidence", needed=True),
        "inventory": form.text("inventory"),
        "line": form.text("line"),
        "note": form.text("note", most=2000),
    }
    form.finish()
    if consumption is not None and not consumption:
        form.wrong("not-positive", "consumption_kwh")
    if bool(made["inventory"]) != bool(made["line"]):
        form.wrong("line-without-inventory", "line")
    if start is not None and end is not None:
        if end < start:
            form.wrong("period-backwards", "period_end")
        elif not made["inventory"] and start.year != end.year:
            form.wrong("two-years", "period_end")
    if form.problems or start is None or end is None or consumption is None:
        raise FormRefused(form.problems)
    return Balance(
        period_start=start,
        period_end=end,
        consumption_kwh=consumption,
        positions=positions,
        **made,  # type: ignore[arg-type]
    )


# ---------- which units cover ----------


def unit_problems(
    balance: Balance, unit: Retired, consumer: Consumer, dossier: str = ""
) -> Iterator[FieldProblem]:
    """Why a unit covers nothing of the balance, which is stored as ``dossier`` (rules 2 to 4); all reasons."""
    if instrument(unit.kind).unit is not Measure.MWH:
        yield _problem("unit-no-electricity", unit)
        return
    if unit.used_by not in ("", dossier):
        yield _problem("unit-used", unit)
    if unit.state is not State.RETIRED or not unit.is_open or unit.retirement is None:
        yield _problem("unit-not-retired", unit)
        return
    yield from _retirement(balance, unit, unit.retirement, consumer)
    yield from _generation(balance, unit)
    if not proves(unit.kind, unit.country, unit.technology):
        yield _problem("unit-no-proof", unit, country=unit.country)
    if not balance.line and not _emits_nothing(unit):
        yield _problem("unit-emits", unit, technology=unit.technology or "—")


def _retirement(
    balance: Balance, unit: Retired, retirement: Retire, consumer: Consumer
) -> Iterator[FieldProblem]:
    """Rules 2 and 3: in whose name, for what, for when."""
    beneficiary = retirement.beneficiary
    if not _is_named(beneficiary.name, beneficiary.code, consumer):
        yield _problem("unit-other-beneficiary", unit, beneficiary=beneficiary.name)
    if retirement.purpose is not Purpose.ELECTRICITY_USE:
        yield _problem("unit-other-purpose", unit, purpose=retirement.purpose.value)
    mine, its = (balance.period_start, balance.period_end), (retirement.period_start, retirement.period_end)
    if not (_within(mine, its) or _within(its, mine)):
        days = {"start": its[0].isoformat(), "end": its[1].isoformat()}
        yield _problem("unit-other-period", unit, **days)
    if unit.expires_on is not None and retirement.on > unit.expires_on:
        yield _problem("unit-expired", unit, expires=unit.expires_on.isoformat())


def _generation(balance: Balance, unit: Retired) -> Iterator[FieldProblem]:
    """Rule 3: where and when it was generated."""
    if unit.country != balance.market:
        yield _problem("unit-other-market", unit, country=unit.country or "—", place=balance.place)
    first, last = generation_window(balance)
    if unit.vintage_start < first or unit.vintage_end > last:
        generated = f"{unit.vintage_start} – {unit.vintage_end}"
        days = {"generated": generated, "first": first.isoformat(), "last": last.isoformat()}
        yield _problem("unit-other-generation", unit, **days)


def generation_window(balance: Balance) -> tuple[date, date]:
    """The first and the last day of the months in which units for a balance may have been generated (rule 3)."""
    end = balance.period_end
    months = end.year * 12 + end.month - rules()["matching"]["months"]
    earliest = date(months // 12, months % 12 + 1, 1)
    following = date(end.year + end.month // 12, end.month % 12 + 1, 1)
    return min(balance.period_start.replace(day=1), earliest), following - timedelta(days=1)


def _is_named(name: str, code: str, consumer: Consumer) -> bool:
    if code and consumer.code:
        return code.strip().upper() == consumer.code.strip().upper()
    return _plain(name) in {_plain(one) for one in consumer.names}


def _plain(name: str) -> str:
    return " ".join(name.replace("（", "(").replace("）", ")").split()).casefold()


def _within(inner: tuple[date, date], outer: tuple[date, date]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def proves(kind: Kind, country: str, generated_by: str) -> bool:
    """Rule 4: False where units prove nothing of how electricity was generated; a contract of unknown technology
    proves nothing either.
    """
    named = technology(generated_by)
    return not any(
        country == rule["country"] and kind in rule["kinds"] and (not named or named in rule["technologies"])
        for rule in rules()["only_proof"]
    )


def _emits_nothing(unit: Retired) -> bool:
    renewable = unit.kind in rules()["renewable"]["kinds"]
    return renewable or technology(unit.technology) in rules()["no_direct_emissions"]["technologies"]


def _problem(code: str, unit: Retired, **values: str) -> FieldProblem:
    return FieldProblem(code, "positions", {"position": unit.position} | values)


# ---------- how many kWh ----------


def cover(balance: Balance, units: Iterable[Retired]) -> Cover:
    """kWh allocated, covered and not covered by units that may cover the balance (rule 5)."""
    allocated = sum((one.kwh for one in units), Decimal(0))
    covered = min(allocated, balance.consumption_kwh)
    return Cover(balance.consumption_kwh, allocated, covered, balance.consumption_kwh - covered)


def too_many(balance: Balance, units: Sequence[Retired]) -> Iterator[FieldProblem]:
    """Rule 5: kinds with units that could stay out while everything stays covered, with how many."""
    excess = cover(balance, units).allocated - balance.consumption_kwh
    counts: dict[Kind, int] = {}
    for unit in units:
        counts[unit.kind] = counts.get(unit.kind, 0) + unit.count
    for kind, count in sorted(counts.items()):
        grain = instrument(kind).grain * KWH_PER_MWH
        spare = min(count, int(excess // grain)) if excess > 0 else 0
        if spare:
            yield FieldProblem("units-too-many", "positions", {"count": str(spare), "kind": kind.value})


def allocation_problems(
    balance: Balance, units: Sequence[Retired], consumer: Consumer, dossier: str = ""
) -> list[FieldProblem]:
    """Everything against allocating exactly these units to a balance (rules 2 to 5)."""
    found: list[FieldProblem] = []
    seen: set[str] = set()
    for unit in units:
        if unit.position in seen:
            found.append(_problem("unit-twice", unit))
        seen.add(unit.position)
        found += unit_problems(balance, unit, consumer, dossier)
    return found + list(too_many(balance, units))
