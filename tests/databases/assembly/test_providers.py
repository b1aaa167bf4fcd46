"""Who supplies what: the rules of ``databases.assembly.providers`` one by one."""

from __future__ import annotations

from typing import Any

import pytest

from databases.assembly.outputs import Output, outputs
from databases.assembly.providers import LinkRepair, Suppliers
from tests.databases.assembly.processes import avoids, process, production, takes


def power(code: str, place: str, year: int = 2020, **extra: Any) -> dict[str, Any]:
    return process(code, production(1, "kWh", "Electricity, at grid"), location=place, year=year, **extra)


def resolve(
    exchange: dict[str, Any],
    *processes: dict[str, Any],
    rule: str = "best",
    place: str = "US",
    year: int = 2020,
    repairs: dict[tuple[str, str, str], LinkRepair] | None = None,
) -> tuple[Any, dict[str, Output]]:
    taker = process("taker", production(), location=place, year=year)
    found = outputs([*processes, taker], "GLO").found
    by_code = {output.code: output for output in found}
    return Suppliers(found, rule, repairs or {}).resolve(exchange, by_code["taker"]), by_code


def codes(resolution: Any) -> list[str]:
    return [output.code for output, _ in resolution.suppliers]


GRID = takes("Electricity, at grid", 3, "kWh")


def test_one_supplier_by_name_whatever_case_and_spaces() -> None:
    found, _ = resolve(takes("  electricity,  AT grid", 3, "MJ"), power("a", "US"))
    assert (codes(found), found.rule, found.reason) == (["a"], "unique", "")
    assert found.factors == (pytest.approx(1 / 3.6, rel=1e-15),)


def test_each_supplier_counts_in_its_own_unit_and_the_place_decides() -> None:
    mega = process("b-cn", production(1, "MJ", "Electricity, at grid"), location="CN", year=2020)
    found, _ = resolve(GRID, power("a-us", "US"), mega, place="CN")
    assert (codes(found), found.factors) == (["b-cn"], (pytest.approx(3.6),))
    found, _ = resolve(GRID, power("a-us", "US"), mega, rule="split")
    assert (codes(found), found.factors) == (["a-us", "b-cn"], (1.0, pytest.approx(3.6)))


def test_where_place_and_year_are_equal_the_unit_asked_for_decides() -> None:
    mega = process("a", production(1, "MJ", "Electricity, at grid"), location="US", year=2020)
    found, _ = resolve(GRID, mega, power("b", "US"), power("c", "US"))
    assert codes(found) == ["b", "c"]


@pytest.mark.parametrize(
    ("exchange", "wanted"),
    [
        (takes("slag", -1), "treated"),
        (takes("slag", 1, waste=True), "treated"),
        (takes("slag", 1), "made"),
        (avoids("slag", 1), "made"),
        (avoids("slag", 1, waste=True), "treated"),
    ],
)
def test_waste_goes_to_treatment_and_a_product_comes_from_its_maker(
    exchange: dict[str, Any], wanted: str
) -> None:
    both = process("treated", production(-1, "kg", "slag")), process("made", production(1, "kg", "slag"))
    found, _ = resolve(exchange, *both)
    assert codes(found) == [wanted]
    for only in both:
        assert codes(resolve(exchange, only)[0]) == [only["code"]]


def test_a_named_provider_of_something_else_is_passed_over() -> None:
    """openLCA and ILCD name both: the provider must supply the flow."""
    coal = process("p1", production(1, "kg", "coal", product="C"))
    steel = process("p2", production(1, "kg", "steel", product="S"))
    found, _ = resolve(takes("steel", 1, activity="p1", product="S"), coal, steel)
    assert (codes(found), found.rule) == (["p2"], "unique")
    found, _ = resolve(takes("coal", 1, activity="p1", product="other"), coal, steel)
    assert (codes(found), found.rule) == (["p1"], "by-file")


def test_two_inputs_of_one_name_are_told_apart_by_their_product() -> None:
    made = [process(code, production(1, "kg", code), name="dairy") for code in ("cheese", "whey")]
    taker = process("taker", production())
    found = outputs([*made, taker], "GLO").found
    suppliers = Suppliers(found, "best", {})
    for wanted in ("cheese", "whey"):
        exchange = takes("dairy", 1, **{"reference product": wanted})
        assert codes(suppliers.resolve(exchange, found[-1])) == [wanted]


def test_process_name_serves_where_no_product_has_it() -> None:
    found, _ = resolve(takes("a", 1, "kWh"), power("a", "US"))
    assert codes(found) == ["a"]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [("US", "us"), ("CA", "rna"), ("CN-JS", "cn"), ("FR", "glo")],
)
def test_best_is_the_nearest_place_seen_from_the_taker(place: str, wanted: str) -> None:
    grids = [power("us", "US"), power("rna", "RNA"), power("cn", "CN"), power("glo", "GLO")]
    found, _ = resolve(GRID, *grids, place=place)
    assert (codes(found), found.rule) == ([wanted], "best")
    assert found.among == ("cn", "glo", "rna", "us")


@pytest.mark.parametrize(
    ("year", "wanted"),
    [(2014, "y2014"), (2015, "y2016"), (2030, "y2020")],
    ids=["same", "later-of-two", "last"],
)
def test_best_is_then_the_nearest_year(year: int, wanted: str) -> None:
    grids = [power(f"y{known}", "US", known) for known in (2014, 2016, 2020)]
    found, _ = resolve(GRID, *grids, year=year)
    assert codes(found) == [wanted]


def test_best_shares_among_those_that_nothing_tells_apart() -> None:
    found, _ = resolve(GRID, power("b", "US"), power("a", "US"), power("c", "CN"))
    assert [(output.code, share) for output, share in found.suppliers] == [("a", 0.5), ("b", 0.5)]
    assert found.rule == "best"


def test_strict_links_none_of_several() -> None:
    found, _ = resolve(GRID, power("a", "US"), power("b", "US"), rule="strict")
    assert (codes(found), found.reason, found.among) == ([], "several-suppliers", ("a", "b"))


def test_split_takes_all_in_equal_shares() -> None:
    found, _ = resolve(GRID, power("a", "US"), power("b", "CN"), rule="split")
    assert [(output.code, share) for output, share in found.suppliers] == [("a", 0.5), ("b", 0.5)]


def test_a_place_on_the_exchange_comes_before_the_rule() -> None:
    found, _ = resolve(GRID | {"location": "CN"}, power("a", "US"), power("b", "CN"), rule="strict")
    assert codes(found) == ["b"]


def test_the_file_s_own_provider_comes_before_the_name() -> None:
    found, _ = resolve(GRID | {"activity": "b"}, power("a", "US"), power("b", "CN"))
    assert (codes(found), found.rule) == (["b"], "by-file")


def test_a_provider_of_several_products_gives_the_one_that_is_named() -> None:
    one = power("b", "CN") | {"activity id": "act"}
    heat = process("c", production(1, "MJ", "Heat"), **{"activity id": "act"})
    found, _ = resolve(takes("Heat", 1, "MJ", activity="act"), one, heat)
    assert codes(found) == ["c"]


def test_a_provider_that_is_not_there_leaves_the_name() -> None:
    found, _ = resolve(GRID | {"activity": "gone"}, power("a", "US"))
    assert codes(found) == ["a"]


def test_product_identifier_comes_before_the_name() -> None:
    other = process("x", production(1, "kWh", "Power", product="flow-1"))
    found, _ = resolve(GRID | {"product": "flow-1"}, power("a", "US"), other)
    assert codes(found) == ["x"]


@pytest.mark.parametrize(
    ("exchange", "supplier", "reason"),
    [
        (takes("Nothing", 1), power("a", "US"), "no-supplier"),
        (takes("Electricity, at grid", 1, "kg"), power("a", "US"), "unit-conflict"),
        (takes("Electricity, at grid", 1, "blob"), power("a", "US"), "unit-conflict"),
        (GRID | {"cut-off": True}, power("a", "US"), "cut-off-by-file"),
        (GRID, process("a", name="Electricity, at grid"), "supplier-without-output"),
        (GRID, power("a", "US", unallocated=True), "unallocated-co-product"),
        (GRID, power("a", "US") | {"cut-off": True}, "supplier-without-output"),
    ],
)
def test_reasons_for_no_supplier(exchange: dict[str, Any], supplier: dict[str, Any], reason: str) -> None:
    found, _ = resolve(exchange, supplier)
    assert (codes(found), found.reason) == ([], reason)


def test_the_mapping_file_comes_before_everything() -> None:
    repairs = {("Electricity, at grid", "kWh", ""): LinkRepair("b", None, "")}
    found, _ = resolve(
        GRID | {"activity": "a", "cut-off": True}, power("a", "US"), power("b", "CN"), repairs=repairs
    )
    assert (codes(found), found.rule, found.factors) == (["b"], "mapping", (1.0,))


def test_a_mapping_with_a_factor_crosses_dimensions() -> None:
    repairs = {("Water", "L", ""): LinkRepair("b", 0.998, "")}
    found, _ = resolve(
        takes("Water", 1, "L"), process("b", production(1, "kg", "Tap water")), repairs=repairs
    )
    assert (codes(found), found.factors) == (["b"], (0.998,))


@pytest.mark.parametrize(
    ("repair", "reason"),
    [
        (LinkRepair("", None, "capital goods"), "cut-off-by-mapping"),
        (LinkRepair("gone", None, ""), "mapped-to-nothing"),
    ],
)
def test_a_mapping_that_does_not_link(repair: LinkRepair, reason: str) -> None:
    found, _ = resolve(GRID, power("a", "US"), repairs={("Electricity, at grid", "kWh", ""): repair})
    assert (codes(found), found.reason) == ([], reason)
