"""Words of the installation pages: where a version came from, bases of precursors, sides of the balance, paths.

Collections and their fields have their words in the workbook's layout (``lca.cbam.workbook``); nothing of it is said
again here.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from lca.cbam.workbook import words as book_words
from service.web.i18n import language

VERSION_SOURCES = {
    "workbook": _l("Our workbook"),
    "communication": _l("The Commission's workbook"),
    "starter": _l("Questions answered"),
    "form": _l("Form"),
    "json": _l("Program"),
    "supplier": _l("Supplier's data"),
    "verification": _l("Verifier's report"),
}
"""What a version was made from (``CbamVersion.source``)."""

BASES = {
    "own": _l("made here"),
    "actual": _l("actual value, verified"),
    "default": _l("default value with mark-up"),
    "highest-default": _l("highest default value, country unknown"),
    "exempt": _l("exempt origin: nothing is counted"),
}
BASIS_TONES = {"own": "info", "actual": "good", "default": "warn", "highest-default": "bad", "exempt": "good"}
"""What a precursor's figures rest on (``PrecursorPart.basis``)."""

BALANCE = {
    "installation": _l("Emitted by all sources of the installation"),
    "heat-from-outside": _l("Came with bought heat"),
    "waste-gas-received": _l("Came with waste gas, as natural gas"),
    "waste-gas-given": _l("Credited for waste gas given away"),
    "electricity-given": _l("Went with electricity from processes"),
    "electricity-of-units": _l("Went into electricity of own plants"),
    "heat-to-outside": _l("Went with heat sold"),
    "waste-gas-above-natural-gas": _l("Stays with the waste gas, above natural gas"),
    "heat-not-delivered": _l("Heat that no record takes over"),
    "non-cbam": _l("Goods outside CBAM"),
    "not-attributed": _l("Shared to nothing"),
    "attributed": _l("Attributed to a process"),
    "floored": _l("Below zero, set to zero"),
}
"""Keys of ``Balance.entries``."""

PROCESS_TERMS = {
    "direct": _l("Direct emissions shared to the process (DirEm*)"),
    "heat-import": _l("+ heat received"),
    "heat-export": _l("− heat given away"),
    "waste-gas-import": _l("+ waste gas received, × 56.1"),
    "waste-gas-export": _l("− waste gas given away, × 56.1 × 0.667"),
    "electricity-export": _l("− electricity given away"),
}
"""Keys of ``ProcessResult.terms``: the terms of equation 55."""

PROCESS_RECORDS = {
    "heat-import": "heat",
    "heat-export": "heat",
    "waste-gas-import": "waste_gas",
    "waste-gas-export": "waste_gas",
    "electricity-export": "electricity_exports",
}
"""The collection in which the records behind a term of equation 55 stand."""

LEVERS = {
    "less-fuel": _l("Less fuel or material"),
    "less-precursor": _l("Better yield"),
    "verified-precursor": _l("Verifier's report from the supplier"),
    "scrap-route": _l("Material from scrap"),
    "direct-link": _l("Electricity over a direct line"),
}
GROUPS = {
    "proof": _l("Proof for a direct link or a power purchase agreement"),
    "values": _l("What the supplier states"),
    "zero_rating": _l("Proof of sustainability of the biomass"),
    "period": _l("Period"),
}
"""Nested records of a form; a factor takes the name of its value."""

PARTS = {
    "installation": _l("Identification"),
    "period": _l("Reporting period"),
    "quality": _l("Data quality"),
    "fuel_balance": _l("Fuel balance"),
    "monitoring": _l("Verifier and meters"),
}
"""Parts of the head (``service.usecases.cbam.records.PARTS``)."""

GAS_TERMS = {
    "c2f6_fraction": _l("C2F6 per CF4"),
    "carbon_to_co2": _l("CO2 per carbon"),
    "cf4": "CF4",
    "collection_efficiency": _l("Collection efficiency"),
    "counted_biomass": _l("Of which biogenic without proof, counted as fossil"),
    "current_efficiency": _l("Current efficiency"),
    "fossil_co2": _l("Fossil CO2"),
    "gwp_c2f6": _l("Global warming potential of C2F6"),
    "gwp_cf4": _l("Global warming potential of CF4"),
    "overvoltage_factor": _l("Overvoltage factor"),
    "slope_factor": _l("Slope factor"),
    "stated": _l("As stated"),
}
"""Keys of a source's terms beyond those of ``service.web.cbam_words``."""


def provenance(source: str) -> str:
    """Where a factor comes from, ``public-authority: guide, table 2`` as the workbook's word and the reference."""
    kind, colon, reference = source.partition(": ")
    word = book_words.label("factor-source", kind, language())
    return " · ".join(part for part in (word, reference) if part) if word and colon else (word or source)


def of(table: dict[str, Any], code: str) -> str:
    """The word of a code; the code itself where the table has none."""
    return str(table.get(code, code))
