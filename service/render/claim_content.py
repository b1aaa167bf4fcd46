"""Statement of a claim -> what its document prints: strings in both languages and where the bars begin and end.

Rules
1. Nothing is computed here but places of bars and shares in percent; every printed quantity is the statement's own
   decimal, digits kept (``service.render.content``, whose rules hold here too).
2. Everything that check N16 asks for stands in the document: subject, boundary, period, footprint, reductions, offset
   and share, credits with program, project, vintage, serial and day of retirement, standard, verifier and conclusion,
   next update; and the wording as it was signed, word for word.
3. The title is that of the rule set: a VCMI tier is not called neutral (VCMI Claims Code of Practice).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from certificates.ledger.claims.rules import rule_sets
from service.render import claim_rows
from service.render.content import (
    SHORT_HASH,
    Pair,
    Source,
    as_of,
    lacks_glyphs,
    minute,
    named,
    parts,
    words,
)
from service.render.figures import StatementUnfit, decimal, grouped, percent
from service.render.fonts import printable


@cache
def claim_words(*, neutral: bool = True) -> dict[str, Any]:
    """The printed words of a claim: the label's, its own of ``claim_words.toml``, and where the rule set does not speak
    of neutrality those of a tier in their place."""
    text = resources.files("service.render").joinpath("claim_words.toml").read_text(encoding="utf-8")
    own = tomllib.loads(text)
    special = own.pop("tier")
    return words() | own | ({} if neutral else special)


def content(statement: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Everything the template draws, JSON-ready. Raises UnknownLanguage or StatementUnfit."""
    key = str(Source(statement, language).get("ruleSet.key"))
    if key not in rule_sets():
        raise StatementUnfit(f"ruleSet.key: {key} is no rule set.")
    source = Source(statement, language, claim_words(neutral=rule_sets()[key].neutral))
    drawn = {
        "language": language,
        "words": {key: source.pair(value) for key, value in source.table.items() if "zh" in value},
        "number": _text(source, "number"),
        "issuer": source.pair(source.get("issuer.name")),
        "issuer_id": _text(source, "issuer.id"),
        "subject": source.pair(source.get("subject.name")),
        "claimant": [_text(source, f"claimant.{part}", empty=True) for part in ("name", "code")],
        "unit": _text(source, "footprint.unit"),
        "figures": _figures(source),
        "waterfall": _waterfall(source),
        "facts": _facts(source),
        "retirements": claim_rows.retirements(source),
        "beneficiary": claim_rows.beneficiary(source),
        "retired": grouped(source.get("offset")),
        "share": f"{grouped(source.get('share'))} %",
        "electricity": claim_rows.electricity(source),
        "basis": _basis(source),
        "parts": parts(source),
        "verification": _verification(source),
        "people": _people(source),
        "checks": claim_rows.checks(source),
        "chain": claim_rows.chain(source),
        "evidence": claim_rows.evidence(source),
        "wording": source.pair(source.get("wording")),
        "as_of": as_of(source, "claim-as-of"),
    }
    return drawn | {"missing_glyphs": lacks_glyphs(drawn, statement)}


def _figures(source: Source) -> list[dict[str, Any]]:
    unit = _text(source, "footprint.unit")
    count = len(source.listed("retirements"))
    rows = (
        ("footprint-total", grouped(source.get("footprint.total")), unit),
        ("deducted", grouped(source.get("reductions.deducted")), unit),
        ("offset-share", f"{grouped(source.get('share'))} %", ""),
        ("remainder", grouped(source.get("remainder")), unit),
        ("retirement-count", str(count), ""),
    )
    return [{"name": source.word(key), "value": value, "note": note} for key, value, note in rows]


def _waterfall(source: Source) -> list[dict[str, Any]]:
    """Rows from the footprint to the remainder; a bar is a part of the footprint's own, 0 to 1."""
    total, unabated, remainder = (
        decimal(source.get(n)) for n in ("footprint.total", "unabated", "remainder")
    )
    offset = decimal(source.get("offset"))
    rows = (
        ("footprint-total", "footprint.total", (Decimal(0), total), "whole"),
        ("deducted", "reductions.deducted", (unabated, total), "less"),
        ("unabated", "unabated", (Decimal(0), unabated), "whole"),
        ("residual", "residual", (Decimal(0), decimal(source.get("residual"))), "part"),
        ("offset", "offset", (remainder, min(unabated, remainder + offset)), "less"),
        ("remainder", "remainder", (Decimal(0), remainder), "whole"),
    )
    return [
        {
            "name": source.word(key),
            "value": _less(source.get(path)) if kind == "less" else grouped(source.get(path)),
            "percent": percent(decimal(source.get(path)), total),
            "start": float(max(min(start, end), Decimal(0)) / total),
            "end": float(min(end, total) / total),
            "kind": kind,
        }
        for key, path, (start, end), kind in rows
    ]


def _facts(source: Source) -> list[dict[str, Any]]:
    period = f"{source.get('period.start')} \N{EN DASH} {source.get('period.end')}"
    rows: list[tuple[str, Pair]] = [
        ("subject-type", source.named("subject-values", source.get("subject.type"))),
        ("claim-boundary", source.pair(source.get("subject.boundary"))),
        *_extent(source),
        ("claim-period", [printable(period)]),
        ("standards", source.pair(source.get("ruleSet.standards"))),
        ("verifier-body", [_text(source, "footprint.verifier.body"), *_opinion(source)]),
        ("audience", source.named("audience-values", source.get("audience"))),
        ("markets", [", ".join(claim_rows.place(code, source) for code in source.get("markets"))]),
        ("issued", [minute(source.get("issuedAt"))]),
        ("valid", [minute(source.get("validUntil"))]),
        ("next-update", [_text(source, "nextUpdate")]),
    ]
    return named(source, rows)


def _extent(source: Source) -> list[tuple[str, Pair]]:
    """Functional unit, or sites, or both: whichever the subject has."""
    subject, rows = source.get("subject"), []
    if "unit" in subject:
        rows.append(("functional-unit", source.pair(subject["unit"])))
    if "sites" in subject:
        rows.append(("sites", [printable("; ".join(map(str, subject["sites"])))]))
    return rows


def _opinion(source: Source) -> Pair:
    both = zip(
        source.named("assurance-values", source.get("footprint.assurance")),
        source.named("opinion-values", source.get("footprint.verifier.conclusion")),
        strict=True,
    )
    return [" · ".join(pair) for pair in both]


def _basis(source: Source) -> list[dict[str, Any]]:
    footprint, reductions = source.get("footprint"), source.get("reductions")
    unit = _text(source, "footprint.unit")
    kind = source.named("footprint-values", footprint.get("kind"))
    number = f"{source.get('footprint.number')} ({source.get('footprint.version')})"
    baseline = (
        f"{source.get('reductions.baselineYear')}: {grouped(source.get('reductions.baselineTotal'))} {unit}"
    )
    rows: list[tuple[str, Pair]] = [
        ("footprint-source", [printable(number), *kind]),
        ("footprint-hash", [f"{_text(source, 'footprint.sha256')[:SHORT_HASH]}…"]),
    ]
    if "batch" in footprint:
        units, one = grouped(source.get("footprint.batch.units")), source.get("footprint.batch.perUnit")
        rows.append(("batch", [f"{grouped(one)} kgCO2e × {units}"]))
    for key, name in (("market-based", "marketBased"), ("location-based", "locationBased")):
        if name in footprint:
            rows.append((key, [f"{grouped(footprint[name])} {unit}"]))
    rows += [
        ("baseline", [printable(baseline)]),
        ("reduced", [f"{grouped(source.get('reductions.reduced'))} {unit}"]),
        ("deducted", [f"{grouped(source.get('reductions.deducted'))} {unit}"]),
        ("removals-inside", [f"{grouped(reductions.get('removalsInside'))} {unit}"]),
        ("plan", [f"{_text(source, 'reductions.planSha256')[:SHORT_HASH]}…"]),
    ]
    return named(source, rows)


def _verification(source: Source) -> list[dict[str, Any]]:
    verifier = Source(source.get("footprint.verifier"), source.order[0], source.table)
    rows: list[tuple[str, Pair]] = [
        ("standards", source.pair(source.get("ruleSet.standards"))),
        ("least-offset", [f"{grouped(source.get('toOffset'))} {_text(source, 'footprint.unit')}"]),
        ("assurance-level", source.named("assurance-values", source.get("footprint.assurance"))),
        ("verifier-body", [_text(verifier, "body"), _text(verifier, "accreditation")]),
        ("verifier-person", [_text(verifier, "person")]),
        ("conclusion", source.named("opinion-values", verifier.get("conclusion"))),
        ("verified-until", [_text(verifier, "validUntil")]),
    ]
    return named(source, rows)


def _people(source: Source) -> list[dict[str, Any]]:
    people = source.get("people")
    return [
        {"name": source.named("people-values", part), "value": printable(str(person["name"])), "notes": []}
        for part, person in people.items()
    ]


def _text(source: Source, path: str, *, empty: bool = False) -> str:
    return printable(str(source.get(path, empty=empty)))


def _less(value: Any) -> str:
    """An amount taken off, with a minus; nothing taken off is a plain 0."""
    return f"\N{MINUS SIGN}{grouped(value)}" if decimal(value) else grouped(value)
