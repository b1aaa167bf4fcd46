"""The verdict is the gravest finding: every combination of a fault in the file, the trust, the number, the standing and
the moment."""

from datetime import timedelta
from functools import cache
from itertools import product

import pytest
from labelmaking import (
    ISSUED,
    NOW,
    NUMBER,
    OTHER_NUMBER,
    UNTIL,
    changed,
    forge,
    genuine,
    keyset,
    lists,
    report,
    statement,
    watched,
    world,
)

from certificates.keys import trust
from certificates.report import VERDICTS

HOUR = timedelta(hours=1)
FILES = {"": None, "altered": changed(("footprint", "total"), "12.34", statement()), "unreadable": None}
TRUSTS = {
    "": trust.read(keyset().trust()),
    "unknown-issuer": trust.read(keyset("did:web:labels.example.net").trust()),
    "incomplete": trust.read(watched()),
}
NUMBERS = {"": NUMBER, "other-number": OTHER_NUMBER}
STANDINGS = {
    "": "active",
    "suspended": "suspended",
    "revoked": "revoked",
    "superseded": "superseded",
    "stale": "",
}
MOMENTS = {"": NOW, "expired": UNTIL, "not-yet-valid": ISSUED - HOUR}


@cache
def file(cause, state):
    """A bundle whose lists last for ever, or (for no state) ended before the label began."""
    ends = UNTIL + HOUR if state else ISSUED - 2 * HOUR
    listed = lists(keyset(), state or "active", ISSUED - 3 * HOUR, ends)
    compact = forge(FILES[cause], keyset()) if FILES[cause] else genuine()
    data = world(compact, listed=listed).bundle
    return data[:-9] if cause == "unreadable" else data


CASES = {
    "+".join(filter(None, one)) or "valid": one for one in product(FILES, TRUSTS, NUMBERS, STANDINGS, MOMENTS)
}


@pytest.mark.parametrize("name", CASES)
def test_the_gravest_of_all_causes_is_the_verdict(name):
    causes = CASES[name]
    in_file, in_trust, in_number, in_standing, in_moment = causes
    found = report(
        file(in_file, STANDINGS[in_standing]),
        trust=TRUSTS[in_trust],
        number=NUMBERS[in_number],
        at=MOMENTS[in_moment],
    )
    assert found.verdict == min(filter(None, (*causes, "valid")), key=VERDICTS.index)
    assert found.verdict != "valid" or ("as of" in found.headline("en") and found.standing.as_of <= found.at)
