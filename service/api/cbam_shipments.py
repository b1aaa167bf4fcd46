"""CBAM shipments of an exporter, and how far each importer is from the threshold."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part
from service.api.problems import problem
from service.schemas.cbam import (
    EditShipmentSchema,
    RemoveSchema,
    ShipmentSchema,
    ShipmentsSchema,
    YearSchema,
)
from service.schemas.cbam_results import CbamShipmentSchema, ImportedSchema, PlainSchema
from service.schemas.plain import plain
from service.usecases.cbam import shipments
from service.usecases.cbam.shipments import EditShipment, Shipment

bp = blueprint("cbam-shipments", "CBAM: shipments and the threshold.", path="cbam/shipments")


@bp.get("")
@bp.arguments(ShipmentsSchema, location="query")
@bp.response(200, CbamShipmentSchema(many=True))
def index(query: dict[str, Any]) -> Any:
    """The exporter's shipments, latest import first."""
    return list(shipments.list_(actor(), services(), query["importer"], query["year"]))


@bp.post("")
@bp.arguments(ShipmentSchema)
@bp.response(201, CbamShipmentSchema)
def add(command: Shipment) -> Any:
    """Add a shipment."""
    return shipments.add(actor(), command, services())


@bp.post("/import")
@bp.response(201, ImportedSchema)
@bp.alt_response(422, schema=ImportedSchema, description="No row was taken; every finding is listed.")
def import_file() -> Any:
    """Add every row of a CSV file or workbook (part file), or none."""
    done = shipments.import_file(actor(), *part("file"), services())
    if done.findings:
        found = plain(done.findings)
        return problem(422, "file-refused", "The file has errors; no row was taken.", findings=found)
    return done


@bp.get("/threshold")
@bp.arguments(YearSchema, location="query")
@bp.response(200, PlainSchema)
def threshold(query: dict[str, Any]) -> Any:
    """Where every importer stands in a year, by the exporter's own shipments."""
    return {"result": shipments.threshold(actor(), query["year"], services())}


@bp.get("/<key>")
@bp.response(200, CbamShipmentSchema)
def show(key: str) -> Any:
    """One shipment."""
    return shipments.get(actor(), key, services())


@bp.post("/<key>")
@bp.arguments(EditShipmentSchema)
@bp.response(200, CbamShipmentSchema)
def edit(data: tuple[int, Shipment], key: str) -> Any:
    """Change a shipment."""
    version, shipment = data
    return shipments.edit(actor(), EditShipment(key, version, shipment), services())


@bp.post("/<key>/remove")
@bp.arguments(RemoveSchema)
@bp.response(204)
def remove(data: dict[str, Any], key: str) -> None:
    """Remove a shipment."""
    shipments.remove(actor(), key, data["version"], services())
