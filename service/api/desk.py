"""The officers' desk: bulk checks, the offline pack, sealed evidence."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part as part_of_form
from service.api.files import sent
from service.api.problems import language
from service.schemas.desk import (
    PAGE,
    AskedCheckSchema,
    CheckFieldsSchema,
    CheckRowsSchema,
    CheckSchema,
    DaysQuerySchema,
    EvidenceAnswerSchema,
    EvidenceAskSchema,
    EvidenceRequestSchema,
    FoundLabelSchema,
    OverviewSchema,
    RowsQuerySchema,
    SearchQuerySchema,
    TakenPackSchema,
)
from service.usecases import lookup
from service.usecases.access import Permission, allow
from service.usecases.desk import bulk, evidence, exports, overview, packs, requests
from service.usecases.desk.requests import Answer, Ask
from service.usecases.desk.rows import plain

bp = blueprint("desk", "The officers' desk: bulk checks, offline packs, sealed evidence.")
UNREAD = "The file was not read; the detail says what is wrong with it."


@bp.get("/overview")
@bp.response(200, OverviewSchema)
def whole() -> Any:
    """What waits: checks, requests, and labels that ceased to be accepted lately."""
    return overview.overview(actor(), services())


@bp.get("/search")
@bp.arguments(SearchQuerySchema, location="query")
@bp.response(200, FoundLabelSchema(many=True))
def search(query: dict[str, Any]) -> Any:
    """Labels by number, company or registration code; a part is enough, no check code is needed."""
    return list(overview.search(actor(), query["q"], services()))


@bp.get("/checks")
@bp.response(200, CheckSchema(many=True))
def checks() -> Any:
    """The authority's bulk checks, newest first."""
    return list(bulk.list_(actor(), services()))


@bp.post("/checks")
@bp.arguments(CheckFieldsSchema, location="form")
@bp.response(202, AskedCheckSchema)
@bp.alt_response(422, description=UNREAD)
def ask_check(fields: dict[str, Any]) -> Any:
    """Upload a list of numbers (CSV, xlsx) or a zip of labels (part file); a job checks it."""
    allow(actor(), Permission.CHECK_BULK)
    filename, data = part_of_form("file")
    moment = lookup.moment(fields["at"], services().clock())
    key, job_id = bulk.ask(actor(), bulk.Upload(filename, data, moment), services())
    return {"check": bulk.get(actor(), key, services()), "job_id": job_id}


@bp.get("/checks/<key>")
@bp.response(200, CheckSchema)
def check(key: str) -> Any:
    """One bulk check: how far it is and what it counted."""
    return bulk.get(actor(), key, services())


@bp.get("/checks/<key>/rows")
@bp.arguments(RowsQuerySchema, location="query")
@bp.response(200, CheckRowsSchema)
def rows(query: dict[str, Any], key: str) -> Any:
    """A page of the rows there are so far."""
    found = bulk.get(actor(), key, services(), rows=True)
    matched = [row for row in found.rows if query["verdict"] in ("", row.verdict)]
    first = (query["page"] - 1) * PAGE
    items = [plain(row) for row in matched[first : first + PAGE]]
    return {
        "page": query["page"],
        "pages": max(1, -(-len(matched) // PAGE)),
        "total": len(matched),
        "items": items,
    }


@bp.get("/checks/<key>/rows.<any(csv,json,xlsx):form>")
@bp.response(200, content_type="application/octet-stream")
def export(key: str, form: str) -> Response:
    """All rows of a finished check as CSV, workbook or JSON."""
    found = bulk.finished(actor(), key, services())
    data = exports.exported(found.rows, form, language(), found.about())
    return sent(f"check-{key[:8]}.{form}", data)


@bp.get("/packs")
@bp.response(200, TakenPackSchema(many=True))
def taken() -> Any:
    """Packs that the authority took, newest first."""
    return list(packs.taken(actor(), services()))


@bp.post("/packs")
@bp.arguments(DaysQuerySchema, location="query")
@bp.response(200, content_type="application/octet-stream")
def take_pack(query: dict[str, Any]) -> Response:
    """Make an offline pack; its fingerprint is recorded."""
    days = packs.DAYS if query["days"] is None else query["days"]
    made = packs.make(actor(), services(), days)
    return sent(made.filename, made.data)


@bp.get("/requests")
@bp.response(200, EvidenceRequestSchema(many=True))
def asked() -> Any:
    """Requests of the authority, or about the labels of the exporter or institution, newest first."""
    return list(requests.list_(actor(), services()))


@bp.get("/labels/<number>/requests")
@bp.response(200, EvidenceRequestSchema(many=True))
def of_label(number: str) -> Any:
    """The same about one label."""
    return list(requests.of_label(actor(), number, services()))


@bp.post("/requests")
@bp.arguments(EvidenceAskSchema)
@bp.response(201, EvidenceRequestSchema)
def ask(command: Ask) -> Any:
    """Ask to see the evidence of a label."""
    return requests.get(actor(), requests.ask(actor(), command, services()), services())


@bp.get("/requests/<key>")
@bp.response(200, EvidenceRequestSchema)
def show(key: str) -> Any:
    """One request with its answer and what was seen."""
    return requests.get(actor(), key, services())


@bp.post("/requests/<key>/answer")
@bp.arguments(EvidenceAnswerSchema)
@bp.response(200, EvidenceRequestSchema)
def answer(command: Answer, key: str) -> Any:
    """Answer a request, once."""
    requests.answer(actor(), key, command, services())
    return requests.get(actor(), key, services())


@bp.post("/requests/<key>/parts/<name>")
@bp.response(200, content_type="application/octet-stream")
def take_part(key: str, name: str) -> Response:
    """A granted part (workbook, inventory, links, assessment, review); recorded as seen before it is given."""
    found = evidence.take(actor(), key, name, services())
    return sent(found.filename, found.data)
