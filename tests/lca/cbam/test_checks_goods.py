"""Faults of processes, goods and precursors; one fault and its finding a line."""

from __future__ import annotations

from typing import Any

import pytest
from making import (
    found,
    good,
    monitoring,
    own_use,
    precursor,
    process,
    report,
    supplier_values,
)

from databases.cbam.tables import Tables
from lca.cbam.calculate import calculate
from lca.cbam.checks.completeness import completeness
from lca.cbam.monitoring import (
    Allocation,
    Composition,
    Good,
    Monitoring,
    PrecursorUse,
    RouteShare,
)


def cement(**changes: Any) -> dict[str, Any]:
    """A cement process whose good is changed."""
    made = good("cem", "25232900", **{"content": 0.9} | changes)
    return {"processes": (process(category="cement", goods=(made,)),), "precursors": ()}


def fertiliser(**changes: Any) -> dict[str, Any]:
    made = good("npk", "31052010", **{"content": 150.0} | changes)
    return {"processes": (process(category="mixed-fertilisers", goods=(made,)),), "precursors": ()}


def ranges(*parts: tuple[str, float, float]) -> tuple[Composition, ...]:
    return tuple(
        Composition(name=name, produced_t=tonnes, content=content) for name, tonnes, content in parts
    )


def two(first: Good, second: Good, **changes: Any) -> dict[str, Any]:
    """Two processes, each with one good."""
    return {"processes": (process(goods=(first,)), process("nuts", goods=(second,))), **changes}


INGOT = precursor(cn="76011010", category="unwrought-aluminium")
NUTS = good("nuts-a", "73181699")
HALVES = (PrecursorUse(process="screws", amount=525.0), PrecursorUse(process="nuts", amount=525.0))
GOODS = [
    ({"processes": (process(category="bicycles"),)}, "error", "cbam-category-unknown", "screws"),
    ({"processes": (process(category="crude-steel"),)}, "error", "cbam-category-differs", "screws-73181595"),
    ({"processes": (process(included=("ammonia",)),)}, "warning", "cbam-included-category", "screws"),
    (two(good(), good("again")), "error", "cbam-cn-two-processes", "nuts"),
    (two(good(), good("again", "7318 15 95")), "error", "cbam-cn-two-processes", "nuts"),
    ({"processes": (process(goods=(good(), good("again"))),)}, "warning", "cbam-cn-twice", "screws"),
    ({"processes": (process(goods=(good(), NUTS)),)}, "warning", "cbam-multifunctional-reason", "screws"),
    (
        {
            "processes": (
                process(
                    goods=(good("cem", "25232900", content=0.9), good("clay", "25070080")), category="cement"
                ),
            )
        },
        "error",
        "cbam-functional-units-mixed",
        "screws",
    ),
    (cement(content=None), "error", "cbam-content-missing", "cem"),
    (cement(content=90.0), "error", "cbam-content-range", "cem"),
    (fertiliser(content=None), "error", "cbam-content-missing", "npk"),
    (fertiliser(content=0.15), "error", "cbam-content-range", "npk"),
    (cement(content=None, compositions=ranges(("a", 400.0, 0.9))), "error", "cbam-parts-sum", "cem"),
    (cement(compositions=ranges(("a", 400.0, 0.9), ("b", 600.0, 0.7))), "error", "cbam-content-mean", "cem"),
    (
        cement(content=None, compositions=ranges(("60-75 %", 1000.0, 0.7))),
        "error",
        "cbam-composition-wide",
        "cem",
    ),
    (
        cement(content=None, compositions=ranges(("60–70%", 1000.0, 0.75))),
        "error",
        "cbam-composition-outside",
        "cem",
    ),
    (
        fertiliser(compositions=ranges(("10至25%", 1000.0, 150.0))),
        "error",
        "cbam-composition-wide",
        "npk",
    ),
    (
        {"processes": (process(goods=(good(routes=(RouteShare(route="C", produced_t=900.0),)),)),)},
        "error",
        "cbam-parts-sum",
        "screws-73181595",
    ),
    ({"processes": (process(goods=(good(produced_t=0.0),)),)}, "error", "cbam-activity-level-zero", "screws"),
    ({"processes": (process(goods=()),)}, "error", "cbam-activity-level-zero", "screws"),
    (
        {"processes": (process(goods=(good(produced_t=-1.0),)),)},
        "error",
        "cbam-amount-negative",
        "screws-73181595",
    ),
    ({"processes": (process(activity_level=1100.0),)}, "error", "cbam-activity-level-above", "screws"),
    ({"processes": (process(activity_level=900.0),)}, "warning", "cbam-activity-level-differs", "screws"),
    ({"processes": (process(direct_emissions_t=-1.0),)}, "error", "cbam-amount-negative", "screws"),
    (
        {"own_uses": (own_use("screws", "screws", 600.0), own_use("screws", "non-cbam", 600.0))},
        "error",
        "cbam-own-use-exceeds",
        "screws",
    ),
    (
        {"processes": (process(goods=(good(sold_t=1200.0),)),)},
        "warning",
        "cbam-sold-exceeds",
        "screws-73181595",
    ),
    (two(good(), NUTS, precursors=(precursor(uses=HALVES),)), "warning", "cbam-grouping", "nuts"),
    ({"precursors": (precursor(category="crude-steel"),)}, "error", "cbam-precursor-category", "wire"),
    (
        {"precursors": (precursor(cn="76011010", category="unwrought-aluminium"),)},
        "warning",
        "cbam-precursor-not-listed",
        "wire",
    ),
    ({"precursors": (precursor(uses=()),)}, "warning", "cbam-precursor-unused", "wire"),
    ({"precursors": (precursor(purchased=1100.0),)}, "warning", "cbam-precursor-uses", "wire"),
    ({"precursors": (precursor(purchased=900.0),)}, "warning", "cbam-precursor-uses", "wire"),
    ({"precursors": (precursor(values=supplier_values(-1.0)),)}, "error", "cbam-amount-negative", "wire"),
    (
        {"precursors": (precursor(values=supplier_values(default_share=2.0)),)},
        "error",
        "cbam-fraction-range",
        "wire",
    ),
]


@pytest.mark.parametrize(("changes", "severity", "code", "line"), GOODS)
def test_processes_goods_and_precursors(
    tables: Tables, changes: dict[str, Any], severity: str, code: str, line: str
) -> None:
    assert (severity, code, line) in found(monitoring(**changes), tables)


@pytest.mark.parametrize(
    "changes",
    [
        cement(),
        cement(content=None, compositions=ranges(("60-70 %", 400.0, 0.65), ("grade 80-90%", 600.0, 0.9))),
        fertiliser(compositions=ranges(("14-16 %", 1000.0, 150.0))),
        two(good(), NUTS),  # only one of them uses the wire
        {"processes": (process(goods=(good(), NUTS), evidence=("ledger",)),)},
        {"precursors": (precursor(values=supplier_values(report=report())),)},
        {
            "precursors": (precursor(country=""),)
        },  # the highest default applies, which is told where values are chosen
    ],
)
def test_what_is_right_with_goods(tables: Tables, changes: dict[str, Any]) -> None:
    assert apart_from_gaps(monitoring(**changes), tables) == []


def apart_from_gaps(data: Monitoring, tables: Tables) -> list[tuple[str, str, str]]:
    """Findings but for what such small examples leave out (``test_checks_completeness``)."""
    gaps = {one.code for one in completeness(data, tables)}
    return [one for one in found(data, tables) if one[1] not in gaps]


def test_clinker_is_all_clinker(tables: Tables) -> None:
    """Its content need not be stated."""
    made = process(category="cement-clinker", goods=(good("clinker", "2523 10 00"),))
    data = monitoring(processes=(made,), precursors=())
    assert apart_from_gaps(data, tables) == []
    assert calculate(data, tables).goods[0].functional_units == 1000.0


def test_molar_attribution_has_a_common_unit(tables: Tables) -> None:
    made = process(
        category="ammonia",
        allocation=Allocation.MOLAR,
        goods=(good("nh3", "28141000", content=822.0), good("aqueous", "28142000", content=205.0)),
    )
    assert apart_from_gaps(monitoring(processes=(made,), precursors=()), tables) == []
