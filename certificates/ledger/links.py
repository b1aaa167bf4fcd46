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

from certificates.canonical import canonical_bytes
from certificates.ledger.entries import Entry, plain


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry as it stands in the chain: ``at`` is an ISO 8601 moment in UTC, ``by`` the person."""

    sequence: int
    at: str
    by: str
    content: str
    link: str


def content_of(entry: Entry) -> str:
    """The canonical JSON text of the stored form of an entry."""
    return canonical_bytes(plain(entry)).decode("utf-8")


def link(sequence: int, at: str, by: str, content: str, previous: str) -> str:
    """Rule 1: 64 hexadecimal digits."""
    # The names stand in canonical order and the values are texts and a whole number: json writes them canonically.
    fields = {"at": at, "by": by, "content": content, "previous": previous, "sequence": sequence}
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def first_broken(entries: Iterable[Linked], *, previous: str = "", expected: int = 1) -> int | None:
    """The sequence number of the first entry that is missing or whose link does not hold; None when all hold."""
    for one in entries:
        if one.sequence != expected or one.link != link(one.sequence, one.at, one.by, one.content, previous):
            return expected
        previous, expected = one.link, expected + 1
    return None
