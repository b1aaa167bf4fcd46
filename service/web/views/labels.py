"""Labels: the list, and one label with its files, how it stands, its evidence and its recomputation."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from service.schemas.results import LabelSchema
from service.usecases import label_exports, labels
from service.web import label_page, listing
from service.web.context import actor, services
from service.web.formats import bilingual, day, exact, unit
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.verify_words import STANDINGS

bp = Blueprint("labels", __name__)


def _state(label: Any) -> Cell:
    said = STANDINGS[label_page.state(label)]
    return Cell(said.name, tone=said.tone)


def _unit(label: Any) -> str:
    declared = label.statement["product"]["declaredUnit"]
    amount = "" if declared["amount"] == "1" else f"{declared['amount']} "
    return f"kgCO₂e / {amount}{unit(declared['unit'])}"


def spec() -> ListSpec:
    """The list of labels."""
    return ListSpec(
        endpoint="labels.list_",
        order="-issued_at",
        columns=(
            Column(
                "number",
                _l("Number"),
                lambda r: r.number,
                lambda r: Cell(r.number, "", url_for("labels.show", number=r.number), code=True),
            ),
            Column(
                "product",
                _l("Product"),
                lambda r: bilingual(r.statement["product"]["name"]),
                lambda r: Cell(
                    bilingual(r.statement["product"]["name"]), bilingual(r.statement["exporter"]["name"])
                ),
            ),
            Column(
                "footprint",
                _l("Footprint"),
                lambda r: float(r.statement["footprint"]["total"]),
                lambda r: Cell(exact(r.statement["footprint"]["total"]), _unit(r)),
                numeric=True,
            ),
            Column("standing", _l("Standing"), label_page.state, _state),
            Column("issued_at", _l("Issued"), lambda r: r.issued_at, lambda r: Cell(day(r.issued_at))),
            Column(
                "valid_until", _l("Valid until"), lambda r: r.valid_until, lambda r: Cell(day(r.valid_until))
            ),
        ),
        filters=(
            Filter("standing", _l("Standing"), tuple((code, said.name) for code, said in STANDINGS.items())),
        ),
    )


@bp.get("/labels", defaults={"form": "html"})
@bp.get("/labels.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Labels this reader may see."""
    return listing.answer(spec(), labels.list_(actor(), services()), form, "labels.html")


@bp.get("/labels/<number>", defaults={"form": "html"})
@bp.get("/labels/<number>.<any(json):form>")
@login_required
def show(number: str, form: str) -> Any:
    """One label for its owners: files, chain, recomputation."""
    if form == "json":
        return LabelSchema().dump(labels.get(actor(), number, services()))
    return label_page.rendered(number)


@bp.post("/labels/<number>/recompute")
@login_required
def recompute(number: str) -> Any:
    """Rebuild the number from the stored workbook and release, and show whether it is the same."""
    outcome = labels.recompute(actor(), number, services())
    return label_page.rendered(number, recomputation=outcome)


@bp.get("/labels/<number>/document.pdf")
@login_required
def document(number: str) -> Any:
    """The signed PDF/A-3."""
    data = labels.document(actor(), number, services())
    return send_file(BytesIO(data), "application/pdf", as_attachment=True, download_name=f"{number}.pdf")


@bp.get("/labels/<number>/bundle.json")
@login_required
def bundle(number: str) -> Any:
    """Credential and proof in one file, enough to verify offline."""
    data = labels.bundle(actor(), number, services())
    return send_file(
        BytesIO(data), "application/json", as_attachment=True, download_name=f"{number}.bundle.json"
    )


@bp.get("/labels/<number>/credential.jwt")
@login_required
def credential(number: str) -> Any:
    """The credential as vc+jwt."""
    return Response(
        labels.credential(actor(), number, services()),
        mimetype="application/vc+jwt",
        headers={"Content-Disposition": f'attachment; filename="{number}.jwt"'},
    )


@bp.get("/labels/<number>/<any('data-integrity', untp, passport):form>.json")
@login_required
def export(number: str, form: str) -> Any:
    """The label as others read it: with a Data Integrity proof, as UNTP has it, as a product passport."""
    data = label_exports.export(actor(), number, form, services())
    mimetype = "application/json" if form == "passport" else "application/vc"
    name = f"{number}.{form}.json"
    return send_file(BytesIO(data), mimetype, as_attachment=True, download_name=name)
