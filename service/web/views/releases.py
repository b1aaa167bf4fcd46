"""Background data: what is installed, importing a source, one release with its import report and its mapping file."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from service.schemas.background import ImportSchema, ReleaseViewSchema
from service.store.records import JobRecord
from service.uploads import admit_source
from service.usecases import jobs, release_imports, release_updates, releases
from service.usecases.access import Permission, allow, allowed
from service.usecases.refusals import InvalidInput, Refusal
from service.usecases.release_imports import ImportSource
from service.usecases.release_refusals import (
    LicenceUndeclared,
    ReleaseExists,
    ReleaseNameReserved,
    SourceTooLarge,
)
from service.web import background_words, errors, listing
from service.web.background import release_spec
from service.web.context import actor, services
from service.web.forms import field_errors
from service.web.i18n import language
from service.web.report_parts import PARTS, Names, part_rows, part_spec
from service.web.security import UPLOAD_LIMIT_BYTES

bp = Blueprint("releases", __name__)
FAILED_SHOWN, JOBS_SHOWN = timedelta(days=2), 8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIELD_OF: dict[type[Refusal], str] = {
    LicenceUndeclared: "evidence",
    ReleaseExists: "version",
    ReleaseNameReserved: "name",
}
FIELDS_OF_REFUSALS = {"name", "version", "licence", "title", "issuer", "url", "evidence", "source", "mapping"}


@bp.url_value_preprocessor
def admit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A source of background data may be large; this runs before the CSRF guard reads the form."""
    if endpoint == "releases.import_" and current_user.is_authenticated:
        admit_source(actor(), services())


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Any:
    """Say how large a source may be, to those who may send one."""
    if (request.max_content_length or 0) > UPLOAD_LIMIT_BYTES:
        return errors.refusal(SourceTooLarge(most=services().settings.import_max_bytes))
    return errors.http_error(error)


@bp.get("/releases", defaults={"form": "html"})
@bp.get("/releases.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Installed background data, what of it is damaged, and the work on it that is under way or failed lately."""
    rows, damaged = releases.overview(actor(), services()), releases.damaged(actor(), services())
    shown = {"damaged": damaged, "jobs": _jobs(), "steps": background_words.STEPS}
    return listing.answer(release_spec(), rows, form, "releases.html", **shown)


def _jobs() -> list[JobRecord]:
    """Imports and comparisons of the reader's organisation: those not ended, and failures of the last days."""
    if not allowed(actor(), Permission.RELEASE_IMPORT):
        return []
    since = services().clock() - FAILED_SHOWN
    return [
        job
        for job in jobs.list_(actor(), services())
        if job.kind in (release_imports.IMPORT_JOB, release_updates.IMPACT_JOB)
        and (job.finished_at is None or (job.state == "failed" and job.finished_at > since))
    ][:JOBS_SHOWN]


@bp.get("/releases/import")
@login_required
def new() -> Any:
    """The form to import a source; ``?from=`` takes the words of a release that is to be repaired."""
    allow(actor(), Permission.RELEASE_IMPORT)
    return _form(_values_of(request.args.get("from", "")))


@bp.post("/releases")
@login_required
def import_() -> Any:
    """Take a source and queue its import. What was typed survives a refusal; the file must be chosen again."""
    allow(actor(), Permission.RELEASE_IMPORT)
    source, mapping = request.files.get("source"), request.files.get("mapping")
    fields: dict[str, str] = {}
    choices = None
    try:
        choices = ImportSchema().load(request.form.to_dict())
    except ValidationError as error:
        fields = field_errors(error)
    if source is None or not source.filename:
        fields["source"] = str(_l("Choose the file."))
    if fields or choices is None or source is None:
        return _form(request.form, fields), 422
    stream = mapping.stream if mapping and mapping.filename else None
    try:
        job = release_imports.request(
            actor(), ImportSource(source.filename or "", source.stream, choices, stream), services()
        )
    except Refusal as refusal:
        return _refused(refusal), refusal.status
    return redirect(url_for("jobs.show", key=job), 303)


@bp.get("/releases/<identifier>", defaults={"form": "html"})
@bp.get("/releases/<identifier>.<any(json):form>")
@login_required
def show(identifier: str, form: str) -> Any:
    """One release: facts, what its import did, what is left to repair."""
    view = releases.get(actor(), identifier, services())
    if form == "json":
        return ReleaseViewSchema().dump(view)
    installed = [one for one in releases.list_(actor(), services()) if one.identifier != identifier]
    installed.sort(
        key=lambda one: one.name != view.release.name
    )  # another version of the same data comes first
    others = [one.identifier for one in installed]
    return render_template(
        "release.html",
        view=view,
        release=view.release,
        report=view.report,
        parts=PARTS,
        others=others,
        bw=background_words,
    )


@bp.get("/releases/<identifier>/report.<any(json,xlsx):form>")
@login_required
def report(identifier: str, form: str) -> Any:
    """The whole import report as one file."""
    if form == "json":
        answer = jsonify(releases.report(actor(), identifier, services()))
        answer.headers["Content-Disposition"] = f'attachment; filename="{identifier}-report.json"'
        return answer
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.xlsx"
        releases.report_workbook(actor(), identifier, target, language(), services())
        return _workbook(target, f"{identifier}-report.xlsx")


@bp.get("/releases/<identifier>/mapping.xlsx")
@login_required
def mapping(identifier: str) -> Any:
    """The mapping file: fill it in and import the source again with it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mapping.xlsx"
        releases.mapping_workbook(actor(), identifier, target, language(), services())
        return _workbook(target, f"{identifier}-mapping.xlsx")


@bp.get("/releases/<identifier>/report/<part>", defaults={"form": "html"})
@bp.get("/releases/<identifier>/report/<part>.<any(csv,json):form>")
@login_required
def part(identifier: str, part: str, form: str) -> Any:
    """One list of the import report."""
    if part not in PARTS:
        abort(404)
    rows = part_rows(releases.report(actor(), identifier, services()), part)
    names = Names(identifier, releases.named(actor(), identifier, services()))
    return listing.answer(
        part_spec(names, part, rows, page=form == "html"),
        rows,
        form,
        "report_part.html",
        part=PARTS[part],
        identifier=identifier,
    )


def _workbook(target: Path, name: str) -> Any:
    return send_file(BytesIO(target.read_bytes()), XLSX, as_attachment=True, download_name=name)


def _values_of(identifier: str) -> dict[str, Any]:
    """What the form begins with: nothing, or the words of the release to repair."""
    if not identifier:
        return {}
    view = releases.get(actor(), identifier, services())
    release = view.release
    main = release.sources[0] if len(release.sources) == 1 else None
    about = {name: getattr(main, name) for name in ("title", "issuer", "url")} if main else {}
    chosen = dict(view.report.get("options", {}))
    return {
        "name": release.name,
        "licence": release.licence,
        "restricted": release.restricted,
        "repairs": identifier,
        **about,
        **chosen,
    }


def _form(values: Any, problems: dict[str, str] | None = None, refusal: str = "") -> str:
    return render_template(
        "release_import.html",
        values=values,
        errors=problems or {},
        refusal=refusal,
        bw=background_words,
        most=services().settings.import_max_bytes,
    )


def _refused(refusal: Refusal) -> str:
    field = _FIELD_OF.get(type(refusal), "")
    if isinstance(refusal, InvalidInput) and refusal.details["field"] in FIELDS_OF_REFUSALS:
        field = refusal.details["field"]
    if field:
        return _form(request.form, {field: refusal.message(language())})
    return _form(request.form, refusal=refusal.message(language()))
