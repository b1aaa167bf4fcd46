"""Shared by every test: the starter release, built at most once a run, also by parallel workers; drawn cases.

Property tests draw the same cases in every run, so that what passed once passes again. New cases are looked for with
``pytest --hypothesis-profile explore``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from databases.build import build_open_cn
from databases.release import Release

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def releases_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the release open-cn in it; TANBIAO_TEST_RELEASES names one that is kept between runs.

    Parallel workers share the folder above their own, where the lock of the build lets one of them build.
    """
    if prebuilt := os.environ.get("TANBIAO_TEST_RELEASES"):
        root = Path(prebuilt)
    else:
        base = tmp_path_factory.getbasetemp()
        root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "releases"
    build_open_cn(root)
    return root


@pytest.fixture(scope="session")
def open_cn(releases_root: Path) -> Release:
    """The starter release, opened."""
    return build_open_cn(releases_root)
