"""The letter to a supplier and the form it returns: nothing about others in it, nothing trusted on the way back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import making as m
import pytest
import report_world as world
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lca.cbam.monitoring import Monitoring, Period
from lca.cbam.report.details import ReportNotPossible, RequestDetails
from lca.cbam.report.document import Layout, as_dict
from lca.cbam.report.supplier import supplier_request
from lca.cbam.report.supplier_form import QUESTIONS, supplier_form
from lca.cbam.report.supplier_reader import Returned, read_supplier_form
from lca.findings import has_errors

DECIMALS = st.integers(min_value=0, max_value=10**10).map(lambda value: value / 10**5)
"""Five decimals: what a supplier may state."""
REQUEST = RequestDetails(
    made_on=date(2027, 1, 15),
    reply_by=date(2027, 3, 31),
    contact_name="Li Wei",
    extra_certificates=(("wire2", "0.42"), ("bars", "9.87")),
)
FULL = {
    "A1": "Beta Wire Ltd",
    "A2": "Beta Works",
    "B1": "72139110",
    "C1": 2.013,
    "C2": "0.3",
    "C3": 1.25,
    "C6": 12.5,
    "D1": date(2026, 1, 1),
    "D2": "2026-12-31",
    "D3": "是",
    "E1": "VR-1",
    "E2": "Verifier GmbH",
    "E3": "DE-V-001",
    "E4": "2027/03/01",
    "E5": date(2030, 12, 31),
    "E6": date(2026, 1, 1),
    "E7": date(2026, 12, 31),
    "E8": "crude-steel、 Iron-or-Steel-Products",
}


def letter(data: Monitoring, *ids: str, language: str = "en") -> str:
    return json.dumps(as_dict(supplier_request(data, ids, REQUEST), language), ensure_ascii=False)


def filled(answers: Mapping[str, Any], form: bytes | None = None) -> bytes:
    """The form with answers by code, as a spreadsheet would save it."""
    book = load_workbook(io.BytesIO(form or supplier_form(m.precursor(supplier="", installation=""))))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=5):
        if row[0].value in answers:
            row[2].value = answers[row[0].value]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def codes(returned: Returned) -> set[str]:
    return {one.code for one in returned.findings}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_letter_tells_a_supplier_nothing_of_the_others(works: Monitoring, language: str) -> None:
    shown = letter(works, "wire2", language=language)
    assert "Beta Wire" in shown and "Beta Works" in shown
    for secret in (
        "Alpha",
        "Gamma",
        "Bars",
        "Hidden",
        "1207.83",
        "1153.61",
        "9.87",
        "72149110",
        "7214 91 10",
    ):
        assert secret not in shown


def test_a_letter_says_what_by_when_which_period_and_why(works: Monitoring) -> None:
    shown = letter(works, "wire2")
    for said in (
        "2027-03-31",
        "2026-01-01 \u2013 2026-12-31",
        "0.42 more CBAM certificates",
        "verification report",
        "Li Wei",
    ):
        assert said in shown
    assert supplier_request(works, ("wire2",), REQUEST).layout is Layout.LETTER


def test_without_a_figure_the_letter_names_none(works: Monitoring) -> None:
    made = supplier_request(works, ("wire2",), replace(REQUEST, extra_certificates=()))
    assert "more CBAM certificates" not in json.dumps(as_dict(made, "en"))


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ((), "cbam-request-nothing"),
        (("nothing",), "cbam-request-unknown"),
        (("wire1", "wire2"), "cbam-request-suppliers"),
    ],
)
def test_letters_that_are_not_written(works: Monitoring, ids: tuple[str, ...], code: str) -> None:
    with pytest.raises(ReportNotPossible) as refused:
        supplier_request(works, ids, REQUEST)
    assert refused.value.finding.code == code


def test_the_form_holds_nothing_but_the_good_and_its_supplier(works: Monitoring) -> None:
    form = supplier_form(works.precursors[1])
    with zipfile.ZipFile(io.BytesIO(form)) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist()).decode("utf-8", "ignore")
    assert "Beta Works" in whole
    assert not [one for one in ("Alpha", "Gamma", "Wuxi", "1207.83", "Hidden") if one in whole]
    assert form == supplier_form(works.precursors[1])


def test_a_filled_form_reads_back() -> None:
    returned = read_supplier_form(filled(FULL))
    assert not has_errors(returned.findings)
    values = returned.values
    assert values is not None and values.report is not None
    assert (values.see_direct, values.see_indirect, values.sefa) == (2.013, 0.3, 1.25)
    assert values.default_share == 0.125 and values.produced_in_period_shown
    assert values.period == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert values.report.issued == date(2027, 3, 1)
    assert values.report.categories == ("crude-steel", "iron-or-steel-products")
    assert (returned.operator, returned.installation, returned.cn) == (
        "Beta Wire Ltd",
        "Beta Works",
        "72139110",
    )


@settings(max_examples=20, deadline=None)
@given(
    direct=DECIMALS,
    indirect=st.none() | DECIMALS,
    default=st.integers(min_value=0, max_value=100),
)
def test_numbers_come_back_as_they_were_entered(direct: float, indirect: float | None, default: int) -> None:
    values = read_supplier_form(filled(FULL | {"C1": direct, "C2": indirect, "C6": default})).values
    assert values is not None
    assert (values.see_direct, values.see_indirect) == (direct, indirect)
    assert values.default_share == pytest.approx(default / 100, abs=1e-12)


def test_an_empty_form_tells_everything_that_is_missing_at_once() -> None:
    returned = read_supplier_form(supplier_form(m.precursor(supplier="", installation="")))
    missing = [one for one in returned.findings if one.code == "cbam-form-needed"]
    needed = [one for one in QUESTIONS if one.needed]
    assert returned.values is None and len(missing) == len(needed) - 1  # the CN code is filled in


def test_without_a_report_the_values_come_without_one() -> None:
    returned = read_supplier_form(filled({key: value for key, value in FULL.items() if key[0] != "E"}))
    assert returned.values is not None and returned.values.report is None
    assert codes(returned) == {"cbam-form-no-report"}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"C1": "=1+1"}, "cbam-form-formula"),
        ({"A1": '=HYPERLINK("x")'}, "cbam-form-formula"),
        ({"C1": -0.1}, "cbam-form-number"),
        ({"C1": "nan"}, "cbam-form-number"),
        ({"C1": "1e999"}, "cbam-form-number"),
        ({"C1": "two"}, "cbam-form-number"),
        ({"C1": True}, "cbam-form-number"),
        ({"C1": date(2026, 1, 1)}, "cbam-form-number"),
        ({"C6": 101}, "cbam-form-share"),
        ({"D1": "soon"}, "cbam-form-date"),
        ({"D1": "2027-01-01"}, "cbam-form-order"),
        ({"D3": "maybe"}, "cbam-form-yes"),
        ({"E1": None}, "cbam-form-needed"),
        ({"E7": "2025-01-01"}, "cbam-form-order"),
        ({"E5": "2020-01-01"}, "cbam-form-order"),
        ({"E8": "rockets"}, "cbam-form-category"),
    ],
)
def test_answers_that_are_refused(answers: dict[str, Any], code: str) -> None:
    returned = read_supplier_form(filled(FULL | answers))
    assert returned.values is None and code in codes(returned)
    assert all(one.message("zh") and one.message("en") for one in returned.findings)


def _with_macro(form: bytes) -> bytes:
    target = io.BytesIO(form)
    with zipfile.ZipFile(target, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"x")
    return target.getvalue()


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", b"<Types/>")
        parts.writestr("xl/workbook.xml", b" " * 30_000_000)
    return target.getvalue()


def _other_workbook() -> bytes:
    from openpyxl import Workbook

    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"PK\x03\x04 not a zip", "file-not-workbook"),
        (b"%PDF-1.7", "file-not-workbook"),
        (_with_macro(supplier_form(m.precursor())), "file-macros"),
        (_bomb(), "file-bomb"),
        (_other_workbook(), "cbam-form-unknown"),
    ],
)
def test_files_that_are_refused(data: bytes, code: str) -> None:
    returned = read_supplier_form(data)
    assert returned.values is None and codes(returned) == {code}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.integers(min_value=0, max_value=6000))
def test_whatever_comes_back_is_answered_with_findings(junk: bytes, at: int) -> None:
    form = supplier_form(m.precursor())
    assert read_supplier_form(junk).findings
    read_supplier_form(form[:at] + junk + form[at + len(junk) :])


def test_hostile_texts_stay_short_text() -> None:
    returned = read_supplier_form(filled(FULL | {"A1": "x" * 500, "E9": "a\nb\t c"}))
    assert len(returned.operator) == 500
    assert returned.values is not None and returned.values.reference == "a b c"


@pytest.mark.parametrize(
    ("code", "value", "told"),
    [
        ("A1", "x" * 501, "cbam-form-text"),
        ("A2", "Works\u202eskroW", "cbam-form-text"),
        ("A5", "Atlantis", "cbam-form-country"),
        ("C1", "1_000", "cbam-form-number"),
        ("C1", "１２３", "cbam-form-number"),
        ("C1", "12%", "cbam-form-number"),
        ("C1", "1,234.5", "cbam-form-number"),
        ("C1", "1e999", "cbam-form-number"),
        ("C1", True, "cbam-form-number"),
        ("C1", "=1+1", "cbam-form-formula"),
        ("C6", "101%", "cbam-form-share"),
        ("D1", "03/04/2026", "cbam-form-date"),
        ("D1", "2026-W01-1", "cbam-form-date"),
        ("D1", 46_023, "cbam-form-date"),
    ],
)
def test_answers_that_do_not_mean_one_thing_are_refused(code: str, value: Any, told: str) -> None:
    returned = read_supplier_form(filled(FULL | {code: value}))
    assert returned.values is None
    (finding,) = [one for one in returned.findings if one.code == told]
    assert finding.place.cell.startswith("C") and finding.message("zh") and finding.message("en")


def test_a_share_is_what_its_cell_shows() -> None:
    """12.5 % typed into a cell for percentages is stored as 0.125; it was once read as 0.125 %."""
    book = load_workbook(io.BytesIO(filled(FULL)))
    cell = next(row[2] for row in book.worksheets[0].iter_rows(min_row=5) if row[0].value == "C6")
    cell.value, cell.number_format = 0.125, "0.0%"
    target = io.BytesIO()
    book.save(target)
    values = read_supplier_form(target.getvalue()).values
    assert values is not None and values.default_share == 0.125


def test_an_answer_that_is_there_twice_is_refused() -> None:
    book = load_workbook(io.BytesIO(filled(FULL)))
    book.worksheets[0].append(["C1", None, 0.001])
    target = io.BytesIO()
    book.save(target)
    assert "cbam-form-twice" in codes(read_supplier_form(target.getvalue()))


def test_the_world_is_reported_in_the_supplier_form_of_its_unit() -> None:
    form = supplier_form(world.works().precursors[0], unit="kg N")
    sheet = load_workbook(io.BytesIO(form)).worksheets[0]
    units = {str(row[0]): row[3] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert units["C1"] == "tCO2e / kg N"
