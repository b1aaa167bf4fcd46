"""Verify: the page behind the QR code, and a file that somebody holds. Open to everybody, works without script."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from service.schemas.results import ReportSchema
from service.usecases import verification
from service.web.context import services

bp = Blueprint("verification", __name__)


@bp.get("/v/<number>", defaults={"form": "html"})
@bp.get("/v/<number>.<any(json):form>")
def label(number: str, form: str) -> Any:
    """The verdict on a label by its number."""
    report = verification.by_number(number, services())
    status = 404 if report is None else 200
    if form == "json":
        unknown: dict[str, Any] = {"verdict": "unknown-number", "steps": [], "statement": None}
        return (ReportSchema().dump(report) if report else unknown), status
    return render_template("verify_label.html", report=report, number=number, asked_by="number"), status


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
        return render_template(
            "verify_label.html", report=report, number=found, asked_by="file", filename=upload.filename
        )
    if number:
        return redirect(url_for("verification.label", number=number), 303)
    error = _("Choose a file or type a number.") if request.method == "POST" else ""
    return render_template("verify.html", error=error), 422 if error else 200


def typed_number(text: str) -> str:
    """A number as people type or paste it: small letters, full-width signs, blanks, or the whole address of a QR
    code. Only the writing is made even; whether it is a label's number is the use case's business."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("/")
    plain = plain.rsplit("/v/", 1)[-1]
    return re.sub(r"[\s\u2010-\u2015\u2212-]+", "-", plain).strip("-").upper()


def _file(data: bytes | None, mimetype: str, name: str) -> Any:
    if data is None:
        abort(404)
    return send_file(BytesIO(data), mimetype, as_attachment=True, download_name=name)
