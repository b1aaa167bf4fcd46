"""From a record to the values of its row: the fields of a record are named as its columns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def row(table: sa.Table, record: object, *, but: str = "") -> dict[str, Any]:
    """Column values by name, all of the table's columns except ``but``."""
    return {column.name: getattr(record, column.name) for column in table.c if column.name != but}
