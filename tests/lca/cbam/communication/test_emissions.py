"""Rows of sheet B as the template counts them, and what it does not count."""

from __future__ import annotations

from typing import Any

import pytest
from commission import codes, typed

from lca.cbam.communication import emissions
from lca.cbam.monitoring import Method, PfcMethod

COAL = {"D17": "Combustion", "E17": "Coal", "F17": 100, "G17": "t", "H17": 25, "J17": 95, "K17": "tCO2/TJ"}
LIMESTONE = {"D17": "Process emissions", "E17": "Stone", "F17": 10, "G17": "t", "J17": 0.44, "K17": "tCO2/t"}
SCRAP = {"D17": "Mass Balance", "E17": "Scrap", "F17": -10, "G17": "1000Nm3", "L17": 0.5}
SLOPE = {
    "D98": "Slope method",
    "F98": 500,
    "AG98": 2.17,
    "AH98": 1.23,
    "AI98": 0.146,
    "AM98": 0.122,
    "AT98": 0.98,
}
OVERVOLTAGE = {"D98": "Overvoltage method", "F98": 500, "AJ98": 4, "AK98": 0.95, "AL98": 1.16, "AM98": 0.1}
STACK = {"D113": "Stack", "E113": "N2O", "V113": 64.2925, "X113": 4, "Z113": 265}


def stream(cells: dict[str, Any], **changes: Any) -> Any:
    at = typed({"B_EmInst": cells | {f"{key}17": value for key, value in changes.items()}})
    found = emissions.streams(at)
    return (found[0] if found else None), codes(at.findings)


def test_every_method_with_its_own_factors() -> None:
    coal, _ = stream(COAL, N=98, R=15)
    assert (coal.method, coal.oxidation_factor, coal.biomass_fraction) == (Method.COMBUSTION, 0.98, 0.15)
    assert (coal.ncv.unit, coal.emission_factor.unit) == ("GJ/t", "tCO2/TJ")
    stone, _ = stream(LIMESTONE, P=90, N=50)
    assert (stone.method, stone.conversion_factor, stone.oxidation_factor) == (Method.PROCESS, 0.9, 1.0)
    scrap, _ = stream(SCRAP)
    assert (scrap.method, scrap.activity, scrap.carbon_content.unit) == (
        Method.MASS_BALANCE,
        -10.0,
        "tC/1000Nm3",
    )


@pytest.mark.parametrize("word", ["Mass balance", "Mass Balance", "MASS BALANCE ", "mass\u00a0balance"])
def test_spellings_of_a_method(word: str) -> None:
    assert stream(SCRAP, D=word)[0].method is Method.MASS_BALANCE


def test_blank_oxidation_and_conversion_are_whole() -> None:
    assert stream(COAL)[0].oxidation_factor == stream(LIMESTONE)[0].conversion_factor == 1.0


@pytest.mark.parametrize(
    ("cells", "changes"),
    [
        (COAL, {"E": None}),
        (COAL, {"F": None}),
        (COAL, {"G": None}),
        (COAL, {"H": None}),
        (COAL, {"J": None}),
        (COAL, {"K": None}),
        (COAL, {"K": "tCO2/1000Nm3"}),
        (COAL, {"D": "Burning"}),
        (LIMESTONE, {"G": "1000Nm3"}),
        (SCRAP, {"L": None}),
    ],
)
def test_a_row_the_template_does_not_count_is_left_out_and_told(
    cells: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert stream(cells, **changes) == (None, ["cbam-communication-incomplete"])


def test_an_empty_row_is_nothing() -> None:
    assert stream({"G17": "t", "R17": 0}) == (None, [])


def test_perfluorocarbons_by_slope_take_the_efficiency_as_a_fraction() -> None:
    at = typed({"B_EmInst": SLOPE})
    (found,) = emissions.pfc(at)
    assert found.method is PfcMethod.SLOPE
    assert (found.slope_factor, found.c2f6_fraction, found.collection_efficiency) == (0.146, 0.122, 0.98)
    assert not at.findings


def test_a_current_efficiency_held_as_a_fraction_is_told() -> None:
    at = typed({"B_EmInst": OVERVOLTAGE})
    (found,) = emissions.pfc(at)
    assert (found.current_efficiency, found.collection_efficiency) == (0.95, 1.0)
    assert codes(at.findings) == ["cbam-communication-current-efficiency"]


@pytest.mark.parametrize(
    ("cells", "missing"),
    [(SLOPE, "AI98"), (SLOPE, "AG98"), (SLOPE, "F98"), (OVERVOLTAGE, "AK98"), (OVERVOLTAGE, "AL98")],
)
def test_perfluorocarbons_that_come_out_as_nothing_there_are_left_out(
    cells: dict[str, Any], missing: str
) -> None:
    at = typed({"B_EmInst": {key: value for key, value in cells.items() if key != missing}})
    assert emissions.pfc(at) == ()
    assert "cbam-communication-incomplete" in codes(at.findings)


def test_a_measured_source_has_thousands_of_cubic_metres_an_hour() -> None:
    at = typed({"B_EmInst": STACK | {"R113": 10, "AX113": 5}})
    (found,) = emissions.measured(at)
    assert (found.gas, found.flow_nm3_per_hour, found.biomass_fraction) == ("N2O", 265_000.0, 0.1)
    assert codes(at.findings) == ["cbam-communication-measured-energy"]


def test_a_manual_total_replaces_the_automatic_one() -> None:
    at = typed({"C_Emissions&Energy": {"H25": 900.0, "H26": 1000, "J26": 5, "I26": 3, "M26": 77}})
    (found,) = emissions.other(at)
    assert (found.id, found.emissions_t) == ("manual-H26", 100.0)
    assert codes(at.findings) == [
        "cbam-communication-manual",
        "cbam-communication-manual-unknown",
        "cbam-communication-manual-biomass",
    ]
    assert emissions.indirect(at) == 77.0


def test_the_fuel_balance() -> None:
    at = typed({"C_Emissions&Energy": {"H16": 10, "I16": 4420, "K16": 0}})
    balance = emissions.fuel_balance(at)
    assert (balance.cbam_tj, balance.electricity_tj, balance.non_cbam_tj) == (4420.0, None, 0.0)
    assert codes(at.findings) == ["cbam-communication-fuel-total"]
