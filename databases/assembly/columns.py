"""Exchanges of linked processes as the columns of a release: scaled to one unit, signed, with what was printed.

Rules
1. An exchange is divided by the output of its process and stated in the canonical unit of what it takes or emits.
2. Waste handed over to a treatment is a positive input of that treatment, whether the source writes it negative or
   marks it as waste; an avoided product is a negative input.
3. An exchange without a supplier stays as ``UNLINKED`` or ``CUT_OFF``; one whose amount is not finite is left out and
   told. Nothing else is left out.
4. A process that would take from itself all that it makes, such inputs together and not by a loop of others,
   does not take it: the exchange that reaches it is unlinked and told. A credit of its own product is no such input.
5. Links that close a loop which determines no result (rule 4 of ``databases.assembly.diagnose``) are unlinked and told.
6. ``published`` and ``published_unit`` are as in the source; ``rule`` says how the amount follows from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from databases import units
from databases.assembly.foreign_units import foreign
from databases.assembly.outputs import Output, safe_code
from databases.assembly.providers import Resolution, Suppliers
from databases.assembly.tally import CUT_OFF_REASONS, Tally
from databases.content import BIOSPHERE, CUT_OFF, TECHNOSPHERE, UNLINKED, Exchanges
from databases.importers.quantities import scales
from databases.importers.shape import ElementaryFlow
from databases.units import UnknownUnit

SINGULAR = 1e-6
"""How near to 1 the gain of a loop determines nothing: rounding of printed shares decides, and a result has no digit
that two solvers agree on."""
SOURCE = "source"
"""Code of the one document behind an imported release, where a process names no other."""


FLOW_UNITS = {"mass": "kg", "energy": "MJ", "volume": "m3", "area": "m2", "length": "m", "time": "h"}
"""The one unit in which elementary flows of a dimension are counted; other dimensions have one code anyway."""


@lru_cache(maxsize=1000)
def flow_unit(text: str) -> str:
    """The unit in which an elementary flow stated in ``text`` is counted; an unknown unit stays as it is."""
    try:
        code = foreign(text)[0]
    except UnknownUnit:
        return text
    return FLOW_UNITS.get(units.dimension(code), code)


class Elementary:
    """Elementary flows of a source by their code, each in a canonical unit; those it lists nowhere are made as met."""

    def __init__(self, flows: Sequence[ElementaryFlow]) -> None:
        self._by_code: dict[str, ElementaryFlow] = {}
        self._keys: dict[tuple[Any, ...], str] = {}
        for flow in flows:
            self._keep(str(flow["code"]), flow)

    def code_of(self, exchange: Mapping[str, Any]) -> str:
        """The flow an exchange means."""
        given = exchange.get("input")
        code = exchange.get("flow") or (given[1] if given else None)
        if code is not None and code in self._by_code:
            return str(code)
        categories = tuple(exchange.get("categories") or ())
        unit = flow_unit(str(exchange.get("unit") or ""))
        key = (code, exchange.get("name"), categories, unit, exchange.get("CAS number"))
        if (known := self._keys.get(key)) is None:
            known = self._keys[key] = self._made(key)
        return known

    def get(self, code: str) -> ElementaryFlow:
        """The flow of a code as given by :meth:`code_of`."""
        return self._by_code[code]

    def _made(self, key: tuple[Any, ...]) -> str:
        given, name, categories, unit, cas = key
        code = str(given or "|".join([str(name), *map(str, categories), str(unit)]))
        flow: ElementaryFlow = {
            "code": code,
            "name": str(name or code),
            "unit": unit or "",
            "categories": categories,
        }
        if cas:
            flow["CAS number"] = cas
        self._keep(code, flow)
        return code

    def _keep(self, code: str, flow: ElementaryFlow) -> None:
        unit = flow_unit(str(flow.get("unit") or ""))
        self._by_code.setdefault(code, {**flow, "code": safe_code(code), "unit": unit})


def build(
    outputs: Sequence[Output],
    suppliers: Suppliers,
    elementary: Elementary,
    tally: Tally,
    opened: frozenset[tuple[int, int]] = frozenset(),
) -> tuple[Exchanges, list[ElementaryFlow]]:
    """All exchanges of all outputs, by position of their dataset, and the flows they emit, sorted by code.

    ``opened`` are links not to be made, positions of (taker, supplier) (rule 5).
    """
    builder = _Builder(suppliers, elementary, tally, opened)
    for output in outputs:
        if output.usable:
            builder.add(output)
        elif not output.process.get("allocated from"):
            tally.unscaled(output)
    emitted = builder.emitted
    exchanges = _finish(builder.rows)
    # Until here an emission's input counts the flows as they appear; a release sorts them by code.
    order = sorted(emitted, key=lambda code: str(elementary.get(code)["code"]))
    new = np.empty(max(len(order), 1), dtype=np.int64)
    for index, code in enumerate(order):
        new[emitted[code]] = index
    chosen = exchanges.kind == BIOSPHERE
    exchanges.input[chosen] = new[exchanges.input[chosen]]
    return exchanges, [elementary.get(code) for code in order]


_Input = tuple[int, int, str, str]
"""What a row takes: position of the dataset or index of the flow (-1 for neither), kind, name, unit."""


class _Builder:
    """Rows of the columns, one tuple an exchange: cheaper than thirteen appends."""

    def __init__(
        self,
        suppliers: Suppliers,
        elementary: Elementary,
        tally: Tally,
        opened: frozenset[tuple[int, int]],
    ) -> None:
        self._opened = opened
        self.rows: list[tuple[Any, ...]] = []
        self.emitted: dict[str, int] = {}
        self._met: dict[tuple[str, str], tuple[_Input, float]] = {}
        """What an emission's flow and unit come to: the input of its row and the factor of its amount."""
        self._suppliers, self._elementary, self._tally = suppliers, elementary, tally

    def add(self, output: Output) -> None:
        """Every exchange of a process but its production."""
        process = output.process
        named = process.get("source")
        self._output, self._scale, self._divided = output, output.scale, _divided(output)
        self._source = str(named["code"]) if isinstance(named, dict) else SOURCE
        self._filename = str(process.get("filename") or "")
        self._certainty = str(process.get("certainty") or "P")
        self._first = not process.get("allocated from")
        self._own = 0.0
        for exchange in process["exchanges"]:
            kind = exchange["type"]
            if kind == "production":
                continue
            if not math.isfinite(exchange["amount"]):
                self._tally.told("not-finite", output, str(exchange.get("name")), "left-out")
            elif kind == "biosphere":
                self._emission(exchange)
            else:
                self._product(exchange, -1.0 if kind == "substitution" else 1.0)

    def _emission(self, exchange: Mapping[str, Any]) -> None:
        key = self._elementary.code_of(exchange), str(exchange.get("unit") or "")
        if (known := self._met.get(key)) is None:
            factor = self._tally.flow_factor(self._elementary.get(key[0]), key[1], self._output)
            if factor is None:
                return
            index = self.emitted.setdefault(key[0], len(self.emitted))
            known = self._met[key] = ((index, BIOSPHERE, "", ""), factor)
        self._row(exchange, *known, 1.0)

    def _product(self, exchange: Mapping[str, Any], sign: float) -> None:
        resolved = self._suppliers.resolve(exchange, self._output)
        if self._opened and self._is_opened(resolved):
            self._tally.told("singular-loop", self._output, str(exchange.get("name")), "unlinked")
            resolved = Resolution(reason="singular-loop")
        turned = _turned(exchange, resolved, sign)
        if self._eats_itself(exchange, resolved, turned):
            self._tally.told("self-loop", self._output, str(exchange.get("name")), "unlinked")
            resolved = Resolution(reason="self-supply")
        if self._first:
            self._tally.product(resolved, exchange, self._output)
        if resolved.reason:
            kind = CUT_OFF if resolved.reason in CUT_OFF_REASONS else UNLINKED
            name, unit = str(exchange.get("name") or ""), str(exchange.get("unit") or "")
            self._row(exchange, (-1, kind, name, unit), sign, 1.0)
            return
        for (supplier, share), factor in zip(resolved.suppliers, turned, strict=True):
            self._row(exchange, (supplier.position, TECHNOSPHERE, "", ""), factor, share)

    def _is_opened(self, resolved: Resolution) -> bool:
        """Rule 5."""
        taker = self._output.position
        return any((taker, supplier.position) in self._opened for supplier, _ in resolved.suppliers)

    def _eats_itself(
        self, exchange: Mapping[str, Any], resolved: Resolution, turned: Sequence[float]
    ) -> bool:
        """Rule 4; what it may take is added up."""
        shares = [
            factor * share
            for (supplier, share), factor in zip(resolved.suppliers, turned, strict=True)
            if supplier is self._output
        ]
        if not shares:
            return False
        own = max(0.0, math.fsum(shares) * float(exchange["amount"]) * self._scale)
        if self._own + own >= 1.0 - SINGULAR:
            return True
        self._own += own
        return False

    def _row(self, exchange: Mapping[str, Any], input_: _Input, factor: float, share: float) -> None:
        """One row; ``input_`` is (position or index, kind, name, unit), ``factor`` converts and signs the amount."""
        get, amount = exchange.get, float(exchange["amount"])
        given = str(get("rule") or "")
        turned = factor * share
        self.rows.append(
            (
                self._output.position,
                input_[0],
                input_[1],
                amount * turned * self._scale,
                input_[2],
                input_[3],
                str(get("published") or _text(amount)),
                str(get("published unit") or get("unit") or ""),
                self._divided if turned == 1.0 and not given else _rule(given, factor, self._divided, share),
                self._source,
                str(get("locator") or self._filename),
                self._certainty,
                _spread(exchange, turned * self._scale) if get("uncertainty type") else "",
            )
        )


def _turned(exchange: Mapping[str, Any], resolved: Resolution, sign: float) -> tuple[float, ...]:
    """Factors of the suppliers with the sign of rule 2."""
    marked = bool(exchange.get("waste"))
    return tuple(
        -sign * factor if supplier.treatment and not marked else sign * factor
        for (supplier, _), factor in zip(resolved.suppliers, resolved.factors, strict=True)
    )


def _finish(rows: list[tuple[Any, ...]]) -> Exchanges:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 13
    return Exchanges(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.int8),
        np.array(columns[3], dtype=np.float64),
        *(list(column) for column in columns[4:]),
    )


def _text(amount: float) -> str:
    return str(int(amount)) if amount.is_integer() and abs(amount) < 1e15 else repr(amount)


def _divided(output: Output) -> str:
    """Words for the division by the output, empty where it is one canonical unit."""
    if output.scale == 1.0:
        return ""
    return f"÷ {_text(abs(output.amount or 0.0))} {output.unit_text}"


def _rule(given: str, factor: float, divided: str, share: float) -> str:
    """How the amount follows from what is printed; the usual case, nothing to tell, costs nothing."""
    if factor == 1.0 and share == 1.0:
        return f"{given} {divided}".strip() if given else divided
    parts = [
        given,
        f"× {factor:.12g}" if factor != 1.0 else "",
        divided,
        f"× {share:.12g}" if share != 1.0 else "",
    ]
    return " ".join(part for part in parts if part)


def _spread(exchange: Mapping[str, Any], factor: float) -> str:
    """The distribution of the amount after scaling, JSON by the keys of ``stats_arrays``; empty where none is stated.

    Lognormal (2) keeps its scale, the logarithm of a ratio; bounds and any other location and scale go with the amount.
    A distribution that cannot be scaled is left out, and so is that of an amount of zero.
    """
    number = exchange.get("uncertainty type")
    if not number or number < 2 or not exchange["amount"] or not scales(int(number), factor):
        return ""
    values: dict[str, float] = {}
    for key in ("loc", "scale", "shape", "minimum", "maximum"):
        value = exchange.get(key)
        if isinstance(value, (int, float)) and math.isfinite(value):
            values[key] = float(value)
    if number == 2:
        values.pop("loc", None)
    elif "scale" in values:
        values["scale"] *= abs(factor)
    for key in ("loc", "minimum", "maximum"):
        if key in values:
            values[key] *= factor
    if factor < 0 and {"minimum", "maximum"} <= set(values):
        values["minimum"], values["maximum"] = values["maximum"], values["minimum"]
    inner = ", ".join(f'"{key}": {value!r}' for key, value in values.items())
    return f'{{"uncertainty type": {int(number)}{", " if inner else ""}{inner}}}'
