"""C2SP tlog-cosignature: the line of a witness, its time, and its verifier key."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from logmaking import LOG_KEY, NOON, ORIGIN, WITNESS, WITNESS_KEY, log_of, signer

from certificates.keys import vkey
from certificates.keys.signer import FileSigner
from certificates.log import checkpoint, cosignature

CHECKPOINT = log_of(3).checkpoint()
LINE = cosignature.sign(CHECKPOINT, WITNESS, WITNESS_KEY, NOON)


def seen(text: str) -> datetime | None:
    return cosignature.seen_at(text, WITNESS, WITNESS_KEY.public)


def test_the_line_byte_by_byte():
    """The signed text and the line as the specification writes them, put together by hand."""
    raw = WITNESS_KEY.public.public_bytes_raw()
    body = CHECKPOINT.partition("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime {int(NOON.timestamp())}\n{body}".encode()
    value = hashlib.sha256(WITNESS.encode() + b"\n\x04" + raw).digest()[:4]
    value += int(NOON.timestamp()).to_bytes(8, "big") + WITNESS_KEY.sign(message)
    assert f"— {WITNESS} {base64.b64encode(value).decode()}\n" == LINE
    assert len(value) == 76


def test_the_time_is_signed_and_read_back():
    assert seen(CHECKPOINT + LINE) == NOON == cosignature.stated_time(LINE)
    assert seen(CHECKPOINT) is None
    assert checkpoint.verify(CHECKPOINT + LINE, ORIGIN, [LOG_KEY.public]).size == 3


def test_seconds_are_whole():
    line = cosignature.sign(CHECKPOINT, WITNESS, WITNESS_KEY, NOON + timedelta(microseconds=999_999))
    assert seen(CHECKPOINT + line) == NOON


def test_several_lines_all_hold_and_the_newest_counts():
    later = cosignature.sign(CHECKPOINT, WITNESS, WITNESS_KEY, NOON + timedelta(days=1))
    assert seen(CHECKPOINT + later + LINE) == NOON + timedelta(days=1)
    spoiled = cosignature.sign(log_of(4).checkpoint(), WITNESS, WITNESS_KEY, NOON)
    assert seen(CHECKPOINT + LINE + spoiled) is None


def altered(position: int) -> str:
    value = bytearray(base64.b64decode(LINE.split(" ")[2]))
    value[position] ^= 1
    return f"— {WITNESS} {base64.b64encode(value).decode()}\n"


@pytest.mark.parametrize("position", range(76))
def test_no_byte_of_a_line_may_change(position):
    assert seen(CHECKPOINT + altered(position)) is None


@pytest.mark.parametrize(
    "text",
    [
        log_of(4).checkpoint() + LINE,
        CHECKPOINT.replace("\n3\n", "\n4\n") + LINE,
        CHECKPOINT + cosignature.sign(CHECKPOINT, "other.example", WITNESS_KEY, NOON),
        CHECKPOINT + cosignature.sign(CHECKPOINT, WITNESS, signer(9), NOON),
        CHECKPOINT
        + checkpoint.sign_note(CHECKPOINT.partition("\n\n")[0] + "\n", WITNESS, WITNESS_KEY).partition(
            "\n\n"
        )[2],
        CHECKPOINT
        + checkpoint.signature_line(WITNESS, checkpoint.key_hash(WITNESS, WITNESS_KEY.public, 4) + b"short"),
        CHECKPOINT
        + checkpoint.signature_line(
            WITNESS, checkpoint.key_hash(WITNESS, WITNESS_KEY.public, 4) + b"\xff" * 72
        ),
    ],
    ids=[
        "another tree",
        "altered size",
        "another name",
        "another key",
        "signed as a log",
        "short",
        "time beyond",
    ],
)
def test_what_is_no_cosignature_of_this_witness(text):
    assert seen(text) is None


@pytest.mark.parametrize("line", ["", "— x\n", checkpoint.signature_line(WITNESS, bytes(68)), "— x AAAA\n"])
def test_a_line_without_a_time(line):
    with pytest.raises(checkpoint.NotACheckpoint):
        cosignature.stated_time(line)


def test_only_checkpoints_are_signed_only_by_such_keys_and_only_in_these_centuries():
    with pytest.raises(checkpoint.NotACheckpoint):
        cosignature.sign("text\n\n— a AAAAAAAA\n", WITNESS, WITNESS_KEY, NOON)
    for name, key, at in (
        ("a b", WITNESS_KEY, NOON),
        (WITNESS, FileSigner(ec.generate_private_key(ec.SECP256R1())), NOON),
        (WITNESS, WITNESS_KEY, datetime(1969, 12, 31, tzinfo=UTC)),
    ):
        with pytest.raises(ValueError, match=r"witness|cosignature"):
            cosignature.sign(CHECKPOINT, name, key, at)


# ---------- verifier keys ----------

KEY = vkey.VerifierKey(WITNESS, WITNESS_KEY.public, vkey.WITNESS)


def test_a_verifier_key_is_one_line_and_comes_back():
    assert vkey.read(KEY.text, vkey.WITNESS) == KEY
    name, key_id, encoded = KEY.text.split("+", 2)
    assert name == WITNESS and len(key_id) == 8 and base64.b64decode(encoded)[0] == 4
    log = vkey.VerifierKey(ORIGIN, LOG_KEY.public, vkey.LOG)
    assert vkey.read(log.text, vkey.LOG) == log


def test_the_published_key_is_read(vectors):
    text = vectors("signed-note.json")["verifier_key"]
    assert vkey.read(text, vkey.LOG).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        KEY.text.replace(WITNESS, "other.example"),
        KEY.text.replace("+", "-", 1),
        KEY.text + "=",
        KEY.text + "\n",
        KEY.text.upper(),
        KEY.text.partition("+")[0] + "+00000000+" + KEY.text.rpartition("+")[2],
        vkey.VerifierKey(WITNESS, WITNESS_KEY.public, vkey.LOG).text,
        f" {KEY.text}",
        5,
        None,
        *(
            vkey.VerifierKey(name, WITNESS_KEY.public, vkey.WITNESS).text
            for name in ("a\0b", "a\x7f", "a\x85b", "")
        ),
    ],
)
def test_what_is_no_verifier_key_of_a_witness(text):
    with pytest.raises(vkey.NotAVerifierKey):
        vkey.read(text, vkey.WITNESS)
