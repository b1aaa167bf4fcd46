"""Which values a purchased precursor takes: refusals as a table, defaults by the published figures, averages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.monitoring import Basis, Period, Precursor, PrecursorChoice, PrecursorUse
from lca.cbam.precursors import Purchased, values
from lca.cbam.results import Path
from lca.findings import Severity

ACTUAL = PrecursorChoice.ACTUAL
ROD = 3.169 * 1.1
"""Wire rod (7213) from China in 2026, with mark-up."""
FIRST_HALF, Y2025, Y2027 = Period(date(2026, 1, 1), date(2026, 6, 30)), m.year(2025), m.year(2027)


def one(precursor: Precursor, tables: Any, **changes: Any) -> tuple[Purchased, list[str]]:
    data = m.monitoring(**{"precursors": (precursor,)} | changes)
    path = Path.ACTUAL
    made, findings = values(data, tables, path)
    return made[0], [finding.code for finding in findings]


def verified(see: float = 2.0, report: Any = None, **changes: Any) -> Precursor:
    made = m.supplier_values(see, **{"see_indirect": None, "report": report or m.report()} | changes)
    return m.precursor(choice=ACTUAL, values=made)


def test_default_with_mark_up(tables: Any) -> None:
    made, codes = one(m.precursor(), tables)
    assert (made.basis, codes) == ("default", [])
    assert made.see_direct == pytest.approx(ROD, rel=1e-12)
    assert (made.see_indirect, made.default_share) == (0.0, 1.0)


def test_verified_values_are_used(tables: Any) -> None:
    made, codes = one(verified(), tables)
    assert (made.basis, made.see_direct, made.default_share, codes) == ("actual", 2.0, 0.0, [])
    assert made.period == m.year()


@pytest.mark.parametrize(
    ("precursor", "code"),
    [
        (m.precursor(choice=ACTUAL), "cbam-precursor-values-missing"),
        (m.precursor(choice=ACTUAL, values=m.supplier_values(report=None)), "cbam-precursor-unverified"),
        (verified(report=m.report(accredited_until=date(2027, 2, 28))), "cbam-precursor-accreditation"),
        (verified(report=m.report(categories=("cement",))), "cbam-precursor-scope"),
        (verified(report=m.report(period=FIRST_HALF)), "cbam-precursor-period"),
        (verified(report=m.report(period=Y2027)), "cbam-precursor-period"),
        (verified(period=Y2027, report=m.report(period=Y2027)), "cbam-precursor-period"),
        (
            verified(period=Y2025, produced_in_period_shown=True, report=m.report(period=Y2025)),
            "cbam-precursor-before-2026",
        ),
        (verified(period=Y2027, produced_in_period_shown=True), "cbam-precursor-period"),
        (verified(report=m.report(number=" ")), "cbam-precursor-report-blank"),
        (verified(report=m.report(verifier="")), "cbam-precursor-report-blank"),
        (verified(report=m.report(accreditation="")), "cbam-precursor-report-blank"),
    ],
)
def test_what_makes_actual_values_unusable(precursor: Precursor, code: str, tables: Any) -> None:
    made, codes = one(precursor, tables)
    assert (made.basis, codes) == ("default", [code])
    assert made.see_direct == pytest.approx(ROD)


@pytest.mark.parametrize(
    "precursor",
    [
        verified(report=m.report(categories=())),
        verified(report=m.report(period=Period(date(2026, 1, 1), date(2027, 12, 31)))),
        verified(period=FIRST_HALF, produced_in_period_shown=True, report=m.report(period=FIRST_HALF)),
        verified(report=m.report(issued=date(2030, 12, 31))),
    ],
)
def test_what_a_report_may_look_like(precursor: Precursor, tables: Any) -> None:
    assert one(precursor, tables)[0].basis == "actual"


def test_production_in_another_year_that_is_shown(tables: Any) -> None:
    made, codes = one(
        verified(period=m.year(2026), produced_in_period_shown=True), tables, period=m.year(2027)
    )
    assert (made.basis, made.period, codes) == ("actual", m.year(2026), [])
    unshown, codes = one(verified(period=m.year(2026)), tables, period=m.year(2027))
    assert (unshown.basis, codes) == ("default", ["cbam-precursor-period"])


@pytest.mark.parametrize(("year", "markup"), [(2026, 1.1), (2027, 1.2), (2028, 1.3), (2031, 1.3)])
def test_mark_up_of_the_reporting_year(year: int, markup: float, tables: Any) -> None:
    assert one(m.precursor(), tables, period=m.year(year))[0].see_direct == pytest.approx(3.169 * markup)


@pytest.mark.parametrize("country", ["DE", "CH", "NO"])
def test_exempt_origin_counts_zero_and_keeps_its_quantity(country: str, tables: Any) -> None:
    made, codes = one(replace(verified(), country=country), tables)
    assert (made.basis, made.see_direct, made.see_indirect, codes) == ("exempt", 0.0, 0.0, [])
    assert made.precursor.uses[0].amount == 1050.0


def test_unknown_country_takes_the_highest(tables: Any) -> None:
    made, codes = one(m.precursor(country=""), tables)
    highest = float(tables.highest_default("72139110").total) * 1.1
    assert (made.basis, codes) == ("highest-default", ["cbam-precursor-country-unknown"])
    assert made.see_direct == pytest.approx(highest)
    assert highest >= ROD


def test_white_or_grey_not_said_takes_the_higher(tables: Any) -> None:
    clinker = m.precursor(cn="25231000", category="cement-clinker")
    made, codes = one(clinker, tables)
    assert codes == ["cbam-precursor-variant"]
    assert made.see_direct + made.see_indirect == pytest.approx(1.39 * 1.1)
    white, codes = one(replace(clinker, variant="white"), tables)
    assert (white.see_direct + white.see_indirect, codes) == (pytest.approx(1.30 * 1.1), [])


def test_a_default_s_columns_split_its_total(tables: Any) -> None:
    sinter, _ = one(m.precursor(cn="26011200", category="sintered-ore"), tables)
    assert sinter.see_direct == pytest.approx(0.20 * 1.1)
    assert sinter.counted_indirect == sinter.see_indirect == pytest.approx(0.06 * 1.1)
    hydrogen, _ = one(m.precursor(cn="28041000", category="hydrogen"), tables)
    assert (hydrogen.see_direct, hydrogen.see_indirect) == (pytest.approx(26.64 * 1.1), 0.0)


def test_fertilisers_are_counted_per_kg_of_nitrogen(tables: Any) -> None:
    ammonia = m.precursor(cn="28141000", category="ammonia", content=822.0)
    made, codes = one(ammonia, tables)
    assert (made.see_direct + made.see_indirect, codes) == (pytest.approx(4.36 * 1.01 / 822), [])
    _, codes = one(replace(ammonia, content=None), tables)
    assert codes == ["cbam-precursor-content-needed"]


def test_no_default_stops(tables: Any) -> None:
    data = m.monitoring(precursors=(m.precursor(cn="27160000", category="electricity"),))
    _, findings = values(data, tables)
    assert [(f.code, f.severity) for f in findings] == [("cbam-precursor-no-default", Severity.ERROR)]


def test_the_mixed_path_takes_defaults_for_all_but_exempt_origin(tables: Any) -> None:
    german = replace(verified(), id="de", country="DE", cn="72139190")
    data = m.monitoring(precursors=(verified(), german))
    made, findings = values(data, tables, Path.MIXED)
    assert [one.basis for one in made] == ["default", "exempt"]
    assert findings == ()


def test_indirect_emissions_of_a_listed_precursor_are_for_information(tables: Any) -> None:
    made, codes = one(verified(see_indirect=0.3), tables)
    assert (made.see_indirect, made.counted_indirect) == (0.3, 0.0)
    assert codes == ["cbam-precursor-indirect-left-out"]


@pytest.mark.parametrize(
    ("cn", "category", "severity"),
    [
        (
            "72139110",
            "iron-or-steel-products",
            Severity.WARNING,
        ),  # may hold those of sintered ore, which count
        ("76011010", "unwrought-aluminium", Severity.NOTE),
    ],
)
def test_indirect_emissions_left_out_are_asked_about_for_steel(
    cn: str, category: str, severity: Severity, tables: Any
) -> None:
    bought = replace(verified(see_indirect=0.3, report=m.report(categories=())), cn=cn, category=category)
    _, (told,) = values(m.monitoring(precursors=(bought,)), tables)
    assert told.severity is severity


def test_indirect_emissions_of_an_unlisted_precursor_are_missed(tables: Any) -> None:
    report = m.report(categories=("sintered-ore",))
    sinter = replace(verified(0.2, report), cn="26011200", category="sintered-ore")
    assert one(sinter, tables)[1] == ["cbam-precursor-indirect-missing"]


def test_transitional_values_as_stated(tables: Any) -> None:
    stated = m.supplier_values(
        1.5, see_indirect=0.4, report=None, electricity_mwh=2.0, electricity_factor=0.6
    )
    data = {"basis": Basis.TRANSITIONAL, "period": m.year(2024)}
    made, codes = one(m.precursor(choice=ACTUAL, values=stated), tables, **data)
    assert (made.see_direct, made.see_indirect, made.counted_indirect) == (1.5, 1.2, 1.2)
    assert (made.default_share, codes) == (0.0, [])
    by_default, _ = one(m.precursor(values=replace(stated, electricity_mwh=None)), tables, **data)
    assert (by_default.see_indirect, by_default.default_share) == (0.4, 1.0)
    assert one(m.precursor(), tables, **data)[1] == ["cbam-precursor-values-needed"]


def suppliers(
    *amounts: float, separate: bool = False, evidence: tuple[str, ...] = ()
) -> tuple[Precursor, ...]:
    return tuple(
        replace(
            verified(1.0 + index),
            id=f"s{index}",
            uses=(PrecursorUse(process="screws", amount=amount),),
            purchased=amount,
            separate=separate and index == 0,
            separate_evidence=evidence,
        )
        for index, amount in enumerate(amounts)
    )


def test_several_suppliers_are_averaged_by_what_was_received(tables: Any) -> None:
    made, findings = values(m.monitoring(precursors=suppliers(300.0, 100.0)), tables)
    assert [one.see_direct for one in made] == [pytest.approx(1.25)] * 2
    assert [one.code for one in findings] == ["cbam-precursors-averaged"]


@pytest.mark.parametrize(
    ("evidence", "expected", "codes"),
    [
        (m.LEDGER, [1.0, 2.0], []),
        ((), [1.25, 1.25], ["cbam-precursor-not-separate", "cbam-precursors-averaged"]),
    ],
)
def test_suppliers_kept_apart_need_evidence(
    evidence: tuple, expected: list, codes: list, tables: Any
) -> None:
    made, findings = values(
        m.monitoring(precursors=suppliers(300.0, 100.0, separate=True, evidence=evidence)), tables
    )
    assert [one.see_direct for one in made] == [pytest.approx(value) for value in expected]
    assert [one.code for one in findings] == codes


def test_other_codes_and_older_data_are_not_averaged(tables: Any) -> None:
    first, second = suppliers(300.0, 100.0)
    made, _ = values(m.monitoring(precursors=(first, replace(second, cn="72139190"))), tables)
    assert [one.see_direct for one in made] == [1.0, 2.0]
    made, _ = values(m.monitoring(basis=Basis.TRANSITIONAL, precursors=(first, second)), tables)
    assert [one.see_direct for one in made] == [1.0, 2.0]


@settings(max_examples=40, deadline=None)
@given(
    amounts=st.lists(st.floats(0.1, 1e5), min_size=1, max_size=6),
    defaults=st.lists(st.booleans(), min_size=6, max_size=6),
    share=m.amounts(0, 1),
)
def test_averages_keep_the_sum_and_shares_stay_within_bounds(
    amounts: list[float], defaults: list[bool], share: float, tables: Any
) -> None:
    made = tuple(
        replace(
            one,
            choice=PrecursorChoice.DEFAULT if defaults[index] else ACTUAL,
            values=replace(one.values, default_share=share),
        )
        for index, one in enumerate(suppliers(*amounts))
    )
    found, _ = values(m.monitoring(precursors=made), tables)
    plain = [ROD if defaults[index] else 1.0 + index for index in range(len(amounts))]
    total = sum(one.see_direct * amount for one, amount in zip(found, amounts, strict=True))
    assert total == pytest.approx(sum(see * amount for see, amount in zip(plain, amounts, strict=True)))
    assert all(0 <= one.default_share <= 1 + 1e-12 for one in found)
