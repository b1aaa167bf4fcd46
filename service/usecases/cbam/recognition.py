"""Which workbook it is: our own, or the Commission's communication workbook. Its sheets tell, its name does not.

Only the list of sheets is read, at most :data:`MOST_LISTED` bytes of it: whatever else is wrong with a file is for its
reader to say.
"""

from __future__ import annotations

import zipfile
from io import BytesIO

from databases.workbooks import UNREADABLE

WORKBOOK = "workbook"
COMMUNICATION = "communication"
MOST_LISTED = 1_000_000
LISTED_IN = "xl/workbook.xml"
COMMUNICATION_SHEETS = (b"A_InstData", b"B_EmInst", b"D_Processes")


def kind_of(data: bytes) -> str:
    """:data:`COMMUNICATION` for a workbook with the Commission's sheets, else :data:`WORKBOOK`."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if archive.getinfo(LISTED_IN).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return WORKBOOK
            with archive.open(LISTED_IN) as listed:
                sheets = listed.read(MOST_LISTED)
    except UNREADABLE:
        return WORKBOOK
    return COMMUNICATION if all(name in sheets for name in COMMUNICATION_SHEETS) else WORKBOOK
