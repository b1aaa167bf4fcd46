"""The hash chain of entries.

Rules
1. link = SHA-256 of the canonical JSON of ``{sequence, at, by, content, previous}``; ``content`` is the canonical JSON
   text of the entry's stored form, ``previous`` the link before it, empty for the first entry.
2. Sequence numbers begin at 1 and have no gap.
3. Who recorded an entry and when is part of its link: neither can be changed unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted

from certificates.canonical import NotCanonical
from certificates.ledger.entries import Entry, plain

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry as it stands in the chain: ``at`` is an ISO 8601 moment in UTC, ``by`` the person."""

    sequence: int
    at: str
    by: str
    content: str
    link: str


def content_of(entry: Entry) -> str:
    """The canonical JSON text of the stored form of an entry. Raises NotCanonical for a lone surrogate."""
    # What ``canonical_bytes`` writes, by C: names are ASCII, where UTF-16 order is code point order, and the stored
    # form holds texts, truths, lists and whole numbers below 2^53 only. A property test compares the bytes.
    text = _encode(plain(entry))
    if not text.isascii():
        _bytes(text)
    return text


def link(sequence: int, at: str, by: str, content: str, previous: str) -> str:
    """Rule 1: 64 hexadecimal digits. Raises NotCanonical for a lone surrogate."""
    # the names stand in canonical order
    text = (
        f'{{"at":{_quoted(at)},"by":{_quoted(by)},"content":{_quoted(content)},'
        f'"previous":{_quoted(previous)},"sequence":{sequence:d}}}'
    )
    return hashlib.sha256(_bytes(text)).hexdigest()


def first_broken(entries: Iterable[Linked], *, previous: str = "", expected: int = 1) -> int | None:
    """The sequence number of the first entry that is missing or whose link does not hold; None when all hold."""
    for one in entries:
        if one.sequence != expected or one.link != link(one.sequence, one.at, one.by, one.content, previous):
            return expected
        previous, expected = one.link, expected + 1
    return None


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("A string holds a lone surrogate.") from error
