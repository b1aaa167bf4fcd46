"""A blueprint of the API: errors become problems, and nobody gets in unasked."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from service.api import auth, problems

PREFIX = "/api/v1"


class _Parser(FlaskParser):
    """Reads arguments; JSON that Python's own reader refuses (a number of 5000 digits) is a bad request."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """The body as JSON."""
        try:
            return super().load_json(req, schema)
        except ValueError as error:
            raise BadRequest("The JSON cannot be read.") from error


class _Blueprint(Blueprint):  # type: ignore[misc]
    """With our reader of arguments."""

    ARGUMENTS_PARSER = _Parser()


def blueprint(noun: str, description: str, *, public: bool = False, path: str = "") -> Blueprint:
    """``/api/v1/<noun>``, or ``/api/v1/<path>``; ``public`` leaves out the question who calls."""
    bp = _Blueprint(f"api-{noun}", __name__, url_prefix=f"{PREFIX}/{path or noun}", description=description)
    problems.handle(bp)
    if not public:
        bp.before_request(auth.identify)
    return bp
