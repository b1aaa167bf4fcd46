"""C2SP tlog-proof: one text for one proof, and no byte of it may change."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logmaking import LOG_KEY, ORIGIN, log_of

from certificates.log import checkpoint, merkle, proof
from certificates.log.proof import NotAProof, Proof

LOG = log_of(11)
PROOF = LOG.proof(6)
TEXT = proof.text(PROOF)
LEAF = merkle.leaf_hash(b"entry 6")


def holds(text: str) -> bool:
    """What a verifier asks: it can be read, it leads to the root, and the log signed that root."""
    try:
        read = proof.read(text)
        checkpoint.verify(read.checkpoint, ORIGIN, [LOG_KEY.public])
    except (NotAProof, checkpoint.NotACheckpoint, checkpoint.CheckpointNotSigned):
        return False
    return proof.included(read, LEAF)


def test_the_text_line_by_line():
    lines = TEXT.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1] == "index 6"
    assert [base64.b64decode(line) for line in lines[2:6]] == list(PROOF.hashes)
    assert lines[6] == "" and "\n".join(lines[7:]) == LOG.checkpoint()


def test_extra_data_is_kept_and_never_looked_at():
    more = Proof(6, 11, PROOF.hashes, PROOF.checkpoint, b"for people")
    text = proof.text(more)
    assert text.split("\n")[1] == "extra " + base64.b64encode(b"for people").decode()
    assert proof.read(text) == more and proof.included(more, LEAF)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_leaf_of_every_tree_is_proved_and_comes_back(size, data):
    index = data.draw(st.integers(0, size - 1))
    log = log_of(size)
    made = log.proof(index)
    read = proof.read(proof.text(made))
    assert read == made and proof.text(read) == proof.text(made)
    assert proof.included(read, merkle.leaf_hash(b"entry %d" % index))
    assert not proof.included(read, merkle.leaf_hash(b"absent"))


def test_a_log_of_one_entry_needs_no_hash():
    only = log_of(1).proof(0)
    assert only.hashes == () and proof.included(proof.read(proof.text(only)), merkle.leaf_hash(b"entry 0"))


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_no_character_of_a_proof_may_change(place):
    for other in ("A", "0", "\n", " "):
        if TEXT[place] != other:
            assert not holds(TEXT[:place] + other + TEXT[place + 1 :]), (place, TEXT[place], other)
    assert not holds(TEXT[:place] + TEXT[place + 1 :])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_byte_of_a_hash_may_change(data):
    which = data.draw(st.integers(0, len(PROOF.hashes) - 1))
    place, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
    value = bytearray(PROOF.hashes[which])
    value[place] ^= 1 << bit
    hashes = (*PROOF.hashes[:which], bytes(value), *PROOF.hashes[which + 1 :])
    assert not proof.included(Proof(6, 11, hashes, PROOF.checkpoint), LEAF)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.text("\nindexra 0123456789AB=/+—", max_size=300))
def test_any_text_is_a_proof_or_refused(text):
    for candidate in (text, f"{proof.HEADER}\n{text}", f"{proof.HEADER}\nindex 0\n\n{text}"):
        try:
            proof.read(candidate)
        except NotAProof:
            continue


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: "",
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 6", "index 06"),
        lambda text: text.replace("index 6", "index -6"),
        lambda text: text.replace("index 6", "index  6"),
        lambda text: text.replace("index 6", "index \uff16"),
        lambda text: text.replace("index 6", "index 11"),
        lambda text: text.replace("index 6", "extra \nindex 6"),
        lambda text: text.replace("index 6", "extra !\nindex 6"),
        lambda text: text.replace("index 6", "extra AA==\nextra AA==\nindex 6"),
        lambda text: text.replace("index 6\n", ""),
        lambda text: text.replace("index 6", "index 6\n" + "\n".join(["A" * 43 + "="] * 61)),
        lambda text: text.replace("index 6", "index 6\nAAAA"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.partition("\n\n")[0] + "\n\n",
        lambda text: text + "x" * 30_000,
        lambda text: text.replace("\n11\n", "\n0\n"),
    ],
)
def test_refusals(edit):
    with pytest.raises(NotAProof):
        proof.read(edit(TEXT))


@pytest.mark.parametrize(
    "wrong",
    [
        Proof(6, 12, PROOF.hashes, PROOF.checkpoint),
        Proof(11, 11, PROOF.hashes, PROOF.checkpoint),
        Proof(-1, 11, PROOF.hashes, PROOF.checkpoint),
        Proof(6, 11, (b"short",), PROOF.checkpoint),
        Proof(0, 0, (), ""),
    ],
)
def test_what_would_not_be_read_back_is_not_written_and_proves_nothing(wrong):
    with pytest.raises(NotAProof):
        proof.text(wrong)
    assert not proof.included(wrong, LEAF)


@pytest.mark.parametrize("hashes", [PROOF.hashes[:-1], (*PROOF.hashes, LEAF), PROOF.hashes[::-1], ()])
def test_a_truncated_or_padded_proof_proves_nothing(hashes):
    assert not proof.included(proof.read(proof.text(Proof(6, 11, tuple(hashes), PROOF.checkpoint))), LEAF)
