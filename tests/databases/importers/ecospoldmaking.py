"""Small EcoSpold files for tests: the invented ones of this folder, and changed copies of them."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from databases.importers import ecospold1, ecospold2
from databases.importers.shape import Extract, Process
from databases.importers.sources import open_source

FILES = Path(__file__).parent / "files"
ONE = (FILES / "ecospold1" / "invented.xml").read_text(encoding="utf-8")
TWO = (FILES / "ecospold2" / "datasets" / "boiler.spold").read_text(encoding="utf-8")
READERS = {"ecospold1": ecospold1, "ecospold2": ecospold2}


class OtherFormat(Exception):
    """The reader does not take the source for one of its own."""


def read(path: Path, word: str) -> Extract:
    """The source at ``path`` through the reader of this word, in a work folder of its own that must be left empty."""
    work = Path(tempfile.mkdtemp())
    try:
        with open_source(path) as files:
            if not READERS[word].detects(files):
                raise OtherFormat
            found = READERS[word].read(files, work)
        assert list(work.iterdir()) == []
    finally:
        shutil.rmtree(work)
    return found


def read_text(text: str | bytes, folder: Path, word: str) -> Extract:
    """The same for one file of this text."""
    path = folder / ("member.xml" if word == "ecospold1" else "member.spold")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, word)


def by_name(extract: Extract, name: str) -> Process:
    """The process of this name."""
    (found,) = [process for process in extract.processes if process["name"] == name]
    return found


def codes(extract: Extract) -> list[str]:
    """Codes of the notices."""
    return [notice.code for notice in extract.notices]


def one(*flow_data: str) -> str:
    """An EcoSpold 1 file with one dataset like the third invented one, and these exchanges."""
    head, datasets = ONE.split("  <dataset ", 1)
    last = "  <dataset " + datasets.split("  <dataset ")[2]
    return head + re.sub(r"(?s)<flowData>.*</flowData>", f"<flowData>{''.join(flow_data)}</flowData>", last)


def exchange(group: str, number: int, name: str = "toy", **attributes: str) -> str:
    """An EcoSpold 1 exchange; ``group`` such as ``o0`` or ``i5``."""
    tag = {"i": "inputGroup", "o": "outputGroup"}[group[0]]
    given = {"unit": "kg", "meanValue": "1", "location": "CN", **attributes}
    written = " ".join(f'{key}="{value}"' for key, value in given.items())
    return f'<exchange number="{number}" name="{name}" {written}><{tag}>{group[1]}</{tag}></exchange>'


def allocation(product: int, fraction: str, number: int) -> str:
    """An EcoSpold 1 allocation of one exchange to one product."""
    inside = f"<referenceToInputOutput>{number}</referenceToInputOutput>"
    return f'<allocation referenceToCoProduct="{product}" fraction="{fraction}">{inside}</allocation>'
