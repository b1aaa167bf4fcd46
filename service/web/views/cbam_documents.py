"""Documents of an installation, drawn, registered and handed out; the Commission's workbook; letters to suppliers."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from service.usecases.access import Permission, allow
from service.usecases.cbam import calculating, documents, installations, remaking, staging
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.documents import Draw, Drawn, FillCommunication, SupplierRequest
from service.usecases.cbam.recognition import COMMUNICATION, kind_of
from service.usecases.cbam.refusals import DocumentDiffers, TablesGone
from service.usecases.refusals import GateClosed, NotAllowed, NotFound, Refusal
from service.web import cbam_documents, cbam_forms, listing
from service.web.cbam_forms import Wrong
from service.web.context import actor, services

bp = Blueprint("cbam_documents", __name__, url_prefix="/cbam/installations/<key>")
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
NOT_THE_TEMPLATE = _l(
    "This is not the Commission's workbook. Choose an empty copy of its communication template for installations, "
    "saved as .xlsx."
)
ARRIVED = "tanbiao_arrived"
"""Cookie that tells the page a download has begun; its value is the token the page's form sent."""


@bp.get("/documents", defaults={"form": "html"})
@bp.get("/documents.<any(csv,json):form>")
@login_required
def list_(key: str, form: str) -> Any:
    """The documents there are, whom each is for, and what was handed out."""
    if form == "html":
        return _page(key)
    return listing.answer(_spec(key), cbam_documents.handed(actor(), key, services()), form, "")


@bp.post("/documents")
@login_required
def draw(key: str) -> Any:
    """Draw a document, register it, hand it out."""
    allow(actor(), Permission.CBAM_DOCUMENT)
    kind, language, form = (request.form.get(name, "") for name in ("kind", "language", "format"))
    try:
        details = cbam_documents.details(request.form, services().clock().date())
        return _sent(documents.draw(actor(), Draw(key, kind, language, form, details=details), services()))
    except (Refusal, Wrong) as error:
        return _refused(key, error)


@bp.get("/documents/<document>/file")
@login_required
def file(key: str, document: str) -> Any:
    """The document again as it was handed out."""
    try:
        return _sent(remaking.again(actor(), key, document, services()))
    except (DocumentDiffers, TablesGone) as error:
        return _refused(key, error)


@bp.post("/documents/workbook")
@login_required
def workbook(key: str) -> Any:
    """Take a copy of the Commission's workbook and show what of the data it cannot hold."""
    allow(actor(), Permission.CBAM_DOCUMENT)
    installations.get(actor(), key, services())
    try:
        name, data = cbam_forms.upload("template")
        staged = staging.stage(actor(), name, data, services())
        if kind_of(data) != COMMUNICATION:
            raise Wrong(template=NOT_THE_TEMPLATE)
    except (Refusal, Wrong) as error:
        return _refused(key, error)
    return redirect(url_for("cbam_documents.filling", key=key, staged=staged), 303)


@bp.get("/documents/workbook/<staged>")
@login_required
def filling(key: str, staged: str) -> Any:
    """What a staged copy of the workbook will hold, and what it will not."""
    allow(actor(), Permission.CBAM_DOCUMENT)
    view = installations.get(actor(), key, services())
    given = staging.take(actor(), staged, services())
    left_out = _left_out(key, given.data)
    return render_template("cbam/document_workbook.html", view=view, staged=given, left_out=left_out)


@bp.post("/documents/workbook/<staged>")
@login_required
def fill(key: str, staged: str) -> Any:
    """Fill the staged copy, register it, hand it out."""
    allow(actor(), Permission.CBAM_DOCUMENT)
    given = staging.take(actor(), staged, services())
    command = FillCommunication(key, given.data, filename=given.filename)
    return _sent(documents.fill_communication(actor(), command, services()))


@bp.post("/documents/suppliers")
@login_required
def supplier(key: str) -> Any:
    """A letter to a supplier, or the form it fills in."""
    allow(actor(), Permission.CBAM_DOCUMENT)
    names = ("precursor", "language", "format", "contact_name", "contact_email")
    precursor, language, form, who, email = (cbam_forms.text(request.form, name) for name in names)
    try:
        reply_by = cbam_forms.day(request.form, "reply_by", optional=True)
        command = SupplierRequest(key, precursor, language, form, None, reply_by, who, email)
        return _sent(documents.request_supplier(actor(), command, services()))
    except (Refusal, Wrong) as error:
        return _refused(key, error)


def _left_out(key: str, template: bytes) -> tuple[Any, ...]:
    done = calculating.current(actor(), Ask(key), services())
    return documents.filled(template, done.view.data, done.done)[1]


def _spec(key: str) -> Any:
    return cbam_documents.register_spec(key)


def _sent(drawn: Drawn) -> Response:
    form = drawn.document.format
    answer = send_file(BytesIO(drawn.data), TYPES[form], as_attachment=True, download_name=drawn.filename)
    token = request.form.get("token", "")
    if token.isalnum() and len(token) <= 40:
        answer.set_cookie(ARRIVED, token, max_age=60, samesite="Lax", secure=request.is_secure, path="/cbam")
    return answer


def _refused(key: str, error: Exception) -> Any:
    if isinstance(error, NotAllowed | NotFound):
        raise error
    findings = error.findings if isinstance(error, GateClosed) else ()
    errors = cbam_forms.errors_of(error)
    return _page(key, errors=errors, findings=findings), cbam_forms.status_of(error)


def _changed(key: str) -> bool:
    """Whether tables imported since the kept calculation change a good, so that a document made now differs."""
    try:
        found = calculating.newer_tables(actor(), Ask(key), services())
    except GateClosed:
        return False
    return found.changed


def _page(key: str, **context: Any) -> str:
    view = installations.get(actor(), key, services())
    rows = cbam_documents.handed(actor(), key, services())
    shown = {
        "errors": {},
        "findings": (),
        "values": request.form or cbam_documents.stated_last(rows),
        "changed": _changed(key),
        **context,
    }
    shown["not_english"] = documents.not_english(actor(), key, services())
    return render_template(
        "cbam/documents.html", view=view, cd=cbam_documents, listing=listing.build(_spec(key), rows), **shown
    )
