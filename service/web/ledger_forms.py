"""Forms of the ledger: what was typed becomes an entry, or every problem stands at its field.

Rules
1. All fields are read before anything is said: a form comes back with every problem and all that was typed.
2. An amount is typed in the instrument's unit (MWh, tCO2e) and becomes whole units of its grain; nothing is rounded.
3. A refusal of the ledger is told at the field it is about, else above the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from certificates.ledger.instruments import Instrument
from certificates.ledger.problems import Problem
from service.usecases.ledger.refusals import LedgerRefused
from service.usecases.refusals import Refusal
from service.web.i18n import language

T = TypeVar("T")

NEEDED = _l("Fill in this field.")
NO_DAY = _l("Give a day, such as 2026-03-31.")
NO_CHOICE = _l("Choose one of the list.")
NO_COUNT = _l("Give a whole number, 0 or more.")
NO_AMOUNT = _l("Give an amount above 0, such as 120.")
NOT_WHOLE = _l("Give a whole multiple of one unit; the registry has no smaller one.")

FIELD_OF_PROBLEM = {
    "entry-in-future": "on",
    "before-last-entry": "on",
    "lot-expired": "on",
    "vintage-not-over": "vintage_end",
    "vintage-not-one-month": "vintage_end",
    "vintage-too-early": "vintage_start",
    "generation-not-eligible": "vintage_start",
    "country-not-in-form": "country",
    "serial-country-differs": "country",
    "methodology-not-in-form": "methodology",
    "plant-missing": "electricity",
    "plant-not-in-form": "electricity",
    "serial-vintage-differs": "vintage_start",
    "serial-not-in-form": "serial",
    "serial-taken": "serial",
    "serial-quantity-differs": "serial",
    "serial-project-differs": "project",
    "lot-differs": "project",
    "transfers-understated": "transfers",
    "transfers-used-up": "transfers",
    "evidence-needed": "evidence",
    "part-needs-evidence": "evidence",
    "electricity-claimed-twice": "electricity",
    "electricity-claimed-twice-unsettled": "electricity",
    "transfer-to-nobody": "to_name",
    "beneficiary-missing": "beneficiary",
    "period-backwards": "period_end",
    "authority-missing": "authority",
    "reason-missing": "reason",
    "balance-differs": "expected",
    "unit-differs": "kind",
    "split-differs": "pieces",
}
"""The field of a form that a problem of the ledger is about."""


class Given:
    """A posted form; reading a field notes what is wrong with it in ``errors``."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.errors: dict[str, Any] = {}

    def text(self, name: str, *, needed: bool = False) -> str:
        """A field without blanks around it."""
        found = self.values.get(name, "").strip()
        if needed and not found:
            self.errors[name] = NEEDED
        return found

    def day(self, name: str) -> date | None:
        """A day as browsers send it, None where it is none."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.errors[name] = NO_DAY
            return None

    def choice(self, name: str, read: Callable[[str], T]) -> T | None:
        """One of the values that ``read`` knows."""
        try:
            return read(self.text(name))
        except (ValueError, KeyError):
            self.errors[name] = NO_CHOICE
            return None

    def count(self, name: str, *, empty: int = 0) -> int:
        """A whole number of at least 0; ``empty`` where nothing was typed."""
        found = self.text(name)
        if not found:
            return empty
        if not found.isascii() or not found.isdigit() or len(found) > 18:
            self.errors[name] = NO_COUNT
            return empty
        return int(found)

    def decimal(self, name: str, *, least: Decimal = Decimal(0), above: bool = False) -> Decimal | None:
        """A finite decimal of at least ``least``, or above it."""
        found = self.text(name).replace(",", "")
        try:
            amount = Decimal(found)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < least or (above and amount == least) or amount >= 10**15:
            self.errors[name] = NO_AMOUNT
            return None
        return amount

    def units(self, name: str, kind: Instrument) -> int | None:
        """Rule 2: how many units an amount in MWh or tCO2e is."""
        amount = self.decimal(name, above=True)
        if amount is None:
            return None
        count = amount / kind.grain
        if count != count.to_integral_value():
            self.errors[name] = NOT_WHOLE
            return None
        return int(count)


def told(problems: Iterable[Problem], fields: Iterable[str]) -> dict[str, Any]:
    """Rule 3: sentences by field; those of no field of this form are joined under ``""``."""
    known = frozenset(fields)
    errors: dict[str, list[str]] = {}
    for problem in problems:
        field = FIELD_OF_PROBLEM.get(problem.code, "")
        errors.setdefault(field if field in known else "", []).append(problem.sentence(language()))
    return {field: " ".join(dict.fromkeys(found)) for field, found in errors.items()}


def refused(refusal: Refusal, fields: Iterable[str]) -> dict[str, Any]:
    """A refusal of recording as errors of a form: every problem the ledger told, or the refusal's own sentence.

    Where the split before an entry was refused, that the position is not split is no problem of its own.
    """
    if not isinstance(refusal, LedgerRefused):
        return {"": refusal.message(language())}
    found = [one.problem for one in refusal.contradictions]
    if any(one.kind == "split" for one in refusal.contradictions):
        found = [one for one in found if one.code != "split-first"]
    return told(found, fields)
