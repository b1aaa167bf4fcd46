"""Calculation factors: stated ones as stated, gaps filled by type II before type I, and never across units."""

from __future__ import annotations

import pytest
from making import carbon, carbonate, factor, pfc, stream

from databases.cbam.tables import Tables
from lca.cbam.factors import c2f6_fraction, pfc_factor, resolve, stated_as
from lca.cbam.monitoring import Factor, FactorSource, Method, PfcMethod


def codes(resolved) -> list[str]:
    return sorted(one.code for one in resolved.findings)


def bare(material: str, unit: str = "t", method: Method = Method.COMBUSTION):
    """A stream that states no factor at all."""
    return stream(
        material=material,
        activity_unit=unit,
        method=method,
        ncv=None,
        emission_factor=None,
        carbon_content=None,
    )


def test_stated_factors_are_used_as_stated(tables: Tables) -> None:
    made = resolve(stream(material="natural-gas"), tables, "CN")
    assert (made.ncv.value, made.emission_factor.value, made.findings) == (38.0, 56.0, ())


@pytest.mark.parametrize(
    ("material", "unit", "country", "ncv", "emission_factor", "filled"),
    [
        # Chinese gas by volume: both of the national guide; by mass its net calorific value does not fit
        ("natural-gas", "1000Nm3", "CN", (38.931, 2), (56.0592, 2), ["cbam-factor-national"] * 2),
        ("natural-gas", "t", "CN", (48.0, 1), (56.0592, 2), ["cbam-factor-national", "cbam-factor-standard"]),
        ("natural-gas", "t", "VN", (48.0, 1), (56.1, 1), ["cbam-factor-standard"] * 2),
        # one fuel under the key of either table
        ("other-bituminous-coal", "t", "CN", (23.204, 2), (95.92352, 2), ["cbam-factor-national"] * 2),
        ("bituminous-coal", "t", "VN", (25.8, 1), (94.6, 1), ["cbam-factor-standard"] * 2),
        ("lignite", "t", "IN", (11.9, 1), (101.0, 1), ["cbam-factor-standard"] * 2),
    ],
)
def test_gaps_take_type_two_before_type_one(
    tables: Tables, material: str, unit: str, country: str, ncv, emission_factor, filled: list[str]
) -> None:
    made = resolve(bare(material, unit), tables, country)
    assert (made.ncv.value, made.ncv.source.type) == ncv
    assert (made.emission_factor.value, made.emission_factor.source.type) == emission_factor
    assert codes(made) == filled


@pytest.mark.parametrize(
    ("material", "method", "found"),
    [
        ("CaCO3", Method.PROCESS, ("emission_factor", 0.440, "tCO2/t")),
        ("CaO", Method.PROCESS, ("emission_factor", 0.785, "tCO2/t")),
        ("eaf-electrodes", Method.PROCESS, ("emission_factor", 3.00, "tCO2/t")),
        ("eaf-electrodes", Method.MASS_BALANCE, ("carbon_content", 0.8188, "tC/t")),
        ("petroleum-coke", Method.MASS_BALANCE, ("carbon_content", 0.8706, "tC/t")),
    ],
)
def test_materials_take_the_table_of_their_method(
    tables: Tables, material: str, method: Method, found
) -> None:
    name, value, unit = found
    filled: Factor = getattr(resolve(bare(material, "t", method), tables, "VN"), name)
    assert (filled.value, filled.unit, filled.source) == (value, unit, FactorSource.TABLE_G)
    assert "G table" in filled.reference


def test_a_fuel_in_a_mass_balance_takes_its_emission_factor_and_net_calorific_value(tables: Tables) -> None:
    made = resolve(bare("lignite", "t", Method.MASS_BALANCE), tables, "VN")
    assert (made.carbon_content, made.emission_factor.value, made.ncv.value) == (None, 101.0, 11.9)


def test_type_one_stated_although_type_two_is_there_is_told_with_the_other_value(tables: Tables) -> None:
    ipcc = factor(56.1, "tCO2/TJ", source=FactorSource.IPCC)
    made = resolve(stream(material="natural-gas", emission_factor=ipcc), tables, "CN")
    [told] = made.findings
    assert told.code == "cbam-type-two-available"
    assert dict(told.details)["value"] == "56.0592" and dict(told.details)["mark"] == "?"
    assert made.emission_factor.value == 56.1  # what was stated is what is used
    assert resolve(stream(material="natural-gas", emission_factor=ipcc), tables, "VN").findings == ()
    litres = factor(48.0, "GJ/t", source=FactorSource.TABLE_G)
    by_mass = stream(material="natural-gas", activity_unit="t", ncv=litres)
    assert resolve(by_mass, tables, "CN").findings == ()  # no national value per tonne


@pytest.mark.parametrize(
    "source", [one for one in FactorSource if one.type != 1 and one is not FactorSource.UNSTATED]
)
def test_analyses_and_type_two_values_are_accepted_with_a_reference(
    tables: Tables, source: FactorSource
) -> None:
    made = resolve(
        stream(material="natural-gas", ncv=factor(38.5, "GJ/1000Nm3", source=source)), tables, "CN"
    )
    assert made.findings == ()
    silent = factor(38.5, "GJ/1000Nm3", source=source, reference=" ")
    assert codes(resolve(stream(ncv=silent), tables, "CN")) == ["cbam-factor-reference"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ncv": None}, "cbam-ncv-missing"),
        ({"emission_factor": None}, "cbam-factor-missing"),
        ({"ncv": factor(38.0, "GJ/t")}, "cbam-factor-unit"),
        ({"emission_factor": factor(2.7, "tCO2/t")}, "cbam-factor-unit"),
        ({"emission_factor": factor(2.7, "kg/kg")}, "cbam-factor-unit"),
        ({"emission_factor": factor(-1.0, "tCO2/TJ")}, "cbam-amount-negative"),
        ({"emission_factor": factor(56.0, "tCO2/TJ", source=FactorSource.UNSTATED)}, "cbam-factor-unstated"),
        ({"material": "moonshine"}, "cbam-material-unknown"),
        (
            {
                "material": "natural-gas",
                "emission_factor": factor(50.0, "tCO2/TJ", source=FactorSource.TABLE_G),
            },
            "cbam-table-g-differs",
        ),
    ],
)
def test_what_is_told_about_factors(tables: Tables, given, expected: str) -> None:
    assert codes(resolve(stream(**given), tables, "VN")) == [expected]


def test_an_unknown_country_has_no_national_values(tables: Tables) -> None:
    for country in ("", "Atlantis"):
        assert resolve(bare("natural-gas"), tables, country).emission_factor.value == 56.1


def test_complete_material_streams_need_nothing(tables: Tables) -> None:
    assert resolve(carbonate(), tables, "CN").findings == ()
    assert resolve(carbon(), tables, "CN").findings == ()


def test_pfc_factors_come_from_their_technology(tables: Tables) -> None:
    cells = pfc(technology="SWPB", slope_factor=None, c2f6_fraction=None)
    assert (pfc_factor(cells, tables).value, c2f6_fraction(cells, tables).value) == (0.233, 0.280)
    by_voltage = pfc(method=PfcMethod.OVERVOLTAGE, technology="SWPB", slope_factor=None, c2f6_fraction=None)
    assert (pfc_factor(by_voltage, tables).value, c2f6_fraction(by_voltage, tables).value) == (3.65, 0.252)
    assert pfc_factor(pfc(technology="?", slope_factor=None), tables) is None
    assert pfc_factor(pfc(technology="SWPB", slope_factor=0.2), tables).value == 0.2


def test_where_a_factor_comes_from_is_one_line() -> None:
    assert stated_as(factor(1.0, "tC/t", reference="L-7")) == "laboratory: L-7"
    assert stated_as(factor(1.0, "tC/t", reference="")) == "laboratory"
