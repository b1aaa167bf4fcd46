"""The 50 tonnes: what counts, the day it is exceeded, lines with gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam.tables import Tables, open_tables
from lca.cbam.obligation.threshold import Checked, Shipment, Standing, check, limit_of
from tests.work import within

D = Decimal
MARCH = date(2026, 3, 10)


def shipment(mass: str = "1000", cn: str = "73181595", **changes: object) -> Shipment:
    made = {"importer": "Schmidt GmbH", "eori": "DE123456789", "cn": cn, "mass": D(mass), "on": MARCH}
    return Shipment(**made | changes)  # type: ignore[arg-type]


def alone(checked: Checked) -> Standing:
    (standing,) = checked.standings
    return standing


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings]


def test_one_kilogram_over_brings_everything_in(tables: Tables) -> None:
    listed = [
        shipment("20000", on=date(2026, 1, 5)),
        shipment("30000", "76041010", on=date(2026, 6, 1)),
        shipment("1", "31021019", on=date(2026, 9, 9)),
    ]
    found = alone(check(listed, 2026, tables))
    assert (found.tonnes, found.left, found.exceeded) == (D("50.001"), D(0), True)
    assert found.first_over == date(2026, 9, 9)
    assert found.obliged == tuple(listed)


def test_who_exceeds_it_holds_certificates_a_quarter_later_from_2027(tables: Tables) -> None:
    over = alone(check([shipment("50001", on=date(2027, 5, 4))], 2027, tables))
    assert over.holds_from == date(2027, 9, 30)
    assert alone(check([shipment("50001", on=date(2026, 5, 4))], 2026, tables)).holds_from is None
    assert alone(check([shipment("1", on=date(2027, 5, 4))], 2027, tables)).holds_from is None


def test_fifty_tonnes_exactly_are_exempt(tables: Tables) -> None:
    checked = check([shipment("49999"), shipment("1")], 2026, tables)
    found = alone(checked)
    assert (found.tonnes, found.left, found.exceeded, found.first_over) == (D(50), D(0), False, None)
    assert found.obliged == ()
    assert not found.in_scope
    assert codes(checked) == ["cbam-threshold-below"]


def test_tonnes_and_kilograms_add_up(tables: Tables) -> None:
    assert alone(check([shipment("1.5", unit="t"), shipment("500", unit="KG")], 2026, tables)).tonnes == 2


def test_the_day_does_not_depend_on_the_order_of_the_lines(tables: Tables) -> None:
    listed = [shipment("40000", on=MARCH + timedelta(days=day)) for day in (20, 0, 10)]
    found = alone(check(listed, 2026, tables))
    assert found.first_over == MARCH + timedelta(days=10)


def test_electricity_and_hydrogen_are_always_in_and_never_counted(tables: Tables) -> None:
    hydrogen = shipment("60000", "28041000")
    power = shipment(cn="27160000", mass="0", unit="MWh")
    found = alone(check([hydrogen, power, shipment("100")], 2026, tables))
    assert (found.tonnes, found.exceeded, found.in_scope, found.complete) == (D("0.1"), False, True, True)
    assert found.obliged == (hydrogen, power)


@pytest.mark.parametrize(
    "changes",
    [
        {"cn": "76151010"},
        {"cn": "84818011"},
        {"origin": "CH"},
        {"origin": "de"},
        {"cn": "84818011", "mass": None},
    ],
)
def test_out_of_scope_is_listed_and_not_counted(changes: dict[str, object], tables: Tables) -> None:
    other = replace(shipment("60000"), **changes)  # type: ignore[arg-type]
    found = alone(check([other, shipment("1000")], 2026, tables))
    assert (found.tonnes, found.not_counted, found.complete) == (D(1), (other,), True)


def test_importers_and_years_are_apart(tables: Tables) -> None:
    listed = [
        shipment("30000"),
        shipment("30000", eori="FR 999"),
        shipment("30000", eori="fr999", importer="Dupont"),
        shipment("30000", on=date(2027, 1, 1)),
    ]
    standings = {one.importer: one for one in check(listed, 2026, tables).standings}
    assert {key: one.tonnes for key, one in standings.items()} == {"DE123456789": D(30), "FR999": D(60)}
    assert standings["FR999"].names == ("Schmidt GmbH", "Dupont")


def test_a_name_without_number_goes_to_the_number_of_that_name(tables: Tables) -> None:
    listed = [shipment("30000"), shipment("30000", eori="", importer="schmidt  gmbh")]
    found = alone(check(listed, 2026, tables))
    assert (found.importer, found.tonnes, found.exceeded) == ("DE123456789", D(60), True)


def test_a_name_with_several_numbers_is_told(tables: Tables) -> None:
    listed = [shipment("30000"), shipment("1000", eori="FR999"), shipment("30000", eori="", row=9)]
    checked = check(listed, 2026, tables)
    assert len(checked.standings) == 3
    (told,) = [one for one in checked.findings if one.code == "cbam-shipment-eori"]
    assert (told.place.row, "DE123456789, FR999" in told.message("en")) == (9, True)


def test_a_taric_code_counts(tables: Tables) -> None:
    assert alone(check([shipment("1000", "7318159500")], 2026, tables)).tonnes == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"importer": " ", "eori": ""}, "cbam-shipment-importer"),
        ({"cn": ""}, "cbam-shipment-cn"),
        ({"cn": "7318"}, "cbam-shipment-cn"),
        ({"cn": "screws"}, "cbam-shipment-cn"),
        ({"on": None}, "cbam-shipment-date"),
        ({"mass": None}, "cbam-shipment-mass"),
        ({"mass": D(-1)}, "cbam-shipment-mass"),
        ({"mass": D("NaN")}, "cbam-shipment-mass"),
        ({"unit": "pieces"}, "cbam-shipment-mass"),
    ],
)
def test_a_gap_is_told_and_the_other_lines_count(
    changes: dict[str, object], code: str, tables: Tables
) -> None:
    gap = replace(shipment("9000", row=7), **changes)  # type: ignore[arg-type]
    checked = check([gap, shipment("1000")], 2026, tables)
    (told,) = [finding for finding in checked.findings if finding.code == code]
    assert told.place.row == 7
    found = alone(checked)
    assert found.tonnes == 1
    assert found.complete == (code == "cbam-shipment-importer")


def test_all_gaps_of_a_line_are_told_at_once(tables: Tables) -> None:
    checked = check([Shipment(row=3)], 2026, tables)
    assert len(checked.findings) == 4
    assert checked.standings == ()


def test_a_forecast_tells_when_it_will_be_exceeded(tables: Tables) -> None:
    checked = check(
        [shipment("40000")], 2026, tables, [shipment("8000", on=date(2026, 11, day)) for day in (1, 20)]
    )
    found = alone(checked)
    assert (found.tonnes, found.left, found.exceeded) == (D(40), D(10), False)
    assert (found.expected_tonnes, found.expected_over) == (D(56), date(2026, 11, 20))
    assert codes(checked) == ["cbam-threshold-expected"]


@pytest.mark.parametrize("year", [2023, 2025])
def test_there_was_no_threshold_before(year: int, tables: Tables) -> None:
    with pytest.raises(ValueError, match="2026"):
        check([], year, tables)


def test_a_limit_stays_until_it_is_amended() -> None:
    assert limit_of(2026) == limit_of(2031) == 50


KILOGRAMS = st.integers(0, 40000)


@given(masses=st.lists(KILOGRAMS, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_the_sum_decides_and_nothing_else(masses: list[int]) -> None:
    listed = [shipment(str(mass), on=MARCH + timedelta(days=7 * at)) for at, mass in enumerate(masses)]
    found = alone(check(listed, 2026, open_tables()))
    assert found.exceeded == (sum(masses) > 50000)
    assert found.left == max(D(0), D(50) - D(sum(masses)) / 1000)
    assert (found.first_over is not None) == found.exceeded
    assert len(found.obliged) == (len(masses) if found.exceeded else 0)


def test_opencbam_draws_the_line_at_the_same_place(tables: Tables) -> None:
    financial = pytest.importorskip("opencbam.engine.financial")
    sector = pytest.importorskip("opencbam.engine.types").Sector.IRON_STEEL
    for mass in ("49999", "50000", "50001"):
        found = alone(check([shipment(mass)], 2026, tables))
        assert found.exceeded != financial.is_de_minimis(found.tonnes, sector)


def test_many_importers_take_the_work_of_their_lines(tables: Tables) -> None:
    """Each line is looked at for its own importer only: once every pair of them was compared."""
    listed = [shipment(importer=f"Importer {n}", eori=f"DE{n}") for n in range(1000)]
    found = within(600_000, lambda: check(listed, 2026, tables))
    assert len(found.standings) == len(listed)
