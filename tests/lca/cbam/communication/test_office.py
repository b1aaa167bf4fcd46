"""Filled, opened and calculated by LibreOffice: its results are ours, on everything the published examples lack.

Slow (one run of LibreOffice for both workbooks, about half a minute); skipped where it is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commission import codes, needs_files, needs_office, reading, recalculated, template
from smelter import rich

from lca.cbam.calculate import calculate
from lca.cbam.communication import compare, fill, read
from lca.cbam.communication.stated import compared
from lca.findings import has_errors

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


@needs_files
@needs_office
def test_the_template_computes_what_we_compute(
    tables: Tables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    steel = reading("Steel").monitoring
    assert steel is not None
    data = {"rich": rich(), "steel": steel}
    done = {name: calculate(one, tables) for name, one in data.items()}
    filled = {name: fill(template(), one, done[name]).data for name, one in data.items()}
    for name, workbook in recalculated(filled, tmp_path_factory.mktemp("office")).items():
        found = read(workbook, f"{name}.xlsx")
        assert found.stated.calculated and not has_errors(found.findings), codes(found.findings)
        assert compare(found, done[name]) == ()
        assert compared(found, done[name]) >= 55
        assert found.monitoring is not None
        assert compare(found, calculate(found.monitoring, tables)) == ()
