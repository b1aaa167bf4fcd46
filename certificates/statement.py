"""The statement of a label: the facts that are signed, as JSON without a single float.

Rules: the form is ``certificates.schema``, the sums are ``certificates.arithmetic``, the evidence is
``certificates.chain``. A statement that breaks one of them is never built, so never signed; the verifier
checks the same three again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certificates import arithmetic, chain, labelnumber, schema
from certificates.encoding import moment_text
from certificates.statementkind import StatementKind
from certificates.texts import Problem
from certificates.untp import dcc

LABEL = StatementKind(
    noun="label",
    type=schema.TYPE,
    prefix=labelnumber.LABEL,
    path=dcc.PATH,
    credential_types=dcc.TYPES,
    contexts=(dcc.CONTEXT,),
    issuer_types=("CredentialIssuer",),
    evidence=chain.REQUIRED_KINDS,
    name=dcc.name,
    subject=dcc.attestation,
    form=schema.problems,
    sums=arithmetic.problems,
)
"""Labels among the kinds of statement (``certificates.kinds``)."""

percentage = arithmetic.percentage


class StatementInvalid(ValueError):
    """These facts do not make a statement; ``problems`` names each field and what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def build_statement(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The statement of ``facts``, which has every field of ``schema`` but ``type``; Raises StatementInvalid.

    Decimals and whole numbers become decimal strings, dates and moments (with time zone) their ISO 8601
    texts, tuples lists. Floats are refused: rounding is the rule set's work and is done before.
    """
    statement = {"type": schema.TYPE} | {name: stated(value, name) for name, value in facts.items()}
    found = check(statement)
    if found:
        raise StatementInvalid(found)
    return statement


def check(statement: Any) -> list[str]:
    """Everything wrong with ``statement`` as sentences in English that begin with the field; empty when it
    is right."""
    return [problem.sentence("en") for problem in problems(statement)]


def problems(statement: Any) -> list[Problem]:
    """The same as values: form first, and only for a statement in good form its number, sums and chain."""
    return LABEL.problems(statement)


def decimal_text(value: Decimal) -> str:
    """A decimal as the statement writes it: no exponent, no minus zero, trailing zeros kept. Raises
    StatementInvalid."""
    if not value.is_finite():
        raise StatementInvalid(["Only finite numbers are stated."])
    return f"{abs(value) if value.is_zero() else value:f}"


def stated(value: Any, where: str) -> Any:
    """A fact as a statement writes it, see :func:`build_statement`; ``where`` names it in a problem. Raises
    StatementInvalid."""
    if value is None or isinstance(value, (str, bool)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): stated(item, f"{where}.{name}") for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [stated(item, where) for item in value]
    raise StatementInvalid([f"{where}: a {type(value).__name__} is not stated; give a Decimal or a text."])
