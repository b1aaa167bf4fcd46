"""CBAM documents as files: PDF (A4), workbook (.xlsx) and editable text (.docx), in Chinese or English.

Rules
1. The same document and language give the same bytes on every machine with the pinned fonts and packages; the only
   date in a file is the document's own.
2. No text of the data is ever markup, formula or field: it is drawn as text.
3. Numbers are the document's, digit for digit; nothing is computed or rounded here.
4. Each format shows every section; none leaves one out.

Example: ``pdf(operator_report(data, done, tables, details), "en")``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from lca.cbam.report.document import Document
from service.render import fonts
from service.render.cbam_content import content
from service.render.cbam_docx import docx
from service.render.cbam_workbook import xlsx

__all__ = ["DocumentNotDrawn", "docx", "pdf", "xlsx"]


class DocumentNotDrawn(RuntimeError):
    """The document could not be set; the sentence of the typesetter follows."""


def pdf(document: Document, language: str) -> bytes:
    """PDF/A-2b, A4. Raises ValueError for a language, FontsMissing, FontsChanged or DocumentNotDrawn."""
    import typst

    drawn = json.dumps(content(document, language), ensure_ascii=False)
    made = document.made_on
    moment = int(datetime(made.year, made.month, made.day, tzinfo=UTC).timestamp())
    with resources.as_file(resources.files("service.render").joinpath("templates")) as root:
        try:
            return typst.compile(
                str(Path(root) / "cbam.typ"),
                root=str(root),
                font_paths=fonts.font_set(),
                ignore_system_fonts=True,
                sys_inputs={"data": drawn},
                pdf_standards=["a-2b"],
                pdf_tags=False,  # the tags of a thousand rows are ten times the size of the text
                timestamp=moment,
            )
        except typst.TypstError as error:
            raise DocumentNotDrawn(f"{DocumentNotDrawn.__doc__} {error.message}") from error
