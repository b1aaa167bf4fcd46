"""The log in the memory of this process, so that a question costs hashes and not reads of the store.

Rules
1. What is kept are hashes of leaves, which never change, and what follows from them. They are taken in only where the
   checkpoint of their number has the very root that they give; whether the log's key signed it is checked by whoever
   relies on it (``certificates.steps.logs``).
2. Every question begins with the newest checkpoint of the store, read in the unit of whoever asks. Where it is larger
   than what is kept, the leaves beyond are read and must lead to its root. Where it is smaller, as in an older
   snapshot, the tree of that size must have its root, and nothing beyond it is told.
3. Where they do not fit, everything is forgotten and read anew, once. Where they still do not fit, the store was
   tampered with: the tree over the store answers instead (``translog.tree``), which finds what is wrong.
4. So memory never tells anything but what a checkpoint of the store states. What it can hide is a row of the log that
   was damaged after it was read, while all checkpoints stayed. Answers stay those of the signed tree, and true; the
   damage is found where the store is read: by ``tanbiao db check`` (``translog.problems``), by the monitor page, by
   whoever signs the next entry (``translog.append``), and by every process that starts.
5. Units that write read the store: what is not committed is not of the log.
6. Proofs and cosigned checkpoints are remembered until the newest checkpoint is another one, by their size and by who
   cosigned them, which every question looks up: a new cosignature is seen at the next one. Below what is looked up the
   store is read.

Example: ``opened(unit).proof(leaf_index)``.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from service.usecases import translog
from service.usecases.refusals import EvidenceChanged, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from certificates.knowledge import LeafTree
    from service.store.uow import UnitOfWork

_T = TypeVar("_T")
_REMEMBERED = 1024
"""Checkpoints and proofs that are remembered of one store; then they are forgotten together."""


class Tree(Protocol):
    """The tree as a verifier asks for it, and its leaves and paths."""

    @property
    def size(self) -> int:
        """How many leaves it has."""
        ...

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves. Raises ValueError."""
        ...

    def index(self, leaf_hash: bytes) -> int | None:
        """Where a leaf stands, or None."""
        ...

    def leaf(self, index: int) -> bytes | None:
        """The leaf at a place, or None."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """PATH(index, D[size]). Raises merkle.NoProof."""
        ...


class KeptTree:
    """The first ``size`` leaves of what is kept."""

    def __init__(self, leaves: LeafTree, size: int) -> None:
        self._leaves = leaves
        self.size: int = size

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves; raises ValueError for none and for more than there are."""
        if not 0 < size <= self.size:
            raise ValueError(f"No tree of {size} leaves in one of {self.size}.")
        return self._leaves.root(size)

    def index(self, leaf_hash: bytes) -> int | None:
        """Where a leaf stands; None where it is not there."""
        place = self._leaves.index(leaf_hash)
        return place if place is not None and place < self.size else None

    def leaf(self, index: int) -> bytes | None:
        """The leaf at a place; None beyond the end."""
        return self._leaves.leaf(index) if 0 <= index < self.size else None

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """PATH(index, D[size]). Raises merkle.NoProof."""
        from certificates.log import merkle

        if size > self.size:
            raise merkle.NoProof(f"No tree of {size} leaves in one of {self.size}.")
        return tuple(merkle.inclusion_proof(index, size, self._leaves.node))


class OpenedLog:
    """The log as of one unit, good while it is open: ``tree``, proofs, and the checkpoints worth holding."""

    def __init__(self, unit: UnitOfWork, memory: _Memory | None, witnesses: int) -> None:
        kept = memory is not None
        memory = memory or _Memory()
        self._unit, self._memory, self._witnesses = unit, memory, witnesses
        self._latest = unit.log.latest_checkpoint()
        self._lately = tuple(unit.log.cosigned_lately(translog.LOOKED_AT))
        leaves = memory.fitting(unit, *self._latest) if kept and self._latest else None
        self.tree: Tree = (
            KeptTree(leaves, self._latest[0]) if leaves and self._latest else translog.tree(unit)
        )

    def proof(self, leaf_index: int) -> str:
        """The text of the proof of a leaf, as ``translog.proof_of`` makes it. Raises NotFound, EvidenceChanged."""
        size = self._best(leaf_index)
        signed = self._checkpoint(size) if leaf_index < size else None
        if signed is None:
            raise NotFound(noun="log entry", key=str(leaf_index))
        key = (self._latest, leaf_index, signed)
        return self._memory.remembered(key, lambda: self._proof(leaf_index, size, signed))

    def checkpoints(self, *more: int) -> tuple[str, ...]:
        """With their cosignatures: the newest, the one that most witnesses signed lately, and those of the sizes
        ``more``."""
        if self._latest is None:
            return ()
        sizes = {self._latest[0], self._most(-1)[1] or self._latest[0], *more} - {0}
        texts = (self._checkpoint(size) for size in sorted(sizes))
        return tuple(text for text in texts if text is not None)

    def _proof(self, leaf_index: int, size: int, signed: str) -> str:
        from certificates.log import merkle, proof

        try:
            path = self.tree.inclusion(leaf_index, size)
            return proof.text(proof.Proof(leaf_index, size, path, signed))
        except (merkle.NoProof, proof.NotAProof) as error:
            raise EvidenceChanged(what=f"entry {leaf_index} of the log, or its checkpoint") from error

    def _checkpoint(self, size: int) -> str | None:
        if not self._complete and size <= self._lately[-1][0]:  # there may be others than those looked at
            return translog.cosigned_checkpoint(self._unit, size)
        names = tuple(name for cosigned, name in self._lately if cosigned == size)
        key = (self._latest, size, names)
        return self._memory.remembered(key, lambda: translog.cosigned_checkpoint(self._unit, size))

    def _most(self, leaf_index: int) -> tuple[int, int]:
        """How many witnesses signed, and what size: of what was cosigned last and holds the leaf, the newest of those
        that most signed; zeros for none."""
        lines = Counter(size for size, _ in self._lately if size > leaf_index)
        return max(((count, size) for size, count in lines.items()), default=(0, 0))

    def _best(self, leaf_index: int) -> int:
        """Rule 4 of ``translog``. What was cosigned last tells where it is all there is, or where every witness signed
        it; else the store is asked."""
        count, size = self._most(leaf_index)
        if count and count >= self._witnesses > 0:
            return size
        if self._complete:
            return size or (self._latest[0] if self._latest else 0)
        return translog.best_size(self._unit, leaf_index)

    @property
    def _complete(self) -> bool:
        """Whether what was cosigned last is all that ever was."""
        return len(self._lately) < translog.LOOKED_AT


class _Memory:
    """What is kept of one store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leaves: LeafTree | None = None
        self._fit: tuple[str, bool] = ("", False)
        self._made: dict[Hashable, Any] = {}

    def fitting(self, unit: UnitOfWork, size: int, note: str) -> LeafTree | None:
        """The leaves, at least ``size`` of them, where they fit the checkpoint ``note`` of the store (rules 2, 3)."""
        if unit.log.writing:
            return None
        with self._lock:
            if self._fit[0] != note or (self._fit[1] and self._leaves is None):
                self._fit = (note, self._fits(unit, size, note))
            return self._leaves if self._fit[1] else None

    def remembered(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What ``make`` gives for ``key``, which says everything that it depends on."""
        found: _T | None = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            self._made[key] = found
        return found

    def _fits(self, unit: UnitOfWork, size: int, note: str) -> bool:
        """Rules 2 and 3."""
        from certificates.knowledge import LeafTree
        from certificates.log import checkpoint

        try:
            stated = checkpoint.read(note)
        except checkpoint.NotACheckpoint:
            return False
        for _ in ("as kept", "anew") if self._leaves else ("anew",):
            known = self._leaves.size if self._leaves else 0
            more = unit.log.leaf_hashes(known, size)
            if self._leaves is None and more:
                self._leaves = LeafTree(more)
            elif self._leaves is not None:
                self._leaves.extend(more)
            whole = self._leaves is not None and self._leaves.size >= size == stated.size
            if self._leaves is not None and whole and self._leaves.root(size) == stated.root:
                return True
            self._leaves = None
        return False


_MEMORIES: WeakKeyDictionary[object, _Memory] = WeakKeyDictionary()
_ONE_AT_A_TIME = threading.Lock()


def opened(unit: UnitOfWork, witnesses: int = 0) -> OpenedLog:
    """The log as of the unit; ``witnesses`` is how many can cosign at most, 0 where nobody knows."""
    with _ONE_AT_A_TIME:
        memory = _MEMORIES.setdefault(unit.log.store, _Memory())
    return OpenedLog(unit, memory, witnesses)


def unremembered(unit: UnitOfWork) -> OpenedLog:
    """The same, all of it read from the store."""
    return OpenedLog(unit, None, 0)
