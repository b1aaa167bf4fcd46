"""Suppliers of precursors: what they return is looked at and applied; a verifier's report is entered by a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from service.usecases.access import Permission, allow
from service.usecases.cbam import installations, staging, suppliers
from service.usecases.cbam.keeping import InstallationView, tables_of
from service.usecases.cbam.refusals import UnknownRecord
from service.usecases.cbam.suppliers import ApplySupplier, ReadReturn
from service.usecases.refusals import GateClosed, NotAllowed, NotFound, Refusal
from service.web import cbam_forms, cbam_suppliers
from service.web.cbam_forms import Wrong
from service.web.context import actor, services

bp = Blueprint("cbam_suppliers", __name__, url_prefix="/cbam/installations/<key>/suppliers")


@bp.get("")
@login_required
def list_(key: str) -> Any:
    """Every purchased precursor, what its figures rest on, and what is missing."""
    return _list(key)


@bp.post("")
@login_required
def upload(key: str) -> Any:
    """Take a returned file; nothing of it is in the data yet."""
    allow(actor(), Permission.CBAM_EDIT)
    installations.get(actor(), key, services())
    try:
        name, data = cbam_forms.upload("file")
        returned = suppliers.read_return(actor(), ReadReturn(name, data), services())
        if not returned.products:
            raise GateClosed(returned.findings)
        staged = staging.stage(actor(), name, data, services())
    except (Refusal, Wrong) as error:
        return _refused(key, error)
    return redirect(url_for("cbam_suppliers.returned", key=key, staged=staged), 303)


@bp.get("/returns/<staged>")
@login_required
def returned(key: str, staged: str) -> Any:
    """The products of a returned file, and the precursors each may be for."""
    return _returned(key, staged)


@bp.post("/returns/<staged>")
@login_required
def apply(key: str, staged: str) -> Any:
    """Take one product into one precursor. It is not verified by that."""
    allow(actor(), Permission.CBAM_EDIT)
    given = staging.take(actor(), staged, services())
    command = ApplySupplier(
        installation_id=key,
        version=request.form.get("version", 0, type=int),
        precursor=request.form.get("precursor", ""),
        filename=given.filename,
        data=given.data,
        product=request.form.get("product", 0, type=int),
    )
    try:
        made = suppliers.apply_supplier(actor(), command, services())
    except (Refusal, Wrong) as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        return _returned(key, staged, error), cbam_forms.status_of(error)
    flash(
        _(
            "The figures are in version %(number)d. They count once a verifier's report is entered.",
            number=made.number,
        ),
        "good",
    )
    return redirect(url_for("cbam_suppliers.list_", key=key), 303)


@bp.get("/report")
@login_required
def report(key: str) -> Any:
    """The form of a verifier's report on one precursor's figures."""
    allow(actor(), Permission.CBAM_EDIT)
    return _report(key, {})


@bp.post("/report")
@login_required
def add_report(key: str) -> Any:
    """Enter a verifier's report: the only thing that makes a supplier's figures count."""
    allow(actor(), Permission.CBAM_EDIT)
    installations.get(actor(), key, services())
    try:
        command = cbam_suppliers.posted_report(request.form, key, request.args.get("precursor", ""))
        made = suppliers.add_verification_report(actor(), command, services())
    except (Refusal, Wrong) as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        return _report(key, cbam_forms.errors_of(error)), cbam_forms.status_of(error)
    flash(_("The report is in version %(number)d.", number=made.number), "good")
    return redirect(url_for("cbam_suppliers.list_", key=key), 303)


def _list(key: str, **context: Any) -> str:
    view = installations.get(actor(), key, services())
    states = cbam_suppliers.states(actor(), view.data, services())
    shown = {"errors": {}, "findings": (), **context}
    return render_template("cbam/suppliers.html", view=view, states=states, **shown)


def _refused(key: str, error: Exception) -> Any:
    if isinstance(error, NotAllowed | NotFound):
        raise error
    findings = error.findings if isinstance(error, GateClosed) else ()
    return _list(key, errors=cbam_forms.errors_of(error), findings=findings), cbam_forms.status_of(error)


def _returned(key: str, staged: str, error: Exception | None = None) -> str:
    allow(actor(), Permission.CBAM_EDIT)
    view = installations.get(actor(), key, services())
    given = staging.take(actor(), staged, services())
    found = suppliers.read_return(actor(), ReadReturn(given.filename, given.data), services())
    told = error.findings if isinstance(error, GateClosed) else found.findings
    return render_template(
        "cbam/supplier_return.html",
        view=view,
        staged=given,
        found=found,
        findings=told,
        refusal=cbam_forms.said(error) if error else "",
        cs=cbam_suppliers,
    )


def _report(key: str, errors: dict[str, Any]) -> str:
    view = installations.get(actor(), key, services())
    precursor = cbam_suppliers.find(view.data, request.args.get("precursor", ""))
    if precursor is None:
        raise UnknownRecord(collection="precursors", record=request.args.get("precursor", ""))
    values = _posted() if request.method == "POST" else cbam_suppliers.report_values(precursor)
    shown = {"values": values, "errors": errors, "categories": _categories(view)}
    return render_template("cbam/supplier_report.html", view=view, precursor=precursor, **shown)


def _posted() -> dict[str, Any]:
    return {**request.form.to_dict(), "categories": request.form.getlist("categories")}


def _categories(view: InstallationView) -> tuple[Any, ...]:
    return tables_of(services(), view.data.period.end).categories()
