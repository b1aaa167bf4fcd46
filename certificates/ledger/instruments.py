"""Kinds of instrument and their rules, from ``instruments.toml``.

Rules
1. A kind counts one unit, in steps of its grain: a green certificate is 1 MWh (1,000 kWh).
2. A green certificate is valid for 24 months that include the month of generation: generated in November 2024, its
   last day is 31 October 2026. What was generated before 2024 was valid until 31 December 2025.
3. Kinds that share a numbering (``space``) share units: bundled green power and certificates have the same codes.

Example: ``instrument(Kind.GEC).expires_on(date(2024, 11, 1)) == date(2026, 10, 31)``.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from certificates.ledger.quantity import Quantity, Unit


class Kind(StrEnum):
    """Kinds of instrument."""

    GEC = "gec"
    GREEN_POWER = "green-power"
    POWER_CONTRACT = "power-contract"
    I_REC = "i-rec"
    GO = "go"
    CCER = "ccer"
    VCS = "vcs"
    GOLD_STANDARD = "gold-standard"
    ACR = "acr"
    CAR = "car"
    ART = "art"
    CERCARBONO = "cercarbono"
    ISOMETRIC = "isometric"


@dataclass(frozen=True, slots=True)
class Instrument:
    """The rules of a kind. ``transfers`` is how many trades a unit may see, None for any number; ``mark`` how sure
    the source is (P, S, M, D).
    """

    kind: Kind
    zh: str
    en: str
    registry: str
    unit: Unit
    grain: Decimal
    space: str
    numbered: str
    needs_evidence: bool
    source: str
    mark: str
    months_valid: int | None = None
    transfers: int | None = None
    extended: tuple[tuple[date, date], ...] = ()
    refused: tuple[tuple[str, date], ...] = ()

    def name(self, language: str) -> str:
        """Its name in ``zh`` or ``en``."""
        return self.zh if language.startswith("zh") else self.en

    def quantity(self, count: int) -> Quantity:
        """The amount of ``count`` units, each of one grain."""
        return Quantity(count * self.grain, self.unit)

    def expires_on(self, generated: date) -> date | None:
        """The last day of validity for a vintage that begins on ``generated``; None where it does not end."""
        if self.months_valid is None:
            return None
        months = generated.year * 12 + generated.month - 1 + self.months_valid - 1
        year, month = months // 12, months % 12 + 1
        last = date(year, month, monthrange(year, month)[1])
        return max([last, *(until for before, until in self.extended if generated < before)])

    def accepts(self, country: str, generated: date) -> bool:
        """False for a generation that the registry no longer certifies."""
        return not any(country == where and generated >= since for where, since in self.refused)


@cache
def instruments() -> dict[Kind, Instrument]:
    """All kinds; read once."""
    text = resources.files("certificates.ledger").joinpath("instruments.toml").read_text(encoding="utf-8")
    return {Kind(kind): _read(Kind(kind), table) for kind, table in tomllib.loads(text).items()}


def instrument(kind: Kind) -> Instrument:
    """The rules of a kind."""
    return instruments()[kind]


def _read(kind: Kind, table: dict[str, Any]) -> Instrument:
    extended = table.pop("extended", [])
    refused = table.pop("refused", [])
    unit, grain = Unit(table.pop("unit")), Decimal(str(table.pop("grain")))
    return Instrument(
        kind=kind,
        unit=unit,
        grain=grain,
        extended=tuple((one["generated_before"], one["valid_until"]) for one in extended),
        refused=tuple((one["country"], one["generated_from"]) for one in refused),
        **table,
    )
