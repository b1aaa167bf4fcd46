"""One way from a condition to a page: a refusal knows its status and its sentence, other HTTP errors have one here."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from service.guards import keep_headers
from service.usecases.refusals import GateClosed, Refusal
from service.web.i18n import language

PAGES: dict[int, tuple[Any, Any]] = {
    400: (_l("The request could not be read"), _l("Go back, load the page again and repeat what you did.")),
    401: (_l("Please sign in"), _l("This page is for people with an account.")),
    403: (
        _l("This is not yours to do"),
        _l("Your role does not allow it. Ask a colleague who holds the role."),
    ),
    404: (_l("Nothing is here"), _l("Check the address or the number, or start again from the home page.")),
    405: (_l("This page does not take that"), _l("Go back and use the buttons of the page.")),
    409: (_l("Something has changed meanwhile"), _l("Load the page again and look at its present state.")),
    413: (
        _l("The file is too large"),
        _l("A file may have 16 MB at most. An inventory workbook is far smaller."),
    ),
    422: (_l("This cannot be carried out yet"), _l("Solve what is listed below first.")),
    429: (_l("Too many attempts"), _l("Wait a minute and try again.")),
    500: (
        _l("Something went wrong on our side"),
        _l("Nothing half-done was kept. Try again; if it repeats, tell the administrator."),
    ),
    503: (_l("Not available at the moment"), _l("Try again in a few minutes.")),
}


def init_app(app: Flask) -> None:
    """Register the handlers for pages; the API registers its own for its blueprints."""
    app.register_error_handler(Refusal, refusal)
    app.register_error_handler(CSRFError, expired_form)
    app.register_error_handler(SecurityError, other_host)
    app.register_error_handler(HTTPException, http_error)


def refusal(error: Refusal) -> Any:
    """A use case said no."""
    findings = error.findings if isinstance(error, GateClosed) else ()
    return _page(error.status, error.message(language()), error.code, findings)


def expired_form(_: CSRFError) -> Any:
    """The token of a form is missing or of another session."""
    return _page(
        400, str(_l("The form was open for too long or came from another site. Load the page again.")), "csrf"
    )


def other_host(error: SecurityError) -> Any:
    """The request names a host that this installation is not: no page, a page would have no addresses to show."""
    return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")


def http_error(error: HTTPException) -> Any:
    """Anything Flask itself refuses."""
    code = error.code or 500
    if code < 400:
        return error
    page, status = _page(code, "", f"http-{code}")
    answer = make_response(page, status)
    keep_headers(error, answer)
    return answer


def _page(status: int, detail: str, code: str, findings: Any = ()) -> Any:
    title, advice = PAGES.get(status, PAGES[500])
    if request.path.endswith(".json") or request.path.startswith("/api/v"):
        body = {"title": str(title), "detail": detail or str(advice), "status": status, "code": code}
        answer = jsonify(body | {"findings": [finding.as_dict() for finding in findings]})
        answer.mimetype = "application/problem+json"
        return answer, status
    page = render_template(
        "error.html", title=title, advice=detail or advice, status=status, findings=findings
    )
    return page, status
