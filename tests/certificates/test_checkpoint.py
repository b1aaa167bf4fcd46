import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from labelmaking import Log, keyset

from certificates.log import checkpoint, merkle

ROOT = merkle.leaf_hash(b"x")


def signed() -> str:
    return checkpoint.sign(keyset().log_name, 3, ROOT, keyset())


def read(text: str):
    return checkpoint.verify(text, keyset().log_name, keyset().log_name, keyset().log_key.public_key())


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
    assert lines[:2] == ["labels.example.org", "3"]
    assert base64.b64decode(lines[2]) == ROOT
    assert lines[3] == "" and lines[4].startswith("— labels.example.org ") and lines[5] == ""
    assert read(text) == checkpoint.Checkpoint("labels.example.org", 3, ROOT)


def test_witness_lines_are_passed_over_but_do_not_replace_the_logs_own():
    witness = Ed25519PrivateKey.generate()
    body = signed().partition("\n\n")[0] + "\n"
    line = checkpoint.sign_note(body, "witness.example.net", witness).partition("\n\n")[2]
    assert read(signed() + line).size == 3
    with pytest.raises(checkpoint.CheckpointNotSigned):
        read(f"{body}\n{line}")


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda text: text.replace("\n3\n", "\n4\n"), checkpoint.CheckpointNotSigned),
        (lambda text: text.replace("\n3\n", "\n03\n"), checkpoint.NotACheckpoint),
        (lambda text: text.replace("\n3\n", "\n0\n"), checkpoint.NotACheckpoint),
        (
            lambda text: text.replace("labels.example.org\n3", "other.example.org\n3"),
            checkpoint.NotACheckpoint,
        ),
        (lambda text: text.replace("\n\n", "\nextension\n\n"), checkpoint.NotACheckpoint),
        (lambda text: text.rstrip("\n"), checkpoint.NotACheckpoint),
        (lambda text: text.partition("\n\n")[0] + "\n", checkpoint.NotACheckpoint),
        (lambda text: text + "\n", checkpoint.NotACheckpoint),
        (lambda text: text.replace("— ", "- "), checkpoint.NotACheckpoint),
        (lambda text: text[:-4] + "=\n", checkpoint.NotACheckpoint),
        (lambda text: text + "— x AAAA\n" * 3000, checkpoint.NotACheckpoint),
        (lambda text: "", checkpoint.NotACheckpoint),
    ],
)
def test_refusals(edit, error):
    with pytest.raises(error):
        read(edit(signed()))


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("", 1, ROOT), ("a b", 1, ROOT), ("a", 0, ROOT), ("a", 1, b"x")]
)
def test_nothing_empty_is_signed(origin, size, root):
    with pytest.raises(ValueError, match="checkpoint"):
        checkpoint.sign(origin, size, root, keyset())


def test_another_key_of_the_same_name_does_not_count():
    other = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(checkpoint.CheckpointNotSigned):
        checkpoint.verify(signed(), "labels.example.org", "labels.example.org", other)


def test_proof_of_a_log():
    log = Log()
    log.append(b"one")
    proof = log.proof(0, keyset())
    assert proof["hashes"] == [] and proof["tree_size"] == 1
