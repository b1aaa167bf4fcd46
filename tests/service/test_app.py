"""Start-up: what the web process imports before it is asked anything. The list is asserted, not the time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "bw2data",
    "bw2calc",
    "bw2io",
    "pandas",
    "scipy",
    "typst",
    "pikepdf",
    "pyhanko",
    "openpyxl",
    "xlsxwriter",
    "pint",
}

WEB = "import service.app; service.app.create_app()"
WORKER = "import service.worker"
COMMAND = "import service.cli"


@pytest.mark.parametrize("start", [WEB, WORKER, COMMAND])
def test_no_heavy_module_is_imported_at_start(start, tmp_path):
    code = f"import sys, json\n{start}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"TANBIAO_HOME": str(tmp_path)},
        capture_output=True,
        check=True,
        text=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "service" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_app_is_built_from_given_services(at):
    from service.app import create_app

    world = at("issued")
    app = create_app(world.services.settings, services=world.services, testing=True)
    assert app.extensions["tanbiao.services"] is world.services
    assert app.config["SESSION_COOKIE_SECURE"] is True
    client = app.test_client()
    assert client.get(f"/v/{world.number}", base_url="https://labels.demo.invalid").status_code == 200
