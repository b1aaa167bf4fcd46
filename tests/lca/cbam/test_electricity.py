"""Which factor electricity takes (Article 9, Annex II D.4), and what each process consumed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.electricity import Power, consumption, missing_elements
from lca.cbam.emissions import source_emissions
from lca.cbam.heat import unit_factors
from lca.cbam.monitoring import Basis, ElectricityKind, Monitoring, UnitKind
from lca.findings import Severity

COUNTING = frozenset({"screws", "bolts"})
LINK, PPA, OWN = ElectricityKind.DIRECT_LINK, ElectricityKind.PPA, ElectricityKind.OWN_GENERATION


def mwh(value: float) -> Any:
    return m.factor(value, "tCO2/MWh")


def source(id: str, kind: ElectricityKind, amount: float, factor: float | None, **changes: Any) -> Any:
    stated = None if factor is None else mwh(factor)
    return m.electricity(
        id, kind=kind, amount_mwh=amount, factor=stated, **{"name": id, "proof": m.proof()} | changes
    )


def used(data: Monitoring, counting: frozenset[str] = COUNTING) -> Power:
    return consumption(data, {}, counting)


def codes(power: Power) -> list[str]:
    return [one.code for one in power.findings]


def test_average_of_all_sources_by_amount() -> None:
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=300.0), source("wind", PPA, 100.0, 0.2)),
        electricity_uses=(m.power(mwh=250.0), m.power("bolts", 150.0)),
    )
    power = used(data)
    assert power.installation_factor == pytest.approx(0.5)
    assert power.processes["screws"].emissions_t == pytest.approx(125.0)
    assert power.processes["bolts"].factor == pytest.approx(0.5)
    assert (power.consumed_mwh, power.indirect_t) == (pytest.approx(400.0), pytest.approx(200.0))
    assert power.processes["screws"].actual_share == pytest.approx(0.25)
    assert power.processes["screws"].actual_emissions_share == pytest.approx(0.1)  # 0.25 x 0.2 / 0.5
    assert codes(power) == []


def test_a_subset_with_evidence_has_its_own_average() -> None:
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=300.0), source("wind", PPA, 100.0, 0.0)),
        electricity_uses=(m.power(mwh=300.0, sources=("grid",)), m.power("bolts", 100.0, sources=("wind",))),
    )
    power = used(data)
    assert (power.processes["screws"].factor, power.processes["bolts"].factor) == (0.6, 0.0)
    assert power.processes["bolts"].actual_emissions_share == 1.0  # no emissions: the share of electricity
    assert codes(power) == []


def test_a_subset_without_evidence_takes_the_average() -> None:
    claim = m.power("bolts", 100.0, sources=("wind",), evidence=(), reason="own feeder")
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=300.0), source("wind", PPA, 100.0, 0.0)),
        electricity_uses=(m.power(mwh=300.0), claim),
    )
    power = used(data)
    assert power.processes["bolts"].factor == pytest.approx(0.45)
    assert codes(power) == ["cbam-electricity-averaged"]
    older = used(replace(data, basis=Basis.TRANSITIONAL))
    assert older.processes["bolts"].factor == 0.0


@pytest.mark.parametrize(
    ("kind", "changes", "lacking"),
    [
        (LINK, {}, []),
        (LINK, {"grid_connection": False}, []),
        (LINK, {"contract": ""}, []),
        (LINK, {"single_line_diagram": False}, ["diagram"]),
        (LINK, {"generation_metered": False}, ["generation-meter"]),
        (LINK, {"delivery_metered": False}, ["delivery-meter"]),
        (LINK, {"matching_minutes": 61.0}, ["matching"]),
        (LINK, {"matching_minutes": None}, ["matching"]),
        (LINK, {"matching_minutes": 0.0}, ["matching"]),
        (LINK, {"matching_minutes": 15.0}, []),
        (PPA, {}, []),
        (PPA, {"single_line_diagram": False}, []),
        (PPA, {"contract": ""}, ["contract"]),
        (PPA, {"grid_connection": False}, ["grid"]),
        (PPA, {"matching_minutes": 1440.0, "generation_metered": False}, ["generation-meter", "matching"]),
        (OWN, {"contract": "", "grid_connection": False}, []),
        (OWN, {"delivery_metered": False}, ["delivery-meter"]),
    ],
)
def test_every_element_of_evidence(kind: ElectricityKind, changes: dict, lacking: list[str]) -> None:
    clean = source("clean", kind, 100.0, 0.05, proof=m.proof(**changes))
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=0.0), clean), electricity_uses=(m.power(mwh=100.0),)
    )
    power = used(data)
    factor = power.sources[1]
    told = [f"cbam-electricity-lacks-{one}" for one in lacking]
    if lacking:
        assert (factor.factor, factor.actual) == (0.6, False)
        assert codes(power) == [*told, "cbam-electricity-unproved"]
    else:
        assert (factor.factor, factor.actual) == (0.05, True)
        assert codes(power) in ([], ["cbam-electricity-link-contract"])
    assert len(missing_elements(kind, m.proof(**changes))) == len(lacking)


def test_no_proof_at_all_lacks_everything() -> None:
    assert len(missing_elements(PPA, None)) == 5
    assert missing_elements(ElectricityKind.GRID, None) == ()


def test_an_unproved_factor_without_a_default_stops() -> None:
    data = m.monitoring(
        electricity=(source("wind", PPA, 100.0, 0.0, proof=None),), electricity_uses=(m.power(mwh=100.0),)
    )
    power = used(data)
    assert "cbam-electricity-factor-needed" in codes(power)
    assert any(one.severity is Severity.ERROR for one in power.findings)


def test_the_default_of_its_own_country_applies() -> None:
    vietnam = m.electricity("vn", country="VN", amount_mwh=0.0, factor=mwh(0.58))
    wind = source("wind", PPA, 100.0, 0.0, proof=None, country="VN")
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=0.0), vietnam, wind), electricity_uses=(m.power(mwh=100.0),)
    )
    assert used(data).sources[2].factor == 0.58


@pytest.mark.parametrize(
    ("counting", "code", "severity"),
    [
        (COUNTING, "cbam-electricity-factor-needed", Severity.ERROR),
        (frozenset(), "cbam-electricity-factor-left-out", Severity.NOTE),
    ],
)
def test_missing_grid_factor(counting: frozenset, code: str, severity: Severity) -> None:
    data = m.monitoring(electricity=(m.electricity(factor=None),), electricity_uses=(m.power(),))
    power = used(data, counting)
    assert [(one.code, one.severity) for one in power.findings] == [(code, severity)]


def test_a_source_that_gave_nothing_needs_no_factor() -> None:
    data = m.monitoring(
        electricity=(m.electricity(), m.electricity("standby", amount_mwh=0.0, factor=None)),
        electricity_uses=(m.power(),),
    )
    power = used(data)
    assert (power.processes["screws"].factor, codes(power)) == (0.6, [])


def test_an_alternative_default_is_told() -> None:
    data = m.monitoring(
        electricity=(m.electricity(kind=ElectricityKind.ALTERNATIVE_DEFAULT),), electricity_uses=(m.power(),)
    )
    power = used(data)
    assert power.processes["screws"].factor == 0.6
    assert codes(power) == ["cbam-electricity-alternative"]


def test_use_without_any_source_stops_where_it_counts() -> None:
    power = used(m.monitoring(electricity_uses=(m.power(),)))
    assert codes(power) == ["cbam-electricity-factor-needed"]


def test_own_generation_has_the_factor_of_its_unit(tables: Any) -> None:
    unit = m.unit(
        "plant", UnitKind.POWER_PLANT, net_heat_tj=None, heat_efficiency=None, net_electricity_mwh=400.0
    )
    own = source("own", OWN, 400.0, None, unit="plant")
    data = m.monitoring(
        streams=(m.stream(shares=m.all_to("plant")),),
        units=(unit,),
        electricity=(own,),
        electricity_uses=(m.power(mwh=400.0),),
    )
    units = unit_factors(data, source_emissions(data, tables), tables)
    power = consumption(data, units, COUNTING)
    assert power.processes["screws"].factor == pytest.approx(212.8 / 400)
    assert power.processes["screws"].actual_share == 1.0
    stated = replace(data, electricity=(replace(own, factor=mwh(0.1)),))
    power = consumption(stated, units, COUNTING)
    assert power.processes["screws"].factor == pytest.approx(212.8 / 400)
    assert codes(power) == ["cbam-electricity-unit-factor"]


def test_transitional_factors_need_no_proof() -> None:
    data = m.monitoring(
        basis=Basis.TRANSITIONAL,
        electricity=(source("wind", PPA, 100.0, 0.01, proof=None),),
        electricity_uses=(m.power(mwh=100.0),),
    )
    power = used(data)
    assert (power.processes["screws"].factor, codes(power)) == (0.01, [])


def test_a_source_claimed_twice_is_told() -> None:
    data = m.monitoring(
        electricity=(m.electricity(amount_mwh=300.0), source("wind", PPA, 100.0, 0.0)),
        electricity_uses=(
            m.power(mwh=150.0, sources=("wind",)),
            m.power("bolts", 250.0, sources=("wind",)),
        ),
    )
    assert codes(used(data)) == ["cbam-electricity-overclaimed"]


@settings(max_examples=50, deadline=None)
@given(
    sources=st.lists(
        st.tuples(st.floats(0.1, 1e5), m.amounts(0, 1.2), st.booleans()), min_size=1, max_size=6
    ),
    split=m.amounts(0, 1),
)
def test_the_average_conserves_indirect_emissions(sources: list, split: float) -> None:
    made = tuple(
        source(f"s{index}", PPA if actual else ElectricityKind.GRID, amount, factor)
        for index, (amount, factor, actual) in enumerate(sources)
    )
    total = sum(amount for amount, _, _ in sources)
    data = m.monitoring(
        electricity=made,
        electricity_uses=(m.power(mwh=total * split), m.power("bolts", total * (1 - split))),
    )
    power = used(data)
    assert power.indirect_t == pytest.approx(sum(amount * factor for amount, factor, _ in sources))
    factors = [factor for _, factor, _ in sources]
    assert min(factors) - 1e-9 <= power.installation_factor <= max(factors) + 1e-9
    for one in power.processes.values():
        assert -1e-12 <= one.actual_share <= 1 + 1e-12 and -1e-12 <= one.actual_emissions_share <= 1 + 1e-9


# --- amounts without which the average is wrong


WIND = source("wind", PPA, 100.0, 0.0, proof=m.proof())


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ((m.electricity(amount_mwh=None), WIND), ["cbam-electricity-amount-needed"]),
        (
            (m.electricity(amount_mwh=None), replace(WIND, amount_mwh=None)),
            ["cbam-electricity-amount-needed"] * 2,
        ),
        ((m.electricity(amount_mwh=0.0), WIND), ["cbam-electricity-beyond-sources"]),
        ((m.electricity(amount_mwh=400.0), WIND), []),
        ((m.electricity(amount_mwh=None),), []),
        ((m.electricity(factor=mwh(0.0)),), ["cbam-electricity-grid-zero"]),
    ],
)
def test_amounts_that_the_average_needs(sources: tuple, told: list[str]) -> None:
    """A grid without an amount would leave the wind farm's zero for 500 MWh."""
    data = m.monitoring(electricity=sources, electricity_uses=(m.power(mwh=500.0),))
    assert codes(used(data, COUNTING)) == told
    assert codes(used(data, frozenset())) == []
