"""Steps 3 to 17 in their order: number, code and check of each. A check takes the case and answers whether it holds."""

from __future__ import annotations

from collections.abc import Callable

from certificates.steps import content, document, identity, logged, printed, standing
from certificates.steps.case import Case
from certificates.steps.outcome import Outcome

STATUS = 16
DOCUMENT = 14
PRINTED = 15


CHECKS: tuple[tuple[int, str, Callable[[Case], Outcome]], ...] = (
    (3, "issuer", identity.issuer_trusted),
    (4, "key-time", identity.key_in_time),
    (5, "signature", identity.signature_holds),
    (6, "header", identity.header_exact),
    (7, "schema", content.form_right),
    (8, "number", content.number_right),
    (9, "arithmetic", content.sums_right),
    (10, "chain", content.chain_right),
    (11, "inclusion", logged.included),
    (12, "checkpoint", logged.checkpoint_signed),
    (13, "witness", logged.witnessed),
    (DOCUMENT, "document", document.document_signed),
    (PRINTED, "printed", printed.printed),
    (STATUS, "status", standing.stands),
    (17, "dates", content.in_force),
)
"""Number, code and check of every step after the reading."""
