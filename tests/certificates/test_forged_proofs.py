"""The forgery table, continued: dates, keys out of their time, and the log."""

import hashlib
from datetime import timedelta

import pytest
from labelmaking import (
    ISSUED,
    UNTIL,
    Log,
    changed,
    failing,
    forge,
    keyset,
    label,
    label_of,
    logged,
    report,
    signed_pdf,
    trust_with,
)

from certificates import bundle
from certificates.log import checkpoint, merkle


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (ISSUED - timedelta(seconds=1), "not-yet-valid"),
        (ISSUED, "valid"),
        (UNTIL - timedelta(seconds=1), "valid"),
        (UNTIL, "expired"),
    ],
)
def test_dates(at, verdict):
    for data in (label().bundle, signed_pdf()):
        assert report(data, at=at).verdict == verdict


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("name", ["issuedAt", "validUntil"])
def test_dates_at_the_ends_of_the_calendar_are_an_answer(name, moment):
    """Anybody can write such a date; no signature is needed to have it read."""
    made = label_of(forge(changed((name,), moment), keyset()))
    expected = "valid" if (name, moment[0]) == ("validUntil", "9") else "altered"
    assert report(made.bundle).verdict == expected


@pytest.mark.parametrize(
    "dates",
    [
        {"validUntil": "2026-11-22T08:00:00Z"},
        {"validFrom": "2026-11-22T08:00:01Z", "validUntil": "2030-01-01T00:00:00Z"},
    ],
    ids=["retired", "not-yet"],
)
def test_a_key_used_outside_its_time(dates):
    result = report(label().bundle, trust=trust_with(**dates))
    assert result.verdict in ("unknown-issuer", "altered") and 4 in failing(result)
    assert result.steps[4].ok is True
    trust = trust_with()
    trust["issuers"][0]["keys"][0].update(dates)
    result = report(label().bundle, trust=trust)
    assert result.verdict == "unknown-issuer" and failing(result) == {4}
    trust = trust_with()
    trust["issuers"][0]["keys"][2].update(dates)
    assert failing(report(signed_pdf(), trust=trust)) == {13}


def proof_with(**more):
    return bundle.pack(label().compact, label().proof | more)


def test_a_label_absent_from_the_log():
    log = Log()
    for number in range(13):
        log.append(b"%d" % number)
    result = report(bundle.pack(label().compact, log.proof(6, keyset())))
    assert result.verdict == "altered" and failing(result) == {11}


@pytest.mark.parametrize(
    ("data", "steps"),
    [
        (proof_with(hashes=label().proof["hashes"][:-1]), {11}),
        (proof_with(hashes=[]), {11}),
        (proof_with(hashes=[*label().proof["hashes"], label().proof["hashes"][0]]), {11}),
        (proof_with(leaf_index=7), {11}),
        (proof_with(tree_size=14), {11}),
        (proof_with(checkpoint=logged("another", keyset(), 9)["checkpoint"]), {11}),
        (proof_with(checkpoint=""), {12}),
        (proof_with(checkpoint=label().proof["checkpoint"].replace("\n13\n", "\n14\n")), {11, 12}),
        (proof_with(checkpoint=label().proof["checkpoint"].partition("\n\n")[0] + "\n\n— x AAAA\n"), {12}),
    ],
    ids=[
        "truncated",
        "none",
        "longer",
        "index",
        "size",
        "other-checkpoint",
        "no-checkpoint",
        "size-changed",
        "unsigned",
    ],
)
def test_proofs(data, steps):
    result = report(data)
    assert result.verdict == "altered" and failing(result) == steps


def test_a_checkpoint_of_another_log_or_key():
    leaf = merkle.leaf_hash(label().compact.encode())
    stranger = keyset("did:web:labels.example.net")
    for note, reason in (
        (checkpoint.sign(stranger.log_name, 1, leaf, stranger), "other-log"),
        (checkpoint.sign(keyset().log_name, 1, leaf, stranger), "checkpoint-broken"),
        (
            checkpoint.sign_note(
                f"{keyset().log_name}\n1\n{note_root(leaf)}\n", keyset().log_name, keyset().label_key
            ),
            "checkpoint-broken",
        ),
    ):
        result = report(bundle.pack(label().compact, bundle.make_proof(0, 1, [], note)))
        assert result.verdict == "altered" and failing(result) == {12}
        assert result.steps[11].reason == reason


def note_root(digest):
    import base64

    return base64.b64encode(digest).decode()


def test_digest_of_the_leaf_is_of_the_presented_bytes():
    leaf = hashlib.sha256(b"\x00" + label().compact.encode()).digest()
    note = checkpoint.sign(keyset().log_name, 1, leaf, keyset())
    assert report(bundle.pack(label().compact, bundle.make_proof(0, 1, [], note))).valid
