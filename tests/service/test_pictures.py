"""Pictures that people upload: told by their content, counted, written anew; everything else refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.pictures import MOST_BYTES, MOST_SIDE, NotAPicture, clean


def made(kind: str, mode: str = "RGB", size: tuple[int, int] = (7, 5), **how: object) -> bytes:
    picture = Image.new(mode, size)
    for x in range(size[0]):
        picture.putpixel((x, x % size[1]), 1 if mode in ("1", "P", "L") else tuple([200] * len(mode)))
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


GOOD = {
    "png": made("PNG"),
    "png with transparency": made("PNG", "RGBA"),
    "png grey": made("PNG", "L"),
    "png of two colours": made("PNG", "1"),
    "png with a palette": made("PNG", "P", transparency=0),
    "jpeg": made("JPEG"),
    "jpeg progressive": made("JPEG", progressive=True),
    "jpeg grey": made("JPEG", "L"),
    "jpeg of print colours": made("JPEG", "CMYK"),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_is_kept_shows_the_same_pixels(what):
    kept = clean(GOOD[what])
    assert kept.media_type == f"image/{what.split()[0]}" and (kept.width, kept.height) == (7, 5)
    before, after = (Image.open(io.BytesIO(data)).convert("RGBA") for data in (GOOD[what], kept.data))
    assert before.tobytes() == after.tobytes()
    assert clean(kept.data) == kept


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG, JPEG = GOOD["png"], GOOD["jpeg"]
SECRET = b"<script>somewhere</script>"


def test_texts_positions_and_what_stands_behind_the_end_are_left_out():
    png = PNG[:33] + chunk(b"tEXt", b"Comment\0" + SECRET) + PNG[33:] + SECRET
    assert SECRET in png and SECRET not in clean(png).data
    jpeg = JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(SECRET) + 2) + SECRET + JPEG[2:] + SECRET
    exif = b"\xff\xe1" + struct.pack(">H", len(SECRET) + 8) + b"Exif\0\0" + SECRET
    assert SECRET not in clean(jpeg[:2] + exif + jpeg[2:]).data


def head(width: int, height: int, *rest: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *(rest or (8, 2, 0, 0, 0))))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


END, BOMB = chunk(b"IEND", b""), zlib.compress(bytes(20_000_000))
BAD = {
    "nothing": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "gif": made("GIF"),
    "webp": made("WEBP"),
    "html that calls itself png": b"<!doctype html>",
    "too many bytes": PNG + bytes(MOST_BYTES),
    "too wide": png(head(MOST_SIDE + 1, 1), chunk(b"IDAT", b""), END),
    "no width": png(head(0, 1), chunk(b"IDAT", b""), END),
    "png cut off": PNG[:-6],
    "png without end": PNG[:-12],
    "png with a wrong checksum": PNG[:-1] + b"\0",
    "png with more pixels than its size": png(head(7, 5), chunk(b"IDAT", BOMB), END),
    "png with fewer pixels than its size": png(head(7, 5), chunk(b"IDAT", zlib.compress(b"\0")), END),
    "png with pixels that do not inflate": png(head(7, 5), chunk(b"IDAT", b"x"), END),
    "png with an unknown filter": png(head(1, 1), chunk(b"IDAT", zlib.compress(b"\x09\0\0\0")), END),
    "png of no colour type": png(head(7, 5, 8, 5, 0, 0, 0), chunk(b"IDAT", b""), END),
    "png with a palette missing": png(head(1, 1, 8, 3, 0, 0, 0), chunk(b"IDAT", zlib.compress(b"\0\0")), END),
    "png with an unknown chunk that counts": png(head(7, 5), chunk(b"EVIL", b""), END),
    "png whose first chunk is another": png(chunk(b"IDAT", b""), END),
    "jpeg cut off": JPEG[:-2],
    "jpeg of two bytes": JPEG[:2],
    "jpeg without pixels": b"\xff\xd8\xff\xd9",
    "jpeg lossless": JPEG.replace(b"\xff\xc0", b"\xff\xc3", 1),
    "jpeg with a segment too long": b"\xff\xd8\xff\xe0\xff\xff" + bytes(9),
}


@pytest.mark.parametrize("what", BAD)
def test_everything_else_is_refused(what):
    with pytest.raises(NotAPicture):
        clean(BAD[what])


@given(st.sampled_from([PNG, JPEG]), st.data())
def test_a_damaged_picture_is_refused_or_still_a_picture(picture, data):
    at = data.draw(st.integers(0, len(picture) - 1))
    damaged = picture[:at] + data.draw(st.binary(max_size=3)) + picture[at + data.draw(st.integers(0, 5)) :]
    try:
        kept = clean(damaged)
    except NotAPicture:
        return
    assert clean(kept.data) == kept


@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(data):
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8"):
        with pytest.raises(NotAPicture):
            clean(start + data)
