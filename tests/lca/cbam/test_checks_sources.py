"""Faults of sources: streams, measured sources, perfluorocarbons, transfers; one fault and its finding a line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import (
    carbon,
    carbonate,
    factor,
    found,
    good,
    measured,
    monitoring,
    other,
    pfc,
    process,
    stream,
    transfer,
    zero_rating,
)

from databases.cbam.tables import Tables
from lca.cbam.checks.completeness import completeness
from lca.cbam.monitoring import (
    FactorSource,
    FuelBalance,
    PfcMethod,
    TransferKind,
)

ACID = {"category": "nitric-acid", "goods": (good("acid", "28080000", content=222.0),)}

RECEIVED = TransferKind.RECEIVED
PLAIN_CARBON = {"biomass_fraction": 0.5, "zero_rating": zero_rating()}
SOURCES = [
    ({"streams": (stream(activity=-1.0),)}, "error", "cbam-activity-negative", "gas"),
    ({"streams": (carbonate(activity=-1.0),)}, "error", "cbam-activity-negative", "limestone"),
    ({"streams": (stream(activity_unit="m3"),)}, "error", "cbam-activity-unit", "gas"),
    ({"streams": (stream(oxidation_factor=99.0),)}, "error", "cbam-fraction-range", "gas"),
    ({"streams": (carbonate(conversion_factor=-0.1),)}, "error", "cbam-fraction-range", "limestone"),
    (
        {"streams": (stream(biomass_fraction=0.7, other_biomass_fraction=0.4),)},
        "error",
        "cbam-biomass-sum",
        "gas",
    ),
    ({"streams": (stream(emission_factor=None),)}, "error", "cbam-factor-missing", "gas"),
    ({"streams": (stream(ncv=None),)}, "error", "cbam-ncv-missing", "gas"),
    ({"streams": (stream(ncv=factor(48.0, "GJ/t")),)}, "error", "cbam-factor-unit", "gas"),
    ({"streams": (stream(ncv=None, material="natural-gas"),)}, "note", "cbam-factor-national", "gas"),
    (
        {"streams": (stream(emission_factor=factor(56.1, "tCO2/TJ", source=FactorSource.UNSTATED)),)},
        "warning",
        "cbam-factor-unstated",
        "gas",
    ),
    (
        {
            "streams": (
                stream(
                    material="natural-gas",
                    emission_factor=factor(56.1, "tCO2/TJ", source=FactorSource.TABLE_G),
                ),
            )
        },
        "warning",
        "cbam-type-two-available",
        "gas",
    ),
    ({"streams": (stream(biomass_fraction=0.3),)}, "warning", "cbam-biomass-unproven", "gas"),
    ({"streams": (stream(other_biomass_fraction=0.3),)}, "note", "cbam-biomass-counted", "gas"),
    (
        {"streams": (stream(biomass_fraction=0.3, zero_rating=replace(zero_rating(), document="")),)},
        "warning",
        "cbam-biomass-document",
        "gas",
    ),
    (
        {"streams": (carbon("chips", **PLAIN_CARBON), carbon("product", tonnes=-500.0))},
        "warning",
        "cbam-biomass-balance",
        "",
    ),
    (
        {
            "streams": (
                carbonate(name="Clinker", emission_factor=factor(0.5, "tCO2/t", source=FactorSource.IPCC)),
            )
        },
        "warning",
        "cbam-clinker-standard",
        "limestone",
    ),
    ({"fuel_balance": FuelBalance(cbam_tj=3.7)}, "warning", "cbam-fuel-balance", ""),
    ({"fuel_balance": FuelBalance(cbam_tj=3.9, non_cbam_tj=-0.1)}, "error", "cbam-amount-negative", ""),
    ({"measured": (measured(gas="CH4"),)}, "error", "cbam-measured-gas", "stack"),
    ({"measured": (measured(annual_tonnes=None, hours=8000.0),)}, "error", "cbam-measured-amount", "stack"),
    (
        {"measured": (measured(concentration_g_per_nm3=10.0, hours=8000.0, flow_nm3_per_hour=10000.0),)},
        "warning",
        "cbam-measured-both",
        "stack",
    ),
    ({"measured": (measured(annual_tonnes=-1.0),)}, "error", "cbam-amount-negative", "stack"),
    ({"measured": (measured(biomass_fraction=0.1),)}, "warning", "cbam-biomass-unproven", "stack"),
    ({"measured": (measured(gas="N2O", biomass_fraction=0.1),)}, "warning", "cbam-biomass-n2o", "stack"),
    ({"pfc": (pfc(frequency=None),)}, "error", "cbam-pfc-missing", "cells"),
    ({"pfc": (pfc(slope_factor=None),)}, "error", "cbam-pfc-factor", "cells"),
    (
        {"pfc": (pfc(slope_factor=None, technology="PFPB-MW"),)},
        "warning",
        "cbam-pfc-own-measurement",
        "cells",
    ),
    (
        {
            "pfc": (
                pfc(
                    method=PfcMethod.OVERVOLTAGE,
                    technology="CWPB",
                    overvoltage_mv=2.0,
                    current_efficiency=0.94,
                ),
            )
        },
        "error",
        "cbam-current-efficiency",
        "cells",
    ),
    ({"pfc": (pfc(collection_efficiency=0.0),)}, "error", "cbam-collection-efficiency", "cells"),
    ({"pfc": (pfc(collection_efficiency=1.0),)}, "warning", "cbam-collection-assumed", "cells"),
    ({"other": (other(method=" "),)}, "error", "cbam-other-method", "leak"),
    ({"other": (other(emissions_t=-5.0),)}, "error", "cbam-amount-negative", "leak"),
    ({"transfers": (transfer(measured=False),)}, "warning", "cbam-transfer-not-deducted", "co2"),
    ({"transfers": (transfer(partner_contact=""),)}, "warning", "cbam-transfer-contact", "co2"),
    (
        {"transfers": (transfer(kind=TransferKind.RECEIVED, measured=False),)},
        "warning",
        "cbam-transfer-unmeasured",
        "co2",
    ),
    ({"transfers": (transfer(stored_fraction=1.5),)}, "error", "cbam-fraction-range", "co2"),
]


@pytest.mark.parametrize(("changes", "severity", "code", "line"), SOURCES)
def test_sources(tables: Tables, changes: dict[str, Any], severity: str, code: str, line: str) -> None:
    assert (severity, code, line) in found(monitoring(**changes), tables)


@pytest.mark.parametrize(
    "changes",
    [
        {"streams": (carbon(tonnes=-1.0),)},
        {"fuel_balance": FuelBalance(cbam_tj=3.8)},
        {"streams": (carbonate(name="Clinker", emission_factor=factor(0.51, "tCO2/t")),)},  # an analysis
        {"streams": (carbonate(name="Raw meal for clinker", emission_factor=factor(0.35, "tCO2/t")),)},
        {"transfers": (transfer(),)},
        {
            "processes": (process(**ACID),),
            "precursors": (),
            "measured": (measured("n2o", gas="N2O", annual_tonnes=2.0),),
        },
    ],
)
def test_what_is_right_with_sources(tables: Tables, changes: dict[str, Any]) -> None:
    data = monitoring(**changes)
    gaps = {one.code for one in completeness(data, tables)}  # acid without ammonia and electricity
    assert [one for one in found(data, tables) if one[1] not in gaps] == []
