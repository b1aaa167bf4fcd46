"""One text for one value: moments and base64."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from certificates.encoding import (
    NotEncoded,
    base64_standard,
    base64url,
    from_base64_standard,
    from_base64url,
    from_moment_text,
    moment_text,
)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 22, 8, tzinfo=UTC), "2026-11-22T08:00:00Z"),
        (datetime(2026, 11, 22, 8, 0, 0, 999_999, tzinfo=UTC), "2026-11-22T08:00:00Z"),
        (datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=8))), "2026-11-22T00:00:00Z"),
        (datetime(999, 6, 1, tzinfo=UTC), "0999-06-01T00:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_moments(moment, text):
    assert moment_text(moment) == text
    assert moment_text(from_moment_text(text)) == text


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "2026-11-22T08:00:00+00:00", "2026-11-22T08:00:60Z", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z",
     "２０２６-11-22T08:00:00Z", "2026-11-22T08:00:00Z\n", "2026-11-22T24:00:00Z"],
)  # fmt: skip
def test_no_moments(text):
    with pytest.raises(NotEncoded):
        from_moment_text(text)


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A A", "AA\n", "Ａ", "AA+", "AAF"])
def test_no_base64url(text):
    with pytest.raises(NotEncoded):
        from_base64url(text)


@pytest.mark.parametrize("text", ["AA", "AB==", "AA==\n", "A A=", "Ａ===", "AA-=", "AA==AA=="])
def test_no_base64(text):
    with pytest.raises(NotEncoded):
        from_base64_standard(text)


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xfe", b"abc"])
def test_base64_round_trip(data):
    assert from_base64url(base64url(data)) == data and from_base64_standard(base64_standard(data)) == data
