"""A supplier's workbook as data of a precursor: never verified by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from commission import changed, codes, example, needs_files, reading

from lca.cbam.communication import SupplierProduct, as_values, precursors, read
from lca.cbam.communication.supplier import missing
from lca.cbam.monitoring import Period
from lca.findings import Severity


def product(**changes: object) -> SupplierProduct:
    made = SupplierProduct(
        row=10,
        cn="72139110",
        name="Wire rod",
        category="iron-or-steel-products",
        route="",
        country="CN",
        installation="Example Steel",
        unlocode="CN TSN",
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        see_direct=1.9,
        see_indirect=0.3,
        electricity_mwh=0.5,
        electricity_factor=0.6,
        electricity_source="D.4(a)",
        default_share=0.0,
        parameters=(),
        verifier="Somebody Ltd",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@needs_files
def test_the_steel_example_as_a_supplier() -> None:
    found = precursors(reading("Steel"))
    assert [one.cn for one in found] == ["72189911", "73041100", "72191310", "72210010"]
    slab = found[0]
    assert (slab.category, slab.route, slab.country) == ("crude-steel", "electric-arc", "US")
    assert (slab.installation, slab.electricity_source) == ("Example EAF Steelworks", "Mix")
    assert slab.see_direct == pytest.approx(1.001490412107485)
    assert slab.electricity_mwh == pytest.approx(1.6547712232833856)
    assert slab.electricity_factor == pytest.approx(0.833)
    assert slab.default_share == pytest.approx(0.03520871519393244)
    assert dict(slab.parameters)["cr"] == "18"


def test_values_come_without_a_report_whatever_the_supplier_typed() -> None:
    values = as_values(product())
    assert values.report is None
    assert (values.see_direct, values.see_indirect, values.electricity_mwh) == (1.9, 0.3, 0.5)
    assert values.period == product().period and not values.produced_in_period_shown


UNVERIFIED, EARLY = "cbam-supplier-unverified", "cbam-supplier-period"
OF_2025 = {"period": Period(date(2025, 1, 1), date(2025, 12, 31))}
ACROSS = {"period": Period(date(2025, 7, 1), date(2026, 6, 30))}
IN_PART = {"default_share": 0.2, "country": ""}


@pytest.mark.parametrize(
    ("changes", "year", "expected"),
    [
        ({}, 2026, [UNVERIFIED]),
        (OF_2025, 2026, [EARLY, UNVERIFIED]),
        (ACROSS, 2027, [EARLY, UNVERIFIED]),
        (OF_2025, 2025, [UNVERIFIED]),
        (IN_PART, 2026, [UNVERIFIED, "cbam-supplier-defaults", "cbam-supplier-country"]),
        ({"category": "urea"}, 2026, [UNVERIFIED, "cbam-supplier-content"]),
    ],
)
def test_what_is_missing_for_use_as_actual_values(
    changes: dict[str, object], year: int, expected: list[str]
) -> None:
    found = missing(product(**changes), year)
    assert codes(found) == expected
    refused = [one.code for one in found if one.severity is Severity.ERROR]
    assert refused == [code for code in expected if code == "cbam-supplier-period"]


def test_a_file_that_is_refused_has_no_products() -> None:
    assert precursors(read(b"", "empty.xlsx")) == ()


@needs_files
def test_a_summary_on_its_own_says_the_same() -> None:
    """The supplier cleared everything else: the sheets are there, with other cells than the template's."""
    whole = precursors(reading("Steel"))
    cleared = read(changed(example("Steel"), "A_InstData", {"D83": "", "D62": ""}), "summary.xlsx")
    assert cleared.monitoring is None
    assert codes(cleared.findings) == ["cbam-communication-summary-only"]
    found = precursors(cleared)
    for one, other in zip(found, whole, strict=True):
        same = (
            "cn",
            "name",
            "category",
            "country",
            "installation",
            "unlocode",
            "period",
            "see_direct",
            "see_indirect",
        )
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
        assert (one.default_share, one.electricity_mwh) == (other.default_share, other.electricity_mwh)
        assert dict(one.parameters).items() <= dict(other.parameters).items()
        assert len(one.parameters) == 6
    assert as_values(found[0]).report is None
