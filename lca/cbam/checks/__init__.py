"""Everything wrong or doubtful with what was monitored, told at once: errors stop the calculation.

Rules
1. :func:`check` never raises for what a user can write, and never stops at the first problem; each finding names the
   record it is about (``place.line``), the rule broken, and what to do next.
2. An ERROR is what the rules do not allow or what leaves no figure; a WARNING is what a verifier will ask about; a
   NOTE says which value was filled in.
3. Names that lead nowhere are errors, so the steps after this one may rely on every name.
4. Refused outright: a factor of a life-cycle database, a green certificate as source of an electricity factor, data
   of a year before 2026 for goods of the definitive period, a CN code that is not in scope, calculated N2O of nitric
   acid. Unverified values of precursors are refused by ``lca.cbam.precursors``; attributed emissions below zero are
   set to zero by ``lca.cbam.attribution``, which says so.
5. The TRANSITIONAL basis is read to reproduce older workbooks: rules that only the definitive period has (calendar
   year, one process per CN code, clinker and nitrogen content, measured N2O, precedence of factors) do not apply,
   and what that period's workbook computes with (:data:`COMPUTED_ANYWAY`) is a warning.

    common        what several checks need: places, negative amounts, fractions, names of records
    sizes         numbers no machine can compute with; where there are any, nothing else is told
    structure     identifiers, names that lead nowhere, shares, period and basis
    claims        origins of factors that are refused
    streams       source streams and the fuel balance
    sources       measured sources, perfluorocarbons, other methods, transfers
    goods         processes, goods, own uses
    precursors    scope, category, amounts and country of precursors
    energy        technical units, heat, waste gases, electricity
    completeness  what was left out
    evidence      figures without a document, documents without a figure

Example: ``check(data, tables) == ()`` for data without a fault.

Articles and annexes without a name are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from dataclasses import replace

from databases.cbam.tables import Tables
from lca.cbam.checks.claims import claims
from lca.cbam.checks.completeness import completeness
from lca.cbam.checks.energy import energy
from lca.cbam.checks.evidence import evidence
from lca.cbam.checks.goods import goods
from lca.cbam.checks.precursors import precursors
from lca.cbam.checks.sizes import sizes
from lca.cbam.checks.sources import sources
from lca.cbam.checks.streams import streams
from lca.cbam.checks.structure import structure
from lca.cbam.monitoring import Basis, Monitoring
from lca.findings import Finding, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


COMPUTED_ANYWAY = frozenset(
    {
        "cbam-activity-negative",
        "cbam-amount-negative",
        "cbam-collection-efficiency",
        "cbam-current-efficiency",
    }
)
"""What the Commission's workbook takes as it is: its current efficiency of 95 % is 0.95, and a manual total below the
sum of the sources is a negative source.
"""


def check(data: Monitoring, tables: Tables) -> tuple[Finding, ...]:
    """All findings, errors first, then in the order of the data; none twice."""
    beyond = sizes(data)
    if beyond:
        return beyond
    found = (
        *structure(data),
        *claims(data),
        *streams(data, tables),
        *sources(data, tables),
        *goods(data, tables),
        *precursors(data, tables),
        *energy(data, tables),
        *completeness(data, tables),
        *evidence(data),
    )
    if data.basis is Basis.TRANSITIONAL:  # rule 5
        found = tuple(
            replace(one, severity=Severity.WARNING) if one.code in COMPUTED_ANYWAY else one for one in found
        )
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER[one.severity]))
