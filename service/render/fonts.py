"""The fonts a label may be set in, and the characters they can print.

Rules
1. Fonts come from pip packages alone: Noto Sans CJK (``manimgx-fonts-cjk``, SIL Open Font License 1.1) for
   text, DejaVu Sans Mono (in the ``typst`` wheel, Bitstream Vera licence) for hashes. System fonts: never.
2. The folder handed to Typst holds the pinned font file, byte for byte, and no other font; anything else is
   refused, because another font would give the same statement another document.
3. A character without a glyph is printed as the geta mark 〓, which Chinese typesetting uses for it, and the
   label says so; the attached credential keeps it. PDF/A forbids missing glyphs (ISO 19005-3, 6.2.11).
4. Control and format characters are not printed: a direction override could make a number read backwards.

Example: ``printable("散热\\u202e型材\\U0001f600")`` gives ``"散热型材〓"``.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "manimgx_fonts_cjk"
FAMILY = "Noto Sans CJK SC"
MISSING = "〓"
PINNED = {
    "NotoSansCJK-VF.otf.ttc": "d3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32",
}
FACE_INDEX = 2  # of FAMILY in the collection
_SUFFIXES = {".otf", ".ttf", ".ttc", ".otc"}


class FontsMissing(RuntimeError):
    """The font package is not installed: run pip install manimgx-fonts-cjk in the pinned version."""


class FontsChanged(RuntimeError):
    """The installed fonts are not the pinned ones: install manimgx-fonts-cjk from the constraints file."""


def check_folder(folder: Path) -> Path:
    """The path of the pinned font file in ``folder``; raises FontsMissing or FontsChanged (rule 2)."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise FontsMissing(f"No font file in {folder.name}.")
    for path in found:
        if PINNED.get(path.name) != _sha256(path):
            raise FontsChanged(f"{path.name} is not a pinned font file.")
    return found[0]


@cache
def font_file() -> Path:
    """The pinned font file of the installed package, hash checked once a process."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FontsMissing(f"The package {PACKAGE} is not installed.")
    return check_folder(Path(spec.origin).parent)


@cache
def font_set() -> Any:
    """The ``typst.Fonts`` of the label: the pinned folder and the wheel's embedded fonts, no system fonts."""
    import typst

    folder = str(font_file().parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


def printable(text: str) -> str:
    """``text`` in NFC as it can be printed: one line, no control or format characters, 〓 without a glyph."""
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    covered = _covered()
    kept = (char for char in normal if unicodedata.category(char) not in {"Cc", "Cf"})
    return "".join(char if covered[ord(char)] else MISSING for char in kept)


@cache
def _covered() -> bytes:
    """One byte a code point: 1 where FAMILY has a glyph."""
    covered = bytearray(0x110000)
    for first, last in _character_map(font_file()):
        covered[first : last + 1] = b"\x01" * (last + 1 - first)
    return bytes(covered)


def _character_map(path: Path) -> list[tuple[int, int]]:
    """Code point ranges of FAMILY: cmap subtable of format 12 (OpenType 1.9, chapters otff and cmap)."""
    with path.open("rb") as file:
        face = _unpack(file, 12 + 4 * FACE_INDEX, ">I")[0]
        count = _unpack(file, face + 4, ">H")[0]
        tables = [_unpack(file, face + 12 + 16 * i, ">4sIII") for i in range(count)]
        start = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
        subtables = [
            start + _unpack(file, start + 4 + 8 * i, ">HHI")[2]
            for i in range(_unpack(file, start + 2, ">H")[0])
        ]
        wide = next(offset for offset in subtables if _unpack(file, offset, ">H")[0] == 12)
        groups = _unpack(file, wide + 12, ">I")[0]
        return [_unpack(file, wide + 16 + 12 * i, ">II") for i in range(groups)]


def _unpack(file: Any, offset: int, layout: str) -> Any:
    file.seek(offset)
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
