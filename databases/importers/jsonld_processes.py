"""openLCA JSON-LD: one process in Brightway's shape, schema 1 and 2.

Rules
1. The quantitative reference is the product; a reference that goes in is waste that the process treats. Other outputs
   of products and inputs of waste are co-products; outputs of waste are handed over for treatment.
2. An avoided product is a substitution, whether the file writes it as an input (openLCA) or as an output.
3. The process' default allocation method says which factors are "as the file says": physical and economic ones are
   shares of the products, causal ones go with each exchange as ``shares``. A process that names no method but holds
   factors of one kind only means these. Without allocation no share is set.
4. ``amount`` counts; formulas and parameters are counted and told, not evaluated.
5. An elementary flow in the direction against its compartment counts negative
   (:mod:`databases.category_paths`).
6. An amount that is no number is kept as not finite, so that the report names it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from databases.category_paths import signed
from databases.importers.collected import Collected
from databases.importers.jsonld_flows import (
    ELEMENTARY,
    PRODUCT,
    WASTE,
    Flow,
    Stated,
    Tables,
    category_path,
    flow_of_reference,
    our_tags,
    place_of,
    stated,
)
from databases.importers.quantities import distribution
from databases.importers.shape import Process
from databases.importers.strict_json import Object, flag, number, record, records, text
from databases.notices import Severity

Exchange = dict[str, Any]
_OURS = ("kind", "group", "boundary", "certainty", "locator", "name-zh", "note-zh", "partial")
_COMMENTS = ("timeDescription", "geographyDescription", "inventoryMethodDescription", "useAdvice")
_DISTRIBUTIONS = {
    "LOG_NORMAL_DISTRIBUTION": ("lognormal", ("geomMean", "geomSd")),
    "NORMAL_DISTRIBUTION": ("normal", ("mean", "sd")),
    "TRIANGLE_DISTRIBUTION": ("triangular", ("minimum", "mode", "maximum")),
    "UNIFORM_DISTRIBUTION": ("uniform", ("minimum", "maximum")),
}


@dataclass(slots=True)
class Library:
    """What processes refer to. ``loose``: elementary flows known by references only, added as they are met."""

    tables: Tables
    flows: dict[str, Flow]
    loose: dict[str, Flow] = field(default_factory=dict)

    def flow(self, reference: Object, *, taken: bool) -> tuple[Flow, bool]:
        """(the flow, whether its file is there)."""
        key = text(reference.get("@id"))
        if key in self.flows:
            return self.flows[key], True
        if key in self.loose:
            return self.loose[key], False
        flow = flow_of_reference(reference, self.tables, taken=taken)
        self.loose[flow.identifier] = flow
        return flow, False


def process(entity: Object, file: str, library: Library, told: Collected) -> Process:
    """The process of an entity; whatever it lacks is ``""`` and told, never an error."""
    found = _described(entity, file, library.tables)
    name = found["name"]
    exchanges: list[Exchange] = []
    by_number: dict[int, Exchange] = {}
    main = _main_exchange(entity)
    for item in records(entity.get("exchanges")):
        if not record(item.get("flow")):
            told.add(Severity.ERROR, "jsonld-exchange-without-flow", file, name)
            continue
        exchange = _exchange(item, library, told, (file, name), reference=_is_reference(item, main))
        exchanges.append(exchange)
        if (internal := number(item.get("internalId"))) is not None and math.isfinite(internal):
            by_number[int(internal)] = exchange
    _one_reference(exchanges)
    if formulas := sum(bool(text(item.get("amountFormula"))) for item in records(entity.get("exchanges"))):
        told.add(Severity.NOTE, "jsonld-formulas", file, name, formulas)
    _allocate(entity, exchanges, by_number)
    reference = next((item for item in exchanges if item.get("reference")), None)
    if reference is None:
        told.add(Severity.ERROR, "jsonld-reference-missing", file, name)
    found["reference product"] = reference["name"] if reference else ""
    found["unit"] = reference["unit"] if reference else ""
    found["exchanges"] = exchanges
    return found


def _described(entity: Object, file: str, tables: Tables) -> Process:
    documentation = record(entity.get("processDocumentation"))
    tags = our_tags(entity)
    found: Process = {
        "code": text(entity.get("@id")) or file,
        "name": text(entity.get("name")) or text(entity.get("@id")) or file,
        "location": place_of(entity.get("location"), tables),
        "type": "process",
        "filename": file,
    }
    comments = [text(entity.get("description")), *(text(documentation.get(key)) for key in _COMMENTS)]
    optional: dict[str, Any] = {
        "year": _year(documentation),
        "comment": "\n\n".join(dict.fromkeys(part for part in comments if part)),
        "technology": text(documentation.get("technologyDescription")),
        "classifications": category_path(entity, tables),
        "source": _citation(documentation, tables),
        "process type": text(entity.get("processType")),
    }
    optional |= {key.replace("-", " "): tags.get(key) for key in _OURS}
    return found | {key: value for key, value in optional.items() if value}


def _year(documentation: Object) -> int:
    """Until when the data are valid, else from when; 0 where neither is a year."""
    for key in ("validUntil", "validFrom"):
        match = re.match(r"\d{4}(?!\d)", text(documentation.get(key)))
        if match and 1900 <= int(match[0]) <= 2200:
            return int(match[0])
    return 0


def _citation(documentation: Object, tables: Tables) -> str:
    sources = tables.get("sources", {})
    references = [*records(documentation.get("sources")), record(documentation.get("publication"))]
    cited = []
    for reference in references:
        entity = sources.get(text(reference.get("@id")), {})
        cited.append(
            text(entity.get("textReference")) or text(entity.get("name")) or text(reference.get("name"))
        )
    return "; ".join(dict.fromkeys(word for word in cited if word))


def _main_exchange(entity: Object) -> int | None:
    """Internal id of the reference where the process itself names it, as the first versions of the schema did."""
    value = number(record(entity.get("quantitativeReference")).get("internalId"))
    return int(value) if value is not None and math.isfinite(value) else None


def _is_reference(item: Object, main: int | None) -> bool:
    if flag(item.get("isQuantitativeReference")) or flag(item.get("quantitativeReference")):
        return True
    return main is not None and number(item.get("internalId")) == main


def _exchange(
    item: Object, library: Library, told: Collected, where: tuple[str, str], *, reference: bool
) -> Exchange:
    taken = flag(item.get("isInput")) or flag(item.get("input"))
    flow, known = library.flow(record(item.get("flow")), taken=taken and not reference)
    if not known:
        told.add(Severity.ERROR, "jsonld-flow-missing", where[0], f"{where[1]}: {flow.name}")
    if reference and flow.kind == ELEMENTARY and not known:
        flow.kind = PRODUCT
    as_stated = stated(flow, item)
    written = number(item.get("amount"))
    amount = math.nan if written is None else written * as_stated.factor
    exchange: Exchange = {"type": "technosphere", "name": flow.name, "amount": amount, "unit": as_stated.unit}
    if as_stated.rule:
        exchange |= {
            "published": _plain(written),
            "published unit": as_stated.published_unit,
            "rule": as_stated.rule,
        }
    if flow.kind == ELEMENTARY and not reference:
        exchange |= {"type": "biosphere", "flow": flow.identifier, "categories": flow.categories}
        exchange["amount"] = signed(amount, flow.categories, taken=taken)
        if flow.cas:
            exchange["CAS number"] = flow.cas
    else:
        _product(exchange, item, flow, as_stated, taken=taken, reference=reference)
    if place := place_of(item.get("location"), library.tables) or flow.location:
        exchange["location"] = place
    if comment := text(item.get("description")):
        exchange["comment"] = comment
    sign = -1.0 if exchange["amount"] * amount < 0 else 1.0
    return exchange | _uncertainty(record(item.get("uncertainty")), as_stated.factor * sign)


def _product(
    exchange: Exchange, item: Object, flow: Flow, as_stated: Stated, *, taken: bool, reference: bool
) -> None:
    """The type of an exchange of a product or of waste (rules 1 and 2)."""
    exchange["product"] = flow.identifier
    waste = flow.kind == WASTE
    provider = text(record(item.get("defaultProvider")).get("@id"))
    if (flag(item.get("isAvoidedProduct")) or flag(item.get("avoidedProduct"))) and not reference:
        exchange["type"] = "substitution"
        if waste:
            exchange["waste"] = True
    elif reference or taken == waste:
        exchange["type"] = "production"
        if reference:
            exchange["reference"] = True
        if taken:
            exchange["waste"] = True
        if properties := _properties(item, flow, as_stated):
            exchange["properties"] = properties
        return
    elif waste:
        exchange["waste"] = True
    if provider:
        exchange["activity"] = provider
    if flow.without_supplier:
        exchange["cut-off"] = True


def _properties(item: Object, flow: Flow, as_stated: Stated) -> dict[str, float | str]:
    """Mass, energy and price of one unit of a product; the exchange's own cost counts before a property."""
    main = flow.properties[0] if flow.properties else None
    scale = main.units.get(as_stated.unit, 1.0) if main else 1.0
    found = flow.product_properties(scale)
    cost, amount = number(item.get("costValue")), number(item.get("amount"))
    currency = text(record(item.get("currency")).get("name")) or text(
        record(item.get("currency")).get("code")
    )
    if cost and amount and currency and math.isfinite(cost / amount):
        found |= {"price": cost / (amount * as_stated.factor), "currency": currency}
    return found


def _uncertainty(entity: Object, factor: float) -> Exchange:
    kind, keys = _DISTRIBUTIONS.get(text(entity.get("distributionType")).upper(), ("", ()))
    return distribution(kind, (number(entity.get(key)) for key in keys), factor) if kind else {}


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _one_reference(exchanges: Iterable[Exchange]) -> None:
    """Only the first exchange that claims to be the reference is it; others stay co-products."""
    seen = False
    for exchange in exchanges:
        if exchange.get("reference") and seen:
            del exchange["reference"]
        seen = seen or bool(exchange.get("reference"))


def _allocate(entity: Object, exchanges: list[Exchange], by_number: dict[int, Exchange]) -> None:
    """Rule 3, for a process with several products."""
    outputs = [exchange for exchange in exchanges if exchange["type"] == "production"]
    if len(outputs) < 2:
        return
    kinds: dict[str, list[Object]] = defaultdict(list)
    for factor in records(entity.get("allocationFactors")):
        kinds[_method(factor.get("allocationType"))].append(factor)
    chosen = _method(entity.get("defaultAllocationMethod"))
    if chosen in ("", "USE_DEFAULT") and len(kinds) == 1:
        chosen = next(iter(kinds))
    if chosen == "CAUSAL":
        _by_exchange(kinds["CAUSAL"], outputs, by_number)
        return
    shares = {}
    for factor in kinds.get(chosen, ()):
        share = number(factor.get("value"))
        if share is not None and 0 <= share <= 1:
            shares[_product_id(factor)] = share
    if shares and chosen in ("PHYSICAL", "ECONOMIC"):
        for exchange in outputs:
            exchange["allocation"] = shares.get(exchange["product"], 0.0)


def _by_exchange(factors: list[Object], outputs: list[Exchange], by_number: dict[int, Exchange]) -> None:
    products = {exchange["product"] for exchange in outputs}
    for factor in factors:
        share, product = number(factor.get("value")), _product_id(factor)
        internal = number(record(factor.get("exchange")).get("internalId"))
        if share is None or not 0 <= share <= 1 or product not in products or internal is None:
            continue
        exchange = by_number.get(int(internal)) if math.isfinite(internal) else None
        if exchange is not None and exchange["type"] != "production":
            exchange.setdefault("shares", {})[product] = share


def _method(written: object) -> str:
    return text(written).upper().removesuffix("_ALLOCATION")


def _product_id(factor: Object) -> str:
    return text(record(factor.get("product")).get("@id")) or text(factor.get("productId"))
