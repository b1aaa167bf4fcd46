"""What the page of documents shows: which there are and for whom, and the register of what was handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.usecases.access import Actor, Permission
from service.usecases.cbam import documents, installations, remaking
from service.usecases.services import Services
from service.web.cbam_forms import day, text
from service.web.context import may, names
from service.web.formats import moment, short
from service.web.listing import Cell, Column, ListSpec

if TYPE_CHECKING:
    from lca.cbam.report.details import Details
    from service.store.records import CbamDocument


@dataclass(frozen=True, slots=True)
class Kind:
    """A document: its name, whom it is for in one sentence, and whether it leaves for the importer."""

    key: str
    name: Any
    reader: Any
    to_importer: bool = False


KINDS = (
    Kind(
        "summary-report",
        _l("Summary of the emissions report"),
        _l("For the importer: the only document that goes to it. It holds results and no trade secrets."),
        to_importer=True,
    ),
    Kind(
        "operator-report",
        _l("Operator's emissions report"),
        _l(
            "For the verifier and the authority. It holds fuels, suppliers and processes: do not send it to importers."
        ),
    ),
    Kind(
        "monitoring-plan",
        _l("Monitoring plan"),
        _l(
            "For yourself and the verifier: how you measure. Complete the marked places; it must be in English."
        ),
    ),
    Kind(
        "verification-file",
        _l("File for the verifier"),
        _l(
            "For the verifier: every source, its evidence, and what five per cent of error is for each CN code."
        ),
    ),
)
NAMES = {kind.key: kind.name for kind in KINDS} | {
    documents.COMMUNICATION: _l("The Commission's workbook, filled"),
    documents.REQUEST: _l("Letter to a supplier"),
    documents.FORM: _l("Data form for a supplier"),
}
LANGUAGES = {"en": "English", "zh": "中文"}


@dataclass(frozen=True, slots=True)
class Handed:
    """An entry of the register with the version's number and the person's name."""

    document: CbamDocument
    number: int
    who: str


def handed(actor: Actor, key: str, services: Services) -> tuple[Handed, ...]:
    """The register, newest first. Raises NotAllowed, NotFound."""
    listed = documents.list_(actor, key, services)
    numbers = {one.id: one.number for one in installations.versions(actor, key, services)}
    people = names({one.created_by for one in listed})
    return tuple(
        Handed(one, numbers.get(one.version_id, 0), people.get(one.created_by, "")) for one in listed
    )


def stated_last(rows: Iterable[Handed]) -> dict[str, str]:
    """What a person stated for the newest report or plan, as values of the form, so that nobody types it twice."""
    kinds = documents.KINDS
    newest = next((one.document.details["details"] for one in rows if one.document.kind in kinds), None)
    if newest is None:
        return {}
    given = {name: newest[name] for name in ("operator_address", "plan_version", "plan_date")}
    ticks = {name: "1" for name in ("no_non_cbam_goods", "evidence_handed_over") if newest[name]}
    return {name: value for name, value in given.items() if value} | ticks


def register_spec(key: str) -> ListSpec:
    """The list of what was handed out."""

    def file_cell(handed: Handed) -> Cell:
        one = handed.document
        if one.kind not in remaking.AGAIN or not may(Permission.CBAM_DOCUMENT):
            return Cell(one.filename)
        return Cell(one.filename, href=url_for("cbam_documents.file", key=key, document=one.id))

    return ListSpec(
        endpoint="cbam_documents.list_",
        values={"key": key},
        filename="cbam-documents",
        columns=(
            Column("kind", _l("Document"), lambda h: h.document.kind, _kind_cell),
            Column(
                "at",
                _l("When"),
                lambda h: h.document.created_at,
                lambda h: Cell(moment(h.document.created_at)),
            ),
            Column("who", _l("Who"), lambda h: h.who),
            Column("version", _l("Version"), lambda h: h.number, numeric=True),
            Column("language", _l("Language"), lambda h: h.document.language, _language_cell),
            Column("format", _l("Format"), lambda h: h.document.format),
            Column("filename", _l("File"), lambda h: h.document.filename, file_cell),
            Column("length", _l("Bytes"), lambda h: h.document.length, numeric=True),
            Column(
                "sha256", "SHA-256", lambda h: h.document.sha256, lambda h: Cell(short(h.document.sha256))
            ),
            Column(
                "calculation",
                _l("Calculation"),
                lambda h: h.document.calculation_digest,
                lambda h: Cell(short(h.document.calculation_digest) or "—"),
            ),
        ),
    )


def details(values: Mapping[str, str], today: Any) -> Details:
    """What only a person can state of a report. Raises Wrong."""
    from lca.cbam.report.details import Details

    return Details(
        made_on=today,
        number=text(values, "report_number"),
        operator_address=text(values, "operator_address"),
        plan_version=text(values, "plan_version"),
        plan_date=day(values, "plan_date", optional=True),
        no_non_cbam_goods=bool(values.get("no_non_cbam_goods")),
        evidence_handed_over=bool(values.get("evidence_handed_over")),
    )


def _kind_cell(handed: Handed) -> Cell:
    return Cell(NAMES.get(handed.document.kind, handed.document.kind))


def _language_cell(handed: Handed) -> Cell:
    return Cell(LANGUAGES.get(handed.document.language, handed.document.language))
