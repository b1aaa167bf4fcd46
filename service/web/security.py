"""What guards every page.

Rules
1. Nothing inline and nothing from elsewhere: scripts, styles, images and requests come from this origin only.
2. A page is never framed and never sends its address to another site.
3. Every state-changing request from a session carries a CSRF token; the API's Basic-authenticated requests carry none,
   because they carry no ambient credentials (see ``service.api.auth``). Verifying a file changes nothing and asks for
   none: a token would need a cookie, and strangers get none on public pages.
4. HTTPS is forced and HSTS sent wherever the installation's own address is HTTPS.
5. Signing in and public verification are rate limited per address, on the pages and in the API alike; wrong passwords
   are counted besides (``service.guards``).
6. A session holds the person's id and the epoch it began in, nothing else; roles are read afresh on every request. It
   ends by signing out, on the server too, and after 12 hours.
7. What a signed-in person or an API caller gets is never stored by a browser or a proxy.
8. Where the installation's own address is HTTPS, requests for other hosts are refused: a redirect or a page never
   carries a host name that the sender made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin, current_user
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect

from service.usecases import accounts
from service.usecases.access import Actor
from service.usecases.refusals import NotFound, SignInRefused
from service.visit_counts import STORAGE
from service.visitors import visitor

if TYPE_CHECKING:
    pass

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
UPLOAD_LIMIT_BYTES = 16 * 1024 * 1024

LIMITS = {
    "account.sign_in": ("20 per minute", ["POST"]),
    "verification.verify_file": ("60 per minute", ["POST"]),
    "verification.label": ("600 per minute", None),
    "verification.product": ("600 per minute", None),
    "verification.mark": ("600 per minute", None),
    "verification.document": ("600 per minute", None),
    "verification.bundle": ("600 per minute", None),
    "claims_public.show": ("600 per minute", None),
    "claims_public.document": ("600 per minute", None),
    "claims_public.bundle": ("600 per minute", None),
    "claims_public.credential": ("600 per minute", None),
    "api-verify.by_number": ("600 per minute", None),
    "api-verify.by_file": ("60 per minute", None),
    "api-log.checkpoint": ("1200 per minute", None),
    "api-log.consistency": ("1200 per minute", None),
    "api-log.tile": ("1200 per minute", None),
    "api-claims-public.show": ("600 per minute", None),
    "api-claims-public.document": ("600 per minute", None),
    "api-claims-public.bundle": ("600 per minute", None),
    "api-claims-public.credential": ("600 per minute", None),
}
CHANGES_NOTHING = ("service.web.views.verification.verify_file",)
SESSION_HOURS = 12
EPOCH = "_epoch"


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The person of a session: Flask-Login's view of an :class:`Actor`."""

    actor: Actor

    def get_id(self) -> str:
        """The person's id, the only thing the session cookie holds."""
        return str(self.actor.person_id)


def init_app(app: Flask) -> None:
    """Attach sessions, CSRF, security headers and rate limits."""
    secure = str(app.config.get("BASE_URL", "")).startswith("https://")
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_LIMIT_BYTES  # Flask's own None is set already: no setdefault
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=SESSION_HOURS)
    if secure:
        app.config["TRUSTED_HOSTS"] = [urlsplit(app.config["BASE_URL"]).hostname]
    Talisman(
        app,
        force_https=secure,
        strict_transport_security=secure,
        session_cookie_secure=secure,
        session_cookie_samesite="Lax",
        frame_options="DENY",
        referrer_policy="same-origin",
        content_security_policy=CONTENT_SECURITY_POLICY,
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()", "payment": "()"},
    )
    app.extensions["tanbiao.csrf"] = CSRFProtect(app)
    for view in CHANGES_NOTHING:
        app.extensions["tanbiao.csrf"].exempt(view)
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.login_view = "account.sign_in"
    manager.login_message = None
    manager.user_loader(_load)
    app.after_request(_no_store_for_people)


def limit_rates(app: Flask) -> None:
    """Rule 5, after all views are registered: the table :data:`LIMITS` names each limited endpoint."""
    limiter = Limiter(key_func=visitor, storage_uri=STORAGE, app=app)
    app.extensions["tanbiao.limiter"] = limiter
    for endpoint, (rate, methods) in LIMITS.items():
        guarded: Any = limiter.limit(rate, methods=methods)(app.view_functions[endpoint])
        app.view_functions[endpoint] = guarded


def _load(person_id: str) -> SignedIn | None:
    services = current_app.extensions["tanbiao.services"]
    try:
        return SignedIn(accounts.get_actor(person_id, services, epoch=session.get(EPOCH, 0)))
    except (NotFound, SignInRefused):
        return None


def _no_store_for_people(response: Response) -> Response:
    """A shared computer's back button must not show a signed-in page after signing out (rule 7)."""
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    private = "api_actor" in g or getattr(current_user, "is_authenticated", False)
    if request.endpoint != "static" and private:
        response.headers["Cache-Control"] = "no-store"
    return response
