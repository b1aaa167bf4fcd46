"""Monitoring data and its calculation as cells of the template: processes, precursors, products.

Rules
1. Amounts are in the regulation's functional units, also where the template writes "t": only so are its specific values
   those of the regulation; :mod:`lca.cbam.communication.fit` tells it.
2. Heat of several flows is one amount and one factor: emissions over energy. Heat of the installation's own boilers and
   cogeneration is heat received, since it is not in DirEm* of the process.
3. What a process made for the market is what remains after own uses: the template wants both sides equal.
4. The template multiplies a precursor's MWh by a factor. Indirect emissions without MWh cannot be written: of a default
   value they are added to the direct ones (only its total counts), else they are left out and told.
5. Names are made unique: the template finds processes and precursors by name, and a question mark or star in one
   would match others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from lca.cbam.communication import cells, lists
from lca.cbam.communication.lists import good_word, plain, route_word, routes_of
from lca.cbam.communication.plan import Plan, beyond, country_word
from lca.cbam.monitoring import (
    NON_CBAM,
    ElectricityKind,
    Good,
    Precursor,
    PrecursorChoice,
    PrecursorValues,
    Process,
    UnitKind,
)
from lca.cbam.results import PrecursorPart, ProcessResult

D, E, A = cells.PROCESSES, cells.PRECURSORS, cells.INSTALLATION
_LONGEST = 60
_CODES = {
    ElectricityKind.GRID: "D.4(a)",
    ElectricityKind.ALTERNATIVE_DEFAULT: "D.4(b)",
    ElectricityKind.OWN_GENERATION: "D.4.1",
    ElectricityKind.DIRECT_LINK: "D.4.3.1",
    ElectricityKind.PPA: "D.4.3.2",
}


def name_all(plan: Plan) -> None:
    """Names of processes and precursors as the workbook will have them (rule 5)."""
    taken: set[str] = set()
    records: tuple[Process | Precursor, ...] = (*plan.data.processes, *plan.data.precursors)
    for record in records:
        base = " ".join(re.sub(r"[*?~]", " ", record.name or record.id).split())[:_LONGEST] or record.id
        name = base if plain(base) not in taken else f"{base} ({record.id})"
        if name != record.name:
            plan.tell("note", "cbam-communication-renamed", record.id, name=record.name, written=name)
        taken.add(plain(name))
        plan.names[record.id] = name


def goods_list(plan: Plan) -> None:
    """List (a): every category made or included, with its routes."""
    routes: dict[str, list[str]] = {}
    for process in plan.data.processes:
        routes.setdefault(process.category, []).extend(_routes(process))
        for included in process.included:
            routes.setdefault(included, [])
    for row, (category, found) in zip(cells.GOODS.rows, routes.items(), strict=False):
        if category not in lists.SLUGS:
            continue
        plan.put(A, f"E{row}", good_word(plan.lists, category))
        if category in lists.ROUTES:
            for column, route in zip(cells.GOODS_ROUTES, dict.fromkeys(found), strict=False):
                plan.put(A, f"{column}{row}", route_word(plan.lists, category, route))


def processes(plan: Plan) -> None:
    """List (b) and the blocks of sheet D."""
    results = {result.id: result for result in plan.done.processes}
    numbers = {process.id: number for number, process in enumerate(plan.data.processes, 1)}
    for number in beyond(plan, len(plan.data.processes), cells.PROCESS_LIST.count, "processes"):
        process = plan.data.processes[number - 1]
        if process.category not in lists.SLUGS:
            continue
        row, first = cells.PROCESS_LIST.rows[number - 1], cells.PROCESS_BLOCKS.rows[number - 1]
        plan.put(A, f"E{row}", good_word(plan.lists, process.category))
        included = [good_word(plan.lists, one) for one in process.included if one in lists.SLUGS]
        only = [plan.lists.word("B62", "Only direct production")]
        for column, word in zip(cells.PROCESS_INCLUDED, included or only, strict=False):
            plan.put(A, f"{column}{row}", word)
        plan.put(A, f"L{row}", plan.names[process.id])
        _amounts(plan, first, process, results[process.id])
        _own_uses(plan, number, results[process.id], numbers)
        _energy(plan, first, results[process.id])


def _amounts(plan: Plan, first: int, process: Process, result: ProcessResult) -> None:
    names, shares = routes_of(process.category), _shares(process, result)
    for route, amount in shares.items():
        plan.put(D, f"L{first + cells.ROUTE_AMOUNTS[names.index(route)]}", amount)
    plan.put(D, f"L{first + cells.DIRECT}", result.direct_t)


def _shares(process: Process, result: ProcessResult) -> dict[str, float]:
    """Amounts by route of the template, summing to the activity level."""
    names = routes_of(process.category)
    made: dict[str, float] = {}
    for good in process.goods:
        for share in good.routes:
            route = as_route(process.category, share.route)
            made[route] = made.get(route, 0.0) + share.produced_t
    total = math.fsum(made.values())
    if total <= 0:
        stated = _routes(process) or [names[-1]]
        return {stated[0]: result.activity_level}
    if math.isclose(total, result.activity_level, rel_tol=1e-12):
        return made
    return {route: amount / total * result.activity_level for route, amount in made.items()}


def as_route(category: str, route: str) -> str:
    """The template's route for a letter of the benchmarks or a slug; its last one where it has none."""
    names = routes_of(category)
    if route in names:
        return route
    return lists.LETTERS.get(category, {}).get(route, names[-1])


def _routes(process: Process) -> list[str]:
    found = [share.route for good in process.goods for share in good.routes]
    found = found or [one.strip() for one in process.route.split(",") if one.strip()]
    return [as_route(process.category, one) for one in found]


def _own_uses(plan: Plan, number: int, result: ProcessResult, numbers: dict[str, int]) -> None:
    first = cells.PROCESS_BLOCKS.rows[number - 1]
    taken: dict[str, float] = {}
    for use in plan.data.own_uses:
        if use.origin == result.id:
            taken[use.destination] = taken.get(use.destination, 0.0) + use.amount
    for consumer, amount in taken.items():
        other = numbers.get(consumer)
        if consumer == NON_CBAM:
            plan.put(D, f"L{first + cells.NON_CBAM_USE}", amount)
        elif consumer == result.id:
            plan.tell("warning", "cbam-communication-own-loop", result.id, name=plan.names[result.id])
        elif other is not None and other <= cells.PROCESS_LIST.count:
            plan.put(D, f"L{first + cells.OWN_USES[cells.position_of_use(number, other) - 1]}", amount)
    plan.put(D, f"L{first + cells.MARKET}", result.activity_level - math.fsum(taken.values()))


def _energy(plan: Plan, first: int, result: ProcessResult) -> None:
    """Heat, waste gas, electricity (rule 2)."""
    data = plan.data
    heat_in = math.fsum(flow.heat_tj for flow in data.heat if flow.destination == result.id)
    heat_out = math.fsum(flow.heat_tj for flow in data.heat if flow.origin == result.id)
    gas_in = math.fsum(flow.energy_tj for flow in data.waste_gas if flow.destination == result.id)
    gas_out = math.fsum(flow.energy_tj for flow in data.waste_gas if flow.origin == result.id)
    plan.put(D, f"K{first + cells.FLAGS}", bool(heat_in or heat_out))
    plan.put(D, f"L{first + cells.FLAGS}", bool(gas_in or gas_out))
    if heat_in or heat_out:
        pairs = ((heat_in, result.heat_import_t), (heat_out, result.heat_export_t))
        for column, (amount, emitted) in zip("LM", pairs, strict=True):
            plan.put(D, f"{column}{first + cells.HEAT}", amount)
            plan.put(D, f"{column}{first + cells.HEAT_FACTOR}", emitted / amount if amount else 0.0)
    if gas_in or gas_out:
        plan.put(D, f"L{first + cells.WASTE_GAS}", gas_in)
        plan.put(D, f"M{first + cells.WASTE_GAS}", gas_out)
    plan.put(D, f"L{first + cells.ELECTRICITY}", result.electricity_mwh)
    if result.electricity_mwh:
        plan.put(D, f"L{first + cells.ELECTRICITY_FACTOR}", result.electricity_factor)
        plan.put(D, f"L{first + cells.ELECTRICITY_SOURCE}", _source(plan, result.id))
    exported = math.fsum(one.amount_mwh for one in data.electricity_exports if one.process == result.id)
    plan.put(D, f"L{first + cells.EXPORT}", exported)
    if exported:
        plan.put(D, f"L{first + cells.EXPORT_FACTOR}", result.electricity_export_t / exported)


def _source(plan: Plan, process: str) -> str:
    """Code of the source of a process's electricity factor; several kinds are a mix."""
    named = {name for use in plan.data.electricity_uses if use.process == process for name in use.sources}
    used = [one for one in plan.data.electricity if not named or one.id in named]
    chp = {unit.id for unit in plan.data.units if unit.kind is UnitKind.CHP}
    codes = set()
    for one in used:
        reference = one.factor.reference if one.factor is not None else ""
        code = reference if reference in lists.SOURCES else _CODES[one.kind]
        codes.add("D.4.2" if one.unit in chp else code)
    code = codes.pop() if len(codes) == 1 else "Mix"
    return plan.lists.word("H15", "Mix") if code == "Mix" else code


def precursors(plan: Plan) -> None:
    """The list of purchased precursors and the blocks of sheet E."""
    parts = {
        part.id: part
        for result in plan.done.processes
        for part in result.precursors
        if part.origin == "purchased"
    }
    numbers = {process.id: number for number, process in enumerate(plan.data.processes, 1)}
    for number in beyond(plan, len(plan.data.precursors), cells.PRECURSOR_LIST.count, "precursors"):
        precursor = plan.data.precursors[number - 1]
        if precursor.category not in lists.SLUGS:
            continue
        row, first = cells.PRECURSOR_LIST.rows[number - 1], cells.PRECURSOR_BLOCKS.rows[number - 1]
        plan.put(A, f"E{row}", good_word(plan.lists, precursor.category))
        plan.put(A, f"F{row}", country_word(plan, precursor.country))
        plan.put(A, f"L{row}", plan.names[precursor.id])
        _purchased(plan, row, first, precursor)
        for use in precursor.uses:
            if (position := numbers.get(use.process, 99)) <= cells.PROCESS_LIST.count:
                plan.put(E, f"L{first + cells.USED_BY[position - 1]}", _total_use(precursor, use.process))
        plan.put(E, f"L{first + cells.OTHER_USES}", precursor.other_uses)
        _values(plan, first, precursor, parts.get(precursor.id))


def _total_use(precursor: Precursor, process: str) -> float:
    return math.fsum(use.amount for use in precursor.uses if use.process == process)


def _purchased(plan: Plan, row: int, first: int, precursor: Precursor) -> None:
    """Routes and the amount purchased; without one, what was used."""
    names = routes_of(precursor.category)
    listed = [one.strip() for one in precursor.route.split(",") if one.strip()]
    routes = list(dict.fromkeys(as_route(precursor.category, one) for one in listed)) or [names[-1]]
    used = math.fsum(use.amount for use in precursor.uses) + precursor.other_uses
    amount = used if precursor.purchased is None else precursor.purchased
    plan.put(E, f"L{first + cells.PURCHASED[names.index(routes[0])]}", amount)
    if precursor.category in lists.ROUTES:
        for column, route in zip(cells.PRECURSOR_ROUTES, routes, strict=False):
            plan.put(A, f"{column}{row}", route_word(plan.lists, precursor.category, route))
        if len(routes) > 1:
            plan.tell("note", "cbam-communication-routes", precursor.id, name=plan.names[precursor.id])


def _values(plan: Plan, first: int, precursor: Precursor, part: PrecursorPart | None) -> None:
    """Values as the calculation used them (rule 4)."""
    stated = precursor.values
    direct = part.see_direct if part is not None else stated.see_direct if stated is not None else None
    indirect = (
        part.see_indirect
        if part is not None
        else (stated.see_indirect if stated is not None else None) or 0.0
    )
    default = part is not None and part.basis in ("default", "highest-default")
    default = default or precursor.choice is PrecursorChoice.DEFAULT
    power, factor = _power(stated, indirect, default and part is not None and part.basis != "actual")
    if indirect and power is None and direct is not None:
        if default:
            direct += indirect
        code = "cbam-communication-default-total" if default else "cbam-communication-precursor-indirect"
        name = plan.names[precursor.id]
        plan.tell("note" if default else "warning", code, precursor.id, name=name, value=f"{indirect:.6g}")
    plan.put(E, f"L{first + cells.SEE_DIRECT}", direct)
    plan.put(E, f"L{first + cells.SPECIFIC_ELECTRICITY}", 0.0 if power is None else power)
    plan.put(E, f"L{first + cells.PRECURSOR_FACTOR}", 0.0 if factor is None else factor)
    stance = plan.lists.word(*(("C69", "Default") if default else ("B69", "Measured")))
    for offset in (cells.SEE_DIRECT, cells.SPECIFIC_ELECTRICITY):
        plan.put(E, f"M{first + offset}", stance)
    said = stated.reference if stated is not None else ""
    code = next((one for one in reversed(lists.SOURCES) if said.startswith(one)), "")
    plan.put(E, f"M{first + cells.PRECURSOR_FACTOR}", code or None)
    if default:
        choices = [plan.lists.word(cell, "") for cell in ("B44", "C44", "D44")]
        chosen = next((one for one in choices if one and one in said), plan.lists.word("D44", "Other"))
        plan.put(E, f"K{first + cells.JUSTIFICATION}", chosen)


def _power(
    stated: PrecursorValues | None, indirect: float, looked_up: bool
) -> tuple[float | None, float | None]:
    """MWh and factor whose product is the indirect emissions used; None where they are not known."""
    if stated is None:
        return None, None
    power, factor = stated.electricity_mwh, stated.electricity_factor
    if (
        power is not None
        and factor is not None
        and math.isclose(power * factor, indirect, rel_tol=1e-12, abs_tol=1e-15)
    ):
        return power, factor
    if looked_up or not indirect:
        return None, None
    if factor:
        return indirect / factor, factor
    return (power, indirect / power) if power else (None, None)


def products(plan: Plan) -> None:
    """Rows of ``Summary_Products``: every good of every process that was written."""
    pairs = [
        (process, good)
        for process in plan.data.processes[: cells.PROCESS_LIST.count]
        for good in process.goods
    ]
    for number in beyond(plan, len(pairs), cells.PRODUCT_ROWS.count, "products"):
        process, good = pairs[number - 1]
        row, sheet = cells.PRODUCT_ROWS.rows[number - 1], cells.PRODUCTS
        plan.put(sheet, f"D{row}", plan.names[process.id])
        plan.put(sheet, f"F{row}", re.sub(r"\D", "", good.cn)[:8])
        plan.put(sheet, f"H{row}", good.name)
        _parameters(plan, row, process, good)
        _price(plan, row, good)


def _parameters(plan: Plan, row: int, process: Process, good: Good) -> None:
    stated = dict(good.parameters)
    if good.content is not None and process.category == "cement":
        stated.setdefault("clinker-ratio", repr(good.content * 100))
    if process.category == "nitric-acid" and "concentration" in stated:
        stated["nitric-acid"] = stated.pop("concentration")
    for column, key in cells.PERCENT_PARAMETERS.items():
        value = _percent(stated.pop(key, ""))
        plan.put(cells.PRODUCTS, f"{column}{row}", value)
    aluminium = process.category in ("unwrought-aluminium", "aluminium-products")
    for column, key in cells.PLAIN_PARAMETERS.items():
        said = stated.get(key, "")
        if key == "scrap-t":
            if (column == "Z") == aluminium:
                plan.put(cells.PRODUCTS, f"{column}{row}", _number(said))
            continue
        if key == "reducing-agent" and said in lists.REDUCING_AGENTS:
            position = lists.REDUCING_AGENTS.index(said)
            english = ("Coal or coke", "Natural gas", "Biogas", "Hydrogen")[position]
            said = plan.lists.word(f"{'BCDE'[position]}58", english)
        plan.put(cells.PRODUCTS, f"{column}{row}", said)
    _not_written(plan, good, set(stated) - set(cells.PLAIN_PARAMETERS.values()))


def _not_written(plan: Plan, good: Good, keys: Iterable[str]) -> None:
    if names := sorted(keys):
        plan.tell("note", "cbam-communication-parameters", good.id, name=good.name, keys=", ".join(names))


def _price(plan: Plan, row: int, good: Good) -> None:
    """Carbon price per unit of product: price per tonne of CO2e x what it covers."""
    sheet, results = cells.PRODUCTS, {result.id: result for result in plan.done.goods}
    found = [price for price in plan.data.carbon_prices if price.good == good.id]
    if not found:
        return
    if len(found) > 1:
        plan.tell("warning", "cbam-communication-prices", good.id, name=good.name, count=len(found))
    price, total = found[0], results[good.id].see_direct + results[good.id].see_indirect
    words = [plan.lists.word(cell, "") for cell in ("C45", "D45", "E45", "F45", "G45", "H45", "I45")]
    chosen = next((word for word in words if word and plain(word) == plain(price.instrument)), words[-1])
    plan.put(sheet, f"AL{row}", chosen)
    plan.put(sheet, f"AM{row}", min(1.0, price.covered_t / total) if total > 0 else None)
    plan.put(sheet, f"AP{row}", price.currency)
    plan.put(sheet, f"AR{row}", price.price * price.covered_t)
    plan.put(sheet, f"AU{row}", min(1.0, price.rebate_t / total) if total > 0 else None)
    plan.put(sheet, f"AX{row}", price.price * price.rebate_t)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _percent(text: str) -> float | None:
    value = _number(text.strip().rstrip("%"))
    return None if value is None else value / 100


__all__: Sequence[str] = ("as_route", "goods_list", "name_all", "precursors", "processes", "products")
