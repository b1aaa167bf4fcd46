"""The catalogue: search, and one dataset down to the number its source prints and up to what its score is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from marshmallow import ValidationError

from service.schemas.commands import ContributionsSchema, SearchDatasetsSchema
from service.schemas.results import DatasetViewSchema, HitSchema
from service.usecases import datasets, releases
from service.usecases.datasets import MOST_CONTRIBUTIONS, AskContributions, DatasetView, SearchDatasets
from service.web import catalogue, listing, words
from service.web.context import actor, services
from service.web.formats import bilingual
from service.web.i18n import language
from service.web.listing import Column, ListSpec

if TYPE_CHECKING:
    from databases.release import Release

bp = Blueprint("datasets", __name__)
FILTERS = ("release", "text", "kind", "unit", "place", "year", "source", "group", "complete_only", "sort")


def spec() -> ListSpec:
    """The columns of a search result, for the CSV."""
    columns = (
        Column("code", _l("Code"), lambda h: h.dataset.code),
        Column("name", _l("Dataset"), lambda h: bilingual(h.dataset, "name")),
        Column("kind", _l("Kind"), lambda h: words.word(words.KINDS, h.dataset.kind)),
        Column("place", _l("Place"), lambda h: h.dataset.place),
        Column("year", _l("Year"), lambda h: h.dataset.year),
        Column("unit", _l("Unit"), lambda h: h.dataset.unit),
        Column("boundary", _l("Boundary"), lambda h: words.word(words.BOUNDARIES, h.dataset.boundary)),
        Column("group", _l("Group"), lambda h: h.dataset.group),
        Column("gaps", _l("Inputs without a supplier"), lambda h: h.dataset.gaps),
        Column("source", _l("Source"), lambda h: h.dataset.source.title),
        Column("locator", _l("Page or table"), lambda h: h.dataset.locator),
        Column("certainty", _l("Certainty"), lambda h: h.dataset.certainty),
    )
    return ListSpec("datasets.search", columns)


@bp.get("/datasets", defaults={"form": "html"})
@bp.get("/datasets.<any(csv,json):form>")
@login_required
def search(form: str) -> Any:
    """Search the catalogue in Chinese or English."""
    installed = releases.list_(actor(), services())
    release = _release(installed)
    if release is None:
        return render_template("datasets.html", search=None, releases=())
    asked = {name: request.args[name] for name in FILTERS if name in request.args}
    try:
        command: SearchDatasets = SearchDatasetsSchema().load({**asked, "release": release.identifier})
    except ValidationError:
        abort(400)
    command = replace(command, language=language())
    if form == "html":
        page = catalogue.search_page(actor(), command, release, services())
        return render_template("datasets.html", search=page, releases=installed)
    hits = datasets.search(actor(), replace(command, limit=0), services()).hits
    if form == "csv":
        return listing.csv_response(spec(), hits)
    return jsonify(items=HitSchema(many=True).dump(hits), total=len(hits))


@bp.get("/datasets/<path:code>", defaults={"form": "html"})
@bp.get("/datasets/<path:code>.<any(json):form>")
@login_required
def show(code: str, form: str) -> Any:
    """One dataset: its numbers as published, the rule that read them, document, page, licence, what it is made of."""
    release = _asked_release()
    view = datasets.dataset(actor(), release, code, services(), method=request.args.get("method", ""))
    if form == "json":
        return DatasetViewSchema().dump(view)
    return _dataset_page(view, release)


@bp.get("/datasets/<path:code>/inputs", defaults={"form": "html"})
@bp.get("/datasets/<path:code>/inputs.<any(csv,json):form>")
@login_required
def inputs(code: str, form: str) -> Any:
    """All inputs of a dataset."""
    release = _asked_release()
    view = datasets.dataset(actor(), release, code, services())
    found = catalogue.input_spec(view, {"code": code, "release": release})
    return listing.answer(
        found, catalogue.by_kind(view.inputs), form, "dataset_inputs.html", view=view, release=release
    )


@bp.get("/datasets/<path:code>/contributions", defaults={"form": "html"})
@bp.get("/datasets/<path:code>/contributions.<any(csv,json):form>")
@login_required
def contributions(code: str, form: str) -> Any:
    """All parts of a dataset's score."""
    release = _asked_release()
    try:
        data = ContributionsSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    command = AskContributions(release, code, data["method"], data["view"], MOST_CONTRIBUTIONS)
    made = datasets.contributions(actor(), command, services())
    method = made.method.identifier
    values = {"code": code, "release": release, "method": method, "view": command.view}
    found = catalogue.contribution_spec(made, values)
    context = {"made": made, "release": release, "view": command.view, "views": catalogue.VIEWS}
    return listing.answer(found, made.parts, form, "dataset_contributions.html", **context)


def _dataset_page(view: DatasetView, release: str) -> str:
    methods = datasets.methods(actor(), release, services())
    known = [method.identifier for method in methods]
    asked = request.args.get("method", "")
    method = asked if asked in known else datasets.usual_method(known, view.dataset)
    way = request.args.get("view", "")
    way = way if way in catalogue.VIEWS else datasets.VIEWS[0]
    split = None
    if method and not view.values_hidden:
        command = AskContributions(release, view.dataset.code, method, way)
        split = catalogue.split(actor(), command, services())
    text = request.args.get("find", "").strip()[:100]
    return render_template(
        "dataset.html",
        view=view,
        dataset=view.dataset,
        release=release,
        split=split,
        views=catalogue.VIEWS,
        find=text,
        groups=catalogue.method_groups(methods, text),
        many_methods=len(methods) > len(view.scores),
        shown=catalogue.first_inputs(view),
        shown_gaps=catalogue.SHOWN_INPUTS,
        kinds=catalogue.INPUT_KINDS,
    )


def _release(installed: tuple[Release, ...]) -> Release | None:
    """The release asked for, else the last of the project's own, else the last; None where none is installed."""
    asked = request.args.get("release", "")
    named = [release for release in installed if release.identifier == asked]
    own = [release for release in installed if release.name == "open-cn"]
    return next(reversed([*installed, *own, *named]), None)


def _asked_release() -> str:
    found = _release(releases.list_(actor(), services()))
    return request.args.get("release") or (found.identifier if found else "")
