"""Whatever the claim and the facts are, twenty answers come back, and nothing strange makes a claim pass."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal as D
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neutral import changed, company, event, product, put

from certificates.ledger.claims.evaluate import evaluate
from certificates.ledger.claims.model import Claim, ClaimUnreadable, Facts, from_plain, plain
from certificates.ledger.claims.results import Outcome, open_points
from certificates.ledger.claims.rules import CODES

WORLDS = (product(), event(), company())
DECIMALS = [D(text) for text in ("NaN", "sNaN", "Infinity", "-1", "0", "-0", "1E+30", "1E-60", "9E+999999")]
DAYS = [date.min, date.max, date(2024, 2, 29)]
TEXTS = ["", " ", "\ud800", "\x00\n", "９", "x" * 5000]


def strange(value):
    """Other values of the same type."""
    if isinstance(value, StrEnum):
        return [one for one in type(value) if one is not value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, D):
        return DECIMALS
    if isinstance(value, date):
        return DAYS
    if isinstance(value, str):
        return TEXTS
    if isinstance(value, int):
        return [-1, 0, 10**30]
    if isinstance(value, tuple):
        return [(), value * 2]
    return []


def places(record, path):
    """Every field below a record, with what may stand there instead."""
    if is_dataclass(record):
        for one in fields(record):
            yield from places(getattr(record, one.name), f"{path}.{one.name}")
    elif isinstance(record, dict):
        for key, item in record.items():
            yield from places(item, f"{path}.[{key.replace('.', ':')}]")
    else:
        yield from ((path, other) for other in strange(record))


def all_changes(world):
    yield from places(world.claim, "claim")
    yield from places(world.facts, "facts")


def possible(world, change):
    """False where the ledger's own values refuse: a lot or span that cannot be."""
    try:
        put(world, *change)
    except ValueError:
        return False
    return True


CHANGES = [(world, change) for world in WORLDS for change in all_changes(world) if possible(world, change)]


def all_answer(world):
    results = evaluate(world.claim, world.facts, world.on)
    assert tuple(one.code for one in results) == CODES
    for one in results:
        assert all(problem.sentence("zh") and problem.sentence("en") for problem in one.problems)
        assert bool(one.problems) is (one.outcome in (Outcome.FAIL, Outcome.REVIEW))
    return results


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WORLDS), st.data())
def test_several_strange_values_at_once(world, data):
    mine = [change for one, change in CHANGES if one is world]
    for change in data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=4)):
        try:
            world = changed(world, change)
        except (ValueError, KeyError, AttributeError):  # a change before took the place away
            continue
    all_answer(world)


@pytest.mark.parametrize("on", DAYS)
def test_any_day(on):
    for world in WORLDS:
        all_answer(changed(world, ("on", on)))


def test_any_strange_amount_of_the_claim_is_refused():
    unknown = [one for one in DECIMALS if not one.is_finite() or one.adjusted() > 17 or one.adjusted() < -40]
    for world, (path, value) in CHANGES:
        optional = "batch" in path or (
            path.startswith("claim.footprint.") and path.endswith("based_t") and world is not WORLDS[2]
        )
        if path.startswith("claim.") and any(value is one for one in unknown) and not optional:
            results = all_answer(put(world, path, value))
            assert open_points(results, world.claim), (path, value)


def test_nothing_at_all_passes_nothing():
    results = all_answer(changed(WORLDS[0], ("claim", Claim()), ("facts", Facts())))
    assert {one.code for one in results if one.outcome is Outcome.FAIL} == set(CODES) - {"N13"}


@pytest.mark.parametrize(
    "value",
    [
        {"more": 1},
        {"subject": {"type": "product"}},
        {"subject": []},
        {"residual_t": 1.5},
        {"residual_t": "1E3"},
        {"residual_t": "NaN"},
        {"next_update": "2026-1-1"},
        {"next_update": None},
        {"retirements": "41.0"},
        {"reductions": {"baseline_year": "2022"}},
        {"decisions": [{"check": "N04"}]},
    ],
)
def test_what_is_no_stored_claim(value):
    with pytest.raises(ClaimUnreadable):
        from_plain(value)


def test_an_unfinished_claim_is_stored_and_read():
    assert plain(Claim()) == {}
    assert from_plain({}) == Claim()
