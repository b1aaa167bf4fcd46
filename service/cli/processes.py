"""``tanbiao demo`` and ``tanbiao serve``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import click

from service.cli import base

if TYPE_CHECKING:
    from service.settings import Settings

GRACE_SECONDS = 15.0


def register(group: click.Group) -> None:
    """Add the commands."""

    @base.command(group, "demo", "tanbiao demo")
    def demo() -> None:
        """Run the whole journey, workbook to verified label, with the demonstration product."""
        from service import demo as journey

        found = base.services()
        raise SystemExit(journey.run(found, base.language()))

    @base.command(group, "serve", "TANBIAO_PORT=8080 tanbiao serve")
    @click.option(
        "--server", type=click.Choice(["granian", "waitress"]), default=None, help="Web server to use."
    )
    def serve(server: str | None) -> None:
        """Serve pages and API, and run one worker; Ctrl-C stops both."""
        found = base.services()
        click.echo(f"{found.settings.base_url}  (Ctrl-C stops)")
        worker = [sys.executable, "-m", "service.worker", "--parent", str(os.getpid())]
        raise SystemExit(supervise([_web(found.settings, server), worker]))


def _web(found: Settings, server: str | None) -> list[str]:
    from importlib.util import find_spec

    from service.uploads import largest_request

    host, port, workers = (str(getattr(found, name)) for name in ("host", "port", "workers"))
    if server is None:
        server = "granian" if find_spec("granian") else "waitress"
    if server == "granian":
        listen = ["--host", host, "--port", port, "--workers", workers]
        return [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--factory",
            *listen,
            "service.wsgi:create",
        ]
    # waitress takes X-Forwarded-* away by itself; service.app believes as many as the setting says, and no other
    kept = ["--no-clear-untrusted-proxy-headers"]
    return [
        *(sys.executable, "-m", "waitress", f"--listen={host}:{port}"),
        f"--max-request-body-size={largest_request(found)}",
        *(kept if found.proxies else []),
        *("--call", "service.wsgi:create"),
    ]


def supervise(commands: list[list[str]]) -> int:
    """Run the processes until one ends or a signal comes; then stop all.

    0 after a signal, 1 when one ended itself.
    """
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    # Own sessions: Ctrl-C reaches the supervisor alone, which then stops its children in order.
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]
    try:
        while not stop.wait(0.2):
            if any(child.poll() is not None for child in children):
                break
    finally:
        _stop(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if stop.is_set() else 1


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
