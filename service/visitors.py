"""Who asks, for counting how often: the address of a visitor.

Rules
1. The address is that of the connection, or the one told by as many proxies as the setting says (``service.app``).
2. An address of IPv6 counts as its whole /64: that is what one visitor is given, and may change within at will.

Example: ``visitor()`` is ``"203.0.113.7"``, or ``"2001:db8:1:2::/64"`` for ``2001:db8:1:2:3:4:5:6``.
"""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask_limiter.util import get_remote_address

ONE_VISITOR = 64
"""Bits of an IPv6 address that all addresses of one visitor have in common (RFC 6177, 2; RFC 7421)."""


def visitor() -> str:
    """The address of whoever asks now."""
    return counted(get_remote_address())


def counted(text: str) -> str:
    """Rule 2; a text that is no address stays as it is."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), ONE_VISITOR), strict=False))
