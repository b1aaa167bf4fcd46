"""The packaged tables, and where the published files are if they are here; makes ``commissionmaking`` importable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from databases.cbam.tables import Tables, open_tables

sys.path.insert(0, str(Path(__file__).parent))

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "cbam"


@pytest.fixture(scope="session")
def tables() -> Tables:
    return open_tables()


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the published files."""
    if not PUBLISHED.is_dir():
        pytest.skip("the published CBAM files are not here")
    return PUBLISHED
