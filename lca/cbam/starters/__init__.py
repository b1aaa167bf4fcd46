"""First drafts for goods people ask about: questions in plain words, and data wired as the rules want it.

    questions    what is asked, from questions.toml (screws 7318, aluminium profiles 7604, steel structures 7308)
    answers      what was answered, as values, or every problem at once
    drafts       from the values to monitoring data: streams, process, goods, precursors, what is inside the boundary

Example: ``starter("screws", {"name": "…", "goods": {"73181588": 5_200_000}, …}, 2026)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from databases.cbam.tables import Tables, open_tables
from lca.cbam.monitoring import Monitoring
from lca.cbam.starters.answers import read_answers
from lca.cbam.starters.drafts import draft, problems, year_of
from lca.cbam.starters.questions import Choice, Kind, Question, Subject, subject, subjects
from lca.findings import Finding

__all__ = [
    "BadAnswers",
    "Choice",
    "Kind",
    "Question",
    "Subject",
    "questions",
    "starter",
    "subject",
    "subjects",
]


class BadAnswers(ValueError):
    """The answers do not make a draft; correct what ``findings`` say. Each names its question in ``place.line``."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(" ".join(finding.message("en") for finding in findings))


def questions(key: str) -> tuple[Question, ...]:
    """The questions of a subject in their order. Raises LookupError for an unknown one."""
    return subject(key).questions


def starter(
    key: str, answers: Mapping[str, Any], year: int | None = None, *, tables: Tables | None = None
) -> Monitoring:
    """A first draft for the calendar ``year`` (without it, ``answers["year"]``).

    Raises BadAnswers with every problem at once, and LookupError for an unknown subject.
    """
    about = subject(key)
    reference = tables if tables is not None else open_tables()
    values, found = read_answers(about, answers, reference)
    when, told = year_of(year if year is not None else answers.get("year"))
    found += [*told, *problems(about, values)]
    if found or when is None:
        raise BadAnswers(tuple(found))
    return draft(about, values, when, reference)
