import hashlib
import struct

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.canonical import (
    NotCanonical,
    NotJson,
    canonical_bytes,
    number_text,
    parse,
    parse_canonical,
    same,
    sha256_hex,
    writes,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def nested(leaves):
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    )


LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
PLAIN = nested(LEAVES)
WITH_NUMBERS = nested(LEAVES | st.floats(allow_nan=False, allow_infinity=False))


def test_rfc_8785_literals_and_string(vectors):
    vector = vectors("rfc8785.json")["literals_and_string"]
    assert canonical_bytes(parse(vector["input"].encode())) == vector["canonical"].encode()


def test_rfc_8785_sorting_by_utf16_code_units(vectors):
    vector = vectors("rfc8785.json")["sorting"]
    again = parse(canonical_bytes(parse(vector["input"].encode())))
    assert list(again.values()) == vector["order"]


def test_rfc_8785_utf8(vectors):
    vector = vectors("rfc8785.json")
    whole, numbers = bytes.fromhex(vector["utf8"]["hex"]), vector["utf8"]["without"].encode()
    assert whole.count(numbers) == 1
    expected = whole.replace(numbers, b"")
    assert canonical_bytes(parse(vector["literals_and_string"]["input"].encode())) == expected


def test_rfc_8785_numbers_that_are_no_whole_numbers_are_refused(vectors):
    for text in vectors("rfc8785.json")["refused_numbers"]["inputs"]:
        with pytest.raises(NotJson):
            parse(b'{"n":' + text.encode() + b"}")


@settings(max_examples=150, deadline=None)
@given(PLAIN)
def test_agrees_with_an_independent_implementation_and_reads_back(value):
    made = canonical_bytes(value)
    assert made == rfc8785.dumps(value)
    assert parse(made) == value
    assert canonical_bytes(parse(made)) == made


def double(text):
    return struct.unpack(">d", bytes.fromhex(text))[0]


def test_rfc_8785_numbers_of_appendix_b(vectors):
    vector = vectors("rfc8785-numbers.json")
    assert {bits: number_text(double(bits)) for bits in vector["texts"]} == vector["texts"]
    for bits in vector["none"]:
        with pytest.raises(NotCanonical):
            canonical_bytes({"n": double(bits)}, numbers=True)


def test_rfc_8785_whole_example_with_its_numbers(vectors):
    vector = vectors("rfc8785.json")
    text = vector["literals_and_string"]["input"].encode()
    numbers = b'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], '
    whole = parse(text.replace(b"{", numbers, 1), numbers=True)
    assert canonical_bytes(whole, numbers=True) == bytes.fromhex(vector["utf8"]["hex"])


@settings(max_examples=200, deadline=None)
@given(WITH_NUMBERS)
def test_with_numbers_too_it_agrees_with_an_independent_implementation(value):
    made = canonical_bytes(value, numbers=True)
    assert made == rfc8785.dumps(value)
    assert canonical_bytes(parse(made, numbers=True), numbers=True) == made


@pytest.mark.parametrize("text", [b"1e999", b"-1e999", b"NaN", b"9" * 400, b"01.5", b"1.", b".5"])
def test_what_is_no_double_is_refused(text):
    with pytest.raises(NotJson):
        parse(text, numbers=True)


@pytest.mark.parametrize("value", [1.5, [1.5], (1.5,), {"a": [{"b": 1.5}]}, {"\U0001f33f": 1.5}])
def test_a_float_is_refused_wherever_it_stands_unless_asked_for(value):
    with pytest.raises(NotCanonical):
        canonical_bytes(value)
    assert canonical_bytes(value, numbers=True)


def deep(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_what_is_written_is_no_deeper_than_what_is_read():
    assert parse(canonical_bytes(deep(16))) == deep(16)
    for value in (deep(18), {"a": deep(17)}, [1.5, deep(17)]):
        with pytest.raises(NotCanonical):
            canonical_bytes(value, numbers=True)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        {1: "a"},
        "\ud800",
        {"\udfff": 1},
        b"bytes",
        object(),
        {"a": {1, 2}},
    ],
)
def test_values_without_canonical_form_are_refused(value):
    with pytest.raises(NotCanonical):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b"1.0",
        b"1e3",
        b"-0.0",
        b"9007199254740992",
        b"9" * 5000,
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b"",
        b"{} {}",
        b"[" * 17 + b"]" * 17,
        b"[" * 900_000,
        b"{" * 100,
        b'{"a":' * 90_000,
        b" " * 1_000_001,
        b'{"' + b'\\"' * 490_000,
        b"{" + b'"' * 999_998,
        b"Infinity",
        b"'a'",
        "“”".encode(),
    ],
)
def test_hostile_json_is_refused(text):
    with pytest.raises(NotJson):
        parse(text)


def test_sixteen_levels_are_enough_and_brackets_in_strings_do_not_count():
    assert parse(b"[" * 16 + b"]" * 16)
    assert parse(b'["' + b"[{" * 1000 + b'\\"[[[[["]') == ["[{" * 1000 + '"[[[[[']


def test_digest_is_over_the_canonical_bytes():
    assert sha256_hex({"b": "1", "a": None}) == hashlib.sha256(b'{"a":null,"b":"1"}').hexdigest()


@settings(max_examples=200, deadline=None)
@given(WITH_NUMBERS)
def test_what_is_canonical_is_read_the_short_way_to_the_same_value(value):
    made = canonical_bytes(value, numbers=True)
    read = parse_canonical(made, numbers=True)
    assert read == parse(made, numbers=True) and repr(read) == repr(parse(made, numbers=True))
    assert writes(value, made) and writes(read, made)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_short_way_refuses_what_the_long_way_refuses(data):
    """A canonical text with one place changed: both ways read it alike, or neither reads it."""
    made = bytearray(canonical_bytes(data.draw(WITH_NUMBERS), numbers=True))
    place = data.draw(st.integers(0, len(made)))
    made[place : place + data.draw(st.integers(0, 1))] = data.draw(
        st.sampled_from(
            [b"", b"0", b"1", b".", b"-", b"e", b" ", b'"', b"\\", b",", b"[", b"]", b"true", b"NaN", b"\xf0"]
        )
    )
    text = bytes(made)
    try:
        long_way = parse(text, numbers=True)
        canonical = canonical_bytes(long_way, numbers=True) == text
    except (NotJson, NotCanonical):
        canonical = False
    if canonical:
        assert repr(parse_canonical(text, numbers=True)) == repr(long_way)
    else:
        with pytest.raises((NotJson, NotCanonical)):
            parse_canonical(text, numbers=True)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a": 1}', b"[1.0]", b"[12.350]", b"[-0]", b"[-0.0]", b"[1e2]", b"[01]",
        b"[NaN]", b"[Infinity]", b"[0.1000000000000000055511151231257827]", b"[1]\n",
        b"\xef\xbb\xbf[]", b'["\\u0041"]', b'["\xed\xa0\x80"]', b"[" * 17 + b"]" * 17,
    ],
)  # fmt: skip
def test_other_spellings_are_refused(text):
    with pytest.raises((NotJson, NotCanonical)):
        parse_canonical(text, numbers=True)


def test_names_beyond_ffff_are_in_the_order_of_utf_16():
    made = canonical_bytes({"\uffff": 1, "\U00010000": 2})
    assert parse_canonical(made) == {"\uffff": 1, "\U00010000": 2} and made.index(b"\xf0") < made.index(
        b"\xef"
    )


def test_a_text_is_that_of_a_value_and_of_no_other():
    made = canonical_bytes({"a": [1, True, "x", 1.5]}, numbers=True)
    assert writes({"a": [1, True, "x", 1.5]}, made)
    for other in ({"a": [1, 1, "x", 1.5]}, {"a": [True, True, "x", 1.5]}, {"a": [1, True, "x", 1.50001]}, {}):
        assert not writes(other, made)
    assert writes({"a": 12.0}, b'{"a":12}')
    with pytest.raises(NotCanonical):
        writes({"a": {1, 2}}, made)


@settings(max_examples=300, deadline=None)
@given(WITH_NUMBERS, WITH_NUMBERS)
def test_what_is_the_same_has_the_same_form(one, other):
    assert (
        same(one, parse(canonical_bytes(one, numbers=True), numbers=True))
        or "." in repr(one)
        or "e" in repr(one)
    )
    if same(one, other):
        assert canonical_bytes(one, numbers=True) == canonical_bytes(other, numbers=True)


def test_the_same_is_of_one_kind_in_every_part():
    made = {"a": [1, True, None, "x", 1.5], "b": {"c": "1"}}
    assert same(made, {"b": {"c": "1"}, "a": [1, True, None, "x", 1.5]})
    for other in (
        {"a": [True, True, None, "x", 1.5], "b": {"c": "1"}},
        {"a": [1, 1, None, "x", 1.5], "b": {"c": "1"}},
        {"a": [1.0, True, None, "x", 1.5], "b": {"c": "1"}},
        {"a": [1, True, None, "x", 1.5, ""], "b": {"c": "1"}},
        {"a": [1, True, None, "x", 1.5], "b": {"c": 1}},
        {"a": [1, True, None, "x", 1.5], "b": {"d": "1"}},
        {"a": [1, True, None, "x", 1.5], "b": ["c"]},
        {"a": [1, True, None, ["x"], 1.5], "b": {"c": "1"}},
        {"a": [1, True, 0, "x", 1.5], "b": {"c": "1"}},
        {"a": (1, True, None, "x", 1.5), "b": {"c": "1"}},
    ):
        assert not same(made, other) and not same(other, made)


def test_numbers_are_asked_for():
    with pytest.raises(NotJson):
        parse_canonical(b"[1.5]")
    assert parse_canonical(b"[1.5]", numbers=True) == [1.5]
