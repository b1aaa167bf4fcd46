"""Words for codes: every identifier that a reader may meet has its name in both languages here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

STAGES = {
    "raw-materials": _l("Raw materials"),
    "production": _l("Production"),
    "distribution": _l("Distribution"),
    "use": _l("Use"),
    "end-of-life": _l("End of life"),
}
KINDS = {
    "material": _l("Material"),
    "packaging": _l("Packaging"),
    "electricity": _l("Electricity"),
    "fuel": _l("Fuel"),
    "heat": _l("Heat"),
    "water": _l("Water"),
    "transport": _l("Transport"),
    "waste": _l("Waste"),
    "emission": _l("Direct emission"),
    "intermediate": _l("Own intermediate product"),
}
ELECTRICITY = {
    "grid": _l("Public grid"),
    "own-generation": _l("Own generation"),
    "direct-line": _l("Direct line"),
    "contract": _l("Contracted electricity"),
}
BOUNDARIES = {
    "cradle-to-gate": _l("Cradle to gate"),
    "cradle-to-grave": _l("Cradle to grave"),
    "life-cycle": _l("Whole life cycle"),
    "well-to-wheel": _l("Well to wheel"),
    "combustion-only": _l("Combustion only"),
    "upstream-only": _l("Upstream only"),
    "process-emissions-only": _l("Process emissions only"),
    "collection-only": _l("Collection only"),
    "direct-emission": _l("Direct emission"),
}
PARTS = {
    "fossil": _l("Fossil"),
    "biogenic-emissions": _l("Biogenic emissions"),
    "biogenic-removals": _l("Biogenic removals"),
    "land-use-change": _l("Land-use change"),
    "aircraft": _l("Aircraft (also within fossil)"),
}
STATEMENT_PARTS = {
    "fossil": "fossil",
    "biogenicEmissions": "biogenic-emissions",
    "biogenicRemovals": "biogenic-removals",
    "landUseChange": "land-use-change",
    "aircraft": "aircraft",
}
GASES = {
    "gas:CO2": _l("Carbon dioxide"),
    "gas:CH4": _l("Methane"),
    "gas:N2O": _l("Nitrous oxide"),
    "gas:other": _l("Other gases"),
    "gas:unspecified": _l("Gases not told apart by the source"),
}
UNITS = {"kgCO2e": "kgCO₂e", "piece": _l("piece"), "tkm": _l("t·km"), "m3": _l("m³"), "m2": _l("m²")}
ROLES = {
    "exporter": _l("Exporter"),
    "practitioner": _l("Practitioner"),
    "reviewer": _l("Reviewer"),
    "signatory": _l("Signatory"),
    "regulator": _l("Regulator"),
}
ORIGINS = {
    "exporter": _l("Asked for by the exporter"),
    "practitioner": _l("Chosen by the practitioner"),
    "auto": _l("Linked automatically"),
}
CERTAINTY = {
    "P": (_l("Read in the original"), _l("The number was read in the issuing document itself.")),
    "S": (_l("Second-hand"), _l("The number was read in a source that quotes the document.")),
    "S2": (_l("Confirmed second-hand"), _l("Two or more independent sources quote the same number.")),
    "M": (_l("Not confirmed"), _l("The number has not been checked against its document yet.")),
    "D": (_l("Derived"), _l("The project derived the number; the rule shows how.")),
}
CERTAINTY_TONES = {"P": "good", "S2": "info", "S": "info", "M": "warn", "D": ""}
REASONS = {
    "text": _l("name"),
    "synonym": _l("synonym"),
    "terms": _l("name, by the dictionary"),
    "gaps": _l("inputs missing"),
    "gaps-upstream": _l("inputs missing upstream"),
    "place": _l("place"),
    "year": _l("year"),
    "unit": _l("unit"),
    "kind": _l("kind"),
}
JOB_STEPS = {
    "waiting": _l("Waiting for its turn"),
    "gather": _l("Reading the study"),
    "assess": _l("Computing in two independent ways"),
    "seal": _l("Signing and entering in the log"),
    "reading": _l("Reading the table"),
    "judging": _l("Looking at every row"),
    "recording": _l("Recording the entries"),
    "checking": _l("Checking"),
}
CHAIN = {
    "workbook": _l("Workbook as handed in"),
    "inventory": _l("Inventory read from it"),
    "links": _l("Datasets of the lines"),
    "footprint": _l("Rounded footprint"),
    "release": _l("Background data"),
    "rules": _l("Calculation rules"),
    "engine": _l("Calculation engine"),
    "assessment": _l("Assessment"),
    "review": _l("Review"),
    "power": _l("Units retired for electricity by contract"),
}
FIELD_ERRORS = {
    "required": _l("Fill in this field."),
    "too-long": _l("This is too long."),
    "invalid": _l("This is not one of the values allowed here."),
    "unknown": _l("This field is not known."),
}
SEVERITIES = {"error": _l("Must be solved"), "warning": _l("Check this"), "note": _l("For information")}
SEVERITY_TONES = {"error": "bad", "warning": "warn", "note": "info"}


@dataclass(frozen=True, slots=True)
class Status:
    """A state's name and its tone (good, warn, bad, info or empty)."""

    name: Any
    tone: str = ""


STUDY_STATES = {
    "draft": Status(_l("Being modelled")),
    "in-review": Status(_l("In review"), "info"),
    "returned": Status(_l("Returned"), "warn"),
    "approved": Status(_l("Approved"), "good"),
    "issued": Status(_l("Label issued"), "good"),
}
JOB_STATES = {
    "waiting": Status(_l("Waiting")),
    "running": Status(_l("Running"), "info"),
    "done": Status(_l("Done"), "good"),
    "failed": Status(_l("Failed"), "bad"),
}


def word(table: dict[str, Any], code: str) -> str:
    """The word for a code; the code itself when a newer part of the system uses one that the pages do not know."""
    return str(table.get(code, code))


def score_parts(scores: Mapping[str, float], bound: str = "") -> list[tuple[str, float]]:
    """(word, kgCO2e per unit) of every part that is not zero, in the newest GWP set a dataset has scores for.

    ``bound``: the only set that a dataset serves; its figure in the other leaves out what comes as CO2e.
    """
    for gwp_set in (bound.lower(),) if bound else ("ar6", "ar5"):
        prefix = f"gwp100-{gwp_set}."
        if scores.get(f"{prefix}total"):
            named = {f"{prefix}{code}": name for code, name in PARTS.items()}
            named |= {prefix + code.replace(":", "-"): name for code, name in GASES.items()}
            return [(str(name), scores[method]) for method, name in named.items() if scores.get(method)]
    return []
