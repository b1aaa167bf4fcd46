"""What an inventory cannot be: the balance of masses, processes that feed nothing, work without energy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from lca import plausibility, rules
from lca.findings import Finding, Severity
from lca.inventory import Boundary, Inventory, Line, LineKind, Output, Stage

RULES = rules.load("iso-14067-2018")


def line(number: str, amount: str = "100", unit: str = "kg", **changes) -> Line:
    """A material line of the process ``press``; ``changes`` to it."""
    values = {
        "process": "press",
        "stage": Stage.PRODUCTION,
        "kind": LineKind.MATERIAL,
        "name": f"line {number}",
    }
    return Line(number=number, amount=Decimal(amount), unit=unit, **(values | changes))


def inner(number: str, process: str, source: str, amount: str, unit: str = "kg", **changes) -> Line:
    """``process`` takes an amount of ``source``'s output."""
    kind = LineKind.INTERMEDIATE
    return line(number, amount, unit, process=process, kind=kind, from_process=source, **changes)


def power(number: str = "E1", process: str = "press", amount: str = "5") -> Line:
    return line(number, amount, "kWh", process=process, kind=LineKind.ELECTRICITY)


def inventory(*lines: Line, outputs: Sequence[tuple[str, str, str]] = (), **changes) -> Inventory:
    """The product is the output of ``press``: 100 kg where nothing else is said."""
    values = {
        "product_name_zh": "演示产品",
        "product_name_en": "Demo product",
        "model": "D1",
        "cn_code": "",
        "declared_amount": Decimal(1),
        "declared_unit": "kg",
        "mass_per_declared_unit": Decimal(1),
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "site": "演示工厂",
        "place_code": "CN-JS",
        "boundary": Boundary.CRADLE_TO_GATE,
        "product_process": "press",
        "outputs": tuple(
            Output(process=name, name=name, amount=Decimal(amount), unit=unit)
            for name, amount, unit in outputs or (("press", "100", "kg"),)
        ),
        "lines": lines,
    }
    return Inventory(**(values | changes))


def told(findings: Sequence[Finding]) -> list[str]:
    """Codes, an ERROR with an exclamation mark; every sentence must be complete."""
    for finding in findings:
        for language in ("zh", "en"):
            assert "{" not in finding.message(language)
    return [finding.code + "!" * (finding.severity is Severity.ERROR) for finding in findings]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("M1", "100")], []),
        ([line("M1", "99.2")], []),  # within the limit for a single cut-off
        ([line("M1", "98")], ["gate-mass-short"]),
        ([line("M1", "95")], ["gate-mass-short"]),
        ([line("M1", "94.9")], ["gate-mass-missing!"]),
        ([line("M1", "60")], ["gate-mass-missing!"]),
        ([line("M1", "0.00001")], ["gate-mass-missing!"]),
        ([line("M1", "0.1", "t"), line("M2", "20", "g")], []),
        ([line("M1", "90", loss_percent=Decimal(12))], []),  # what is bought is gross
        ([line("M1", "100", kind=LineKind.PACKAGING)], ["gate-mass-missing!"]),  # a box is no product
        ([line("F1", "100", kind=LineKind.FUEL)], ["gate-mass-missing!"]),  # burned
        ([power()], ["gate-mass-missing!"]),
        ([line("M1", "99"), line("C1", "1", cutoff_reason="little", cutoff_share=Decimal(1))], []),
        ([line("M1", "60"), line("M2", "40", "piece")], ["gate-mass-unweighed"]),
        ([line("M1", "60"), line("M2", "0", "piece")], ["gate-mass-missing!"]),
        (
            [line("M1", "60"), line("M2", "40", "piece", cutoff_reason="few", cutoff_share=Decimal(0))],
            ["gate-mass-missing!"],
        ),
        ([line("M1", "100"), line("M2", "40", "m2")], []),
        ([line("M1", "130")], ["gate-mass-unexplained"]),
        ([line("M1", "130"), line("S1", "25", kind=LineKind.WASTE)], []),
        ([line("M1", "130"), line("S1", "2", "m3", kind=LineKind.WASTE)], []),
    ],
)
def test_what_goes_in_weighs_what_comes_out(lines: list[Line], expected: list[str]) -> None:
    assert told(plausibility.balance(inventory(*lines), {"press": 0.01}, RULES)) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (
            line("A1", "80", name="空气", cutoff_reason="取自大气", cutoff_share=Decimal(0)),
            ["gate-mass-claimed"],
        ),
        (
            line("A1", "80", name="Ambient  air", cutoff_reason="nature", cutoff_share=Decimal(0)),
            ["gate-mass-claimed"],
        ),
        (line("W1", "0.08", "m3", name="纯水（入产品）", kind=LineKind.WATER), ["gate-mass-claimed"]),
        (
            line("W1", "80", name="Water, into product", kind=LineKind.WATER),
            ["gate-mass-claimed"],
        ),
        (line("W1", "0.08", "m3", name="冷却水", kind=LineKind.WATER), ["gate-mass-missing!"]),
        (
            line("W1", "0.02", "m3", name="配料水", kind=LineKind.WATER),
            ["gate-mass-claimed", "gate-mass-missing!"],
        ),
    ],
)
def test_air_and_water_become_product_only_where_a_line_says_so(extra: Line, expected: list[str]) -> None:
    stated = inventory(line("M1", "20"), extra)
    assert told(plausibility.balance(stated, {"press": 0.01}, RULES)) == expected


def test_the_balance_is_that_of_the_declared_amount() -> None:
    """Casting makes 200 kg, the press takes 120 kg for 100 pieces of 1 kg and gives 20 kg scrap back."""
    outputs = (("press", "100", "piece"), ("cast", "200", "kg"))
    piece = {"declared_unit": "piece", "declared_amount": Decimal(2), "mass_per_declared_unit": Decimal(1)}
    stated = inventory(line("M1", "180", process="cast"), outputs=outputs, **piece)
    assert told(plausibility.balance(stated, {"press": 0.02, "cast": 0.0134}, RULES)) == []
    assert told(plausibility.balance(stated, {"press": 0.02, "cast": 0.006}, RULES)) == ["gate-mass-missing!"]
    lighter = inventory(
        line("M1", "180", process="cast"),
        outputs=outputs,
        **(piece | {"mass_per_declared_unit": Decimal("0.1")}),
    )
    assert told(plausibility.balance(lighter, {"press": 0.02, "cast": 0.0134}, RULES)) == [
        "gate-mass-unexplained"
    ]


def test_a_product_that_is_no_matter_has_no_balance() -> None:
    stated = inventory(power(), outputs=(("press", "100", "MJ"),), declared_unit="kWh")
    assert plausibility.balance(stated, {"press": 0.036}, RULES) == ()


CHAIN = (("press", "100", "kg"), ("cast", "120", "kg"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([inner("I1", "press", "cast", "120"), power(), power("E2", "cast")], []),
        ([inner("I1", "press", "cast", "0.1195", "t"), power(), power("E2", "cast")], []),  # within 1 %
        (
            [inner("I1", "press", "cast", "100", loss_percent=Decimal(20)), power(), power("E2", "cast")],
            [],
        ),
        (
            [inner("I1", "press", "cast", "60"), power(), power("E2", "cast")],
            ["gate-surplus"],
        ),
        (
            [inner("I1", "press", "cast", "150"), power(), power("E2", "cast")],
            ["gate-more-taken-than-made"],
        ),
        ([power(), power("E2", "cast")], ["gate-process-unconnected!"]),
        ([inner("I1", "press", "cast", "0"), power(), power("E2", "cast")], ["gate-process-unconnected!"]),
        ([inner("I1", "cast", "press", "5"), power(), power("E2", "cast")], ["gate-process-unconnected!"]),
        (
            [inner("I1", "press", "cast", "120", cutoff_reason="own"), power(), power("E2", "cast")],
            ["gate-process-unconnected!"],
        ),
        ([power()], []),  # a process without lines has nothing to lose
        ([inner("I1", "press", "cast", "120"), power()], ["gate-process-empty!"]),
        ([inner("I1", "press", "cast", "120"), power(), power("E2", "cast", "0")], ["gate-process-empty!"]),
        (
            [inner("I1", "press", "cast", "120"), power(), line("M1", process="cast")],
            ["gate-no-energy"],
        ),
        ([power(), inner("I1", "press", "mill", "1")], []),  # no such process: told by the system
        ([power(), power("E2")], []),
        ([power(), power("E2", amount="5.0")], []),
    ],
)
def test_processes_lead_to_the_product_and_work_takes_energy(lines, expected) -> None:
    assert told(plausibility.structure(inventory(*lines, outputs=CHAIN))) == expected


def test_a_surplus_is_named_with_its_amount() -> None:
    lines = [inner("I1", "press", "cast", "0.09", "t"), power(), power("E2", "cast")]
    (finding,) = plausibility.structure(inventory(*lines, outputs=CHAIN))
    details = dict(finding.details)
    assert (details["process"], details["rest"], details["unit"], details["share"]) == (
        "cast",
        "30",
        "kg",
        "25.0",
    )


def test_two_lines_alike_in_everything_are_told() -> None:
    once, again = line("M1", "50", name="铝锭"), line("M2", "50.0", name="铝锭")
    found = plausibility.structure(inventory(once, again, power()))
    assert told(found) == ["gate-lines-alike"]
    assert found[0].place.line == "M2"
    for other in (
        line("M2", "51", name="铝锭"),
        line("M2", "50", name="铝锭", supplier="Demo"),
        line("M2", "50", name="铝锭", origin="CN-SD"),
        line("M2", "50", name="铝棒"),
    ):
        assert plausibility.structure(inventory(once, other, power())) == ()
