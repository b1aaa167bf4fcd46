"""C2SP tlog-witness: what a witness signs, what it refuses, and that it never goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logmaking import (
    LOG_KEY,
    NOON,
    ORIGIN,
    WITNESS,
    WITNESS_KEY,
    Memory,
    MemoryLog,
    log_of,
    signer,
)

from certificates.encoding import base64_standard
from certificates.log import checkpoint, cosignature
from certificates.log.witness import REQUEST_BYTES, Answer, Witness, read_request, request_text

LOG = log_of(12)


def rewritten(size: int = 12) -> MemoryLog:
    """The same log with another entry at the third place."""
    entries = [b"entry %d" % one for one in range(size)]
    return MemoryLog(*entries[:2], b"another", *entries[3:])


def body(old: int, size: int, log: MemoryLog = LOG, proof: list[bytes] | None = None) -> bytes:
    hashes = proof if proof is not None else (log.consistency(old, size) if old else [])
    lines = [f"old {old}", *map(base64_standard, hashes), "", log.checkpoint(size)]
    return "\n".join(lines).encode()


class Watch:
    """A witness with its memory; ``ask`` is one request."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.witness = Witness(WITNESS, WITNESS_KEY, {ORIGIN: [LOG_KEY.public]}, self.memory)

    def ask(self, request: bytes, seconds: int = 0) -> Answer:
        return self.witness.add_checkpoint(request, NOON + timedelta(seconds=seconds))

    @property
    def size(self) -> int:
        seen = self.memory.known.get(ORIGIN)
        return seen.stated.size if seen else 0


def after(size: int) -> Watch:
    """A witness that has signed the tree of that size."""
    watch = Watch()
    assert watch.ask(body(0, size)).status == 200
    return watch


def test_it_signs_what_grows_and_says_when():
    watch = Watch()
    for seconds, (old, size) in enumerate([(0, 3), (3, 4), (4, 11), (11, 12)]):
        answer = watch.ask(body(old, size), seconds)
        assert answer.status == 200
        text = LOG.checkpoint(size) + answer.body
        assert cosignature.seen_at(text, WITNESS, WITNESS_KEY.public) == NOON + timedelta(seconds=seconds)
        assert watch.memory.known[ORIGIN].checkpoint == text
    assert watch.memory.evidence == []


def test_what_it_signed_is_kept_under_the_lock_before_the_answer_leaves():
    watch = after(3)
    assert watch.memory.events == ["lock", "keep", "unlock"]


def test_with_a_clock_that_went_back_nothing_is_signed():
    """An earlier time would say that the tree was seen before a key was stolen."""
    watch = after(5)
    answer = watch.ask(body(5, 12), -1)
    assert answer.status == 503 and "clock" in answer.body and watch.size == 5
    assert watch.ask(body(4, 12), -1).status == 409
    assert watch.ask(body(5, 12), 0).status == 200


def test_the_same_checkpoint_is_signed_again():
    watch = after(5)
    assert watch.ask(body(5, 5), 60).status == 200 and watch.size == 5


def test_a_split_view_of_one_size_is_refused_with_the_size_and_kept_as_evidence():
    watch = after(12)
    answer = watch.ask(body(12, 12, rewritten(), proof=[]))
    assert (answer.status, answer.body, answer.content_type) == (409, "12\n", "text/x.tlog.size")
    assert read_request(watch.memory.evidence[0].encode()).checkpoint == rewritten().checkpoint()
    assert watch.memory.known[ORIGIN].stated.root == LOG.root(12) and watch.memory.forks == 1


def test_a_rewritten_log_that_grew_is_refused():
    watch = after(8)
    answer = watch.ask(body(8, 12, rewritten()))
    assert answer.status == 422 and watch.size == 8
    assert len(watch.memory.evidence) == 1 and watch.memory.forks == 0


def test_a_smaller_tree_is_never_signed():
    watch = after(8)
    answer = watch.ask(body(3, 5))
    assert (answer.status, answer.body, answer.content_type) == (409, "8\n", "text/x.tlog.size")
    assert watch.ask(body(0, 5)).status == 409
    assert watch.ask(body(8, 5, proof=[])).status == 400
    assert watch.size == 8 and watch.memory.evidence == []


CHECKPOINT = LOG.checkpoint(5)
HASH = base64_standard(bytes(32))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"old 0\n", 400),
        (f"old 00\n\n{CHECKPOINT}".encode(), 400),
        (f"old -1\n\n{CHECKPOINT}".encode(), 400),
        (f"old 0 \n\n{CHECKPOINT}".encode(), 400),
        (f"new 0\n\n{CHECKPOINT}".encode(), 400),
        (f"old 0\n{CHECKPOINT}".encode(), 400),
        (f"old 0\nAAAA\n\n{CHECKPOINT}".encode(), 400),
        (f"old 0\n!\n\n{CHECKPOINT}".encode(), 400),
        (("old 0\n" + f"{HASH}\n" * 64 + f"\n{CHECKPOINT}").encode(), 400),
        (f"old 6\n\n{CHECKPOINT}".encode(), 400),
        (f"old 0\n\n{CHECKPOINT.strip()}".encode(), 400),
        (b"old 0\n\n" + b"x" * REQUEST_BYTES, 400),
        (f"old 0\n\n{checkpoint.sign('other.example', 1, bytes(32), LOG_KEY)}".encode(), 404),
        (f"old 0\n\n{checkpoint.sign(ORIGIN, 1, bytes(32), signer(9))}".encode(), 403),
        (f"old 0\n\n{CHECKPOINT.replace('5', '6', 1)}".encode(), 403),
        (f"old 1\n\n{CHECKPOINT}".encode(), 409),
        (f"old 0\n{HASH}\n\n{CHECKPOINT}".encode(), 422),
    ],
)
def test_refusals_before_the_first_signature(request_, status):
    watch = Watch()
    assert watch.ask(request_).status == status
    assert watch.memory.known == {}


@pytest.mark.parametrize(
    "proof",
    [
        [],
        LOG.consistency(5, 12)[:-1],
        [*LOG.consistency(5, 12), bytes(32)],
        LOG.consistency(4, 12),
        [bytes(32)] * 63,
    ],
)
def test_another_consistency_proof_is_no_proof(proof):
    watch = after(5)
    assert watch.ask(body(5, 12, proof=proof)).status == 422
    assert watch.size == 5
    assert watch.ask(body(5, 12)).status == 200


def test_what_strangers_add_to_a_checkpoint_is_not_kept_and_cannot_stop_the_witness():
    watch = Watch()
    room = (16_000 - len(LOG.checkpoint(5))) // 20
    assert watch.ask(body(0, 5) + "— stranger AAAAAAAA\n".encode() * (room // 2)).status == 200
    assert "stranger" not in watch.memory.known[ORIGIN].checkpoint
    assert watch.ask(body(5, 6)).status == 200


def test_a_log_whose_own_lines_are_long_is_refused_before_anything_is_kept():
    watch = Watch()
    text = checkpoint.sign_note(f"{ORIGIN}\n1\n{base64_standard(bytes(32))}\n{'x' * 9000}\n", ORIGIN, LOG_KEY)
    assert watch.ask(f"old 0\n\n{text}".encode()).status == 400 and watch.memory.known == {}


def test_a_log_that_changed_its_key_goes_on():
    newer = signer(7)
    memory = Memory()
    witness = Witness(WITNESS, WITNESS_KEY, {ORIGIN: [newer.public, LOG_KEY.public]}, memory)
    assert witness.add_checkpoint(body(0, 5), NOON).status == 200
    log = MemoryLog(*(b"entry %d" % one for one in range(12)), key=newer)
    assert witness.add_checkpoint(body(5, 12, log), NOON).status == 200


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12), st.booleans()), max_size=12))
def test_whatever_is_asked_the_signed_trees_are_one_growing_log(asked):
    """The witness's promise: all it ever signed are sizes of one tree, never smaller than before."""
    watch, signed = Watch(), []
    for old, size, other in asked:
        log = rewritten() if other else LOG
        old = min(old, size)
        if watch.ask(body(old, size, log)).status == 200:
            signed.append((size, log.root(size)))
    sizes = [size for size, _ in signed]
    assert sizes == sorted(sizes)
    assert all(root == LOG.root(size) for size, root in signed) or all(
        root == rewritten().root(size) for size, root in signed
    )


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text("\nold 0123456789A=—", max_size=200).map(str.encode))
def test_whatever_the_bytes_are_there_is_an_answer(data):
    for request in (data, b"old 0\n" + data, b"old 0\n\n" + data):
        assert Watch().ask(request).status in (400, 403, 404)


def test_a_request_comes_back_as_it_was():
    request = body(5, 12)
    assert request_text(read_request(request)).encode() == request
