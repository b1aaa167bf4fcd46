"""Green power: kWh of a site and period against retired units; the organisation's electricity account of a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from databases import places
from service.usecases import inventories
from service.usecases.access import Permission, allow
from service.usecases.ledger import files, power, power_account
from service.usecases.ledger.power import Allocate, BalanceView, ChangeBalance, Release
from service.usecases.refusals import Refusal
from service.web import ledger_power, listing
from service.web.context import actor, services
from service.web.formats import bilingual, by_name, place
from service.web.ledger_dossiers import Wrong, errors_of, posted_version
from service.web.ledger_evidence import Kept, kept_files, stored

bp = Blueprint("ledger_power", __name__, url_prefix="/ledger")


@bp.get("/power", defaults={"form": "html"})
@bp.get("/power.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """The account of a year by site, and every balance."""
    rows = power.list_(actor(), services())
    spec = ledger_power.list_spec()
    if form != "html":
        return listing.answer(spec, rows, form, "")
    years = sorted({one.balance.period_end.year for one in rows}, reverse=True)
    asked = request.args.get("year", 0, type=int)
    year = asked if asked in years else (years[0] if years else services().clock().year)
    account = power_account.account(actor(), year, services())
    shown = {"years": years, "year": year, "account": account, "lpw": ledger_power}
    return listing.answer(spec, rows, form, "ledger/power.html", **shown)


@bp.get("/power/new")
@login_required
def new() -> Any:
    """The form of a balance, for the last full year."""
    allow(actor(), Permission.POWER_ALLOCATE)
    year = services().clock().year - 1
    return _form(None, {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31", "place": "CN-JS"})


@bp.post("/power/new")
@login_required
def add() -> Any:
    """Open a balance."""
    allow(actor(), Permission.POWER_ALLOCATE)
    kept = kept_files()
    try:
        made = power.open_(actor(), ledger_power.posted(request.form, kept.hashes), services())
    except Refusal as refusal:
        return _form(None, request.form, errors_of(refusal), kept), refusal.status
    flash(_("The balance is kept. Now allocate retired units to it."), "good")
    return redirect(url_for("ledger_power.show", key=made.id), 303)


@bp.get("/power/<key>")
@login_required
def show(key: str) -> Any:
    """One balance: consumption, what covers it, what could."""
    return _page(power.get(actor(), key, services()))


@bp.get("/power/<key>/edit")
@login_required
def edit(key: str) -> Any:
    """The form of a balance as it stands."""
    view = power.get(actor(), key, services())
    allow(actor(), Permission.POWER_ALLOCATE)
    return _form(view, ledger_power.values_of(view.balance), kept=stored(view.balance.evidence))


@bp.post("/power/<key>/edit")
@login_required
def change(key: str) -> Any:
    """Keep the changed form as the next version."""
    view = power.get(actor(), key, services())
    allow(actor(), Permission.POWER_ALLOCATE)
    kept = kept_files()
    form = ledger_power.posted(request.form, kept.hashes)
    try:
        power.change(actor(), ChangeBalance(key, form, "", posted_version()), services())
    except Refusal as refusal:
        return _form(view, request.form, errors_of(refusal), kept), refusal.status
    flash(_("The balance is kept."), "good")
    return redirect(url_for("ledger_power.show", key=key), 303)


@bp.post("/power/<key>/units")
@login_required
def allocate(key: str) -> Any:
    """Allocate ticked positions, or give one back."""
    power.get(actor(), key, services())
    allow(actor(), Permission.POWER_ALLOCATE)
    try:
        if given := tuple(request.form.getlist("release")):
            power.release(actor(), Release(key, given, posted_version()), services())
        else:
            ticked = tuple(request.form.getlist("positions"))
            power.allocate(actor(), Allocate(key, ticked, posted_version()), services())
    except Refusal as refusal:
        return _page(power.get(actor(), key, services()), errors_of(refusal)), refusal.status
    return redirect(url_for("ledger_power.show", key=key, _anchor="units"), 303)


@bp.post("/power/<key>/close")
@login_required
def close(key: str) -> Any:
    """Give the balance up."""
    power.get(actor(), key, services())
    allow(actor(), Permission.POWER_ALLOCATE)
    try:
        power.close(actor(), key, services(), version=posted_version())
    except Refusal as refusal:
        return _page(power.get(actor(), key, services()), errors_of(refusal)), refusal.status
    flash(_("The balance is given up."), "good")
    return redirect(url_for("ledger_power.list_"), 303)


def _form(
    view: BalanceView | None, values: Mapping[str, str], wrong: Wrong = ({}, {}), kept: Kept | None = None
) -> str:
    codes = [(code, place(code)) for code in places.regions() if len(code) == 2 or code.startswith("CN-")]
    return render_template(
        "ledger/power_form.html",
        view=view,
        values=values,
        errors=wrong[0],
        labels=wrong[1],
        kept=kept.files if kept else (),
        grids=by_name(codes),
        inventories=[
            (one.id, f"{bilingual(one, 'product_name')} · {one.filename}")
            for one in inventories.list_(actor(), services())
        ],
    )


def _page(view: BalanceView, wrong: Wrong = ({}, {})) -> str:
    own = view.dossier.organisation_id == actor().organisation_id
    open_ = own and view.dossier.status != "closed" and not view.label
    return render_template(
        "ledger/power_balance.html",
        view=view,
        lpw=ledger_power,
        own=own,
        open=open_,
        free=power.candidates(actor(), view.dossier.id, services()) if open_ else (),
        files={one.sha256: one.filename for one in files.list_(actor(), services())},
        errors=wrong[0],
        labels=wrong[1],
    )
