"""The packaged tables against opencbam 0.1.0, an independent transcription; its known faults are excluded by name."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from databases.cbam.commission import country_of
from databases.cbam.tables import Tables

opencbam = pytest.importorskip("opencbam")
DATA = Path(opencbam.__file__).parent / "engine" / "data"
RETIRED = {"31021010"}
"""Code it still lists; 3102 10 12, 15 and 19 have taken its place."""
DOUBLE_ROUTES = {"7227", "722830", "722850", "722870", "7229", "730439", "730459"}
"""Codes of which it has dropped the routes (C)/(F) and (E)/(H)."""


def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def test_goods(tables: Tables) -> None:
    listed = load("cbam_goods_cn.json")
    entries = next(value for key, value in listed.items() if not key.startswith("_"))
    codes = {str(item["cn"] if isinstance(item, dict) else item).replace(" ", "") for item in entries}
    mine = {good.cn for good in tables.goods()}
    assert codes - mine == RETIRED
    assert {cn[:6] for cn in mine - codes} <= {"310210", "271600"}


def test_defaults(tables: Tables) -> None:
    """Every total it has is ours to three decimals; routes differ where it dropped double ones and nowhere else."""
    compared = Counter[str]()
    for row in load("default_values_2621.json"):
        country, cn = country_of(row["country"]), row["cn_code"].replace(" ", "")
        if row["total"] in ("DASH", "SEE_BELOW"):
            compared["no value"] += 1
            continue
        (raw,) = (raw for raw in tables._defaults[country][cn] if _same_variant(raw, row))
        assert abs(Decimal(raw[1]) - Decimal(row["total"])) <= Decimal("0.0005"), row
        compared["total"] += 1
        if raw[4].split() != list(row["route"] or ""):
            assert (len(raw[4].split()), row["route"]) == (2, None) and cn in DOUBLE_ROUTES, row
            compared["double route dropped"] += 1
    assert compared == {"total": 10926, "no value": 465, "double route dropped": 160}


def _same_variant(raw: tuple[str, ...], row: dict[str, str]) -> bool:
    return raw[0] == "" or row["description"].lower().startswith(raw[0])


def test_benchmarks(tables: Tables) -> None:
    for row in load("benchmarks_2620.json"):
        cn = row["cn_code"].replace(" ", "")
        for column in ("A", "B"):
            theirs = {Decimal(item["value"]) for item in row[f"column_{column.lower()}"]}
            mine = {item.value for item in tables._benchmarks[cn] if item.column == column}
            assert theirs <= mine, (cn, column)
