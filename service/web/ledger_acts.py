"""What may be done with a position: the words of its forms, what they begin with, and the command they give.

Rules
1. A form about a part of a position takes the first units; the rest stays where it is.
2. The beneficiary is filled in with the reader's own organisation and may be changed: a retirement for somebody else
   names them. A registry of China has Chinese names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.ledger.entries import OUTSIDE, Beneficiary, Cause, Freeze, Purpose, Split
from certificates.ledger.instruments import Kind, instrument
from service.usecases.ledger.recording import RetireUnits, TransferUnits
from service.web.i18n import language
from service.web.ledger_entries import pieces
from service.web.ledger_forms import NEEDED, Given
from service.web.ledger_rows import Row, amount_text, figure_text

if TYPE_CHECKING:
    from service.store.records import Organisation

ACTS = {
    "retire": (
        _l("Retire units"),
        _l("Record what was retired in the registry: in whose name, what for, for which period."),
        _l("Retire"),
    ),
    "transfer": (
        _l("Transfer units"),
        _l("Record what was handed to another account in the registry."),
        _l("Transfer"),
    ),
    "split": (
        _l("Split a position"),
        _l("The same units in several positions, each of which can go its own way."),
        _l("Split"),
    ),
    "freeze": (
        _l("Freeze units"),
        _l("Frozen units cannot be used until the freeze is reversed."),
        _l("Freeze"),
    ),
}
"""Title, what it is for, and the word on the button."""
LABELS = {
    "amount": _l("Amount"),
    "pieces": _l("Pieces"),
    "to": _l("To whom"),
    "to_name": _l("Receiver"),
    "beneficiary": _l("Beneficiary"),
    "code": _l("Registration code"),
    "purpose": _l("Purpose"),
    "reference": _l("Registry's reference"),
    "period_start": _l("Period from"),
    "period_end": _l("Period to"),
    "cause": _l("Cause"),
    "authority": _l("At whose request"),
    "reason": _l("Reason"),
    "on": _l("Took effect on"),
    "evidence": _l("Evidence files"),
    "note": _l("Note"),
}


@dataclass(frozen=True, slots=True)
class ActPage:
    """A form about a position; ``amount`` is all of it with its unit."""

    act: str
    row: Row

    @property
    def title(self) -> Any:
        """What is done."""
        return ACTS[self.act][0]

    @property
    def lead(self) -> Any:
        """What it is for."""
        return ACTS[self.act][1]

    @property
    def do(self) -> Any:
        """The button's word."""
        return ACTS[self.act][2]

    @property
    def amount(self) -> str:
        """All of the position."""
        return amount_text(self.row.amount, self.row.unit)


ASKED = ("amount", "period_start", "period_end")
"""What an address may fill into the empty form."""


def beginning(page: ActPage, organisation: Organisation, today: date) -> Mapping[str, str]:
    """What the empty form holds (rule 2): everything, today, in the own name, for the year of the vintage."""
    lot = page.row.holding.lot
    is_power = page.row.unit == "MWh"
    year = lot.vintage_start.year if is_power else today.year
    return {
        "amount": figure_text(page.row.amount),
        "on": today.isoformat(),
        "beneficiary": organisation.name("zh" if lot.country == "CN" else language()),
        "code": organisation.code,
        "purpose": (Purpose.ELECTRICITY_USE if is_power else Purpose.NEUTRALISATION).value,
        "period_start": date(year, 1, 1).isoformat(),
        "period_end": date(year, 12, 31).isoformat(),
    }


def retire(given: Given, row: Row, evidence: tuple[str, ...]) -> RetireUnits | None:
    """The command of the form, None where a field is wrong."""
    count, on = _count(given, row), given.day("on")
    purpose = given.choice("purpose", Purpose)
    start, end = given.day("period_start"), given.day("period_end")
    name = given.text("beneficiary", needed=True)
    if given.errors or on is None or purpose is None or start is None or end is None:
        return None
    return RetireUnits(
        position=row.key,
        count=count,
        on=on,
        beneficiary=Beneficiary(name, given.text("code")),
        purpose=purpose,
        period_start=start,
        period_end=end,
        reference=given.text("reference"),
        evidence=evidence,
        note=given.text("note"),
    )


def transfer(given: Given, row: Row, to: str, evidence: tuple[str, ...]) -> TransferUnits | None:
    """The command of the form, None where a field is wrong; ``to`` is an account found for the receiver."""
    count, on = _count(given, row), given.day("on")
    if given.errors or on is None:
        return None
    return TransferUnits(
        position=row.key, count=count, on=on, to=to, evidence=evidence, note=given.text("note")
    )


def receiver(given: Given) -> str:
    """``outside:NAME`` for somebody outside; empty where the field is."""
    name = given.text("to_name")
    if not name:
        given.errors["to_name"] = NEEDED
    return f"{OUTSIDE}{name}"


def split(given: Given, row: Row, account: str) -> Split | None:
    """The entry of the form, None where a field is wrong."""
    position = row.holding.position
    into, on = pieces(given, position.span, Kind(row.kind)), given.day("on")
    if into is None or on is None:
        return None
    return Split(on=on, account=account, span=position.span, into=into, note=given.text("note"))


def freeze(given: Given, row: Row, account: str, evidence: tuple[str, ...]) -> Freeze | None:
    """The entry of the form, None where a field is wrong."""
    cause, on = given.choice("cause", Cause), given.day("on")
    authority = given.text("authority", needed=True)
    if given.errors or cause is None or on is None:
        return None
    return Freeze(
        on=on,
        account=account,
        span=row.holding.position.span,
        cause=cause,
        authority=authority,
        evidence=evidence,
        note=given.text("note"),
    )


def _count(given: Given, row: Row) -> int | None:
    """Rule 1: how many units, None where it is all of them or the field is wrong."""
    whole = row.holding.position.span.count
    count = given.units("amount", instrument(Kind(row.kind)))
    if count is None:
        return None
    if count > whole:
        given.errors["amount"] = _(
            "There are only %(amount)s in this position.", amount=amount_text(row.amount, row.unit)
        )
    return None if count == whole else count
