"""The list of installations: what each comes to, and what stands in the way.

Example: ``listing.answer(list_spec(), summaries(actor, services), "json", …)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import lazy_gettext as _l

from lca.cbam.results import Calculation, GoodResult
from lca.findings import Severity
from service.store.records import CbamInstallation
from service.usecases import accounts
from service.usecases.access import Actor
from service.usecases.cbam import calculating, installations
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.installations import InstallationView
from service.usecases.refusals import GateClosed
from service.usecases.services import Services
from service.web.formats import amount, moment, own
from service.web.i18n import language
from service.web.listing import Cell, Column, Filter, ListSpec


@dataclass(frozen=True, slots=True)
class Summary:
    """An installation in the list; figures are None where its data cannot be calculated."""

    installation: CbamInstallation
    year: int
    goods: int
    leading: GoodResult | None
    errors: int
    warnings: int
    changed_at: datetime
    changed_by: str

    @property
    def state(self) -> str:
        """``stopped``, ``warnings`` or ``fine``."""
        return "stopped" if self.errors else "warnings" if self.warnings else "fine"


def summaries(actor: Actor, services: Services) -> tuple[Summary, ...]:
    """Every installation the actor may see. Raises NotAllowed."""
    listed = installations.list_(actor, services)
    views = [installations.get(actor, one.id, services) for one in listed]
    known = accounts.names(actor, frozenset(view.version.created_by for view in views), services)
    return tuple(_summary(actor, view, known, services) for view in views)


def list_spec() -> ListSpec:
    """The list of installations."""
    states = {"fine": _l("nothing found"), "warnings": _l("look through"), "stopped": _l("must be mended")}
    return ListSpec(
        endpoint="cbam_installations.list_",
        order="-changed_at",
        filename="cbam-installations",
        filters=(Filter("state", _l("Findings"), tuple(states.items())),),
        columns=(
            Column("name", _l("Installation"), lambda s: s.installation.name(language()), _named),
            Column("year", _l("Year"), lambda s: s.year, numeric=True),
            Column("goods", _l("Goods"), lambda s: s.goods, numeric=True),
            Column(
                "see",
                _l("SEE of the leading good"),
                lambda s: s.leading.see_per_tonne if s.leading else None,
                _leading,
                numeric=True,
            ),
            Column(
                "default_share",
                _l("On default values"),
                lambda s: round(s.leading.default_share * 100, 1) if s.leading else None,
                lambda s: Cell(f"{s.leading.default_share * 100:.1f} %" if s.leading else "—"),
                numeric=True,
            ),
            Column("state", _l("Findings"), lambda s: s.state, _state),
            Column(
                "changed_at",
                _l("Last change"),
                lambda s: s.changed_at,
                lambda s: Cell(moment(s.changed_at), s.changed_by),
            ),
        ),
    )


def _summary(actor: Actor, view: InstallationView, known: Mapping[str, str], services: Services) -> Summary:
    try:
        done: Calculation | None = calculating.current(actor, Ask(view.installation.id), services).done
        told = done.findings if done else ()
    except GateClosed as refusal:
        done, told = None, refusal.findings
    goods = [good for process in view.data.processes for good in process.goods]
    return Summary(
        installation=view.installation,
        year=view.version.year,
        goods=len(goods),
        leading=max(done.goods, key=lambda one: one.produced_t, default=None) if done else None,
        errors=sum(1 for one in told if one.severity is Severity.ERROR),
        warnings=sum(1 for one in told if one.severity is Severity.WARNING),
        changed_at=view.version.created_at,
        changed_by=known.get(view.version.created_by, ""),
    )


def _named(row: Summary) -> Cell:
    there = row.installation
    other = there.name("en" if language() == "zh" else "zh")
    name = there.name(language())
    sub = other if other != name else ""
    return Cell(name, sub, url_for("cbam_installations.show", key=there.id))


def _leading(row: Summary) -> Cell:
    if row.leading is None:
        return Cell("—")
    return Cell(
        f"{amount(row.leading.see_per_tonne, 6)} tCO₂e/t", f"{row.leading.cn} {own(row.leading.name)}"
    )


def _state(row: Summary) -> Cell:
    if row.errors:
        return Cell(_l("%(num)d to mend", num=row.errors), tone="bad")
    if row.warnings:
        return Cell(_l("%(num)d to look at", num=row.warnings), tone="warn")
    return Cell(_l("nothing found"), tone="good")
