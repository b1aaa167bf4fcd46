"""Documents of CBAM: drawn from a version and its calculation, and registered as handed out.

Rules
1. A document rests on one version and on one stored calculation; the register names both, and the file's hash. The
   audit chain holds the digest of the whole entry.
2. The file is made, registered and handed out; it is not kept. The same version, calculation and details give it again
   (:mod:`service.usecases.cbam.remaking`); the register holds the details, the trade secrets in them no other place.
3. Data of the transitional period gives no document of the definitive period.
4. The summary report is the only part that goes to the importer (Annex IV 1.2 of Implementing Regulation (EU)
   2025/2547); the operator's report goes to the verifier and the authority.
5. The day of a document and the person it was made by are the service's to say.

Example: ``draw(actor, Draw(key, "summary-report", "en", "pdf"), services).data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lca.cbam import rounding
from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation, Path
from lca.findings import Finding, Severity
from service.store.records import CbamDocument
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import calculating
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.keeping import (
    InstallationView,
    installation_of,
    kept_tables,
    require_size,
    tables_of,
    view_of,
)
from service.usecases.cbam.refusals import NotInCbamScope, TransitionalData, UnknownRecord
from service.usecases.cbam.register import Entry, enter
from service.usecases.refusals import GateClosed, InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from lca.cbam.report.details import Details
    from lca.cbam.report.document import Document

PLAN = "monitoring-plan"
KINDS = ("operator-report", "summary-report", PLAN, "verification-file")
"""What :func:`draw` gives."""
FORMATS = ("pdf", "xlsx", "docx")
LANGUAGES = ("zh", "en")
COMMUNICATION = "communication-workbook"
REQUEST, FORM = "supplier-request", "supplier-form"
REPLY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Draw:
    """One document; ``details`` is what only a person can state, its day and author are set here (rule 5)."""

    installation_id: str
    kind: str
    language: str = "zh"
    format: str = "pdf"
    number: int | None = None
    path: Path = Path.ACTUAL
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class FillCommunication:
    """The Commission's communication workbook as the user supplies it, to be filled in place."""

    installation_id: str
    template: bytes = field(repr=False)
    number: int | None = None
    filename: str = ""


@dataclass(frozen=True, slots=True)
class SupplierRequest:
    """The letter (docx, pdf) to the supplier of a precursor, or the data form (xlsx) that goes with it.

    ``reply_by`` None is 30 days from today.
    """

    installation_id: str
    precursor: str
    language: str = "zh"
    format: str = "docx"
    number: int | None = None
    reply_by: date | None = None
    contact_name: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The file and its entry in the register; ``left_out`` is what a template could not hold."""

    document: CbamDocument
    data: bytes = field(repr=False)
    left_out: tuple[Finding, ...] = ()

    @property
    def filename(self) -> str:
        """Name of the file."""
        return self.document.filename


def draw(actor: Actor, command: Draw, services: Services) -> Drawn:
    """Make and register a document (rules 1 to 5).

    Raises NotAllowed, NotFound, InvalidInput, TransitionalData, and GateClosed where findings stop it.
    """
    allow(actor, Permission.CBAM_DOCUMENT)
    _require(command.language in LANGUAGES, "language", LANGUAGES)
    _require(command.format in FORMATS, "format", FORMATS)
    found = _made(actor, command, services, keep=True)
    data = rendered(found.document, command.language, command.format)
    entry = Entry(command.kind, command.language, command.format, found.digest, found.details)
    return Drawn(enter(actor, found.view, entry, data, services), data)


def preview(actor: Actor, command: Draw, services: Services) -> Document:
    """The document as data, for a page; nothing is registered. Raises as :func:`draw`."""
    allow(actor, Permission.CBAM_READ)
    return _made(actor, command, services, keep=False).document


def not_english(actor: Actor, key: str, services: Services) -> tuple[Finding, ...]:
    """A warning where the English operator's report still holds Chinese text; nothing where none can be made yet.

    Raises NotAllowed, NotFound.
    """
    from lca.cbam.report import heads

    try:
        made = preview(actor, Draw(key, "operator-report", "en"), services)
    except (GateClosed, TransitionalData):
        return ()
    with services.uow() as unit:
        person = unit.people.get(actor.person_id)
    return heads.not_english(made, (person.name,) if person else ())


def fill_communication(actor: Actor, command: FillCommunication, services: Services) -> Drawn:
    """A copy of the Commission's workbook with the input cells filled in, formulas and styles untouched.

    Raises NotAllowed, NotFound, InvalidInput, and GateClosed where findings stop it or the template is not one.
    """
    allow(actor, Permission.CBAM_DOCUMENT)
    require_size(command.template, "template")
    ask = Ask(command.installation_id, Path.ACTUAL, command.number)
    found = calculating.calculate(actor, ask, services)
    data, left_out = filled(command.template, found.view.data, found.done)
    entry = Entry(COMMUNICATION, "en", "xlsx", found.digest)
    return Drawn(enter(actor, found.view, entry, data, services), data, left_out)


def request_supplier(actor: Actor, command: SupplierRequest, services: Services) -> Drawn:
    """The letter to a supplier, or the form it fills in.

    Raises NotAllowed, NotFound, UnknownRecord, InvalidInput, and GateClosed where findings stop it.
    """
    from lca.cbam.report.details import ReportNotPossible, RequestDetails
    from lca.cbam.report.supplier import supplier_request
    from lca.cbam.storage import to_plain

    allow(actor, Permission.CBAM_DOCUMENT)
    _require(command.language in LANGUAGES, "language", LANGUAGES)
    _require(command.format in FORMATS, "format", FORMATS)
    today = services.clock().date()
    with services.uow() as unit:
        view = view_of(actor, unit, command.installation_id, command.number)
    if command.format == "xlsx":
        entry = Entry(FORM, "en", "xlsx")
        form = _form(view, command.precursor, services)
        return Drawn(enter(actor, view, entry, form, services), form)
    details = RequestDetails(
        made_on=today,
        reply_by=command.reply_by or today + timedelta(days=REPLY_DAYS),
        contact_name=command.contact_name,
        contact_email=command.contact_email,
        extra_certificates=_extra(view, command.precursor, services),
    )
    try:
        letter = supplier_request(view.data, (command.precursor,), details)
    except ReportNotPossible as error:
        raise GateClosed((error.finding,)) from error
    data = rendered(letter, command.language, command.format)
    stated = {"precursor": command.precursor, "details": to_plain(details)}
    entry = Entry(REQUEST, command.language, command.format, details=stated)
    return Drawn(enter(actor, view, entry, data, services), data)


def _extra(view: InstallationView, precursor: str, services: Services) -> tuple[tuple[str, str], ...]:
    """(precursor, certificates per tonne its default value costs more): than the value stated, else its mark-up."""
    from lca.cbam.obligation.default_path import default_path

    found = next((one for one in view.data.precursors if one.id == precursor), None)
    if found is None:
        return ()
    tables = tables_of(services, view.data.period.end)
    try:
        path = default_path(found.cn, found.country, view.data.period.end.year, tables, found.variant)
    except (LookupError, ValueError):
        return ()  # without a default the letter speaks without a figure
    stated = found.values.see_direct if found.values else float(path.default.total)
    extra = rounding.see(float(path.see) - stated)
    return ((precursor, str(extra)),) if extra > 0 else ()


def _form(view: InstallationView, precursor: str, services: Services) -> bytes:
    """The bilingual data form for a precursor. Raises UnknownRecord, NotInCbamScope."""
    from databases.cbam.goods import NotInScope
    from lca.cbam.report.supplier_form import supplier_form

    found = next((one for one in view.data.precursors if one.id == precursor), None)
    if found is None:
        raise UnknownRecord(collection="precursors", record=precursor)
    try:
        unit = tables_of(services, view.data.period.end).good(found.cn).unit.value
    except NotInScope as error:
        raise NotInCbamScope(cn=found.cn, near=", ".join(error.near[:6]) or "—") from error
    return supplier_form(found, unit)


def list_(actor: Actor, key: str, services: Services) -> tuple[CbamDocument, ...]:
    """The register of an installation, newest first. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        return unit.cbam_results.documents(installation_of(actor, unit, key).id)


@dataclass(frozen=True, slots=True)
class _Made:
    """The version, the document, the digest of the calculation it rests on (empty for a plan), and what was stated."""

    view: InstallationView
    document: Document
    digest: str
    details: Mapping[str, Any]


def _made(actor: Actor, command: Draw, services: Services, *, keep: bool) -> _Made:
    from databases.cbam import kept
    from lca.cbam.storage import to_plain

    _require(command.kind in KINDS, "kind", KINDS)
    with services.uow() as unit:
        view = view_of(actor, unit, command.installation_id, command.number)
        person = unit.people.get(actor.person_id)
    _require_definitive(view.data, command.kind)
    details = replace(
        _details(command, services.clock().date()),
        prepared_by=person.name if person else "",
        version=str(view.version.number),
    )
    if not details.number:
        details = replace(details, number=f"{view.installation.id[:8]}-{view.version.year}")
    stated = {"details": to_plain(details)}
    if command.kind == PLAN:
        tables = tables_of(services, view.data.period.end)
        if keep:
            kept.keep(kept_tables(services), tables)
        made = document_of(command.kind, view.data, None, tables, details)
        return _Made(view, made, "", stated | {"tables": tables.digest})
    ask = Ask(command.installation_id, command.path, view.version.number)
    found = (calculating.calculate if keep else calculating.current)(actor, ask, services)
    made = document_of(command.kind, view.data, found.done, found.tables, details)
    return _Made(view, made, found.digest, stated)


def drawn(
    data: Monitoring, done: Calculation | None, tables: Tables, wanted: Draw, today: date
) -> tuple[bytes, tuple[Finding, ...]]:
    """A document of data that is not stored, and what of its English is Chinese; only a plan needs no calculation.

    Raises InvalidInput, TransitionalData, GateClosed.
    """
    from lca.cbam.report import heads

    _require(wanted.kind in KINDS, "kind", KINDS)
    _require_definitive(data, wanted.kind)
    made = document_of(wanted.kind, data, done, tables, _details(wanted, today))
    told = heads.not_english(made) if wanted.language == "en" else ()
    return rendered(made, wanted.language, wanted.format), told


def filled(template: bytes, data: Monitoring, done: Calculation) -> tuple[bytes, tuple[Finding, ...]]:
    """A filled copy of the Commission's workbook, and what it could not hold. Raises GateClosed."""
    from lca.cbam.communication import NotFillable, fill

    try:
        made = fill(template, data, done)
    except NotFillable as error:
        raise GateClosed(error.findings) from error
    return made.data, tuple(made.findings)


def document_of(
    kind: str, data: Monitoring, done: Calculation | None, tables: Tables, details: Details
) -> Document:
    """The document as data. Raises GateClosed where it cannot be made of this data."""
    from lca.cbam.report.details import ReportNotPossible
    from lca.cbam.report.operator import operator_report
    from lca.cbam.report.summary import summary_report
    from lca.cbam.report.verification import verification_file

    reports = {
        "operator-report": operator_report,
        "summary-report": summary_report,
        "verification-file": verification_file,
    }
    try:
        if done is None:
            return _plan(data, tables, details)
        return reports[kind](data, done, tables, details)
    except ReportNotPossible as error:
        raise GateClosed((error.finding,)) from error


def _plan(data: Monitoring, tables: Tables, details: Details) -> Document:
    """A plan needs no calculation, but goods and categories that there are. Raises GateClosed, ReportNotPossible."""
    from lca.cbam.checks import check
    from lca.cbam.report.plan import monitoring_plan

    try:
        return monitoring_plan(data, tables, details)
    except LookupError as error:
        raise GateClosed([one for one in check(data, tables) if one.severity is Severity.ERROR]) from error


def _details(command: Draw, today: date) -> Details:
    """Rule 5."""
    from lca.cbam.report.details import Details

    return replace(command.details or Details(made_on=today), made_on=today)


def _require_definitive(data: Monitoring, kind: str) -> None:
    """Rule 3, before anything is calculated."""
    from lca.cbam.monitoring import Basis

    if data.basis is not Basis.DEFINITIVE:
        raise TransitionalData(kind=kind)


def rendered(made: Document, language: str, form: str) -> bytes:
    """A document as a file: ``pdf``, ``xlsx`` or ``docx``."""
    from service.render import cbam

    return {"pdf": cbam.pdf, "xlsx": cbam.xlsx, "docx": cbam.docx}[form](made, language)


def _require(holds: bool, name: str, choices: tuple[str, ...]) -> None:
    if not holds:
        raise InvalidInput(field=name, problem=f"one of {', '.join(choices)}")
