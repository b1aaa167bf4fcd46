"""Verify: the page behind a label's QR code, and a file that somebody holds. Open to everybody, works without script.

A claim's report is shown here too; how a claim stands today is its own page's (``/c/<number>``).
"""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from certificates.labelnumber import CLAIM
from service.schemas.results import ReportSchema
from service.usecases import verification
from service.web.context import services
from service.web.i18n import language

if TYPE_CHECKING:
    from certificates.report import Report

bp = Blueprint("verification", __name__)


@bp.get("/v/<number>", defaults={"form": "html"})
@bp.get("/v/<number>.<any(json):form>")
def label(number: str, form: str) -> Any:
    """The verdict on a label or a claim by its number."""
    report = verification.by_number(number, services())
    status = 404 if report is None else 200
    if form == "json":
        unknown: dict[str, Any] = {"verdict": "unknown-number", "steps": [], "statement": None}
        return (ReportSchema().dump(report) if report else unknown), status
    return _page(report, number=number, asked_by="number"), status


@bp.get("/v/<number>/label.pdf")
def document(number: str) -> Any:
    """The issued PDF, public like the page."""
    return _file(verification.published_document(number, services()), "application/pdf", f"{number}.pdf")


@bp.get("/v/<number>/bundle.json")
def bundle(number: str) -> Any:
    """The bundle for offline verification, public like the page."""
    return _file(
        verification.published_bundle(number, services()), "application/json", f"{number}.bundle.json"
    )


@bp.route("/verify", methods=["GET", "POST"])
def verify_file() -> Any:
    """Drop a file and read the report; a number goes to its own page."""
    number = typed_number(request.form.get("number") or request.args.get("number") or "")
    upload = request.files.get("file")
    if request.method == "POST" and upload is not None and upload.filename:
        report = verification.by_file(upload.read(), services(), number=number or None)
        found = (report.statement or {}).get("number", "")
        return _page(report, number=found, asked_by="file", filename=upload.filename)
    if number:
        return redirect(url_for("verification.label", number=number), 303)
    error = _("Choose a file or type a number.") if request.method == "POST" else ""
    return render_template("verify.html", error=error), 422 if error else 200


def typed_number(text: str) -> str:
    """A number as people type or paste it: small letters, full-width signs, blanks, or the whole address of a QR
    code. Only the writing is made even; whether it is a number of ours is the use case's business."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("/")
    plain = plain.rsplit("/v/", 1)[-1].rsplit("/c/", 1)[-1]
    return re.sub(r"[\s\u2010-\u2015\u2212-]+", "-", plain).strip("-").upper()


def _page(report: Report | None, *, number: str, asked_by: str, filename: str = "") -> str:
    """The report on a page, that of a claim on one of its own."""
    from service.render.claim_content import content
    from service.render.figures import StatementUnfit

    told = {"report": report, "number": number, "asked_by": asked_by, "filename": filename}
    if report is None or report.noun != "claim":
        return render_template("verify_label.html", **told, is_claim=number.startswith(f"{CLAIM}-"))
    try:
        shown = content(report.statement, language()) if report.statement else None
    except StatementUnfit:
        shown = None
    page = verification.public_page(report, services())
    return render_template("verify_claim.html", **told, shown=shown, public_page=page)


def _file(data: bytes | None, mimetype: str, name: str) -> Any:
    if data is None:
        abort(404)
    return send_file(BytesIO(data), mimetype, as_attachment=True, download_name=name)
