"""The file a verifier works from: every figure with its source and evidence, the materiality level of each good.

Rules
1. Every emission shows its equation and each term with its source; every stream its factors, meter and evidence.
2. A meter shared between processes shows the fractions and the recorded reason.
3. The 5 % level stands in tCO2e per tonne for each CN code, with the records that could reach it alone.
4. Findings stand as they are, warnings and notes alike; nothing is softened.
5. Data, tables and engine are named by their digests, so that the same file can be made again.

Articles without a name are those of Implementing Regulation (EU) 2025/2546; Annexes are those of 2025/2547.

Example: ``verification_file(data, done, tables, Details(made_on=today)).sections[1].number == "2"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Monitoring
from lca.cbam.report import heads, verification_data, verification_goods
from lca.cbam.report.details import Details
from lca.cbam.report.document import Block, Document, Section
from lca.cbam.report.facts import Facts, facts
from lca.cbam.report.words import say
from lca.cbam.results import Calculation

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


def verification_file(data: Monitoring, done: Calculation, tables: Tables, details: Details) -> Document:
    """The file for the verifier. Raises ReportNotPossible (see :func:`lca.cbam.report.facts.facts`)."""
    known = facts(data, done, tables, details)
    sections = [
        Section(str(number), say(f"verification-{key}"), tuple(item(known)), say(f"group-{group}"))
        for number, (key, group, item) in enumerate(ITEMS, start=1)
    ]
    return heads.document("verification-file", data, details, sections, done)


ITEMS: tuple[tuple[str, str, Callable[[Facts], Iterator[Block]]], ...] = (
    ("subject", "identity", verification_goods.subject),
    ("materiality", "materiality", verification_goods.materiality),
    ("sensitivity", "materiality", verification_goods.sensitivities),
    ("streams", "streams", verification_data.streams),
    ("meters", "streams", verification_data.meters),
    ("terms", "terms", verification_data.terms),
    ("balance", "emissions", verification_data.balance),
    ("attribution", "emissions", verification_data.attribution),
    ("electricity", "energy", verification_data.electricity_sources),
    ("precursors", "precursors", verification_data.precursors),
    ("allocation", "goods", verification_goods.allocation),
    ("findings", "findings", verification_data.findings),
    ("evidence", "evidence", verification_data.evidence),
    ("tables", "tables", verification_data.reference_tables),
)
"""Key of the heading, group, and what the section shows."""
