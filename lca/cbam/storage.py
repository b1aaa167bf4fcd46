"""Monitoring data and calculations as JSON, and the digest that names them in the chain of evidence.

Rules
1. The digest is SHA-256 over the RFC 8785 form of the JSON: the same data has the same digest on every machine.
2. What cannot be read back exactly is refused: unknown keys, wrong types, numbers that are not finite.

Example: ``monitoring_digest(data)`` and ``read_monitoring(write_monitoring(data)) == data``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import cattrs
import rfc8785

from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation
from lca.findings import Finding

T = TypeVar("T")


class NotMonitoring(ValueError):
    """The JSON is not monitoring data as this version writes it; the message names the fields."""


def write_monitoring(data: Monitoring) -> dict[str, Any]:
    """Plain JSON; the inverse of :func:`read_monitoring`."""
    plain: dict[str, Any] = _converter().unstructure(data)
    return plain


def read_monitoring(plain: Mapping[str, Any]) -> Monitoring:
    """Monitoring data from JSON. Raises NotMonitoring, with every field that does not fit."""
    try:
        return _converter().structure(plain, Monitoring)
    except cattrs.BaseValidationError as error:
        raise NotMonitoring("; ".join(cattrs.transform_error(error))) from error


def write_calculation(done: Calculation) -> dict[str, Any]:
    """Plain JSON, findings with both sentences."""
    plain: dict[str, Any] = _converter().unstructure(done)
    return plain


def read_calculation(plain: Mapping[str, Any]) -> Calculation:
    """A stored calculation; the inverse of :func:`write_calculation`."""
    return _converter().structure(plain, Calculation)


def to_plain(one: Any) -> dict[str, Any]:
    """Plain JSON of any record of the model; the inverse of :func:`from_plain`."""
    plain: dict[str, Any] = _converter().unstructure(one)
    return plain


def from_plain(plain: Mapping[str, Any], kind: type[T]) -> T:
    """A record of a kind from its plain JSON. Raises cattrs' errors where it does not fit."""
    return _converter().structure(plain, kind)


def monitoring_digest(data: Monitoring) -> str:
    """SHA-256, 64 hexadecimal digits, of the canonical JSON."""
    return digest(write_monitoring(data))


def digest(plain: Mapping[str, Any]) -> str:
    """SHA-256 of the RFC 8785 form of plain JSON."""
    return hashlib.sha256(rfc8785.dumps(dict(plain))).hexdigest()


@cache
def _converter() -> cattrs.Converter:
    made = cattrs.Converter(forbid_extra_keys=True, prefer_attrib_converters=False)
    made.register_unstructure_hook(date, date.isoformat)
    made.register_structure_hook(date, lambda text, _: date.fromisoformat(_text(text)))
    made.register_structure_hook(float, lambda value, _: _number(value))
    made.register_structure_hook(str, lambda value, _: _text(value))
    made.register_structure_hook(StrEnum, lambda value, kind: kind(_text(value)))  # nearer than str
    made.register_structure_hook(bool, lambda value, _: _truth(value))
    made.register_unstructure_hook(Finding, lambda one: one.as_dict())
    made.register_structure_hook(Finding, lambda one, _: Finding.from_dict(one))
    return made


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"not a finite number: {value!r}")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"not text: {value!r}")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"not true or false: {value!r}")
    return value
