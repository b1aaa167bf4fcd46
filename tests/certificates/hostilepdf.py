"""PDFs built to hurt a reader: small to write, dear or surprising to read. Nothing here is a label."""

from __future__ import annotations

import zlib
from collections.abc import Mapping


def packed_pdf(objects: Mapping[int, bytes], packed: Mapping[int, int] | None = None) -> bytes:
    """A PDF with a cross-reference stream; ``packed`` says which object stands in which object stream."""
    text, places = b"%PDF-1.7\n", dict[int, tuple[int, int]]()
    for number, content in objects.items():
        places[number] = (1, len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    places |= {number: (2, container) for number, container in (packed or {}).items()}
    ranges = b" ".join(b"%d 1" % number for number in places)
    rows = b"".join(bytes([kind]) + place.to_bytes(8, "big") + b"\0" for kind, place in places.values())
    return text + xref_stream(len(text), rows, ranges) + ending(len(text))


def xref_stream(number: int, rows: bytes, ranges: bytes, more: bytes = b"") -> bytes:
    """A cross-reference stream of rows with widths 1, 8, 1."""
    head = b"<</Type/XRef/W[1 8 1]/Index[%s]/Root 1 0 R/Length %d%s>>" % (ranges, len(rows), more)
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head, rows)


def ending(place: int) -> bytes:
    """The last lines of a PDF whose cross-reference stands at ``place``."""
    return b"startxref\n%d\n%%%%EOF\n" % place


def object_stream(numbers: range, body: bytes) -> bytes:
    """An object stream all of whose objects begin at the same place."""
    head = b" ".join(b"%d 0" % number for number in numbers) + b"\n"
    data = zlib.compress(head + body, 9)
    form = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream"
    return form % (len(numbers), len(head), len(data), data)


def fields(values: range) -> bytes:
    """A catalogue with one form field for each object, so that all of them are read."""
    return b"<</AcroForm<</Fields[" + b"".join(b"<</FT %d 0 R>>" % value for value in values) + b"]>>>>"


def same_place(count: int, body: bytes) -> bytes:
    """``count`` objects that are the same bytes of one object stream."""
    numbers = range(100, 100 + count)
    return packed_pdf({1: fields(numbers), 2: object_stream(numbers, body)}, dict.fromkeys(numbers, 2))


def chained_containers(count: int) -> bytes:
    """Object streams each of whose length stands in the next."""
    form = b"<</Type/ObjStm/N 1/First 7/Length %d 0 R>>\nstream\n%d 0\n5 \nendstream"
    streams = {10 + place: form % (5001 + place, 5000 + place) for place in range(count)}
    return packed_pdf(
        {1: b"<</AcroForm 5000 0 R>>", **streams}, {5000 + place: 10 + place for place in range(count)}
    )


def revisions(count: int, entries: int, columns: int = 0) -> bytes:
    """Cross-reference streams one behind the other, each of the same ``entries``; with a predictor for
    columns."""
    rows = b"\0" * (10 * entries)
    more = b""
    if columns:
        rows = (b"\x01" + b"\0" * columns) * (10 * entries // columns)
        more = b"/DecodeParms<</Predictor 12/Columns %d>>" % columns
    rows = zlib.compress(rows, 9)
    text = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
    place = 0
    for _ in range(count):
        before = b"/Prev %d" % place if place else b""
        place = len(text)
        text += xref_stream(9, rows, b"1 %d" % entries, b"/Filter/FlateDecode" + more + before)
    return text + ending(place)


def signed_with(container: bytes, signature: bytes = b"") -> bytes:
    """A PDF whose one signature covers the whole file and is this container; ``signature`` adds to its
    dictionary."""
    hexadecimal = b"<" + container.hex().encode() + b">"

    def around(first: int, second: int, length: int) -> tuple[bytes, bytes]:
        before = (
            b"%%PDF-1.7\n1 0 obj\n<</AcroForm<</Fields[<</FT/Sig/V<</SubFilter/ETSI.CAdES.detached%s"
            b"/ByteRange[0 %08d %08d %08d]/Contents" % (signature, first, second, length)
        )
        after = b">>>>]>>>>\nendobj\n"
        place = len(before) + len(hexadecimal) + len(after)
        after += b"xref\n1 1\n0000000009 00000 n \ntrailer\n<</Root 1 0 R>>\n" + ending(place)
        return before, after

    before, after = around(0, 0, 0)
    before, after = around(len(before), len(before) + len(hexadecimal), len(after))
    return before + hexadecimal + after


def der(tag: int, content: bytes) -> bytes:
    """One DER element."""
    length = len(content)
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return (
        bytes([tag]) + (bytes([length]) if length < 128 else bytes([0x80 | len(digits)]) + digits) + content
    )


def dear_files() -> dict[str, bytes]:
    """Files at the edge of what the limits let through, by name: the most time and memory a verifier
    spends."""
    name = b"/" + b"\xe9" * 509
    return {
        "far-reference": same_place(3000, b"5" + b" " * 1_000_000 + b"6"),
        "comment": same_place(3000, b"%" + b"x" * 15_000_000 + b"\n5"),
        "names": same_place(3, b"[" + name * 30_000 + b"]"),
        "strings": same_place(3, b"[" + (b"(" + b"a" * 100_000 + b")") * 100 + b"]"),
        "escapes": same_place(3, b"[" + (b"(" + b"\\a" * 30_000 + b")") * 3 + b"]"),
        "dictionaries": same_place(3, b"[" + b"<</A<<>>>>" * 28_000 + b"]"),
        "revisions": revisions(16, 50_000),
        "predictor-1": revisions(16, 100_000, columns=1),
        "predictor-10": revisions(16, 50_000, columns=10),
        "containers": chained_containers(400),
        "elements": signed_with(der(0x30, b"\x05\x00" * 32_000)),
        "identifier": signed_with(der(0x30, der(6, b"\xff" * 60_000 + b"\x7f") + der(0xA0, b""))),
        "plain": packed_pdf({1: b"<</AcroForm<</Fields[" + b"<<>>" * 30_000 + b"]>>>>"}),
        "large": packed_pdf({1: fields(range(100, 101)), 2: unpacked_stream(14_000_000)}, {100: 2}),
        "json-objects": b'{"type":[' + b'{"":0},' * 140_000 + b"{}]}",
        "json-lists": b'{"type":[' + b"[]," * 330_000 + b"[]]}",
        "json-names": b"{" + b",".join(b'"%x":0' % number for number in range(90_000)) + b"}",
        "json-strings": b"{" + b'"a' * 490_000,
        "json-escapes": b'{"type":"' + b"\\" * 990_000,
        "dots": b"." * 20_000_000,
    }


def unpacked_stream(size: int) -> bytes:
    """An object stream without a filter."""
    return b"<</Type/ObjStm/N 1/First 6/Length %d>>\nstream\n100 0 5%s\nendstream" % (size + 7, b"x" * size)
