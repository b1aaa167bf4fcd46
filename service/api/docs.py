"""``/api/docs``: the OpenAPI description as a plain page of the service's own design, without foreign scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_smorest import Api

METHODS = ("get", "post", "put", "patch", "delete")


def blueprint(api: Api) -> Blueprint:
    """The blueprint that lists what ``api`` describes."""
    bp = Blueprint("api_docs", __name__)

    @bp.get("/api/docs")
    def docs() -> str:
        """Every operation by tag."""
        return render_template("api_docs.html", groups=_groups(api.spec.to_dict()))

    return bp


def _groups(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in spec.get("tags", [])}
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or ["api"])[0]
                groups.setdefault(tag, []).append(_entry(path, method, operation))
    return {tag.removeprefix("api-"): entries for tag, entries in groups.items()}


def _entry(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "path": path,
        "method": method.upper(),
        "summary": operation.get("summary", ""),
        "statuses": [status for status in operation["responses"] if status != "default"],
        "public": operation.get("security") == [],
    }
