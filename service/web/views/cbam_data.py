"""The data of an installation: tables of its records, their forms, and how each number came about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from service.usecases.access import Permission, allow
from service.usecases.cbam import editing, installations
from service.usecases.cbam.editing import AddRecord, EditHead, EditRecord, RemoveRecord
from service.usecases.cbam.records import PARTS
from service.usecases.cbam.refusals import MonitoringChanged
from service.usecases.refusals import InvalidInput
from service.web import cbam_installation_data as pages
from service.web import cbam_installation_trace as traces
from service.web import listing
from service.web.cbam_installation_forms import (
    NOT_OFFERED,
    Form,
    Subject,
    at_field,
    form_of,
    typed,
    with_errors,
)
from service.web.cbam_installation_goods import goods_page, goods_spec
from service.web.cbam_installation_records import COLLECTIONS, HEAD, Addresses, record_of, sheet_of
from service.web.context import actor, services
from service.web.i18n import language

bp = Blueprint("cbam_data", __name__, url_prefix="/cbam/installations/<key>")


@bp.get("/data")
@login_required
def index(key: str) -> Any:
    """Every kind of record, how many there are, and what is wrong with them."""
    return render_template("cbam/data.html", page=pages.index_page(actor(), key, services()))


@bp.get("/data/<collection>", defaults={"form": "html"})
@bp.get("/data/<collection>.<any(csv,json):form>")
@login_required
def table(key: str, collection: str, form: str) -> Any:
    """The records of one kind; files hold every column."""
    _known(collection)
    page = pages.table_page(actor(), key, collection, services())
    spec = pages.table_spec(key, collection, page.view.data, whole=form != "html")
    return listing.answer(spec, page.rows, form, "cbam/records.html", page=page)


@bp.get("/data/<collection>/record/<path:record>")
@login_required
def record(key: str, collection: str, record: str) -> Any:
    """The form of a record, with its evidence and who entered it."""
    _known(collection)
    view = installations.get(actor(), key, services())
    subject = _subject(view, collection, record)
    return _page(key, subject, form_of(subject), version=view.installation.version)


@bp.post("/data/<collection>/record/<path:record>")
@login_required
def change(key: str, collection: str, record: str) -> Any:
    """Keep a record as typed, as the next version; or take it out."""
    allow(actor(), Permission.CBAM_EDIT)
    _known(collection)
    subject = _subject(installations.get(actor(), key, services()), collection, record)
    if "remove" in request.form and collection != HEAD:
        return _remove(key, subject)
    form = form_of(subject, request.form)
    if "more" in request.form:
        return _page(key, subject, form, version=_version())
    fields, form = typed(form)
    if form.wrong:
        return _page(key, subject, form, version=_version()), 422
    common: dict[str, Any] = {
        "installation_id": key,
        "version": _version(),
        "fields": fields,
        "note": _note(),
    }
    try:
        if collection == HEAD:
            done = editing.edit_head(actor(), EditHead(part=record, **common), services())
        else:
            command = EditRecord(collection=collection, record=record, **common)
            done = editing.edit_record(actor(), command, services())
    except (MonitoringChanged, InvalidInput) as refusal:
        return _again(key, subject, form, refusal)
    _said(done)
    return redirect(url_for("cbam_data.record", key=key, collection=collection, record=record), 303)


@bp.get("/data/<collection>/new")
@login_required
def new(key: str, collection: str) -> Any:
    """The empty form of a record."""
    allow(actor(), Permission.CBAM_EDIT)
    _known(collection, head=False)
    view = installations.get(actor(), key, services())
    subject = Subject(view.data, collection, None)
    return _page(key, subject, form_of(subject), version=view.installation.version)


@bp.post("/data/<collection>/new")
@login_required
def add(key: str, collection: str) -> Any:
    """Add a record, as the next version."""
    allow(actor(), Permission.CBAM_EDIT)
    _known(collection, head=False)
    view = installations.get(actor(), key, services())
    subject = Subject(view.data, collection, None)
    form = form_of(subject, request.form)
    if "more" in request.form:
        return _page(key, subject, form, version=_version())
    fields, form = typed(form)
    parent = fields.pop("process", "") if collection == "goods" else ""
    if form.wrong:
        return _page(key, subject, form, version=_version()), 422
    if collection == "goods" and not parent:
        return _page(key, subject, with_errors(form, {"process": NOT_OFFERED}), version=_version()), 422
    command = AddRecord(
        installation_id=key,
        version=_version(),
        collection=collection,
        fields=fields,
        parent=parent,
        note=_note(),
    )
    try:
        done = editing.add_record(actor(), command, services())
    except (MonitoringChanged, InvalidInput) as refusal:
        return _again(key, subject, form, refusal)
    _said(done)
    return redirect(url_for("cbam_data.table", key=key, collection=collection), 303)


@bp.get("/goods", defaults={"form": "html"})
@bp.get("/goods.<any(csv,json):form>")
@login_required
def goods(key: str, form: str) -> Any:
    """Every good with its result."""
    view, rows, stops = goods_page(actor(), key, services())
    spec = goods_spec(key, Addresses(key, view.data), whole=form != "html")
    return listing.answer(spec, rows, form, "cbam/results.html", view=view, findings=stops)


@bp.get("/processes", defaults={"form": "html"})
@bp.get("/processes.<any(csv,json):form>")
@login_required
def processes(key: str, form: str) -> Any:
    """Every process with its figures."""
    page = traces.processes_page(actor(), key, services())
    spec = traces.processes_spec(key)
    return listing.answer(spec, page.rows, form, "cbam/processes.html", page=page)


@bp.get("/processes/<path:process>")
@login_required
def process(key: str, process: str) -> Any:
    """One process taken apart."""
    page = traces.process_page(actor(), key, process, services())
    if page is None:
        abort(404)
    return render_template("cbam/process.html", page=page)


@bp.get("/sources/<path:source>")
@login_required
def source(key: str, source: str) -> Any:
    """One emission: its equation, each factor and where it comes from, evidence, shares."""
    page = traces.source_page(actor(), key, source, services())
    if page is None:
        abort(404)
    return render_template("cbam/trace.html", page=page)


def _known(collection: str, head: bool = True) -> None:
    if collection not in COLLECTIONS and not (head and collection == HEAD):
        abort(404)


def _subject(view: Any, collection: str, key: str) -> Subject:
    found = record_of(view.data, collection, key)
    if found is None:
        abort(404)
    return Subject(view.data, collection, found, key if collection == HEAD and key in PARTS else "")


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _note() -> str:
    return request.form.get("version-note", "").strip()


def _page(key: str, subject: Subject, form: Form, *, version: int, **context: Any) -> str:
    page = pages.record_page(actor(), key, subject, services())
    return render_template(
        "cbam/record.html",
        **{"page": page, "form": form, "version": version, "note": _note(), "refusal": "", "changes": None}
        | context,
    )


def _again(key: str, subject: Subject, form: Form, refusal: MonitoringChanged | InvalidInput) -> Any:
    """The form with what was typed, and what stands in its way: at its field where it names one."""
    if isinstance(refusal, MonitoringChanged):
        now = installations.get(actor(), key, services()).installation.version
        seen = _version()
        changes = installations.version_diff(actor(), key, services(), seen, now) if 0 < seen < now else ()
        return _page(key, subject, form, version=now, changes=changes), refusal.status
    sentence = refusal.message(language())
    details = refusal.details
    placed = at_field(form, str(details.get("field", "")), str(details.get("problem", "")), sentence)
    if placed is not None:
        return _page(key, subject, placed, version=_version()), refusal.status
    return _page(key, subject, form, version=_version(), refusal=sentence), refusal.status


def _remove(key: str, subject: Subject) -> Any:
    command = RemoveRecord(
        installation_id=key,
        version=_version(),
        collection=subject.collection,
        record=subject.record.key if subject.record else "",
        note=_note(),
    )
    try:
        done = editing.remove_record(actor(), command, services())
    except MonitoringChanged as refusal:
        return _again(key, subject, form_of(subject), refusal)
    flash(
        _(
            "Taken out: %(sheet)s %(record)s. This is version %(number)d.",
            sheet=sheet_of(subject.collection).name(language()),
            record=done.record,
            number=done.number,
        ),
        "good",
    )
    return redirect(url_for("cbam_data.table", key=key, collection=subject.collection), 303)


def _said(done: editing.Edited) -> None:
    errors = sum(1 for finding in done.findings if finding.severity == "error")
    if errors:
        text = _(
            "Kept as version %(number)d. %(errors)d problems stop the calculation; see the installation's page.",
            number=done.number,
            errors=errors,
        )
        flash(text, "warn")
    else:
        flash(
            _("Kept as version %(number)d. The data can be calculated.", number=done.number),
            "good",
        )
