"""Our own workbook of monitoring data: template, writer and reader, in Chinese or English.

layout       sheets and columns, from layout.toml and the types of the model
words        words of choice cells, from words.toml
records      monitoring data as rows of values, and back
cell         a cell that holds something
cells        what a cell means          figures, texts, countries: numbers and dates, texts, countries in cells
encode       what is written for a value
references   IDs named in other sheets
tables       sheets, headers and rows of an opened workbook     form: the installation sheet
reader       a workbook -> monitoring data, or findings
writer       monitoring data -> a workbook                       styles: how it looks
example      a maker of fasteners, fully filled in
changes      what differs between two versions, in words
findings     a list of findings that does not grow without end
"""

from lca.cbam.workbook.changes import Change, changes
from lca.cbam.workbook.example import example, fasteners
from lca.cbam.workbook.reader import Reading, is_ours, located, read
from lca.cbam.workbook.writer import template, write

__all__ = [
    "Change",
    "Reading",
    "changes",
    "example",
    "fasteners",
    "is_ours",
    "located",
    "read",
    "template",
    "write",
]
