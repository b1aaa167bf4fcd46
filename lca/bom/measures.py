"""Units a line may be stated in, by its kind, and how a written unit is understood."""

from __future__ import annotations

from functools import lru_cache

from databases import units
from lca.bom.cells import Cell, Findings, text
from lca.bom.words import nearest
from lca.inventory import LineKind

DIMENSIONS: dict[LineKind, frozenset[str]] = {
    LineKind.MATERIAL: frozenset({"mass", "volume", "area", "length", "count"}),
    LineKind.PACKAGING: frozenset({"mass", "volume", "area", "length", "count"}),
    LineKind.ELECTRICITY: frozenset({"energy"}),
    LineKind.FUEL: frozenset({"mass", "volume", "energy"}),
    LineKind.HEAT: frozenset({"energy", "mass"}),
    LineKind.WATER: frozenset({"volume", "mass"}),
    LineKind.TRANSPORT: frozenset({"freight", "length"}),
    LineKind.WASTE: frozenset({"mass", "volume"}),
    LineKind.EMISSION: frozenset({"mass"}),
}
"""Dimensions that make sense for a kind; an intermediate line takes that of the process it comes from."""

EXAMPLES = {
    "mass": "kg, g, t",
    "energy": "kWh, MWh, MJ, GJ",
    "volume": "m3, L",
    "area": "m2",
    "length": "m, km",
    "count": "piece",
    "freight": "tkm",
}


def examples(dimensions: frozenset[str]) -> str:
    """Units of these dimensions, for a sentence."""
    return ", ".join(EXAMPLES.get(dimension, dimension) for dimension in sorted(dimensions))


@lru_cache(maxsize=512)
def dimension(code: str) -> str:
    """Dimension of a canonical unit code."""
    return units.dimension(code)


@lru_cache(maxsize=512)
def _parse(written: str) -> tuple[str, str]:
    """(canonical code, "") or ("", the known unit most like it)."""
    try:
        return units.parse(written), ""
    except units.UnknownUnit as unknown:
        return "", nearest(written, unknown.known) or "kg, t, kWh, MJ, m3, piece"


def unit(cell: Cell, found: Findings, line: str = "") -> str | None:
    """The canonical code of a unit cell; an unknown unit gets the nearest one suggested."""
    written = text(cell, found, line)
    if written is None:
        return None
    code, near = _parse(written)
    if not code:
        found.error("unknown-unit", cell.place(line), text=cell.shown, near=near)
        return None
    return code
