"""The forgery table, continued: how a label stands. What is not told is not "active"."""

from datetime import timedelta

import pytest
from labelmaking import (
    BASE,
    ISSUED,
    LISTED,
    NOW,
    NUMBER,
    PLACE,
    UNTIL,
    WEEK,
    changed,
    failing,
    forge,
    genuine,
    keyset,
    label,
    lists,
    report,
    world,
)
from test_forged_proofs import logged

from certificates import status
from certificates.credential import Place
from certificates.knowledge import Event, EventRegister, Knowledge

ISSUER = keyset().issuer_id
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("state", ["suspended", "revoked", "superseded"])
def test_a_state_in_the_lists_is_the_verdict(state):
    result = report(world(listed=lists(keyset(), state)).bundle)
    assert result.verdict == state and failing(result) == {16}
    assert result.standing.state == state and result.standing.as_of == LISTED
    assert "2026-12-21" in result.text("en") and "2026-12-21" in result.text("zh")


def test_a_replayed_old_status_list():
    """The label was revoked since; the file still brings the lists of the day before. Their week is over."""
    result = report(label().bundle, at=LISTED + WEEK)
    assert result.verdict == "stale" and failing(result) == {16}
    assert result.steps[15].reason == "status-old" and result.standing is None
    assert report(label().bundle, at=LISTED + WEEK - timedelta(seconds=1)).valid
    assert "Being in the log is not being unrevoked" in result.text("en")


def test_no_lists_for_a_moment_before_them():
    result = report(label().bundle, at=LISTED - timedelta(seconds=1))
    assert result.verdict == "stale" and result.steps[15].reason == "status-later"


def test_an_old_list_that_says_revoked_still_says_it():
    """Revoked and superseded are final: no later moment takes them back. A suspension may have been lifted since."""
    for state, verdict in (("revoked", "revoked"), ("superseded", "superseded"), ("suspended", "stale")):
        old = world(listed=lists(keyset(), state))
        assert report(old.bundle, at=LISTED + 10 * WEEK).verdict == verdict


def register(*events, as_of=NOW - HOUR, until=NOW + WEEK):
    return Knowledge({ISSUER: EventRegister(as_of, until, {NUMBER: events} if events else {})})


REASON = {"zh": "电表记录有疑问", "en": "The meter readings are in doubt"}


def swapped(place, other):
    """The plain label with one of its lists replaced by another, properly logged."""
    listed = lists(keyset())
    listed[place] = other
    return world(listed=listed).bundle


def other_list(**how):
    """One list that differs from the right one in a single way."""
    keys = how.get("keys", keyset())
    where = how.get("where", status.address(BASE, PLACE.list, "suspension"))
    bits = status.set_bits(how.get("bits", ()))
    start = how.get("start", LISTED)
    return status.issue(keys, where, bits, valid_from=start, valid_until=how.get("until", start + WEEK))


@pytest.mark.parametrize(
    ("other", "reason", "verdict"),
    [
        (other_list(keys=keyset("did:web:labels.example.net")), "status-unsigned", "stale"),
        (other_list(where=status.address(BASE, PLACE.list, "revocation")), "status-other", "altered"),
        (other_list(where=status.address(BASE, 2, "suspension")), "status-other", "altered"),
        (
            other_list(where=status.address("https://labels.example.net", 1, "suspension")),
            "status-other",
            "altered",
        ),
        (other_list(until=NOW), "status-old", "stale"),
        (other_list(start=NOW + HOUR), "status-later", "stale"),
        (genuine(), "status-damaged", "altered"),
    ],
    ids=["issuer", "purpose", "list", "address", "window-over", "window-later", "no-list"],
)
def test_a_status_list_of_another(other, reason, verdict):
    """What was never given out for this label makes the file altered; what is of another time or key is stale."""
    result = report(swapped(0, other))
    assert result.verdict == verdict and failing(result) == {16}
    assert result.steps[15].reason == reason


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("other", "reason", "verdict"),
    [
        (other_list(where=status.address(BASE, 2, "suspension")), "status-other", "altered"),
        (genuine(), "status-damaged", "altered"),
        (other_list(keys=keyset("did:web:labels.example.net")), "status-unsigned", "stale"),
    ],
    ids=["list", "no-list", "issuer"],
)
def test_a_list_that_does_not_hold_is_never_passed_over(other, reason, verdict, place):
    """Whatever the verifier knows itself: a register that says active, or fresh lists of its own."""
    for known in (register(), Knowledge(lists={ISSUER: tuple(lists(keyset(), "active", NOW - HOUR))})):
        result = report(swapped(place, other), known=known)
        assert result.verdict == verdict and failing(result) == {16}
        assert result.steps[15].reason == reason and result.standing.state == "active"


def test_a_list_of_the_verifiers_that_does_not_hold_is_never_passed_over():
    for wrong in ("x.y.z", other_list(keys=keyset("did:web:labels.example.net"))):
        result = report(label().bundle, known=Knowledge(lists={ISSUER: (wrong,)}))
        assert result.verdict == "stale" and failing(result) == {16}
        assert result.steps[15].reason == "status-unsigned"


def test_lists_whose_time_is_over_are_passed_over_when_something_else_tells():
    """Every label that was issued a month ago brings such lists."""
    later = NOW + WEEK
    assert report(label().bundle, at=later, known=register(as_of=later, until=later + HOUR)).valid


def test_a_newer_list_never_takes_back_what_is_final():
    """An issuer who clears a bit of revocation: the older list says it still."""
    for state in ("revoked", "superseded"):
        fresh = Knowledge(lists={ISSUER: tuple(lists(keyset(), "active", NOW - HOUR))})
        assert report(world(listed=lists(keyset(), state)).bundle, known=fresh).verdict == state
    lifted = Knowledge(lists={ISSUER: tuple(lists(keyset(), "active", NOW - HOUR))})
    assert report(world(listed=lists(keyset(), "suspended")).bundle, known=lifted).valid


def test_the_register_tells_nothing_to_a_stranger_who_makes_a_file_of_a_number():
    """Anybody can write a statement with a number and the issuer's name; the signature shows that it is none."""
    known = register(Event("suspended", NOW - WEEK, REASON))
    compact = genuine()
    signature = compact.rpartition(".")[2]
    guessed = f"{compact.rpartition('.')[0]}.{'A' * len(signature)}"
    result = report(guessed.encode(), known=known)
    assert result.verdict == "altered" and result.standing is None
    assert "in doubt" not in result.text("en") and "2026-12-15" not in result.text("en")
    assert report(compact.encode(), known=known).standing.state == "suspended"


def test_a_status_list_that_was_changed():
    compact, text = label().statuses[0]
    revoked = other_list(bits={PLACE.index})
    body = revoked.split(".")[1]
    head, _, tail = compact.split(".")
    result = report(label().packed(statuses=logged([(f"{head}.{body}.{tail}", text), *label().statuses[1:]])))
    assert result.verdict == "altered" and failing(result) == {16}
    assert result.steps[15].reason == "status-changed"


def test_lists_that_contradict_each_other():
    """Revoked and superseded at once, or revoked and not suspended: nobody can make a state of it."""
    both = [
        other_list(where=status.address(BASE, 1, purpose), bits={PLACE.index} if wrong else ())
        for purpose, wrong in zip(status.PURPOSES, (False, True, False), strict=True)
    ]
    result = report(world(listed=both).bundle)
    assert result.verdict == "stale" and result.steps[15].reason == "status-contradicts"


def test_the_neighbours_bit_is_not_ours():
    busy = [
        other_list(
            where=status.address(BASE, 1, purpose), bits={PLACE.index - 1, PLACE.index + 1, 0, 131_071}
        )
        for purpose in status.PURPOSES
    ]
    assert report(world(listed=busy).bundle).valid


def test_two_of_three_lists_are_no_bundle_of_this_label():
    twice = [label().statuses[0], label().statuses[0], label().statuses[2]]
    assert report(label().packed(statuses=logged(twice))).verdict == "altered"
    assert report(label().packed(statuses=logged(twice)), known=register()).verdict == "altered"


def test_the_order_of_the_lists_does_not_matter():
    assert report(label().packed(statuses=logged(reversed(label().statuses)))).valid


# ---------- what the verifier knows itself ----------


def test_a_fresher_register_goes_before_the_file():
    """The replayed list, still in its week: the verifier's own register is newer and knows better."""
    suspended = register(Event("suspended", LISTED + HOUR, REASON))
    result = report(label().bundle, known=suspended)
    assert result.verdict == "suspended" and result.standing.reason == REASON
    assert result.standing.since == LISTED + HOUR and "in doubt" in result.text("en")
    lifted = register(Event("suspended", LISTED + HOUR, REASON), Event("active", LISTED + 2 * HOUR, ""))
    assert report(label().bundle, known=lifted).valid


def test_a_file_fresher_than_the_register_goes_before_it():
    known = register(as_of=LISTED - HOUR)
    result = report(world(listed=lists(keyset(), "suspended")).bundle, known=known)
    assert result.verdict == "suspended" and result.standing.as_of == LISTED


def test_revoked_by_either_is_revoked():
    revoked = register(Event("revoked", NOW - WEEK, "x"), as_of=LISTED - HOUR)
    assert report(label().bundle, known=revoked).verdict == "revoked"
    assert report(world(listed=lists(keyset(), "revoked")).bundle, known=register()).verdict == "revoked"
    undone = register(Event("revoked", NOW - WEEK, "x"), Event("active", NOW - HOUR, "a thief's"))
    assert report(label().bundle, known=undone).verdict == "revoked"


def test_a_register_whose_time_is_over_knows_nothing():
    old = register(as_of=NOW - 2 * WEEK, until=NOW)
    result = report(label().bundle, at=NOW + 2 * WEEK, known=old)
    assert result.verdict == "stale" and failing(result) == {16}
    final = register(Event("revoked", NOW - 3 * WEEK, "x"), as_of=NOW - 2 * WEEK, until=NOW)
    assert report(label().bundle, at=NOW + 2 * WEEK, known=final).verdict == "revoked"


def test_the_state_at_a_past_date():
    history = register(
        Event("suspended", ISSUED + WEEK, "x"),
        Event("active", ISSUED + 2 * WEEK, ""),
        Event("revoked", ISSUED + 3 * WEEK, REASON),
    )
    for weeks, verdict in ((0, "valid"), (1, "suspended"), (2, "valid"), (3, "revoked"), (4, "revoked")):
        at = ISSUED + weeks * WEEK + HOUR
        result = report(label().bundle, at=at, known=history)
        assert result.verdict == verdict, weeks
        assert result.standing.as_of == min(at, NOW - HOUR)
    then = report(label().bundle, at=ISSUED + HOUR, known=history)
    assert then.steps[15].reason == "status-active-then" and "2026-12-13" in then.steps[15].detail["en"]


def test_the_register_of_another_issuer_says_nothing():
    other = Knowledge({"did:web:labels.example.net": EventRegister(NOW, NOW + WEEK, {NUMBER: ()})})
    assert report(label().bundle, at=LISTED + WEEK, known=other).verdict == "stale"


def test_fresh_lists_in_the_verifiers_hands():
    fresh = lists(keyset(), "active", NOW + WEEK)
    known = Knowledge(lists={ISSUER: tuple(fresh)})
    assert report(label().bundle, at=NOW + WEEK, known=known).valid
    revoked = Knowledge(lists={ISSUER: tuple(lists(keyset(), "revoked", NOW + WEEK))})
    assert report(label().bundle, at=NOW + WEEK, known=revoked).verdict == "revoked"
    stranger = Knowledge(
        lists={ISSUER: tuple(lists(keyset("did:web:labels.example.net"), "active", NOW + WEEK))}
    )
    assert report(label().bundle, at=NOW + WEEK, known=stranger).verdict == "stale"
    elsewhere = Knowledge(lists={ISSUER: tuple(lists(keyset(), "active", NOW + WEEK, place=Place(2, 77)))})
    assert report(label().bundle, at=NOW + WEEK, known=elsewhere).verdict == "stale"


# ---------- gravity ----------


@pytest.mark.parametrize(
    ("at", "state", "verdict"),
    [
        (UNTIL, "revoked", "revoked"),
        (UNTIL, "suspended", "expired"),
        (UNTIL, "superseded", "expired"),
        (ISSUED - HOUR, "suspended", "not-yet-valid"),
        (NOW, "suspended", "suspended"),
    ],
)
def test_the_gravest_finding_is_the_verdict(at, state, verdict):
    listed = lists(keyset(), state, ISSUED - 2 * HOUR, UNTIL + WEEK)
    assert report(world(listed=listed).bundle, at=at).verdict == verdict


def test_altered_goes_before_revoked():
    forged = forge(changed(("footprint", "total"), "12.34"), keyset())
    result = report(world(forged, listed=lists(keyset(), "revoked")).bundle)
    assert result.verdict == "altered" and result.standing.state == "revoked"
