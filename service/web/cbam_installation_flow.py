"""The flow diagram of an installation: what feeds its processes, what they hand on, and the goods at the end, in tCO2e.

Rules
1. Left stand source streams, electricity where it counts, heat and waste gas, and purchased precursors; then processes
   (and boilers, when streams feed them); right the goods and what leaves without a CBAM good.
2. Own uses are bands between processes, loops run back.
3. What a process receives, it hands on: goods carry what is left after own uses and what was given away.
4. Every node leads to the record or page behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from lca.cbam.heat import by_sink, heat_emissions, unit_factors
from lca.cbam.monitoring import NON_CBAM, Monitoring
from lca.cbam.results import Calculation, ProcessResult
from service.usecases.cbam.calculating import CalculationView
from service.web.cbam_installation_records import Addresses, place_word
from service.web.formats import number, own
from service.web.sankey import Drawing, Link, Node, sankey

CUTOFF = 0.004
"""Sources below this part of all that enters are drawn as one."""
LEAST = 1e-6


def flow(found: CalculationView) -> Drawing:
    """The diagram of a calculation."""
    maker = _Maker(found)
    links = [link for link in maker.links() if abs(link.value) > LEAST]
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for link in links:
        into[link.target] += abs(link.value)
        out[link.source] += abs(link.value)
    nodes = [
        Node(
            node.id,
            node.name,
            node.kind,
            f"{number(max(into[node.id], out[node.id]))} t",
            node.href,
        )
        for node in maker.nodes.values()
    ]
    return sankey(nodes, links, cutoff=CUTOFF, rest=_("smaller ones"))


class _Maker:
    """Collects nodes and links of one calculation."""

    def __init__(self, found: CalculationView) -> None:
        self.done: Calculation = found.done
        self.data: Monitoring = found.view.data
        self.tables = found.tables
        self.key = found.view.installation.id
        self.at = Addresses(self.key, self.data)
        self.nodes: dict[str, Node] = {}

    def links(self) -> Iterator[Link]:
        """Every band, the widest groups first so that the drawing reads from left to right."""
        for process in self.done.processes:
            self._node(
                f"p:{process.id}", own(process.name) or process.id, "process", self.at.process(process.id)
            )
        yield from self._sources()
        yield from self._heat()
        for process in self.done.processes:
            yield from self._into(process)
        for process in self.done.processes:
            yield from self._out_of(process)

    def _node(self, name: str, text: str, kind: str, href: str) -> str:
        self.nodes.setdefault(name, Node(name, text, kind, "", href))
        return name

    def _link(self, source: str, target: str, value: float, kind: str) -> Link:
        title = f"{self.nodes[source].name} → {self.nodes[target].name}: {number(value)} tCO2e"
        return Link(source, target, value, title, kind)

    def _sink(self, sink: str) -> str:
        """The node of a sink: a process, a unit, or goods outside CBAM."""
        if f"p:{sink}" in self.nodes:
            return f"p:{sink}"
        unit = next((one for one in self.data.units if one.id == sink), None)
        if unit is not None:
            return self._node(f"u:{sink}", own(unit.name) or sink, "heat", self.at.of(sink))
        href = url_for("cbam_data.table", key=self.key, collection="streams")
        return self._node(f"x:{sink}", place_word(sink), "outside", href)

    def _sources(self) -> Iterator[Link]:
        """Streams and other sources; what a process states beside them comes from a node of its own."""
        shared: dict[str, float] = defaultdict(float)
        for sink, taken in by_sink(self.data, self.done.sources).items():
            for source, part in taken:
                value = source.emissions_t * part
                shared[sink] += value
                if abs(value) > LEAST:
                    name = self._node(
                        f"s:{source.id}", own(source.name) or source.id, "source", self.at.trace(source.id)
                    )
                    yield self._link(name, self._sink(sink), value, "direct")
        for process in self.done.processes:
            stated = process.direct_t - shared.get(process.id, 0.0)
            if abs(stated) > LEAST * max(1.0, abs(process.direct_t)):
                name = self._node(
                    f"d:{process.id}", _("Direct emissions as stated"), "source", self.at.of(process.id)
                )
                yield self._link(name, f"p:{process.id}", stated, "direct")

    def _heat(self) -> Iterator[Link]:
        """Heat by flow; electricity that own plants make."""
        units = unit_factors(self.data, self.done.sources, self.tables)
        flows, _told = heat_emissions(self.data, units, self.tables)
        for one in flows:
            if abs(one.emissions_t) <= LEAST:
                continue
            origin = self._origin(one.flow.origin, _("Bought heat"), "heat")
            yield self._link(origin, self._sink(one.flow.destination), one.emissions_t, "heat")

    def _origin(self, name: str, outside: str, collection: str) -> str:
        if f"p:{name}" in self.nodes or any(one.id == name for one in self.data.units):
            return self._sink(name)
        href = url_for("cbam_data.table", key=self.key, collection=collection)
        return self._node(f"o:{collection}", outside, "heat", href)

    def _into(self, process: ProcessResult) -> Iterator[Link]:
        target = f"p:{process.id}"
        if process.waste_gas_import_t:
            href = url_for("cbam_data.table", key=self.key, collection="waste_gas")
            name = self._node("o:waste_gas", _("Waste gas received"), "heat", href)
            yield self._link(name, target, process.waste_gas_import_t, "heat")
        if process.counts_indirect and process.attributed_indirect_t:
            href = url_for("cbam_data.table", key=self.key, collection="electricity")
            name = self._node("o:electricity", _("Electricity"), "electricity", href)
            yield self._link(name, target, process.attributed_indirect_t, "electricity")
        for part in process.precursors:
            value = part.embedded_direct_t + part.embedded_indirect_t
            if part.origin == "own":
                yield self._link(f"p:{part.id}", target, value, "own")
            else:
                name = self._node(f"r:{part.id}", own(part.name) or part.id, "precursor", self.at.of(part.id))
                yield self._link(name, target, value, "precursor")

    def _out_of(self, process: ProcessResult) -> Iterator[Link]:
        """Goods, own use outside CBAM, and what was given away (rule 3)."""
        source = f"p:{process.id}"
        given = {
            "waste_gas": (_("Waste gas given away"), process.waste_gas_export_t),
            "electricity_exports": (_("Electricity given away"), process.electricity_export_t),
        }
        for collection, (title, value) in given.items():
            if value:
                href = url_for("cbam_data.table", key=self.key, collection=collection)
                yield self._link(source, self._node(f"g:{collection}", title, "outside", href), value, "heat")
        source_page = self.at.process(process.id)
        goods = [good for good in self.done.goods if good.process == process.id]
        used = self._used(process)
        made = sum(good.functional_units for good in goods)
        for good in goods:
            units = good.functional_units - used.get(good.id, 0.0)
            units -= used.get("", 0.0) * good.functional_units / made if made else 0.0
            value = max(units, 0.0) * good.see_total
            name = self._node(f"good:{good.id}", f"{good.cn} {own(good.name)}", "good", self.at.of(good.id))
            yield self._link(source, name, value, "good")
        rest = process.activity_level - made - (used.get("", 0.0) if not made else 0.0)
        if rest > LEAST * process.activity_level:  # a stated activity level above what the goods add up to
            name = self._node(f"n:{process.id}", _("Goods not told by CN code"), "good", source_page)
            yield self._link(source, name, rest * process.see_total, "good")
        for use in self.data.own_uses:
            if use.origin == process.id and use.destination == NON_CBAM:
                yield self._link(source, self._sink(NON_CBAM), use.amount * process.see_total, "own")

    def _used(self, process: ProcessResult) -> dict[str, float]:
        """Functional units used up on site, by good (empty where no good is named)."""
        found: dict[str, float] = defaultdict(float)
        for use in self.data.own_uses:
            if use.origin == process.id:
                found[use.good] += use.amount
        return found
