"""CBAM in: forms and JSON bodies become commands of the use cases; rules as in ``service.schemas.commands``."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, fields, post_load, pre_load, validate

from lca.cbam.results import Path
from service.schemas.commands import ERROR_CODES, CommandSchema, one_of, text_field
from service.usecases.cbam import documents
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.shipments import Shipment
from service.usecases.cbam.tables import FIRST_DAY

MOST_T = 1e12
"""Tonnes of a good; more is a slip of the unit."""
PATHS = tuple(path.value for path in Path)


def number_field(*, required: bool = False) -> fields.Integer:
    """The version a person looked at, or one that is asked for."""
    if required:
        return fields.Integer(required=True, error_messages=ERROR_CODES)
    return fields.Integer(load_default=None, allow_none=True, error_messages=ERROR_CODES)


def decimal_field(*, required: bool = False) -> fields.Decimal:
    """An exact number, as JSON number or text."""
    if required:
        return fields.Decimal(required=True, error_messages=ERROR_CODES)
    return fields.Decimal(load_default=None, allow_none=True, error_messages=ERROR_CODES)


def day_field(*, required: bool = True) -> fields.Date:
    """A day, ISO 8601."""
    if required:
        return fields.Date(required=True, error_messages=ERROR_CODES)
    return fields.Date(load_default=None, allow_none=True, error_messages=ERROR_CODES)


class CbamSchema(CommandSchema):
    """Text without white space around it; what is empty is absent, but inside of data."""

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Empty text fields take their defaults."""
        if not hasattr(data, "items"):
            return data
        cut = ((name, value.strip() if isinstance(value, str) else value) for name, value in data.items())
        return {name: value for name, value in cut if value != ""}


class QuerySchema(CbamSchema):
    """A query string or a form, which may carry other things too."""

    class Meta:
        """Language, sort order, CSRF token."""

        unknown = EXCLUDE


class UploadSchema(QuerySchema):
    """The fields beside a file."""

    version = number_field()
    note = text_field(1000, required=False)


class PutSchema(CbamSchema):
    """Monitoring data as the service gives it out."""

    content = fields.Dict(required=True, error_messages=ERROR_CODES)
    version = number_field()
    note = text_field(1000, required=False)


class StarterSchema(CbamSchema):
    """A first draft: ``screws``, ``profiles`` or ``structures``, and the answers to its questions."""

    key = text_field(40)
    answers = fields.Dict(load_default=dict, error_messages=ERROR_CODES)
    year = fields.Integer(required=True, validate=validate.Range(2026, 2100), error_messages=ERROR_CODES)
    note = text_field(1000, required=False)


class ShareSchema(CbamSchema):
    """The institution that may see and work on it; empty takes it back."""

    institution_id = text_field(64, required=False)


class RecordSchema(CbamSchema):
    """Fields of a record by name, dotted for nested ones; ``version`` is the one that was looked at."""

    fields_ = fields.Dict(data_key="fields", required=True, error_messages=ERROR_CODES)
    version = number_field(required=True)
    parent = text_field(200, required=False)
    note = text_field(1000, required=False)


class RemoveSchema(CbamSchema):
    """The version that was looked at."""

    version = number_field(required=True)
    note = text_field(1000, required=False)


class NumberSchema(QuerySchema):
    """Which version; absent is the newest."""

    number = number_field()
    language = fields.String(load_default="zh", validate=validate.OneOf(documents.LANGUAGES, error="invalid"))


class ChangesSchema(QuerySchema):
    """Two versions."""

    before = number_field(required=True)
    after = number_field(required=True)


class AskSchema(QuerySchema):
    """Which path and version."""

    path = fields.String(load_default=PATHS[0], validate=validate.OneOf(PATHS, error="invalid"))
    number = number_field()


class AskLeversSchema(QuerySchema):
    """Which good, and the saving to try."""

    good = text_field(200)
    fraction = fields.Float(load_default=0.1, error_messages=ERROR_CODES)
    number = number_field()


class QuantitySchema(CbamSchema):
    """Tonnes of a good imported in a quarter."""

    good = text_field(200)
    tonnes = decimal_field(required=True)
    year = fields.Integer(required=True, error_messages=ERROR_CODES)
    quarter = fields.Integer(required=True, validate=validate.Range(1, 4), error_messages=ERROR_CODES)


class ScenarioSchema(CbamSchema):
    """Prices in EUR per certificate that the caller assumes: by year, else one for all."""

    name = text_field(200)
    flat = decimal_field()
    by_year = fields.Dict(
        keys=fields.Integer(), values=fields.Decimal(), load_default=dict, error_messages=ERROR_CODES
    )


class CostSchema(CbamSchema):
    """What verification costs a year, in EUR, and who says so."""

    eur_per_year = decimal_field(required=True)
    source = text_field(500)


class ComparePathsSchema(CbamSchema):
    """What is imported, by quarter or by year."""

    quantities = fields.List(fields.Nested(QuantitySchema), load_default=list, error_messages=ERROR_CODES)
    annual = fields.Dict(
        keys=fields.String(), values=fields.Decimal(), load_default=dict, error_messages=ERROR_CODES
    )
    years = fields.List(fields.Integer(), load_default=list, error_messages=ERROR_CODES)
    scenario = fields.Nested(ScenarioSchema, load_default=None, allow_none=True)
    cost = fields.Nested(CostSchema, load_default=None, allow_none=True)
    number = number_field()

    def command(self, installation_id: str, data: dict[str, Any]) -> Any:
        """The use case's command. Raises InvalidInput where a price or an amount is none."""
        from lca.cbam.obligation.comparison import Quantity, VerificationCost
        from lca.cbam.obligation.prices import Scenario
        from service.usecases.cbam.comparing import Compare
        from service.usecases.refusals import InvalidInput

        try:
            return Compare(
                installation_id=installation_id,
                quantities=tuple(Quantity(**one) for one in data["quantities"]),
                annual=data["annual"],
                years=tuple(data["years"]),
                scenario=Scenario(**data["scenario"]) if data["scenario"] else None,
                cost=VerificationCost(**data["cost"]) if data["cost"] else None,
                number=data["number"],
            )
        except ValueError as error:
            raise InvalidInput(field="quantities", problem=str(error)) from error


class NonCbamGoodSchema(CbamSchema):
    """A good outside Annex I that a process makes."""

    name = text_field(500)
    process = text_field(200)
    quantity_t = fields.Float(
        required=True, validate=validate.Range(0, MOST_T, error="invalid"), error_messages=ERROR_CODES
    )


class DetailsSchema(CbamSchema):
    """What a document says beyond the data; all of it may be left out."""

    number = text_field(100, required=False)
    operator_address = text_field(500, required=False)
    plan_version = text_field(100, required=False)
    plan_date = day_field(required=False)
    partners = fields.Dict(keys=fields.String(), values=text_field(500), load_default=dict)
    non_cbam_goods = fields.List(fields.Nested(NonCbamGoodSchema), load_default=list)
    no_non_cbam_goods = fields.Boolean(load_default=False, error_messages=ERROR_CODES)
    evidence_handed_over = fields.Boolean(load_default=False, error_messages=ERROR_CODES)

    @post_load
    def details(self, data: dict[str, Any], **_: Any) -> Any:
        """Details of a document; the use case sets its day."""
        from datetime import date

        from lca.cbam.report.details import Details, NonCbamGood

        goods = tuple(NonCbamGood(**one) for one in data["non_cbam_goods"])
        given = data | {"partners": tuple(data["partners"].items()), "non_cbam_goods": goods}
        return Details(made_on=date.min, **given)


class DrawSchema(CbamSchema):
    """Which document, in which language and format."""

    kind = one_of(*documents.KINDS)
    language = fields.String(load_default="zh", validate=validate.OneOf(documents.LANGUAGES, error="invalid"))
    format = fields.String(load_default="pdf", validate=validate.OneOf(documents.FORMATS, error="invalid"))
    number = number_field()
    path = fields.String(load_default=PATHS[0], validate=validate.OneOf(PATHS, error="invalid"))
    details = fields.Nested(DetailsSchema, load_default=None, allow_none=True)

    def command(self, installation_id: str, data: dict[str, Any]) -> documents.Draw:
        """The use case's command."""
        return documents.Draw(installation_id, **(data | {"path": Path(data["path"])}))


class SupplierRequestSchema(CbamSchema):
    """The letter (docx, pdf) or the data form (xlsx) for the supplier of a precursor."""

    precursor = text_field(200)
    language = fields.String(load_default="zh", validate=validate.OneOf(documents.LANGUAGES, error="invalid"))
    format = fields.String(load_default="docx", validate=validate.OneOf(documents.FORMATS, error="invalid"))
    number = number_field()
    reply_by = day_field(required=False)
    contact_name = text_field(200, required=False)
    contact_email = text_field(254, required=False)


class ApplySchema(QuerySchema):
    """The fields beside a supplier's file; ``product`` counts from 0."""

    version = number_field(required=True)
    product = fields.Integer(load_default=0, error_messages=ERROR_CODES)
    note = text_field(1000, required=False)


class VerificationSchema(CbamSchema):
    """A verifier's report on a precursor's values."""

    version = number_field(required=True)
    number = text_field(200)
    verifier = text_field(500)
    accreditation = text_field(200)
    issued = day_field()
    accredited_until = day_field()
    start = day_field()
    end = day_field()
    categories = fields.List(text_field(60), load_default=list, error_messages=ERROR_CODES)
    sha256 = text_field(64, required=False)
    use_actual = fields.Boolean(load_default=False, error_messages=ERROR_CODES)
    note = text_field(1000, required=False)


class SearchGoodsSchema(QuerySchema):
    """Digits of a code, or words."""

    text = text_field(200, required=False)
    limit = fields.Integer(load_default=50, error_messages=ERROR_CODES)


class LookUpSchema(QuerySchema):
    """Where the good comes from, and the year of import."""

    country = text_field(10, required=False)
    year = fields.Integer(load_default=2026, error_messages=ERROR_CODES)
    variant = text_field(20, required=False)

    def command(self, cn: str, data: dict[str, Any]) -> LookUp:
        """The use case's command."""
        return LookUp(cn, **data)


class TableQuerySchema(QuerySchema):
    """A country and a year."""

    country = text_field(10)
    year = fields.Integer(load_default=2026, error_messages=ERROR_CODES)


class ShipmentSchema(CbamSchema):
    """Goods of one CN code to one importer."""

    importer = text_field(500, required=False)
    eori = text_field(50, required=False)
    cn = text_field(20)
    origin = text_field(10, required=False)
    net_mass_kg = decimal_field(required=True)
    imported_on = day_field()
    installation_id = text_field(64, required=False)
    note = text_field(500, required=False)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Any:
        """The use case's shipment."""
        return Shipment(**data)


class EditShipmentSchema(ShipmentSchema):
    """A shipment as it is to be, and the version that was looked at."""

    version = number_field(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Any:
        """(version, shipment)."""
        version = data.pop("version")
        return version, Shipment(**data)


class ShipmentsSchema(QuerySchema):
    """Filters of the list."""

    importer = text_field(500, required=False)
    year = number_field()


class YearSchema(QuerySchema):
    """A calendar year."""

    year = fields.Integer(load_default=2026, error_messages=ERROR_CODES)


class ImportTablesSchema(QuerySchema):
    """When a workbook was published, and from when its values apply."""

    published = day_field()
    valid_from = fields.Date(load_default=FIRST_DAY, error_messages=ERROR_CODES)
