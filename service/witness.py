"""The web application of a witness: it signs the checkpoints of logs that only grow, and shows the newest.

Rules
1. It is an application of its own, without store, session, form or cookie; what it keeps is in one folder
   (``certificates.log.witness_home``). It may run where the log's operator cannot reach.
2. ``POST /add-checkpoint`` is C2SP tlog-witness. There is no account: a checkpoint speaks by the log's signature.
3. ``/`` is a page for people in Chinese and English, ``/checkpoint.json`` the same for programs,
   ``/checkpoint/<origin>`` the newest checkpoint as text, with the log's and the witness's signature.
4. Requests have a size and a rate, per address; nothing of a request reaches a page but through the log's signature.
5. A witness whose folder is damaged answers 500 and signs nothing.

Example: ``waitress.serve(create_witness(WitnessHome(folder, passphrase)), port=8090)``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service import clock

if TYPE_CHECKING:
    from flask import Flask, Response

    from certificates.log.witness_home import Watched, WitnessHome

SUBMIT_RATE = "60 per minute"
READ_RATE = "600 per minute"
PLAIN = "text/plain; charset=utf-8"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_STYLE = """:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, "Noto Sans SC", sans-serif; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
.name { font-weight: 600; overflow-wrap: anywhere; } .languages { text-align: end; margin: 0; }
pre { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; padding: .75rem;
  font-size: .8125rem; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; } dd { margin: 0; }
a { color: inherit; }
.grave { border-inline-start: .25rem solid #c2410c; padding-inline-start: .75rem; font-weight: 600; }
"""


def create_witness(home: WitnessHome, *, now: Callable[[], datetime] = clock.now, proxies: int = 0) -> Flask:
    """The application of the witness in that folder; ``proxies`` in front are believed about the visitor's address."""
    from flask import Flask

    from certificates.log.witness import REQUEST_BYTES
    from certificates.log.witness_home import WitnessUnusable

    app = Flask("service.witness", template_folder="web/templates/log", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = REQUEST_BYTES
    if proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    _submission(app, home, now)
    _reading(app, home)

    @app.errorhandler(WitnessUnusable)
    def unusable(problem: WitnessUnusable) -> Any:
        app.logger.error("the witness signs nothing: %s", problem)
        return app.response_class("This witness cannot sign at present.\n", 500, content_type=PLAIN)

    @app.after_request
    def guarded(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    _limit(app)
    return app


def _submission(app: Flask, home: WitnessHome, now: Callable[[], datetime]) -> None:
    from flask import Response, request

    witness = home.witness()

    @app.post("/add-checkpoint")
    def add() -> Response:
        """Rule 2."""
        answer = witness.add_checkpoint(request.get_data(), now())
        return Response(answer.body, answer.status, content_type=answer.content_type)


def _reading(app: Flask, home: WitnessHome) -> None:
    from flask import Response, abort, jsonify, render_template, request

    @app.get("/")
    def page() -> str:
        """Rule 3, for people."""
        chosen = request.args.get("lang") or request.accept_languages.best_match(["zh", "en"], "zh")
        language = "en" if chosen == "en" else "zh"
        values = {"name": home.key.name, "vkey": home.key.text, "language": language}
        return render_template("witness.html", logs=home.watched(), refusals=home.refusals(), **values)

    @app.get("/checkpoint.json")
    def as_json() -> Response:
        """Rule 3, for programs."""
        return jsonify(summary(home))

    @app.get("/checkpoint/<path:origin>")
    def newest(origin: str) -> Response:
        """The newest checkpoint of one log."""
        seen = next((log.seen for log in home.watched() if log.origin == origin), None)
        if seen is None:
            abort(404)
        return Response(seen.checkpoint, content_type=PLAIN)

    @app.get("/style.css")
    def style() -> Response:
        return Response(_STYLE, content_type="text/css; charset=utf-8")


def summary(home: WitnessHome) -> dict[str, Any]:
    """What a witness shows: its name and verifier key, each log with the newest checkpoint, and what it refused: how
    many are kept, how many of them are forks or pending (``certificates.log.witness_home``, rule 5)."""
    refused = home.refusals()
    return {
        "name": home.key.name,
        "vkey": home.key.text,
        "logs": [_log(log) for log in home.watched()],
        "refused": {"kept": refused.kept, "forks": refused.forks, "pending": refused.pending},
    }


def _log(log: Watched) -> dict[str, Any]:
    from certificates.encoding import base64_standard, moment_text

    if log.seen is None:
        return {"origin": log.origin, "size": 0, "root": None, "signedAt": None, "checkpoint": None}
    stated = log.seen.stated
    return {
        "origin": log.origin,
        "size": stated.size,
        "root": base64_standard(stated.root),
        "signedAt": moment_text(log.seen.at),
        "checkpoint": log.seen.checkpoint,
    }


def _limit(app: Flask) -> None:
    """Rule 4."""
    from flask_limiter import Limiter

    from service.visitors import visitor

    limiter = Limiter(key_func=visitor, storage_uri="memory://", app=app)
    for endpoint, view in list(app.view_functions.items()):
        limited: Any = limiter.limit(SUBMIT_RATE if endpoint == "add" else READ_RATE)(view)
        app.view_functions[endpoint] = limited
