"""What the pages of suppliers show: every purchased precursor, what its figures rest on, and what is missing.

Rules
1. A returned file gives values and nothing else; only a verifier's report makes them count, and a person enters it.
2. What is missing is said in the order in which it has to be got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import lazy_gettext as _l

from lca.cbam.monitoring import Monitoring, Precursor, PrecursorChoice
from service.usecases.access import Actor
from service.usecases.cbam import defaults
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.suppliers import AddVerification, ReturnedProduct
from service.usecases.refusals import Refusal
from service.usecases.services import Services
from service.web.cbam_forms import SENTENCES, Wrong, needed_day, text

if TYPE_CHECKING:
    from lca.cbam.obligation.default_path import DefaultPath

NO_VALUES = _l("The supplier has sent no figures: write to it, and hand in what it returns.")
NO_REPORT = _l("No verifier's report: figures without one count for nothing, and the default value is used.")
NOT_CHOSEN = _l(
    "Figures and report are here, but the default value is chosen: say so on the report if they are to count."
)
NO_PERIOD = _l("The figures name no period.")
OTHER_PERIOD = _l("The report covers another period than the figures.")
COMPLETE = _l("Verified figures are used.")
KINDS = {
    "communication": _l("The Commission's communication workbook"),
    "supplier-form": _l("Our data form"),
}
TEXTS = ("number", "verifier", "accreditation")
DAYS = ("issued", "accredited_until", "start", "end")


@dataclass(frozen=True, slots=True)
class State:
    """A precursor with what is missing; ``tone`` good when its verified figures are used. ``default`` may be None."""

    precursor: Precursor
    missing: tuple[Any, ...]
    tone: str
    default: DefaultPath | None

    @property
    def id(self) -> str:
        """The precursor's."""
        return self.precursor.id

    @property
    def unit(self) -> Any:
        """The functional unit of its figures."""
        return self.default.good.unit.value if self.default else _l("functional unit")

    @property
    def word(self) -> Any:
        """What it rests on, in a word or two."""
        if self.tone == "good":
            return _l("verified")
        return _l("default value, figures not verified") if self.precursor.values else _l("default value")


def states(actor: Actor, data: Monitoring, services: Services) -> tuple[State, ...]:
    """Every purchased precursor."""
    return tuple(_state(actor, one, data, services) for one in data.precursors)


def fitting(product: ReturnedProduct, data: Monitoring) -> tuple[Precursor, ...]:
    """The precursors a returned product may be for: of its CN code and country, where it names them."""
    cn = "".join(product.cn.split())

    def fits(one: Precursor) -> bool:
        same = not cn or cn.startswith(one.cn) or one.cn.startswith(cn)
        return same and (not product.country or one.country in ("", product.country))

    found = (one for one in data.precursors if fits(one))
    return tuple(sorted(found, key=lambda one: product.name not in (one.name, one.id)))


def report_values(precursor: Precursor, product: ReturnedProduct | None = None) -> dict[str, Any]:
    """The fields of a report form as they are known: of the report there is, else of the period of the figures."""
    report = precursor.values.report if precursor.values else None
    stated = product.stated_report if product else None
    shown = report or stated
    if shown is None:
        period = precursor.values.period if precursor.values else None
        dates = {"start": period.start.isoformat(), "end": period.end.isoformat()} if period else {}
        return {**dates, "categories": [precursor.category]}
    return {
        "number": shown.number,
        "verifier": shown.verifier,
        "accreditation": shown.accreditation,
        "issued": shown.issued.isoformat(),
        "accredited_until": shown.accredited_until.isoformat(),
        "start": shown.period.start.isoformat(),
        "end": shown.period.end.isoformat(),
        "categories": list(shown.categories),
        "sha256": shown.sha256,
        "use_actual": precursor.choice is PrecursorChoice.ACTUAL,
    }


def posted_report(values: Mapping[str, str], key: str, precursor: str) -> AddVerification:
    """The report of a posted form. Raises Wrong with every field that will not do."""
    errors: dict[str, Any] = {name: SENTENCES[name] for name in TEXTS if not text(values, name)}
    days: dict[str, date] = {}
    for name in DAYS:
        try:
            days[name] = needed_day(values, name)
        except Wrong as wrong:
            errors.update(wrong.errors)
    if "start" in days and "end" in days and days["end"] < days["start"]:
        errors["end"] = SENTENCES["end"]
    version = text(values, "version")
    if errors:
        raise Wrong(**errors)
    given = request.files.get("document")
    return AddVerification(
        installation_id=key,
        version=int(version) if version.isdigit() else 0,
        precursor=precursor,
        number=text(values, "number"),
        verifier=text(values, "verifier"),
        accreditation=text(values, "accreditation"),
        issued=days["issued"],
        accredited_until=days["accredited_until"],
        start=days["start"],
        end=days["end"],
        categories=tuple(request.form.getlist("categories")),
        sha256=text(values, "sha256"),
        document=given.stream.read() if given is not None and given.filename else None,
        use_actual=bool(values.get("use_actual")),
    )


def find(data: Monitoring, key: str) -> Precursor | None:
    """A precursor by its id."""
    return next((one for one in data.precursors if one.id == key), None)


def _state(actor: Actor, one: Precursor, data: Monitoring, services: Services) -> State:
    missing = tuple(_missing(one))
    used = one.choice is PrecursorChoice.ACTUAL and not missing
    try:
        asked = LookUp(one.cn, one.country, max(data.period.end.year, defaults.YEARS[0]), one.variant)
        default = defaults.look_up(actor, asked, services)
    except Refusal:
        default = None
    return State(one, missing or (COMPLETE,), "good" if used else "warn" if one.values else "", default)


def _missing(one: Precursor) -> Iterable[Any]:
    """Rule 2."""
    if one.values is None:
        yield NO_VALUES
        return
    if one.values.period is None:
        yield NO_PERIOD
    report = one.values.report
    if report is None:
        yield NO_REPORT
        return
    period = one.values.period
    if period is not None and not (report.period.start <= period.start and period.end <= report.period.end):
        yield OTHER_PERIOD
    if one.choice is not PrecursorChoice.ACTUAL:
        yield NOT_CHOSEN
