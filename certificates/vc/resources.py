"""Related resources: files that a credential rests on, by digest (VC Data Model 2.0, 5.3).

Rules
1. Each is an object with an ``id`` that no other has, and ``digestSRI`` or ``digestMultibase``.
2. Where the resource is at hand, or its digests stand in ``contexts.toml``, every digest must be right and in a form
   that can be compared; of other resources nothing is said. Nothing is fetched.
3. ``digestSRI`` is SHA-256, -384 or -512 in base64 (W3C Subresource Integrity). ``digestMultibase`` is ``z``
   (base58btc) or ``u`` (base64url) and SHA-256 as a multihash, or bare, as examples of the specification write it.

Example: ``list(findings([{"id": url, "digestSRI": "sha384-…"}], "relatedResource", {url: data})) == []``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from certificates.encoding import (
    SHA256_MULTIHASH,
    NotEncoded,
    from_base58btc,
    from_base64_standard,
    from_base64url,
)
from certificates.vc import contexts
from certificates.vc.contexts import is_url
from certificates.vc.findings import Finding

_ALGORITHMS = ("sha256", "sha384", "sha512")
Digest = Callable[[str], "bytes | None"]


def findings(value: Any, where: str, at_hand: Mapping[str, bytes]) -> Iterator[Finding]:
    """Rules 1 and 2; ``at_hand`` are bytes of resources by their URL."""
    seen: set[str] = set()
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        name = one.get("id") if isinstance(one, dict) else None
        if not isinstance(name, str) or not is_url(name) or name in seen:
            yield Finding("resource-form", where)
            continue
        seen.add(name)
        stated = {key: one[key] for key in ("digestSRI", "digestMultibase") if key in one}
        if not stated:
            yield Finding("resource-form", where)
        elif not _right(stated, _digest_of(name, at_hand)):
            yield Finding("resource-digest", where)


def _digest_of(url: str, at_hand: Mapping[str, bytes]) -> Digest | None:
    """The resource's digest by algorithm; None where nothing is known of it."""
    if url in at_hand:
        return lambda algorithm: hashlib.new(algorithm, at_hand[url]).digest()
    known = contexts.digests(url)
    return known.get if known else None


def _right(stated: dict[str, Any], digest: Digest | None) -> bool:
    """Rule 2; a digest whose algorithm is not pinned cannot be told wrong."""
    if digest is None:
        return all(isinstance(text, str) and bool(text) for text in stated.values())
    try:
        for name, text in stated.items():
            algorithm, found = _sri(text) if name == "digestSRI" else ("sha256", _multibase(text))
            expected = digest(algorithm)
            if expected is not None and found != expected:
                return False
    except NotEncoded:
        return False
    return True


def _sri(text: Any) -> tuple[str, bytes]:
    algorithm, _, encoded = str(text).partition("-")
    if algorithm not in _ALGORITHMS:
        raise NotEncoded("Not a digest of Subresource Integrity.")
    return algorithm, from_base64_standard(encoded)


def _multibase(text: Any) -> bytes:
    prefix, encoded = str(text)[:1], str(text)[1:]
    if prefix not in ("z", "u"):
        raise NotEncoded("Not base58btc or base64url.")
    data = from_base58btc(encoded) if prefix == "z" else from_base64url(encoded)
    return data.removeprefix(SHA256_MULTIHASH) if len(data) == 34 else data
