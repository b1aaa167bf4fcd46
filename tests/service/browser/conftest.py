"""A real server with a worker, and a real browser where one is installed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from service import worker
from tests.service.web.conftest import Applications, applications
from tests.service.world import World

__all__ = ["applications", "chromium", "house", "live"]
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


@dataclass(frozen=True)
class House:
    """An address at which one world after the other is served, by the same application."""

    server: WSGIServer
    applications: Applications

    @contextmanager
    def serving(self, world: World) -> Iterator[Live]:
        """The world with a worker, until the end of the block."""
        address = f"http://127.0.0.1:{self.server.server_port}"
        app = self.applications.over(world, address, csrf=True)
        self.server.set_app(app)
        stop = threading.Event()
        threads = [
            threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=worker.run, args=(app.extensions["tanbiao.services"], stop), daemon=True),
        ]
        for thread in threads:
            thread.start()
        yield Live(address, world)
        stop.set()
        self.server.shutdown()
        for thread in threads:
            thread.join()


@pytest.fixture(scope="session")
def house(applications: Applications) -> Iterator[House]:
    with make_server("127.0.0.1", 0, None, _Server, _Quiet) as server:
        yield House(server, applications)


@pytest.fixture
def live(at, house: House) -> Iterator[Live]:
    with house.serving(at("populated")) as made:
        yield made
