"""Labels: list, get, files, forms of others, official marks, recompute."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, send_file

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part
from service.schemas.results import LabelSchema, RecomputationSchema
from service.schemas.verification import MarkFormSchema, MarkSchema
from service.usecases import label_exports, labels, marks
from service.usecases.access import Permission, allow
from service.usecases.marks import AddMark

bp = blueprint("labels", "Issued labels.")


@bp.get("")
@bp.response(200, LabelSchema(many=True))
def index() -> Any:
    """Labels the caller may see."""
    return list(labels.list_(actor(), services()))


@bp.get("/<number>")
@bp.response(200, LabelSchema)
def show(number: str) -> Any:
    """One label with its statement and proof."""
    return labels.get(actor(), number, services())


@bp.get("/<number>/document")
@bp.response(200, content_type="application/pdf")
def document(number: str) -> Response:
    """The signed PDF/A-3."""
    data = labels.document(actor(), number, services())
    return send_file(BytesIO(data), "application/pdf", as_attachment=True, download_name=f"{number}.pdf")


@bp.get("/<number>/bundle")
@bp.response(200, content_type="application/json")
def bundle(number: str) -> Response:
    """Credential and proof, enough to verify offline."""
    return Response(labels.bundle(actor(), number, services()), mimetype="application/json")


@bp.get("/<number>/credential")
@bp.response(200, content_type="application/vc+jwt")
def credential(number: str) -> Response:
    """The credential as vc+jwt."""
    return Response(labels.credential(actor(), number, services()), mimetype="application/vc+jwt")


@bp.get("/<number>/forms/<form>")
@bp.response(200, content_type="application/vc")
def export(number: str, form: str) -> Response:
    """The label as others read it: ``data-integrity``, ``untp`` or ``passport``."""
    return Response(label_exports.export(actor(), number, form, services()), mimetype="application/vc")


@bp.get("/<number>/marks")
@bp.response(200, MarkSchema(many=True))
def list_marks(number: str) -> Any:
    """Official marks shown beside the label; this service neither gives nor checks them."""
    return list(marks.of(labels.get(actor(), number, services()).number, services()))


@bp.post("/<number>/marks")
@bp.arguments(MarkFormSchema, location="form")
@bp.response(201, MarkSchema)
def add_mark(form: dict[str, str], number: str) -> Any:
    """Show an official mark: PNG or JPEG (part picture), with body and certificate number."""
    allow(actor(), Permission.LABEL_MARK)
    picture = part("picture")[1]
    return marks.add(actor(), AddMark(number, form["body"], form["certificate_number"], picture), services())


@bp.get("/<number>/marks/<mark_id>")
@bp.response(200, content_type="application/octet-stream")
def mark(number: str, mark_id: str) -> Response:
    """The picture of an official mark."""
    found = marks.one(labels.get(actor(), number, services()).number, mark_id, services())
    return Response(found.image, mimetype=found.media_type)


@bp.delete("/<number>/marks/<mark_id>")
@bp.response(204)
def take_mark_away(number: str, mark_id: str) -> None:
    """Show a mark no longer; that it was shown stays on record."""
    marks.take_away(actor(), number, mark_id, services())


@bp.post("/<number>/recompute")
@bp.response(200, RecomputationSchema)
def recompute(number: str) -> Any:
    """Rebuild the figures from the stored workbook and release, and compare."""
    return labels.recompute(actor(), number, services())
