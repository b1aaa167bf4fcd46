"""SIGKILL during a build: the root holds no release or an intact one, and the next build succeeds."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from databases.build import Head, build_release
from databases.release import installed

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
from databases.build import Head, build_release
head = Head(name="small", version="1", licence="CC0")
build_release(Path(sys.argv[1]), head, Path(sys.argv[2]), progress=lambda step, _: print(step, flush=True))
"""


def kill_at(step: str, root: Path, facts: Path, *, parent_only: bool) -> None:
    """Start a build in a process group of its own and kill it the moment it reports ``step``."""
    command = [sys.executable, "-c", SCRIPT, str(root), str(facts)]
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
