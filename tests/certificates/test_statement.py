from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import changed, facts, leaves, statement

from certificates import forms, schema
from certificates.arithmetic import step
from certificates.statement import StatementInvalid, build_statement, check, decimal_text, percentage


def test_the_example_is_right_and_holds_no_number():
    made = statement()
    assert check(made) == []
    assert all(isinstance(value, str) or value is True for _, value in leaves(made))
    assert made["type"] == "tanbiao-label/2" and made["issuedAt"] == "2026-11-22T08:00:00Z"


def test_decimals_keep_their_zeros_and_floats_are_refused():
    given_facts = facts()
    given_facts["footprint"]["total"] = Decimal("12.35")
    given_facts["electricity"][0]["kWh"] = Decimal("2.5E+3")
    given_facts["coverage"]["linesLinked"] = 29
    made = build_statement(given_facts)
    assert made["electricity"][0]["kWh"] == "2500" and made["coverage"]["linesLinked"] == "29"
    given_facts["footprint"]["total"] = 12.35
    with pytest.raises(StatementInvalid, match="float"):
        build_statement(given_facts)


@pytest.mark.parametrize(
    ("value", "text"), [("1.50", "1.50"), ("-0.00", "0.00"), ("1E+3", "1000"), ("1E-7", "0.0000001")]
)
def test_decimal_text(value, text):
    assert decimal_text(Decimal(value)) == text


def test_decimal_text_refuses_infinity():
    with pytest.raises(StatementInvalid):
        decimal_text(Decimal("Infinity"))


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "+1",
        "-0",
        "-0.0",
        "01",
        ".5",
        "1.",
        "1,5",
        " 1",
        "1\n",
        "١",
        "NaN",
        "",
        "1" * 19,
        "0." + "1" * 41,
    ],
)
def test_not_a_decimal(text):
    assert not forms.is_decimal(text)
    assert check(changed(("footprint", "totalLocationBased"), text))[0].startswith(
        "footprint.totalLocationBased"
    )


@pytest.mark.parametrize("text", ["0", "0.00", "1", "1.0", "-1.50", "123456789012345678.123456789"])
def test_a_decimal(text):
    assert forms.is_decimal(text)


@pytest.mark.parametrize(
    "path", [path for path, _ in leaves(statement())], ids=lambda path: ".".join(map(str, path))
)
@pytest.mark.parametrize("value", [None, 1, 1.5, [], {}, "", "\u202egnp", "x\x00", False])
def test_no_leaf_takes_another_kind(path, value):
    may_be_empty = path in (("product", "cnCode"), ("product", "gtin")) and value == ""
    assert (check(changed(path, value)) == []) is may_be_empty


@pytest.mark.parametrize(
    "text",
    [
        "\u200d",
        "\u3164",
        "\u2800\u2800",
        "Demo\u200dAluminium",
        "演示\u200c铝业",
        "演示\u200b铝业",
        "Demo\ufeff",
        "\u2067Demo\u2069",
        "Demo\u3164Aluminium",
        "D\u034femo",
        "\ud800",
    ],
)
def test_a_name_hides_nothing(text):
    assert check(changed(("exporter", "name", "en"), text))[0].startswith("exporter.name.en")


@pytest.mark.parametrize(
    "text",
    [
        "演示　铝业",
        "Demo™ 铝业\N{NO-BREAK SPACE}GmbH",
        "श्री क\u094d\u200dष",
        "葛\U000e0100城",
        "Zoë",
        "Zoe\u0308",
    ],
)
def test_a_name_may_be_of_any_script(text):
    assert check(changed(("exporter", "name", "en"), text)) == []


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar_are_dates_like_others(moment):
    made = changed(("issuedAt",), moment)
    assert check(made) == [] or all(problem.split(":")[0] in DATED for problem in check(made))
    assert check(changed(("validUntil",), moment, made)) != []


DATED = {"period.end", "review.reviewedOn", "validUntil"}


def places(value, path=()):
    found = [path] if isinstance(value, dict) else []
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return found + [place for name, item in children for place in places(item, (*path, name))]


@pytest.mark.parametrize(
    "path", places(statement()), ids=lambda path: ".".join(map(str, path)) or "statement"
)
def test_unknown_and_missing_fields_are_refused_everywhere(path):
    made = changed(("number",), statement()["number"])
    place = made
    for name in path:
        place = place[name]
    place["extra"] = "1"
    assert any("extra" in problem and "unknown" in problem for problem in check(made))
    del place["extra"]
    del place[next(iter(place))]
    assert any("missing" in problem for problem in check(made))


@pytest.mark.parametrize("value", [None, [], "statement", 5, {"type": "tanbiao-label/1"}])
def test_not_a_statement(value):
    assert check(value)


def test_what_is_not_covered_may_be_said():
    assert check(changed(("footprint", "notCovered"), [{"zh": "使用阶段", "en": "Use stage"}])) == []
    assert check(changed(("footprint", "notCovered"), [])) != []


RULES = [
    (("footprint", "total"), "12.36", "stages-do-not-sum"),
    (("footprint", "stages", 0, "value"), "10.21", "stages-do-not-sum"),
    (("footprint", "stages", 1, "stage"), "raw-materials", "stands-twice"),
    (("footprint", "parts", "fossil"), "12.20", "parts-do-not-sum"),
    (("footprint", "parts", "aircraft"), "13.00", "aircraft-beyond-fossil"),
    (("coverage", "linesLinked"), "28", "coverage-not-quotient"),
    (("coverage", "byLines"), "96.7", "coverage-not-quotient"),
    (("coverage", "byLines"), "100.0", "coverage-not-quotient"),
    (("coverage", "linesLinked"), "31", "more-lines-than-all"),
    (("coverage", "linesAutoLinked"), "30", "more-lines-than-all"),
    (("coverage", "linesCutOff"), "2", "more-lines-than-all"),
    (("electricity", 1, "source"), "grid", "stands-twice"),
    (("electricity", 0, "kWh"), "0.000", "electricity-from-nothing"),
    (("agreement", "relativeDifference"), "0.00000001", "roads-disagree"),
    (("period", "end"), "2024-12-31", "ends-before-start"),
    (("period", "end"), "2026-12-31", "after-issue"),
    (("review", "reviewedOn"), "2026-11-24", "after-issue"),
    (("validUntil",), "2026-11-22T08:00:00Z", "ends-before-start"),
    (("chain", 2, "sha256"), "f" * 64, "chain-broken"),
    (("number",), "TB-2026-0000001-M", "check-character"),
]


@pytest.mark.parametrize(
    ("path", "value", "code"), RULES, ids=[f"{rule[2]}-{'.'.join(map(str, rule[0]))}" for rule in RULES]
)
def test_sums_and_dates(path, value, code):
    from certificates.statement import problems

    assert code in {problem.code for problem in problems(changed(path, value))}


def test_electricity_beyond_the_total_where_nothing_is_credited():
    plain = changed(("footprint", "parts", "biogenicRemovals"), "0.00")
    assert check(plain) == []
    assert any(
        "electricity exceeds" in text for text in check(changed(("electricity", 0, "value"), "12.40", plain))
    )
    assert check(changed(("electricity", 0, "value"), "12.40")) == []


def test_no_lines_no_statement():
    empty = dict.fromkeys(("linesLinked", "linesTotal", "linesAutoLinked", "linesCutOff"), "0")
    made = changed(("coverage",), {**empty, "byLines": "0.0", "byMass": "0.0", "cutOffShare": "0.0"})
    assert any("no lines" in text for text in check(made))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5000))
def test_percentage_never_overstates(part, whole):
    part = min(part, whole)
    value = Decimal(percentage(part, whole))
    assert value <= Decimal(100) * part / whole < value + Decimal("0.1")
    assert (value == 100) == (part == whole)


@pytest.mark.parametrize(
    ("total", "digits", "expected"),
    [
        ("12.35", 4, "0.01"),
        ("1230", 3, "10"),
        ("0", 4, "1"),
        ("0.00", 4, "0.01"),
        ("0.001234", 4, "0.000001"),
    ],
)
def test_step(total, digits, expected):
    made = changed(("footprint", "total"), total)
    made["method"]["rounding"] = f"significant-digits:{digits}"
    assert step(made) == Decimal(expected)


def test_parts_may_differ_by_rounding_alone():
    parts = {
        "fossil": "12.33",
        "biogenicEmissions": "0.00",
        "biogenicRemovals": "0.00",
        "landUseChange": "0.00",
        "aircraft": "0.00",
    }
    assert check(changed(("footprint", "parts"), parts)) == []
    assert check(changed(("footprint", "parts"), parts | {"fossil": "12.32"})) != []


ANY = st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=8) | st.just([]) | st.just({})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_form_holds_of_exactly_what_nothing_is_wrong_with(data):
    """One value of the statement is another, is missing, or is too much."""
    made = statement()
    path, _ = data.draw(st.sampled_from(list(leaves(made))))
    holder = made
    for step_ in path[: data.draw(st.integers(0, len(path) - 1))]:
        holder = holder[step_]
    keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
    act = data.draw(st.sampled_from(["other", "gone", "more", "as it is"]))
    key = data.draw(st.sampled_from(list(keys)))
    if act == "other":
        holder[key] = data.draw(ANY)
    elif act == "gone":
        del holder[key]
    elif act == "more" and isinstance(holder, dict):
        holder["more"] = data.draw(ANY)
    form = schema._STATEMENT
    assert form.holds(made) == (not list(form.find(made, "")))


@settings(max_examples=500, deadline=None)
@given(
    st.text(st.characters(codec=None), max_size=6)
    | st.text(st.sampled_from("a हि\u094d\u200c\u200d\u3164\u034f\u00ad "), max_size=6)
)
def test_what_is_plain_at_first_sight_disguises_nothing(value):
    assert not (forms._is_plain(value) and forms._has_disguise(value))
