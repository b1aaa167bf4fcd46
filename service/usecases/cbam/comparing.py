"""Actual, mixed and default values side by side: certificates and EUR, by good and quarter; and what lowers them.

Rules
1. Prices are published ones or a scenario that its user names; whoever asks states what verification costs, or the
   saving is gross. Nothing of either is stored.
2. Both calculations are those of :mod:`service.usecases.cbam.calculating`; nothing is computed differently here.
3. Data of the transitional period owes nothing and is refused.
4. Of many levers those are tried that move most, of every kind some: each is a calculation of the whole.
5. A carbon price paid abroad counts only where ``draft`` asks for it, by rules that are not law.

Example: ``compare(actor, Compare(key, annual={"G1": Decimal(1000)}, years=(2026, 2027)), services).totals``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from lca.cbam.results import Calculation, Path
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import calculating
from service.usecases.cbam.calculating import Ask, CalculationView
from service.usecases.cbam.defaults import YEARS
from service.usecases.cbam.keeping import tables_of, view_of
from service.usecases.cbam.refusals import TransitionalData, UnknownRecord
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from lca.cbam.obligation.comparison import Comparison, Quantity, VerificationCost
    from lca.cbam.obligation.levers import Effect, Lever
    from lca.cbam.obligation.price_paid import DraftDeduction
    from lca.cbam.obligation.prices import Scenario

MOST_LINES = 5000
MOST_TRIED, LEAST_TRIED, TRIED_PARTS = 24, 3, 4_000
"""Levers that are tried for a good; ``TRIED_PARTS`` bounds tries times sources, goods and precursors."""
MOST_TONNES = Decimal(10) ** 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """What is imported: ``quantities`` by good and quarter, or ``annual`` tonnes by good in each of ``years``.

    ``scenario`` prices what has no published price; ``cost`` is what verification costs a year; ``draft`` asks for the
    deduction of the carbon prices in the data.
    """

    installation_id: str
    quantities: tuple[Quantity, ...] = ()
    annual: Mapping[str, Decimal] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    scenario: Scenario | None = None
    cost: VerificationCost | None = None
    draft: DraftDeduction | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class AskLevers:
    """Levers of one good; ``fraction`` is the saving that less fuel or less precursor is tried with."""

    installation_id: str
    good: str
    fraction: float = 0.1
    number: int | None = None


def compare(actor: Actor, command: Compare, services: Services) -> Comparison:
    """The three paths for what is imported.

    Raises NotAllowed, NotFound, InvalidInput, UnknownRecord, TransitionalData, and GateClosed as a calculation does.
    """
    from lca.cbam.obligation import comparison
    from lca.cbam.obligation.installation import NotDefinitive

    allow(actor, Permission.CBAM_READ)
    actual = _calculated(actor, command.installation_id, Path.ACTUAL, command.number, services)
    listed = _quantities(command, {good.id for good in actual.done.goods})
    mixed = calculating.current(
        actor, Ask(command.installation_id, Path.MIXED, actual.view.version.number), services
    )
    case = comparison.Case(data=actual.view.data, actual=actual.done, mixed=mixed.done)
    try:
        tables = _tables(actual, services)
        return comparison.compare(case, tables, listed, command.scenario, command.cost, command.draft)
    except NotDefinitive as error:
        raise TransitionalData(kind="comparison") from error


def levers(actor: Actor, command: AskLevers, services: Services) -> tuple[Effect, ...]:
    """What lowers a good's number, the most certificates first; what-if figures that enter no document.

    Raises as :func:`compare`.
    """
    from lca.cbam.calculate import calculate
    from lca.cbam.obligation import levers as rule
    from lca.cbam.obligation.installation import NotDefinitive

    allow(actor, Permission.CBAM_READ)
    if not 0.0 < command.fraction <= 1.0:
        raise InvalidInput(field="fraction", problem="a share above 0 and at most 1; 0.1 is 10 %")
    found = _calculated(actor, command.installation_id, Path.ACTUAL, command.number, services)
    if command.good not in {good.id for good in found.done.goods}:
        raise UnknownRecord(collection="goods", record=command.good)
    data = found.view.data
    try:
        listed = rule.suggest(data, found.done, command.good, found.tables, command.fraction)
        tried = _first(listed, _most_tried(found.done))
        return rule.rank(data, found.tables, command.good, tried, calculate)
    except NotDefinitive as error:
        raise TransitionalData(kind="comparison") from error


def _first(levers: Sequence[Lever], most: int) -> tuple[Lever, ...]:
    """The first of each kind, then the second of each, and so on: what moves most of every kind (rule 4)."""
    kinds: dict[str, list[Lever]] = {}
    for one in levers:
        kinds.setdefault(one.kind, []).append(one)
    turns = zip_longest(*kinds.values())
    return tuple(islice((one for turn in turns for one in turn if one is not None), most))


def _most_tried(done: Calculation) -> int:
    """Fewer for large installations: each try is a calculation of the whole."""
    parts = len(done.sources) + len(done.goods) + sum(len(one.precursors) for one in done.processes)
    return max(LEAST_TRIED, min(MOST_TRIED, TRIED_PARTS // max(1, parts)))


def _calculated(
    actor: Actor, key: str, path: Path, number: int | None, services: Services
) -> CalculationView:
    from lca.cbam.monitoring import Basis

    with services.uow() as unit:
        view = view_of(actor, unit, key, number)
    if view.data.basis is not Basis.DEFINITIVE:
        raise TransitionalData(kind="comparison")  # rule 3
    return calculating.current(actor, Ask(key, path, view.version.number), services)


def _quantities(command: Compare, goods: set[str]) -> tuple[Quantity, ...]:
    """Raises InvalidInput, UnknownRecord."""
    from lca.cbam.obligation.comparison import outlook

    if command.annual and not command.years:
        raise InvalidInput(field="years", problem=f"years from {YEARS[0]} to {YEARS[-1]}")
    if any(not one.is_finite() or not 0 <= one < MOST_TONNES for one in command.annual.values()):
        raise InvalidInput(field="annual", problem="tonnes a year, 0 or more")
    listed = (*command.quantities, *outlook(command.annual, command.years))
    if not listed or len(listed) > MOST_LINES:
        raise InvalidInput(field="quantities", problem=f"1 to {MOST_LINES} of them")
    for one in listed:
        if one.year not in YEARS:
            raise InvalidInput(field="year", problem=f"a year from {YEARS[0]} to {YEARS[-1]}")
        if one.good not in goods:
            raise UnknownRecord(collection="goods", record=one.good)
        if not one.tonnes.is_finite() or one.tonnes >= MOST_TONNES:
            raise InvalidInput(field="quantities", problem="tonnes, 0 or more")
    return listed


def _tables(found: CalculationView, services: Services) -> Tables:
    """Prices and benchmarks as they are known today, or at the end of the data's period where that is later."""
    return tables_of(services, max(found.view.data.period.end, services.clock().date()))
