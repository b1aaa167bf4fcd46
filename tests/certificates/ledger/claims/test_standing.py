"""How an issued claim stands: it freezes by itself, and thaws."""

from dataclasses import replace
from datetime import date

import pytest
from neutral import changed, company, product, statement

from certificates.ledger.claims.model import Audience, Standing
from certificates.ledger.claims.standing import EntryNow, Present, standing

PRODUCT = statement(product())
DAY = date(2026, 12, 1)
NOW = Present(
    Standing.IN_FORCE,
    "a" * 64,
    Standing.IN_FORCE,
    {str(entry): EntryNow(f"{entry:064x}", retired=True) for entry in (41, 42)},
)


def with_entry(entry, now):
    return {**NOW.entries, entry: now}


@pytest.mark.parametrize(
    ("change", "grounds"),
    [
        ({"footprint": None}, ["N18-footprint-anew"]),
        ({"footprint_sha256": "b" * 64}, ["N18-footprint-anew"]),
        ({"footprint": Standing.SUSPENDED}, ["N18-footprint-fallen"]),
        ({"footprint": Standing.SUPERSEDED}, ["N18-footprint-fallen"]),
        ({"footprint": Standing.EXPIRED}, []),
        ({"verification": Standing.WITHDRAWN}, ["N18-verification-fallen"]),
        ({"verification": None}, ["N18-verification-fallen"]),
        ({"entries": {}}, ["N18-entry-unknown"] * 2),
        ({"entries": with_entry("41", EntryNow("0" * 64, retired=True))}, ["N18-entry-unknown"]),
        ({"entries": with_entry("42", EntryNow(f"{42:064x}", retired=False))}, ["N18-retirement-reversed"]),
        ({"entries": with_entry("42", EntryNow(f"{42:064x}", True, void=True))}, ["N18-units-void"]),
        ({"objections": ("绿证异议",)}, ["N18-objection"]),
    ],
)
def test_it_freezes_by_itself_and_says_why(change, grounds):
    live = standing(PRODUCT, replace(NOW, **change), DAY)
    assert [ground.code for ground in live.grounds] == grounds
    assert live.standing is (Standing.FROZEN if grounds else Standing.IN_FORCE)
    assert all(ground.sentence("zh") and ground.sentence("en") for ground in live.grounds)
    assert standing(PRODUCT, replace(NOW, **change, withdrawn=True), DAY).standing is Standing.WITHDRAWN


@pytest.mark.parametrize(
    ("on", "stands"),
    [
        (date(2026, 11, 21), Standing.NOT_YET),
        (date(2026, 11, 22), Standing.IN_FORCE),
        (date(2026, 12, 31), Standing.IN_FORCE),
        (date(2027, 1, 1), Standing.EXPIRED),
    ],
)
def test_its_days(on, stands):
    assert standing(PRODUCT, NOW, on).standing is stands


def test_a_frozen_claim_stays_frozen_when_it_ends():
    assert standing(PRODUCT, replace(NOW, objections=("x",)), date(2027, 6, 1)).standing is Standing.FROZEN


def test_certificates_count_as_retirements_do():
    made = statement(company())
    entries = {"61": EntryNow(f"{61:064x}", True), "62": EntryNow(f"{62:064x}", False)}
    live = standing(made, replace(NOW, footprint_sha256="c" * 64, entries=entries), DAY)
    assert [ground.code for ground in live.grounds] == ["N18-retirement-reversed"]


def test_a_market_that_forbids_it_later_freezes_it():
    early = changed(
        product(),
        ("on", date(2026, 9, 1)),
        ("claim.audience", Audience.CONSUMER),
        ("claim.markets", ("CN", "DE")),
    )
    made = statement(early)
    assert standing(made, NOW, date(2026, 9, 26)).standing is Standing.IN_FORCE
    live = standing(made, NOW, date(2026, 9, 27))
    assert (live.standing, [ground.code for ground in live.grounds]) == (
        Standing.FROZEN,
        ["N18-market-forbids"],
    )
