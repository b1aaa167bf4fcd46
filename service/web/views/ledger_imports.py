"""Imports of registries' tables: upload, what would become of every row, confirm, what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required

from certificates.ledger.entries import Beneficiary
from service.uploads import admit_table
from service.usecases import jobs
from service.usecases.access import Permission, allow
from service.usecases.ledger import importing
from service.usecases.ledger.import_reports import STATUSES
from service.usecases.ledger.refusals import TableNotRead
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web import ledger_imports, listing
from service.web.context import actor, names, services
from service.web.i18n import language

bp = Blueprint("ledger_imports", __name__, url_prefix="/ledger")


@bp.url_value_preprocessor
def admit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A registry's table may be large; this runs before the CSRF guard reads the form."""
    if endpoint == "ledger_imports.upload" and current_user.is_authenticated:
        admit_table(actor(), services())


@bp.get("/imports", defaults={"form": "html"})
@bp.get("/imports.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """The form of an upload, and every import so far."""
    return _list_page(form, {}, {})


@bp.post("/imports")
@login_required
def upload() -> Any:
    """Keep the file and try it; what was typed survives a refusal, the file must be chosen again."""
    allow(actor(), Permission.LEDGER_RECORD)
    errors: dict[str, Any] = {}
    given = request.files.get("file")
    acquired_on = _acquired_on(errors)
    if given is None or not given.filename:
        errors["file"] = _("Choose the file.")
    if errors or given is None:
        return _list_page("html", request.form, errors), 422
    name, code = request.form.get("beneficiary", "").strip(), request.form.get("code", "").strip()
    command = importing.Upload(
        filename=given.filename or "",
        data=given.stream.read(),
        registry=request.form.get("registry", ""),
        acquired_on=acquired_on,
        beneficiary=Beneficiary(name, code) if name else None,
    )
    try:
        key = importing.stage(actor(), command, services())
    except (NotAllowed, NotFound):
        raise
    except TableNotRead as refusal:
        shown = {"problems": refusal.problems, "filename": command.filename}
        return _list_page("html", request.form, errors, **shown), refusal.status
    except Refusal as refusal:
        return _list_page("html", request.form, {"": refusal.message(language())}), refusal.status
    return redirect(_where(key), 303)


@bp.get("/imports/<key>", defaults={"form": "html"})
@bp.get("/imports/<key>.<any(csv,json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """What would become of every row, or what became of it."""
    found = importing.get(actor(), key, services())
    if form == "csv":
        data = importing.report_csv(actor(), key, services())
        named = {"Content-Disposition": f'attachment; filename="import-{key[:8]}.csv"'}
        return Response(data, mimetype="text/csv", headers=named)
    if found.state in ("reading", "refused"):
        job = _job(key)
        if form == "json":
            return jsonify(state=found.state, problems=[one.message(language()) for one in found.problems])
        return render_template("ledger/import_waiting.html", found=found, job=job)
    return _report(found, form)


@bp.post("/imports/<key>")
@login_required
def confirm(key: str) -> Any:
    """Record every good row, all in one transaction."""
    allow(actor(), Permission.LEDGER_RECORD)
    job = importing.confirm(actor(), key, services())
    if job:
        return redirect(url_for("jobs.show", key=job), 303)
    found = importing.get(actor(), key, services())
    count = (found.result or {}).get("counts", {}).get("new", 0)
    flash(ngettext("%(num)d row was recorded.", "%(num)d rows were recorded.", count), "good")
    return redirect(url_for("ledger_imports.show", key=key), 303)


def _report(found: importing.Import, form: str) -> Any:
    status = request.args.get("status", "")
    if status not in STATUSES:
        status = ""
    page = request.args.get("page", 1, type=int)
    report = importing.report(actor(), found.id, services(), page=page, status=status)
    if form == "json":
        return jsonify(ledger_imports.as_json(found, report))
    return render_template(
        "ledger/import.html",
        found=found,
        report=report,
        status=status,
        picture=ledger_imports.picture(report.counts, found.id),
        amounts=ledger_imports.amounts(report.units),
        differs=ledger_imports.differing(found.result),
        words=ledger_imports,
        person=names({found.person_id}).get(found.person_id, ""),
    )


def _list_page(form: str, values: Mapping[str, str], errors: Mapping[str, Any], **more: Any) -> Any:
    rows = importing.list_(actor(), services())
    people = names({one.person_id for one in rows})
    return listing.answer(
        ledger_imports.list_spec(people),
        rows,
        form,
        "ledger/imports.html",
        values=values,
        errors=errors,
        registries=[(one.key, one.name(language())) for one in importing.known_registries()],
        **more,
    )


def _acquired_on(errors: dict[str, Any]) -> date | None:
    given = request.form.get("acquired_on", "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        errors["acquired_on"] = _("Give a day, such as 2026-03-31.")
        return None


def _where(key: str) -> str:
    """The report, or the job that still reads the file."""
    job = _job(key) if importing.get(actor(), key, services()).state == "reading" else ""
    return url_for("jobs.show", key=job) if job else url_for("ledger_imports.show", key=key)


def _job(key: str) -> str:
    """The newest job about an import, empty where there is none."""
    found = [
        one
        for one in jobs.list_(actor(), services())
        if one.kind == importing.IMPORT_JOB and one.payload.get("import") == key
    ]
    return found[0].id if found else ""
