"""The JSON API: the same use cases as the pages, described by OpenAPI 3.1 at ``/api/openapi.json``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from flask import Flask

TITLE = "Tanbiao"
VERSION = "1"


def init_app(app: Flask) -> None:
    """Attach the API to ``app``; the pages are attached first, they bring the session and the CSRF guard."""
    from service.api import docs
    from service.api.problems import ProblemApi

    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ProblemApi(app, spec_kwargs=_spec())
    for module in _served():
        app.extensions["tanbiao.csrf"].exempt(module.bp)
        api.register_blueprint(module.bp)
    app.register_blueprint(docs.blueprint(api))


def _served() -> tuple[ModuleType, ...]:
    """Modules with a blueprint, in the order of the description."""
    from service.api import (
        cbam_data,
        cbam_goods,
        cbam_installations,
        cbam_results,
        cbam_shipments,
        cbam_tables,
        claims,
        claims_public,
        desk,
        impacts,
        institutions,
        inventories,
        jobs,
        labels,
        ledger,
        ledger_files,
        ledger_imports,
        ledger_power,
        ledger_purchases,
        notices,
        releases,
        standing,
        studies,
        translog,
        verification,
    )

    return (
        institutions,
        inventories,
        studies,
        labels,
        standing,
        verification,
        translog,
        releases,
        impacts,
        notices,
        jobs,
        cbam_installations,
        cbam_data,
        cbam_results,
        cbam_goods,
        cbam_tables,
        cbam_shipments,
        ledger,
        ledger_files,
        ledger_imports,
        ledger_purchases,
        ledger_power,
        claims,
        claims_public,
        desk,
    )


def _spec() -> dict[str, Any]:
    scheme = {"type": "http", "scheme": "basic", "description": "E-mail address and password of a person."}
    return {
        "info": {
            "description": "Inventories, studies, labels, verification, CBAM, ledger, claims. "
            "Errors are problem+json (RFC 9457).",
            "license": {"name": "Apache-2.0"},
        },
        "components": {"securitySchemes": {"basic": scheme}},
        "security": [{"basic": []}],
    }
