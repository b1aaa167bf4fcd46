"""What readers take long over is bounded before one of them opens the file: each of these once took minutes."""

from typing import Any

import pytest

from databases.workbooks import Limits, inspect
from tests.work import within
from tests.workbookmaking import packed

ROWS = "<sheetData>{}</sheetData>"
FORMULA = "+".join(["A1"] * 2_000)
SHARED = f'<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A4000">{FORMULA}</f></c></row>' + "".join(
    f'<row r="{row}"><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(2, 4_000)
)
RANGES = " ".join(f"A{(row * 7919) % 999_983 + 1}" for row in range(100_000))


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        (ROWS.format(SHARED), "characters of shared formulas"),
        (f'<sheetData/><conditionalFormatting sqref="{RANGES}"/>', "characters of ranges"),
        (
            "<sheetData/>" + "".join(f'<dataValidation sqref="A{n}"/>' for n in range(50_001)),
            "validations, formats, links",
        ),
        (ROWS.format('<row r="2"/><row r="2"/>'), "row order"),
        (ROWS.format('<row r="2"/><row r="1"/>'), "row order"),
        (ROWS.format('<row r="x"/>'), "ValueError"),
    ],
)
def test_what_readers_take_long_over_is_refused(sheet: str, why: str) -> None:
    (problem,) = inspect(packed({"A": sheet}), "a.xlsx").problems
    assert problem.code == "unsafe-xml" and why in str(problem.details["why"])


def test_a_reference_of_many_letters_takes_no_work() -> None:
    sheet = f'<row r="1"><c r="{"AZ" * 200_000}1"><v>1</v></c></row>'
    data = packed({"A": ROWS.format(sheet)}, compressed=False)
    marks = within(10_000, lambda: inspect(data, "a.xlsx")).sheets["A"]
    assert [len(cell) for cell in marks.far_cells] == [20]


def test_fewer_elements_allow_less_of_the_rest() -> None:
    sheet: Any = "<sheetData/>" + '<dataValidation sqref="A1"/>' * 6_000
    data = packed({"A": sheet})
    assert not inspect(data, "a.xlsx").problems
    assert [one.code for one in inspect(data, "a.xlsx", Limits(elements=300_000)).problems] == ["unsafe-xml"]
