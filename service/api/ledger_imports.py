"""Imports of registries' tables: a dry run first, then all good rows or none."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part
from service.schemas.ledger import About, ImportFieldsSchema, ReportQuerySchema
from service.schemas.ledger_results import (
    ImportConfirmedSchema,
    ImportReportSchema,
    LedgerImportSchema,
    RegistrySchema,
)
from service.usecases.access import Permission, allow
from service.usecases.ledger import importing
from service.usecases.ledger.importing import Upload

bp = blueprint("ledger-imports", "Ledger: tables of registries.", path="ledger/imports")


@bp.get("")
@bp.response(200, LedgerImportSchema(many=True))
def index() -> Any:
    """The organisation's imports, newest first."""
    return list(importing.list_(actor(), services()))


@bp.get("/registries")
@bp.response(200, RegistrySchema(many=True))
def registries() -> Any:
    """Registries whose tables are read; a key names one where the header alone does not."""
    return list(importing.known_registries())


@bp.post("")
@bp.arguments(ImportFieldsSchema, location="form")
@bp.response(201, LedgerImportSchema)
@bp.alt_response(422, description="The file was not read; problems name everything that is wrong with it.")
def stage(about: About) -> Any:
    """Upload a registry's table (part file) and try it: nothing is recorded. A large file is read by a job."""
    allow(actor(), Permission.LEDGER_RECORD)
    filename, data = part("file")
    upload = Upload(filename, data, about.registry, about.acquired_on, about.beneficiary)
    return importing.get(actor(), importing.stage(actor(), upload, services()), services())


@bp.get("/<key>")
@bp.response(200, LedgerImportSchema)
def show(key: str) -> Any:
    """One import: its state, and once it is recorded the result."""
    return importing.get(actor(), key, services())


@bp.get("/<key>/report")
@bp.arguments(ReportQuerySchema, location="query")
@bp.response(200, ImportReportSchema)
def report(query: dict[str, Any], key: str) -> Any:
    """A page of the dry run: what becomes of every row, with its cell, the reason and what to do."""
    return importing.report(actor(), key, services(), page=query["page"], status=query["status"])


@bp.get("/<key>/report.csv")
@bp.response(200, content_type="text/csv")
def report_csv(key: str) -> Response:
    """The whole report as CSV."""
    return Response(importing.report_csv(actor(), key, services()), mimetype="text/csv")


@bp.post("/<key>/confirm")
@bp.response(200, ImportConfirmedSchema)
def confirm(key: str) -> Any:
    """Record every good row in one transaction; many rows are recorded by a job. Asked again, the result is given."""
    job_id = importing.confirm(actor(), key, services())
    return {"job_id": job_id, "taken": importing.get(actor(), key, services())}
