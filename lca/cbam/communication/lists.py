"""The words of the template's drop-down lists: which of ours a chosen text means, in whatever language it is chosen.

A workbook carries its lists in ``Parameters_Constants`` in the language it is used in; what counts is the position in
the list. The English words stand here too, for a workbook without calculated values. Case, accents of blanks and
trailing blanks do not matter ("Calcined clays ", "Mass Balance").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lca.cbam.communication.cells import CONSTANTS
from lca.cbam.monitoring import ElectricityKind, Method, PfcMethod

Cell = str | float | bool | None

METHODS = (Method.COMBUSTION, Method.PROCESS, Method.MASS_BALANCE)
PFC_METHODS = (PfcMethod.SLOPE, PfcMethod.OVERVOLTAGE)
GASES = ("CO2", "N2O")
STANCES = ("measured", "default", "unknown")
SOURCES = ("D.4(a)", "D.4(b)", "D.4.1", "D.4.2", "D.4.3.1", "D.4.3.2", "Mix")
REDUCING_AGENTS = ("coal-or-coke", "natural-gas", "biogas", "hydrogen")
UNITS = ("t", "1000Nm3")
FACTOR_UNITS = ("tCO2/TJ", "tCO2/t", "tCO2/1000Nm3")

KINDS = {
    "D.4(a)": ElectricityKind.GRID,
    "D.4(b)": ElectricityKind.ALTERNATIVE_DEFAULT,
    "D.4.1": ElectricityKind.OWN_GENERATION,
    "D.4.2": ElectricityKind.OWN_GENERATION,
    "D.4.3.1": ElectricityKind.DIRECT_LINK,
    "D.4.3.2": ElectricityKind.PPA,
    "Mix": ElectricityKind.GRID,
}
"""How a source of an electricity factor is kept; the code itself stays in the factor's reference."""

SLUGS = (
    "cement",
    "cement-clinker",
    "calcined-clay",
    "aluminous-cement",
    "iron-or-steel-products",
    "crude-steel",
    "direct-reduced-iron",
    "pig-iron",
    "alloys",
    "sintered-ore",
    "hydrogen",
    "ammonia",
    "nitric-acid",
    "urea",
    "mixed-fertilisers",
    "aluminium-products",
    "unwrought-aluminium",
    "electricity",
)
"""Our categories in the order of the template's list of goods (``Parameters_Constants!A89:A106``)."""

_GOODS = (
    "Cement",
    "Cement clinker",
    "Calcined clays ",
    "Aluminous cement",
    "Iron or steel products",
    "Crude steel",
    "Direct reduced iron",
    "Pig iron",
    "Alloys (FeMn, FeCr, FeNi)",
    "Sintered Ore",
    "Hydrogen",
    "Ammonia",
    "Nitric acid",
    "Urea",
    "Mixed fertilisers",
    "Aluminium products",
    "Unwrought aluminium",
    "Electricity (export to EU)",
)

ALL_ROUTES = "all"
OTHER_ROUTE, UNKNOWN_ROUTE = "other", "unknown"
_END = (OTHER_ROUTE, UNKNOWN_ROUTE)
ROUTES: Mapping[str, tuple[str, ...]] = {
    "crude-steel": ("basic-oxygen", "electric-arc", *_END),
    "pig-iron": ("blast-furnace", "smelting-reduction", *_END),
    "hydrogen": ("steam-reforming", "electrolysis", "chlor-alkali", *_END),
    "ammonia": ("steam-reforming", "gasification", *_END),
    "unwrought-aluminium": ("primary", "secondary", *_END),
}
"""Routes in the template's order; every other category has only "all production routes"."""

_ROUTE_NAMES: Mapping[str, tuple[str, ...]] = {
    "crude-steel": ("Basic oxygen steelmaking", "Electric arc furnace"),
    "pig-iron": ("Blast furnace route", "Smelting reduction"),
    "hydrogen": (
        "Steam reforming and partial oxidation",
        "Electrolysis of water",
        "Chlor-Alkali electrolysis and production of chlorates",
    ),
    "ammonia": (
        "Haber-Bosch process with steam reforming of natural gas or biogas",
        "Haber-Bosch process with gasification of coal or other fuels",
    ),
    "unwrought-aluminium": ("Primary (electrolytic) smelting", "Secondary melting (recycling)"),
}
_ENDINGS = ("Other production routes", "Unknown production routes")

LETTERS: Mapping[str, Mapping[str, str]] = {
    "crude-steel": dict.fromkeys("CF", "basic-oxygen") | dict.fromkeys("DEGHJ", "electric-arc"),
    "unwrought-aluminium": {"K": "primary", "L": "secondary"},
}
"""Routes of the benchmarks (letters) among the routes of the template."""


def plain(value: object) -> str:
    """Text without differences that mean nothing: case, blanks at the ends, doubled and hard blanks."""
    return " ".join(str(value).replace("\u00a0", " ").split()).casefold() if value is not None else ""


@dataclass(frozen=True, slots=True)
class Lists:
    """Positions by plain text, from the workbook's own lists and from the English ones."""

    goods: Mapping[str, int]
    routes: tuple[Mapping[str, int], ...]
    methods: Mapping[str, int]
    pfc: Mapping[str, int]
    gases: Mapping[str, int]
    stances: Mapping[str, int]
    sources: Mapping[str, int]
    agents: Mapping[str, int]
    none: frozenset[str]
    only_direct: frozenset[str]
    originals: Mapping[str, str]

    def slug(self, text: Cell) -> str | None:
        """The category a text names, or None."""
        position = self.goods.get(plain(text))
        return SLUGS[position] if position is not None else None

    def route(self, category: str, text: Cell) -> str | None:
        """The route of a category a text names, or None."""
        position = self.routes[SLUGS.index(category)].get(plain(text))
        return routes_of(category)[position] if position is not None else None

    def nothing(self, text: Cell) -> bool:
        """True for an empty cell and for what people type for "not applicable"."""
        return plain(text) in self.none

    def word(self, cell: str, english: str) -> str:
        """The text of a list's cell as the workbook has it, else the English one: what must be written."""
        return self.originals.get(cell, english)


def routes_of(category: str) -> tuple[str, ...]:
    """The template's routes of a category, in its order."""
    return ROUTES.get(category, (ALL_ROUTES,))


def good_word(lists: Lists, category: str) -> str:
    """What the workbook calls a category."""
    position = SLUGS.index(category)
    return lists.word(f"A{89 + position}", _GOODS[position])


def route_word(lists: Lists, category: str, route: str) -> str:
    """What the workbook calls a route of a category that has routes."""
    position = routes_of(category).index(route)
    english = (*_ROUTE_NAMES.get(category, ()), *_ENDINGS)[position]
    return lists.word(f"{'GHIJKLMNOP'[position]}{89 + SLUGS.index(category)}", english)


def lists(constants: Mapping[str, Cell]) -> Lists:
    """The lists of one workbook, from the cells of its sheet ``Parameters_Constants``."""
    texts = {cell: str(value) for cell, value in constants.items() if isinstance(value, str) and value}
    goods = _positions((texts.get(f"A{89 + n}") for n in range(18)), _GOODS)
    routes = tuple(
        _positions(
            (texts.get(f"{column}{89 + n}") for column in "GHIJKLMNOP"[: len(routes_of(slug))]),
            (*_ROUTE_NAMES.get(slug, ()), *_ENDINGS) if slug in ROUTES else ("All production routes",),
        )
        for n, slug in enumerate(SLUGS)
    )
    nothing = {"", "-", "–", "—", "n.a.", "n.a", "na", "n/a", "none", plain(texts.get("B18"))}
    return Lists(
        goods=goods,
        routes=routes,
        methods=_row(texts, "B56 C56 D56", ("Combustion", "Process emissions", "Mass balance")),
        pfc=_row(texts, "B57 C57", ("Slope method", "Overvoltage method")),
        gases=_row(texts, "B55 C55", GASES),
        stances=_row(texts, "B69 C69 D69", ("Measured", "Default", "Unknown")),
        sources=_row(texts, "B15 C15 D15 E15 F15 G15 H15", SOURCES),
        agents=_row(texts, "B58 C58 D58 E58", ("Coal or coke", "Natural gas", "Biogas", "Hydrogen")),
        none=frozenset(nothing | {plain(texts.get("B45"))}),
        only_direct=frozenset({plain("Only direct production"), plain(texts.get("B62"))} - {""}),
        originals=texts,
    )


def _row(texts: Mapping[str, str], cells: str, english: tuple[str, ...]) -> Mapping[str, int]:
    return _positions((texts.get(cell) for cell in cells.split()), english)


def _positions(own: Iterable[str | None], english: Iterable[str]) -> Mapping[str, int]:
    """Plain text -> position; the workbook's own words come before the English ones."""
    made = {plain(word): n for n, word in enumerate(english)}
    return made | {plain(word): n for n, word in enumerate(own) if plain(word)}


__all__ = ["CONSTANTS", "Cell", "Lists", "good_word", "lists", "plain", "route_word", "routes_of"]
