"""What the pages of a claim must print, as phrases: the amounts beside their names, and every unit that was retired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certificates.ledger.claims import rules
from certificates.steps.printedlabel import SHORT_HASH, chain, parts
from certificates.steps.sheet import Figure, Phrase
from certificates.steps.wording import Words, figure, grouped, minute

Rows = list[tuple[str, str, tuple[str, ...]]]


def phrases(statement: dict[str, Any], words: Words) -> Iterator[Phrase]:
    """All that must stand on the pages of a claim."""
    yield from _head(statement, words)
    yield from words.rows(_figures(statement), "above")
    yield from words.rows(_waterfall(statement))
    yield from words.rows(_facts(statement, words))
    for position, row in enumerate(statement["retirements"]):
        yield from _retirement(f"retirements[{position}]", row, words)
    for position, row in enumerate(statement["electricity"]):
        yield _electricity(f"electricity[{position}]", row)
    yield from parts(statement["footprint"]["parts"], words)
    yield from words.rows(_basis(statement))
    yield from words.rows(_verification(statement, words))
    yield from _people(statement, words)
    yield from chain(statement["chain"], "claim-chain", words)
    yield Phrase("wording", "", (words.both(statement["wording"]),))


def _head(statement: dict[str, Any], words: Words) -> Iterator[Phrase]:
    claimant, footprint = statement["claimant"], statement["footprint"]
    rows: Rows = [
        ("number", "claim-number", (Figure(statement["number"]),)),
        ("issuer.name", "issuer", (words.both(statement["issuer"]["name"]),)),
        ("claimant", "claimant", (claimant["name"], claimant["code"])),
        ("offset", "offset-amount", (figure(statement["offset"]), footprint["unit"])),
    ]
    yield from words.rows(rows, "under")
    yield Phrase("subject.name", "", (words.both(statement["subject"]["name"]),))
    yield Phrase("issuedAt", "", (words.filled("claim-as-of", " ".join(minute(statement["issuedAt"]))),))
    for position, one in enumerate(statement["checks"]):
        known = rules.checks().get(one["code"])
        name = {"zh": known.name.zh, "en": known.name.en} if known else one["rule"]
        yield Phrase(f"checks[{position}]", "", (one["code"], words.both(name)))


def _figures(statement: dict[str, Any]) -> Rows:
    unit = statement["footprint"]["unit"]
    return [
        ("footprint.total", "footprint-total", (figure(statement["footprint"]["total"]), unit)),
        ("reductions.deducted", "deducted", (figure(statement["reductions"]["deducted"]), unit)),
        ("share", "offset-share", (figure(statement["share"]), "%")),
        ("remainder", "remainder", (figure(statement["remainder"]), unit)),
        ("retirements", "retirement-count", (Figure(str(len(statement["retirements"]))),)),
    ]


def _waterfall(statement: dict[str, Any]) -> Rows:
    return [
        ("footprint.total", "footprint-total", (figure(statement["footprint"]["total"]),)),
        ("reductions.deducted", "deducted", (_less(statement["reductions"]["deducted"]),)),
        ("unabated", "unabated", (figure(statement["unabated"]),)),
        ("residual", "residual", (figure(statement["residual"]),)),
        ("offset", "offset", (_less(statement["offset"]),)),
        ("remainder", "remainder", (figure(statement["remainder"]),)),
    ]


def _facts(statement: dict[str, Any], words: Words) -> Rows:
    subject, period, verifier = statement["subject"], statement["period"], statement["footprint"]["verifier"]
    unit: Rows = (
        [("subject.unit", "functional-unit", (words.both(subject["unit"]),))] if "unit" in subject else []
    )
    opinion = _opinion(statement, words)
    return [
        ("subject.type", "subject-type", (words.named("subject", subject["type"]),)),
        ("subject.boundary", "claim-boundary", (words.both(subject["boundary"]),)),
        *unit,
        ("subject.sites", "sites", ("; ".join(subject["sites"]),)),
        ("period", "claim-period", (Figure(period["start"]), "\N{EN DASH}", Figure(period["end"]))),
        ("ruleSet", "standards", (words.both(statement["ruleSet"]["standards"]),)),
        ("footprint.verifier", "verifier-body", (verifier["body"], opinion)),
        ("audience", "audience", (words.named("audience", statement["audience"]),)),
        ("issuedAt", "issued", tuple(minute(statement["issuedAt"]))),
        ("validUntil", "valid", tuple(minute(statement["validUntil"]))),
        ("nextUpdate", "next-update", (Figure(statement["nextUpdate"]),)),
    ]


def _opinion(statement: dict[str, Any], words: Words) -> str:
    """Assurance and conclusion, side by side in each language."""
    footprint = statement["footprint"]
    made = {}
    for language in words.order:
        alone = Words(language)
        opinion = alone.one("opinion", footprint["verifier"]["conclusion"])
        made[language] = f"{alone.one('assurance', footprint['assurance'])} · {opinion}"
    return words.both(made)


def _retirement(field: str, row: dict[str, Any], words: Words) -> Iterator[Phrase]:
    yield Phrase(field, "", (words.both(row["program"]), row["project"]))
    vintage = (Figure(row["vintageStart"]), "\N{EN DASH}", Figure(row["vintageEnd"]))
    units = (row["serial"], row["first"], "\N{EN DASH}", row["last"], row["reference"])
    yield Phrase(field, "", (*vintage, *units, figure(row["quantity"]), Figure(row["retiredOn"])))
    yield Phrase(f"{field}.beneficiary", "", (row["beneficiary"],))


def _electricity(field: str, row: dict[str, Any]) -> Phrase:
    units = (row["serial"], row["first"], "\N{EN DASH}", row["last"], row["site"])
    amounts = (figure(row["quantity"]), "MWh", figure(row["kwh"]), "kWh", Figure(row["retiredOn"]))
    return Phrase(field, "", (*units, *amounts))


def _basis(statement: dict[str, Any]) -> Rows:
    footprint, reductions = statement["footprint"], statement["reductions"]
    unit = footprint["unit"]
    rows: Rows = [
        ("footprint.number", "footprint-source", (footprint["number"], f"({footprint['version']})")),
        ("footprint.sha256", "footprint-hash", (footprint["sha256"][:SHORT_HASH], "…")),
    ]
    if "batch" in footprint:
        batch = footprint["batch"]
        rows.append(
            ("footprint.batch", "batch", (figure(batch["perUnit"]), "kgCO2e ×", figure(batch["units"])))
        )
    for key, name in (("market-based", "marketBased"), ("location-based", "locationBased")):
        if name in footprint:
            rows.append((f"footprint.{name}", key, (figure(footprint[name]), unit)))
    baseline = (Figure(reductions["baselineYear"]), ":", figure(reductions["baselineTotal"]), unit)
    return [
        *rows,
        ("reductions.baselineTotal", "baseline", baseline),
        ("reductions.reduced", "reduced", (figure(reductions["reduced"]), unit)),
        ("reductions.deducted", "deducted", (figure(reductions["deducted"]), unit)),
        ("reductions.removalsInside", "removals-inside", (figure(reductions["removalsInside"]), unit)),
        ("reductions.planSha256", "plan", (reductions["planSha256"][:SHORT_HASH], "…")),
    ]


def _verification(statement: dict[str, Any], words: Words) -> Rows:
    footprint = statement["footprint"]
    verifier = footprint["verifier"]
    return [
        ("toOffset", "least-offset", (figure(statement["toOffset"]), footprint["unit"])),
        ("footprint.assurance", "assurance-level", (words.named("assurance", footprint["assurance"]),)),
        ("footprint.verifier", "verifier-body", (verifier["body"], verifier["accreditation"])),
        ("footprint.verifier", "verifier-person", (verifier["person"],)),
        ("footprint.verifier", "conclusion", (words.named("opinion", verifier["conclusion"]),)),
        ("footprint.verifier", "verified-until", (Figure(verifier["validUntil"]),)),
    ]


def _people(statement: dict[str, Any], words: Words) -> Iterator[Phrase]:
    for role, person in statement["people"].items():
        yield Phrase(f"people.{role}", words.named("people", role), (person["name"],), "beside")


def _less(value: str) -> Figure:
    """An amount taken off has a minus; nothing taken off is a plain 0."""
    return Figure(f"\N{MINUS SIGN}{grouped(value)}") if float(value) else figure(value)
