"""The offline pack: an officer at a border post, without a network, a week after the download."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import (
    ISSUED,
    NOW,
    NUMBER,
    WEEK,
    WITNESS,
    Log,
    failing,
    forge,
    genuine,
    keyset,
    label,
    leaf_bytes,
    lists,
    report,
    sign,
    statement,
    trust_with,
    watched,
    world,
)
from test_forged_proofs import rival

from certificates import limits, pack
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url, moment_text
from certificates.keys.trust import read as read_trust
from certificates.knowledge import Event, LeafTree, state_at
from certificates.log import merkle

ISSUER = keyset().issuer_id
TRUST = read_trust(keyset().trust())
LATER = NOW + timedelta(days=5)


def contents(log=None, **other):
    log = log or label().log
    facts = {
        "leaf_hashes": b"".join(log.leaves),
        "changes": {},
        "checkpoints": (log.checkpoint(keyset()),),
        "lists": tuple(lists(keyset(), start=NOW)),
        "trust": keyset().trust(),
    }
    return pack.Contents(**(facts | other))


def packed(log=None, *, until=NOW + WEEK, **other):
    return pack.write(contents(log, **other), keyset(), NOW, until)


def known(data=None, trust=TRUST, now=LATER):
    return pack.read(data or packed(), trust, now).knowledge


def test_a_week_in_the_harbour():
    """The label's own lists ended; with the pack it is valid as of the day of the pack, and no longer than it lasts."""
    alone = report(label().bundle, at=NOW + WEEK - timedelta(seconds=1))
    assert alone.verdict == "stale"
    result = report(label().bundle, at=LATER, known=known())
    assert result.valid and result.standing.as_of == NOW
    assert report(genuine().encode(), at=LATER, known=known()).valid
    assert report(label().bundle, at=NOW + WEEK, known=known()).verdict == "stale"


def test_what_is_read_is_what_was_written():
    changes = {
        NUMBER: (Event("suspended", NOW, {"zh": "存疑", "en": "in doubt"}), Event("active", LATER, "好"))
    }
    read = pack.read(packed(changes=changes), TRUST, NOW)
    assert (read.issuer_id, read.made_at, read.expires_at) == (ISSUER, NOW, NOW + WEEK)
    assert read.leaves == label().log.size and read.changed == 1
    register = read.knowledge.registers[ISSUER]
    assert register.events(NUMBER) == changes[NUMBER] and register.events("TB-2026-0000002-J") == ()
    assert read.trust == keyset().trust()


def test_a_suspension_reaches_the_border_post():
    data = packed(changes={NUMBER: (Event("suspended", NOW - timedelta(hours=1), "存疑"),)})
    result = report(label().bundle, known=known(data))
    assert result.verdict == "suspended" and result.standing.reason["en"] == "存疑"


def test_an_absent_label_and_a_split_view_are_seen_offline():
    public = Log(*(b"public %d" % number for number in range(40)))
    result = report(label().bundle, at=LATER, known=known(packed(public)))
    assert result.verdict == "altered" and failing(result) == {11, 12, 16}
    second, _ = rival(label().log.size + 3)
    split = report(label().bundle, at=LATER, known=known(packed(second)))
    assert split.verdict == "altered" and 12 in failing(split)


def test_a_label_of_after_the_pack_stands_by_its_own_proof():
    """Its leaf lies beyond the pack's tree; the tree tells nothing of it, and neither against it."""
    small = Log(*(b"before %d" % number for number in range(6)))
    assert report(label().bundle, known=known(packed(small), now=NOW)).valid


def test_witnesses_of_the_pack_count_for_the_label():
    note = label().log.checkpoint(keyset(), witnesses={WITNESS: NOW})
    data = packed(checkpoints=(note,))
    assert report(label().bundle, trust=watched()).verdict == "incomplete"
    assert report(label().bundle, trust=watched(), known=known(data)).valid


@pytest.mark.parametrize("now", [NOW + WEEK, NOW + 10 * WEEK, NOW - timedelta(seconds=1)])
def test_an_expired_pack_knows_nothing(now):
    with pytest.raises(pack.PackExpired):
        pack.read(packed(), TRUST, now)


def test_a_pack_of_another_issuer():
    stranger = keyset("did:web:labels.example.net")
    log = Log(b"x")
    facts = contents(log, checkpoints=(log.checkpoint(stranger),), trust=stranger.trust(), lists=())
    data = pack.write(facts, stranger, NOW, NOW + WEEK)
    with pytest.raises(pack.PackNotSigned, match="not in the trust file"):
        pack.read(data, TRUST, LATER)
    both = keyset().trust()
    both = both | {"issuers": [*both["issuers"], *stranger.trust()["issuers"]]}
    theirs = pack.read(data, read_trust(both), LATER).knowledge
    result = report(label().bundle, trust=both, at=LATER, known=theirs)
    assert (
        result.valid and result.standing.as_of != NOW
    )  # it knows nothing of ours: the file's own lists tell
    assert report(genuine().encode(), trust=both, at=LATER, known=theirs).verdict == "incomplete"


@pytest.mark.parametrize(
    "changes",
    [
        {"compromisedSince": "2030-01-01T00:00:00Z"},
        {"compromisedSince": "2026-01-01T00:00:00Z"},
        {"validUntil": moment_text(NOW)},
        {"validFrom": moment_text(NOW + WEEK), "validUntil": moment_text(NOW + 2 * WEEK)},
    ],
    ids=["compromised-later", "compromised", "retired", "not-yet"],
)
def test_a_pack_by_a_status_key_that_does_not_count(changes):
    with pytest.raises(pack.PackNotSigned):
        pack.read(packed(), read_trust(trust_with("status", **changes)), LATER)


def resigned(edit=lambda manifest: manifest, use="status", header=None, parts=lambda parts: parts):
    """A pack whose manifest was changed and signed anew: what an issuer's careless program could write."""
    data = packed()
    magic, line, rest = data.split(b"\n", 2)
    manifest = json.loads(from_base64url(line.decode().split(".")[1]))
    head = {"alg": "Ed25519", "iss": ISSUER, "kid": f"{ISSUER}#{use}-1", "typ": pack.MEDIA_TYPE} | (
        header or {}
    )
    signed = b".".join(base64url(canonical_bytes(one)).encode() for one in (head, edit(manifest)))
    tail = base64url(sign(use, signed)).encode()
    return b"\n".join([magic, signed + b"." + tail, parts(rest)])


def test_the_signature_of_a_pack_is_for_packs_alone():
    assert pack.read(resigned(), TRUST, NOW).leaves == label().log.size
    for changed in (
        resigned(use="label"),
        resigned(header={"kid": f"{ISSUER}#label-1"}),
        resigned(header={"typ": "vc+jwt"}),
        resigned(header={"alg": "none"}),
        resigned(header={"alg": "ES256"}),
        resigned(header={"iss": "did:web:labels.example.net"}),
        resigned(header={"crit": ["b64"]}),
        resigned(lambda manifest: manifest | {"issuer": "did:web:labels.example.net"}),
        resigned(lambda manifest: manifest | {"issuer": 5}),
    ):
        with pytest.raises(pack.PackNotSigned):
            pack.read(changed, TRUST, NOW)
    listed = lists(keyset())[0]
    with pytest.raises((pack.NotAPack, pack.PackNotSigned)):
        pack.read(b"tanbiao-pack/1\n" + listed.encode() + b"\n", TRUST, NOW)


@pytest.mark.parametrize(
    "edit",
    [
        lambda manifest: manifest | {"type": "tanbiao-pack/2"},
        lambda manifest: manifest | {"more": 1},
        lambda manifest: {name: manifest[name] for name in manifest if name != "parts"},
        lambda manifest: manifest | {"expiresAt": moment_text(NOW + timedelta(days=32))},
        lambda manifest: manifest | {"expiresAt": moment_text(NOW)},
        lambda manifest: manifest | {"madeAt": 5},
        lambda manifest: manifest | {"parts": manifest["parts"][:3]},
        lambda manifest: manifest | {"parts": manifest["parts"][::-1]},
        lambda manifest: manifest | {"parts": [5, 5, 5, 5]},
        lambda manifest: manifest | {"parts": [one | {"bytes": 10**9} for one in manifest["parts"]]},
        lambda manifest: manifest | {"parts": [one | {"bytes": -1} for one in manifest["parts"]]},
        lambda manifest: manifest | {"parts": [one | {"bytes": True} for one in manifest["parts"]]},
        lambda manifest: manifest | {"parts": [one | {"sha256": "0" * 64} for one in manifest["parts"]]},
    ],
)
def test_a_manifest_is_exact(edit):
    with pytest.raises((pack.NotAPack, pack.PackNotSigned)):
        pack.read(resigned(edit), TRUST, NOW)


def test_nothing_follows_the_parts_and_nothing_is_cut_off():
    for data in (packed() + b"x", packed()[:-1], packed()[:200], b"", b"tanbiao-pack/1\n", b"x" * 30):
        with pytest.raises(pack.NotAPack):
            pack.read(data, TRUST, NOW)
    with pytest.raises(pack.NotAPack):
        pack.read(b"tanbiao-pack/1\n" + b"x" * limits.PACK_BYTES, TRUST, NOW)


@pytest.mark.parametrize(
    "other",
    [
        {"leaf_hashes": b""},
        {"leaf_hashes": b"".join(label().log.leaves)[:-32]},
        {"leaf_hashes": b"".join(reversed(label().log.leaves))},
        {"leaf_hashes": b"".join(label().log.leaves)[:-1]},
        {"checkpoints": ()},
        {"checkpoints": ("no note",)},
        {"checkpoints": (label().log.checkpoint(keyset(), size=3),)},
        {"checkpoints": (Log(b"x").checkpoint(keyset("did:web:labels.example.net")),)},
        {"checkpoints": (label().log.checkpoint(keyset()), Log(b"x", b"y").checkpoint(keyset()))},
        {"trust": keyset("did:web:labels.example.net").trust()},
    ],
)
def test_what_does_not_hold_together_is_not_written(other):
    """The tree is that of its checkpoints, all of the issuer's log, the newest of exactly the leaves."""
    with pytest.raises((pack.NotAPack, ValueError)):
        packed(**other)


def test_a_pack_does_not_last_for_ever():
    for until in (NOW, NOW - WEEK, NOW + timedelta(days=31, seconds=1)):
        with pytest.raises(ValueError, match="31 days"):
            packed(until=until)


# ---------- rule 6: a pack never adds trust, it takes some away ----------


def test_a_theft_is_known_at_the_border_post_with_the_next_pack():
    told = trust_with("label", compromisedSince=moment_text(ISSUED + timedelta(hours=1)))
    fresh = pack.read(packed(trust=told), TRUST, LATER)
    result = report(label().bundle, trust=pack.tightened(TRUST, fresh), at=LATER, known=fresh.knowledge)
    assert result.verdict == "unknown-issuer" and failing(result) == {4}


def test_a_pack_retires_keys_and_never_prolongs_or_adds_them():
    mine = read_trust(trust_with("label", validUntil=moment_text(NOW)))
    fresh = pack.read(packed(), TRUST, LATER)
    assert pack.tightened(mine, fresh) == mine
    shorter = pack.read(packed(trust=trust_with("label", validUntil=moment_text(NOW))), TRUST, LATER)
    assert pack.tightened(TRUST, shorter) == mine
    rotated = keyset().rotated("label", NOW, NOW + 10 * WEEK).trust()
    added = pack.tightened(TRUST, pack.read(packed(trust=rotated), TRUST, LATER))
    assert [key.kid for key in added.issuers[0].keys] == [key.kid for key in TRUST.issuers[0].keys]
    other_keys = keyset("did:web:other.example").trust()["issuers"][0]["keys"]
    renamed = json.loads(json.dumps(keyset().trust()))
    for key, other in zip(renamed["issuers"][0]["keys"], other_keys, strict=True):
        if key["use"] == "label":
            key["jwk"], key["compromisedSince"] = other["jwk"], moment_text(ISSUED)
    assert pack.tightened(TRUST, pack.read(packed(trust=renamed), TRUST, LATER)) == TRUST


def test_of_two_packs_the_newer_counts():
    older = pack.read(packed(changes={NUMBER: (Event("suspended", NOW, "x"),)}), TRUST, LATER)
    newer = replace(pack.read(packed(), TRUST, LATER), made_at=LATER)
    for order in ([older, newer], [newer, older]):
        assert pack.together(order).registers[ISSUER].events(NUMBER) == ()


# ---------- what it is made of ----------


def test_a_tree_of_leaves_is_the_tree_of_the_log():
    log = Log(*(b"%d" % number for number in range(23)))
    tree = LeafTree(b"".join(log.leaves))
    for size in range(1, 24):
        assert tree.root(size) == merkle.root(size, log.get)
    for place, leaf in enumerate(log.leaves):
        assert tree.index(leaf) == place
    assert tree.index(bytes(32)) is None and tree.size == 23
    for size in (0, -1, 24):
        with pytest.raises(ValueError, match="No tree"):
            tree.root(size)
    for leaves in (b"", b"x" * 31):
        with pytest.raises(ValueError, match="leaf"):
            LeafTree(leaves)


def test_leaves_that_begin_alike_are_told_apart():
    alike = [b"same-8-b" + bytes([number]) * 24 for number in range(5)]
    tree = LeafTree(b"".join(alike))
    assert [tree.index(leaf) for leaf in alike] == list(range(5))
    assert tree.index(b"same-8-b" + b"x" * 24) is None
    assert LeafTree(alike[0] * 3).index(alike[0]) == 0


def test_revoked_is_for_ever():
    events = [Event("revoked", NOW, "x"), Event("active", LATER, "y"), Event("suspended", ISSUED, "z")]
    assert state_at(events, LATER + WEEK) == events[0]
    assert state_at(events, NOW - timedelta(seconds=1)) == events[2]
    assert state_at(events, ISSUED - timedelta(seconds=1)) is None
    for state, since in (("fine", NOW), ("active", NOW.replace(tzinfo=None))):
        with pytest.raises(ValueError, match="An event"):
            Event(state, since)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_a_damaged_pack_is_refused(data):
    original = packed()
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] ^= data.draw(st.integers(1, 255))
    if bytes(changed) == original:
        return
    with pytest.raises((pack.NotAPack, pack.PackNotSigned)):
        pack.read(bytes(changed), TRUST, NOW)


def test_another_statement_under_the_same_number_is_not_in_the_pack():
    other = forge(statement() | {"boundary": "cradle-to-grave"}, keyset())
    assert merkle.leaf_hash(leaf_bytes(other)) not in label().log.leaves
    result = report(world(other).bundle, at=LATER, known=known())
    assert not result.valid and 12 in failing(result)
