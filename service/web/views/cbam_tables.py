"""The reference tables of CBAM: where every figure comes from, and newer workbooks of the Commission."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from service.usecases.access import Permission, allow
from service.usecases.cbam import staging, tables
from service.usecases.cbam.refusals import TablesNotImported
from service.usecases.cbam.tables import FIRST_DAY
from service.usecases.refusals import Refusal
from service.web import cbam_forms, cbam_tables, listing
from service.web.cbam_forms import Wrong
from service.web.context import actor, services
from service.web.i18n import language

bp = Blueprint("cbam_tables", __name__, url_prefix="/cbam")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/tables", defaults={"form": "html"})
@bp.get("/tables.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Every table with its source, version, dates and mark, and the installed editions."""
    view = tables.overview(actor(), services())
    spec = cbam_tables.tables_spec(form)
    return listing.answer(spec, view.infos, form, "cbam/tables.html", view=view, ct=cbam_tables)


@bp.get("/tables/<table>", defaults={"form": "html"})
@bp.get("/tables/<table>.<any(csv,json):form>")
@login_required
def show(table: str, form: str) -> Any:
    """One table, row by row."""
    from databases.cbam.forms import FORMS

    view = tables.rows_of(actor(), table, services())
    spec = cbam_tables.rows_spec(view)
    has_form = table in FORMS
    shown = {"info": view.info, "has_form": has_form, "ct": cbam_tables}
    return listing.answer(spec, view.rows, form, "cbam/table.html", **shown)


@bp.get("/tables/<table>/template.xlsx")
@login_required
def template(table: str) -> Any:
    """The form of a table with its rows, to add to and import."""
    data = tables.template(actor(), table, services(), language())
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=f"cbam-{table}.xlsx")


@bp.get("/tables/import")
@login_required
def new() -> Any:
    """The form for a newer workbook."""
    allow(actor(), Permission.CBAM_TABLES_IMPORT)
    return _form({})


@bp.post("/tables/import")
@login_required
def upload() -> Any:
    """Take a workbook and show what it would change; nothing is installed yet."""
    allow(actor(), Permission.CBAM_TABLES_IMPORT)
    try:
        name, data = cbam_forms.upload("file")
        dates: dict[str, Any] = {
            field: cbam_forms.needed_day(request.form, field) for field in ("published", "valid_from")
        }
        key = staging.stage(actor(), name, data, services())
        asked = cbam_tables.asked(actor(), key, request.form, services())
        cbam_tables.previewed(actor(), asked, services())
    except (Refusal, Wrong) as error:
        notices = error.notices if isinstance(error, TablesNotImported) else ()
        return _form(request.form, error, notices), cbam_forms.status_of(error)
    return redirect(url_for("cbam_tables.preview", staged=key, **dates), 303)


@bp.get("/tables/imports/<staged>", defaults={"form": "html"})
@bp.get("/tables/imports/<staged>.<any(csv,json):form>")
@login_required
def preview(staged: str, form: str) -> Any:
    """What a staged workbook would change, the largest change first."""
    allow(actor(), Permission.CBAM_TABLES_IMPORT)
    try:
        asked = cbam_tables.asked(actor(), staged, request.args, services())
        found = cbam_tables.previewed(actor(), asked, services())
    except Wrong as error:
        return _form(request.args, error), 422
    spec = cbam_tables.changes_spec(asked, found)
    shown = {"asked": asked, "preview": found, "ct": cbam_tables}
    return listing.answer(
        spec, cbam_tables.largest_first(found.changes), form, "cbam/tables_preview.html", **shown
    )


@bp.post("/tables/imports/<staged>")
@login_required
def install(staged: str) -> Any:
    """Install the staged workbook as an edition."""
    allow(actor(), Permission.CBAM_TABLES_IMPORT)
    try:
        asked = cbam_tables.asked(actor(), staged, request.form, services())
    except Wrong as error:
        return _form(request.form, error), 422
    made = tables.import_(actor(), asked.command, services())
    flash(
        _("Edition %(name)s is installed. New calculations use it; stored ones stay.", name=made.name), "good"
    )
    return redirect(url_for("cbam_tables.list_"), 303)


def _form(values: Any, error: Exception | None = None, notices: Any = ()) -> str:
    errors = cbam_forms.errors_of(error) if error else {}
    first = {"valid_from": FIRST_DAY.isoformat()}
    return render_template(
        "cbam/tables_import.html", values={**first, **values}, errors=errors, notices=notices
    )
