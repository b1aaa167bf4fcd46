"""Countries as people write them -> ISO 3166-1 alpha-2."""

from __future__ import annotations

import re

from databases import places
from lca.cbam.workbook.words import nearest

_REGIONS = {"UK": "GB", "CN-HK": "HK", "CN-MO": "MO", "CN-TW": "TW"}
"""Codes of our table of places that are countries of their own in ISO 3166-1, and the one that is not ISO's."""


def as_country(written: str) -> str | None:
    """ISO 3166-1 alpha-2 of a code or name; a province is its country; a region of several countries is none."""
    if re.fullmatch("[A-Z]{2}", written):
        return _REGIONS.get(written, written)
    try:
        code = places.parse(written)
    except places.UnknownPlace:
        return None
    code = _REGIONS.get(code, code.split("-")[0])
    return code if re.fullmatch("[A-Z]{2}", code) else None


def near(written: str) -> str:
    """The code of the place whose name is most like ``written``; empty when none is."""
    known = {name: one.code for one in places.regions().values() for name in (one.name_zh, one.name_en)}
    return known.get(nearest(written, known), "")
