"""The coverage gate: every rule with what breaks it, and coverage in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from databases.dataset import Dataset, Source
from lca import coverage, rules
from lca.findings import Finding, Place, Severity
from lca.inventory import Boundary, Inventory, Leg, Line, LineKind, Output, Stage
from lca.linking import Linked, LinkedLine
from lca.scope import GwpSet, Scope

RULES = rules.load("iso-14067-2018")
SCOPE = Scope(GwpSet.AR6)
SOURCE = Source(
    code="s",
    title="t",
    issuer="i",
    document_number="",
    published="2024-01-01",
    licence="l",
    attribution="a",
    url="",
)


def dataset(code: str = "alu", **changes) -> Dataset:
    """A complete dataset with separate gases; ``changes`` to it."""
    values = {
        "code": code,
        "position": 0,
        "name_zh": code,
        "name_en": code,
        "synonyms": "",
        "kind": "material",
        "group": "",
        "place": "CN",
        "year": 2024,
        "unit": "kg",
        "boundary": "cradle-to-gate",
        "complete": True,
        "gwp_set": "",
        "gwp_set_assumed": False,
        "technology": "",
        "source": SOURCE,
        "locator": "",
        "certainty": "P",
        "note_zh": "",
        "note_en": "",
    }
    return Dataset(**(values | changes))


def line(number: str, **changes) -> Line:
    """A material line of 10 kg in production; ``changes`` to it."""
    values = {
        "process": "press",
        "stage": Stage.PRODUCTION,
        "kind": LineKind.MATERIAL,
        "name": f"line {number}",
        "amount": Decimal(10),
        "unit": "kg",
        "place": Place("清单", 7, "C7", number),
    }
    return Line(number=number, **(values | changes))


def inventory(*lines: Line, boundary: Boundary = Boundary.CRADLE_TO_GATE) -> Inventory:
    """An inventory of these lines."""
    return Inventory(
        product_name_zh="演示产品",
        product_name_en="Demo product",
        model="D1",
        cn_code="",
        declared_amount=Decimal(1),
        declared_unit="kg",
        mass_per_declared_unit=Decimal(1),
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        site="演示工厂",
        place_code="CN-JS",
        boundary=boundary,
        product_process="press",
        outputs=(Output(process="press", name="profile", amount=Decimal(100), unit="kg"),),
        lines=lines,
    )


def link(item: Line, leg: Leg | None = None, *, to: Dataset | None, origin: str = "exporter") -> LinkedLine:
    """An item linked to a dataset, or to none."""
    return LinkedLine(coverage.key(item, leg), item, leg, to, item.gross_amount, origin, "", ())


def run(stated: Inventory, linked: Linked, characterised=lambda dataset: True):
    """Coverage and the gate's findings."""
    return coverage.gate(stated, linked, characterised, SCOPE, RULES)


def all_linked(*lines: Line, **to) -> Linked:
    """Every line (not its legs) linked to one dataset."""
    return Linked(tuple(link(item, to=dataset(**to)) for item in lines if not item.cutoff_reason), ())


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def test_a_complete_inventory_passes_and_is_counted() -> None:
    leg = Leg(number=1, mode="truck", distance_km=Decimal(50))
    first, second = (
        line("M1", legs=(leg,), loss_percent=Decimal(5)),
        line("E1", kind=LineKind.ELECTRICITY, unit="kWh"),
    )
    linked = Linked(
        (
            link(first, to=dataset()),
            link(first, leg, to=dataset("truck"), origin="auto"),
            link(second, to=dataset()),
        ),
        (),
    )
    covered, findings = run(inventory(first, second), linked)
    assert findings == ()
    assert (covered.lines_linked, covered.lines_total, covered.lines_auto, covered.lines_cut_off) == (
        3,
        3,
        1,
        0,
    )
    assert (covered.mass_linked, covered.mass_total) == (10.5, 10.5)
    assert (covered.by_lines, covered.by_mass) == (100.0, 100.0)


def test_an_unlinked_line_and_an_unlinked_leg_stop_the_issue() -> None:
    leg = Leg(number=2, mode="truck", distance_km=Decimal(50), place=Place("运输", 9, "D9", "M1"))
    first, second = line("M1", legs=(leg,)), line("M2", amount=Decimal(30))
    linked = Linked((link(first, to=dataset()), link(second, to=None)), ())
    covered, findings = run(inventory(first, second), linked)
    assert codes(findings) == ["gate-unlinked", "gate-unlinked", "gate-coverage-lines", "gate-coverage-mass"]
    assert [finding.place.describe() for finding in findings[:2]] == ["运输!D9 · M1/2", "清单!C7 · M2"]
    assert (covered.lines_linked, covered.lines_total) == (1, 3)
    assert covered.by_mass == 25.0


def test_what_linking_has_refused_is_not_reported_twice_but_still_not_covered() -> None:
    first, second = line("M1"), line("M2")
    told = Finding.error(
        "line-matches-nothing", Place("清单", 7, "C7", "M2"), name="x", near="-", kinds="material"
    )
    covered, findings = run(inventory(first, second), Linked((link(first, to=dataset()),), (told,)))
    assert "gate-unlinked" not in codes(findings)
    assert covered.lines_linked == 1
    assert coverage.without_repeats(findings, [told]) == list(findings)


def test_the_same_cutoff_finding_is_told_once() -> None:
    item = line("M1", cutoff_reason="negligible")
    told = Finding.error("cutoff-without-share", coverage.at(item), name=item.name)
    _, findings = run(inventory(item), Linked((), (told,)))
    assert "gate-cutoff-without-share" in codes(findings)
    assert "gate-cutoff-without-share" not in codes(coverage.without_repeats(findings, [told]))


def test_nothing_linked_is_nothing_to_assess() -> None:
    _, findings = run(inventory(), Linked((), ()))
    assert codes(findings) == ["gate-nothing-linked", "gate-coverage-lines"]
    only_cut_off = line("M1", cutoff_reason="negligible", cutoff_share=Decimal("0.5"))
    assert "gate-nothing-linked" in codes(run(inventory(only_cut_off), Linked((), ()))[1])


def test_intermediate_lines_need_no_dataset_but_their_legs_do() -> None:
    leg = Leg(number=1, mode="truck", distance_km=Decimal(5))
    inner = line("I1", kind=LineKind.INTERMEDIATE, from_process="press", legs=(leg,))
    covered, findings = run(inventory(line("M1"), inner), all_linked(line("M1")))
    assert covered.lines_total == 2
    assert [dict(finding.details).get("key") for finding in findings if finding.code == "gate-unlinked"] == [
        "I1/1"
    ]


@pytest.mark.parametrize(
    ("changes", "characterised", "kind", "expected"),
    [
        ({}, True, LineKind.MATERIAL, []),
        (
            {},
            False,
            LineKind.MATERIAL,
            ["gate-no-characterised-flow", "gate-coverage-lines", "gate-coverage-mass"],
        ),
        ({"gwp_set": "AR5"}, True, LineKind.MATERIAL, ["gate-gwp-set"]),
        ({"gwp_set": "AR6"}, True, LineKind.MATERIAL, []),
        (
            {"complete": False, "boundary": "combustion-only"},
            True,
            LineKind.FUEL,
            ["gate-incomplete-dataset"],
        ),
        ({"complete": False, "boundary": "direct-emission"}, True, LineKind.EMISSION, []),
    ],
)
def test_a_dataset_that_does_not_fit_stops_the_issue(changes, characterised, kind, expected) -> None:
    item = line("M1", kind=kind)
    _, findings = run(inventory(item), all_linked(item, **changes), lambda _: characterised)
    assert codes(findings) == expected


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ([("dust", "0.5")], []),
        ([("dust", "1")], []),
        ([("dust", "0")], []),
        ([("dust", "1.01")], ["gate-cutoff-single"]),
        ([("dust", "-1")], ["gate-cutoff-single"]),
        ([("dust", None)], ["gate-cutoff-without-share"]),
        ([("", "0.5")], ["gate-cutoff-without-reason"]),
        ([("dust", "1")] * 5, []),
        ([("dust", "1")] * 5 + [("dust", "0.01")], ["gate-cutoff-total"]),
        ([("dust", "6")], ["gate-cutoff-single", "gate-cutoff-total"]),
    ],
)
def test_cut_offs_are_declared_and_limited(cuts, expected) -> None:
    kept = [line(f"M{index}") for index in range(40)]
    lines = [
        line(f"C{index}", amount=Decimal("0.1"), cutoff_reason=reason, cutoff_share=share and Decimal(share))
        for index, (reason, share) in enumerate(cuts)
    ]
    covered, findings = run(inventory(*kept, *lines), all_linked(*kept, *lines))
    assert codes(findings) == expected
    assert covered.lines_cut_off == sum(bool(reason) for reason, _ in cuts)
    assert covered.lines_total == 40 + len(cuts)


@pytest.mark.parametrize(
    ("declared", "kilograms", "changes", "expected"),
    [
        ("1", "4.04", {}, []),  # 4.04 of 404.04 kg is 1.00 %
        ("0.9", "4.04", {}, ["gate-cutoff-understated"]),
        ("0.95", "4.04", {}, []),  # within the decimal to which shares are declared
        ("0", "8", {}, ["gate-cutoff-understated"]),
        ("0.1", "4.04", {"loss_percent": Decimal(50)}, ["gate-cutoff-understated"]),
        ("0.1", "4040", {"unit": "g"}, ["gate-cutoff-understated"]),
        ("0.1", "4.04", {"kind": LineKind.PACKAGING}, ["gate-cutoff-understated"]),
        ("0.1", "4000", {"kind": LineKind.ELECTRICITY, "unit": "kWh"}, ["gate-cutoff-understated"]),
        ("0.1", "4000", {"kind": LineKind.FUEL, "unit": "m3"}, ["gate-cutoff-unmeasured"]),
        ("0.1", "4000", {"unit": "piece"}, ["gate-cutoff-unmeasured"]),
        ("0", "4000", {"name": "空气"}, []),  # from nature: no cut-off at all
        (
            "0.1",
            "4000",
            {"kind": LineKind.INTERMEDIATE, "from_process": "cast"},
            ["gate-cutoff-intermediate"],
        ),
    ],
)
def test_a_declared_share_is_measured_where_it_can_be(declared, kilograms, changes, expected) -> None:
    kept = [line(f"M{index}") for index in range(40)]
    cut = line(
        "C1", amount=Decimal(kilograms), cutoff_reason="little", cutoff_share=Decimal(declared), **changes
    )
    _, findings = run(inventory(*kept, cut), all_linked(*kept))
    assert codes(findings) == expected


def test_a_grave_has_its_stages_or_says_why_not() -> None:
    made = line("M1")
    _, findings = run(inventory(made, boundary=Boundary.CRADLE_TO_GRAVE), all_linked(made))
    missing = [dict(finding.details)["stage"] for finding in findings]
    assert codes(findings) == ["gate-stage-missing"] * 3
    assert missing == ["distribution", "use", "end-of-life"]

    reason = {"cutoff_reason": "the product takes no energy in use", "cutoff_share": Decimal(0)}
    rest = [line("D1", stage=Stage.DISTRIBUTION), line("U1", stage=Stage.USE, amount=Decimal(0), **reason)]
    lines = [made, *rest, line("W1", stage=Stage.END_OF_LIFE), line("M2")]
    _, findings = run(inventory(*lines, boundary=Boundary.CRADLE_TO_GRAVE), all_linked(*lines))
    assert codes(findings) == ["gate-cutoff-unmeasured"]
    assert findings[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("stage", "code", "severity"),
    [
        (Stage.USE, "gate-stage-beyond-boundary", Severity.ERROR),
        (Stage.END_OF_LIFE, "gate-stage-beyond-boundary", Severity.ERROR),
        (Stage.DISTRIBUTION, "gate-stage-unusual", Severity.WARNING),
    ],
)
def test_a_gate_has_no_stages_beyond_it(stage, code, severity) -> None:
    lines = line("M1"), line("X1", stage=stage)
    _, findings = run(inventory(*lines), all_linked(*lines))
    assert [(finding.code, finding.severity) for finding in findings] == [(code, severity)]
    left_out = replace(
        lines[1], amount=Decimal("0.01"), cutoff_reason="beyond the gate", cutoff_share=Decimal(0)
    )
    kept = [line(f"M{index}") for index in range(1, 10)]
    assert run(inventory(*kept, left_out), all_linked(*kept))[1] == ()


def test_mass_is_counted_in_kilograms_and_pieces_have_none() -> None:
    tonne, gram, pieces = (
        line("M1", unit="t"),
        line("M2", unit="g", kind=LineKind.PACKAGING),
        line("M3", unit="piece"),
    )
    covered, _ = run(inventory(tonne, gram, pieces), all_linked(tonne, pieces))
    assert (covered.mass_total, covered.mass_linked) == (10000.01, 10000.0)
    assert covered.by_mass < 100


def test_every_sentence_of_the_gate_is_complete_in_both_languages() -> None:
    legless = line("M1", kind=LineKind.FUEL)
    lines = [
        legless,
        line("M2", stage=Stage.USE, cutoff_share=Decimal(1)),
        line("M3", cutoff_reason="x"),
        line("M4", cutoff_reason="x", cutoff_share=Decimal(9)),
        line("M5", stage=Stage.DISTRIBUTION),
        line("M6"),
    ]
    linked = Linked(
        (
            link(legless, to=dataset(complete=False, gwp_set="AR5")),
            link(lines[4], to=dataset("zero")),
        ),
        (),
    )
    _, findings = run(inventory(*lines), linked, lambda found: found.code != "zero")
    told = {finding.code for finding in findings}
    assert len(told) >= 11
    for finding in findings:
        for language in ("zh", "en"):
            sentence = finding.message(language)
            assert sentence
            assert "{" not in sentence


def test_the_share_of_energy_is_measured_where_every_energy_line_states_one() -> None:
    cut = line(
        "E2",
        kind=LineKind.ELECTRICITY,
        unit="MWh",
        amount=Decimal("0.1"),
        cutoff_reason="little",
        cutoff_share=Decimal("0.5"),
    )
    power = line("E1", kind=LineKind.ELECTRICITY, unit="kWh", amount=Decimal(1900))
    heat = line("H1", kind=LineKind.HEAT, unit="GJ", amount=Decimal("10.8"))  # 3,000 kWh
    kept = [power, heat, *(line(f"M{index}") for index in range(5))]
    _, findings = run(inventory(*kept, cut), all_linked(*kept))
    assert codes(findings) == ["gate-cutoff-understated"]
    assert dict(findings[0].details)["measured"] == "2.00"


@pytest.mark.parametrize(
    ("gas", "declared", "expected"),
    [
        ("1000", "0", ["gate-cutoff-understated"]),  # at most 120 GJ of gas: 360 GJ of power is no trifle
        ("1000", "80", ["gate-cutoff-single", "gate-cutoff-total", "gate-cutoff-unmeasured"]),
        ("1000000", "0", ["gate-cutoff-understated"]),  # 0.3 %
        ("1000000", "0.4", ["gate-cutoff-unmeasured"]),
        ("100000000", "0", ["gate-cutoff-unmeasured"]),  # perhaps less than 0.05 %: for the reviewer
    ],
)
def test_power_cut_off_beside_gas_is_held_against_the_most_the_gas_can_hold(gas, declared, expected) -> None:
    fuel = line("F1", kind=LineKind.FUEL, unit="m3", amount=Decimal(gas))
    cut = line(
        "E1",
        kind=LineKind.ELECTRICITY,
        unit="MWh",
        amount=Decimal(100),
        cutoff_reason="little",
        cutoff_share=Decimal(declared),
    )
    kept = [fuel, *(line(f"M{index}") for index in range(5))]
    _, findings = run(inventory(*kept, cut), all_linked(*kept, unit="m3"))
    assert codes(findings) == expected


def test_lines_that_are_all_zero_assess_nothing() -> None:
    zero = [line(f"M{index}", amount=Decimal(0)) for index in range(3)]
    _, findings = run(inventory(*zero), all_linked(*zero))
    assert codes(findings) == ["gate-all-zero"]
    _, findings = run(inventory(*zero, some := line("M9")), all_linked(*zero, some))
    assert findings == ()
