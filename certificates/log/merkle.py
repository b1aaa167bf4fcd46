"""The Merkle tree of RFC 6962, section 2.1 (the same tree as RFC 9162, section 2.1), over a store of nodes.

Rules
1. A leaf's hash is SHA-256(0x00 || entry), a node's SHA-256(0x01 || left || right): one is never the other.
2. Only complete subtrees are stored: node (level, index) covers the 2^level leaves from index * 2^level.
   They never change, so the store is append-only; everything else is computed from O(log n) of them.
3. There is no inclusion proof in an empty tree and none for an index at or beyond the size; there is no
   consistency proof from an empty tree, which any tree would pass.
4. Verifying is exact: one hash too many or too few fails.

``get_node(level, index)`` answers a stored hash of 32 bytes and raises on its own account when it has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

GetNode = Callable[[int, int], bytes]
Node = tuple[int, int, bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""


class NoProof(ValueError):
    """There is no such proof: the index lies below the size, and no tree concerned is empty or larger than
    the log."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry of the log, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, get_node: GetNode, leaf: bytes) -> list[Node]:
    """The nodes to store for one more leaf (``leaf`` is its :func:`leaf_hash`): the leaf first, then what it
    completes.

    ``size`` is the number of leaves before. At most log2(size)+1 nodes are read and made.
    """
    if size < 0 or len(leaf) != 32:
        raise ValueError("The size is not negative and a leaf hash has 32 bytes.")
    level, index, digest = 0, size, leaf
    made: list[Node] = [(level, index, digest)]
    while index % 2:
        digest = node_hash(get_node(level, index - 1), digest)
        level, index = level + 1, index // 2
        made.append((level, index, digest))
    return made


def root(size: int, get_node: GetNode) -> bytes:
    """The root of the first ``size`` leaves; ``EMPTY_ROOT`` for none."""
    if size < 0:
        raise ValueError("The size is not negative.")
    return _subtree(0, size, get_node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, get_node: GetNode) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, 2.1.1: siblings from the leaf upwards. Raises NoProof (rule 3)."""
    if not 0 <= index < size:
        raise NoProof(f"No leaf {index} in a tree of {size}.")
    start, count = 0, size
    path: list[bytes] = []
    while count > 1:
        left = _split(count)
        if index - start < left:
            path.append(_subtree(start + left, count - left, get_node))
            count = left
        else:
            path.append(_subtree(start, left, get_node))
            start, count = start + left, count - left
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """RFC 9162, 2.1.3.2: True when ``leaf`` (a leaf hash) stands at ``index`` in the tree of that root and
    size."""
    return index >= 0 and root_from_inclusion(leaf, index, size, proof) == expected_root


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to, or None when the proof does not fit index and size (rules 3 and 4)."""
    if not 0 <= index < size:
        return None
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return digest if last == 0 else None


def consistency_proof(old_size: int, size: int, get_node: GetNode) -> list[bytes]:
    """PROOF(old_size, D[size]) of RFC 6962, 2.1.2; empty for equal sizes. Raises NoProof (rule 3)."""
    if not 0 < old_size <= size:
        raise NoProof(f"No consistency proof from {old_size} to {size}.")
    start, count, known = 0, size, True
    path: list[bytes] = []
    while old_size - start != count:
        left = _split(count)
        if old_size - start <= left:
            path.append(_subtree(start + left, count - left, get_node))
            count = left
        else:
            path.append(_subtree(start, left, get_node))
            start, count, known = start + left, count - left, False
    if not known:
        path.append(_subtree(start, count, get_node))
    return path[::-1]


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """RFC 9162, 2.1.4.2: True when the tree of ``size`` begins with the tree of ``old_size``."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    hashes = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not hashes:
        return False
    position, last = old_size - 1, size - 1
    while position % 2:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(count: int) -> int:
    """The largest power of two below ``count`` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(start: int, count: int, get_node: GetNode) -> bytes:
    """The hash of ``count`` leaves from ``start``, folded from the complete subtrees they fall into."""
    pieces: list[bytes] = []
    while count:
        level = count.bit_length() - 1
        pieces.append(get_node(level, start >> level))
        start, count = start + (1 << level), count - (1 << level)
    digest = pieces.pop()
    while pieces:
        digest = node_hash(pieces.pop(), digest)
    return digest
