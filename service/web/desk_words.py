"""Words of the officers' desk: verdicts of a row, states of a request, parts of the evidence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from service.web.words import Status

VERDICTS = {
    "valid": Status(_l("Valid"), "good"),
    "suspended": Status(_l("Suspended"), "bad"),
    "revoked": Status(_l("Revoked"), "bad"),
    "superseded": Status(_l("Superseded"), "warn"),
    "expired": Status(_l("Expired"), "warn"),
    "not-yet-valid": Status(_l("Not valid yet"), "warn"),
    "stale": Status(_l("Standing not known"), "warn"),
    "incomplete": Status(_l("Incomplete"), "warn"),
    "other-number": Status(_l("Does not match"), "bad"),
    "altered": Status(_l("Altered"), "bad"),
    "unknown-issuer": Status(_l("Unknown issuer"), "bad"),
    "unreadable": Status(_l("Cannot be read"), "bad"),
    "unknown-number": Status(_l("Never issued"), "bad"),
    "not-a-number": Status(_l("No number"), "warn"),
}
"""Verdicts of a verification, in a word or two, and those of a number for which there is nothing to verify."""
FILLS = {"good": "good", "warn": "warn", "bad": "bad"}
CHECKS = {"open": Status(_l("Running"), "info"), "done": Status(_l("Done"), "good")}
REQUESTS = {
    "waiting": Status(_l("Waiting for an answer"), "warn"),
    "open": Status(_l("Open for reading"), "good"),
    "over": Status(_l("Time is over")),
    "refused": Status(_l("Refused"), "bad"),
}
DECISIONS = {
    "granted": _l("Granted by the exporter"),
    "refused": _l("Refused by the exporter"),
    "duty": _l("Opened by legal duty"),
}
PARTS = {
    "workbook": (_l("Workbook"), _l("As the exporter handed it in, byte for byte.")),
    "inventory": (_l("Inventory"), _l("What was read from the workbook: every line with amount and place.")),
    "links": (_l("Links"), _l("Which dataset stands for which line, and why.")),
    "assessment": (_l("Assessment"), _l("The figures, line by line, and what the engine remarked.")),
    "review": (_l("Review"), _l("What the reviewer decided, and in which words.")),
}
