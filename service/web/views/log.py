"""The transparency log for people: the tree, its newest checkpoint, who cosigned it, and where a company is named."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from service.usecases import log_companies, log_reading
from service.usecases.access import OrganisationKind
from service.usecases.log_companies import Named
from service.usecases.refusals import InvalidInput
from service.web import listing
from service.web.context import actor, services
from service.web.formats import bilingual, day
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.log_picture import picture
from service.web.words import Status

bp = Blueprint("log", __name__)

KINDS = {"label": _l("Label"), "claim": _l("Claim"), "status": _l("Status list")}
INCLUSIONS = {
    "held": Status(_l("In the log"), "good"),
    "absent": Status(_l("Not in the log"), "bad"),
    "broken": Status(_l("The log does not hold"), "bad"),
}


@bp.get("/log", defaults={"form": "html"})
@bp.get("/log.<any(json):form>")
@login_required
def show(form: str) -> Any:
    """The tree, the newest checkpoint, the witnesses, the last leaves."""
    found = log_reading.overview(actor(), services())
    if form == "json":
        return jsonify(found.as_dict())
    leaf = request.args.get("leaf", type=int, default=found.size - 1)
    leaf = leaf if 0 <= leaf < found.size else found.size - 1
    drawn = picture(found.size, leaf) if found.size else None
    return render_template("log/show.html", log=found, leaf=leaf, drawn=drawn, kinds=KINDS)


@bp.get("/log/labels", defaults={"form": "html"})
@bp.get("/log/labels.<any(csv,json):form>")
@login_required
def labels(form: str) -> Any:
    """Every label and claim that names a company, each looked for in the log again."""
    wanted = request.args.get("company", "").strip()[: log_companies.LONGEST]
    asks = actor().organisation_kind in (OrganisationKind.REGULATOR, OrganisationKind.PROGRAMME)
    rows: tuple[Named, ...] = ()
    short = False
    try:
        rows = log_companies.company(actor(), wanted if asks else "", services())
    except InvalidInput:
        if form != "html":
            raise
        short = True
    spec = _spec({"company": wanted} if asks and wanted else {})
    return listing.answer(spec, rows, form, "log/labels.html", asks=asks, wanted=wanted, short=short)


@bp.get("/log/proofs/<number>.tlog-proof")
@login_required
def proof(number: str) -> Response:
    """The proof that the log holds a label or a claim, as a file that can be checked anywhere."""
    text = log_reading.proof(actor(), number, services())
    headers = {"Content-Disposition": f'attachment; filename="{number}.tlog-proof"'}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)


def _spec(values: dict[str, str]) -> ListSpec:
    return ListSpec(
        endpoint="log.labels",
        order="-issued_at",
        values=values,
        filename="log-labels",
        columns=(
            Column("number", _l("Number"), lambda r: r.number, _number),
            Column("kind", _l("Kind"), lambda r: r.kind, lambda r: Cell(KINDS[r.kind])),
            Column(
                "company",
                _l("Company"),
                lambda r: bilingual(r.company),
                lambda r: Cell(bilingual(r.company), r.code),
            ),
            Column("code", _l("Code"), lambda r: r.code, shown=False),
            Column("issued_at", _l("Issued"), lambda r: r.issued_at, lambda r: Cell(day(r.issued_at))),
            Column("index", _l("Leaf"), lambda r: r.index, _place, numeric=True),
            Column("inclusion", _l("Computed again"), lambda r: r.inclusion, _inclusion),
        ),
        filters=(
            Filter("kind", _l("Kind"), tuple((code, KINDS[code]) for code in ("label", "claim"))),
            Filter(
                "inclusion", _l("Computed again"), tuple((code, one.name) for code, one in INCLUSIONS.items())
            ),
        ),
    )


def _number(row: Named) -> Cell:
    page = "labels.show" if row.kind == "label" else "claims_public.show"
    return Cell(row.number, href=url_for(page, number=row.number), code=True)


def _place(row: Named) -> Cell:
    if row.index is None:
        return Cell("—")
    return Cell(row.index, href=url_for("log.show", leaf=row.index))


def _inclusion(row: Named) -> Cell:
    state = INCLUSIONS[row.inclusion]
    return Cell(state.name, tone=state.tone)
