"""CBAM installations: the list, three ways to begin, the page of one with its results, and its versions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from lca.cbam import starters
from lca.findings import Finding
from service.schemas.cbam_results import InstallationViewSchema
from service.usecases.access import Permission, allow
from service.usecases.cbam import calculating, installations, recomputing
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.installations import HandIn, Kept, Share, Starter
from service.usecases.cbam.recomputing import Outcome
from service.usecases.cbam.refusals import MonitoringChanged
from service.usecases.refusals import GateClosed, InvalidInput
from service.web import cbam_installation as pages
from service.web import cbam_installation_start as starting
from service.web import cbam_tables, listing
from service.web.cbam_installation_list import list_spec, summaries
from service.web.cbam_installation_words import VERSION_SOURCES
from service.web.context import actor, names, services
from service.web.formats import moment, short
from service.web.i18n import LANGUAGES, language
from service.web.listing import Cell, Column, Filter, ListSpec

bp = Blueprint("cbam_installations", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECOMPUTED = {
    Outcome.DIFFERENT: _l(
        "A kept result does not come out again: its figures differ. Ask the administrator."
    ),
    Outcome.OTHER_ENGINE: _l("A kept result was computed by earlier rules; today's give other figures."),
    Outcome.TABLES_GONE: _l(
        "A kept result rests on tables that are not installed here any more; the release of that day has them."
    ),
    Outcome.DAMAGED: _l("A kept result, or its data, is not what was stored. Ask the administrator."),
}
KINDS = {"workbook": _l("our workbook"), "communication": _l("the Commission's communication workbook")}


@bp.get("/cbam", defaults={"form": "html"})
@bp.get("/cbam.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Installations this reader may see; exporters begin here."""
    rows = summaries(actor(), services())
    subjects = tuple(starters.subjects().values())
    return listing.answer(list_spec(), rows, form, "cbam/installations.html", subjects=subjects)


@bp.get("/cbam/workbook/<code>.xlsx")
def template(code: str) -> Any:
    """The workbook of monitoring data, empty or (``?example=1``) filled with the example; public."""
    from lca.cbam.workbook import example

    if code not in LANGUAGES:
        abort(404)
    filled = request.args.get("example") == "1"
    data = example(code) if filled else installations.template(code)
    name = f"tanbiao-cbam-{'example-' if filled else ''}{code}.xlsx"
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)


@bp.post("/cbam")
@login_required
def hand_in() -> Any:
    """A new installation from a workbook. Every problem in it comes back at once and nothing is kept."""
    allow(actor(), Permission.CBAM_OPEN)
    return _handed_in("", None)


@bp.get("/cbam/start/<key>")
@login_required
def start(key: str) -> Any:
    """The questions for a first draft."""
    allow(actor(), Permission.CBAM_OPEN)
    return render_template("cbam/wizard.html", wizard=_wizard(key))


@bp.post("/cbam/start/<key>")
@login_required
def begin(key: str) -> Any:
    """The draft as a new installation; answers survive a refusal."""
    allow(actor(), Permission.CBAM_OPEN)
    page = _wizard(key, posted=True)
    given, told = starting.answers(key, request.form)
    if told:
        page = starting.wizard(key, services(), request.form, told)
        return render_template("cbam/wizard.html", wizard=page), 422
    try:
        kept = installations.start(actor(), Starter(key, given, int(page.year)), services())
    except InvalidInput as refusal:
        return render_template("cbam/wizard.html", wizard=page, refusal=refusal.message(language())), 422
    flash(
        _("The first draft is kept. Look through it: what is still missing or assumed is listed below."),
        "good",
    )
    return redirect(url_for("cbam_installations.show", key=kept.installation_id), 303)


@bp.get("/cbam/installations/<key>", defaults={"form": "html"})
@bp.get("/cbam/installations/<key>.<any(json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """One installation: results, findings, flows, what lowers the number, where its emissions went."""
    number = request.args.get("version", type=int)
    if form == "json":
        view = installations.get(actor(), key, services(), number)
        return InstallationViewSchema().dump(view)
    page = pages.overview(actor(), key, services(), number)
    return render_template("cbam/installation.html", page=page, sources=VERSION_SOURCES, ct=cbam_tables)


@bp.get("/cbam/installations/<key>/levers/<path:good>")
@login_required
def levers(key: str, good: str) -> Any:
    """What lowers the number of one good."""
    page = pages.overview(actor(), key, services())
    found = next((one for one in page.goods if one.result.id == good), None)
    if found is None:
        abort(404)
    tried = pages.levers(actor(), key, good, services())
    return render_template("cbam/levers.html", page=page, line=found, levers=tried)


@bp.post("/cbam/installations/<key>/calculate")
@login_required
def calculate(key: str) -> Any:
    """Calculate the newest version and keep the result."""
    try:
        calculating.calculate(actor(), Ask(key), services())
    except GateClosed:
        flash(_("The data cannot be calculated yet: solve what is listed below first."), "bad")
    else:
        flash(_("Calculated with the tables in force, and kept."), "good")
    return redirect(url_for("cbam_installations.show", key=key), 303)


@bp.post("/cbam/installations/<key>/recompute")
@login_required
def recompute(key: str) -> Any:
    """Compute the kept results of a version anew, with the tables of their day, and say whether they hold."""
    number = request.args.get("version", type=int)
    found = recomputing.recompute(actor(), key, services(), number)
    fallen = [one for one in found if not one.holds]
    if not found:
        flash(_("No result of this version is kept."), "info")
    elif not fallen:
        flash(
            _("Computed anew from data and tables as they were: every kept result came out the same."), "good"
        )
    for one in fallen:
        flash(RECOMPUTED[one.outcome], "bad")
    return redirect(url_for("cbam_installations.show", key=key, version=number, _anchor="tables"), 303)


@bp.post("/cbam/installations/<key>/share")
@login_required
def share(key: str) -> Any:
    """Let an institution see and work on the installation, or take it back."""
    done = installations.share(actor(), Share(key, request.form.get("institution_id", "")), services())
    if done.institution_id:
        flash(_("The institution sees the installation now and can work on it."), "good")
    else:
        flash(_("The installation is yours alone again."), "good")
    return redirect(url_for("cbam_installations.show", key=key, _anchor="share"), 303)


@bp.get("/cbam/installations/<key>/workbook")
@login_required
def workbook(key: str) -> Any:
    """Our workbook filled with the data, to be corrected and handed in again."""
    filename, data = installations.workbook(actor(), key, services(), language())
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=filename)


@bp.post("/cbam/installations/<key>/workbook")
@login_required
def next_version(key: str) -> Any:
    """A workbook as the next version of the data."""
    allow(actor(), Permission.CBAM_EDIT)
    return _handed_in(key, request.form.get("version", type=int))


@bp.get("/cbam/installations/<key>/versions", defaults={"form": "html"})
@bp.get("/cbam/installations/<key>/versions.<any(csv,json):form>")
@login_required
def versions(key: str, form: str) -> Any:
    """Every version of the data, with its digest and where it came from."""
    view = installations.get(actor(), key, services())
    rows = installations.versions(actor(), key, services())
    people = names({one.created_by for one in rows})
    spec = _versions_spec(key, people)
    return listing.answer(spec, rows, form, "cbam/versions.html", view=view, newest=rows[0].number)


@bp.get("/cbam/installations/<key>/versions/<int:before>/<int:after>", defaults={"form": "html"})
@bp.get("/cbam/installations/<key>/versions/<int:before>/<int:after>.<any(csv,json):form>")
@login_required
def difference(key: str, before: int, after: int, form: str) -> Any:
    """What one version has other than another, record by record and field by field."""
    view = installations.get(actor(), key, services())
    rows = installations.version_diff(actor(), key, services(), before, after)
    spec = _difference_spec(key, before, after)
    return listing.answer(spec, rows, form, "cbam/difference.html", view=view, before=before, after=after)


@bp.get("/cbam/installations/<key>/compare-versions")
@login_required
def choose_versions(key: str) -> Any:
    """From the form of the list of versions to the difference of the two chosen."""
    installations.get(actor(), key, services())
    before, after = (request.args.get(name, type=int) for name in ("before", "after"))
    if before is None or after is None:
        return redirect(url_for("cbam_installations.versions", key=key), 302)
    return redirect(url_for("cbam_installations.difference", key=key, before=before, after=after), 302)


@bp.get("/cbam/installations/<key>/versions/<int:number>/upload")
@login_required
def upload(key: str, number: int) -> Any:
    """The file a version came from, exactly as handed in."""
    filename, data = installations.upload(actor(), key, number, services())
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=filename)


def _wizard(key: str, posted: bool = False) -> starting.Wizard:
    try:
        return starting.wizard(key, services(), request.form if posted else None)
    except LookupError:
        abort(404)


def _handed_in(key: str, version: int | None) -> Any:
    given = request.files.get("workbook")
    if given is None or not given.filename:
        return _hand_in_page(key, error=_("Choose the workbook.")), 422
    command = HandIn(given.filename, given.stream.read(), key, version, request.form.get("note", "").strip())
    try:
        kept = installations.hand_in(actor(), command, services())
    except (InvalidInput, MonitoringChanged) as refusal:
        return _hand_in_page(key, error=refusal.message(language())), refusal.status
    if not kept.stored:
        return _hand_in_page(key, kept=kept, filename=command.filename), 422
    flash(_("The workbook is kept as version %(number)d.", number=kept.number), "good")
    return redirect(url_for("cbam_installations.show", key=kept.installation_id), 303)


def _hand_in_page(key: str, kept: Kept | None = None, filename: str = "", error: str = "") -> str:
    sheets: dict[str, list[Finding]] = {}
    for finding in kept.findings if kept else ():
        sheets.setdefault(finding.place.sheet, []).append(finding)
    view = installations.get(actor(), key, services()) if key else None
    return render_template(
        "cbam/start.html",
        view=view,
        kind=KINDS.get(kept.kind, "") if kept else "",
        sheets=sheets,
        findings=kept.findings if kept else (),
        filename=filename,
        error=error,
    )


def _versions_spec(key: str, people: dict[str, str]) -> ListSpec:
    def number(row: Any) -> Cell:
        return Cell(
            _("version %(number)d", number=row.number),
            href=url_for("cbam_installations.show", key=key, version=row.number),
        )

    def file(row: Any) -> Cell:
        if not row.upload_sha256:
            return Cell("—")
        return Cell(row.filename, href=url_for("cbam_installations.upload", key=key, number=row.number))

    return ListSpec(
        endpoint="cbam_installations.versions",
        values={"key": key},
        order="-number",
        filename="cbam-versions",
        filters=(Filter("source", _l("Made from"), tuple(VERSION_SOURCES.items())),),
        columns=(
            Column("number", _l("Version"), lambda r: r.number, number),
            Column("source", _l("Made from"), lambda r: r.source, lambda r: Cell(VERSION_SOURCES[r.source])),
            Column("file", _l("File"), lambda r: r.filename, file),
            Column("by", _l("By"), lambda r: people.get(r.created_by, "")),
            Column("created_at", _l("At"), lambda r: r.created_at, lambda r: Cell(moment(r.created_at))),
            Column("digest", _l("Digest of the data"), lambda r: r.digest, lambda r: Cell(short(r.digest))),
            Column("note", _l("Note"), lambda r: r.note),
        ),
    )


def _difference_spec(key: str, before: int, after: int) -> ListSpec:
    kinds = {"added": _l("added"), "removed": _l("removed"), "changed": _l("changed")}
    tones = {"added": "good", "removed": "bad", "changed": "info"}
    return ListSpec(
        endpoint="cbam_installations.difference",
        values={"key": key, "before": before, "after": after},
        filename=f"cbam-difference-{before}-{after}",
        filters=(Filter("kind", _l("Change"), tuple(kinds.items())),),
        columns=(
            Column("record", _l("Record"), lambda r: r.where(language())),
            Column("kind", _l("Change"), lambda r: r.kind, lambda r: Cell(kinds[r.kind], tone=tones[r.kind])),
            Column("field", _l("Field"), lambda r: r.header(language())),
            Column(
                "before",
                _l("Before"),
                lambda r: r.shown(r.before, language()) if r.field else "",
            ),
            Column("after", _l("After"), lambda r: r.shown(r.after, language()) if r.field else ""),
        ),
    )
