"""Bitstring Status List v1.0 (W3C Recommendation of 15 May 2025): bits as text, and what one entry says by one list.

Rules
1. A list is ``u`` (multibase: base64url without padding) and the GZIP form (RFC 1952) of the bits: at least
   131,072 entries, bit 0 the left-most of the first byte (2.2, 3.3, 3.4).
2. One GZIP member and nothing after it; nothing is inflated beyond ``limits.STATUS_LIST_BYTES``.
3. An index is a whole number from 0 in base 10, as a string, without sign or leading zero (2.1).
4. A status is read for one purpose, from a list that names it, wholly inside the bits (3.2).
5. What is wrong carries the error of the standard's section 3.5, or its RANGE_ERROR and MALFORMED_VALUE_ERROR.
6. ``ttl`` is neither written nor obeyed: the period of validity alone says how long a list may be relied on (2.2).

Example: ``bit(decode(encode(set_bits({7}, 131_072))), 7)`` is True, and every other one False.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from certificates import limits
from certificates.encoding import NotEncoded, base64url, from_base64url

ENTRIES = 131_072
"""The least number of entries a list has, so that an index tells nothing of who is asked about (3.2)."""
MULTIBASE = "u"
_GZIP = 31  # zlib: a window of 2^15 bytes, with the header and the trailer of RFC 1952
_INDEX = re.compile(r"(0|[1-9][0-9]{0,99})\Z")
_STATUS = re.compile(r"0x([0-9A-Fa-f]{1,4})\Z")
_LARGEST_SIZE = 8
_REQUIRED = ("type", "statusPurpose", "statusListIndex", "statusListCredential")

MALFORMED = "MALFORMED_VALUE_ERROR"
VERIFICATION = "STATUS_VERIFICATION_ERROR"
LENGTH = "STATUS_LIST_LENGTH_ERROR"
RANGE = "RANGE_ERROR"


class NotAStatusList(ValueError):
    """This is not a status list, or not one for this entry. ``error`` is the standard's name of what is wrong."""

    def __init__(self, message: str, error: str = MALFORMED) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Status:
    """What a list says of an entry: ``valid`` is that the value is 0; ``message`` is empty where none is defined."""

    purpose: str
    value: int
    message: str = ""

    @property
    def valid(self) -> bool:
        """Section 3.2: status 0."""
        return self.value == 0


def set_bits(indexes: Iterable[int], entries: int = ENTRIES) -> bytes:
    """``entries`` bits (a multiple of 8), those of ``indexes`` set. Raises NotAStatusList outside the range."""
    if entries < ENTRIES or entries % 8:
        raise NotAStatusList(f"A list has at least {ENTRIES} entries, a multiple of 8.", LENGTH)
    made = bytearray(entries // 8)
    for index in indexes:
        if not 0 <= index < entries:
            raise NotAStatusList(f"Index {index} is not in a list of {entries}.", RANGE)
        made[index // 8] |= 0x80 >> index % 8
    return bytes(made)


def encode(bits: bytes) -> str:
    """Rule 1, the same text for the same bits. Raises NotAStatusList for too few or too many."""
    _check_length(len(bits))
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return MULTIBASE + base64url(packer.compress(bits) + packer.flush())


def decode(text: Any) -> bytes:
    """The bits of ``encodedList``. Raises NotAStatusList for another form, damage, more after the end (rule 2), too
    few or too many bits."""
    if not isinstance(text, str) or not text.startswith(MULTIBASE):
        raise NotAStatusList("encodedList is no multibase text of base64url.")
    if len(text) > limits.STATUS_TEXT_CHARACTERS:
        raise NotAStatusList("encodedList is longer than is read.", LENGTH)
    try:
        packed = from_base64url(text[len(MULTIBASE) :])
    except NotEncoded as problem:
        raise NotAStatusList("encodedList is not base64url without padding.") from problem
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits = unpacker.decompress(packed, limits.STATUS_LIST_BYTES + 1)
    except zlib.error as problem:
        raise NotAStatusList("encodedList is not in the GZIP form, or is damaged.") from problem
    _check_length(len(bits), whole=unpacker.eof)
    if not unpacker.eof or unpacker.unused_data:
        raise NotAStatusList("encodedList is cut off, or something follows its end.")
    return bits


def value(bits: bytes, index: int, size: int = 1) -> int:
    """The ``size`` bits at ``index`` times ``size``, the left-most first. Raises NotAStatusList outside the bits."""
    start = index * size
    if index < 0 or start + size > len(bits) * 8:
        raise NotAStatusList(f"Index {index} is not in a list of {len(bits) * 8 // size}.", RANGE)
    found = 0
    for place in range(start, start + size):
        found = found << 1 | bits[place // 8] >> (7 - place % 8) & 1
    return found


def bit(bits: bytes, index: int) -> bool:
    """True where the bit of ``index`` is set; 0 is the left-most. Raises NotAStatusList outside the bits."""
    return value(bits, index) == 1


def index_of(text: Any) -> int:
    """Rule 3; raises NotAStatusList."""
    if not isinstance(text, str) or not _INDEX.match(text):
        raise NotAStatusList("statusListIndex is not a whole number from 0 in base 10, as a string.")
    return int(text)


def check(entry: Any, listed: Any) -> Status:
    """What the list's credential ``listed`` says of ``entry``, one ``credentialStatus`` (3.2). Both are parsed JSON;
    that ``listed`` is what ``statusListCredential`` leads to, signed and in its period, the caller has checked.

    Raises NotAStatusList with the error of the standard.
    """
    size, index = _checked_entry(entry), index_of(entry["statusListIndex"])
    subject = _checked_list(listed)
    if entry["statusPurpose"] not in _purposes(subject):
        raise NotAStatusList(f"The list is not for {entry['statusPurpose']!r}.", VERIFICATION)
    if "id" in listed and listed["id"] != entry["statusListCredential"]:
        raise NotAStatusList("The list has another address than the entry names.", VERIFICATION)
    bits = decode(subject["encodedList"])
    if len(bits) * 8 // size < ENTRIES:
        raise NotAStatusList(f"The list has fewer than {ENTRIES} entries.", LENGTH)
    found = value(bits, index, size)
    return Status(entry["statusPurpose"], found, _messages(entry, size).get(found, ""))


def _check_length(size: int, *, whole: bool = True) -> None:
    if size > limits.STATUS_LIST_BYTES or (whole and size * 8 < ENTRIES):
        raise NotAStatusList(f"A list has from {ENTRIES} to {limits.STATUS_LIST_BYTES * 8} bits.", LENGTH)


def _checked_entry(entry: Any) -> int:
    """The size of the entry's status in bits; the MUSTs of section 2.1 hold."""
    if not isinstance(entry, dict) or any(not isinstance(entry.get(name), str) for name in _REQUIRED):
        raise NotAStatusList(f"A status entry has {', '.join(_REQUIRED)}, each a string.")
    if entry["type"] != "BitstringStatusListEntry" or not entry["statusPurpose"]:
        raise NotAStatusList("The entry is no BitstringStatusListEntry with a purpose.")
    if entry.get("id", "") == entry["statusListCredential"]:
        raise NotAStatusList("The entry's id must not be the address of its list.")
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _LARGEST_SIZE:
        raise NotAStatusList(f"statusSize is not a whole number from 1 to {_LARGEST_SIZE}.")
    if size > 1 and "statusMessage" not in entry:
        raise NotAStatusList("A status of several bits has its messages.")
    _messages(entry, size)
    return size


def _messages(entry: Mapping[str, Any], size: int) -> dict[int, str]:
    if "statusMessage" not in entry:
        return {}
    given = entry["statusMessage"]
    if not isinstance(given, list) or len(given) != 2**size:
        raise NotAStatusList(f"statusMessage has one message for each of the {2**size} values.")
    found = {}
    for one in given:
        status, message = (one.get("status"), one.get("message")) if isinstance(one, dict) else (None, None)
        read = _STATUS.match(status) if isinstance(status, str) else None
        if read is None or not isinstance(message, str):
            raise NotAStatusList("A message has status, hexadecimal after 0x, and message.")
        found[int(read[1], 16)] = message
    if set(found) != set(range(2**size)):
        raise NotAStatusList("statusMessage names a value twice or one that cannot be.")
    return found


def _checked_list(listed: Any) -> Mapping[str, Any]:
    """The list's subject; the MUSTs of section 2.2 hold."""
    kinds = listed.get("type") if isinstance(listed, dict) else None
    if not isinstance(kinds, list) or "BitstringStatusListCredential" not in kinds:
        raise NotAStatusList("This is no BitstringStatusListCredential.", VERIFICATION)
    subject = listed.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise NotAStatusList("The credential's subject is no BitstringStatusList.")
    return subject


def _purposes(subject: Mapping[str, Any]) -> list[str]:
    given = subject.get("statusPurpose")
    purposes = [given] if isinstance(given, str) else given
    if not isinstance(purposes, list) or not purposes or not all(isinstance(one, str) for one in purposes):
        raise NotAStatusList("statusPurpose is one or more strings.")
    return purposes
