"""Purchases: what was ordered, what came, what is late, what it costs; budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from certificates.ledger.days import day_of
from certificates.ledger.entries import Acquire
from certificates.ledger.money import CURRENCIES
from service.usecases.access import Permission, allow
from service.usecases.ledger import files, looking, purchasing, spending
from service.usecases.ledger.bought import PurchaseView
from service.usecases.ledger.purchasing import Cancel, ChangePurchase, Deliver
from service.usecases.refusals import Refusal
from service.web import ledger_purchases, ledger_words, listing
from service.web.context import actor, names, services
from service.web.ledger_dossiers import Wrong, errors_of, posted_version
from service.web.ledger_evidence import Kept, kept_files, stored

MOST_OFFERED = 200
"""Lots offered for a delivery, the newest; older ones are few and found by the interface for programs."""
bp = Blueprint("ledger_purchases", __name__, url_prefix="/ledger")


@bp.get("/purchases", defaults={"form": "html"})
@bp.get("/purchases.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """All purchases, what is late or due, and the budget."""
    return _list_page(form, {}, ({}, {}))


@bp.post("/purchases/budget")
@login_required
def plan() -> Any:
    """Set what may be spent on a kind in a year."""
    allow(actor(), Permission.PURCHASE_KEEP)
    given = {name: request.form.get(name, "") for name in ("year", "kind", "currency", "amount")}
    try:
        spending.plan(actor(), given, services(), version=request.form.get("version", 0, type=int) or None)
    except Refusal as refusal:
        return _list_page("html", request.form, errors_of(refusal)), refusal.status
    flash(_("The budget is kept."), "good")
    return redirect(url_for("ledger_purchases.list_", _anchor="budget"), 303)


@bp.get("/purchases/new")
@login_required
def new() -> Any:
    """The form of a purchase."""
    allow(actor(), Permission.PURCHASE_KEEP)
    return _form(None, ledger_purchases.beginning(day_of(services().clock())))


@bp.post("/purchases/new")
@login_required
def add() -> Any:
    """Open a purchase."""
    allow(actor(), Permission.PURCHASE_KEEP)
    kept = kept_files()
    if request.form.get("more"):
        return _form(None, request.form, kept=kept)
    try:
        made = purchasing.open_(actor(), ledger_purchases.posted(request.form, kept.hashes), services())
    except Refusal as refusal:
        return _form(None, request.form, errors_of(refusal), kept), refusal.status
    flash(_("The purchase is kept."), "good")
    return redirect(url_for("ledger_purchases.show", key=made.id), 303)


@bp.get("/purchases/<key>")
@login_required
def show(key: str) -> Any:
    """One purchase: what was agreed, what came, what it costs."""
    return _page(purchasing.get(actor(), key, services()))


@bp.get("/purchases/<key>/edit")
@login_required
def edit(key: str) -> Any:
    """The form of a purchase as it stands."""
    view = purchasing.get(actor(), key, services())
    allow(actor(), Permission.PURCHASE_KEEP)
    return _form(view, ledger_purchases.values_of(view.purchase), kept=stored(view.purchase.evidence))


@bp.post("/purchases/<key>/edit")
@login_required
def change(key: str) -> Any:
    """Keep the changed form as the next version."""
    view = purchasing.get(actor(), key, services())
    allow(actor(), Permission.PURCHASE_KEEP)
    kept = kept_files()
    if request.form.get("more"):
        return _form(view, request.form, kept=kept)
    form = ledger_purchases.posted(request.form, kept.hashes)
    command = ChangePurchase(key, form, request.form.get("why", "").strip(), posted_version())
    try:
        purchasing.change(actor(), command, services())
    except Refusal as refusal:
        return _form(view, request.form, errors_of(refusal), kept), refusal.status
    flash(_("The purchase is kept."), "good")
    return redirect(url_for("ledger_purchases.show", key=key), 303)


@bp.post("/purchases/<key>/lots")
@login_required
def deliver(key: str) -> Any:
    """Put a lot under the purchase, or take one back."""
    purchasing.get(actor(), key, services())
    allow(actor(), Permission.PURCHASE_KEEP)
    added = tuple(request.form.getlist("add", type=int))
    removed = tuple(request.form.getlist("remove", type=int))
    try:
        purchasing.deliver(actor(), Deliver(key, added, removed, posted_version()), services())
    except Refusal as refusal:
        return _page(purchasing.get(actor(), key, services()), errors_of(refusal)), refusal.status
    return redirect(url_for("ledger_purchases.show", key=key, _anchor="deliveries"), 303)


@bp.post("/purchases/<key>/cancel")
@login_required
def cancel(key: str) -> Any:
    """The rest of it does not come."""
    purchasing.get(actor(), key, services())
    allow(actor(), Permission.PURCHASE_KEEP)
    given = {name: request.form.get(name, "") for name in ("on", "reason")}
    try:
        purchasing.cancel(actor(), Cancel(key, given, posted_version()), services())
    except Refusal as refusal:
        return _page(
            purchasing.get(actor(), key, services()), errors_of(refusal), request.form
        ), refusal.status
    flash(_("The rest of the purchase is cancelled."), "good")
    return redirect(url_for("ledger_purchases.show", key=key), 303)


def _list_page(form: str, values: Mapping[str, str], wrong: Wrong) -> Any:
    rows = purchasing.list_(actor(), services())
    spec = ledger_purchases.list_spec(rows)
    if form != "html":
        return listing.answer(spec, rows, form, "")
    return render_template(
        "ledger/purchases.html",
        listing=listing.build(spec, rows),
        watched=spending.monitoring(actor(), services()),
        budget=spending.budget(actor(), services()),
        lp=ledger_purchases,
        kinds=ledger_words.kind_options(),
        currencies=sorted(CURRENCIES),
        values=values or {"year": str(services().clock().year), "currency": "CNY"},
        errors=wrong[0],
        labels=wrong[1],
    )


def _form(
    view: PurchaseView | None, values: Mapping[str, str], wrong: Wrong = ({}, {}), kept: Kept | None = None
) -> str:
    return render_template(
        "ledger/purchase_form.html",
        view=view,
        values=values,
        errors=wrong[0],
        labels=wrong[1],
        kept=kept.files if kept else (),
        rows=ledger_purchases.row_counts(values, request.form.get("more", "")),
        lp=ledger_purchases,
        kinds=ledger_words.kind_options(),
        currencies=[(one, one) for one in sorted(CURRENCIES)],
    )


def _page(view: PurchaseView, wrong: Wrong = ({}, {}), values: Mapping[str, str] | None = None) -> str:
    history = purchasing.versions(actor(), view.dossier.id, services())
    return render_template(
        "ledger/purchase.html",
        view=view,
        lp=ledger_purchases,
        cost=spending.costs(actor(), services()),
        free=_free_lots(view),
        versions=history,
        people=names({one.person_id for one in history}),
        files={one.sha256: one.filename for one in files.list_(actor(), services())},
        errors=wrong[0],
        labels=wrong[1],
        values=values or {"on": day_of(services().clock()).isoformat()},
    )


def _free_lots(view: PurchaseView) -> list[tuple[int, str]]:
    """Own lots of the kind that no purchase has yet, newest first."""
    if view.purchase.cancelled_on is not None:
        return []
    taken = {lot for one in purchasing.list_(actor(), services()) for lot in one.purchase.lots}
    came = [
        (event.number, ledger_purchases.lot_text(event.entry))
        for event in looking.entries(actor(), services())
        if isinstance(event.entry, Acquire)
        and event.entry.lot.kind is view.purchase.kind
        and not event.reversed_by
        and event.number not in taken
    ]
    return came[: -MOST_OFFERED - 1 : -1]
