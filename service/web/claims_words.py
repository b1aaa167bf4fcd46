"""Words for the codes of claims: states, subjects, opinions, outcomes of checks; the steps in which a claim is made."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from certificates.ledger.claims.rules import told
from service.web.i18n import language
from service.web.words import Status

STATES = {
    "draft": Status(_l("Draft")),
    "in-review": Status(_l("Under review"), "info"),
    "returned": Status(_l("Returned"), "warn"),
    "approved": Status(_l("Approved, not signed yet"), "info"),
    "in-force": Status(_l("In force"), "good"),
    "not-yet": Status(_l("Not in force yet"), "warn"),
    "frozen": Status(_l("Frozen"), "bad"),
    "expired": Status(_l("Expired"), "warn"),
    "withdrawn": Status(_l("Withdrawn"), "bad"),
}
"""How a claim stands: on its way by its dossier, once issued by its standing."""
SUBJECTS = {
    "product-batch": _l("Product batch"),
    "organisation": _l("Organisation"),
    "event": _l("Event"),
    "service": _l("Service"),
}
AUDIENCES = {"consumer": _l("Consumers"), "business": _l("Businesses")}
FOOTPRINTS = {"label": _l("A label issued here"), "report": _l("A verified report")}
ASSURANCES = {"reasonable": _l("Reasonable assurance"), "limited": _l("Limited assurance")}
OPINIONS = {
    "unmodified": _l("Unmodified"),
    "modified": _l("Modified"),
    "adverse": _l("Adverse"),
    "disclaimed": _l("Disclaimed"),
}
OUTCOMES = {
    "fail": Status(_l("Missing"), "bad"),
    "review": Status(_l("A person decides"), "warn"),
    "later": Status(_l("Comes later"), ""),
    "decided": Status(_l("Decided"), "good"),
    "pass": Status(_l("Met"), "good"),
    "not-applicable": Status(_l("Nothing to check"), ""),
}
"""``later`` and ``decided`` are refusals for people still to come, and what the reviewer has decided."""
ICONS = {
    "fail": "cross",
    "review": "alert",
    "later": "info",
    "decided": "check",
    "pass": "check",
    "not-applicable": "dash",
}
GROUPS = (
    (_l("Subject and period"), ("N01", "N02")),
    (_l("Footprint and reductions"), ("N03", "N04", "N15")),
    (_l("Retired credits"), ("N05", "N06", "N07", "N08", "N09", "N10", "N11")),
    (_l("Electricity and double counting"), ("N12", "N13", "N14")),
    (_l("What is said, where, how long"), ("N16", "N17", "N18")),
    (_l("Evidence and people"), ("N19", "N20")),
)
STEPS = {
    "subject": _l("Subject"),
    "period": _l("Period covered"),
    "footprint": _l("Footprint"),
    "reductions": _l("Reductions"),
    "market": _l("Rules and market"),
    "retirements": _l("Retirements"),
    "electricity": _l("Electricity"),
    "evidence": _l("Evidence files"),
    "wording": _l("Wording"),
    "people": _l("People"),
}
WATERFALL = {
    "footprint": _l("Footprint"),
    "deducted": _l("Reductions not in the footprint yet"),
    "unabated": _l("Remaining after reductions"),
    "residual": _l("of it residual: cannot be reduced further"),
    "retirement": _l("Retired"),
    "retirements": _l("Other retirements"),
    "surplus": _l("Surplus, ends with the claim"),
    "remainder": _l("Remainder"),
}
GROUNDS = {
    "objection": _l("An objection to the claim"),
    "verification-withdrawn": _l("The verifier withdrew its opinion"),
    "certificate-disputed": _l("A green certificate is disputed"),
}


def role(key: str) -> str:
    """Preparer, reviewer, verifier, signatory, as the reasons of checks call them."""
    found = told("role", key)["role_zh" if language() == "zh" else "role"]
    return found[:1].upper() + found[1:]


def evidence_name(what: str) -> str:
    """What a file of evidence proves, in the reader's language."""
    found = told("what", what)["what_zh" if language() == "zh" else "what"]
    return found[:1].upper() + found[1:]


def both(text: Any) -> str:
    """The reader's language of a text in both, the other where that is empty."""
    first, second = (text.zh, text.en) if language() == "zh" else (text.en, text.zh)
    return str(first.strip() or second.strip())


def of_rule(text: Any) -> str:
    """A rule's text in the reader's language; a source in both, ``中文 / English``, likewise."""
    return str(text.zh if language() == "zh" else text.en)
