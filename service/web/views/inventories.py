"""Inventories: the list, handing in a workbook, one inventory line by line."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from marshmallow import ValidationError

from lca.findings import Finding
from service.schemas.commands import HandInSchema
from service.schemas.results import HandInResultSchema, InventoryDetailSchema
from service.usecases import accounts, inventories, releases, studies
from service.usecases.access import OrganisationKind, Permission, allowed
from service.web import listing
from service.web.context import actor, names, services
from service.web.formats import bilingual, moment
from service.web.forms import field_errors, form_data
from service.web.i18n import LANGUAGES
from service.web.listing import Cell, Column, ListSpec
from service.web.present import stored_findings

bp = Blueprint("inventories", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def spec() -> ListSpec:
    """The list of inventories."""
    return ListSpec(
        endpoint="inventories.list_",
        order="-handed_in_at",
        columns=(
            Column(
                "product",
                _l("Product"),
                lambda r: bilingual(r, "product_name"),
                lambda r: Cell(
                    bilingual(r, "product_name"), r.content["model"], url_for("inventories.show", key=r.id)
                ),
            ),
            Column(
                "period",
                _l("Period"),
                lambda r: f"{r.content['period_start']}/{r.content['period_end']}",
                lambda r: Cell(f"{r.content['period_start']} – {r.content['period_end']}"),
            ),
            Column("lines", _l("Lines"), lambda r: len(r.content["lines"]), numeric=True),
            Column("filename", _l("Workbook"), lambda r: r.filename),
            Column(
                "handed_in_at",
                _l("Handed in"),
                lambda r: r.handed_in_at,
                lambda r: Cell(moment(r.handed_in_at)),
            ),
        ),
    )


@bp.get("/inventories", defaults={"form": "html"})
@bp.get("/inventories.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Inventories this reader may see; exporters hand in here."""
    rows = inventories.list_(actor(), services())
    return listing.answer(spec(), rows, form, "inventories.html", **_hand_in_context())


@bp.post("/inventories")
@login_required
def hand_in() -> Any:
    """Take a workbook. Every problem in it comes back at once and nothing is kept; or it is kept."""
    errors: dict[str, str] = {}
    upload = request.files.get("workbook")
    try:
        data = HandInSchema().load(form_data("institution_id", "leave_unmatched"))
    except ValidationError as error:
        errors = field_errors(error)
        data = {}
    if upload is None or not upload.filename:
        errors["workbook"] = str(_l("Choose the workbook."))
    if errors or upload is None:
        return _hand_in_page(errors, (), chosen=data.get("institution_id", "")), 422
    command = inventories.HandIn(upload.filename or "", upload.read(), **data)
    result = inventories.hand_in(actor(), command, services())
    if result.inventory_id is None:
        if request.accept_mimetypes.best == "application/json":
            return HandInResultSchema().dump(_plain(result)), 422
        return _hand_in_page(
            {}, result.findings, command.filename, command.institution_id, result.only_unmatched
        ), 422
    flash(
        _("The workbook is with the institution now. You see here and on your home page how far it is."),
        "good",
    )
    return redirect(url_for("inventories.show", key=result.inventory_id), 303)


@bp.get("/inventories/<key>", defaults={"form": "html"})
@bp.get("/inventories/<key>.<any(json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """One inventory: facts, findings, every line with the cell it stands in, studies made of it."""
    record = inventories.get(actor(), key, services())
    if form == "json":
        return InventoryDetailSchema().dump(record)
    able = allowed(actor(), Permission.STUDY_OPEN)
    return render_template(
        "inventory.html",
        record=record,
        content=record.content,
        findings=stored_findings(record.findings),
        studies=[study for study in studies.list_(actor(), services()) if study.inventory_id == key],
        releases=releases.list_(actor(), services()) if able else (),
        names=names({record.handed_in_by}),
    )


@bp.get("/inventories/<key>/workbook")
@login_required
def workbook(key: str) -> Any:
    """The workbook exactly as handed in."""
    filename, data = inventories.workbook(actor(), key, services())
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=filename)


@bp.get("/template/<code>.xlsx")
def template(code: str) -> Any:
    """The inventory workbook, empty or (``?example=1``) filled with the demonstration product; public."""
    if code not in LANGUAGES:
        abort(404)
    example = request.args.get("example") == "1"
    data = inventories.template(code, example=example)
    name = f"tanbiao-inventory-{'example-' if example else ''}{code}.xlsx"
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)


def _hand_in_context() -> dict[str, Any]:
    if not allowed(actor(), Permission.INVENTORY_HAND_IN):
        return {"institutions": ()}
    return {"institutions": accounts.organisations(actor(), OrganisationKind.INSTITUTION, services())}


def _hand_in_page(
    errors: dict[str, str],
    findings: tuple[Finding, ...],
    filename: str = "",
    chosen: str = "",
    may_leave: bool = False,
) -> str:
    sheets: dict[str, list[Finding]] = {}
    for finding in findings:
        sheets.setdefault(finding.place.sheet, []).append(finding)
    return render_template(
        "hand_in.html",
        errors=errors,
        sheets=sheets,
        findings=findings,
        filename=filename,
        chosen=chosen,
        may_leave=may_leave,
        **_hand_in_context(),
    )


def _plain(result: inventories.HandInResult) -> dict[str, Any]:
    return {
        "inventory_id": result.inventory_id,
        "findings": [finding.as_dict() for finding in result.findings],
    }
