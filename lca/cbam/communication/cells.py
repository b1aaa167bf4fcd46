"""Where things stand in the Commission's template, version 2: sheets, rows and columns of inputs and of results.

The cells of versions 2.1 and 2.1.1 were compared formula by formula: inputs and calculation are the same, only
``Summary_Communication`` differs (2.1.1 inserts the electricity factor as column P), and that sheet holds formulas
alone. So there is one map, and :data:`ANCHORS` tell whether a file has it. Versions 2.0 and 2.0.1 are read where the
anchors agree; they were not at hand, so they are not filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

INSTALLATION = "A_InstData"
EMISSIONS = "B_EmInst"
BALANCE = "C_Emissions&Energy"
PROCESSES = "D_Processes"
PRECURSORS = "E_PurchPrec"
TOOLS = "F_Tools"
SUMMARY = "Summary_Processes"
PRODUCTS = "Summary_Products"
COMMUNICATION = "Summary_Communication"
RESULTS = "InputOutput"
CONSTANTS = "Parameters_Constants"
CODES = "c_CodeLists"
VERSION = "VersionDocumentation"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: its number, and whether its cells were checked so that it can be filled."""

    number: str
    checked: bool


VERSIONS = {
    date(2024, 3, 19): Version("2.0", False),
    date(2024, 4, 8): Version("2.0.1", False),
    date(2024, 6, 5): Version("2.1", True),
    date(2024, 12, 13): Version("2.1.1", True),
}
"""By the date in ``VersionDocumentation!B3``."""

ANCHORS: tuple[tuple[str, str, object], ...] = (
    (INSTALLATION, "D62", "G1"),
    (INSTALLATION, "D83", "P1"),
    (INSTALLATION, "D92", "P10"),
    (INSTALLATION, "D102", "PP1"),
    (INSTALLATION, "D121", "PP20"),
    (EMISSIONS, "C17", 1.0),
    (EMISSIONS, "C91", 75.0),
    (EMISSIONS, "C98", 1.0),
    (EMISSIONS, "C107", 10.0),
    (EMISSIONS, "C113", 1.0),
    (EMISSIONS, "C122", 10.0),
    (PROCESSES, "C11", 1.0),
    (PROCESSES, "D32", 1.0),
    (PROCESSES, "D40", 9.0),
    (PROCESSES, "K57", "TJ"),
    (PROCESSES, "K71", "MWh"),
    (PROCESSES, "K642", "TJ"),
    (PRECURSORS, "C14", 1.0),
    (PRECURSORS, "D28", 1.0),
    (PRECURSORS, "D37", 10.0),
    (PRECURSORS, "D873", 10.0),
    (PRODUCTS, "C10", 1.0),
    (PRODUCTS, "C109", 100.0),
    (RESULTS, "D70", "CNTR_IOProcAndPrec"),
    (RESULTS, "AK70", "SEE (direct)"),
    (RESULTS, "AM70", "SEE (indirect)"),
    (RESULTS, "AO70", "Embedded electricity"),
    (CONSTANTS, "A56", "CONST_MonitoringApproach"),
    (CONSTANTS, "A15", "CONST_ElecSource"),
)
"""Fixed texts and numbers, the same in every language, next to the cells that are read and written."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that repeat: the first row, how many repeat, and the distance between two."""

    first: int
    count: int
    step: int = 1

    @property
    def rows(self) -> range:
        """The first row of each."""
        return range(self.first, self.first + self.count * self.step, self.step)


PERIOD_START, PERIOD_END = "I9", "L9"
IDENTITY = {
    "name": "I19",
    "name_en": "I20",
    "address": "I21",
    "economic_activity": "I22",
    "post_code": "I23",
    "city": "I25",
    "country": "I26",
    "unlocode": "I27",
    "latitude": "I28",
    "longitude": "I29",
    "contact_name": "I30",
    "contact_email": "I31",
    "contact_phone": "I32",
}
"""Installation; the P.O. box (I24) has no field of its own."""
VERIFIER = ("I37", "I38", "I39", "I40", "I41", "I53")
"""Name, street, city, post code, country, registration number of the verifier."""

GOODS = Block(62, 10)
GOODS_ROUTES = "IJKLMN"
PROCESS_LIST = Block(83, 10)
PROCESS_INCLUDED = "FGHIJK"
PRECURSOR_LIST = Block(102, 20)
PRECURSOR_ROUTES = "GHIJK"

STREAMS = Block(17, 75)
PFC = Block(98, 10)
MEASURED = Block(113, 10)

FUEL_ROW = 16
"""Manual entries of the fuel balance: H total, I CBAM, J electricity, K other, in TJ."""
AUTOMATIC_ROW, MANUAL_ROW, RESULT_ROW = 25, 26, 27
"""Balance of gases: H CO2, I biomass, J N2O, K PFC, L direct, M indirect, N total."""
QUALITY = {"general": "H40", "default_justification": "H41", "assurance": "H42"}
NOTES = {"carbon_price": "M13", "notes": "M16"}

PROCESS_BLOCKS = Block(11, 10, 65)
"""Offsets below are from the first row of a block, row 11."""
ROUTE_AMOUNTS = tuple(range(5, 13))
MARKET = 16
OWN_USES = tuple(range(21, 30))
NON_CBAM_USE = 30
FLAGS = 39
DIRECT = 43
HEAT, HEAT_FACTOR = 46, 47
WASTE_GAS, WASTE_GAS_FACTOR = 50, 51
ELECTRICITY, ELECTRICITY_FACTOR, ELECTRICITY_SOURCE = 54, 55, 56
EXPORT, EXPORT_FACTOR = 60, 61

PRECURSOR_BLOCKS = Block(14, 20, 44)
"""Offsets below are from the first row of a block, row 14."""
PURCHASED = tuple(range(3, 11))
USED_BY = tuple(range(14, 24))
OTHER_USES = 24
SEE_DIRECT, SPECIFIC_ELECTRICITY, PRECURSOR_FACTOR, SEE_INDIRECT, JUSTIFICATION = 35, 36, 37, 38, 40

PRODUCT_ROWS = Block(10, 100)
RESULT_ROWS = Block(71, 10)
SHARE_ROWS = Block(164, 10, 36)
"""Share of default values by process, column H of ``Summary_Processes``."""

COMMUNICATION_HEADER = 25
COMMUNICATION_ROWS = Block(26, 100)

PERCENT_PARAMETERS = {
    "R": "mn",
    "S": "cr",
    "T": "ni",
    "U": "other-alloys",
    "V": "carbon",
    "X": "other-materials",
    "Y": "scrap-preconsumer",
    "AA": "non-aluminium",
    "AB": "clinker-ratio",
    "AD": "concentration",
    "AE": "nitric-acid",
    "AF": "urea-purity",
    "AG": "n-total",
    "AH": "n-ammonium",
    "AI": "n-nitrate",
    "AJ": "n-urea",
    "AK": "n-organic",
}
"""Columns of ``Summary_Products`` that hold a fraction where ``Good.parameters`` have percent."""
PLAIN_PARAMETERS = {
    "P": "reducing-agent",
    "Q": "steel-mill",
    "W": "scrap-t",
    "Z": "scrap-t",
    "AC": "calcined",
}
"""Columns whose text or number is kept; scrap per tonne is W for steel and Z for aluminium."""

NATURAL_GAS_FACTOR = 56.1
"""tCO2/TJ of waste gas in the template's own formula, whatever is typed in row 51 of a block."""


def process_of_use(process: int, position: int) -> int:
    """The process (1 to 10) meant by row ``position`` (1 to 9) of "consumed in other processes" of ``process``."""
    return position if position < process else position + 1


def position_of_use(process: int, consumer: int) -> int:
    """The inverse of :func:`process_of_use`."""
    return consumer if consumer < process else consumer - 1
