"""Bitstring Status List v1.0: the known answer, the bits, and every error of the standard."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import bitstring, limits
from certificates.bitstring import NotAStatusList
from certificates.encoding import base64url, from_base64url

KNOWN = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
"""encodedList of the example in section 2.2: 16 KiB of zero bits."""
ADDRESS = "https://example.com/credentials/status/3"


def entry(**changes: object) -> dict[str, object]:
    """The first status entry of example 1."""
    given = {
        "id": f"{ADDRESS}#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": ADDRESS,
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def listed(bits: bytes = bytes(16_384), **changes: object) -> dict[str, object]:
    """The list of section 2.2."""
    subject = {
        "id": "https://example.com/status/3#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bitstring.encode(bits),
    }
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": ADDRESS,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:example:12345",
        "validFrom": "2021-04-05T14:27:40Z",
        "credentialSubject": {
            name: value for name, value in (subject | changes).items() if value is not None
        },
    }


def test_the_known_answer_of_the_standard():
    assert bitstring.encode(bytes(16_384)) == KNOWN
    assert bitstring.decode(KNOWN) == bytes(16_384)
    assert bitstring.check(entry(), listed(encodedList=KNOWN)) == bitstring.Status("revocation", 0)


def test_bit_0_is_the_left_most():
    bits = bitstring.set_bits([0, 9, 131_071])
    assert (bits[0], bits[1], bits[-1]) == (0x80, 0x40, 0x01)
    assert [bitstring.bit(bits, index) for index in (0, 1, 7, 8, 9, 131_071)] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]


def test_an_entry_that_is_set_is_not_valid():
    found = bitstring.check(entry(), listed(bitstring.set_bits([94_567])))
    assert (found.value, found.valid) == (1, False)
    assert bitstring.check(entry(), listed(bitstring.set_bits([94_566, 94_568]))).valid


MESSAGES = [{"status": f"0x{value:x}", "message": word} for value, word in enumerate(("a", "b", "c", "d"))]


@pytest.mark.parametrize(("bits", "value", "message"), [(0x00, 0, "a"), (0x40, 1, "b"), (0x80, 2, "c")])
def test_a_status_of_two_bits_has_its_message(bits, value, message):
    sized = entry(statusListIndex="4", statusSize=2, statusMessage=MESSAGES, statusPurpose="message")
    held = listed(bytes([0, bits]) + bytes(32_766), statusPurpose=["message", "refresh"])
    assert bitstring.check(sized, held) == bitstring.Status("message", value, message)


REFUSED = {
    "index beyond the list": (entry(statusListIndex="131072"), listed(), bitstring.RANGE),
    "index far beyond": (entry(statusListIndex="9" * 60), listed(), bitstring.RANGE),
    "index as a number": (entry(statusListIndex=94567), listed(), bitstring.MALFORMED),
    "negative index": (entry(statusListIndex="-1"), listed(), bitstring.MALFORMED),
    "index with a leading zero": (entry(statusListIndex="094567"), listed(), bitstring.MALFORMED),
    "index with a sign": (entry(statusListIndex="+94567"), listed(), bitstring.MALFORMED),
    "index in other digits": (entry(statusListIndex="９４"), listed(), bitstring.MALFORMED),
    "no index": (entry(statusListIndex=None), listed(), bitstring.MALFORMED),
    "no purpose": (entry(statusPurpose=None), listed(), bitstring.MALFORMED),
    "purposes in a list": (entry(statusPurpose=["revocation"]), listed(), bitstring.MALFORMED),
    "another purpose": (entry(statusPurpose="suspension"), listed(), bitstring.VERIFICATION),
    "another type of entry": (entry(type="StatusList2021Entry"), listed(), bitstring.MALFORMED),
    "the entry's id is the list": (entry(id=ADDRESS), listed(), bitstring.MALFORMED),
    "the list of another address": (
        entry(),
        listed() | {"id": "https://example.com/credentials/status/4"},
        bitstring.VERIFICATION,
    ),
    "no list": (entry(), [], bitstring.VERIFICATION),
    "a credential that is no list": (
        entry(),
        listed() | {"type": ["VerifiableCredential"]},
        bitstring.VERIFICATION,
    ),
    "a subject that is no list": (entry(), listed(type="StatusList2021"), bitstring.MALFORMED),
    "a list without purpose": (entry(), listed(statusPurpose=None), bitstring.MALFORMED),
    "a list without bits": (entry(), listed() | {"credentialSubject": {}}, bitstring.MALFORMED),
    "size 0": (entry(statusSize=0), listed(), bitstring.MALFORMED),
    "size as text": (entry(statusSize="1"), listed(), bitstring.MALFORMED),
    "size true": (entry(statusSize=True), listed(), bitstring.MALFORMED),
    "two bits without messages": (entry(statusSize=2), listed(), bitstring.MALFORMED),
    "two bits with one message": (
        entry(statusSize=2, statusMessage=MESSAGES[:1]),
        listed(),
        bitstring.MALFORMED,
    ),
    "a message twice": (
        entry(statusSize=2, statusMessage=[*MESSAGES[:3], MESSAGES[0]]),
        listed(),
        bitstring.MALFORMED,
    ),
    "two bits in a list that is too short for them": (
        entry(statusSize=2, statusMessage=MESSAGES),
        listed(),
        bitstring.LENGTH,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_checked_is_refused_with_the_standards_error(what):
    given_entry, given_list, error = REFUSED[what]
    with pytest.raises(NotAStatusList) as refused:
        bitstring.check(given_entry, given_list)
    assert refused.value.error == error


def packed(data: bytes) -> str:
    return "u" + base64url(gzip.compress(data, mtime=0))


ZEROS = from_base64url(KNOWN[1:])
NO_BITS = {
    "nothing": ("", bitstring.MALFORMED),
    "no text": (None, bitstring.MALFORMED),
    "no multibase": (KNOWN[1:], bitstring.MALFORMED),
    "base64 with padding": (KNOWN + "=", bitstring.MALFORMED),
    "base58 of multibase": ("z" + KNOWN[1:], bitstring.MALFORMED),
    "not base64url": ("u+/+/", bitstring.MALFORMED),
    "bare bits": ("u" + base64url(bytes(16_384)), bitstring.MALFORMED),
    "zlib, not gzip": ("u" + base64url(zlib.compress(bytes(16_384))), bitstring.MALFORMED),
    "a list that is too short": (packed(bytes(16_383)), bitstring.LENGTH),
    "an empty list": (packed(b""), bitstring.LENGTH),
    "cut off": ("u" + base64url(ZEROS[:-6]), bitstring.MALFORMED),
    "something behind the end": ("u" + base64url(ZEROS + b"\x00"), bitstring.MALFORMED),
    "a second gzip member": ("u" + base64url(ZEROS + ZEROS), bitstring.MALFORMED),
    "a wrong check sum": ("u" + base64url(ZEROS[:-8] + b"\x01" + ZEROS[-7:]), bitstring.MALFORMED),
    "more than is inflated": (packed(bytes(limits.STATUS_LIST_BYTES + 1)), bitstring.LENGTH),
    "a bomb": (packed(bytes(50 * limits.STATUS_LIST_BYTES)), bitstring.LENGTH),
    "text longer than is read": ("u" + "A" * limits.STATUS_TEXT_CHARACTERS, bitstring.LENGTH),
}


@pytest.mark.parametrize("what", NO_BITS)
def test_what_holds_no_bits_is_refused(what):
    text, error = NO_BITS[what]
    with pytest.raises(NotAStatusList) as refused:
        bitstring.decode(text)
    assert refused.value.error == error


@pytest.mark.parametrize("size", [0, 16_383, limits.STATUS_LIST_BYTES + 1])
def test_nothing_is_encoded_that_would_not_be_decoded(size):
    with pytest.raises(NotAStatusList):
        bitstring.encode(bytes(size))


@pytest.mark.parametrize(
    ("indexes", "entries"), [([131_072], 131_072), ([-1], 131_072), ([], 8), ([], 131_073)]
)
def test_no_bit_is_set_outside_the_list(indexes, entries):
    with pytest.raises(NotAStatusList):
        bitstring.set_bits(indexes, entries)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(16_384, 40_000))
def test_bits_come_back_as_they_went(seed, size):
    bits = random.Random(seed).randbytes(size)
    assert bitstring.decode(bitstring.encode(bits)) == bits


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 131_071), max_size=200), st.integers(0, 131_071))
def test_a_bit_is_set_when_it_was_set(indexes, index):
    assert bitstring.bit(bitstring.set_bits(indexes), index) == (index in indexes)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=80), st.binary(max_size=80).map(lambda data: "u" + base64url(data))))
def test_any_text_is_bits_or_refused(text):
    try:
        bits = bitstring.decode(text)
    except NotAStatusList:
        return
    assert len(bits) >= 16_384
