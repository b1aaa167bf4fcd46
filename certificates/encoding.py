"""Strict text forms of bytes and of moments: exactly one text for one value, anything else is refused."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


class NotEncoded(ValueError):
    """This text is not the one right encoding of any value."""


def base64url(data: bytes) -> str:
    """RFC 4648, section 5, without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The inverse; raises NotEncoded for padding, other characters, or bits left over that are not zero."""
    if not _BASE64URL.match(text) or len(text) % 4 == 1:
        raise NotEncoded("Not base64url.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise NotEncoded("Not the shortest base64url.")
    return data


def base64_standard(data: bytes) -> str:
    """RFC 4648, section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64_standard(text: str) -> bytes:
    """The inverse; raises NotEncoded for anything that :func:`base64_standard` would not write."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise NotEncoded("Not base64.") from problem
    if base64_standard(data) != text:
        raise NotEncoded("Not the one right base64.")
    return data


def moment_text(moment: datetime) -> str:
    """UTC with seconds, such as ``2026-11-22T08:00:00Z``. Raises ValueError for a moment without a time
    zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_moment_text(text: str) -> datetime:
    """The inverse; raises NotEncoded for any other form or an impossible date."""
    if not _MOMENT.match(text):
        raise NotEncoded("Not a moment such as 2026-11-22T08:00:00Z.")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as problem:
        raise NotEncoded("No such moment.") from problem
