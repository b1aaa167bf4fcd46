"""Small inventories in the readers' shape, for tests of the assembly."""

from __future__ import annotations

from typing import Any

Dict = dict[str, Any]


def production(amount: float = 1.0, unit: str = "kg", name: str = "", **extra: Any) -> Dict:
    return {"type": "production", "amount": amount, "unit": unit, "name": name, "reference": True, **extra}


def takes(name: str, amount: float, unit: str = "kg", **extra: Any) -> Dict:
    return {"type": "technosphere", "amount": amount, "unit": unit, "name": name, **extra}


def avoids(name: str, amount: float, unit: str = "kg", **extra: Any) -> Dict:
    return {"type": "substitution", "amount": amount, "unit": unit, "name": name, **extra}


def emits(name: str, amount: float, unit: str = "kg", **extra: Any) -> Dict:
    categories = extra.pop("categories", ("air", "unspecified"))
    return {
        "type": "biosphere",
        "amount": amount,
        "unit": unit,
        "name": name,
        "categories": categories,
        **extra,
    }


def process(code: str, *exchanges: Dict, **extra: Any) -> Dict:
    """A process named like its code; a production without a name makes that product."""
    for exchange in exchanges:
        if exchange["type"] == "production" and not exchange["name"]:
            exchange["name"] = extra.get("name", code)
    return {
        "code": code,
        "name": code,
        "reference product": extra.get("name", code),
        "unit": exchanges[0]["unit"] if exchanges else "kg",
        "location": "",
        "type": "process",
        "filename": "test.xml",
        "exchanges": list(exchanges),
        **extra,
    }
