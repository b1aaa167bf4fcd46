"""SIGKILL during a build or an import: the root holds no release or an intact one, and the next one succeeds."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from contentmaking import content, flow, method

from databases.assembly.options import Options
from databases.build import build_release, import_release
from databases.content import Head
from databases.exporters import datapackage
from databases.publish import write_release
from databases.release import installed, open_release

HEAD = Head(name="small", version="1", licence="CC0")
POINTS = [
    ("linking datasets", False),
    ("writing datapackages", True),
    ("writing the catalogue", False),
    ("publishing", False),
]
SCRIPT = """
import sys
from pathlib import Path
from databases.build import build_release
from databases.content import Head
head = Head(name="small", version="1", licence="CC0")
build_release(Path(sys.argv[1]), head, Path(sys.argv[2]), progress=lambda step, _: print(step, flush=True))
"""


IMPORT_POINTS = [
    ("reading the source", True),
    ("linking", False),
    ("solving score tables", True),
    ("syncing", False),
    ("published", True),
]
IMPORT_SCRIPT = """
import sys
from pathlib import Path
from databases.assembly.options import Options
from databases.build import import_release
from databases.content import Head
head = Head(name="small", version="1", licence="CC0")
tell = lambda step, _: print(step, flush=True)
import_release(Path(sys.argv[1]), Path(sys.argv[2]), head, Options(), progress=tell)
"""


def kill_at(step: str, root: Path, source: Path, *, parent_only: bool, script: str = SCRIPT) -> None:
    """Start a build in a process group of its own and kill it the moment it reports ``step``."""
    command = [sys.executable, "-c", script, str(root), str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        reached = any(line.strip() == step for line in process.stdout)
        if parent_only:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with (root / ".build.lock").open() as lock:  # free once no process of that build is alive
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert reached, f"the build never came to {step!r}"
    assert process.returncode == -signal.SIGKILL


def test_a_killed_build_leaves_all_or_nothing(small_facts: Path, tmp_path: Path) -> None:
    """One root through it all: parent and child killed together, the parent alone, then a build succeeds."""
    root = tmp_path / "root"
    digests = set()
    for step, parent_only in POINTS:
        kill_at(step, root, small_facts, parent_only=parent_only)
        assert {entry.name for entry in root.iterdir() if not entry.name.startswith(".")} <= {HEAD.identifier}
        for release in installed(root):  # opening checks every hash
            digests.add(release.digest)
            shutil.rmtree(release.path)
    release = build_release(root, HEAD, small_facts)
    assert digests <= {release.digest}
    assert sorted(entry.name for entry in root.iterdir()) == [".build.lock", HEAD.identifier]


def test_a_killed_import_leaves_all_or_nothing(tmp_path: Path) -> None:
    """As above, from a file of the field."""
    given = content(
        "ab", [(0, 1, 0.5)], [(0, 0, 3.0)], [flow("co2", cas="124-38-9")], [method("lcia.x", [1.0])]
    )
    write_release(tmp_path / "made-1", Head(name="made", version="1", licence=""), given, lambda *_: None)
    source = datapackage.export(open_release(tmp_path / "made-1"), tmp_path / "made.zip", "lcia.x")
    root, digests = tmp_path / "root", set()
    for step, parent_only in IMPORT_POINTS:
        kill_at(step, root, source, parent_only=parent_only, script=IMPORT_SCRIPT)
        assert {entry.name for entry in root.iterdir() if not entry.name.startswith(".")} <= {HEAD.identifier}
        for release in installed(root):
            digests.add(release.digest)
            shutil.rmtree(release.path)
    release = import_release(root, source, HEAD, Options())
    assert digests == {release.digest}, "the last kill came after the rename"
    assert sorted(entry.name for entry in root.iterdir()) == [".build.lock", HEAD.identifier]
