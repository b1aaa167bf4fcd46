"""What the rules do not allow: LCA factors, data of 2025, goods out of scope, green certificates, calculated N2O."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import (
    electricity,
    factor,
    found,
    good,
    heat,
    monitoring,
    other,
    pfc,
    precursor,
    process,
    proof,
    stream,
    supplier_values,
    year,
)

from databases.cbam.tables import Tables
from lca.cbam.checks import check
from lca.cbam.checks.claims import names_green_certificate, names_lca
from lca.cbam.monitoring import Basis, ElectricityExport, PfcMethod
from lca.findings import Severity

ACID = {"category": "nitric-acid", "goods": (good("acid", "28080000", content=222.0),)}

REFUSED = [
    # LCA factor offered as emission factor
    (
        {"streams": (stream(emission_factor=factor(63.0, "tCO2/TJ", reference="ecoinvent")),)},
        "cbam-lca-factor",
        "gas",
    ),
    (
        {"streams": (stream(ncv=factor(38.0, "GJ/1000Nm3", reference="CPCD 碳足迹因子")),)},
        "cbam-lca-factor",
        "gas",
    ),
    ({"other": (other(method="GaBi data set"),)}, "cbam-lca-factor", "leak"),
    (
        {"precursors": (precursor(values=supplier_values(reference="EPD of the mill")),)},
        "cbam-lca-factor",
        "wire",
    ),
    (
        {"heat": (heat(origin="outside", factor=factor(60.0, "tCO2/TJ", reference="DESNZ")),)},
        "cbam-lca-factor",
        "steam",
    ),
    # 2025 data for 2026 goods
    ({"period": year(2025)}, "cbam-period-early", ""),
    # CN not in scope
    ({"processes": (process(goods=(good(cn="84818081"),)),)}, "cbam-cn-out-of-scope", "screws-73181595"),
    ({"processes": (process(goods=(good(cn=""),)),)}, "cbam-cn-out-of-scope", "screws-73181595"),
    ({"precursors": (precursor(cn="72044990"),)}, "cbam-cn-out-of-scope", "wire"),
    # green certificate as electricity factor
    (
        {"electricity": (electricity(factor=factor(0.0, "tCO2/MWh", reference="绿证 2026")),)},
        "cbam-green-certificate",
        "grid",
    ),
    ({"electricity": (electricity(name="Grid with I-REC"),)}, "cbam-green-certificate", "grid"),
    ({"electricity": (electricity(proof=proof(contract="500 GECs")),)}, "cbam-green-certificate", "grid"),
    (
        {
            "electricity_exports": (
                ElectricityExport(
                    process="screws",
                    amount_mwh=1.0,
                    factor=factor(0.0, "tCO2/MWh", reference="sold with GOs"),
                ),
            )
        },
        "cbam-green-certificate",
        "screws",
    ),
    # N2O of nitric acid by anything but measurement
    ({"processes": (process(**ACID),), "precursors": ()}, "cbam-n2o-not-measured", "screws"),
    ({"other": (other(name="N2O of the tail gas"),)}, "cbam-n2o-calculated", "leak"),
]


@pytest.mark.parametrize(("changes", "code", "line"), REFUSED)
def test_refusals(tables: Tables, changes: dict[str, Any], code: str, line: str) -> None:
    assert ("error", code, line) in found(monitoring(**changes), tables)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ecoinvent 3.11, market for natural gas", "ecoinvent"),
        ("Sphera/GaBi 2025", "Sphera"),
        ("LCA of the plant", "LCA"),
        ("USLCI", "USLCI"),
        ("US LCI database", "US LCI"),
        ("UK DESNZ conversion factors", "DESNZ"),
        ("cradle to gate, life-cycle data", "life-cycle"),
        ("Life Cycle Inventory", "Life Cycle"),
        ("来自产品生命周期数据库", "生命周期"),
        ("产品碳足迹因子库CPCD", "碳足迹"),
        ("使用LCA数据", "LCA"),
        ("Laboratory calcination of limestone", ""),
        ("National inventory 2024, table 1.A", ""),
        ("供应商保证值，批次 2026-07", ""),
        ("Glacial region supply", ""),
        ("天工工具质保书 2026-07", ""),  # a maker of tool steel, not the database of that name
        ("天工数据库", "天工数据库"),
    ],
)
def test_words_of_life_cycle_sources(text: str, word: str) -> None:
    assert names_lca(text) == word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("绿证", "绿证"),
        ("绿色电力证书 500 张", "绿色电力证书"),
        ("GEC 2026", "GEC"),
        ("I-REC(E)", "I-REC"),
        ("backed by GO from Norway", "GO"),
        ("US RECs", "RECs"),
        ("Guarantees of origin", "Guarantees of origin"),
        ("renewable energy certificate", "renewable energy certificate"),
        ("go to the grid operator's page", ""),
        ("rec. no. 7", ""),
        ("RECORD of meter 7", ""),
        ("购电协议 2026-01", ""),
    ],
)
def test_words_of_green_certificates(text: str, word: str) -> None:
    assert names_green_certificate(text) == word


@pytest.mark.parametrize("code", ["GB", "HK", "TW", "MO", "XK", "CN", "US"])
def test_countries_that_have_default_values_or_borders_are_countries(tables: Tables, code: str) -> None:
    data = monitoring()
    data = replace(data, installation=replace(data.installation, country=code))
    assert "cbam-country-unknown" not in {one.code for one in check(data, tables)}


@pytest.mark.parametrize("code", ["QQ", "UKR", "China"])
def test_what_is_no_country_is_refused(tables: Tables, code: str) -> None:
    data = monitoring()
    data = replace(data, installation=replace(data.installation, country=code))
    assert "cbam-country-unknown" in {one.code for one in check(data, tables)}


def test_what_the_older_workbook_computes_with_is_a_warning_on_its_basis(tables: Tables) -> None:
    odd = pfc(
        method=PfcMethod.OVERVOLTAGE, current_efficiency=0.95, overvoltage_mv=12.0, overvoltage_factor=1.16
    )
    for basis, severity in ((Basis.DEFINITIVE, Severity.ERROR), (Basis.TRANSITIONAL, Severity.WARNING)):
        found = [
            one
            for one in check(replace(monitoring(), basis=basis, pfc=(odd,)), tables)
            if one.code == "cbam-current-efficiency"
        ]
        assert [one.severity for one in found] == [severity]
