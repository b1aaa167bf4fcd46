"""How a label or a claim stands, as signed lists of bits that anybody can keep: Bitstring Status List v1.0 (W3C).

Rules
1. A number has one place (a list and an index) and three bits, one of each purpose:
   ``suspension`` not to be accepted now, ``revocation`` withdrawn for ever, ``refresh`` a newer one took its place.
   active: none; suspended: suspension; revoked: suspension and revocation; superseded: suspension and refresh.
   Another mixture is a contradiction and says nothing. Whoever reads ``suspension`` alone, as UNTP does, never accepts
   too much.
2. A list is a verifiable credential: ``vc+jwt`` with header and payload exactly as ``issue`` writes them, by a key of
   use ``status`` that is valid when the list begins. A label key signs no list and a status key no label.
3. A list counts from validFrom until just before validUntil, and never from the moment its key was compromised.
   Outside of this it says nothing: what it does not say is not "active".
4. Its address is BASE/status/LIST/PURPOSE; the bytes of its payload are a leaf of the issuer's log.

Example: a label at ``Place(1, 77)`` is suspended when the newest list ``BASE/status/1/suspension`` has bit 77 and those
of revocation and refresh have it not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certificates import limits
from certificates.bitstring import ENTRIES, NotAStatusList, bit, decode, encode, set_bits
from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse, parse_canonical
from certificates.encoding import NotEncoded, base64url, from_base64url, from_moment_text, moment_text
from certificates.keys.signer import algorithm_of, verify

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from certificates.keys.trust import TrustedIssuer, TrustedKey

__all__ = [
    "ENTRIES",
    "PURPOSES",
    "STATES",
    "NotAStatusList",
    "StatusChanged",
    "StatusKeyCompromised",
    "StatusList",
    "StatusNotSigned",
    "address",
    "bit",
    "decode",
    "encode",
    "issue",
    "kid_of",
    "parsed",
    "purposes_of",
    "read",
    "set_bits",
    "state_of",
]

PURPOSES = ("suspension", "revocation", "refresh")
"""What the three lists are for; the order in which a credential names them."""
STATES = ("active", "suspended", "revoked", "superseded")
_BITS = {
    "active": frozenset(),
    "suspended": frozenset({"suspension"}),
    "revoked": frozenset({"suspension", "revocation"}),
    "superseded": frozenset({"suspension", "refresh"}),
}
CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPES = ["VerifiableCredential", "BitstringStatusListCredential"]
MEDIA_TYPE = "vc+jwt"
_ADDRESS = re.compile(
    r"(?=.{1,500}\Z)(?P<base>https?://[!-~]+)/status/(?P<list>[1-9][0-9]{0,8})/(?P<purpose>[a-z]+)\Z"
)
_HEADER = {"alg", "iss", "kid", "typ"}
_FIELDS = {"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject"}
_SUBJECT = {"id", "type", "statusPurpose", "encodedList"}


class StatusNotSigned(ValueError):
    """No status key that the issuer had when this list begins has signed it: get the list from the issuer anew."""


class StatusChanged(StatusNotSigned):
    """The list names a status key of the issuer, and the signature is not that key's: somebody changed the list."""


class StatusKeyCompromised(StatusNotSigned):
    """The list begins when its key was compromised already: get the list from the issuer anew."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as read: for which purpose, of whom, its bits, and from when until when it may be relied on (rule 3)."""

    address: str
    purpose: str
    list_: int
    bits: bytes = field(repr=False)
    valid_from: datetime
    valid_until: datetime
    issuer_id: str
    leaf_bytes: bytes = field(repr=False)
    compact: str = field(repr=False)

    def flag(self, index: int) -> bool:
        """The bit of ``index``; raises NotAStatusList where the list has none."""
        return bit(self.bits, index)

    def counts_at(self, moment: datetime) -> bool:
        """Rule 3."""
        return self.valid_from <= moment < self.valid_until


def purposes_of(state: str) -> frozenset[str]:
    """The purposes whose bit is set in ``state`` (rule 1); raises KeyError for another word."""
    return _BITS[state]


def state_of(flags: Mapping[str, bool]) -> str | None:
    """The state of which ``flags`` are the bits by purpose; None for a contradiction. Whoever knows ``suspension``
    alone gets the mildest state that it fits; without it nothing is said."""
    if "suspension" not in flags or not set(flags) <= set(PURPOSES):
        return None
    fitting = (
        state for state in STATES if all((name in _BITS[state]) == flag for name, flag in flags.items())
    )
    return next(fitting, None)


def address(base: str, list_: int, purpose: str) -> str:
    """Where a list is had (rule 4); ``base`` is the issuer's address without a slash at its end."""
    return f"{base}/status/{list_}/{purpose}"


def issue(keys: KeySet, where: str, bits: bytes, *, valid_from: datetime, valid_until: datetime) -> str:
    """The signed list of the address ``where`` (:func:`address`), which names its purpose (rule 2).

    Raises NoActiveKey without a status key that is valid at ``valid_from``, KeyUnreachable where its token does not
    answer, NotAStatusList for an address of another form, a number of bits other than ENTRIES, or a period that ends
    before it starts.
    """
    payload = {
        "@context": [CONTEXT],
        "id": where,
        "type": TYPES,
        "issuer": keys.issuer_id,
        "validFrom": moment_text(valid_from),
        "validUntil": moment_text(valid_until),
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": where.rpartition("/")[2],
            "encodedList": encode(bits),
        },
    }
    _checked(payload)
    key = keys.active("status", valid_from)
    header = {"alg": key.algorithm, "iss": keys.issuer_id, "kid": key.kid, "typ": MEDIA_TYPE}
    signed = ".".join(base64url(canonical_bytes(part)) for part in (header, payload))
    signature = keys.signer("status", valid_from).sign(signed.encode("ascii"))
    return f"{signed}.{base64url(signature)}"


def parsed(compact: str) -> StatusList:
    """A list in the exact form of ``issue``, nothing verified. Raises NotAStatusList."""
    return _taken_apart(compact)[0]


def read(compact: str, issuer: TrustedIssuer) -> StatusList:
    """A list in the exact form of ``issue``, signed by a status key of ``issuer`` valid at its beginning.

    Raises NotAStatusList for another form, StatusNotSigned for another issuer, key or use, StatusChanged for another
    signature, StatusKeyCompromised.
    """
    found, header, signature = _taken_apart(compact)
    key = _key(header, found, issuer)
    if not verify(key.public, signature, compact.rpartition(".")[0].encode("ascii")):
        raise StatusChanged("The signature is not that of the key it names.")
    if key.compromised_since is not None and found.valid_from >= key.compromised_since:
        raise StatusKeyCompromised("The key was compromised before the list begins.")
    if key.compromised_since is None or key.compromised_since >= found.valid_until:
        return found
    return replace(found, valid_until=key.compromised_since)


def kid_of(compact: str) -> str:
    """The key that a list says it is signed by; empty for no list at all."""
    try:
        header = parse(from_base64url(compact.partition(".")[0]))
    except (NotEncoded, NotJson):
        return ""
    return str(header.get("kid", "")) if isinstance(header, dict) else ""


def _taken_apart(compact: str) -> tuple[StatusList, dict[str, str], bytes]:
    header, payload, leaf_bytes, signature = _parts(compact)
    list_, bits = _checked(payload)
    if set(header) != _HEADER or not all(isinstance(text, str) for text in header.values()):
        raise NotAStatusList("The header has other parameters than alg, iss, kid and typ.")
    found = StatusList(
        address=payload["id"],
        purpose=payload["credentialSubject"]["statusPurpose"],
        list_=list_,
        bits=bits,
        valid_from=from_moment_text(payload["validFrom"]),
        valid_until=from_moment_text(payload["validUntil"]),
        issuer_id=payload["issuer"],
        leaf_bytes=leaf_bytes,
        compact=compact,
    )
    return found, header, signature


def _parts(compact: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    if not isinstance(compact, str) or len(compact) > limits.STATUS_BYTES or compact.count(".") != 2:
        raise NotAStatusList("Not a compact JWT.")
    try:
        head, leaf_bytes, signature = (from_base64url(part) for part in compact.split("."))
        header, payload = parse_canonical(head), parse_canonical(leaf_bytes)
    except (NotEncoded, NotJson, NotCanonical) as problem:
        raise NotAStatusList("The parts of the JWT are not base64url of canonical JSON.") from problem
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise NotAStatusList("Header and payload are not objects.")
    return header, payload, leaf_bytes, signature


def _checked(payload: dict[str, Any]) -> tuple[int, bytes]:
    """List number and bits of a payload whose every field is as rules 2 and 4 say."""
    subject = payload.get("credentialSubject")
    if set(payload) != _FIELDS or not isinstance(subject, dict) or set(subject) != _SUBJECT:
        raise NotAStatusList("The list has other fields than a list of ours.")
    where = _ADDRESS.match(payload["id"]) if isinstance(payload["id"], str) else None
    if where is None or where["purpose"] not in PURPOSES:
        raise NotAStatusList("The list's address is not BASE/status/LIST/PURPOSE.")
    expected = {
        "id": f"{payload['id']}#list",
        "type": "BitstringStatusList",
        "statusPurpose": where["purpose"],
    }
    if payload["@context"] != [CONTEXT] or payload["type"] != TYPES or not isinstance(payload["issuer"], str):
        raise NotAStatusList("Context, type or issuer is not that of a status list.")
    if any(subject[name] != wanted for name, wanted in expected.items()):
        raise NotAStatusList("The subject is not the list of this address.")
    try:
        dates = [from_moment_text(payload[name]) for name in ("validFrom", "validUntil")]
    except (NotEncoded, TypeError) as problem:
        raise NotAStatusList("The list has no dates.") from problem
    if dates[1] <= dates[0]:
        raise NotAStatusList("The list ends before it starts.")
    bits = decode(subject["encodedList"])
    if len(bits) * 8 != ENTRIES:
        raise NotAStatusList(f"The list has other than {ENTRIES} entries.")
    return int(where["list"]), bits


def _key(header: dict[str, str], found: StatusList, issuer: TrustedIssuer) -> TrustedKey:
    if header["iss"] != issuer.id or found.issuer_id != issuer.id:
        raise StatusNotSigned("The list is of another issuer.")
    key = issuer.key(header["kid"], "status")
    if key is None or not key.valid_at(found.valid_from):
        raise StatusNotSigned("No status key of the issuer that is valid when the list begins.")
    if header["typ"] != MEDIA_TYPE or header["alg"] != algorithm_of(key.public):
        raise StatusNotSigned("The header is not that of a status list by this key.")
    return key
