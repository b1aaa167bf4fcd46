"""Statement -> what the label prints: strings in both languages and the shares of the bars.

Rules
1. Nothing is computed here but shares in percent; every printed quantity is the statement's own decimal,
   digits kept. Below a billionth it stands with an exponent, because nobody counts zeros.
2. A field the label must show and the statement lacks is refused by its name; nothing is left blank.
3. Every text passes ``fonts.printable``; Typst receives it as data, never as markup.
4. Texts come as pairs ``[main language, other language]``; the second is empty where both are the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from databases import places
from lca.bom.words import LABELS
from lca.inventory import Boundary, ElectricitySource, Stage
from service.render.figures import StatementUnfit, decimal, grouped, moment, percent, quantity
from service.render.fonts import MISSING, printable

LANGUAGES = ("zh", "en")
PARTS = ("fossil", "biogenicEmissions", "biogenicRemovals", "landUseChange", "aircraft")
SHORT_HASH = 16
_CHOICES: dict[str, type[StrEnum]] = {
    "boundary-values": Boundary,
    "stage-values": Stage,
    "source-values": ElectricitySource,
}
Pair = list[str]


class UnknownLanguage(ValueError):
    """The label is made with Chinese (zh) or English (en) as its main language."""


class Source:
    """Reads a statement by dotted path and answers in the document's languages, the main one first; ``table`` holds the
    printed words. Raises StatementUnfit."""

    def __init__(
        self, statement: Mapping[str, Any], language: str, table: Mapping[str, Any] | None = None
    ) -> None:
        if language not in LANGUAGES:
            raise UnknownLanguage(f"{language!r}: {UnknownLanguage.__doc__}")
        self.data = statement
        self.order = (language, *(other for other in LANGUAGES if other != language))
        self.table = words() if table is None else table

    def get(self, path: str, *, empty: bool = False) -> Any:
        """What stands there. Raises StatementUnfit where nothing does; with ``empty`` an empty text is something."""
        missing = (None,) if empty else (None, "")
        value: Any = self.data
        for step in path.split("."):
            if not isinstance(value, Mapping) or value.get(step) in missing:
                raise StatementUnfit(f"The statement has no {path}.")
            value = value[step]
        return value

    def listed(self, path: str) -> list[Mapping[str, Any]]:
        """The objects of a list."""
        value = self.get(path)
        if not isinstance(value, Sequence) or not all(isinstance(item, Mapping) for item in value):
            raise StatementUnfit(f"{path} is not a list of objects.")
        return list(value)

    def item(self, entry: Mapping[str, Any], path: str, *, empty: bool = False) -> Any:
        """The same as ``get`` for an object of a list."""
        return Source(entry, self.order[0], self.table).get(path, empty=empty)

    def pair(self, value: Any) -> Pair:
        """A text or {zh, en} as [main, other]."""
        if isinstance(value, Mapping):
            texts = [printable(str(value.get(language) or "")) for language in self.order]
            texts = texts if texts[0] else texts[::-1]
        else:
            texts = [printable(str(value)), ""]
        return [texts[0], "" if texts[1] == texts[0] else texts[1]]

    def word(self, key: str) -> Pair:
        """A printed word in both languages."""
        return self.pair(self.table[key])

    def named(self, table: str, code: Any) -> Pair:
        """The word of a code, or the code itself where the table does not know it."""
        return self.pair(self.table[table].get(str(code), str(code)))

    def amount(self, path: str) -> str:
        """``1 kg``; a unit that is a word stands in both languages, the main one first: ``1 件 (piece)``."""
        value = self.get(path)
        text = quantity(value)
        main, other = self.named("unit-values", value["unit"])
        return text if not other else f"{grouped(value['amount'])} {main} ({other})"


@cache
def words() -> dict[str, Any]:
    """The printed words: ``{key: {"zh": ..., "en": ...}}``, and tables of such under ``…-values``.

    Boundaries, stages and electricity sources are called what the inventory workbook calls them.
    """
    text = resources.files("service.render").joinpath("words.toml").read_text(encoding="utf-8")
    chosen = {
        table: {member.value: dict(zip(LANGUAGES, LABELS[member], strict=True)) for member in choices}
        for table, choices in _CHOICES.items()
    }
    return tomllib.loads(text) | chosen


def content(statement: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Everything the template draws, JSON-ready. Raises UnknownLanguage or StatementUnfit."""
    source = Source(statement, language)
    whole = decimal(source.get("footprint.total"))
    drawn = {
        "language": language,
        "words": {key: source.pair(value) for key, value in words().items() if "zh" in value},
        "number": printable(str(source.get("number"))),
        "issuer": source.pair(source.get("issuer.name")),
        "issuer_id": printable(str(source.get("issuer.id"))),
        "product": source.pair(source.get("product.name")),
        "total": grouped(source.get("footprint.total")),
        "unit": printable(str(source.get("footprint.unit"))),
        "whole": percent(whole, whole),
        "per": source.amount("product.declaredUnit"),
        "boundary": source.named("boundary-values", source.get("boundary")),
        "coverage": _coverage(source),
        "facts": _facts(source),
        "stages": _stages(source),
        "parts": parts(source),
        "electricity": _electricity(source),
        "location_based": grouped(source.get("footprint.totalLocationBased")),
        "method": _method(source),
        "assurance": _assurance(source),
        "chain": _chain(source),
        "not_covered": _not_covered(source),
        "as_of": as_of(source, "as-of"),
    }
    return drawn | {"missing_glyphs": lacks_glyphs(drawn, statement)}


def _coverage(source: Source) -> list[dict[str, Any]]:
    part = Source(source.get("coverage"), source.order[0])
    total = grouped(part.get("linesTotal"))
    rows = (
        ("by-lines", f"{grouped(part.get('byLines'))} %", f"{grouped(part.get('linesLinked'))} / {total}"),
        ("by-mass", f"{grouped(part.get('byMass'))} %", ""),
        ("cut-off", f"{grouped(part.get('cutOffShare'))} %", ""),
        ("lines-cut-off", grouped(part.get("linesCutOff")), f"/ {total}"),
        ("lines-auto", grouped(part.get("linesAutoLinked")), f"/ {total}"),
    )
    return [{"name": source.word(key), "value": value, "note": note} for key, value, note in rows]


def _facts(source: Source) -> list[dict[str, Any]]:
    site = source.pair(source.get("site.name"))
    place = _place(source, printable(str(source.get("site.place"))))
    exporter = source.pair(source.get("exporter.name"))
    period = " \N{EN DASH} ".join(printable(str(source.get(f"period.{end}"))) for end in ("start", "end"))
    reviewed = printable(str(source.get("review.reviewedOn")))[:10]
    rows = (
        ("exporter", [*exporter, printable(str(source.get("exporter.id")))]),
        ("site", [*site, place]),
        ("model", [*source.pair(source.get("product.model")), _gtin(source)]),
        ("cn-code", source.pair(source.get("product.cnCode", empty=True) or "\N{EM DASH}")),
        ("declared-unit", [source.amount("product.declaredUnit")]),
        ("unit-mass", [quantity(source.get("product.massPerDeclaredUnit"))]),
        ("period", [period]),
        ("boundary", source.named("boundary-values", source.get("boundary"))),
        ("standards", source.pair(source.get("method.standards"))),
        ("review", [*source.named("conclusion-values", source.get("review.conclusion")), reviewed]),
        ("issued", [minute(source.get("issuedAt"))]),
        ("valid", [minute(source.get("validUntil"))]),
    )
    return named(source, rows)


def _gtin(source: Source) -> str:
    gtin = printable(str(source.get("product.gtin", empty=True)))
    return f"GTIN {gtin}" if gtin else ""


def as_of(source: Source, key: str) -> Pair:
    """What the status was, as of the issue, and that today's is to be asked for."""
    moment_ = minute(source.get("issuedAt"))
    return [text.format(moment_) for text in source.word(key)]


def _stages(source: Source) -> list[dict[str, Any]]:
    total = decimal(source.get("footprint.total"))
    entries = [
        (source.item(e, "stage"), decimal(source.item(e, "value"))) for e in source.listed("footprint.stages")
    ]
    if not entries:
        raise StatementUnfit("footprint.stages is empty.")
    largest = max(abs(value) for _, value in entries) or Decimal(1)
    return [
        {
            "name": source.named("stage-values", code),
            "value": grouped(str(value)),
            "percent": percent(value, total),
            "bar": float(value / largest),
        }
        for code, value in entries
    ]


def parts(source: Source) -> list[dict[str, Any]]:
    """The parts of the footprint; the last, aircraft, is contained in the first and says so."""
    rows = [
        {"name": source.named("part-values", part), "value": grouped(source.get(f"footprint.parts.{part}"))}
        for part in PARTS
    ]
    rows[-1]["note"] = source.word("of-fossil")
    return rows


def _electricity(source: Source) -> list[dict[str, Any]]:
    return [
        {
            "name": source.named("source-values", source.item(entry, "source")),
            "kwh": grouped(source.item(entry, "kWh")),
            "value": grouped(source.item(entry, "value")),
        }
        for entry in (source.listed("electricity") if source.data.get("electricity") != [] else [])
    ]


def _method(source: Source) -> list[dict[str, Any]]:
    rule_set = f"{source.get('method.ruleSet')} {source.get('method.ruleSetVersion')}"
    gwp = f"IPCC {source.get('method.gwpSet')}, {source.get('method.indicator')}"
    rows = (
        ("standards", source.pair(source.get("method.standards"))),
        ("rule-set", source.pair(rule_set)),
        ("gwp-set", source.pair(gwp)),
        ("release", source.pair(source.get("method.release"))),
        ("engine", source.pair(source.get("method.engine"))),
        ("rounding", source.pair(_rounding(source.get("method.rounding")))),
    )
    return named(source, rows)


def _assurance(source: Source) -> list[dict[str, Any]]:
    if source.get("review.independent") is not True:
        raise StatementUnfit("review.independent is not true: a label needs an independent review.")
    difference = grouped(source.get("agreement.relativeDifference"))
    tolerance = grouped(source.get("agreement.tolerance"))
    rows = (
        ("review", source.named("conclusion-values", source.get("review.conclusion"))),
        ("reviewer", [*source.pair(source.get("review.reviewer")), *source.word("independent")]),
        ("reviewed-on", [printable(str(source.get("review.reviewedOn")))[:10]]),
        ("agreement", [difference, " ".join(source.word("tolerance")) + f" {tolerance}"]),
    )
    return named(source, rows)


def _chain(source: Source) -> list[dict[str, Any]]:
    return [
        {
            "name": source.named("chain-values", source.item(entry, "kind")),
            "sha256": printable(str(source.item(entry, "sha256")))[:SHORT_HASH],
            "link": printable(str(source.item(entry, "link")))[:SHORT_HASH],
        }
        for entry in source.listed("chain")
    ]


def _not_covered(source: Source) -> list[Pair]:
    found = source.get("footprint").get("notCovered") or []
    return [source.pair(item) for item in ([found] if isinstance(found, str | Mapping) else found)]


def named(source: Source, rows: Sequence[tuple[str, Pair]]) -> list[dict[str, Any]]:
    """Rows of a label and a value: the key of a word, and the texts of which the first stands out."""
    return [
        {"name": source.word(key), "value": value[0], "notes": [text for text in value[1:] if text]}
        for key, value in rows
    ]


def _rounding(value: Any) -> Any:
    """``significant-digits:3`` in words; another rule as it is written."""
    rule, _, digits = str(value).partition(":")
    if rule != "significant-digits":
        return value
    return {language: words()["significant-digits"][language].format(digits) for language in LANGUAGES}


def _place(source: Source, code: str) -> str:
    """``CN-JS · 江苏 Jiangsu``; the code alone where no name is known."""
    try:
        names = [places.name(code, language) for language in source.order]
    except places.UnknownPlace:
        return code
    return f"{code} · {' '.join(names)}"


def minute(value: Any) -> str:
    """A moment to the minute, in UTC; raises StatementUnfit."""
    return f"{moment(value):%Y-%m-%d %H:%M} UTC"


def lacks_glyphs(drawn: Mapping[str, Any], statement: Mapping[str, Any]) -> bool:
    """True when a character of the statement is printed as the mark for a missing glyph."""
    return MISSING in repr(drawn) and MISSING in repr(list(_texts(statement)))


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield printable(value)
