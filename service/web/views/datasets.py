"""The catalogue: search, and one dataset down to the number its source prints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from marshmallow import ValidationError

from service.schemas.commands import SearchDatasetsSchema
from service.schemas.results import DatasetViewSchema, HitSchema
from service.usecases import releases
from service.web import listing, words
from service.web.context import actor, services
from service.web.formats import bilingual
from service.web.listing import Column, ListSpec

bp = Blueprint("datasets", __name__)
FILTERS = ("release", "text", "kind", "unit", "place", "year", "complete_only")


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
    asked = {name: request.args[name] for name in FILTERS if name in request.args}
    try:
        command = SearchDatasetsSchema().load(
            {"release": installed[-1].identifier if installed else "", **asked}
        )
    except ValidationError:
        abort(400)
    hits = releases.search(actor(), command, services()) if installed else ()
    if form == "csv":
        return listing.csv_response(spec(), hits)
    if form == "json":
        return jsonify(items=HitSchema(many=True).dump(hits), total=len(hits))
    return render_template("datasets.html", hits=hits, command=command, releases=installed)


@bp.get("/datasets/<path:code>", defaults={"form": "html"})
@bp.get("/datasets/<path:code>.<any(json):form>")
@login_required
def show(code: str, form: str) -> Any:
    """One dataset: its numbers as published, the rule that read them, document, page, licence."""
    installed = releases.list_(actor(), services())
    release = request.args.get("release") or (installed[-1].identifier if installed else "")
    view = releases.dataset(actor(), release, code, services())
    if form == "json":
        return DatasetViewSchema().dump(view)
    return render_template("dataset.html", view=view, dataset=view.dataset, release=release)
