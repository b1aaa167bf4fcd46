"""A template that the user supplies, filled in from monitoring data and its calculation.

Rules
1. Only a blank template of a version whose cells were checked (2.1, 2.1.1) is filled; the file passes the same screen
   as one that is read. Anything else is refused with the reason, and nothing is written.
2. Inputs are written, never results: the template calculates. How is told in ``sheetxml``.
3. What does not fit, or what the template computes otherwise than the regulation, is told (``fit``, ``plan``).

Example: ``fill(path.read_bytes(), data, calculate(data, tables)).data`` opens in Excel and LibreOffice.
"""

from __future__ import annotations

from lca.cbam.communication import cells, fit, plan, production_plan
from lca.cbam.communication.book import CORRUPT, Book, NotABook, open_book, unreadable
from lca.cbam.communication.lists import Cell, lists
from lca.cbam.communication.model import Filled
from lca.cbam.communication.plan import Plan
from lca.cbam.communication.reader import known_versions, recognise
from lca.cbam.communication.sheetxml import Template
from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation
from lca.cbam.storage import monitoring_digest
from lca.findings import Finding, Place, has_errors

INPUTS = (
    cells.INSTALLATION,
    cells.EMISSIONS,
    cells.BALANCE,
    cells.PROCESSES,
    cells.PRECURSORS,
    cells.SUMMARY,
    cells.PRODUCTS,
)


class NotFillable(ValueError):
    """The file handed in cannot be filled; ``findings`` say why and what to hand in instead."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("; ".join(finding.message("en") for finding in findings))


def fill(template: bytes, data: Monitoring, done: Calculation) -> Filled:
    """A filled copy of the template. Raises NotFillable, and ValueError where ``done`` is not of ``data``."""
    if done.monitoring_digest != monitoring_digest(data):
        raise ValueError("The calculation was made from other data.")
    try:
        book = _book(template)
        return _filled(book, Template(book, template), data, done)
    except NotFillable:
        raise
    except CORRUPT as error:
        raise NotFillable(*unreadable("template.xlsx", error).findings) from error


def _filled(book: Book, target: Template, data: Monitoring, done: Calculation) -> Filled:
    if typed := target.typed(INPUTS):
        sheet, cell = typed[0]
        raise NotFillable(
            Finding.error("cbam-communication-not-blank", Place(sheet, None, cell), count=len(typed))
        )
    made = Plan(data, done, lists(book.values(cells.CONSTANTS)), _codes(book))
    plan.installation(made)
    plan.sources(made)
    production_plan.name_all(made)
    production_plan.goods_list(made)
    production_plan.processes(made)
    production_plan.precursors(made)
    production_plan.products(made)
    fit.differences(made)
    refused = [one for one in made.writes if not target.is_input(one.sheet, one.cell)]
    if refused:
        places = (Place(one.sheet, None, one.cell) for one in refused[:10])
        raise NotFillable(*(Finding.error("cbam-communication-locked", place) for place in places))
    return Filled(data=target.filled(made.writes), findings=tuple(dict.fromkeys(made.findings)))


def _book(template: bytes) -> Book:
    """The template, screened and recognised (rule 1)."""
    try:
        book = open_book(template, "template.xlsx")
    except NotABook as refused:
        raise NotFillable(*refused.findings) from refused
    version, findings = recognise(book)
    if has_errors(findings):
        raise NotFillable(*findings)
    if not any(one.checked and one.number == version for one in cells.VERSIONS.values()):
        place = Place(cells.VERSION, None, "B3")
        raise NotFillable(
            Finding.error(
                "cbam-communication-version-refused", place, version=version or "—", known=known_versions()
            )
        )
    return book


def _codes(book: Book) -> dict[str, Cell]:
    """Country codes and names, and the CN codes the template knows (keys ``CN:row``)."""
    codes = book.values(cells.CODES)
    listed = book.values("Parameters_CNCodes")
    return codes | {
        f"CN:{cell}": value for cell, value in listed.items() if cell.startswith("D") and cell[1:].isdigit()
    }
