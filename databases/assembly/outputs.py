"""What each process of a source supplies: its one product, in a canonical unit, with the scale to one unit of it.

Rules
1. Every process becomes a dataset. One without a usable output (none, zero, not finite, an unknown unit)
   becomes a dataset without exchanges, never complete, and is told; its customers are told too.
2. A process whose output is waste taken in (negative amount, or marked) supplies the treatment of it, and
   one unit of treatment is +1: the sign of the product turns, the emissions do not.
3. Two processes with one code: the same content is kept once; different content is kept twice, the later under
   a numbered code. Both are told.
4. A dataset's code is the source's where that is safe in an address, else derived from it.

Example: a process with output -1000 kg "waste, to landfill" supplies 1 kg of treatment; its scale is 1/1000.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from databases import places
from databases.assembly.foreign_units import foreign
from databases.assembly.report import Trouble
from databases.importers.shape import Process
from databases.units import UnknownUnit

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,119}")


@dataclass(slots=True)
class Output:
    """The product of one process.

    ``amount`` as in the source (``None`` where there is no usable output) of ``unit_text``; one of it is ``factor``
    canonical ``unit``. ``scale`` turns the process' exchanges into those for one unit of the product.
    """

    process: Process
    code: str
    product: str
    product_id: str
    unit_text: str
    unit: str
    factor: Fraction
    amount: float | None
    treatment: bool
    place: str
    year: int
    position: int = -1

    @property
    def usable(self) -> bool:
        """True when something can be scaled to it."""
        return self.amount is not None and not self.process.get("unallocated")

    @property
    def scale(self) -> float:
        """One over the canonical amount, without its sign."""
        if self.amount is None:
            return 0.0
        return 1.0 / (abs(self.amount) * float(self.factor))


@dataclass(slots=True)
class Outputs:
    """``found`` sorted by code with positions set; what was wrong with them; processes that were twice the same."""

    found: list[Output]
    troubles: list[Trouble]
    merged: list[Process]


def outputs(processes: Iterable[Process], default_place: str) -> Outputs:
    """The outputs of all processes (rules 1 to 4)."""
    made = Outputs([], [], [])
    made.found += [_output(process, default_place, made.troubles) for process in _distinct(processes, made)]
    made.found.sort(key=lambda output: output.code)
    for position, output in enumerate(made.found):
        output.position = position
    return made


def safe_code(code: str) -> str:
    """The code itself where it is safe in an address, else one derived from it (rule 4)."""
    if _SAFE.fullmatch(code):
        return code
    words = re.sub(r"[^a-z0-9]+", "-", code.casefold()).strip("-")[:40].strip("-")
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{words}-{digest}" if words else digest


def find_place(text: str, default: str) -> str:
    """A code of the places table for a place as sources write it, the text itself where there is none."""
    return (places.find(text) or text) if text else default


def _distinct(processes: Iterable[Process], made: Outputs) -> list[Process]:
    """Rule 3; the code in the process becomes the dataset's."""
    seen: dict[str, Process] = {}
    counts: Counter[str] = Counter()
    kept = []
    for process in processes:
        code = safe_code(str(process["code"]))
        if (other := seen.get(code)) is not None:
            same = _same(process, other)
            done = "merged" if same else "numbered"
            made.troubles.append(
                Trouble("duplicate-identifier", code, process["name"], str(process["filename"]), done)
            )
            if same:
                made.merged.append(process)
                continue
            while code in seen:
                counts[code] += 1
                code = f"{safe_code(str(process['code']))}-{counts[code] + 1}"
        process["dataset code"] = code
        seen[code] = process
        kept.append(process)
    return kept


def _same(one: Process, other: Process) -> bool:
    ignored = ("filename", "dataset code")
    return {key: value for key, value in one.items() if key not in ignored} == {
        key: value for key, value in other.items() if key not in ignored
    }


def _output(process: Process, default_place: str, troubles: list[Trouble]) -> Output:
    production = next((item for item in process["exchanges"] if item["type"] == "production"), None)
    unit_text = str((production or process).get("unit") or process.get("unit") or "")
    code, name = process["dataset code"], process["name"]
    problem = "no-reference" if production is None else ""
    amount = float(production["amount"]) if production is not None else None
    try:
        unit, factor = foreign(unit_text)
    except UnknownUnit:
        unit, factor = unit_text, Fraction(1)
        problem = problem or "unknown-unit"
    if amount is not None and not math.isfinite(amount):
        problem, amount = "not-finite", None
    if amount == 0:
        problem, amount = "zero-reference", None
    if problem:
        troubles.append(Trouble(problem, code, name, unit_text, "no-score"))
    treatment = bool(production and (production.get("waste") or (amount or 0) < 0))
    if treatment and amount is not None:
        troubles.append(Trouble("negative-reference", code, name, f"{amount:g} {unit_text}", "treatment"))
    return Output(
        process=process,
        code=code,
        product=str((production or {}).get("name") or process.get("reference product") or name),
        product_id=str((production or {}).get("product") or ""),
        unit_text=unit_text,
        unit=unit,
        factor=Fraction(factor),
        amount=None if problem in ("no-reference", "unknown-unit") else amount,
        treatment=treatment,
        place=find_place(str(process.get("location") or ""), default_place),
        year=int(process.get("year") or 0),
    )
