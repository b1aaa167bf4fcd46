"""One cell: what is taken because it can mean one thing only, and what is refused; and what is written for a value."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.monitoring import FactorSource
from lca.cbam.workbook.cell import Cell
from lca.cbam.workbook.cells import decode, is_empty, names_life_cycle
from lca.cbam.workbook.encode import encode, percent
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.layout import Kind, sheets
from lca.cbam.workbook.texts import clean, literal, quoted, written_text


def cell(sheet: str, key: str, value: Any, number_format: str = "") -> Cell:
    kinds = {bool: "b", int: "n", float: "n", str: "s", date: "d", datetime: "d"}
    kind = kinds[type(value)]
    if isinstance(value, str) and value[:1] in ("=", "#"):
        kind = "f" if value[0] == "=" else "e"
    return Cell(sheet, 5, "A5", value, kind, "%" in number_format, sheets()[sheet].column(key))


TOLERATED: list[tuple[str, str, Any, str, Any]] = [
    ("streams", "activity", "1,234.5", "", 1234.5),
    ("streams", "activity", "１２３４．５", "", 1234.5),
    ("streams", "activity", " 1234.5 ", "", 1234.5),
    ("streams", "activity", 1234, "", 1234.0),
    ("streams", "biomass_fraction", 45, "", 0.45),
    ("streams", "biomass_fraction", "45%", "", 0.45),
    ("streams", "biomass_fraction", 0.45, "0.0%", 0.45),
    ("streams", "oxidation_factor", "/", "", 1.0),
    ("streams", "oxidation_factor", 99, "", 0.99),
    ("streams", "activity_unit", "千标立方米", "", "1000Nm3"),
    ("streams", "activity_unit", "1000 nm³", "", "1000Nm3"),
    ("streams", "material", "天然气", "", "natural-gas"),
    ("streams", "material", "Natural gas", "", "natural-gas"),
    ("streams", "method", "combustion", "", "combustion"),
    ("streams", "method", "燃烧 / Combustion", "", "combustion"),
    ("streams", "waste_gas", "否", "", False),
    ("streams", "waste_gas", True, "", True),
    ("streams", "meter", 7.0, "", "7"),
    ("streams", "meter", datetime(2026, 3, 1), "", "2026-03-01"),  # noqa: DTZ001
    ("streams", "name", '"quoted"', "", "quoted"),
    ("precursors", "country", "中国", "", "CN"),
    ("precursors", "country", "Viet Nam", "", "VN"),
    ("precursors", "country", "无锡", "", "CN"),
    ("precursors", "country", "UK", "", "GB"),
    ("precursors", "country", "台湾", "", "TW"),
    ("precursors", "cn", 72139149, "", "72139149"),
    ("precursors", "values.report.issued", "2027年2月3日", "", date(2027, 2, 3)),
    ("precursors", "values.report.issued", "20270203", "", date(2027, 2, 3)),
    ("precursors", "values.report.issued", "2027/2/3", "", date(2027, 2, 3)),
    ("precursors", "values.report.issued", 46421, "0", date(2027, 2, 3)),
]


@pytest.mark.parametrize(("sheet", "key", "value", "form", "meant"), TOLERATED)
def test_what_can_mean_one_thing_only_is_taken(
    sheet: str, key: str, value: Any, form: str, meant: Any
) -> None:
    found = Findings()
    one = cell(sheet, key, value, form)
    got = sheets()[sheet].column(key).blank if is_empty(one) else decode(one, found)
    assert got == meant
    assert not found.refused


REFUSED: list[tuple[str, str, Any, str]] = [
    ("streams", "activity", "=1+1", "formula-cell"),
    ("streams", "activity", "#DIV/0!", "error-cell"),
    ("streams", "activity", "1,5", "not-a-number"),
    ("streams", "activity", "12 t", "not-a-number"),
    ("streams", "activity", "nan", "not-a-number"),
    ("streams", "activity", True, "not-a-number"),
    ("streams", "activity", date(2026, 1, 1), "not-a-number"),
    ("streams", "name", True, "not-text"),
    ("streams", "name", "gas\u202esag", "text-unprintable"),
    ("streams", "name", "x" * 10_001, "text-unprintable"),
    ("streams", "method", "burning", "choice-unknown"),
    ("streams", "method", "燃烧法", "choice-unknown-near"),
    ("streams", "activity_unit", "m3", "choice-unknown-near"),
    ("streams", "waste_gas", "maybe", "choice-unknown-near"),
    ("streams", "evidence", 'D1; "D2', "cbam-book-list"),
    ("precursors", "country", "Atlantis", "cbam-book-country"),
    ("precursors", "country", "RER", "cbam-book-country"),
    ("precursors", "values.report.issued", "soon", "not-a-date"),
    ("precursors", "values.report.issued", "2027-02-30", "not-a-date"),
    ("units", "built", 2019.5, "cbam-book-not-whole"),
]


@pytest.mark.parametrize(("sheet", "key", "value", "code"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_cell(sheet: str, key: str, value: Any, code: str) -> None:
    found = Findings()
    assert decode(cell(sheet, key, value), found) is None
    assert [(one.code, one.place.cell) for one in found.closed()] == [(code, "A5")]
    assert all(one.message("zh") and one.message("en") for one in found.closed())


@pytest.mark.parametrize(
    "word", ["ecoinvent 3.10", "LCA", "生命周期数据库", "产品碳足迹因子", "GaBi", "CLCD", "EPD", "life cycle"]
)
def test_life_cycle_factors_are_refused_for_what_they_are(word: str) -> None:
    found = Findings()
    assert decode(cell("streams", "ncv.source", word), found) is None
    assert found.kept[0].code == "cbam-book-factor-lca"
    assert "4.24" in found.kept[0].message("en") and "IPCC" in found.kept[0].message("zh")


@pytest.mark.parametrize("word", ["calcination", "recycled", "朋友告诉的", "工厂化验"])
def test_other_unknown_words_are_not_called_life_cycle(word: str) -> None:
    assert not names_life_cycle(word)


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_every_text_is_read_as_written(text: str) -> None:
    shown = written_text(text)
    exact = literal(clean(shown))
    assert (clean(shown) if exact is None else exact) == text
    assert literal(quoted(text)) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60, deadline=None)
def test_every_fraction_is_read_as_written(fraction: float) -> None:
    found = Findings()
    shown: Any = percent(fraction)
    assert decode(cell("streams", "biomass_fraction", shown), found) == fraction


def test_a_percentage_of_small_size_is_told() -> None:
    found = Findings()
    assert decode(cell("streams", "biomass_fraction", 0.45), found) == 0.0045
    assert found.kept[0].code == "cbam-book-percent-small"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_of_every_choice_is_read_back(language: str) -> None:
    for sheet in sheets().values():
        for column in sheet.columns:
            if column.kind is Kind.CHOICE and column.choice is not None:
                for member in column.choice:
                    written = encode(member, column, language)
                    assert decode(Cell("s", 1, "A1", written, "s", False, column), Findings()) is member
    assert len(FactorSource) == 12
