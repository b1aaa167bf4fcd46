"""A second signature beside ours, by SM2: for readers in China whose rules ask for its algorithms.

Rules
1. Never the only one: it stands in an optional member ``sm2`` of a bundle, ``{"kid", "value"}``, and signs the very
   bytes that the first one signed. Without it, and without its library, every verdict is what it was.
2. Off unless the key set holds a key of the use ``sm2`` (``tanbiao keys rotate sm2``), in the file and not in a token.
3. A verifier without the library ``gmssl`` says that it did not check.

Example: ``member = sign(keys, data, now)``; ``verify(member, data, issuer, now)`` is ``"good"``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from certificates.encoding import NotEncoded, base64url, from_base64url
from certificates.keys import sm2
from certificates.keys.sm2 import Sm2PublicKey

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from certificates.keys.trust import TrustedIssuer


def sign(keys: KeySet, data: bytes, at: datetime) -> dict[str, str] | None:
    """The member ``sm2`` of a bundle, ``{"kid", "value"}`` with base64url, over ``data``; None when the key set has
    no SM2 key that is valid then. Raises sm2.Sm2Unavailable."""
    if not any(key.use == "sm2" and key.usable_at(at) for key in keys.keys):
        return None
    value = keys.signer("sm2", at).sign(data)
    return {"kid": keys.active("sm2", at).kid, "value": base64url(value)}


def verify(member: Any, data: bytes, issuer: TrustedIssuer, at: datetime) -> str:
    """What a verifier says of the member ``sm2``: ``good``; ``unchecked`` when the library is not installed;
    ``bad`` for another form, a key that is not the issuer's, was not valid at ``at`` or is compromised, or a
    signature that does not hold."""
    try:
        if not isinstance(member, dict) or set(member) != {"kid", "value"}:
            return "bad"
        signature = from_base64url(member["value"])
    except (NotEncoded, TypeError):
        return "bad"
    key = issuer.key(member["kid"], "sm2")
    if key is None or not key.valid_at(at) or key.compromised_since is not None:
        return "bad"
    if not sm2.available():
        return "unchecked"
    assert isinstance(key.public, Sm2PublicKey)  # noqa: S101 - what the use asks for, by rule 2 of trust
    return "good" if sm2.holds(key.public, signature, data) else "bad"
