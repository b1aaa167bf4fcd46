"""Direct emissions: sources of every kind by hand, then what must hold whatever the figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import (
    all_to,
    carbon,
    carbonate,
    factor,
    measured,
    monitoring,
    other,
    pfc,
    split,
    stream,
    transfer,
    zero_rating,
)

from databases.cbam.tables import Tables
from lca.cbam.emissions import source_emissions, totals
from lca.cbam.monitoring import Basis, Method, PfcMethod, TransferKind
from lca.cbam.point_sources import conditions_missing
from lca.cbam.streams import FactorMissing

BOUNDED = settings(max_examples=60, deadline=None)
AMOUNT = st.floats(0.0, 1e7)
FRACTION = st.floats(0.0, 1.0)
HALF = {"biomass_fraction": 0.5, "zero_rating": zero_rating()}
PER_TONNE = {"ncv": None, "activity_unit": "t"}


def one(tables: Tables, basis: Basis = Basis.DEFINITIVE, **kinds):
    """The emissions of the only source of a monitoring."""
    empty = {"streams": (), "measured": (), "pfc": (), "other": (), "transfers": ()}
    [made] = source_emissions(monitoring(basis=basis, **empty | kinds), tables)
    return made


def near(value: float):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("source", "tonnes", "equation"),
    [
        (stream(), 212.8, "5, 6"),
        (stream(oxidation_factor=0.99), 210.672, "5, 6"),
        (stream(ncv=None, emission_factor=factor(2.1, "tCO2/1000Nm3")), 210.0, "5"),
        (stream(**PER_TONNE, emission_factor=None, carbon_content=factor(0.75, "tC/t")), 274.8, "5, 9"),
        (carbonate(), 22.0, "11"),
        (carbonate(conversion_factor=0.9), 19.8, "11"),
        (carbonate(emission_factor=None, carbon_content=factor(0.12, "tC/t")), 21.984, "11, 9"),
        (carbon(), 7.328, "12"),
        (carbon(tonnes=-1000.0), -7.328, "12"),
        (carbon(carbon_content=None, emission_factor=factor(3.0, "tCO2/t")), 3000.0, "12, 14"),
        (
            carbon(carbon_content=None, ncv=factor(28.2, "GJ/t"), emission_factor=factor(94.6, "tCO2/TJ")),
            2667.72,
            "12, 13",
        ),
        (stream(biomass_fraction=0.25, zero_rating=zero_rating()), 159.6, "5, 6, 10"),
        (carbon(biomass_fraction=0.5, zero_rating=zero_rating()), 3.664, "12, 15"),
    ],
)
def test_streams_by_their_equations(tables: Tables, source, tonnes: float, equation: str) -> None:
    made = one(tables, streams=(source,))
    assert made.emissions_t == near(tonnes) and made.equation == equation
    assert (made.kind, made.gas, made.id) == (source.method.value, "CO2", source.id)


def test_biomass_is_zero_rated_with_evidence_only(tables: Tables) -> None:
    proven = one(tables, streams=(stream(biomass_fraction=0.25, zero_rating=zero_rating()),))
    assert (proven.emissions_t, proven.biomass_t) == (near(159.6), near(53.2))
    assert (proven.energy_tj, proven.biomass_energy_tj) == (near(2.85), near(0.95))
    claimed = one(tables, streams=(stream(biomass_fraction=0.25),))
    assert (claimed.emissions_t, claimed.biomass_t, claimed.energy_tj) == (near(212.8), 0.0, near(3.8))
    assert {term.key: term.value for term in claimed.terms}["counted_biomass"] == near(53.2)
    stated = one(tables, Basis.TRANSITIONAL, streams=(stream(biomass_fraction=0.25),))
    assert stated.biomass_t == near(53.2)


def test_biomass_that_does_not_meet_the_criteria_counts_and_is_shown(tables: Tables) -> None:
    mixed = stream(biomass_fraction=0.2, other_biomass_fraction=0.3, zero_rating=zero_rating())
    made = one(tables, streams=(mixed,))
    assert (made.emissions_t, made.biomass_t) == (near(170.24), near(42.56))
    assert {term.key: term.value for term in made.terms}["counted_biomass"] == near(63.84)


def test_terms_show_the_whole_product(tables: Tables) -> None:
    made = one(
        tables, streams=(stream(oxidation_factor=0.99, biomass_fraction=0.1, zero_rating=zero_rating()),)
    )
    keys = ["activity", "ncv", "emission_factor", "oxidation_factor", "fossil_fraction"]
    assert [term.key for term in made.terms] == keys
    assert math.prod(term.value for term in made.terms) / 1000 == near(made.emissions_t)
    assert made.terms[2].unit == "tCO2/TJ" and made.terms[2].source == "laboratory: Laboratory report 2026-07"
    assert all(term.record == "gas" for term in made.terms)


@pytest.mark.parametrize(
    ("changes", "tonnes", "biomass", "equation"),
    [
        ({}, 1000.0, 0.0, "16"),
        (
            {
                "annual_tonnes": None,
                "concentration_g_per_nm3": 1820.0,
                "hours": 5000.0,
                "flow_nm3_per_hour": 50000.0,
            },
            455000.0,
            0.0,
            "16",
        ),
        ({"biomass_fraction": 0.15, "zero_rating": zero_rating()}, 850.0, 150.0, "16"),
        ({"biomass_fraction": 0.15}, 1000.0, 0.0, "16"),
        ({"gas": "N2O", "annual_tonnes": 2.5}, 662.5, 0.0, "16, 18"),
        (
            {"gas": "N2O", "annual_tonnes": 2.0, "biomass_fraction": 0.5, "zero_rating": zero_rating()},
            530.0,
            0.0,
            "16, 18",
        ),
    ],
)
def test_measured_sources(tables: Tables, changes, tonnes: float, biomass: float, equation: str) -> None:
    made = one(tables, measured=(measured(**changes),))
    assert (made.emissions_t, made.biomass_t, made.equation) == (near(tonnes), near(biomass), equation)


def test_perfluorocarbons_by_slope_and_overvoltage(tables: Tables) -> None:
    made = one(tables, pfc=(pfc(),))
    cf4 = 0.2 * 1.5 * 0.143 / 1000 * 1000
    assert made.emissions_t == near(cf4 * (6630 + 0.121 * 11100) / 0.98)
    assert (made.gas, made.equation) == ("PFC", "23, 21, 22, 26, 20")
    by_voltage = pfc(
        method=PfcMethod.OVERVOLTAGE,
        technology="CWPB",
        overvoltage_mv=2.0,
        current_efficiency=94.0,
        c2f6_fraction=None,
        collection_efficiency=1.0,
    )
    made = one(tables, pfc=(by_voltage,))
    assert made.emissions_t == near(1.16 * 2.0 / 94.0 * (6630 + 0.121 * 11100))
    assert made.equation == "24, 25, 26, 20"


@pytest.mark.parametrize(
    ("changes", "missing", "tonnes"),
    [
        ({}, (), -100.0),
        ({"stored_fraction": 0.8}, (), -80.0),
        ({"kind": TransferKind.CAPTURE_SITE}, (), -100.0),
        ({"kind": TransferKind.BOUND}, (), -100.0),
        (
            {"kind": TransferKind.BOUND, "partner": "", "measured": False, "partner_monitors": False},
            (),
            -100.0,
        ),
        ({"measured": False}, ("measured",), 0.0),
        ({"partner_monitors": False}, ("partner-monitors",), 0.0),
        ({"custody_evidence": False}, ("custody",), 0.0),
        ({"partner": ""}, ("partner",), 0.0),
        (
            {"kind": TransferKind.BOUND, "measured": False, "custody_evidence": False},
            ("measured", "custody"),
            0.0,
        ),
    ],
)
def test_co2_is_deducted_only_with_every_condition(tables: Tables, changes, missing, tonnes: float) -> None:
    handed = transfer(**changes)
    assert conditions_missing(handed) == missing
    assert one(tables, transfers=(handed,)).emissions_t == near(tonnes)


def test_co2_received_counts_unless_it_was_counted_where_it_arose(tables: Tables) -> None:
    received = transfer(kind=TransferKind.RECEIVED)
    assert one(tables, transfers=(received,)).emissions_t == 100.0
    assert one(tables, transfers=(replace(received, counted_at_source=True),)).emissions_t == 0.0


@pytest.mark.parametrize(
    "kinds",
    [
        {"streams": (stream(emission_factor=None),)},
        {"streams": (stream(ncv=None),)},
        {"streams": (carbon(carbon_content=None),)},
        {"measured": (measured(annual_tonnes=None, hours=5.0),)},
        {"pfc": (pfc(slope_factor=None),)},
        {"pfc": (pfc(frequency=None),)},
        {"pfc": (pfc(method=PfcMethod.OVERVOLTAGE, technology="CWPB"),)},
    ],
)
def test_without_a_factor_there_is_no_result(tables: Tables, kinds) -> None:
    with pytest.raises(FactorMissing):
        one(tables, **kinds)


def test_totals_are_those_of_equation_4(tables: Tables) -> None:
    data = monitoring(
        streams=(stream(biomass_fraction=0.25, zero_rating=zero_rating()), carbonate()),
        measured=(measured(), measured("n2o", gas="N2O", annual_tonnes=2.0)),
        pfc=(pfc(),),
        other=(other(),),
        transfers=(transfer(),),
    )
    made = totals(data, source_emissions(data, tables), 500.0, 300.0)
    assert (made.calculated_t, made.measured_t, made.other_t) == (near(181.6), near(1530.0), 5.0)
    assert (made.transfers_t, made.n2o_t, made.biomass_t) == (-100.0, 530.0, near(53.2))
    assert made.co2_t == near(181.6 + 1000.0 + 5.0 - 100.0)
    assert made.direct_t == near(made.co2_t + made.n2o_t + made.pfc_t)
    parts = made.calculated_t + made.measured_t + made.pfc_t + made.other_t + made.transfers_t
    assert made.direct_t == near(parts)
    assert (made.electricity_mwh, made.indirect_t) == (500.0, 300.0)
    assert (made.energy_tj, made.biomass_energy_tj) == (near(2.85), near(0.95))


# --- whatever the figures

METHODS = st.sampled_from([stream(), carbonate(), carbon()])


@BOUNDED
@given(METHODS, AMOUNT, st.floats(0.0, 100.0))
def test_emissions_scale_with_activity(tables: Tables, source, activity: float, times: float) -> None:
    once = one(tables, streams=(replace(source, activity=activity),))
    more = one(tables, streams=(replace(source, activity=activity * times),))
    assert more.emissions_t == pytest.approx(once.emissions_t * times, rel=1e-9, abs=1e-6)


@BOUNDED
@given(METHODS, AMOUNT, FRACTION, FRACTION)
def test_zero_rated_and_counted_are_all(
    tables: Tables, source, activity: float, part: float, oxidised: float
) -> None:
    plain = replace(source, activity=activity, oxidation_factor=oxidised, conversion_factor=oxidised)
    mixed = replace(plain, biomass_fraction=part, zero_rating=zero_rating())
    every, made = one(tables, streams=(plain,)), one(tables, streams=(mixed,))
    assert made.emissions_t + made.biomass_t == pytest.approx(every.emissions_t, rel=1e-12, abs=1e-9)
    assert made.energy_tj + made.biomass_energy_tj == pytest.approx(every.energy_tj, rel=1e-12, abs=1e-9)
    unproven = one(tables, streams=(replace(mixed, zero_rating=None),))
    assert unproven.emissions_t == every.emissions_t  # without evidence nothing is taken off


@BOUNDED
@given(METHODS, AMOUNT, FRACTION)
def test_splitting_a_stream_leaves_the_totals(tables: Tables, source, activity: float, part: float) -> None:
    whole = monitoring(streams=(replace(source, activity=activity),))
    parts = monitoring(
        streams=(
            replace(source, id="a", activity=activity * part),
            replace(source, id="b", activity=activity - activity * part, shares=split(screws=0.5, bolts=0.5)),
        )
    )
    one_total, two_total = (totals(data, source_emissions(data, tables), 0.0, 0.0) for data in (whole, parts))
    assert two_total.direct_t == pytest.approx(one_total.direct_t, rel=1e-9, abs=1e-6)
    assert two_total.energy_tj == pytest.approx(one_total.energy_tj, rel=1e-9, abs=1e-6)


@BOUNDED
@given(AMOUNT, st.floats(0.1, 100.0), st.floats(0.1, 300.0))
def test_unit_paths_agree(tables: Tables, tonnes: float, ncv: float, per_tj: float) -> None:
    by_energy = stream(
        activity=tonnes, activity_unit="t", ncv=factor(ncv, "GJ/t"), emission_factor=factor(per_tj, "tCO2/TJ")
    )
    per_tonne = factor(ncv * per_tj / 1000, "tCO2/t")
    content = factor(ncv * per_tj / 1000 / 3.664, "tC/t")
    paths = (
        by_energy,
        replace(by_energy, emission_factor=per_tonne),
        replace(by_energy, emission_factor=None, carbon_content=content),
        replace(by_energy, method=Method.PROCESS),
        replace(by_energy, method=Method.MASS_BALANCE),
        replace(by_energy, method=Method.MASS_BALANCE, emission_factor=per_tonne),
        replace(by_energy, method=Method.MASS_BALANCE, emission_factor=None, carbon_content=content),
    )
    first, *others = (one(tables, streams=(path,)) for path in paths)
    for made in others:
        assert made.emissions_t == pytest.approx(first.emissions_t, rel=1e-9)
        assert made.energy_tj == first.energy_tj == pytest.approx(tonnes * ncv / 1000)


@BOUNDED
@given(st.lists(st.tuples(st.floats(0.0, 1e6), FRACTION), min_size=1, max_size=5))
def test_a_mass_balance_closes_when_outputs_equal_inputs(
    tables: Tables, flows: list[tuple[float, float]]
) -> None:
    streams = tuple(
        carbon(f"{sign:+}{at}", tonnes=sign * tonnes, content=content)
        for at, (tonnes, content) in enumerate(flows)
        for sign in (1, -1)
    )
    data = monitoring(streams=streams)
    assert totals(data, source_emissions(data, tables), 0.0, 0.0).direct_t == 0.0


@BOUNDED
@given(AMOUNT, FRACTION, st.booleans(), st.booleans(), st.booleans())
def test_a_deduction_is_never_more_than_what_was_handed_over(
    tables: Tables, tonnes: float, stored: float, was_measured: bool, monitors: bool, custody: bool
) -> None:
    handed = transfer(
        fossil_t=tonnes,
        stored_fraction=stored,
        measured=was_measured,
        partner_monitors=monitors,
        custody_evidence=custody,
    )
    made = one(tables, transfers=(handed,)).emissions_t
    assert -tonnes <= made <= 0.0
    assert made == (-tonnes * stored if was_measured and monitors and custody else 0.0)


def test_shares_do_not_change_a_source(tables: Tables) -> None:
    apart = one(tables, streams=(stream(shares=all_to("non-cbam")),))
    assert apart == one(tables, streams=(stream(),))
