"""Inventories: hand in a workbook, list, get."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, request, send_file

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.problems import problem
from service.schemas.commands import HandInSchema
from service.schemas.results import HandInResultSchema, InventoryDetailSchema, InventorySchema
from service.usecases import inventories

bp = blueprint("inventories", "Workbooks handed in.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@bp.response(200, InventorySchema(many=True))
def index() -> Any:
    """Inventories the caller may see."""
    return list(inventories.list_(actor(), services()))


@bp.post("")
@bp.arguments(HandInSchema, location="form")
@bp.response(201, HandInResultSchema)
@bp.alt_response(422, schema=HandInResultSchema, description="Nothing was kept; every finding is listed.")
def hand_in(form: dict[str, Any]) -> Any:
    """Hand in a workbook (multipart/form-data, part workbook): all or nothing."""
    upload = request.files.get("workbook")
    if upload is None or not upload.filename:
        return problem(422, "invalid-input", "The workbook is missing.", fields={"workbook": ["required"]})
    command = inventories.HandIn(
        upload.filename, upload.read(), form["institution_id"], form["leave_unmatched"]
    )
    result = inventories.hand_in(actor(), command, services())
    findings = [finding.as_dict() for finding in result.findings]
    if result.inventory_id is None:
        return problem(
            422, "workbook-refused", "The workbook has errors; nothing was kept.", findings=findings
        )
    return {"inventory_id": result.inventory_id, "findings": findings}


@bp.get("/<key>")
@bp.response(200, InventoryDetailSchema)
def show(key: str) -> Any:
    """One inventory with everything read from its workbook."""
    return inventories.get(actor(), key, services())


@bp.get("/<key>/workbook")
@bp.response(200, content_type=XLSX)
def workbook(key: str) -> Response:
    """The workbook exactly as handed in."""
    name, data = inventories.workbook(actor(), key, services())
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)
