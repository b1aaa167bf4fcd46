"""Standard factors of Annexes II and III to Implementing Regulation (EU) 2025/2547, yearly values, prices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from databases.cbam.goods import Sector
from databases.cbam.tables import Tables
from databases.cbam.values import ElectricityFactorNotOpen, NotBefore2026, PriceUnpublished, UnknownKey

FUELS = [  # key, NCV in GJ/t, tCO2/TJ
    ("natural-gas", "48.0", "56.1"),
    ("anthracite", "26.7", "98.3"),
    ("other-bituminous-coal", "25.8", "94.6"),
    ("diesel", "43.0", "74.1"),
    ("coke-oven-coke", "28.2", "107"),
    ("coke-oven-gas", "38.7", "44.4"),
    ("blast-furnace-gas", "2.47", "260"),
    ("oxygen-steel-furnace-gas", "7.06", "182"),
    ("industrial-wastes", None, "143"),
    ("carbon-monoxide", "10.1", "155.2"),
    ("wood", "15.6", "112"),
    ("black-liquor", "11.8", "95.3"),
    ("other-biogas", "50.4", "54.6"),
]


@pytest.mark.parametrize(("key", "ncv", "factor"), FUELS)
def test_fuels(tables: Tables, key: str, ncv: str | None, factor: str) -> None:
    fuel = tables.fuel(key)
    assert fuel.ncv == (None if ncv is None else Decimal(ncv))
    assert (fuel.emission_factor, fuel.emission_factor_unit) == (Decimal(factor), "tCO2/TJ")
    assert fuel.locator.startswith("G table") and fuel.mark == "P"


def test_there_are_40_fuels_and_11_of_biomass(tables: Tables) -> None:
    assert [sum(fuel.kind == kind for fuel in tables.fuels()) for kind in ("fossil", "biomass")] == [40, 11]


MATERIALS: list[tuple[Callable[[Tables], Decimal | None], str]] = [
    (lambda t: t.carbonate("CaCO3").emission_factor, "0.440"),
    (lambda t: t.carbonate("FeCO3").emission_factor, "0.380"),
    (lambda t: t.oxide("CaO").emission_factor, "0.785"),
    (lambda t: t.oxide("MgO").emission_factor, "1.092"),
    (lambda t: t.process_material("eaf-electrodes").emission_factor, "3.00"),
    (lambda t: t.process_material("pig-iron").carbon_content, "0.0409"),
    (lambda t: t.process_material("steel-scrap").emission_factor, "0.04"),
    (lambda t: t.pfc_slope("PFPB-L").cf4_factor, "0.122"),
    (lambda t: t.pfc_slope("SWPB").c2f6_fraction, "0.280"),
    (lambda t: t.pfc_overvoltage("SWPB").cf4_factor, "3.65"),
    (lambda t: t.pfc_overvoltage("SWPB").c2f6_fraction, "0.252"),
]


@pytest.mark.parametrize(("look", "value"), MATERIALS)
def test_materials_and_pfc(tables: Tables, look: Callable[[Tables], Decimal | None], value: str) -> None:
    assert look(tables) == Decimal(value)


def test_cells_without_a_factor_of_their_own_take_that_of_cwpb(tables: Tables) -> None:
    """Table 2, footnote 1: to be measured; where that cannot be done, the values of CWPB."""
    own, fallback = tables.pfc_slope("PFPB-MW"), tables.pfc_slope("CWPB")
    assert own.own_measurement and not fallback.own_measurement
    assert (own.cf4_factor, own.c2f6_fraction) == (fallback.cf4_factor, fallback.c2f6_fraction)


def test_stoichiometry_of_process_materials(tables: Tables) -> None:
    """Table 5: tCO2/t is 3.664 times tC/t, to the two digits printed."""
    for factor in tables.materials():
        if factor.carbon_content is not None:
            assert abs(factor.carbon_content * Decimal("3.664") - factor.emission_factor) <= Decimal("0.005")


def test_gwp(tables: Tables) -> None:
    assert [tables.gwp(gas) for gas in ("CO2", "N2O", "CF4", "C2F6")] == [1, 265, 6630, 11100]


EFFICIENCIES = [
    ("electricity", "S1", None, "", "0.442"),
    ("electricity", "G10", 2015, "", "0.525"),
    ("electricity", "G10", 2016, "", "0.530"),
    ("electricity", "S4", 2011, "", "0.33"),
    ("electricity", "S4", 2016, "", "0.37"),
    ("electricity", "O14", 2020, "", "0.30"),
    ("heat", "S1", None, "steam", "0.83"),
    ("heat", "S1", None, "hot-water", "0.88"),
    ("heat", "G10", 2015, "steam", "0.85"),
    ("heat", "G10", 2016, "steam", "0.87"),
    ("heat", "L7", 2010, "exhaust", "0.81"),
    ("heat", "L7", 2016, "exhaust", "0.77"),
    ("heat", "O14", 2016, "steam", "0.87"),
]


@pytest.mark.parametrize(("kind", "category", "built", "medium", "value"), EFFICIENCIES)
def test_reference_efficiencies(
    tables: Tables, kind: str, category: str, built: int | None, medium: str, value: str
) -> None:
    assert tables.reference_efficiency(kind, category, built, medium) == Decimal(value)


def test_national_values_of_china(tables: Tables) -> None:
    """tC/TJ x 3.664 is the emission factor; oxidation stands apart and is not folded in."""
    gas = tables.national_fuel("CN", "natural-gas")
    assert (gas.ncv, gas.ncv_unit, gas.mark) == (Decimal("38.931"), "GJ/1000Nm3", "?")
    assert (gas.emission_factor, gas.oxidation_factor) == (Decimal("56.0592"), Decimal("0.99"))
    for fuel in tables.national_fuels("CN"):
        assert fuel.carbon_content is not None
        assert fuel.emission_factor == fuel.carbon_content * Decimal("3.664")
    assert len(tables.national_fuels("CN")) == 27 and tables.national_fuels("IN") == ()


FACTORS = ["0.975", "0.95", "0.90", "0.775", "0.515", "0.39", "0.265", "0.14", "0"]


def test_share_of_free_allocation(tables: Tables) -> None:
    assert [tables.cbam_factor(year) for year in range(2026, 2035)] == [Decimal(text) for text in FACTORS]
    assert tables.cbam_factor(2040) == 0


@pytest.mark.parametrize(
    ("sector", "year", "value"),
    [
        (Sector.IRON_STEEL, 2026, "0.10"),
        ("aluminium", 2027, "0.20"),
        (Sector.CEMENT, 2028, "0.30"),
        (Sector.HYDROGEN, 2034, "0.30"),
        (Sector.FERTILISERS, 2026, "0.01"),
        (Sector.FERTILISERS, 2030, "0.01"),
    ],
)
def test_markups(tables: Tables, sector: Sector | str, year: int, value: str) -> None:
    assert tables.markup(sector, year) == Decimal(value)


def test_correction_factor_is_nowhere_verified(tables: Tables) -> None:
    """That of 2026 stands in one third party's copy and is contradicted by another; later ones are assumed."""
    assert [tables.cscf(year).mark for year in (2026, 2027, 2034)] == ["?", "?", "?"]
    assert {tables.cscf(year).value for year in range(2026, 2035)} == {Decimal("1.0")}


def test_prices(tables: Tables) -> None:
    assert [(price.quarter, str(price.value), price.mark) for price in tables.prices()] == [
        (1, "75.36", "T"),
        (2, "75.28", "T"),
    ]
    assert tables.price(2026, 1).value == Decimal("75.36")


REFUSED: list[tuple[Callable[[Tables], object], type[Exception]]] = [
    (lambda t: t.price(2026, 3), PriceUnpublished),
    (lambda t: t.price(2027, 1), PriceUnpublished),
    (lambda t: t.price(2027, week=5), PriceUnpublished),
    (lambda t: t.cbam_factor(2025), NotBefore2026),
    (lambda t: t.cscf(2025), NotBefore2026),
    (lambda t: t.markup(Sector.CEMENT, 2025), NotBefore2026),
    (lambda t: t.markup("paper", 2026), UnknownKey),
    (lambda t: t.fuel("coal"), UnknownKey),
    (lambda t: t.carbonate("CaO"), UnknownKey),
    (lambda t: t.pfc_overvoltage("VSS"), UnknownKey),
    (lambda t: t.gwp("SF6"), UnknownKey),
    (lambda t: t.reference_efficiency("heat", "O14", 2010, "steam"), UnknownKey),
    (lambda t: t.reference_efficiency("heat", "O14", 2020, "exhaust"), UnknownKey),
    (lambda t: t.reference_efficiency("heat", "S1", 2020, "air"), UnknownKey),
    (lambda t: t.reference_efficiency("heat", "S9", 2020, "steam"), UnknownKey),
    (lambda t: t.national_fuel("IN", "diesel"), UnknownKey),
    (lambda t: t.electricity("CN"), ElectricityFactorNotOpen),
    (lambda t: t.source("nobody"), UnknownKey),
]


@pytest.mark.parametrize(("ask", "error"), REFUSED)
def test_what_is_not_there_is_refused(
    tables: Tables, ask: Callable[[Tables], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(tables)


def test_infos_name_every_table_with_its_source(tables: Tables) -> None:
    assert [info.table for info in tables.infos] == sorted(tables.files)
    for info in tables.infos:
        assert info.rows > 0 and len(info.sha256) == 64 and info.mark in {"P", "T", "D", "M", "?"}
        assert info.source and info.edition == ""
    defaults = next(info for info in tables.infos if info.table == "defaults")
    assert (defaults.rows, defaults.published, defaults.mark) == (11658, "2025-12-31", "P")
    assert "2025/2621" in defaults.source and "before 2026/1740" in defaults.version
    assert defaults.licence == "Commission Decision 2011/833/EU"


def test_every_row_names_a_source_there_is(tables: Tables) -> None:
    sources = {row["code"] for row in _rows(tables, "sources")}
    for table, file in tables.files.items():
        assert file.source in sources or table == "sources"
        for row in _rows(tables, table):
            assert row.get("source", file.source) in sources or table == "sources"
            assert row.get("mark", "P") in {"P", "T", "D", "M", "?"}


def _rows(tables: Tables, table: str) -> list[dict[str, str]]:
    from databases.cbam.rows import read_dicts

    return read_dicts(table, tables.files[table].text)
