"""The UNTP profile of a credential: the same facts with the one status entry that UNTP's schema knows.

UNTP 0.7.0 allows one status entry, closes it to other members, and types ``statusListIndex`` as a whole number. W3C
Bitstring Status List 1.0 says that it is text in base 10 and allows several entries; its working group confirmed the
text (vc-bitstring-status-list, issue 177). One credential cannot meet both, so that there are two forms.

Rules
1. The canonical form has three entries with the index as text. The UNTP profile has one, that for suspension, which is
   set for whatever must not be accepted now, with the index as a whole number.
2. Nothing else differs. Back in canonical form a profile has the very bytes that the log holds.

Example: ``normalised(profiled(payload)) == payload``.
"""

from __future__ import annotations

from typing import Any

from certificates.envelope import PURPOSES

_MEMBERS = {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}


class NotAProfile(ValueError):
    """The status entry is not the one that this profile writes."""


def profiled(payload: dict[str, Any]) -> dict[str, Any]:
    """A canonical payload as UNTP's schema has it (rule 1)."""
    return payload | {"credentialStatus": entry(payload["credentialStatus"])}


def entry(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The one entry (rule 1) of the three canonical ones."""
    return entries[0] | {"statusListIndex": int(entries[0]["statusListIndex"])}


def is_profile(payload: dict[str, Any]) -> bool:
    """True where the status is one entry, not a list of them."""
    return isinstance(payload.get("credentialStatus"), dict)


def normalised(payload: dict[str, Any]) -> dict[str, Any]:
    """The inverse (rule 2); raises NotAProfile for an entry of another form."""
    found = payload["credentialStatus"]
    index, address = found.get("statusListIndex"), found.get("statusListCredential")
    if set(found) != _MEMBERS or type(index) is not int or index < 0 or not isinstance(address, str):
        raise NotAProfile("Other members than those of one entry, or an index that is no whole number.")
    list_, _, purpose = address.rpartition("/")
    if purpose != PURPOSES[0] or found["statusPurpose"] != purpose or found["id"] != f"{address}#{index}":
        raise NotAProfile("The entry is not that of the suspension list.")
    entries = [
        {
            "id": f"{list_}/{name}#{index}",
            "type": found["type"],
            "statusPurpose": name,
            "statusListIndex": str(index),
            "statusListCredential": f"{list_}/{name}",
        }
        for name in PURPOSES
    ]
    return payload | {"credentialStatus": entries}
