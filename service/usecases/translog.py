"""The transparency log over the store: append, prove, read the tree, and find what is wrong with it.

Rules
1. A leaf is the hash of a credential's bytes as ``certificates.credential.decode`` gives them (``leaf_bytes``): labels,
   claims, status lists. What it is stands beside it, once: ``label:NUMBER``, ``claim:NUMBER``,
   ``status:LIST/PURPOSE/SEQUENCE``.
2. Before anything is appended, the root that was signed last is computed again: a log that was tampered with is not
   signed on.
3. Every size has its checkpoint, signed in the transaction that appends. Cosignatures come after the commit
   (``usecases.cosigning``) and are kept apart; a proof carries both.
4. A proof is made at the checkpoint that most witnesses signed, the newest of those; without any, at the newest.
5. Every read of the tree is two passes: which nodes are needed, then one look into the store. Who answers many asks
   the tree in memory instead (``usecases.log_memory``), which the newest checkpoint of the store binds.

Example: ``index = append(unit, decoded.leaf_bytes, "label:TB-2026-0000001-X", keys, now)``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from service.store.trust_records import Cosignature, LogLeaf
from service.usecases.refusals import EvidenceChanged, NotFound

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from certificates.keys.trust import PublicKey, Witness
    from certificates.log.merkle import GetNode
    from service.store.uow import UnitOfWork

_T = TypeVar("_T")
_WHAT = re.compile(r"(label|claim):[A-Z0-9-]{1,64}\Z|status:[0-9]+/[a-z]+/[0-9]+\Z")

LOOKED_AT = 64
"""Cosignatures looked at, from the newest and from the oldest on, for the best checkpoint of a proof."""


def append(unit: UnitOfWork, leaf_bytes: bytes, what: str, keys: KeySet, now: datetime) -> int:
    """Append one entry and sign the new checkpoint; the leaf's index. Raises EvidenceChanged (rule 2),
    NoActiveKey, KeyUnreachable."""
    from certificates.log import checkpoint, merkle

    size = unit.log.size()
    require_same_log(unit, keys)
    leaf = merkle.leaf_hash(leaf_bytes)
    unit.log.add_nodes(_reading(unit, lambda node: merkle.append(size, node, leaf)))
    unit.log.add_leaf(LogLeaf(size, leaf, what, now))
    root = tree(unit).root(size + 1)
    signed = checkpoint.sign(keys.log_name, size + 1, root, keys.signer("log", now))
    unit.log.add_checkpoint(size + 1, signed, now)
    return size


def require_same_log(unit: UnitOfWork, keys: KeySet) -> None:
    """Raise EvidenceChanged unless the log's nodes still give the root that was signed last (rule 2)."""
    from certificates.log import checkpoint

    size, latest = unit.log.size(), unit.log.latest_checkpoint()
    if latest is None:
        if size:
            raise EvidenceChanged(what="the log has entries but no checkpoint")
        return
    try:
        known = checkpoint.verify(latest[1], keys.log_name, log_keys(keys))
        root = tree(unit).root(size)
    except (ValueError, EvidenceChanged) as error:
        raise EvidenceChanged(what="the log's last checkpoint or its nodes") from error
    if (known.size, known.root) != (size, root):
        raise EvidenceChanged(what=f"the log no longer has the root it signed at size {known.size}")


def sound(unit: UnitOfWork, keys: KeySet) -> bool:
    """True while the log's nodes give the root that was signed last."""
    try:
        require_same_log(unit, keys)
    except EvidenceChanged:
        return False
    return True


def log_keys(keys: KeySet) -> tuple[PublicKey, ...]:
    """Every key that ever signed this log, newest first."""
    found = sorted(
        (key for key in keys.keys if key.use == "log"), key=lambda key: key.valid_from, reverse=True
    )
    return tuple(key.public for key in found)


def proof_of(
    unit: UnitOfWork, leaf_index: int, size: int | None = None, *, witnesses: Collection[str] = ()
) -> str:
    """The tlog-proof text of a leaf, at ``size`` or as rule 4 says; ``witnesses`` are the names that count, all when
    none is named. Raises NotFound where the log has no such leaf or checkpoint, EvidenceChanged where a node is gone.
    """
    from certificates.log import proof

    chosen = size if size is not None else best_size(unit, leaf_index, witnesses)
    signed = cosigned_checkpoint(unit, chosen) if chosen else None
    if signed is None or not 0 <= leaf_index < chosen:
        raise NotFound(noun="log entry", key=str(leaf_index))
    return proof.text(proof.Proof(leaf_index, chosen, tree(unit).inclusion(leaf_index, chosen), signed))


def cosigned_checkpoint(unit: UnitOfWork, size: int) -> str | None:
    """The checkpoint of a size with every cosignature kept for it; None when there is none."""
    signed = unit.log.checkpoint(size)
    return None if signed is None else signed + "".join(one.line for one in unit.log.cosignatures(size))


def best_size(unit: UnitOfWork, leaf_index: int, witnesses: Collection[str] = ()) -> int:
    """Where a leaf is proved by rule 4; 0 for an empty log. Both ends are looked at: a witness that is away does not
    take an older proof away."""
    newest = unit.log.cosigned(leaf_index, LOOKED_AT)
    oldest = unit.log.cosigned(leaf_index, LOOKED_AT, newest=False)
    counted = {
        (one.size, one.witness) for one in (*newest, *oldest) if not witnesses or one.witness in witnesses
    }
    lines = Counter(size for size, _ in counted)
    if lines:
        return max(lines, key=lambda size: (lines[size], size))
    latest = unit.log.latest_checkpoint()
    return latest[0] if latest else 0


def problems(unit: UnitOfWork, keys: KeySet, witnesses: Collection[Witness] = ()) -> Iterator[str]:
    """What is wrong with the log as stored, a sentence each: nodes, leaves, checkpoints, cosignatures; those of
    ``witnesses`` are verified, of others the form alone can be."""
    size, stored = unit.log.size(), unit.log.nodes()
    try:
        require_same_log(unit, keys)
    except EvidenceChanged as refusal:
        yield refusal.details["what"]
    yield from _nodes(stored, size)
    yield from _leaves(unit, stored, size)
    yield from _checkpoints(unit, keys, stored, size)
    yield from _cosignatures(unit, witnesses)


def _nodes(stored: dict[tuple[int, int], bytes], size: int) -> Iterator[str]:
    from certificates.log import merkle

    due = {(level, index) for level in range(size.bit_length()) for index in range(size >> level)}
    for level, index in sorted(due - stored.keys()):
        yield f"log node {level}/{index} is missing"
    for level, index in sorted(stored.keys() - due):
        yield f"log node {level}/{index} is beyond the {size} entries of the log"
    for level, index in sorted(due & stored.keys()):
        below = [stored.get((level - 1, 2 * index + side)) for side in (0, 1)] if level else []
        if level and (
            None in below or merkle.node_hash(below[0] or b"", below[1] or b"") != stored[level, index]
        ):
            yield f"log node {level}/{index} does not follow from those below it"


def _leaves(unit: UnitOfWork, stored: dict[tuple[int, int], bytes], size: int) -> Iterator[str]:
    leaves = unit.log.leaves()
    if [leaf.index for leaf in leaves] != list(range(size)):
        yield f"leaves are missing or too many: {len(leaves)} for {size} entries of the log"
    for leaf in leaves:
        if stored.get((0, leaf.index)) != leaf.hash:
            yield f"leaf {leaf.index} of the log ({leaf.what}) is not the one in its tree"
        if not _WHAT.match(leaf.what):
            yield f"leaf {leaf.index} of the log says that it is {leaf.what!r}"


def _checkpoints(
    unit: UnitOfWork, keys: KeySet, stored: dict[tuple[int, int], bytes], size: int
) -> Iterator[str]:
    from certificates.log import checkpoint, merkle

    signed, log = unit.log.checkpoints(), log_keys(keys)
    if sorted(signed) != list(range(1, size + 1)):
        yield f"checkpoints are missing: {len(signed)} for {size} entries of the log"
    for at, text in signed.items():
        try:
            stated = checkpoint.verify(text, keys.log_name, log)
            root = merkle.root(at, lambda level, index: stored[level, index])
            holds = (stated.size, stated.root) == (at, root)
        except (ValueError, KeyError):
            holds = False
        if not holds and at != size:  # the newest is require_same_log's
            yield f"checkpoint of size {at} is not of this log"


def _cosignatures(unit: UnitOfWork, witnesses: Collection[Witness]) -> Iterator[str]:
    signed, known = unit.log.checkpoints(), {one.key_name: one for one in witnesses}
    for one in unit.log.every_cosignature():
        if not _cosigned(signed.get(one.size, ""), one, known.get(one.witness)):
            yield f"cosignature of {one.witness} is not for the checkpoint of size {one.size}"


def _cosigned(text: str, one: Cosignature, witness: Witness | None) -> bool:
    from certificates.log import checkpoint, cosignature

    try:
        cosignature.stated_time(one.line)
        lines = checkpoint.parts(text + one.line)[1]
        held = (
            witness is None or cosignature.seen_at(text + one.line, one.witness, witness.public) is not None
        )
    except checkpoint.NotACheckpoint:
        return False
    return held and lines[-1].name == one.witness


class Tree:
    """The log's tree over the store (``certificates.knowledge.Tree``); good while its unit is open."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self.size: int = unit.log.size()

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves, 32 bytes. Raises ValueError for none and for more than there are,
        EvidenceChanged."""
        from certificates.log import merkle

        if not 0 < size <= self.size:
            raise ValueError(f"No tree of {size} leaves in one of {self.size}.")
        return self._read(lambda node: merkle.root(size, node))

    def index(self, leaf_hash: bytes) -> int | None:
        """Where that leaf stands, or None: the tree decides, not what the list of leaves says."""
        index = self._unit.log.leaf_index(leaf_hash)
        return index if index is not None and self.leaf(index) == leaf_hash else None

    def leaf(self, index: int) -> bytes | None:
        """The hash of the leaf at a place, or None beyond the end."""
        return self._unit.log.some_nodes({(0, index)}).get((0, index))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """PATH(index, D[size]). Raises merkle.NoProof, EvidenceChanged."""
        from certificates.log import merkle

        return tuple(self._read(lambda node: merkle.inclusion_proof(index, size, node)))

    def held(self, leaves: Mapping[int, bytes]) -> frozenset[int]:
        """Of leaves by their place those that the whole tree holds there: each inclusion is computed against its root.

        Raises EvidenceChanged.
        """
        from certificates.log import merkle

        size = self.size
        within = [index for index in leaves if 0 <= index < size]

        def proofs(node: GetNode) -> dict[int, list[bytes]]:
            return {index: merkle.inclusion_proof(index, size, node) for index in within}

        found, root = self._read(proofs), self.root(size) if size else b""
        return frozenset(
            index
            for index in within
            if merkle.verify_inclusion(leaves[index], index, size, found[index], root)
        )

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """PROOF(old, D[size]). Raises merkle.NoProof, EvidenceChanged."""
        from certificates.log import merkle

        return tuple(self._read(lambda node: merkle.consistency_proof(old, size, node)))

    def _read(self, work: Callable[[GetNode], _T]) -> _T:
        try:
            return _reading(self._unit, work)
        except KeyError as error:
            raise EvidenceChanged(what=f"node {error.args[0]} of the log") from error


def tree(unit: UnitOfWork) -> Tree:
    """The tree as the store holds it."""
    return Tree(unit)


def _reading(unit: UnitOfWork, work: Callable[[GetNode], _T]) -> _T:
    """Rule 5: which nodes ``work`` reads does not depend on what they hold."""
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return bytes(32)

    work(note)
    nodes = unit.log.some_nodes(wanted)
    return work(lambda level, index: nodes[level, index])
