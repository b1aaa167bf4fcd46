"""Workbooks made from the XML of their sheets, for files that no spreadsheet program would write."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SPACES = f'xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(sheets: Mapping[str, str], compressed: bool = True, parts: Mapping[str, str] = {}) -> bytes:
    """A workbook whose sheets hold this XML; ``parts`` are further ones, or stand in for its own."""
    kinds = f'<Default Extension="rels" ContentType="{_PACKAGE}.relationships+xml"/>'
    kinds += '<Default Extension="xml" ContentType="application/xml"/>'
    kinds += f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    listed = links = ""
    for number, name in enumerate(sheets):
        kinds += f'<Override PartName="/xl/s{number}.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        listed += f'<sheet name="{name}" sheetId="{number + 1}" r:id="r{number}"/>'
        links += f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="s{number}.xml"/>'
    first = f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    made = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{first}</Relationships>',
        "xl/workbook.xml": f"<workbook {SPACES}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }
    for number, xml in enumerate(sheets.values()):
        made[f"xl/s{number}.xml"] = f"<worksheet {SPACES}>{xml}</worksheet>"
    return _zipped({**made, **parts}, compressed)


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def damaged(data: bytes, seed: int) -> bytes:
    """A workbook with a few spots of one part changed, cut out or doubled; always the same for a seed."""
    chance = random.Random(seed)
    parts = unpacked(data)
    name = chance.choice(sorted(parts))
    xml = bytearray(parts[name])
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(xml) + 1)
        size = chance.randrange(1, 30)
        piece = chance.choice(
            (b"", b"9", b"-1", b'"', b"<v>", b"1e999", b"&#8238;", bytes(xml[at : at + size]))
        )
        xml[at : at + chance.choice((0, 1, size))] = piece
    return _zipped({**parts, name: bytes(xml)})


def _zipped(parts: Mapping[str, str | bytes], compressed: bool = True) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()
