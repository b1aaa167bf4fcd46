"""Shared by the tests of the CBAM engine: the packaged tables, and the folder of ``making``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The reference tables as packaged."""
    from databases.cbam.tables import open_tables

    return open_tables()
