"""The operator's report and its summary: every item in order, filled or with the reason; no secret in the summary."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import making as m
import pytest
import report_world as world

from databases.cbam.tables import Tables
from lca.cbam import rounding
from lca.cbam.monitoring import Basis, ElectricityKind, Monitoring, PrecursorChoice
from lca.cbam.report.details import NonCbamGood, ReportNotPossible
from lca.cbam.report.document import (
    Document,
    Fields,
    Kind,
    Number,
    Section,
    Statement,
    Table,
    as_dict,
    blanks,
    cells,
)
from lca.cbam.report.heads import not_english
from lca.cbam.report.operator import operator_report
from lca.cbam.report.parameters import REQUIRED, required
from lca.cbam.report.summary import summary_report
from lca.cbam.report.words import words
from lca.cbam.results import Calculation, Path

Make = Callable[..., Document]
REPORTS = pytest.mark.parametrize("make", [operator_report, summary_report])


def section(document: Document, number: str) -> Section:
    return next(one for one in document.sections if one.number == number)


def text(document: Document, number: str, language: str = "en") -> str:
    found = next(one for one in as_dict(document, language)["sections"] if one["number"] == number)
    return json.dumps(found, ensure_ascii=False)


def kinds(document: Document, number: str) -> list[Kind]:
    return [one.kind for one in section(document, number).blocks if isinstance(one, Statement)]


def operator(data: Monitoring, tables: Tables, **details: Any) -> Document:
    return operator_report(data, world.done(data, tables), tables, replace(world.DETAILS, **details))


def summary(data: Monitoring, tables: Tables) -> Document:
    return summary_report(data, world.done(data, tables), tables, world.DETAILS)


def test_the_operators_report_has_its_35_items_in_order(
    works: Monitoring, done: Calculation, tables: Tables
) -> None:
    made = operator_report(works, done, tables, world.DETAILS)
    assert [one.number for one in made.sections] == [str(number) for number in range(1, 36)]
    assert all(one.blocks for one in made.sections)


def test_the_summary_has_its_16_items_in_order(works: Monitoring, done: Calculation, tables: Tables) -> None:
    made = summary_report(works, done, tables, world.DETAILS)
    assert [one.number for one in made.sections] == [f"({number})" for number in range(1, 17)]


@REPORTS
def test_an_item_that_does_not_apply_says_why(make: Make, tables: Tables) -> None:
    data = m.monitoring(precursors=())
    made = make(data, world.done(data, tables), tables, world.DETAILS)
    lone = [one.blocks[0] for one in made.sections if len(one.blocks) == 1]
    reasons = [one.words.en for one in lone if isinstance(one, Statement) and one.kind is Kind.NOT_APPLICABLE]
    assert len(reasons) > 6
    assert all(reason.startswith("Not applicable: ") and len(reason) > 30 for reason in reasons)


def test_nothing_beyond_the_16_items_reaches_the_importer(
    works: Monitoring, done: Calculation, tables: Tables
) -> None:
    """Streams, meters, units, evidence, who sells electricity, activity data and amounts bought stay here."""
    made = summary_report(works, done, tables, world.DETAILS)
    whole = operator_report(works, done, tables, world.DETAILS)
    for language in ("zh", "en"):
        shown = json.dumps(as_dict(made, language), ensure_ascii=False)
        assert "Hidden" not in shown and "Li Wei" not in shown
        assert not [amount for amount in world.AMOUNTS if amount in shown]
        stated = json.dumps(as_dict(whole, language), ensure_ascii=False)
        assert "Hidden furnace gas" in stated and "1207.83" in stated  # the report itself has them


def test_no_text_of_a_record_the_summary_has_no_item_for_is_in_it(works: Monitoring, tables: Tables) -> None:
    """Whatever stands in reasons, references, notes and evidence of the data."""
    marked = replace(
        works,
        streams=tuple(
            replace(
                one,
                material="",
                evidence=one.evidence,
                shares=tuple(replace(s, reason="QZX1") for s in one.shares),
            )
            for one in works.streams
        ),
        quality=replace(
            works.quality, general="QZX2", gaps="QZX3", notes="QZX4", default_justification="QZX5"
        ),
        evidence=tuple(replace(one, note="QZX6") for one in works.evidence),
    )
    assert "QZX" not in json.dumps(as_dict(summary(marked, tables), "en"))


@REPORTS
def test_specific_values_have_five_decimals_at_most_and_totals_are_full_tonnes(
    make: Make, works: Monitoring, done: Calculation, tables: Tables
) -> None:
    made = make(works, done, tables, world.DETAILS)
    item = "7" if make is operator_report else "(5)"
    fields = next(one for one in section(made, item).blocks if isinstance(one, Fields))
    assert fields.rows[0].value == Number(rounding.tonnes(done.totals.direct_t), "tCO2e")
    goods = "15" if make is operator_report else "(4)"
    table = next(one for one in section(made, goods).blocks if isinstance(one, Table))
    for row, good in zip(table.rows, done.goods, strict=True):
        assert isinstance(row[2], Number)
        assert row[2].value == rounding.see(good.see_direct)
        assert -int(row[2].value.as_tuple().exponent) <= 5


@REPORTS
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"basis": Basis.TRANSITIONAL}, "cbam-report-transitional"),
        ({"path": Path.DEFAULT}, "cbam-report-default-path"),
        ({"monitoring_digest": "0" * 64}, "cbam-report-other-data"),
        ({"tables_digest": "0" * 64}, "cbam-report-other-tables"),
    ],
)
def test_refusals(
    make: Make, change: dict[str, Any], code: str, works: Monitoring, done: Calculation, tables: Tables
) -> None:
    with pytest.raises(ReportNotPossible) as refused:
        make(works, replace(done, **change), tables, world.DETAILS)
    assert refused.value.finding.code == code
    assert refused.value.finding.message("zh")


def test_transitional_data_are_refused_too(works: Monitoring, done: Calculation, tables: Tables) -> None:
    with pytest.raises(ReportNotPossible):
        summary_report(replace(works, basis=Basis.TRANSITIONAL), done, tables, world.DETAILS)


@REPORTS
def test_english_is_the_version_to_submit(
    make: Make, works: Monitoring, done: Calculation, tables: Tables
) -> None:
    made = make(works, done, tables, world.DETAILS)
    assert "is the one to submit (Article 10(4))" in made.notice.en
    assert "仅供阅读" in made.notice.zh
    assert not_english(made) == ()


def test_chinese_names_in_the_english_version_are_told(works: Monitoring, tables: Tables) -> None:
    named = replace(works, streams=(replace(works.streams[0], name="天然气"), *works.streams[1:]))
    (told,) = not_english(operator(named, tables))
    assert told.code == "cbam-report-not-english" and "天然气" in told.message("en")
    assert not_english(operator(named, tables), ("天然气",)) == (), "people's names stay as they are written"


def test_precursors_on_defaults_and_on_actual_values(works: Monitoring, tables: Tables) -> None:
    """Defaults carry the mark-up of the year: 3.169 x 1.1; actual values are the supplier's, not the average."""
    made = operator(works, tables)
    defaults = next(one for one in section(made, "22").blocks if isinstance(one, Table))
    expected = rounding.see(float(tables.default("72139110", "CN").total) * 1.1)
    assert defaults.rows[0][3] == Number(expected)
    assert "Beta" not in text(made, "22")
    actual = next(one for one in section(made, "23").blocks if isinstance(one, Table))
    assert actual.rows[0][4] == Number(Decimal(2))
    assert "default period" in text(made, "23")


def test_several_suppliers_of_one_code_are_averaged_and_it_is_said(works: Monitoring, tables: Tables) -> None:
    made = summary(works, tables)
    assert "weighted average, default method (Article 14(2))" in text(made, "(15)")
    assert "Alpha Works" in text(made, "(16)") and "Beta Works" in text(made, "(16)")


def test_a_supplier_told_apart_is_named_so(works: Monitoring, tables: Tables) -> None:
    apart = replace(works.precursors[1], separate=True, separate_evidence=("proof",))
    data = replace(works, precursors=(works.precursors[0], apart, works.precursors[2]))
    assert "Article 14(3)" in text(operator(data, tables), "25")


def test_one_installation_with_two_periods_is_averaged_by_article_14_1(
    works: Monitoring, tables: Tables
) -> None:
    def delivered(id: str, year: int) -> Any:
        values = m.supplier_values(
            period=m.year(year),
            produced_in_period_shown=True,
            report=m.report(period=m.year(year), issued=m.report().issued.replace(year=year + 1)),
        )
        return m.precursor(id, supplier="S", installation="I", choice=PrecursorChoice.ACTUAL, values=values)

    data = replace(works, precursors=(delivered("a", 2026), delivered("b", 2027)))
    assert "weighted average (Article 14(1))" in text(operator(data, tables), "24")


def test_goods_that_count_indirect_emissions(tables: Tables) -> None:
    made = operator(world.cement(), tables)
    for item in ("9", "10", "11", "12", "26"):
        assert Kind.NOT_APPLICABLE not in kinds(made, item), item
    assert '"600"' in text(made, "9")
    assert "tCO2e/t clinker" in text(made, "15")
    assert "default values published under Annex IV were used" in text(made, "15")  # electricity of the grid
    assert "80" in text(made, "35") and "Clinker to cement ratio" in text(made, "35")
    brief = summary(world.cement(), tables)
    assert Kind.NOT_APPLICABLE not in kinds(brief, "(6)")
    assert "this installation" in text(brief, "(13)")
    assert '"800"' in text(made, "18") and '"800"' in text(made, "19")


def test_goods_of_annex_ii_say_that_indirect_emissions_do_not_count(
    works: Monitoring, done: Calculation, tables: Tables
) -> None:
    brief = summary_report(works, done, tables, world.DETAILS)
    assert "count no indirect emissions" in text(brief, "(6)")


@pytest.mark.parametrize(
    ("proof", "handed_over", "kind"),
    [
        (m.proof(), True, Kind.CONFIRMED),
        (m.proof(), False, Kind.TO_STATE),
    ],
)
def test_actual_electricity_is_confirmed_only_with_its_evidence(
    proof: Any, handed_over: bool, kind: Kind, tables: Tables
) -> None:
    link = m.electricity(kind=ElectricityKind.DIRECT_LINK, proof=proof, supplier="Solar park")
    data = world.cement(electricity=(link,))
    made = operator(data, tables, evidence_handed_over=handed_over)
    assert kind in kinds(made, "15")
    assert Kind.CONFIRMED in kinds(summary(data, tables), "(4)")


def test_a_direct_link_without_evidence_confirms_nothing(tables: Tables) -> None:
    link = m.electricity(
        kind=ElectricityKind.DIRECT_LINK, proof=m.proof(generation_metered=False), supplier="P"
    )
    made = operator(world.cement(electricity=(link, m.electricity("grid2"))), tables)
    found = [one for one in section(made, "15").blocks if isinstance(one, Statement)]
    assert not [one for one in found if one.kind is Kind.CONFIRMED]


def test_free_allocation_and_its_confirmation(works: Monitoring, done: Calculation, tables: Tables) -> None:
    made = summary_report(works, done, tables, world.DETAILS)
    assert Kind.CONFIRMED in kinds(made, "(4)")
    lacking = replace(done, processes=tuple(replace(one, benchmark_a=None) for one in done.processes))
    made = summary_report(works, lacking, tables, world.DETAILS)
    assert Kind.TO_STATE in kinds(made, "(4)") and Kind.CONFIRMED not in kinds(made, "(4)")


def test_heat_and_waste_gas_to_other_installations_name_them(works: Monitoring, tables: Tables) -> None:
    assert any(number == "2" for number, _ in blanks(operator(works, tables)))
    named = operator(works, tables, partners=(("h3", "Neighbour Dyeing Works"),))
    assert "Neighbour Dyeing Works" in text(named, "2")
    assert "Neighbour" not in json.dumps(as_dict(summary(works, tables), "en"))


def test_non_cbam_goods_are_listed_asked_for_or_not_applicable(works: Monitoring, tables: Tables) -> None:
    assert kinds(operator(works, tables), "14") == [Kind.NOT_APPLICABLE]
    partly = replace(works, electricity_uses=(*works.electricity_uses, m.power("non-cbam", 0.5)))
    assert kinds(operator(partly, tables), "14") == [Kind.TO_STATE]
    stated = operator(
        partly, tables, non_cbam_goods=(NonCbamGood(name="Hinges", process="screws", quantity_t=3.5),)
    )
    assert "Hinges" in text(stated, "14") and "3.5" in text(stated, "14")


def test_sector_parameters_stated_and_missing(works: Monitoring, done: Calculation, tables: Tables) -> None:
    made = operator_report(works, done, tables, world.DETAILS)
    table = next(one for one in section(made, "35").blocks if isinstance(one, Table))
    assert Number(Decimal("0.8")) in [row[3] for row in table.rows]
    assert (
        sum(number == "35" for number, _ in blanks(made)) == 2 * len(REQUIRED["iron-or-steel-products"]) - 1
    )


@pytest.mark.parametrize(
    ("cn", "keys"),
    [("72021120", ("mn", "carbon")), ("72024110", ("cr", "carbon")), ("7202 60 00", ("ni", "carbon"))],
)
def test_a_ferro_alloy_reports_its_own_metal(cn: str, keys: tuple[str, ...]) -> None:
    assert required("alloys", cn) == keys


def test_every_category_of_the_tables_has_its_parameters(tables: Tables) -> None:
    assert {one.slug for one in tables.categories()} == set(REQUIRED)
    asked = {key for keys in REQUIRED.values() for key in keys}
    assert all(f"parameter-{key}" in words() for key in asked)


def test_routes_are_named_by_the_tables(works: Monitoring, tables: Tables) -> None:
    with_route = replace(works, processes=tuple(replace(one, route="C") for one in works.processes))
    made = operator(with_route, tables)
    assert "(C)" in text(made, "2")


def test_every_word_stands_in_both_languages_and_is_used_in_a_cell_of_each(
    works: Monitoring, done: Calculation, tables: Tables
) -> None:
    assert all(one.zh.strip() and one.en.strip() for one in words().values())
    made = operator_report(works, done, tables, world.DETAILS)
    assert sum(1 for _ in cells(made)) > 200
    assert [one["number"] for one in as_dict(made, "zh")["sections"]] == [one.number for one in made.sections]
