"""Strict text forms of bytes and of moments: exactly one text for one value, anything else is refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache

_URL_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_LENGTH = 128
SHA256_MULTIHASH = b"\x12\x20"
"""Prefix of a SHA-256 digest as a multihash: the code of the function, then the length."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


class NotEncoded(ValueError):
    """This text is not the one right encoding of any value."""


def base64url(data: bytes) -> str:
    """RFC 4648, section 5, without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The inverse; raises NotEncoded for padding, other characters, or bits left over that are not zero."""
    if not isinstance(text, str) or not text.isascii() or "+" in text or "/" in text or "=" in text:
        raise NotEncoded("Not base64url.")
    padded = text.encode("ascii").translate(_URL_TO_STANDARD) + b"=" * (-len(text) % 4)
    try:
        data = binascii.a2b_base64(padded, strict_mode=True)
    except binascii.Error as problem:
        raise NotEncoded("Not base64url.") from problem
    last = len(data) % 3  # bytes of a last group that is not full: it alone can have bits left over
    if last and base64url(data[-last:]) != text[-last - 1 :]:
        raise NotEncoded("Not the shortest base64url.")
    return data


def base64_standard(data: bytes) -> str:
    """RFC 4648, section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64_standard(text: str) -> bytes:
    """The inverse; raises NotEncoded for anything that :func:`base64_standard` would not write."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise NotEncoded("Not base64.") from problem
    last = len(data) % 3  # bytes of a last group that is not full: it alone can have bits left over
    if len(text) != (len(data) + 2) // 3 * 4 or (last and base64_standard(data[-last:]) != text[-4:]):
        raise NotEncoded("Not the one right base64.")
    return data


def base58btc(data: bytes) -> str:
    """Base58 with Bitcoin's alphabet, big end first, one ``1`` for each zero byte in front (W3C Controlled Identifiers
    1.0, 3.1), without the multibase prefix."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def from_base58btc(text: str) -> bytes:
    """The inverse; raises NotEncoded for other characters and for more than 128 of them: keys, hashes and signatures
    are shorter, and the work grows with the square."""
    if len(text) > _BASE58_LENGTH or not set(text) <= set(_BASE58):
        raise NotEncoded("Not base58btc.")
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def digest_multibase(data: bytes) -> str:
    """SHA-256 of ``data`` as a multihash in base58btc (W3C Controlled Identifiers 1.0, 2.4 and 2.5): 46 characters
    that begin with ``zQm``."""
    return "z" + base58btc(SHA256_MULTIHASH + hashlib.sha256(data).digest())


@lru_cache(maxsize=1024)
def moment_text(moment: datetime) -> str:
    """UTC with seconds, such as ``2026-11-22T08:00:00Z``. Raises ValueError for a moment without a time
    zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


@lru_cache(maxsize=1024)
def from_moment_text(text: str) -> datetime:
    """The inverse; raises NotEncoded for any other form or an impossible date."""
    if not _MOMENT.match(text):
        raise NotEncoded("Not a moment such as 2026-11-22T08:00:00Z.")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as problem:
        raise NotEncoded("No such moment.") from problem
