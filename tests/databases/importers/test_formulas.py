"""Formulas are evaluated by a grammar of our own, within bounds; whatever else is written is refused."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.importers.formulas import FormulaUnreadable, evaluate, names, resolve


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("-2^2", -4),
        ("2^3^2", 512),
        ("2**-1", 0.5),
        ("10/4-1", 1.5),
        ("1.5e-3", 0.0015),
        ("loss * 2", 0.2),
        ("Loss*2", 0.2),
        ("iff(loss > 0,05; 1; 2)".replace("0,05", "0.05"), 1),
        ("iff(loss < 0.05, 1, 2)", 2),
        ("max(1, loss) + min(3, 2)", 3),
        ("ln(exp(2))", 2),
        ("log(1000)", 3),
        ("sqrt(sqr(3))", 3),
        ("not loss > 1 and 1 or 0", 1),
        ("2 <> 2", 0),
    ],
)
def test_a_formula_has_its_value(formula: str, value: float) -> None:
    assert math.isclose(evaluate(formula, {"loss": 0.1}), value)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "unknown",
        "1/0",
        "9^9^9^9",
        "exp(10000)",
        "sqrt(-1)",
        "(-8)^0.5",
        "1 2",
        "(1",
        "1)",
        "__import__('os')",
        "loss.real",
        "[1]",
        "loss(1)",
        "max(1)",
        "iff(1, 2)",
        "lambda: 1",
        "1e999",
        "(" * 200 + "1" + ")" * 200,
        "-" * 200 + "1",
        "2^" * 200 + "1",
        "1+" * 2000 + "1",
    ],
)
def test_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(FormulaUnreadable):
        evaluate(formula, {"loss": 0.1})


def test_parameters_may_need_each_other_in_any_order() -> None:
    values, reasons = resolve(
        {"c": "b*2", "b": "a+1", "d": "e", "e": "d", "f": "gone", "g": "f"}, {"a": 1.0, "b": 9.0}
    )
    assert (values["b"], values["c"]) == (2.0, 4.0)
    assert set(reasons) == {"d", "e", "f", "g"}
    assert reasons["d"] == "circular"
    assert not set(reasons) & set(values)


def test_a_long_chain_in_the_wrong_order_takes_the_time_of_its_length() -> None:
    last = 20_000
    formulas = {f"p{n}": f"p{n + 1}+1" for n in range(last)} | {f"p{last}": "known"}
    values, reasons = resolve(formulas, {"known": 1.0})
    assert (values["p0"], values["known"], reasons) == (last + 1.0, 1.0, {})


def test_a_name_without_a_value_hides_a_known_one_of_another_scope() -> None:
    values, reasons = resolve({"a": "gone", "b": "iff(a > 1, 2, 3)"}, {"a": 5.0})
    assert set(reasons) == {"a", "b"}
    assert values.get("a") is None


def test_the_names_of_a_formula() -> None:
    assert names("Loss*max(A_1; 2)") == {"loss", "max", "a_1"}
    assert names("'") == set()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789.+-*/^()<>=,;abiflnox eE_", max_size=60))
def test_no_text_gives_anything_but_a_finite_number_or_a_refusal(formula: str) -> None:
    with contextlib.suppress(FormulaUnreadable):
        assert math.isfinite(evaluate(formula, {"a": 2.0, "b": -3.5}))
