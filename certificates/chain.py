"""The chain of evidence: hashes of what a footprint rests on, each bound to all before it.

Rules
1. An entry is ``{kind, sha256, link}``; link = SHA-256 of the canonical form of ``{kind, sha256,
   previous}``, where previous is the link before it, or the empty string for the first.
2. A kind stands once. A label's chain has at least the kinds of ``REQUIRED_KINDS``; ``certificates.kinds`` says what
   others must hold.
3. An empty chain proves nothing and is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from certificates.canonical import sha256_hex

REQUIRED_KINDS = ("inventory", "release", "rules")
"""What every label's chain holds: the inventory, the data release, the rule set."""

_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class NotAnEntry(ValueError):
    """A chain entry has a kind in lower case, standing once, and a SHA-256 of 64 hexadecimal digits."""


def extend(previous: Sequence[dict[str, str]], kind: str, sha256: str) -> list[dict[str, str]]:
    """A new chain with one more entry. ``sha256`` in 64 lower-case hexadecimal digits. Raises NotAnEntry."""
    if not _KIND.match(kind) or not _DIGEST.match(sha256) or kind in {entry["kind"] for entry in previous}:
        raise NotAnEntry(f"Kind {kind!r} with hash {sha256!r} cannot be added.")
    before = previous[-1]["link"] if previous else ""
    return [*previous, {"kind": kind, "sha256": sha256, "link": _link(kind, sha256, before)}]


def broken_at(entries: Sequence[dict[str, Any]], required: Sequence[str] = REQUIRED_KINDS) -> str:
    """Empty when every link holds; else the kind of the first entry that does not, ``"(empty)"``, or the
    missing kind.

    Raises KeyError for entries without the three names; the statement's schema is checked first.
    """
    if not entries:
        return "(empty)"
    before = ""
    seen: set[str] = set()
    for entry in entries:
        if entry["kind"] in seen or entry["link"] != _link(entry["kind"], entry["sha256"], before):
            return str(entry["kind"])
        seen.add(entry["kind"])
        before = entry["link"]
    return next((kind for kind in required if kind not in seen), "")


def _link(kind: str, sha256: str, previous: str) -> str:
    if _KIND.match(kind) and _DIGEST.match(sha256) and (not previous or _DIGEST.match(previous)):
        canonical = (
            f'{{"kind":"{kind}","previous":"{previous}","sha256":"{sha256}"}}'  # nothing in it is escaped
        )
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()
    return sha256_hex({"kind": kind, "sha256": sha256, "previous": previous})
