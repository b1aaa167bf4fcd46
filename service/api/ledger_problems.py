"""Refusals of the ledger and of claims with all their problems, each as code, where, and the sentence in Chinese and
English.

``where`` is the field of a form, the place of an entry in the request (from 1), the cell of a table, or the check of a
claim; empty where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from service.schemas.ledger_plain import line_cover, told
from service.schemas.plain import plain
from service.usecases.claims.refusals import ClaimFallen, ClaimNotReady, ClaimStatementRefused
from service.usecases.ledger.refusals import FieldsRefused, LedgerRefused, PowerNotCovered, TableNotRead
from service.usecases.refusals import Refusal

Told = list[dict[str, str]]


def of(error: Refusal) -> dict[str, Any]:
    """What a problem document says besides: ``problems``, and ``lines`` of electricity that is not covered."""
    for kind, tell in _TELLERS.items():
        if isinstance(error, kind):
            return tell(error)
    return {}


def _ledger(error: LedgerRefused) -> dict[str, Any]:
    return {
        "problems": [
            {"kind": one.kind} | _placed(told([one.problem]), f"entries.{one.number}")[0]
            for one in error.contradictions
        ]
    }


def _claim(error: ClaimNotReady) -> dict[str, Any]:
    return {"problems": [one for found in error.results for one in _placed(told(found.problems), found.code)]}


def _power(error: PowerNotCovered) -> dict[str, Any]:
    lines = [line_cover(one) for one in error.lines]
    return {"problems": [one for line in lines for one in line["problems"]], "lines": lines}


def _pairs(code: str, reasons: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"problems": [{"code": code, "where": "", "zh": zh, "en": en} for zh, en in reasons]}


def _placed(problems: Told, where: str) -> Told:
    """With a place, and the problem's own after it."""
    return [one | {"where": ".".join(part for part in (where, one["where"]) if part)} for one in problems]


_TELLERS: dict[type[Refusal], Callable[[Any], dict[str, Any]]] = {
    LedgerRefused: _ledger,
    FieldsRefused: lambda error: {"problems": told(error.problems)},
    PowerNotCovered: _power,
    TableNotRead: lambda error: {"problems": plain(error.problems)},
    ClaimNotReady: _claim,
    ClaimFallen: lambda error: _pairs(error.code, error.causes),
    ClaimStatementRefused: lambda error: _pairs(error.code, error.reasons),
}
