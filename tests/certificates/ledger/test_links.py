"""The stored form of entries and the hash chain over them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgermaking import ANY_ENTRY, entries

from certificates.canonical import NotCanonical, canonical_bytes
from certificates.ledger.entries import Entry, EntryUnreadable, Reverse, from_plain, plain
from certificates.ledger.links import Linked, content_of, first_broken, link

CHAINED = """
    2026-01-05 acquire works
      $gec
      units: 10
    2026-01-06 split works
      units: 1-10 of $G
      into: 1-4
      into: 5-10
    2026-01-07 retire works
      units: 1-4 of $G
      $name
"""


def asserting(amount: str) -> dict:
    expected = {"amount": amount, "unit": "MWh"}
    return {"type": "assert", "on": "2026-01-05", "account": "a", "kind": "gec", "expected": expected}


def chain(ledger: str) -> list[Linked]:
    linked: list[Linked] = []
    previous = ""
    for sequence, entry in enumerate(entries(ledger), 1):
        content, at, by = content_of(entry), f"2026-01-0{sequence}T08:00:00Z", "person"
        previous = link(sequence, at, by, content, previous)
        linked.append(Linked(sequence, at, by, content, previous))
    return linked


@given(ANY_ENTRY)
def test_content_is_the_canonical_form(entry: Entry) -> None:
    try:
        expected = canonical_bytes(plain(entry))
    except NotCanonical:
        with pytest.raises(NotCanonical):
            content_of(entry)
        return
    assert content_of(entry).encode() == expected
    assert from_plain(json.loads(expected)) == entry


@given(st.integers(1, 99), st.text(), st.text(), st.text(), st.text())
def test_a_link_hashes_the_canonical_form(
    sequence: int, at: str, by: str, content: str, previous: str
) -> None:
    from hashlib import sha256

    fields = {"sequence": sequence, "at": at, "by": by, "content": content, "previous": previous}
    assert link(sequence, at, by, content, previous) == sha256(canonical_bytes(fields)).hexdigest()


def test_a_chain_holds() -> None:
    assert first_broken(chain(CHAINED)) is None
    assert first_broken([]) is None


def test_a_chain_can_be_checked_in_parts() -> None:
    linked = chain(CHAINED)
    assert first_broken(linked[1:], previous=linked[0].link, expected=2) is None


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "tampered",
    [
        lambda one: replace(one, content=one.content.replace("works", "other")),
        lambda one: replace(one, at="2026-01-09T08:00:00Z"),
        lambda one: replace(one, by="somebody"),
        lambda one: replace(one, sequence=one.sequence + 1),
        lambda one: replace(one, link="0" * 64),
        lambda one: replace(one, link=link(one.sequence, one.at, one.by, one.content, "f" * 64)),
    ],
    ids=["content", "moment", "person", "number", "link", "previous"],
)
def test_any_tampering_is_found_and_named(place: int, tampered) -> None:
    linked = chain(CHAINED)
    linked[place] = tampered(linked[place])
    assert first_broken(linked) == place + 1


@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_entry_is_found(place: int) -> None:
    linked = chain(CHAINED)
    del linked[place]
    assert first_broken(linked) == place + 1


def test_exchanged_entries_are_found() -> None:
    first, second, third = chain(CHAINED)
    assert first_broken([first, third, second]) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"type": "vanish"},
        {"type": "reverse", "on": "2026-01-05", "account": "works", "entry_": 1},
        {"type": "acquire", "on": "2026-1-5", "account": "works"},
        {
            "type": "transfer",
            "on": "2026-01-05",
            "account": "w",
            "to": "b",
            "span": {"space": "x", "first": True},
        },
        asserting("1e9999999"),
        asserting(" 1"),
        asserting("NaN"),
        asserting("１"),
    ],
)
def test_what_is_no_stored_form_is_refused(broken: dict) -> None:
    with pytest.raises(EntryUnreadable):
        from_plain(broken)


def test_a_number_json_does_not_carry_is_refused() -> None:
    with pytest.raises(TypeError):
        plain(Reverse(on=date(2026, 1, 5), account="works", entry=2**53, reason="x"))
