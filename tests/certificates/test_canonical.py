import hashlib

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse, sha256_hex

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


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
