import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logmaking import MemoryLog

from certificates.log import merkle


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, as it is written there."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def naive_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*naive_path(m, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive_root(entries[:k])]


def naive_subproof(m: int, entries: list[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if m == len(entries):
        return [] if known else [naive_root(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, entries[:k], known), naive_root(entries[k:])]
    return [*naive_subproof(m - k, entries[k:], False), naive_root(entries[:k])]


def log_of(entries) -> MemoryLog:
    log = MemoryLog()
    for entry in entries:
        log.append(entry)
    return log


def test_reference_tree(vectors):
    vector = vectors("rfc6962.json")
    log = MemoryLog()
    assert merkle.root(0, log.get).hex() == vector["empty_root"]
    for leaf, expected in zip(vector["leaves"], vector["roots"], strict=True):
        log.append(bytes.fromhex(leaf))
        assert merkle.root(log.size, log.get).hex() == expected


def test_reference_proofs(vectors):
    vector = vectors("rfc6962.json")
    leaves = [bytes.fromhex(leaf) for leaf in vector["leaves"]]
    log, roots = log_of(leaves), [bytes.fromhex(text) for text in vector["roots"]]
    for case in vector["inclusion"]:
        path = merkle.inclusion_proof(case["index"], case["size"], log.get)
        assert [digest.hex() for digest in path] == case["path"]
        leaf = merkle.leaf_hash(leaves[case["index"]])
        assert merkle.verify_inclusion(leaf, case["index"], case["size"], path, roots[case["size"] - 1])
    for case in vector["consistency"]:
        path = merkle.consistency_proof(case["old"], case["size"], log.get)
        assert [digest.hex() for digest in path] == case["path"]
        old, new = roots[case["old"] - 1], roots[case["size"] - 1]
        assert merkle.verify_consistency(case["old"], case["size"], path, old, new)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_equals_the_definition(entries, data):
    log, size = log_of(entries), len(entries)
    root = naive_root(entries)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert merkle.root(size, log.get) == root
    path = merkle.inclusion_proof(index, size, log.get)
    assert path == naive_path(index, entries)
    assert merkle.verify_inclusion(merkle.leaf_hash(entries[index]), index, size, path, root)
    proof = merkle.consistency_proof(old, size, log.get)
    assert proof == naive_subproof(old, entries, True)
    assert merkle.verify_consistency(old, size, proof, naive_root(entries[:old]), root)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.data())
def test_a_damaged_proof_never_passes(size, data):
    entries = [b"%d" % number for number in range(size)]
    log = log_of(entries)
    root = merkle.root(size, log.get)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, log.get)
    leaf = merkle.leaf_hash(entries[index])
    absent = merkle.leaf_hash(b"absent")
    place = data.draw(st.integers(0, len(path) - 1))
    flipped = bytes([path[place][0] ^ 1]) + path[place][1:]
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    for wrong in (
        path[:-1],
        [*path, leaf],
        [*path[:place], flipped, *path[place + 1 :]],
        path[:place] + path[place + 1 :],
    ):
        assert not merkle.verify_inclusion(leaf, index, size, wrong, root)
    assert not merkle.verify_inclusion(leaf, other, size, path, root)
    assert not merkle.verify_inclusion(absent, index, size, path, root)
    old = data.draw(st.integers(1, size - 1))
    proof = merkle.consistency_proof(old, size, log.get)
    old_root = merkle.root(old, log.get)
    for wrong in (proof[:-1], [*proof, absent], [absent, *proof[1:]]):
        assert not merkle.verify_consistency(old, size, wrong, old_root, root)
    assert not merkle.verify_consistency(old, size, proof, absent, root)
    assert not merkle.verify_consistency(old, size, proof, old_root, absent)


def test_consistency_of_all_pairs_of_small_sizes_and_of_no_other():
    """Every old and new size up to 33: its own proof holds, and no other pair's does in its place."""
    largest = 33
    log = log_of([b"%d" % number for number in range(largest)])
    roots = [log.root(size) for size in range(largest + 1)]
    for size in range(1, largest + 1):
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(old, size, log.get)
            assert merkle.verify_consistency(old, size, proof, roots[old], roots[size])
            assert not merkle.verify_consistency(old, size, proof, roots[old - 1], roots[size])
            assert not merkle.verify_consistency(old, size, proof, roots[old], roots[size - 1])
            assert not merkle.verify_consistency(old, size, [*proof, roots[1]], roots[old], roots[size])
            if proof:
                assert not merkle.verify_consistency(old, size, proof[:-1], roots[old], roots[size])
            if old < size:
                assert not merkle.verify_consistency(size, old, proof, roots[size], roots[old])


def test_a_rewritten_log_is_consistent_with_no_earlier_size_that_held_the_entry():
    entries = [b"%d" % number for number in range(20)]
    log, rewritten = log_of(entries), log_of([*entries[:7], b"another", *entries[8:]])
    for old in range(1, 21):
        for size in range(old, 21):
            proof = merkle.consistency_proof(old, size, rewritten.get)
            held = merkle.verify_consistency(old, size, proof, log.root(old), rewritten.root(size))
            assert held == (old <= 7)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 40), st.data())
def test_no_bit_of_any_proof_may_change(size, data):
    log = log_of([b"%d" % number for number in range(size)])
    old, index = data.draw(st.integers(1, size - 1)), data.draw(st.integers(0, size - 1))
    place, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))

    def flipped(proof: list[bytes]) -> list[bytes]:
        which = data.draw(st.integers(0, len(proof) - 1))
        value = bytearray(proof[which])
        value[place] ^= 1 << bit
        return [*proof[:which], bytes(value), *proof[which + 1 :]]

    leaf, root = merkle.leaf_hash(b"%d" % index), log.root(size)
    path = merkle.inclusion_proof(index, size, log.get)
    assert not merkle.verify_inclusion(leaf, index, size, flipped(path), root)
    proof = merkle.consistency_proof(old, size, log.get)
    assert not merkle.verify_consistency(old, size, flipped(proof), log.root(old), root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 5), (6, 5), (-1, 5)])
def test_no_inclusion_beyond_the_tree(index, size):
    log = log_of([b"x"] * 8)
    with pytest.raises(merkle.NoProof):
        merkle.inclusion_proof(index, size, log.get)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"x"), index, size, [], merkle.leaf_hash(b"x"))


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_no_consistency_from_nothing_or_backwards(old, size):
    log = log_of([b"x"] * 8)
    with pytest.raises(merkle.NoProof):
        merkle.consistency_proof(old, size, log.get)
    assert not merkle.verify_consistency(old, size, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)


def test_the_empty_root_never_stands_for_an_entry():
    assert not merkle.verify_inclusion(merkle.leaf_hash(b""), 0, 0, [], merkle.EMPTY_ROOT)
    assert merkle.root_from_inclusion(merkle.leaf_hash(b""), 0, 0, []) is None


def test_appending_reads_and_makes_few_nodes_and_stores_complete_subtrees_only():
    log, reads = MemoryLog(), []

    def counted(level, index):
        reads.append((level, index))
        return log.nodes[level, index]

    for number in range(1000):
        reads.clear()
        made = merkle.append(number, counted, merkle.leaf_hash(b"%d" % number))
        assert len(made) + len(reads) <= 2 * 10 + 2
        for level, index, digest in made:
            assert (index + 1) << level <= number + 1
            log.nodes[level, index] = digest
        log.size += 1
    reads.clear()
    merkle.inclusion_proof(500, 1000, counted)
    merkle.root(1000, counted)
    assert len(reads) <= 60
