"""A credential as ``vc+jwt``: a compact JWS over its canonical JSON (W3C Securing VCs using JOSE and COSE, 3.1.1).

Rules
1. The header is exactly ``alg``, ``iss``, ``kid`` and ``typ`` vc+jwt, as canonical JSON. ``alg`` follows from the key:
   Ed25519 (RFC 9864) or ES256 (RFC 7518, 3.4). Each further parameter could change the meaning, and none is needed.
2. The payload's bytes are the canonical JSON of the credential; another spelling of the same facts, or of the header,
   is refused. Only credentials of others may be spelled otherwise (``canonical=False``).
3. Reading verifies nothing: ``alg`` is compared with the pinned key by who verifies, never obeyed.

Example: ``read(compact(b"{}", signer, issuer=did, kid=f"{did}#label-1")).payload == {}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from certificates import limits
from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse, parse_canonical
from certificates.encoding import NotEncoded, base64url, from_base64url

if TYPE_CHECKING:
    from certificates.keys.signer import Signer

MEDIA_TYPE = "vc+jwt"
_SHORT = 1_000
"""Characters of a header that is remembered as read: one key writes the same into every credential."""


class NotAJws(ValueError):
    """This is not a compact JWS with a JSON header and canonical JSON inside."""


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS taken apart, nothing verified; ``signed`` is what the signature is over."""

    header: dict[str, Any]
    payload: dict[str, Any]
    payload_bytes: bytes
    signed: bytes
    signature: bytes


def compact(payload: bytes, signer: Signer, *, issuer: str, kid: str) -> str:
    """The signed text of a canonical payload (rules 1 and 2)."""
    header = {"alg": signer.algorithm, "iss": issuer, "kid": kid, "typ": MEDIA_TYPE}
    signed = f"{base64url(canonical_bytes(header))}.{base64url(payload)}"
    return f"{signed}.{base64url(signer.sign(signed.encode('ascii')))}"


def read(text: str, *, canonical: bool = True) -> Jws:
    """Take a compact text apart; raises NotAJws (rule 2)."""
    if not isinstance(text, str) or len(text) > limits.CREDENTIAL_BYTES or text.count(".") != 2:
        raise NotAJws("Not three parts of base64url with dots.")
    head, body, tail = text.split(".")
    try:
        payload_bytes, signature = from_base64url(body), from_base64url(tail)
        header = (_known_header if len(head) <= _SHORT else _header)(head, canonical)
        payload = (parse_canonical if canonical else parse)(payload_bytes, numbers=True)
    except NotCanonical as problem:
        raise NotAJws("Header or payload is not canonical JSON.") from problem
    except (NotEncoded, NotJson) as problem:
        raise NotAJws("The parts are not base64url of JSON.") from problem
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise NotAJws("Header and payload are JSON objects.")
    return Jws(dict(header), payload, payload_bytes, f"{head}.{body}".encode("ascii"), signature)


def _header(head: str, canonical: bool) -> Any:
    """Rules 1 and 2. Raises NotEncoded, NotJson, NotCanonical."""
    return (parse_canonical if canonical else parse)(from_base64url(head))


_known_header = lru_cache(maxsize=64)(_header)
