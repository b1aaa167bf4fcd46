"""What a step answers."""

from __future__ import annotations

from dataclasses import dataclass

from certificates.texts import Problem

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """``ok``, the code of the sentence, and the values in it. ``None`` means that the step could not or need not be
    done; it is never a pass."""

    ok: bool | None
    reason: str
    values: tuple[tuple[str, str], ...] = ()


def listed(found: list[Problem], right: str, wrong: str) -> Outcome:
    """The outcome of a check that answers problems: the first few fields, and what is wrong with the first."""
    if not found:
        return Outcome(True, right)
    fields = ", ".join(dict.fromkeys(problem.where for problem in found[:_SHOWN]))
    return Outcome(False, wrong, (("field", fields), ("count", str(len(found))), ("code", found[0].code)))
