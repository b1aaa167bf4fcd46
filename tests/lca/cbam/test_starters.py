"""First drafts: what the answers become, that the draft calculates, and what is refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam.tables import open_tables
from lca.cbam import workbook
from lca.cbam.calculate import calculate
from lca.cbam.checks import check
from lca.cbam.emissions import source_emissions
from lca.cbam.monitoring import NON_CBAM, Basis, FactorSource, PrecursorChoice
from lca.cbam.starters import BadAnswers, Kind, questions, starter, subjects
from lca.findings import Finding, Severity, has_errors

COMMON: dict[str, Any] = {
    "name": "无锡示例厂",
    "name_en": "Wuxi Example Works",
    "material_country": "中国",
    "gas_m3": "1,000,000",
    "gas_state": "20c",
    "electricity_kwh": 2_400_000,
}
ANSWERS: dict[str, dict[str, Any]] = {
    "screws": COMMON
    | {
        "goods": {"73181588": 5_000_000, "7318 16 92": 2_000_000},
        "rod_cn": "72139149",
        "rod_kg": 7_500_000,
        "scrap_kg": 420_000,
        "heat_treatment": "gas",
        "coating": "hot-dip",
    },
    "profiles": COMMON
    | {
        "goods": "76042100: 3,000,000\n76042990：1000000 kg",
        "billet_cn": "76012040",
        "billet_kg": 4_600_000,
        "remelting": "no",
    },
    "structures": COMMON
    | {
        "goods": [["73089098", 9_000_000]],
        "plate_cn": "72085120",
        "plate_kg": 6_000_000,
        "section_cn": "72163390",
        "section_kg": 3_500_000,
        "coating": "outsourced",
    },
}


@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_a_draft_passes_the_checks_and_calculates(key: str) -> None:
    tables = open_tables()
    data = starter(key, ANSWERS[key], 2026)
    assert not has_errors(check(data, tables))
    done = calculate(data, tables)
    assert {good.cn for good in done.goods} == {good.cn for good in data.processes[0].goods}
    assert all(good.see_total > 0 for good in done.goods)
    assert data.basis is Basis.DEFINITIVE and data.period.calendar_year == 2026


@pytest.mark.parametrize("key", sorted(ANSWERS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_draft_survives_the_workbook(key: str, language: str) -> None:
    data = starter(key, ANSWERS[key], 2026)
    reading = workbook.read(workbook.write(data, language), "draft.xlsx")
    assert reading.monitoring == data
    assert reading.findings == ()


def test_amounts_are_converted_once() -> None:
    """7,500,000 kg, 1,000,000 m3 at 20 °C and 2,400,000 kWh: 7,500 t, 931.775 thousand Nm3, 2,400 MWh."""
    data = starter("screws", ANSWERS["screws"], 2026)
    assert data.precursors[0].uses[0].amount == 7500
    assert [good.produced_t for good in data.processes[0].goods] == [5000, 2000]
    assert data.streams[0].activity == pytest.approx(931.7755, abs=1e-4)
    assert data.electricity[0].amount_mwh == 2400


def test_the_calorific_value_follows_the_choice() -> None:
    """The same gas: 1,000,000 m3 at 20 °C x 35 MJ/m3 is 35 TJ, whatever state the volume is told in."""
    tables = open_tables()
    answers = ANSWERS["screws"] | {"gas_ncv": "bill", "gas_mj": 35}
    bill = starter("screws", answers, 2026)
    assert source_emissions(bill, tables)[0].energy_tj == pytest.approx(35.0)
    assert bill.streams[0].ncv is not None and bill.streams[0].ncv.source is FactorSource.SUPPLIER_GUARANTEED
    national = starter("screws", ANSWERS["screws"], 2026)
    assert source_emissions(national, tables)[0].energy_tj == pytest.approx(
        931.7755 * 38.931 / 1000, rel=1e-6
    )
    table_g = starter(
        "screws", ANSWERS["screws"] | {"gas_ncv": "table-g", "gas_density": "0.72", "gas_state": "0c"}, 2026
    )
    assert table_g.streams[0].activity_unit == "t" and table_g.streams[0].activity == pytest.approx(720)
    assert source_emissions(table_g, tables)[0].emissions_t == pytest.approx(720 * 48.0 * 56.1 / 1000)


def test_what_is_outside_the_boundary_goes_outside() -> None:
    answers = ANSWERS["screws"] | {"coating": "plating", "outside_gas": 12, "outside_kwh": "300000"}
    data = starter("screws", answers, 2026)
    assert [(one.sink, one.fraction) for one in data.streams[0].shares] == [("P1", 0.88), (NON_CBAM, 0.12)]
    assert all(one.reason for one in data.streams[0].shares)
    assert [(one.process, one.amount_mwh) for one in data.electricity_uses] == [
        ("P1", 2100.0),
        (NON_CBAM, 300.0),
    ]
    before = calculate(starter("screws", ANSWERS["screws"], 2026), open_tables()).goods[0].see_total
    assert calculate(data, open_tables()).goods[0].see_total < before


def test_a_supplier_s_figure_never_counts_without_its_report() -> None:
    answers = ANSWERS["screws"] | {"material_data": "verified", "material_see": 1.9}
    data = starter("screws", answers, 2026)
    rod = data.precursors[0]
    assert rod.choice is PrecursorChoice.DEFAULT and rod.values is not None and rod.values.report is None
    plain = starter("screws", ANSWERS["screws"], 2026)
    see = calculate(data, open_tables()).goods[0].see_total
    assert see == calculate(plain, open_tables()).goods[0].see_total


def test_remelted_scrap_makes_a_joint_process() -> None:
    data = starter("profiles", ANSWERS["profiles"] | {"remelting": "yes", "scrap_kg": 2_000_000}, 2026)
    assert data.processes[0].included == ("unwrought-aluminium",)
    assert not has_errors(check(data, open_tables()))


def test_an_unknown_origin_takes_the_highest_default() -> None:
    tables = open_tables()
    known = starter("screws", ANSWERS["screws"], 2026)
    unknown = starter("screws", ANSWERS["screws"] | {"material_country": ""}, 2026)
    assert (known.precursors[0].country, unknown.precursors[0].country) == ("CN", "")
    assert calculate(unknown, tables).goods[0].see_total > calculate(known, tables).goods[0].see_total


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("screws", {"name": " "}, "cbam-starter-missing", "name"),
    ("screws", {"goods": {}}, "cbam-starter-missing", "goods"),
    ("screws", {"goods": {"73089098": 1}}, "cbam-starter-heading", "goods"),
    ("screws", {"goods": {"73181599": 1}}, "cbam-starter-heading", "goods"),
    ("screws", {"goods": "bolts"}, "cbam-starter-goods", "goods"),
    ("screws", {"goods": {"73181588": 0}}, "cbam-starter-goods", "goods"),
    ("screws", {"goods": [["73181588", 1], ["7318 15 88", 2]]}, "cbam-starter-goods-twice", "goods"),
    ("screws", {"rod_kg": "7,5"}, "cbam-starter-number", "rod_kg"),
    ("screws", {"rod_kg": -1}, "cbam-starter-number", "rod_kg"),
    ("screws", {"rod_kg": True}, "cbam-starter-number", "rod_kg"),
    ("screws", {"rod_kg": float("nan")}, "cbam-starter-number", "rod_kg"),
    ("screws", {"rod_kg": 0}, "cbam-starter-no-material", "rod_kg"),
    ("screws", {"rod_kg": 7500}, "cbam-starter-mass", "rod_kg"),
    ("screws", {"rod_cn": "7213"}, "cbam-starter-choice", "rod_cn"),
    ("screws", {"material_country": "Atlantis"}, "cbam-starter-country", "material_country"),
    ("screws", {"material_data": "unverified"}, "cbam-starter-missing", "material_see"),
    ("screws", {"outside_gas": 130}, "cbam-starter-percent", "outside_gas"),
    ("screws", {"outside_kwh": 9e9}, "cbam-starter-outside", "outside_kwh"),
    ("screws", {"coating": "plating"}, "cbam-starter-plating", "outside_kwh"),
    ("screws", {"gas_m3": 0}, "cbam-starter-no-gas", "gas_m3"),
    ("screws", {"gas_state": ""}, "cbam-starter-choose", "gas_state"),
    ("screws", {"name": "a\x00b"}, "cbam-starter-text", "name"),
    ("screws", {"colour": "blue"}, "cbam-starter-unknown", "colour"),
    ("structures", {"plate_kg": 0, "section_kg": 0}, "cbam-starter-no-material", "plate_kg"),
]


@pytest.mark.parametrize(("key", "change", "code", "question"), BAD)
def test_bad_answers_are_told(key: str, change: dict[str, Any], code: str, question: str) -> None:
    with pytest.raises(BadAnswers) as caught:
        starter(key, ANSWERS[key] | change, 2026)
    assert [(one.code, one.place.line) for one in caught.value.findings] == [(code, question)]
    assert caught.value.findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("year", [2025, 2100, "soon", None, 2026.5, True])
def test_years_of_other_rules_are_refused(year: Any) -> None:
    with pytest.raises(BadAnswers, match="definitive period"):
        starter("screws", ANSWERS["screws"], year)


def test_all_bad_answers_are_told_at_once() -> None:
    with pytest.raises(BadAnswers) as caught:
        starter("screws", {"rod_kg": "?", "year": 1999})
    codes = {one.code for one in caught.value.findings}
    assert codes == {
        "cbam-starter-missing",
        "cbam-starter-amount",
        "cbam-starter-choose",
        "cbam-starter-number",
        "cbam-starter-year",
    }
    assert all(one.message("zh") and one.message("en") for one in caught.value.findings)


def test_the_year_may_stand_among_the_answers() -> None:
    assert starter("screws", ANSWERS["screws"] | {"year": "2027"}).period.calendar_year == 2027


def test_an_unknown_subject_is_refused() -> None:
    with pytest.raises(LookupError, match="screws, profiles, structures"):
        starter("shoes", {}, 2026)


@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_questions_are_complete_in_both_languages(key: str) -> None:
    tables = open_tables()
    subject = subjects()[key]
    assert len({question.key for question in questions(key)}) == len(questions(key)) <= 20
    for question in questions(key):
        assert question.label("zh") and question.label("en") and all(question.help)
        assert not question.when_key or any(question.when_key == one.key for one in questions(key))
        for choice in question.choices:
            assert choice.label("zh") and choice.label("en")
            if question.kind is Kind.GOODS or question.key.endswith("_cn"):
                assert tables.good(choice.value).cn == choice.value
            if question.kind is Kind.GOODS:
                assert choice.value.startswith(subject.prefix)


@given(
    st.dictionaries(
        st.sampled_from([question.key for question in questions("structures")]),
        st.none() | st.text(max_size=8) | st.floats() | st.booleans() | st.lists(st.integers(), max_size=2),
    )
)
@settings(max_examples=50, deadline=None)
def test_any_answers_give_a_draft_or_findings(change: dict[str, Any]) -> None:
    refused: tuple[Finding, ...] = ()
    try:
        data = starter("structures", ANSWERS["structures"] | change, 2026)
    except BadAnswers as error:
        refused = error.findings
    assert refused or not has_errors(check(data, open_tables()))
