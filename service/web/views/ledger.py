"""The portfolio, the lots, the journal: what an organisation has, and how it came about."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_login import login_required

from certificates.ledger.days import day_of
from certificates.ledger.entries import Assert
from service.usecases.access import Permission, allow, allowed
from service.usecases.ledger import files, looking, lookups
from service.web import ledger_journal, ledger_page, ledger_rows, ledger_words, listing
from service.web.context import actor, names, services
from service.web.formats import exact

bp = Blueprint("ledger", __name__)


@bp.record_once
def helpers(state: Any) -> None:
    """What the templates of the ledger ask, components that are imported too."""
    environment = state.app.jinja_env
    environment.filters["figure"] = lambda amount: exact(ledger_rows.figure_text(amount))
    environment.globals.update(
        lw=ledger_words, days_text=ledger_rows.days_text, row_address=ledger_rows.lot_address
    )


@bp.get("/ledger", defaults={"form": "html"})
@bp.get("/ledger.<any(csv,json):form>")
@login_required
def portfolio(form: str) -> Any:
    """What the organisation has on a day: sums, pictures, warnings, and every position."""
    allow(actor(), Permission.LEDGER_READ)
    today = day_of(services().clock())
    on = _day(today)
    rows = ledger_rows.rows(looking.holdings(actor(), on, services()), on)
    spec = ledger_rows.list_spec(on, today, rows)
    if form != "html":
        return listing.answer(spec, rows, form, "")
    page = ledger_page.portfolio(actor(), rows, (on, today), services())
    return listing.answer(spec, rows, form, "ledger/portfolio.html", page=page)


@bp.get("/ledger/lots/<int:sequence>")
@login_required
def lot(sequence: int) -> Any:
    """One lot: its serial, where its units are, what happened to it."""
    return render_template("ledger/lot.html", page=ledger_page.lot(actor(), sequence, services()))


@bp.get("/ledger/positions/<key>")
@login_required
def position(key: str) -> Any:
    """A position, on the page of its lot."""
    found = looking.position(actor(), key, services())
    return redirect(url_for("ledger.lot", sequence=found.lot.sequence, _anchor=f"position-{key}"), 302)


@bp.get("/ledger/entries", defaults={"form": "html"})
@bp.get("/ledger/entries.<any(csv,json):form>")
@login_required
def entries(form: str) -> Any:
    """The journal."""
    events = looking.recorded(actor(), services())
    people = names({one.person_id for one in events if one.person_id})
    rows = ledger_journal.lines(events, people)
    return listing.answer(ledger_journal.spec(), rows, form, "ledger/entries.html")


@bp.get("/ledger/entries/<int:sequence>")
@login_required
def entry(sequence: int) -> Any:
    """An entry, in the history of its lot; an assertion, which is of no lot, where it can be reversed."""
    event = ledger_page.event_of(actor(), sequence, services())
    found = lookups.lot_at(actor(), sequence, services())
    stands = isinstance(event.entry, Assert) and not event.reversed_by
    if found is None and stands and allowed(actor(), Permission.LEDGER_RECORD):
        return redirect(url_for("ledger_record.reverse", sequence=sequence), 302)
    if found is None:
        return redirect(url_for("ledger.entries", q=str(sequence)), 302)
    return redirect(url_for("ledger.lot", sequence=found.sequence, _anchor=f"entry-{sequence}"), 302)


@bp.get("/ledger/export.txt")
@login_required
def export() -> Any:
    """The account's entries as text that can be read, kept and folded again."""
    text = looking.export_text(actor(), services())
    return Response(
        text,
        mimetype="text/plain",
        headers={"Content-Disposition": 'attachment; filename="ledger.txt"'},
    )


@bp.get("/ledger/files/<sha256>")
@login_required
def file(sha256: str) -> Any:
    """A file of evidence, exactly as it was kept. Never shown in the page: it is somebody's file."""
    record, data = files.get(actor(), sha256, services()), files.content(actor(), sha256, services())
    return send_file(
        BytesIO(data), "application/octet-stream", as_attachment=True, download_name=record.filename
    )


def _day(today: date) -> date:
    """The day asked for; a day that is none, or to come, is today."""
    try:
        return min(date.fromisoformat(request.args.get("on", "")), today)
    except ValueError:
        return today
