"""Shared by the tests of the CBAM documents: the works of ``report_world`` with its calculation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from databases.cbam.tables import Tables
from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def works() -> Monitoring:
    """The screw works."""
    import report_world

    return report_world.works()


@pytest.fixture(scope="session")
def done(works: Monitoring, tables: Tables) -> Calculation:
    """Its calculation."""
    import report_world

    return report_world.done(works, tables)
