"""The monitoring plan: 22 items of Annex II A.5, filled where the data say it, marked blanks elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import making as m
import pytest
import report_world as world

from databases.cbam.tables import Tables
from lca.cbam.monitoring import Basis, ElectricityKind, Monitoring
from lca.cbam.report.details import ReportNotPossible
from lca.cbam.report.document import as_dict, blanks
from lca.cbam.report.heads import not_english
from lca.cbam.report.plan import monitoring_plan


def text(data: Monitoring, tables: Tables, number: str) -> str:
    made = as_dict(monitoring_plan(data, tables, world.DETAILS), "en")
    return json.dumps(next(one for one in made["sections"] if one["number"] == number), ensure_ascii=False)


def test_it_has_its_22_items_in_order(works: Monitoring, tables: Tables) -> None:
    made = monitoring_plan(works, tables, world.DETAILS)
    assert [one.number for one in made.sections] == [str(number) for number in range(1, 23)]
    assert "Article 5(6)" in made.notice.en and not_english(made) == ()


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("3", "7318 15 95"),
        ("4", "Iron or steel products"),
        ("6", "2025/2620"),
        ("7", "Hidden-FQ-102"),
        ("8", "laboratory analyses"),
        ("9", "process emissions"),
        ("10", "standard method"),
        ("13", "heat"),
        ("14", "Alpha Wire"),
        ("15", "ISCC EU"),
        ("16", "name the other installation"),
        ("21", "Ms Chen"),
        ("22", "Monthly reconciliation."),
    ],
)
def test_what_the_data_say_stands_there(number: str, shown: str, works: Monitoring, tables: Tables) -> None:
    assert shown in text(works, tables, number)


def test_what_only_the_operator_knows_is_a_marked_blank(works: Monitoring, tables: Tables) -> None:
    open_items = {number for number, _ in blanks(monitoring_plan(works, tables, world.DETAILS))}
    assert {"1", "2", "5", "7", "8", "13", "22"} <= open_items
    dated = replace(world.DETAILS, plan_version="3", plan_date=date(2026, 1, 1), no_non_cbam_goods=True)
    closed = {number for number, _ in blanks(monitoring_plan(works, tables, dated))}
    assert open_items - closed == {"1", "5"}


def test_evidence_of_electricity_is_listed_by_element(tables: Tables) -> None:
    link = m.electricity(kind=ElectricityKind.PPA, proof=m.proof(grid_connection=False))
    shown = text(world.cement(electricity=(link,)), tables, "18")
    assert "Proof of grid connection" in shown and '"no"' in shown and '"yes"' in shown


def test_transitional_data_are_refused(works: Monitoring, tables: Tables) -> None:
    with pytest.raises(ReportNotPossible):
        monitoring_plan(replace(works, basis=Basis.TRANSITIONAL), tables, world.DETAILS)
