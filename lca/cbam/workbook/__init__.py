"""Our own workbook of monitoring data: template, writer and reader, in Chinese or English.

layout      sheets and columns, from layout.toml and the types of the model
words       words of choice cells, from words.toml
records     monitoring data as rows of values, and back
references  IDs named in other sheets
cell        a cell that holds something
texts       texts in cells
figures     numbers and dates in cells
countries   countries in cells
cells       what a cell means, by the kind of its column
findings    a list of findings that does not grow without end
tables      sheets, headers and rows of an opened workbook
form        the installation sheet
reader      a workbook -> monitoring data, or findings
encode      what is written for a value
styles      how the workbook looks
writer      monitoring data -> a workbook
example     a maker of fasteners, fully filled in
changes     what differs between two versions, in words
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
