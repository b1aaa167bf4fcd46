"""The QR code of a label: the address of its verification page and nothing else.

Level M (ISO/IEC 18004:2024: 15 % of the code may be lost); the template keeps four modules free around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

QUIET_ZONE = 4
MAX_URL = 300


class UnfitAddress(ValueError):
    """The verification address must be a plain http or https address of at most 300 ASCII characters."""


def modules(url: str) -> list[list[tuple[int, int]]]:
    """The dark runs of each row as (first column, length), without the quiet zone; raises UnfitAddress."""
    import segno

    check_address(url)
    code = segno.make(url, error="m", micro=False, boost_error=False)
    return [_runs(row) for row in code.matrix_iter(border=0)]


def check_address(url: str) -> None:
    """Raise UnfitAddress unless ``url`` is short printable ASCII without spaces, with scheme and host."""
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>"{}|\\^`')
    if not plain or len(url) > MAX_URL:
        raise UnfitAddress(UnfitAddress.__doc__)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise UnfitAddress(UnfitAddress.__doc__)


def _runs(row: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
