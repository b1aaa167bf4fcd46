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
   year, one process per CN code, clinker and nitrogen content, measured N2O, precedence of factors) do not apply.

Example: ``check(data, tables) == ()`` for data without a fault.

Articles and annexes without a name are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from databases.cbam.tables import Tables
from lca.cbam.checks.claims import claims
from lca.cbam.checks.energy import energy
from lca.cbam.checks.evidence import evidence
from lca.cbam.checks.goods import goods
from lca.cbam.checks.precursors import precursors
from lca.cbam.checks.sources import sources
from lca.cbam.checks.streams import streams
from lca.cbam.checks.structure import structure
from lca.cbam.monitoring import Monitoring
from lca.findings import Finding, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(data: Monitoring, tables: Tables) -> tuple[Finding, ...]:
    """All findings, errors first, then in the order of the data; none twice."""
    found = (
        *structure(data),
        *claims(data),
        *streams(data, tables),
        *sources(data, tables),
        *goods(data, tables),
        *precursors(data, tables),
        *energy(data, tables),
        *evidence(data),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER[one.severity]))
