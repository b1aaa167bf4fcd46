"""What the page of an installation shows: results, findings, flows, levers, balance, versions, tables.

Rules
1. Nothing is computed here but differences for the eye; figures are those of the use cases.
2. Where errors stop the calculation the page shows them with links to the records to mend, and everything else it can.
3. The leading good is the one of which most was made.

Example: ``overview(actor, key, services).goods`` are the goods with certificates per tonne on both paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lca.cbam.monitoring import Basis
from lca.cbam.results import Balance, Calculation, Path
from lca.findings import Finding, Severity
from service.store.records import CbamCalculation, CbamVersion
from service.usecases import accounts
from service.usecases.access import Actor, OrganisationKind, Permission, allowed
from service.usecases.cbam import calculating, comparing, installations
from service.usecases.cbam.calculating import Ask, CalculationView, TablesChange
from service.usecases.cbam.comparing import AskLevers
from service.usecases.cbam.installations import InstallationView
from service.usecases.refusals import Refusal
from service.usecases.services import Services
from service.web import cbam_installation_words as words
from service.web.cbam_installation_flow import flow
from service.web.cbam_installation_goods import GoodLine, goods_of
from service.web.cbam_installation_records import Addresses
from service.web.cbam_installation_trace import calculated
from service.web.i18n import language
from service.web.sankey import Drawing

if TYPE_CHECKING:
    from lca.cbam.obligation.levers import Effect

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
MOST_GOODS = 12
"""Goods on the page itself."""
MOST_TRIED = 40
"""Streams and precursors up to which the page itself tries what lowers the number; beyond, a page of its own does."""


@dataclass(frozen=True, slots=True)
class LeverLine:
    """A lever's sentence with its effect in percent of SEE, and whether it is refused."""

    effect: Effect
    name: str
    percent: float | None
    href: str


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One side of the balance in tonnes."""

    word: str
    value: float
    href: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page of an installation shows."""

    view: InstallationView
    done: Calculation | None
    calculation: CalculationView | None
    findings: tuple[Finding, ...]
    goods: tuple[GoodLine, ...]
    drawing: Drawing | None
    balance: tuple[BalanceLine, ...]
    levers: tuple[LeverLine, ...]
    levers_good: str
    newer: TablesChange | None
    versions: tuple[CbamVersion, ...]
    history: tuple[CbamCalculation, ...]
    names: Mapping[str, str]
    institutions: tuple[Any, ...]
    shared_with: str
    links: Addresses
    actions: frozenset[str]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the calculation."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Warnings, then notes."""
        return tuple(one for one in self.findings if one.severity is not Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What somebody should look at."""
        return tuple(one for one in self.findings if one.severity is Severity.WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is told for information."""
        return tuple(one for one in self.findings if one.severity is Severity.NOTE)

    @property
    def main_goods(self) -> tuple[GoodLine, ...]:
        """The goods of which most was made; a list of its own has all."""
        ranked = sorted(self.goods, key=lambda one: -one.result.produced_t)
        return self.goods if len(self.goods) <= MOST_GOODS else tuple(ranked[:MOST_GOODS])

    @property
    def leading(self) -> GoodLine | None:
        """Rule 3."""
        return max(self.goods, key=lambda one: one.result.produced_t, default=None)

    @property
    def transitional(self) -> bool:
        """Whether the data follow the rules until the end of 2025."""
        return self.view.data.basis is Basis.TRANSITIONAL


def overview(actor: Actor, key: str, services: Services, number: int | None = None) -> Overview:
    """Raises NotAllowed, NotFound, EvidenceChanged."""
    found, view, told = calculated(actor, key, services, number)
    versions = installations.versions(actor, key, services)
    history = calculating.history(actor, key, services)
    links = Addresses(key, view.data)
    done = found.done if found else None
    goods = goods_of(actor, found, services) if found else ()
    leading = max(goods, key=lambda one: one.result.produced_t, default=None)
    institutions = _institutions(actor, services)
    people = {one.created_by for one in versions} | {one.created_by for one in history}
    tried = len(view.data.streams) + len(view.data.precursors) <= MOST_TRIED
    return Overview(
        view=view,
        done=done,
        calculation=found,
        findings=_findings(view, told),
        goods=goods,
        drawing=flow(found) if found else None,
        balance=_balance(done.balance, links) if done else (),
        levers=levers(actor, key, leading.result.id, services, number) if leading and tried else (),
        levers_good=leading.result.id if leading else "",
        newer=_newer(actor, key, services, number) if found else None,
        versions=versions,
        history=history,
        names=accounts.names(actor, frozenset(people), services),
        institutions=institutions,
        shared_with=_shared_with(view, institutions),
        links=links,
        actions=_actions(actor, view),
    )


def levers(
    actor: Actor, key: str, good: str, services: Services, number: int | None = None
) -> tuple[LeverLine, ...]:
    """What lowers the number of a good, the most certificates first; nothing where nothing can be said."""
    try:
        effects = comparing.levers(actor, AskLevers(key, good, number=number), services)
        data = installations.get(actor, key, services, number).data
    except Refusal:
        return ()
    links = Addresses(key, data)
    return tuple(_lever(one, links) for one in effects)


def _findings(view: InstallationView, told: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the reader of the file said and what the checks say, errors first, each once."""
    read = tuple(Finding.from_dict(one) for one in view.version.findings)
    return tuple(sorted(dict.fromkeys((*read, *told)), key=lambda one: ORDER[one.severity]))


def _balance(balance: Balance, links: Addresses) -> tuple[BalanceLine, ...]:
    """What is more than the rounding of the machine, in words."""
    lines = []
    for one in balance.entries:
        if abs(one.value) < 1e-6 and one.key not in ("installation", "attributed"):
            continue
        word = words.of(words.BALANCE, one.key)
        inside = one.record and one.key in ("attributed", "floored")
        href = links.process(one.record) if inside else ""
        lines.append(BalanceLine(f"{word} {one.record}" if inside else word, one.value, href))
    return tuple(lines)


def _lever(effect: Effect, links: Addresses) -> LeverLine:
    change = None
    if effect.see_after is not None and effect.see_before:
        change = float((effect.see_after - effect.see_before) / effect.see_before * 100)
    kind = words.of(words.LEVERS, effect.lever.kind.value)
    return LeverLine(effect, kind, change, links.of(effect.lever.record))


def _newer(actor: Actor, key: str, services: Services, number: int | None) -> TablesChange | None:
    change = calculating.newer_tables(actor, Ask(key, Path.ACTUAL, number), services)
    return change if change.before is not None else None


def _institutions(actor: Actor, services: Services) -> tuple[Any, ...]:
    if not allowed(actor, Permission.CBAM_SHARE):
        return ()
    return tuple(accounts.organisations(actor, OrganisationKind.INSTITUTION, services))


def _shared_with(view: InstallationView, institutions: tuple[Any, ...]) -> str:
    wanted = view.installation.institution_id
    return next((one.name(language()) for one in institutions if one.id == wanted), "")


def _actions(actor: Actor, view: InstallationView) -> frozenset[str]:
    able = {
        "edit": allowed(actor, Permission.CBAM_EDIT) and view.is_head,
        "calculate": allowed(actor, Permission.CBAM_CALCULATE),
        "share": allowed(actor, Permission.CBAM_SHARE),
        "document": allowed(actor, Permission.CBAM_DOCUMENT),
    }
    return frozenset(name for name, yes in able.items() if yes)
