"""Where factors come from, as their references say: two origins are refused whatever kind of source is ticked.

Rules
1. A factor whose reference names a life-cycle assessment, an inventory database or a carbon-footprint factor is
   refused: the Commission accepts none (Q&A of 27 May 2026, 4.24). The same holds for a described method and for
   what a supplier's values refer to.
2. A green certificate is no source of an electricity factor: Annex II D.4 knows the grid's factor, an alternative
   default, a direct technical link and a power purchase agreement, and nothing else.
3. Words are found alone, not inside other words; ``GO`` and ``REC`` only in capitals.

Example: ``names_lca("ecoinvent 3.11, market for natural gas") == "ecoinvent"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lca.cbam.checks.common import at
from lca.cbam.monitoring import ElectricitySource, Factor, Monitoring
from lca.findings import Finding

_LCA_WORDS = (
    r"ecoinvent|gabi|sphera|lca|lci|lcia|cpcd|clcd|hiqlcd|elcd|uslci|us[ -]lci|desnz|defra|agribalyse|idemat|exiobase"
    r"|openlca|simapro|epd|pcf|life[ -]?cycle[a-z]*|carbon footprint[a-z]*"
    r"|environmental product declaration[a-z]*"
)
_LCA_CHINESE = r"生命周期|全周期|碳足迹|天工数据库|环境产品声明|背景数据库"
_GREEN_WORDS = (
    r"gecs?|i-?recs?|tigrs?|guarantees? of origin|green certificates?|green electricity certificates?"
)
_GREEN_ENERGY = r"renewable energy certificates?|energy attribute certificates?|eacs?"
_GREEN_CAPITALS = r"GOs?|RECs?"
_GREEN_CHINESE = r"绿证|绿色电力证书|绿色证书|可再生能源证书|可再生能源绿色电力证书"


def _alone(words: str) -> str:
    return rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])"


_LCA = re.compile(f"{_alone(_LCA_WORDS)}|{_LCA_CHINESE}", re.IGNORECASE)
_GREEN = re.compile(
    f"(?i:{_alone(f'{_GREEN_WORDS}|{_GREEN_ENERGY}')})|{_alone(_GREEN_CAPITALS)}|{_GREEN_CHINESE}",
)


def names_lca(text: str) -> str:
    """The words by which a text names a life-cycle source; empty when it names none."""
    found = _LCA.search(text)
    return found.group() if found else ""


def names_green_certificate(text: str) -> str:
    """The words by which a text names a green certificate; empty when it names none."""
    found = _GREEN.search(text)
    return found.group() if found else ""


def claims(data: Monitoring) -> Iterator[Finding]:
    """Refusals of rules 1 and 2."""
    for record, field, text in _references(data):
        if word := names_lca(text):
            yield Finding.error("cbam-lca-factor", at(record), field=field, word=word, reference=text[:80])
    for source in data.electricity:
        texts = _electricity_texts(source)
        if word := next((found for text in texts if (found := names_green_certificate(text))), ""):
            yield Finding.error("cbam-green-certificate", at(source.id), name=source.name, word=word)
    for export in data.electricity_exports:
        if word := names_green_certificate(export.factor.reference):
            yield Finding.error("cbam-green-certificate", at(export.process), name=export.process, word=word)


def _references(data: Monitoring) -> Iterator[tuple[str, str, str]]:
    """Every text that says where a value comes from: (record, field, text)."""
    for record, field, factor in factors(data):
        yield record, field, factor.reference
    for other in data.other:
        yield other.id, "method", other.method
    for precursor in data.precursors:
        if precursor.values is not None:
            yield precursor.id, "values", precursor.values.reference


def factors(data: Monitoring) -> Iterator[tuple[str, str, Factor]]:
    """Every factor stated: (record, field, factor)."""
    for stream in data.streams:
        stated = (
            ("ncv", stream.ncv),
            ("emission_factor", stream.emission_factor),
            ("carbon_content", stream.carbon_content),
        )
        yield from ((stream.id, field, factor) for field, factor in stated if factor is not None)
    for heat in data.heat:
        if heat.factor is not None:
            yield heat.id, "factor", heat.factor
    for source in data.electricity:
        if source.factor is not None:
            yield source.id, "factor", source.factor
    for export in data.electricity_exports:
        yield export.process, "electricity_exports", export.factor


def _electricity_texts(source: ElectricitySource) -> Iterator[str]:
    if source.factor is not None:
        yield source.factor.reference
    yield source.name
    if source.proof is not None:
        yield source.proof.contract
