"""How a label or a claim stands, for the pages: the state in words, as of when, since when, why, and its changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.web.i18n import language
from service.web.verify_words import SIDES, STANDINGS, StandingWords

if TYPE_CHECKING:
    from certificates.report import Report
    from service.usecases.standing import Standing


@dataclass(frozen=True, slots=True)
class Happened:
    """A change of standing as a page tells it: by which side and organisation, never by whom; ``other`` is the newer
    label of a superseded one."""

    said: StandingWords
    since: datetime
    reason: str
    side: Any
    by: str
    other: str


@dataclass(frozen=True, slots=True)
class Panel:
    """How it stands: words, as of when, until when that may be relied on, since when, why, and the changes."""

    said: StandingWords
    as_of: datetime | None
    until: datetime | None
    since: datetime | None
    reason: str
    history: tuple[Happened, ...] = ()


def panel(report: Report, history: Iterable[Standing] = ()) -> Panel | None:
    """How the report says that it stands, with the changes newest first; None where it cannot say."""
    standing = report.standing
    if standing is None:
        return None
    state = "expired" if report.verdict == "expired" and standing.state == "active" else standing.state
    reason = told(standing.reason)
    return Panel(STANDINGS[state], standing.as_of, standing.until, standing.since, reason, happened(history))


def happened(history: Iterable[Standing]) -> tuple[Happened, ...]:
    """The changes, newest first."""
    said = [
        Happened(
            STANDINGS[one.state],
            one.since,
            told(one.reason),
            SIDES.get(one.by_kind, ""),
            told(one.by),
            one.other,
        )
        for one in history
    ]
    return tuple(reversed(said))


def told(text: Mapping[str, str] | str) -> str:
    """A text in the reader's language, or in the one it was written in."""
    if isinstance(text, str):
        return text
    return text.get(language()) or next((one for one in text.values() if one), "")
