"""Purchases of units, from the order to the last delivery: what was agreed, what came, what it costs.

Rules
1. A purchase is of one kind of instrument and in one currency; quantities are in the kind's unit (MWh or tCO2e) and
   multiples of its grain, prices in the currency a unit, without value added tax. A fee paid in another currency is
   entered at the rate of the bank's voucher, which the note names: no rate is invented here.
2. Deliveries are lots: what one Acquire entry of the buyer's own account brought. A lot is under one purchase only and
   of its kind. What counts as delivered is the quantity of the lots, never what anybody says was delivered.
3. Status follows from content: cancelled; else delivered when at least the expected quantity came; part-delivered when
   something came; contracted when there is a contract; else ordered.
4. Late: what was due before a day and had not come by it. The days of delivery are those of the Acquire entries.
5. Spent is price x delivered quantity, and the fees once something was delivered or invoiced; committed is what is
   still to come of an order that was not cancelled.

Example: ``progress(purchase, deliveries, date(2026, 11, 22)).missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from certificates.ledger.fields import Form, FormRefused
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.money import CURRENCIES, Money
from certificates.ledger.quantity import Quantity

FIRST_YEAR, LAST_YEAR = 2017, 2100
"""Budget years; green certificates began in 2017 (发改能源〔2017〕132号)."""


class PaperKind(StrEnum):
    """What a paper of a purchase is."""

    ORDER = "order"
    CONTRACT = "contract"
    INVOICE = "invoice"


class Status(StrEnum):
    """How far a purchase is (rule 3)."""

    ORDERED = "ordered"
    CONTRACTED = "contracted"
    PART_DELIVERED = "part-delivered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Paper:
    """An order, a contract or an invoice: its number and its date."""

    kind: PaperKind
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid besides the price, in the purchase's currency."""

    what: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """What was promised for a day, in the kind's unit."""

    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase (rules 1 and 2). ``lots`` are sequence numbers of Acquire entries; ``evidence`` SHA-256 of files."""

    title: str
    kind: Kind
    seller: str
    year: int
    expected: Decimal
    currency: str
    unit_price: Decimal
    broker: str = ""
    papers: tuple[Paper, ...] = ()
    fees: tuple[Fee, ...] = ()
    due: tuple[Due, ...] = ()
    evidence: tuple[str, ...] = ()
    lots: tuple[int, ...] = ()
    cancelled_on: date | None = None
    cancelled_because: str = ""
    note: str = ""

    @property
    def price(self) -> Money:
        """The price of one unit (MWh or tCO2e)."""
        return Money(self.unit_price, self.currency)

    @property
    def all_fees(self) -> Money:
        """The sum of the fees."""
        return sum((Money(one.amount, self.currency) for one in self.fees), Money(Decimal(0), self.currency))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A lot as the ledger has it: its Acquire entry, kind, quantity and day."""

    lot: int
    kind: Kind
    quantity: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """A purchase on a day. Quantities in the kind's unit; ``late_since`` the first promised day that was not kept,
    ``late`` how much of what was due is missing, ``next_due`` the next promised day that is not covered yet.
    """

    status: Status
    expected: Quantity
    delivered: Quantity
    missing: Quantity
    over: Quantity
    late: Quantity
    late_since: date | None
    next_due: date | None
    spent: Money
    committed: Money


# ---------- from a form ----------


def from_form(
    given: Mapping[str, Any], today: date, *, lots: tuple[int, ...] = (), kept: Purchase | None = None
) -> Purchase:
    """The purchase that a form describes; ``lots`` are those delivered under it and ``kept`` what it was before.

    Raises FormRefused with every problem.
    """
    form = Form(given)
    kind = form.choice("kind", Kind)
    made = {
        "title": form.text("title", needed=True),
        "seller": form.text("seller", needed=True),
        "broker": form.text("broker"),
        "year": form.whole("year", FIRST_YEAR, LAST_YEAR),
        "expected": form.decimal("expected"),
        "currency": form.one_of("currency", CURRENCIES, "not-a-currency"),
        "unit_price": form.decimal("unit_price"),
        "papers": _papers(form, today),
        "fees": tuple(
            Fee(one.text("what", needed=True), one.decimal("amount") or Decimal(0))
            for one in _finished(form.forms("fees"))
        ),
        "due": _due(form),
        "evidence": form.digests("evidence"),
        "note": form.text("note", most=2000),
    }
    form.finish()
    _quantities(form, kind, made["expected"], made["due"])
    if kept is not None and lots:
        if kind is not kept.kind:
            form.wrong("kind-has-lots", "kind")
        if made["currency"] != kept.currency:
            form.wrong("currency-fixed", "currency")
    if form.problems or kind is None:
        raise FormRefused(form.problems)
    return Purchase(kind=kind, lots=lots, **made)  # type: ignore[arg-type]  # a value is None only with a problem


def _finished(forms: Sequence[Form]) -> Iterable[Form]:
    """Each form, and when its fields were asked for, what it holds besides."""
    for one in forms:
        yield one
        one.finish()


def _papers(form: Form, today: date) -> tuple[Paper, ...]:
    """One order and one contract at most; no invoice number twice."""
    found: list[Paper] = []
    for place, one in enumerate(_finished(form.forms("papers")), 1):
        kind = one.choice("kind", PaperKind)
        number, on = one.text("number", needed=True), one.day("on", until=today)
        if kind is None or on is None:
            continue
        rivals = [paper for paper in found if paper.kind is kind]
        if any(kind is not PaperKind.INVOICE or number == paper.number for paper in rivals):
            form.wrong("paper-twice", f"papers.{place}.kind")
        found.append(Paper(kind, number, on))
    return tuple(found)


def _due(form: Form) -> tuple[Due, ...]:
    found = []
    for one in _finished(form.forms("due")):
        on, quantity = one.day("on"), one.decimal("quantity")
        if on is not None and quantity is not None:
            found.append(Due(on, quantity))
    return tuple(sorted(found, key=lambda one: one.on))


def _quantities(form: Form, kind: Kind | None, expected: Any, due: Any) -> None:
    if kind is None or expected is None:
        return
    rules = instrument(kind)
    for where, quantity in [
        ("expected", expected),
        *((f"due.{n}.quantity", d.quantity) for n, d in enumerate(due, 1)),
    ]:
        if quantity <= 0:
            form.wrong("not-positive", where)
        elif quantity % rules.grain:
            form.wrong("not-whole-units", where, grain=f"{rules.grain:f}", unit=rules.unit.value)
    promised = sum((one.quantity for one in due), Decimal(0))
    if due and promised != expected:
        form.wrong("due-differs", "due", sum=f"{promised:f}", expected=f"{expected:f}")


# ---------- how far it is ----------


def progress(purchase: Purchase, deliveries: Iterable[Delivery], on: date) -> Progress:
    """The purchase at the end of a day, with the lots that had come by then (rules 3 to 5)."""
    unit = instrument(purchase.kind).unit
    came = sum((one.quantity for one in delivered_under(purchase, deliveries) if one.on <= on), Decimal(0))
    status = _status(purchase, came)
    waiting = status is not Status.CANCELLED
    missing = max(purchase.expected - came, Decimal(0)) if waiting else Decimal(0)
    unkept = list(_unkept(purchase, came)) if waiting else []
    past = [(day, lacking) for day, lacking in unkept if day < on]
    spent, committed = _money(purchase, came, missing)
    return Progress(
        status=status,
        expected=Quantity(purchase.expected, unit),
        delivered=Quantity(came, unit),
        missing=Quantity(missing, unit),
        over=Quantity(max(came - purchase.expected, Decimal(0)), unit),
        late=Quantity(past[-1][1] if past else Decimal(0), unit),
        late_since=past[0][0] if past else None,
        next_due=next((day for day, _ in unkept if day >= on), None),
        spent=spent,
        committed=committed,
    )


def delivered_under(purchase: Purchase, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries that are of this purchase."""
    wanted = set(purchase.lots)
    return [one for one in deliveries if one.lot in wanted]


def _status(purchase: Purchase, came: Decimal) -> Status:
    """Rule 3."""
    if purchase.cancelled_on is not None:
        return Status.CANCELLED
    if came >= purchase.expected:
        return Status.DELIVERED
    if came:
        return Status.PART_DELIVERED
    contract = any(one.kind is PaperKind.CONTRACT for one in purchase.papers)
    return Status.CONTRACTED if contract else Status.ORDERED


def _unkept(purchase: Purchase, came: Decimal) -> Iterable[tuple[date, Decimal]]:
    """Promised days that the delivered quantity does not cover, with what lacks on each, in order."""
    promised = Decimal(0)
    for one in purchase.due:
        promised += one.quantity
        if promised > came:
            yield one.on, promised - came


def _money(purchase: Purchase, came: Decimal, missing: Decimal) -> tuple[Money, Money]:
    """Rule 5: spent and committed."""
    spent, committed = purchase.price.times(came), purchase.price.times(missing)
    invoiced = any(one.kind is PaperKind.INVOICE for one in purchase.papers)
    if came or invoiced:
        return spent + purchase.all_fees, committed
    if purchase.cancelled_on is None:
        committed = committed + purchase.all_fees
    return spent, committed
