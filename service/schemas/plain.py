"""Any frozen value of the domain as plain JSON, for results that are deeper than a schema would help with.

Rules
1. Dataclasses become objects with their fields' names, enumerations their values, days and moments ISO 8601.
2. A Decimal is owed or published and becomes a string; a float stays a number.
3. Findings carry both sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from lca.findings import Finding


def plain(value: Any) -> Any:
    """``value`` as plain JSON. Raises TypeError for something the domain does not give."""
    if isinstance(value, Finding):
        return value.as_dict()
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(one) for name, one in value.items()}
    if isinstance(value, Sequence | Set):
        return [plain(one) for one in value]
    raise TypeError(f"No JSON for {type(value).__name__}")
