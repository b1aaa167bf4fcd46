"""What kind of thing an imported process supplies, so that a line of an inventory finds it and nothing else takes it.

Rules
1. The first row of :data:`RULES` that fits decides: by what is supplied (its unit and whether it is waste taken
   in), then by the name of the product, then by that of the process and the classification. The last row takes all.
2. A fuel is of kind ``fuel`` only where it is burned in the dataset. A fuel that is merely supplied is a material
   of group ``fuel supply``: it would stand for a line of burned fuel and leave out most of its emissions.
3. Electricity is ``at consumer`` only where the name says a mix delivered from the grid (low or medium voltage
   market, at grid, consumption mix); on-site plants are ``own generation``, products with a certificate
   ``contracted at consumer``; anything else is ``generation`` and stands for no consumer's electricity
   (ISO 14067:2018, 6.4.9.4; the words are those of ``lca.linking``).
4. What a reader states itself (``kind``, ``group``) is not asked here; it comes before this.

Example: ``classify({"name": "Electricity, at grid", "unit": "kWh", …}) == ("electricity", "at consumer")``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from databases import units
from databases.assembly.foreign_units import foreign
from databases.importers.shape import Process

_ANY = re.compile("")
_NONE = re.compile(r"(?!)")
_FUELS = (
    r"diesel|gasoline|petrol|kerosene|naphtha|fuel oil|natural gas|liquefied petroleum gas|lpg|lng|cng|propane|butane"
    r"|hard coal|coal|lignite|anthracite|coke|peat|charcoal|crude oil|petroleum|biodiesel|biogas|biomethane|bioethanol"
    r"|ethanol|fuels?|wood chips|wood pellets?|fuel ?wood|uranium"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: it fits when every part does. An empty ``dimensions`` admits any unit.

    ``product`` is looked for in the name of the product, ``text`` in process and product, ``path`` in the
    classification; ``never`` in process and product must not be found. ``treats``: waste is taken in.
    """

    kind: str
    group: str = ""
    dimensions: frozenset[str] = frozenset()
    product: re.Pattern[str] = _ANY
    text: re.Pattern[str] = _ANY
    path: re.Pattern[str] = _ANY
    never: re.Pattern[str] = _NONE
    treats: bool = False
    boundary: str = ""


_ENERGY = frozenset({"energy"})
_AMOUNT = frozenset({"mass", "volume"})
_COMBUSTION = _words(r"combust\w*|burn(?:ed|t|ing)")
_INCINERATION = _words(r"incinerat\w*")
_HEAT = _words(r"heat|heating|steam|hot water|cooling energy|chilled water")
_WASTE = _words(
    r"treatment of|disposal|landfill\w*|incinerat\w*|waste ?water treatment|sewage treatment"
    r"|composting of|dismantling of"
    r"|(?:waste|refuse|recyclables|containers)\b.{0,20}\b(?:collection|treatment|management|handling|sorting)"
    r"|to (?:sanitary |inert material |residual material |municipal )?(?:landfill|incineration|mrf)|at collection"
)
_WATER = re.compile(
    r"^\W*(?:market (?:group )?for )?(?:water\b|(?:tap|drinking|potable|process|industrial|irrigation|cooling|municipal"
    r"|fresh|distilled|deioni[sz]ed|deminerali[sz]ed|softened|ultrapure) ?water\b)",
    re.IGNORECASE,
)
_MODES = (
    ("air", r"air|aircraft|airplane|aeroplane|flight|plane|helicopter"),
    ("pipeline", r"pipeline"),
    ("rail", r"train|rail|railway|tram|metro|locomotive"),
    ("inland water", r"barge|inland water\w*|river"),
    (
        "sea",
        r"ship|sea|ocean|freighter|tanker|vessel|ferry|transoceanic|maritime|container ship|bulk carrier",
    ),
    (
        "road",
        r"truck|lorry|road|van|car|bus|coach|motorcycle|scooter|bicycle|motor home|tractor|vehicle|trailer",
    ),
)

RULES = (
    Rule("emission", "direct", boundary="direct-emission"),
    Rule("transport", "passenger", frozenset({"passenger distance"})),
    Rule("transport", "freight", frozenset({"freight"})),
    Rule("transport", "vehicle", frozenset({"vehicle distance"})),
    Rule("waste", "treatment", treats=True),
    Rule("electricity", "", _ENERGY, product=re.compile(r"^\W*electricity", re.IGNORECASE)),
    Rule("heat", "", _ENERGY, product=_HEAT),
    Rule("electricity", "", _ENERGY, product=_words(r"electricity|electric power|grid mix|power mix")),
    Rule("fuel", "burned", text=_COMBUSTION, never=_INCINERATION),
    Rule("electricity", "", _ENERGY, text=_words(r"electricity|electric power|grid mix|power mix")),
    Rule("heat", "", _ENERGY, text=_HEAT),
    Rule(
        "transport",
        "freight",
        product=re.compile(r"^\W*(?:market (?:group )?for )?transport\b", re.IGNORECASE),
    ),
    Rule("waste", "treatment", text=_WASTE, never=_words(r"equipment|facility|plant construction")),
    Rule("waste", "treatment", _AMOUNT, path=_words(r"(?:5621|5622|5629|3811|3812|3821|3822|3700)\s*:.*")),
    Rule(
        "water",
        "",
        _AMOUNT,
        product=_WATER,
        never=_words(r"water ?glass|gas|pump|heater|jet"),
    ),
    Rule(
        "material",
        "fuel supply",
        _AMOUNT | _ENERGY,
        product=_words(_FUELS),
        never=_words(r"additive|tank|cell"),
    ),
    Rule("material"),
)
"""Rows in order (rule 1); those of electricity are told apart by :data:`ELECTRICITY`."""

ELECTRICITY = (
    (
        "contracted at consumer",
        _words(r"label-certified|renewable energy products|guarantee of origin|green power"),
    ),
    (
        "own generation",
        _words(
            r"on-?site|self-?generated|rooftop|(?:slanted|flat)-roof|roof|facade|own generation|behind the meter"
        ),
    ),
    (
        "generation",
        _words(r"aluminium industry|railways?|for reuse|at power (?:plant|station)|busbar|high voltage"),
    ),
    (
        "at consumer",
        _words(
            r"market (?:group )?for electricity, (?:low|medium) voltage|electricity, (?:low|medium) voltage, at grid"
            r"|at grid|grid mix|consumption mix|supply mix|residual mix|at consumer|delivered to consumers?"
        ),
    ),
)
"""Groups of electricity in order (rule 3); without any of these words it is generation."""


def classify(process: Process) -> tuple[str, str]:
    """(kind, group) of what a single-output process supplies; kind is one of :data:`databases.facts.KINDS`."""
    product, unit, treats = _supplied(process)
    name = str(process.get("name") or "")
    text = f"{name} · {product}"
    path = " / ".join(str(part) for part in process.get("classifications") or ())
    measured = _dimension(unit)
    boundary = str(process.get("boundary") or "")
    rule = next(
        rule
        for rule in RULES
        if (not rule.dimensions or measured in rule.dimensions)
        and (not rule.treats or treats)
        and (not rule.boundary or rule.boundary == boundary)
        and rule.product.search(product)
        and rule.text.search(text)
        and rule.path.search(path)
        and not rule.never.search(text)
    )
    return rule.kind, _group(rule, text, process)


def _supplied(process: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Name and unit of the product, and whether it is waste taken in."""
    outputs = [exchange for exchange in process.get("exchanges") or () if exchange["type"] == "production"]
    output = next((item for item in outputs if item.get("reference")), outputs[0] if outputs else {})
    product = str(process.get("reference product") or output.get("name") or process.get("name") or "")
    treats = bool(output) and bool(output.get("waste") or output["amount"] < 0)
    return product, str(output.get("unit") or process.get("unit") or ""), treats


def _dimension(unit: str) -> str:
    try:
        return units.dimension(foreign(unit)[0])
    except units.UnknownUnit:
        return ""


def _group(rule: Rule, text: str, process: Process) -> str:
    if rule.kind == "electricity":
        return next((group for group, words in ELECTRICITY if words.search(text)), "generation")
    if rule.kind == "transport" and rule.group != "passenger":
        return next((mode for mode, words in _MODES if _words(words).search(text)), rule.group)
    return rule.group or _narrowest(process)


def _narrowest(process: Process) -> str:
    """The last part of the classification, without its number."""
    parts = [str(part) for part in process.get("classifications") or () if str(part).strip()]
    return re.sub(r"^\s*[A-Z]?\d[\d.-]*\s*:?\s*", "", parts[-1])[:80] if parts else ""
