"""A blueprint of the API: errors become problems, and nobody gets in unasked."""

from __future__ import annotations

from flask_smorest import Blueprint

from service.api import auth, problems

PREFIX = "/api/v1"


def blueprint(noun: str, description: str, *, public: bool = False, path: str = "") -> Blueprint:
    """``/api/v1/<noun>``, or ``/api/v1/<path>``; ``public`` leaves out the question who calls."""
    bp = Blueprint(f"api-{noun}", __name__, url_prefix=f"{PREFIX}/{path or noun}", description=description)
    problems.handle(bp)
    if not public:
        bp.before_request(auth.identify)
    return bp
