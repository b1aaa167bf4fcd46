"""Elementary flows matched to targets: what a list of characterisation factors or of reference flows has.

Rules
1. Four steps, in this order, and the first that leaves exactly one target counts: an identifier that both have; the
   CAS number; the name; a synonym of either, or the trade designation at the end of a name. What the mapping file
   says comes before all of them.
2. A CAS number is a substance and no more. Among its targets, and likewise among those of a name, the medium must
   be the same, the origin must be the same, and then the sub-compartment decides: the flow's own, else the target
   for the medium as a whole, else the only one there is.
3. The origin is read from the name and the compartment (:mod:`databases.assembly.origins`). A flow whose name tells
   none takes a target that knows none; where there is only fossil among others it counts as fossil, and the match
   says so (``origin``).
4. A flow without a compartment that we know takes a target only where rule 3 leaves one target or one medium, and the
   match says so (``compartment``).
5. A target with a unit of another dimension is passed over (``Manganese`` in kg is not the radioactive one in kBq
   that shares its CAS number); where the name and nothing else fits, it is matched and the conflict is the caller's
   to tell.
6. Nothing is guessed from likeness: what is not one target after these rules is ``none``.

Example: ``Methane`` with CAS 74-82-8 to ``("air", "urban air close to ground")`` is ``ch4-fossil`` by ``cas``,
assumed ``("origin",)``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from databases.assembly import climate_tables, compartments, origins
from databases.assembly.compartments import AIR, UNKNOWN, Compartment
from databases.assembly.foreign_units import foreign
from databases.importers.shape import ElementaryFlow, cas_number
from databases.units import UnknownUnit, dimension

IDENTIFIER, CAS, NAME, SYNONYM, MAPPING, NONE = "identifier", "cas", "name", "synonym", "mapping", "none"
STEPS = (MAPPING, IDENTIFIER, CAS, NAME, SYNONYM, NONE)
"""Steps in the order in which they count."""
_LIKELY = re.compile(
    r"fluorocarbon|perfluoro|fluoro(?:meth|eth|prop|but|pent|hex)an|greenhouse gas|refrigerant|freon"
    r"|\b(?:pfcs?|hfcs?|hcfcs?|cfcs?|hfos?|hfes?|halons?|ghgs?)\b|\bco2\b|\bch4\b|\bn2o\b"
    r"|\bcarbon dioxide\b|\bnitrous oxide\b|\bdinitrogen (?:mon)?oxide\b|(?<![\w-])methane\b"
    r"|\br-?(?:4|5)\d\d[a-z]?\b|温室气体|二氧化碳|氧化亚氮|氟利昂|氢氟|全氟|哈龙|制冷剂|(?<!基)甲烷"
)
LEAVE = ("", "-", "none")
"""Words in a mapping that leave a flow without a target on purpose."""
_DESIGNATION = re.compile(r", ([A-Z][A-Za-z]{0,5}[- ]?\d[\w()-]*)$")
"""``Ethane, 1,1-difluoro-, HFC-152a``: the trade designation that ecoinvent and SimaPro put last."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something a flow may be. ``code`` is its name in a mapping and counts as an identifier too; ``places`` has
    every compartment in which it is that, none for one that only an identifier or a mapping can mean. ``unit`` is
    empty where any will do.
    """

    code: str
    name: str
    places: tuple[Compartment, ...]
    origin: str = ""
    cas: str = ""
    synonyms: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """``target`` is an index into the targets or -1; ``assumed`` has ``origin``, ``compartment`` or both or none."""

    flow: int
    target: int
    step: str
    assumed: tuple[str, ...] = ()


class Targets:
    """An index of targets. The same identifier twice means the first; names and numbers may be shared."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self.by_code = {target.code: index for index, target in reversed(list(enumerate(self.targets)))}
        self._identifiers: dict[str, int] = {}
        self._cas: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, list[int]] = defaultdict(list)
        self._synonyms: dict[str, list[int]] = defaultdict(list)
        for index, target in enumerate(self.targets):
            for identifier in (target.code, *target.identifiers):
                self._identifiers.setdefault(identifier.casefold(), index)
            if not target.places:
                continue
            if number := cas_number(target.cas):
                self._cas[number].append(index)
            for word in _tokens((target.name,), target.places[0]):
                self._names[word].append(index)
            for word in _tokens(target.synonyms, target.places[0]):
                self._synonyms[word].append(index)

    def find(self, index: int, flow: ElementaryFlow) -> Match:
        """The match of one flow, without a mapping (rules 1 to 6)."""
        for identifier in (flow["code"], *(flow.get("identifiers") or ())):
            if (known := self._identifiers.get(str(identifier).casefold())) is not None:
                return Match(index, known, IDENTIFIER)
        place = compartments.of_flow(flow)
        name = str(flow["name"])
        origin = origins.read(name, place).origin
        by_step = list(self._candidates(flow, name, place))
        measured = _measured(str(flow["unit"]))
        fitting = [(step, self._of_dimension(candidates, measured)) for step, candidates in by_step]
        for step, candidates in [*fitting, *((step, rest) for step, rest in by_step if step != CAS)]:
            target, assumed = self._narrow(candidates, place, origin)
            if target >= 0:
                return Match(index, target, step, assumed)
        return Match(index, -1, NONE)

    def _of_dimension(self, candidates: Sequence[int], measured: str) -> Sequence[int]:
        """Rule 5: those whose unit measures the same, or is not known."""
        return [index for index in candidates if _measured(self.targets[index].unit) in (measured, "")]

    def _candidates(
        self, flow: ElementaryFlow, name: str, place: Compartment
    ) -> Iterator[tuple[str, Sequence[int]]]:
        """Targets by step, one number or word at a time; the whole name before the name without words of origin."""
        yield CAS, self._cas.get(cas_number(str(flow.get("CAS number") or "")), ())
        own = _tokens((name,), place)
        for word in own:
            yield NAME, self._names.get(word, ())
        for word in own:
            yield SYNONYM, self._synonyms.get(word, ())
        others = [*(str(synonym) for synonym in flow.get("synonyms") or ()), *_DESIGNATION.findall(name)]
        for word in _tokens(others, place):
            yield SYNONYM, self._names.get(word, ())
            yield SYNONYM, self._synonyms.get(word, ())

    def _narrow(
        self, candidates: Sequence[int], place: Compartment, origin: str
    ) -> tuple[int, tuple[str, ...]]:
        """Rules 2 to 4: the one target left and what was assumed, or -1."""
        here = [
            (index, there)
            for index in candidates
            for there in self.targets[index].places
            if place.medium in (UNKNOWN, there.medium)
        ]
        fitting, assumed = self._of_origin(here, origin)
        told: tuple[str, ...] = ("origin",) if assumed else ()
        if place.medium == UNKNOWN:
            told += ("compartment",)
            if len({there.medium for _, there in fitting}) > 1:
                return _only(fitting, told)
        for sub in (place.sub, ""):
            if nearest := [pair for pair in fitting if pair[1].sub == sub]:
                return _only(nearest, told)
        return _only(fitting, told)

    def _of_origin(
        self, placed: Sequence[tuple[int, Compartment]], origin: str
    ) -> tuple[list[tuple[int, Compartment]], bool]:
        """Rule 3: those of the same origin, else those without any, else fossil for a flow that tells none."""
        choices = (origin, "") if origin else ("", origins.FOSSIL)
        for wanted in choices:
            if fitting := [pair for pair in placed if self.targets[pair[0]].origin == wanted]:
                return fitting, wanted == origins.FOSSIL and not origin
        return [], False


def match(
    flows: Sequence[ElementaryFlow], targets: Targets, repairs: Mapping[str, str] | None = None
) -> list[Match]:
    """One match a flow, in order. ``repairs`` are target codes by flow code, as a mapping file has them.

    Raises KeyError for a repair that names no target; a word of :data:`LEAVE` leaves the flow out.
    """
    repairs = repairs or {}
    found = []
    for index, flow in enumerate(flows):
        if (wanted := repairs.get(flow["code"])) is None:
            found.append(targets.find(index, flow))
        else:
            found.append(Match(index, -1 if wanted in LEAVE else targets.by_code[wanted], MAPPING))
    return found


def counts(matches: Iterable[Match]) -> dict[str, int]:
    """Flows by step, every step of :data:`STEPS` in its order; they add up to the flows."""
    counted = Counter(found.step for found in matches)
    return {step: counted[step] for step in STEPS}


@cache
def _measured(unit: str) -> str:
    """Dimension of a unit; ``""`` for one that nobody knows."""
    try:
        return dimension(foreign(unit)[0])
    except UnknownUnit:
        return ""


def looks_like_greenhouse_gas(flow: ElementaryFlow) -> bool:
    """Whether CAS number or name of an emission to air (or to nowhere known) are those of a greenhouse gas.

    Wider than the match: groups (``Hydrofluorocarbons``), blends (``R-410A``) and gases by volume look like one.
    """
    place = compartments.of_flow(flow)
    if place.medium not in (AIR, UNKNOWN):
        return False
    numbers, tokens = _known_gases()
    names = (str(flow["name"]), *(str(name) for name in flow.get("synonyms") or ()))
    if cas_number(str(flow.get("CAS number") or "")) in numbers:
        return True
    if any(origins.read(name, place).substance in tokens for name in names):
        return True
    return bool(_LIKELY.search(names[0].casefold()))


def _only(left: Sequence[tuple[int, Compartment]], told: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    indices = {index for index, _ in left}
    return (indices.pop(), told) if len(indices) == 1 else (-1, ())


def _tokens(names: Iterable[str], place: Compartment) -> list[str]:
    """Tokens to look up, without repeating: each whole name, then each without its words of origin."""
    known = [str(name) for name in names]
    whole = [origins.token(name) for name in known]
    substances = [origins.read(name, place).substance for name in known]
    return [word for word in dict.fromkeys((*whole, *substances)) if word]


@cache
def _known_gases() -> tuple[frozenset[str], frozenset[str]]:
    """CAS numbers and name tokens of every gas in the tables."""
    numbers = frozenset(gas.cas for gas in climate_tables.gases().values() if gas.cas)
    names = [name for known in climate_tables.synonyms().values() for name in known]
    return numbers, frozenset(origins.token(name) for name in names)
