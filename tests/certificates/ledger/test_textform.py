"""Ledgers as text: exact in both directions, no text forges a line, every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgermaking import ANY_ENTRY, TODAY, entries

from certificates.ledger.book import fold
from certificates.ledger.entries import KINDS, Acquire, Entry, Retire, Reverse, name_of, plain
from certificates.ledger.textform import TextUnreadable, heading, parse, quoted, read, write

VECTOR = Path(__file__).parents[2] / "vectors" / "ledger-text.txt"


def test_the_frozen_ledger_reads_and_writes_the_same() -> None:
    """Written on the first day of the format; it is never written again."""
    text = VECTOR.read_text(encoding="utf-8")
    found = read(text)
    assert {name_of(one.entry) for one in found} == set(KINDS)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    head = [line.removeprefix(";").removeprefix(" ") for line in text.split("\n\n")[0].split("\n")]
    assert write((one.entry for one in found), numbers=[one.number or 0 for one in found], head=head) == text
    assert fold(parse(text), TODAY).sequence == len(found)


def test_the_frozen_ledger_means_what_it_says() -> None:
    first, *_, retired, reversed_, last = parse(VECTOR.read_text(encoding="utf-8"))
    assert (
        isinstance(first, Acquire) and first.lot.name == '示例 "海上" 风电\n二期' and not first.lot.tradable
    )
    assert isinstance(retired, Retire) and retired.beneficiary.code == "91320200MA1EXAMPL0"
    assert isinstance(reversed_, Reverse) and reversed_.entry == 7
    assert plain(last)["expected"] == {"amount": "10.000", "unit": "MWh"}


@given(st.lists(ANY_ENTRY, max_size=4))
def test_any_entries_read_back(made: list[Entry]) -> None:
    text = write(made)
    assert list(parse(text)) == made
    assert text.replace("\n", "").isprintable()
    assert write(parse(text)) == text


@given(st.text(max_size=30))
def test_a_value_is_one_value_on_one_line(value: str) -> None:
    text = quoted(value)
    assert text.isprintable()
    (entry,) = parse(f"2026-01-05 reverse {text}\n  entry: 1\n  reason: {text}\n")
    assert isinstance(entry, Reverse) and entry.account == entry.reason == value


@given(st.text(max_size=200) | st.text(alphabet='2026-01-05 reverse\n\t:;"\\u#', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        made = parse(text)
    except TextUnreadable as error:
        problems = error.problems
    else:
        assert parse(write(made)) == made
        return
    assert problems and all(one.where and one.sentence("zh") for one in problems)


def test_the_head_is_comment_whatever_it_says() -> None:
    head = heading(
        "Ledger 台账", {"works": "x\n2026-01-05 reverse works", "other": "\u2028; y"}, ("gec held 10 MWh",)
    )
    text = write((), head=head)
    assert parse(text) == () and text.count("\n") == len(head)
    assert all(line.startswith(";") for line in text.splitlines())


def test_numbers_are_one_for_each_entry() -> None:
    made = entries("2026-01-05 reverse works\n  entry: 1\n  reason: x\n")
    assert write(made, numbers=[7]).startswith("2026-01-05 reverse works #7\n")
    with pytest.raises(ValueError, match="zip"):
        write(made, numbers=[7, 8])


def test_notes_on_writing_are_free() -> None:
    """Comments, blank lines, a byte order mark, carriage returns and the order of fields mean nothing."""
    text = (
        '\ufeff; head\r\n2026-01-05 reverse works ; why\r\n\r\n\treason: "a;b" ; not this\r\n  entry: 1\r\n'
    )
    (entry,) = parse(text)
    assert isinstance(entry, Reverse) and (entry.entry, entry.reason) == (1, "a;b")


WRONG = {
    "a day that is none": ("2026-02-30 reverse works", {1: "text-line"}),
    "a day written otherwise": ("20260105 reverse works", {1: "text-line"}),
    "a kind that is none": ("2026-01-05 vanish works\n  entry: 1", {1: "text-line"}),
    "no account": ("2026-01-05 reverse", {1: "text-line"}),
    "too many words": ("2026-01-05 reverse works twice", {1: "text-line"}),
    "a field without an entry": ("  entry: 1", {1: "text-line"}),
    "an unknown field": (
        "2026-01-05 reverse w\n  entry: 1\n  reason: x\n  span: 3",
        {4: "text-field-unknown"},
    ),
    "a field twice": ("2026-01-05 reverse w\n  entry: 1\n  reason: x\n  entry: 2", {4: "text-field-twice"}),
    "a field missing": ("2026-01-05 reverse w\n  entry: 1", {1: "text-field-missing"}),
    "a number with a sign": ("2026-01-05 reverse w\n  entry: +1\n  reason: x", {2: "text-value"}),
    "a number with a zero": ("2026-01-05 reverse w\n  entry: 01\n  reason: x", {2: "text-value"}),
    "two values for one": ("2026-01-05 reverse w\n  entry: 1 2\n  reason: x", {2: "text-value"}),
    "no value": ("2026-01-05 reverse w\n  entry:\n  reason: x", {2: "text-value"}),
    "an open quote": ('2026-01-05 reverse w\n  entry: 1\n  reason: "x', {3: "text-value"}),
    "an unknown escape": ('2026-01-05 reverse w\n  entry: 1\n  reason: "\\x"', {3: "text-value"}),
    "a character beyond the last": (
        '2026-01-05 reverse w\n  entry: 1\n  reason: "\\Uffffffff"',
        {3: "text-value"},
    ),
    "a character that is not printed": (
        '2026-01-05 reverse w\n  entry: 1\n  reason: "\u202e"',
        {3: "text-value"},
    ),
    "bare words of other characters": ("2026-01-05 reverse w\n  entry: 1\n  reason: 误", {3: "text-value"}),
    "a range backwards": ("2026-01-05 transfer w\n  units: 2-1 of x\n  to: o", {2: "text-value"}),
    "a range without a numbering": ("2026-01-05 transfer w\n  units: 1-2\n  to: o", {2: "text-value"}),
    "a mixed unit": ("2026-01-05 assert w\n  balance: gec 1 kWh", {2: "text-value"}),
    "an amount in powers": ("2026-01-05 assert w\n  balance: gec 1e3 MWh", {2: "text-value"}),
    "a serial without units": (
        "2026-01-05 acquire w\n  lot: ccer X\n  vintage: 2025-01-01 2025-01-31",
        {1: "text-field-missing"},
    ),
    "a count that the serial contradicts": (
        '2026-01-05 acquire w\n  lot: acr "ACR-FR-1-2025-2-1 to 9"\n  units: 10\n  vintage: 2025-01-01 2025-01-31',
        {3: "text-value"},
    ),
    "a vintage backwards": (
        "2026-01-05 acquire w\n  lot: ccer X\n  units: 1\n  vintage: 2025-02-01 2025-01-31",
        {1: "text-value"},
    ),
    "a kind of instrument that is none": (
        "2026-01-05 acquire w\n  lot: gold X\n  units: 1\n  vintage: 2025-01-01 2025-01-31",
        {2: "text-value"},
    ),
    "everything at once": (
        "x\n2026-01-05 reverse w\n  reason: x\n  ?\n2026-01-05 assert w\n  balance: gec one MWh\n",
        {1: "text-line", 2: "text-field-missing", 4: "text-line", 6: "text-value"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(text: str, expected: dict[int, str]) -> None:
    with pytest.raises(TextUnreadable) as error:
        parse(dedent(text))
    assert {int(one.where.split()[1]): one.code for one in error.value.problems} == expected
    assert len(error.value.problems) == len(expected) and "line" in str(error.value)


def test_fields_of_what_is_no_entry_are_not_told_again() -> None:
    with pytest.raises(TextUnreadable) as error:
        parse("2026-01-05 vanish works\n  one: 1\n  two: 2\n")
    assert len(error.value.problems) == 1
