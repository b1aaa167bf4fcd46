"""What remains, what is to be offset, and what was.

Rules
1. Reductions come first: unabated = footprint - deducted, where deducted are the reductions that the footprint's total
   does not contain yet. What the measured footprint already contains is never taken off a second time.
2. The residual is that part of the unabated emissions which cannot be reduced any further; it is stated apart.
3. To offset: the rule set's least share of the unabated emissions, rounded up to whole tonnes.
4. Offset: credits that are retired, in tCO2e. Electricity instruments are never tonnes.
5. A surplus ends with the claim: the remainder is then nothing, and nothing is carried over.
6. Amounts that no statement could hold (18 digits, 40 decimals) are unknown, and so is everything that rests on them.

Example: a footprint of 100.2 t without deductions needs 101 t; with 150 t retired the remainder is 0, the share 100.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_CEILING, Decimal, localcontext

from certificates.ledger.claims.model import Claim, Facts, Parts, Units
from certificates.ledger.claims.rules import RuleSet
from certificates.ledger.instruments import instrument
from certificates.ledger.positions import State
from certificates.ledger.quantity import Unit

_LARGEST = Decimal(10) ** 18
_FINEST = -40
PRECISION = 120
"""Digits to compute with, so that nothing that a statement can hold is rounded."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """The sums of a claim in tCO2e; None where something they rest on is missing. ``share`` is percent as the statement
    writes it, ``missing`` what must still be retired, ``surplus`` what was retired beyond the unabated emissions."""

    unabated: Decimal | None
    to_offset: Decimal | None
    offset: Decimal
    remainder: Decimal | None
    missing: Decimal | None
    surplus: Decimal | None
    share: str


def amounts(claim: Claim, facts: Facts, rules: RuleSet | None) -> Amounts:
    """The sums by the rules above; ``rules`` is None for an unknown rule set, which then needs an unknown amount."""
    with localcontext() as context:
        context.prec = PRECISION
        left, offset = unabated(claim), offset_by(claim, facts)
        needed = None if left is None or rules is None else to_offset(left, rules.least_share)
        return Amounts(
            unabated=left,
            to_offset=needed,
            offset=offset,
            remainder=None if left is None else remainder(left, offset),
            missing=None if needed is None else max(needed - offset, Decimal(0)),
            surplus=None if left is None else max(offset - max(left, Decimal(0)), Decimal(0)),
            share="0.0" if left is None else share_text(left, offset),
        )


def known(amount: Decimal | None) -> Decimal | None:
    """The amount where a statement could hold it (rule 6), else None."""
    if amount is None or not amount.is_finite():
        return None
    exponent = amount.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= _FINEST and abs(amount) < _LARGEST
    return amount if fits else None


def unabated(claim: Claim) -> Decimal | None:
    """Rule 1, tCO2e; None while footprint or deduction are not given."""
    total, deducted = known(claim.footprint.total_t), known(claim.reductions.deducted_t)
    if total is None or deducted is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return total - deducted


def to_offset(unabated_t: Decimal, least_share: int) -> Decimal:
    """Rule 3: whole tonnes, nothing where nothing remains. ``least_share`` in percent."""
    with localcontext() as context:
        context.prec = PRECISION
        share = max(unabated_t, Decimal(0)) * least_share / 100
        return share.to_integral_value(rounding=ROUND_CEILING)


def offset_by(claim: Claim, facts: Facts) -> Decimal:
    """Rule 4: every retirement of the claim that the ledger knows as retired credits, each once; tCO2e."""
    found = (facts.units.get(key) for key in dict.fromkeys(claim.retirements))
    return sum((tonnes(one) for one in found if one is not None), Decimal(0))


def tonnes(units: Units) -> Decimal:
    """The tCO2e of retired credits; nothing for anything else."""
    amount = instrument(units.lot.kind).quantity(units.position.span.count)
    retired = units.position.state is State.RETIRED and units.retire is not None
    return amount.amount if retired and amount.unit is Unit.TCO2E else Decimal(0)


def remainder(unabated_t: Decimal, offset_t: Decimal) -> Decimal:
    """Rule 5, tCO2e: what remains after offsetting, never below nothing."""
    return max(unabated_t - offset_t, Decimal(0))


def share_text(unabated_t: Decimal, offset_t: Decimal) -> str:
    """100 x offset / unabated with one decimal, rounded down, so that only the whole is 100.0."""
    if unabated_t <= 0 or offset_t <= 0:
        return "0.0"
    tenths = 1000 if offset_t >= unabated_t else int(offset_t * 1000 // unabated_t)
    return f"{tenths // 10}.{tenths % 10}"


def batch_total(per_unit_kg: Decimal, units: Decimal) -> Decimal:
    """tCO2e of a batch: a label's kgCO2e per declared unit times its units, exactly."""
    with localcontext() as context:
        context.prec = PRECISION
        return per_unit_kg * units / 1000


def batch_parts(parts_kg: Mapping[str, Decimal], units: Decimal) -> Parts:
    """The parts of a label (its names, kgCO2e per declared unit) for a batch, tCO2e."""
    names = (one.name for one in fields(Parts))
    return Parts(**{name: batch_total(parts_kg[_stated(name)], units) for name in names})


def parts_by_name(parts: Parts) -> dict[str, Decimal | None]:
    """The parts under the names of statements, unknown ones None."""
    return {_stated(one.name): known(getattr(parts, one.name)) for one in fields(Parts)}


def parts_sum(total: Decimal, parts: Mapping[str, Decimal]) -> bool:
    """True when the parts (aircraft is one of fossil) make the total within half a step for each rounded figure."""
    together = sum((amount for name, amount in parts.items() if name != "aircraft"), Decimal(0))
    return abs(together - total) <= step(total) * 5 / 2


def step(total: Decimal) -> Decimal:
    """The place value of the third significant digit of a total: as coarse as figures may have been rounded."""
    return Decimal(1).scaleb(total.adjusted() - 2) if total else Decimal(0)


def _stated(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
