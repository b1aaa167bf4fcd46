"""CBAM installations: hand in, list, get, versions, share."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part, sent
from service.api.problems import problem
from service.schemas.cbam import (
    ChangesSchema,
    NumberSchema,
    PutSchema,
    ShareSchema,
    StarterSchema,
    UploadSchema,
)
from service.schemas.cbam_results import (
    CbamChangeSchema,
    CbamInstallationSchema,
    CbamVersionSchema,
    InstallationViewSchema,
    KeptSchema,
    PlainSchema,
)
from service.schemas.plain import plain
from service.usecases.cbam import installations
from service.usecases.cbam.installations import HandIn, Kept, Put, Share, Starter

bp = blueprint("cbam-installations", "CBAM: installations and their data.", path="cbam/installations")


@bp.get("")
@bp.response(200, CbamInstallationSchema(many=True))
def index() -> Any:
    """Installations the caller may see."""
    return list(installations.list_(actor(), services()))


@bp.post("")
@bp.arguments(UploadSchema, location="form")
@bp.response(201, KeptSchema)
@bp.alt_response(422, schema=KeptSchema, description="Nothing was kept; every finding is listed.")
def hand_in(form: dict[str, Any]) -> Any:
    """A new installation from a workbook (multipart/form-data, part workbook): ours, or the Commission's."""
    command = HandIn(*part("workbook"), note=form["note"])
    return _kept(installations.hand_in(actor(), command, services()))


@bp.post("/data")
@bp.arguments(PutSchema)
@bp.response(201, KeptSchema)
def put(data: dict[str, Any]) -> Any:
    """A new installation from monitoring data as JSON."""
    return installations.put(actor(), Put(data["content"], note=data["note"]), services())


@bp.post("/start")
@bp.arguments(StarterSchema)
@bp.response(201, KeptSchema)
def start(data: dict[str, Any]) -> Any:
    """A new installation from a first draft for usual goods."""
    return _kept(installations.start(actor(), Starter(**data), services()))


@bp.get("/<key>")
@bp.arguments(NumberSchema, location="query")
@bp.response(200, InstallationViewSchema)
def show(query: dict[str, Any], key: str) -> Any:
    """An installation with its newest data, or that of version number."""
    return installations.get(actor(), key, services(), query["number"])


@bp.post("/<key>")
@bp.arguments(UploadSchema, location="form")
@bp.response(201, KeptSchema)
@bp.alt_response(422, schema=KeptSchema, description="Nothing was kept; every finding is listed.")
def hand_in_again(form: dict[str, Any], key: str) -> Any:
    """The next version from a workbook (multipart/form-data, part workbook)."""
    command = HandIn(*part("workbook"), key, form["version"], form["note"])
    return _kept(installations.hand_in(actor(), command, services()))


@bp.post("/<key>/data")
@bp.arguments(PutSchema)
@bp.response(201, KeptSchema)
def put_again(data: dict[str, Any], key: str) -> Any:
    """The next version from monitoring data as JSON."""
    command = Put(data["content"], key, data["version"], data["note"])
    return installations.put(actor(), command, services())


@bp.get("/<key>/versions")
@bp.response(200, CbamVersionSchema(many=True))
def versions(key: str) -> Any:
    """Versions, newest first."""
    return list(installations.versions(actor(), key, services()))


@bp.get("/<key>/versions/<int:number>/upload")
@bp.response(200, content_type="application/octet-stream")
def upload(key: str, number: int) -> Response:
    """The file a version came from, exactly as handed in."""
    return sent(*installations.upload(actor(), key, number, services()))


@bp.get("/<key>/changes")
@bp.arguments(ChangesSchema, location="query")
@bp.response(200, CbamChangeSchema(many=True))
def changes(query: dict[str, Any], key: str) -> Any:
    """What version after has other than version before."""
    return list(installations.version_diff(actor(), key, services(), query["before"], query["after"]))


@bp.get("/<key>/entered")
@bp.response(200, PlainSchema)
def entered(key: str) -> Any:
    """Who changed which record last, and in which version."""
    return {"result": installations.entered(actor(), key, services())}


@bp.get("/<key>/workbook")
@bp.arguments(NumberSchema, location="query")
@bp.response(200, content_type="application/octet-stream")
def workbook(query: dict[str, Any], key: str) -> Response:
    """Our workbook filled with a version's data."""
    found = installations.workbook(actor(), key, services(), query["language"], query["number"])
    return sent(*found)


@bp.post("/<key>/share")
@bp.arguments(ShareSchema)
@bp.response(200, CbamInstallationSchema)
def share(data: dict[str, Any], key: str) -> Any:
    """Let an institution see and work on it; an empty id takes it back."""
    return installations.share(actor(), Share(key, data["institution_id"]), services())


def _kept(kept: Kept) -> Any:
    if kept.stored:
        return kept
    found = plain(kept.findings)
    return problem(422, "data-refused", "What was handed in has errors; nothing was kept.", findings=found)
