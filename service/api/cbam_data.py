"""CBAM data record by record: fields, findings, suppliers' files, verifiers' reports."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part
from service.schemas.cbam import (
    ApplySchema,
    NumberSchema,
    RecordSchema,
    RemoveSchema,
    VerificationSchema,
)
from service.schemas.cbam_results import EditedSchema, FindingsSchema, PlainSchema
from service.schemas.plain import plain
from service.usecases.cbam import calculating, editing, suppliers
from service.usecases.cbam.editing import AddRecord, EditHead, EditRecord, RemoveRecord
from service.usecases.cbam.suppliers import AddVerification, ApplySupplier, ReadReturn

bp = blueprint("cbam-data", "CBAM: records of an installation's data.", path="cbam")
_AT = "/installations/<key>"


@bp.get("/fields/<collection>")
@bp.response(200, PlainSchema)
def fields(collection: str) -> Any:
    """Fields of the records of a collection, or of a part of the head."""
    actor()
    return {"result": editing.fields_of(collection)}


@bp.get(f"{_AT}/findings")
@bp.arguments(NumberSchema, location="query")
@bp.response(200, FindingsSchema)
def findings(query: dict[str, Any], key: str) -> Any:
    """What the reader of a version, and the checks, have to say."""
    return {"findings": plain(calculating.check(actor(), key, services(), query["number"]))}


@bp.post(f"{_AT}/records/<collection>")
@bp.arguments(RecordSchema)
@bp.response(201, EditedSchema)
def add(data: dict[str, Any], key: str, collection: str) -> Any:
    """Add a record; parent is the process of a good."""
    command = AddRecord(
        installation_id=key,
        version=data["version"],
        collection=collection,
        fields=data["fields_"],
        parent=data["parent"],
        note=data["note"],
    )
    return editing.add_record(actor(), command, services())


@bp.post(f"{_AT}/records/<collection>/<record>")
@bp.arguments(RecordSchema)
@bp.response(200, EditedSchema)
def edit(data: dict[str, Any], key: str, collection: str, record: str) -> Any:
    """Change fields of a record; #1 is the first of a collection without ids."""
    command = EditRecord(
        installation_id=key,
        version=data["version"],
        collection=collection,
        record=record,
        fields=data["fields_"],
        note=data["note"],
    )
    return editing.edit_record(actor(), command, services())


@bp.post(f"{_AT}/records/<collection>/<record>/remove")
@bp.arguments(RemoveSchema)
@bp.response(200, EditedSchema)
def remove(data: dict[str, Any], key: str, collection: str, record: str) -> Any:
    """Leave a record out of the next version."""
    command = RemoveRecord(installation_id=key, collection=collection, record=record, **data)
    return editing.remove_record(actor(), command, services())


@bp.post(f"{_AT}/head/<name>")
@bp.arguments(RecordSchema)
@bp.response(200, EditedSchema)
def head(data: dict[str, Any], key: str, name: str) -> Any:
    """Change installation, period, quality, fuel_balance, or the single values (monitoring)."""
    command = EditHead(
        installation_id=key,
        version=data["version"],
        part=name,
        fields=data["fields_"],
        note=data["note"],
    )
    return editing.edit_head(actor(), command, services())


@bp.post("/supplier-returns")
@bp.response(200, PlainSchema)
def read_return() -> Any:
    """What a file returned by a supplier holds (multipart/form-data, part file); nothing is stored."""
    return {"result": suppliers.read_return(actor(), ReadReturn(*part("file")), services())}


@bp.post(f"{_AT}/precursors/<record>/supplier")
@bp.arguments(ApplySchema, location="form")
@bp.response(200, EditedSchema)
def apply_supplier(form: dict[str, Any], key: str, record: str) -> Any:
    """Take a returned file's values into a precursor (part file); never as verified."""
    filename, data = part("file")
    command = ApplySupplier(installation_id=key, precursor=record, filename=filename, data=data, **form)
    return suppliers.apply_supplier(actor(), command, services())


@bp.post(f"{_AT}/precursors/<record>/verification")
@bp.arguments(VerificationSchema)
@bp.response(200, EditedSchema)
def verification(data: dict[str, Any], key: str, record: str) -> Any:
    """Attach a verifier's report to a precursor's values."""
    given = data | {"categories": tuple(data["categories"])}
    command = AddVerification(installation_id=key, precursor=record, **given)
    return suppliers.add_verification_report(actor(), command, services())
