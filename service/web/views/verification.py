"""Verify: the page behind a label's QR code, and a file that somebody holds. Open to everybody, works without script,
sets no cookie.

A label is shown to whoever gives its check code; the question for it looks the same whether there is such a label or
not (``service.usecases.lookup``). A claim's report is shown here too; how a claim stands is its own page's (``/c/…``).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from service.schemas.reports import ReportSchema
from service.usecases import lookup, marks, verification
from service.usecases.lookup import Asked, NumberUnknown
from service.web import verify_asked, verify_page
from service.web.context import services

bp = Blueprint("verification", __name__)


@bp.get("/v/<number>", defaults={"form": "html"})
@bp.get("/v/<number>.<any(json):form>")
def label(number: str, form: str) -> Any:
    """The verdict on a label or a claim by its number and check code, today or at a moment."""
    return _answer(verify_asked.asked(number, request.args.get("c", "")), form)


@bp.get("/01/<gtin>")
def product(gtin: str) -> Any:
    """A GS1 Digital Link: the product by its GTIN, the label by number and check code."""
    return _answer(verify_asked.asked(request.args.get("n", ""), request.args.get("c", ""), gtin), "html")


@bp.get("/v/<number>/label.pdf")
def document(number: str) -> Any:
    """The issued PDF, for whoever may see the page."""
    number = _found(number).number
    return _file(verification.published_document(number, services()), "application/pdf", f"{number}.pdf")


@bp.get("/v/<number>/bundle.json")
def bundle(number: str) -> Any:
    """The bundle for offline verification, for whoever may see the page."""
    number = _found(number).number
    data = verification.published_bundle(number, services())
    return _file(data, "application/json", f"{number}.bundle.json")


@bp.get("/v/<number>/marks/<key>")
def mark(number: str, key: str) -> Any:
    """The picture of an official mark, for whoever may see the page."""
    there = marks.one(_found(number).number, key, services())
    return _kept_private(make_response(send_file(BytesIO(there.image), there.media_type)))


@bp.route("/verify", methods=["GET", "POST"])
def verify_file() -> Any:
    """Drop a file and read the report; a number goes to its own page."""
    values = request.values
    wanted = verify_asked.asked(values.get("number", ""), values.get("code", ""))
    upload = request.files.get("file")
    if request.method == "POST" and upload is not None and upload.filename:
        report = verification.by_file(
            upload.read(), services(), number=wanted.number or None, code=wanted.code or None
        )
        return verify_page.of_file(report, upload.filename)
    if wanted.number:
        return redirect(url_for("verification.label", number=wanted.number, c=wanted.code or None), 303)
    error = _("Choose a file, or type the number.") if request.method == "POST" else ""
    return render_template("verify.html", error=error), 422 if error else 200


def _answer(wanted: Asked, form: str) -> Any:
    """The report, or the question for number and code."""
    day = verify_asked.day()
    if day.refused is not None and form == "json":
        raise day.refused
    try:
        found = verify_asked.found(wanted)
        report = lookup.report(found, services(), day.at)
    except NumberUnknown:
        if form == "json":
            raise
        return _kept_private(make_response(*verify_page.question(wanted)))
    if form == "json":
        return _kept_private(make_response(ReportSchema().dump(report)))
    answer = make_response(verify_page.of_number(report, found, day))
    twin = url_for("verification.label", number=found.number, form="json", c=found.code or None)
    answer.headers["Link"] = f'<{twin}>; rel="alternate"; type="application/json"'
    return _kept_private(answer)


def _found(number: str) -> lookup.Found:
    """For the files beside the page. Raises NumberUnknown."""
    return verify_asked.found(verify_asked.asked(number, request.args.get("c", "")))


def _kept_private(answer: Response) -> Response:
    """Not stored, an answer holds for its moment; not indexed, an address may hold a code."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _file(data: bytes | None, mimetype: str, name: str) -> Response:
    if data is None:
        abort(404)
    return _kept_private(
        make_response(send_file(BytesIO(data), mimetype, as_attachment=True, download_name=name))
    )
