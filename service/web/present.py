"""What the pages of studies and labels show, put together from results of use cases; nothing is computed anew here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from lca.findings import Finding, Place, Severity
from service.usecases import studies
from service.usecases.access import Actor, Permission, allowed
from service.usecases.release_refusals import ReleaseUnavailable
from service.usecases.services import Services
from service.web import words
from service.web.charts import Chart, chart
from service.web.context import names
from service.web.hotspots import Hotspot, hotspots
from service.web.rows import LineRow, line_rows

MODELLING_STATES = ("draft", "returned")


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding as it was told when it was stored: a later wording of its code changes no record."""

    severity: Severity
    code: str
    place: Place
    sentences: dict[str, str]

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return self.sentences[language]


def stored_findings(items: Iterable[dict[str, Any]]) -> tuple[StoredFinding, ...]:
    """Findings out of the store (``Finding.as_dict``)."""
    return tuple(
        StoredFinding(Severity(item["severity"]), item["code"], Place(**item["place"]), item["message"])
        for item in items
    )


Shown = Finding | StoredFinding


@dataclass(frozen=True, slots=True)
class Event:
    """A point of a timeline; ``tone`` is done, now, failed or empty (still to come)."""

    name: Any
    tone: str
    who: str = ""
    at: Any = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class StudyPage:
    """Everything the page of a study shows. ``actions`` are the steps open to this reader in this state."""

    view: studies.StudyView
    footprint: dict[str, Any] | None
    rounded: dict[str, Any] | None
    stages: Chart | None
    rows: tuple[LineRow, ...]
    findings: tuple[Shown, ...]
    timeline: tuple[Event, ...]
    actions: frozenset[str]
    unavailable: ReleaseUnavailable | None
    returned: Event | None

    @property
    def blocking(self) -> tuple[Shown, ...]:
        """Findings that close the gate."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def others(self) -> tuple[Shown, ...]:
        """Warnings and notes."""
        return tuple(finding for finding in self.findings if finding.severity is not Severity.ERROR)

    @property
    def automatic(self) -> tuple[LineRow, ...]:
        """Rows that were linked without anybody choosing."""
        return tuple(row for row in self.rows if row.linked.origin == "auto")

    @property
    def suggested(self) -> tuple[LineRow, ...]:
        """Rows whose suggestion this reader may confirm."""
        if "link" not in self.actions:
            return ()
        return tuple(row for row in self.rows if row.suggestion is not None)

    @property
    def hotspots(self) -> tuple[Hotspot, ...]:
        """The lines that drive the number."""
        return hotspots(self.rows)


def study_page(actor: Actor, key: str, services: Services) -> StudyPage:
    """Read a study and its links. Raises NotAllowed, NotFound; a damaged release is shown, not raised."""
    view = studies.get(actor, key, services)
    unavailable, links = None, studies.Links((), ())
    try:
        links = studies.links(actor, key, services)
    except ReleaseUnavailable as refusal:
        unavailable = refusal
    result = view.assessment.result if view.assessment else {}
    events = tuple(_timeline(view))
    footprint, rounded = result.get("footprint"), result.get("rounded")
    return StudyPage(
        view=view,
        footprint=footprint,
        rounded=rounded,
        stages=stage_chart(rounded, footprint),
        rows=line_rows(links.lines, footprint),
        findings=_findings(result, links, view.current),
        timeline=events,
        actions=_actions(actor, view, footprint),
        unavailable=unavailable,
        returned=_returned(view, events),
    )


def stage_chart(rounded: dict[str, Any] | None, footprint: dict[str, Any] | None) -> Chart | None:
    """Stages as stated on a label where the result is rounded, in full precision otherwise."""
    if rounded:
        stages, total = rounded["stages"], rounded["total"]
    elif footprint:
        stages, total = dict(footprint["by_stage"]), footprint["total"]
    else:
        return None
    return chart([(name, stages[code], "") for code, name in words.STAGES.items() if code in stages], total)


def statement_chart(statement: dict[str, Any]) -> Chart:
    """The stages of a label, in its own digits."""
    footprint = statement["footprint"]
    rows = [(words.word(words.STAGES, item["stage"]), item["value"], "") for item in footprint["stages"]]
    return chart(rows, footprint["total"])


def _findings(result: dict[str, Any], links: studies.Links, current: bool) -> tuple[Shown, ...]:
    found: Iterable[Shown] = stored_findings(result.get("findings", [])) if current else links.findings
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return tuple(sorted(found, key=lambda finding: order[finding.severity]))


def _actions(actor: Actor, view: studies.StudyView, footprint: Any) -> frozenset[str]:
    state = view.study.status
    able = {
        "link": allowed(actor, Permission.STUDY_LINK) and state != "issued",
        "assess": allowed(actor, Permission.STUDY_ASSESS) and state != "issued" and not view.current,
        "submit": allowed(actor, Permission.STUDY_SUBMIT)
        and state in MODELLING_STATES
        and view.current
        and footprint is not None,
        "decide": allowed(actor, Permission.REVIEW_DECIDE) and state == "in-review",
        "issue": allowed(actor, Permission.LABEL_ISSUE) and state == "approved",
    }
    return frozenset(name for name, yes in able.items() if yes)


def _returned(view: studies.StudyView, events: Iterable[Event]) -> Event | None:
    """The latest return, as long as the study has not gone to review again."""
    latest = max(view.reviews, key=lambda item: item.at, default=None)
    if view.study.status not in MODELLING_STATES or latest is None or latest.decision == "approved":
        return None
    return next((event for event in events if event.tone == "failed" and event.at == latest.at), None)


def _timeline(view: studies.StudyView) -> list[Event]:
    people = {
        view.inventory.handed_in_by,
        view.study.opened_by,
        *(review.reviewer_id for review in view.reviews),
    }
    people |= {view.assessment.person_id} if view.assessment else set()
    people |= {view.label.issued_by} if view.label else set()
    known = names(people)
    events = [
        Event(
            _l("Workbook handed in"),
            "done",
            known.get(view.inventory.handed_in_by, ""),
            view.inventory.handed_in_at,
        ),
        Event(_l("Study opened"), "done", known.get(view.study.opened_by, ""), view.study.opened_at),
    ]
    if view.assessment:
        name = _computed(view)
        events.append(Event(name, "done", known.get(view.assessment.person_id, ""), view.assessment.at))
    for review in sorted(view.reviews, key=lambda item: item.at):
        approved = review.decision == "approved"
        name = _l("Approved in review") if approved else _l("Returned by review")
        who = known.get(review.reviewer_id, "")
        events.append(Event(name, "done" if approved else "failed", who, review.at, review.comment))
    if view.label:
        events.append(
            Event(_l("Label issued"), "done", known.get(view.label.issued_by, ""), view.label.issued_at)
        )
    return events + _still_to_come(view)


def _computed(view: studies.StudyView) -> Any:
    """What the latest computation came to."""
    if view.assessment is None or not view.assessment.result.get("footprint"):
        return _l("Computed, without a result yet")
    return _l("Footprint computed") if view.current else _l("Footprint computed, links changed since")


def _still_to_come(view: studies.StudyView) -> list[Event]:
    ready = view.current and view.assessment is not None and view.assessment.result.get("footprint")
    steps = {
        "draft": [
            _l("Hand to review") if ready else _l("Compute and hand to review"),
            _l("Review"),
            _l("Issue the label"),
        ],
        "returned": [_l("Mend and hand to review again"), _l("Review"), _l("Issue the label")],
        "in-review": [_l("Waiting for a reviewer"), _l("Issue the label")],
        "approved": [_l("Waiting for a signatory")],
        "issued": [],
    }[view.study.status]
    return [Event(name, "" if index else "now") for index, name in enumerate(steps)]
