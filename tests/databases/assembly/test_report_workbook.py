"""The import report as a workbook: every list on its sheet, totals first, nothing that a spreadsheet would run."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from databases.assembly import report_workbook
from databases.assembly.elementary import STEPS
from databases.assembly.options import ALLOCATIONS, METHODS, PROVIDERS
from databases.assembly.report import (
    COUNTS,
    Allocated,
    Candidate,
    ImportReport,
    Loop,
    ProviderChoice,
    Trouble,
    Uncharacterised,
    Unlinked,
)
from databases.assembly.words import WORDS, word
from databases.notices import Notice

REPORT = ImportReport(
    release="small-1",
    format="ecospold1",
    reader="bw2io",
    source="=small.zip",
    source_sha256="ab" * 32,
    options={"allocation": "mass"},
    counts=dict.fromkeys(COUNTS, 0),
    matches={"cas": 3},
    unlinked=(
        Unlinked(
            "=steel", "kg", "", "no-supplier", 2, 1, 3.5, "p1", (Candidate("s", "+s", "US", "kg", 0.7),)
        ),
    ),
    cut_off=(Unlinked("@scrap", "kg", "", "cut-off-by-file", 1, 1, float("inf"), "p2"),),
    choices=(ProviderChoice("-power", "kWh", "", "best", 3, ("e1",), ("e1", "e2")),),
    allocations=(Allocated("d", "Dairy", "mass", "mass", (("cheese", "d", 0.25), ("whey", "d.w", 0.75))),),
    uncharacterised=(Uncharacterised("dust", "d\x01ust", "air", "", "kg", 4.0, 2, False),),
    loops=(Loop(0.97, ("p1", "p2")),),
    troubles=(Trouble("self-loop", "p1", "P1", "0.1", "kept"),),
    left_rows=(("Sheet!3", "no-factor"),),
    notices=(Notice.warning("allocation-for-nothing", "x"),),
)


def sheets(report: ImportReport | dict[str, object], language: str) -> dict[str, list[list[object]]]:
    stream = io.BytesIO()
    report_workbook.write(report, stream, language)
    book = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))
    assert {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row} <= {
        "s",
        "n",
    }
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_has_its_sheet_and_totals_come_first(language: str) -> None:
    found = sheets(REPORT, language)
    assert next(iter(found)) == ("合计" if language == "zh" else "Totals")
    assert len(found) == 10
    rows = {name: len(table) - 1 for name, table in found.items()}
    assert list(rows.values())[1:] == [1, 1, 1, 2, 1, 1, 1, 1, 1]


def test_text_stays_text_whatever_it_begins_with() -> None:
    found = sheets(REPORT, "en")
    assert found["Unlinked"][1][0] == "=steel"
    assert found["Unlinked"][1][9] == "+s"
    assert found["Cut off"][1][0] == "@scrap"
    assert found["Cut off"][1][6] == "inf"
    assert found["Provider choices"][1][0] == "-power"
    assert found["Uncharacterised flows"][1][1] == "dust"
    assert found["Totals"][2][1] == "=small.zip"


def test_counts_that_do_not_add_up_are_on_the_first_sheet() -> None:
    whole = {**REPORT.counts, "unlinked": 2, "cut_off": 1, "co_products": 1, "flows": 1}
    good = replace(REPORT, counts={**whole, "technosphere": 3, "exchanges_read": 3, "datasets": 1})
    assert good.check() == []
    assert not any(row[0] == "counts do not add up" for row in sheets(good, "en")["Totals"])
    assert any(row[0] == "counts do not add up" for row in sheets(REPORT, "en")["Totals"])


def test_the_json_form_gives_the_same_workbook(tmp_path: Path) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    report_workbook.write(REPORT, one, "zh")
    report_workbook.write(REPORT.as_dict(), other, "zh")
    assert one.read_bytes() == other.read_bytes()


def test_only_two_languages() -> None:
    with pytest.raises(ValueError, match="zh or en"):
        report_workbook.write(REPORT, io.BytesIO(), "de")


def test_every_code_of_choices_counts_and_steps_has_its_word() -> None:
    codes = {*ALLOCATIONS, *PROVIDERS, *METHODS, *COUNTS, *STEPS}
    assert codes - set(WORDS) == set()
    assert all(zh and en and zh != en for zh, en in WORDS.values())
    assert word("no such code", "zh") == "no such code"
