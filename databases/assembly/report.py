"""The import report: what was in a source, what became of it, and what is left to repair.

Rules
1. Every process and every exchange of the source is accounted for: the counts add up, and a test of
   :meth:`ImportReport.check` says so.
2. Lists are sorted by what weighs most and hold everything; a page may show less, the file never does.
3. It carries no date and no path: the same source and choices give the same report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from databases.notices import Notice


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

    ``rule`` is ``mapping``, ``as-file``, ``mass``, ``energy``, ``price`` or ``all-to-reference``; ``asked`` the rule that was asked for.
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
    ``no-reference``, ``duplicate-identifier``, ``not-finite``, ``unknown-unit``, ``unit-conflict``, ``unknown-place`` or ``empty``.
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
