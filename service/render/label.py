"""The label as a file: PDF/A-3b, two pages, Chinese and English, credential and log proof inside.

Rules
1. The same statement, credential, proof, address and language give the same bytes on every machine that has
   the pinned fonts and the pinned Typst. The only moment in the file is the statement's ``issuedAt``.
2. Nothing of the statement is ever Typst markup: it reaches the template as one JSON string.
3. The template reads no file beside its own folder and no network; no mark of any authority is drawn.
4. An empty credential or proof is refused: a label without its evidence is a picture.

Example: ``render_label(statement, credential=jwt, proof=b"{...}", url="https://…/v/TB-2026-0000001-L")``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from service.render import fonts, qr
from service.render.content import content
from service.render.figures import moment

CREDENTIAL_NAME = "credential.jwt"
CREDENTIAL_TYPE = "application/vc+jwt"
PROOF_NAME = "proof.json"
PROOF_TYPE = "application/json"


class EvidenceMissing(ValueError):
    """A label carries its credential (compact JWT) and its proof (JSON object); neither may be empty."""


class LabelNotDrawn(RuntimeError):
    """The document could not be set; nothing was issued. The sentence of the typesetter follows."""


def render_label(
    statement: Mapping[str, Any], *, credential: str, proof: bytes, url: str, language: str = "zh"
) -> bytes:
    """The unsigned PDF of a label, its main language ``zh`` or ``en``, the other one beneath.

    ``credential`` is the compact ``vc+jwt``, ``proof`` the UTF-8 JSON of the log proof, ``url`` the address
    in the QR code. Raises UnknownLanguage, StatementUnfit, UnfitAddress, EvidenceMissing, FontsMissing,
    FontsChanged or LabelNotDrawn. ISO 19005-3:2012 (PDF/A-3), ISO 14026:2017 (what a footprint label shows).
    """
    drawn = content(statement, language) | {"url": url, "qr": qr.modules(url), "quiet": qr.QUIET_ZONE}
    issued = moment(statement["issuedAt"])
    drawn["issued"] = [issued.year, issued.month, issued.day, issued.hour, issued.minute, issued.second]
    drawn["attachments"] = [
        _attachment(CREDENTIAL_NAME, CREDENTIAL_TYPE, _credential(credential), "data"),
        _attachment(PROOF_NAME, PROOF_TYPE, _proof(proof), "supplement"),
    ]
    return _compile(json.dumps(drawn, ensure_ascii=False), int(issued.timestamp()))


def _compile(data: str, timestamp: int) -> bytes:
    import typst

    folder = resources.files("service.render").joinpath("templates")
    with resources.as_file(folder) as root:
        try:
            return typst.compile(
                str(Path(root) / "label.typ"),
                root=str(root),
                font_paths=fonts.font_set(),
                ignore_system_fonts=True,
                sys_inputs={"data": data},
                pdf_standards=["a-3b"],
                timestamp=timestamp,
            )
        except typst.TypstError as error:
            raise LabelNotDrawn(f"{LabelNotDrawn.__doc__} {error.message}") from error


def _attachment(name: str, media_type: str, text: str, relation: str) -> dict[str, str]:
    return {"name": name, "type": media_type, "text": text, "relation": relation}


def _credential(text: str) -> str:
    if text.count(".") != 2 or not text.isascii() or not all(text.split(".")):
        raise EvidenceMissing(f"{CREDENTIAL_NAME}: {EvidenceMissing.__doc__}")
    return text


def _proof(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found:
        raise EvidenceMissing(f"{PROOF_NAME}: {EvidenceMissing.__doc__}")
    return text
