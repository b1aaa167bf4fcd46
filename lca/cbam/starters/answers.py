"""What people answered -> values, or every problem with the answers at once.

Rules
1. Numbers as numbers, or as text with thousands separators and full-width digits where they can mean one thing only.
2. An empty answer is the question's default; where there is none and it is needed, that is told.
3. Answers to questions that are not asked are not used; answers to unknown questions are told.
4. CN codes belong to the subject's heading and are in scope.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from databases.cbam.goods import NotInScope
from databases.cbam.tables import Tables
from lca.cbam.starters.questions import Kind, Question, Subject
from lca.cbam.workbook.countries import as_country
from lca.cbam.workbook.words import nearest
from lca.findings import Finding, Place

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?|\d{1,3}((,\d{3})+|( \d{3})+)(\.\d{1,15})?")
_LINE = re.compile(r"\s*([\d\s.]{6,16}?)\s*[:：=\t]\s*(.+?)\s*(?:kg)?\s*", re.IGNORECASE)
MAX_TEXT = 500
IGNORED = frozenset({"year"})
"""Keys beside the answers that are no question."""


def read_answers(
    subject: Subject, answers: Mapping[str, Any], tables: Tables
) -> tuple[dict[str, Any], list[Finding]]:
    """Values by question, and what is wrong with them."""
    values: dict[str, Any] = {}
    found: list[Finding] = []
    for question in subject.questions:
        if not question.is_asked(values):
            continue
        given = answers.get(question.key)
        if given is None or (isinstance(given, str) and not given.strip()) or given == {} or given == []:
            if question.required:
                found.append(_missing(question))
            values[question.key] = question.default
        else:
            values[question.key] = _value(question, given, subject, tables, found)
    known = [question.key for question in subject.questions]
    for key in answers:
        if key not in known and key not in IGNORED:
            near = nearest(str(key), known) or ", ".join(known)
            found.append(
                Finding.error(
                    "cbam-starter-unknown", Place(line=str(key)[:40]), text=str(key)[:40], near=near
                )
            )
    return values, found


def _problem(code: str, question: Question, **details: object) -> Finding:
    both = f"{question.zh} / {question.en}"
    return Finding.error(code, Place(line=question.key), question=both, unit=question.unit, **details)


def _missing(question: Question) -> Finding:
    """Not answered: only an amount that is always asked for can be none."""
    if question.kind in (Kind.CHOICE, Kind.COUNTRY):
        return _problem("cbam-starter-choose", question)
    if question.kind is Kind.NUMBER and not question.when_key:
        return _problem("cbam-starter-amount", question)
    return _problem("cbam-starter-missing", question)


def _value(question: Question, given: Any, subject: Subject, tables: Tables, found: list[Finding]) -> Any:
    if question.kind is Kind.GOODS:
        return _goods(question, given, subject, tables, found)
    if question.kind in (Kind.NUMBER, Kind.PERCENT):
        return _number(question, given, found)
    written = str(given).strip()
    if question.kind is Kind.CHOICE:
        return _choice(question, written, found)
    if question.kind is Kind.COUNTRY:
        code = as_country(written)
        if code is None:
            found.append(_problem("cbam-starter-country", question, text=written[:40]))
        return code
    if len(written) > MAX_TEXT or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in written):
        found.append(_problem("cbam-starter-text", question, limit=MAX_TEXT))
        return None
    return written


def _choice(question: Question, written: str, found: list[Finding]) -> str | None:
    for one in question.choices:
        if written.casefold() in (one.value, one.zh.casefold(), one.en.casefold()):
            return one.value
    known = "; ".join(f"{one.value} ({one.zh} / {one.en})" for one in question.choices)
    found.append(_problem("cbam-starter-choice", question, text=written[:40], known=known))
    return None


def _number(question: Question, given: Any, found: list[Finding]) -> float | None:
    amount = as_number(given)
    if amount is None:
        found.append(_problem("cbam-starter-number", question, text=str(given)[:40]))
        return None
    if question.kind is Kind.PERCENT and amount > 100:
        found.append(_problem("cbam-starter-percent", question, text=str(given)[:40]))
        return None
    return amount


def as_number(given: Any) -> float | None:
    """A number from 0 on (rule 1); None for anything else."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int | float | Decimal):
        amount = float(given)
        return amount if math.isfinite(amount) and amount >= 0 else None
    written = unicodedata.normalize("NFKC", str(given)).strip().removesuffix("%").strip()
    return float(written.replace(",", "").replace(" ", "")) if _NUMBER.fullmatch(written) else None


def _goods(
    question: Question, given: Any, subject: Subject, tables: Tables, found: list[Finding]
) -> tuple[tuple[str, float], ...] | None:
    """Kilograms by CN code (rule 4), each code once, in the order given."""
    made: dict[str, float] = {}
    for code, kilograms in _pairs(given):
        cn = re.sub(r"\D", "", unicodedata.normalize("NFKC", code))
        amount = as_number(kilograms)
        if amount is None or amount == 0:
            found.append(_problem("cbam-starter-goods", question, text=f"{code}: {kilograms}"[:60]))
        elif not _in_scope(cn, subject, tables):
            found.append(_problem("cbam-starter-heading", question, text=code[:40], heading=subject.prefix))
        elif cn in made:
            found.append(_problem("cbam-starter-goods-twice", question, text=cn))
        else:
            made[cn] = amount
    if not made and not any(one.place.line == question.key for one in found):
        found.append(_missing(question))
    return tuple(made.items()) or None


def _in_scope(cn: str, subject: Subject, tables: Tables) -> bool:
    try:
        return len(cn) == 8 and cn.startswith(subject.prefix) and bool(tables.good(cn))
    except NotInScope:
        return False


def _pairs(given: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(given, Mapping):
        return [(str(code), amount) for code, amount in given.items()]
    if isinstance(given, str):
        lines = [line for line in re.split(r"[\n;；]", given) if line.strip()]
        matches = [(line, _LINE.fullmatch(unicodedata.normalize("NFKC", line))) for line in lines]
        return [(match.group(1), match.group(2)) if match else (line, "") for line, match in matches]
    if isinstance(given, Iterable):
        return [
            (str(one[0]), one[1]) if isinstance(one, list | tuple) and len(one) == 2 else (str(one), "")
            for one in given
        ]
    return [(str(given), "")]
