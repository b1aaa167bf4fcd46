"""What the pages of a label must print, as phrases: every figure of the statement beside its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certificates.labelnumber import shown_code
from certificates.steps.sheet import Figure, Phrase
from certificates.steps.wording import Words, figure, minute

SHORT_HASH = 16
"""Digits of a hash that are printed."""


def phrases(statement: dict[str, Any], code: str, words: Words) -> Iterator[Phrase]:
    """All that must stand on the pages of a label; ``code`` is its check code."""
    yield from _head(statement, code, words)
    yield from words.rows(_facts(statement, words))
    yield from _coverage(statement["coverage"], words)
    yield from _footprint(statement, words)
    yield from words.rows(_method(statement, words))
    yield from chain(statement["chain"], "chain", words)


def chain(links: list[dict[str, str]], table: str, words: Words) -> Iterator[Phrase]:
    """The links of the evidence, each with the beginning of its hashes."""
    for position, link in enumerate(links):
        digits = (link["sha256"][:SHORT_HASH], "…", link["link"][:SHORT_HASH], "…")
        yield words.coded(f"chain[{position}]", table, link["kind"], digits)


def parts(values: dict[str, str], words: Words) -> Iterator[Phrase]:
    """The parts of a footprint; aircraft says that it is in the fossil part."""
    for name, value in values.items():
        told = words.named("part", name) + (words.word("of-fossil") if name == "aircraft" else "")
        yield Phrase(f"footprint.parts.{name}", told, (figure(value),), "beside")


def _head(statement: dict[str, Any], code: str, words: Words) -> Iterator[Phrase]:
    footprint, product = statement["footprint"], statement["product"]
    per = words.amount(product["declaredUnit"])
    if code:
        yield Phrase("code", words.word("check-code"), (Figure(shown_code(code)),), "near")
    yield from words.rows(
        [
            ("number", "number", (Figure(statement["number"]),)),
            ("issuer.name", "issuer", (words.both(statement["issuer"]["name"]),)),
        ],
        "under",
    )
    yield Phrase("product.name", "", (words.both(product["name"]),))
    yield Phrase("footprint.total", "", (figure(footprint["total"]), footprint["unit"], "/", *per))
    yield Phrase("issuedAt", "", (words.filled("as-of", " ".join(minute(statement["issuedAt"]))),))
    for position, part in enumerate(footprint.get("notCovered", [])):
        yield Phrase(f"footprint.notCovered[{position}]", words.word("not-covered"), (words.both(part),))


def _facts(statement: dict[str, Any], words: Words) -> list[tuple[str, str, tuple[str, ...]]]:
    exporter, product, period = statement["exporter"], statement["product"], statement["period"]
    site, review = statement["site"], statement["review"]
    gtin = ("GTIN", Figure(product["gtin"])) if product["gtin"] else ()
    conclusion = words.named("conclusion", review["conclusion"])
    return [
        ("exporter", "exporter", (words.both(exporter["name"]), exporter["id"])),
        ("site", "site", (site["name"], site["place"])),
        ("product.model", "model", (product["model"], *gtin)),
        ("product.cnCode", "cn-code", (product["cnCode"] or "\N{EM DASH}",)),
        ("product.declaredUnit", "declared-unit", tuple(words.amount(product["declaredUnit"]))),
        ("product.massPerDeclaredUnit", "unit-mass", _plain(product["massPerDeclaredUnit"])),
        ("period", "period", (Figure(period["start"]), "\N{EN DASH}", Figure(period["end"]))),
        ("boundary", "boundary", (words.named("boundary", statement["boundary"]),)),
        ("method.standards", "standards", (words.both(statement["method"]["standards"]),)),
        ("review.conclusion", "review", (conclusion,)),
        ("issuedAt", "issued", tuple(minute(statement["issuedAt"]))),
        ("validUntil", "valid", tuple(minute(statement["validUntil"]))),
    ]


def _coverage(coverage: dict[str, str], words: Words) -> list[Phrase]:
    total = figure(coverage["linesTotal"])
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        (
            "coverage.byLines",
            "by-lines",
            (figure(coverage["byLines"]), "%", figure(coverage["linesLinked"]), "/", total),
        ),
        ("coverage.byMass", "by-mass", (figure(coverage["byMass"]), "%")),
        ("coverage.cutOffShare", "cut-off", (figure(coverage["cutOffShare"]), "%")),
        ("coverage.linesCutOff", "lines-cut-off", (figure(coverage["linesCutOff"]), "/", total)),
        ("coverage.linesAutoLinked", "lines-auto", (figure(coverage["linesAutoLinked"]), "/", total)),
    ]
    return words.rows(rows, "above")


def _footprint(statement: dict[str, Any], words: Words) -> Iterator[Phrase]:
    footprint = statement["footprint"]
    for position, stage in enumerate(footprint["stages"]):
        value = (figure(stage["value"]),)
        yield words.coded(f"footprint.stages[{position}]", "stage", stage["stage"], value)
    yield Phrase("footprint.total", words.word("total"), (figure(footprint["total"]),), "beside")
    yield from parts(footprint["parts"], words)
    for position, entry in enumerate(statement["electricity"]):
        texts = (figure(entry["kWh"]), figure(entry["value"]))
        yield words.coded(f"electricity[{position}]", "source", entry["source"], texts)
    rows = [
        ("footprint.totalLocationBased", "location-based", (figure(footprint["totalLocationBased"]),)),
    ]
    yield from words.rows(rows)


def _method(statement: dict[str, Any], words: Words) -> list[tuple[str, str, tuple[str, ...]]]:
    method, review, agreement = statement["method"], statement["review"], statement["agreement"]
    digits = method["rounding"].partition(":")[2]
    tolerance = (words.word("tolerance"), figure(agreement["tolerance"]))
    conclusion = words.named("conclusion", review["conclusion"])
    return [
        ("method.ruleSet", "rule-set", (method["ruleSet"], method["ruleSetVersion"])),
        ("method.gwpSet", "gwp-set", (f"IPCC {method['gwpSet']}, {method['indicator']}",)),
        ("method.release", "release", (method["release"],)),
        ("method.engine", "engine", (method["engine"],)),
        ("method.rounding", "rounding", (words.filled("significant-digits", digits),)),
        ("review.conclusion", "review", (conclusion,)),
        ("review.reviewer", "reviewer", (review["reviewer"], words.word("independent"))),
        ("review.reviewedOn", "reviewed-on", (Figure(review["reviewedOn"]),)),
        ("agreement", "agreement", (figure(agreement["relativeDifference"]), *tolerance)),
    ]


def _plain(amount: dict[str, str]) -> tuple[str, ...]:
    return figure(amount["amount"]), amount["unit"]
