"""Labels: the list, and one label with its files, its evidence and its recomputation."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, render_template, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from service.schemas.results import LabelSchema
from service.usecases import labels
from service.web import listing, words
from service.web.context import actor, services
from service.web.formats import bilingual, day, exact, unit
from service.web.listing import Cell, Column, Filter, ListSpec

bp = Blueprint("labels", __name__)


def _state(label: Any) -> Cell:
    state = words.LABEL_STATES.get(label.status, words.Status(label.status))
    return Cell(state.name, tone=state.tone or "neutral")


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
            Column("status", _l("State"), lambda r: r.status, _state),
            Column("issued_at", _l("Issued"), lambda r: r.issued_at, lambda r: Cell(day(r.issued_at))),
            Column(
                "valid_until", _l("Valid until"), lambda r: r.valid_until, lambda r: Cell(day(r.valid_until))
            ),
        ),
        filters=(
            Filter(
                "status", _l("State"), tuple((code, state.name) for code, state in words.LABEL_STATES.items())
            ),
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
    record = labels.get(actor(), number, services())
    if form == "json":
        return LabelSchema().dump(record)
    return render_template("label.html", label=record, statement=record.statement, recomputation=None)


@bp.post("/labels/<number>/recompute")
@login_required
def recompute(number: str) -> Any:
    """Rebuild the number from the stored workbook and release, and show whether it is the same."""
    outcome = labels.recompute(actor(), number, services())
    record = labels.get(actor(), number, services())
    return render_template("label.html", label=record, statement=record.statement, recomputation=outcome)


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
