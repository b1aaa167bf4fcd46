"""Processes with several products, split into processes with one product each.

Rules
1. What is shared out is a process with more than one function: its products of value, and the treatment of waste where
   that is its reference. No functions, told and left out: a treatment that is not the reference, and water given
   back or waste given away that a source writes among its products (:data:`RESIDUES`): by mass, the water that
   has turned a turbine would take all burdens of the metal.
2. The shares come from the mapping file; else from the rule that was asked for: ``as-file`` the file's own shares (of
   products, or of every exchange apart: causal allocation), ``mass``, ``energy`` or ``price`` by that property of
   every product, in one dimension and, for prices, one currency.
3. Where the rule says nothing of a process, or its shares are not 0 to 1 with a sum of 1 (within half a percent, as
   printed shares are rounded; the largest takes the difference), the reference product carries everything. Its
   co-products become datasets without exchanges that are ``unallocated``: whoever takes one is told, so
   nothing is understated in silence. A reference that a property leaves less than a hundredth is told too.
4. The reference keeps the code of the process. A co-product has ``<code>.<identifier of the product>``, or of a hash of
   its name where it has none, and remembers the process as ``allocated from``.
5. A product keeps its amount; every other exchange, avoided products too, is multiplied by the share, with its
   uncertainty. Processes with one product pass as they are, not copied.

Example: a dairy of 10 kg cheese and 30 kg whey by mass gives cheese 0.25 and whey 0.75 of every input.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from databases import units
from databases.assembly.foreign_units import foreign
from databases.assembly.report import Allocated
from databases.importers.quantities import scales
from databases.importers.shape import Process
from databases.notices import Notice

Factors = Mapping[str, Mapping[str, float]]
"""Shares of a mapping file: by code of the process, by identifier, name or dataset code of the product."""

TOLERANCE = 0.005
"""How far printed shares may be from a sum of 1 (rule 3)."""
SMALL = 0.01
"""Share of the reference below which it is told (rule 3)."""
RESIDUES = re.compile(
    r"^(?:disposal|waste ?water)\b|^water\b.*\b(?:turbined|waste ?water|cooling water|from technosphere)\b",
    re.IGNORECASE,
)
"""Names of outputs that nobody takes as a product (rule 1)."""
_EXCHANGE_FACTORS = ("allocation", "allocation factors", "shares")
"""Keys under which the readers put the shares of one exchange."""


_WRONG = frozenset({"shares-wrong", "product-unknown"})
"""Reasons that are somebody's mistake in one process; the others are silence of the source."""


class _NotApplicable(Exception):
    """The rule says nothing of this process; the reason is a word for the notice."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Single-output processes in the order of the source, how each was split, and what there is to say."""

    processes: list[Process]
    allocated: tuple[Allocated, ...]
    notices: tuple[Notice, ...]


@dataclass(slots=True)
class _Split:
    """A process being split: ``functions`` with the reference first, ``codes`` of their datasets."""

    process: Process
    functions: list[dict[str, Any]]
    codes: list[str]
    others: list[dict[str, Any]]
    rule: str = ""
    shares: list[float] = field(default_factory=list)
    by_exchange: list[list[float]] | None = None


def allocate(processes: Sequence[Process], rule: str, factors: Factors) -> Allocation:
    """Every process with one product (rules 1 to 5).

    ``rule`` is a word of :data:`databases.assembly.options.ALLOCATIONS`; ``factors`` are those of a mapping file.
    """
    made: list[Process] = []
    allocated: list[Allocated] = []
    told = _Told()
    seen: set[str] = set()
    for process in processes:
        functions = _functions(process, told)
        if len(functions) < 2:
            made.append(
                process if len(functions) == 0 or _is_plain(process) else _alone(process, functions[0])
            )
            continue
        split = _Split(process, functions, _codes(process, functions), _others(process))
        seen.add(str(process["code"]))
        _share(split, rule, factors.get(str(process["code"]), {}), told)
        made.extend(_parts(split))
        allocated.append(_allocated(split, rule))
    for code in sorted(set(factors) - seen):
        told.single.append(Notice.warning("allocation-for-nothing", code))
    return Allocation(made, tuple(allocated), told.notices(rule))


class _Told:
    """What there is to say: mistakes one by one, what many processes have in common once, with a first example."""

    def __init__(self) -> None:
        self.single: list[Notice] = []
        self._common: dict[str, list[tuple[Process, str]]] = {}

    def common(self, code: str, process: Process, product: object = "") -> None:
        """Count a process, and the product in it that the sentence names."""
        self._common.setdefault(code, []).append((process, str(product)))

    def notices(self, rule: str) -> tuple[Notice, ...]:
        """All of it, what is common first."""
        return *(self._notice(code, rule) for code in sorted(self._common)), *self.single

    def _notice(self, code: str, rule: str) -> Notice:
        cases = self._common[code]
        process, product = cases[0]
        details = {"name": process["name"], "product": product, "rule": rule, "count": len(cases)}
        return Notice.warning(code, str(process["code"]), **details)


def _functions(process: Process, told: _Told) -> list[dict[str, Any]]:
    """Rule 1, the reference first."""
    products = [exchange for exchange in process["exchanges"] if exchange["type"] == "production"]
    if len(products) < 2:
        return products
    named = process.get("reference product")
    reference = next(
        (item for item in products if item.get("reference")),
        next((item for item in products if named and item.get("name") == named), products[0]),
    )
    found = [reference]
    for item in products:
        if item is reference:
            continue
        if _is_treatment(item):
            told.common("allocation-treatment-left", process, item.get("name"))
        elif RESIDUES.search(str(item.get("name") or "")):
            told.common("allocation-residue-left", process, item.get("name"))
        else:
            found.append(item)
    return found


def _is_plain(process: Process) -> bool:
    return len(process["exchanges"]) - len(_others(process)) < 2


def _alone(process: Process, reference: dict[str, Any]) -> Process:
    """The process with its reference as the only product: what was left of its outputs has been told."""
    return {**process, "exchanges": [reference, *_others(process)]}


def _is_treatment(product: Mapping[str, Any]) -> bool:
    return bool(product.get("waste") or product["amount"] < 0)


def _others(process: Process) -> list[dict[str, Any]]:
    return [exchange for exchange in process["exchanges"] if exchange["type"] != "production"]


def _codes(process: Process, functions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rule 4; two co-products of one name are told apart by their order."""
    code = str(process["code"])
    found = [code]
    for number, product in enumerate(functions[1:], 1):
        name = str(product.get("name") or "")
        tail = str(product.get("product") or "") or _hash(name)
        if f"{code}.{tail}" in found:
            tail = _hash(f"{name}\0{number}")
        found.append(f"{code}.{tail}")
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _share(split: _Split, rule: str, mapped: Mapping[str, float], told: _Told) -> None:
    """Rules 2 and 3: fill in the shares."""
    where, name = str(split.process["code"]), split.process["name"]
    try:
        split.rule = "mapping" if mapped else rule
        if mapped:
            split.shares = _whole(_mapped(split, mapped))
        else:
            _RULES[rule](split)
    except _NotApplicable as reason:
        if str(reason) in _WRONG:
            told.single.append(Notice.error(f"allocation-{reason}", where, name=name, rule=split.rule))
        else:
            told.common(f"allocation-{reason}", split.process)
        split.rule, split.by_exchange = "all-to-reference", None
        split.shares = [1.0, *(0.0 for _ in split.functions[1:])]
    if split.by_exchange is not None:
        told.single.append(Notice.note("allocation-by-exchange", where, name=name))
    elif split.rule in _BY_PROPERTY and split.shares[0] < SMALL:
        told.common("allocation-reference-small", split.process, split.functions[0].get("name"))


def _mapped(split: _Split, mapped: Mapping[str, float]) -> list[float]:
    keys = [{code, *_names(product)} for code, product in zip(split.codes, split.functions, strict=True)]
    if any(not any(word in known for known in keys) for word in mapped):
        raise _NotApplicable("product-unknown")
    return [next((mapped[word] for word in sorted(known) if word in mapped), 0.0) for known in keys]


def _names(product: Mapping[str, Any]) -> set[str]:
    """How a share may call a product: its identifier, its number in the process, its name."""
    return {str(product[key]) for key in ("product", "number", "name") if product.get(key)}


def _as_file(split: _Split) -> None:
    stated = [_number(product.get("allocation")) for product in split.functions]
    factors = [_factors(exchange) for exchange in split.others]
    if any(found is not None for found in factors):
        whole = _stated(stated) if any(share is not None for share in stated) else None
        split.by_exchange = [_of_exchange(split, found, whole) for found in factors]
        count = len(split.by_exchange)
        split.shares = _whole([math.fsum(column) / count for column in zip(*split.by_exchange, strict=True)])
        return
    if all(share is None for share in stated):
        raise _NotApplicable("unstated")
    split.shares = _stated(stated)


def _stated(stated: Sequence[float | None]) -> list[float]:
    return _whole([0.0 if share is None else share for share in stated])


def _factors(exchange: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((exchange[key] for key in _EXCHANGE_FACTORS if isinstance(exchange.get(key), Mapping)), None)


def _of_exchange(split: _Split, found: Mapping[str, Any] | None, whole: list[float] | None) -> list[float]:
    """Shares of one exchange; one for which the file gives none follows the products' shares."""
    if found is None:
        if whole is None:
            raise _NotApplicable("unstated")
        return whole
    shares = []
    for product in split.functions:
        keys = sorted(_names(product))
        shares.append(next((share for key in keys if (share := _number(found.get(key))) is not None), 0.0))
    return _whole(shares)


def _by_mass(split: _Split) -> None:
    split.shares = _proportional([_measure(product, "mass", "kg") for product in split.functions])


def _by_energy(split: _Split) -> None:
    split.shares = _proportional([_measure(product, "energy", "MJ") for product in split.functions])


def _by_price(split: _Split) -> None:
    properties = [product.get("properties") or {} for product in split.functions]
    if len({str(found.get("currency") or "") for found in properties}) > 1:
        raise _NotApplicable("currencies")
    split.shares = _proportional(
        [
            _times(product["amount"], found.get("price"))
            for product, found in zip(split.functions, properties, strict=True)
        ]
    )


_BY_PROPERTY = frozenset({"mass", "energy", "price"})
_RULES: dict[str, Callable[[_Split], None]] = {
    "as-file": _as_file,
    "mass": _by_mass,
    "energy": _by_energy,
    "price": _by_price,
}


def _measure(product: Mapping[str, Any], name: str, target: str) -> float | None:
    """Mass in kg or energy in MJ of the whole output: from its unit, else from the property of one unit."""
    try:
        code, factor = foreign(str(product.get("unit") or ""))
    except units.UnknownUnit:
        code, factor = "", None
    if factor is not None and units.dimension(code) == name:
        per_code = units.convert(Decimal(1), code, target)
        return float(product["amount"]) * float(factor) * float(per_code)
    return _times(product["amount"], (product.get("properties") or {}).get(name))


def _times(amount: float, each: Any) -> float | None:
    value = _number(each)
    return None if value is None else float(amount) * value


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _proportional(measures: Iterable[float | None]) -> list[float]:
    found = list(measures)
    known = [measure for measure in found if measure is not None and math.isfinite(measure)]
    if len(known) < len(found):
        raise _NotApplicable("property-missing")
    total = math.fsum(known)
    if total <= 0 or not math.isfinite(total):
        raise _NotApplicable("shares-wrong")
    return _whole([measure / total for measure in known])


def _whole(shares: list[float]) -> list[float]:
    """The shares with a sum of exactly 1, the largest by difference; raises _NotApplicable (rule 3)."""
    if any(not 0.0 <= share <= 1.0 for share in shares) or abs(math.fsum(shares) - 1.0) > TOLERANCE:
        raise _NotApplicable("shares-wrong")
    largest = max(range(len(shares)), key=shares.__getitem__)
    rest = math.fsum([1.0, *(-share for index, share in enumerate(shares) if index != largest)])
    return [rest if index == largest else share for index, share in enumerate(shares)]


def _parts(split: _Split) -> Iterable[Process]:
    """The processes of rules 3 to 5, the reference first."""
    for index, (product, code) in enumerate(zip(split.functions, split.codes, strict=True)):
        part = {
            **split.process,
            "code": code,
            "reference product": product.get("name") or split.process["name"],
            "unit": product.get("unit") or "",
            "exchanges": [product, *_shared(split, index)],
        }
        if index:
            part["allocated from"] = split.process["code"]
            part.setdefault("activity id", split.process["code"])
            if split.rule == "all-to-reference":
                part["unallocated"] = True
        yield part


def _shared(split: _Split, index: int) -> list[dict[str, Any]]:
    if split.rule == "all-to-reference":
        return [] if index else split.others
    if split.by_exchange is None:
        return [_scaled(exchange, split.shares[index]) for exchange in split.others]
    return [
        _scaled(exchange, shares[index])
        for exchange, shares in zip(split.others, split.by_exchange, strict=True)
    ]


def _scaled(exchange: dict[str, Any], share: float) -> dict[str, Any]:
    """The exchange times a share: its distribution too; a lognormal one keeps its scale and moves its ``loc``."""
    if share == 1.0:
        return exchange
    made = {**exchange, "amount": exchange["amount"] * share}
    made["rule"] = f"{exchange.get('rule') or ''} × {share:.6g}".strip()
    number = int(exchange.get("uncertainty type") or 0)
    if not scales(number, share):
        return made | {"uncertainty type": 0}
    lognormal = number == 2
    keys = ("minimum", "maximum") if lognormal else ("loc", "scale", "minimum", "maximum")
    made |= {key: value * share for key in keys if (value := _number(exchange.get(key))) is not None}
    if lognormal and share > 0 and (loc := _number(exchange.get("loc"))) is not None:
        made["loc"] = loc + math.log(share)
    return made


def _allocated(split: _Split, asked: str) -> Allocated:
    named = [str(product.get("name") or "") for product in split.functions]
    return Allocated(
        process=str(split.process["code"]),
        name=str(split.process["name"]),
        asked=asked,
        rule=split.rule,
        shares=tuple(zip(named, split.codes, split.shares, strict=True)),
    )
