"""Purchased and own precursors: scope, category, amounts, country. Which values they take is not decided here.

Rules
1. A precursor is a good of Annex I to Regulation (EU) 2023/956, in the category stated.
2. Its category is one that counts for the process's category (Annex I point 3); another material is no precursor.
3. What was consumed and used otherwise is not more than was purchased, within 1 %: a change of stock is explained.
4. A country that is stated is a country. Values, evidence and contents are checked where values are chosen
   (``lca.cbam.precursors``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from databases.cbam.goods import CbamGood, NotInScope
from databases.cbam.tables import Tables
from databases.cbam.values import UnknownKey
from lca.cbam.checks.common import at, differ, figure, flow, fractions, not_negative
from lca.cbam.checks.goods import HIGHEST
from lca.cbam.monitoring import Basis, Monitoring, Precursor
from lca.findings import Finding

_USE_TOLERANCE = 0.01


def precursors(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on purchased precursors, and on own ones that do not count."""
    categories = {process.id: process.category for process in data.processes}
    for precursor in data.precursors:
        yield from _scope(precursor, tables, data.basis)
        yield from _amounts(precursor)
        yield from country(precursor.id, precursor.country, tables)
        for use in precursor.uses:
            target = categories.get(use.process, "")
            yield from _counts(precursor.id, precursor.category, target, tables)
    for own in data.own_uses:
        record = flow(own.origin, own.destination)
        yield from _counts(
            record, categories.get(own.origin, ""), categories.get(own.destination, ""), tables
        )


def country(record: str, code: str, tables: Tables) -> Iterator[Finding]:
    """An error for a code that no country has; an empty one is not known, which is another matter."""
    if not tables.is_country(code):
        yield Finding.error("cbam-country-unknown", at(record), country=code)


def _scope(precursor: Precursor, tables: Tables, basis: Basis) -> Iterator[Finding]:
    place = at(precursor.id)
    try:
        listed: CbamGood = tables.good(precursor.cn)
    except NotInScope:
        # older workbooks name a category only
        if basis is Basis.DEFINITIVE or precursor.cn:
            tell = Finding.error if basis is Basis.DEFINITIVE else Finding.warning
            yield tell("cbam-cn-out-of-scope", place, name=precursor.name, cn=precursor.cn or "“”")
        return
    if precursor.category and listed.category != precursor.category:
        details = {"cn": precursor.cn, "category": listed.category, "stated": precursor.category}
        yield Finding.error("cbam-precursor-category", place, name=precursor.name, **details)
    if basis is Basis.DEFINITIVE and listed.unit in HIGHEST:
        content = precursor.content
        if content is not None and not 0.0 < content <= HIGHEST[listed.unit]:
            highest = figure(HIGHEST[listed.unit])
            details = {
                "field": "content",
                "value": figure(content),
                "highest": highest,
                "unit": listed.unit.value,
            }
            yield Finding.error("cbam-content-range", place, name=precursor.name, **details)


def _amounts(precursor: Precursor) -> Iterator[Finding]:
    uses = [use.amount for use in precursor.uses]
    yield from not_negative(precursor.id, purchased=precursor.purchased, other_uses=precursor.other_uses)
    for amount in uses:
        yield from not_negative(precursor.id, uses=amount)
    values = precursor.values
    if values is not None:
        yield from not_negative(
            precursor.id,
            see_direct=values.see_direct,
            see_indirect=values.see_indirect,
            sefa=values.sefa,
            electricity_mwh=values.electricity_mwh,
            electricity_factor=values.electricity_factor,
        )
        yield from fractions(precursor.id, default_share=values.default_share)
    used = math.fsum((*uses, precursor.other_uses))
    if not uses:
        yield Finding.warning("cbam-precursor-unused", at(precursor.id), name=precursor.name)
    elif precursor.purchased is not None and differ(used, precursor.purchased, _USE_TOLERANCE):
        details = {"used": figure(used), "purchased": figure(precursor.purchased)}
        yield Finding.warning("cbam-precursor-uses", at(precursor.id), name=precursor.name, **details)


def _counts(record: str, category: str, target: str, tables: Tables) -> Iterator[Finding]:
    """Rule 2; categories that are not known are told elsewhere."""
    try:
        listed = tables.category(target)
        tables.category(category)
    except UnknownKey:
        return
    if category not in listed.precursors and category not in listed.joint_precursors:
        yield Finding.warning("cbam-precursor-not-listed", at(record), category=category, target=target)
