"""What was sent to which importer, and how far each is from the threshold of 50 tonnes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required

from service.usecases.access import Permission, allow
from service.usecases.cbam import shipments
from service.usecases.cbam.shipments import FIRST_YEAR, EditShipment, Shipment
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web import cbam_forms, cbam_shipments, listing
from service.web.cbam_forms import Wrong
from service.web.cbam_shipments import spec
from service.web.context import actor, services

bp = Blueprint("cbam_shipments", __name__, url_prefix="/cbam")
FIELDS = ("importer", "eori", "cn", "origin", "net_mass_kg", "imported_on", "installation_id", "note")


@bp.get("/shipments", defaults={"form": "html"})
@bp.get("/shipments.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """A year's shipments, and where every importer stands."""
    allow(actor(), Permission.CBAM_SHIPMENTS)
    year = _year()
    rows = shipments.list_(actor(), services(), year=year)
    return listing.answer(spec(year), rows, form, "cbam/shipments.html", **_context(year))


@bp.post("/shipments")
@login_required
def add() -> Any:
    """Add one shipment; what was typed survives a refusal."""
    allow(actor(), Permission.CBAM_SHIPMENTS)
    try:
        made = shipments.add(actor(), _shipment(), services())
    except (Refusal, Wrong) as error:
        return _again("cbam/shipments.html", error, **_page(_year()))
    flash(_("The shipment is kept."), "good")
    return redirect(url_for("cbam_shipments.list_", year=made.imported_on.year), 303)


@bp.post("/shipments/file")
@login_required
def import_() -> Any:
    """Add every row of a file, or none."""
    allow(actor(), Permission.CBAM_SHIPMENTS)
    try:
        name, data = cbam_forms.upload("file")
        done = shipments.import_file(actor(), name, data, services())
    except (Refusal, Wrong) as error:
        return _again("cbam/shipments.html", error, **_page(_year()))
    if not done.count:
        return render_template("cbam/shipments.html", **{**_page(_year()), "findings": done.findings}), 422
    flash(ngettext("%(num)d shipment was added.", "%(num)d shipments were added.", done.count), "good")
    return redirect(url_for("cbam_shipments.list_"), 303)


@bp.get("/shipments/<key>")
@login_required
def edit(key: str) -> Any:
    """The form of one shipment."""
    return render_template(
        "cbam/shipment.html", shipment=shipments.get(actor(), key, services()), values={}, errors={}
    )


@bp.post("/shipments/<key>")
@login_required
def change(key: str) -> Any:
    """Keep the changed shipment, or remove it."""
    allow(actor(), Permission.CBAM_SHIPMENTS)
    version = request.form.get("version", 0, type=int)
    before = shipments.get(actor(), key, services())
    if request.form.get("remove"):
        shipments.remove(actor(), key, version, services())
        flash(_("The shipment is removed."), "good")
        return redirect(url_for("cbam_shipments.list_", year=before.imported_on.year), 303)
    try:
        made = shipments.edit(actor(), EditShipment(key, version, _shipment()), services())
    except (Refusal, Wrong) as error:
        return _again("cbam/shipment.html", error, shipment=before)
    flash(_("The shipment is kept."), "good")
    return redirect(url_for("cbam_shipments.list_", year=made.imported_on.year), 303)


def _year() -> int:
    asked = request.args.get("year", "")
    now = max(services().clock().year, FIRST_YEAR)
    return int(asked) if asked.isdigit() and FIRST_YEAR <= int(asked) <= now + 1 else now


def _context(year: int) -> dict[str, Any]:
    from lca.cbam.obligation.calendar import deadlines

    today = services().clock().date()
    checked = shipments.threshold(actor(), year, services())
    return {
        "checked": checked,
        "meters": cbam_shipments.meters(checked.standings, today),
        "dates": cbam_shipments.dates(deadlines(year), today),
        "year": year,
        "years": [str(one) for one in range(FIRST_YEAR, max(today.year, FIRST_YEAR) + 2)],
        "values": {},
        "errors": {},
        "findings": (),
    }


def _page(year: int) -> dict[str, Any]:
    rows = shipments.list_(actor(), services(), year=year)
    return {"listing": listing.build(spec(year), rows), **_context(year)}


def _shipment() -> Shipment:
    """The posted shipment. Raises Wrong for a day that is none."""
    given = {name: request.form.get(name, "") for name in FIELDS}
    del given["imported_on"]
    return Shipment(imported_on=cbam_forms.needed_day(request.form, "imported_on"), **given)


def _again(template: str, error: Exception, **context: Any) -> Any:
    if isinstance(error, NotAllowed | NotFound):
        raise error
    shown = {**context, "values": request.form, "errors": cbam_forms.errors_of(error)}
    return render_template(template, **shown), cbam_forms.status_of(error)
