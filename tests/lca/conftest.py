"""Workbooks for the tests: the demonstration workbook, and the same one with something done to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from lca.bom.example import heat_sink
from lca.bom.reader import Reading, read_workbook
from lca.bom.template import write_template

Edit = Callable[[Any], None]


@pytest.fixture(scope="session")
def demo_workbook() -> bytes:
    """The demonstration workbook as shipped."""
    stream = io.BytesIO()
    write_template(stream, "zh", example=heat_sink())
    return stream.getvalue()


@pytest.fixture(scope="session")
def edited(demo_workbook: bytes) -> Callable[[Edit], bytes]:
    """Bytes of the demonstration workbook after ``edit(openpyxl workbook)``."""
    import openpyxl

    def apply(edit: Edit) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(demo_workbook))
        edit(book)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return apply


@pytest.fixture(scope="session")
def read_edited(edited: Callable[[Edit], bytes]) -> Callable[[Edit], Reading]:
    """The reading of the demonstration workbook after ``edit(openpyxl workbook)``."""
    return lambda edit: read_workbook(edited(edit), "演示.xlsx")
