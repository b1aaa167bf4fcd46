"""Exchanges of linked processes as the columns of a release: scaled to one unit, signed, with what was printed.

Rules
1. An exchange is divided by the output of its process and stated in the canonical unit of what it takes or emits.
2. Waste handed over to a treatment is a positive input of that treatment, whether the source writes it negative or
   marks it as waste; an avoided product is a negative input.
3. An exchange without a supplier stays as ``UNLINKED`` or ``CUT_OFF``; one whose amount is not finite is left out and
   told. Nothing else is left out.
4. A process that would take from itself at least what it makes, by name and not by a loop of others, takes nothing
   from itself: the exchange is unlinked and told.
5. ``published`` and ``published_unit`` are as in the source; ``rule`` says how the amount follows from them.
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
from databases.importers.shape import ElementaryFlow
from databases.units import UnknownUnit

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
    outputs: Sequence[Output], suppliers: Suppliers, elementary: Elementary, tally: Tally
) -> tuple[Exchanges, list[ElementaryFlow]]:
    """All exchanges of all outputs, by position of their dataset, and the flows they emit, sorted by code."""
    builder = _Builder(suppliers, elementary, tally)
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


class _Builder:
    """Rows of the columns, one tuple an exchange: cheaper than thirteen appends."""

    def __init__(self, suppliers: Suppliers, elementary: Elementary, tally: Tally) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.emitted: dict[str, int] = {}
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
        code = self._elementary.code_of(exchange)
        unit = str(exchange.get("unit") or "")
        factor = self._tally.flow_factor(self._elementary.get(code), unit, self._output)
        if factor is not None:
            index = self.emitted.setdefault(code, len(self.emitted))
            self._row(exchange, (index, BIOSPHERE, "", ""), factor, 1.0)

    def _product(self, exchange: Mapping[str, Any], sign: float) -> None:
        resolved = self._suppliers.resolve(exchange, self._output)
        if not resolved.reason and self._eats_itself(exchange, resolved):
            self._tally.told("self-loop", self._output, str(exchange.get("name")), "unlinked")
            resolved = Resolution(reason="self-supply")
        if self._first:
            self._tally.product(resolved, exchange, self._output)
        if resolved.reason:
            kind = CUT_OFF if resolved.reason in CUT_OFF_REASONS else UNLINKED
            name, unit = str(exchange.get("name") or ""), str(exchange.get("unit") or "")
            self._row(exchange, (-1, kind, name, unit), sign, 1.0)
            return
        for supplier, share in resolved.suppliers:
            turned = -sign if supplier.treatment and not exchange.get("waste") else sign
            self._row(exchange, (supplier.position, TECHNOSPHERE, "", ""), resolved.factor * turned, share)

    def _eats_itself(self, exchange: Mapping[str, Any], resolved: Resolution) -> bool:
        """Rule 4."""
        output = self._output
        return any(
            supplier is output and abs(exchange["amount"]) * resolved.factor * self._scale * share >= 1.0
            for supplier, share in resolved.suppliers
        )

    def _row(
        self, exchange: Mapping[str, Any], input_: tuple[int, int, str, str], factor: float, share: float
    ) -> None:
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

    Lognormal (2) keeps its scale; normal (3) and the bounds of uniform (4) and triangular (5) are scaled.
    """
    number = exchange.get("uncertainty type")
    if not number or number < 2:
        return ""
    values: dict[str, float] = {}
    for key in ("loc", "scale", "shape", "minimum", "maximum"):
        value = exchange.get(key)
        if isinstance(value, (int, float)) and math.isfinite(value):
            values[key] = float(value)
    if number == 2:
        values.pop("loc", None)
    else:
        for key in ("loc", "minimum", "maximum"):
            if key in values:
                values[key] *= factor
        if "scale" in values:
            values["scale"] *= abs(factor)
    if factor < 0 and {"minimum", "maximum"} <= set(values):
        values["minimum"], values["maximum"] = values["maximum"], values["minimum"]
    inner = ", ".join(f'"{key}": {value!r}' for key, value in values.items())
    return f'{{"uncertainty type": {int(number)}{", " if inner else ""}{inner}}}'
