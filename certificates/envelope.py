"""The envelope: what a credential says besides its statement, and nothing that a person could choose to word.

Rules
1. ``base`` is where the issuer's labels are looked up: an http(s) address without query, fragment or slash at its end.
2. ``code`` is the check code of a label (``certificates.labelnumber``), and empty for a claim.
3. ``place`` is a list (from 1) and an index (0 to 131,071) in the issuer's status lists.
4. ``accreditation`` is the body and the number of the accreditation in force on the day of issue, or None.
5. The whole credential follows from statement and envelope (``certificates.credential.payload``); whoever verifies
   reads the envelope out of a credential, builds it anew, and compares every byte.

Example: ``read(payload({...}, envelope)) == envelope``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from certificates import labelnumber
from certificates.bitstring import ENTRIES

PURPOSES = ("suspension", "revocation", "refresh")
"""What the three status lists are for; the order in which a credential names them (``certificates.status``)."""
_LISTS = 10**9
_BASE = r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){0,4}"
_WHOLE = re.compile(_BASE)
_ADDRESS = re.compile(
    rf"(?P<base>{_BASE})/[vc]/(?P<number>[A-Z0-9-]{{1,20}})(?:\?c=(?P<code>[0-9A-Z]{{8}}))?"
)
_LIST = re.compile(rf"(?P<base>{_BASE})/status/(?P<list>[1-9][0-9]{{0,8}})/(?P<purpose>[a-z]+)")
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")


class EnvelopeInvalid(ValueError):
    """A base address, check code, place or accreditation of an envelope is not in its form."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential stands in the status lists (rule 3)."""

    list: int
    index: int

    def __post_init__(self) -> None:
        if not 1 <= self.list < _LISTS or not 0 <= self.index < ENTRIES:
            raise EnvelopeInvalid(f"There is no place {self.index} in a status list {self.list}.")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Rules 1 to 4. Raises EnvelopeInvalid."""

    base: str
    code: str
    place: Place
    accreditation: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if _WHOLE.fullmatch(self.base) is None or len(self.base) > 300:
            raise EnvelopeInvalid("The base is not an http(s) address without query and slash at its end.")
        if self.code and not labelnumber.valid_code(self.code):
            raise EnvelopeInvalid("A check code has eight characters of Crockford's base32.")
        if self.accreditation is not None and not all(self.accreditation):
            raise EnvelopeInvalid("An accreditation has a body and a number.")

    def address(self, path: str, number: str) -> str:
        """Where a credential is looked up: BASE/PATH/NUMBER, with the check code of a label."""
        return f"{self.base}/{path}/{number}" + (f"?c={self.code}" if self.code else "")

    def list_address(self, purpose: str) -> str:
        """The status list for ``purpose`` that holds the place."""
        return f"{self.base}/status/{self.place.list}/{purpose}"

    def entries(self) -> list[dict[str, Any]]:
        """The three status entries (W3C Bitstring Status List 1.0, 2.1), the index as text in base 10."""
        return [
            {
                "id": f"{self.list_address(purpose)}#{self.place.index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(self.place.index),
                "statusListCredential": self.list_address(purpose),
            }
            for purpose in PURPOSES
        ]


def read(payload: dict[str, Any]) -> Envelope | None:
    """The envelope that a credential's payload names; None where it names none. Nothing else of it is checked."""
    where, statuses = payload.get("id"), payload.get("credentialStatus")
    found = _ADDRESS.fullmatch(where) if isinstance(where, str) else None
    place = _place(statuses[0]) if isinstance(statuses, list) and statuses else None
    if found is None or place is None:
        return None
    try:
        return Envelope(found["base"], found["code"] or "", place, _accreditation(payload))
    except EnvelopeInvalid:
        return None


def _place(entry: Any) -> Place | None:
    if not isinstance(entry, dict):
        return None
    where, index = entry.get("statusListCredential"), entry.get("statusListIndex")
    found = _LIST.fullmatch(where) if isinstance(where, str) else None
    if found is None or not isinstance(index, str) or _INDEX.fullmatch(index) is None:
        return None
    try:
        return Place(int(found["list"]), int(index))
    except EnvelopeInvalid:
        return None


def _accreditation(payload: dict[str, Any]) -> tuple[str, str] | None:
    """Body and number where the subject names an authority (UNTP ``authorisation``), unchecked but for their kind."""
    subject = payload.get("credentialSubject")
    stated = subject.get("authorisation") if isinstance(subject, dict) else None
    first = stated[0] if isinstance(stated, list) and stated else None
    authority = first.get("issuingAuthority") if isinstance(first, dict) else None
    body = authority.get("name") if isinstance(authority, dict) else None
    number = first.get("name") if isinstance(first, dict) else None
    return (body, number) if isinstance(body, str) and isinstance(number, str) else None
