"""What an upstream supplier returns, taken into a precursor; and a verifier's report on it, as an act of its own.

Rules
1. A returned file gives values. It never makes them verified: the choice goes to default, and no report is attached,
   whatever the file says. Where a precursor had a verifier's report, new values leave it without.
2. The file must be of the good and the country the precursor names; nobody's figures stand in for somebody else's.
   Figures per tonne of product become figures per functional unit with the precursor's content, which is then needed.
3. No verified emissions exist for anything produced before 2026 (Q&A 5.20): such a file is refused for later goods.
4. A verifier's report is added by a person who names it: number, verifier, accreditation, dates, period, and the hash
   of the document. Whether it covers the period, and whether the accreditation held, is for the checks to say.
5. Actual values are used only when somebody says so, after a report was added; a calculation refuses what the rules do
   not allow.

Example: ``apply_supplier(actor, ApplySupplier(installation_id=key, version=3, precursor="R1", …), services)``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from databases.cbam.goods import FunctionalUnit, NotInScope, digits
from lca.cbam.monitoring import PrecursorValues, VerificationReport
from lca.findings import Finding, has_errors
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import editing
from service.usecases.cbam.editing import Edited
from service.usecases.cbam.keeping import installation_of, require_size, require_version, tables_of
from service.usecases.cbam.recognition import COMMUNICATION, kind_of
from service.usecases.cbam.refusals import NotInCbamScope
from service.usecases.refusals import GateClosed, InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from lca.cbam.communication import SupplierProduct
    from lca.cbam.report.supplier_reader import Returned

SUPPLIER_FORM = "supplier-form"
FIRST_YEAR = 2026


@dataclass(frozen=True, slots=True)
class ReadReturn:
    """A file a supplier returned: the Commission's communication workbook, or our data form."""

    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedProduct:
    """One product of a returned file. ``per_tonne``: its values are per tonne of product, not per functional unit.

    ``stated_report`` is what the file says of a verifier's report: something to look at, never taken over (rule 1).
    """

    name: str
    cn: str
    country: str
    supplier: str
    installation: str
    installation_id: str
    unlocode: str
    route: str
    values: PrecursorValues
    per_tonne: bool
    verifier: str
    stated_report: VerificationReport | None


@dataclass(frozen=True, slots=True)
class Return:
    """What a returned file holds: products with their values, and what its reader had to say."""

    kind: str
    products: tuple[ReturnedProduct, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySupplier:
    """Take product number ``product`` (from 0) of a returned file into a precursor."""

    installation_id: str
    version: int
    precursor: str
    filename: str
    data: bytes = field(repr=False)
    product: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVerification:
    """A verifier's report on a precursor's values. ``sha256`` follows from ``document`` where that is given.

    The document itself is not stored. ``use_actual`` chooses the values from now on.
    """

    installation_id: str
    version: int
    precursor: str
    number: str
    verifier: str
    accreditation: str
    issued: date
    accredited_until: date
    start: date
    end: date
    categories: tuple[str, ...] = ()
    sha256: str = ""
    document: bytes | None = field(default=None, repr=False)
    use_actual: bool = False
    note: str = ""


def read_return(actor: Actor, command: ReadReturn, services: Services) -> Return:  # noqa: ARG001 - as all use cases
    """Read a returned file; nothing is stored. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.CBAM_EDIT)
    require_size(command.data, "file")
    return _read(command)


def apply_supplier(actor: Actor, command: ApplySupplier, services: Services) -> Edited:
    """Take a returned file's values into a precursor (rules 1 to 3).

    Raises NotAllowed, NotFound, MonitoringChanged, UnknownRecord, InvalidInput, NotInCbamScope, and GateClosed for a
    file with errors.
    """
    allow(actor, Permission.CBAM_EDIT)
    with services.uow() as unit:
        require_version(installation_of(actor, unit, command.installation_id), command.version)
    require_size(command.data, "file")
    returned = _read(ReadReturn(command.filename, command.data))
    if has_errors(returned.findings) or not returned.products:
        raise GateClosed(returned.findings)
    if not 0 <= command.product < len(returned.products):
        raise InvalidInput(field="product", problem=f"0 to {len(returned.products) - 1}")
    product = returned.products[command.product]

    def change(plain: dict[str, Any]) -> str:
        listed, place = editing.find(plain, "precursors", command.precursor)
        _require_fits(product, listed[place], int(plain["period"]["end"][:4]))
        listed[place] |= _unverified(product, listed[place], services)
        return command.precursor

    upload = (command.filename, command.data)
    return editing.store(actor, command, change, services, "supplier", upload)


def add_verification_report(actor: Actor, command: AddVerification, services: Services) -> Edited:
    """Attach a verifier's report to a precursor's values (rules 4 and 5).

    Raises NotAllowed, NotFound, MonitoringChanged, UnknownRecord, InvalidInput.
    """
    allow(actor, Permission.CBAM_EDIT)
    report = _report(command)

    def change(plain: dict[str, Any]) -> str:
        listed, place = editing.find(plain, "precursors", command.precursor)
        values = listed[place]["values"]
        if values is None:
            raise InvalidInput(field="precursor", problem="it has no values that a report could be about")
        listed[place]["values"] = values | {"report": report}
        if command.use_actual:
            listed[place]["choice"] = "actual"
        return command.precursor

    return editing.store(actor, command, change, services, "verification")


def _require_fits(product: ReturnedProduct, precursor: dict[str, Any], year: int) -> None:
    """Rules 2 and 3. Raises InvalidInput, GateClosed."""
    cn = digits(product.cn)
    if cn and not (cn.startswith(precursor["cn"]) or precursor["cn"].startswith(cn)):
        raise InvalidInput(field="product", problem=f"it is CN {cn}, the precursor is CN {precursor['cn']}")
    if product.country and precursor["country"] not in ("", product.country):
        there = precursor["country"]
        raise InvalidInput(
            field="product", problem=f"it comes from {product.country}, the precursor from {there}"
        )
    period = product.values.period
    if year >= FIRST_YEAR and period is not None and period.start.year < FIRST_YEAR:
        span = f"{period.start.isoformat()} – {period.end.isoformat()}"
        raise GateClosed([Finding.error("cbam-supplier-period", name=product.name, period=span, year=year)])


def _unverified(product: ReturnedProduct, precursor: dict[str, Any], services: Services) -> dict[str, Any]:
    """The precursor's fields from the product (rules 1 and 2). Raises InvalidInput."""
    values = replace(product.values, report=None)
    if product.per_tonne:
        values = _per_functional_unit(values, precursor, services)
    known = ("supplier", "installation", "installation_id", "unlocode", "route", "country")
    stated = {name: getattr(product, name) for name in known if getattr(product, name)}
    return stated | {"choice": "default", "values": editing.plain_values(values)}


def _per_functional_unit(
    values: PrecursorValues, precursor: dict[str, Any], services: Services
) -> PrecursorValues:
    try:
        unit = tables_of(services).good(precursor["cn"]).unit
    except NotInScope as error:
        raise NotInCbamScope(cn=precursor["cn"], near=", ".join(error.near[:6]) or "—") from error
    if unit is FunctionalUnit.TONNE:
        return values
    content = precursor["content"]
    if not content:
        raise InvalidInput(field="content", problem=f"needed for this precursor: {unit.value} per tonne")

    def per(value: float | None) -> float | None:
        return None if value is None else value / content

    return replace(
        values,
        see_direct=values.see_direct / content,
        see_indirect=per(values.see_indirect),
        sefa=per(values.sefa),
        electricity_mwh=per(values.electricity_mwh),
    )


def _report(command: AddVerification) -> dict[str, Any]:
    texts = {name: getattr(command, name).strip() for name in ("number", "verifier", "accreditation")}
    for name, text in texts.items():
        if not text:
            raise InvalidInput(field=name, problem="needed")
    if command.document is not None:
        require_size(command.document, "document")
    sha256 = hashlib.sha256(command.document).hexdigest() if command.document is not None else command.sha256
    if sha256 and not (len(sha256) == 64 and set(sha256.lower()) <= set("0123456789abcdef")):
        raise InvalidInput(field="sha256", problem="64 hexadecimal digits")
    if command.end < command.start:
        raise InvalidInput(field="end", problem="not before the start")
    return texts | {
        "issued": command.issued.isoformat(),
        "accredited_until": command.accredited_until.isoformat(),
        "period": {"start": command.start.isoformat(), "end": command.end.isoformat()},
        "categories": list(command.categories),
        "sha256": sha256.lower(),
    }


def _read(command: ReadReturn) -> Return:
    if kind_of(command.data) == COMMUNICATION:
        from lca.cbam import communication

        reading = communication.read(command.data, command.filename)
        products = tuple(_of_workbook(one) for one in communication.precursors(reading))
        return Return(COMMUNICATION, products, tuple(reading.findings))
    from lca.cbam.report.supplier_reader import read_supplier_form

    returned = read_supplier_form(command.data, command.filename)
    form = () if returned.values is None else (_of_form(returned, returned.values),)
    return Return(SUPPLIER_FORM, form, returned.findings)


def _of_workbook(product: SupplierProduct) -> ReturnedProduct:
    from lca.cbam.communication import as_values

    return ReturnedProduct(
        name=product.name,
        cn=product.cn,
        country=product.country,
        supplier="",
        installation=product.installation,
        installation_id="",
        unlocode=product.unlocode,
        route=product.route,
        values=as_values(product),
        per_tonne=True,
        verifier=product.verifier,
        stated_report=None,
    )


def _of_form(returned: Returned, values: PrecursorValues) -> ReturnedProduct:
    return ReturnedProduct(
        name=returned.good,
        cn=returned.cn,
        country=returned.country,
        supplier=returned.operator,
        installation=returned.installation,
        installation_id=returned.installation_id,
        unlocode=returned.unlocode,
        route="",
        values=values,
        per_tonne=False,
        verifier=values.report.verifier if values.report else "",
        stated_report=values.report,
    )
