"""The composition root: the one place that chooses implementations.

Start-up is light: nothing of the engine, the spreadsheets or the typesetter is imported before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service import clock
from service.installation import InstalledReleases, KeySurroundings, StoredKeys
from service.settings import Settings, from_environment, secret_key_of
from service.store.uow import Store
from service.usecases.services import Services

if TYPE_CHECKING:
    from flask import Flask


def build_services(settings: Settings, *, now: Callable[[], datetime] = clock.now) -> Services:
    """What the use cases work with, for these settings; opens nothing yet."""
    return Services(
        settings=settings,
        uow=Store(settings.database_url),
        releases=InstalledReleases(settings.releases),
        keys=StoredKeys(settings.keys, settings.passphrase, _around_keys(settings)),
        clock=now,
        render=_render,
    )


def _around_keys(settings: Settings) -> KeySurroundings:
    witnesses = tuple(vkey for vkey, _ in settings.witness_entries)
    return KeySurroundings(settings.pkcs11_module, settings.pkcs11_pin, witnesses, settings.witness_quorum)


def create_app(
    settings: Settings | None = None, *, services: Services | None = None, testing: bool = False
) -> Flask:
    """The Flask application: pages and JSON API over the same use cases.

    Raises ValueError on a wrong setting.
    """
    import flask

    from service import api, web
    from service.uploads import UploadRequest
    from service.web.security import limit_rates

    settings = settings or from_environment()
    services = services or build_services(settings)
    app = flask.Flask("service.web")
    app.request_class = UploadRequest
    app.testing = testing
    if settings.proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        believed = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=believed, x_proto=believed)  # type: ignore[method-assign]
    app.config.from_mapping(
        SECRET_KEY=secret_key_of(settings),
        BASE_URL=settings.base_url,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
    )
    app.extensions["tanbiao.services"] = services
    web.init_app(app)
    api.init_app(app)
    limit_rates(app)
    return app


def prepare_store(settings: Settings) -> str:
    """Make the schema when the store is new; returns the revision it is at.

    Raises schema.StoreIsForeign, schema.StoreIsOld.
    """
    from service.store import schema

    return schema.require_newest(settings.database_url)


def _render(
    statement: Mapping[str, Any],
    *,
    credential: str,
    bundle: bytes,
    url: str,
    code: str = "",
    language: str = "zh",
) -> bytes:
    from certificates import kinds
    from service.render.claim import render_claim
    from service.render.label import render_label
    from service.render.sealed import Evidence, NotDrawn
    from service.usecases.refusals import DocumentNotDrawn

    draw = render_claim if kinds.of(statement) is kinds.CLAIM else render_label
    try:
        return draw(statement, Evidence(credential, bundle, url, code), language=language)
    except NotDrawn as problem:
        raise DocumentNotDrawn(problem.found) from problem
