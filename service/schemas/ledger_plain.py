"""Results of the use cases of the ledger as the schemas of ``service.schemas.ledger_results`` write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from certificates.ledger import entries, portfolio
from certificates.ledger.holdings import By, Held, totals
from certificates.ledger.instruments import Kind, instrument
from service.schemas.plain import plain

if TYPE_CHECKING:
    from service.store.ledger_records import Holding
    from service.usecases.ledger.looking import Event, History, Portfolio


def event(found: Event) -> dict[str, Any]:
    """An entry as :class:`EntrySchema` writes it."""
    return {
        "number": found.number,
        "at": found.at,
        "person_id": found.person_id,
        "own": found.own,
        "reversed_by": found.reversed_by,
        "link": found.link,
        "entry": entries.plain(found.entry),
    }


def position(found: Holding) -> dict[str, Any]:
    """A position as :class:`PositionSchema` writes it."""
    one = found.position
    quantity = instrument(Kind(found.lot.kind)).quantity(one.span.count)
    return {
        "key": one.key,
        "state": one.state.value,
        "space": one.span.space,
        "first": one.span.first,
        "last": one.span.last,
        "units": one.span.count,
        **_amount(quantity),
        "transfers": one.transfers,
        "opened_on": one.opened_on,
        "used_by": found.used_by,
        "closed_by": found.closed_by,
        "closed_on": found.closed_on,
        "lot": found.lot,
    }


def holdings(on: date, found: tuple[Holding, ...], part: Mapping[str, int]) -> dict[str, Any]:
    """A part of a list as :class:`HoldingsSchema` writes it; ``part`` is ``offset`` and ``limit``."""
    start = part["offset"]
    shown = found[start : start + part["limit"]]
    return {"on": on, "total": len(found), "offset": start, "holdings": [position(one) for one in shown]}


def of_account(account: str, found: Portfolio) -> dict[str, Any]:
    """What an account has as :class:`PortfolioSchema` writes it."""
    held = [_held(one) for one in found.holdings]
    calendar = portfolio.calendar(held, found.on)
    return {
        "account": account,
        "on": found.on,
        "totals": [
            {"kind": one.kind, "state": one.state, "units": one.units, **_amount(one.quantity)}
            for one in found.totals
        ],
        "vintages": [
            {"kind": one.kind.value, "state": one.key[0], "year": int(one.key[1]), **_amount(one.quantity)}
            for one in totals(held, By.STATE, By.YEAR)
        ],
        "expiring": [
            {
                "position": one.held.position.key,
                "kind": one.held.kind.value,
                "last": one.last,
                "days": one.days,
                **_amount(one.held.quantity),
            }
            for one in (*calendar.expired, *calendar.warnings)
        ],
    }


def history(found: History) -> dict[str, Any]:
    """A lot as :class:`HistorySchema` writes it."""
    return {
        "lot": found.lot,
        "events": [event(one) for one in found.events],
        "positions": [position(one) for one in found.positions],
    }


def told(problems: Iterable[Any]) -> list[dict[str, str]]:
    """Problems as code, where, and the sentence in both languages."""
    return [
        {"code": one.code, "where": one.where, "zh": one.sentence("zh"), "en": one.sentence("en")}
        for one in problems
    ]


def line_cover(found: Any) -> dict[str, Any]:
    """A line that needs cover: what it needs, kWh covered and missing, and why units do not count."""
    return {
        "need": plain(found.need),
        "covered": plain(found.covered),
        "missing": plain(found.missing),
        "problems": told(found.problems),
        "dossiers": list(found.dossiers),
    }


def retired(one: Any) -> dict[str, Any]:
    """A unit of a balance, with its kWh; the entry that retired it in its stored form."""
    entry = one.retirement
    return {
        "position": one.position,
        "kind": one.kind.value,
        "units": one.count,
        "kwh": plain(one.kwh),
        "state": one.state.value,
        "country": one.country,
        "technology": one.technology,
        "vintage_start": plain(one.vintage_start),
        "vintage_end": plain(one.vintage_end),
        "expires_on": plain(one.expires_on),
        "used_by": one.used_by,
        "retirement": entries.plain(entry) if entry else None,
    }


def _held(one: Holding) -> Held:
    lot = one.lot
    return Held(
        one.position,
        Kind(lot.kind),
        lot.project,
        lot.technology,
        lot.vintage_start,
        lot.vintage_end,
        lot.expires_on,
    )


def _amount(quantity: Any) -> dict[str, str]:
    return {"amount": f"{quantity.amount:f}", "unit": quantity.unit.value}
