"""Life cycle models of eILCD: which process supplies which exchange of another.

Rules
1. An instance that gives a flow (``outputExchange``) to another (``downstreamProcess``) supplies the exchange of that
   flow there. Where the flow given is waste, the downstream process treats it: it supplies the treatment.
2. A process that stands in a model several times, with different suppliers of one exchange, has no single supplier:
   the exchange is left to the ordinary linking, and that is told.
3. A provider that a process file names itself is not overruled.

Source: eILCD life cycle model data set (European Commission, JRC, 2017), elements ``processInstance/connections``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from databases.importers import xml
from databases.importers.collected import Collected
from databases.importers.ilcd_flows import Document
from databases.importers.shape import Process
from databases.notices import Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Exchange = dict[str, Any]
_Suppliers = set[tuple[str, str]]
_Wanted = dict[tuple[tuple[str, str], bool], tuple[_Suppliers, str]]
"""Suppliers (code, product) by key of the exchanges and whether only those of waste are meant, and the model's file."""
_Inputs = dict[tuple[str, str], list[Exchange]]
"""Exchanges with a supplier to be found, by code of their process and identifier of their flow."""


def connect(models: Iterable[Document], processes: list[Process], told: Collected) -> int:
    """Set ``activity`` (and ``product``, where the supplier names it otherwise) of the exchanges that models connect.

    Returns how many exchanges now name their supplier.
    """
    codes = {process["code"] for process in processes}
    inputs: _Inputs = defaultdict(list)
    for process in processes:
        for exchange in process["exchanges"]:
            if exchange["type"] == "technosphere":
                inputs[process["code"], exchange.get("product", "")].append(exchange)
    wanted: _Wanted = {}
    for model in models:
        _connections(model, (codes, inputs), wanted, told)
    return sum(_supply(inputs[key], key, wanted, told) for key in dict.fromkeys(key for key, _ in wanted))


def _connections(model: Document, known: tuple[set[str], _Inputs], wanted: _Wanted, told: Collected) -> None:
    instances = list(xml.children(model.information, "technology", "processes", "processInstance"))
    codes = {xml.attribute(item, "dataSetInternalID"): _process(item) for item in instances}
    for instance in instances:
        giver = _process(instance)
        for output in xml.children(instance, "connections", "outputExchange"):
            given = xml.attribute(output, "flowUUID").casefold()
            for link in xml.children(output, "downstreamProcess"):
                taker = codes.get(xml.attribute(link, "id"), "")
                taken = xml.attribute(link, "flowUUID").casefold() or given
                if (found := _between(known, (giver, given), (taker, taken))) is None:
                    told.add(Severity.WARNING, "ilcd-model-loose", model.file, given)
                    continue
                key, of_waste, supplier = found
                wanted.setdefault((key, of_waste), (set(), model.file))[0].add(supplier)


def _process(instance: Element) -> str:
    return xml.attribute(xml.child(instance, "referenceToProcess"), "refObjectId").casefold()


def _between(
    known: tuple[set[str], _Inputs], giver: tuple[str, str], taker: tuple[str, str]
) -> tuple[tuple[str, str], bool, tuple[str, str]] | None:
    """Key of the exchanges that one connection supplies, whether only those of waste, their supplier (rule 1)."""
    codes, inputs = known
    if giver[0] not in codes:
        return None
    if taker in inputs:
        return taker, False, giver
    if taker[0] in codes and any(item.get("waste") for item in inputs.get(giver, ())):
        return giver, True, taker
    return None


def _supply(exchanges: list[Exchange], key: tuple[str, str], wanted: _Wanted, told: Collected) -> int:
    """Name the supplier of each of these exchanges, where it is one (rules 2 and 3); returns of how many."""
    nobody: tuple[_Suppliers, str] = (set(), "")
    of_all, of_waste = wanted.get((key, False), nobody), wanted.get((key, True), nobody)
    file = of_all[1] or of_waste[1]
    both = of_all[0] | of_waste[0]
    count = 0
    for exchange in exchanges:
        suppliers = both if exchange.get("waste") else of_all[0]
        if exchange.get("activity") or not suppliers:
            continue
        if len(suppliers) > 1:
            told.add(Severity.WARNING, "ilcd-model-ambiguous", file, exchange["name"])
            continue
        exchange["activity"], exchange["product"] = next(iter(suppliers))
        count += 1
    return count
