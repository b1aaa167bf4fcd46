"""The demonstration product, read from ``example.toml``: a year of an aluminium heat sink made in Wuxi."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

from lca.findings import Place
from lca.inventory import Boundary, ElectricitySource, Inventory, Leg, Line, LineKind, Output, Stage


def heat_sink() -> Inventory:
    """The demonstration inventory: cradle-to-gate, declared unit 1 kg, each line linked or cut off."""
    text = resources.files("lca.bom").joinpath("example.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    data["boundary"] = Boundary(data["boundary"])
    for name in ("declared_amount", "mass_per_declared_unit"):
        data[name] = Decimal(data[name])
    for name in ("period_start", "period_end"):
        data[name] = date.fromisoformat(data[name])
    data["outputs"] = tuple(Output(**{**row, "amount": Decimal(row["amount"])}) for row in data["outputs"])
    data["lines"] = tuple(_line(row) for row in data["lines"])
    return Inventory(**data)


def _line(row: dict[str, Any]) -> Line:
    source, share = row.get("electricity_source"), row.get("cutoff_share")
    legs = (Leg(**{**leg, "distance_km": Decimal(leg["distance_km"])}) for leg in row.get("legs", ()))
    return Line(
        **{
            **row,
            "stage": Stage(row["stage"]),
            "kind": LineKind(row["kind"]),
            "amount": Decimal(row["amount"]),
            "loss_percent": Decimal(row.get("loss_percent", 0)),
            "electricity_source": ElectricitySource(source) if source else None,
            "cutoff_share": Decimal(share) if share else None,
            "place": Place(),
            "legs": tuple(legs),
        }
    )
