"""The claim as a file: PDF/A-3b, Chinese and English, as many pages as it needs, credential and bundle inside
(``service.render.sealed``).

Example: ``render_claim(statement, Evidence(jwt, b"{...}", "https://…/c/TC-2026-0000001-4"))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.render.claim_content import content
from service.render.sealed import Evidence, typeset


def render_claim(statement: Mapping[str, Any], evidence: Evidence, *, language: str = "zh") -> bytes:
    """The unsigned PDF of a claim, its main language ``zh`` or ``en``, the other one beneath.

    Raises UnknownLanguage, StatementUnfit, UnfitAddress, EvidenceMissing, FontsMissing, FontsChanged or NotDrawn.
    ISO 14068-1:2023 (what a claim discloses), ISO 19005-3:2012 (PDF/A-3).
    """
    return typeset("claim.typ", content(statement, language), evidence, statement)
