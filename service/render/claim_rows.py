"""The tables of a claim's document: credits, electricity, checks, chain, files (``service.render.claim_content``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certificates.ledger.claims import rules
from databases import places
from service.render.content import SHORT_HASH, Pair, Source
from service.render.figures import grouped
from service.render.fonts import printable

_DASH = "\N{EM DASH}"


def beneficiary(source: Source) -> str:
    """In whose name everything was retired; empty where the names differ, then each stands at its retirement."""
    names = {_item(source, row, "beneficiary") for row in source.listed("retirements")}
    return names.pop() if len(names) == 1 else ""


def retirements(source: Source) -> list[dict[str, Any]]:
    """Credits: what each is, which of its units, how many, and when they were retired."""
    return [
        {
            "program": source.pair(source.item(row, "program")),
            "project": _item(source, row, "project"),
            "country": place(row.get("country", ""), source),
            "vintage": _vintage(source, row),
            "serial": _item(source, row, "serial"),
            "range": _range(source, row),
            "quantity": grouped(source.item(row, "quantity")),
            "retired": _item(source, row, "retiredOn"),
            "beneficiary": _item(source, row, "beneficiary"),
            "reference": printable(str(row.get("reference", ""))),
        }
        for row in source.listed("retirements")
    ]


def electricity(source: Source) -> list[dict[str, Any]]:
    """Certificates used for electricity."""
    return [
        {
            "serial": _item(source, row, "serial"),
            "range": _range(source, row),
            "site": _item(source, row, "site"),
            "quantity": f"{grouped(source.item(row, 'quantity'))} MWh",
            "kwh": f"{grouped(source.item(row, 'kwh'))} kWh",
            "retired": _item(source, row, "retiredOn"),
        }
        for row in (source.listed("electricity") if source.data.get("electricity") != [] else [])
    ]


def checks(source: Source) -> list[dict[str, Any]]:
    """The twenty with their outcome, and who decided where a person had to."""
    return [
        {
            "code": _item(source, row, "code"),
            "name": _check_name(source, row),
            "outcome": source.named("outcome-values", source.item(row, "outcome")),
            "passed": row.get("outcome") != "review",
            "decision": _decision(source, row),
        }
        for row in source.listed("checks")
    ]


def _check_name(source: Source, row: Mapping[str, Any]) -> Pair:
    """What the check is called; its rule, as signed, where this software does not know its code."""
    known = rules.checks().get(str(source.item(row, "code")))
    if known is None:
        return source.pair(source.item(row, "rule"))
    return source.pair({"zh": known.name.zh, "en": known.name.en})


def _decision(source: Source, row: Mapping[str, Any]) -> str:
    if "decision" not in row:
        return ""
    who, why = source.item(row, "decision.person.name"), source.item(row, "decision.reason")
    return printable(f"{who}: {why}")


def chain(source: Source) -> list[dict[str, Any]]:
    """The evidence chain with the beginning of each hash."""
    return [
        {
            "name": source.named("claim-chain-values", source.item(entry, "kind")),
            "sha256": _item(source, entry, "sha256")[:SHORT_HASH],
            "link": _item(source, entry, "link")[:SHORT_HASH],
        }
        for entry in source.listed("chain")
    ]


def evidence(source: Source) -> list[dict[str, Any]]:
    """Files: what each proves, the beginning of its hash, who brought it."""
    return [
        {
            "what": _what(source, str(source.item(row, "what"))),
            "sha256": _item(source, row, "sha256")[:SHORT_HASH],
            "by": _item(source, row, "by"),
        }
        for row in source.listed("evidence")
    ]


def _what(source: Source, key: str) -> Pair:
    """What a file is evidence of: named here where the checks' own name speaks of neutrality, else as they name it."""
    own, known = source.table["what-values"], rules.told("what", key)
    if key.startswith("units."):
        return [f"{name} {key.removeprefix('units.')}" for name in source.pair(own["units"])]
    return source.pair(own.get(key, {"zh": known["what_zh"], "en": known["what"]}))


def _item(source: Source, row: Mapping[str, Any], path: str) -> str:
    return printable(str(source.item(row, path)))


def _vintage(source: Source, row: Mapping[str, Any]) -> str:
    return f"{_item(source, row, 'vintageStart')} \N{EN DASH} {_item(source, row, 'vintageEnd')}"


def _range(source: Source, row: Mapping[str, Any]) -> str:
    """``1 – 300``: the numbers used, with no comma between their digits."""
    return f"{_item(source, row, 'first')} \N{EN DASH} {_item(source, row, 'last')}"


def place(code: Any, source: Source) -> str:
    """The name of a place in the main language; the code where no name is known, a dash where there is none."""
    if not code:
        return _DASH
    try:
        return places.name(str(code), source.order[0])
    except places.UnknownPlace:
        return printable(str(code))
