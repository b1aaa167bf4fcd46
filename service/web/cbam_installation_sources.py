"""Where a figure of a calculation stands in the reference tables: its row's address, and its document in words.

Rules
1. Only what a table holds is linked: a factor whose reference somebody typed has no row and no link.
2. A document is named by its number, as people cite it, not by the code the tables know it by.

Example: ``table_of("table-g: ir-2025-2547, G table 1 line 32", tables)`` is the address of natural gas in the table of
fuels.
"""

from __future__ import annotations

from typing import Any

from flask import url_for

from databases.cbam import rows
from databases.cbam.goods import NotInScope
from databases.cbam.tables import Tables
from databases.cbam.values import NoDefault, VariantNeeded
from lca.cbam.results import PrecursorPart
from service.web.formats import own

FACTOR_TABLES = ("national_fuels", "fuels", "carbonates", "oxides", "process_materials", "pfc")
_DEFAULTS = {"default": "defaults", "actual": "defaults", "highest-default": "highest_defaults"}


def table_of(source: str, tables: Tables) -> str:
    """The address of the row behind a factor, ``kind: document, line``; empty where no table has it (rule 1)."""
    reference = source.partition(": ")[2]
    for table in FACTOR_TABLES if reference else ():
        for row in rows.read_dicts(table, tables.files[table].text):
            if reference == f"{row.get('source')}, {row.get('locator')}":
                return url_for("cbam_tables.show", table=table, q=row.get("key") or row["locator"])
    return ""


def default_of(part: PrecursorPart, country: str, tables: Tables) -> str:
    """The address of the default value that a purchased precursor takes, as published; empty where it takes none."""
    table = _DEFAULTS.get(part.basis)
    if table is None or part.origin == "own" or not part.default_share:
        return ""
    try:
        listed = table == "defaults"
        row = tables.default(part.cn, country) if listed else tables.highest_default(part.cn)
    except (NoDefault, NotInScope, VariantNeeded):
        return ""
    chosen: dict[str, Any] = {"country": row.country} if listed and row.country else {}
    return url_for("cbam_tables.show", table=table, q=row.cn, **chosen)


def document_of(text: str, tables: Tables) -> str:
    """``text`` with the code of a document at its start as its number, or its title where it has none (rule 2)."""
    code = text.split(" ", 1)[0].rstrip(",;")
    try:
        document = tables.source(code)
    except LookupError:
        return text
    return (document.number or own(document.title)) + text[len(code) :]
