"""The import report: what was in a source, what became of it, and what is left to repair.

Rules
1. Every process and every exchange of the source is accounted for: the counts add up, and
   :meth:`ImportReport.check` says so.
2. Lists are sorted by what weighs most and hold everything; a page may show less, the file never does.
3. It carries no date and no path: the same source and choices give the same report.

Counts (:data:`COUNTS`), of the source as read
    processes_read; exchanges_read, which are production, technosphere (of which avoided), biosphere, not_finite
and of what was made of it
    datasets; co_products: datasets made by allocation beside the references; merged: processes that were twice the
    same; merged_technosphere: inputs of those; linked, unlinked, cut_off: inputs by what became of them, those of a
    shared process once; unscaled: inputs of processes without a usable output; flows; flows_characterised

Identities
    exchanges_read = production + technosphere + biosphere + not_finite
    technosphere = linked + unlinked + cut_off + unscaled + merged_technosphere
    datasets = processes_read + co_products - merged
    unlinked, cut_off and co_products are the sums of their lists; flows = flows_characterised + the uncharacterised
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from databases.notices import Notice

COUNTS = (
    "processes_read",
    "datasets",
    "co_products",
    "exchanges_read",
    "production",
    "technosphere",
    "avoided",
    "biosphere",
    "not_finite",
    "linked",
    "unlinked",
    "cut_off",
    "flows",
    "flows_characterised",
)
"""Counts that every report has; ``merged``, ``merged_technosphere``, ``unscaled`` and others count 0 where missing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset that might be what an unlinked exchange means; ``score`` 0 to 1."""

    code: str
    name: str
    place: str
    unit: str
    score: float


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A product that some processes want and none supplies (or the file cuts off), with its nearest candidates.

    ``exchanges`` and ``amount`` (sum of absolute amounts, in ``unit``) over ``takers`` datasets; ``reason`` is a code:
    ``no-supplier``, ``several-suppliers`` (strict), ``unit-conflict``, ``cut-off-by-file``, ``unallocated-co-product``,
    ``supplier-without-output``.
    """

    name: str
    unit: str
    place: str
    reason: str
    exchanges: int
    takers: int
    amount: float
    first_taker: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """Several datasets could supply a product: which was taken, by which rule, among which."""

    name: str
    unit: str
    place: str
    rule: str
    exchanges: int
    chosen: tuple[str, ...]
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allocated:
    """A process with several products and how it was split: ``shares`` are (product name, dataset code, share).

    ``rule`` is ``mapping``, ``as-file``, ``mass``, ``energy``, ``price`` or ``all-to-reference``; ``asked`` the rule
    that was asked for.
    """

    process: str
    name: str
    asked: str
    rule: str
    shares: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Uncharacterised:
    """An elementary flow without a climate factor; ``amount`` is its sum over all datasets, in ``unit``.

    ``greenhouse_gas_likely``: name or CAS look like a greenhouse gas, so leaving it out may undercount.
    """

    code: str
    name: str
    compartment: str
    cas: str
    unit: str
    amount: float
    datasets: int
    greenhouse_gas_likely: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A strongly connected group whose needs come near its production: ``gain`` is the largest eigenvalue."""

    gain: float
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing wrong with one dataset: ``kind`` is ``self-loop``, ``zero-reference``, ``negative-reference``,
    ``no-reference``, ``duplicate-identifier``, ``not-finite``, ``unknown-unit``, ``unit-conflict``,
    ``unknown-place``, ``energy-balance``, ``singular-loop``, ``loop-upstream`` or ``empty``.
    """

    kind: str
    dataset: str
    name: str
    detail: str
    done: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The whole report. ``counts`` and ``matches`` are by name, see docs/formats.md; amounts are floats."""

    release: str
    format: str
    reader: str
    source: str
    source_sha256: str
    options: Mapping[str, str]
    counts: Mapping[str, int]
    matches: Mapping[str, int]
    unlinked: tuple[Unlinked, ...] = ()
    cut_off: tuple[Unlinked, ...] = ()
    choices: tuple[ProviderChoice, ...] = ()
    allocations: tuple[Allocated, ...] = ()
    uncharacterised: tuple[Uncharacterised, ...] = ()
    loops: tuple[Loop, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    left_rows: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, with both sentences of every notice."""
        return asdict(self) | {"notices": [notice.as_dict() for notice in self.notices]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ImportReport:
        """The inverse of :meth:`as_dict`; raises KeyError or TypeError for what is no report."""
        texts = ("release", "format", "reader", "source", "source_sha256")
        values: dict[str, Any] = {name: str(data[name]) for name in texts}
        values |= {name: dict(data[name]) for name in ("options", "counts", "matches")}
        values |= {name: tuple(kind(**_frozen(row)) for row in data[name]) for name, kind in _LISTS.items()}
        values |= {name: tuple(_unlinked(row) for row in data[name]) for name in ("unlinked", "cut_off")}
        values["left_rows"] = tuple((str(where), str(left)) for where, left in data["left_rows"])
        values["notices"] = tuple(Notice.from_dict(notice) for notice in data["notices"])
        return cls(**values)

    def check(self) -> list[str]:
        """Identities of the counts (see the top of the module) that do not hold, as sentences; empty when all do."""
        problems = [f"{name} is missing" for name in COUNTS if name not in self.counts]
        if self._sum("avoided") > self._sum("technosphere"):
            problems.append("avoided is more than technosphere, of which it is a part")
        return problems + [
            f"{left} is {self._sum(left)}, not {self._sum(right)} ({right})"
            for left, right in _IDENTITIES
            if self._sum(left) != self._sum(right)
        ]

    def _sum(self, terms: str) -> int:
        """The value of ``a + b - c``, of counts and of :meth:`_listed` ones."""
        listed = self._listed()
        words = f"+ {terms}".split()
        signs, names = words[::2], words[1::2]
        return sum(
            (1 if sign == "+" else -1) * listed.get(name, self.counts.get(name, 0))
            for sign, name in zip(signs, names, strict=True)
        )

    def _listed(self) -> dict[str, int]:
        return {
            "listed_unlinked": sum(row.exchanges for row in self.unlinked),
            "listed_cut_off": sum(row.exchanges for row in self.cut_off),
            "listed_co_products": sum(len(row.shares) - 1 for row in self.allocations),
            "listed_uncharacterised": len(self.uncharacterised),
        }


_IDENTITIES = (
    ("exchanges_read", "production + technosphere + biosphere + not_finite"),
    ("technosphere", "linked + unlinked + cut_off + unscaled + merged_technosphere"),
    ("datasets", "processes_read + co_products - merged"),
    ("unlinked", "listed_unlinked"),
    ("cut_off", "listed_cut_off"),
    ("co_products", "listed_co_products"),
    ("flows", "flows_characterised + listed_uncharacterised"),
)
_LISTS: Mapping[str, Any] = {
    "choices": ProviderChoice,
    "allocations": Allocated,
    "uncharacterised": Uncharacterised,
    "loops": Loop,
    "troubles": Trouble,
}


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of JSON with tuples for lists, as the dataclasses hold them."""
    return {name: _tuple(value) for name, value in row.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, (list, tuple)) else value


def _unlinked(row: Mapping[str, Any]) -> Unlinked:
    candidates = tuple(Candidate(**candidate) for candidate in row["candidates"])
    return Unlinked(**{**row, "candidates": candidates})
