"""What rows stand for."""

from __future__ import annotations

from datetime import date

import pytest

from certificates.ledger.entries import Beneficiary, Purpose
from certificates.ledger.instruments import Kind
from certificates.ledger.problems import texts
from certificates.ledger.registries.drafting import Choices, Line, draft
from certificates.ledger.registries.heading import Heading, recognise
from certificates.ledger.spans import Span
from tests.certificates.ledger.registries.exports import GEC, PLANT, VERRA, gec, vcu

CHOICES = Choices("acct", ("e" * 64,))
RETIRED = ("2026-03-05", "演示铝业有限公司", "Environmental Benefit", "")


def drafted(header, row, choices=CHOICES, wanted=""):
    heading = recognise(tuple(header), wanted)
    assert isinstance(heading, Heading), heading
    return draft(Line("表", 7, tuple(row)), heading, choices)


def codes(header, row, **more):
    return [(one.code, one.where) for one in drafted(header, row, **more).problems]


def test_a_row_held_is_an_acquisition():
    made = drafted(VERRA, vcu())
    assert made.retire is None
    lot = made.acquire.lot
    assert (lot.kind, lot.span, lot.project, lot.country) == (Kind.VCS, Span("vcs", 1000, 1099), "3005", "CN")
    assert (lot.vintage_start, lot.vintage_end) == (date(2022, 1, 1), date(2022, 10, 31))
    assert (made.acquire.on, made.acquire.account, made.acquire.evidence) == (
        date(2023, 4, 3),
        "acct",
        ("e" * 64,),
    )


def test_a_row_retired_is_both_and_never_retired_before_it_came():
    made = drafted(VERRA, vcu(retired=RETIRED), Choices("acct", ("e" * 64,), acquired_on=date(2026, 9, 1)))
    assert made.acquire.on == made.retire.on == date(2026, 3, 5)
    assert made.retire.beneficiary == Beneficiary("演示铝业有限公司")
    assert (made.retire.period_start, made.retire.period_end) == (date(2026, 1, 1), date(2026, 12, 31))


def test_days_of_verra_are_written_day_first_too():
    row = vcu(**{"Issuance Date": "03/04/2023", "Vintage Start": "01/01/2022", "Vintage End": "31/10/2022"})
    assert drafted(VERRA, row).acquire.on == date(2023, 4, 3)


@pytest.mark.parametrize(
    ("reason", "details", "purpose"),
    [
        ("Environmental Benefit", "", Purpose.OTHER),
        ("Other", "用于2025年度碳中和", Purpose.NEUTRALISATION),
        ("Other", "to OFFSET our flights", Purpose.NEUTRALISATION),
        ("Other", "the offsetter of things", Purpose.OTHER),
        ("CORSIA Compliance", "carbon neutral", Purpose.OBLIGATION),
        ("Other", "renewable energy", Purpose.OTHER),
    ],
)
def test_purposes(reason, details, purpose):
    made = drafted(VERRA, vcu(retired=("2026-03-05", "甲公司", reason, details)))
    assert made.retire.purpose is purpose


BAD = {
    "serial empty": ({"Serial Number": ""}, [("cell-needed", "L7")]),
    "serial not in form": ({"Serial Number": "12-13"}, [("serial-not-in-form", "L7")]),
    "quantity differs": ({"Quantity Issued": "99"}, [("serial-quantity-differs", "K7")]),
    "quantity not whole": ({"Quantity Issued": "99.5"}, [("row-quantity-not-whole", "K7")]),
    "quantity zero": ({"Quantity Issued": "0"}, [("row-quantity-not-whole", "K7")]),
    "quantity ambiguous": ({"Quantity Issued": "1.454"}, [("cell-number-ambiguous", "K7")]),
    "formula": ({"Quantity Issued": "=A1"}, [("cell-formula", "K7")]),
    "vintage backwards": ({"Vintage End": "2021-01-01"}, [("row-vintage-backwards", "D7")]),
    "no date at all": ({"Issuance Date": "n/a"}, [("row-date-missing", "")]),
    "date that is none": ({"Issuance Date": "soon"}, [("cell-no-day", "A7"), ("row-date-missing", "")]),
    "name that cannot be seen": ({"ID": "30\u202e05"}, [("cell-no-name", "E7")]),
}


@pytest.mark.parametrize("case", BAD)
def test_rows_that_stand_for_nothing_say_every_reason_with_its_cell(case):
    changed, expected = BAD[case]
    made = drafted(VERRA, vcu(**changed))
    assert made.entries == ()
    assert [(one.code, one.where) for one in made.problems] == expected


def test_all_problems_of_a_row_are_told_at_once():
    row = vcu(**{"Quantity Issued": "x", "Vintage Start": "y", "Serial Number": "z"})
    assert {code for code, _ in codes(VERRA, row)} == {"cell-no-number", "cell-no-day", "serial-not-in-form"}


def test_a_retirement_without_a_beneficiary_needs_one_stated():
    row = vcu(retired=("2026-03-05", "", "", ""))
    assert codes(VERRA, row) == [("row-beneficiary-missing", "O7")]
    stated = Choices("acct", ("e" * 64,), beneficiary=Beneficiary("乙公司"))
    made = drafted(VERRA, row, stated)
    assert made.retire.beneficiary.name == "乙公司"
    assert made.retire.note == "beneficiary stated by the account holder"


def test_units_that_went_to_another_programme_are_not_taken():
    header = (
        "Credit Serial Numbers",
        "Vintage",
        "Quantity of Credits",
        "Project ID",
        "Status Effective (GMT)",
    )
    row = ("ACR-US-1185-2025-3078-1 to 847", "2025", "847", "ACR1185", "1/22/2026 7:12:08 PM")
    more = ("Cancellation Type", "Retired on Behalf of")
    converted = drafted((*header, *more), (*row, "Convert to ARB offset credits", "甲"))
    assert [one.code for one in converted.problems] == ["row-converted"]
    own = drafted((*header, *more), (*row, "Voluntary, carbon neutrality", "甲"))
    assert own.retire.purpose is Purpose.NEUTRALISATION


def test_a_year_counts_as_far_as_it_is_over():
    header = (
        "Offset Credit Serial Numbers",
        "Vintage",
        "Quantity of Offset Credits",
        "Project ID",
        "Date Issued",
    )
    serial = "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000"
    lot = drafted(header, (serial, "2025", "5000", "CAR1335", "10/27/2025")).acquire.lot
    assert (lot.vintage_start, lot.vintage_end) == (date(2025, 1, 1), date(2025, 10, 26))
    later = drafted(header, (serial, "2025", "5000", "CAR1335", "02/01/2026")).acquire.lot
    assert later.vintage_end == date(2025, 12, 31)


def test_a_monitoring_period_narrows_the_year():
    header = (
        "Vintage",
        "Quantity",
        "GSID",
        "Issuance Date",
        "Monitoring Period Start",
        "Monitoring Period End",
    )
    serial = "GS1-1-KE-GS11603-16-2025-30256-110-5463"
    row = ["2025", "5354", "11603", "2026-03-31", "2024-03-02", "2025-03-10", serial]
    lot = drafted((*header, "Serial Number"), row).acquire.lot
    assert (lot.vintage_start, lot.vintage_end) == (date(2025, 1, 1), date(2025, 3, 10))
    assert lot.project == "GS11603"
    row[0] = "2023"
    assert codes((*header, "Serial Number"), row) == [("row-vintage-contradicts", "A7")]


def test_green_certificates():
    lot = drafted(GEC, gec(3)).acquire.lot
    assert (lot.kind, lot.span.count, lot.project, lot.electricity) == (Kind.GEC, 1, PLANT, PLANT)
    assert (lot.transfers, lot.tradable, lot.country) == (1, True, "CN")
    own = drafted(
        GEC, gec(3, 绿证成交日期="", 绿证类型="不可交易"), Choices("a", acquired_on=date(2026, 9, 1))
    )
    assert (own.acquire.lot.transfers, own.acquire.lot.tradable) == (0, False)


GEC_BAD = {
    "rounded by a spreadsheet": ({"绿证编码": "3.20623E+31"}, "cell-rounded"),
    "frozen": ({"绿证状态": "冻结"}, "row-status-unknown"),
    "retired, nobody knows when": ({"绿证状态": "已核销"}, "row-retired-when"),
    "tradable or not": ({"绿证类型": "也许"}, "row-tradable-unknown"),
}


@pytest.mark.parametrize("case", GEC_BAD)
def test_green_certificates_that_are_refused(case):
    changed, code = GEC_BAD[case]
    assert code in {one for one, _ in codes(GEC, gec(**changed))}


def test_kilowatt_hours_count_in_whole_certificates():
    header = ("结算绿证编码", "结算电量（千瓦时）", "结算电量(MWh)", "结算月份", "结算日期")
    code = f"{PLANT}202607000000001"
    lot = drafted(header, (code, "3,000", "3", "2026年7月", "2026-09-10")).acquire.lot
    assert (lot.kind, lot.span.count, lot.transfers) == (Kind.GREEN_POWER, 3, 1)
    assert codes(header, (code, "3500", "", "2026-07", "2026-09-10")) == [("row-quantity-not-whole", "B7")]
    assert codes(header, (code, "3000", "4", "2026-07", "2026-09-10")) == [("row-quantities-differ", "C7")]


def test_ranges_in_columns_of_their_own():
    header = ("project_id", "serial", "vintage", "end_user", "date", "quantity", "from", "to")
    row = ["1", "CDC_1_1_1_321_14_1_2009", "2009", "Reciclene", "2022-02-24 20:20:59", "546", "4426", "4971"]
    made = drafted(header, row)
    assert made.acquire.lot.span == Span("cercarbono:CDC_1_1_1_321_14_1_2009", 4426, 4971)
    row[7] = "4972"
    assert codes(header, row) == [("serial-quantity-differs", "F7")]
    row[3] = "Not public"
    assert ("row-beneficiary-missing", "D7") not in codes(header, row), "told when the units are clear"


def test_kilograms_and_only_retirements_of_isometric():
    header = ("retirement_id", "retired_at", "beneficiary.name", "credit_batch_size_total.credits")
    header = (*header, "credit_batch_size_total.credit_kgs", "project_id", "sequestered_on")
    row = [
        "ret_1KNSQMD6Z1S0TB50",
        "2026-04-09T18:21:22.047712Z",
        "甲",
        "531.125",
        "531125",
        "prj_1",
        "2026-01-22",
    ]
    assert drafted(header, row).acquire.lot.span.count == 531_125
    row[0] = "iss_1KP6EDZ8K1S036PY"
    assert ("serial-not-in-form", "A7") in codes(header, row)


def test_every_sentence_is_there_in_both_languages():
    rows = [vcu(**changed) for changed, _ in BAD.values()]
    for one in (problem for row in rows for problem in drafted(VERRA, row).problems):
        assert texts()[one.code]
        assert one.sentence("zh") and one.sentence("en")
