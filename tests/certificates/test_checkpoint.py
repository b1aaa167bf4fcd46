import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from logmaking import LOG_KEY, ORIGIN, WITNESS, signer

from certificates.log import checkpoint, merkle

ROOT = merkle.leaf_hash(b"x")


def signed() -> str:
    return checkpoint.sign(ORIGIN, 3, ROOT, LOG_KEY)


def read(text: str) -> checkpoint.Checkpoint:
    return checkpoint.verify(text, ORIGIN, [LOG_KEY.public])


def test_published_signed_note(vectors):
    vector = vectors("signed-note.json")
    name, short, encoded = vector["verifier_key"].split("+", 2)
    raw = base64.b64decode(encoded)
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    assert checkpoint.key_hash(name, key).hex() == short
    assert checkpoint.note_signed(vector["note"], name, key)
    assert not checkpoint.note_signed(vector["note"].replace("problem is.", "problem is!"), name, key)
    assert not checkpoint.note_signed(vector["note"], "Somebody", key)


def test_form_and_round_trip():
    text = signed()
    lines = text.split("\n")
    assert lines[:2] == [ORIGIN, "3"]
    assert base64.b64decode(lines[2]) == ROOT
    assert lines[3] == "" and lines[4].startswith(f"— {ORIGIN} ") and lines[5] == ""
    assert read(text) == checkpoint.Checkpoint(ORIGIN, 3, ROOT)


def test_a_log_that_changed_its_key_is_read_with_both():
    newer = signer(9)
    assert checkpoint.verify(signed(), ORIGIN, [newer.public, LOG_KEY.public]).size == 3
    with pytest.raises(checkpoint.CheckpointNotSigned):
        checkpoint.verify(signed(), ORIGIN, [newer.public])
    with pytest.raises(checkpoint.CheckpointNotSigned):
        checkpoint.verify(signed(), ORIGIN, [])


def test_witness_lines_are_passed_over_but_do_not_replace_the_logs_own():
    body = signed().partition("\n\n")[0] + "\n"
    line = checkpoint.sign_note(body, WITNESS, signer(2)).partition("\n\n")[2]
    assert read(signed() + line).size == 3
    with pytest.raises(checkpoint.CheckpointNotSigned):
        read(f"{body}\n{line}")


def test_a_line_that_claims_to_be_the_logs_own_and_does_not_hold_spoils_the_text():
    wrong = checkpoint.signature_line(ORIGIN, checkpoint.key_hash(ORIGIN, LOG_KEY.public) + bytes(64))
    with pytest.raises(checkpoint.CheckpointNotSigned):
        read(signed() + wrong)
    with pytest.raises(checkpoint.CheckpointNotSigned):
        read(signed() + checkpoint.signature_line(ORIGIN, checkpoint.key_hash(ORIGIN, LOG_KEY.public) + b"x"))


def test_lines_that_a_log_adds_are_signed_and_passed_over():
    body = signed().partition("\n\n")[0] + "\nmore\n"
    assert read(checkpoint.sign_note(body, ORIGIN, LOG_KEY)).size == 3


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda text: text.replace("\n3\n", "\n4\n"), checkpoint.CheckpointNotSigned),
        (lambda text: text.replace("\n\n", "\nextension\n\n", 1), checkpoint.CheckpointNotSigned),
        (lambda text: text.replace("\n3\n", "\n03\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n3\n", "\n0\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n3\n", "\n-3\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n3\n", "\n\uff13\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace(f"{ORIGIN}\n3", "other.example.org\n3"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n", "\r\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n3\n", "\n3\n\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("labels", "lab\u2028els"), checkpoint.NotACheckpoint),
        (lambda text: text + "— \ud800 AAAAAAAA\n", checkpoint.NotACheckpoint),
        (lambda text: text.rstrip("\n"), checkpoint.NotACheckpoint),
        (lambda text: text.partition("\n\n")[0] + "\n", checkpoint.NotACheckpoint),
        (lambda text: text + "\n", checkpoint.NotACheckpoint),
        (lambda text: text.replace("— ", "- "), checkpoint.NotACheckpoint),
        (lambda text: text.replace("— ", "—  "), checkpoint.NotACheckpoint),
        (lambda text: text[:-4] + "=\n", checkpoint.NotACheckpoint),
        (lambda text: text + "— a+b AAAAAAAA\n", checkpoint.NotACheckpoint),
        (lambda text: text + "— x AAAA\n", checkpoint.NotACheckpoint),
        (lambda text: text + "— x AAAAAAAA\n" * 3000, checkpoint.NotACheckpoint),
        (lambda text: "", checkpoint.NotACheckpoint),
    ],
)
def test_refusals(edit, error):
    with pytest.raises(error):
        read(edit(signed()))


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, ROOT), ("a b", 1, ROOT), ("a+b", 1, ROOT), ("a", 0, ROOT), ("a", 1, b"x")],
)
def test_nothing_empty_is_signed(origin, size, root):
    with pytest.raises(ValueError, match="checkpoint"):
        checkpoint.sign(origin, size, root, LOG_KEY)
