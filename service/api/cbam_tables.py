"""CBAM reference tables: what is in force, and newer editions."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part, sent
from service.schemas.cbam import ImportTablesSchema, NumberSchema
from service.schemas.cbam_results import PlainSchema
from service.usecases.cbam import tables

bp = blueprint("cbam-tables", "CBAM: reference tables.", path="cbam/tables")


@bp.get("")
@bp.response(200, PlainSchema)
def index() -> Any:
    """Every table in force with source, version and mark, and the installed editions."""
    return {"result": tables.overview(actor(), services())}


@bp.post("")
@bp.arguments(ImportTablesSchema, location="form")
@bp.response(201, PlainSchema)
def import_(form: dict[str, Any]) -> Any:
    """Install a newer workbook of the Commission, or a form of ours (part file), as an edition."""
    return {"result": tables.import_(actor(), _command(form), services())}


@bp.post("/preview")
@bp.arguments(ImportTablesSchema, location="form")
@bp.response(200, PlainSchema)
def preview(form: dict[str, Any]) -> Any:
    """What an import would change; installs nothing."""
    return {"result": tables.preview_import(actor(), _command(form), services())}


@bp.get("/<table>")
@bp.response(200, PlainSchema)
def rows(table: str) -> Any:
    """One table in force, row by row."""
    return {"result": tables.rows_of(actor(), table, services())}


@bp.get("/<table>/template")
@bp.arguments(NumberSchema, location="query")
@bp.response(200, content_type="application/octet-stream")
def template(query: dict[str, Any], table: str) -> Response:
    """The form of a table with its rows in force."""
    made = tables.template(actor(), table, services(), query["language"])
    return sent(f"cbam-{table}.xlsx", made)


def _command(form: dict[str, Any]) -> tables.Import:
    filename, data = part("file")
    return tables.Import(filename=filename, data=data, **form)
