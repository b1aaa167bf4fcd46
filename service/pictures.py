"""Pictures that people upload: PNG and JPEG, read by their structure and written anew before they are kept.

Rules
1. The kind is told by the content, never by a name or a header. Nothing but PNG and JPEG is taken: no SVG, which can
   carry script, and no other format, whose readers are many.
2. At most :data:`MOST_BYTES`, and :data:`MOST_SIDE` pixels a side.
3. PNG (ISO/IEC 15948, clauses 5 and 11): every chunk with its checksum, the pixels inflated and counted. What is kept
   is IHDR, PLTE, tRNS and the pixels deflated anew; texts, positions and whatever stands behind the end are left out.
4. JPEG (ITU-T T.81, annex B): baseline or progressive, its segments walked from start to end. What is kept is what
   decoding needs; comments, Exif and everything behind the end are left out.

Example: ``clean(data).media_type == "image/png"``.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 1_000_000
MOST_SIDE = 2_000
PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_FRAMES = (0xC0, 0xC1, 0xC2)
_KEPT = (0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE, *_FRAMES)
_RESTARTS = range(0xD0, 0xD8)


class NotAPicture(ValueError):
    """The file is no PNG or JPEG as rules 1 to 4 want it; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: media type, bytes, size in pixels."""

    media_type: str
    data: bytes = field(repr=False)
    width: int
    height: int


def clean(data: bytes) -> Picture:
    """The picture, written anew. Raises NotAPicture."""
    if not data or len(data) > MOST_BYTES:
        raise NotAPicture(f"a file of 1 to {MOST_BYTES} bytes")
    try:
        if data.startswith(PNG_START):
            return _png(data)
        if data.startswith(JPEG_START):
            return _jpeg(data)
    except (struct.error, IndexError) as error:
        raise NotAPicture("the picture is cut off or damaged") from error
    raise NotAPicture("a PNG or JPEG picture")


def _png(data: bytes) -> Picture:
    """Rule 3."""
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1] != (b"IEND", b""):
        raise NotAPicture("the picture is cut off or damaged")
    head = chunks[0][1]
    width, height, depth, colour, method, filters, interlace = struct.unpack(">IIBBBBB", head)
    _require_size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or (method, filters) != (0, 0) or interlace > 1:
        raise NotAPicture("the picture is cut off or damaged")
    kept = [one for one in chunks if one[0] in (b"PLTE", b"tRNS")]
    if len({name for name, _ in kept}) != len(kept) or (colour == 3 and not kept):
        raise NotAPicture("the picture is cut off or damaged")
    rows = list(_rows(width, height, depth * _SAMPLES[colour], interlace))
    pixels = _inflated(b"".join(body for name, body in chunks if name == b"IDAT"), rows)
    written = [chunks[0], *kept, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return Picture("image/png", PNG_START + b"".join(map(_chunk, written)), width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) up to and with IEND. Raises NotAPicture for a wrong checksum or an unknown chunk that a reader must
    know (a capital first letter)."""
    place = len(PNG_START)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (stated,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(name + body) != stated:
            raise NotAPicture("the picture is cut off or damaged")
        if name[:1].isupper() and name not in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            raise NotAPicture("the picture is cut off or damaged")
        yield name, body
        if name == b"IEND":
            return
        place += length + 12


def _chunk(one: tuple[bytes, bytes]) -> bytes:
    name, body = one
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(width: int, height: int, bits: int, interlace: int) -> Iterator[int]:
    """Bytes of each row with its filter byte, in the order of the file."""
    passes = _PASSES if interlace else ((0, 0, 1, 1),)
    for left, top, across, down in passes:
        columns, lines = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and lines > 0:
            yield from [1 + (columns * bits + 7) // 8] * lines


def _inflated(data: bytes, rows: list[int]) -> bytes:
    """The pixels, exactly as many as the size asks for. Raises NotAPicture."""
    reader, wanted = zlib.decompressobj(), sum(rows)
    try:
        pixels = reader.decompress(data, wanted + 1)
    except zlib.error as error:
        raise NotAPicture("the picture is cut off or damaged") from error
    if len(pixels) != wanted:
        raise NotAPicture("the picture is cut off or damaged")
    place = 0
    for length in rows:
        if pixels[place] > 4:
            raise NotAPicture("the picture is cut off or damaged")
        place += length
    return pixels


def _jpeg(data: bytes) -> Picture:
    """Rule 4."""
    size: tuple[int, int] | None = None
    written, place, scans = [JPEG_START], 2, 0
    while True:
        marker, place = _marker(data, place)
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", data, place)
        end = place + length
        if length < 2 or end > len(data):
            raise NotAPicture("the picture is cut off or damaged")
        if marker in _FRAMES and size is None:
            height, width = struct.unpack_from(">HH", data, place + 3)
            size = width, height
            _require_size(width, height)
        elif marker in _FRAMES or not (marker in _KEPT or 0xE0 <= marker <= 0xEF or marker == 0xFE):
            raise NotAPicture("a JPEG that is neither baseline nor progressive")
        if marker == 0xDA:
            scans, end = scans + 1, _scan_end(data, end)
        if marker in _KEPT:
            written.append(bytes((0xFF, marker)) + data[place:end])
        place = end
    if size is None or not scans:
        raise NotAPicture("the picture is cut off or damaged")
    return Picture("image/jpeg", b"".join([*written, b"\xff\xd9"]), *size)


def _marker(data: bytes, place: int) -> tuple[int, int]:
    """The marker at a place, behind fill bytes, and where its segment starts."""
    if data[place] != 0xFF:
        raise NotAPicture("the picture is cut off or damaged")
    while data[place] == 0xFF:
        place += 1
    return data[place], place + 1


def _scan_end(data: bytes, place: int) -> int:
    """Where the coded pixels end: at the next marker that is neither a stuffed zero nor a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0:
            raise NotAPicture("the picture is cut off or damaged")
        following = data[place + 1]
        if following == 0 or following in _RESTARTS:
            place += 2
        elif following == 0xFF:
            place += 1
        else:
            return place


def _require_size(width: int, height: int) -> None:
    """Rule 2."""
    if not 1 <= width <= MOST_SIDE or not 1 <= height <= MOST_SIDE:
        raise NotAPicture(f"a picture of at most {MOST_SIDE} pixels a side")
