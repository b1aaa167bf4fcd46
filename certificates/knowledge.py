"""What a verifier holds itself, beside the trust file and fresher than the file in hand.

Rules
1. Knowledge comes from the verifier's own side: the issuer's store, or an offline pack it took before
   (``certificates.pack``). Nothing inside a label ever becomes knowledge.
2. A register is complete for its issuer as of its moment: a number without events is active. It answers until its end
   and for no moment after that.
3. Revoked and superseded are final; a later event never lifts them.
4. A tree is all leaves of an issuer's log up to a size. A leaf that is not in it is not in the log at that size, and a
   checkpoint of that size or less with another root is a split view.

Example: ``EventRegister(as_of, until, {}).events("TB-2026-0000001-L") == ()``: active as of that moment.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import Protocol

from certificates.log import merkle

ACTIVE = "active"
STATES = ("active", "suspended", "revoked", "superseded")
FINAL = ("revoked", "superseded")
_ROOTS, _LATER = 64, 4096
"""Of a tree in memory: roots that are remembered, and leaves beside the ordered ones before these are ordered anew."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of standing: the state from ``since`` (with time zone) on, and why, in one language or by language."""

    state: str
    since: datetime
    reason: str | Mapping[str, str] = ""

    def __post_init__(self) -> None:
        if self.state not in STATES or self.since.tzinfo is None:
            raise ValueError("An event has a known state and a moment with time zone.")

    def reason_in(self, language: str) -> str:
        """The reason in ``zh`` or ``en``; the one text there is where it was given in one language."""
        return self.reason if isinstance(self.reason, str) else self.reason.get(language, "")


class Register(Protocol):
    """Every change of standing that an issuer recorded, complete as of a moment (rule 2)."""

    @property
    def as_of(self) -> datetime:
        """Up to when it is complete."""
        ...

    @property
    def until(self) -> datetime:
        """Until when it may be relied on."""
        ...

    def events(self, number: str) -> tuple[Event, ...]:
        """The changes of one number, oldest first; empty for one that was always active."""
        ...


class Tree(Protocol):
    """All leaves of an issuer's log (rule 4)."""

    @property
    def size(self) -> int:
        """How many leaves it has."""
        ...

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves, 0 < size <= self.size; raises ValueError for another."""
        ...

    def index(self, leaf_hash: bytes) -> int | None:
        """Where a leaf stands by its hash (32 bytes); None when it is not there."""
        ...


@dataclass(frozen=True, slots=True)
class EventRegister:
    """A register held in memory: the changes by number, oldest first."""

    as_of: datetime
    until: datetime
    changes: Mapping[str, Sequence[Event]]

    def events(self, number: str) -> tuple[Event, ...]:
        """The changes of one number."""
        return tuple(self.changes.get(number, ()))


class LeafTree:
    """A tree held in memory as the hashes of all its leaves, joined (32 bytes each).

    Nodes and places are kept as joined bytes, about 80 for each leaf. It grows at its end only, while other threads go
    on reading what was there before.
    """

    def __init__(self, leaf_hashes: bytes) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self._places: tuple[array[int], array[int], dict[bytes, int]] | None = None
        self._roots: dict[int, bytes] = {}
        self._lock = Lock()
        self.extend(leaf_hashes)
        if not self.size:
            raise ValueError("A tree has at least one leaf.")

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0]) // 32

    def extend(self, leaf_hashes: bytes) -> None:
        """Append leaves, joined; raises ValueError for a part of one."""
        if len(leaf_hashes) % 32:
            raise ValueError("A leaf hash has 32 bytes.")
        with self._lock:
            self._extend(leaf_hashes)

    def _extend(self, leaf_hashes: bytes) -> None:
        before = self.size
        self._levels[0] += leaf_hashes
        if self._places is not None:
            for place in range(before, self.size):
                self._places[2].setdefault(self.leaf(place), place)
        level = 0
        while len(self._levels[level]) >= 64:
            if len(self._levels) == level + 1:
                self._levels.append(bytearray())
            below, above = self._levels[level], self._levels[level + 1]
            starts = range(
                2 * len(above), len(below) - 63, 64
            )  # two hashes lie side by side: merkle.node_hash
            above += b"".join(hashlib.sha256(b"\x01" + below[at : at + 64]).digest() for at in starts)
            level += 1

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves; raises ValueError beyond them."""
        if not 0 < size <= self.size:
            raise ValueError(f"No tree of {size} leaves in one of {self.size}.")
        root = self._roots.get(size)
        if root is None:
            root = merkle.root(size, self.node)
            if len(self._roots) >= _ROOTS:
                self._roots.clear()
            self._roots[size] = root
        return root

    def leaf(self, place: int) -> bytes:
        """The hash of the leaf at a place of the tree."""
        return self.node(0, place)

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree over the 2^level leaves from index * 2^level; raises KeyError beyond it."""
        found = self._levels[level][32 * index : 32 * index + 32] if 0 <= level < len(self._levels) else b""
        if len(found) != 32 or index < 0:
            raise KeyError((level, index))
        return bytes(found)

    def index(self, leaf_hash: bytes) -> int | None:
        """The first place of a leaf; None when it is not there."""
        with self._lock:
            heads, places, later = self._places = self._sorted()
        head = int.from_bytes(leaf_hash[:8], sys.byteorder)
        for at in range(bisect_left(heads, head), len(heads)):
            if heads[at] != head:
                break
            if self.leaf(places[at]) == leaf_hash:
                return places[at]
        return later.get(leaf_hash)

    def _sorted(self) -> tuple[array[int], array[int], dict[bytes, int]]:
        """The first eight bytes of leaves as numbers, in order; where each of these stands; and the leaves that came
        after the ordering, which is done anew when they have become many."""
        if self._places is not None and len(self._places[2]) <= max(_LATER, len(self._places[0]) // 8):
            return self._places
        heads = array("Q")
        heads.frombytes(bytes(self._levels[0]))
        heads = heads[::4]
        order = array("Q", sorted(range(len(heads)), key=heads.__getitem__))
        return array("Q", (heads[place] for place in order)), order, {}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Registers, trees, cosigned checkpoints (signed notes) and status lists (compact vc+jwt), each by the issuer's
    DID."""

    registers: Mapping[str, Register] = field(default_factory=lambda: MappingProxyType({}))
    trees: Mapping[str, Tree] = field(default_factory=lambda: MappingProxyType({}))
    cosigned: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def state_at(events: Sequence[Event], moment: datetime) -> Event | None:
    """The change in force at ``moment``, the first final one if any (rule 3); None when none came before it."""
    current: Event | None = None
    for event in sorted(events, key=lambda one: one.since):
        if event.since > moment or (current is not None and current.state in FINAL):
            break
        current = event
    return current
