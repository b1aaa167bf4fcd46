"""Words of the CBAM pages for the codes that results carry: terms of a sum, bases of a precursor, paths, kinds."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

TERMS = {
    "activity": _l("Activity data"),
    "aluminium": _l("Primary aluminium made"),
    "annual": _l("Measured in the year"),
    "benchmark": _l("Benchmark"),
    "benchmark-a": _l("Benchmark, column A"),
    "benchmark-b": _l("Benchmark, column B"),
    "carbon_content": _l("Carbon content"),
    "cbam-factor": _l("CBAM factor"),
    "concentration": _l("Concentration"),
    "conversion_factor": _l("Conversion factor"),
    "cscf": _l("Cross-sectoral correction factor"),
    "default-value": _l("Default value"),
    "duration": _l("Anode effect duration"),
    "emission_factor": _l("Emission factor"),
    "flow": _l("Flue gas flow"),
    "fossil_fraction": _l("Fossil fraction"),
    "frequency": _l("Anode effects per cell-day"),
    "gwp": _l("Global warming potential"),
    "heat-factor": _l("Emission factor of heat"),
    "hours": _l("Operating hours"),
    "mark-up": _l("Mark-up"),
    "ncv": _l("Net calorific value"),
    "overvoltage": _l("Anode effect overvoltage"),
    "oxidation_factor": _l("Oxidation factor"),
    "price-deduction": _l("Carbon price paid, deducted"),
    "quantity": _l("Quantity"),
    "see": _l("Specific embedded emissions"),
    "see-default": _l("Default value with mark-up"),
    "sefa": _l("Free allocation"),
}
"""Keys of :class:`lca.cbam.results.Term` and of the figures of an obligation."""


def cbam_word(code: Any) -> Any:
    """The word of a code; the code itself, readable, where it has none yet (a test keeps the list complete)."""
    return TERMS.get(str(code)) or str(code).replace("_", " ").replace("-", " ")
