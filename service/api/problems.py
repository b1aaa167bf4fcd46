"""Errors as ``application/problem+json`` (RFC 9457): type, title, status, detail, a stable code, and where exactly.

A refusal knows its own status (``service.usecases.refusals``); shape errors of a request are 422 with their fields.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Api, Blueprint
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from service.api import ledger_problems
from service.guards import keep_headers
from service.schemas.results import ProblemSchema
from service.usecases.cbam.refusals import TablesNotImported, VariantNeeded
from service.usecases.refusals import GateClosed, Refusal

MIMETYPE = "application/problem+json"


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest without its application-wide error handler: the pages have their own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return


def handle(blueprint: Blueprint) -> None:
    """Errors raised in this blueprint become problems."""
    blueprint.register_error_handler(Refusal, refusal)
    blueprint.register_error_handler(CSRFError, _csrf)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(RecursionError, _too_deep)


def refusal(error: Refusal) -> Response:
    """A use case said no."""
    extra = ledger_problems.of(error)
    if isinstance(error, GateClosed):
        extra["findings"] = [finding.as_dict() for finding in error.findings]
    if isinstance(error, TablesNotImported):
        extra["notices"] = [notice.as_dict() for notice in error.notices]
    if isinstance(error, VariantNeeded):
        extra["variants"] = list(error.variants)
    return problem(error.status, error.code, error.message(language()), **extra)


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    """One problem document."""
    body = {
        "type": f"urn:tanbiao:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = MIMETYPE
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Tanbiao", charset="UTF-8"'
    return answer


def _csrf(_: CSRFError) -> Response:
    return problem(400, "csrf", "A request with a session needs the CSRF token; use HTTP Basic in programs.")


def _too_deep(_: RecursionError) -> Response:
    return problem(400, "http-400", "The JSON is nested too deeply to be read.")


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    data = getattr(error, "data", None) or {}
    fields = data.get("messages")
    extra = {"fields": fields} if fields else {}
    code = "invalid-input" if fields else f"http-{status}"
    answer = problem(status, code, str(data.get("message") or error.description or ""), **extra)
    keep_headers(error, answer)
    return answer


def language() -> str:
    """The language of ours that the request wants; English where it says nothing."""
    return request.accept_languages.best_match(["en", "zh"]) or "en"
