"""What serials say, in the forms measured on public registries (numbers here are invented)."""

from __future__ import annotations

from datetime import date

import pytest

from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.serials import Said, key, problems, said, same_project, span_of
from certificates.ledger.spans import Span

GEC = "B1234567890123456000000000000001"
SAYS = [
    (
        Kind.VCS,
        "19380-941382555-941382741-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0",
        Said(Span("vcs", 941382555, 941382741), "3005", "CN", date(2022, 1, 1), date(2022, 10, 31)),
    ),
    (
        Kind.GOLD_STANDARD,
        "GS1-1-UG-GS11236-16-2024-30307-1-19149",
        Said(Span("gold-standard:GS1-1-UG-GS11236-16-2024-30307", 1, 19149), "GS11236", "UG", year=2024),
    ),
    (
        Kind.ACR,
        "ACR-FR-1129-2025-2917-30932 to 35143",
        Said(Span("acr:ACR-FR-1129-2025-2917", 30932, 35143), "ACR1129", "FR", year=2025),
    ),
    (
        Kind.CAR,
        "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000",
        Said(Span("car:CAR-1-US-1335-31-983-KS-2025-9205", 1, 5000), "CAR1335", "US", year=2025),
    ),
    (
        Kind.CAR,
        "CAR-ROC-US-2056-129-2283-WV-2025-8969-1 to 260294",
        Said(Span("car:CAR-ROC-US-2056-129-2283-WV-2025-8969", 1, 260294), "CAR2056", "US", year=2025),
    ),
    (
        Kind.ART,
        "FCPF-CI-130-2023-20-1 to 46404",
        Said(Span("art:FCPF-CI-130-2023-20", 1, 46404), "ART130", "CI", year=2023),
    ),
    (
        Kind.ART,
        "ART-GY-102-2019-3-2500001 to 2600000",
        Said(Span("art:ART-GY-102-2019-3", 2500001, 2600000), "ART102", "GY", year=2019),
    ),
    (Kind.CERCARBONO, "CDC_1_1_1_321_14_1_2009", Said(year=2009, key="CDC_1_1_1_321_14_1_2009")),
    (Kind.CERCARBONO, "CDC_7_1_1_321_14_CO_1_1", Said(key="CDC_7_1_1_321_14_CO_1_1")),
    (Kind.GEC, GEC, Said(electricity=GEC[:17], key=GEC)),
    (Kind.GREEN_POWER, GEC, Said(electricity=GEC[:17], key=GEC)),
    (Kind.CCER, "CCER 2026（一）第 1 号", Said(key="CCER2026(一)第1号")),
]


@pytest.mark.parametrize(
    ("kind", "serial", "expected"), SAYS, ids=[f"{kind}: {text}" for kind, text, _ in SAYS]
)
def test_what_a_serial_says(kind: Kind, serial: str, expected: Said) -> None:
    assert said(kind, serial) == expected


@pytest.mark.parametrize(
    ("kind", "serial"),
    [
        (Kind.VCS, "19380-2-1-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"),
        (Kind.VCS, "19380-1-2-VCS-VCU-1310-VER-CN-13-3005-31022022-31102022-0"),
        (Kind.VCS, "19380-1-2-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0 "),
        (Kind.VCS, "19380-1-99999999999999999-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"),
        (Kind.VCS, "１9380-1-2-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"),
        (Kind.GOLD_STANDARD, "GS1-1-UG-GS11236-16-2024-30307-19149-1"),
        (Kind.ACR, "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000"),
        (Kind.CAR, "ACR-FR-1129-2025-2917-30932 to 35143"),
        (Kind.ART, "ACR-FR-1129-2025-2917-30932 to 35143"),
        (Kind.ACR, "ACR-FR-1129-2025-2917-30932-35143"),
        (Kind.CERCARBONO, "CDC_1_1_1_321_14_1_2008_BF"),
        (Kind.CERCARBONO, "CDC_4_1_1_321_14_R1_XX_CO_1_2_BFC_2018"),
        (Kind.GEC, GEC[:-1]),
        (Kind.GEC, GEC.lower()),
        (Kind.CCER, "\u200b"),
        (Kind.CCER, "CCER\n1"),
        (Kind.CCER, "\u0421CER-1"),
        (Kind.CCER, "CCER-\u0661"),
        (Kind.CCER, "x" * 201),
    ],
)
def test_what_is_in_no_form(kind: Kind, serial: str) -> None:
    assert said(kind, serial) is None and span_of(kind, serial, 1) is None


@pytest.mark.parametrize(
    "writing",
    [
        "ABC-1",
        "abc-1",
        " ABC-1 ",
        "ABC -1",
        "\uff21BC-1",
        "ABC\u20131",
        "ABC\uff0d1",
        "ABC\u3000-1",
        "ABC-01",
        "ABC-\uff11",
    ],
)
def test_writings_of_one_serial(writing: str) -> None:
    assert key(writing) == "ABC-1"
    assert span_of(Kind.GO, writing, 5) == Span("go:ABC-1", 1, 5)


def test_leading_zeros_make_no_second_block() -> None:
    for plain, padded in (
        ("GS1-1-UG-GS11236-16-2024-30307-1-9", "GS1-01-UG-GS011236-16-2024-030307-01-9"),
        ("GS1-1-UG-GS11236-16-2024-30307-1-9", "GS1-1-UG-GS11236-16-2024-30307-001-009"),
    ):
        assert span_of(Kind.GOLD_STANDARD, plain, 0) == span_of(Kind.GOLD_STANDARD, padded, 0)
    assert span_of(Kind.ACR, "ACR-FR-01129-2025-02917-1 to 2", 0) == span_of(
        Kind.ACR, "ACR-FR-1129-2025-2917-1 to 2", 0
    )


def test_units_without_numbers_are_numbered_under_their_serial() -> None:
    assert span_of(Kind.CERCARBONO, "CDC_1_1_1_321_14_1_2009", 546, 1001) == Span(
        "cercarbono:CDC_1_1_1_321_14_1_2009", 1001, 1546
    )
    assert span_of(Kind.GEC, GEC, 0) is None


def test_kinds_of_one_registry_share_a_numbering() -> None:
    assert span_of(Kind.GEC, GEC, 3) == span_of(Kind.GREEN_POWER, GEC, 3)
    assert span_of(Kind.GO, "X1", 3) != span_of(Kind.I_REC, "X1", 3)


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        (Kind.VCS, "3005", "VCS3005", True),
        (Kind.VCS, "3005", "vcs-3005", True),
        (Kind.VCS, "3005", "GS3005", False),
        (Kind.VCS, "3005", "", False),
        (Kind.GOLD_STANDARD, "GS11236", "11236", True),
        (Kind.ACR, "ACR894", "ACR 0894", True),
        (Kind.CCER, "A", "B", False),
    ],
)
def test_projects_may_be_written_with_their_registry(kind: Kind, one: str, other: str, same: bool) -> None:
    assert same_project(kind, one, other) is same


def lot(kind: Kind, serial: str, year: int, **more) -> Lot:
    span = span_of(kind, serial, 10)
    assert span is not None
    given = {"project": "", "vintage_start": date(year, 1, 1), "vintage_end": date(year, 12, 31)} | more
    return Lot(kind=kind, serial=serial, span=span, **given)


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (lot(Kind.ACR, SAYS[2][1], 2025, project="ACR1129", country="FR"), []),
        (lot(Kind.ACR, SAYS[2][1], 2025, project="ACR1128"), ["serial-project-differs"]),
        (lot(Kind.ACR, SAYS[2][1], 2024, project="ACR1129"), ["serial-vintage-differs"]),
        (lot(Kind.ACR, SAYS[2][1], 2024, project="1129", vintage_end=date(2025, 6, 3)), []),
        (lot(Kind.ACR, SAYS[2][1], 2025, project="ACR1129", country="US"), ["serial-country-differs"]),
        (lot(Kind.CAR, SAYS[3][1], 2025, project="CAR1335"), []),
        (lot(Kind.CAR, SAYS[3][1], 2025, project="CAR31"), ["serial-project-differs"]),
        (lot(Kind.ART, SAYS[5][1], 2023, project="ART130", country="COTE D'IVOIRE"), []),
        (
            lot(Kind.ART, SAYS[5][1], 2022, project="ART131"),
            ["serial-project-differs", "serial-vintage-differs"],
        ),
        (lot(Kind.GOLD_STANDARD, SAYS[1][1], 2024, project="GS11236"), []),
        (lot(Kind.GOLD_STANDARD, SAYS[1][1], 2023, project="GS11236"), ["serial-vintage-differs"]),
        (lot(Kind.CERCARBONO, SAYS[7][1], 2009), []),
        (lot(Kind.CERCARBONO, SAYS[7][1], 2010), ["serial-vintage-differs"]),
        (lot(Kind.CERCARBONO, SAYS[8][1], 2010), []),
    ],
)
def test_serial_and_lot_agree(made: Lot, codes: list[str]) -> None:
    assert [one.code for one in problems(made)] == codes


@pytest.mark.parametrize(("kind", "serial"), [(kind, serial) for kind, serial, _ in SAYS[:8]])
def test_a_registry_s_serial_is_none_of_another_s(kind: Kind, serial: str) -> None:
    found = [one.code for one in problems(lot(Kind.ISOMETRIC, serial.lower(), 2025))]
    assert found == ["serial-of-another-kind"]


@pytest.mark.parametrize(("kind", "codes"), [(Kind.I_REC, 1), (Kind.GO, 1), (Kind.POWER_CONTRACT, 0)])
def test_a_code_of_32_characters_is_a_green_certificate_s(kind: Kind, codes: int) -> None:
    found = [one.code for one in problems(lot(kind, f"b1234567890123456{1:015d}", 2025))]
    assert found == ["serial-of-another-kind"] * codes
