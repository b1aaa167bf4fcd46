"""The Commission's communication workbook: read, compared with our own calculation, and filled in place.

The workbook is the Commission's "CBAM communication template for installations", made for the transitional period and
still recommended (Q&A 1.15). Nothing of it is shipped: the user supplies the file.

    read(data, filename)        -> Reading     what a filled workbook says, as monitoring data, and what it shows
    compare(reading, done)      -> Differences between what it shows and what we calculate
    fill(template, data, done)  -> Filled      a copy with the input cells filled in, nothing else touched
    precursors(reading)         -> SupplierProducts of a workbook that a supplier sent back

    model      what reading and filling give
    cells      where things stand, by version of the template
    lists      the words of its drop-down lists, in any language
    book       a workbook's cells, straight from its XML
    values     numbers, dates and words as people type them
    reader     the whole workbook
    header, emissions, production, products     its parts
    stated     what the workbook itself shows, and the comparison with a calculation
    summary    a sheet Summary_Communication on its own
    plan, production_plan   monitoring data as cells to write
    fit        what of the data the template cannot hold
    sheetxml   cells written into the XML of a sheet
    writer     the filled copy
    supplier   a supplier's workbook as data of a precursor
"""

from __future__ import annotations

from lca.cbam.communication.model import Difference, Filled, ProductRow, Reading, Stated, SupplierProduct
from lca.cbam.communication.reader import read
from lca.cbam.communication.stated import compare
from lca.cbam.communication.supplier import as_values, missing, precursors
from lca.cbam.communication.writer import NotFillable, fill

__all__ = [
    "Difference",
    "Filled",
    "NotFillable",
    "ProductRow",
    "Reading",
    "Stated",
    "SupplierProduct",
    "as_values",
    "compare",
    "fill",
    "missing",
    "precursors",
    "read",
]
