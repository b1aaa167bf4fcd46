"""The label as a file: PDF/A-3b, two pages, Chinese and English, credential and log proof inside
(``service.render.sealed``).

Example: ``render_label(statement, credential=jwt, proof=b"{...}", url="https://…/v/TB-2026-0000001-L")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.render.content import content
from service.render.figures import moment
from service.render.sealed import Evidence, EvidenceMissing, NotDrawn, typeset

__all__ = ["EvidenceMissing", "LabelNotDrawn", "render_label"]

LabelNotDrawn = NotDrawn


def render_label(
    statement: Mapping[str, Any], *, credential: str, proof: bytes, url: str, language: str = "zh"
) -> bytes:
    """The unsigned PDF of a label, its main language ``zh`` or ``en``, the other one beneath.

    ``credential`` is the compact ``vc+jwt``, ``proof`` the UTF-8 JSON of the log proof, ``url`` the address
    in the QR code. Raises UnknownLanguage, StatementUnfit, UnfitAddress, EvidenceMissing, FontsMissing,
    FontsChanged or LabelNotDrawn. ISO 19005-3:2012 (PDF/A-3), ISO 14026:2017 (what a footprint label shows).
    """
    drawn = content(statement, language)
    return typeset("label.typ", drawn, Evidence(credential, proof, url), moment(statement["issuedAt"]))
