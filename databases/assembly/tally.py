"""What happened while linking, counted as it happens and told in the import report."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from databases import units
from databases.assembly.foreign_units import foreign
from databases.assembly.outputs import Output
from databases.assembly.providers import Resolution
from databases.assembly.report import Candidate, ProviderChoice, Trouble, Unlinked
from databases.importers.shape import ElementaryFlow
from databases.units import UnknownUnit

CUT_OFF_REASONS = frozenset({"cut-off-by-file", "cut-off-by-mapping"})
_WORD = re.compile(r"[^\W_]+")
_MOST_CANDIDATES = 3


@dataclass(slots=True)
class _Missing:
    exchanges: int = 0
    amount: float = 0.0
    first: str = ""
    takers: set[int] = field(default_factory=set)


class Tally:
    """Counts of one import, and the lists of its report."""

    def __init__(self, troubles: Iterable[Trouble] = ()) -> None:
        self.troubles = list(troubles)
        self.counts: Counter[str] = Counter()
        self._missing: dict[tuple[str, str, str, str], _Missing] = defaultdict(_Missing)
        self._choices: dict[tuple[Any, ...], int] = Counter()
        self._factors: dict[tuple[int, str], float | None] = {}

    def told(self, kind: str, taker: Output, detail: str, done: str) -> None:
        """Note a trouble of one dataset."""
        self.troubles.append(Trouble(kind, taker.code, str(taker.process["name"]), detail, done))

    def product(self, resolved: Resolution, exchange: Mapping[str, Any], taker: Output) -> None:
        """Count an exchange of a product: linked, unlinked or cut off; a choice among several is kept."""
        reason = resolved.reason
        if not reason:
            self.counts["linked"] += 1
            if resolved.rule in ("best", "split"):
                self._choices[_asked(exchange), resolved.rule, _codes(resolved), resolved.among] += 1
            return
        self.counts["cut_off" if reason in CUT_OFF_REASONS else "unlinked"] += 1
        entry = self._missing[(*_asked(exchange), reason)]
        entry.exchanges += 1
        entry.amount += abs(exchange["amount"])
        entry.first = entry.first or taker.code
        entry.takers.add(taker.position)
        if reason == "unit-conflict":
            detail = f"{exchange.get('name')}: {exchange.get('unit')}"
            self.told("unit-conflict", taker, detail, "unlinked")

    def unscaled(self, taker: Output) -> None:
        """Count the inputs of a process without a usable output: there is nothing to scale them to."""
        for exchange in taker.process["exchanges"]:
            if exchange["type"] in ("technosphere", "substitution") and math.isfinite(exchange["amount"]):
                self.counts["unscaled"] += 1

    def flow_factor(self, flow: ElementaryFlow, unit: str, taker: Output) -> float | None:
        """Units of the flow in one unit of the exchange; a conflict of dimensions is told and left out."""
        key = (id(flow), unit)
        if key not in self._factors:
            self._factors[key] = _flow_factor(flow, unit)
        factor = self._factors[key]
        if factor is None:
            self.counts["flow_unit_conflicts"] += 1
            detail = f"{flow['name']}: {unit} / {flow['unit']}"
            self.told("unit-conflict", taker, detail, "left-out")
        return factor

    def missing(self, outputs: Sequence[Output]) -> tuple[tuple[Unlinked, ...], tuple[Unlinked, ...]]:
        """Unlinked and cut-off products with their nearest candidates, the most wanted first."""
        near = Nearest(outputs)
        rows = sorted(self._missing.items(), key=lambda item: (-item[1].exchanges, item[0]))
        lists: tuple[list[Unlinked], list[Unlinked]] = ([], [])
        for (name, unit, place, reason), entry in rows:
            found = Unlinked(
                name=name,
                unit=unit,
                place=place,
                reason=reason,
                exchanges=entry.exchanges,
                takers=len(entry.takers),
                amount=entry.amount,
                first_taker=entry.first,
                candidates=near.to(name, unit),
            )
            lists[reason in CUT_OFF_REASONS].append(found)
        return tuple(lists[0]), tuple(lists[1])

    def choices(self) -> tuple[ProviderChoice, ...]:
        """Every choice among several suppliers, the most frequent first."""
        rows = sorted(self._choices.items(), key=lambda item: (-item[1], item[0]))
        return tuple(
            ProviderChoice(name, unit, place, rule, count, chosen, among)
            for ((name, unit, place), rule, chosen, among), count in rows
        )


class Nearest:
    """Datasets whose names share words with a text; a rare word weighs more than a common one."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = [output for output in outputs if output.usable]
        self._words = [_words(f"{output.process['name']} {output.product}") for output in self._outputs]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for index, words in enumerate(self._words):
            for word in words:
                self._holders[word].append(index)

    def to(self, name: str, unit: str) -> tuple[Candidate, ...]:
        """The three nearest of a fitting unit; the score is the weight of shared words over that of all words."""
        wanted = _words(name)
        scores: Counter[int] = Counter()
        for word in wanted:
            holders = self._holders.get(word, [])
            if len(holders) <= 2000:
                for index in holders:
                    scores[index] += self._weight(word)  # type: ignore[assignment]
        total: float = sum(self._weight(word) for word in wanted) or 1.0
        ranked = sorted(
            (
                (
                    score / (total + 0.5 * sum(self._weight(word) for word in self._words[index] - wanted)),
                    index,
                )
                for index, score in scores.most_common(50)
                if self._fits(index, unit)
            ),
            key=lambda pair: (-pair[0], self._outputs[pair[1]].code),
        )
        return tuple(self._candidate(index, score) for score, index in ranked[:_MOST_CANDIDATES])

    def _weight(self, word: str) -> float:
        return 1.0 / (1.0 + math.sqrt(len(self._holders.get(word, ()))))

    def _fits(self, index: int, unit: str) -> bool:
        try:
            return foreign(unit)[0] == self._outputs[index].unit
        except UnknownUnit:
            return unit == self._outputs[index].unit_text

    def _candidate(self, index: int, score: float) -> Candidate:
        output = self._outputs[index]
        return Candidate(output.code, str(output.process["name"]), output.place, output.unit, round(score, 3))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text) if len(word) > 1)


def _asked(exchange: Mapping[str, Any]) -> tuple[str, str, str]:
    name = str(exchange.get("name") or "")
    return name, str(exchange.get("unit") or ""), str(exchange.get("location") or "")


def _codes(resolved: Resolution) -> tuple[str, ...]:
    return tuple(output.code for output, _ in resolved.suppliers)


def _flow_factor(flow: ElementaryFlow, unit: str) -> float | None:
    """Units of the flow, canonical or as the source writes it, in one ``unit``; None across dimensions."""
    own = str(flow["unit"])
    try:
        code, factor = foreign(unit)
        return float(Fraction(factor) * Fraction(units.convert(Decimal(1), code, own)))
    except (UnknownUnit, units.UnitMismatch):
        return 1.0 if unit in (own, "") else None
