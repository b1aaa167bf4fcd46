"""What every signed document has in common: PDF/A-3b by Typst, with its credential and its log proof inside.

Rules
1. The same data give the same bytes on every machine that has the pinned fonts and the pinned Typst. The only moment in
   the file is that of the issue.
2. Nothing of a statement is ever Typst markup: it reaches the template as one JSON string.
3. The template reads no file beside its own folder and no network; no mark of any authority is drawn.
4. An empty credential or proof is refused: a document without its evidence is a picture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from service.render import fonts, qr

CREDENTIAL_NAME = "credential.jwt"
CREDENTIAL_TYPE = "application/vc+jwt"
PROOF_NAME = "proof.json"
PROOF_TYPE = "application/json"


class EvidenceMissing(ValueError):
    """The document carries its credential (compact JWT) and its proof (JSON object); neither may be empty."""


class NotDrawn(RuntimeError):
    """The document could not be set; nothing was issued. The sentence of the typesetter follows."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The compact ``vc+jwt``, the UTF-8 JSON of the log proof, and the address in the QR code."""

    credential: str
    proof: bytes
    url: str


def typeset(template: str, drawn: dict[str, Any], evidence: Evidence, issued: datetime) -> bytes:
    """The unsigned PDF of a template of ``service/render/templates`` and what it draws.

    Raises UnfitAddress, EvidenceMissing, FontsMissing, FontsChanged or NotDrawn. ISO 19005-3:2012 (PDF/A-3).
    """
    data = drawn | {"url": evidence.url, "qr": qr.modules(evidence.url), "quiet": qr.QUIET_ZONE}
    data["issued"] = [issued.year, issued.month, issued.day, issued.hour, issued.minute, issued.second]
    data["attachments"] = [
        _attachment(CREDENTIAL_NAME, CREDENTIAL_TYPE, _credential(evidence.credential), "data"),
        _attachment(PROOF_NAME, PROOF_TYPE, _proof(evidence.proof), "supplement"),
    ]
    return _compile(template, json.dumps(data, ensure_ascii=False), int(issued.timestamp()))


def _compile(template: str, data: str, timestamp: int) -> bytes:
    import typst

    folder = resources.files("service.render").joinpath("templates")
    with resources.as_file(folder) as root:
        try:
            return typst.compile(
                str(Path(root) / template),
                root=str(root),
                font_paths=fonts.font_set(),
                ignore_system_fonts=True,
                sys_inputs={"data": data},
                pdf_standards=["a-3b"],
                timestamp=timestamp,
            )
        except typst.TypstError as error:
            raise NotDrawn(f"{NotDrawn.__doc__} {error.message}") from error


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
