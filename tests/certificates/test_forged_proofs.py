"""The forgery table, continued: dates, the log, its checkpoints, its witnesses."""

import base64
from datetime import timedelta

import pytest
from labelmaking import (
    BASE,
    ISSUED,
    LISTED,
    NOW,
    PLACE,
    UNTIL,
    WEEK,
    WITNESS,
    Log,
    changed,
    cosigned,
    failing,
    forge,
    genuine,
    keyset,
    label,
    label_of,
    leaf_bytes,
    lists,
    report,
    statement,
    trust_with,
    watched,
    witness,
    witness_key,
    world,
)

from certificates import status
from certificates.knowledge import EventRegister, Knowledge, LeafTree
from certificates.log import checkpoint, cosignature, merkle, proof

ISSUER = keyset().issuer_id


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
    long_ago = lists(keyset(), start=ISSUED - WEEK, until=UNTIL + WEEK)
    assert report(world(listed=long_ago).bundle, at=at).verdict == verdict


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("name", ["issuedAt", "validUntil"])
def test_dates_at_the_ends_of_the_calendar_are_an_answer(name, moment):
    """Anybody can write such a date; no signature is needed to have it read."""
    made = label_of(forge(changed((name,), moment), keyset()))
    expected = "valid" if (name, moment[0]) == ("validUntil", "9") else "altered"
    assert report(made.bundle).verdict == expected


def proof_with(**other):
    """The label's proof with some of its parts changed, as text, however wrong."""
    read = proof.read(label().proof)
    parts = {"index": read.index, "hashes": read.hashes, "checkpoint": read.checkpoint} | other
    hashes = [base64.b64encode(value).decode() for value in parts["hashes"]]
    return "\n".join([proof.HEADER, f"index {parts['index']}", *hashes, "", parts["checkpoint"]])


def test_a_label_absent_from_the_log():
    log = Log(*(b"%d" % number for number in range(13)))
    result = report(label().packed(proof=log.proof(6, log.checkpoint(keyset()))))
    assert result.verdict == "altered" and failing(result) == {11}


READ = proof.read(label().proof)
NOTE = READ.checkpoint


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (proof_with(hashes=READ.hashes[:-1]), {11}),
        (proof_with(hashes=()), {11}),
        (proof_with(hashes=(*READ.hashes, READ.hashes[0])), {11}),
        (proof_with(hashes=(b"short",)), {11}),
        (proof_with(index=7), {11}),
        (proof_with(index=READ.size), {11}),
        (proof_with(index=-1), {11}),
        (label().proof[:-1], {11}),
        (label().proof[: len(label().proof) // 2], {11}),
        ("x", {11}),
        (proof_with(checkpoint=Log(b"another").checkpoint(keyset())), {11}),
        (proof_with(checkpoint=world(others=9).log.checkpoint(keyset())), {11}),
        (proof_with(checkpoint=NOTE.replace("\n16\n", "\n17\n")), {11, 12}),
        (proof_with(checkpoint=NOTE.partition("\n\n")[0] + "\n\n— x AAAAAAAA\n"), {12}),
    ],
    ids=[
        *(
            "truncated",
            "none",
            "longer",
            "short-hash",
            "index",
            "index-at-size",
            "negative",
            "cut-one",
            "cut-half",
        ),
        *("no-proof", "other-log-state", "other-checkpoint", "size-changed", "unsigned"),
    ],
)
def test_proofs(text, steps):
    result = report(label().packed(proof=text))
    assert result.verdict == "altered" and failing(result) == steps


def test_a_proof_of_the_status_list_is_not_one_of_the_label():
    assert failing(report(label().packed(proof=label().statuses[0][1]))) == {11}


def test_a_checkpoint_of_another_log_or_key():
    stranger = keyset("did:web:labels.example.net")
    leaf = merkle.leaf_hash(leaf_bytes(genuine()))
    own, other = keyset().signer("log", ISSUED), stranger.signer("log", ISSUED)
    label_key = keyset().signer("label", ISSUED)
    for note, reason in (
        (checkpoint.sign(stranger.log_name, 1, leaf, other), "other-log"),
        (checkpoint.sign(stranger.log_name, 1, leaf, own), "other-log"),
        (checkpoint.sign(keyset().log_name, 1, leaf, other), "checkpoint-broken"),
        (checkpoint.sign(keyset().log_name, 1, leaf, label_key), "checkpoint-broken"),
    ):
        result = report(label().packed(proof=proof.text(proof.Proof(0, 1, (), note))))
        assert result.verdict == "altered" and failing(result) == {12}
        assert result.steps[11].reason == reason
    good = checkpoint.sign(keyset().log_name, 1, leaf, own)
    assert report(label().packed(proof=proof.text(proof.Proof(0, 1, (), good)))).valid


def test_a_log_key_that_ended_before_the_issue_signs_nothing_of_it():
    result = report(label().bundle, trust=trust_with("log", validUntil="2026-11-22T08:00:00Z"))
    assert result.verdict == "altered" and failing(result) == {12, 16}


# ---------- split views ----------


def rival(size):
    """A second log of the same issuer and size, with the same label in it and other neighbours."""
    log = Log(*(b"rival %d" % number for number in range(size - 1)))
    place = log.append(leaf_bytes(genuine()))
    return log, log.proof(place, log.checkpoint(keyset()))


def test_a_split_view_with_two_checkpoints_in_one_file():
    _, text = rival(label().log.size)
    result = report(label().packed(proof=text))
    assert result.verdict == "altered" and failing(result) == {12, 16}
    assert result.steps[11].reason == "split-view" and "two different logs" in result.steps[11].detail["en"]


def test_a_split_view_against_a_checkpoint_in_the_verifiers_hands():
    log, _ = rival(label().log.size)
    held = Knowledge(cosigned={ISSUER: (log.checkpoint(keyset()),)})
    result = report(label().bundle, known=held)
    assert result.verdict == "altered" and failing(result) == {12, 16}
    assert report(label().bundle, known=Knowledge(cosigned={ISSUER: (NOTE,)})).valid
    stranger = Log(b"x").checkpoint(keyset("did:web:labels.example.net"))
    assert report(label().bundle, known=Knowledge(cosigned={ISSUER: (stranger, "no note at all")})).valid


def tree_of(log):
    return LeafTree(b"".join(log.leaves))


def test_a_split_view_against_the_tree_in_the_verifiers_hands():
    """The tree is larger than the file's: every earlier root follows from it, so that another is seen offline."""
    log, _ = rival(label().log.size + 4)
    result = report(label().bundle, known=Knowledge(trees={ISSUER: tree_of(log)}))
    assert result.verdict == "altered" and {12, 16} == failing(result)
    assert report(label().bundle, known=Knowledge(trees={ISSUER: tree_of(label().log)})).valid


def test_a_label_absent_from_the_tree_in_the_verifiers_hands():
    """The issuer shows customs a proof of a tree that nobody else has seen."""
    public = Log(*(b"public %d" % number for number in range(40)))
    known = Knowledge(trees={ISSUER: tree_of(public)}, registers={ISSUER: EventRegister(NOW, NOW + WEEK, {})})
    result = report(label().bundle, known=known)
    assert result.verdict == "altered" and failing(result) == {11, 12, 16}
    bare = report(genuine().encode(), known=known)
    assert bare.verdict == "altered" and failing(bare) == {11}
    before = Knowledge(trees=known.trees, registers={ISSUER: EventRegister(ISSUED - WEEK, NOW + WEEK, {})})
    assert report(genuine().encode(), known=before).verdict == "incomplete"


def test_a_bare_credential_is_whole_with_the_tree_and_the_register_in_hand():
    known = Knowledge(
        trees={ISSUER: tree_of(label().log)}, registers={ISSUER: EventRegister(NOW, NOW + WEEK, {})}
    )
    result = report(genuine().encode(), known=known)
    assert result.valid and result.steps[10].reason == "included-held"
    assert result.steps[11].reason == "checkpoint-held"
    with_note = report(genuine().encode(), known=Knowledge(known.registers, known.trees, {ISSUER: (NOTE,)}))
    assert with_note.valid and with_note.steps[11].reason == "checkpoint-signed"


# ---------- witnesses ----------


def test_a_witness_that_was_asked_for():
    result = report(cosigned().bundle, trust=watched())
    assert result.valid and result.steps[12].reason == "witnessed"
    assert (
        WITNESS in result.steps[12].detail["en"] and "2026-11-22T09:00:00Z" in result.steps[12].detail["en"]
    )
    short = report(label().bundle, trust=watched())
    assert short.verdict == "incomplete" and failing(short) == {13}


def test_a_cosignature_of_an_unknown_witness_does_not_count():
    unknown = world(witnesses={"somebody.example.com/w": ISSUED})
    result = report(unknown.bundle, trust=watched())
    assert result.verdict == "incomplete" and failing(result) == {13}
    assert result.steps[12].reason == "witness-short" and "0 trusted" in result.steps[12].detail["en"]
    assert report(unknown.bundle).valid


def test_two_lines_of_one_witness_are_one_witness():
    both = watched(None, 2, WITNESS, "second.example.gov/w")
    note = NOTE + "".join(
        cosignature.sign(NOTE, WITNESS, witness_key(WITNESS), ISSUED + timedelta(hours=hour))
        for hour in (1, 2)
    )
    result = report(label().packed(proof=proof_with(checkpoint=note)), trust=both)
    assert result.verdict == "incomplete" and failing(result) == {13}
    seen = {WITNESS: ISSUED, "second.example.gov/w": ISSUED}
    assert report(world(witnesses=seen).bundle, trust=both).valid


@pytest.mark.parametrize(
    "line",
    [
        cosignature.sign(Log(b"other").checkpoint(keyset()), WITNESS, witness_key(), ISSUED),
        cosignature.sign(NOTE, WITNESS, witness_key(), ISSUED)[:-10] + "AAAAAAAA=\n",
    ],
    ids=["of-another-checkpoint", "damaged"],
)
def test_a_cosignature_that_does_not_hold(line):
    result = report(label().packed(proof=proof_with(checkpoint=NOTE + line)), trust=watched())
    assert not result.valid and failing(result) & {11, 13}
    if 13 in failing(result):
        assert result.verdict == "altered" and result.steps[12].reason == "witness-broken"


def test_a_cosignature_under_a_checkpoint_that_the_verifier_holds_serves_too():
    note = label().log.checkpoint(keyset(), witnesses={WITNESS: ISSUED})
    known = Knowledge(cosigned={ISSUER: (note,)})
    assert report(label().bundle, trust=watched(), known=known).valid
    elsewhere = Log(b"other").checkpoint(keyset(), witnesses={WITNESS: ISSUED})
    assert report(
        label().bundle, trust=watched(), known=Knowledge(cosigned={ISSUER: (elsewhere,)})
    ).verdict == ("incomplete")


def test_a_witness_is_named_by_its_key_and_not_by_its_name():
    impostor = cosignature.sign(NOTE, WITNESS, witness_key("impostor"), ISSUED)
    result = report(label().packed(proof=proof_with(checkpoint=NOTE + impostor)), trust=watched())
    assert result.verdict == "incomplete" and failing(result) == {13}
    assert witness().key_name == WITNESS


# ---------- the status lists are logged too ----------


def test_a_status_list_that_is_not_in_the_log():
    listed = label().statuses
    swapped = [(listed[0][0], listed[1][1]), (listed[1][0], listed[0][1]), listed[2]]
    for statuses in (swapped, [(listed[0][0], "x"), *listed[1:]]):
        result = report(label().packed(statuses=logged(statuses)))
        assert result.verdict == "altered" and failing(result) == {16}
        assert result.steps[15].reason == "status-unlogged"


def test_a_status_list_of_a_second_view():
    """Signed, in its window, with a proof: of a log that is not the one of the label."""
    forged = lists(keyset(), "active", LISTED + timedelta(hours=1))
    log = Log(*(leaf_bytes(one) for one in forged), *(b"%d" % number for number in range(13)))
    note = log.checkpoint(keyset())
    other = [(one, log.proof(place, note)) for place, one in enumerate(forged)]
    result = report(
        label().packed(statuses=logged(other)), known=Knowledge(trees={ISSUER: tree_of(label().log)})
    )
    assert result.verdict == "altered" and failing(result) == {16}


def logged(pairs):
    from certificates.bundle import Logged

    return tuple(Logged(*pair) for pair in pairs)


def test_the_addresses_of_the_lists_are_those_of_the_credential():
    assert {status.address(BASE, PLACE.list, name) for name in status.PURPOSES} == {
        entry["statusListCredential"] for entry in payload_of(statement())["credentialStatus"]
    }


def payload_of(stated):
    from labelmaking import ENVELOPE

    from certificates import credential

    return credential.payload(stated, ENVELOPE)
