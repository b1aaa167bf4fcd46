"""From floats to the decimals that are signed. It happens once.

Rules
1. The total is rounded to n significant digits, half to even; its last digit's place value is the step.
2. Stages are rounded to the same step by largest remainder, so that they sum to the rounded total exactly.
3. Parts, electricity values and the location-based total are rounded half to even at the same step.
4. Coverage is rounded down and the cut-off share up: a label never promises more than was covered.

Example: total 1.23456 in 4 digits is 1.235, step 0.001; stages 0.41152 three times become 0.412, 0.412 and
0.411.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from lca.footprint import Footprint
from lca.inventory import Stage

_EXACT = Context(prec=800, rounding=ROUND_HALF_EVEN)
_NOISE = 12


@dataclass(frozen=True, slots=True)
class Rounding:
    """``significant_digits`` of the total; ``coverage_decimals`` of the percentages."""

    significant_digits: int
    coverage_decimals: int

    def __post_init__(self) -> None:
        if self.significant_digits < 1 or self.coverage_decimals < 0:
            raise ValueError("At least one significant digit, and no negative number of decimals.")


@dataclass(frozen=True, slots=True)
class RoundedFootprint:
    """Decimals for a statement, kgCO2e per declared amount; ``step`` is the place value of the last digit.

    ``stages`` sum to ``total`` exactly. ``electricity`` has (source, kWh, kgCO2e). Coverage and shares in
    percent.
    """

    total: Decimal
    step: Decimal
    stages: tuple[tuple[Stage, Decimal], ...]
    parts: tuple[tuple[str, Decimal], ...]
    electricity: tuple[tuple[str, Decimal, Decimal], ...]
    total_location_based: Decimal
    coverage_by_lines: Decimal
    coverage_by_mass: Decimal
    cutoff_share: Decimal


def round_footprint(footprint: Footprint, rounding: Rounding) -> RoundedFootprint:
    """Round everything a statement shows. Raises ValueError when the stages do not sum to the total."""
    total, step = significant(footprint.total, rounding.significant_digits, _largest_term(footprint))
    values = dict(footprint.electricity.value_by_source)
    electricity = tuple(
        (source, significant(kwh, rounding.significant_digits)[0], to_step(values[source], step))
        for source, kwh in footprint.electricity.kwh_by_source
    )
    stages = largest_remainder([value for _, value in footprint.by_stage], total, step)
    coverage, percent = footprint.coverage, Decimal(1).scaleb(-rounding.coverage_decimals)
    return RoundedFootprint(
        total=total,
        step=step,
        stages=tuple((stage, value) for (stage, _), value in zip(footprint.by_stage, stages, strict=True)),
        parts=tuple((name, to_step(value, step)) for name, value in footprint.parts),
        electricity=electricity,
        total_location_based=to_step(footprint.electricity.total_location_based, step),
        coverage_by_lines=exact(coverage.by_lines).quantize(percent, ROUND_FLOOR, _EXACT),
        coverage_by_mass=exact(coverage.by_mass).quantize(percent, ROUND_FLOOR, _EXACT),
        cutoff_share=exact(coverage.cutoff_share).quantize(percent, ROUND_CEILING, _EXACT),
    )


def _largest_term(footprint: Footprint) -> float:
    """The largest of what the total was summed from, in size: a stage may itself be a balance near zero."""
    terms = [value for _, value in (*footprint.by_stage, *footprint.parts)]
    terms += [value for line in footprint.lines for value in (line.value, *(part for _, part in line.parts))]
    return max(map(abs, terms), default=0.0)


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as this float: what is rounded is what is printed elsewhere."""
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError("Only finite numbers are rounded.")
    return number


def significant(value: float, digits: int, largest: float = 0.0) -> tuple[Decimal, Decimal]:
    """(value rounded half-even to ``digits`` significant digits, step). Zero has the step 10^(1 - digits).

    ``largest`` is the largest term the value was summed from: digits below 1e-12 of it are float noise, so
    the step is never finer than that.
    """
    number, term = exact(value), exact(largest)
    place = (number.adjusted() if number else 0) - digits + 1
    step = Decimal(1).scaleb(max(place, term.adjusted() - _NOISE) if term else place)
    rounded = number.quantize(step, ROUND_HALF_EVEN, _EXACT)
    if (
        rounded and rounded.adjusted() > number.adjusted() and step.adjusted() == place
    ):  # 9.9996 became 10.000: one digit too many
        step = step.scaleb(1)
        rounded = rounded.quantize(step, ROUND_HALF_EVEN, _EXACT)
    return _plain(rounded), step


def to_step(value: float, step: Decimal) -> Decimal:
    """The multiple of ``step`` nearest to the value, half to even (rule 3); never a negative zero."""
    return _plain(exact(value).quantize(step, ROUND_HALF_EVEN, _EXACT))


def largest_remainder(values: Sequence[float], total: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    """Multiples of ``step``, each less than one step from its value, that sum to ``total`` exactly (rule 2).

    Each value is rounded down; the steps missing to the total go to the largest remainders, the first of
    equals first. Raises ValueError when the values are not the parts of this total.
    """
    units = [_EXACT.divide(exact(value), step) for value in values]
    floors = [int(unit.to_integral_value(ROUND_FLOOR)) for unit in units]
    missing = int(_EXACT.divide(total, step)) - sum(floors)
    if not 0 <= missing <= len(floors):
        raise ValueError("The stages do not sum to the total: they are not parts of the same footprint.")
    order = sorted(range(len(units)), key=lambda index: (floors[index] - units[index], index))
    for index in order[:missing]:
        floors[index] += 1
    return tuple(_plain(_EXACT.multiply(Decimal(count), step)) for count in floors)


def _plain(number: Decimal) -> Decimal:
    return abs(number) if number.is_zero() else number
