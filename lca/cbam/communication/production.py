"""Production processes and purchased precursors: lists of ``A_InstData``, sheets ``D_Processes`` and ``E_PurchPrec``.

Rules
1. A process is a row of the list A_InstData!E83:L92 (P1 to P10), joint with the goods named in F:K; its figures stand
   in the block of the same number. The activity level is the sum of the amounts by route.
2. DirEm* is the operator's figure; blank counts as zero there, and is told.
3. Heat and waste gas come from and go to somewhere the template does not name: :data:`lca.cbam.monitoring.OUTSIDE`.
   A factor typed for waste gas is not used by the template's formula (56.1 tCO2/TJ), and told.
4. Each pair of electricity factor and code of its source is one electricity source; a blank factor counts as zero.
5. A precursor's values are the supplier's as stated, even where they are marked "default" (its default share is 1): the
   transitional rules looked nothing up.
"""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.communication import cells, lists
from lca.cbam.communication.emissions import factor
from lca.cbam.communication.header import country_code
from lca.cbam.communication.values import Cells
from lca.cbam.monitoring import (
    NON_CBAM,
    OUTSIDE,
    ElectricityExport,
    ElectricitySource,
    ElectricityUse,
    Factor,
    HeatFlow,
    OwnUse,
    Precursor,
    PrecursorChoice,
    PrecursorUse,
    PrecursorValues,
    Process,
    RouteShare,
    WasteGasFlow,
)

D, E = cells.PROCESSES, cells.PRECURSORS


def processes(at: Cells) -> tuple[Process, ...]:
    """Processes in the order of the list, without goods (rule 1)."""
    found = (_process(at, number) for number in range(1, cells.PROCESS_LIST.count + 1))
    return tuple(one for one in found if one is not None)


def _process(at: Cells, number: int) -> Process | None:
    row, first = cells.PROCESS_LIST.rows[number - 1], cells.PROCESS_BLOCKS.rows[number - 1]
    said = at.raw(cells.INSTALLATION, f"E{row}")
    if at.lists.nothing(said):
        return None
    category = at.lists.slug(said)
    if category is None:
        at.tell("error", "cbam-communication-category", cells.INSTALLATION, f"E{row}", text=str(said)[:60])
        return None
    direct = at.number(D, f"L{first + cells.DIRECT}")
    amounts = _routes(at, D, first, cells.ROUTE_AMOUNTS, category)
    if not sum(amount for _, amount in amounts):
        at.tell("warning", "cbam-communication-no-production", D, f"L{first + 13}", process=f"P{number}")
        if not direct and not at.number(D, f"L{first + cells.ELECTRICITY}"):
            return None
    if direct is None:
        at.tell("warning", "cbam-communication-direct", D, f"L{first + cells.DIRECT}", process=f"P{number}")
    return Process(
        id=f"P{number}",
        name=at.text(cells.INSTALLATION, f"L{row}") or f"P{number} - {' '.join(str(said).split())}",
        category=category,
        included=_included(at, row),
        direct_emissions_t=direct or 0.0,
        activity_level=sum(amount for _, amount in amounts),
        route=", ".join(route for route, amount in amounts if amount and route != lists.ALL_ROUTES),
    )


def route_shares(at: Cells, number: int, category: str) -> tuple[RouteShare, ...]:
    """Amounts by route of a process whose category has routes, in the template's words as slugs."""
    amounts = _routes(at, D, cells.PROCESS_BLOCKS.rows[number - 1], cells.ROUTE_AMOUNTS, category)
    return tuple(
        RouteShare(route=name, produced_t=amount)
        for name, amount in amounts
        if name != lists.ALL_ROUTES and amount
    )


def sold(at: Cells, number: int) -> float | None:
    """What a process made for the market."""
    return at.number(D, f"L{cells.PROCESS_BLOCKS.rows[number - 1] + cells.MARKET}")


def _routes(
    at: Cells, sheet: str, first: int, offsets: tuple[int, ...], category: str
) -> list[tuple[str, float]]:
    """(route, amount) of every row that is filled in; amounts beyond the category's routes count like the last."""
    names = lists.routes_of(category)
    made = []
    for position, offset in enumerate(offsets):
        amount = at.number(sheet, f"L{first + offset}")
        if amount is not None:
            made.append((names[min(position, len(names) - 1)], amount))
    return made


def _included(at: Cells, row: int) -> tuple[str, ...]:
    made = []
    for column in cells.PROCESS_INCLUDED:
        said = at.raw(cells.INSTALLATION, f"{column}{row}")
        if at.lists.nothing(said) or lists.plain(said) in at.lists.only_direct:
            continue
        slug = at.lists.slug(said)
        if slug is None:
            at.tell(
                "warning",
                "cbam-communication-included",
                cells.INSTALLATION,
                f"{column}{row}",
                text=str(said)[:60],
            )
        elif slug not in made:
            made.append(slug)
    return tuple(made)


def _numbers(made: tuple[Process, ...]) -> Iterator[tuple[int, int]]:
    """(number of the process, first row of its block)."""
    for process in made:
        number = int(process.id[1:])
        yield number, cells.PROCESS_BLOCKS.rows[number - 1]


def own_uses(at: Cells, made: tuple[Process, ...]) -> tuple[OwnUse, ...]:
    """The matrix of processes that consume each other's goods, and what non-CBAM goods take."""
    known = {process.id for process in made}
    found = []
    for number, first in _numbers(made):
        for position, offset in enumerate(cells.OWN_USES, 1):
            amount = at.number(D, f"L{first + offset}")
            consumer = f"P{cells.process_of_use(number, position)}"
            if amount and consumer in known:
                found.append(OwnUse(origin=f"P{number}", destination=consumer, amount=amount))
            elif amount:
                at.tell("warning", "cbam-communication-consumer", D, f"L{first + offset}", process=consumer)
        if amount := at.number(D, f"L{first + cells.NON_CBAM_USE}"):
            found.append(OwnUse(origin=f"P{number}", destination=NON_CBAM, amount=amount))
    return tuple(found)


def heat(at: Cells, made: tuple[Process, ...]) -> tuple[HeatFlow, ...]:
    """Measurable heat into (L) and out of (M) every process."""
    found = []
    for number, first in _numbers(made):
        for column, way in (("L", "in"), ("M", "out")):
            amount = at.number(D, f"{column}{first + cells.HEAT}")
            if not amount:
                continue
            origin, destination = (OUTSIDE, f"P{number}") if way == "in" else (f"P{number}", OUTSIDE)
            found.append(
                HeatFlow(
                    id=f"P{number}-heat-{way}",
                    origin=origin,
                    destination=destination,
                    heat_tj=amount,
                    factor=_factor(at, f"{column}{first + cells.HEAT_FACTOR}", "tCO2/TJ"),
                )
            )
    return tuple(found)


def waste_gas(at: Cells, made: tuple[Process, ...]) -> tuple[WasteGasFlow, ...]:
    """Waste gas into (L) and out of (M) every process (rule 3)."""
    found = []
    for number, first in _numbers(made):
        for column, way in (("L", "in"), ("M", "out")):
            amount = at.number(D, f"{column}{first + cells.WASTE_GAS}")
            typed = at.number(D, f"{column}{first + cells.WASTE_GAS_FACTOR}")
            if not amount:
                continue
            if typed is not None and typed != cells.NATURAL_GAS_FACTOR:
                cell = f"{column}{first + cells.WASTE_GAS_FACTOR}"
                at.tell("note", "cbam-communication-waste-gas-factor", D, cell, value=f"{typed:g}")
            origin, destination = (OUTSIDE, f"P{number}") if way == "in" else (f"P{number}", OUTSIDE)
            found.append(
                WasteGasFlow(
                    id=f"P{number}-waste-gas-{way}", origin=origin, destination=destination, energy_tj=amount
                )
            )
    return tuple(found)


def electricity(
    at: Cells, made: tuple[Process, ...]
) -> tuple[tuple[ElectricitySource, ...], tuple[ElectricityUse, ...], tuple[ElectricityExport, ...]]:
    """Sources, uses and exports (rule 4)."""
    sources: dict[tuple[float, str], ElectricitySource] = {}
    uses, exports = [], []
    for number, first in _numbers(made):
        amount = at.number(D, f"L{first + cells.ELECTRICITY}")
        if amount:
            source = _source(at, first, sources)
            uses.append(ElectricityUse(process=f"P{number}", amount_mwh=amount, sources=(source.id,)))
        if exported := at.number(D, f"L{first + cells.EXPORT}"):
            given = _factor(at, f"L{first + cells.EXPORT_FACTOR}", "tCO2/MWh")
            exports.append(ElectricityExport(process=f"P{number}", amount_mwh=exported, factor=given))
    return tuple(sources.values()), tuple(uses), tuple(exports)


def _source(at: Cells, first: int, known: dict[tuple[float, str], ElectricitySource]) -> ElectricitySource:
    said = at.text(D, f"L{first + cells.ELECTRICITY_SOURCE}")
    position = at.lists.sources.get(lists.plain(said))
    code = lists.SOURCES[position] if position is not None else ""
    given = _factor(at, f"L{first + cells.ELECTRICITY_FACTOR}", "tCO2/MWh")
    key = (given.value, code)
    if key not in known:
        known[key] = ElectricitySource(
            id=f"E{len(known) + 1}",
            name=code or "—",
            kind=lists.KINDS.get(code, lists.KINDS["D.4(a)"]),
            factor=Factor(
                value=given.value, unit=given.unit, source=given.source, reference=code or given.reference
            ),
        )
    return known[key]


def _factor(at: Cells, cell: str, unit: str) -> Factor:
    """The factor beside an amount; blank counts as zero in the template's formula, and is told."""
    value = at.number(D, cell)
    if value is None:
        at.tell("warning", "cbam-communication-factor", D, cell, unit=unit)
    made = factor(value or 0.0, unit, f"{D}!{cell}")
    assert made is not None  # noqa: S101  (value and unit are given)
    return made


def precursors(at: Cells, made: tuple[Process, ...]) -> tuple[Precursor, ...]:
    """Purchased precursors in the order of the list (rule 5)."""
    found = (_precursor(at, number, made) for number in range(1, cells.PRECURSOR_LIST.count + 1))
    return tuple(one for one in found if one is not None)


def _precursor(at: Cells, number: int, made: tuple[Process, ...]) -> Precursor | None:
    row, first = cells.PRECURSOR_LIST.rows[number - 1], cells.PRECURSOR_BLOCKS.rows[number - 1]
    said = at.raw(cells.INSTALLATION, f"E{row}")
    if at.lists.nothing(said):
        return None
    category = at.lists.slug(said)
    if category is None:
        at.tell("error", "cbam-communication-category", cells.INSTALLATION, f"E{row}", text=str(said)[:60])
        return None
    values = _values(at, first)
    by_route = _routes(at, E, first, cells.PURCHASED, category)
    listed = (
        at.lists.route(category, at.raw(cells.INSTALLATION, f"{one}{row}")) for one in cells.PRECURSOR_ROUTES
    )
    routes = [name for name, amount in by_route if amount] or [name for name in listed if name]
    return Precursor(
        id=f"PP{number}",
        name=at.text(cells.INSTALLATION, f"L{row}") or f"PP{number} - {' '.join(str(said).split())}",
        cn="",
        category=category,
        country=country_code(at, f"F{row}"),
        choice=PrecursorChoice.ACTUAL if values.default_share == 0 else PrecursorChoice.DEFAULT,
        values=values,
        uses=tuple(_uses(at, first, {process.id for process in made})),
        purchased=sum(amount for _, amount in by_route) if by_route else None,
        other_uses=at.number(E, f"L{first + cells.OTHER_USES}") or 0.0,
        route=", ".join(name for name in dict.fromkeys(routes) if name != lists.ALL_ROUTES),
    )


def _values(at: Cells, first: int) -> PrecursorValues:
    """SEE as stated; blank direct emissions count as zero there, and are told. Indirect is MWh x factor."""
    direct = at.number(E, f"L{first + cells.SEE_DIRECT}")
    power = at.number(E, f"L{first + cells.SPECIFIC_ELECTRICITY}")
    per_mwh = at.number(E, f"L{first + cells.PRECURSOR_FACTOR}")
    stance = at.lists.stances.get(lists.plain(at.raw(E, f"M{first + cells.SEE_DIRECT}")))
    if direct is None:
        at.tell("warning", "cbam-communication-precursor-direct", E, f"L{first + cells.SEE_DIRECT}")
    said = [
        at.text(E, f"{cell}")
        for cell in (f"M{first + cells.PRECURSOR_FACTOR}", f"K{first + cells.JUSTIFICATION}")
    ]
    return PrecursorValues(
        see_direct=direct or 0.0,
        see_indirect=None if power is None and per_mwh is None else (power or 0.0) * (per_mwh or 0.0),
        electricity_mwh=power,
        electricity_factor=per_mwh,
        default_share=1.0 if stance is not None and lists.STANCES[stance] == "default" else 0.0,
        reference="; ".join(part for part in said if part),
    )


def _uses(at: Cells, first: int, known: set[str]) -> Iterator[PrecursorUse]:
    for number, offset in enumerate(cells.USED_BY, 1):
        amount = at.number(E, f"L{first + offset}")
        if amount and f"P{number}" in known:
            yield PrecursorUse(process=f"P{number}", amount=amount)
        elif amount:
            at.tell("warning", "cbam-communication-consumer", E, f"L{first + offset}", process=f"P{number}")
