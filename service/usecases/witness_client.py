"""Asking a witness over HTTP (C2SP tlog-witness, ``add-checkpoint``).

Rules
1. The address is one of the settings (``TANBIAO_WITNESSES``), never one that came from a request or an answer. It is
   HTTPS, or HTTP on this machine; ``service.settings`` made sure.
2. No redirect is followed, no other scheme is known here, certificates are checked.
3. An answer has so many bytes and so many seconds, and no more: then its connection is cut, wherever it stands.

Example: ``ask("https://witness.example.gov", body)`` is ``Reply(200, "— witness…\\n")``.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10.0
ANSWER_BYTES = 16_384
_TOO_MUCH = "its answer is too long or too slow"


class WitnessAway(Exception):
    """The witness did not answer, or not as a web server does."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The HTTP status and the body as text."""

    status: int
    body: str


def ask(address: str, body: bytes, *, seconds: float = SECONDS) -> Reply:
    """POST ``body`` to ``address``/add-checkpoint. Raises WitnessAway."""
    headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "tanbiao", "Connection": "close"}
    request = urllib.request.Request(  # noqa: S310 - rule 1
        f"{address}/add-checkpoint", data=body, headers=headers, method="POST"
    )
    with _Deadline(seconds) as deadline:
        reply = _answered(_opener(address, deadline), request, seconds)
        if deadline.over:  # a cut connection reads like an answer that ended
            raise WitnessAway(_TOO_MUCH)
    return reply


def _answered(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float
) -> Reply:
    try:
        with opener.open(request, timeout=seconds) as answer:
            return Reply(int(answer.status), _read(answer))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _read(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        raise WitnessAway(str(reason)) from error


class _Deadline:
    """Cuts every connection made under it after so many seconds (rule 3): a socket's own timeout begins anew with each
    byte that comes."""

    def __init__(self, seconds: float) -> None:
        self._guards: list[socket.socket] = []
        self.over = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for guard in self._guards:
            guard.close()

    def connect(self, *given: Any, **named: Any) -> socket.socket:
        """As ``socket.create_connection``."""
        made = socket.create_connection(*given, **named)
        self._guards.append(made.dup())
        if self.over:
            self._cut()
        return made

    def _cut(self) -> None:
        self.over = True
        for guard in self._guards:
            with contextlib.suppress(OSError):
                guard.shutdown(socket.SHUT_RDWR)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_under(self._deadline, http.client.HTTPConnection), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_under(self._deadline, http.client.HTTPSConnection), req)


def _under(deadline: _Deadline, kind: Callable[..., http.client.HTTPConnection]) -> Any:
    """Connections of that kind, opened under the deadline before anything (TLS, too) is said over them."""

    def made(*given: Any, **named: Any) -> http.client.HTTPConnection:
        connection: Any = kind(*given, **named)
        connection._create_connection = deadline.connect
        return connection  # type: ignore[no-any-return]

    return made


def _opener(address: str, deadline: _Deadline) -> urllib.request.OpenerDirector:
    """Rule 2. What is on this machine is never asked through a proxy."""
    opener = urllib.request.OpenerDirector()
    if urlsplit(address).scheme == "https":
        opener.add_handler(urllib.request.ProxyHandler())
        opener.add_handler(_Https(deadline))
    else:
        opener.add_handler(_Http(deadline))
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    return opener


def _read(answer: http.client.HTTPResponse | urllib.error.HTTPError) -> str:
    """Rule 3. Raises WitnessAway."""
    read, found = getattr(answer, "read1", answer.read), b""
    try:
        while chunk := read(ANSWER_BYTES + 1 - len(found)):
            found += chunk
            if len(found) > ANSWER_BYTES:
                raise WitnessAway(_TOO_MUCH)
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WitnessAway("its answer is not text") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WitnessAway(type(error).__name__) from error
