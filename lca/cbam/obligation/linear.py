"""Small linear systems in decimals, for amounts that are owed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def solved(matrix: Sequence[Sequence[Decimal]], constants: Sequence[Decimal]) -> list[Decimal]:
    """``x`` with ``matrix x = constants`` by elimination with the largest pivot; 28 digits are carried.

    Raises ZeroDivisionError for a singular matrix: the calculation refuses such a loop long before.
    """
    rows = [[*row, constant] for row, constant in zip(matrix, constants, strict=True)]
    for column in range(len(rows)):
        pivot = max(range(column, len(rows)), key=lambda index: abs(rows[index][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        if not rows[column][column]:
            raise ZeroDivisionError("A singular system: a loop of processes without an end.")
        head = [value / rows[column][column] for value in rows[column]]
        rows[column] = head
        for index, row in enumerate(rows):
            if index != column and row[column]:
                scale = row[column]
                rows[index] = [value - scale * top for value, top in zip(row, head, strict=True)]
    return [row[-1] for row in rows]
