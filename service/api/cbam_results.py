"""CBAM results: calculations, comparison of paths, documents."""

from __future__ import annotations

from typing import Any

from flask import Response

from lca.cbam.results import Path
from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part, sent
from service.schemas.cbam import (
    AskLeversSchema,
    AskSchema,
    ComparePathsSchema,
    DrawSchema,
    NumberSchema,
    SupplierRequestSchema,
)
from service.schemas.cbam_results import (
    CalculationRecordSchema,
    CalculationSchema,
    CbamDocumentSchema,
    PlainSchema,
    RecomputedSchema,
    TablesChangeSchema,
)
from service.usecases.cbam import calculating, comparing, documents, recomputing, remaking
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.comparing import AskLevers

bp = blueprint("cbam-results", "CBAM: calculations and documents.", path="cbam/installations/<key>")
LEFT_OUT = "Tanbiao-Left-Out"
"""Header: codes of what the Commission's workbook could not hold, separated by spaces."""


@bp.get("/calculation")
@bp.arguments(AskSchema, location="query")
@bp.response(200, CalculationSchema)
def calculation(query: dict[str, Any], key: str) -> Any:
    """The calculation of a version on a path; computed anew, and not kept, where none is stored."""
    return calculating.current(actor(), _ask(key, query), services())


@bp.get("/calculations")
@bp.response(200, CalculationRecordSchema(many=True))
def calculations(key: str) -> Any:
    """Stored calculations of all versions, newest first."""
    return list(calculating.history(actor(), key, services()))


@bp.post("/calculations")
@bp.arguments(AskSchema)
@bp.response(200, CalculationSchema)
def calculate(data: dict[str, Any], key: str) -> Any:
    """Calculate, and keep it as evidence, once."""
    return calculating.calculate(actor(), _ask(key, data), services())


@bp.post("/recompute")
@bp.arguments(NumberSchema, location="query")
@bp.response(200, RecomputedSchema(many=True))
def recompute(query: dict[str, Any], key: str) -> Any:
    """Rebuild every stored calculation of a version from its data and the tables of its day, and compare."""
    return list(recomputing.recompute(actor(), key, services(), query["number"]))


@bp.get("/tables-change")
@bp.arguments(AskSchema, location="query")
@bp.response(200, TablesChangeSchema)
def tables_change(query: dict[str, Any], key: str) -> Any:
    """What tables imported since the last calculation change in the goods."""
    return calculating.newer_tables(actor(), _ask(key, query), services())


@bp.post("/comparison")
@bp.arguments(ComparePathsSchema)
@bp.response(200, PlainSchema)
def comparison(data: dict[str, Any], key: str) -> Any:
    """Actual, mixed and default values side by side, in certificates and EUR; nothing is stored."""
    command = ComparePathsSchema().command(key, data)
    return {"result": comparing.compare(actor(), command, services())}


@bp.get("/levers")
@bp.arguments(AskLeversSchema, location="query")
@bp.response(200, PlainSchema)
def levers(query: dict[str, Any], key: str) -> Any:
    """What lowers a good's number; what-if figures."""
    return {"result": comparing.levers(actor(), AskLevers(key, **query), services())}


@bp.get("/documents")
@bp.response(200, CbamDocumentSchema(many=True))
def documents_(key: str) -> Any:
    """Documents that were handed out, newest first."""
    return list(documents.list_(actor(), key, services()))


@bp.post("/documents")
@bp.arguments(DrawSchema)
@bp.response(200, content_type="application/octet-stream")
def draw(data: dict[str, Any], key: str) -> Response:
    """Make a document, and register it."""
    drawn = documents.draw(actor(), DrawSchema().command(key, data), services())
    return sent(drawn.filename, drawn.data)


@bp.get("/documents/<document>/file")
@bp.response(200, content_type="application/octet-stream")
def document_file(key: str, document: str) -> Response:
    """A document that was handed out, made again; given only where it has the registered hash."""
    made = remaking.again(actor(), key, document, services())
    return sent(made.filename, made.data)


@bp.post("/preview")
@bp.arguments(DrawSchema)
@bp.response(200, PlainSchema)
def preview(data: dict[str, Any], key: str) -> Any:
    """A document as data; nothing is registered."""
    return {"result": documents.preview(actor(), DrawSchema().command(key, data), services())}


@bp.post("/communication")
@bp.arguments(NumberSchema, location="form")
@bp.response(200, content_type="application/octet-stream")
def communication(form: dict[str, Any], key: str) -> Response:
    """The Commission's workbook (part template) filled in; what it could not hold is in a header."""
    filename, template = part("template")
    command = documents.FillCommunication(key, template, form["number"], filename)
    drawn = documents.fill_communication(actor(), command, services())
    answer = sent(drawn.filename, drawn.data)
    answer.headers[LEFT_OUT] = " ".join(dict.fromkeys(one.code for one in drawn.left_out))
    return answer


@bp.post("/supplier-request")
@bp.arguments(SupplierRequestSchema)
@bp.response(200, content_type="application/octet-stream")
def supplier_request(data: dict[str, Any], key: str) -> Response:
    """The letter to a precursor's supplier (docx, pdf), or its data form (xlsx)."""
    command = documents.SupplierRequest(key, **data)
    drawn = documents.request_supplier(actor(), command, services())
    return sent(drawn.filename, drawn.data)


def _ask(key: str, data: dict[str, Any]) -> Ask:
    return Ask(key, Path(data["path"]), data["number"])
