"""The Chinese form of a problem or a noun that a refusal names in English, by the table ``problems.toml``.

Rules
1. A form of the table is found again in the English text; what stands at its ``{}`` is carried over as it is.
2. The form with most letters of its own goes first: ``1 to 5 characters`` is not "1 to {}".
3. Several problems joined by ``"; "`` are told one by one; what has no form stays English (a test finds those).

Example: ``chinese("1 to 5 characters")`` is 应为 1 至 5 个字符.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources


def chinese(problem: str) -> str:
    """The problem in Chinese, without a full stop; as it stands where the table has no form of it."""
    told = [(part, _told(part)) for part in problem.split("; ")]
    joined = "；".join(form or part for part, form in told)
    return _told(problem) or (joined if any(form for _, form in told) else problem)


def _told(problem: str) -> str:
    for pattern, form in _forms():
        if found := pattern.fullmatch(problem.removesuffix(".")):
            return form.format(*found.groups())
    return ""


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = resources.files("service.usecases").joinpath("problems.toml").read_text(encoding="utf-8")
    listed = sorted(tomllib.loads(text).items(), key=lambda item: -len(item[0].replace("{}", "")))  # rule 2
    return tuple((_pattern(english), form) for english, form in listed)


def _pattern(english: str) -> re.Pattern[str]:
    """What is carried over holds no ``"; "`` (rule 3)."""
    return re.compile(r"((?:(?!; ).)+)".join(map(re.escape, english.split("{}"))), re.DOTALL)
