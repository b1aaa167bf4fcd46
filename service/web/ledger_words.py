"""Words for the codes of the ledger: states, entries, purposes, causes, terms of validity."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from certificates.ledger.instruments import Kind, instrument, instruments
from service.web.i18n import language
from service.web.words import Status

STATES = {
    "held": Status(_l("Held"), "good"),
    "frozen": Status(_l("Frozen"), "info"),
    "expired": Status(_l("Expired"), "bad"),
    "retired": Status(_l("Retired"), ""),
}
"""What a reader can do with units: use them, wait, nothing any more. ``expired`` follows from the day, not an entry."""
FILLS = {"held": "1", "frozen": "4", "expired": "bad", "retired": "line"}
UNITS = {"MWh": "MWh", "tCO2e": "tCO₂e"}
UNIT_TITLES = {"MWh": _l("Green electricity"), "tCO2e": _l("Carbon credits")}
ENTRIES = {
    "acquire": _l("Acquired"),
    "transfer": _l("Transferred"),
    "split": _l("Split"),
    "retire": _l("Retired"),
    "reverse": _l("Reversed"),
    "assert": _l("Balance checked"),
    "freeze": _l("Frozen"),
}
PURPOSES = {
    "neutralisation": _l("Neutralisation claim"),
    "electricity-use": _l("Use of green electricity"),
    "obligation": _l("Obligation"),
    "other": _l("Other purpose"),
}
CAUSES = {
    "ccer": _l("A CCER project was registered for the electricity"),
    "objection": _l("An objection was raised"),
    "dispute": _l("The units are in dispute"),
    "void": _l("The registry made them void"),
}
TERMS = {
    "expired": _l("Expired"),
    "30": _l("Within 30 days"),
    "90": _l("In 31 to 90 days"),
    "later": _l("Later"),
    "never": _l("Do not expire"),
}
TERM_TONES = {"expired": "bad", "30": "bad", "90": "warn", "later": "", "never": ""}


def kind_name(kind: str) -> str:
    """The name of a kind of instrument in the reader's language."""
    return instrument(Kind(kind)).name(language())


def kind_options() -> tuple[tuple[str, str], ...]:
    """(code, name) of every kind, for a choice."""
    return tuple((kind.value, one.name(language())) for kind, one in instruments().items())


def unit_name(unit: Any) -> str:
    """``tCO2e`` as ``tCO₂e``; MWh stays."""
    text = getattr(unit, "value", unit)
    return UNITS.get(str(text), str(text))
