"""The label as a file: PDF/A-3b, two pages, Chinese and English, credential and bundle inside
(``service.render.sealed``).

Example: ``render_label(statement, Evidence(jwt, b"{...}", "https://…/v/TB-2026-0000001-L?c=7K2M9QXA", "7K2M9QXA"))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.render.content import content
from service.render.sealed import Evidence, EvidenceMissing, NotDrawn, typeset

__all__ = ["Evidence", "EvidenceMissing", "LabelNotDrawn", "render_label"]

LabelNotDrawn = NotDrawn


def render_label(statement: Mapping[str, Any], evidence: Evidence, *, language: str = "zh") -> bytes:
    """The unsigned PDF of a label, its main language ``zh`` or ``en``, the other one beneath.

    Raises UnknownLanguage, StatementUnfit, UnfitAddress, EvidenceMissing, FontsMissing, FontsChanged or LabelNotDrawn.
    ISO 19005-3:2012 (PDF/A-3), ISO 14026:2017 (what a footprint label shows).
    """
    return typeset("label.typ", content(statement, language), evidence, statement)
