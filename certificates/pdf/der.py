"""A small strict reader of DER (ITU-T X.690): one length for one value, definite, shortest, nothing after
the end."""

from __future__ import annotations

from dataclasses import dataclass

SEQUENCE, SET, INTEGER, OCTETS, OID, NULL = 0x30, 0x31, 0x02, 0x04, 0x06, 0x05
_ARC_BITS = 128
"""An arc of an identifier: ITU-T X.667 has the longest in use, a UUID under 2.25."""


class NotDer(ValueError):
    """These bytes are not DER of the kind expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """Tag, content, and the whole encoding with tag and length."""

    tag: int
    content: bytes
    whole: bytes


def read_one(data: bytes) -> tuple[Element, bytes]:
    """The first element and what follows it. Raises NotDer."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise NotDer("An element is missing or has a long tag.")
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        start += count
        length = int.from_bytes(data[2:start], "big")
        if not 1 <= count <= 4 or len(data) < start or length < 0x80 or data[2] == 0:
            raise NotDer("A length is not the shortest.")
    end = start + length
    if end > len(data):
        raise NotDer("An element is cut short.")
    return Element(data[0], data[start:end], data[:end]), data[end:]


def children(element: Element, tag: int = SEQUENCE) -> list[Element]:
    """The elements inside one with ``tag``; raises NotDer."""
    if element.tag != tag:
        raise NotDer(f"Expected tag {tag:#x}, found {element.tag:#x}.")
    made: list[Element] = []
    rest = element.content
    while rest:
        child, rest = read_one(rest)
        made.append(child)
    return made


def content(element: Element, tag: int) -> bytes:
    """The content of an element with ``tag``; raises NotDer."""
    if element.tag != tag:
        raise NotDer(f"Expected tag {tag:#x}, found {element.tag:#x}.")
    return element.content


def oid(element: Element) -> str:
    """An object identifier in dotted form; raises NotDer."""
    arcs: list[int] = []
    value = 0
    for position, byte in enumerate(content(element, OID)):
        if byte == 0x80 and value == 0 and (position == 0 or not element.content[position - 1] & 0x80):
            raise NotDer("An identifier is not the shortest.")
        value = value << 7 | byte & 0x7F
        if value >> _ARC_BITS:
            raise NotDer("An identifier is too long.")
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    if not arcs or element.content[-1] & 0x80:
        raise NotDer("An identifier is cut short.")
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
