"""Background data: installed releases, import, reports, search, one dataset."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Response, request, send_file

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.problems import language, problem
from service.schemas.background import ImportSchema, QueuedSchema, ReleaseViewSchema
from service.schemas.commands import ContributionsSchema, SearchDatasetsSchema
from service.schemas.results import ContributionsResultSchema, DatasetViewSchema, HitSchema
from service.usecases import datasets, release_imports, releases
from service.usecases.datasets import AskContributions, SearchDatasets
from service.usecases.release_imports import Choices, ImportSource

bp = blueprint("releases", "Background data.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@bp.response(200, ReleaseViewSchema(many=True))
def index() -> Any:
    """Installed releases."""
    return list(releases.overview(actor(), services()))


@bp.post("")
@bp.arguments(ImportSchema, location="form")
@bp.response(202, QueuedSchema)
def import_(choices: Choices) -> Any:
    """Import a source (multipart/form-data, part source; part mapping for a filled mapping file)."""
    source, mapping = request.files.get("source"), request.files.get("mapping")
    if source is None or not source.filename:
        return problem(422, "invalid-input", "The source is missing.", fields={"source": ["required"]})
    command = ImportSource(
        source.filename, source.stream, choices, mapping.stream if mapping and mapping.filename else None
    )
    return {"job_id": release_imports.request(actor(), command, services())}


@bp.get("/<release>")
@bp.response(200, ReleaseViewSchema)
def show(release: str) -> Any:
    """One release."""
    return releases.get(actor(), release, services())


@bp.get("/<release>/report")
@bp.response(200)
def report(release: str) -> Any:
    """The import report: everything that was found, done and left."""
    return releases.report(actor(), release, services())


@bp.get("/<release>/report.xlsx")
@bp.response(200, content_type=XLSX)
def workbook(release: str) -> Response:
    """The import report as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.xlsx"
        releases.report_workbook(actor(), release, target, language(), services())
        return _sent(target, f"{release}-report.xlsx")


@bp.get("/<release>/mapping.xlsx")
@bp.response(200, content_type=XLSX)
def mapping(release: str) -> Response:
    """The mapping file: fill it in and import the source again with it, as a new version."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mapping.xlsx"
        releases.mapping_workbook(actor(), release, target, language(), services())
        return _sent(target, f"{release}-mapping.xlsx")


@bp.get("/<release>/datasets")
@bp.arguments(SearchDatasetsSchema, location="query")
@bp.response(200, HitSchema(many=True))
def search(command: SearchDatasets, release: str) -> Any:
    """Search datasets in Chinese or English; offset and limit cut the list."""
    return list(datasets.search(actor(), replace(command, release=release), services()).hits)


@bp.get("/<release>/datasets/<path:code>")
@bp.response(200, DatasetViewSchema)
def dataset(release: str, code: str) -> Any:
    """One dataset with its published numbers, sources and scores; without them where values_hidden is true."""
    return datasets.dataset(actor(), release, code, services())


@bp.get("/<release>/datasets/<path:code>/contributions")
@bp.arguments(ContributionsSchema, location="query")
@bp.response(200, ContributionsResultSchema)
def contributions(data: dict[str, Any], release: str, code: str) -> Any:
    """What a dataset's score is made of: by direct input, by process or by elementary flow."""
    return datasets.contributions(actor(), AskContributions(release, code, **data), services())


def _sent(target: Path, name: str) -> Response:
    from io import BytesIO

    return send_file(BytesIO(target.read_bytes()), XLSX, as_attachment=True, download_name=name)
