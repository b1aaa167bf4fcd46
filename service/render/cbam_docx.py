"""A CBAM document as an editable text file (.docx): headings, tables with repeated heads, blanks to fill in.

Rules
1. Fonts are named for Latin and for East Asian text, so that Word sets both.
2. The file carries the document's date and nothing of this machine; its parts are packed with one fixed time.
3. Signs XML cannot hold or that turn the direction of writing are left out; only the page number is a field.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

from lca.cbam.report.document import (
    Block,
    Cell,
    Document,
    Fields,
    Kind,
    Layout,
    Section,
    Statement,
    Table,
)
from service.render.cbam_content import BREAK, cell, in_column

LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_GREEN, _GREY = "0B5D44", "5C5C5C"


def docx(document: Document, language: str) -> bytes:
    """The text file in ``zh`` or ``en``. Raises ValueError for another language."""
    from docx import Document as new_document
    from docx.shared import Mm

    made = new_document()
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin = page.bottom_margin = Mm(18)
    _fonts(made)
    _properties(made, document, language)
    _running(page, document, language)
    _paragraph(made, document.title.of(language), size=16, bold=True, colour=_GREEN)
    _paragraph(made, document.clause.of(language), size=9, colour=_GREY)
    _fields(made, Fields(document.facts), language)
    if document.layout is not Layout.LETTER:
        _paragraph(made, document.notice.of(language), bold=True)
    for section in document.sections:
        _section(made, section, language)
    target = io.BytesIO()
    made.save(target)
    return _fixed(target.getvalue())


def _section(made: Any, section: Section, language: str) -> None:
    title = f"{section.number}  {section.title.of(language)}".strip()
    if title:
        _run(made.add_heading(level=2), title, size=11.5, bold=True, colour=_GREEN)
    for block in section.blocks:
        if block.caption:
            shown = _paragraph(made, block.caption.of(language), bold=True)
            shown.paragraph_format.keep_with_next = True
        _block(made, block, language)


def _block(made: Any, block: Block, language: str) -> None:
    if isinstance(block, Statement):
        mark = "[ ] " if block.kind is Kind.TO_STATE else ""
        grey = _GREY if block.kind is Kind.NOT_APPLICABLE else ""
        _paragraph(made, mark + block.words.of(language), colour=grey)
    elif isinstance(block, Fields):
        _fields(made, block, language)
    else:
        _table(made, block, language)


def _fields(made: Any, block: Fields, language: str) -> None:
    rows = [[(row.label.of(language), "label"), _shown(row.value, language)] for row in block.rows]
    _grid(made, rows, header=False, right=(), widths=(54.0, 120.0))


def _table(made: Any, block: Table, language: str) -> None:
    heads = [
        (one.title.of(language) + (f"\n{one.unit}" if one.unit else ""), "head") for one in block.columns
    ]
    rows = [heads]
    for row in block.rows:
        pairs = zip(row, block.columns, strict=True)
        rows.append([_shown(in_column(value, one), language) for value, one in pairs])
    right = tuple(at for at, one in enumerate(block.columns) if one.numeric)
    whole = sum(one.weight for one in block.columns)
    _grid(
        made,
        rows,
        header=True,
        right=right,
        widths=tuple(174.0 * one.weight / whole for one in block.columns),
    )


def _shown(value: Cell, language: str) -> tuple[str, str]:
    words, kind = cell(value, language)
    return (f"[{words}]" if kind == "blank" else words).replace(BREAK, ""), kind


def _grid(
    made: Any,
    rows: list[list[tuple[str, str]]],
    *,
    header: bool,
    right: tuple[int, ...],
    widths: tuple[float, ...],
) -> None:
    """A table built as XML in one go: python-docx cell by cell takes seconds for hundreds of rows."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    edge = '<w:bottom w:val="single" w:sz="4" w:color="C2C2C2"/><w:insideH w:val="single" w:sz="4" w:color="C2C2C2"/>'
    columns = [round(width * 56.7) for width in widths]
    parts = [
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{edge}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>',
        *(f'<w:gridCol w:w="{width}"/>' for width in columns),
        "</w:tblGrid>",
    ]
    for at, row in enumerate(rows):
        repeat = "<w:tblHeader/>" if header and at == 0 else ""
        parts.append(f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>")
        parts += [
            _cell(words, kind, columns[column], column in right) for column, (words, kind) in enumerate(row)
        ]
        parts.append("</w:tr>")
    parts.append("</w:tbl>")
    made.element.body.insert_element_before(parse_xml("".join(parts)), "w:sectPr")
    made.add_paragraph().paragraph_format.space_after = 0


_MARKS = {
    "head": f'<w:b/><w:color w:val="{_GREY}"/>',
    "label": f'<w:color w:val="{_GREY}"/>',
    "blank": f'<w:color w:val="{_GREY}"/>',
}


def _cell(words: str, kind: str, width: int, right: bool) -> str:
    aligned = '<w:jc w:val="right"/>' if right else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="FFF8E1"/>' if kind == "blank" else ""
    style = f'<w:rPr>{_MARKS.get(kind, "")}<w:sz w:val="17"/>{shade}</w:rPr>'  # in the order of the schema
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(_escaped(line) for line in words.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:after="20" w:before="20"/>'
        f'{aligned}</w:pPr><w:r>{style}<w:t xml:space="preserve">{lines}</w:t></w:r></w:p></w:tc>'
    )


def _escaped(words: str) -> str:
    clean = _UNFIT.sub("", words)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _paragraph(made: Any, words: str, *, size: float = 10, bold: bool = False, colour: str = "") -> Any:
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(5)
    _run(paragraph, words, size=size, bold=bold, colour=colour)
    return paragraph


def _run(paragraph: Any, words: str, *, size: float, bold: bool = False, colour: str = "") -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(_UNFIT.sub("", words))
    run.font.size, run.font.bold = Pt(size), bold
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    _faces(run._element.get_or_add_rPr())


def _faces(properties: Any) -> None:
    """Latin and East Asian font of a run or style (rule 1); theme fonts would win over them."""
    from docx.oxml.ns import qn

    faces = properties.get_or_add_rFonts()
    for name in list(faces.attrib):
        if name.endswith("Theme"):
            del faces.attrib[name]
    for name, face in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", EAST_ASIAN)):
        faces.set(qn(f"w:{name}"), face)


def _fonts(made: Any) -> None:
    from docx.shared import Pt

    for name in ("Normal", "Heading 2"):
        _faces(made.styles[name].element.get_or_add_rPr())
    made.styles["Normal"].font.size = Pt(10)


def _properties(made: Any, document: Document, language: str) -> None:
    moment = datetime.combine(document.made_on, datetime.min.time())
    core = made.core_properties
    core.title = document.title.of(language)
    core.author = core.last_modified_by = "Tanbiao"
    core.comments = ""
    core.created = core.modified = moment
    core.language = "zh-CN" if language == "zh" else "en-GB"
    core.revision = 1


def _running(page: Any, document: Document, language: str) -> None:
    head = page.header.paragraphs[0]
    _run(head, " · ".join(words.of(language) for words in document.running), size=8, colour=_GREY)
    foot = page.footer.paragraphs[0]
    _run(foot, document.title.of(language) + " · ", size=8, colour=_GREY)
    _page_number(foot)


def _page_number(paragraph: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph._p.append(
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:t>1</w:t></w:r>'
            "</w:fldSimple>"
        )
    )


def _fixed(data: bytes) -> bytes:
    """The same parts in the same order, each packed with one time."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            packed.writestr(entry, source.read(name))
    return target.getvalue()
