"""The questions for a first draft as a form: what is asked, what was answered, what is wrong with it.

Rules
1. Questions, hints and choices are those of ``lca.cbam.starters``; answers survive every refusal.
2. Everything is asked on one page, so that it works without a script; a question that depends on another says when it
   counts.
3. Goods are asked by CN code: a field for every code people make most, and free rows for others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from databases import places
from lca.cbam import starters
from lca.cbam.starters import BadAnswers, Kind, Question
from lca.cbam.workbook.countries import as_country
from lca.findings import Finding
from service.usecases.services import Services
from service.web.formats import by_name, place
from service.web.i18n import language

SPARE_GOODS = 2
FIRST_YEAR = 2026


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One CN code to be answered with kilograms; a free row has no code yet."""

    cn: str
    name: str
    amount: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was answered and what is wrong."""

    question: Question
    label: str
    hint: str
    value: str
    error: str
    options: tuple[tuple[str, str], ...] = ()
    goods: tuple[GoodsRow, ...] = ()
    only: str = ""

    @property
    def kind(self) -> str:
        """``text``, ``number``, ``choice`` or ``goods``."""
        if self.question.kind is Kind.GOODS:
            return "goods"
        if self.options:
            return "choice"
        return "number" if self.question.kind in (Kind.NUMBER, Kind.PERCENT) else "text"


@dataclass(frozen=True, slots=True)
class Wizard:
    """The page of questions."""

    key: str
    title: str
    year: str
    asked: tuple[Asked, ...]
    problems: tuple[str, ...]
    prefix: str


def wizard(
    key: str, services: Services, posted: MultiDict[str, str] | None = None, told: Iterable[Finding] = ()
) -> Wizard:
    """The questions of a subject. Raises LookupError."""
    about = starters.subject(key)
    known = {question.key for question in about.questions}
    errors: dict[str, str] = {}
    elsewhere = []
    for finding in told:
        sentence = finding.message(language())
        if finding.place.line in known:
            errors[finding.place.line] = f"{errors.get(finding.place.line, '')} {sentence}".strip()
        else:
            elsewhere.append(sentence)
    year = posted.get("year", "") if posted else str(max(services.clock().year, FIRST_YEAR))
    return Wizard(
        key=key,
        title=about.title(language()),
        year=year,
        asked=tuple(_asked(one, about.questions, posted, errors.get(one.key, "")) for one in about.questions),
        problems=tuple(elsewhere),
        prefix=about.prefix,
    )


def answers(key: str, posted: MultiDict[str, str]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The answers for ``installations.start``, and everything wrong with them. Raises LookupError."""
    about = starters.subject(key)
    given: dict[str, Any] = {}
    for question in about.questions:
        if question.kind is Kind.GOODS:
            given[question.key] = _goods_given(question, posted)
        elif posted.get(question.key, "").strip():
            given[question.key] = posted[question.key].strip()
    try:
        starters.starter(key, {**given, "year": posted.get("year", "")})
    except BadAnswers as refusal:
        return given, refusal.findings
    return given, ()


def _asked(
    question: Question,
    among: tuple[Question, ...],
    posted: MultiDict[str, str] | None,
    error: str,
) -> Asked:
    default = "" if question.default is None else str(question.default)
    value = posted.get(question.key, "") if posted is not None else default
    return Asked(
        question=question,
        label=question.label(language()),
        hint=question.help[0 if language() == "zh" else 1],
        value=value,
        error=error,
        options=_options(question),
        goods=_goods(question, posted) if question.kind is Kind.GOODS else (),
        only=_only(question, among),
    )


def _options(question: Question) -> tuple[tuple[str, str], ...]:
    if question.kind is Kind.CHOICE:
        return tuple((one.value, one.label(language())) for one in question.choices)
    if question.kind is Kind.COUNTRY:
        codes = {found for code in places.regions() if (found := as_country(code))}
        return tuple(by_name((code, place(code)) for code in codes))
    return ()


def _only(question: Question, among: tuple[Question, ...]) -> str:
    """When a question counts, in words (rule 2)."""
    if not question.when_key:
        return ""
    asked = next(one for one in among if one.key == question.when_key)
    name = asked.label(language())
    if question.when_above is not None:
        return _(
            "Only where “%(question)s” is more than %(least)g.", question=name, least=question.when_above
        )
    words = [one.label(language()) for one in asked.choices if one.value in question.when_among]
    comma = "、" if language() == "zh" else ", "
    return _("Only where “%(question)s” is: %(answers)s.", question=name, answers=comma.join(words))


def _goods(question: Question, posted: MultiDict[str, str] | None) -> tuple[GoodsRow, ...]:
    """Rule 3."""
    given = posted if posted is not None else MultiDict[str, str]()
    rows = [
        GoodsRow(one.value, one.label(language()), given.get(f"kg-{one.value}", ""))
        for one in question.choices
    ]
    for number in range(SPARE_GOODS):
        rows.append(
            GoodsRow(given.get(f"cn-{number}", ""), "", given.get(f"other-kg-{number}", ""), number + 1)
        )
    return tuple(rows)


def _goods_given(question: Question, posted: MultiDict[str, str]) -> list[tuple[str, str]]:
    found = [(one.value, posted.get(f"kg-{one.value}", "").strip()) for one in question.choices]
    for number in range(SPARE_GOODS):
        found.append((posted.get(f"cn-{number}", "").strip(), posted.get(f"other-kg-{number}", "").strip()))
    return [(code, amount) for code, amount in found if amount and (code or amount)]
