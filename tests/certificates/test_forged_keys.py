"""The forgery table, continued: keys over time. Whoever has a stolen key can write any date; nobody can write
yesterday's cosignature of a witness."""

from datetime import timedelta

import pytest
from labelmaking import (
    ISSUED,
    LISTED,
    NOW,
    WEEK,
    WITNESS,
    changed,
    cosigned,
    failing,
    forge,
    genuine,
    keyset,
    label,
    lists,
    report,
    trust_with,
    watched,
    world,
)

from certificates.encoding import base64url, moment_text
from certificates.knowledge import EventRegister, Knowledge, LeafTree

ISSUER = keyset().issuer_id
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "dates",
    [
        {"validUntil": "2026-11-22T08:00:00Z"},
        {"validFrom": "2026-11-22T08:00:01Z", "validUntil": "2030-01-01T00:00:00Z"},
    ],
    ids=["retired", "not-yet"],
)
def test_a_key_used_outside_its_time(dates):
    result = report(label().bundle, trust=trust_with("label", **dates))
    assert result.verdict == "unknown-issuer" and failing(result) == {4}
    assert result.steps[3].reason == "key-out-of-time" and result.steps[4].ok is True


def compromised(use, since, *, quorum=0):
    trust = trust_with(use, compromisedSince=moment_text(since))
    return watched(trust, quorum)


def test_a_label_that_a_witness_saw_before_the_key_was_stolen_stands():
    result = report(cosigned().bundle, trust=compromised("label", ISSUED + 2 * HOUR))
    assert result.valid and result.steps[3].reason == "key-compromised-later"


@pytest.mark.parametrize(
    ("made", "since"),
    [
        (label, ISSUED + 2 * HOUR),  # the log alone is the issuer's own word
        (cosigned, ISSUED + HOUR),  # seen at that very moment is not before it
        (cosigned, ISSUED),
        (cosigned, ISSUED - HOUR),
    ],
    ids=["no-witness", "seen-then", "issued-then", "issued-after"],
)
def test_a_key_used_after_it_was_stolen(made, since):
    result = report(made().bundle, trust=compromised("label", since))
    assert result.verdict == "unknown-issuer" and failing(result) == {4}
    assert result.steps[3].reason == "key-compromised"


def test_a_thief_backdates_a_label():
    """Every date in it lies before the theft, and it is in the log; the witness saw that log after the theft only."""
    backdated = forge(changed(("exporter", "name", "en"), "The Thief"), keyset())
    late = world(backdated, witnesses={WITNESS: NOW - HOUR})
    result = report(late.bundle, trust=compromised("label", ISSUED + HOUR, quorum=1))
    assert result.verdict == "unknown-issuer" and failing(result) == {4}


def test_an_unknown_witness_saves_no_label():
    seen = world(witnesses={"somebody.example.com/w": ISSUED + HOUR})
    assert failing(report(seen.bundle, trust=compromised("label", ISSUED + 2 * HOUR))) == {4}


def test_as_many_witnesses_as_the_policy_asks_for_must_have_seen_it():
    other = "second.example.gov/w"
    trust = watched(trust_with("label", compromisedSince=moment_text(ISSUED + 2 * HOUR)), 2, WITNESS, other)
    assert report(world(witnesses={WITNESS: ISSUED, other: ISSUED}).bundle, trust=trust).valid
    one_late = world(witnesses={WITNESS: ISSUED, other: ISSUED + 3 * HOUR})
    assert failing(report(one_late.bundle, trust=trust)) == {4}


def test_what_the_verifier_held_before_the_theft_stands():
    """A pack of before the theft holds the label; one of after it proves nothing."""
    tree = LeafTree(b"".join(label().log.leaves))
    trust = compromised("label", ISSUED + 2 * HOUR)
    for as_of, failed in ((ISSUED + HOUR, set()), (ISSUED + 3 * HOUR, {4})):
        held = Knowledge({ISSUER: EventRegister(as_of, NOW + WEEK, {})}, {ISSUER: tree})
        assert failing(report(label().bundle, trust=trust, known=held)) == failed


def test_an_older_checkpoint_in_the_verifiers_hands_saves_the_label():
    tree = LeafTree(b"".join(label().log.leaves))
    early = label().log.checkpoint(keyset(), size=10, witnesses={WITNESS: ISSUED + HOUR})
    too_small = label().log.checkpoint(keyset(), size=6, witnesses={WITNESS: ISSUED + HOUR})
    trust = compromised("label", ISSUED + 2 * HOUR)
    for note, failed in ((early, set()), (too_small, {4})):
        held = Knowledge(trees={ISSUER: tree}, cosigned={ISSUER: (note,)})
        assert failing(report(label().bundle, trust=trust, known=held)) == failed


# ---------- the other keys ----------


def test_a_checkpoint_by_a_stolen_log_key():
    trust = compromised("log", ISSUED + 2 * HOUR)
    result = report(label().bundle, trust=trust)
    assert result.verdict == "unknown-issuer" and failing(result) == {12, 16}
    assert result.steps[11].reason == "log-key-compromised"
    listed = lists(keyset(), start=ISSUED, until=NOW + WEEK)
    assert report(world(listed=listed, witnesses={WITNESS: ISSUED + HOUR}).bundle, trust=trust).valid
    held = Knowledge(trees={ISSUER: LeafTree(b"".join(label().log.leaves))})
    assert report(label().bundle, trust=trust, known=held).valid


def test_status_lists_by_a_stolen_status_key():
    """Lists that say active, by somebody who has the key: they count only where a witness saw them before."""
    trust = compromised("status", LISTED + 2 * HOUR)
    at = LISTED + HOUR
    result = report(label().bundle, trust=trust, at=at)
    assert result.verdict == "stale" and failing(result) == {16}
    assert result.steps[15].reason == "status-key-compromised"
    seen = world(witnesses={WITNESS: LISTED + HOUR})
    assert report(seen.bundle, trust=trust, at=at).valid
    after = report(seen.bundle, trust=trust, at=NOW)
    assert after.verdict == "stale" and after.steps[15].reason == "status-old"
    later = report(label().bundle, trust=compromised("status", LISTED))
    assert later.verdict == "stale" and later.steps[15].reason == "status-key-compromised"


def test_after_rotation_old_and_new_labels_stand():
    keys = keyset().rotated("label", ISSUED + WEEK, ISSUED + 100 * WEEK)
    assert report(genuine_in(keys), trust=keys.trust()).valid
    early = forge(changed(("exporter", "name", "en"), "Too Early"), keys, {"kid": f"{ISSUER}#label-2"})
    signed = early.rpartition(".")[0]
    new_key = keys.signer("label", ISSUED + 2 * WEEK)
    made = world(f"{signed}.{base64url(new_key.sign(signed.encode()))}", keys)
    result = report(made.bundle, trust=keys.trust())
    assert result.verdict == "unknown-issuer" and failing(result) == {4}


def genuine_in(keys):
    return world(genuine(), keys).bundle
