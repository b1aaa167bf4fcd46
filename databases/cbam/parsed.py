"""The tables of one opening, each parsed when it is first asked for and kept.

The class below has no lookups: those are in ``databases.cbam.tables``. Its values are never written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from databases.cbam import lookups, rows
from databases.cbam.goods import Category, CbamGood
from databases.cbam.shelf import TableFile
from databases.cbam.values import Benchmark, PfcFactor, Price, SourceDocument, StandardFactor


@dataclass(frozen=True, eq=False)
class Parsed:
    """``files`` by table name; the rest follows from them. Equal to itself only, so that it can be a key of a cache."""

    files: Mapping[str, TableFile] = field(repr=False)

    def _text(self, table: str) -> str:
        return self.files[table].text

    @cached_property
    def _goods(self) -> dict[str, CbamGood]:
        return lookups.goods(self._text("goods"), self._text("headings"))

    @cached_property
    def _retired(self) -> dict[str, tuple[str, ...]]:
        found = rows.read_dicts("retired", self._text("retired"))
        return {row["cn"]: tuple(row["successors"].split()) for row in found}

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return lookups.categories(self._text("categories"), self._text("routes"))

    @cached_property
    def _exempt(self) -> frozenset[str]:
        return frozenset(row["code"] for row in rows.read_dicts("exempt", self._text("exempt")))

    @cached_property
    def _defaults(self) -> dict[str, dict[str, list[lookups.Raw]]]:
        return lookups.defaults(self._text("defaults"))

    @cached_property
    def _highest(self) -> dict[str, list[lookups.Raw]]:
        return lookups.highest(self._text("highest_defaults"))

    @cached_property
    def _benchmarks(self) -> dict[str, list[Benchmark]]:
        per = {cn: good.per for cn, good in self._goods.items()}
        file = self.files["benchmarks"]
        return lookups.benchmarks(file.text, file.source, file.mark, per)

    @cached_property
    def _schedule(self) -> dict[tuple[str, str], list[rows.Row]]:
        found: dict[tuple[str, str], list[rows.Row]] = {}
        for row in rows.read_dicts("schedule", self._text("schedule")):
            found.setdefault((row["item"], row["sector"]), []).append(row)
        return found

    @cached_property
    def _prices(self) -> tuple[Price, ...]:
        return lookups.prices(self._text("prices"))

    @cached_property
    def _factors(self) -> dict[str, dict[str, StandardFactor]]:
        kinds = {"fuels": "", "carbonates": "carbonate", "oxides": "oxide", "process_materials": "process"}
        return {table: lookups.factors(table, self._text(table), kind) for table, kind in kinds.items()}

    @cached_property
    def _national(self) -> dict[str, dict[str, StandardFactor]]:
        return lookups.national(self._text("national_fuels"))

    @cached_property
    def _pfc(self) -> dict[tuple[str, str], PfcFactor]:
        return lookups.pfc(self._text("pfc"))

    @cached_property
    def _gwp(self) -> dict[str, int]:
        return {row["gas"]: int(row["value"]) for row in rows.read_dicts("gwp", self._text("gwp"))}

    @cached_property
    def _efficiencies(self) -> dict[tuple[str, str, str], list[rows.Row]]:
        found: dict[tuple[str, str, str], list[rows.Row]] = {}
        for row in rows.read_dicts("reference_efficiencies", self._text("reference_efficiencies")):
            found.setdefault((row["kind"], row["category"], row["medium"]), []).append(row)
        return found

    @cached_property
    def _sources(self) -> dict[str, SourceDocument]:
        found = rows.read_dicts("sources", self._text("sources"))
        return {row["code"]: SourceDocument(**row) for row in found}
