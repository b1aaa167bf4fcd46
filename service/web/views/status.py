"""The signed status lists, for everybody: the address that stands in every credential.

Rules
1. Application/vc+jwt, the very text that was signed and logged; never a list that hides a committed change
   (``usecases.standing.lists``), and never one from a cache that did not ask again (``Cache-Control: no-cache``, ETag).
2. ``?timestamp=`` asks for the list as it was (Bitstring Status List v1.0, 3.2: an XML Schema dateTimeStamp, which has
   a time zone). Errors are those of its section 3.5, as problem+json.
3. Whoever asks is not noted, and an address tells a list of 131,072 places, never a label.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.usecases import standing
from service.usecases.refusals import Refusal
from service.web.context import services

bp = Blueprint("status", __name__)

MEDIA_TYPE = "application/vc+jwt"
ERRORS = "https://www.w3.org/ns/credentials/status-list#"
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


@bp.get("/status/<int:list_>/<any(suspension, revocation, refresh):purpose>")
def status(list_: int, purpose: str) -> Any:
    """The newest list of a purpose, or the one of a moment that has passed."""
    text, moment = request.args.get("timestamp"), None
    if text is not None:
        moment = _moment(text)
        if moment is None:
            return _problem(400, "timestamp is not a moment with a time zone, such as 2026-11-22T08:00:00Z.")
    try:
        found = standing.published(list_, purpose, services(), moment)
    except Refusal as refusal:
        return _problem(refusal.status, refusal.message("en"))
    answer = Response(found.credential, mimetype=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(hashlib.sha256(found.credential.encode("ascii")).hexdigest())
    return answer.make_conditional(request)


def _moment(text: str) -> datetime | None:
    """Rule 2; a plus sign that a form has made a space is one again."""
    text = text.replace(" ", "+")
    if not _MOMENT.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _problem(status: int, detail: str) -> Response:
    error = "STATUS_RETRIEVAL_ERROR"
    answer = jsonify(
        {
            "type": ERRORS + error,
            "title": "The status list was not retrieved.",
            "status": status,
            "detail": detail,
        }
    )
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
