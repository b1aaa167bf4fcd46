"""What every signed document has in common: PDF/A-3b by Typst, with its credential and its bundle inside.

Rules
1. The same data give the same bytes on every machine that has the pinned fonts and the pinned Typst. The only moment in
   the file is that of the issue.
2. Nothing of a statement is ever Typst markup: it reaches the template as one JSON string.
3. The template reads no file beside its own folder and no network; no mark of any authority is drawn.
4. An empty credential or bundle is refused: a document without its evidence is a picture.
5. What was drawn is read back as a verifier reads it (``certificates.steps.printed``). A document whose pages do not
   print its statement for everybody to see is not handed out, whatever text of a person is the cause.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from certificates import labelnumber
from certificates.texts import filled
from service.render import fonts, qr
from service.render.figures import moment

CREDENTIAL_NAME = "credential.jwt"
CREDENTIAL_TYPE = "application/vc+jwt"
BUNDLE_NAME = "bundle.json"
BUNDLE_TYPE = "application/json"


class EvidenceMissing(ValueError):
    """The document carries its credential (compact JWT) and its bundle (JSON object); neither may be empty."""


class NotDrawn(RuntimeError):
    """The document could not be set, or does not verify as it was set; nothing was issued. ``found`` is the sentence of
    the typesetter, or of the step that fails, by language."""

    def __init__(self, found: Mapping[str, str]) -> None:
        super().__init__(f"The document is not drawn, and nothing was issued: {found['en']}")
        self.found = found


@dataclass(frozen=True, slots=True)
class Evidence:
    """The compact ``vc+jwt``, the UTF-8 JSON of the bundle, the address in the QR code, and the check code (eight
    characters; empty for a claim)."""

    credential: str
    bundle: bytes
    url: str
    code: str = ""


def typeset(template: str, drawn: dict[str, Any], evidence: Evidence, statement: Mapping[str, Any]) -> bytes:
    """The unsigned PDF of a template of ``service/render/templates`` and what it draws of a statement.

    Raises UnfitAddress, EvidenceMissing, FontsMissing, FontsChanged or NotDrawn. ISO 19005-3:2012 (PDF/A-3).
    """
    issued = moment(statement["issuedAt"])
    data = drawn | {"url": evidence.url, "qr": qr.modules(evidence.url), "quiet": qr.QUIET_ZONE}
    data["issued"] = [issued.year, issued.month, issued.day, issued.hour, issued.minute, issued.second]
    data["attachments"] = [
        _attachment(CREDENTIAL_NAME, CREDENTIAL_TYPE, _credential(evidence.credential), "data"),
        _attachment(BUNDLE_NAME, BUNDLE_TYPE, _bundle(evidence.bundle), "supplement"),
    ]
    data["code"] = labelnumber.shown_code(evidence.code) if evidence.code else ""
    pdf = _compile(template, json.dumps(data, ensure_ascii=False), int(issued.timestamp()))
    _read_back(pdf, statement, evidence)
    return pdf


def _read_back(pdf: bytes, statement: Mapping[str, Any], evidence: Evidence) -> None:
    """Rule 5."""
    from certificates.pdf.document import Document
    from certificates.steps.printed import judge

    outcome = judge(Document(pdf), dict(statement), evidence.code, (evidence.url,))
    if outcome.ok is not True:
        raise NotDrawn(filled("detail", outcome.reason, dict(outcome.values)))


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
            raise NotDrawn(dict.fromkeys(("zh", "en"), str(error.message))) from error


def _attachment(name: str, media_type: str, text: str, relation: str) -> dict[str, str]:
    return {"name": name, "type": media_type, "text": text, "relation": relation}


def _credential(text: str) -> str:
    if text.count(".") != 2 or not text.isascii() or not all(text.split(".")):
        raise EvidenceMissing(f"{CREDENTIAL_NAME}: {EvidenceMissing.__doc__}")
    return text


def _bundle(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found:
        raise EvidenceMissing(f"{BUNDLE_NAME}: {EvidenceMissing.__doc__}")
    return text
