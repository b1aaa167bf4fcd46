"""Who supplies what a process takes: the supplier of every exchange of a product, by a stated rule.

Rules, in this order
1. The mapping file's word for (name, unit, place) of the exchange.
2. A provider that the file names, if it is there and supplies the product.
3. Suppliers of the product by the file's identifier of it; else by its name: first the product's, then the process'.
   Letters' case and spaces do not matter, the dimension of the unit does. Where some make the product and some treat
   it as waste, waste handed over (marked, or negative) goes to treatment and anything else comes from a maker.
4. A place that the exchange itself names leaves only suppliers there, if there are any.
5. Of several suppliers left: ``strict`` links none; ``best`` takes the nearest place as seen from the taker (its
   own, then wider ones, then the world, then any), then the nearest year (the later of two), then those stated in the
   unit that is asked for, and in equal shares those that nothing tells apart; ``split`` takes all in equal shares.
   Every such choice is listed.
6. An exchange that the file itself cuts off stays cut off; only the mapping file links it. A process that the file
   marks as empty supplies nothing.

Example: an exchange "Electricity, at grid" of a process in US takes that of US before that of RNA.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from databases import places, units
from databases.assembly.foreign_units import foreign
from databases.assembly.outputs import Output, find_place, safe_code
from databases.units import UnknownUnit

Key = tuple[str, str, str]
FAR = 99


@dataclass(frozen=True, slots=True)
class LinkRepair:
    """What a mapping file says of one unlinked product: a dataset code with a factor, or a reason to cut it off.

    ``factor``: amount in the dataset's unit for one unit of the exchange; ``None`` converts by the units.
    """

    dataset: str
    factor: float | None
    cut_off: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Suppliers with their shares (sum 1), a factor from the exchange's unit for each; or a ``reason`` there are none.

    ``rule`` is ``unique``, ``by-file``, ``mapping``, ``best`` or ``split``; ``among`` all that could have been meant.
    """

    suppliers: tuple[tuple[Output, float], ...] = ()
    factors: tuple[float, ...] = ()
    reason: str = ""
    rule: str = "unique"
    among: tuple[str, ...] = ()


class Suppliers:
    """The suppliers of a source, asked once for every kind of exchange and remembered."""

    def __init__(self, outputs: list[Output], rule: str, repairs: Mapping[Key, LinkRepair]) -> None:
        self._rule = rule
        self._repairs = {
            (plain(name), unit, place): repair for (name, unit, place), repair in repairs.items()
        }
        self._by_code: dict[str, list[Output]] = defaultdict(list)
        self._by_product: dict[str, list[Output]] = defaultdict(list)
        self._by_name: dict[str, list[Output]] = defaultdict(list)
        self._by_process: dict[str, list[Output]] = defaultdict(list)
        self._found: dict[tuple[Any, ...], Resolution] = {}
        self._several: dict[tuple[Any, ...], Resolution] = {}
        for output in outputs:
            self._add(output)

    def resolve(self, exchange: Mapping[str, Any], taker: Output) -> Resolution:
        """Suppliers of a technosphere or substitution exchange of ``taker`` (rules 1 to 6)."""
        given = exchange.get("input")
        key = (
            given[1] if given else exchange.get("activity"),
            exchange.get("product"),
            exchange.get("name"),
            exchange.get("unit"),
            exchange.get("location"),
            exchange.get("cut-off"),
            exchange.get("reference product"),
            _handed_over(exchange),
        )
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._resolve(exchange, key)
        if found.rule != "several":
            return found
        seen = (key, taker.place, taker.year)
        if (chosen := self._several.get(seen)) is None:
            chosen = self._several[seen] = self._choose(found, taker, str(exchange.get("unit") or ""))
        return chosen

    def _add(self, output: Output) -> None:
        process = output.process
        codes = {output.code, str(process["code"]), str(process.get("activity id") or "")} - {""}
        for code in codes:
            self._by_code[code].append(output)
        if output.product_id:
            self._by_product[output.product_id].append(output)
        self._by_name[plain(output.product)].append(output)
        for name in {plain(str(process["name"])), plain(str(process.get("reference product") or ""))} - {""}:
            self._by_process[name].append(output)

    def _resolve(self, exchange: Mapping[str, Any], key: tuple[Any, ...]) -> Resolution:
        name, unit = str(exchange.get("name") or ""), str(exchange.get("unit") or "")
        place = str(exchange.get("location") or "")
        repair = self._repairs.get((plain(name), unit, place))
        if repair is not None:
            return self._repaired(repair, unit)
        if exchange.get("cut-off"):
            return Resolution(reason="cut-off-by-file")
        if key[0] and (named := self._named(str(key[0]), exchange)):
            return _of(named, unit, "by-file", treated=bool(key[-1]))
        candidates = self._candidates(exchange, name)
        if not candidates:
            return Resolution(reason="no-supplier")
        return _of(_there(candidates, place), unit, "unique", treated=bool(key[-1]))

    def _named(self, code: str, exchange: Mapping[str, Any]) -> list[Output]:
        """Rule 2: the outputs of the process the file names, of the product it names if it names one."""
        outputs = self._by_code.get(code) or self._by_code.get(safe_code(code)) or []
        product, name = exchange.get("product"), plain(str(exchange.get("name") or ""))
        outputs = [output for output in outputs if _may_supply(output, product, name)]
        if len(outputs) < 2:
            return outputs
        narrowed = [output for output in outputs if product and output.product_id == product]
        narrowed = narrowed or [output for output in outputs if plain(output.product) == name]
        return narrowed or outputs[:1]

    def _candidates(self, exchange: Mapping[str, Any], name: str) -> list[Output]:
        """Rule 3."""
        product = exchange.get("product")
        if product and (found := self._by_product.get(str(product))):
            return found
        wanted = plain(str(exchange.get("reference product") or ""))
        if wanted and (found := self._by_name.get(wanted)):
            both = [output for output in found if plain(str(output.process["name"])) == plain(name)]
            return both or found
        return self._by_name.get(plain(name)) or self._by_process.get(plain(name)) or []

    def _repaired(self, repair: LinkRepair, unit: str) -> Resolution:
        if repair.cut_off:
            return Resolution(reason="cut-off-by-mapping", rule="mapping")
        outputs = self._by_code.get(repair.dataset, [])
        if not outputs:
            return Resolution(reason="mapped-to-nothing", rule="mapping")
        found = _of(outputs[:1], outputs[0].unit_text if repair.factor is not None else unit, "mapping")
        if repair.factor is not None and not found.reason:
            found = Resolution(found.suppliers, (repair.factor,), "", "mapping", found.among)
        return found

    def _choose(self, found: Resolution, taker: Output, unit: str) -> Resolution:
        """Rule 5."""
        factors = {
            output.code: factor for (output, _), factor in zip(found.suppliers, found.factors, strict=True)
        }
        candidates = [output for output, _ in found.suppliers]
        if self._rule == "strict":
            return Resolution(reason="several-suppliers", rule="strict", among=found.among)
        if self._rule == "best":
            nearest = min(_distance(output, taker) for output in candidates)
            candidates = [output for output in candidates if _distance(output, taker) == nearest]
            candidates = [output for output in candidates if output.unit == _canonical(unit)] or candidates
        candidates.sort(key=lambda output: output.code)
        taken = tuple((output, 1.0 / len(candidates)) for output in candidates)
        each = tuple(factors[output.code] for output in candidates)
        return Resolution(taken, each, "", self._rule, found.among)


@lru_cache(maxsize=200_000)
def plain(name: str) -> str:
    """A name without regard to case and spaces."""
    return " ".join(name.casefold().split())


def _there(candidates: list[Output], place: str) -> list[Output]:
    """Rule 4."""
    if not place or len(candidates) < 2:
        return candidates
    wanted = find_place(place, "")
    return [output for output in candidates if output.place == wanted] or candidates


def _handed_over(exchange: Mapping[str, Any]) -> bool:
    """Waste handed over, by its mark or by ecoinvent's sign; a negative avoided product is none."""
    negative = exchange.get("type") != "substitution" and float(exchange.get("amount") or 0.0) < 0
    return bool(exchange.get("waste")) or negative


def _may_supply(output: Output, product: Any, name: str) -> bool:
    """Rule 2: not by a provider whose product has another identifier and another name."""
    if not product or not output.product_id or output.product_id == product:
        return True
    return name in (plain(output.product), plain(str(output.process["name"])))


def _of(candidates: list[Output], unit: str, rule: str, *, treated: bool | None = None) -> Resolution:
    """The usable ones of a fitting unit, treatments or makers (rule 3); several are left to rule 5."""
    usable = [output for output in candidates if output.usable and not output.process.get("cut-off")]
    if not usable:
        left = any(output.process.get("unallocated") for output in candidates)
        return Resolution(reason="unallocated-co-product" if left else "supplier-without-output")
    fitting = [(output, factor) for output in usable if (factor := conversion(unit, output)) is not None]
    if not fitting:
        return Resolution(reason="unit-conflict", among=tuple(output.code for output in usable))
    fitting = [pair for pair in fitting if treated is not None and pair[0].treatment == treated] or fitting
    among = tuple(sorted(output.code for output, _ in fitting))
    suppliers = tuple((output, 1.0) for output, _ in fitting)
    factors = tuple(factor for _, factor in fitting)
    return Resolution(suppliers, factors, "", rule if len(suppliers) == 1 else "several", among)


def conversion(unit: str, output: Output) -> float | None:
    """Canonical units of ``output`` in one ``unit`` as the source writes it; None across dimensions."""
    if unit == output.unit_text:
        return float(output.factor)
    try:
        code, factor = foreign(unit)
        if code == output.unit:
            return float(factor)
        if units.dimension(code) != units.dimension(output.unit):
            return None
    except UnknownUnit:
        return None
    return float(Fraction(factor) * Fraction(units.convert(Decimal(1), code, output.unit)))


def _canonical(unit: str) -> str:
    try:
        return foreign(unit)[0]
    except UnknownUnit:
        return unit


def _distance(output: Output, taker: Output) -> tuple[int, int, int]:
    """Steps from the taker's place out to the supplier's, then years between them, the later first."""
    road = _road(taker.place)
    steps = road.index(output.place) if output.place in road else FAR
    return steps, abs(output.year - taker.year), -output.year


@lru_cache(maxsize=2000)
def _road(place: str) -> tuple[str, ...]:
    try:
        return (*places.fallbacks(place), "RoW")
    except places.UnknownPlace:
        return (place, "GLO", "RoW")
