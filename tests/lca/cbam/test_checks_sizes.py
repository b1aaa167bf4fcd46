"""Numbers beyond what a machine computes with are findings, not exceptions; those within the limits give figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.calculate import NotCalculable, calculate
from lca.cbam.checks import check
from lca.cbam.checks.sizes import LARGEST, MOST_TOLD, SMALLEST
from lca.cbam.monitoring import Monitoring
from tests.lca.cbam.making import factor, good, monitoring, precursor, process, stream


def huge(value: float) -> dict[str, Monitoring]:
    return {
        "activity": monitoring(streams=(stream(activity=value),)),
        "calorific value": monitoring(streams=(stream(ncv=factor(value, "GJ/1000Nm3")),)),
        "produced": monitoring(processes=(process(goods=(good(produced_t=value),)),)),
        "purchased": monitoring(precursors=(precursor(purchased=value),)),
        "stated": monitoring(indirect_stated_t=value),
    }


@pytest.mark.parametrize("value", [1e308, -1e308, 2 * LARGEST, 5e-324, SMALLEST / 2])
@pytest.mark.parametrize("where", huge(1.0))
def test_a_size_no_plant_has_is_told_alone(tables, where, value):
    found = check(huge(value)[where], tables)
    assert {(one.severity, one.code) for one in found} == {("error", "cbam-number-size")}
    with pytest.raises(NotCalculable):
        calculate(huge(value)[where], tables)


def test_the_record_is_named_and_not_every_one_is_told(tables):
    (one,) = check(huge(1e300)["activity"], tables)
    assert one.place.line == "gas"
    many = monitoring(streams=tuple(stream(f"s{n}", activity=1e300) for n in range(MOST_TOLD + 10)))
    assert len(check(many, tables)) == MOST_TOLD


SIZES = st.floats(SMALLEST, LARGEST)


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES)
def test_within_the_limits_every_figure_is_finite(tables, activity, ncv, produced, bought):
    data = monitoring()
    (first,) = data.processes
    made = replace(first, goods=tuple(replace(one, produced_t=produced) for one in first.goods))
    wire = replace(
        precursor(), purchased=None, uses=tuple(replace(use, amount=bought) for use in precursor().uses)
    )
    gas = stream(activity=activity, ncv=factor(ncv, "GJ/1000Nm3"))
    try:
        done = calculate(replace(data, streams=(gas,), processes=(made,), precursors=(wire,)), tables)
    except NotCalculable:
        return
    for one in done.goods:
        assert math.isfinite(one.see_total)
        assert math.isfinite(one.see_per_tonne)
        assert one.sefa is None or math.isfinite(one.sefa)
