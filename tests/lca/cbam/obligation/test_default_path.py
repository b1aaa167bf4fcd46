"""The default path: what goods from China owe in 2026, and a table of every code without a gap."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from databases.cbam.goods import NotInScope, Sector
from databases.cbam.tables import Tables
from databases.cbam.values import VariantNeeded
from lca.cbam.obligation.certificates import Basis
from lca.cbam.obligation.default_path import Row, default_path, table

D = Decimal
Q1_2026 = D("75.36")


@pytest.mark.parametrize(
    ("cn", "net", "eur"),
    [
        ("72081000", "2.170", 164),  # hot-rolled coil
        ("72142000", "2.156", 162),  # rebar
        ("73181542", "5.683", 428),  # bolts
        ("73089098", "5.185", 391),  # structures
        ("76011010", "1.913", 144),  # unwrought aluminium
        ("76041010", "3.921", 295),  # aluminium profiles
        ("76161000", "4.667", 352),  # other articles of aluminium
        ("72193100", "4.911", 370),  # stainless, cold-rolled
        ("31021019", "1.999", 151),  # urea
        ("28141000", "2.920", 220),  # ammonia
        ("28041000", "24.342", 1834),  # hydrogen
        ("25232900", "0.913", 69),  # grey cement, per tonne of clinker
    ],
)
def test_what_it_costs_on_default_values_in_2026(cn: str, net: str, eur: int, tables: Tables) -> None:
    """EUR are of the workbook's digits; those printed (4.881 for 4.8808) may differ by half a euro more."""
    found = default_path(cn, "CN", 2026, tables)
    assert round(found.net, 3) == D(net)
    assert abs(found.cost(Q1_2026) - eur) < D("0.6")


def test_every_factor_of_a_bolt(tables: Tables) -> None:
    found = default_path("7318 15 42", "CN", 2026, tables)
    assert (found.default.total, found.markup, found.see) == (D("6.375"), D("0.10"), D("7.0125"))
    assert (found.benchmark, found.route, found.sefa) == (D("1.364"), "C", D("0.975") * D("1.364"))
    keys = [figure.key for figure in found.figures]
    assert keys == ["default-value", "mark-up", "see-default", "cbam-factor", "cscf", "benchmark-b"]
    assert all(term.source.endswith("]") for term in found.terms)
    assert found.mark in {"D", "?"}


def test_mark_up_rises_and_free_allocation_falls(tables: Tables) -> None:
    years = [default_path("72081000", "CN", year, tables) for year in range(2026, 2036)]
    assert [one.markup for one in years[:4]] == [D("0.10"), D("0.20"), D("0.30"), D("0.30")]
    assert all(one.net <= later.net for one, later in pairwise(years))
    assert years[-1].net == years[-1].see


def test_fertilisers_have_one_percent(tables: Tables) -> None:
    assert {default_path("31021019", "CN", year, tables).markup for year in (2026, 2030)} == {D("0.01")}


def test_cement_is_per_tonne_of_clinker(tables: Tables) -> None:
    assert default_path("25232900", "CN", 2026, tables).basis is Basis.TONNE_CLINKER
    assert default_path("31021019", "CN", 2026, tables).basis is Basis.TONNE


def test_white_and_grey_are_told_apart(tables: Tables) -> None:
    with pytest.raises(VariantNeeded):
        default_path("25231000", "CN", 2026, tables)
    white, grey = (default_path("25231000", "CN", 2026, tables, word) for word in ("white", "grey"))
    assert (white.route, grey.route) == ("B", "A")
    assert default_path("2523100090", "CN", 2026, tables).see == grey.see


def test_fallbacks_are_told(tables: Tables) -> None:
    dri = default_path("72031000", "CN", 2026, tables)
    assert (dri.fallback, [one.code for one in dri.findings]) == (
        "other-countries",
        ["cbam-default-other-countries"],
    )
    unknown = default_path("72081000", "", 2026, tables)
    assert unknown.fallback == "highest"
    assert unknown.net > default_path("72081000", "CN", 2026, tables).net


@pytest.mark.parametrize(("cn", "error"), [("27160000", ValueError), ("76151010", NotInScope)])
def test_no_default_path(cn: str, error: type[Exception], tables: Tables) -> None:
    with pytest.raises(error):
        default_path(cn, "CN", 2026, tables)


@pytest.fixture(scope="module")
def china(tables: Tables) -> tuple[Row, ...]:
    return table("CN", (2026, 2027, 2028), tables, price=Q1_2026)


def test_every_code_of_china_has_a_row_and_a_number(china: tuple[Row, ...]) -> None:
    assert len({row.good.cn for row in china}) == 570
    assert {row.year for row in china} == {2026, 2027, 2028}
    assert len(china) == 3 * (570 + 2)  # two codes of cement have a white and a grey value
    assert all(row.path is not None and row.eur == row.path.net * Q1_2026 for row in china)
    assert all(row.category and row.good.sector is not Sector.ELECTRICITY for row in china)


def test_nothing_gets_cheaper_by_the_year(china: tuple[Row, ...]) -> None:
    by_good: dict[tuple[str, str], list[Decimal]] = {}
    for row in china:
        assert row.path is not None
        by_good.setdefault((row.good.cn, row.variant), []).append(row.path.net)
    assert all(nets == sorted(nets) for nets in by_good.values())


@pytest.mark.parametrize("country", ["", "IN", "TR", "TW", "DZ", "AL"])
def test_no_country_stops_the_table(country: str, tables: Tables) -> None:
    rows = table(country, (2026,), tables)
    assert len({row.good.cn for row in rows}) == 570
    assert all((row.path is None) == (row.missing is not None) for row in rows)


def test_opencbam_has_the_same_default_path(china: tuple[Row, ...]) -> None:
    """Left aside: double routes, which it drops; the four codes whose route the code does not have; white and grey,
    which it names by route; codes newer than its list. It rounds the marked-up value and the result to three decimals.
    """
    orchestrator = pytest.importorskip("opencbam.engine.orchestrator")
    types = pytest.importorskip("opencbam.engine.types")
    sectors = {"iron-steel": "iron_steel"}
    agreed = 0
    for row in china:
        path = row.path
        odd = path is None or len(path.default.routes) > 1 or row.variant
        odd = odd or any(finding.code.startswith("cbam-route") for finding in path.findings)
        if odd or path is None or path.fallback or not row.good.cn.startswith(("72", "73", "76", "28")):
            continue
        theirs = orchestrator.assess_good(
            cn_code=row.good.cn,
            country="China",
            mass=D(1),
            year=row.year,
            data_source=types.DataSource.DEFAULT,
            sector=types.Sector(sectors.get(row.good.sector.value, row.good.sector.value)),
            certificate_price=Q1_2026,
            cscf=D(1),
        )
        assert abs(theirs.certificates_due - path.net) <= D("0.0017"), row.good.cn
        agreed += 1
    assert agreed > 3 * 400
