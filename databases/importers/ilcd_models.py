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
_Wanted = dict[int, tuple[Exchange, set[tuple[str, str]], str]]


def connect(models: Iterable[Document], processes: list[Process], told: Collected) -> int:
    """Set ``activity`` (and ``product``, where the supplier names it otherwise) of the exchanges that models connect.

    Returns how many exchanges now name their supplier.
    """
    by_code: dict[str, list[Process]] = defaultdict(list)
    for process in processes:
        by_code[process["code"]].append(process)
    wanted: _Wanted = {}
    for model in models:
        _connections(model, by_code, wanted, told)
    count = 0
    for exchange, suppliers, file in wanted.values():
        if exchange.get("activity"):
            continue
        if len(suppliers) > 1:
            told.add(Severity.WARNING, "ilcd-model-ambiguous", file, exchange["name"])
            continue
        exchange["activity"], exchange["product"] = next(iter(suppliers))
        count += 1
    return count


def _connections(
    model: Document, by_code: dict[str, list[Process]], wanted: _Wanted, told: Collected
) -> None:
    instances = list(xml.children(model.information, "technology", "processes", "processInstance"))
    codes = {xml.attribute(item, "dataSetInternalID"): _process(item) for item in instances}
    for instance in instances:
        giver = _process(instance)
        for output in xml.children(instance, "connections", "outputExchange"):
            given = xml.attribute(output, "flowUUID").casefold()
            for link in xml.children(output, "downstreamProcess"):
                taker = codes.get(xml.attribute(link, "id"), "")
                taken = xml.attribute(link, "flowUUID").casefold() or given
                found = _between(by_code, (giver, given), (taker, taken))
                if not found:
                    told.add(Severity.WARNING, "ilcd-model-loose", model.file, given)
                for exchange, supplier, product in found:
                    entry = wanted.setdefault(id(exchange), (exchange, set(), model.file))
                    entry[1].add((supplier, product))


def _process(instance: Element) -> str:
    return xml.attribute(xml.child(instance, "referenceToProcess"), "refObjectId").casefold()


def _between(
    by_code: dict[str, list[Process]], giver: tuple[str, str], taker: tuple[str, str]
) -> list[tuple[Exchange, str, str]]:
    """(exchange, its supplier, the supplier's product) for one connection (rule 1)."""
    found = [(item, *giver) for item in _exchanges(by_code, *taker, "technosphere")]
    if found or giver[0] not in by_code:
        return [entry for entry in found if giver[0] in by_code]
    handed = [item for item in _exchanges(by_code, *giver, "technosphere") if item.get("waste")]
    return [(item, *taker) for item in handed if taker[0] in by_code]


def _exchanges(by_code: dict[str, list[Process]], code: str, flow: str, kind: str) -> list[Exchange]:
    return [
        exchange
        for process in by_code.get(code, ())
        for exchange in process["exchanges"]
        if exchange["type"] == kind and exchange.get("product") == flow
    ]
