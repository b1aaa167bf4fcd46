"""What a document says beyond the monitored data: its number and date, and what only a person can state.

Nothing of it enters a calculation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lca.findings import Finding


class ReportNotPossible(ValueError):
    """The document cannot be made of this data; ``finding`` says why in both languages."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.message("en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NonCbamGood:
    """A good outside Annex I of Regulation (EU) 2023/956 that a process makes: tonnes in the period."""

    name: str
    process: str
    quantity_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """``number`` and ``version`` of the document, ``made_on`` its day (read once by the caller; the file carries it).

    ``plan_version`` and ``plan_date`` name the monitoring plan in force. ``operator_address`` where it is not the
    installation's. ``partners`` are (id of a heat or waste gas flow, other installation's name). With
    ``no_non_cbam_goods`` the operator states that none are made. ``evidence_handed_over``: the verifier was given the
    evidence of Annex II D.4.3. ``prepared_by`` is the person.
    """

    made_on: date
    number: str = ""
    version: str = "1"
    prepared_by: str = ""
    operator_address: str = ""
    plan_version: str = ""
    plan_date: date | None = None
    partners: tuple[tuple[str, str], ...] = ()
    non_cbam_goods: tuple[NonCbamGood, ...] = ()
    no_non_cbam_goods: bool = False
    evidence_handed_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetails:
    """What a supplier request says: who asks, whom to answer, by when; nothing of other suppliers.

    ``extra_certificates`` are (id of a precursor, certificates per tonne of it that its default value costs more
    than the value the supplier could show), as text of a decimal; left out, the letter speaks without a figure.
    """

    made_on: date
    reply_by: date
    number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    extra_certificates: tuple[tuple[str, str], ...] = ()
