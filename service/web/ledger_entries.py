"""Entries out of forms, and what a pasted serial fills in.

Rules
1. What the serial says is taken from the serial; what it does not say is asked for.
2. A form gives an entry, or None with its errors in ``Given.errors``; whether the entry may happen the ledger says.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from certificates.ledger.entries import Acquire, Assert
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.quantity import Quantity
from certificates.ledger.serials import Said, said, span_of
from certificates.ledger.spans import Span
from service.web.ledger_forms import Given
from service.web.ledger_rows import figure_text

NOT_IN_FORM = _l("This is not in the form of this registry's serials. Copy it again, whole and unchanged.")
BACKWARDS = _l("The vintage ends before it begins.")
NO_RANGE = _l("These numbers make no range of units.")
NO_TRADES = _l("Give a whole number from 0 to 9999.")

ACQUIRE_LABELS = {
    "kind": _l("Kind"),
    "serial": _l("Serial number"),
    "amount": _l("Amount"),
    "first": _l("First unit's number"),
    "project": _l("Project number"),
    "name": _l("Name of the project or plant"),
    "vintage_start": _l("Vintage from"),
    "vintage_end": _l("Vintage to"),
    "country": _l("Country"),
    "technology": _l("Technology"),
    "methodology": _l("Methodology"),
    "electricity": _l("Filing code of the power plant"),
    "transfers": _l("Transfers so far"),
    "labels": _l("Labels"),
    "tradable": _l("The units may be traded"),
    "on": _l("Day of acquisition"),
    "counterparty": _l("From whom"),
    "evidence": _l("Evidence files"),
    "note": _l("Note"),
}
BALANCE_LABELS = {
    "kind": _l("Kind"),
    "expected": _l("Balance by the registry"),
    "on": _l("At the end of"),
    "evidence": _l("Evidence files"),
    "note": _l("Note"),
}


def recognised(kind_text: str, serial: str) -> tuple[dict[str, str], str]:
    """What the serial fills in by field, and the error of the field ``serial``, empty where it is in form."""
    try:
        kind = Kind(kind_text)
    except ValueError:
        return {}, ""
    found = said(kind, serial)
    if found is None:
        return {}, str(NOT_IN_FORM)
    return _filled(kind, found), ""


def acquire(given: Given, account: str, evidence: tuple[str, ...]) -> Acquire | None:
    """The entry of the form, None where a field is wrong."""
    kind = given.choice("kind", Kind)
    serial = given.text("serial", needed=True)
    on, vintage = given.day("on"), _vintage(given)
    transfers = given.count("transfers")
    if transfers > 9_999:
        given.errors["transfers"] = NO_TRADES
    span = _span(given, kind, serial) if kind and serial else None
    if given.errors or kind is None or span is None or on is None or vintage is None:
        return None
    lot = Lot(
        kind=kind,
        serial=serial,
        span=span,
        project=given.text("project"),
        vintage_start=vintage[0],
        vintage_end=vintage[1],
        name=given.text("name"),
        country=given.text("country").upper(),
        technology=given.text("technology"),
        methodology=given.text("methodology"),
        electricity=given.text("electricity"),
        tradable=bool(given.text("tradable")),
        transfers=transfers,
        labels=tuple(part.strip() for part in given.text("labels").split(",") if part.strip()),
    )
    return Acquire(
        on=on,
        account=account,
        lot=lot,
        counterparty=given.text("counterparty"),
        evidence=evidence,
        note=given.text("note"),
    )


def balance(given: Given, account: str, evidence: tuple[str, ...]) -> Assert | None:
    """The assertion of the form, None where a field is wrong."""
    kind, on, amount = given.choice("kind", Kind), given.day("on"), given.decimal("expected")
    if kind is None or on is None or amount is None:
        return None
    expected = Quantity(amount, instrument(kind).unit)
    return Assert(
        on=on, account=account, kind=kind, expected=expected, evidence=evidence, note=given.text("note")
    )


def pieces(given: Given, span: Span, kind: Kind) -> tuple[Span, ...] | None:
    """Spans for amounts separated by commas, the rest as the last; None with the error where they do not fit."""
    rules = instrument(kind)
    counts: list[int] = []
    for text in (part for part in given.text("pieces").replace("，", ",").split(",") if part.strip()):
        one = Given({"pieces": text})
        count = one.units("pieces", rules)
        if count is None:
            given.errors["pieces"] = one.errors["pieces"]
            return None
        counts.append(count)
    if not counts or sum(counts) > span.count or (len(counts) == 1 and counts[0] == span.count):
        given.errors["pieces"] = _l("Give amounts that together are less than the whole, such as 40, 60.")
        return None
    left = span.count - sum(counts)
    made, at = [], span.first
    for count in [*counts, left] if left else counts:
        made.append(Span(span.space, at, at + count - 1))
        at += count
    return tuple(made)


def _span(given: Given, kind: Kind, serial: str) -> Span | None:
    found = said(kind, serial)
    if found is None:
        given.errors["serial"] = NOT_IN_FORM
        return None
    if found.span is not None and not given.text("amount"):
        return found.span
    count = given.units("amount", instrument(kind))
    first = given.count("first", empty=-1)
    if count is None:
        return None
    if (
        found.span is not None
    ):  # a wrong amount becomes a lot whose numbers do not agree: the ledger tells both
        return Span(found.span.space, found.span.first, found.span.first + count - 1)
    span = span_of(kind, serial, count, None if first < 0 else first)
    if span is None:
        given.errors["amount"] = NO_RANGE
    return span


def _vintage(given: Given) -> tuple[date, date] | None:
    start, end = given.day("vintage_start"), given.day("vintage_end")
    if start is None or end is None:
        return None
    if end < start:
        given.errors["vintage_end"] = BACKWARDS
        return None
    return start, end


def _filled(kind: Kind, found: Said) -> dict[str, str]:
    start, end = found.vintage_start, found.vintage_end
    if start is None and found.year is not None:
        start, end = date(found.year, 1, 1), date(found.year, 12, 31)
    values: dict[str, Any] = {
        "amount": figure_text(instrument(kind).quantity(found.span.count).amount) if found.span else "",
        "project": found.project or found.electricity,
        "country": found.country,
        "electricity": found.electricity,
        "vintage_start": start.isoformat() if start else "",
        "vintage_end": end.isoformat() if end else "",
    }
    return {name: value for name, value in values.items() if value}
