"""A real server with a worker, and a real browser where one is installed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from jinja2 import BytecodeCache

from service import worker
from service.app import create_app
from tests.service.world import World

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@dataclass
class Live:
    """A running service: its address and the world behind it."""

    address: str
    world: World
    problems: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def chromium():
    """The browser. It keeps an event loop in this thread, in which nothing else could sign a PDF: hence no longer than
    a module, and after the worlds, which are made per session."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on PATH; install one to run the browser tests")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(world: World, compiled: BytecodeCache) -> Iterator[Live]:
    """A server with a worker over a world, until the end of the block."""
    server = make_server("127.0.0.1", 0, None, _Server, _Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    settings = replace(world.services.settings, base_url=address)
    services = replace(world.services, settings=settings)
    app = create_app(settings, services=services, testing=True)
    app.jinja_env.bytecode_cache = compiled
    server.set_app(app)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True),
        threading.Thread(target=worker.run, args=(services, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield Live(address, world)
    stop.set()
    server.shutdown()
    server.server_close()
    for thread in threads:
        thread.join()


@pytest.fixture
def live(at, compiled) -> Iterator[Live]:
    with serving(at("populated"), compiled) as made:
        yield made
