"""The transparency log, open to everybody: checkpoint, tiles and consistency proofs (C2SP tlog-tiles).

The entries themselves are not here: they hold what belongs to companies. See ``docs/decisions/0014-log.md``.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from certificates.encoding import base64_standard
from service.api.auth import services
from service.api.blueprints import blueprint
from service.api.problems import problem
from service.usecases import log_reading

bp = blueprint("log", "The transparency log; no account needed.", public=True)
bp.url_prefix = "/log"
PUBLIC: dict[str, Any] = {"security": []}
PLAIN = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"


@bp.get("/checkpoint")
@bp.doc(**PUBLIC)
@bp.response(200, content_type=PLAIN)
def checkpoint() -> Response:
    """The newest checkpoint: size and root, signed by the log, with the cosignatures of witnesses."""
    return _sent(log_reading.checkpoint(services()).encode("utf-8"), PLAIN, A_MOMENT)


@bp.get("/tile/<path:place>")
@bp.doc(**PUBLIC)
@bp.response(200, content_type=OCTETS)
def tile(place: str) -> Response:
    """256 hashes of the tree, or fewer at its edge: <level>/<index>, with .p/<width> for fewer."""
    return _sent(log_reading.tile(f"tile/{place}", services()), OCTETS, FOR_EVER)


@bp.get("/consistency")
@bp.doc(
    **PUBLIC,
    parameters=[
        {"in": "query", "name": name, "required": True, "schema": {"type": "integer", "minimum": 1}}
        for name in ("old", "new")
    ],
)
@bp.response(200, content_type=PLAIN)
def consistency() -> Response:
    """That the tree of size new begins with the tree of size old (RFC 6962, 2.1.2): a hash a line, in base64."""
    sizes = [request.args.get(name, "") for name in ("old", "new")]
    if not all(text.isascii() and text.isdigit() and len(text) <= 16 for text in sizes):
        return problem(422, "invalid-input", "Give two sizes of the log: old and new.")
    hashes = log_reading.consistency(int(sizes[0]), int(sizes[1]), services())
    return _sent("".join(f"{base64_standard(value)}\n" for value in hashes).encode("ascii"), PLAIN, FOR_EVER)


def _sent(data: bytes, kind: str, cache: str) -> Response:
    return Response(data, content_type=kind, headers={"Cache-Control": cache})
