"""Green power: which units cover which kWh, line by line, and what an organisation emits; worked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.canonical import canonical_bytes
from certificates.ledger import power, records, scope2
from certificates.ledger.entries import Beneficiary, Purpose, Retire
from certificates.ledger.fields import FormRefused
from certificates.ledger.instruments import Kind
from certificates.ledger.positions import State
from certificates.ledger.power import Balance, Consumer, Cover, Retired, cover, from_form
from certificates.ledger.power_lines import Allocated, Need, line_cover, target_problems
from certificates.ledger.scope2 import Factor
from certificates.ledger.spans import Span
from certificates.ledger.technologies import rules, technology

TODAY = date(2026, 11, 22)
FORM = {
    "site": "一厂",
    "place": "CN-JS",
    "period_start": "2026-01-01",
    "period_end": "2026-06-30",
    "consumption_kwh": "2500",
    "evidence": ["e" * 64],
}
CONSUMER = Consumer(("演示铝业", "Demo Aluminium"), "91320200X")
RETIREMENT = Retire(
    on=date(2026, 7, 10),
    account="acct",
    span=Span("gec:1", 1, 1),
    beneficiary=Beneficiary("演示铝业", "91320200X"),
    purpose=Purpose.ELECTRICITY_USE,
    period_start=date(2026, 1, 1),
    period_end=date(2026, 12, 31),
)


def balance(**changes) -> Balance:
    return from_form(FORM | changes, TODAY)


def unit(count=1, key="9.0", **changes) -> Retired:
    retired = {name: changes.pop(name) for name in list(changes) if name in Retire.__dataclass_fields__}
    made = Retired(
        position=key,
        kind=Kind.GEC,
        count=count,
        state=State.RETIRED,
        is_open=True,
        country="CN",
        technology="风电",
        vintage_start=date(2026, 3, 1),
        vintage_end=date(2026, 3, 31),
        expires_on=date(2028, 2, 29),
        retirement=replace(RETIREMENT, **retired),
    )
    return replace(made, **changes)


def codes(target: Balance, one: Retired, dossier="") -> list[str]:
    found = list(power.unit_problems(target, one, CONSUMER, dossier))
    assert all(problem.sentence("zh") and problem.sentence("en") for problem in found)
    return [problem.code for problem in found]


# ---------- forms ----------

REFUSED = [
    ({"site": ""}, ("site", "needed")),
    ({"consumption_kwh": "0"}, ("consumption_kwh", "not-positive")),
    ({"consumption_kwh": 2500.5}, ("consumption_kwh", "not-a-number")),
    ({"period_end": "2025-12-31"}, ("period_end", "period-backwards")),
    ({"period_start": "2025-12-31"}, ("period_end", "two-years")),
    ({"period_end": "2026-12-31"}, ("period_end", "day-in-future")),
    ({"evidence": []}, ("evidence", "needed")),
    ({"inventory": "i"}, ("line", "line-without-inventory")),
    ({"positions": ["1.0"]}, ("positions", "no-such-field")),
]


@pytest.mark.parametrize(("changes", "problem"), REFUSED)
def test_a_form_is_refused_by_its_rule(changes, problem):
    with pytest.raises(FormRefused) as refusal:
        balance(**changes)
    assert problem in {(one.where, one.code) for one in refusal.value.problems}


def test_a_balance_reads_back_from_its_stored_form():
    made = replace(balance(inventory="i", line="E1"), positions=("9.0",))
    assert records.read(Balance, json.loads(canonical_bytes(records.plain(made)))) == made


# ---------- which units ----------

ANNUAL = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
UNITS = [
    ({}, []),
    ({"kind": Kind.VCS}, ["unit-no-electricity"]),
    ({"state": State.HELD}, ["unit-not-retired"]),
    ({"state": State.FROZEN}, ["unit-not-retired"]),
    ({"is_open": False}, ["unit-not-retired"]),
    ({"retirement": None}, ["unit-not-retired"]),
    ({"used_by": "another"}, ["unit-used"]),
    ({"used_by": "this"}, []),
    ({"beneficiary": Beneficiary("演示钢铁", "")}, ["unit-other-beneficiary"]),
    ({"beneficiary": Beneficiary("演示铝业", "OTHER")}, ["unit-other-beneficiary"]),
    ({"beneficiary": Beneficiary("他名", "91320200x")}, []),
    ({"beneficiary": Beneficiary("demo  aluminium", "")}, []),
    ({"purpose": Purpose.NEUTRALISATION}, ["unit-other-purpose"]),
    (ANNUAL, ["unit-other-period"]),
    ({"period_start": date(2026, 2, 1), "period_end": date(2026, 2, 28)}, []),
    ({"period_start": date(2026, 6, 1), "period_end": date(2026, 7, 31)}, ["unit-other-period"]),
    ({"on": date(2028, 3, 1)}, ["unit-expired"]),
    ({"country": "VN"}, ["unit-other-market"]),
    ({"country": ""}, ["unit-other-market"]),
    ({"vintage_start": date(2025, 7, 1), "vintage_end": date(2025, 7, 31)}, []),
    ({"vintage_start": date(2025, 6, 1), "vintage_end": date(2025, 6, 30)}, ["unit-other-generation"]),
    ({"vintage_start": date(2026, 6, 1), "vintage_end": date(2026, 6, 30)}, []),
    ({"vintage_start": date(2026, 7, 1), "vintage_end": date(2026, 7, 31)}, ["unit-other-generation"]),
    ({"kind": Kind.POWER_CONTRACT}, ["unit-no-proof"]),
    ({"kind": Kind.POWER_CONTRACT, "technology": ""}, ["unit-no-proof", "unit-emits"]),
    ({"kind": Kind.POWER_CONTRACT, "technology": "核电"}, []),
    ({"kind": Kind.POWER_CONTRACT, "technology": "燃煤发电"}, ["unit-emits"]),
    ({"kind": Kind.I_REC, "technology": ""}, ["unit-emits"]),
    ({"technology": ""}, []),
    (
        {"country": "DE", "purpose": Purpose.OTHER, "used_by": "x"},
        ["unit-used", "unit-other-purpose", "unit-other-market"],
    ),
]


@pytest.mark.parametrize(("changes", "problems"), UNITS)
def test_what_covers_a_balance(changes, problems):
    assert codes(balance(), unit(**changes), dossier="this") == problems


def test_fossil_power_by_contract_covers_a_line_of_a_product_but_no_account():
    coal = unit(kind=Kind.POWER_CONTRACT, technology="coal", expires_on=None)
    assert codes(balance(inventory="i", line="E1"), coal) == []


@pytest.mark.parametrize(
    ("place", "country", "fits"), [("CN", "CN", True), ("CN-HK", "CN", False), ("DE", "DE", True)]
)
def test_a_market_is_a_country_or_a_place_with_its_own_grid(place, country, fits):
    assert (codes(balance(place=place), unit(country=country)) == []) is fits


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-01-01", "2026-06-30", "2025-07-01", "2026-06-30"),
        ("2026-02-10", "2026-02-15", "2025-03-01", "2026-02-28"),
        ("2025-12-01", "2025-12-31", "2025-01-01", "2025-12-31"),
    ],
)
def test_the_window_of_generation_is_twelve_months_to_the_end(start, end, first, last):
    found = power.generation_window(balance(period_start=start, period_end=end))
    assert [day.isoformat() for day in found] == [first, last]


def test_every_rule_kept_as_data_has_source_and_mark():
    kept = [rules()[name] for name in ("matching", "renewable", "no_direct_emissions")]
    assert all(one["source"] and one["mark"] in "PSMD" for one in [*kept, *rules()["only_proof"]])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("风电", "wind"),
        ("Offshore Wind", "wind"),
        ("太阳能光伏发电", "photovoltaic"),
        ("pv", "photovoltaic"),
        ("concentrating solar", "concentrating-solar"),
        ("太阳能光热", "concentrating-solar"),
        ("landfill gas", "biomass"),
        ("natural gas", "gas"),
        ("hydro", "hydro"),
        ("wind and solar", ""),
        ("grid mix", ""),
        ("supervision", ""),
        ("", ""),
    ],
)
def test_technologies_are_recognised_by_words(text, named):
    assert technology(text) == named


# ---------- how many kWh ----------

COVERS = [
    ("2500", [2], "2000", "500", {}),
    ("2500", [3], "2500", "0", {}),
    ("2500", [3, 1], "2500", "0", {"gec": "1"}),
    ("2500", [7], "2500", "0", {"gec": "4"}),
    ("2000", [2], "2000", "0", {}),
    ("2000.000001", [3], "2000.000001", "0", {}),
    ("0.5", [1], "0.5", "0", {}),
]


@pytest.mark.parametrize(("kwh", "counts", "covered", "uncovered", "spare"), COVERS)
def test_covered_and_uncovered_kwh(kwh, counts, covered, uncovered, spare):
    target = balance(consumption_kwh=kwh)
    units = [unit(count, key=f"{n}.0") for n, count in enumerate(counts, 1)]
    found = cover(target, units)
    assert (found.covered, found.uncovered) == (Decimal(covered), Decimal(uncovered))
    assert {one.values["kind"]: one.values["count"] for one in power.too_many(target, units)} == spare


def test_no_kind_may_have_units_left_over():
    # 1,500 kWh: one certificate and 500 contract units are exact; a second certificate makes the 500 superfluous.
    contract = unit(500, key="2.0", kind=Kind.POWER_CONTRACT, technology="nuclear")
    target = balance(consumption_kwh="1500")
    assert list(power.too_many(target, [unit(1), contract])) == []
    spare = list(power.too_many(target, [unit(2), contract]))
    assert [one.values for one in spare] == [
        {"count": "1", "kind": "gec"},
        {"count": "500", "kind": "power-contract"},
    ]


def test_a_position_stands_once():
    found = power.allocation_problems(balance(), [unit(), unit()], CONSUMER)
    assert [one.code for one in found] == ["unit-twice"]


KWH = st.decimals("0.000001", 10**7, places=6, allow_nan=False)
COUNTS = st.lists(st.integers(1, 4000), max_size=6)


@given(KWH, COUNTS)
def test_covered_and_uncovered_are_the_consumption_exactly(kwh, counts):
    target = replace(balance(), consumption_kwh=kwh)
    units = [unit(count, key=f"{n}.0") for n, count in enumerate(counts, 1)]
    found = cover(target, units)
    assert found.covered + found.uncovered == kwh
    assert found.allocated == 1000 * sum(counts)
    if not list(power.too_many(target, units)):
        assert found.allocated < kwh + 1000 or not counts


# ---------- lines of products ----------

NEED = Need("i", "E1", "绿电", "清单!F9", Decimal(5000), "wind", date(2026, 1, 1), date(2026, 6, 30))


def stored(key, kwh, *units, **changes):
    target = balance(**({"inventory": "i", "line": "E1", "consumption_kwh": kwh} | changes))
    return Allocated(key, target, tuple(replace(one, used_by=key) for one in units))


LINES = [
    ([], 0, set()),
    ([stored("a", "5000", unit(5))], 5000, set()),
    ([stored("a", "3000", unit(3)), stored("b", "2000", unit(2, key="10.0"))], 5000, set()),
    ([stored("a", "3000", unit(3))], 3000, set()),
    ([stored("a", "5000", unit(5, technology="光伏"))], 0, {"unit-other-technology"}),
    ([stored("a", "5000", unit(5, technology=""))], 0, {"unit-other-technology"}),
    ([stored("a", "5000", unit(5, is_open=False))], 0, {"unit-not-retired"}),
    ([stored("a", "5000", unit(3), unit(2, key="10.0", country="VN"))], 3000, {"unit-other-market"}),
    ([stored("a", "5000", unit(5), line="E2")], 0, set()),
    ([stored("a", "5000", unit(5), inventory="j")], 0, set()),
    ([stored("a", "1000", unit(5))], 1000, set()),
    ([stored("a", "9000", unit(9))], 5000, set()),
]


@pytest.mark.parametrize(("balances", "covered", "problems"), LINES)
def test_what_is_covered_of_a_line(balances, covered, problems):
    found = line_cover(NEED, balances, CONSUMER)
    assert (found.covered, found.missing) == (covered, 5000 - covered)
    assert {one.code for one in found.problems} == problems


def test_a_dataset_that_names_no_technology_is_covered_by_none():
    found = line_cover(
        replace(NEED, technology="label-certified mix"), [stored("a", "5000", unit(5))], CONSUMER
    )
    assert found.covered == 0


def test_balances_of_a_line_stay_within_it():
    inside = balance(inventory="i", line="E1", consumption_kwh="3000")
    assert list(target_problems(inside, NEED, [replace(inside, consumption_kwh=Decimal(2000))])) == []
    outside = replace(inside, period_start=date(2025, 12, 31), consumption_kwh=Decimal(5001))
    assert [one.code for one in target_problems(outside, NEED, [])] == ["period-outside", "more-than-line"]


@given(st.lists(st.tuples(st.integers(1, 9), KWH), max_size=5), KWH)
def test_a_line_is_never_covered_beyond_its_kwh_or_its_units(parts, kwh):
    need = replace(NEED, kwh=kwh)
    balances = [
        Allocated(
            str(n),
            replace(balance(inventory="i", line="E1"), consumption_kwh=part),
            (unit(count, key=f"{n}.0"),),
        )
        for n, (count, part) in enumerate(parts)
    ]
    found = line_cover(need, balances, CONSUMER)
    assert found.covered + found.missing == kwh
    assert found.covered <= min(kwh, 1000 * sum(count for count, _ in parts))


# ---------- scope 2 ----------

RESIDUAL = Factor(Decimal("0.6096"), "CN-RESIDUAL", 2023, 2026, "公告", "公告2025年第47号", "生态环境部", "P")
JIANGSU = Factor(Decimal("0.5827"), "CN-JS", 2023, 2026, "公告", "公告2025年第47号", "生态环境部", "P")


def covered(consumption, part):
    return Cover(Decimal(consumption), Decimal(part), Decimal(part), Decimal(consumption) - Decimal(part))


@pytest.mark.parametrize(
    ("part", "market", "location"),
    [("0", "1524", "1456.75"), ("2000", "304.8", "1456.75"), ("2500", "0", "1456.75")],
)
def test_uncovered_kwh_take_the_residual_factor_and_covered_ones_none(part, market, location):
    # 2,500 kWh x 0.6096 = 1,524; 500 x 0.6096 = 304.8; location-based always 2,500 x 0.5827 = 1,456.75.
    found = scope2.emissions(covered("2500", part), RESIDUAL, JIANGSU)
    assert (found.market_kg, found.location_kg) == (Decimal(market), Decimal(location))
    assert not RESIDUAL.is_of_the_year


def test_where_no_factor_is_published_no_amount_is_told():
    found = scope2.emissions(covered("2500", "2000"), None, None)
    assert (found.market_kg, found.location_kg) == (None, None)
    assert scope2.emissions(covered("2500", "2500"), None, None).market_kg == 0
    assert scope2.added([Decimal(1), None]) is None
    assert scope2.added([Decimal(1), Decimal(2)]) == 3
