"""Purchases: forms with all their problems, what came and what is late, what it costs; worked by hand."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.canonical import canonical_bytes
from certificates.ledger import costs, records
from certificates.ledger.costs import Plan
from certificates.ledger.fields import FieldProblem, FormRefused, texts
from certificates.ledger.instruments import Kind
from certificates.ledger.money import CURRENCIES, CurrenciesMix, Money, totals
from certificates.ledger.purchases import Delivery, Purchase, Status, from_form, progress

TODAY = date(2026, 11, 22)
FORM = {
    "title": "绿证 2026",
    "kind": "gec",
    "seller": "演示风电",
    "broker": "演示中介",
    "year": "2026",
    "expected": "100",
    "currency": "CNY",
    "unit_price": "5.5",
    "papers": [
        {"kind": "order", "number": "O-1", "on": "2026-01-05"},
        {"kind": "contract", "number": "C-1", "on": "2026-01-20"},
        {"kind": "invoice", "number": "I-1", "on": "2026-02-01"},
    ],
    "fees": [{"what": "中介费", "amount": "30"}],
    "due": [{"on": "2026-03-31", "quantity": "60"}, {"on": "2026-09-30", "quantity": "40"}],
    "evidence": ["a" * 64],
    "note": "框架合同",
}
CREDITS = FORM | {"kind": "vcs", "currency": "USD", "unit_price": "4", "fees": [], "due": [], "papers": []}


def bought(form=FORM, *, lots=(), **changes):
    return from_form(form | changes, TODAY, lots=lots)


def came(lot, quantity, on, kind=Kind.GEC):
    return Delivery(lot, kind, Decimal(quantity), date.fromisoformat(on))


def refused(form, **more):
    with pytest.raises(FormRefused) as refusal:
        from_form(form, TODAY, **more)
    for problem in refusal.value.problems:
        assert problem.sentence("zh") and problem.sentence("en")
    return {(one.where, one.code) for one in refusal.value.problems}


def test_a_purchase_reads_back_from_its_stored_form():
    purchase = bought(lots=(3, 7))
    stored = records.plain(purchase)
    assert records.read(Purchase, json.loads(canonical_bytes(stored))) == purchase
    assert (purchase.price, purchase.all_fees) == (Money(Decimal("5.5"), "CNY"), Money(Decimal(30), "CNY"))


REFUSED = [
    ({"title": " "}, ("title", "needed")),
    ({"kind": "gold"}, ("kind", "not-one-of")),
    ({"seller": ""}, ("seller", "needed")),
    ({"year": "1999"}, ("year", "not-from-to")),
    ({"year": "2026.5"}, ("year", "not-from-to")),
    ({"expected": "1,000"}, ("expected", "not-a-number")),
    ({"expected": 100.0}, ("expected", "not-a-number")),
    ({"expected": "0", "due": []}, ("expected", "not-positive")),
    ({"expected": "1.5", "due": []}, ("expected", "not-whole-units")),
    ({"unit_price": "-1"}, ("unit_price", "not-a-number")),
    ({"unit_price": "1e3"}, ("unit_price", "not-a-number")),
    ({"unit_price": ""}, ("unit_price", "needed")),
    ({"currency": "RMB"}, ("currency", "not-a-currency")),
    ({"papers": [FORM["papers"][0], FORM["papers"][0]]}, ("papers.2.kind", "paper-twice")),
    ({"papers": [FORM["papers"][2], FORM["papers"][2]]}, ("papers.2.kind", "paper-twice")),
    ({"papers": [{"kind": "order", "number": "1", "on": "2026-11-23"}]}, ("papers.1.on", "day-in-future")),
    ({"papers": [{"kind": "order", "number": "1", "on": "2026-02-30"}]}, ("papers.1.on", "not-a-day")),
    (
        {"papers": [{"kind": "order", "number": "1", "on": "2026-01-01", "x": "1"}]},
        ("papers.1.x", "no-such-field"),
    ),
    ({"papers": "O-1"}, ("papers", "not-a-list")),
    ({"papers": ["O-1"]}, ("papers.1", "not-a-form")),
    ({"fees": [{"what": "", "amount": "3"}]}, ("fees.1.what", "needed")),
    ({"due": [{"on": "2026-03-31", "quantity": "99"}]}, ("due", "due-differs")),
    ({"due": [{"on": "2026-03-31", "quantity": "0"}]}, ("due.1.quantity", "not-positive")),
    ({"evidence": ["A" * 64]}, ("evidence.1", "not-a-digest")),
    ({"evidence": ["a" * 64, "a" * 64]}, ("evidence.2", "twice")),
    ({"title": "x" * 201}, ("title", "text-too-long")),
    ({"title": 7}, ("title", "not-a-text")),
    ({"prise": "5"}, ("prise", "no-such-field")),
    ({"lots": "7"}, ("lots", "no-such-field")),
]


@pytest.mark.parametrize(("changes", "problem"), REFUSED)
def test_a_form_is_refused_by_its_rule(changes, problem):
    assert problem in refused(FORM | changes)


def test_all_problems_are_told_at_once():
    assert refused({"kind": "gec"}) == {
        (name, "needed") for name in ("title", "seller", "year", "expected", "currency", "unit_price")
    }


def test_kind_and_currency_stay_once_lots_came():
    kept = bought(lots=(3,))
    found = refused(FORM | {"kind": "i-rec", "currency": "EUR"}, lots=(3,), kept=kept)
    assert found == {("kind", "kind-has-lots"), ("currency", "currency-fixed")}
    assert from_form(FORM | {"kind": "i-rec"}, TODAY, kept=kept).kind is Kind.I_REC


def test_every_rule_has_both_sentences_with_the_same_words():
    rules = tomllib.loads(
        resources.files("certificates.ledger").joinpath("fields.toml").read_text(encoding="utf-8")
    )["rules"]
    for code, told in rules.items():
        words = [{name for _, name, _, _ in Formatter().parse(told[lang]) if name} for lang in ("zh", "en")]
        assert words[0] == words[1], code
    assert FieldProblem("needed", "due.2.quantity").sentence("en").startswith("Quantity 2 ")
    assert texts()["labels"].keys() >= FORM.keys()


# 60 were due on 31 March and 40 on 30 September; 50 came on 20 March, 30 on 5 April, 30 on 1 October.
LOTS = (came(3, 50, "2026-03-20"), came(7, 30, "2026-04-05"), came(9, 30, "2026-10-01"))
DAYS = [
    ("2026-03-19", "contracted", 0, 100, 0, None, "2026-03-31", "30", "550"),
    ("2026-03-20", "part-delivered", 50, 50, 0, None, "2026-03-31", "305", "275"),
    ("2026-03-31", "part-delivered", 50, 50, 0, None, "2026-03-31", "305", "275"),
    ("2026-04-01", "part-delivered", 50, 50, 10, "2026-03-31", "2026-09-30", "305", "275"),
    ("2026-04-05", "part-delivered", 80, 20, 0, None, "2026-09-30", "470", "110"),
    ("2026-10-01", "delivered", 110, 0, 0, None, None, "635", "0"),
]


@pytest.mark.parametrize(
    ("on", "status", "delivered", "missing", "late", "since", "due", "spent", "open_"), DAYS
)
def test_a_purchase_day_by_day(on, status, delivered, missing, late, since, due, spent, open_):
    found = progress(bought(lots=(3, 7, 9)), LOTS, date.fromisoformat(on))
    assert (found.status, found.delivered.amount, found.missing.amount) == (status, delivered, missing)
    assert (found.late.amount, str(found.late_since or ""), str(found.next_due or "")) == (
        late,
        since or "",
        due or "",
    )
    assert (found.spent.amount, found.committed.amount) == (Decimal(spent), Decimal(open_))
    assert found.over.amount == max(delivered - 100, 0)


@pytest.mark.parametrize(
    ("papers", "lots", "status"),
    [([], (), "ordered"), (FORM["papers"][:1], (), "ordered"), (FORM["papers"], (), "contracted")],
)
def test_status_follows_from_content(papers, lots, status):
    assert progress(bought(papers=papers, lots=lots), (), TODAY).status == status


def test_a_cancelled_purchase_waits_for_nothing_and_keeps_what_came():
    purchase = records.read(Purchase, records.plain(bought(lots=(3,))) | {"cancelled_on": "2026-04-01"})
    found = progress(purchase, LOTS, TODAY)
    assert (found.status, found.late.amount, found.committed.amount) == (Status.CANCELLED, 0, 0)
    assert (found.delivered.amount, found.spent) == (50, Money(Decimal(305), "CNY"))


def test_fees_of_an_order_without_invoice_are_committed():
    found = progress(bought(papers=[]), (), TODAY)
    assert (found.spent.amount, found.committed.amount) == (0, 580)


def test_cost_of_a_lot_is_price_and_share_of_the_fees():
    # 5.5 + 30 / 100 while less came; 5.5 + 30 / 110 when more did.
    part, all_ = bought(lots=(3, 7)), bought(lots=(3, 7, 9))
    assert costs.costs([(part, LOTS)]) == dict.fromkeys((3, 7), Money(Decimal("5.8"), "CNY"))
    assert costs.costs([(all_, LOTS)])[9] == Money(Decimal("5.772727"), "CNY")
    assert costs.costs([(bought(), LOTS)]) == {}


def test_averages_are_weighted_and_keep_currencies_apart():
    # 50 at 5.5 + 0.3, 30 at 7: (290 + 210) / 80 = 6.25 CNY; 10 at 4 USD stand alone.
    first, second = bought(lots=(3,)), bought(lots=(7,), unit_price="7", fees=[])
    credits = bought(CREDITS, lots=(20,))
    found = costs.averages(
        [(first, LOTS), (second, LOTS), (credits, (came(20, 10, "2026-05-01", Kind.VCS),)), (bought(), LOTS)]
    )
    assert [(one.kind, str(one.cost), str(one.delivered)) for one in found] == [
        (Kind.GEC, "6.25 CNY", "80 MWh"),
        (Kind.VCS, "4 USD", "10 tCO2e"),
    ]


def test_a_budget_row_is_a_year_a_kind_and_a_currency():
    purchase, dollars = bought(lots=(3,)), bought(FORM | {"currency": "USD"})
    states = [(one, progress(one, LOTS, TODAY)) for one in (purchase, purchase, dollars)]
    rows = costs.budget(
        [Plan(2026, Kind.GEC, Decimal(1000), "CNY"), Plan(2027, Kind.GEC, Decimal(5), "EUR")], states
    )
    assert [
        (row.year, str(row.spent), str(row.committed), str(row.planned or "—"), str(row.left or "—"))
        for row in rows
    ] == [
        (2026, "610.0 CNY", "550.0 CNY", "1000 CNY", "-160.0 CNY"),
        (2026, "30.0 USD", "550.0 USD", "—", "—"),
        (2027, "0 EUR", "0 EUR", "5 EUR", "5 EUR"),
    ]


def test_a_plan_is_read_from_its_form():
    form = {"year": "2026", "kind": "gec", "currency": "CNY", "amount": "1000"}
    assert costs.plan_from_form(form) == Plan(2026, Kind.GEC, Decimal(1000), "CNY")
    with pytest.raises(FormRefused):
        costs.plan_from_form(form | {"amount": "-1"})


# ---------- money ----------

AMOUNTS = st.decimals(0, 10**15, places=6, allow_nan=False)
MONEY = st.builds(Money, AMOUNTS, st.sampled_from(["CNY", "EUR", "USD"]))


@given(st.lists(MONEY, max_size=8))
def test_sums_never_cross_a_currency_and_are_exact(amounts):
    found = {one.currency: one.amount for one in totals(amounts)}
    for currency in ("CNY", "EUR", "USD"):
        exact = sum(Fraction(one.amount) for one in amounts if one.currency == currency)
        assert Fraction(found.get(currency, Decimal(0))) == exact


@given(MONEY, MONEY, AMOUNTS)
def test_currencies_never_mix(one, other, quantity):
    assert Fraction(one.times(quantity).amount) == Fraction(one.amount) * Fraction(quantity)
    if one.currency == other.currency:
        assert (one + other) - other == one
        return
    for act in (lambda: one + other, lambda: one - other, lambda: one < other):
        with pytest.raises(CurrenciesMix):
            act()


@pytest.mark.parametrize(("amount", "currency"), [(1.5, "CNY"), (Decimal("NaN"), "CNY"), (Decimal(1), "RMB")])
def test_money_is_a_finite_decimal_of_a_known_currency(amount, currency):
    with pytest.raises((TypeError, ValueError)):
        Money(amount, currency)
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 400)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 400)), max_size=6),
    st.integers(0, 400),
)
def test_delivered_and_missing_make_up_what_was_expected_or_more(due, lots, day):
    start = date(2026, 1, 1).toordinal()
    dates = [{"on": date.fromordinal(start + d).isoformat(), "quantity": str(q)} for q, d in due]
    deliveries = [came(n, q, date.fromordinal(start + d).isoformat()) for n, (q, d) in enumerate(lots, 1)]
    purchase = bought(expected=str(sum(q for q, _ in due)), due=dates, lots=tuple(range(1, len(lots) + 1)))
    found = progress(purchase, deliveries, date.fromordinal(start + day))
    assert found.delivered + found.missing == found.expected + found.over
    assert found.late <= found.missing
    assert (found.late_since is None) == (not found.late)
    assert (
        found.spent.amount + found.committed.amount
        == purchase.unit_price * max(found.expected.amount, found.delivered.amount) + purchase.all_fees.amount
    )
