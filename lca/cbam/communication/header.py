"""Sheet ``A_InstData`` and the words of sheet C: period, installation, verifier, data quality."""

from __future__ import annotations

from lca.cbam.communication import cells
from lca.cbam.communication.lists import plain
from lca.cbam.communication.values import Cells, degrees
from lca.cbam.monitoring import Installation, Period, Quality

ISO = {"EL": "GR", "UK": "GB", "XI": "GB", "XM": "ME", "XS": "RS", "XP": "PS", "TP": "TL", "ZR": "CD"}
"""Codes of the template's list that are not, or no longer, those of ISO 3166."""
NO_COUNTRY = frozenset({"AN", "EU", "QP", "XA", "XC", "XL", "XO", "XR", "XZ", "YU"})
"""Codes of the list that name no country of today."""


def period(at: Cells) -> Period | None:
    """The reporting period; None, with an error, where a date is missing or the end comes first."""
    start = at.day(cells.INSTALLATION, cells.PERIOD_START)
    end = at.day(cells.INSTALLATION, cells.PERIOD_END)
    if start is None or end is None or end < start:
        at.tell("error", "cbam-communication-period", cells.INSTALLATION, cells.PERIOD_START)
        return None
    return Period(start, end)


def installation(at: Cells) -> Installation:
    """Identification; the template has no operator apart from the installation."""
    said = {name: at.text(cells.INSTALLATION, cell) for name, cell in cells.IDENTITY.items()}
    latitude, longitude = said.pop("latitude"), said.pop("longitude")
    said["name"] = said["name"] or said["name_en"]
    said["name_en"] = said["name_en"] or said["name"]
    return Installation(
        name=said["name"],
        name_en=said["name_en"],
        address=said["address"],
        city=said["city"],
        post_code=said["post_code"],
        economic_activity=said["economic_activity"],
        unlocode=said["unlocode"],
        contact_name=said["contact_name"],
        contact_email=said["contact_email"],
        contact_phone=said["contact_phone"],
        country=country_code(at, cells.IDENTITY["country"]),
        operator="",
        latitude=_degrees(at, latitude, 90.0, cells.IDENTITY["latitude"]),
        longitude=_degrees(at, longitude, 180.0, cells.IDENTITY["longitude"]),
    )


def country_code(at: Cells, cell: str) -> str:
    """ISO code of a country by its name or code in the workbook's own list; "" with a warning where it is not there."""
    name = at.text(cells.INSTALLATION, cell)
    if at.lists.nothing(name):
        return ""
    codes = at.book.values(cells.CODES)
    by_word = {}
    for row in range(11, 278):
        code = codes.get(f"F{row}")
        if isinstance(code, str) and code:
            by_word[plain(code)] = code
            by_word[plain(codes.get(f"G{row}"))] = code
    found = by_word.get(plain(name))
    if found is None or found in NO_COUNTRY:
        at.tell("warning", "cbam-communication-country", cells.INSTALLATION, cell, text=name)
        return ""
    return ISO.get(found, found)


def verifier(at: Cells) -> str:
    """Name, address and registration number of the verifier in one line."""
    parts = (at.text(cells.INSTALLATION, cell) for cell in cells.VERIFIER)
    return ", ".join(part for part in parts if part)


def quality(at: Cells) -> Quality:
    """Words on data quality (sheet C, 2 (c)) and further information for the declarant."""
    said = {name: at.text(cells.BALANCE, cell) for name, cell in cells.QUALITY.items()}
    notes = (at.text(cells.SUMMARY, cell) for cell in cells.NOTES.values())
    return Quality(**said, notes="; ".join(note for note in notes if not at.lists.nothing(note)))


def _degrees(at: Cells, text: str, most: float, cell: str) -> float | None:
    if at.lists.nothing(text):
        return None
    found = degrees(text)
    if found is None or abs(found) > most:
        at.tell(
            "warning",
            "cbam-communication-degrees",
            cells.INSTALLATION,
            cell,
            text=text[:40],
            most=f"{most:g}",
        )
        return None
    return found
