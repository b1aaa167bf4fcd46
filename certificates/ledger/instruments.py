"""Kinds of instrument and their rules, from ``instruments.toml``.

Rules
1. A kind counts one unit, in steps of its grain: a green certificate is 1 MWh (1,000 kWh).
2. A green certificate is valid for 24 months that include the month of generation: generated in November 2024, its
   last day is 31 October 2026. What was generated before 2024 was valid until 31 December 2025.
3. Kinds that share a numbering (``space``) share units: bundled green power and certificates have the same codes.
4. A kind may want more of a lot: a vintage within one month, after a day, or of a country that is told (``refused``); a
   methodology in a form; the power plant named for some methodologies.
5. The same electricity is never behind a green certificate and a carbon credit. Which document says so depends on the
   day (``exclusion``): outside the period of the notice the project's own reading applies, and a person must check
   whether a successor was published.

Example: ``instrument(Kind.GEC).expires_on(date(2024, 11, 1)) == date(2026, 10, 31)``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
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
    one_month: bool = False
    vintage_after: date | None = None
    methodology_form: str = ""
    plant_named: tuple[str, ...] = ()

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
        """False for a generation (its last day) that the registry no longer certifies."""
        return not any(country == where and generated >= since for where, since in self.refused)

    def names_methodology(self, text: str) -> bool:
        """True when ``text`` is a methodology in the form of the kind, or the kind has none (rule 4)."""
        return not self.methodology_form or re.fullmatch(self.methodology_form, _folded(text)) is not None

    def needs_plant(self, methodology: str) -> bool:
        """True when credits of this methodology rest on the electricity of a plant that must be named (rule 4)."""
        return _folded(methodology).startswith(self.plant_named) if self.plant_named else False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why the same electricity is not behind a certificate and a credit on a day (rule 5); both days included."""

    problem: str
    source: str
    mark: str
    since: date | None = None
    until: date | None = None

    def covers(self, on: date) -> bool:
        """True when it applies on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@cache
def exclusions() -> tuple[Exclusion, ...]:
    """All of them, the first that covers a day applies; read once."""
    return tuple(Exclusion(**table) for table in _tables()["exclusion"])


def exclusion(on: date) -> Exclusion:
    """The one that applies on a day: the last of them covers every day."""
    return next(one for one in exclusions() if one.covers(on))


@cache
def instruments() -> dict[Kind, Instrument]:
    """All kinds; read once."""
    return {kind: _read(kind, _tables()[kind.value]) for kind in Kind}


def instrument(kind: Kind) -> Instrument:
    """The rules of a kind."""
    return instruments()[kind]


def _read(kind: Kind, table: dict[str, Any]) -> Instrument:
    extended = table.pop("extended", [])
    refused = table.pop("refused", [])
    plants = table.pop("plant_named", [])
    unit, grain = Unit(table.pop("unit")), Decimal(str(table.pop("grain")))
    return Instrument(
        kind=kind,
        unit=unit,
        grain=grain,
        extended=tuple((one["generated_before"], one["valid_until"]) for one in extended),
        refused=tuple((one["country"], one["generated_from"]) for one in refused),
        plant_named=tuple(plants),
        **table,
    )


def _tables() -> dict[str, Any]:
    text = resources.files("certificates.ledger").joinpath("instruments.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
